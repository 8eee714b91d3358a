// The panel beside the map: legend, lines, what is behind the numbers.

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

function legendTitle(title, counted, note) {
  return h("p", { class: "legend-title" }, h("span", {}, title, note ? h("span", { class: "aside" }, ` ${note}`) : ""),
    counted ? h("span", { class: "tally" }, counted) : "");
}

function villageLegend(county, state) {
  const { name, colours } = scaleOf(state), counts = new Map();
  for (const v of county.villages) {
    if (!inFilter(state, v)) continue;
    const cls = villageClass(county, state, v);
    counts.set(cls, (counts.get(cls) || 0) + 1);
  }
  const shown = (n) => name !== "minutes" || n !== ALL_BOARD || county.plans.some((plan) => plan.board >= 0);
  const entry = (cls, text) => h("li", {}, glyphIcon(villageGlyph(cls, colours), 8), h("span", {}, text),
    h("span", { class: "tally" }, count(counts.get(cls) || 0)));
  return [
    legendTitle(themeTitle(county, state), say("legend.villages"), name === "minutes" ? say("way.of_village") : ""),
    h("ul", { class: "legend colours" }, colours.map((_, n) => (shown(n) ? entry(n, classText(county, state, n)) : null)), entry(-1, say("legend.nobody")))
  ];
}

function schoolThemeLegend(county, state, change) {
  const { colours } = scaleOf(state), counts = new Map();
  for (const x of county.sites) {
    if (!inFilter(state, x)) continue;
    const cls = siteClass(county, state, x);
    counts.set(cls, (counts.get(cls) || 0) + 1);
  }
  const entry = (cls, glyph, text) => h("li", {}, glyphIcon(glyph, 8), h("span", {}, text), h("span", { class: "tally" }, count(counts.get(cls) || 0)));
  const shape = SHAPES.primary;
  const rows = state.theme === "gates"
    ? county.more.verdicts.map((verdict, n) => entry(n, { ...VERDICT_GLYPHS[n], d: shape }, say(`verdict.${verdict}`)))
    : colours.map((fill, n) => entry(n, { d: shape, fill, stroke: "#16181d", width: 1.4 }, classText(county, state, n)));
  const rest = { d: shape, fill: "#ffffff", stroke: "#aeb5bf", width: 1.4 };
  const names = county.more.resources.names;
  const choice = state.theme === "resources" && names.length > 1
    ? h("select", { id: "resource", "aria-label": say("theme.resources"), onchange: (e) => change({ resource: Number(e.target.value) }) },
      names.map((name, n) => h("option", { value: n, selected: n === state.resource }, say(`resource.${name}`))))
    : "";
  const note = state.theme === "resources" ? say("legend.of_mean", { mean: perPupil((county.more.resources.mean[state.plan.n] || [])[state.resource] || 0) }) : "";
  return [
    legendTitle(themeTitle(county, state), say("legend.schools"), ""), choice, note ? h("p", { class: "aside" }, note) : "",
    h("ul", { class: "legend colours" }, rows, entry(null, rest, say(state.theme === "gates" ? "legend.no_closure" : "legend.unknown")))
  ];
}

function roadLegend(county, state) {
  return [
    legendTitle(themeTitle(county, state), "", state.plan.whole ? say("years.roads_at_end") : ""),
    h("ul", { class: "legend colours" }, LOOK.colours.roads.map((colour, n) => h("li", {},
      s("svg", { width: 26, height: 14, viewBox: "0 0 26 14", "aria-hidden": "true" }, s("path", { d: "M1,7H25", stroke: colour, "stroke-width": LOOK.road_widths[n] })),
      h("span", {}, classText(county, state, n)))))
  ];
}

function colourLegend(county, state, change) {
  if (state.theme === "action") return [];
  if (state.theme === "roads") return roadLegend(county, state);
  return SCHOOL_THEMES.includes(state.theme) ? schoolThemeLegend(county, state, change) : villageLegend(county, state);
}

function schoolLegend(county, state) {
  const used = new Set(county.sites.map((site) => site.kind)), counts = new Map();
  for (const x of county.sites) {
    const action = actionOf(county, state.plan, x);
    if (inFilter(state, x)) counts.set(action, (counts.get(action) || 0) + 1);
  }
  const kinds = county.kinds.filter((kind) => used.has(kind)).map((kind) =>
    h("li", {}, glyphIcon({ ...ACTIONS.keep, d: SHAPES[kind] || CIRCLE }, 8), h("span", {}, say(`kind.${kind}`))));
  const taken = new Set(county.plans.flatMap((plan) => plan.sites.action));
  const actions = county.actions.filter((_, n) => taken.has(n)).map((action) =>
    h("li", {}, glyphIcon({ ...ACTIONS[action], d: SHAPES.primary }, 8), h("span", {}, say(`action.${action}`)), h("span", { class: "tally" }, count(counts.get(action) || 0))));
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
  const lines = ["click", "moved", "all"].map((value) => ({ value, text: say(`lines.${value}`), off: value === "moved" && !later }));
  const numbers = h("div", { id: "numbers" }), legend = h("div", { id: "colour-legend" }), schools = h("div", { id: "school-legend" });
  const source = h("p", { class: "source" }, county.source, h("span", { class: "printed" }));
  panel.replaceChildren(
    numbers, legend, schools,
    h("div", {},
      group(say("page.lines"), "segments inline", h("div", { class: "row" }, radios("lines", lines, state.lines, (value) => change({ lines: value })))),
      lineKey(county, later)),
    source);
  return (now) => {
    numbers.replaceChildren(numbersTable(county, now));
    const focus = document.activeElement && document.activeElement.id === "resource";
    legend.replaceChildren(...colourLegend(county, now, change));
    if (focus) document.getElementById("resource").focus();
    schools.replaceChildren(schoolLegend(county, now));
  };
}
