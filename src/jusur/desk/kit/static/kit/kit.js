// Copy buttons, menus that close, keyboard shortcuts. Every page works without this file.
"use strict";
(() => {
  const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");

  // Copy buttons are shown only where copying works.
  const showCopies = (root) => {
    if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  };
  showCopies(document);
  document.addEventListener("jusur:fresh", (event) => showCopies(event.target));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return;
    }
    const sign = button.querySelector("svg");
    const before = sign.getAttribute("aria-label");
    sign.setAttribute("aria-label", button.dataset.copied);
    button.dataset.done = "";
    button.title = button.dataset.copied;
    setTimeout(() => { sign.setAttribute("aria-label", before); delete button.dataset.done; button.title = ""; }, 2000);
  });

  // Menus close on Escape and when attention goes elsewhere.
  const closeMenus = (except) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));

  // What is wrong with a form is read out first.
  document.querySelector(".form-faults")?.focus();

  // Shortcuts: g and a letter go to an area, the others act on the page.
  let leader = 0;
  const rows = () => [...document.querySelectorAll("main .row-link")].filter((link) => link.offsetParent);
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
  };
  const acts = {
    "?": () => document.querySelector("[data-help], .foot a")?.click(),
    "/": () => document.querySelector("main input[type=search], main .filters input, main .filters select")?.focus(),
    n: () => document.querySelector(".actions .primary")?.click(),
    j: () => step(1),
    k: () => step(-1),
    g: () => { leader = Date.now(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (menu) { closeMenus(); menu.querySelector("summary").focus(); }
      return;
    }
    if (document.body.dataset.keys === "no" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (leader && Date.now() - leader < 1500) {
      leader = 0;
      const link = document.querySelector(`[data-key="g ${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
