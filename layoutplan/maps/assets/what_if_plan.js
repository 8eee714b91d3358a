// A plan that was changed in the page, in the form of all other plans.

function statesAfter(county, near, base, changes) {
  const actions = base.sites.action.slice(), at = base.sites;
  const states = county.sites.map((_, n) => ({
    bands: county.bands.map((_, b) => at.bands[n].includes(b)), places: at.places[n], classes: at.classes[n], extra: at.extra[n],
    beds: at.beds[n], extraBeds: at.extra_beds[n], capital: at.capital[n], cap: null
  }));
  for (const { site, action, cap } of changes) {
    if (action) {
      const given = (action === "keep" ? near.keep : near.close)[site];
      const [bands, places, classes, beds, capital] = given || [[], 0, 0, 0, 0];
      actions[site] = county.actions.indexOf(given || action === "keep" ? action : "unused");
      states[site] = { bands: county.bands.map((_, b) => bands.includes(b)), places, classes, extra: 0, beds, extraBeds: 0, capital, cap: states[site].cap };
    }
    if (cap !== null && cap !== undefined) states[site].cap = cap;
  }
  for (const state of states) if (state.cap !== null) state.places = Math.min(state.places, state.cap);
  return { actions, states };
}

// Beyond the limit, those with the longest way get the beds of their school.
function lodge(county, near, flows, states) {
  const beds = states.map((state) => state.beds), rows = [];
  const far = (f) => near.board.includes(f.band) && f.minutes > county.limits[f.band] * 10 && beds[f.site] > 0;
  const asking = flows.filter(far);
  asking.sort((a, b) => b.minutes - a.minutes || near.villageRank[a.village] - near.villageRank[b.village] || a.band - b.band);
  const lodged = new Map();
  for (const f of asking) {
    const pupils = Math.min(f.pupils, beds[f.site]);
    beds[f.site] -= pupils;
    if (pupils) lodged.set(f, pupils);
  }
  for (const f of flows) {
    const boards = lodged.get(f) || 0;
    if (boards) rows.push({ ...f, pupils: boards, mode: 1 });
    if (f.pupils > boards) rows.push({ ...f, pupils: f.pupils - boards, mode: 0 });
  }
  return rows;
}

// Within a village and band, pupils who leave a school are matched with places newly taken,
// in the order of the schools' ids; who is in no school comes first.
function movesBetween(county, near, before, after) {
  const sites = county.sites.length, villages = county.villages.length, sums = new Map();
  const add = (village, band, site, pupils) => {
    const key = (band * villages + village) * sites + site;
    sums.set(key, (sums.get(key) || 0) + pupils);
  };
  before.village.forEach((village, n) => add(village, before.band[n], before.site[n], -before.pupils[n]));
  for (const f of after) add(f.village, f.band, f.site, f.pupils);
  const changes = new Map();
  for (const [key, pupils] of sums) {
    if (!pupils) continue;
    const group = Math.floor(key / sites);
    if (!changes.has(group)) changes.set(group, []);
    changes.get(group).push([key % sites, pupils]);
  }
  const moves = [];
  for (const [group, changed] of changes) {
    const village = group % villages, band = Math.floor(group / villages);
    changed.sort((a, b) => near.siteRank[a[0]] - near.siteRank[b[0]]);
    const net = changed.reduce((sum, [, pupils]) => sum + pupils, 0);
    if (net) changed.unshift([-1, -net]);
    const lost = changed.filter(([, p]) => p < 0).map(([site, p]) => [site, -p]);
    for (const [to, pupils] of changed.filter(([, p]) => p > 0)) {
      for (let left = pupils; left > 0;) {
        const [from, waiting] = lost[0], moved = Math.min(left, waiting);
        if (from >= 0 && to >= 0) moves.push({ village, band, from, to, pupils: moved });
        left -= moved;
        lost[0][1] -= moved;
        if (!lost[0][1]) lost.shift();
      }
    }
  }
  return moves;
}

function meansOf(county, flows, lodged, band) {
  const way = new Float64Array(county.villages.length), pupils = new Float64Array(county.villages.length);
  for (const f of flows) {
    if (f.minutes < 0 || f.mode === lodged || (band !== null && f.band !== band)) continue;
    way[f.village] += f.minutes * f.pupils;
    pupils[f.village] += f.pupils;
  }
  return Array.from(way, (sum, n) => (pupils[n] ? sum / pupils[n] : null));
}

function reachedOf(ends, value) {
  return ends.filter((end) => end <= value).length;
}

function classesOf(county, demand, { flows, lost, moved, change }) {
  const classes = {};
  county.bands.forEach((band, b) => {
    const ends = county.breaks.share.map((share) => share * county.limits[b] * 10);
    classes[band] = meansOf(county, flows, 1, b).map((mean) => (mean === null ? -1 : ends.filter((end) => end < mean - 1e-6).length));
    for (const f of flows) if (f.band === b && f.mode === 1 && classes[band][f.village] < 0) classes[band][f.village] = ALL_BOARD;
    for (const u of lost) if (u.band === b) classes[band][u.village] = NO_SCHOOL;
  });
  const any = (n) => county.bands.some((band) => demand[band][n]);
  classes.moved = moved.map((pupils, n) => (any(n) ? reachedOf(county.breaks.moved, pupils) : -1));
  classes.change = change.map((tenths) => (tenths === null ? -1 : reachedOf(county.breaks.change, tenths / 10)));
  return classes;
}

function numbersOf(county, near, base, { actions, states, flows, lost, moves, demand }) {
  const sum = (rows) => rows.reduce((total, row) => total + row.pupils, 0);
  const numbers = { ...base.numbers };
  const named = actions.map((n) => county.actions[n]);
  for (const action of county.actions) if (action in numbers) numbers[action] = named.filter((a) => a === action).length;
  numbers.open = named.filter((a) => a !== "close" && a !== "unused").length;
  numbers.assigned = sum(flows);
  numbers.unserved = numbers.pupils_in - numbers.assigned;
  numbers.boarders = sum(flows.filter((f) => f.mode === 1));
  if ("riders" in numbers) numbers.riders = 0;
  numbers.moved = sum(moves);
  numbers.none_near = 0;
  county.bands.forEach((band, b) => {
    numbers[`beyond_${band}`] = sum(flows.filter((f) => f.band === b && f.mode !== 1 && f.minutes > county.limits[b] * 10));
    const ways = near.ways[b];
    demand[band].forEach((pupils, village) => {
      let close = false;
      for (let at = ways.begin[village]; at < ways.begin[village + 1] && !close; at++) {
        close = ways.tenths[at] <= county.limits[b] * 10 && states[ways.site[at]].bands[b];
      }
      if (pupils && !close) numbers.none_near += pupils;
    });
  });
  numbers.capital_yuan = states.reduce((total, state) => total + state.capital, 0);
  return numbers;
}

// What speak() does for the plans that the page was given.
function speakTrial(county, near, plan) {
  const modes = near.modes.map((mode) => words[`mode.${mode}`] || mode);
  Object.assign(plan, { label: say("what.plan"), status: say("what.status"), modes, reasons: [say("what.no_school")] });
  plan.sites.why = county.sites.map((_, n) => (plan.touched.has(n) ? say("what.by_hand") : ""));
}

function whatIfPlan(county, near, base, changes) {
  const { actions, states } = statesAfter(county, near, base, changes);
  const demand = base.demand;
  const sent = assignPupils(county, near, demand, states);
  const flows = lodge(county, near, sent.flows, states);
  const lost = sent.lost.map((g) => ({ village: g.village, band: g.band, pupils: g.free, reason: 0 }));
  const moves = movesBetween(county, near, near.today, sent.flows);
  const first = county.plans[0];
  const was = meansOf(county, first.flows, first.board, null), is = meansOf(county, flows, 1, null);
  const change = is.map((mean, n) => (mean === null || was[n] === null ? null : Math.round(mean - was[n])));
  const moved = county.villages.map(() => 0);
  for (const m of moves) moved[m.village] += m.pupils;
  const after = Object.fromEntries(county.bands.map((band, b) => {
    const pupils = county.sites.map(() => 0);
    for (const f of flows) if (f.band === b) pupils[f.site] += f.pupils;
    return [band, pupils];
  }));
  const touched = new Set(changes.map((c) => c.site));
  const columns = (rows, names) => Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  const plan = {
    name: "what_if", label: "", status: "", demand, moved, change,
    classes: classesOf(county, demand, { flows, lost, moved, change }),
    numbers: numbersOf(county, near, base, { actions, states, flows, lost, moves, demand }),
    sites: {
      action: actions, receivers: county.sites.map(() => []), bands: states.map((x) => county.bands.flatMap((_, b) => (x.bands[b] ? [b] : []))),
      classes: states.map((x) => x.classes), extra: states.map((x) => x.extra), places: states.map((x) => x.places),
      beds: states.map((x) => x.beds), extra_beds: states.map((x) => x.extraBeds), before: base.sites.before, after,
      capital: states.map((x) => x.capital), why: [],
      cap: states.map((x) => x.cap)
    },
    flows: { ...columns(flows, ["village", "band", "site", "pupils", "minutes", "mode"]), modes: [], board: 1 },
    moves: columns(moves, ["village", "band", "from", "to", "pupils"]),
    unserved: { ...columns(lost, ["village", "band", "pupils", "reason"]), reasons: [] }
  };
  const made = readPlan(plan, { villages: { id: county.villages }, sites: { id: county.sites } }, county.plans.length);
  made.touched = touched;
  speakTrial(county, near, made);
  return made;
}
