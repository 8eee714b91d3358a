// Trying out in the meeting: close, keep or cap a school and see at once who goes where.

// As everywhere in our files: no cell may start a formula.
function csvCell(value) {
  const text = String(value).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");
  const inert = /^[=+\-@\t\r\n']/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replace(/"/g, '""')}"` : inert;
}

function decisionsCsv(county, plan) {
  const { sites } = plan;
  const rows = county.sites.map((site, n) => [site.id, site.name, county.actions[sites.action[n]], sites.extra[n], sites.extra_beds[n],
    sites.cap[n] === null ? "" : sites.cap[n]]);
  return [["site_id", "name", "action", "extra_classes", "extra_beds", "places_cap"], ...rows]
    .map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function saveText(name, text) {
  // The mark at the beginning tells Excel that the file is UTF-8.
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function makeWhatIf(county, state, change, show) {
  let near = null;
  const box = h("section", { class: "what-if", id: "what-if", hidden: true, "aria-live": "polite" });
  let changes = [], base = null, plan = null;

  function run() {
    const had = Boolean(plan) && state.plan === plan;
    county.trial = plan = changes.length ? whatIfPlan(county, near, base, changes) : null;
    const shown = plan || base || state.plan;
    if (!plan) base = null;
    fillBox();
    change({ plan: shown, difference: false, trial: Boolean(plan) !== had });
  }

  function prepare(then) {
    withRest(county, (data) => {
      near = readNearest(data, county);
      then();
      // Once for nothing, while nobody waits: a browser runs code faster that it has run before.
      const idle = window.requestIdleCallback || ((run) => setTimeout(run, 200));
      idle(() => whatIfPlan(county, near, county.plans[county.plans.length - 1], []));
    });
  }

  function put(made) {
    if (!changes.length) base = state.plan.whole || state.plan;
    changes = [...changes, made];
    run();
  }

  function changeText(made) {
    const done = made.action ? say(`action.${made.action}`) : say("what.cap_to", { places: count(made.cap) });
    return `${county.sites[made.site].name}${say("what.colon")}${done}`;
  }

  function fillBox() {
    box.hidden = !changes.length;
    const button = (key, act) => h("button", { type: "button", class: "what-button", "data-what": key, onclick: act }, say(`what.${key}`));
    const entry = (made) => h("li", {}, h("button", { type: "button", class: "link", onclick: () => show(county.sites[made.site]) }, changeText(made)));
    box.replaceChildren(
      h("h2", {}, say("what.changes", { number: changes.length })),
      base ? h("p", { class: "aside" }, say("what.base", { plan: base.label }), near.ride ? ` ${say("what.no_bus")}` : "") : "",
      h("ol", {}, changes.map(entry)),
      h("div", { class: "row" },
        button("undo", () => { changes = changes.slice(0, -1); run(); }),
        button("reset", () => { changes = []; run(); }),
        button("show", () => { if (plan) change({ plan, difference: false, trial: true }); }),
        button("export", () => saveText("decisions.csv", decisionsCsv(county, plan)))));
  }

  // The part of a school's card in which it is closed, kept or capped.
  function controls(site) {
    const at = (plan && state.plan === plan ? plan : state.plan).sites, action = county.actions[at.action[site.n]];
    const may = { close: near.close[site.n] || action === "new", keep: near.keep[site.n] };
    const act = (name) => h("button", {
      type: "button", class: "what-button", "data-what": name, disabled: !may[name] || action === name || (name === "close" && action === "unused"),
      onclick: () => put({ site: site.n, action: name, cap: null })
    }, say(`what.${name}`));
    const places = h("input", { type: "number", id: "what-places", min: "0", step: "1", value: at.places[site.n], "aria-label": say("what.places") });
    const cap = () => {
      const wanted = Math.floor(Number(places.value));
      if (places.value !== "" && wanted >= 0) put({ site: site.n, action: null, cap: wanted });
    };
    return h("section", { class: "try" }, h("h3", {}, say("what.title")),
      h("div", { class: "row" }, act("close"), act("keep"),
        at.bands[site.n].length && !at.extra[site.n] ? [places, h("button", { type: "button", class: "what-button", "data-what": "cap", onclick: cap }, say("what.cap"))] : null));
  }

  function addTo(card) {
    if (near && state.selected && state.selected.what === "site") card.querySelector(".card-body").prepend(controls(state.selected));
  }

  // A trial says of itself what it says in the language now spoken.
  function respeak() {
    if (plan) speakTrial(county, near, plan);
  }

  return {
    box, addTo, fillBox, prepare, respeak,
    get ready() { return Boolean(near); },
    get changes() { return changes.length; },
    // Nothing is shown and nothing changes: for tests.
    tryOut: (made) => {
      const index = new Map(county.sites.map((site) => [site.id, site.n]));
      const found = whatIfPlan(county, near, state.plan, made.map((m) => ({ cap: null, action: null, ...m, site: index.get(m.site) })));
      return { flows: found.flows, unserved: found.unserved, moves: found.moves, numbers: found.numbers, csv: decisionsCsv(county, found) };
    }
  };
}
