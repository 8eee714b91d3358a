// The page of a network: a panel that says what there is, and the layers it shows or hides.

const PARTS_LISTED = 8;

function swatch(kind, color, size) {
  const icon = s("svg", { width: 28, height: 16, viewBox: "0 0 28 16", "aria-hidden": "true" });
  if (kind === "line") icon.append(s("path", { d: "M2 8H26", stroke: color, "stroke-width": size, "stroke-linecap": "round" }));
  if (kind === "dashed") icon.append(s("path", { d: "M2 8H26", stroke: color, "stroke-width": size, "stroke-dasharray": "3 4" }));
  if (kind === "dot") icon.append(s("circle", { cx: 14, cy: 8, r: size, fill: color }));
  if (kind === "square") icon.append(s("rect", { x: 14 - size, y: 8 - size, width: 2 * size, height: 2 * size, fill: color }));
  if (kind === "area") icon.append(s("rect", { x: 2, y: 2, width: 24, height: 12, fill: color, stroke: "#b7beb9" }));
  return icon;
}

function legendRow(icon, text, tally) {
  return h("li", {}, icon, h("span", {}, text), tally === undefined ? null : h("span", { class: "tally" }, tally));
}

function tallies(values) {
  const found = new Map();
  for (const value of values) found.set(value, (found.get(value) || 0) + 1);
  return found;
}

function layerBlock(layer, toggle) {
  const id = `layer-${layer.key}`;
  const box = h("input", { type: "checkbox", id, checked: layer.shown, onchange: () => toggle(layer, box.checked) });
  return h("section", { class: "layer" },
    h("label", { for: id }, box, layer.icon || null, h("span", { class: "layer-name" }, layer.name), h("span", { class: "tally" }, layer.tally)),
    layer.legend.length ? h("ul", { class: "legend" }, layer.legend) : null);
}

function makeLayers(map, data) {
  const made = [];
  const add = (key, layers, more) => {
    if (!layers.length) return;
    made.push({ key, group: L.layerGroup(layers), shown: true, tally: "", legend: [], ...more });
  };
  const off = data.off, kinds = tallies(off.km.map((_, part) => offKind(off, part)));
  const rings = ringLayers(data, paneOf(map, "rings", 205, false));
  add("isochrones", rings.map((r) => r.shape), {
    name: say("roads.isochrones"),
    legend: [...rings].reverse().map((r) => legendRow(swatch("area", r.color), say("roads.within", { minutes: r.minutes })))
  });
  const ground = paneOf(map, "ground", 210, false);
  add("main", [L.polyline(linesOf(data.main), { renderer: ground, interactive: false, smoothFactor: 1.2, ...MAIN_ROAD })], {
    name: say("roads.main"), tally: say("roads.percent", { percent: data.numbers.main_percent }),
    icon: swatch("line", MAIN_ROAD.color, 2)
  });
  const most = Math.max(1, ...data.flows.pupils);
  const steps = [...new Set([1, 0.25, 0.05].map((share) => Math.max(1, Math.round(most * share))))];
  add("flows", flowLayers(data, paneOf(map, "flows", 350, true)), {
    name: say("roads.flows"),
    legend: steps.map((pupils) => legendRow(swatch("line", FLOW_COLOUR, flowWidth(pupils, most)), say("roads.pupils", { pupils: count(pupils) })))
  });
  add("off", offLayers(data, paneOf(map, "off", 380, true)), {
    name: say("roads.disconnected"), tally: say("roads.km", { km: data.numbers.off_km }),
    legend: Object.keys(OFF_COLOURS).filter((kind) => kinds.has(kind)).map((kind) =>
      legendRow(swatch("line", OFF_COLOURS[kind], 4), say(`roads.${kind}`), count(kinds.get(kind))))
  });
  const repairs = repairLayers(data, paneOf(map, "repairs", 400, true));
  const repaired = tallies(data.repairs.kind.map((kind) => data.repairs.kinds[kind]));
  add("repairs", repairs.map((r) => r.layer), {
    name: say("roads.repairs"), tally: count(data.repairs.kind.length),
    legend: data.repairs.kinds.filter((kind) => repaired.has(kind)).map((kind) =>
      legendRow(swatch("dot", REPAIR_COLOURS[kind], 4), say(`roads.repair.${kind}`), count(repaired.get(kind))))
  });
  const legs = ["villages", "schools"].map((what) => L.polyline(linesOf(data[what].legs), {
    renderer: ground, interactive: false, color: "#5b6670", weight: 1.2, dashArray: "3 4"
  }));
  const live = paneOf(map, "places", 420, true);
  const at = tallies(data.villages.status.map((n) => data.statuses[n]));
  add("villages", data.villages.id.length ? [legs[0], ...villageLayers(data, live)] : [], {
    name: say("roads.villages"), tally: count(data.villages.id.length),
    legend: [
      ...data.statuses.filter((status) => at.has(status)).map((status) =>
        legendRow(swatch("dot", STATUS_COLOURS[status], 4.5), say(`roads.status.${status}`), count(at.get(status)))),
      legendRow(swatch("dashed", "#5b6670", 1.4), say("roads.legs"))
    ]
  });
  add("schools", data.schools.id.length ? [legs[1], ...schoolLayers(data, live)] : [], {
    name: say("roads.schools"), tally: count(data.schools.id.length), icon: swatch("square", SCHOOL_COLOUR, 5)
  });
  return made;
}

// Marks and lines grow when the map is zoomed in.
function grow(layers, factor) {
  for (const layer of layers.filter((l) => l.key !== "isochrones")) {
    layer.group.eachLayer((mark) => {
      const o = mark.options;
      if (mark.home === undefined) mark.home = { weight: o.weight, radius: o.radius };
      if (o.radius !== undefined) mark.setRadius(mark.home.radius * factor);
      else if (!o.dashArray) mark.setStyle({ weight: mark.home.weight * factor });
    });
  }
}

function factRows(data) {
  const n = data.numbers;
  const rows = [
    [say("roads.length"), say("roads.km", { km: n.km }), "km"],
    [say("roads.main"), say("roads.percent", { percent: n.main_percent }), "main_percent"],
    [say("roads.parts"), count(n.parts), "parts"]
  ];
  if (data.villages.id.length) rows.push([say("roads.villages_off"), count(n.villages), "villages"]);
  if (n.residents >= 0) rows.push([say("roads.residents_off"), count(n.residents), "residents"]);
  if (n.pupils >= 0) rows.push([say("roads.pupils_off"), count(n.pupils), "pupils"]);
  return h("dl", { class: "facts" }, rows.map(([name, value, key]) =>
    h("div", {}, h("dt", {}, name), h("dd", { "data-number": key }, value))));
}

function partList(map, data, layers) {
  const off = data.off;
  if (!off.km.length) return h("p", { class: "quiet" }, say("roads.all_joined"));
  const group = layers.find((layer) => layer.key === "off");
  const show = (part) => {
    const lines = group ? group.group.getLayers().filter((line) => line.part === part) : [];
    if (lines.length) map.fitBounds(L.featureGroup(lines).getBounds(), { padding: [60, 60], maxZoom: 15, animate: false });
  };
  const rows = off.km.slice(0, PARTS_LISTED).map((km, part) => {
    const people = peopleText(off.pupils[part], off.residents[part]);
    return h("li", {}, h("button", { type: "button", class: "link", onclick: () => show(part) },
      h("span", { class: "mark", style: `background:${OFF_COLOURS[offKind(off, part)]}` }),
      say("roads.km", { km }), people ? ` · ${people}` : ""));
  });
  const more = off.km.length - PARTS_LISTED;
  return h("section", {}, h("h2", {}, say("roads.largest")), h("ul", { class: "parts" }, rows,
    more > 0 ? h("li", { class: "quiet" }, say("roads.more", { parts: count(more) })) : null));
}

function start(map) {
  const data = JSON.parse(document.getElementById("road-map-contents").textContent);
  words = data.words;
  lang = data.lang;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  let drawnMs = 0;
  map.fitBounds(data.bounds, { padding: [24, 24], animate: false });
  map.setMinZoom(map.getZoom() - 2).setMaxZoom(18);
  L.control.zoom({ position: "topleft", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(map);
  northArrow().addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  const layers = makeLayers(map, data);
  const toggle = (layer, shown) => {
    layer.shown = shown;
    if (shown) layer.group.addTo(map);
    else layer.group.remove();
  };
  for (const layer of layers) toggle(layer, layer.shown);
  const home = map.getZoom();
  map.on("zoomend", () => grow(layers, Math.min(2, Math.max(0.8, 1 + (map.getZoom() - home) * 0.2))));
  const panel = document.getElementById("road-panel");
  // What lies on top stands first.
  const blocks = [...layers].reverse().map((layer) => layerBlock(layer, toggle));
  panel.append(h("h1", {}, data.title), factRows(data), partList(map, data, layers), ...blocks,
    h("p", { class: "source" }, data.source));
  new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
  requestAnimationFrame(() => requestAnimationFrame(() => { drawnMs = performance.now(); }));

  // For tests and for those who look under the bonnet; nothing can be changed through it.
  window.layoutplanRoads = Object.freeze({
    get layers() { return Object.fromEntries(layers.map((l) => [l.key, l.shown])); },
    get sizes() { return Object.fromEntries(layers.map((l) => [l.key, l.group.getLayers().length])); },
    get zoom() { return map.getZoom(); },
    get drawnMs() { return drawnMs; },
    pointOf: (what, n) => {
      const p = map.latLngToContainerPoint(placesOf(data[what].at)[n]), box = map.getContainer().getBoundingClientRect();
      return [p.x + box.left, p.y + box.top];
    }
  });
}
