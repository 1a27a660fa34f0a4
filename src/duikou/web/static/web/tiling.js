// What every viewer of slides needs: the library under our content security policy, and tiles that failed asked
// for again until they are there.

import { AGAIN, Waiting } from "./waiting.js";

const SELDOM = 8000; // milliseconds between two attempts, however long it lasts

// The library's viewer. It would add a rule that hides the focus on telephones: our policy refuses it, and we
// want none. It looks for one that is there; this one is of no language that a browser knows, so it styles nothing.
export function viewerOf(options) {
  if (!document.querySelector("style[data-openseadragon-mobile-css]")) {
    const there = document.createElementNS("urn:duikou", "style");
    there.setAttribute("data-openseadragon-mobile-css", "");
    document.head.appendChild(there);
  }
  return window.OpenSeadragon({ drawer: "canvas", showNavigationControl: false, ...options });
}

// Has a viewer of slides ask again for the tiles in sight that failed; the library itself gives a tile up.
// `renew` is to fetch a new ticket: the old one may have run out. Answers how to end it.
export function persist(viewer, { told, renew }) {
  const waiting = new Waiting(told);
  const failed = new Set();
  let [later, pause] = [null, AGAIN];

  const look = () => {
    const slide = viewer.world.getItemAt(0);
    if (!slide) return;
    if (failed.size || !slide.getFullyLoaded()) waiting.waits();
    else waiting.comes();
  };
  const again = () => {
    later = null;
    const slide = viewer.world.getItemAt(0);
    for (const tile of failed) tile.exists = true;
    failed.clear();
    slide?.setClip(slide.getClip()); // the same: has it see what lacks
  };
  viewer.addHandler("tile-load-failed", ({ tile }) => {
    failed.add(tile);
    look();
    if (later) return;
    renew();
    later = setTimeout(again, pause);
    pause = Math.min(pause * 1.5, SELDOM);
  });
  viewer.addHandler("tile-loaded", () => {
    pause = AGAIN;
    if (!failed.size) waiting.comes(); // something new: patience begins anew
    look();
  });
  for (const name of ["fully-loaded-change", "update-viewport"]) viewer.addHandler(name, look);
  return () => {
    clearTimeout(later);
    waiting.end();
  };
}
