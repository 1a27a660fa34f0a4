// Calipers on a tracing: two points, the time and the voltage between them. Without script the picture and the
// squares of the paper remain.
const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.5; // mm a key press

function calipers(holder) {
  const paper = holder.querySelector("[data-paper]");
  const picture = paper.querySelector("img");
  const toggle = holder.querySelector("[data-toggle]");
  const answer = holder.querySelector("[data-answer]");
  const { speed, gain, millimetres, reads, help } = holder.dataset;
  const lines = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", "dk-caliper");
  lines.setAttribute("aria-hidden", "true");
  lines.append(path);
  let points = null; // two points in mm from the upper left corner
  let dragging = false;

  const measuring = () => toggle.getAttribute("aria-pressed") === "true";
  const scale = () => picture.clientWidth / Number(millimetres); // pixels to the mm

  function show() {
    if (!points) return;
    const [one, two] = points;
    const size = scale();
    const [width, height] = [picture.clientWidth / size, picture.clientHeight / size];
    lines.setAttribute("width", picture.clientWidth);
    lines.setAttribute("height", picture.clientHeight);
    lines.setAttribute("viewBox", `0 0 ${width} ${height}`);
    path.setAttribute("d", `M${one.x} 0V${height}M${two.x} 0V${height}M0 ${one.y}H${width}M0 ${two.y}H${width}`);
    const ms = (Math.abs(two.x - one.x) / speed) * 1000;
    const mv = (one.y - two.y) / gain; // upwards is positive
    answer.textContent = reads
      .replace("{ms}", Math.round(ms))
      .replace("{bpm}", ms >= 100 ? Math.round(60000 / ms) : "—")
      .replace("{mv}", mv.toFixed(2));
  }

  function place(event) {
    const box = picture.getBoundingClientRect();
    const size = scale();
    return { x: (event.clientX - box.left) / size, y: (event.clientY - box.top) / size };
  }

  toggle.addEventListener("click", () => {
    const on = !measuring();
    toggle.setAttribute("aria-pressed", on);
    holder.classList.toggle("is-measuring", on);
    if (on) {
      paper.append(lines);
      answer.textContent = help;
      paper.focus({ preventScroll: true });
    } else {
      lines.remove();
      points = null;
      answer.textContent = "";
    }
  });
  paper.addEventListener("pointerdown", (event) => {
    if (!measuring()) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    dragging = true;
    points = [place(event), place(event)];
    show();
  });
  paper.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    points[1] = place(event);
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    paper.addEventListener(name, () => { dragging = false; });
  }
  paper.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    if (!measuring() || !moves[event.key]) return;
    event.preventDefault();
    if (!points) {
      const middle = (paper.scrollLeft + paper.clientWidth / 2) / scale();
      points = [{ x: middle, y: 20 }, { x: middle, y: 20 }];
    }
    const moved = points[event.shiftKey ? 0 : 1];
    moved.x += moves[event.key][0];
    moved.y += moves[event.key][1];
    show();
  });
  addEventListener("resize", show);
  holder.querySelector("[data-tools]").hidden = false;
}

for (const holder of document.querySelectorAll("[data-calipers]")) calipers(holder);
