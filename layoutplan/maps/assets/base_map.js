// Tiles from the network, where the page was made with them. They lie where the data lie.

function addTiles(map, county) {
  const { tiles } = county;
  if (!tiles) return;
  const pane = map.createPane("tiles-below");
  pane.style.zIndex = 205;
  pane.style.pointerEvents = "none";
  for (const address of tiles.layers) {
    L.tileLayer(address, { pane: "tiles-below", subdomains: tiles.subdomains, key: tiles.key, maxZoom: 18 }).addTo(map);
  }
  map.addControl(L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(h("span", {}, tiles.credit).textContent));
}
