// What is known of one village or one school: a short tip, and a card on a click.

const FLOWS_MAX = 3;

function flowText(county, plan, flow) {
  const how = plan.modes[flow.mode] ? ` · ${plan.modes[flow.mode]}` : "";
  return `${pupilsText(flow.pupils)} · ${minutesText(flow.minutes)}${how}`;
}

function tip(county, state, record) {
  const lines = record.what === "site"
    ? [`${say(`kind.${record.kind}`)} · ${say(`action.${actionOf(county, state.plan, record)}`)}`, siteLoad(county, state, record), siteThemeText(county, state, record)]
    : [villageTip(county, state, record)];
  return h("div", { class: "tip" }, h("strong", {}, shortName(record.name)), lines.filter(Boolean).map((line) => h("div", {}, line)));
}

function siteLoad(county, state, site) {
  const after = sumOf(county, state.plan.sites.after, site);
  return say("page.pupils_of_places", { pupils: count(after), places: count(state.plan.sites.places[site.n]) });
}

function sumOf(county, columns, site) {
  return county.bands.reduce((sum, band) => sum + columns[band][site.n], 0);
}

function villageTip(county, state, village) {
  const { plan, theme } = state;
  if (theme === "moved") return say("page.pupils_moved", { pupils: count(movedOf(county, state, village)) });
  if (theme === "minutes" && state.difference && state.band === null) {
    const tenths = plan.change[village.n];
    return tenths === null ? say("legend.nobody") : signedMinutes(tenths);
  }
  const band = county.bands.indexOf(state.band), of = (row) => band < 0 || row.band === band;
  const pupils = demandOf(county, plan, village, state.band);
  if (!pupils) return say("legend.nobody");
  const lost = plan.unservedOfVillage[village.n].filter(of);
  const flows = plan.flowsOfVillage[village.n].filter(of);
  const known = flows.filter((f) => f.minutes >= 0 && f.mode !== plan.board);
  const people = (rows) => rows.reduce((sum, row) => sum + row.pupils, 0);
  const parts = [pupilsText(pupils)];
  if (known.length) {
    const mean = known.reduce((sum, f) => sum + f.minutes * f.pupils, 0) / people(known);
    const longest = Math.max(...known.map((f) => f.minutes));
    parts.push(longest - mean < 1 ? minutesText(longest) : say("way.mean", { minutes: minutesText(mean), longest: minutesText(longest) }));
  }
  const lodged = people(flows.filter((f) => f.mode === plan.board));
  if (lodged) parts.push(say("way.board", { pupils: pupilsText(lodged) }));
  const far = people(known.filter((f) => beyond(county, plan, f)));
  if (far) parts.push(say("way.beyond", { pupils: pupilsText(far) }));
  if (flows.some((f) => f.minutes < 0) || lost.length) parts.push(say("legend.no_school"));
  return parts.join(" · ");
}

// A tip is one line high; the card holds the whole name.
function shortName(name) {
  const signs = [...name];
  return signs.length > 40 ? `${signs.slice(0, 39).join("")}…` : name;
}

function siteLink(county, n, show) {
  if (n < 0) return h("span", {}, say("page.elsewhere"));
  const site = county.sites[n];
  return h("button", { type: "button", class: "link", onclick: () => show(site) }, h("bdi", {}, site.name));
}

function shownPlans(county, state) {
  const first = county.plans[0];
  return state.plan === first ? [first] : [first, state.plan];
}

// Boarders do not travel daily, so that no limit binds their way.
function beyond(county, plan, flow) {
  if (flow.minutes < 0) return true;
  return flow.mode !== plan.board && flow.minutes > county.limits[flow.band] * 10;
}

function flowList(county, plan, flows, show) {
  const sorted = [...flows].sort((a, b) => b.pupils - a.pupils);
  const entries = sorted.map((f) => h("div", { class: "flow" }, siteLink(county, f.site, show),
    h("div", { class: beyond(county, plan, f) ? "detail warn" : "detail" }, flowText(county, plan, f))));
  if (entries.length <= FLOWS_MAX + 1) return entries;
  const pupils = sorted.slice(FLOWS_MAX).reduce((sum, f) => sum + f.pupils, 0);
  const more = say("card.more_flows", { schools: entries.length - FLOWS_MAX, pupils: count(pupils) });
  return [...entries.slice(0, FLOWS_MAX), h("details", {}, h("summary", {}, more), entries.slice(FLOWS_MAX))];
}

function bandBlock(county, state, village, band, show) {
  const n = county.bands.indexOf(band);
  const pupils = state.plan.demand[band][village.n];
  const rows = shownPlans(county, state).map((plan) => {
    const flows = plan.flowsOfVillage[village.n].filter((f) => f.band === n);
    const lost = plan.unservedOfVillage[village.n].filter((u) => u.band === n);
    const where = [
      ...flowList(county, plan, flows, show),
      ...lost.map((u) => h("div", { class: "flow warn" }, `${say("legend.no_school")} · ${pupilsText(u.pupils)}`,
        h("div", { class: "detail" }, plan.reasons[u.reason])))
    ];
    return h("tr", { class: plan === state.plan ? "now" : "" }, h("th", { scope: "row" }, plan.label),
      h("td", {}, where.length ? where : say("page.none")));
  });
  return h("section", { class: "band" },
    h("h3", {}, say(`band.${band}`), h("span", { class: "aside" }, pupilsText(pupils))),
    pupils ? h("table", { class: "ways" }, h("tbody", {}, rows)) : null);
}

function villageCard(county, state, village, show) {
  const { plan } = state;
  const total = demandOf(county, plan, village, null);
  const facts = [[say("page.all_pupils"), pupilsText(total)]];
  if (plan.moves.length) facts.push([say("number.moved"), pupilsText(plan.moved[village.n])]);
  if (plan.n > 0 && plan.change[village.n] !== null) facts.push([say("theme.change_short"), signedMinutes(plan.change[village.n])]);
  return [factList(facts), county.bands.map((band) => bandBlock(county, state, village, band, show)), changeList(villageChanges(county, plan, village))];
}

function factList(facts) {
  return h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function pupilsTable(county, plan, site) {
  const { before, after } = plan.sites;
  const line = (name, was, is, key) => h("tr", { class: key === "all" ? "total" : "" }, h("th", { scope: "row" }, name),
    h("td", { "data-before": key }, count(was)), h("td", { "data-after": key }, count(is)),
    h("td", { class: "difference" }, is === was ? "" : `${is > was ? "+" : "−"}${count(Math.abs(is - was))}`));
  const all = (columns) => sumOf(county, columns, site);
  return h("table", { class: "pupils" },
    h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, say("page.before")), h("th", { scope: "col" }, say("page.after")), h("td", {}))),
    h("tbody", {},
      county.bands.filter((b) => before[b][site.n] || after[b][site.n]).map((b) => line(say(`band.${b}`), before[b][site.n], after[b][site.n], b)),
      line(say("page.all"), all(before), all(after), "all")));
}

function peopleList(title, entries, county, show) {
  if (!entries.length) return null;
  return h("section", { class: "band" }, h("h3", {}, title), h("ul", { class: "people" },
    entries.map(([n, pupils]) => h("li", {}, siteLink(county, n, show), h("span", {}, pupils === null ? "" : pupilsText(pupils))))));
}

function siteCard(county, state, site, show) {
  const { plan } = state, at = plan.sites, action = actionOf(county, plan, site);
  const going = summed(plan.movesFrom[site.n], "to"), coming = summed(plan.movesTo[site.n], "from");
  const named = new Set(going.map(([n]) => n));
  const receivers = at.receivers[site.n].filter((n) => !named.has(n)).map((n) => [n, null]);
  const villages = new Set(plan.flowsOfSite[site.n].map((f) => f.village)).size;
  const facts = [
    [say("page.places"), count(at.places[site.n])],
    [say("page.classes"), at.extra[site.n] ? say("page.classes_added", { classes: at.classes[site.n], extra: at.extra[site.n] }) : count(at.classes[site.n])],
    [say("page.villages_sending"), count(villages)]
  ];
  if (at.beds[site.n]) {
    const beds = { beds: count(at.beds[site.n]), extra: count(at.extra_beds[site.n]) };
    facts.push([say("page.beds"), at.extra_beds[site.n] ? say("page.beds_added", beds) : beds.beds]);
    const lodged = plan.flowsOfSite[site.n].filter((f) => f.mode === plan.board);
    facts.push([say("number.boarders"), pupilsText(lodged.reduce((sum, f) => sum + f.pupils, 0))]);
  }
  if (at.capital[site.n]) facts.push([say("number.capital_yuan"), yuanText(at.capital[site.n])]);
  if (at.bands[site.n].length) facts.push([say("page.bands"), at.bands[site.n].map((b) => say(`band.${county.bands[b]}`)).join(say("page.comma"))]);
  const seats = seatsOf(county, state, site);
  if (seats) facts.push([`${say("page.years")} ${halfName(county.years.halves[state.half])}`, say("page.pupils_of_places", { pupils: count(seats.pupils), places: count(seats.places) })]);
  return [
    h("p", { class: `badge badge-${action}` }, glyphIcon(siteGlyph(site.kind, action), 8), say(`action.${action}`)),
    at.why[site.n] ? h("p", { class: "why" }, at.why[site.n]) : null,
    pupilsTable(county, plan, site),
    factList(facts),
    gateList(county, plan, site),
    changeList(siteChanges(county, plan, site)),
    peopleList(say("page.receivers"), [...going, ...receivers], county, show),
    peopleList(say("page.senders"), coming, county, show)
  ];
}

function fillCard(card, county, state, show) {
  const record = state.selected;
  card.hidden = !record;
  if (!record) {
    card.replaceChildren();
    return;
  }
  const place = record.what === "site" ? [say(`kind.${record.kind}`), record.town] : [say("page.village"), record.town];
  const body = record.what === "site" ? siteCard : villageCard;
  card.replaceChildren(
    h("div", { class: "card-head" },
      h("div", {}, h("h2", { tabindex: "-1", dir: "auto" }, record.name), h("p", { class: "sub" }, [...place, record.id].filter(Boolean).join(" · "))),
      h("button", { type: "button", class: "close", "aria-label": say("page.close"), title: say("page.close"), onclick: () => show(null) }, "×")),
    h("div", { class: "card-body" }, body(county, state, record, show)));
}
