// Brings files of any size into the intake in parts; an interrupted upload goes on where it stopped.
"use strict";
(() => {
  const form = document.querySelector("[data-collect]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-list]");
  const submit = form.querySelector("[data-submit]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const PART = 8 * 1024 * 1024;
  const PAUSES = [1000, 2000, 5000, 10000, 30000];
  const said = (state) => form.dataset["said" + state[0].toUpperCase() + state.slice(1)];
  const pending = new Set();
  form.querySelector("[data-with-script]").hidden = false;

  const size = (bytes) => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
    return bytes.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 }) + " " + units[unit];
  };

  // The name of a file stays out of the browser's store: only a digest of name, size and time leads to its upload.
  const keyOf = async (file) => {
    if (!crypto.subtle) return null;
    const bytes = new TextEncoder().encode([file.name, file.size, file.lastModified].join("\n"));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return "jusur-upload-" + [...digest].map((one) => one.toString(16).padStart(2, "0")).join("");
  };

  const ask = async (address, options) => {
    const answer = await fetch(address, { redirect: "error", ...options, headers: { "X-CSRFToken": token, ...options.headers } });
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) return body;
    const error = new Error([body.detail, body.fix].filter(Boolean).join(" ") || String(answer.status));
    error.status = answer.status;
    throw error;
  };

  const find = async (file, key) => {
    const known = key && localStorage.getItem(key);
    if (known) {
      try {
        const found = await ask(form.dataset.uploads + "/" + known, { method: "GET" });
        if (found.size === file.size) return found;
      } catch (error) {
        if (!error.status) throw error;
      }
    }
    const opened = await ask(form.dataset.uploads, { method: "POST", body: new URLSearchParams({ name: file.name, size: file.size }) });
    if (key) localStorage.setItem(key, opened.id);
    return opened;
  };

  const row = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("bdi");
    const state = document.createElement("span");
    const bar = document.createElement("progress");
    name.className = "path";
    name.textContent = file.name;
    state.className = "small muted";
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    item.append(name, state, bar);
    list.append(item);
    return (code, done, why) => {
      item.dataset.state = code;
      state.dataset.state = code;
      state.textContent = [said(code), why || (done === undefined ? "" : size(done) + " / " + size(file.size))].filter(Boolean).join(" · ");
      if (done !== undefined) bar.value = file.size ? done : 1;
      if (code === "failed") bar.remove();
    };
  };

  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  const send = async (file, upload, show) => {
    let failures = 0;
    while (!upload.complete) {
      const stop = Math.min(upload.offset + PART, upload.size);
      const range = upload.size === 0 || upload.offset === upload.size ? "bytes */" + upload.size : `bytes ${upload.offset}-${stop - 1}/${upload.size}`;
      try {
        show("sending", upload.offset);
        upload = await ask(form.dataset.uploads + "/" + upload.id, {
          method: "PUT", body: file.slice(upload.offset, stop),
          headers: { "Content-Range": range, "Content-Type": "application/octet-stream" },
        });
        failures = 0;
      } catch (error) {
        if (error.status && error.status !== 409 && error.status < 500) throw error;
        if (error.status === 507) throw error;
        show("paused", upload.offset);
        await wait(PAUSES[Math.min(failures, PAUSES.length - 1)]);
        failures += 1;
        upload = await ask(form.dataset.uploads + "/" + upload.id, { method: "GET" }).catch(() => upload);
      }
    }
    return upload;
  };

  const bring = async (file) => {
    const show = row(file);
    pending.add(file);
    submit.disabled = true;
    show("waiting", 0);
    try {
      const key = await keyOf(file);
      const upload = await send(file, await find(file, key), show);
      if (key) localStorage.removeItem(key);
      const arrived = document.createElement("input");
      arrived.type = "hidden";
      arrived.name = "arrived";
      arrived.value = upload.intake_name;
      form.append(arrived);
      show("done", file.size);
    } catch (error) {
      show("failed", undefined, error.message);
    }
    pending.delete(file);
    submit.disabled = pending.size > 0;
  };

  let line = Promise.resolve();
  const take = (files) => {
    for (const file of files) line = line.then(() => bring(file));
    input.value = "";
  };

  input.addEventListener("change", () => take([...input.files]));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.dataset.over = ""; });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    take([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => { if (pending.size) event.preventDefault(); });
})();
