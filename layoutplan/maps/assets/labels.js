// Names on the map: townships first, then schools and villages where there is room.

const LABELS_MAX = 140;
const NAME_MAX = 18;
const CONTROLS = { x: 54, y: 140 };
const NAME_FONT = '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif';
const INK_OF_KIND = {
  town: { ink: LOOK.ink.town, weight: 700 }, number: { ink: LOOK.ink.number, weight: 700 },
  site: { ink: LOOK.ink.plain, weight: 600 }, village: { ink: LOOK.ink.village, weight: 400 }
};
// From the middle of a line of text down to where its signs stand.
const RISE = 0.36;

function textWidth(text, size) {
  let em = 0;
  for (const c of text) em += c.charCodeAt(0) > 255 ? 1.02 : 0.58;
  return em * size;
}

function labelCandidates(map, county, state, drawing, home) {
  const zoomed = map.getZoom() - home;
  const wanted = county.towns.map((t) => ({ name: t.name.length > 12 ? `${t.name.slice(0, 11)}…` : t.name, at: t.at, kind: "town", size: 17, rank: 9, drop: 0 }));
  // Beside the line of two plans a number could stand on the wrong side.
  for (const { x, y, pupils } of state.swipe ? [] : drawing.numbers) {
    wanted.push({ name: count(pupils), at: map.unproject([x, y], 0), kind: "number", size: 14, rank: 6 + Math.min(pupils, 1e4) / 1e4, drop: 7 });
  }
  const cut = (name) => {
    const signs = [...name.replace(/\s+/g, " ")];
    return signs.length > NAME_MAX ? `${signs.slice(0, NAME_MAX - 1).join("")}…` : signs.join("");
  };
  for (const site of county.sites.filter((x) => inFilter(state, x))) {
    const rank = (ACTIONS[actionOf(county, state.plan, site)] || ACTIONS.keep).rank;
    const from = rank > 1 ? 0.7 : rank ? 1.6 : 2.6;
    if (zoomed >= from) wanted.push({ name: cut(site.name), at: site.at, kind: "site", size: 14, rank, drop: 12 });
  }
  if (zoomed >= 2) {
    for (const v of county.villages.filter((x) => inFilter(state, x))) wanted.push({ name: cut(v.name), at: v.at, kind: "village", size: 13, rank: 0.5, drop: 10 });
  }
  return wanted.sort((a, b) => b.rank - a.rank);
}

const SHIFTS = [[0, 0], [0, -22], [0, 22], [38, 0], [-38, 0], [0, -40], [0, 40]];

function apart(a, b) {
  return a[2] < b[0] || a[0] > b[2] || a[3] < b[1] || a[1] > b[3];
}

// Greedy: a name is set where its box is free, the more important first. The name of a
// township gives way to schools: it is moved a little, or left out where it would hide one.
function placedLabels(candidates, project, size, signs) {
  const placed = [];
  for (const label of candidates) {
    if (placed.length >= LABELS_MAX) break;
    const p = project(label.at);
    const wide = textWidth(label.name, label.size) / 2 + 3, high = label.size * 0.68;
    const below = label.drop ? label.drop + high : 0;
    for (const [dx, dy] of label.kind === "town" ? SHIFTS : SHIFTS.slice(0, 1)) {
      const x = p.x + dx, y = p.y + below + dy;
      const box = [x - wide, y - high, x + wide, y + high];
      if (box[0] < 0 || box[1] < 0 || box[2] > size.x || box[3] > size.y || (box[0] < CONTROLS.x && box[1] < CONTROLS.y)) continue;
      const hides = label.kind === "town" && signs.some((sign) => !apart(box, sign));
      if (hides || !placed.every((other) => apart(box, other.box))) continue;
      placed.push({ ...label, box, x, y, shift: [dx, below + dy] });
      break;
    }
  }
  return placed;
}

// A name with a pale rim, on the canvas; paper draws the same as SVG.
function drawName(ctx, label, x, y) {
  const kind = INK_OF_KIND[label.kind];
  ctx.font = `${kind.weight} ${label.size}px ${NAME_FONT}`;
  ctx.strokeText(label.name, x, y + label.size * RISE);
  ctx.fillStyle = kind.ink;
  ctx.fillText(label.name, x, y + label.size * RISE);
}

function makeLabels(map, county, drawing, home) {
  let shown = [];
  const canvas = paintedPane(map, "names", 460, (ctx) => {
    Object.assign(ctx, { textAlign: "center", textBaseline: "alphabetic", lineJoin: "round", lineWidth: 3, strokeStyle: "#ffffff" });
    for (const label of shown) {
      const at = map.latLngToLayerPoint(label.at);
      drawName(ctx, label, at.x + label.shift[0], at.y + label.shift[1]);
    }
  });

  function current(state) {
    const project = (at) => map.latLngToContainerPoint(at);
    const signs = county.sites.filter((site) => actionOf(county, state.plan, site) !== "unused").map((site) => {
      const p = project(site.at), r = drawing.of(site).radius;
      return [p.x - r, p.y - r, p.x + r, p.y + r];
    });
    return placedLabels(labelCandidates(map, county, state, drawing, home), project, map.getSize(), signs);
  }

  function draw(state) {
    shown = current(state);
    canvas.drawSoon();
  }

  return { draw, current };
}
