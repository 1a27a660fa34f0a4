// Large files go up in pieces (tus) before their form does. A broken line is waited for; choosing the
// same file again, even after the browser was closed, goes on where it broke off: the server knows it
// by its digest. A form says `data-resume="/api/v1/uploads"` and `data-purpose`; its field `upload` gets
// the address of the arrived file, and the form then leads on as any other.

import { digestOf } from "./sha256.js";

const PIECE = 4 * 1048576;
const PATIENCE = [0, 500, 1000, 2000, 4000, 8000, 15000, 30000, 60000, 120000];

class Refused extends Error {}

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

function wordsOf(told) {
  const texts = [told.message, ...Object.values(told.fields || {}).flat()].filter(Boolean);
  return [...new Set(texts)].join(" ");
}

class Sending {
  constructor(form) {
    this.form = form;
    this.box = form.querySelector("[data-upload-progress]");
    this.line = form.querySelector("[data-upload-words]");
    this.told = form.querySelector("[data-upload-error]");
  }

  headers() {
    const token = this.form.elements.csrfmiddlewaretoken.value;
    return { "X-CSRFToken": token, "Accept-Language": document.documentElement.lang };
  }

  show(done, all, words) {
    this.box.hidden = false;
    this.box.querySelector("progress").value = (100 * done) / all;
    const megabytes = (count) => (count / 1048576).toFixed(1);
    this.line.textContent = `${this.line.dataset[words]} ${megabytes(done)} / ${megabytes(all)} MB`;
  }

  async begin(file) {
    const sha256 = await digestOf(file, (done, all) => this.show(done, all, "reading"));
    const said = { filename: file.name, purpose: this.form.dataset.purpose, sha256 };
    const answer = await fetch(this.form.dataset.resume, {
      method: "POST",
      headers: {
        ...this.headers(),
        "Tus-Resumable": "1.0.0",
        "Upload-Length": String(file.size),
        "Upload-Metadata": Object.entries(said).map(([name, value]) => `${name} ${encoded(value)}`).join(","),
      },
    });
    if (answer.ok) return answer.headers.get("Location");
    throw new Refused(wordsOf(await answer.json().catch(() => ({}))) || String(answer.status));
  }

  send(file, uploadUrl) {
    return new Promise((arrived, failed) => {
      new window.tus.Upload(file, {
        uploadUrl,
        chunkSize: PIECE,
        retryDelays: PATIENCE,
        headers: this.headers(),
        storeFingerprintForResuming: false,
        onProgress: (done, all) => this.show(done, all, "sent"),
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          if (!status) this.line.textContent = this.line.dataset.broken;
          return !status || status === 409 || status === 423 || status >= 500 || status === 429;
        },
        onSuccess: () => arrived(uploadUrl),
        onError: (error) => {
          let told = {};
          try {
            told = JSON.parse(error.originalResponse?.getBody() || "{}");
          } catch {
            // an answer of something between us and the site
          }
          failed(new Refused(wordsOf(told) || this.line.dataset.failed));
        },
      }).start();
    });
  }

  // What goes up: the file, or what the module of `data-pack` makes of several.
  async chosen() {
    const files = [...this.form.elements.file.files];
    if (!this.form.dataset.pack) return files[0];
    const { pack } = await import(this.form.dataset.pack);
    return pack(files, (done, all) => this.show(done, all, "packing"));
  }

  async run() {
    const button = this.form.querySelector("button:not([type=button])");
    this.told.hidden = true;
    button.disabled = true;
    try {
      const file = await this.chosen();
      const address = await this.send(file, await this.begin(file));
      this.form.elements.upload.value = address.split("/").pop();
      this.form.elements.file.disabled = true; // its bytes are there already
      this.form.submit();
    } catch (error) {
      this.told.textContent = error instanceof Refused ? error.message : this.line.dataset.failed;
      this.told.hidden = false;
      button.disabled = false;
    }
  }
}

for (const form of document.querySelectorAll("form[data-resume]")) {
  form.addEventListener("submit", (event) => {
    if (form.elements.upload.value || !form.elements.file.files.length) return; // the server says what is missing
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.reportValidity()) new Sending(form).run();
  }, { capture: true });
}
