// What lies over the ground: lines, arrows, villages and schools, from plain numbers.

const LINE_COLOUR = LOOK.lines.plan;
const TODAY_COLOUR = LOOK.lines.today;
const ALL_COLOUR = LOOK.lines.all;
// A village of usual size takes less than three quarters of the way to the next.
const CLOSE = 0.045;
const LOSING = ["close", "teaching_point", "primary_only"];

// A curve from one place to another, so that arrows there and back lie apart.
function curve(from, to) {
  const bend = 0.16;
  const middle = { x: (from.x + to.x) / 2 - (to.y - from.y) * bend, y: (from.y + to.y) / 2 + (to.x - from.x) * bend };
  const at = (t) => {
    const u = 1 - t;
    return { x: u * u * from.x + 2 * u * t * middle.x + t * t * to.x, y: u * u * from.y + 2 * u * t * middle.y + t * t * to.y };
  };
  const before = at(0.55), head = at(0.6);
  return { points: Array.from({ length: 13 }, (_, n) => at(n / 12)), head, turn: Math.atan2(head.y - before.y, head.x - before.x) };
}

function widthOf(pupils) {
  return Math.min(5, 1 + Math.sqrt(pupils) * 0.32);
}

// Lines that lie beside the view as a whole are passed over.
function beside(points, view) {
  return points.every((p) => p.x < view.west) || points.every((p) => p.x > view.east)
    || points.every((p) => p.y < view.north) || points.every((p) => p.y > view.south);
}

function drawStrokes(ctx, view, strokes) {
  ctx.lineCap = ctx.lineJoin = "round";
  for (const { points, color, weight, opacity, dash } of strokes) {
    if (beside(points, view)) continue;
    ctx.globalAlpha = opacity;
    ctx.strokeStyle = color;
    ctx.lineWidth = weight;
    ctx.setLineDash(dash || []);
    ctx.beginPath();
    points.forEach((p, n) => (n ? ctx.lineTo(p.x * view.scale - view.x, p.y * view.scale - view.y) : ctx.moveTo(p.x * view.scale - view.x, p.y * view.scale - view.y)));
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

function drawMarks(ctx, view, marks) {
  for (const { x, y, glyph, radius } of marks) {
    const px = x * view.scale - view.x, py = y * view.scale - view.y;
    if (px > view.left - radius && px < view.right + radius && py > view.top - radius && py < view.bottom + radius) drawGlyph(ctx, glyph, px, py, radius);
  }
}

// One plan's villages, schools and lines; the second drawing lies on the other side of the swipe line.
function makeDrawing(map, county, second) {
  const side = second ? "-b" : "", home = map.getMinZoom() + 1.5;
  const villages = county.villages.map(markOf), sites = county.sites.map(markOf);
  let lines = [], arrows = [], chosen = { lines: [], marks: [] }, roads = [], passed = null, picked = null, villageSizes = [], quiet = false;

  // One canvas for all: each takes a browser as long as a thousand villages do.
  const places = paintedPane(map, `places${side}`, second ? 419 : 420, (ctx, view) => {
    drawStrokes(ctx, view, lines);
    for (const marks of [villages, sites, arrows]) drawMarks(ctx, view, marks);
  });

  function markOf(record) {
    return { record, x: record.x, y: record.y, glyph: null, radius: 0 };
  }

  function of(record) {
    return (record.what === "village" ? villages : sites)[record.n];
  }

  // Where villages lie close to each other they are drawn smaller, so that none covers its neighbours.
  const [south, west] = county.bounds[0], [north, east] = county.bounds[1];
  const apart = Math.sqrt((worldX((east - west) * PER_DEGREE) - worldX(0)) * (worldY(south * PER_DEGREE) - worldY(north * PER_DEGREE)) / county.villages.length);

  function crowd() {
    return Math.max(0.2, Math.min(1, apart * 2 ** map.getZoom() * CLOSE));
  }

  function growth() {
    return Math.min(1.7, Math.max(0.9, 1 + (map.getZoom() - home) * 0.16));
  }

  function paint(state) {
    quiet = !["minutes", "moved"].includes(state.theme);
    const pupils = county.villages.map((v) => demandOf(county, state.plan, v, state.band));
    const sorted = Float64Array.from(pupils).sort();
    const large = Math.max(1, sorted[Math.floor(sorted.length * 0.95)]);
    villageSizes = pupils.map((number) => (number ? 4.6 + 4.4 * Math.sqrt(Math.min(number / large, 1.6)) : 3));
    const glyphOf = villageGlyphs(county, state);
    for (const mark of villages) mark.glyph = glyphOf(mark.record);
    for (const mark of sites) mark.glyph = glyphOfSite(county, state, mark.record);
    resize();
  }

  function resize() {
    const grow = growth(), small = grow * crowd() * (quiet ? 0.6 : 1), middling = grow * Math.sqrt(crowd());
    villages.forEach((mark, n) => { mark.radius = villageSizes[n] * small; });
    for (const mark of sites) mark.radius = mark.glyph.size * middling;
    places.drawSoon();
  }

  // The school or village at a point of the map; schools lie on top.
  function hit(point, slack) {
    const view = paperView(map);
    for (const marks of [sites, villages]) {
      let best = null, least = 1;
      for (const mark of marks) {
        const far = Math.hypot(mark.x * view.scale - view.x - point.x, mark.y * view.scale - view.y - point.y) / (mark.radius + slack);
        if (far <= least) [best, least] = [mark.record, far];
      }
      if (best) return best;
    }
    return null;
  }

  function drawRoads(state) {
    const coded = state.theme === "roads" ? county.more.plans[state.plan.n] : null;
    roads = ((coded && coded.roads) || []).map((each, n) => ({ coded: each, set: lineSet(each), style: { color: LOOK.colours.roads[n], weight: LOOK.road_widths[n] } }));
    if (roads.length && !passed) passed = paintedPane(map, `passed${side}`, 215, (ctx, view) => roads.forEach(({ set, style }) => strokeLines(ctx, set, view, style)));
    else if (passed) passed.drawSoon();
  }

  function line(from, to, style) {
    return { points: [from, to], opacity: 1, ...style };
  }

  function arrow(from, to, pupils) {
    const bow = curve(from, to), color = ACTIONS.close.stroke;
    return {
      stroke: { points: bow.points, color, weight: widthOf(pupils), opacity: 0.9 },
      mark: { ...bow.head, radius: 7, pupils, glyph: { d: ARROW, fill: color, stroke: "#ffffff", width: 1, turn: bow.turn } }
    };
  }

  function arrowsFrom(state, site) {
    return summed(state.plan.movesFrom[site.n], "to").filter(([to]) => to >= 0).map(([to, pupils]) => arrow(site, county.sites[to], pupils));
  }

  function shuts(state, site) {
    return inFilter(state, site) && LOSING.includes(actionOf(county, state.plan, site));
  }

  function allLines(state) {
    const band = county.bands.indexOf(state.band);
    return state.plan.flows
      .filter((f) => f.site >= 0 && (band < 0 || f.band === band) && inFilter(state, county.villages[f.village]))
      .map((f) => line(county.villages[f.village], county.sites[f.site], { color: ALL_COLOUR, weight: widthOf(f.pupils) * 0.7, opacity: 0.75 }));
  }

  function drawLines(state) {
    lines = state.lines === "all" ? allLines(state) : [];
    arrows = [];
    if (state.lines === "moved") {
      for (const site of county.sites.filter((x) => shuts(state, x))) {
        for (const m of state.theme === "roads" ? [] : state.plan.movesFrom[site.n]) {
          if (m.to >= 0) lines.push(line(county.villages[m.village], county.sites[m.to], { color: LINE_COLOUR, weight: widthOf(m.pupils) * 0.6, opacity: 0.4 }));
        }
        for (const { stroke, mark } of arrowsFrom(state, site)) {
          lines.push(stroke);
          arrows.push(mark);
        }
      }
    }
    places.drawSoon();
    drawSelection(state);
  }

  function drawSelection(state) {
    chosen = state.selected ? selectionOf(state, state.selected) : { lines: [], marks: [] };
    if (picked) picked.drawSoon();
    else if (state.selected) {
      picked = paintedPane(map, `chosen${side}`, 450, (ctx, view) => {
        drawStrokes(ctx, view, chosen.lines);
        drawMarks(ctx, view, chosen.marks);
      });
    }
  }

  function selectionOf(state, record) {
    const village = record.what === "village", first = county.plans[0];
    const ring = { x: record.x, y: record.y, radius: of(record).radius + 6, glyph: { d: CIRCLE, stroke: "#16181d", width: 2.6 } };
    const spider = (plan, style) => (village ? plan.flowsOfVillage : plan.flowsOfSite)[record.n].filter((f) => f.site >= 0)
      .map((f) => line(county.villages[f.village], county.sites[f.site], { weight: widthOf(f.pupils) + 0.5, ...style, opacity: 0.9 }));
    const found = !village && state.lines !== "moved" && shuts(state, record) ? arrowsFrom(state, record) : [];
    return {
      lines: [
        ...(state.plan !== first || second ? spider(first, { color: TODAY_COLOUR, dash: [3, 6] }) : []),
        ...(second ? [] : spider(state.plan, { color: LINE_COLOUR })), ...found.map(({ stroke }) => stroke)
      ],
      marks: [ring, ...found.map(({ mark }) => mark)]
    };
  }

  return {
    of, hit, paint, resize, drawRoads, drawLines, drawSelection,
    get strokes() { return [...lines, ...chosen.lines]; },
    get marks() { return [...villages, ...sites, ...arrows, ...chosen.marks]; },
    get numbers() { return [...arrows, ...chosen.marks].filter((mark) => mark.pupils); },
    get roads() { return roads; },
    get drawn() { return { villages: villages.length, sites: sites.length, lines: lines.length, chosen: chosen.lines.length + chosen.marks.length }; }
  };
}
