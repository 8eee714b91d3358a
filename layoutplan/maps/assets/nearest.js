// Pupils are sent to school here by the same rule as everywhere: who can stay stays, the
// nearest of each school first as far as there are places; all others go to the nearest
// school with places left, and where none has any, to the nearest one all the same.

function readNearest(data, county) {
  const order = (records) => {
    const rank = new Int32Array(records.length);
    records.map((r) => r.n).sort((a, b) => (records[a].id < records[b].id ? -1 : 1)).forEach((n, at) => { rank[n] = at; });
    return rank;
  };
  const ways = county.bands.map((band) => {
    const { n, site, minutes } = data.ways[band];
    const begin = new Int32Array(n.length + 1), tenths = new Int32Array(site.length);
    let at = 0;
    n.forEach((number, village) => {
      let sum = 0;
      for (let k = 0; k < number; k++, at++) tenths[at] = sum += minutes[at];
      begin[village + 1] = at;
    });
    return { begin, site: Int32Array.from(site), tenths, cut: data.ways[band].cut };
  });
  return { ...data, ways, villageRank: order(county.villages), siteRank: order(county.sites) };
}

function wayTo(ways, village, site) {
  for (let at = ways.begin[village]; at < ways.begin[village + 1]; at++) {
    if (ways.site[at] === site) return ways.tenths[at];
  }
  return -1;
}

// `states`: by site, whether it teaches each band, and its places.
function assignPupils(county, near, demand, states) {
  const groups = [];
  const groupAt = county.bands.map(() => new Int32Array(county.villages.length).fill(-1));
  const byId = county.villages.map((v) => v.n).sort((a, b) => near.villageRank[a] - near.villageRank[b]);
  county.bands.forEach((band, b) => byId.forEach((village) => {
    if (!demand[band][village]) return;
    groupAt[b][village] = groups.length;
    groups.push({ village, band: b, free: demand[band][village] });
  }));
  const sent = [];
  const room = states.map((state) => state.places);
  const beyond = hold(stayers(near, groups, groupAt, states), near, room, sent);
  nextNearest(groups, beyond, { county, near, states, room, sent });
  for (const stay of beyond) if (stay.pupils) sent.push(stay);
  nearestAnyway(groups, { county, near, states, sent });
  return { flows: joined(county, sent), lost: groups.filter((g) => g.free > 0) };
}

function stayers(near, groups, groupAt, states) {
  const stays = [];
  near.today.village.forEach((village, n) => {
    const band = near.today.band[n], site = near.today.site[n], group = groupAt[band][village];
    if (group < 0 || !states[site].bands[band]) return;
    const tenths = wayTo(near.ways[band], village, site);
    const pupils = Math.min(near.today.pupils[n], groups[group].free);
    if (tenths < 0 || !pupils) return;
    groups[group].free -= pupils;
    stays.push({ group, village, band, site, tenths, pupils });
  });
  return stays;
}

// Each school keeps the nearest as far as it has places; the others are given back.
function hold(stays, near, room, sent) {
  const beyond = [];
  stays.sort((a, b) => near.siteRank[a.site] - near.siteRank[b.site] || a.tenths - b.tenths || a.group - b.group);
  for (const stay of stays) {
    const pupils = Math.max(0, Math.min(stay.pupils, room[stay.site]));
    room[stay.site] -= pupils;
    if (pupils) sent.push({ ...stay, pupils });
    if (pupils < stay.pupils) beyond.push({ ...stay, pupils: stay.pupils - pupils });
  }
  return beyond;
}

// The shortest of all ways that are wanted is granted first: no two could swap to the gain
// of both. Who is beyond the places of the own school goes within the limit only.
function nextNearest(groups, beyond, { county, near, states, room, sent }) {
  const wishes = [];
  const wish = (who, n, village, band, limit, own) => {
    const ways = near.ways[band];
    for (let at = ways.begin[village]; at < ways.begin[village + 1]; at++) {
      const site = ways.site[at];
      if (ways.tenths[at] > limit) break;
      if (site !== own && states[site].bands[band] && room[site] > 0) wishes.push({ who, n, village, band, site, tenths: ways.tenths[at] });
    }
  };
  groups.forEach((g, n) => { if (g.free > 0) wish(g, n, g.village, g.band, Infinity, -1); });
  beyond.forEach((b, n) => wish(b, groups.length + n, b.village, b.band, county.limits[b.band] * 10, b.site));
  wishes.sort((a, b) => a.tenths - b.tenths || a.n - b.n || near.siteRank[a.site] - near.siteRank[b.site]);
  for (const { who, village, band, site, tenths } of wishes) {
    const left = who.free === undefined ? who.pupils : who.free;
    const pupils = Math.min(left, room[site]);
    if (pupils <= 0) continue;
    room[site] -= pupils;
    if (who.free === undefined) who.pupils -= pupils;
    else who.free -= pupils;
    sent.push({ village, band, site, tenths, pupils });
  }
}

function nearestAnyway(groups, { county, near, states, sent }) {
  for (const group of groups.filter((g) => g.free > 0)) {
    const { village, band } = group, ways = near.ways[band];
    let best = null;
    for (let at = ways.begin[village]; at < ways.begin[village + 1]; at++) {
      const site = ways.site[at], tenths = ways.tenths[at];
      if (!states[site].bands[band] || (best && tenths > best.tenths)) continue;
      if (!best || tenths < best.tenths || near.siteRank[site] < near.siteRank[best.site]) best = { site, tenths };
    }
    if (!best && ways.cut) best = estimated(county, ways, village, band, states);
    if (!best) continue;
    sent.push({ village, band, ...best, pupils: group.free });
    group.free = 0;
  }
}

// The page knows the nearest schools only. Where all of them are closed, the next one is
// taken as the crow flies, with minutes in proportion to the longest way that is known.
function estimated(county, ways, village, band, states) {
  const last = ways.begin[village + 1] - 1;
  if (last < ways.begin[village]) return null;
  const home = L.latLng(county.villages[village].at);
  const metres = (site) => home.distanceTo(county.sites[site].at);
  let best = null;
  county.sites.forEach((_, site) => {
    if (states[site].bands[band] && (!best || metres(site) < best.metres)) best = { site, metres: metres(site) };
  });
  if (!best) return null;
  const pace = ways.tenths[last] / Math.max(1, metres(ways.site[last]));
  return { site: best.site, tenths: Math.max(ways.tenths[last], Math.ceil(best.metres * pace)) };
}

// At a site several parts of a village's pupils may meet: those who stayed and those who came.
function joined(county, sent) {
  const rows = new Map(), sites = county.sites.length, bands = county.bands.length;
  for (const { village, band, site, tenths, pupils } of sent) {
    const key = (village * bands + band) * sites + site, row = rows.get(key);
    if (row) row.pupils += pupils;
    else rows.set(key, { village, band, site, minutes: tenths, pupils, mode: 0 });
  }
  return [...rows.values()];
}
