// A view of tiles for the page of a slide and for the stage of a room: OpenSeadragon as our policy lets it work.

export function viewerOf(element, { tiles, width, height }, wishes) {
  if (!document.querySelector("style[data-openseadragon-mobile-css]")) {
    // The library would add a rule that hides the focus on telephones: our policy refuses it, and we want none.
    // It looks for one that is there; this one is of no language that a browser knows, so it styles nothing.
    const there = document.createElementNS("urn:duikou", "style");
    there.setAttribute("data-openseadragon-mobile-css", "");
    document.head.appendChild(there);
  }
  return window.OpenSeadragon({
    element,
    drawer: "canvas",
    showNavigationControl: false,
    tileSources: {
      width,
      height,
      tileSize: 256,
      tileOverlap: 0,
      getTileUrl: (level, x, y) => `${tiles}/${level}/${x}_${y}.jpeg`,
    },
    ...wishes,
  });
}
