// Takes the invitation's secret out of the address at once, into the form that sends it.
"use strict";

(() => {
  const secret = location.hash.slice(1);
  if (!secret) return;
  history.replaceState(null, "", location.pathname);
  const field = document.getElementById("id_code");
  if (field && !field.value) field.value = decodeURIComponent(secret);
})();
