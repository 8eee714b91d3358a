// The map on paper: the same picture as SVG, so that A4 and A3 print sharp.

// Width to height of what paper has left for the map, beside the panel; A3 and A4 alike.
const PAPER_RATIO = 1.13;

// What of the view goes on paper: the county as far as it is seen, widened to the shape of the paper.
function paperBox(map, county) {
  const size = map.getSize(), [one, two] = county.bounds.map((corner) => map.latLngToContainerPoint(corner));
  const left = Math.max(0, Math.min(one.x, two.x) - 24), right = Math.min(size.x, Math.max(one.x, two.x) + 24);
  const top = Math.max(0, Math.min(one.y, two.y) - 24), bottom = Math.min(size.y, Math.max(one.y, two.y) + 24);
  if (right - left < 50 || bottom - top < 50) return { x: 0, y: 0, width: size.x, height: size.y };
  const width = Math.max(right - left, (bottom - top) * PAPER_RATIO), height = Math.max(bottom - top, width / PAPER_RATIO);
  return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height };
}

function printMap(map, county, state, { drawing, ground, labels }) {
  const box = paperBox(map, county);
  const round = (v) => Math.round(v * 10) / 10;
  const project = (at) => map.latLngToContainerPoint(at);
  const path = (lines) => lines.map((line) => "M" + line.map((at) => {
    const p = project(at);
    return `${round(p.x)} ${round(p.y)}`;
  }).join("L")).join("");
  const stroke = (lines, style) => strokePath(path(lines), style);
  const picture = s("svg", { viewBox: [box.x, box.y, box.width, box.height].map(round).join(" "), preserveAspectRatio: "xMidYMin meet", role: "img", "aria-label": county.title });
  picture.append(s("rect", { ...box, fill: GROUND }));
  picture.append(s("path", { d: path(county.borders.outer), fill: COUNTY_FILL, "fill-rule": "evenodd" }), ...ground.printed());
  for (let rank = county.roads.length - 1; rank >= 0; rank--) picture.append(stroke(county.roads[rank], ROAD_STYLES[rank]));
  picture.append(stroke(county.borders.inner, INNER_BORDER));
  picture.append(stroke(county.borders.outer, OUTER_BORDER));

  for (const { coded, style } of drawing.roads) picture.append(stroke(linesOf(coded), style));
  const view = paperView(map), on = ({ x, y }) => ({ x: x * view.scale - view.x, y: y * view.scale - view.y });
  for (const { points, color, weight, opacity, dash } of drawing.strokes) {
    const d = points.map(on).map((p) => `${round(p.x)} ${round(p.y)}`).join("L");
    picture.append(strokePath(`M${d}`, { color, weight, opacity, dashArray: dash ? dash.join(" ") : null }));
  }
  for (const mark of drawing.marks) {
    const p = on(mark);
    picture.append(glyphSvg(mark.glyph, p.x, p.y, mark.radius));
  }
  for (const label of labels.current(state)) {
    const { ink, weight } = INK_OF_KIND[label.kind];
    picture.append(printedText(label.name, label.x, label.y + label.size * RISE, label.size, weight, ink));
  }
  picture.append(printedScale(map, box));
  const north = s("g", { transform: `translate(${round(box.x + 30)},${round(box.y + 40)})` });
  north.append(...northParts());
  picture.append(north, s("rect", { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1, fill: "none", stroke: "#aeb5bf" }));
  return picture;
}

function strokePath(d, style) {
  return s("path", {
    d, fill: "none", stroke: style.color, "stroke-width": style.weight, "stroke-opacity": style.opacity || 1,
    "stroke-dasharray": style.dashArray || null, "stroke-linejoin": "round", "stroke-linecap": "round"
  });
}

function printedText(text, x, y, size, weight, ink) {
  return s("text", {
    x, y, "font-size": size, "font-weight": weight, "text-anchor": "middle",
    fill: ink || LOOK.ink.plain, stroke: "#ffffff", "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round"
  }, text);
}

function printedScale(map, box) {
  const x = box.x + 16, y = box.y + box.height - 24;
  const metres = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([100, y]));
  const power = 10 ** Math.floor(Math.log10(metres));
  const nice = [5, 2, 1].find((n) => n * power <= metres) * power;
  const wide = (100 * nice) / metres;
  const name = nice >= 1000 ? `${nice / 1000} km` : `${nice} m`;
  return s("g", {},
    s("rect", { x: x - 6, y: y - 22, width: wide + 12, height: 29, fill: "#ffffff", "fill-opacity": 0.85 }),
    s("path", { d: `M${x} ${y - 6}V${y}H${x + wide}V${y - 6}`, fill: "none", stroke: "#16181d", "stroke-width": 1.6 }),
    printedText(name, x + wide / 2, y - 6, 12, "500"));
}

function today() {
  const now = new Date(), two = (v) => String(v).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function preparePrint(map, county, current, layers) {
  const paper = document.getElementById("print-map");
  window.addEventListener("beforeprint", () => {
    for (const place of document.querySelectorAll(".printed")) place.textContent = ` ${say("page.printed", { date: today() })}`;
    paper.replaceChildren(printMap(map, county, current(), layers));
  });
  window.addEventListener("afterprint", () => paper.replaceChildren());
}
