// Canvases that lie on the map and are drawn as a whole, by a function each.

// Part of the view around it that canvases hold too, for the hand that moves the map.
const PADDING = 0.1;

// From the world at zoom 0 to points on a canvas, and what of it can be seen there.
function canvasView(map, bounds) {
  const scale = 2 ** map.getZoom(), { x, y } = map.getPixelOrigin(), { min, max } = bounds;
  return {
    scale, x, y, left: min.x, right: max.x, top: min.y, bottom: max.y,
    west: (min.x + x) / scale, east: (max.x + x) / scale, north: (min.y + y) / scale, south: (max.y + y) / scale
  };
}

// The same for points of what is seen of the map, as for paper.
function paperView(map) {
  const shift = map.containerPointToLayerPoint([0, 0]), size = map.getSize();
  const view = canvasView(map, L.bounds(shift, shift.add(size)));
  return { ...view, x: view.x + shift.x, y: view.y + shift.y, left: 0, top: 0, right: size.x, bottom: size.y };
}

// Leaflet draws a canvas anew after each of its events; here once, when all of them are over.
function paintedPane(map, name, zIndex, paint) {
  const plain = L.Canvas.prototype;
  const Painted = L.Canvas.extend({
    // After a view that has not changed since, the canvas holds all of it already.
    _update() {
      const seen = [map.getZoom(), map.getPixelOrigin(), map.containerPointToLayerPoint([0, 0]), map.getSize()].join();
      if (seen === this._seen) return;
      if (!map._animatingZoom) this._seen = seen;
      plain._update.call(this);
    },
    _onZoom() { this._seen = ""; plain._onZoom.call(this); },
    _onAnimZoom(event) { this._seen = ""; plain._onAnimZoom.call(this, event); },
    _updatePaths() { if (!this._postponeUpdatePaths) this.drawSoon(); },
    _redraw() {
      if (!this._bounds) return;
      const { min } = this._bounds, size = this._bounds.getSize();
      this._ctx.clearRect(min.x, min.y, size.x, size.y);
      paint(this._ctx, canvasView(map, this._bounds));
    },
    drawSoon() {
      if (this._waits) return;
      this._waits = true;
      queueMicrotask(() => {
        this._waits = false;
        if (this._map) this._redraw();
      });
    }
  });
  const pane = map.createPane(name);
  pane.style.zIndex = zIndex;
  pane.style.pointerEvents = "none";
  const made = new Painted({ pane: name, padding: PADDING }).addTo(map);
  // Leaflet tells a canvas of changes from the second on.
  made.drawSoon();
  return made;
}
