// ECharts islands: <div data-chart="id of the JSON options"> … The table of the same numbers stands beside it.
const drawn = new Map();

function theme() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  const axis = {
    axisLine: { lineStyle: { color: read("--dk-line-strong") } },
    axisTick: { lineStyle: { color: read("--dk-line-strong") } },
    axisLabel: { color: read("--dk-muted") },
    splitLine: { lineStyle: { color: read("--dk-line") } },
  };
  return {
    color: [1, 2, 3, 4, 5, 6].map((n) => read(`--dk-series-${n}`)),
    backgroundColor: "transparent",
    textStyle: { color: read("--dk-ink"), fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { textStyle: { color: read("--dk-ink") } },
    categoryAxis: axis,
    valueAxis: axis,
    timeAxis: axis,
    tooltip: {
      backgroundColor: read("--dk-surface"),
      borderColor: read("--dk-line"),
      textStyle: { color: read("--dk-ink") },
    },
  };
}

function draw(holder) {
  const source = document.getElementById(holder.dataset.chart);
  if (!source) return;
  drawn.get(holder)?.dispose();
  const chart = echarts.init(holder, theme(), { renderer: "svg" });
  const description = holder.getAttribute("aria-label") || "";
  const options = JSON.parse(source.textContent);
  chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    aria: { enabled: true, label: { description }, decal: { show: true } },
    ...options,
    tooltip: { confine: true, ...options.tooltip },
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
