"""Villages and sites on a network, and pairs of them by their ids."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.coverage import require_attached, require_overlap
from layoutplan.network.direct import DirectWays, direct_ways
from layoutplan.network.matrix import labels, unknown_band
from layoutplan.network.metric import metric_coordinates, points_of_places
from layoutplan.network.modes import riding_bands
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.snap import Attachment, attach
from layoutplan.tables import BANDS


@dataclass(frozen=True, eq=False, kw_only=True)
class Placed:
    """Places on a network.

    Parameters
    ----------
    network
        The network.
    crs
        The coordinate reference system the places came in.
    ids
        The ids of the places, as text.
    xy
        Easting and northing in the network's system, shape (places, 2); infinite where a
        place has no location.
    at
        Where they are attached.
    """

    network: RoadNetwork
    crs: CRS
    ids: "pd.Index[Any]"
    xy: NDArray[np.float64] = field(repr=False)
    at: Attachment = field(repr=False)


def placed(
    network: RoadNetwork,
    tables: dict[str, Any],
) -> Placed:
    """Put places onto a network.

    Parameters
    ----------
    network
        The network.
    tables
        geopandas.GeoDataFrame indexed by id, by the name of the table: villages, schools
        or both. The first gives the coordinate reference system.

    Returns
    -------
    Placed
        The places of all tables, one after the other.

    Raises
    ------
    TravelError
        With everything found wrong: what is no table with geometry, a table without rows
        or without a coordinate reference system, ids that repeat, places that lie apart
        from the roads, or a table of which no place is within reach of a road.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 500100 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> village = gpd.GeoSeries.from_wkt(["POINT (500050 20)"], crs=crs, index=["v1"])
    >>> on = placed(made, {"villages": gpd.GeoDataFrame(geometry=village)})
    >>> on.ids.tolist(), on.at.distance_m.round(1).tolist()
    (['v1'], [20.0])
    """
    _require_tables(network, tables)
    require_overlap(network, tables)
    crs = CRS(next(iter(tables.values())).crs)
    shapes = np.concatenate(
        [frame.geometry.to_crs(crs).to_numpy() for frame in tables.values()], dtype=object
    )
    at = attach(network, shapes, crs=crs)
    begin = 0
    for table, frame in tables.items():
        require_attached(network, table, frame, at[begin : begin + len(frame)])
        begin += len(frame)
    xy = np.full((len(shapes), 2), np.inf)
    coordinates, place = metric_coordinates(points_of_places(shapes), crs, to=network.crs)
    xy[place] = coordinates
    ids = [i for frame in tables.values() for i in frame.index]
    return Placed(network=network, crs=crs, ids=labels(ids, "place_id"), xy=xy, at=at)


def _require_tables(network: RoadNetwork, tables: dict[str, Any]) -> None:
    require_places(tables)
    findings = []
    if len(network.edges) == 0:
        findings.append(Finding(code="network_empty", table="roads"))
    for table, frame in tables.items():
        if len(frame) == 0:
            findings.append(Finding(code="empty_table", table=table))
        if frame.crs is None:
            findings.append(Finding(code="no_crs", table=table))
        repeated = frame.index[frame.index.duplicated()]
        if len(repeated):
            ids = tuple(str(i) for i in repeated.unique())
            findings.append(Finding(code="duplicate_id", table=table, column="index", ids=ids))
    if findings:
        raise TravelError(findings)


def require_places(tables: dict[str, Any]) -> None:
    """Refuse what are no tables of places.

    Parameters
    ----------
    tables
        geopandas.GeoDataFrame by the name of the table.

    Raises
    ------
    TravelError
        With everything that is no table with geometry.

    Examples
    --------
    >>> require_places({"villages": "villages.gpkg"})
    Traceback (most recent call last):
    ...
    layoutplan.errors.TravelError: ...
    """
    findings = []
    for table, frame in tables.items():
        if not isinstance(frame, gpd.GeoDataFrame | gpd.GeoSeries):
            findings.append(_no_table(table, frame, wanted="GeoDataFrame"))
        elif isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is None:
            have = ", ".join(map(str, frame.columns)) or "-"
            findings.append(Finding(code="missing_geometry", table=table, values={"have": have}))
    if findings:
        raise TravelError(findings)


def _no_table(table: str, given: object, *, wanted: str) -> Finding:
    values = {"wanted": wanted, "kind": type(given).__name__}
    return Finding(code="no_table", table=table, values=values)


def direct_between(on: Placed, *, villages: int) -> DirectWays:
    """Find the ways across country between villages and sites.

    Parameters
    ----------
    on
        The villages, and after them the sites, on the network.
    villages
        How many of the places are villages.

    Returns
    -------
    DirectWays
        The pairs; see `layoutplan.network.direct.direct_ways`. Who cycles leaves the road
        where who walks does.
    """
    network, at = on.network, on.at
    if network.on_foot is not None:
        network = network.on_foot
        points = np.asarray(shapely.points(on.xy), dtype=object)
        at = attach(network, points, crs=on.network.crs)
    blocked = None if network.fence is None else network.fence.crossed
    return direct_ways(network, at, on.xy, villages=villages, blocked=blocked)


def across_country(
    on: Placed, village: NDArray[np.intp], site: NDArray[np.intp], *, villages: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the ways across country of some pairs.

    Parameters
    ----------
    on
        The villages, and after them the sites, on the network.
    village, site
        The pairs, counted in villages and in sites; shape (pairs,).
    villages
        How many of the places are villages.

    Returns
    -------
    minutes : numpy.ndarray
        The walk at the speed of grades 1-3, infinite where there is no such way; see
        `layoutplan.network.direct.direct_ways`. Shape (pairs,).
    metres : numpy.ndarray
        How far it is straight, NaN where there is no such way; shape (pairs,).
    """
    ways = direct_between(on, villages=villages)
    minutes, metres = np.full(len(village), np.inf), np.full(len(village), np.nan)
    if len(ways):
        sites = len(on.ids) - villages
        key = ways.village * np.int64(sites) + ways.site
        wanted = village * np.int64(sites) + site
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        known = key[at] == wanted
        minutes[known], metres[known] = ways.minutes[at[known]], ways.metres[at[known]]
    return minutes, metres


def rows_of_pairs(
    pairs: pd.DataFrame, columns: dict[str, "pd.Index[Any]"], *, table: str
) -> tuple[NDArray[np.intp], ...]:
    """Find the rows that the ids of a table name.

    Parameters
    ----------
    pairs
        A table of ids.
    columns
        By column of ids, the ids there are.
    table
        What the table is called in messages.

    Returns
    -------
    tuple of numpy.ndarray
        For each column the positions of its ids; shape (pairs,).

    Raises
    ------
    TravelError
        With every column that is missing and every id that is unknown.

    Examples
    --------
    >>> pairs = pd.DataFrame({"village_id": ["b", "a"]})
    >>> known = {"village_id": labels(["a", "b"], "village_id")}
    >>> rows_of_pairs(pairs, known, table="pairs")[0].tolist()
    [1, 0]
    """
    require_columns(pairs, columns, table=table)
    findings, found = [], []
    for column, known in columns.items():
        rows = known.get_indexer(labels(pairs[column], column))
        if (rows < 0).any():
            ids = tuple(dict.fromkeys(str(i) for i in pairs[column][rows < 0]))
            of = "villages" if column == "village_id" else "schools"
            findings.append(
                Finding(
                    code="unknown_reference",
                    table=table,
                    column=column,
                    ids=ids,
                    values={"of": of},
                )
            )
        found.append(np.asarray(rows, dtype=np.intp))
    if findings:
        raise TravelError(findings)
    return tuple(found)


def require_columns(frame: pd.DataFrame, columns: Iterable[str], *, table: str) -> None:
    """Refuse a table that lacks columns.

    Parameters
    ----------
    frame
        The table.
    columns
        The columns it must have.
    table
        What it is called in messages.

    Raises
    ------
    TravelError
        With every column that is missing; or if it is no table.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TravelError(_no_table(table, frame, wanted="DataFrame"))
    have = ", ".join(map(str, frame.columns)) or "-"
    findings = [
        Finding(code="missing_column", table=table, column=c, values={"heading": c, "have": have})
        for c in columns
        if c not in frame.columns
    ]
    if findings:
        raise TravelError(findings)


def paces(network: RoadNetwork, band: str) -> tuple[float, float]:
    """Say how the minutes of a band follow from those of grades 1-3.

    Parameters
    ----------
    network
        The network.
    band
        The grade band.

    Returns
    -------
    road : float
        Minutes on the road for each minute of grades 1-3: in a vehicle 1.
    walk : float
        Minutes of walking for each minute of grades 1-3.

    Raises
    ------
    OptionsError
        If there is no such band.
    """
    if band not in BANDS:
        raise OptionsError(unknown_band(band))
    speed = network.standards.value
    walk = speed(f"walk_speed_kmh_{BANDS[0]}") / speed(f"walk_speed_kmh_{band}")
    return (walk if network.mode == "walk" else 1.0), walk


def network_of(network: RoadNetwork, band: str) -> RoadNetwork:
    """Choose the network that a band travels on.

    Parameters
    ----------
    network
        The network.
    band
        The grade band.

    Returns
    -------
    RoadNetwork
        The same; of a network for bicycles that on foot for bands too young to ride.

    Raises
    ------
    OptionsError
        If there is no such band.
    """
    if band not in BANDS:
        raise OptionsError(unknown_band(band))
    if network.on_foot is None or band in riding_bands(network.standards):
        return network
    return network.on_foot


def waiting_minutes(network: RoadNetwork) -> float:
    """Give the minutes that everybody who rides waits before.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    float
        Those at the stop of the school bus, otherwise 0.
    """
    return network.standards.value("bus_wait_minutes") if network.mode == "bus" else 0.0
