// A choice that decides what the rest of the page shows: choosing it asks for the page anew.
for (const form of document.querySelectorAll("form[data-follow]")) {
  const control = form.elements[form.dataset.follow];
  const needless = form.querySelector("[data-needless]");
  if (needless) needless.hidden = Boolean(control.value);
  control.addEventListener("change", () => form.requestSubmit());
}
