"""How many pupils pass each road, for any assignment of villages to sites."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.chains import chained
from layoutplan.network.matrix import labels
from layoutplan.network.placed import (
    Placed,
    across_country,
    network_of,
    paces,
    placed,
    require_columns,
    require_places,
    rows_of_pairs,
    waiting_minutes,
)
from layoutplan.network.reduce import Links
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.routes import routes
from layoutplan.network.web import Web, web_of
from layoutplan.tables import BANDS

ROAD: Final = "road"
FROM_VILLAGE: Final = "from_village"
TO_SITE: Final = "to_site"
ACROSS: Final = "across"
NO_WAY: Final = "no_way"

FLOW_COLUMNS: Final = (
    "kind",
    "mode",
    "road",
    "village_id",
    "site_id",
    "pupils_forward",
    "pupils_backward",
    "pupils",
    "pupil_minutes",
    "length_m",
)


def flows(
    assignment: pd.DataFrame,
    villages: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    network: RoadNetwork,
    merged: bool = True,
) -> gpd.GeoDataFrame:
    """Count the pupils who pass each road on their shortest way to school.

    The pupil-minutes of all rows together are those of the assignment: the sum of pupils
    times minutes, with the walks to and from the road and the speeds of each band. The wait
    for a school bus counts with the walk to it.

    Parameters
    ----------
    assignment
        Who goes where: ``village_id``, ``band``, ``site_id`` and ``pupils``, as in the
        assignment of a plan; further columns are no matter.
    villages
        The villages, indexed by village id.
    sites
        The schools and candidate sites, indexed by site id.
    network
        The network.
    merged
        Whether neighbouring pieces of a road that the same numbers pass become one row.

    Returns
    -------
    geopandas.GeoDataFrame
        ``kind``: ``"road"``, a piece of road; ``"from_village"`` and ``"to_site"``, the
        straight walks between places and road; ``"across"``, the walks of those who go
        straight across country because that is quicker; ``"no_way"``, pupils of a village
        and site that no way joins, with an empty line and infinite minutes. ``mode``, for
        of those who are to cycle the youngest walk. ``road``,
        ``village_id`` and ``site_id`` say which, as far as they apply.
        ``pupils_forward``, ``pupils_backward``: pupils along the line as it is drawn and
        against it; ``pupils``: both; ``pupil_minutes``; ``length_m``; and the line in the
        system of the villages. Roads nobody passes are left out.

    Raises
    ------
    TravelError
        If a column is missing, an id or a band is unknown, pupils are not numbers from
        0, or the places are not on the network.

    Examples
    --------
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 502000 0)"], crs=crs, index=["r"])
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> ends = gpd.GeoSeries.from_wkt(["POINT (500000 40)", "POINT (501000 -60)"], crs=crs)
    >>> frame = gpd.GeoDataFrame(geometry=ends.set_axis(["v1", "s1"]))
    >>> goes = pd.DataFrame(
    ...     {"village_id": ["v1"], "band": ["g13"], "site_id": ["s1"], "pupils": [30]}
    ... )
    >>> passed = flows(goes, frame[:1], frame[1:], network=made)
    >>> passed[["kind", "pupils", "pupil_minutes"]].round(0)
               kind  pupils  pupil_minutes
    0          road    30.0          450.0
    1  from_village    30.0           18.0
    2       to_site    30.0           27.0
    """
    tables = {"villages": villages, "schools": sites}
    require_places(tables)
    columns = {
        "village_id": labels(villages.index, "village_id"),
        "site_id": labels(sites.index, "site_id"),
    }
    rows = _rows_of(assignment, columns)
    parts = []
    for used, bands in _networks(network):
        chosen = rows[rows["band"].isin(bands)]
        if len(chosen) or used is network:
            parts += _passed(placed(used, tables), chosen, villages=len(villages), merged=merged)
    table = gpd.GeoDataFrame(
        pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True),
        geometry="geometry",
        crs=network.crs,
    )
    texts = dict.fromkeys(("kind", "mode", "road", "village_id", "site_id"), "str")
    return table.astype(texts).to_crs(CRS(villages.crs))


def _networks(network: RoadNetwork) -> list[tuple[RoadNetwork, list[str]]]:
    """Give the networks that are travelled on, each with its bands."""
    used = {band: network_of(network, band) for band in BANDS}
    different = {id(n): n for n in (network, *used.values())}
    return [(n, [b for b in BANDS if used[b] is n]) for n in different.values()]


def _passed(
    on: Placed, rows: pd.DataFrame, *, villages: int, merged: bool
) -> list[gpd.GeoDataFrame]:
    """Send the pupils of some rows along their shortest ways on one network."""
    network = on.network
    start, end = rows["start"].to_numpy(), rows["end"].to_numpy() + villages
    web = web_of(network, on.at)
    joined = (web.node[start] >= 0) & (web.node[end] >= 0)
    found = routes(web, web.node[start[joined]], web.node[end[joined]])
    minutes = np.full(len(rows), np.inf)
    minutes[joined] = found.minutes
    road_pace, walk_pace = _paces_of(rows["band"], network)
    wait = np.where(minutes > 0, waiting_minutes(network), 0.0)
    legs = (on.at.minutes[start] + on.at.minutes[end]) * walk_pace
    straight, _ = across_country(on, start, end - villages, villages=villages)
    across = straight * walk_pace < minutes * road_pace + wait + legs
    lost = ~across & ~np.isfinite(minutes)
    pupils = rows["pupils"].to_numpy()
    by_road = np.where(across | lost, 0.0, pupils)

    people = found.on_links(by_road[joined])
    weighted = found.on_links((by_road * road_pace)[joined])
    used = by_road > 0
    on_foot = pupils * walk_pace
    waited = np.zeros(len(on.ids))
    np.add.at(waited, start[used], (pupils * wait)[used])
    parts = [
        _roads(web, people, weighted, merged=merged),
        _legs(on, web, FROM_VILLAGE, start[used], (pupils[used], on_foot[used]), waited=waited),
        _legs(on, web, TO_SITE, end[used], (pupils[used], on_foot[used])),
    ]
    for kind, chosen, each in ((ACROSS, across, on_foot * straight), (NO_WAY, lost, None)):
        pairs = start[chosen], end[chosen]
        total = np.full(len(pairs[0]), np.inf) if each is None else each[chosen]
        parts.append(_pairs(on, kind, pairs, pupils[chosen], total))
    return [part.assign(mode=network.mode) for part in parts]


def _rows_of(assignment: pd.DataFrame, columns: dict[str, "pd.Index[Any]"]) -> pd.DataFrame:
    """Add up an assignment by village, site and band; in one order, whatever that of its rows."""
    require_columns(assignment, [*columns, "band", "pupils"], table="assignment")
    start, end = rows_of_pairs(assignment, columns, table="assignment")
    band = assignment["band"].astype("str")
    pupils = pd.to_numeric(assignment["pupils"], errors="coerce").to_numpy(dtype=np.float64)
    findings = []
    for column, wrong in (
        ("band", ~band.isin(BANDS).to_numpy()),
        ("pupils", ~(np.isfinite(pupils) & (pupils >= 0))),
    ):
        if wrong.any():
            code = "flow_band_unknown" if column == "band" else "flow_pupils"
            examples = assignment[column][wrong].map(str).unique()[:5]
            findings.append(
                Finding(
                    code=code,
                    table="assignment",
                    column=column,
                    ids=tuple(assignment["village_id"][wrong].map(str).unique()),
                    rows=int(wrong.sum()),
                    values={"examples": ", ".join(examples), "known": ", ".join(BANDS)},
                )
            )
    if findings:
        raise TravelError(findings)
    rows = pd.DataFrame({"start": start, "end": end, "band": band.to_numpy(), "pupils": pupils})
    rows = rows[rows["pupils"] > 0].sort_values(["start", "end", "band", "pupils"])
    return rows.groupby(["start", "end", "band"], as_index=False).sum()


def _paces_of(
    band: "pd.Series[str]", network: RoadNetwork
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the pace of each row on the road and on foot."""
    known = np.array([paces(network, b) for b in BANDS])
    row = pd.Index(BANDS).get_indexer(pd.Index(band))
    return known[row, 0], known[row, 1]


def _roads(
    web: Web,
    people: tuple[NDArray[np.float64], NDArray[np.float64]],
    weighted: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    merged: bool,
) -> gpd.GeoDataFrame:
    """Set out the pieces of road that somebody passes."""
    links = web.links
    link = np.flatnonzero((people[0] > 0) | (people[1] > 0))
    minutes = np.zeros(len(link))
    for weight, each in zip(weighted, (links.forward, links.backward), strict=True):
        used = weight[link] > 0
        minutes[used] += weight[link][used] * each[link][used]
    road = web.road[link]
    forward, backward = people[0][link], people[1][link]
    if len(link) == 0:
        return _rows(ROAD, lines=np.empty(0, dtype=object))
    member, turned = np.arange(len(link)), np.zeros(len(link), dtype=bool)
    begins = member
    if merged:
        kept = _told_apart(links.u[link], links.v[link], forward, backward, road)
        few = Links(
            u=links.u[link],
            v=links.v[link],
            forward=np.ones(len(link)),
            backward=np.ones(len(link)),
            nodes=links.nodes,
        )
        rows = chained(few, kept)
        # A row that comes back to where it began is left out there; its pieces stay single.
        single = np.setdiff1d(member, rows.member)
        member = np.concatenate([rows.member, single])
        turned = np.concatenate([rows.turned, np.zeros(len(single), dtype=bool)])
        begins = np.concatenate([rows.begins[:-1], len(rows.member) + np.arange(len(single))])
    first, back = member[begins], turned[begins]
    return _rows(
        ROAD,
        lines=_drawn(web, link[member], turned, begins),
        road=pd.Series(road[first], dtype=object),
        forward=np.where(back, backward[first], forward[first]),
        backward=np.where(back, forward[first], backward[first]),
        minutes=np.add.reduceat(minutes[member], begins),
        length_m=np.add.reduceat(web.length_m[link][member], begins),
    )


def _told_apart(
    u: NDArray[np.intp],
    v: NDArray[np.intp],
    forward: NDArray[np.float64],
    backward: NDArray[np.float64],
    road: NDArray[np.object_],
) -> NDArray[np.intp]:
    """Find the nodes at which a road or the number of pupils changes."""
    names, _ = pd.factorize(pd.Index(road).astype("str"))
    node = np.concatenate([u, v])
    away, towards = np.concatenate([forward, backward]), np.concatenate([backward, forward])
    name = np.concatenate([names, names])
    order = np.argsort(node, kind="stable")
    node, away, towards, name = node[order], away[order], towards[order], name[order]
    first = np.flatnonzero(np.concatenate([[True], np.diff(node) > 0])) if len(node) else node
    count = np.diff(np.append(first, len(node)))
    two = first[count == 2]  # noqa: PLR2004
    same = (
        (away[two] == towards[two + 1])
        & (towards[two] == away[two + 1])
        & (name[two] == name[two + 1])
    )
    return np.setdiff1d(node, node[two[same]])


def _drawn(
    web: Web, link: NDArray[np.intp], turned: NDArray[np.bool_], begins: NDArray[np.intp]
) -> NDArray[np.object_]:
    """Draw rows of pieces: where the first begins, then where each one ends."""
    tail = np.where(turned, web.links.v[link], web.links.u[link])
    head = np.where(turned, web.links.u[link], web.links.v[link])
    row = np.zeros(len(link), dtype=np.intp)
    row[begins] = 1
    row = np.cumsum(row) - 1
    node = np.concatenate([tail[begins], head])
    of = np.concatenate([np.arange(len(begins)), row])
    order = np.argsort(of, kind="stable")
    return np.asarray(shapely.linestrings(web.xy[node[order]], indices=of[order]), dtype=object)


def _legs(
    on: Placed,
    web: Web,
    kind: str,
    place: NDArray[np.intp],
    weights: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    waited: NDArray[np.float64] | None = None,
) -> gpd.GeoDataFrame:
    """Set out the straight walks between places and the road, a row for each place."""
    different, of = np.unique(place, return_inverse=True)
    pupils, on_foot = (np.bincount(of, weights=w, minlength=len(different)) for w in weights)
    ends = np.stack([on.xy[different], web.xy[web.node[different]]], axis=1)
    if kind == TO_SITE:
        ends = ends[:, ::-1]
    column = "village_id" if kind == FROM_VILLAGE else "site_id"
    return _rows(
        kind,
        lines=np.asarray(shapely.linestrings(ends), dtype=object),
        forward=pupils,
        minutes=on_foot * on.at.minutes[different] + (0 if waited is None else waited[different]),
        length_m=on.at.distance_m[different],
        **{column: pd.Series(on.ids[different], dtype=object)},
    )


def _pairs(
    on: Placed,
    kind: str,
    ends: tuple[NDArray[np.intp], NDArray[np.intp]],
    pupils: NDArray[np.float64],
    pupil_minutes: NDArray[np.float64],
) -> gpd.GeoDataFrame:
    """Set out pupils who go by no road, a row for each village and site."""
    pair, of = np.unique(np.stack(ends, axis=1), axis=0, return_inverse=True)
    of = of.ravel()
    count = len(pair)
    lines, metres = np.full(count, shapely.LineString(), dtype=object), np.full(count, np.nan)
    if kind == ACROSS and count:
        lines = np.asarray(shapely.linestrings(on.xy[pair]), dtype=object)
        metres = shapely.length(lines)
    return _rows(
        kind,
        lines=lines,
        village_id=pd.Series(on.ids[pair[:, 0]], dtype=object),
        site_id=pd.Series(on.ids[pair[:, 1]], dtype=object),
        forward=np.bincount(of, weights=pupils, minlength=count),
        minutes=np.bincount(of, weights=pupil_minutes, minlength=count),
        length_m=metres,
    )


def _rows(kind: str, *, lines: NDArray[np.object_], **values: Any) -> gpd.GeoDataFrame:  # noqa: ANN401
    """Make rows of the table; what is not given is empty or 0."""
    blank = pd.Series([None] * len(lines), dtype=object)
    none = np.zeros(len(lines))
    forward, backward = values.get("forward", none), values.get("backward", none)
    return gpd.GeoDataFrame(
        {
            "kind": kind,
            "mode": "",
            "road": values.get("road", blank),
            "village_id": values.get("village_id", blank),
            "site_id": values.get("site_id", blank),
            "pupils_forward": forward,
            "pupils_backward": backward,
            "pupils": forward + backward,
            "pupil_minutes": values.get("minutes", none),
            "length_m": values.get("length_m", none),
        },
        geometry=lines,
    )
