// Shapes and colours of look.json: the same on the map, in the legend and on paper.

const MINUTE_COLOURS = LOOK.colours.minutes;
const MOVED_COLOURS = LOOK.colours.moved;
const CHANGE_COLOURS = LOOK.colours.change;
const NOBODY_COLOUR = LOOK.nobody;
const NO_SCHOOL = 5;
const ALL_BOARD = 6;
const GROUND = LOOK.ground;
const COUNTY_FILL = LOOK.county;

const SHAPES = LOOK.shapes;
const CIRCLE = SHAPES.circle;
const CROSS = LOOK.signs.cross;
const ARROW = SHAPES.arrow;
const ACTIONS = Object.fromEntries(Object.entries(LOOK.actions).map(([name, style]) =>
  [name, style.sign ? { ...style, sign: LOOK.signs[style.sign] } : style]));
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
// What is filtered out stays as a shade, so that the place is still recognised.
const FADED = 0.16;

function drawGlyph(ctx, glyph, x, y, r) {
  if (glyph.d === CIRCLE && glyph.fill && glyph.stroke && !glyph.sign && !glyph.dash) {
    drawCircle(ctx, glyph, x, y, r);
    return;
  }
  ctx.save();
  if (glyph.faded) ctx.globalAlpha = FADED;
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
  const group = s("g", { opacity: glyph.faded ? FADED : null, transform: `translate(${x.toFixed(1)},${y.toFixed(1)})${turn} scale(${r})` });
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
