// A passport reader types a machine-readable zone and ends each line with Enter. The last Enter sends the form.
// Without this file the button does.
"use strict";
(() => {
  const field = document.querySelector("[data-reader]");
  if (!field) return;
  const form = field.closest("form");
  // Lines and their length by the zone's form (ICAO 9303): TD1 has 3 lines of 30, TD2 2 of 36, TD3 2 of 44.
  const whole = (text) => {
    const lines = text.split(/\s*\n\s*/).map((line) => line.replace(/\s/g, "")).filter(Boolean);
    const zone = lines.length > 0 && lines.every((line) => /^[A-Z0-9<]+$/i.test(line)) && /</.test(lines.join(""));
    if (!zone) return true;
    const [length, count] = [lines[0].length, lines.length];
    if (length === 30) return count >= 3;
    if (length === 36 || length === 44) return count >= 2;
    return true;
  };
  let sent = false;
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (!field.value.trim()) { event.preventDefault(); return; }
    if (!whole(field.value)) return;
    event.preventDefault();
    if (!sent) { sent = true; form.requestSubmit(); }
  });
  // Whatever is typed while nothing has the focus is meant for the field.
  document.addEventListener("keydown", (event) => {
    const free = !event.target.closest("input, select, textarea, a, button, summary");
    if (free && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
  }, true);
  window.addEventListener("pageshow", () => { sent = false; field.focus(); });
})();
