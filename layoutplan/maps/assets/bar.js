// The bar above the map: title, which plan, theme, grades, township, search, language.

const TRIAL = "trial";
const SPOKEN = { zh: "中文", en: "English" };

function viewChoices(county) {
  const [first, ...later] = county.plans, many = later.length > 1;
  const choices = [{ value: "0", text: first.label }];
  for (const plan of later) {
    choices.push({ value: String(plan.n), text: plan.label });
    choices.push({ value: `d${plan.n}`, text: many ? say("page.difference_of", { plan: plan.label }) : say("page.difference") });
  }
  if (county.trial) choices.push({ value: TRIAL, text: say("what.plan") });
  return choices;
}

function viewOf(state) {
  return state.plan.name === "what_if" ? TRIAL : (state.difference ? "d" : "") + state.plan.n;
}

function viewChange(county, value) {
  if (value === TRIAL && county.trial) return { plan: county.trial, difference: false };
  if (!/^d?\d+$/.test(value)) return {};
  const difference = value.startsWith("d"), plan = county.plans[Number(value.replace("d", ""))];
  return plan && (plan.n > 0 || !difference) ? { plan, difference } : {};
}

function themeChoices(county) {
  const later = county.plans.length > 1;
  const off = {
    moved: !later && !county.plans[0].moves.length, gates: !later,
    resources: !county.more.resources.names.length, roads: !county.more.plans[0].roads
  };
  return THEMES.map((value) => ({ value, text: say(`theme.${value}_short`), off: Boolean(off[value]) }));
}

function townChoice(county, state, change) {
  if (!county.towns.length) return "";
  return h("label", { class: "pick" }, h("span", {}, say("page.township")),
    h("select", { id: "town", onchange: (e) => change({ town: Number(e.target.value) }) },
      h("option", { value: -1, selected: state.town < 0 }, say("page.every_township")),
      county.towns.map(({ name }, n) => h("option", { value: n, selected: n === state.town }, name.slice(0, 60)))));
}

// By name, once the map is drawn: a browser that has not sorted Chinese yet takes long to learn it.
function sortTowns() {
  const select = document.getElementById("town");
  if (!select) return;
  const [every, ...towns] = select.options, { compare } = new Intl.Collator(lang === "zh" ? "zh-CN" : "en", { numeric: true });
  const chosen = select.value;
  select.append(every, ...towns.sort((a, b) => compare(a.textContent, b.textContent)));
  select.value = chosen;
}

function fillBar(bar, county, state, change, search) {
  const status = h("p", { class: "status", id: "plan-status" });
  const bands = [{ value: "all", text: say("page.all") }, ...county.bands.map((band) => ({ value: band, text: say(`band.${band}`) }))];
  const spoken = Object.keys(county.said).map((value) => ({ value, text: SPOKEN[value] }));
  const views = h("div", { class: "views" });
  // Plans come and go while trying out; all else in the bar stays.
  const fillViews = () => views.replaceChildren(...(county.plans.length > 1 || county.trial
    ? [group(say("page.plan"), "segments plans", h("div", { class: "row" }, radios("plan", viewChoices(county), viewOf(state), (value) => change(viewChange(county, value)))))]
    : []));
  fillViews();
  const swipe = county.plans.length > 1
    ? h("label", { class: "tick" }, h("input", { type: "checkbox", id: "swipe", checked: state.swipe, onchange: (e) => change({ swipe: e.target.checked }) }), h("span", {}, say("page.swipe")))
    : "";
  bar.replaceChildren(
    h("div", { class: "bar-row" }, h("div", { class: "heading" }, h("h1", { title: county.title, dir: "auto" }, county.title), status), views, search,
      group(say("page.language"), "segments plans languages", h("div", { class: "row" }, radios("lang", spoken, lang, (value) => change({ lang: value }))))),
    h("div", { class: "bar-row tools" },
      group(say("page.theme"), "segments plans themes", h("div", { class: "row" }, radios("theme", themeChoices(county), state.theme, (theme) => change({ theme })))),
      group(say("page.grades"), "segments plans", h("div", { class: "row" }, radios("band", bands, state.band || "all", (band) => change({ band: band === "all" ? null : band })))),
      townChoice(county, state, change), swipe));
  return { status, fillViews };
}
