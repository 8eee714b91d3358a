// What lies on the map of a network: each layer is a group that can be shown or hidden.

const MAIN_ROAD = { color: "#8a8578", weight: 1.5 };
const OFF_COLOURS = { off: "#c2185b", behind: "#6a3d9a", one_way: "#e07b00" };
const STATUS_COLOURS = { main: "#2f6f4f", passed_by: "#8a9a2f", island: "#c2185b", across_barrier: "#6a3d9a", off_road: "#16181d" };
const REPAIR_COLOURS = { crossing: "#00838f", touch: "#00a0a8", overlap: "#795548", gap: "#e65100", duplicate: "#9e9e9e", zero_length: "#616161" };
const FLOW_COLOUR = "#1f6fb5";
const SCHOOL_COLOUR = "#16181d";
const RING_COLOURS = ["#d9efe1", "#b5e0c5", "#86c9a1", "#52ab7a", "#238b57", "#0c6b3e"];

function paneOf(map, name, zIndex, live) {
  const pane = map.createPane(name);
  pane.style.zIndex = zIndex;
  if (!live) pane.style.pointerEvents = "none";
  return L.canvas({ pane: name, padding: 0.3, tolerance: 4 });
}

function tipOf(lines) {
  return h("div", { class: "tip" }, lines.map((line, n) => h(n ? "div" : "strong", {}, line)));
}

function tipped(layer, lines) {
  return layer.bindTooltip(() => tipOf(lines()), { sticky: true, direction: "top", opacity: 1 });
}

function peopleText(pupils, residents) {
  if (pupils >= 0) return say("roads.pupils", { pupils: count(pupils) });
  return residents >= 0 ? say("roads.residents", { residents: count(residents) }) : "";
}

function offKind(off, part) {
  if (off.one_way[part]) return "one_way";
  return off.behind[part] ? "behind" : "off";
}

// Where there are thousands of marks they are drawn smaller; zooming in they grow.
function crowded(places) {
  return Math.max(0.5, Math.min(1, Math.sqrt(500 / Math.max(1, places))));
}

function flowWidth(pupils, most) {
  return 1.2 + 5.8 * Math.sqrt(pupils / Math.max(1, most));
}

function ringLayers(data, renderer) {
  const rings = data.isochrones, last = RING_COLOURS.length - 1;
  return rings.map((ring, n) => {
    const near = rings.length > 1 ? n / (rings.length - 1) : 1;
    const color = RING_COLOURS[Math.round(near * (last - 1)) + (rings.length > 1 ? 0 : 1)];
    const lines = linesOf(ring.lines);
    const style = { renderer, interactive: false, smoothFactor: 1 };
    const shape = ring.area
      ? L.polygon(lines, { ...style, stroke: true, color: "#ffffff", weight: 1, fillColor: color, fillOpacity: 1, fillRule: "evenodd" })
      : L.polyline(lines, { ...style, color, weight: 5, opacity: 1 });
    return { shape, color, minutes: ring.minutes };
  });
}

function offLayers(data, renderer) {
  const off = data.off, lines = linesOf(off.lines), crowd = crowded(off.km.length);
  return lines.map((line, n) => {
    const part = off.part[n], color = OFF_COLOURS[offKind(off, part)];
    const drawn = L.polyline(line, { renderer, color, weight: 2 + 2 * crowd, opacity: 0.95 });
    drawn.part = part;
    return tipped(drawn, () => [
      say(`roads.${offKind(off, part)}`),
      say("roads.km", { km: off.km[part] }),
      say("roads.villages_on", { villages: count(off.villages[part]) }),
      peopleText(off.pupils[part], off.residents[part]),
      say("roads.labels", { roads: off.roads[part] })
    ]);
  });
}

function repairLayers(data, renderer) {
  const repairs = data.repairs, places = placesOf(repairs.at), crowd = crowded(places.length);
  const lines = linesOf(repairs.lines).map((line, n) => {
    const kind = repairs.kinds[repairs.line_kind[n]];
    return { kind, layer: L.polyline(line, { renderer, color: REPAIR_COLOURS[kind], weight: 3, interactive: false }) };
  });
  const points = places.map((at, n) => {
    const kind = repairs.kinds[repairs.kind[n]];
    const size = (kind === "gap" ? 4.8 : 3.6) * crowd;
    const dot = L.circleMarker(at, { renderer, radius: size, weight: crowd, color: "#ffffff", fillColor: REPAIR_COLOURS[kind], fillOpacity: 1 });
    const metres = repairs.m[n] ? [say("roads.metres", { metres: repairs.m[n] })] : [];
    return { kind, layer: tipped(dot, () => [say(`roads.repair.${kind}`), ...metres]) };
  });
  return [...lines, ...points];
}

function placeTip(data, places, n) {
  const status = data.statuses[places.status[n]];
  const metres = places.m[n] >= 0 ? [say("roads.to_road", { metres: count(places.m[n]) })] : [];
  const pupils = places.pupils[n] >= 0 ? [say("roads.pupils", { pupils: count(places.pupils[n]) })] : [];
  return [places.name[n], ...pupils, say(`roads.status.${status}`), ...metres];
}

function villageLayers(data, renderer) {
  const places = data.villages, crowd = crowded(places.id.length);
  const most = Math.max(1, ...places.pupils);
  return placesOf(places.at).map((at, n) => {
    const status = data.statuses[places.status[n]];
    const joined = status === "main" || status === "passed_by";
    const size = (joined ? 3.2 : 5.5) + 3 * Math.sqrt(Math.max(0, places.pupils[n]) / most);
    const dot = L.circleMarker(at, {
      renderer, radius: size * crowd, weight: crowd, color: "#ffffff", fillColor: STATUS_COLOURS[status], fillOpacity: 0.95
    });
    dot.status = status;
    return tipped(dot, () => placeTip(data, places, n));
  });
}

function schoolLayers(data, renderer) {
  const places = data.schools, crowd = crowded(5 * places.id.length);
  return placesOf(places.at).map((at, n) => {
    const status = data.statuses[places.status[n]];
    const joined = status === "main" || status === "passed_by";
    // A square: a ring of four corners on the ground would change its size with the zoom.
    const mark = new (squareMarker())(at, {
      renderer, radius: 5 * crowd, weight: 1.2, color: "#ffffff", fillColor: joined ? SCHOOL_COLOUR : STATUS_COLOURS[status], fillOpacity: 1
    });
    return tipped(mark, () => placeTip(data, places, n));
  });
}

let Square = null;

function squareMarker() {
  if (Square) return Square;
  L.Canvas.include({
    _updateSquare(layer) {
      if (!this._drawing || layer._empty()) return;
      const p = layer._point, r = layer._radius, ctx = this._ctx;
      ctx.beginPath();
      ctx.rect(p.x - r, p.y - r, 2 * r, 2 * r);
      this._fillStroke(ctx, layer);
    }
  });
  Square = L.CircleMarker.extend({ _updatePath() { this._renderer._updateSquare(this); } });
  return Square;
}

function flowLayers(data, renderer) {
  const flows = data.flows, most = Math.max(1, ...flows.pupils);
  return linesOf(flows.lines).map((line, n) => {
    const pupils = flows.pupils[n], forward = flows.forward[n];
    const drawn = L.polyline(line, {
      renderer, color: FLOW_COLOUR, weight: flowWidth(pupils, most), opacity: 0.85, lineCap: "round", smoothFactor: 1
    });
    const both = forward && pupils - forward ? [say("roads.both_ways", { one: count(forward), other: count(pupils - forward) })] : [];
    return tipped(drawn, () => [say("roads.pupils", { pupils: count(pupils) }), ...both]);
  });
}
