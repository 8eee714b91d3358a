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
const STEP_PX = 0.7;

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

function strokeLines(ctx, set, view, style, wanted) {
  ctx.beginPath();
  for (let line = 0; line < set.number; line++) {
    if ((!wanted || wanted(line)) && inView(set, line, view)) traceLine(ctx, set, line, view, true, false);
  }
  ctx.setLineDash(style.dashArray ? style.dashArray.split(" ").map(Number) : []);
  ctx.strokeStyle = style.color;
  ctx.lineWidth = style.weight;
  ctx.stroke();
  ctx.setLineDash([]);
}

// Areas are put together of the lines around them: those they have on their left, and,
// backwards, those on their right.
function facesOf(areas, number) {
  const set = lineSet(areas.arcs);
  const around = Array.from({ length: number }, () => []);
  for (let arc = 0; arc < set.number; arc++) {
    if (areas.left[arc] >= 0) around[areas.left[arc]].push(arc);
    if (areas.right[arc] >= 0) around[areas.right[arc]].push(~arc);
  }
  const beginOf = (ref) => set.ends[ref >= 0 ? 2 * ref : 2 * ~ref + 1];
  const endOf = (ref) => set.ends[ref >= 0 ? 2 * ref + 1 : 2 * ~ref];
  const faces = around.map((refs) => {
    const from = new Map();
    for (const ref of refs) from.set(beginOf(ref), [...(from.get(beginOf(ref)) || []), ref]);
    const rings = [];
    for (const ref of refs) {
      const waiting = from.get(beginOf(ref));
      if (!waiting.includes(ref)) continue;
      waiting.splice(waiting.indexOf(ref), 1);
      const ring = [ref];
      for (let end = endOf(ref); end !== beginOf(ref);) {
        const next = (from.get(end) || []).pop();
        if (next === undefined) break;
        ring.push(next);
        end = endOf(next);
      }
      rings.push(ring);
    }
    return rings;
  });
  return { set, faces, left: areas.left, right: areas.right };
}

function faceInView(areas, face, view) {
  return areas.faces[face].some((ring) => ring.some((ref) => inView(areas.set, ref >= 0 ? ref : ~ref, view)));
}

function traceFace(ctx, areas, face, view) {
  for (const ring of areas.faces[face]) {
    ring.forEach((ref, n) => traceLine(ctx, areas.set, ref >= 0 ? ref : ~ref, view, ref >= 0, n > 0));
    ctx.closePath();
  }
}
