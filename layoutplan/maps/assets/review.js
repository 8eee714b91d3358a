// The page: what is chosen, and what follows from it.

function start(map) {
  withContents((text) => open(map, text));
}

function open(map, text) {
  const county = readContents(text);
  words = county.words;
  lang = county.lang;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  const plan = county.plans[county.plans.length - 1];
  const state = { plan, theme: county.bands[0], lines: plan.moves.length ? "moved" : "click", selected: null };
  let drawnMs = 0;

  // Before any layer: Leaflet would otherwise project and clip everything twice.
  map.fitBounds(county.bounds, { padding: [24, 24], animate: false });
  map.setMinZoom(map.getZoom() - 1.5).setMaxZoom(18);
  const home = map.getZoom();
  L.control.zoom({ position: "topleft", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(map);
  northArrow().addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);

  const card = document.getElementById("card");
  const pick = { tip: (record) => tip(county, state, record), select: (record) => select(record) };
  const drawing = makeDrawing(map, county, pick);
  const labels = makeLabels(map, county, drawing);
  const bar = fillBar(document.getElementById("bar"), county, state, change, makeSearch(county, goTo));
  const refreshPanel = fillPanel(document.getElementById("panel"), county, state, change);
  document.getElementById("colour-legend").before(areaChoice(state, change));
  const whatIf = makeWhatIf(county, state, change, goTo);
  document.querySelector(".stage").append(whatIf.box);

  function select(record) {
    state.selected = record;
    drawing.drawSelection(state);
    labels.draw(state);
    showCard();
  }

  function showCard() {
    fillCard(card, county, state, goTo);
    whatIf.addTo(card);
  }

  function goTo(record) {
    select(record);
    if (!record) return;
    const zoom = Math.max(map.getZoom(), home + 2);
    // The card covers the right side: the place goes to the middle of what is left.
    const middle = map.project(record.at, zoom).add([card.offsetWidth / 2, 0]);
    map.setView(map.unproject(middle, zoom), zoom, { animate: false });
  }

  function change(changes) {
    Object.assign(state, changes);
    refresh();
  }

  function refresh() {
    bar.status.textContent = say("page.status", { plan: state.plan.label, status: state.plan.status });
    refreshPanel(state);
    drawing.ground.paint(state);
    drawing.paint(state);
    drawing.drawLines(state);
    labels.draw(state);
    showCard();
  }

  map.on("zoomend", () => { drawing.paint(state); drawing.drawSelection(state); });
  map.on("moveend", () => labels.draw(state));
  map.on("click", () => select(null));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.selected) select(null); });
  new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
  refresh();
  preparePrint(map, county, () => state, drawing, labels);
  requestAnimationFrame(() => requestAnimationFrame(() => { drawnMs = performance.now(); }));

  // For tests and for those who look under the bonnet; nothing can be changed through it.
  window.layoutplanReview = Object.freeze({
    get plan() { return state.plan.name; },
    get theme() { return state.theme; },
    get lines() { return state.lines; },
    get selected() { return state.selected ? state.selected.id : null; },
    get villages() { return drawing.villages.length; },
    get sites() { return drawing.sites.length; },
    get drawnLines() { return drawing.lines.getLayers().length; },
    get selectionLines() { return drawing.selection.getLayers().length; },
    get drawnMs() { return drawnMs; },
    get areas() { return drawing.ground.areas; },
    get changes() { return whatIf.changes; },
    tryOut: whatIf.tryOut,
    fillOf: (id) => drawing.villages[county.villages.findIndex((v) => v.id === id)].options.glyph.fill,
    signOf: (id) => drawing.sites[county.sites.findIndex((x) => x.id === id)].options.glyph.sign || "",
    pointOf: (id) => {
      const record = [...county.villages, ...county.sites].find((r) => r.id === id);
      const p = map.latLngToContainerPoint(record.at), box = map.getContainer().getBoundingClientRect();
      return [p.x + box.left, p.y + box.top];
    }
  });
}
