// ECharts islands: <div data-chart="id of the JSON options"> … The table of the same numbers stands beside it.
const drawn = new Map();

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    ink: read("--dk-ink"),
    muted: read("--dk-muted"),
    line: read("--dk-line"),
    surface: read("--dk-surface"),
    series: [1, 2, 3, 4, 5, 6].map((n) => read(`--dk-series-${n}`)),
  };
}

function draw(holder) {
  const source = document.getElementById(holder.dataset.chart);
  if (!source) return;
  const c = colours();
  drawn.get(holder)?.dispose();
  const chart = echarts.init(holder, null, { renderer: "svg" });
  const description = holder.getAttribute("aria-label") || "";
  chart.setOption({
    color: c.series,
    textStyle: { color: c.ink, fontFamily: getComputedStyle(document.body).fontFamily },
    backgroundColor: "transparent",
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    aria: { enabled: true, label: { description }, decal: { show: true } },
    tooltip: { confine: true, backgroundColor: c.surface, borderColor: c.line, textStyle: { color: c.ink } },
    ...JSON.parse(source.textContent),
  });
  drawn.set(holder, chart);
}

function drawAll(root = document) {
  for (const holder of root.querySelectorAll("[data-chart]")) draw(holder);
}

drawAll();
document.addEventListener("duikou:theme", () => drawAll());
document.addEventListener("htmx:after:swap", (event) => drawAll(event.target));
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
