// What can lie on the stage: a flat picture or the board, the pictures of series, a slide. Each knows its view
// (what of it fills the stage) and turns places in it into places on the stage and back. Places on the stage
// are shares of its width and height; the stage has the same shape for everybody. What does not come is asked
// for again, and `lost` tells whether it is waited for.

import { persist, viewerOf } from "../web/tiling.js";
import { AGAIN, Waiting } from "../web/waiting.js";

const MOST_ZOOM = 8;
const AHEAD = 3; // pictures fetched on both sides of the one that is seen
const KEPT = 400; // pictures kept in this window
const TICKET = 4 * 60000; // the ticket for tiles is renewed before it runs out
const within = (low, value, high) => Math.min(high, Math.max(low, value));
const number = (value, otherwise) => (Number.isFinite(value) ? value : otherwise);

export class Flat {
  constructor(view, { source = "", title = "", lost = () => {} } = {}) {
    this.box = view;
    this.at = { zoom: 1, x: 0, y: 0 };
    this.waiting = new Waiting(lost);
    if (source) {
      this.image = new Image();
      this.image.alt = title;
      this.image.className = "dk-stage-image";
      this.image.onload = () => this.waiting.comes();
      this.image.onerror = () => { this.later = setTimeout(() => { this.image.src = source; }, AGAIN); };
      this.image.src = source;
      this.waiting.waits();
    }
  }

  begin() {
    this.box.replaceChildren(...(this.image ? [this.image] : []));
    this.draw();
  }

  end() {
    clearTimeout(this.later);
    if (this.image) this.image.onload = this.image.onerror = null;
    this.waiting.end();
    this.box.replaceChildren();
    this.box.style.transform = "";
  }

  get view() {
    return { ...this.at };
  }

  turn({ zoom, x, y }) {
    const much = within(1, number(zoom, 1), MOST_ZOOM);
    const kept = (value) => within(1 - much, number(value, 0), 0);
    this.at = { zoom: much, x: kept(x), y: kept(y) };
    this.draw();
  }

  draw() {
    const { zoom, x, y } = this.at;
    this.box.style.transform = `translate(${x * 100}%, ${y * 100}%) scale(${zoom})`;
  }

  toStage([x, y]) {
    return [this.at.x + x * this.at.zoom, this.at.y + y * this.at.zoom];
  }

  fromStage([x, y]) {
    return [(x - this.at.x) / this.at.zoom, (y - this.at.y) / this.at.zoom];
  }

  // `by` 0: as a whole.
  zoom(by, [x, y] = [0.5, 0.5]) {
    const zoom = by ? within(1, this.at.zoom * by, MOST_ZOOM) : 1;
    const [px, py] = this.fromStage([x, y]);
    this.turn({ ...this.view, zoom, x: x - px * zoom, y: y - py * zoom });
  }

  pan(dx, dy) {
    this.turn({ ...this.view, x: this.at.x + dx, y: this.at.y + dy });
  }

  words() {
    return "";
  }
}

// All series of a study; one picture is seen at a time.
export class Series extends Flat {
  constructor(view, facts, { title, changed, lost }) {
    super(view, { lost });
    Object.assign(this, { facts, title, changed, pictures: new Map(), seen: { series: 0, frame: 0, window: "" } });
  }

  get frames() {
    return this.facts.series[this.seen.series]?.frames || [];
  }

  get view() {
    return { ...this.at, ...this.seen };
  }

  begin() {
    this.shown = true;
    super.begin();
    this.turn(this.view);
  }

  turn(view) {
    const { series, frame, window } = view;
    const last = Math.max(0, this.facts.series.length - 1);
    this.seen.series = within(0, Math.round(number(series, this.seen.series)), last);
    this.seen.frame = within(0, Math.round(number(frame, this.seen.frame)), Math.max(0, this.frames.length - 1));
    if (this.facts.windows.some((one) => one.key === window)) this.seen.window = window;
    super.turn(view);
    this.look();
  }

  leaf(by) {
    this.turn({ ...this.view, frame: this.seen.frame + by });
  }

  picture(frame) {
    const { facts, frames, seen } = this;
    if (!frames[frame]) return null;
    const [file, part] = frames[frame];
    const address = `${facts.base}${file}/${part}.png${seen.window ? `?window=${seen.window}` : ""}`;
    let made = this.pictures.get(address);
    if (!made || made.failed) {
      made = new Image();
      made.className = "dk-stage-image";
      made.onload = () => this.look();
      made.onerror = () => { made.failed = true; };
      made.src = address;
      this.pictures.set(address, made);
      if (this.pictures.size > KEPT) this.pictures.delete(this.pictures.keys().next().value);
    }
    return made;
  }

  // The picture asked for, once it is here; the one before stays until then.
  look() {
    if (!this.shown) return; // a picture that comes late must not cover what is shown by now
    const { frame } = this.seen;
    const wanted = this.picture(frame);
    clearTimeout(this.later);
    if (wanted?.complete && wanted.naturalWidth) {
      this.waiting.comes();
      wanted.alt = `${this.title} ${this.words()}`;
      if (this.box.firstElementChild !== wanted) this.box.replaceChildren(wanted);
      for (let step = 1; step <= AHEAD; step += 1) {
        this.picture(frame + step);
        this.picture(frame - step);
      }
    } else if (wanted) {
      this.waiting.waits();
      this.later = setTimeout(() => this.look(), 1000); // a site that was gone for a while is asked again
    }
    this.changed();
  }

  end() {
    this.shown = false;
    super.end();
  }

  words() {
    return `${this.seen.frame + 1} / ${this.frames.length}`;
  }
}

// A slide by its tiles. Its places are shares of its width, downward too.
export class Slide {
  constructor(view, facts, { moved, lost, renew }) {
    Object.assign(this, { box: view, facts, moved, lost, renew });
  }

  begin() {
    const { tiles, width, height } = this.facts;
    const element = document.createElement("div");
    element.className = "dk-stage-slide";
    this.box.replaceChildren(element);
    this.viewer = viewerOf({
      element,
      mouseNavEnabled: false,
      keyboardNavEnabled: false,
      tabIndex: -1,
      animationTime: 0.25,
      imageLoaderLimit: 6,
      tileSources: {
        width, height, tileSize: 256, tileOverlap: 0,
        getTileUrl: (level, x, y) => `${tiles}/${level}/${x}_${y}.jpeg`,
      },
    });
    this.viewer.addHandler("open", () => this.turn(this.wanted || {}, true));
    // Whatever the library makes of another size, the part of the slide that is seen stays the same.
    this.viewer.addHandler("after-resize", () => this.turn(this.wanted || {}, true));
    this.viewer.addHandler("update-viewport", () => this.moved());
    const renew = () => this.renew().catch(() => {});
    this.rest = persist(this.viewer, { told: this.lost, renew });
    this.clock = setInterval(renew, TICKET);
  }

  end() {
    clearInterval(this.clock);
    this.rest?.();
    this.viewer?.destroy();
    this.viewer = null;
    this.box.replaceChildren();
  }

  get viewport() {
    return this.viewer?.world.getItemCount() ? this.viewer.viewport : null;
  }

  get shape() { // height of the stage by its width
    return this.box.clientHeight / this.box.clientWidth || 0.625;
  }

  get whole() { // the view that shows all of the slide
    const { width, height } = this.facts;
    const wide = Math.max(1, height / width / this.shape);
    return { x: (1 - wide) / 2, y: (height / width - wide * this.shape) / 2, width: wide };
  }

  get view() {
    return { ...(this.wanted || this.whole) };
  }

  turn({ x, y, width }, at_once = false) {
    const { whole } = this;
    const least = this.box.clientWidth / this.facts.width / 2; // two screen pixels for one of the slide
    const wide = within(Math.min(least, whole.width), number(width, whole.width), whole.width * 2);
    this.wanted = { x: within(-wide, number(x, whole.x), 1), y: within(-wide, number(y, whole.y), this.facts.height / this.facts.width), width: wide };
    const { wanted, viewport } = this;
    viewport?.fitBounds(new window.OpenSeadragon.Rect(wanted.x, wanted.y, wide, wide * this.shape), at_once);
  }

  // What is on the screen in this moment, amid a movement too.
  get bounds() {
    const now = this.viewport?.getBounds(true);
    return now ? { x: now.x, y: now.y, width: now.width } : this.view;
  }

  toStage([x, y]) {
    const { bounds } = this;
    return [(x - bounds.x) / bounds.width, (y - bounds.y) / (bounds.width * this.shape)];
  }

  fromStage([x, y]) {
    const { bounds } = this;
    return [bounds.x + x * bounds.width, bounds.y + y * bounds.width * this.shape];
  }

  zoom(by, [x, y] = [0.5, 0.5]) {
    if (!by) {
      this.turn({});
      return;
    }
    const { view, shape } = this;
    const width = view.width / by;
    this.turn({ width, x: view.x + x * (view.width - width), y: view.y + y * (view.width - width) * shape });
  }

  pan(dx, dy) {
    const { view, shape } = this;
    this.turn({ ...view, x: view.x - dx * view.width, y: view.y - dy * view.width * shape }, true);
  }

  words() {
    const { mpp, width } = this.facts;
    if (!mpp) return "";
    const micrometres = (100 * mpp * width * this.bounds.width) / this.box.clientWidth;
    return `100 px = ${micrometres.toPrecision(3)} µm`;
  }
}
