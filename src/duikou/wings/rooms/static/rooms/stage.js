// The shared stage: one exhibit for all, pointers and strokes on it. Places are shares of the stage, so that
// a phone and a desk see the same spot.

const POINTER_EVERY = 40; // milliseconds over a direct link
const FADE = 2500; // a pointer that does not move goes
const COLOURS = ["#c2255c", "#1864ab", "#2b8a3e", "#e8590c", "#5f3dc4", "#0b7285"];

export class Stage {
  constructor(root, { show, stroke, wipe, point, name }) {
    Object.assign(this, { root, show, stroke, wipe, point, name });
    this.box = root.querySelector("[data-stage]");
    this.view = root.querySelector("[data-view]");
    this.ink = root.querySelector("[data-ink]");
    this.image = root.querySelector("[data-image]");
    this.words = root.querySelector("[data-pointer-words]");
    this.strokes = new Map(); // exhibit → strokes
    this.pointers = new Map(); // stay → where it points
    this.at = { exhibit: null, zoom: 1, x: 0, y: 0 };
    this.tool = root.querySelector("[data-tool]") ? "point" : "watch";
    this.wire();
    const first = root.querySelector("[data-exhibit]");
    if (first) this.turn(first.dataset.exhibit);
  }

  wire() {
    for (const button of this.root.querySelectorAll("[data-exhibit]")) {
      button.onclick = () => this.tool !== "watch" && this.change({ exhibit: button.dataset.exhibit, zoom: 1, x: 0, y: 0 });
    }
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.onclick = () => {
        this.tool = button.dataset.tool;
        for (const other of this.root.querySelectorAll("[data-tool]")) other.setAttribute("aria-pressed", other === button);
      };
    }
    for (const button of this.root.querySelectorAll("[data-zoom]")) button.onclick = () => this.zoom(Number(button.dataset.zoom));
    const wipe = this.root.querySelector("[data-wipe]");
    if (wipe) wipe.onclick = () => {
      this.clear(this.at.exhibit);
      this.wipe({ exhibit: this.at.exhibit });
    };
    this.ink.addEventListener("pointermove", (event) => this.move(event));
    this.ink.addEventListener("pointerdown", (event) => this.press(event));
    for (const name of ["pointerup", "pointercancel"]) this.ink.addEventListener(name, () => this.lift());
    this.ink.addEventListener("pointerleave", () => !this.drawing && this.tool === "point" && this.tell(null));
    this.ink.addEventListener("keydown", (event) => this.key(event));
  }

  place(event) {
    const { left, top, width, height } = this.ink.getBoundingClientRect();
    const share = (value) => Math.round(Math.min(1, Math.max(0, value)) * 10000) / 10000;
    return [share((event.clientX - left) / width), share((event.clientY - top) / height)];
  }

  move(event) {
    const place = this.place(event);
    if (this.drawing) {
      this.drawing.push(place);
      this.paint();
    } else if (this.tool === "point") this.tell(place);
  }

  press(event) {
    if (this.tool !== "draw" || event.button !== 0) return;
    this.ink.setPointerCapture(event.pointerId);
    this.drawing = [this.place(event)];
  }

  lift() {
    if (!this.drawing) return;
    const points = this.drawing.filter((_place, number, all) => number % Math.ceil(all.length / 400) === 0);
    this.drawing = null;
    if (points.length < 2) return;
    const made = { exhibit: this.at.exhibit, points };
    this.add(this.me, made);
    this.stroke(made);
  }

  // The pointer goes by keys, too: arrows move it, Escape takes it away.
  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (this.tool !== "point" || (!step && event.key !== "Escape")) return;
    event.preventDefault();
    const [x, y] = this.own || [0.5, 0.5];
    const within = (value) => Math.min(1, Math.max(0, value));
    this.tell(step ? [within(x + step[0] * 0.01), within(y + step[1] * 0.01)] : null);
  }

  tell(place) {
    this.own = place;
    const now = performance.now();
    clearTimeout(this.later);
    const left = POINTER_EVERY - (now - (this.told || 0));
    if (left > 0) {
      this.later = setTimeout(() => this.tell(this.own), left);
      return;
    }
    this.told = now;
    this.point({ exhibit: this.at.exhibit, place });
  }

  pointed(stay, { exhibit, place }) {
    clearTimeout(this.pointers.get(stay)?.timer);
    if (!place || exhibit !== this.at.exhibit) this.pointers.delete(stay);
    else {
      const timer = setTimeout(() => {
        this.pointers.delete(stay);
        this.paint();
      }, FADE);
      this.pointers.set(stay, { place, timer });
      this.box.dataset.pointedAt = place.join(",");
      this.words.textContent = this.name(stay);
    }
    this.paint();
  }

  change(what) {
    this.turn(what.exhibit ?? this.at.exhibit, what);
    this.show({ exhibit: this.at.exhibit, zoom: this.at.zoom, x: this.at.x, y: this.at.y });
  }

  zoom(by) {
    const zoom = by === 0 ? 1 : Math.min(8, Math.max(1, this.at.zoom * by));
    const [x, y] = this.own || [0.5, 0.5];
    const kept = (middle) => Math.min(0, Math.max(1 - zoom, middle - middle * zoom));
    const next = { zoom, x: kept(x), y: kept(y) };
    if (this.tool === "watch") this.turn(this.at.exhibit, next);
    else this.change(next);
  }

  // Show an exhibit, at a magnification and from a corner (shares of the stage).
  turn(exhibit, { zoom = 1, x = 0, y = 0 } = {}) {
    const button = [...this.root.querySelectorAll("[data-exhibit]")].find((one) => one.dataset.exhibit === String(exhibit));
    if (!button) return;
    if (this.at.exhibit !== button.dataset.exhibit) {
      for (const other of this.root.querySelectorAll("[data-exhibit]")) other.setAttribute("aria-pressed", other === button);
      const picture = button.dataset.kind !== "board";
      this.image.hidden = !picture;
      if (picture) this.image.src = button.dataset.source;
      this.image.alt = picture ? button.textContent.trim() : "";
      this.pointers.clear();
    }
    this.at = { exhibit: button.dataset.exhibit, zoom, x, y };
    this.view.style.transform = `translate(${x * 100}%, ${y * 100}%) scale(${zoom})`;
    this.paint();
  }

  add(stay, { exhibit, points }) {
    if (!Array.isArray(points)) return;
    const list = this.strokes.get(String(exhibit)) || [];
    list.push({ stay, points });
    this.strokes.set(String(exhibit), list);
    this.paint();
  }

  clear(exhibit) {
    this.strokes.delete(String(exhibit));
    this.paint();
  }

  paint() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      const brush = this.ink.getContext("2d");
      const { width, height } = this.ink;
      brush.clearRect(0, 0, width, height);
      brush.lineWidth = 4;
      brush.lineCap = brush.lineJoin = "round";
      const own = this.drawing ? [{ stay: this.me, points: this.drawing }] : [];
      for (const { stay, points } of [...(this.strokes.get(this.at.exhibit) || []), ...own]) {
        brush.strokeStyle = COLOURS[stay % COLOURS.length];
        brush.beginPath();
        points.forEach(([x, y], number) => brush[number ? "lineTo" : "moveTo"](x * width, y * height));
        brush.stroke();
      }
      for (const [stay, { place: [x, y] }] of this.pointers) {
        brush.strokeStyle = COLOURS[stay % COLOURS.length];
        brush.beginPath();
        brush.arc(x * width, y * height, 18, 0, 7);
        brush.moveTo(x * width - 28, y * height);
        brush.lineTo(x * width + 28, y * height);
        brush.moveTo(x * width, y * height - 28);
        brush.lineTo(x * width, y * height + 28);
        brush.stroke();
      }
      this.box.dataset.strokes = (this.strokes.get(this.at.exhibit) || []).length;
      this.box.dataset.exhibitShown = this.at.exhibit;
    });
  }
}
