"""The areas of villages as lines that neighbours share, so that each is written once."""

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from layoutplan.county import County
from layoutplan.maps.encode import coded_rows
from layoutplan.network.metric import (
    metric_coordinates,
    metric_crs,
    points_of_places,
    transformer,
)

Objects = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DEGREES: Final = CRS("EPSG:4326")
_GRID_M: Final = 0.01
_PER_M: Final = 100
_TOLERANCES_M: Final = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
_VERTICES_MAX: Final = 60_000
_SPOTS_MIN: Final = 2
_OUTLINE_TOLERANCE_M: Final = 15.0
_BESIDE_M: Final = 1.0
_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def areas_of(county: County) -> dict[str, object]:
    """Give the areas of the villages for the map.

    Areas that the county has are kept, simplified together, so that no gap opens between
    neighbours. Where a village is a point, every village gets the places next to it
    (Voronoi 1908) as far as they lie in the townships, or in the hull of all villages where
    townships have no areas.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    dict
        ``arcs``: the lines between areas, each once, see `layoutplan.maps.encode.Coded`;
        ``left`` and ``right``: the row of the village on either side of each, -1 where
        there is none.
    """
    cells, crs = village_cells(county)
    lines, left, right = shared_lines(cells)
    coordinates, of_line = shapely.get_coordinates(lines, return_index=True)
    x, y = transformer(crs, _DEGREES).transform(coordinates[:, 0], coordinates[:, 1])
    placed = shapely.linestrings(np.column_stack([x, y]), indices=of_line)
    drawn = gpd.GeoSeries(np.asarray(placed, dtype=object), crs=_DEGREES)
    if len(drawn):
        # Neighbours one after the other: the steps from line to line stay short.
        order = np.argsort(drawn.hilbert_distance().to_numpy(), kind="stable")
        drawn, left, right = drawn.iloc[order], left[order], right[order]
    arcs, row = coded_rows(drawn)
    return {"arcs": arcs, "left": left[row].tolist(), "right": right[row].tolist()}


def village_cells(county: County) -> tuple[Objects, CRS]:
    """Give the area of each village.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    cells : numpy.ndarray
        Areas in metres, one per village; empty where a village has none.
    crs : pyproj.CRS
        The metric system.

    Examples
    --------
    >>> import layoutplan as lp
    >>> cells, _ = village_cells(lp.example.county(seed=1, villages=40))
    >>> len(cells), bool(shapely.coverage_is_valid(cells))
    (40, True)
    """
    shapes = np.asarray(county.villages.geometry.array, dtype=object)
    points = points_of_places(shapes)
    known = shapely.is_valid(points) & ~shapely.is_empty(points)
    at = shapely.get_coordinates(points[known])
    if not len(at) or not np.isfinite(at).all():
        return _none(len(shapes)), CRS(_DEGREES)
    low, high = at.min(axis=0), at.max(axis=0)
    crs = metric_crs((low[0], low[1], high[0], high[1]), county.crs)
    if np.isin(shapely.get_type_id(shapes), _AREAS).all():
        metric = _projected(shapes, county.crs, crs)
        return _simplified(_rounded(metric)), crs
    spots = np.full((len(shapes), 2), np.nan)
    spots[known] = metric_coordinates(points[known], county.crs, to=crs)[0]
    return _nearest_places(spots, _outline(county, spots[known], crs)), crs


def _none(number: int) -> Objects:
    return np.full(number, shapely.Polygon(), dtype=object)


def _projected(shapes: Objects, crs: CRS, to: CRS) -> Objects:
    change = transformer(CRS(crs), to)

    def moved(flat: Floats) -> Floats:
        return np.column_stack(change.transform(flat[:, 0], flat[:, 1]))

    return np.asarray(shapely.transform(shapely.force_2d(shapes), moved), dtype=object)


def _rounded(areas: Objects) -> Objects:
    """Round to 1 cm: projecting moves corners that neighbours share apart by less."""
    wrong = ~shapely.is_valid(areas)
    areas[wrong] = shapely.make_valid(areas[wrong])
    return np.asarray(shapely.set_precision(areas, _GRID_M), dtype=object)


def _simplified(areas: Objects) -> Objects:
    together = bool(shapely.coverage_is_valid(areas))
    simple = areas
    for tolerance in _TOLERANCES_M:
        # Areas that overlap have no lines in common: each is simplified by itself.
        change = shapely.coverage_simplify if together else shapely.simplify
        simple = np.asarray(change(areas, tolerance), dtype=object)
        if int(shapely.get_num_coordinates(simple).sum()) <= max(2 * _VERTICES_MAX, 8 * len(areas)):
            break
    return simple


def _outline(county: County, spots: Floats, crs: CRS) -> BaseGeometry:
    towns = np.asarray(county.townships.geometry.array, dtype=object)
    towns = towns[np.isin(shapely.get_type_id(towns), _AREAS)]
    if len(towns):
        areas = _rounded(_projected(towns, county.townships.crs, crs))
        valid = shapely.coverage_is_valid(areas)
        change = shapely.coverage_simplify if valid else shapely.simplify
        areas = change(areas, _OUTLINE_TOLERANCE_M)
        whole = shapely.coverage_union_all(areas) if valid else shapely.union_all(areas)
        if shapely.intersects_xy(whole, spots[:, 0], spots[:, 1]).any():
            return whole
    around = float(np.ptp(spots, axis=0).max()) / np.sqrt(len(spots)) / 2
    hull: BaseGeometry = shapely.MultiPoint(spots).convex_hull
    return hull.buffer(max(around, _BESIDE_M))


def _nearest_places(spots: Floats, outline: shapely.Geometry) -> Objects:
    """Give each spot the places of the outline that are next to it; the first of equals has all."""
    cells = _none(len(spots))
    known = np.flatnonzero(np.isfinite(spots).all(axis=1))
    _, first = np.unique(np.rint(spots[known] * _PER_M), axis=0, return_index=True)
    own = known[np.sort(first)]
    if len(own) < _SPOTS_MIN:
        cells[own] = outline
        return cells
    made = shapely.voronoi_polygons(
        shapely.multipoints(spots[own]), extend_to=shapely.envelope(outline), ordered=True
    )
    parts = shapely.set_precision(shapely.get_parts(made), _GRID_M)
    shapely.prepare(outline)
    across = ~shapely.contains_properly(outline, parts)
    parts[across] = shapely.intersection(parts[across], outline, grid_size=_GRID_M)
    areas = np.isin(shapely.get_type_id(parts), _AREAS)
    cells[own[areas]] = parts[areas]
    return cells


def shared_lines(cells: Objects) -> tuple[Objects, Ints, Ints]:
    """Take areas apart into the lines between them.

    Parameters
    ----------
    cells
        Areas in metres.

    Returns
    -------
    lines : numpy.ndarray
        Lines, each once, from a corner where three areas meet to the next.
    left, right : numpy.ndarray
        The position of the area on either side, -1 where there is none.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    >>> lines, left, right = shared_lines(two)
    >>> sorted(zip(left.tolist(), right.tolist()))[1:], len(lines)
    ([(0, 1), (1, -1)], 3)
    """
    parts, of_cell = shapely.get_parts(cells, return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, of_cell = parts[polygons], of_cell[polygons]
    rings, of_part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(places):
        none = np.zeros(0, dtype=np.int64)
        return np.zeros(0, dtype=object), none, none
    origin = places.min(axis=0)
    spot = _spots(places, origin)
    known, first, node = np.unique(spot, return_index=True, return_inverse=True)
    node = node.reshape(-1)
    follows = (ring[1:] == ring[:-1]) & (node[1:] != node[:-1])
    begin, end = node[:-1][follows], node[1:][follows]
    face = of_cell[of_part[ring[:-1][follows]]].astype(np.int64)
    # Rings are turned so that their area lies to the left.
    onward = begin < end
    edge = np.where(onward, begin, end) * len(known) + np.where(onward, end, begin)
    edges, at = np.unique(edge, return_inverse=True)
    sides = np.full((2, len(edges)), -1, dtype=np.int64)
    sides[0, at.reshape(-1)[onward]] = face[onward]
    sides[1, at.reshape(-1)[~onward]] = face[~onward]
    corners = places[first]
    ends = np.stack([corners[edges // len(known)], corners[edges % len(known)]], axis=1)
    drawn: Objects = np.asarray(shapely.linestrings(ends), dtype=object)
    merged = shapely.line_merge(shapely.multilinestrings(drawn))
    lines = shapely.get_parts(np.array([merged], dtype=object))
    a, b = (
        np.searchsorted(known, _spots(shapely.get_coordinates(shapely.get_point(lines, n)), origin))
        for n in (0, 1)
    )
    row = np.searchsorted(edges, np.minimum(a, b) * len(known) + np.maximum(a, b))
    left = np.where(a < b, sides[0, row], sides[1, row])
    right = np.where(a < b, sides[1, row], sides[0, row])
    return lines, left, right


def _spots(places: Floats, origin: Floats) -> Ints:
    """One whole number for each place, to the centimetre."""
    steps = np.rint((places - origin) * _PER_M).astype(np.int64)
    return np.asarray(steps[:, 0] * (1 << 31) + steps[:, 1], dtype=np.int64)
