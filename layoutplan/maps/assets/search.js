// Finding a village or a school by its name.

const FOUND_MAX = 12;

function matches(county, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  for (const record of [...county.sites, ...county.villages]) {
    const name = record.name.toLowerCase();
    const at = name.indexOf(wanted);
    if (at >= 0 || record.id.toLowerCase() === wanted) {
      found.push({ record, rank: name === wanted ? 0 : at === 0 ? 1 : 2 });
    }
  }
  return found.sort((a, b) => a.rank - b.rank || a.record.name.length - b.record.name.length).slice(0, FOUND_MAX).map((f) => f.record);
}

function makeSearch(county, go) {
  let found = [], active = 0;
  const list = h("ul", { id: "found", role: "listbox", hidden: true });
  const input = h("input", {
    id: "search", type: "search", role: "combobox", autocomplete: "off", "aria-controls": "found",
    "aria-expanded": "false", "aria-autocomplete": "list", placeholder: say("page.search_hint")
  });

  function choose(record) {
    input.value = record.name;
    close();
    go(record, true);
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show() {
    const options = found.map((record, n) => {
      const kind = record.what === "site" ? say(`kind.${record.kind}`) : say("page.village");
      return h("li", { id: `found-${n}`, role: "option", "aria-selected": String(n === active), onmousedown: (e) => { e.preventDefault(); choose(record); } },
        h("span", { dir: "auto" }, shortName(record.name)), h("span", { class: "aside" }, [kind, record.town].filter(Boolean).join(" · ")));
    });
    if (!options.length) options.push(h("li", { class: "aside" }, say("page.not_found")));
    list.replaceChildren(...options);
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length) input.setAttribute("aria-activedescendant", `found-${active}`);
  }

  input.addEventListener("input", () => { found = matches(county, input.value); active = 0; show(); });
  input.addEventListener("focus", () => { if (input.value.trim()) { found = matches(county, input.value); show(); } });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) { close(); event.stopPropagation(); }
    if (event.key === "Enter" && found.length) choose(found[active]);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) active = (active + step + found.length) % found.length;
      show();
    }
  });
  return h("div", { class: "search" }, h("label", { for: "search" }, say("page.search")), h("div", { class: "box" }, input, list));
}
