"""The ways of chosen pairs of villages and sites as lines along the roads."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layoutplan.network.matrix import labels
from layoutplan.network.placed import (
    Placed,
    across_country,
    direct_between,
    network_of,
    paces,
    placed,
    rows_of_pairs,
    waiting_minutes,
)
from layoutplan.network.reach import reach
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.routes import routes
from layoutplan.network.web import Web, web_of


def paths(
    villages: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    network: RoadNetwork,
    pairs: pd.DataFrame | None = None,
    band: str = "g13",
) -> gpd.GeoDataFrame:
    """Draw the shortest ways from villages to sites.

    A way leads from the village straight to the road, along the roads and straight to the
    site; or straight across country where that is quicker, see
    `layoutplan.network.direct.direct_ways`. Its minutes are those of
    `layoutplan.travel.TravelTimes`.

    Parameters
    ----------
    villages
        The villages, indexed by village id.
    sites
        The schools and candidate sites, indexed by site id.
    network
        The network.
    pairs
        The ways wanted, with the columns ``village_id`` and ``site_id``; from every
        village to its nearest site, in the order of the villages, where not given.
    band
        The grade band, whose walking speed counts.

    Returns
    -------
    geopandas.GeoDataFrame
        A row for each pair in their order: ``village_id``, ``site_id``, ``minutes``,
        ``length_m`` (all of the line), ``from_village_m`` and ``to_site_m`` (its straight
        ends), ``across`` (whether it leads across country), ``roads`` (labels in the order
        of travel, with commas) and the line in the system of the villages. Where there is
        no way, minutes are infinite, lengths missing and the line is empty; where no
        site at all can be reached, ``site_id`` is missing too.

    Raises
    ------
    TravelError
        If a column is missing, an id is unknown or repeats, or the places are not on the
        network.
    OptionsError
        If there is no such band.

    Examples
    --------
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 502000 0)"], crs=crs, index=["r"])
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> ends = gpd.GeoSeries.from_wkt(["POINT (500000 40)", "POINT (501000 -60)"], crs=crs)
    >>> frame = gpd.GeoDataFrame(geometry=ends.set_axis(["v1", "s1"]))
    >>> way = paths(frame[:1], frame[1:], network=made).loc[0]
    >>> way["roads"], way["minutes"].round(2), way["length_m"].round(0)
    ('r', np.float64(16.51), np.float64(1100.0))
    >>> shapely.set_precision(way["geometry"], 1).wkt
    'LINESTRING (500000 40, 500000 0, 501000 0, 501000 -60)'
    """
    network = network_of(network, band)
    road_pace, walk_pace = paces(network, band)
    on = placed(network, {"villages": villages, "schools": sites})
    village_ids, site_ids = labels(villages.index, "village_id"), labels(sites.index, "site_id")
    every = pairs is None
    if pairs is None:
        pairs = _nearest(on, band, village_ids, site_ids)
    known = {"village_id": village_ids, "site_id": site_ids}
    start, end = rows_of_pairs(pairs, known, table="pairs")
    end = end + len(villages)
    web = web_of(network, on.at)
    joined = (web.node[start] >= 0) & (web.node[end] >= 0)
    found = routes(web, web.node[start[joined]], web.node[end[joined]])
    by_road = np.full(len(start), np.inf)
    by_road[joined] = found.minutes * road_pace
    by_road[by_road > 0] += waiting_minutes(network)
    by_road += (on.at.minutes[start] + on.at.minutes[end]) * walk_pace
    straight, metres = across_country(on, start, end - len(villages), villages=len(villages))
    straight *= walk_pace
    across, minutes = straight < by_road, np.minimum(straight, by_road)

    number = np.flatnonzero(joined)
    pair, link, turned = found.links_passed()
    pair = number[pair]
    taken = ~across[pair]
    pair, link, turned = pair[taken], link[taken], turned[taken]
    way = np.isfinite(minutes)
    road_m = np.bincount(pair, weights=web.length_m[link], minlength=len(start))
    first = np.where(across, metres, on.at.distance_m[start])
    last = np.where(across, 0.0, on.at.distance_m[end])
    lines = _lines(on, web, start=start, end=end, by_road=way & ~across, steps=(pair, link, turned))
    ends = np.stack([on.xy[start[across]], on.xy[end[across]]], axis=1)
    lines[across] = shapely.linestrings(ends)
    table = gpd.GeoDataFrame(
        {
            "village_id": village_ids[start],
            "site_id": site_ids[end - len(villages)],
            "minutes": minutes,
            "length_m": np.where(way, road_m + first + last, np.nan),
            "from_village_m": np.where(way, first, np.nan),
            "to_site_m": np.where(way, last, np.nan),
            "across": across,
            "roads": _roads(web, pair, link, rows=len(start)),
        },
        geometry=lines,
        crs=network.crs,
    )
    if every:
        table = _with_all(table, village_ids)
    return table.to_crs(on.crs)


def _with_all(table: gpd.GeoDataFrame, village_ids: "pd.Index[Any]") -> gpd.GeoDataFrame:
    """Give every village its row, those without a way as well."""
    lacking = village_ids[~village_ids.isin(table["village_id"])]
    if len(lacking) == 0:
        return table
    row = pd.Index(table["village_id"]).get_indexer(village_ids)
    # Row -1 is none of the table, of which all columns are blank.
    whole = pd.DataFrame(table.drop(columns="geometry")).reset_index(drop=True).reindex(row)
    whole["village_id"] = village_ids.to_numpy()
    whole["minutes"] = whole["minutes"].fillna(np.inf)
    whole["across"] = whole["across"].eq(other=True).to_numpy(dtype=bool)
    whole["roads"] = whole["roads"].fillna("")
    lines = np.full(len(row), shapely.LineString(), dtype=object)
    lines[row >= 0] = np.asarray(table.geometry.array, dtype=object)[row[row >= 0]]
    whole = whole.reset_index(drop=True).astype(table.dtypes[:-1].to_dict())
    return gpd.GeoDataFrame(whole, geometry=lines, crs=table.crs)


def _nearest(
    on: Placed, band: str, village_ids: "pd.Index[Any]", site_ids: "pd.Index[Any]"
) -> pd.DataFrame:
    """Pair every village that has a way with its nearest site."""
    count = len(village_ids)
    found = reach(on, band, goals=count + np.arange(len(site_ids)))
    node = found.web.node[:count]
    has = np.flatnonzero((node >= 0) & (found.place[node] >= 0))
    walk = paces(on.network, band)[1]
    ways = direct_between(on, villages=count)
    ends = pd.DataFrame({"place": np.arange(len(on.ids)), "node": found.web.node})
    ends = ends[ends["node"] >= 0]
    # Where the road is reached at one point, nobody rides, nor waits to.
    here = ends[ends["place"] < count].merge(ends[ends["place"] >= count], on="node")
    a, b = here["place_x"].to_numpy(), here["place_y"].to_numpy()
    legs = on.at.minutes * walk
    village = np.concatenate([has, ways.village, a])
    site = np.concatenate([found.place[node[has]] - count, ways.site, b - count])
    minutes = [found.minutes[node[has]] + legs[has], ways.minutes * walk, legs[a] + legs[b]]
    together = pd.DataFrame(
        {
            "village": village,
            "site": site,
            "minutes": np.concatenate(minutes),
            "id": site_ids[site].astype("str"),
        }
    )
    first = together.sort_values(["village", "minutes", "id"]).drop_duplicates("village")
    return pd.DataFrame(
        {"village_id": village_ids[first["village"]], "site_id": site_ids[first["site"]]}
    )


def _lines(
    on: Placed,
    web: Web,
    *,
    start: NDArray[np.intp],
    end: NDArray[np.intp],
    by_road: NDArray[np.bool_],
    steps: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]],
) -> NDArray[np.object_]:
    """Draw ways by road: the village, the road where it is reached, every node, the site."""
    pair, link, turned = steps
    head = np.where(turned, web.links.u[link], web.links.v[link])
    has = np.flatnonzero(by_road)
    xy = np.concatenate(
        [on.xy[start[has]], web.xy[web.node[start[has]]], web.xy[head], on.xy[end[has]]]
    )
    of = np.concatenate([has, has, pair, has])
    part = np.repeat([0, 1, 2, 3], [len(has), len(has), len(pair), len(has)])
    order = np.lexsort((np.arange(len(of)), part, of))
    xy, of, part = xy[order], of[order], part[order]
    # A place on the road itself would repeat a vertex; two ends stay in any case.
    moved = np.ones(len(of), dtype=bool)
    moved[1:] = (np.diff(xy, axis=0) != 0).any(axis=1) | (np.diff(of) != 0)
    kept = moved | (part == 3)  # noqa: PLR2004
    again = np.flatnonzero(kept & ~moved)
    count = np.bincount(of[moved], minlength=len(start))
    kept[again[count[of[again]] > 1]] = False
    lines = np.full(len(start), shapely.LineString(), dtype=object)
    which, row = np.unique(of[kept], return_inverse=True)
    if len(which):
        lines[which] = shapely.linestrings(xy[kept], indices=row)
    return lines


def _roads(
    web: Web, pair: NDArray[np.intp], link: NDArray[np.intp], *, rows: int
) -> "pd.Series[str]":
    """Name the roads of each way, each as often as it is come onto."""
    codes, names = pd.factorize(pd.Index(web.road[link]).astype("str"))
    new = np.ones(len(pair), dtype=bool)
    new[1:] = (np.diff(pair) != 0) | (np.diff(codes) != 0)
    named = pd.Series(np.asarray(names, dtype=object)[codes[new]], dtype=object)
    texts = named.groupby(pair[new]).agg(", ".join)
    return texts.reindex(range(rows), fill_value="").astype("str")
