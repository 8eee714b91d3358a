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
  const beds = states.map((state) => state.beds), lodged = [];
  const far = (f) => near.board.includes(f.band) && f.minutes > county.limits[f.band] * 10 && beds[f.site] > 0;
  const asking = flows.filter(far);
  asking.sort((a, b) => b.minutes - a.minutes || near.villageRank[a.village] - near.villageRank[b.village] || a.band - b.band);
  for (const f of asking) {
    const pupils = Math.min(f.pupils, beds[f.site]);
    beds[f.site] -= pupils;
    f.pupils -= pupils;
    if (pupils) lodged.push({ ...f, pupils, mode: 1 });
  }
  return [...flows.filter((f) => f.pupils > 0), ...lodged];
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

// The mean way of each village to school, by band and, behind them, of all; null where nobody travels.
function meansOf(county, flows, lodged) {
  const villages = county.villages.length, bands = county.bands.length, parts = villages * (bands + 1);
  const way = new Float64Array(parts), pupils = new Float64Array(parts);
  for (const f of flows) {
    if (f.minutes < 0 || f.mode === lodged) continue;
    for (const at of [f.band * villages + f.village, bands * villages + f.village]) {
      way[at] += f.minutes * f.pupils;
      pupils[at] += f.pupils;
    }
  }
  const mean = (at) => (pupils[at] ? way[at] / pupils[at] : null);
  return Array.from({ length: bands + 1 }, (_, b) => Array.from({ length: villages }, (__, v) => mean(b * villages + v)));
}

// Kept with the plan: the first one is compared with all others.
const meansKept = new WeakMap();

function meansOfPlan(county, plan) {
  if (!meansKept.has(plan)) meansKept.set(plan, meansOf(county, plan.flows, plan.board));
  return meansKept.get(plan);
}

function reachedOf(ends, value) {
  return ends.filter((end) => end <= value).length;
}

function classesOf(county, demand, { means, flows, lodged, lost, moved, change }) {
  const classes = {};
  county.bands.forEach((band, b) => {
    const ends = county.breaks.share.map((share) => share * county.limits[b] * 10 + 1e-6);
    classes[band] = means[b].map((mean) => (mean === null ? -1 : ends.filter((end) => end < mean).length));
  });
  for (const f of flows) {
    const own = f.mode === lodged ? classes[county.bands[f.band]] : null;
    if (own && own[f.village] < 0) own[f.village] = ALL_BOARD;
  }
  for (const u of lost) classes[county.bands[u.band]][u.village] = NO_SCHOOL;
  const any = (n) => county.bands.some((band) => demand[band][n]);
  classes.moved = moved.map((pupils, n) => (any(n) ? reachedOf(county.breaks.moved, pupils) : -1));
  classes.change = change.map((tenths) => (tenths === null ? -1 : reachedOf(county.breaks.change, tenths / 10)));
  return classes;
}

// The bands in which a village has no open school within the limit, as bits.
function noneNear(county, near, demand, states) {
  const bits = new Array(county.villages.length).fill(0);
  county.bands.forEach((band, b) => {
    const ways = near.ways[b], limit = county.limits[b] * 10;
    for (let village = 0; village < bits.length; village++) {
      if (!demand[band][village]) continue;
      let close = false;
      for (let at = ways.begin[village]; at < ways.begin[village + 1] && ways.tenths[at] <= limit && !close; at++) close = states[ways.site[at]].bands[b];
      if (!close) bits[village] |= 1 << b;
    }
  });
  return bits;
}

// What comes of pupils going elsewhere: by village and by school.
function outcomeOf(county, { flows, lodged, lost, moves, demand }) {
  const means = meansOf(county, flows, lodged), all = county.bands.length, was = meansOfPlan(county, county.plans[0])[all];
  const change = means[all].map((mean, n) => (mean === null || was[n] === null ? null : Math.round(mean - was[n])));
  const moved = new Array(county.villages.length).fill(0);
  for (const m of moves) moved[m.village] += m.pupils;
  const after = Object.fromEntries(county.bands.map((band) => [band, new Array(county.sites.length).fill(0)]));
  for (const f of flows) if (f.site >= 0) after[county.bands[f.band]][f.site] += f.pupils;
  return { moved, change, after, classes: classesOf(county, demand, { means, flows, lodged, lost, moved, change }) };
}

// What speak() does for the plans that the page was given.
function speakTrial(county, near, plan) {
  const modes = near.modes.map((mode) => words[`mode.${mode}`] || mode);
  Object.assign(plan, { label: say("what.plan"), status: say("what.status"), modes, reasons: [say("what.no_school")] });
  plan.sites.why = county.sites.map((_, n) => (plan.touched.has(n) ? say("what.by_hand") : ""));
}

function whatIfPlan(county, near, base, changes) {
  const { actions, states } = statesAfter(county, near, base, changes), { demand } = base;
  const sent = assignPupils(county, near, demand, states);
  const moves = movesBetween(county, near, near.today, sent.flows);
  const flows = lodge(county, near, sent.flows, states);
  const unserved = sent.lost.map((g) => ({ village: g.village, band: g.band, pupils: g.free, reason: 0 }));
  const { moved, change, classes, after } = outcomeOf(county, { flows, lodged: 1, lost: unserved, moves, demand });
  const made = withGroups({
    n: county.plans.length, name: "what_if", demand, moved, change, classes, flows, moves, unserved, board: 1, ride: -1,
    none_near: noneNear(county, near, demand, states), touched: new Set(changes.map((c) => c.site)),
    sites: {
      action: actions, receivers: county.sites.map(() => []), bands: states.map((x) => county.bands.flatMap((_, b) => (x.bands[b] ? [b] : []))),
      classes: states.map((x) => x.classes), extra: states.map((x) => x.extra), places: states.map((x) => x.places),
      beds: states.map((x) => x.beds), extra_beds: states.map((x) => x.extraBeds), before: base.sites.before, after,
      capital: states.map((x) => x.capital), why: [], cap: states.map((x) => x.cap)
    }
  }, county.villages.length, county.sites.length);
  made.numbers = countNumbers(county, made, { town: -1, band: -1 });
  speakTrial(county, near, made);
  return made;
}
