// The map of lights: townships and schools by the worst light of what they owe.

const FIGURES = {
  green: () => s("circle", { cx: 10, cy: 10, r: 6 }),
  yellow: () => s("path", { d: "M10,2L18,17H2Z" }),
  red: () => s("rect", { x: 3, y: 3, width: 14, height: 14 }),
  "": () => s("circle", { cx: 10, cy: 10, r: 3.5 })
};
const PLAIN = "#6b747d";

function figure(data, light, size) {
  const shape = FIGURES[light]();
  shape.setAttribute("fill", light ? data.colours[light] : "#ffffff");
  shape.setAttribute("stroke", light ? "#ffffff" : PLAIN);
  shape.setAttribute("stroke-width", 1.5);
  return s("svg", { width: size, height: size, viewBox: "0 0 20 20", "aria-hidden": "true" }, shape);
}

function iconOf(made, size) {
  return L.divIcon({ className: "light-icon", html: made, iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
}

function tipOf(lines) {
  return h("div", { class: "tip" }, lines.map((line, n) => h(n ? "div" : "strong", {}, line)));
}

function signOf(data, light) {
  return h("span", { class: "sign", style: light ? `color:${data.colours[light]}` : "" }, light ? data.signs[light] : "○");
}

function drawTowns(map, data) {
  const towns = data.towns;
  const rings = linesOf(towns.rings);
  rings.forEach((ring, n) => {
    const light = towns.light[towns.row[n]];
    L.polygon(ring, {
      color: "#6f6a60", weight: 1.2, fillColor: light ? data.colours[light] : "#ffffff",
      fillOpacity: light ? 0.16 : 0.05, interactive: false
    }).addTo(map);
  });
  placesOf(towns.at).forEach((at, n) => {
    const name = h("div", { class: "light-name" }, signOf(data, towns.light[n]), towns.name[n]);
    L.marker(at, { icon: iconOf(name, 0), keyboard: false }).addTo(map)
      .bindTooltip(tipOf([towns.name[n], ...towns.lines[n]]));
  });
}

function drawSchools(map, data) {
  const schools = data.schools, at = placesOf(schools.at);
  const worst = ["", "green", "yellow", "red"];
  const order = at.map((_, n) => n).sort((a, b) => worst.indexOf(schools.light[a]) - worst.indexOf(schools.light[b]) || a - b);
  return order.map((n) => {
    const light = schools.light[n];
    return L.marker(at[n], {
      icon: iconOf(figure(data, light, light ? 20 : 16), light ? 20 : 16), title: schools.name[n], alt: schools.name[n],
      zIndexOffset: 1000 * worst.indexOf(light)
    }).addTo(map).bindTooltip(tipOf([schools.name[n], ...schools.lines[n]]));
  });
}

function legendOf(data) {
  return h("section", { class: "layer" }, h("ul", { class: "light-list" }, ["red", "yellow", "green", ""].map((light) =>
    h("li", {}, figure(data, light, 18), h("span", {}, say(light ? `supervision.light.${light}` : "supervision.no_light")),
      h("span", { class: "tally", "data-light": light }, count(data.schools.light.filter((l) => l === light).length))))));
}

function start(map) {
  const data = JSON.parse(document.getElementById("lights-map-contents").textContent);
  words = data.words;
  lang = data.lang;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  map.fitBounds(data.bounds, { padding: [24, 24], animate: false });
  map.setMinZoom(map.getZoom() - 2).setMaxZoom(17);
  L.control.zoom({ position: "topleft", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(map);
  northArrow().addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  drawTowns(map, data);
  const schools = drawSchools(map, data);
  document.getElementById("lights-panel").append(
    h("h1", {}, data.title), h("p", {}, data.sentence), legendOf(data),
    h("ul", { class: "light-list" }, data.towns.name.map((name, n) =>
      h("li", {}, signOf(data, data.towns.light[n]), h("span", {}, name), h("span", { class: "tally" }, data.towns.tally[n])))),
    h("p", { class: "source" }, data.source));
  new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
  window.layoutplanLights = Object.freeze({ schools: schools.length, zoom: () => map.getZoom() });
}
