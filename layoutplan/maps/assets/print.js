// The map on paper: the same picture as SVG, so that A4 and A3 print sharp.

const NAME_INK = LOOK.ink;

function printMap(map, county, state, drawing, labels) {
  const size = map.getSize();
  const round = (v) => Math.round(v * 10) / 10;
  const project = (at) => map.latLngToContainerPoint(at);
  const path = (lines) => lines.map((line) => "M" + line.map((at) => {
    const p = project(at);
    return `${round(p.x)} ${round(p.y)}`;
  }).join("L")).join("");
  const stroke = (lines, style) => s("path", {
    d: path(lines), fill: "none", stroke: style.color, "stroke-width": style.weight,
    "stroke-opacity": style.opacity || 1, "stroke-dasharray": style.dashArray || null, "stroke-linejoin": "round", "stroke-linecap": "round"
  });
  const picture = s("svg", { viewBox: `0 0 ${size.x} ${size.y}`, preserveAspectRatio: "xMidYMin meet", role: "img", "aria-label": county.title });
  picture.append(s("rect", { width: size.x, height: size.y, fill: GROUND }));
  picture.append(s("path", { d: path(county.borders.outer), fill: COUNTY_FILL, "fill-rule": "evenodd" }), ...drawing.ground.printed(project));
  for (let rank = county.roads.length - 1; rank >= 0; rank--) picture.append(stroke(county.roads[rank], ROAD_STYLES[rank]));
  picture.append(stroke(county.borders.inner, INNER_BORDER));
  picture.append(stroke(county.borders.outer, OUTER_BORDER));

  drawing.roads.eachLayer((layer) => picture.append(stroke(layer.getLatLngs(), layer.options)));
  const glyphs = [];
  for (const group of [drawing.lines, drawing.selection]) {
    group.eachLayer((layer) => {
      if (layer.options.glyph) glyphs.push(layer);
      else picture.append(stroke([layer.getLatLngs()], layer.options));
    });
  }
  for (const layer of [...drawing.villages, ...drawing.sites, ...glyphs]) {
    const p = project(layer.getLatLng()), r = layer.getRadius();
    picture.append(glyphSvg(layer.options.glyph, p.x, p.y, r));
  }
  for (const label of labels.current(state)) {
    const weight = label.kind === "town" || label.kind === "number" ? "700" : "500";
    picture.append(printedText(label.name, label.x, label.y + label.size * 0.36, label.size, weight, label.kind));
  }
  picture.append(printedScale(map, size));
  const north = s("g", { transform: "translate(30,40)" });
  north.append(...northParts());
  picture.append(north, s("rect", { x: 0.5, y: 0.5, width: size.x - 1, height: size.y - 1, fill: "none", stroke: "#aeb5bf" }));
  return picture;
}

function printedText(text, x, y, size, weight, kind) {
  return s("text", {
    x, y, "font-size": size, "font-weight": weight, "text-anchor": "middle",
    fill: NAME_INK[kind] || "#16181d", stroke: "#ffffff", "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round"
  }, text);
}

function printedScale(map, size) {
  const y = size.y - 24;
  const metres = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([100, y]));
  const power = 10 ** Math.floor(Math.log10(metres));
  const nice = [5, 2, 1].find((n) => n * power <= metres) * power;
  const wide = (100 * nice) / metres;
  const name = nice >= 1000 ? `${nice / 1000} km` : `${nice} m`;
  return s("g", {},
    s("path", { d: `M16 ${y - 6}V${y}H${16 + wide}V${y - 6}`, fill: "none", stroke: "#16181d", "stroke-width": 1.6 }),
    printedText(name, 16 + wide / 2, y - 6, 12, "500"));
}

function today() {
  const now = new Date(), two = (v) => String(v).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function preparePrint(map, county, current, drawing, labels) {
  const paper = document.getElementById("print-map");
  window.addEventListener("beforeprint", () => {
    for (const place of document.querySelectorAll(".printed")) place.textContent = ` ${say("page.printed", { date: today() })}`;
    paper.replaceChildren(printMap(map, county, current(), drawing, labels));
  });
  window.addEventListener("afterprint", () => paper.replaceChildren());
}
