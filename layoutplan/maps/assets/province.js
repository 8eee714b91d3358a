// A province: counties coloured by one number at a time, and their ranks beside the map.

const NO_NUMBER = "#e3e5e8", FAILED = "#f3c9c5", FAILED_LINE = "#a3201b", LINE = "#3c434b";
// Light to dark, told apart without colours as well; from ColorBrewer's blues.
const STEPS = ["#deebf7", "#9ecae1", "#6baed6", "#3182bd", "#08519c"];

function valueText(value, unit) {
  if (value === null) return "–";
  if (unit === "share") return say("province.percent", { percent: (100 * value).toFixed(1) });
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1;
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  return (value < 0 ? "−" : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
}

// Bounds of classes with equally many counties; equal values stay in one class.
function breaksOf(values) {
  const sorted = values.filter((v) => v !== null).sort((a, b) => a - b);
  const cuts = STEPS.slice(1).map((_, n) => sorted[Math.floor(((n + 1) * sorted.length) / STEPS.length)]);
  return [...new Set(cuts)].filter((v) => v !== undefined && v > sorted[0]);
}

function classOf(value, breaks) {
  const step = breaks.filter((b) => value >= b).length;
  return breaks.length ? Math.round((step * (STEPS.length - 1)) / breaks.length) : 2;
}

function ringsOf(coded, ends) {
  const rings = linesOf(coded), made = [];
  let at = 0;
  for (const n of ends) made.push(rings.slice(at, (at += n)));
  return made;
}

function colourOf(data, number, breaks, n) {
  if (data.counties.state[n] === "failed") return FAILED;
  const value = number.values[n];
  return value === null ? NO_NUMBER : STEPS[classOf(value, breaks)];
}

function legendOf(number, breaks, data) {
  const has = number.values.filter((v) => v !== null);
  if (!has.length) return [];
  const bounds = [Math.min(...has), ...breaks, Math.max(...has)];
  const rows = bounds.slice(0, -1).map((low, n) => h("li", {},
    patch(STEPS[classOf(low, breaks)]), h("span", {}, `${valueText(low, number.unit)} – ${valueText(bounds[n + 1], number.unit)}`)));
  if (has.length < number.values.length) rows.push(h("li", {}, patch(NO_NUMBER), h("span", {}, say("province.no_number"))));
  if (data.counties.state.includes("failed")) rows.push(h("li", {}, patch(FAILED), h("span", {}, say("province.state.failed"))));
  return rows;
}

function patch(color) {
  const icon = s("svg", { width: 28, height: 16, viewBox: "0 0 28 16", "aria-hidden": "true" });
  icon.append(s("rect", { x: 2, y: 2, width: 24, height: 12, fill: color, stroke: "#7a828c" }));
  return icon;
}

function tipOf(data, number, n) {
  const state = data.counties.state[n];
  return h("div", { class: "tip" }, h("strong", {}, data.counties.name[n]),
    data.counties.code[n] === data.counties.name[n] ? null : h("div", { class: "quiet" }, data.counties.code[n]),
    state === "done" || state === "kept"
      ? h("div", {}, `${number.label}: ${valueText(number.values[n], number.unit)} ${number.unit_text}`)
      : h("div", {}, say(`province.state.${state}`)));
}

function start(map) {
  const data = JSON.parse(document.getElementById("province-contents").textContent);
  words = data.words;
  lang = data.lang;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  let chosen = 0, drawnMs = 0;
  map.fitBounds(data.bounds, { padding: [24, 24], animate: false });
  map.setMinZoom(map.getZoom() - 2).setMaxZoom(15);
  L.control.zoom({ position: "topleft", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(map);
  northArrow().addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  const shapes = ringsOf(data.outlines, data.rings).map((rings, n) => rings.length
    ? L.polygon(rings.map((ring) => [ring]), { color: LINE, weight: 1, fillOpacity: 0.85 })
      .bindTooltip(() => tipOf(data, data.numbers[chosen], n), { sticky: true }).addTo(map)
    : null);
  const legend = h("ul", { class: "legend" }), ranks = h("table", {});
  const show = (n) => {
    const shape = shapes[n];
    if (shape) { map.fitBounds(shape.getBounds(), { padding: [80, 80], maxZoom: 11, animate: false }); shape.openTooltip(); }
  };
  const choose = (n) => {
    chosen = n;
    const number = data.numbers[n];
    if (!number) return;
    const breaks = breaksOf(number.values);
    shapes.forEach((shape, m) => shape && shape.setStyle({
      fillColor: colourOf(data, number, breaks, m), color: data.counties.state[m] === "failed" ? FAILED_LINE : LINE,
      dashArray: data.counties.state[m] === "failed" ? "4 3" : null
    }));
    legend.replaceChildren(...legendOf(number, breaks, data));
    const order = number.values.map((v, m) => [v, m]).sort((a, b) =>
      (a[0] === null) - (b[0] === null) || a[0] - b[0] || a[1] - b[1]);
    // As in ranking.csv: 1 for the least, and equal values share a rank.
    const rankOf = (value) => order.findIndex(([other]) => other === value) + 1;
    ranks.replaceChildren(
      h("caption", {}, number.label, " ", h("span", { class: "quiet" }, say("province.least_first"))),
      h("thead", {}, h("tr", {}, h("th", {}, say("province.rank")), h("th", {}, say("province.county")), h("th", {}, number.unit_text))),
      h("tbody", {}, order.map(([value, m]) => h("tr", { class: data.counties.state[m] === "failed" ? "failed" : "" },
        h("td", {}, value === null ? "–" : rankOf(value)),
        h("td", {}, h("button", { type: "button", onclick: () => show(m) }, data.counties.name[m])),
        h("td", {}, value === null ? say(`province.state.${data.counties.state[m]}`) : valueText(value, number.unit))))));
  };
  const radios = data.numbers.map((number, n) => h("label", {},
    h("input", { type: "radio", name: "number", checked: n === 0, onchange: () => choose(n) }), number.label));
  document.getElementById("province-panel").append(
    h("h1", {}, data.title), h("p", {}, data.summary),
    radios.length ? h("fieldset", {}, h("legend", {}, say("province.numbers")), radios) : null,
    legend, ranks);
  choose(0);
  new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
  requestAnimationFrame(() => requestAnimationFrame(() => { drawnMs = performance.now(); }));

  // For tests and for those who look under the bonnet; nothing can be changed through it.
  window.layoutplanProvince = Object.freeze({
    get drawnMs() { return drawnMs; },
    get shapes() { return shapes.filter((shape) => shape !== null).length; },
    get chosen() { return data.numbers[chosen] ? data.numbers[chosen].name : null; },
    colours: () => shapes.map((shape) => shape && shape.options.fillColor)
  });
}
