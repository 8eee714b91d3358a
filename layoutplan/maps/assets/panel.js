// The bar above the map and the panel beside it: plans, numbers, colours, legend.

const COUNTED = ["open", "close", "teaching_point", "primary_only", "nine_year", "expand", "board", "new"];
const TRAVELLING = ["boarders", "riders"];
const TAUGHT = ["pupils_in", "assigned", "unserved", "none_near", "beyond_g13", "beyond_g46", "beyond_g79", "moved", "capital_yuan"];

function radios(name, choices, chosen, change) {
  return choices.map(({ value, text, off }) =>
    h("label", { class: "choice" },
      h("input", {
        type: "radio", name, value, checked: value === chosen, disabled: Boolean(off),
        onchange: () => change(value)
      }),
      h("span", {}, text)));
}

function group(title, className, ...children) {
  return h("fieldset", { class: `group ${className}` }, h("legend", {}, title), ...children);
}

function planChoice(county, state, change) {
  if (county.plans.length < 2) return null;
  const choices = county.plans.map((plan) => ({ value: String(plan.n), text: plan.label }));
  return group(say("page.plan"), "segments plans",
    h("div", { class: "row" }, radios("plan", choices, String(state.plan.n), (n) => change({ plan: county.plans[Number(n)] }))));
}

function fillBar(bar, county, state, change, search) {
  const status = h("p", { class: "status", id: "plan-status" });
  bar.replaceChildren(
    h("div", { class: "heading" }, h("h1", {}, county.title), status),
    planChoice(county, state, change) || "",
    search);
  return { status };
}

function numberText(name, value) {
  return name === "capital_yuan" ? yuanText(value) : count(value);
}

function numbersTable(county, state) {
  const first = county.plans[0];
  const shown = state.plan === first ? [first, ...county.plans.slice(1, 2)] : [first, state.plan];
  // An action that no plan takes would be a row of noughts, and so would a way that nobody goes.
  const some = (name) => name === "open" || county.plans.some((plan) => plan.numbers[name] > 0);
  const names = [...COUNTED.filter(some), ...TAUGHT];
  names.splice(names.indexOf("unserved"), 0, ...TRAVELLING.filter(some));
  const head = h("tr", {}, h("td", {}),
    shown.map((plan) => h("th", { scope: "col", class: plan === state.plan ? "now" : "" }, plan.label)));
  const row = (name) => {
    const worse = name === "unserved" || name === "none_near" || name.startsWith("beyond_");
    return h("tr", { class: name === "pupils_in" ? "part" : "" }, h("th", { scope: "row" }, say(`number.${name}`)),
      shown.map((plan) => {
        const value = plan.numbers[name];
        const classes = [plan === state.plan ? "now" : "", worse && value > 0 ? "warn" : ""].join(" ").trim();
        return h("td", { class: classes, "data-number": name, "data-plan": plan.n }, numberText(name, value));
      }));
  };
  return h("table", { class: "numbers" }, h("thead", {}, head), h("tbody", {}, names.map(row)));
}

function shareText(county, theme, n) {
  const limit = county.limits[county.bands.indexOf(theme)];
  const ends = county.breaks.share.map((share) => Number((share * limit).toFixed(1)));
  if (n === 0) return say("legend.up_to", { to: ends[0] });
  const between = n < ends.length ? say("legend.between", { from: ends[n - 1], to: ends[n] }) : say("legend.above", { from: ends[n - 1] });
  if (n === 2) return `${between} ${say("legend.limit")}`;
  return n > 2 ? `${between} ${say("legend.beyond")}` : between;
}

function movedText(county, n) {
  const from = county.breaks.moved;
  if (n === 0) return say("legend.nobody_moved");
  if (n === from.length) return say("legend.pupils_from", { from: from[n - 1] });
  return say("legend.pupils_between", { from: from[n - 1], to: from[n] - 1 });
}

function changeText(county, n) {
  const from = county.breaks.change;
  if (n === 0) return say("legend.shorter_by", { by: -from[0] });
  if (n === 1) return say("legend.shorter_between", { from: -from[1], to: -from[0] });
  if (n === 2) return say("legend.same", { by: from[2] });
  if (n === from.length) return say("legend.longer_by", { by: from[n - 1] });
  return say("legend.longer_between", { from: from[n - 1], to: from[n] });
}

function themeTitle(county, theme) {
  return theme === "moved" || theme === "change" ? say(`theme.${theme}`) : say("theme.minutes_of", { band: say(`band.${theme}`) });
}

function colourLegend(county, state) {
  const theme = state.theme, colours = themeColours(theme);
  const text = { moved: movedText, change: changeText }[theme];
  const said = { [NO_SCHOOL]: "legend.no_school", [ALL_BOARD]: "legend.all_board" };
  const label = (n) => text ? text(county, n) : said[n] ? say(said[n]) : shareText(county, theme, n);
  const shown = (n) => text || n !== ALL_BOARD || county.plans.some((plan) => plan.board >= 0);
  const counts = new Map();
  for (const cls of state.plan.classes[theme]) counts.set(cls, (counts.get(cls) || 0) + 1);
  const entry = (cls, name) => h("li", {}, glyphIcon(villageGlyph(cls, colours), 8), h("span", {}, name),
    h("span", { class: "tally" }, count(counts.get(cls) || 0)));
  const note = text ? "" : h("span", { class: "aside" }, ` ${say("way.of_village")}`);
  return [
    h("p", { class: "legend-title" }, h("span", {}, themeTitle(county, theme), note), h("span", { class: "tally" }, say("legend.villages"))),
    h("ul", { class: "legend colours" }, colours.map((_, n) => (shown(n) ? entry(n, label(n)) : null)), entry(-1, say("legend.nobody")))
  ];
}

function schoolLegend(county) {
  const used = new Set(county.sites.map((site) => site.kind));
  const kinds = county.kinds.filter((kind) => used.has(kind)).map((kind) =>
    h("li", {}, glyphIcon({ ...ACTIONS.keep, d: SHAPES[kind] }, 8), h("span", {}, say(`kind.${kind}`))));
  const taken = new Set(county.plans.flatMap((plan) => plan.sites.action));
  const actions = county.actions.filter((_, n) => taken.has(n)).map((action) =>
    h("li", {}, glyphIcon({ ...ACTIONS[action], d: SHAPES.primary }, 8), h("span", {}, say(`action.${action}`))));
  return h("div", { class: "two" },
    h("div", {}, h("p", { class: "legend-title" }, say("legend.kinds")), h("ul", { class: "legend" }, kinds)),
    h("div", {}, h("p", { class: "legend-title" }, say("legend.actions")), h("ul", { class: "legend" }, actions)));
}

function lineKey(county, later) {
  const entry = (text, style, head) => h("li", {},
    s("svg", { width: 26, height: 12, viewBox: "0 0 26 12", "aria-hidden": "true" },
      s("path", { d: "M1,6H25", stroke: style.color, "stroke-width": 2.4, "stroke-dasharray": style.dashArray || null }),
      head ? glyphSvg({ d: ARROW, fill: style.color }, 18, 6, 6) : ""), text);
  const first = county.plans.length > 1 ? [entry(say("line.today"), { color: TODAY_COLOUR, dashArray: "3 4" })] : [];
  const moved = later ? [entry(say("line.receiver"), { color: ACTIONS.close.stroke }, true)] : [];
  return h("ul", { class: "line-key" }, first, entry(say("line.plan"), { color: LINE_COLOUR }), moved);
}

function fillPanel(panel, county, state, change) {
  const later = county.plans.length > 1 || county.plans[0].moves.length > 0;
  const bands = county.bands.map((band) => ({ value: band, text: say(`band.${band}`) }));
  const changes = [
    { value: "moved", text: say("theme.moved_short"), off: !later },
    { value: "change", text: say("theme.change_short"), off: county.plans.length < 2 }
  ];
  const lines = ["click", "moved", "all"].map((value) => ({ value, text: say(`lines.${value}`), off: value === "moved" && !later }));
  const numbers = h("div", { id: "numbers" }), legend = h("div", { id: "colour-legend" });
  panel.replaceChildren(
    numbers,
    group(say("page.colours"), "segments",
      h("div", { class: "row" }, radios("theme", bands, state.theme, (theme) => change({ theme }))),
      h("div", { class: "row" }, radios("theme", changes, state.theme, (theme) => change({ theme })))),
    legend,
    h("div", {},
      group(say("page.lines"), "segments inline", h("div", { class: "row" }, radios("lines", lines, state.lines, (value) => change({ lines: value })))),
      lineKey(county, later)),
    schoolLegend(county),
    h("p", { class: "source" }, county.source));
  return (now) => {
    numbers.replaceChildren(numbersTable(county, now));
    legend.replaceChildren(...colourLegend(county, now));
  };
}
