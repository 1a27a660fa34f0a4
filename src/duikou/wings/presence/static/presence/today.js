// Check-in, check-out and the day's counters: each tap goes into the queue at once, and from there to
// the server when there is a link. The plain forms below work without this script.

import { match } from "./place.js";
import { drop, number, put, rows } from "./queue.js";

const root = document.querySelector("[data-presence]");
const STORE = "duikou-presence";
const BATCH = 50;
const EVERY = 30000;
const { account } = root.dataset;
let sending = null;

const pad = (value) => String(value).padStart(2, "0");
const dayOf = (moment) => `${moment.getFullYear()}-${pad(moment.getMonth() + 1)}-${pad(moment.getDate())}`;
const clockOf = (text) => {
  const moment = new Date(text);
  return `${dayOf(moment)} ${pad(moment.getHours())}:${pad(moment.getMinutes())}`;
};
const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1) || "";

// --- what the page says ------------------------------------------------------------------------------------

function say(words) {
  root.querySelector("[data-told]").textContent = words;
}

async function show() {
  const waiting = await rows(account);
  const list = root.querySelector("[data-queue]");
  root.querySelector("[data-queue-card]").hidden = !waiting.length;
  list.replaceChildren(
    ...waiting.map((row) => {
      const line = document.createElement("li");
      const words = document.createElement("span");
      const label = root.dataset[`text${row.item.kind[0].toUpperCase()}${row.item.kind.slice(1)}`];
      words.textContent = [label, row.item.day || clockOf(row.item.at), row.file?.name].filter(Boolean).join(" · ");
      line.append(words);
      const state = document.createElement("span");
      state.textContent = row.refused ? `${root.dataset.textRefused} ${row.refused}` : root.dataset.textWaiting;
      line.append(state);
      if (row.refused) {
        for (const [act, text] of [["again", root.dataset.textAgain], ["discard", root.dataset.textDiscard]]) {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "btn btn-sm";
          button.dataset.act = act;
          button.dataset.uuid = row.uuid;
          button.textContent = text;
          line.append(button);
        }
      }
      return line;
    }),
  );
}

// --- sending -----------------------------------------------------------------------------------------------

async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: "POST",
    redirect: "error",
    headers: {
      "X-CSRFToken": cookie(root.dataset.csrf),
      "Accept-Language": document.documentElement.lang,
      ...headers,
    },
    body,
  });
  if (answer.status === 401 || answer.status === 403) {
    say(root.dataset.textSignIn);
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** What the server answers to a batch, item by item; null when nobody is signed in. */
async function sendItems(batch) {
  const body = JSON.stringify({ sent_at: new Date().toISOString(), items: batch.map((row) => row.item) });
  const answer = await post(root.dataset.send, body, { "Content-Type": "application/json" });
  return answer && answer.answers;
}

/** A file goes alone, and whole: cut off in the middle it is sent again, and kept once. */
async function sendFile(row) {
  say(root.dataset.textUploading);
  const body = new FormData();
  for (const name of ["uuid", "day", "activity"]) body.set(name, row.item[name]);
  body.set("file", row.file, row.file.name);
  const answer = await post(root.dataset.proof, body);
  return answer && [answer];
}

async function sendAll() {
  let told = "";
  for (;;) {
    const waiting = (await rows(account)).filter((row) => row.ready && !row.refused);
    const small = waiting.filter((row) => !row.file).slice(0, BATCH);
    const batch = small.length ? small : waiting.slice(0, 1); // files last: they take longest
    if (!batch.length) break;
    const answers = await (small.length ? sendItems(batch) : sendFile(batch[0]));
    if (!answers) return;
    for (const [place, outcome] of answers.entries()) {
      const row = batch[place];
      if (outcome.status === "refused") await put({ ...row, refused: outcome.message });
      else await drop(row.uuid);
      told = outcome.message || told;
    }
    say(told || root.dataset.textSent);
    await show();
    await renew();
  }
}

/** Send what waits; one sending at a time, in all windows. */
function send() {
  if (sending) return sending;
  const work = () =>
    sendAll().catch(() => {
      say(root.dataset.textOffline);
    });
  const locked = navigator.locks ? navigator.locks.request(STORE, work) : work();
  sending = Promise.resolve(locked).finally(() => {
    sending = null;
  });
  return sending;
}

async function queue(item, ready = true, file = undefined) {
  const row = { uuid: item.uuid, account, queued: Date.now(), ready, refused: "", item, file };
  await put(row);
  await show();
  return row;
}

// --- keeping the page for a time without a link ----------------------------------------------------------------

async function keep(answer) {
  if (!window.caches) return;
  const store = await caches.open(STORE);
  await store.put(root.dataset.page, answer);
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  const wanted = new Set(files.filter((url) => new URL(url).pathname.startsWith(root.dataset.static)));
  for (const url of wanted) {
    if (!(await store.match(url))) await store.add(url).catch(() => {});
  }
}

/** Show the day as the server now has it, and keep that page. */
async function renew() {
  const answer = await fetch(root.dataset.page, { redirect: "error" });
  if (!answer.ok) return;
  await keep(answer.clone());
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (dayField?.value !== root.dataset.day) return;
  for (const part of ["[data-record]", "[data-proofs]"]) {
    const now = shown.querySelector(part);
    if (now) root.querySelector(part).replaceWith(now);
  }
}

// --- the day's counters -------------------------------------------------------------------------------------

const sheet = root.querySelector("[data-sheet]");
const dayField = sheet?.elements.day;

function touched() {
  const counts = {};
  for (const input of sheet.querySelectorAll("input[data-counter]")) {
    if (input.value !== "" && input.value !== input.dataset.was) counts[input.dataset.counter] = Number(input.value);
  }
  return counts;
}

sheet?.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (!step) return;
  const input = document.getElementById(step.dataset.for);
  const next = Number(input.value || 0) + Number(step.dataset.step);
  if (next >= 0 && next <= Number(input.max)) input.value = String(next);
});

sheet?.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!sheet.reportValidity()) return;
  const counts = touched();
  if (!Object.keys(counts).length) {
    say(root.dataset.textNothing);
    return;
  }
  await queue({ uuid: number(), kind: "work", at: new Date().toISOString(), day: dayField.value, counts });
  for (const input of sheet.querySelectorAll("input[data-counter]")) input.dataset.was = input.value;
  say(root.dataset.textQueued);
  await send();
}, { capture: true });

function blank() {
  for (const input of sheet.querySelectorAll("input[data-counter]")) {
    input.value = "";
    input.dataset.was = "";
  }
}

dayField?.addEventListener("change", () => {
  if (navigator.onLine) location.assign(`${root.dataset.page}?as_of=${dayField.value}`);
  else blank();
});

// --- checking in and out --------------------------------------------------------------------------------------

root.querySelector("[data-checks]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const kind = event.submitter?.value || "in";
  const item = { uuid: number(), kind, at: new Date().toISOString(), place: "unknown" };
  const asks = kind === "in" && root.dataset.consent === "yes";
  const row = await queue(item, !asks); // kept before anything else: a closed page loses nothing
  say(root.dataset.textQueued);
  if (asks) {
    const { lat, lon, metres } = root.dataset;
    const place = await match(parseFloat(lat), parseFloat(lon), Number(metres));
    await put({ ...row, ready: true, item: { ...item, place } });
  }
  await send();
}, { capture: true });

// --- a file as proof --------------------------------------------------------------------------------------------

const fileForm = root.querySelector("[data-file]");

fileForm?.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!fileForm.reportValidity()) return;
  const file = fileForm.elements.file.files[0];
  if (file.size > Number(root.dataset.most)) {
    say(root.dataset.textTooBig);
    return;
  }
  const item = { uuid: number(), kind: "proof", at: new Date().toISOString(), day: dayField.value };
  try {
    await queue({ ...item, activity: fileForm.elements.activity.value }, true, file);
  } catch {
    say(root.dataset.textNoRoom); // the store is full, or the browser keeps no files in it
    return;
  }
  fileForm.elements.file.value = "";
  say(root.dataset.textQueued);
  await send();
}, { capture: true });

root.querySelector("[data-queue]").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const row = (await rows(account)).find((one) => one.uuid === button.dataset.uuid);
  if (!row) return;
  if (button.dataset.act === "discard") await drop(row.uuid);
  else await put({ ...row, refused: "" });
  await show();
  await send();
});

// --- beginning ----------------------------------------------------------------------------------------------

async function begin() {
  for (const row of await rows(account)) {
    if (!row.ready) await put({ ...row, ready: true }); // the page was closed while the place was looked for
  }
  // A page out of the store may be of an earlier day.
  const today = dayOf(new Date());
  if (dayField && root.dataset.now === root.dataset.day && today > root.dataset.now && today <= root.dataset.last) {
    dayField.max = today;
    dayField.value = today;
    blank();
  }
  await show();
  if ("serviceWorker" in navigator) {
    await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.page }).catch(() => {});
    fetch(root.dataset.page, { redirect: "error" })
      .then((answer) => answer.ok && keep(answer))
      .catch(() => {});
  }
  await send();
}

window.addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
setInterval(async () => (await rows(account)).some((row) => !row.refused) && send(), EVERY);
begin();
