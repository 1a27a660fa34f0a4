// The shared stage: one exhibit for all, seen the same way by all, with pointers and strokes on it. Places
// belong to the exhibit, so that a phone and a desk see the same spot and a stroke stays where it was drawn.

import { ask } from "./line.js";
import { Flat, Series, Slide } from "./surfaces.js";

const OVER_LINKS = 40; // milliseconds between two pointers or views over a direct link
const BY_SITE = 250; // and between two views by the site
const FADE = 2500; // a pointer that does not move goes
const AGAIN = 3000; // before an exhibit is asked for again while the site is gone
const COLOURS = ["#c2255c", "#1864ab", "#2b8a3e", "#e8590c", "#5f3dc4", "#0b7285"];
const place4 = (value) => Math.round(value * 10000) / 10000;

// Calls at most once in a while, and always with the last.
const seldom = (every, act) => {
  let [last, later] = [-every, 0];
  return (...what) => {
    clearTimeout(later);
    const run = () => {
      last = performance.now();
      act(...what);
    };
    const left = every - (performance.now() - last);
    if (left > 0) later = setTimeout(run, left);
    else run();
  };
};

export class Stage {
  constructor(root, { base, show, look, stroke, wipe, point, name }) {
    Object.assign(this, { root, base, stroke, wipe, name });
    for (const part of ["stage", "view", "ink", "pointerWords", "stageWords", "stageTold", "seriesTools", "frame", "seriesChoice", "windowChoice"]) {
      this[part] = root.querySelector(`[data-${part.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`);
    }
    this.strokes = new Map(); // exhibit → strokes
    this.pointers = new Map(); // stay → where it points
    this.exhibit = null;
    this.surface = null;
    this.order = { at: 0, by: 0 }; // of the view that is shown: the later one counts, for everybody the same
    this.tool = root.querySelector("[data-tool]") ? "point" : "watch";
    this.point = seldom(OVER_LINKS, point);
    this.show = seldom(BY_SITE, show);
    this.look = seldom(OVER_LINKS, look);
    this.wire();
  }

  wire() {
    for (const button of this.root.querySelectorAll("[data-exhibit]")) {
      button.onclick = () => this.tool !== "watch" && this.change(button.dataset.exhibit);
    }
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.onclick = () => {
        this.tool = button.dataset.tool;
        this.stage.dataset.tool = this.tool;
        for (const other of this.root.querySelectorAll("[data-tool]")) other.setAttribute("aria-pressed", other === button);
      };
    }
    for (const button of this.root.querySelectorAll("[data-zoom]")) button.onclick = () => this.act((one) => one.zoom(Number(button.dataset.zoom)));
    for (const button of this.root.querySelectorAll("[data-leaf]")) button.onclick = () => this.act((one) => one.leaf?.(Number(button.dataset.leaf)));
    this.frame.oninput = () => this.act((one) => one.turn({ ...one.view, frame: this.frame.valueAsNumber - 1 }));
    this.seriesChoice.onchange = () => this.act((one) => one.turn({ ...one.view, series: Number(this.seriesChoice.value), frame: 0 }));
    this.windowChoice.onchange = () => this.act((one) => one.turn({ ...one.view, window: this.windowChoice.value }));
    const wipe = this.root.querySelector("[data-wipe]");
    if (wipe) wipe.onclick = () => {
      this.clear(this.exhibit);
      this.wipe({ exhibit: this.exhibit });
    };
    this.ink.addEventListener("pointermove", (event) => this.move(event));
    this.ink.addEventListener("pointerdown", (event) => this.press(event));
    for (const name of ["pointerup", "pointercancel"]) this.ink.addEventListener(name, () => this.lift());
    this.ink.addEventListener("pointerleave", () => !this.drawing && this.tool === "point" && this.tell(null));
    this.ink.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.ink.addEventListener("keydown", (event) => this.key(event));
  }

  // Somebody is in the room now: the stage has a size, and something to show.
  begin() {
    const first = this.root.querySelector("[data-exhibit]");
    if (!this.exhibit && first) this.turn(first.dataset.exhibit);
  }

  end() {
    this.opened = (this.opened || 0) + 1;
    this.surface?.end();
    this.surface = this.exhibit = null;
    this.order = { at: 0, by: 0 };
    this.pointers.clear();
  }

  // --- what this browser's person does
  spot(event) {
    const { left, top, width, height } = this.ink.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }

  place(event) {
    return this.surface.fromStage(this.spot(event)).map(place4);
  }

  move(event) {
    if (!this.surface) return;
    if (this.dragged) {
      const spot = this.spot(event);
      const [x, y] = this.dragged;
      this.dragged = spot;
      this.act((one) => one.pan(spot[0] - x, spot[1] - y));
    } else if (this.drawing) {
      this.drawing.push(this.place(event));
      this.paint();
    } else if (this.tool === "point") this.tell(this.place(event));
  }

  press(event) {
    if (event.button !== 0 || !this.surface || this.tool === "point") return;
    this.ink.setPointerCapture(event.pointerId);
    if (this.tool === "draw") this.drawing = [this.place(event)];
    else this.dragged = this.spot(event);
  }

  lift() {
    this.dragged = null;
    if (!this.drawing) return;
    const points = this.drawing.filter((_place, number, all) => number % Math.ceil(all.length / 400) === 0);
    this.drawing = null;
    if (points.length < 2) return;
    const made = { exhibit: this.exhibit, points };
    this.add(this.me, made);
    this.stroke(made);
  }

  wheel(event) {
    if (!this.surface) return;
    event.preventDefault();
    if (this.surface.leaf && !event.ctrlKey) this.act((one) => one.leaf(Math.sign(event.deltaY)));
    else this.act((one) => one.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.spot(event)));
  }

  // By keys, too: arrows move the pointer, Escape takes it away; Page Up and Page Down leaf; + and − zoom.
  key(event) {
    if (!this.surface) return;
    const leaf = { PageUp: -1, PageDown: 1 }[event.key];
    const zoom = { "+": 1.25, "=": 1.25, "-": 0.8 }[event.key];
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const points = this.tool === "point" && (step || event.key === "Escape");
    if (!points && !zoom && !(leaf && this.surface.leaf)) return;
    event.preventDefault();
    if (zoom) this.act((one) => one.zoom(zoom));
    else if (leaf) this.act((one) => one.leaf(leaf));
    else {
      const [x, y] = this.own ? this.surface.toStage(this.own) : [0.5, 0.5];
      const within = (value) => Math.min(1, Math.max(0, value));
      this.tell(step ? this.surface.fromStage([within(x + step[0] * 0.01), within(y + step[1] * 0.01)]).map(place4) : null);
    }
  }

  tell(place) {
    this.own = place;
    this.point({ exhibit: this.exhibit, place });
  }

  // Change the view and have the others follow; a watcher changes the own view alone.
  act(how) {
    if (!this.surface) return;
    how(this.surface);
    this.refresh();
    if (this.tool !== "watch") this.showAll();
  }

  showAll() {
    this.order = { at: this.order.at + 1, by: this.me };
    const body = { exhibit: this.exhibit, at: this.order.at, ...this.surface?.view };
    this.look(body);
    this.show(body);
  }

  change(exhibit) {
    this.turn(exhibit, {});
    this.showAll();
  }

  // --- what others do
  follow(stay, body) {
    const at = Number.isFinite(body.at) ? body.at : this.order.at + 1;
    if (at < this.order.at || (at === this.order.at && stay <= this.order.by)) return;
    this.order = { at, by: stay };
    this.turn(body.exhibit, body);
  }

  pointed(stay, { exhibit, place }) {
    clearTimeout(this.pointers.get(stay)?.timer);
    const known = Array.isArray(place) && place.length === 2 && place.every(Number.isFinite);
    if (!known || exhibit !== this.exhibit) this.pointers.delete(stay);
    else {
      const timer = setTimeout(() => {
        this.pointers.delete(stay);
        this.paint();
      }, FADE);
      this.pointers.set(stay, { place, timer });
      this.stage.dataset.pointedAt = place.join(",");
      this.pointerWords.textContent = this.name(stay);
    }
    this.paint();
  }

  // --- what is shown
  turn(exhibit, view) {
    const button = [...this.root.querySelectorAll("[data-exhibit]")].find((one) => one.dataset.exhibit === String(exhibit));
    if (!button) return;
    if (this.exhibit !== button.dataset.exhibit) {
      this.exhibit = button.dataset.exhibit;
      for (const other of this.root.querySelectorAll("[data-exhibit]")) other.setAttribute("aria-pressed", other === button);
      this.pointers.clear();
      this.own = null;
      this.surface?.end();
      this.surface = null;
      this.say("");
      this.open(button);
    }
    this.wanted = view;
    if (view) this.surface?.turn(view);
    this.refresh();
  }

  async open(button) {
    const { exhibit, kind, source } = button.dataset;
    const title = button.textContent.trim();
    const asked = (this.opened = (this.opened || 0) + 1); // another one may be wanted before this one is here
    let facts = { kind, source };
    if (kind === "series" || kind === "slide") {
      this.say(this.root.dataset.textLoading);
      try {
        facts = await ask(`${this.base}exhibits/${exhibit}/`);
      } catch (error) {
        if (asked !== this.opened) return;
        this.say(error.message && error.status ? error.message : this.root.dataset.textLost);
        if (!(error.status < 500)) setTimeout(() => asked === this.opened && this.open(button), AGAIN);
        return;
      }
      if (asked !== this.opened) return;
    }
    this.say(facts.words || "");
    this.stage.dataset.kind = facts.kind;
    this.surface = this.made(facts, title, exhibit);
    this.surface.begin();
    if (this.wanted) this.surface.turn(this.wanted);
    this.lay();
    this.refresh();
  }

  made(facts, title, exhibit) {
    const lost = (is) => this.say(is ? this.root.dataset.textWaiting : facts.words || "");
    if (facts.kind === "series") return new Series(this.view, facts, { title, changed: () => this.refresh(), lost });
    if (facts.kind !== "slide") return new Flat(this.view, { source: facts.source, title, lost });
    return new Slide(this.view, facts, {
      moved: () => this.refresh(),
      lost,
      renew: () => ask(`${this.base}exhibits/${exhibit}/`),
    });
  }

  say(words) {
    if (this.stageTold.textContent !== words) this.stageTold.textContent = words;
  }

  // The controls of series, as this exhibit needs them.
  lay() {
    const { facts } = this.surface;
    const series = facts?.kind === "series";
    this.seriesTools.hidden = !series || this.tool === "watch";
    if (!series) return;
    const options = (box, listed) => box.replaceChildren(...listed.map(([value, words]) => new Option(words, value)));
    options(this.seriesChoice, facts.series.map((one, place) => [place, one.title]));
    options(this.windowChoice, facts.windows.map((one) => [one.key, one.words]));
  }

  refresh() {
    const { surface } = this;
    const words = surface?.words() || "";
    if (this.stageWords.textContent !== words) this.stageWords.textContent = words;
    if (surface?.facts?.kind === "series") {
      const { series, frame, window } = surface.seen;
      this.frame.max = Math.max(1, surface.frames.length);
      this.frame.value = frame + 1;
      this.seriesChoice.value = series;
      this.windowChoice.value = window;
      this.windowChoice.parentElement.hidden = surface.facts.series[series]?.modality !== "CT";
    }
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
      const { ink, surface } = this;
      const brush = ink.getContext("2d");
      const { width, height } = ink;
      const px = width / (ink.clientWidth || width);
      brush.clearRect(0, 0, width, height);
      brush.lineWidth = 3 * px;
      brush.lineCap = brush.lineJoin = "round";
      const strokes = this.strokes.get(this.exhibit) || [];
      this.stage.dataset.strokes = strokes.length;
      this.stage.dataset.exhibitShown = surface ? this.exhibit : "";
      if (!surface) return;
      const at = (place) => surface.toStage(place).map((share, axis) => share * (axis ? height : width));
      const own = this.drawing ? [{ stay: this.me, points: this.drawing }] : [];
      for (const { stay, points } of [...strokes, ...own]) {
        brush.strokeStyle = COLOURS[stay % COLOURS.length];
        brush.beginPath();
        points.forEach((place, number) => brush[number ? "lineTo" : "moveTo"](...at(place)));
        brush.stroke();
      }
      for (const [stay, { place }] of this.pointers) {
        const [x, y] = at(place);
        brush.strokeStyle = COLOURS[stay % COLOURS.length];
        brush.beginPath();
        brush.arc(x, y, 10 * px, 0, 7);
        brush.moveTo(x - 16 * px, y);
        brush.lineTo(x + 16 * px, y);
        brush.moveTo(x, y - 16 * px);
        brush.lineTo(x, y + 16 * px);
        brush.stroke();
      }
    });
  }
}
