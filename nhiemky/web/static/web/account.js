// Shows a password, copies an address, hides what does not concern the chosen kind. Without this file the forms work.
'use strict';

(function () {
  document.querySelectorAll('[data-show]').forEach((button) => {
    const field = document.getElementById(button.dataset.show);
    const show = button.textContent;
    button.hidden = false;
    button.addEventListener('click', () => {
      const shown = field.type === 'password';
      field.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(shown));
      button.textContent = shown ? button.dataset.hideText : show;
    });
    if (field.form) {
      field.form.addEventListener('submit', () => {
        field.type = 'password';
      });
    }
  });

  document.querySelectorAll('[data-copy]').forEach((button) => {
    if (!navigator.clipboard) return;
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener('click', async () => {
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.doneText;
    });
  });

  const kind = document.getElementById('f-kind');
  const block = document.querySelector('[data-only-with-block]');
  if (kind && block) {
    const follow = () => {
      block.hidden = !kind.selectedOptions[0].hasAttribute('data-has-block');
    };
    kind.addEventListener('change', follow);
    follow();
  }
})();
