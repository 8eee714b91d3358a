// Today on the left of a line, the plan on the right of it; the line can be moved.

const SWIPE_STEP = 0.05;

function makeSwipe(map, county, paintBoth) {
  let share = 0.5, shown = false;
  const names = { left: ["ground-b", "passed-b", "places-b", "chosen-b"], right: ["ground", "passed", "places", "chosen"] };
  const handle = h("div", {
    class: "swipe", id: "swipe-line", role: "slider", tabindex: "0", hidden: true,
    "aria-valuemin": "0", "aria-valuemax": "100", "aria-orientation": "horizontal",
    onkeydown: (event) => {
      const step = { ArrowLeft: -SWIPE_STEP, ArrowRight: SWIPE_STEP }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      move(share + step);
    },
    onpointerdown: (event) => { handle.setPointerCapture(event.pointerId); event.preventDefault(); event.stopPropagation(); },
    onpointermove: (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = map.getContainer().getBoundingClientRect();
      move((event.clientX - box.left) / box.width);
    }
  }, h("span", { class: "swipe-grip", "aria-hidden": "true" }, "◂▸"));
  const left = h("span", { class: "swipe-name swipe-left" }), right = h("span", { class: "swipe-name swipe-right" });
  handle.append(left, right);
  L.DomEvent.disableClickPropagation(handle);
  map.getContainer().append(handle);

  function clip() {
    const size = map.getSize(), begin = map.containerPointToLayerPoint([0, 0]), end = map.containerPointToLayerPoint(size);
    const at = map.containerPointToLayerPoint([size.x * share, 0]).x;
    const rect = (x0, x1) => `rect(${begin.y}px,${x1}px,${end.y}px,${x0}px)`;
    for (const name of names.right) {
      const pane = map.getPane(name);
      if (pane) pane.style.clip = shown ? rect(at, end.x) : "";
    }
    for (const name of names.left) {
      const pane = map.getPane(name);
      if (pane) pane.style.clip = shown ? rect(begin.x, at) : "rect(0,0,0,0)";
    }
  }

  function move(to) {
    share = Math.min(0.98, Math.max(0.02, to));
    handle.style.left = `${share * 100}%`;
    handle.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    clip();
  }

  map.on("move zoomend resize viewreset", clip);
  return (state) => {
    shown = state.swipe;
    handle.hidden = !shown;
    handle.setAttribute("aria-label", say("page.swipe"));
    left.textContent = county.plans[0].label;
    right.textContent = state.plan.label;
    if (shown) paintBoth();
    move(share);
  };
}
