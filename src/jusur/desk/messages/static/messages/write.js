// A message as it is written: kept while typing, recipients found by name, files brought in parts that resume.
"use strict";
(() => {
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const token = form.elements.csrfmiddlewaretoken.value;
  const said = form.querySelector("[data-said]");

  // Keep what is typed, two seconds after the last stroke.
  let timer = 0;
  let keeping = Promise.resolve();
  const here = (address) => { if (location.pathname !== address) history.replaceState(null, "", address); };
  const fields = () => { const data = new FormData(form); data.delete("file"); return new URLSearchParams(data); };
  async function keep() {
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: fields(), headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      here((await answer.json()).at);
      said.textContent = form.dataset.kept;
    } catch { said.textContent = form.dataset.notKept; }
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => { keeping = keeping.then(keep); }, 2000); };
  form.addEventListener("input", (event) => { if (event.target.type !== "file" && event.target.type !== "search") soon(); });
  form.addEventListener("submit", () => clearTimeout(timer));

  // Find a recipient by name.
  for (const group of form.querySelectorAll("[data-recipients]")) {
    const find = group.querySelector("[data-find]");
    find.hidden = false;
    find.querySelector("input").addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLocaleLowerCase();
      for (const one of group.querySelectorAll("[data-name]")) one.hidden = !one.dataset.name.includes(wanted) && !one.querySelector("input").checked;
      for (const region of group.querySelectorAll("fieldset")) region.hidden = !region.querySelector("[data-name]:not([hidden])");
    });
  }

  // Files.
  const drop = form.querySelector("[data-drop]");
  if (!drop) return;
  const list = form.querySelector("[data-files]");
  const input = form.querySelector("[data-file]");
  const words = list.dataset;
  const PART = 8 * 1024 * 1024;
  const MOST_TRIES = 8;
  for (const one of form.querySelectorAll("[data-plain]")) one.hidden = true;
  form.querySelector("[data-scripted]").hidden = false;
  input.multiple = true;
  // An upload goes on only with the very same file: its name, size and date of change.
  const mark = (file) => `${file.name}\u0000${file.size}\u0000${file.lastModified}`;
  const remembered = (id) => localStorage.getItem(`jusur-upload-${id}`);
  const remember = (id, file) => localStorage.setItem(`jusur-upload-${id}`, mark(file));
  const forget = (id) => localStorage.removeItem(`jusur-upload-${id}`);
  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const headers = { "X-CSRFToken": token, Accept: "application/json" };

  function line(upload, put, dropAt) {
    const row = document.createElement("li");
    Object.assign(row.dataset, { upload: upload.id, name: upload.name, size: upload.size, offset: upload.offset, put, dropAt });
    const name = document.createElement("bdi");
    name.textContent = upload.name;
    const title = document.createElement("span");
    title.className = "file-name";
    title.append(name);
    const bar = document.createElement("progress");
    bar.max = Math.max(1, upload.size);
    bar.value = upload.offset;
    bar.setAttribute("aria-label", upload.name);
    const state = document.createElement("span");
    state.className = "small";
    state.dataset.state = "";
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button small";
    remove.dataset.dropFile = "";
    remove.textContent = words.remove;
    const what = document.createElement("span");
    what.className = "hidden";
    what.textContent = ` ${upload.name}`;
    remove.append(what);
    row.append(title, bar, state, remove);
    list.append(row);
    return row;
  }

  const say = (row, text) => { const state = row.querySelector("[data-state]"); if (state) state.textContent = text; };
  const percent = (done, all) => new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(all ? done / all : 1);
  function show(row, offset) {
    row.dataset.offset = offset;
    const bar = row.querySelector("progress");
    if (bar) bar.value = offset;
    say(row, `${words.going} · ${percent(offset, Number(row.dataset.size))}`);
  }

  async function digest(part) {
    if (!crypto.subtle) return {};
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", part));
    return { "Content-Digest": `sha-256=:${btoa(String.fromCharCode(...sum))}:` };
  }

  async function bring(row, file) {
    let offset = Number(row.dataset.offset);
    let tries = 0;
    for (;;) {
      if (!row.isConnected) return;
      try {
        const part = await file.slice(offset, offset + PART).arrayBuffer();
        const stop = offset + part.byteLength;
        const range = part.byteLength ? `bytes ${offset}-${stop - 1}/${file.size}` : `bytes */${file.size}`;
        const answer = await fetch(row.dataset.put, { method: "PUT", body: part, headers: { ...headers, ...(await digest(part)), "Content-Type": "application/octet-stream", "Content-Range": range } });
        if (!answer.ok && answer.status !== 409) throw Object.assign(new Error(), { final: answer.status < 500 && answer.status !== 429 });
        const known = await answer.json();
        if (answer.ok) tries = 0; else if (++tries > MOST_TRIES) throw Object.assign(new Error(), { final: true });
        offset = known.offset;
        show(row, offset);
        if (known.complete) { say(row, words.done); row.querySelector("progress")?.remove(); forget(row.dataset.upload); return; }
      } catch (error) {
        if (error.final || ++tries > MOST_TRIES) { say(row, words.failed); return; }
        await sleep(Math.min(30000, 500 * 2 ** tries));
      }
    }
  }

  async function begin(file) {
    const waiting = [...list.querySelectorAll("[data-upload]")].find((row) => row.querySelector("progress") && remembered(row.dataset.upload) === mark(file));
    if (waiting) return bring(waiting, file);
    const answer = await fetch(form.dataset.bring, { method: "POST", headers, body: new URLSearchParams({ name: file.name, size: String(file.size) }) });
    if (!answer.ok) { said.textContent = `${words.failed}: ${file.name}`; return undefined; }
    const upload = await answer.json();
    remember(upload.id, file);
    here(upload.at);
    return bring(line(upload, upload.put, upload.drop), file);
  }

  let queue = Promise.resolve();
  const take = (files) => { for (const file of files) queue = queue.then(() => begin(file)).catch(() => { said.textContent = words.failed; }); };
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.dataset.over = ""; });
  drop.addEventListener("dragleave", () => { delete drop.dataset.over; });
  drop.addEventListener("drop", (event) => { event.preventDefault(); delete drop.dataset.over; take([...event.dataTransfer.files]); });
  list.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-drop-file]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-upload]");
    const answer = await fetch(row.dataset.dropAt, { method: "POST", headers, keepalive: true }).catch(() => undefined);
    if (!answer?.ok) { say(row, words.failed); return; }
    forget(row.dataset.upload);
    row.remove();
    input.focus();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "send" && list.querySelector("progress")) { event.preventDefault(); said.textContent = words.going; }
  });
})();
