// Weights as sliders: beside each number field with data-weight a slider over its powers of ten; the exchange
// rates are computed by the server as the slider comes to rest. Without script the number and the button remain.
const STEPS = 20; // of a slider from one power of ten to the next

const form = document.querySelector("input[data-weight]")?.form;
const rates = document.getElementById("rates");

function weightAt(step) {
  if (step === 0) return 0;
  const exact = 10 ** ((step - 1) / STEPS);
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1); // two digits suffice
  return Math.round(exact / digits) * digits;
}

function stepOf(weight) {
  return weight >= 1 ? Math.round(Math.log10(weight) * STEPS) + 1 : 0;
}

function attach(field) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "form-range";
  slider.min = 0;
  slider.max = stepOf(Number(field.dataset.weight));
  slider.value = stepOf(Number(field.value));
  slider.setAttribute("aria-label", field.labels[0]?.textContent.trim() || field.name);
  slider.setAttribute("aria-valuetext", field.value || "0");
  field.before(slider);
  slider.addEventListener("input", () => {
    field.value = weightAt(Number(slider.value));
    slider.setAttribute("aria-valuetext", field.value);
  });
  field.addEventListener("input", () => {
    slider.value = stepOf(Number(field.value));
    slider.setAttribute("aria-valuetext", field.value || "0");
  });
  for (const one of [slider, field]) one.addEventListener("change", ask);
}

const REST = 250; // milliseconds without a move before the server is asked
let asked = 0;
let resting = 0;

function ask() {
  clearTimeout(resting);
  resting = setTimeout(compute, REST);
}

async function compute() {
  const mine = ++asked;
  const wanted = new FormData(form);
  wanted.set("move", "rates");
  const answer = await fetch(location.href, { method: "POST", body: wanted });
  if (!answer.ok || mine !== asked) return; // the button still asks, and says what is wrong
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  rates.replaceChildren(...page.getElementById("rates").childNodes);
}

for (const field of document.querySelectorAll("input[data-weight]")) attach(field);
