// Connects the page's passkey buttons to django-allauth's ceremonies (mfa/js/webauthn.js).
// What works only with a script is hidden in the page and shown here; what only says so is hidden here.
"use strict";

(() => {
  const forms = window.allauth && window.allauth.webauthn && window.allauth.webauthn.forms;
  if (!forms || !window.PublicKeyCredential) return;

  for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-no-passkeys]")) part.hidden = true;

  const failed = document.getElementById("passkey-failed");
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    if (failed) failed.hidden = false;
  });

  const has = (id) => document.getElementById(id) !== null;
  if (has("passkey-login")) {
    forms.loginForm({ ids: { login: "passkey-login", credential: "passkey-credential" } });
  }
  if (has("passkey-give")) {
    forms.authenticateForm({
      ids: { authenticate: "passkey-give", credential: "passkey-credential", data: "passkey-options" },
    });
  }
  if (has("passkey-make")) {
    forms.signupForm({
      ids: { signup: "passkey-make", credential: "passkey-credential", data: "passkey-options" },
    });
  }
})();
