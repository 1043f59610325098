// Forms of recording: what was typed is kept on this device until the server has said that it is written, and a form
// that could not be sent stays and is sent again with the same code, so that nothing is written twice.
// Without this file the forms are plain forms. The list of kinds is narrowed here while one types.
'use strict';

(function () {
  const PREFIX = 'nhiemky-nhap:';
  const PATIENCE = 45000;
  const person = document.body.dataset.person;

  function keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  }

  function drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // a browser that keeps nothing has nothing to forget
    }
  }

  // a draft belongs to the person who typed it, and a signed-out device keeps none
  keys().filter((key) => !key.startsWith(`${PREFIX}${person}:`)).forEach(drop);
  document.querySelectorAll('[data-sign-out]').forEach((form) => {
    form.addEventListener('submit', () => keys().forEach(drop));
  });

  // ---- choosing a kind

  const fold = (text) =>
    text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/đ/g, 'd').split(/\s+/).filter(Boolean);

  const pick = document.querySelector('[data-pick]');
  if (pick) {
    const none = document.querySelector('[data-pick-none]');
    const often = document.querySelector('[data-pick-often]');
    const text = pick.querySelector('[name=q]');
    const narrow = () => {
      const words = fold(text.value);
      let found = 0;
      document.querySelectorAll('[data-pick-group]').forEach((group) => {
        let here = 0;
        group.querySelectorAll('[data-words]').forEach((line) => {
          line.hidden = !words.every((word) => line.dataset.words.includes(word));
          here += line.hidden ? 0 : 1;
        });
        group.hidden = !here;
        found += here;
      });
      if (often) often.hidden = words.length > 0;
      none.hidden = found > 0;
    };
    pick.addEventListener('input', narrow);
    // typed before this file had come
    if (text.value !== text.defaultValue) narrow();
  }

  // ---- a form with a draft

  const form = document.querySelector('form[data-draft]');
  if (!form || !window.fetch) return;
  const key = `${PREFIX}${person}:${form.dataset.draft}`;
  const go = form.querySelector('.record-go button');
  const label = go.textContent;
  const kept = form.querySelector('[data-draft-kept]');
  const unsent = form.querySelector('[data-draft-unsent]');
  const faults = form.querySelector('[data-faults]');
  const say = (name) => form.querySelector(`template[data-say="${name}"]`).content.textContent.trim();
  let waiting = false;
  let sending = false;
  let forgotten = false;

  const fields = () =>
    Array.from(form.elements).filter(
      (each) => each.name && each.name !== 'csrfmiddlewaretoken' && !['file', 'submit', 'button'].includes(each.type),
    );
  const typed = () => Object.fromEntries(fields().map((each) => [each.name, each.value]));
  const first = JSON.stringify(typed());

  function keep() {
    if (forgotten) return;
    const files = form.elements.tep ? form.elements.tep.files.length : 0;
    try {
      if (JSON.stringify(typed()) === first && !files) drop(key);
      else localStorage.setItem(key, JSON.stringify({ fields: typed(), files }));
    } catch {
      // full or forbidden: the form itself still holds everything
    }
  }

  function restore() {
    let draft = null;
    try {
      draft = JSON.parse(localStorage.getItem(key));
    } catch {
      drop(key);
    }
    // what the server sent back with faults is newer than the draft
    if (!draft || !draft.fields || faults.querySelector('.note')) return;
    fields().forEach((each) => {
      if (typeof draft.fields[each.name] === 'string') each.value = draft.fields[each.name];
    });
    form.querySelectorAll('details').forEach((part) => {
      const inside = part.querySelectorAll('input, textarea, select');
      if (Array.from(inside).some((each) => each.value && each.value !== 'eq' && each.value !== each.defaultValue)) part.open = true;
    });
    kept.querySelector('[data-draft-sentence]').textContent = say(draft.files ? 'kept-files' : 'kept');
    kept.hidden = false;
    // who was chosen stands in a hidden field: the server shows them again
    const look = form.querySelector('button[name=tim]');
    if (draft.fields.nguoi && look) window.addEventListener('load', () => window.htmx && look.click());
  }

  // ---- people of the register: Enter looks for them, and who was chosen is kept with the draft

  form.addEventListener('keydown', (event) => {
    const look = form.querySelector('button[name=tim]');
    if (event.key !== 'Enter' || event.target.name !== 'tim-nguoi' || !look || !window.htmx) return;
    event.preventDefault();
    look.click();
  });
  form.addEventListener('htmx:afterSettle', keep);

  // ---- the day in words: the browser's own field may write the month first

  const day = form.querySelector('input[type=date]');
  function nameDay() {
    const shape = { weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' };
    form.querySelector('[data-day]').textContent = day.valueAsDate ? day.valueAsDate.toLocaleDateString('vi-VN', shape) : '';
  }
  if (day) day.addEventListener('input', nameDay);

  // ---- an amount as the server understands it

  form.querySelectorAll('[data-amount]').forEach((each) => {
    const shown = document.getElementById(`${each.id}-hieu`);
    let clock = 0;
    async function ask() {
      const text = each.value;
      try {
        const answer = await fetch(`${each.dataset.amount}?so=${encodeURIComponent(text)}`);
        if (answer.ok && !answer.redirected && text === each.value) shown.innerHTML = await answer.text();
      } catch {
        // without a line the amount is read when the form is sent
      }
    }
    each.addEventListener('input', () => {
      shown.replaceChildren();
      clearTimeout(clock);
      if (each.value.trim()) clock = setTimeout(ask, 350);
    });
    // restored, or typed before this file had come
    setTimeout(() => {
      if (each.value.trim() && !shown.textContent.trim()) ask();
    });
  });

  function tell(name, { reload = false } = {}) {
    unsent.querySelector('[data-draft-why]').textContent = say(name);
    unsent.querySelector('[data-draft-send]').hidden = reload;
    unsent.querySelector('[data-draft-reload]').hidden = !reload;
    unsent.hidden = false;
    unsent.scrollIntoView({ block: 'nearest' });
  }

  function ready() {
    sending = false;
    go.disabled = false;
    go.textContent = label;
  }

  async function send() {
    if (sending) return;
    keep();
    faults.replaceChildren();
    fields().forEach((each) => each.removeAttribute('aria-invalid'));
    if (!navigator.onLine) {
      waiting = true;
      tell('offline');
      return;
    }
    sending = true;
    waiting = false;
    go.disabled = true;
    go.textContent = say('sending');
    unsent.hidden = true;
    const end = new AbortController();
    const clock = setTimeout(() => end.abort(), PATIENCE);
    let answer;
    try {
      answer = await fetch(form.action, {
        method: 'POST',
        body: new FormData(form),
        headers: { Accept: 'application/json' },
        signal: end.signal,
      });
      await answered(answer);
    } catch {
      ready();
      waiting = true;
      tell(navigator.onLine ? 'lost' : 'offline');
    } finally {
      clearTimeout(clock);
    }
  }

  async function answered(answer) {
    const json = (answer.headers.get('Content-Type') || '').startsWith('application/json');
    if (answer.ok && json) {
      const { href } = await answer.json();
      forgotten = true;
      drop(key);
      location.assign(href);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    ready();
    if (answer.status === 409) {
      // it was written before with other contents: the server offers a correction, filled with what is typed here
      forgotten = true;
      drop(key);
      form.dataset.plain = '1';
      form.submit();
    } else if (answer.status === 422 || answer.status === 413) {
      show(page);
    } else if (answer.redirected) {
      tell('signed-out', { reload: true });
    } else if (answer.status === 403 && page.querySelector('.refusal')) {
      tell('stale', { reload: true });
    } else {
      waiting = true;
      tell('failed');
    }
  }

  // the sentences are put into this form: what was typed and the files that were chosen stay
  function show(page) {
    const sentences = page.querySelector('.note.bad');
    faults.replaceChildren(...(sentences ? [document.importNode(sentences, true)] : []));
    fields().forEach((each) => {
      const theirs = page.getElementById(each.id);
      const wrong = theirs && theirs.getAttribute('aria-invalid') === 'true';
      if (wrong) each.setAttribute('aria-invalid', 'true');
      else each.removeAttribute('aria-invalid');
      const part = wrong && each.closest('details');
      if (part) part.open = true;
    });
    const mark = form.querySelector('[aria-invalid="true"]');
    faults.scrollIntoView({ block: 'start' });
    if (mark) mark.focus({ preventScroll: true });
  }

  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
  form.addEventListener('submit', (event) => {
    if (form.dataset.plain) return;
    event.preventDefault();
    send();
  });
  form.querySelector('[data-draft-send]').addEventListener('click', send);
  form.querySelector('[data-draft-drop]').addEventListener('click', () => {
    forgotten = true;
    drop(key);
    location.reload();
  });
  window.addEventListener('online', () => {
    if (waiting) send();
  });
  // signed out in another window: this one keeps nothing more
  window.addEventListener('storage', (event) => {
    if (event.key === key && event.newValue === null) forgotten = true;
  });
  // back from the page that followed: the form is the browser's copy, and its piece of work is written
  window.addEventListener('pageshow', (event) => {
    if (event.persisted && forgotten) location.reload();
  });
  restore();
  if (day) nameDay();
})();
