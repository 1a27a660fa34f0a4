// Suggestions under a text field (the combobox pattern): <input data-suggest="address">. Without script it is a plain field.
// The address answers ?q=… with <li role="option" data-value="…" data-url="…">: an option with an address leads there,
// one without is put into the field. Fields of the same form are sent along, so that a choice may depend on another.
const PAUSE = 180; // milliseconds without typing before the server is asked

function attach(input) {
  const box = input.closest(".dk-search") || wrapped(input);
  box.classList.add("dk-suggest");
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels[0]?.textContent.trim() || "");
  box.append(list);
  const count = document.createElement("span");
  count.className = "visually-hidden";
  count.setAttribute("role", "status");
  box.append(count);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);

  let timer = 0;
  let asked = null;

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function options() {
    return [...list.querySelectorAll('[role="option"]')];
  }

  function mark(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    close();
    if (option.dataset.url) location.assign(option.dataset.url);
    else input.value = option.dataset.value;
  }

  async function ask() {
    const text = input.value.trim();
    if (!text) return close();
    asked?.abort();
    asked = new AbortController();
    const address = new URL(input.dataset.suggest, location.href);
    if (input.form?.method === "post") {
      for (const field of input.form.querySelectorAll("select")) address.searchParams.set(field.name, field.value);
    }
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { "X-Requested-With": "suggest" } });
      if (!answer.ok || answer.redirected) return close();
      list.innerHTML = await answer.text();
    } catch {
      return close(); // offline or overtaken by the next letter: the field still works by itself
    }
    const found = options();
    found.forEach((option, place) => (option.id = `${list.id}-${place}`));
    count.textContent = list.querySelector("[data-status]")?.textContent || "";
    list.hidden = !found.length || document.activeElement !== input;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the keys belong to the input method
    const found = options();
    const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(found[(at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length]);
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest('[role="option"]');
    if (option) choose(option);
  });
}

function wrapped(input) {
  const box = document.createElement("div");
  input.replaceWith(box);
  box.append(input);
  return box;
}

for (const input of document.querySelectorAll("input[data-suggest]")) attach(input);
