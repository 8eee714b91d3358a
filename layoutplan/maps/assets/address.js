// The view in the address, behind the #: what is shown can be sent on, and comes back.

function readAddress() {
  try {
    return new URLSearchParams(window.location.hash.slice(1));
  } catch (error) {
    return new URLSearchParams();
  }
}

// Values that are unknown here, as from another county's page, are passed over.
function stateOfAddress(county, state, given) {
  const changes = { ...viewChange(county, given.get("plan") || "") };
  const known = themeChoices(county).filter((choice) => !choice.off).map((choice) => choice.value);
  if (known.includes(given.get("theme"))) changes.theme = given.get("theme");
  if (county.bands.includes(given.get("band"))) changes.band = given.get("band");
  const town = Number(given.get("town"));
  if (given.has("town") && Number.isInteger(town) && town >= 0 && town < county.towns.length) changes.town = town;
  if (["click", "moved", "all"].includes(given.get("lines"))) changes.lines = given.get("lines");
  if (given.get("swipe") === "1" && county.plans.length > 1) changes.swipe = true;
  const id = given.get("at");
  const record = id && [...county.sites, ...county.villages].find((r) => r.id === id);
  if (record) changes.selected = record;
  return Object.assign(state, changes);
}

function placeOfAddress(given) {
  const [lat, lng, zoom] = (given.get("map") || "").split(",").map(Number);
  const fine = [lat, lng, zoom].every(Number.isFinite) && Math.abs(lat) <= 90 && Math.abs(lng) <= 180;
  return fine ? { at: [lat, lng], zoom } : null;
}

// Written when the hand rests: browsers refuse an address that changes many times a second.
const REST_MS = 150;
let waiting = 0;

function writeAddress(map, state) {
  clearTimeout(waiting);
  waiting = setTimeout(() => writeNow(map, state), REST_MS);
}

function writeNow(map, state) {
  const at = map.getCenter(), made = new URLSearchParams();
  made.set("plan", viewOf(state));
  made.set("theme", state.theme);
  if (state.band) made.set("band", state.band);
  if (state.town >= 0) made.set("town", String(state.town));
  made.set("lines", state.lines);
  if (state.swipe) made.set("swipe", "1");
  if (state.selected) made.set("at", state.selected.id);
  made.set("lang", lang);
  made.set("map", `${at.lat.toFixed(5)},${at.lng.toFixed(5)},${map.getZoom()}`);
  try {
    // Written in place: going back leaves the page instead of walking through every click.
    window.history.replaceState(null, "", `#${made.toString()}`);
  } catch (error) {
    // A frame without an address of its own, as in a notebook.
  }
}
