"""What lies under the plan: roads, outlines and names of townships, the extent."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.county import County
from layoutplan.maps.encode import Coded, coded_lines, steps
from layoutplan.network.metric import metric_crs, points_of_places

DEGREES: Final = CRS("EPSG:4326")
"""What the page draws in."""

ROAD_RANKS: Final = 4
"""Ranks of roads on the map, from national and provincial roads to tracks."""

_RANK_OF_HIGHWAY: Final = {
    "motorway": 0,
    "trunk": 0,
    "primary": 0,
    "secondary": 1,
    "tertiary": 2,
}
_RANK_OF_ROAD_CLASS: Final = {"高速": 0, "国道": 0, "省道": 0, "县道": 1, "乡道": 2}

_TOLERANCES_M: Final = (10.0, 20.0, 40.0, 80.0)
_VERTICES_MAX: Final = 70_000
_OUTLINE_TOLERANCE_M: Final = 15.0


def roads_of(county: County) -> list[Coded]:
    """Give the roads for the map, one entry per rank.

    Lines that meet end to end are joined, then simplified by 10 m; by more where the
    county has so many roads that the page would grow heavy.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    list of dict
        Lines by rank, the greatest roads first; see `layoutplan.maps.encode.Coded`.
    """
    roads = county.roads
    rank = road_ranks(roads)
    metric = _in_metres(roads.geometry)
    lines = np.asarray(metric.array, dtype=object)
    merged = [_joined(lines[rank == r]) for r in range(ROAD_RANKS)]
    simple = merged
    for tolerance in _TOLERANCES_M:
        simple = [shapely.simplify(m, tolerance) for m in merged]
        if sum(int(shapely.get_num_coordinates(s).sum()) for s in simple) <= _VERTICES_MAX:
            break
    return [coded_lines(gpd.GeoSeries(s, crs=metric.crs).to_crs(DEGREES)) for s in simple]


def road_ranks(roads: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Rank roads by their class.

    Parameters
    ----------
    roads
        The roads of a county.

    Returns
    -------
    numpy.ndarray
        From 0, national and provincial roads, to 3, the least; shape (roads,).
    """
    blank = pd.Series("", index=roads.index)
    highway = roads.get("highway", blank).astype("str").str.lower().str.removesuffix("_link")
    pattern = f"({'|'.join(_RANK_OF_ROAD_CLASS)})"
    given = roads.get("road_class", blank).astype("str").str.extract(pattern, expand=False)
    ranks = highway.map(_RANK_OF_HIGHWAY).fillna(given.map(_RANK_OF_ROAD_CLASS))
    filled: NDArray[np.int64] = ranks.fillna(ROAD_RANKS - 1).to_numpy(dtype=np.int64)
    return filled


def _in_metres(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Project, because simplifying by degrees would favour one direction."""
    x0, y0, x1, y1 = (float(b) for b in shapes.total_bounds)
    if not np.isfinite([x0, y0, x1, y1]).all():
        return shapes
    return shapes.to_crs(metric_crs((x0, y0, x1, y1), CRS(shapes.crs)))


def _joined(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    parts = shapely.get_parts(lines)
    if not len(parts):
        return parts
    return shapely.get_parts(np.array([shapely.line_merge(shapely.multilinestrings(parts))]))


def townships_of(county: County) -> dict[str, object]:
    """Give outlines and names of the townships for the map.

    Outlines are simplified together, so that neighbours still share their line, and
    every line is drawn once.

    Parameters
    ----------
    county
        The county; its townships may be areas, points or absent.

    Returns
    -------
    dict
        ``inner`` and ``outer`` lines, ``names`` and their places ``at``.
    """
    towns = county.townships
    nothing = coded_lines(gpd.GeoSeries([], crs=DEGREES))
    if towns.empty:
        return {"inner": nothing, "outer": nothing, "names": [], "at": []}
    at = points_of_places(np.asarray(towns.geometry.array, dtype=object))
    names = names_of(towns)
    outlines = towns.geometry[towns.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    inner = outer = nothing
    if len(outlines):
        inner, outer = _outlines(outlines)
    return {"inner": inner, "outer": outer, "names": names, "at": _places(at, towns.crs)}


def _outlines(outlines: gpd.GeoSeries) -> tuple[Coded, Coded]:
    metric = _in_metres(outlines)
    within, around = outline_lines(metric)

    def coded(shape: shapely.Geometry) -> Coded:
        lines = shapely.get_parts(np.array([shape], dtype=object))
        return coded_lines(gpd.GeoSeries(lines, crs=metric.crs).to_crs(DEGREES))

    return coded(within), coded(around)


def outline_lines(metric: gpd.GeoSeries) -> tuple[shapely.Geometry, shapely.Geometry]:
    """Give the outlines of areas, each line once.

    Parameters
    ----------
    metric
        Areas in metres.

    Returns
    -------
    within, around : shapely.Geometry
        The lines between areas, and those around all of them.
    """
    # Projecting moves shared corners apart by less than a centimetre; coverages need them equal.
    areas = shapely.set_precision(np.asarray(metric.array, dtype=object), 0.01)
    if shapely.coverage_is_valid(areas):
        areas = shapely.coverage_simplify(areas, _OUTLINE_TOLERANCE_M)
        whole = shapely.coverage_union_all(areas)
    else:
        areas = shapely.simplify(areas, _OUTLINE_TOLERANCE_M)
        whole = shapely.union_all(areas)
    around = shapely.boundary(whole)
    drawn = shapely.line_merge(shapely.union_all(shapely.boundary(areas)))
    return shapely.difference(drawn, shapely.buffer(around, 1.0)), around


def names_of(table: pd.DataFrame) -> list[str]:
    """Give the names of a table's rows, the id where there is no name.

    Parameters
    ----------
    table
        Any table of a county.

    Returns
    -------
    list of str
        One name per row.

    Examples
    --------
    >>> names_of(pd.DataFrame({"name": ["龙河村", None]}, index=["V1", "V2"]))
    ['龙河村', 'V2']
    """
    ids = pd.Series(table.index.astype("str"), index=table.index, dtype="str")
    if "name" not in table:
        return ids.tolist()
    names = table["name"].astype("str").str.strip()
    return names.where(table["name"].notna() & names.ne(""), ids).tolist()


def places_of(table: gpd.GeoDataFrame) -> list[int]:
    """Give one point for each row of a table.

    Parameters
    ----------
    table
        Villages or sites; an area stands for itself by a point inside it.

    Returns
    -------
    list of int
        See `layoutplan.maps.encode.steps`.
    """
    return _places(points_of_places(np.asarray(table.geometry.array, dtype=object)), table.crs)


def _places(points: NDArray[np.object_], crs: object) -> list[int]:
    placed = gpd.GeoSeries(points, crs=crs).to_crs(DEGREES)
    return steps(np.column_stack([placed.x, placed.y]).astype(np.float64))


def bounds_of(county: County) -> list[list[float]]:
    """Give the extent of villages, sites and townships.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    list
        South-west and north-east corner, each as latitude and longitude.
    """
    tables = [t for t in (county.villages, county.sites, county.townships) if len(t)]
    each = np.array([t.geometry.to_crs(DEGREES).total_bounds for t in tables])
    west, south = each[:, :2].min(axis=0)
    east, north = each[:, 2:].max(axis=0)
    corners = [[south, west], [north, east]]
    return [[round(float(v), 5) for v in corner] for corner in corners]
