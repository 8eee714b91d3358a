// Many lines at once as plain numbers: projected once, drawn at any zoom without objects.

const WORLD = 256;

function worldX(x) {
  return WORLD * (x / (360 * PER_DEGREE) + 0.5);
}

function worldY(y) {
  const sine = Math.sin((y / PER_DEGREE) * (Math.PI / 180));
  return WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
}

// Coordinates of the world at zoom 0, and for each line where it begins and its extent.
function lineSet(coded) {
  const total = coded.d.length / 2, number = coded.n.length;
  const x = new Float64Array(total), y = new Float64Array(total);
  const begin = new Int32Array(number + 1), box = new Float64Array(number * 4), ends = new Float64Array(number * 2);
  let a = 0, b = 0, at = 0;
  for (let line = 0; line < number; line++) {
    let west = Infinity, east = -Infinity, north = Infinity, south = -Infinity;
    for (let k = 0; k < coded.n[line]; k++, at++) {
      a += coded.d[2 * at];
      b += coded.d[2 * at + 1];
      if (k === 0) ends[2 * line] = placeKey(a, b);
      x[at] = worldX(a);
      y[at] = worldY(b);
      west = Math.min(west, x[at]); east = Math.max(east, x[at]);
      north = Math.min(north, y[at]); south = Math.max(south, y[at]);
    }
    ends[2 * line + 1] = placeKey(a, b);
    begin[line + 1] = at;
    box.set([west, north, east, south], 4 * line);
  }
  return { x, y, begin, box, ends, number };
}

function placeKey(x, y) {
  return x * 67108864 + y;
}

function inView(set, line, view) {
  const { box } = set, n = 4 * line;
  return box[n] <= view.east && box[n + 2] >= view.west && box[n + 1] <= view.south && box[n + 3] >= view.north;
}

// Points that fall onto the one before are left out; the ends of a line never are.
const STEP_PX = 2;

function traceLine(ctx, set, line, view, onward, joined) {
  const first = set.begin[line], last = set.begin[line + 1] - 1, step = onward ? 1 : -1;
  let at = onward ? first : last, px = 0, py = 0;
  const stop = onward ? last : first;
  for (let k = 0; ; k++, at += step) {
    const x = set.x[at] * view.scale - view.x, y = set.y[at] * view.scale - view.y;
    if (k === 0) {
      if (joined) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
      px = x; py = y;
    } else if (at === stop || Math.abs(x - px) + Math.abs(y - py) > STEP_PX) {
      ctx.lineTo(x, y);
      px = x; py = y;
    }
    if (at === stop) return;
  }
}

// A path of very many lines takes longer than all of them in several paths.
const LINES_OF_PATH = 40;

function strokeLines(ctx, set, view, style, wanted) {
  ctx.setLineDash(style.dashArray ? style.dashArray.split(" ").map(Number) : []);
  ctx.strokeStyle = style.color;
  ctx.lineWidth = style.weight;
  ctx.beginPath();
  let traced = 0;
  for (let line = 0; line < set.number; line++) {
    if ((wanted && !wanted(line)) || !inView(set, line, view)) continue;
    traceLine(ctx, set, line, view, true, false);
    if (++traced % LINES_OF_PATH === 0) {
      ctx.stroke();
      ctx.beginPath();
    }
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

// Areas are the lines between them, with the village on either side of each.
function areasOf(areas) {
  return { set: lineSet(areas.arcs), left: Int32Array.from(areas.left), right: Int32Array.from(areas.right) };
}

// The outlines of regions: villages with the same number are one region, those with -1 none.
// Each line is taken as its region lies on the left, backwards where it lies on the right.
function regionsOf(areas, region, number) {
  const { set, left, right } = areas;
  const around = Array.from({ length: number }, () => []);
  for (let arc = 0; arc < set.number; arc++) {
    const one = left[arc] >= 0 ? region[left[arc]] : -1, two = right[arc] >= 0 ? region[right[arc]] : -1;
    if (one === two) continue;
    if (one >= 0) around[one].push(arc);
    if (two >= 0) around[two].push(~arc);
  }
  return around.map((refs) => ringsOf(set, refs));
}

function ringsOf(set, refs) {
  const beginOf = (ref) => set.ends[ref >= 0 ? 2 * ref : 2 * ~ref + 1];
  const endOf = (ref) => set.ends[ref >= 0 ? 2 * ref + 1 : 2 * ~ref];
  const from = new Map(), used = new Set(), rings = [];
  for (const ref of refs) {
    const begin = beginOf(ref), waiting = from.get(begin);
    if (waiting) waiting.push(ref);
    else from.set(begin, [ref]);
  }
  for (const ref of refs) {
    if (used.has(ref)) continue;
    const ring = [];
    for (let next = ref; next !== undefined;) {
      ring.push(next);
      used.add(next);
      const end = endOf(next);
      next = end === beginOf(ref) ? undefined : (from.get(end) || []).find((other) => !used.has(other));
    }
    rings.push(ring);
  }
  return rings;
}

// A ring ends where it began, so that it need not be closed, which takes long in long paths.
function traceRing(ctx, set, ring, view) {
  for (let n = 0; n < ring.length; n++) {
    const ref = ring[n];
    traceLine(ctx, set, ref >= 0 ? ref : ~ref, view, ref >= 0, n > 0);
  }
}
