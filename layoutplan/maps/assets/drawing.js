// What is on the map: ground, villages, schools, lines and arrows. All of it on canvases;
// only the canvas of villages and schools takes the mouse.

const ROAD_STYLES = LOOK.roads;
const INNER_BORDER = LOOK.inner;
const OUTER_BORDER = LOOK.outer;
const LINE_COLOUR = LOOK.lines.plan;
const TODAY_COLOUR = LOOK.lines.today;
const ALL_COLOUR = LOOK.lines.all;

function defineGlyphs() {
  L.Canvas.include({
    _updateGlyph(layer) {
      if (!this._drawing || layer._empty()) return;
      drawGlyph(this._ctx, layer.options.glyph, layer._point.x, layer._point.y, layer._radius);
    }
  });
  return L.CircleMarker.extend({
    _updatePath() { this._renderer._updateGlyph(this); },
    // The canvas is drawn as a whole afterwards.
    setSize(radius) {
      this.options.radius = this._radius = radius;
      if (this._point) this._updateBounds();
    }
  });
}

// Part of the view around it that canvases hold too, for the hand that moves the map.
const PADDING = 0.1;

// Leaflet draws a canvas anew after each of its events; here once, when all of them are over.
function defineCanvas() {
  const plain = L.Canvas.prototype;
  return L.Canvas.extend({
    // After a view that has not changed since, the canvas holds all of it already.
    _update() {
      const map = this._map, seen = [map.getZoom(), map.getPixelOrigin(), map.containerPointToLayerPoint([0, 0]), map.getSize()].join();
      if (seen === this._seen) return;
      if (!map._animatingZoom) this._seen = seen;
      plain._update.call(this);
    },
    _onZoom() { this._seen = ""; plain._onZoom.call(this); },
    _onAnimZoom(event) { this._seen = ""; plain._onAnimZoom.call(this, event); },
    _requestRedraw(layer) {
      if (!this._map) return;
      if (!this._whole) this._extendRedrawBounds(layer);
      this.drawSoon(false);
    },
    _updatePaths() {
      if (this._postponeUpdatePaths) return;
      for (const layer of Object.values(this._layers)) layer._update();
      this.drawSoon(true);
    },
    drawSoon(whole) {
      this._whole = this._whole || whole;
      if (this._waits) return;
      this._waits = true;
      queueMicrotask(() => {
        if (this._whole) this._redrawBounds = null;
        this._waits = this._whole = false;
        if (this._map) this._redraw();
      });
    }
  });
}

function canvasPane(map, name, zIndex, live) {
  const pane = map.createPane(name);
  pane.style.zIndex = zIndex;
  if (!live) pane.style.pointerEvents = "none";
  return new (defineCanvas())({ pane: name, padding: PADDING });
}

// A curve from one place to another, so that arrows there and back lie apart.
function curve(map, from, to) {
  const a = map.project(from, 14), b = map.project(to, 14);
  const bend = 0.16;
  const middle = L.point((a.x + b.x) / 2 - (b.y - a.y) * bend, (a.y + b.y) / 2 + (b.x - a.x) * bend);
  const at = (t) => {
    const u = 1 - t;
    return L.point(u * u * a.x + 2 * u * t * middle.x + t * t * b.x, u * u * a.y + 2 * u * t * middle.y + t * t * b.y);
  };
  const points = Array.from({ length: 13 }, (_, n) => at(n / 12));
  const before = at(0.55), after = at(0.6);
  return {
    line: points.map((p) => map.unproject(p, 14)),
    head: map.unproject(after, 14),
    turn: Math.atan2(after.y - before.y, after.x - before.x)
  };
}

// One plan's villages, schools and lines; the second drawing lies on the other side of the swipe line.
function makeDrawing(map, county, pick, second) {
  const Glyph = defineGlyphs(), side = second ? "-b" : "";
  const passed = canvasPane(map, `passed${side}`, 215, false);
  const under = canvasPane(map, `lines${side}`, 350, false);
  const live = canvasPane(map, `places${side}`, second ? 419 : 420, !second);
  const over = canvasPane(map, `arrows${side}`, 450, false);
  const roads = L.layerGroup().addTo(map);
  const lines = L.layerGroup().addTo(map);
  const selection = L.layerGroup().addTo(map);
  const home = map.getMinZoom() + 1.5;

  // One tip and one ear for all places.
  const places = L.featureGroup();
  if (!second) {
    places.bindTooltip((made) => pick.tip(made.record), { direction: "top", offset: [0, -6], opacity: 1 });
    places.on("click", (event) => { L.DomEvent.stop(event); pick.select(event.layer.record); });
  }
  const nothing = villageGlyph(-1, MINUTE_COLOURS);
  function marker(record) {
    const made = new Glyph(record.at, { renderer: live, radius: 5, weight: 2, interactive: !second, glyph: nothing });
    made.record = record;
    places.addLayer(made);
    return made;
  }
  const villages = county.villages.map(marker);
  const sites = county.sites.map(marker);
  places.addTo(map);

  // Many villages are drawn smaller, so that they do not cover each other.
  const crowd = Math.max(0.55, Math.min(1, Math.sqrt(600 / county.villages.length)));

  function growth() {
    return Math.min(1.7, Math.max(0.9, 1 + (map.getZoom() - home) * 0.16));
  }

  function paint(state) {
    const grow = growth(), quiet = !["minutes", "moved"].includes(state.theme);
    const pupils = county.villages.map((v) => demandOf(county, state.plan, v, state.band));
    const sorted = [...pupils].sort((a, b) => a - b);
    const large = Math.max(1, sorted[Math.floor(sorted.length * 0.95)]);
    county.villages.forEach((v, n) => {
      villages[n].options.glyph = glyphOfVillage(county, state, v);
      const size = pupils[n] ? 4.6 + 4.4 * Math.sqrt(Math.min(pupils[n] / large, 1.6)) : 3;
      villages[n].setSize(size * grow * crowd * (quiet ? 0.6 : 1));
    });
    county.sites.forEach((site, n) => {
      const glyph = glyphOfSite(county, state, site);
      sites[n].options.glyph = glyph;
      sites[n].setSize(glyph.size * grow * Math.sqrt(crowd));
    });
    live.drawSoon(true);
  }

  function drawRoads(state) {
    roads.clearLayers();
    if (state.theme !== "roads") return;
    (county.pupilRoads[state.plan.n] || []).forEach((each, n) => L.polyline(each, {
      renderer: passed, interactive: false, smoothFactor: 1.2, color: LOOK.colours.roads[n], weight: LOOK.road_widths[n]
    }).addTo(roads));
  }

  function line(from, to, style) {
    return L.polyline([from, to], { renderer: under, interactive: false, ...style }).addTo(lines);
  }

  function width(pupils) {
    return Math.min(5, 1 + Math.sqrt(pupils) * 0.32);
  }

  function arrow(from, to, pupils, group) {
    const bow = curve(map, from, to), colour = ACTIONS.close.stroke;
    L.polyline(bow.line, { renderer: under, interactive: false, color: colour, weight: width(pupils), opacity: 0.9 }).addTo(group);
    const glyph = { d: ARROW, fill: colour, stroke: "#ffffff", width: 1, turn: bow.turn };
    new Glyph(bow.head, { renderer: over, interactive: false, radius: 7, weight: 4, glyph }).addTo(group).arrow = { at: bow.head, pupils };
  }

  function arrowsFrom(state, site, group) {
    for (const [to, pupils] of summed(state.plan.movesFrom[site.n], "to")) {
      if (to >= 0) arrow(site.at, county.sites[to].at, pupils, group);
    }
  }

  function shuts(state, site) {
    return inFilter(state, site) && ["close", "teaching_point", "primary_only"].includes(shownAction(county, state, site));
  }

  function drawLines(state) {
    lines.clearLayers();
    const at = (site) => county.sites[site].at;
    const band = county.bands.indexOf(state.band);
    if (state.lines === "all") {
      for (const f of state.plan.flows) {
        if (f.site >= 0 && (band < 0 || f.band === band) && inFilter(state, county.villages[f.village])) {
          line(county.villages[f.village].at, at(f.site), { color: ALL_COLOUR, weight: width(f.pupils) * 0.7, opacity: 0.75 });
        }
      }
    }
    if (state.lines === "moved") {
      for (const site of county.sites.filter((x) => shuts(state, x))) {
        for (const m of state.plan.movesFrom[site.n]) {
          if (m.to >= 0 && state.theme !== "roads") line(county.villages[m.village].at, at(m.to), { color: LINE_COLOUR, weight: width(m.pupils) * 0.6, opacity: 0.4 });
        }
        arrowsFrom(state, site, lines);
      }
    }
    drawSelection(state);
  }

  function drawSelection(state) {
    selection.clearLayers();
    const record = state.selected;
    if (!record) return;
    const village = record.what === "village";
    const radius = (village ? villages : sites)[record.n].getRadius() + 6;
    const ring = { d: CIRCLE, stroke: "#16181d", width: 2.6 };
    new Glyph(record.at, { renderer: over, interactive: false, radius, weight: 4, glyph: ring }).addTo(selection);
    const flows = (plan) => (village ? plan.flowsOfVillage : plan.flowsOfSite)[record.n];
    const spider = (plan, style) => {
      for (const f of flows(plan)) {
        if (f.site < 0) continue;
        L.polyline([county.villages[f.village].at, county.sites[f.site].at],
          { renderer: under, interactive: false, weight: width(f.pupils) + 0.5, ...style }).addTo(selection);
      }
    };
    const first = county.plans[0];
    if (state.plan !== first || second) spider(first, { color: TODAY_COLOUR, dashArray: "3 6", opacity: 0.9 });
    if (!second) spider(state.plan, { color: LINE_COLOUR, opacity: 0.9 });
    if (!village && state.lines !== "moved" && shuts(state, record)) arrowsFrom(state, record, selection);
  }

  function arrows() {
    return [...lines.getLayers(), ...selection.getLayers()].map((layer) => layer.arrow).filter(Boolean);
  }

  function clear() {
    for (const each of [roads, lines, selection]) each.clearLayers();
  }

  return { villages, sites, roads, lines, selection, arrows, paint, drawRoads, drawLines, drawSelection, clear };
}
