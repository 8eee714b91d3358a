// A roadmap's half-years: what has taken effect by then, who has changed school, and the seats.

function readYears(county) {
  const { years } = county;
  county.yearActions = new Map();
  county.yearSeats = new Map();
  county.yearMoves = new Map();
  if (!years) return;
  if (years.moves) {
    const { village, band, from, to, half } = years.moves;
    half.forEach((ready, n) => county.yearMoves.set([village[n], band[n], from[n], to[n]].join(), ready));
  }
  years.actions.site.forEach((site, n) => {
    if (site >= 0) county.yearActions.set(site, { action: county.actions[years.actions.action[n]], ready: years.actions.ready[n] });
  });
  years.seats.site.forEach((site, n) => {
    if (site >= 0) county.yearSeats.set(`${years.seats.half[n]} ${site}`, { places: years.seats.places[n], pupils: years.seats.pupils[n] });
  });
}

function halfName(half) {
  const found = /^(\d+)H([12])$/.exec(half);
  return found ? say(found[2] === "1" ? "page.first_half" : "page.second_half", { year: found[1] }) : half;
}

// Whether a plan is shown as far as it has taken effect by a half-year.
function inYears(county, plan) {
  return Boolean(county.years) && plan.n === county.years.plan && plan.n > 0;
}

// A pupil moves with the action that the roadmap names, or else with that of the school left.
function halfOfMove(county, move) {
  const told = county.yearMoves.get([move.village, move.band, move.from, move.to].join());
  if (told !== undefined) return told;
  const done = county.yearActions.get(move.from) || county.yearActions.get(move.to);
  if (done) return done.ready;
  return county.years.moves ? Infinity : county.years.halves.length - 1;
}

// The plan as far as it has taken effect: what comes later, or never, is still as today.
function planAt(county, plan, half) {
  const whole = plan.whole || plan;
  if (half === null || !inYears(county, whole)) return whole;
  whole.byHalf = whole.byHalf || new Map();
  if (!whole.byHalf.has(half)) whole.byHalf.set(half, planUntil(county, whole, half));
  return whole.byHalf.get(half);
}

function planUntil(county, whole, half) {
  const waiting = county.sites.map((site) => waits(county, whole, site.n, half));
  const moves = whole.moves.filter((move) => halfOfMove(county, move) <= half);
  if (moves.length === whole.moves.length && !waiting.includes(true)) return whole;
  const first = county.plans[0], later = whole.moves.filter((move) => halfOfMove(county, move) > half);
  const begun = moves.length > 0 || county.sites.some((site) => whole.sites.action[site.n] !== first.sites.action[site.n] && !waiting[site.n]);
  const { rows: flows, unserved, modes, reasons, board, ride } = flowsBefore(whole, first, { done: moves, later, begun });
  const { n, name, label, status, demand } = whole;
  const { moved, change, classes, after } = outcomeOf(county, { flows, lodged: board, lost: unserved, moves, demand });
  const made = withGroups({
    n, name, label, status, reasons, whole, demand, unserved, flows, modes, board, ride, moves, moved, change, classes, none_near: begun ? null : first.none_near,
    sites: { ...sitesUntil(first, whole, waiting), after }
  }, county.villages.length, county.sites.length);
  made.numbers = countNumbers(county, made, { town: -1, band: -1 });
  const gates = Object.fromEntries(Object.entries(county.more.plans[n].gates).filter(([site]) => !waiting[site]));
  counted.set(made, { ...countedOf(county, made), gates });
  return made;
}

// What happens at a school has not taken effect yet, or never does within the years.
function waits(county, whole, n, half) {
  const done = county.yearActions.get(n);
  return whole.sites.action[n] !== county.plans[0].sites.action[n] && !(done && done.ready <= half);
}

function sitesUntil(first, whole, waiting) {
  const mixed = (name, of) => whole.sites[name].map((value, n) => (waiting[n] ? of(n) : value));
  const held = ["action", "bands", "classes", "extra", "places", "beds", "extra_beds", "capital"];
  return {
    ...whole.sites, receivers: mixed("receivers", () => []), why: mixed("why", () => ""),
    ...Object.fromEntries(held.map((name) => [name, mixed(name, (n) => first.sites[name][n])]))
  };
}

// Who has not moved yet goes where all went before, as the first plan says. Of a village and
// band of which some have moved and some have not, those who have not are taken back one by one.
function flowsBefore(whole, first, { done, later, begun }) {
  const groupOf = (row) => `${row.village} ${row.band}`, modes = [...whole.modes], reasons = [...whole.reasons];
  const among = (names, name) => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1);
  const modeOf = (flow) => among(modes, first.modes[flow.mode]);
  const moved = new Set(done.map(groupOf)), waiting = new Set(later.map(groupOf).filter((group) => !moved.has(group)));
  const asToday = (row) => !begun || waiting.has(groupOf(row));
  const rows = [
    ...first.flows.filter(asToday).map((flow) => ({ ...flow, mode: modeOf(flow) })),
    ...whole.flows.filter((flow) => !asToday(flow)).map((flow) => ({ ...flow }))
  ];
  const unserved = [
    ...first.unserved.filter(asToday).map((row) => ({ ...row, reason: among(reasons, first.reasons[row.reason]) })),
    ...whole.unserved.filter((row) => !asToday(row))
  ];
  takeBack(rows, first.flows, later.filter((move) => moved.has(groupOf(move))), modeOf);
  const at = (name) => (whole[name] >= 0 ? whole[name] : first[name] >= 0 ? modes.indexOf(first.modes[first[name]]) : -1);
  return { rows: rows.filter((row) => row.pupils > 0), unserved, modes, reasons, board: at("board"), ride: at("ride") };
}

function takeBack(rows, before, moves, modeOf) {
  for (const move of moves) {
    const own = (row) => row.village === move.village && row.band === move.band;
    let left = move.pupils;
    for (const row of rows.filter((each) => own(each) && each.site === move.to)) {
      const back = Math.min(left, row.pupils);
      row.pupils -= back;
      left -= back;
    }
    const flow = before.find((each) => own(each) && each.site === move.from);
    rows.push({ village: move.village, band: move.band, site: move.from, pupils: move.pupils - left, minutes: flow ? flow.minutes : -1, mode: flow ? modeOf(flow) : 0 });
  }
}

// Before the first half-year lies today: the slider begins there.
function yearSlider(county, state, change) {
  if (!county.years || !county.years.halves.length) return "";
  const { halves } = county.years, at = state.half === null ? halves.length - 1 : state.half;
  const text = (n) => (n < 0 ? county.plans[0].label : halfName(halves[n]));
  const name = h("output", { for: "half" }, text(at));
  return h("div", { class: "years" }, h("label", { for: "half" }, say("page.years")),
    h("input", {
      type: "range", id: "half", min: -1, max: halves.length - 1, step: 1, value: at, "aria-valuetext": text(at),
      oninput: (event) => {
        const half = Number(event.target.value);
        name.textContent = text(half);
        event.target.setAttribute("aria-valuetext", text(half));
        change({ half });
      }
    }), name);
}

function seatsOf(county, state, site) {
  if (!county.years || state.half === null || state.half < 0) return null;
  return county.yearSeats.get(`${state.half} ${site.n}`) || null;
}
