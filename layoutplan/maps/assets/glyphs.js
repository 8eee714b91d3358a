// Shapes and colours: the same on the map, in the legend and on paper.

const MINUTE_COLOURS = ["#cfe3f4", "#6fb1dd", "#1f6fb5", "#f5a13d", "#b3202c", "#16181d", "#8b6f47"];
const MOVED_COLOURS = ["#e6e8ec", "#cfc9e6", "#a79fd3", "#7a6bb8", "#4a2a86"];
const CHANGE_COLOURS = ["#1f6fb5", "#8dc3e8", "#e6e8ec", "#f9d3a4", "#ef8f3c", "#b3202c"];
const NOBODY_COLOUR = "#ffffff";
const NO_SCHOOL = 5;
const ALL_BOARD = 6;
const GROUND = "#ebe9e3";
const COUNTY_FILL = "#fbfaf7";

const CIRCLE = "M1,0A1,1 0 1 1 -1,0A1,1 0 1 1 1,0Z";
const STAR = "M0,-1.25L.34,-.45 1.19,-.39 .55,.17 .74,1.01 0,.56 -.74,1.01 -.55,.17 -1.19,-.39 -.34,-.45Z";
const SHAPES = {
  teaching_point: "M0,-1.15L1.1,.8H-1.1Z",
  primary: "M-.88,-.88H.88V.88H-.88Z",
  junior: "M0,-1.2L1.2,0 0,1.2 -1.2,0Z",
  nine_year: "M-.55,-1.02H.55L1.1,0 .55,1.02H-.55L-1.1,0Z",
  complete_secondary: STAR,
  special: CIRCLE
};
const PLUS = "M0,-.52V.52M-.52,0H.52";
const CROSS = "M-.48,-.48L.48,.48M.48,-.48L-.48,.48";
const DOWN = "M0,-.5V.42M-.38,.06L0,.46 .38,.06";
const DOWN_TWICE = "M-.4,-.45L0,-.05 .4,-.45M-.4,.05L0,.45 .4,.05";
const UP_TWICE = "M-.4,.45L0,.05 .4,.45M-.4,-.05L0,-.45 .4,-.05";
const BED = "M-.55,-.42V.42M-.55,.14H.55V.42M-.55,-.14H.05V.14";
const SPARK = "M0,-.55V.55M-.48,-.28L.48,.28M.48,-.28L-.48,.28";
const ACTIONS = {
  keep: { fill: "#3c4855", stroke: "#ffffff", width: 1.5, size: 5.6, rank: 1 },
  close: { fill: "#ffffff", stroke: "#b0006b", width: 2.4, sign: CROSS, ink: "#b0006b", size: 9, rank: 5 },
  teaching_point: { fill: "#6a3d9a", stroke: "#ffffff", width: 1.5, sign: DOWN, ink: "#ffffff", size: 9, rank: 3 },
  expand: { fill: "#00735c", stroke: "#ffffff", width: 1.5, sign: PLUS, ink: "#ffffff", size: 9, rank: 4 },
  new: { fill: "#ffd400", stroke: "#16181d", width: 1.8, sign: SPARK, ink: "#16181d", size: 9.5, rank: 4 },
  board: { fill: "#7a4f1d", stroke: "#ffffff", width: 1.5, sign: BED, ink: "#ffffff", size: 9, rank: 2 },
  primary_only: { fill: "#8a4fbf", stroke: "#ffffff", width: 1.5, sign: DOWN_TWICE, ink: "#ffffff", size: 9, rank: 3 },
  nine_year: { fill: "#0b6a82", stroke: "#ffffff", width: 1.5, sign: UP_TWICE, ink: "#ffffff", size: 9, rank: 3 },
  unused: { fill: "#ffffff", stroke: "#6f7883", width: 1.2, dash: true, size: 5, rank: 0 }
};
const ARROW = "M-1,-.8L1,0 -1,.8 -.45,0Z";
const paths = new Map();

function pathOf(d) {
  if (!paths.has(d)) paths.set(d, new Path2D(d));
  return paths.get(d);
}

function siteGlyph(kind, action) {
  return { d: SHAPES[kind] || CIRCLE, ...(ACTIONS[action] || ACTIONS.keep) };
}

function villageGlyph(cls, colours) {
  if (cls < 0) return { d: CIRCLE, fill: NOBODY_COLOUR, stroke: "#a9b0b8", width: 1 };
  const lost = colours === MINUTE_COLOURS && cls === NO_SCHOOL;
  const glyph = { d: CIRCLE, fill: colours[cls], stroke: "#2b3440", width: 0.8 };
  return lost ? { ...glyph, sign: CROSS, ink: "#ffffff" } : glyph;
}

function drawCircle(ctx, glyph, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = glyph.fill;
  ctx.fill();
  ctx.lineWidth = glyph.width;
  ctx.strokeStyle = glyph.stroke;
  ctx.stroke();
}

function drawGlyph(ctx, glyph, x, y, r) {
  if (glyph.d === CIRCLE && glyph.fill && glyph.stroke && !glyph.sign && !glyph.dash) {
    drawCircle(ctx, glyph, x, y, r);
    return;
  }
  ctx.save();
  ctx.translate(x, y);
  if (glyph.turn) ctx.rotate(glyph.turn);
  ctx.scale(r, r);
  ctx.lineJoin = "round";
  const path = pathOf(glyph.d);
  if (glyph.fill) {
    ctx.fillStyle = glyph.fill;
    ctx.fill(path);
  }
  if (glyph.stroke) {
    ctx.lineWidth = glyph.width / r;
    ctx.strokeStyle = glyph.stroke;
    ctx.setLineDash(glyph.dash ? [2.5 / r, 2 / r] : []);
    ctx.stroke(path);
  }
  if (glyph.sign) {
    ctx.setLineDash([]);
    ctx.lineCap = "round";
    ctx.lineWidth = Math.max(0.24, 1.6 / r);
    ctx.strokeStyle = glyph.ink;
    ctx.stroke(pathOf(glyph.sign));
  }
  ctx.restore();
}

// The same glyph as SVG, for legend, cards and print.
function glyphSvg(glyph, x, y, r) {
  const turn = glyph.turn ? ` rotate(${(glyph.turn * 180) / Math.PI})` : "";
  const group = s("g", { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})${turn} scale(${r})` });
  group.append(s("path", {
    d: glyph.d, fill: glyph.fill || "none", stroke: glyph.stroke || "none",
    "stroke-width": (glyph.width || 0) / r, "stroke-linejoin": "round",
    "stroke-dasharray": glyph.dash ? `${2.5 / r} ${2 / r}` : null
  }));
  if (glyph.sign) {
    group.append(s("path", {
      d: glyph.sign, fill: "none", stroke: glyph.ink,
      "stroke-width": Math.max(0.24, 1.6 / r), "stroke-linecap": "round"
    }));
  }
  return group;
}

function glyphIcon(glyph, r) {
  const size = 24;
  return s("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, class: "icon", "aria-hidden": "true" },
    glyphSvg(glyph, size / 2, size / 2, r));
}

function themeColours(theme) {
  if (theme === "moved") return MOVED_COLOURS;
  return theme === "change" ? CHANGE_COLOURS : MINUTE_COLOURS;
}
