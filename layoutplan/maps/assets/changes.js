// What stands for or against a decision, and what would change it, from the page's own numbers.

function gateList(county, plan, site) {
  const found = moreOf(county, plan).gates[site.n];
  if (!found) return null;
  const verdicts = county.more.verdicts;
  return h("section", { class: "band" }, h("h3", {}, say("theme.gates")), h("ul", { class: "people gates" },
    county.more.gates.map((gate, n) => h("li", { class: verdicts[found[n]] === "fail" ? "warn" : "" }, h("span", {}, say(`gate.${gate}`)),
      h("span", { class: "verdict", "data-gate": gate }, glyphIcon({ ...VERDICT_GLYPHS[found[n]], d: CIRCLE, size: 8 }, 8), say(`verdict.${verdicts[found[n]]}`))))));
}

function changeList(lines) {
  const some = lines.filter(Boolean);
  if (!some.length) return null;
  return h("section", { class: "band changes" }, h("h3", {}, say("page.changes")), h("ul", {}, some.map((line) => h("li", {}, line))));
}

function siteChanges(county, plan, site) {
  const verdicts = county.more.verdicts, found = moreOf(county, plan).gates[site.n];
  const named = (verdict) => county.more.gates.filter((_, n) => verdicts[found[n]] === verdict).map((gate) => say(`gate.${gate}`)).join(say("page.comma"));
  const lines = [];
  if (found) {
    if (named("fail")) lines.push(say("change.gate_fails", { gates: named("fail") }));
    if (named("unknown")) lines.push(say("change.gate_unknown", { gates: named("unknown") }));
    if (named("open")) lines.push(say("change.gate_open", { gates: named("open") }));
  }
  const places = plan.sites.places[site.n], after = sumOf(county, plan.sites.after, site);
  const open = !["close", "unused"].includes(actionOf(county, plan, site));
  if (open && places && after > places) lines.push(say("change.over", { pupils: count(after - places) }));
  if (open && places > after) lines.push(say("change.room", { pupils: count(places - after) }));
  return lines;
}

// Where the school of the plan is full, more places there or a nearer school would change the way.
function villageChanges(county, plan, village) {
  const lines = [], seen = new Set();
  for (const f of plan.flowsOfVillage[village.n]) {
    if (f.site < 0 || seen.has(f.site)) continue;
    seen.add(f.site);
    const site = county.sites[f.site], room = plan.sites.places[f.site] - sumOf(county, plan.sites.after, site);
    const far = plan.flowsOfVillage[village.n].some((x) => x.site === f.site && beyond(county, plan, x));
    if (far) lines.push(say("change.far", { school: shortName(site.name) }));
    else if (room <= 0) lines.push(say("change.full", { school: shortName(site.name) }));
  }
  const closed = plan.movesOfVillage[village.n].map((m) => m.from).filter((n) => n >= 0 && ["close", "teaching_point", "primary_only"].includes(actionOf(county, plan, county.sites[n])));
  for (const n of new Set(closed)) lines.push(say("change.kept", { school: shortName(county.sites[n].name) }));
  return lines;
}
