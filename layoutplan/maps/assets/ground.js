// What lies under the plan, on one canvas: the county, the areas of villages, roads, borders.

const AREA_MODES = ["theme", "catchments", "none"];
const ROAD_STYLES = LOOK.roads;
const INNER_BORDER = LOOK.inner;
const OUTER_BORDER = LOOK.outer;
const PASTELS = ["#dbe7f3", "#f6e3c5", "#dcecd5", "#f0d9e4", "#e3dcf0", "#d5ece8", "#f3efc3", "#ecdccb"];
const OTHER_CATCHMENT = { color: "#55606e", weight: 1.4 };
const OTHER_VILLAGE = { color: "#ffffff", weight: 0.7 };
const PALE = 0.68;

function pale(colour) {
  const parts = [1, 3, 5].map((n) => parseInt(colour.slice(n, n + 2), 16));
  return `rgb(${parts.map((v) => Math.round(v + (255 - v) * PALE)).join(",")})`;
}

// The school that most pupils of a village go to, in the band of the theme.
function catchmentsOf(county, state) {
  const band = Math.max(0, county.bands.indexOf(state.band));
  const site = new Int32Array(county.villages.length).fill(-1), most = new Float64Array(county.villages.length);
  for (const f of state.plan.flows) {
    if (f.band === band && (f.pupils > most[f.village] || (f.pupils === most[f.village] && f.site < site[f.village]))) {
      most[f.village] = f.pupils;
      site[f.village] = f.site;
    }
  }
  return site;
}

// Catchments that border on each other get different colours.
function catchmentColours(areas, site, sites) {
  const beside = Array.from({ length: sites }, () => new Set());
  areas.left.forEach((face, arc) => {
    const one = face >= 0 ? site[face] : -1, two = areas.right[arc] >= 0 ? site[areas.right[arc]] : -1;
    if (one >= 0 && two >= 0 && one !== two) {
      beside[one].add(two);
      beside[two].add(one);
    }
  });
  const colour = new Int32Array(sites).fill(-1);
  for (let n = 0; n < sites; n++) {
    const taken = new Set([...beside[n]].map((other) => colour[other]));
    for (let k = 0; k < PASTELS.length && colour[n] < 0; k++) {
      const wanted = (n * 5 + k) % PASTELS.length;
      if (!taken.has(wanted)) colour[n] = wanted;
    }
    if (colour[n] < 0) colour[n] = n % PASTELS.length;
  }
  return colour;
}

function shapesOf(county) {
  const { roads, inner, outer, areas } = county.coded;
  return { sets: { roads: roads.map(lineSet), inner: lineSet(inner), outer: lineSet(outer) }, areas: areasOf(areas) };
}

// With the shapes of another ground it is the one on the other side of the swipe line.
function makeGround(map, county, other) {
  const shapes = other || shapesOf(county), { sets, areas } = shapes;
  const home = map.getMinZoom() + 1.5;
  let fills = [], site = null, mode = AREA_MODES[0];

  // Roads and borders on a canvas of their own: they stay when colours change.
  const canvas = other ? paintedPane(map, "ground-b", 211, drawGround) : paintedPane(map, "ground", 210, drawGround);
  if (!other) paintedPane(map, "roads", 212, drawRoads);

  function drawGround(ctx, view) {
    ctx.lineJoin = "bevel";
    ctx.beginPath();
    for (let line = 0; line < sets.outer.number; line++) traceLine(ctx, sets.outer, line, view, true, false);
    ctx.fillStyle = COUNTY_FILL;
    if (!county.tiles) ctx.fill("evenodd");
    if (site && mode !== "none") drawAreas(ctx, view);
  }

  function drawRoads(ctx, view) {
    ctx.lineJoin = "bevel";
    for (let rank = sets.roads.length - 1; rank >= 0; rank--) strokeLines(ctx, sets.roads[rank], view, ROAD_STYLES[rank]);
    strokeLines(ctx, sets.inner, view, INNER_BORDER);
    strokeLines(ctx, sets.outer, view, OUTER_BORDER);
  }

  function drawAreas(ctx, view) {
    for (const { colour, rings } of fills) {
      ctx.beginPath();
      for (const ring of rings) traceRing(ctx, areas.set, ring, view);
      ctx.fillStyle = colour;
      ctx.fill("evenodd");
    }
    const parts = (arc) => areas.left[arc] >= 0 && areas.right[arc] >= 0 && site[areas.left[arc]] !== site[areas.right[arc]];
    if (map.getZoom() >= home + 1) strokeLines(ctx, areas.set, view, OTHER_VILLAGE, (arc) => !parts(arc));
    strokeLines(ctx, areas.set, view, OTHER_CATCHMENT, parts);
  }

  function coloured(state) {
    if (mode === "theme") return [scaleOf(state).colours.map(pale), county.villages.map((village) => villageClass(county, state, village))];
    const colour = catchmentColours(areas, site, county.sites.length);
    return [PASTELS, Array.from(site, (n) => (n < 0 ? -1 : colour[n]))];
  }

  function paint(state) {
    mode = state.areas || AREA_MODES[0];
    site = catchmentsOf(county, state);
    const [colours, classes] = coloured(state);
    fills = regionsOf(areas, classes, colours.length).map((rings, n) => ({ colour: colours[n], rings })).filter((fill) => fill.rings.length);
    canvas.drawSoon();
  }

  // The areas as SVG paths, for paper: a colour to a path, then the lines between catchments.
  function printed() {
    if (mode === "none") return [];
    const round = (v) => Math.round(v * 10) / 10;
    const pen = () => {
      const d = [];
      const put = (letter) => (x, y) => d.push(`${letter}${round(x)} ${round(y)}`);
      return { d, moveTo: put("M"), lineTo: put("L") };
    };
    const view = paperView(map);
    const parts = fills.map(({ colour, rings }) => {
      const out = pen();
      rings.forEach((ring) => traceRing(out, areas.set, ring, view));
      return s("path", { d: out.d.join(""), fill: colour, "fill-rule": "evenodd" });
    });
    const out = pen();
    for (let arc = 0; arc < areas.set.number; arc++) {
      if (areas.left[arc] >= 0 && areas.right[arc] >= 0 && site[areas.left[arc]] !== site[areas.right[arc]]) traceLine(out, areas.set, arc, view, true, false);
    }
    return [...parts, s("path", { d: out.d.join(""), fill: "none", stroke: OTHER_CATCHMENT.color, "stroke-width": OTHER_CATCHMENT.weight })];
  }

  return { paint, printed, shapes, areas: new Set([...areas.left, ...areas.right].filter((face) => face >= 0)).size };
}

function areaChoice(state, change) {
  const choices = AREA_MODES.map((value) => ({ value, text: say(`areas.${value}`) }));
  return group(say("areas.title"), "segments inline",
    h("div", { class: "row" }, radios("areas", choices, state.areas || AREA_MODES[0], (areas) => change({ areas }))));
}
