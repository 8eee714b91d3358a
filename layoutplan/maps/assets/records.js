// The contents of the page as records: steps become degrees, columns become rows.

const PER_DEGREE = 100000;

function placesOf(steps) {
  const places = [];
  let x = 0, y = 0;
  for (let i = 0; i < steps.length; i += 2) {
    x += steps[i];
    y += steps[i + 1];
    places.push([y / PER_DEGREE, x / PER_DEGREE]);
  }
  return places;
}

// With its place in the world at zoom 0, which all drawing begins from.
function placed(record) {
  record.x = worldX(record.at[1] * PER_DEGREE);
  record.y = worldY(record.at[0] * PER_DEGREE);
  return record;
}

function linesOf(coded) {
  const places = placesOf(coded.d);
  let at = 0;
  return coded.n.map((n) => places.slice(at, (at += n)));
}

// Written out: a county has tens of thousands of rows, and names put together are slow.
function flowRows({ village, band, site, pupils, minutes, mode }) {
  return village.map((v, n) => ({ village: v, band: band[n], site: site[n], pupils: pupils[n], minutes: minutes[n], mode: mode[n] }));
}

function moveRows({ village, band, from, to, pupils }) {
  return village.map((v, n) => ({ village: v, band: band[n], from: from[n], to: to[n], pupils: pupils[n] }));
}

function lostRows({ village, band, pupils, reason }) {
  return village.map((v, n) => ({ village: v, band: band[n], pupils: pupils[n], reason: reason[n] }));
}

// Values that are made when they are first asked for, and kept.
function later(made, recipes) {
  for (const [name, recipe] of Object.entries(recipes)) {
    Object.defineProperty(made, name, {
      configurable: true, enumerable: true,
      get() {
        const value = recipe();
        Object.defineProperty(made, name, { value, enumerable: true });
        return value;
      }
    });
  }
  return made;
}

function grouped(rows, column, size) {
  const groups = Array.from({ length: size }, () => []);
  for (const row of rows) if (row[column] >= 0) groups[row[column]].push(row);
  return groups;
}

function townName(towns, n) {
  return n >= 0 ? towns.names[n] : "";
}

// Rows of a plan by village, school and way of moving.
function withGroups(made, villages, sites) {
  return later(made, {
    flowsOfVillage: () => grouped(made.flows, "village", villages),
    flowsOfSite: () => grouped(made.flows, "site", sites),
    unservedOfVillage: () => grouped(made.unserved, "village", villages),
    movesFrom: () => grouped(made.moves, "from", sites),
    movesTo: () => grouped(made.moves, "to", sites),
    movesOfVillage: () => grouped(made.moves, "village", villages)
  });
}

function readPlan(plan, data, n) {
  const made = {
    n, name: plan.name, label: plan.label, status: plan.status, numbers: plan.numbers, none_near: plan.none_near,
    demand: plan.demand, classes: plan.classes, moved: plan.moved, change: plan.change,
    sites: plan.sites, modes: plan.flows.modes, board: plan.flows.board, ride: plan.flows.ride, reasons: plan.unserved.reasons
  };
  later(made, { flows: () => flowRows(plan.flows), moves: () => moveRows(plan.moves), unserved: () => lostRows(plan.unserved) });
  return withGroups(made, data.villages.id.length, data.sites.id.length);
}

function readContents(text) {
  const data = JSON.parse(text);
  const villageAt = placesOf(data.villages.at), siteAt = placesOf(data.sites.at);
  const villages = data.villages.id.map((id, n) => placed({
    n, id, what: "village", name: data.villages.name[n], at: villageAt[n],
    town: townName(data.towns, data.villages.town[n]), townAt: data.villages.town[n]
  }));
  const sites = data.sites.id.map((id, n) => placed({
    n, id, what: "site", name: data.sites.name[n], at: siteAt[n],
    town: townName(data.towns, data.sites.town[n]), townAt: data.sites.town[n], kind: data.kinds[data.sites.kind[n]]
  }));
  const townAt = placesOf(data.towns.at);
  return {
    title: data.title, county: data.county, lang: data.lang,
    said: data.said, more: data.more, tiles: data.tiles, years: data.years, bounds: data.bounds, bands: data.bands, limits: data.limits,
    actions: data.actions, kinds: data.kinds, breaks: data.breaks, villages, sites,
    towns: data.towns.names.map((name, n) => ({ name, at: townAt[n] })),
    // Places of lines are wanted on paper only: most pages never make them.
    get borders() { return { inner: linesOf(data.towns.inner), outer: linesOf(data.towns.outer) }; },
    get roads() { return data.roads.map(linesOf); },
    coded: { roads: data.roads, inner: data.towns.inner, outer: data.towns.outer, areas: data.areas },
    whatIf: data.what_if,
    plans: data.plans.map((plan, n) => readPlan(plan, data, n))
  };
}

function actionOf(county, plan, site) {
  return county.actions[plan.sites.action[site.n]];
}

function demandOf(county, plan, village, band) {
  const bands = band === null ? county.bands : [band];
  return bands.reduce((sum, b) => sum + plan.demand[b][village.n], 0);
}

function summed(rows, column) {
  const sums = new Map();
  for (const row of rows) sums.set(row[column], (sums.get(row[column]) || 0) + row.pupils);
  return [...sums.entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}
