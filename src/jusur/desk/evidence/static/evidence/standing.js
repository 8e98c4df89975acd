// Shows how hashing, sealing, transfer and verification go on while the page is open.
"use strict";
(() => {
  const place = document.querySelector("[data-standing]");
  if (!place) return;
  const state = () => place.querySelector("[data-moving]");
  let pause = 2000;
  const look = async () => {
    if (document.hidden) return void setTimeout(look, pause);
    try {
      const answer = await fetch(place.dataset.standing, { headers: { "X-Requested-With": "fetch" }, redirect: "error" });
      if (!answer.ok) return;
      const text = await answer.text();
      const before = state().querySelector(".pill")?.textContent;
      if (place.innerHTML !== text) place.innerHTML = text;
      if (state().querySelector(".pill")?.textContent !== before || state().dataset.moving !== "1") return void location.reload();
      pause = 2000;
    } catch {
      pause = Math.min(pause * 2, 30000);
    }
    setTimeout(look, pause);
  };
  if (state()?.dataset.moving === "1") setTimeout(look, pause);
})();
