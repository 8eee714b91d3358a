// What is coloured, and how: the class of every village and school under the chosen theme.

const THEMES = ["minutes", "moved", "class_size", "utilisation", "action", "resources", "gates", "roads"];
const SCHOOL_THEMES = ["class_size", "utilisation", "resources", "gates"];
const NEUTRAL = -2;
const VERDICT_GLYPHS = LOOK.colours.verdicts.map((fill, n) => ({
  fill, sign: LOOK.signs[LOOK.verdict_signs[n]], ink: n === 0 || n === 3 ? "#ffffff" : "#16181d", stroke: "#16181d", width: 1.4, size: 10, rank: 4
}));

// What the page was not given, of a plan that was made in it, is counted here.
const counted = new WeakMap();

function moreOf(county, plan) {
  if (county.more.plans[plan.n] && !plan.whole) return county.more.plans[plan.n];
  if (!counted.has(plan)) counted.set(plan, countedOf(county, plan));
  return counted.get(plan);
}

function countedOf(county, plan) {
  const tenths = (value) => (Number.isFinite(value) && value > 0 ? Math.round(value * 10) : null);
  const pupils = county.sites.map((site) => county.bands.reduce((sum, band) => sum + plan.sites.after[band][site.n], 0));
  const was = meansOfPlan(county, county.plans[0]), is = meansOfPlan(county, plan);
  const change = Object.fromEntries(county.bands.map((band, b) => [band,
    is[b].map((mean, n) => (mean === null || was[b][n] === null ? -1 : reached(county.breaks.change, (mean - was[b][n]) / 10)))]));
  const minutes = shareClasses(county, plan);
  return {
    minutes, change, gates: {}, roads: null,
    class_size: pupils.map((value, n) => tenths(value / plan.sites.classes[n])),
    utilisation: pupils.map((value, n) => tenths((100 * value) / plan.sites.places[n]))
  };
}

// Each pupil's minutes are held against the limit of the own band.
function shareClasses(county, plan) {
  const number = county.villages.length, share = new Float64Array(number), daily = new Float64Array(number);
  const lost = new Uint8Array(number), lodged = new Uint8Array(number), ends = county.breaks.share.map((end) => end + 1e-6);
  for (const f of plan.flows) {
    if (f.minutes < 0) lost[f.village] = 1;
    else if (f.mode === plan.board) lodged[f.village] = 1;
    else {
      share[f.village] += (f.pupils * f.minutes) / (county.limits[f.band] * 10);
      daily[f.village] += f.pupils;
    }
  }
  for (const u of plan.unserved) lost[u.village] = 1;
  return Array.from(share, (sum, n) => {
    if (lost[n]) return NO_SCHOOL;
    if (!daily[n]) return lodged[n] ? ALL_BOARD : -1;
    return ends.filter((end) => sum / daily[n] > end).length;
  });
}

function reached(from, value) {
  return from.filter((f) => value >= f).length;
}

// Colours of the theme's classes, and the name under which their texts stand.
function scaleOf(state) {
  if (state.theme === "minutes" && state.difference) return { name: "change", colours: CHANGE_COLOURS };
  if (state.theme === "minutes") return { name: "minutes", colours: MINUTE_COLOURS };
  if (state.theme === "moved") return { name: "moved", colours: MOVED_COLOURS };
  if (state.difference && (state.theme === "class_size" || state.theme === "utilisation")) {
    return { name: `${state.theme}_change`, colours: CHANGE_COLOURS };
  }
  return { name: state.theme, colours: LOOK.colours[state.theme] || [] };
}

function movedOf(county, state, village) {
  if (state.band === null) return state.plan.moved[village.n];
  const band = county.bands.indexOf(state.band);
  return state.plan.movesOfVillage[village.n].filter((m) => m.band === band && m.from >= 0 && m.to >= 0)
    .reduce((sum, m) => sum + m.pupils, 0);
}

function villageClass(county, state, village) {
  const { plan, theme, band, difference } = state, more = moreOf(county, plan);
  if (theme === "minutes") {
    if (difference) return band === null ? plan.classes.change[village.n] : more.change[band][village.n];
    return band === null ? more.minutes[village.n] : plan.classes[band][village.n];
  }
  if (theme === "moved") {
    if (!demandOf(county, plan, village, band)) return -1;
    return reached(county.breaks.moved, movedOf(county, state, village));
  }
  return NEUTRAL;
}

// The number a theme tells of a school: tenths, thousandths per pupil, or null.
function siteNumber(county, plan, theme, site, resource) {
  const more = moreOf(county, plan);
  if (theme === "resources") {
    // A plan that was made in the page has no resources of its own.
    const own = (county.more.resources.values[plan.n] || [])[resource];
    const same = !plan.whole || sumOf(county, plan.sites.after, site) === sumOf(county, plan.whole.sites.after, site);
    return own && same ? own[site.n] : null;
  }
  return more[theme] ? more[theme][site.n] : null;
}

function siteClass(county, state, site) {
  const { plan, theme, difference } = state, breaks = county.more.breaks;
  if (theme === "gates") {
    const found = moreOf(county, plan).gates[site.n];
    return found ? found[found.length - 1] : null;
  }
  const value = siteNumber(county, plan, theme, site, state.resource);
  if (value === null) return null;
  if (theme === "resources") {
    const mean = (county.more.resources.mean[plan.n] || [])[state.resource];
    return mean ? reached(breaks.resources, (100 * value) / mean) : null;
  }
  if (difference) {
    const first = siteNumber(county, county.plans[0], theme, site, state.resource);
    return first === null ? null : reached(breaks[`${theme}_change`], (value - first) / 10);
  }
  return breaks[theme].filter((end) => value / 10 > end).length;
}

function inFilter(state, record) {
  return state.town < 0 || record.townAt === state.town;
}

function glyphOfSite(county, state, site) {
  const action = actionOf(county, state.plan, site), plain = siteGlyph(site.kind, action);
  const faded = !inFilter(state, site);
  if (!SCHOOL_THEMES.includes(state.theme)) return { ...plain, faded };
  const cls = siteClass(county, state, site);
  if (cls === null) return { ...plain, fill: "#ffffff", stroke: plain.sign ? "#6f7883" : "#aeb5bf", width: 1.4, ink: "#6f7883", size: Math.min(plain.size, 6), faded };
  if (state.theme === "gates") return { ...plain, ...VERDICT_GLYPHS[cls], faded };
  return { ...plain, fill: scaleOf(state).colours[cls], stroke: "#16181d", width: 1.4, sign: undefined, size: 8, faded };
}

// Villages of one class share a glyph.
function villageGlyphs(county, state) {
  const { colours } = scaleOf(state), made = new Map();
  const glyphOf = (cls, faded) => (cls === NEUTRAL
    ? { d: CIRCLE, fill: LOOK.neutral, stroke: "#8a95a5", width: 0.8, faded }
    : { ...villageGlyph(cls, colours), faded });
  return (village) => {
    const cls = villageClass(county, state, village), faded = !inFilter(state, village), key = 2 * cls + faded;
    if (!made.has(key)) made.set(key, glyphOf(cls, faded));
    return made.get(key);
  };
}

function shareText(county, state, n) {
  const ends = state.band === null
    ? county.breaks.share.map((share) => Math.round(share * 100))
    : county.breaks.share.map((share) => Number((share * county.limits[county.bands.indexOf(state.band)]).toFixed(1)));
  const kind = state.band === null ? "share_" : "";
  if (n === 0) return say(`legend.${kind}up_to`, { to: ends[0] });
  const between = n < ends.length ? say(`legend.${kind}between`, { from: ends[n - 1], to: ends[n] }) : say(`legend.${kind}above`, { from: ends[n - 1] });
  if (n === 2) return `${between} ${say("legend.limit")}`;
  return n > 2 ? `${between} ${say("legend.beyond")}` : between;
}

function movedText(county, n) {
  const from = county.breaks.moved;
  if (n === 0) return say("legend.nobody_moved");
  if (n === from.length) return say("legend.pupils_from", { from: from[n - 1] });
  return say("legend.pupils_between", { from: from[n - 1], to: from[n] - 1 });
}

function changeText(county, n) {
  const from = county.breaks.change;
  if (n === 0) return say("legend.shorter_by", { by: -from[0] });
  if (n === 1) return say("legend.shorter_between", { from: -from[1], to: -from[0] });
  if (n === 2) return say("legend.same", { by: from[2] });
  if (n === from.length) return say("legend.longer_by", { by: from[n - 1] });
  return say("legend.longer_between", { from: from[n - 1], to: from[n] });
}

// Classes of numbers that end at breaks: "≤ 30", "30–45" ..., with a unit behind.
function rangeText(ends, n, unit) {
  if (n === 0) return `≤ ${ends[0]}${unit}`;
  return n < ends.length ? `${ends[n - 1]}–${ends[n]}${unit}` : `> ${ends[n - 1]}${unit}`;
}

function signedRange(from, n, unit) {
  const sign = (v) => (v > 0 ? `+${v}` : `−${-v}`);
  if (n === 0) return `< ${sign(from[0])}${unit}`;
  return n < from.length ? `${sign(from[n - 1])} … ${sign(from[n])}${unit}` : `≥ ${sign(from[n - 1])}${unit}`;
}

function classText(county, state, n) {
  const { name } = scaleOf(state), breaks = county.more.breaks;
  if (name === "change") return changeText(county, n);
  if (name === "moved") return movedText(county, n);
  if (name === "minutes") {
    if (n === NO_SCHOOL) return say("legend.no_school");
    return n === ALL_BOARD ? say("legend.all_board") : shareText(county, state, n);
  }
  if (name === "class_size") return rangeText(breaks.class_size, n, "");
  if (name === "utilisation") return rangeText(breaks.utilisation, n, "%");
  if (name === "resources") return rangeText(breaks.resources, n, "%");
  if (name === "roads") {
    const from = breaks.roads;
    return n + 1 < from.length ? say("legend.pupils_between", { from: from[n], to: from[n + 1] - 1 }) : say("legend.pupils_from", { from: from[n] });
  }
  return signedRange(breaks[name], n, name === "utilisation_change" ? "%" : "");
}

function themeTitle(county, state) {
  const { name } = scaleOf(state);
  if (name === "minutes" && state.band !== null) return say("theme.minutes_of", { band: say(`band.${state.band}`) });
  if (name === "resources") return say("theme.resources_of", { resource: say(`resource.${county.more.resources.names[state.resource]}`) });
  return say(`theme.${name}`);
}

// One line about a school under the theme, for the tip.
function siteThemeText(county, state, site) {
  if (state.theme === "gates") {
    const cls = siteClass(county, state, site);
    return cls === null ? null : `${say("theme.gates")}: ${say(`verdict.${county.more.verdicts[cls]}`)}`;
  }
  if (!SCHOOL_THEMES.includes(state.theme)) return null;
  const value = siteNumber(county, state.plan, state.theme, site, state.resource);
  if (value === null) return say("legend.unknown");
  if (state.theme === "class_size") return say("page.class_size", { pupils: (value / 10).toFixed(1) });
  if (state.theme === "utilisation") return say("page.utilisation", { percent: (value / 10).toFixed(1) });
  return `${say(`resource.${county.more.resources.names[state.resource]}`)}: ${perPupil(value)}`;
}

function perPupil(thousandths) {
  const value = thousandths / 1000;
  return say("page.per_pupil", { value: value >= 100 ? count(value) : value.toFixed(value >= 1 ? 2 : 3) });
}
