// A roadmap's half-years: what has taken effect by then, and the seats each school has.

function readYears(county) {
  const { years } = county;
  county.yearActions = new Map();
  county.yearSeats = new Map();
  if (!years) return;
  years.actions.site.forEach((site, n) => {
    if (site >= 0) county.yearActions.set(site, { action: county.actions[years.actions.action[n]], ready: years.actions.ready[n] });
  });
  years.seats.site.forEach((site, n) => {
    if (site >= 0) county.yearSeats.set(`${years.seats.half[n]} ${site}`, { places: years.seats.places[n], pupils: years.seats.pupils[n] });
  });
}

function halfName(half) {
  const found = /^(\d+)H([12])$/.exec(half);
  return found ? say(found[2] === "1" ? "page.first_half" : "page.second_half", { year: found[1] }) : half;
}

// Before the first half-year lies today: the slider begins there.
function yearSlider(county, state, change) {
  if (!county.years || !county.years.halves.length) return "";
  const { halves } = county.years, at = state.half === null ? halves.length - 1 : state.half;
  const text = (n) => (n < 0 ? county.plans[0].label : halfName(halves[n]));
  const name = h("output", { for: "half" }, text(at));
  return h("div", { class: "years" }, h("label", { for: "half" }, say("page.years")),
    h("input", {
      type: "range", id: "half", min: -1, max: halves.length - 1, step: 1, value: at, "aria-valuetext": text(at),
      oninput: (event) => {
        const half = Number(event.target.value);
        name.textContent = text(half);
        event.target.setAttribute("aria-valuetext", text(half));
        change({ half });
      }
    }), name);
}

function seatsOf(county, state, site) {
  if (!county.years || state.half === null || state.half < 0) return null;
  return county.yearSeats.get(`${state.half} ${site.n}`) || null;
}
