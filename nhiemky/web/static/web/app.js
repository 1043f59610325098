'use strict';

// Opens a figure beside the page. Without this file every figure is a plain link to its own page.
(function () {
  const panel = document.querySelector('[data-panel]');
  if (!panel || !window.htmx) return;
  const wide = window.matchMedia('(min-width: 68rem)');
  const body = panel.querySelector('.panel-body');
  const waiting = panel.querySelector('[data-panel-wait]');
  const empty = body.innerHTML;
  let opener = null;

  function mark(link) {
    document.querySelectorAll('.is-open').forEach((each) => each.classList.remove('is-open'));
    document.querySelectorAll('[aria-expanded="true"][href]').forEach((each) => each.removeAttribute('aria-expanded'));
    if (!link) return;
    link.setAttribute('aria-expanded', 'true');
    (link.closest('tr') || link).classList.add('is-open');
  }

  function close() {
    if (!opener) return;
    const back = opener;
    opener = null;
    mark(null);
    body.innerHTML = empty;
    back.focus();
  }

  function open(link) {
    opener = link;
    mark(link);
    panel.setAttribute('aria-busy', 'true');
    htmx.trigger(body, 'htmx:abort');
    body.replaceChildren(waiting.content.cloneNode(true));
    htmx.ajax('GET', link.href, { target: body, swap: 'innerHTML' });
  }

  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-panel-close]')) return close();
    const link = event.target.closest('a.fig, a.fig-block');
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || !wide.matches || panel.contains(link)) return undefined;
    event.preventDefault();
    return open(link);
  });

  // Before anything is opened, the panel tells how the figure under the pointer or the focus was made.
  function tell(event) {
    const link = event.target.closest('a.fig, a.fig-block');
    const hint = body.querySelector('[data-panel-hint]');
    if (link && hint && link.title && !panel.contains(link)) hint.textContent = link.title;
  }

  document.addEventListener('focusin', tell);
  document.addEventListener('mouseover', tell);

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });

  // Signed out meanwhile, or refused: show it as a page rather than inside the panel.
  body.addEventListener('htmx:beforeSwap', (event) => {
    const asked = event.detail.pathInfo.finalRequestPath || event.detail.pathInfo.requestPath;
    const came = event.detail.xhr.responseURL;
    const elsewhere = came && new URL(came).pathname !== new URL(asked, location.href).pathname;
    if (elsewhere || event.detail.xhr.status !== 200) {
      event.detail.shouldSwap = false;
      location.assign(asked);
    }
  });

  body.addEventListener('htmx:sendError', () => {
    if (opener) location.assign(opener.href);
  });

  body.addEventListener('htmx:afterSwap', () => {
    panel.removeAttribute('aria-busy');
    panel.scrollTop = 0;
    const heading = body.querySelector('h2[tabindex]');
    if (heading) heading.focus({ preventScroll: wide.matches });
  });
})();
