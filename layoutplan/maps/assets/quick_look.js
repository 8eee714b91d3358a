// A quick look at one thing: layers of lines and points, what they are on pointing, a key.

function start(map, id) {
  const data = JSON.parse(document.getElementById(id).textContent);
  words = data.words;
  map.fitBounds(data.bounds, { padding: [12, 12], animate: false });
  L.control.scale({ imperial: false }).addTo(map);
  northArrow().addTo(map);
  for (const layer of data.layers) {
    const colour = (n) => layer.colours[layer.colour ? layer.colour[n] : 0];
    if (layer.lines) {
      L.polyline(linesOf(layer.lines), { color: colour(0), weight: layer.size, interactive: false }).addTo(map);
      continue;
    }
    placesOf(layer.points).forEach((at, n) => {
      const marker = L.circleMarker(at, { radius: layer.size, color: "#2b3440", weight: 1, fillColor: colour(n), fillOpacity: 1 });
      marker.bindTooltip(() => h("div", {}, layer.said[n].map((line) => h("div", {}, line)))).addTo(map);
    });
  }
  const key = L.control({ position: "topright" });
  key.onAdd = () => h("div", { class: "key" }, h("strong", {}, data.title),
    data.key.map(([colour, text]) => h("div", {}, h("i", { style: `background:${colour}` }), text)));
  key.addTo(map);
  window.layoutplanQuickLook = Object.freeze({ points: data.layers.reduce((sum, layer) => sum + (layer.said ? layer.said.length : 0), 0) });
}
