// A tip over the place under the mouse, and a hand in place of the arrow.

const SLACK = window.matchMedia("(pointer: coarse)").matches ? 10 : 2;

function makeTip(map, drawing, contentOf) {
  const tip = L.tooltip({ direction: "top", offset: [0, -6], opacity: 1 });
  let shown = null, at = null;

  function show(record) {
    if (record === shown) return;
    shown = record;
    map.getContainer().style.cursor = record ? "pointer" : "";
    if (record) tip.setLatLng(record.at).setContent(contentOf(record)).addTo(map);
    else tip.remove();
  }

  // A mouse that moves fast asks once for each frame.
  map.on("mousemove", (event) => {
    if (!at) {
      requestAnimationFrame(() => {
        if (at) show(drawing.hit(at, SLACK));
        at = null;
      });
    }
    at = event.containerPoint;
  });
  map.on("mouseout movestart zoomstart", () => {
    at = null;
    show(null);
  });
}
