// The what-if desk: a pair opens as a card in a dialog; a pair is dragged to another supporter.
// Everything here can also be done without it: the card is a page, and "move to" is a form on it.

const DISTANCE = 6; // pixels before a press becomes a drag

const cardDialog = document.getElementById("pair-dialog");
const moveDialog = document.getElementById("move-dialog");

let touched = null; // the pair that is being changed: it is looked for again on the new board

// --- the card of a pair
async function openCard(link) {
  const address = new URL(link.href);
  const here = new URLSearchParams(location.search);
  for (const name of ["city", "part"]) address.searchParams.set(name, here.get(name) || "");
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) {
    location.assign(link.href);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = document.getElementById("pair-body");
  body.replaceChildren(page.getElementById("pair-card"));
  htmx.process(body);
  touched = { supporter: address.searchParams.get("supporter"), recipient: address.searchParams.get("recipient") };
  cardDialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-pair]");
  if (!link || !cardDialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!dragged) openCard(link);
});

// --- after an edit the dialogs close, the forms that stay carry the new version, and one stands where one was
document.addEventListener("htmx:after:swap", () => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  cardDialog?.close();
  moveDialog?.close();
  for (const field of document.querySelectorAll("#move-dialog input[name=version]")) field.value = desk.dataset.version;
  if (touched) (chipOf(touched)?.querySelector("a") || document.getElementById("desk-answer")).focus();
  touched = null;
});

function chipOf({ supporter, recipient }) {
  const chips = [...document.querySelectorAll("[data-board] [data-recipient]")].filter((chip) => chip.dataset.recipient === recipient);
  return chips.find((chip) => chip.closest("[data-supporter]").dataset.supporter === supporter) || chips[0];
}

// --- dragging, with mouse or pen anywhere on the pair, with a finger on its handle
let press = null;
let dragged = false;

document.addEventListener("pointerdown", (event) => {
  const chip = event.target.closest("[data-board] [data-recipient]");
  const grip = chip?.querySelector("[data-grip]");
  if (!grip || event.button !== 0 || !moveDialog) return;
  if (event.pointerType === "touch" && !event.target.closest("[data-grip]")) return;
  press = { chip, x: event.clientX, y: event.clientY, ghost: null, over: null };
  dragged = false;
});

document.addEventListener("pointermove", (event) => {
  if (!press) return;
  if (!press.ghost) {
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < DISTANCE) return;
    press.ghost = press.chip.cloneNode(true);
    press.ghost.classList.add("dk-ghost");
    press.ghost.setAttribute("aria-hidden", "true");
    document.body.append(press.ghost);
    document.body.classList.add("dk-dragging");
  }
  event.preventDefault();
  const place = press.ghost.animate(
    [{ transform: `translate(${event.clientX + 8}px, ${event.clientY + 8}px)` }],
    { duration: 0, fill: "forwards" },
  );
  place.finish();
  mark(document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-board] [data-supporter]"));
  const edge = 60;
  if (event.clientY < edge) window.scrollBy(0, -14);
  else if (event.clientY > innerHeight - edge) window.scrollBy(0, 14);
});

function mark(card) {
  const home = press.chip.closest("[data-supporter]");
  const over = card && card !== home ? card : null;
  if (over === press.over) return;
  press.over?.classList.remove("dk-deal-over");
  over?.classList.add("dk-deal-over");
  press.over = over;
}

function drop() {
  const { chip, ghost, over } = press;
  const home = chip.closest("[data-supporter]");
  ghost?.remove();
  over?.classList.remove("dk-deal-over");
  document.body.classList.remove("dk-dragging");
  dragged = Boolean(ghost); // the click that follows at once, if one does, belongs to the drag
  setTimeout(() => { dragged = false; });
  press = null;
  return { chip, home, over };
}

document.addEventListener("pointerup", () => {
  if (!press) return;
  const { chip, home, over } = drop();
  if (!over) return;
  const form = moveDialog.querySelector("[data-move-form]");
  const recipient = chip.dataset.recipient;
  form.elements.lock.value = `${over.dataset.supporter}|${recipient}`;
  form.elements.forbid.value = `${home.dataset.supporter}|${recipient}`;
  const name = chip.querySelector("a").firstChild.textContent.trim();
  form.querySelector("[data-move-words]").textContent = `${name}: ${home.dataset.name} → ${over.dataset.name}`;
  touched = { supporter: over.dataset.supporter, recipient };
  moveDialog.showModal();
  form.elements.reason.select();
});

document.addEventListener("pointercancel", () => press && drop());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && press) drop();
});
