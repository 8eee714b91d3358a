// Both languages: the page's words, and what the plans say of themselves.

function speak(county, chosen) {
  const said = county.said[chosen];
  lang = chosen;
  words = said.words;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  county.source = `${said.source} ${county.tiles ? say("page.tiles", { credit: county.tiles.credit, system: county.tiles.system }) : say("page.no_tiles")}`;
  county.plans.forEach((plan, n) => {
    const own = said.plans[n];
    Object.assign(plan, { label: own.label, status: own.status, modes: own.modes, reasons: own.reasons });
    plan.sites.why = own.why;
    plan.byHalf = null;
  });
}
