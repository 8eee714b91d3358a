// The page: what is chosen, and what follows from it.

function start(map) {
  withContents((text) => open(map, text));
}

function open(map, text) {
  const county = readContents(text);
  const given = readAddress();
  speak(county, county.said[given.get("lang")] ? given.get("lang") : county.lang);
  readYears(county);
  const plan = county.plans[county.plans.length - 1];
  const state = {
    plan, difference: false, theme: "minutes", areas: county.tiles ? "none" : "theme", band: null, town: -1, resource: 0, swipe: false,
    half: county.years && county.years.halves.length ? county.years.halves.length - 1 : null,
    lines: plan.moves.length ? "moved" : "click", selected: null
  };
  stateOfAddress(county, state, given);
  state.plan = planAt(county, state.plan, state.half);
  let drawnMs = 0, second = null, secondGround = null, bar = null, refreshPanel = null;

  const card = document.getElementById("card"), panel = document.getElementById("panel");
  const whatIf = makeWhatIf(county, state, change, goTo);
  document.querySelector(".stage").append(whatIf.box);
  // Before the map: what stands around it says how large it is.
  build();
  refreshPage();

  // Before any layer: Leaflet would otherwise place everything twice.
  map.fitBounds(county.bounds, { padding: [24, 24], animate: false });
  map.setMinZoom(map.getZoom() - 1.5).setMaxZoom(18);
  const home = map.getZoom();
  const zoomControl = L.control.zoom({ position: "topleft", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(map);
  let north = northArrow().addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  addTiles(map, county);
  const place = placeOfAddress(given);
  if (place) map.setView(place.at, place.zoom, { animate: false });

  const ground = makeGround(map, county);
  const drawing = makeDrawing(map, county, false);
  const labels = makeLabels(map, county, drawing, home);
  const swipe = makeSwipe(map, county, paintSecond);
  makeTip(map, drawing, (record) => tip(county, state, record));
  let back = null;

  // The other side of the line is drawn only when it is asked for.
  function paintSecond() {
    second = second || makeDrawing(map, county, true);
    const other = { ...state, plan: county.plans[0], difference: false, lines: state.lines === "moved" ? "click" : state.lines };
    secondGround = secondGround || makeGround(map, county, ground.shapes);
    secondGround.paint(other);
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
    swipe(state);
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
    state.plan = planAt(county, state.plan, state.half);
    if (spoken || rest.swipe || rest.trial) {
      const { name, value, id } = asked || {};
      if (spoken) {
        build();
        sortTowns();
      } else bar.fillViews();
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
    refreshPage();
    refreshMap();
  }

  function refreshPage() {
    bar.status.textContent = say("page.status", { plan: state.plan.label, status: state.plan.status });
    refreshPanel(state);
    showCard();
  }

  function refreshMap() {
    ground.paint(state);
    drawing.paint(state);
    drawing.drawRoads(state);
    drawing.drawLines(state);
    labels.draw(state);
    swipe(state);
    writeAddress(map, state);
  }

  map.on("zoomend", () => {
    drawing.resize();
    drawing.drawSelection(state);
    if (state.swipe) second.resize();
  });
  map.on("moveend", () => { labels.draw(state); writeAddress(map, state); });
  map.on("click", (event) => select(drawing.hit(event.containerPoint, SLACK)));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.selected) select(null); });
  // On paper the map is hidden: it keeps its size, which the printed picture is drawn in.
  new ResizeObserver(() => { if (map.getContainer().clientWidth) map.invalidateSize(); }).observe(map.getContainer());
  refreshMap();
  preparePrint(map, county, () => state, { drawing, ground, labels });
  requestAnimationFrame(() => requestAnimationFrame(() => { drawnMs = performance.now(); sortTowns(); whatIf.prepare(showCard); }));

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
    get drawnRoads() { return drawing.roads.length; },
    get lines() { return state.lines; },
    get selected() { return state.selected ? state.selected.id : null; },
    get villages() { return drawing.drawn.villages; },
    get sites() { return drawing.drawn.sites; },
    get drawnLines() { return drawing.drawn.lines; },
    get selectionLines() { return drawing.drawn.chosen; },
    get drawnMs() { return drawnMs; },
    get flows() { return state.plan.flows.map((flow) => ({ ...flow })); },
    count: (town, band) => countNumbers(county, state.plan, { town, band }),
    get areas() { return ground.areas; },
    get changes() { return whatIf.changes; },
    get canTry() { return whatIf.ready; },
    tryOut: whatIf.tryOut,
    fillOf: (id) => drawing.of(county.villages.find((v) => v.id === id)).glyph.fill,
    siteFillOf: (id) => drawing.of(county.sites.find((x) => x.id === id)).glyph.fill,
    fadedOf: (id) => drawing.of(county.villages.find((v) => v.id === id)).glyph.faded,
    labels: () => labels.current(state).map(({ name, kind, box }) => ({ name, kind, box })),
    signOf: (id) => drawing.of(county.sites.find((x) => x.id === id)).glyph.sign || "",
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
