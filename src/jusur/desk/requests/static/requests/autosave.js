// Keeps a draft as it is typed: a few seconds after the last key, and when the page is left.
const PAUSE = 3000;
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const said = form.querySelector("[data-saved]");
  let timer = 0, busy = false, dirty = false, stopped = false;
  const save = async () => {
    clearTimeout(timer);
    if (busy || stopped || !dirty) return;
    busy = true;
    dirty = false;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: new FormData(form), credentials: "same-origin", keepalive: true,
        headers: { "X-Requested-With": "fetch" }, redirect: "error",
      });
      const told = await answer.json();
      said.textContent = told.said;
      if (answer.ok) form.elements.revision.value = told.revision;
      stopped = answer.status === 409;
    } catch {
      dirty = true;
      said.textContent = said.dataset.failed;
    } finally {
      busy = false;
      if (dirty) plan();
    }
  };
  const plan = () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); };
  form.addEventListener("input", () => { dirty = true; plan(); });
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
}
