// What a meeting asks first: counted here anew for a township or a band, and for plans made in the page.

const COUNTED = ["open", "close", "teaching_point", "primary_only", "nine_year", "expand", "board", "new"];
const TRAVELLING = ["boarders", "riders"];
const TAUGHT = ["pupils_in", "assigned", "unserved", "none_near", "beyond_g13", "beyond_g46", "beyond_g79", "moved", "capital_yuan"];
const SHUT = ["close", "unused"];

// Schools of a band are those that teach it today or in the plan.
function schoolsOf(county, plan, { town, band }) {
  const today = county.plans[0].sites.bands, teaches = (n) => today[n].includes(band) || plan.sites.bands[n].includes(band);
  return county.sites.filter((site) => (town < 0 || site.townAt === town) && (band < 0 || teaches(site.n)));
}

// `town` and `band` are positions, -1 for all of them.
function countNumbers(county, plan, { town, band }) {
  const numbers = {}, inTown = (v) => town < 0 || county.villages[v].townAt === town;
  const wanted = (row) => (band < 0 || row.band === band) && inTown(row.village);
  const sum = (rows) => rows.reduce((total, row) => (wanted(row) ? total + row.pupils : total), 0);
  const schools = schoolsOf(county, plan, { town, band });
  for (const action of county.actions) if (action !== "keep" && action !== "unused") numbers[action] = 0;
  numbers.open = numbers.capital_yuan = numbers.pupils_in = 0;
  for (const site of schools) {
    const action = actionOf(county, plan, site);
    if (action in numbers) numbers[action] += 1;
    if (!SHUT.includes(action)) numbers.open += 1;
    numbers.capital_yuan += plan.sites.capital[site.n];
  }
  const near = plan.none_near;
  numbers.none_near = near ? 0 : null;
  county.bands.forEach((name, b) => {
    numbers[`beyond_${name}`] = 0;
    if (band >= 0 && band !== b) return;
    plan.demand[name].forEach((pupils, v) => {
      if (!pupils || !inTown(v)) return;
      numbers.pupils_in += pupils;
      if (near && near[v] & (1 << b)) numbers.none_near += pupils;
    });
  });
  Object.assign(numbers, { assigned: 0, boarders: 0, riders: 0, moved: sum(plan.moves), unserved: sum(plan.unserved) });
  for (const flow of plan.flows) {
    if (!wanted(flow)) continue;
    numbers.assigned += flow.pupils;
    if (flow.mode === plan.board) numbers.boarders += flow.pupils;
    else if (flow.minutes > county.limits[flow.band] * 10) numbers[`beyond_${county.bands[flow.band]}`] += flow.pupils;
    if (flow.mode === plan.ride) numbers.riders += flow.pupils;
  }
  return numbers;
}

function numbersOf(county, plan, state) {
  const band = county.bands.indexOf(state.band);
  return state.town < 0 && band < 0 ? plan.numbers : countNumbers(county, plan, { town: state.town, band });
}

function numberText(name, value) {
  if (value === null) return "–";
  return name === "capital_yuan" ? yuanText(value) : count(value);
}

function signedNumber(name, is, was) {
  if (is === null || was === null) return "–";
  const value = is - was;
  if (!value) return "±0";
  return `${value > 0 ? "+" : "−"}${numberText(name, Math.abs(value))}`;
}

// Where the numbers are counted: the county, or what the filters leave of it.
function countedPlace(county, state) {
  const parts = [state.town < 0 ? "" : shortName(county.towns[state.town].name), state.band === null ? "" : say(`band.${state.band}`)].filter(Boolean);
  if (!parts.length) parts.push(say("number.county"));
  if (state.plan.whole) parts.push(state.half < 0 ? county.plans[0].label : halfName(county.years.halves[state.half]));
  return parts.join(" · ");
}

function numberNames(county, state) {
  // An action that no plan takes would be a row of noughts, and so would a way that nobody goes.
  const some = (name) => name === "open" || county.plans.some((plan) => plan.numbers[name] > 0);
  const taught = TAUGHT.filter((name) => state.band === null || !name.startsWith("beyond_") || name === `beyond_${state.band}`);
  const names = [...COUNTED.filter(some), ...taught];
  names.splice(names.indexOf("unserved"), 0, ...TRAVELLING.filter(some));
  return names;
}

function numbersTable(county, state) {
  const first = county.plans[0];
  const shown = state.plan === first ? [first, ...county.plans.slice(1, 2)] : [first, state.plan];
  const counted = new Map(shown.map((plan) => [plan, numbersOf(county, plan, state)]));
  const now = (plan) => !state.difference && plan === state.plan;
  const head = h("tr", {}, h("td", { class: "place", id: "counted-place" }, countedPlace(county, state)),
    shown.map((plan) => h("th", { scope: "col", class: now(plan) ? "now" : "" }, plan.label)),
    state.difference ? h("th", { scope: "col", class: "now" }, say("page.difference")) : null);
  const row = (name) => {
    const worse = name === "unserved" || name === "none_near" || name.startsWith("beyond_");
    return h("tr", { class: name === "pupils_in" ? "part" : "" }, h("th", { scope: "row" }, say(`number.${name}`)),
      shown.map((plan) => {
        const value = counted.get(plan)[name];
        const classes = [now(plan) ? "now" : "", worse && value > 0 ? "warn" : ""].join(" ").trim();
        return h("td", { class: classes, "data-number": name, "data-plan": plan.n }, numberText(name, value));
      }),
      state.difference ? h("td", { class: "now", "data-number": name, "data-plan": "difference" },
        signedNumber(name, counted.get(state.plan)[name], counted.get(first)[name])) : null);
  };
  return h("table", { class: state.difference ? "numbers narrow" : "numbers" }, h("thead", {}, head), h("tbody", {}, numberNames(county, state).map(row)));
}
