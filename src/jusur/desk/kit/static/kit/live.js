// Live updates: when the node says that something is new, the parts of the page marked data-live="topic …" are
// fetched anew. Nothing is replaced while somebody writes in it.
"use strict";
(() => {
  const address = document.body.dataset.liveUrl;
  const parts = () => [...document.querySelectorAll("[data-live]")];
  if (!address || !window.EventSource || !parts().length) return;

  let stream = null;
  let waiting = new Set();
  let timer = 0;
  let busy = false;

  const topicsOf = (part) => part.dataset.live.split(/\s+/);
  const wanted = (part, topics) => topics.has("all") || topicsOf(part).some((topic) => topics.has(topic));
  const inUse = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");

  const refresh = async () => {
    if (busy) return;
    const topics = waiting;
    waiting = new Set();
    if (!parts().some((part) => wanted(part, topics))) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Jusur-Live": "1" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const others = [...fresh.querySelectorAll("[data-live]")];
      parts().forEach((part, index) => {
        const other = part.id ? fresh.getElementById(part.id) : others[index];
        if (!other || other.dataset.live !== part.dataset.live || !wanted(part, topics) || inUse(part)) return;
        if (part.innerHTML === other.innerHTML) return;
        const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
        part.replaceChildren(...other.childNodes);
        if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
        part.dispatchEvent(new CustomEvent("jusur:fresh", { bubbles: true }));
      });
    } catch {
      // The node is away for a moment; the stream tells us when it is back.
    } finally {
      busy = false;
      if (waiting.size) plan();
    }
  };
  const plan = () => { clearTimeout(timer); timer = setTimeout(refresh, 300); };

  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(address);
    stream.addEventListener("news", (event) => {
      event.data.split(" ").forEach((topic) => waiting.add(topic));
      plan();
    });
  };
  const close = () => { stream?.close(); stream = null; };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { close(); return; }
    waiting.add("all");
    plan();
    open();
  });
  window.addEventListener("pagehide", close);
  open();
})();
