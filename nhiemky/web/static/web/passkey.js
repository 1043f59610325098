// Asks the browser to make a passkey or to sign with one; the form carries its answer.
'use strict';

(function () {
  const form = document.querySelector('[data-passkey]');
  if (!form || !window.PublicKeyCredential || !window.isSecureContext) return;
  const go = form.querySelector('[data-go]');
  const fault = form.querySelector('[data-fault]');

  function bytes(text) {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(plain, (each) => each.charCodeAt(0));
  }

  function text(buffer) {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/[+]/g, '-').replace(/[/]/g, '_').replace(/=+$/, '');
  }

  function asked() {
    const options = JSON.parse(form.dataset.options).publicKey;
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const list of [options.excludeCredentials, options.allowCredentials]) {
      for (const each of list || []) each.id = bytes(each.id);
    }
    return { publicKey: options };
  }

  function answer(credential) {
    const response = {};
    for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    });
  }

  go.hidden = false;
  go.addEventListener('click', async () => {
    go.disabled = true;
    fault.hidden = true;
    try {
      const credential = await navigator.credentials[form.dataset.passkey](asked());
      form.elements.passkey.value = answer(credential);
      form.submit();
    } catch (refused) {
      fault.hidden = false;
      go.disabled = false;
    }
  });
})();
