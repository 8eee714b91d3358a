// Where north is.

function northParts() {
  return [
    s("path", { d: "M0,-12L8,12 0,7Z", fill: "#16181d" }),
    s("path", { d: "M0,-12L-8,12 0,7Z", fill: "#ffffff", stroke: "#16181d", "stroke-width": 1 }),
    s("text", { x: 0, y: -16, "text-anchor": "middle", "font-size": 13, "font-weight": 700, fill: "#16181d" }, say("page.north"))
  ];
}

function northArrow() {
  const Control = L.Control.extend({
    onAdd() {
      const icon = s("svg", { width: 34, height: 46, viewBox: "-17 -30 34 46" },
        northParts());
      return h("div", { class: "north" }, icon);
    }
  });
  return new Control({ position: "topleft" });
}
