// Large files go up in pieces, each with its digest, through the same interface as programs use.
// Without script the form sends the file as a whole. After a broken line the next piece that is
// due is asked for; choosing the same file later goes on from there, too.

const form = document.querySelector("form[data-pieces]");
const TRIES = 6;

class Refused extends Error {}

async function call(url, options) {
  const answer = await fetch(url, options);
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const texts = [told.message, ...Object.values(told.fields || {}).flat()].filter(Boolean);
  const error = new Refused([...new Set(texts)].join(" ") || String(answer.status));
  error.status = answer.status;
  throw error;
}

async function digest(bytes) {
  if (!crypto.subtle) return ""; // not offered over plain http from other machines
  const found = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(found)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(file) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const headers = { "X-CSRFToken": token, "Accept-Language": document.documentElement.lang };
  const post = (url, body) =>
    call(url, {
      method: "POST",
      headers: body instanceof FormData ? headers : { ...headers, "Content-Type": "application/json" },
      body: body instanceof FormData ? body : JSON.stringify(body),
    });
  const open = form.dataset.open;
  let submission = await post(open, {
    hospital_id: Number(form.elements.hospital.value),
    month: form.elements.month.value,
    filename: file.name,
    size: file.size,
  });
  const one = `${open}/${submission.id}`;
  const piece = Number(form.dataset.pieces);
  let failures = 0;
  while (submission.received < file.size) {
    const bytes = await file.slice(submission.received, submission.received + piece).arrayBuffer();
    const part = new FormData();
    part.append("offset", String(submission.received));
    part.append("sha256", await digest(bytes));
    part.append("file", new Blob([bytes]), "piece");
    try {
      submission = await post(`${one}/pieces`, part);
      failures = 0;
    } catch (error) {
      if (error instanceof Refused && error.status !== 409 && error.status < 500) throw error;
      if (++failures > TRIES) throw error;
      show(submission.received, file.size, "broken");
      await new Promise((go) => setTimeout(go, 500 * 2 ** failures));
      submission = await call(one, { headers }).catch(() => submission);
    }
    show(submission.received, file.size, "sent");
  }
  await post(`${one}/finish`, {});
  location.assign(form.dataset.page.replace("/0/", `/${submission.id}/`));
}

function show(done, all, words) {
  const box = form.querySelector("[data-upload-progress]");
  const line = form.querySelector("[data-upload-words]");
  box.hidden = false;
  box.querySelector("progress").value = (100 * done) / all;
  const megabytes = (count) => (count / 1048576).toFixed(1);
  line.textContent = `${line.dataset[words]} ${megabytes(done)} / ${megabytes(all)} MB`;
}

form?.addEventListener("submit", async (event) => {
  const file = form.elements.file.files[0];
  if (!file || !form.elements.month.value) return; // the server says what is missing
  event.preventDefault();
  event.stopImmediatePropagation();
  const told = form.querySelector("[data-upload-error]");
  const button = form.querySelector("button");
  told.hidden = true;
  button.disabled = true;
  try {
    await send(file);
  } catch (error) {
    told.textContent = error instanceof Refused ? error.message : form.querySelector("[data-upload-words]").dataset.failed;
    told.hidden = false;
    button.disabled = false;
  }
}, { capture: true });
