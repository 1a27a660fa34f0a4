// The viewer of a slide: tiles come from a service of their own, which asks for the ticket that this
// page renews; marks are drawn over them in SVG and kept through the API.

import { persist, viewerOf } from "./tiling.js";

const box = document.querySelector("[data-slide]");
const SVG = "http://www.w3.org/2000/svg";
const RENEW = 4 * 60000;
const NEEDED = { point: 1, text: 1, box: 2, length: 2 };

if (box) start();

function start() {
  const data = box.dataset;
  const told = box.querySelector("[data-told]");
  const viewer = viewerOf({
    element: box.querySelector("[data-view]"),
    animationTime: 0.4,
    maxZoomPixelRatio: 2,
    imageLoaderLimit: 8,
    tileSources: {
      width: Number(data.width),
      height: Number(data.height),
      tileSize: 256,
      tileOverlap: 0,
      getTileUrl: (level, x, y) => `${data.tiles}/${level}/${x}_${y}.jpeg`,
    },
  });
  const overlay = document.createElementNS(SVG, "svg");
  overlay.setAttribute("class", "dk-slide-marks");
  overlay.setAttribute("aria-hidden", "true"); // the list beside it says the same in words
  viewer.canvas.appendChild(overlay);
  let tool = "";
  let points = [];

  const say = (words) => {
    told.textContent = words;
    told.hidden = !words;
  };

  const post = (path, body) =>
    fetch(data.api + path, {
      method: "POST",
      headers: {
        "X-CSRFToken": box.querySelector("[name=csrfmiddlewaretoken]").value,
        "Content-Type": "application/json",
        "Accept-Language": document.documentElement.lang,
      },
      body: body && JSON.stringify(body),
    }).catch(() => null);

  async function call(path, body) {
    const answer = await post(path, body);
    if (answer?.ok) return true;
    const why = answer ? await answer.json().catch(() => ({})) : {};
    say([why.message, ...Object.values(why.fields || {}).flat()].filter(Boolean).join(" ") || data.failed);
    return false;
  }

  const toScreen = ([x, y]) => {
    const at = viewer.viewport.imageToViewerElementCoordinates(new window.OpenSeadragon.Point(x, y));
    return [at.x, at.y];
  };

  function shape(name, attributes, words) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (words) made.textContent = words;
    overlay.appendChild(made);
  }

  function drawOne(kind, at, words, drawing) {
    const cls = drawing ? "drawing" : "";
    if (kind === "box" && at.length === 2) {
      const [[x1, y1], [x2, y2]] = at;
      shape("rect", { class: cls, x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) });
    } else if (at.length > 1) {
      shape(kind === "polygon" && !drawing ? "polygon" : "polyline", { class: cls, points: at.map((p) => p.join(",")).join(" ") });
    }
    if (kind === "point" || kind === "text" || drawing) for (const [x, y] of at) shape("circle", { class: cls, cx: x, cy: y, r: 5 });
    if (words) shape("text", { x: at[0][0] + 8, y: at[0][1] - 8 }, words);
  }

  function redraw() {
    overlay.replaceChildren();
    if (!viewer.world.getItemCount()) return;
    for (const item of document.querySelectorAll("[data-mark]")) {
      drawOne(item.dataset.kind, JSON.parse(item.dataset.points).map(toScreen), item.dataset.words, false);
    }
    if (points.length) drawOne(tool, points.map(toScreen), "", true);
    const scale = box.querySelector("[data-scale]");
    const micrometres = (100 * Number(data.mpp)) / viewer.viewport.viewportToImageZoom(viewer.viewport.getZoom(true));
    if (data.mpp) scale.textContent = `100 px = ${micrometres.toPrecision(3)} µm`;
  }

  async function refresh() {
    const answer = await fetch(data.marks).catch(() => null);
    if (answer?.ok) document.querySelector("[data-mark-list]").innerHTML = await answer.text();
    redraw();
  }

  const words = box.querySelector("[data-words]");
  const centre = box.querySelector("[data-centre]");
  const finish = box.querySelector("[data-finish]");

  async function save() {
    const saved = await call("/marks", { kind: tool, points, text: words.value });
    points = [];
    if (finish) finish.disabled = true;
    if (saved) {
      say("");
      words.value = "";
      await refresh();
    } else redraw();
  }

  function add(at) {
    if (at.x < 0 || at.y < 0 || at.x > Number(data.width) || at.y > Number(data.height)) return;
    points.push([at.x, at.y]);
    finish.disabled = !(tool === "polygon" && points.length >= 3);
    if (points.length === NEEDED[tool]) save();
    else redraw();
  }

  viewer.addHandler("canvas-click", (event) => {
    if (!tool || !event.quick) return;
    event.preventDefaultAction = true;
    add(viewer.viewport.viewerElementToImageCoordinates(event.position));
  });
  for (const button of box.querySelectorAll("[data-tool]")) {
    button.addEventListener("click", () => {
      tool = button.dataset.tool;
      points = [];
      for (const other of box.querySelectorAll("[data-tool]")) other.setAttribute("aria-pressed", String(other === button));
      centre.disabled = !tool;
      finish.disabled = true;
      redraw();
    });
  }
  centre?.addEventListener("click", () => add(viewer.viewport.viewportToImageCoordinates(viewer.viewport.getCenter(true))));
  finish?.addEventListener("click", save);
  box.querySelector("[data-key-image]")?.addEventListener("click", async () => {
    const seen = viewer.viewport.viewportToImageRectangle(viewer.viewport.getBounds(true));
    const x = Math.max(0, Math.round(seen.x)), y = Math.max(0, Math.round(seen.y));
    const width = Math.round(Math.min(seen.x + seen.width, Number(data.width)) - x);
    const height = Math.round(Math.min(seen.y + seen.height, Number(data.height)) - y);
    if (await call("/key-images", { x, y, width: Math.max(1, width), height: Math.max(1, height), caption: words.value })) {
      say("");
      words.value = "";
      refresh();
    }
  });
  for (const name of ["update-viewport", "open", "resize"]) viewer.addHandler(name, redraw);
  // Out of reach, it is tried again with the next tiles that fail; refused, somebody has to sign in.
  const renew = async () => {
    const answer = await post("/ticket");
    if (answer && !answer.ok && answer.status < 500) say(data.lost);
  };
  persist(viewer, { told: (is) => say(is ? data.waiting : ""), renew });
  setInterval(renew, RENEW);
}
