// The page: what is chosen, and what follows from it.

function start(map) {
  withContents((text) => open(map, text));
}

function open(map, text) {
  const county = readContents(text);
  const given = readAddress();
  speak(county, county.said[given.get("lang")] ? given.get("lang") : county.lang);
  readYears(county);
  county.pupilRoads = county.more.plans.map((plan) => (plan.roads || []).map(linesOf));
  const plan = county.plans[county.plans.length - 1];
  const state = {
    plan, difference: false, theme: "minutes", areas: county.tiles ? "none" : "theme", band: null, town: -1, resource: 0, swipe: false,
    half: county.years && county.years.halves.length ? county.years.halves.length - 1 : null,
    lines: plan.moves.length ? "moved" : "click", selected: null
  };
  stateOfAddress(county, state, given);
  let drawnMs = 0, second = null, bar = null, refreshPanel = null;

  // Before any layer: Leaflet would otherwise project and clip everything twice.
  map.fitBounds(county.bounds, { padding: [24, 24], animate: false });
  map.setMinZoom(map.getZoom() - 1.5).setMaxZoom(18);
  const home = map.getZoom();
  const zoomControl = L.control.zoom({ position: "topleft", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(map);
  let north = northArrow().addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  addTiles(map, county);
  const place = placeOfAddress(given);
  if (place) map.setView(place.at, place.zoom, { animate: false });

  const card = document.getElementById("card"), panel = document.getElementById("panel");
  const pick = { tip: (record) => tip(county, state, record), select: (record) => select(record) };
  const ground = makeGround(map, county);
  const drawing = makeDrawing(map, county, pick, false);
  const labels = makeLabels(map, county, drawing, home);
  const swipe = makeSwipe(map, county, paintSecond);
  const whatIf = makeWhatIf(county, state, change, goTo);
  document.querySelector(".stage").append(whatIf.box);
  let back = null;

  // The other side of the line is drawn only when it is asked for.
  function paintSecond() {
    second = second || makeDrawing(map, county, pick, true);
    const other = { ...state, plan: county.plans[0], difference: false, lines: state.lines === "moved" ? "click" : state.lines };
    second.paint(other);
    second.drawRoads(other);
    second.drawLines(other);
  }

  function build() {
    const search = makeSearch(county, goTo);
    bar = fillBar(document.getElementById("bar"), county, state, change, search);
    refreshPanel = fillPanel(panel, county, state, change);
    const slider = yearSlider(county, state, change);
    document.getElementById("colour-legend").before(areaChoice(state, change));
    whatIf.fillBox();
    if (slider) panel.insertBefore(slider, document.getElementById("colour-legend"));
  }

  function select(record) {
    if (record && !state.selected) back = document.activeElement;
    state.selected = record;
    drawing.drawSelection(state);
    labels.draw(state);
    showCard();
    writeAddress(map, state);
    if (!record && back && back.isConnected) back.focus({ preventScroll: true });
  }

  function showCard() {
    fillCard(card, county, state, goTo);
    whatIf.addTo(card);
  }

  function goTo(record, byKeyboard) {
    select(record);
    if (!record) return;
    const zoom = Math.max(map.getZoom(), home + 2), size = map.getSize();
    // The card covers the right side, or the lower part of a phone: the place goes to the middle of what is left.
    const beside = card.offsetWidth < size.x * 0.8;
    const middle = map.project(record.at, zoom).add(beside ? [card.offsetWidth / 2, 0] : [0, Math.min(card.offsetHeight, size.y) / 2.4]);
    map.setView(map.unproject(middle, zoom), zoom, { animate: false });
    if (byKeyboard) card.querySelector("h2").focus({ preventScroll: true });
  }

  function zoomToTown(town) {
    const within = [...county.villages, ...county.sites].filter((r) => town < 0 || r.townAt === town);
    if (town < 0 || !within.length) map.fitBounds(county.bounds, { padding: [24, 24], animate: false });
    else map.fitBounds(L.latLngBounds(within.map((r) => r.at)), { padding: [50, 50], animate: false, maxZoom: home + 3 });
  }

  function change(changes) {
    const asked = document.activeElement, { lang: spoken, ...rest } = changes;
    Object.assign(state, rest);
    if (rest.swipe && state.plan === county.plans[0]) Object.assign(state, { plan: county.plans[county.plans.length - 1], difference: false });
    if (spoken) {
      speak(county, spoken);
      whatIf.respeak();
    }
    if (spoken || rest.swipe || rest.trial) {
      const { name, value, id } = asked || {};
      build();
      const again = id ? document.getElementById(id) : name ? document.querySelector(`input[name="${name}"][value="${value}"]`) : null;
      if (again) again.focus();
    }
    if (spoken) {
      map.removeControl(north);
      north = northArrow().addTo(map);
      zoomControl._zoomInButton.title = say("page.zoom_in");
      zoomControl._zoomOutButton.title = say("page.zoom_out");
    }
    if ("town" in rest) zoomToTown(state.town);
    refresh();
  }

  function refresh() {
    bar.status.textContent = say("page.status", { plan: state.plan.label, status: state.plan.status });
    refreshPanel(state);
    ground.paint(state);
    drawing.paint(state);
    drawing.drawRoads(state);
    drawing.drawLines(state);
    labels.draw(state);
    showCard();
    swipe(state);
    writeAddress(map, state);
  }

  map.on("zoomend", () => {
    drawing.paint(state);
    drawing.drawSelection(state);
    if (state.swipe) paintSecond();
  });
  map.on("moveend", () => { labels.draw(state); writeAddress(map, state); });
  map.on("click", () => select(null));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.selected) select(null); });
  // On paper the map is hidden: it keeps its size, which the printed picture is drawn in.
  new ResizeObserver(() => { if (map.getContainer().clientWidth) map.invalidateSize(); }).observe(map.getContainer());
  build();
  refresh();
  preparePrint(map, county, () => state, { ...drawing, ground }, labels);
  requestAnimationFrame(() => requestAnimationFrame(() => { drawnMs = performance.now(); whatIf.prepare(showCard); }));

  // For tests and for those who look under the bonnet; nothing can be changed through it.
  window.layoutplanReview = Object.freeze({
    get plan() { return state.plan.name; },
    get theme() { return state.theme; },
    get difference() { return state.difference; },
    get band() { return state.band; },
    get town() { return state.town; },
    get swipe() { return state.swipe; },
    get half() { return state.half; },
    get lang() { return lang; },
    get drawnRoads() { return drawing.roads.getLayers().length; },
    get lines() { return state.lines; },
    get selected() { return state.selected ? state.selected.id : null; },
    get villages() { return drawing.villages.length; },
    get sites() { return drawing.sites.length; },
    get drawnLines() { return drawing.lines.getLayers().length; },
    get selectionLines() { return drawing.selection.getLayers().length; },
    get drawnMs() { return drawnMs; },
    get areas() { return ground.areas; },
    get changes() { return whatIf.changes; },
    get canTry() { return whatIf.ready; },
    tryOut: whatIf.tryOut,
    fillOf: (id) => drawing.villages[county.villages.findIndex((v) => v.id === id)].options.glyph.fill,
    siteFillOf: (id) => drawing.sites[county.sites.findIndex((x) => x.id === id)].options.glyph.fill,
    fadedOf: (id) => drawing.villages[county.villages.findIndex((v) => v.id === id)].options.glyph.faded,
    labels: () => labels.current(state).map(({ name, kind, box }) => ({ name, kind, box })),
    signOf: (id) => drawing.sites[county.sites.findIndex((x) => x.id === id)].options.glyph.sign || "",
    pointOnMap: (id) => {
      const p = map.latLngToContainerPoint([...county.villages, ...county.sites].find((r) => r.id === id).at);
      return [p.x, p.y];
    },
    pointOf: (id) => {
      const record = [...county.villages, ...county.sites].find((r) => r.id === id);
      const p = map.latLngToContainerPoint(record.at), box = map.getContainer().getBoundingClientRect();
      return [p.x + box.left, p.y + box.top];
    }
  });
}
