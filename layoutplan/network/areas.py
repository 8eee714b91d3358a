"""The nearest site of every road, and the areas around the roads of each site."""

from itertools import pairwise
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.metric import extent_text, metric_crs, transformer
from layoutplan.network.placed import network_of, placed
from layoutplan.network.reach import Stretches, reach, stretches
from layoutplan.network.road_network import RoadNetwork
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards

_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_COARSE: Final = 20
_QUARTER_ARCS: Final = 4

_BESIDE_M: Final = 1.0
"""So far from its ends the points of a line are taken, so that two lines share none."""


def nearest_site_roads(
    sites: gpd.GeoDataFrame, *, network: RoadNetwork, band: str = "g13"
) -> gpd.GeoDataFrame:
    """Say of every piece of road which site is the nearest in minutes.

    Pieces are cut where two sites are equally near. On one-way roads the way towards the
    site counts.

    Parameters
    ----------
    sites
        The sites, indexed by site id.
    network
        The network.
    band
        The grade band, whose walking speed counts.

    Returns
    -------
    geopandas.GeoDataFrame
        A row for each piece: ``site_id``, missing where no site can be reached; ``road``;
        ``minutes_least`` and ``minutes_most``, to the site from the nearest and the
        farthest point of the piece, the walk from the road to the site included;
        ``length_m``; and the line in the system of the sites. Lengths add up to those of
        the network.

    Raises
    ------
    TravelError
        If the sites are not on the network, or their ids repeat.
    OptionsError
        If there is no such band.

    Examples
    --------
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 501000 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> at = gpd.GeoSeries.from_wkt(["POINT (500000 0)", "POINT (501000 200)"], crs=crs)
    >>> sites = gpd.GeoDataFrame(geometry=at.set_axis(["s1", "s2"]))
    >>> found = nearest_site_roads(sites, network=made)
    >>> found[["site_id", "minutes_least", "minutes_most", "length_m"]].round(1)
      site_id  minutes_least  minutes_most  length_m
    0      s1            0.0           9.0     600.2
    1      s2            3.0           9.0     400.2
    """
    network = network_of(network, band)
    on = placed(network, {"schools": sites})
    parts = stretches(reach(on, band))
    first = _first_of_equals(parts)
    ends = parts.ends()
    last = np.append(first[1:], len(parts.link)) - 1
    xy = np.stack([ends[first, 0], ends[last, 1]], axis=1)
    # Turned into degrees before they are drawn, for lines take longer to change than numbers.
    there = transformer(network.crs, on.crs).transform(xy[:, :, 0], xy[:, :, 1])
    lines = shapely.linestrings(np.stack(there, axis=-1))
    minutes = np.stack([parts.minutes_begin, parts.minutes_end])
    place = parts.place[first]
    site = pd.Series(on.ids.to_numpy(dtype=object)[place], dtype=object)
    return gpd.GeoDataFrame(
        {
            "site_id": site.where(place >= 0, None).astype("str"),
            "road": pd.Series(parts.web.road[parts.link[first]], dtype=object).astype("str"),
            "minutes_least": np.minimum.reduceat(minutes.min(axis=0), first),
            "minutes_most": np.maximum.reduceat(minutes.max(axis=0), first),
            "length_m": np.add.reduceat(parts.length_m, first),
        },
        geometry=np.asarray(lines, dtype=object),
        crs=on.crs,
    )


def _first_of_equals(parts: Stretches) -> NDArray[np.intp]:
    """Join stretches of one piece that lead to the same site over its two ends."""
    new = np.ones(len(parts.link), dtype=bool)
    new[1:] = (np.diff(parts.link) != 0) | (np.diff(parts.place) != 0)
    return np.flatnonzero(new)


def nearest_site_areas(
    roads: gpd.GeoDataFrame,
    *,
    within: gpd.GeoDataFrame | None = None,
    standards: Standards | None = None,
) -> gpd.GeoDataFrame:
    """Draw the area around the roads of each site.

    Every point of the area belongs to the site of the road that is nearest to it
    straight: the cells of Voronoi (1908) around points along the roads, joined by site.
    Between two roads the border is as exact as the points are close.

    Parameters
    ----------
    roads
        The result of `nearest_site_roads`; pieces without a site have no area.
    within
        Areas whose union bounds the result, such as the townships; where not given, the
        roads and a strip around them.
    standards
        The distance of the points and the width of the strip; the national profile where
        not given.

    Returns
    -------
    geopandas.GeoDataFrame
        Areas by ``site_id`` that do not overlap, with ``area_m2``, in the system of the
        roads.

    Raises
    ------
    TravelError
        If a column is missing, there is no coordinate reference system, no road has a
        site, or ``within`` holds no areas or lies elsewhere.

    Examples
    --------
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(
    ...     ["LINESTRING (500000 0, 500600 0)", "LINESTRING (500600 0, 501000 0)"], crs=crs
    ... )
    >>> roads = gpd.GeoDataFrame({"site_id": ["s1", "s2"]}, geometry=line)
    >>> box = gpd.GeoDataFrame(geometry=[shapely.box(500000, -50, 501000, 50)], crs=crs)
    >>> nearest_site_areas(roads, within=box)["area_m2"].round(-2)
    site_id
    s1    60000.0
    s2    40000.0
    Name: area_m2, dtype: float64
    """
    numbers = load_standards() if standards is None else standards
    _require_roads(roads, within)
    crs = CRS(roads.crs)
    metric = metric_crs(tuple(roads.total_bounds), crs)
    with_site = roads[roads["site_id"].notna()].to_crs(metric)
    lines = np.asarray(with_site.geometry.array, dtype=object)
    if within is None:
        whole = strip_around(lines, numbers.value("area_strip_m"))
    else:
        whole = _joined_areas(within, lines, crs=metric, reach_m=numbers.value("area_strip_m"))
    points, line = _points_along(lines, numbers.value("area_point_step_m"))
    cells = _cells(points, whole)
    codes, ids = pd.factorize(with_site["site_id"].astype("str"), sort=True)
    order = np.argsort(codes[line], kind="stable")
    bounds = np.searchsorted(codes[line][order], np.arange(len(ids) + 1))
    joined = [shapely.coverage_union_all(cells[order[low:high]]) for low, high in pairwise(bounds)]
    areas = shapely.intersection(np.array(joined, dtype=object), whole)
    table = gpd.GeoDataFrame(
        {"area_m2": shapely.area(areas)},
        index=pd.Index(ids, name="site_id", dtype="str"),
        geometry=areas,
        crs=metric,
    )
    return table.to_crs(crs)


def strip_around(lines: NDArray[np.object_], width_m: float) -> shapely.Geometry:
    """Draw a strip around lines.

    Parameters
    ----------
    lines
        Lines in metres.
    width_m
        How far it reaches, measured from the lines simplified by a twentieth of it.

    Returns
    -------
    shapely.Geometry
        The strip, everywhere within ``width_m`` of the lines; empty where there is none.

    Examples
    --------
    >>> line = np.array([shapely.from_wkt("LINESTRING (0 0, 100 0)")])
    >>> strip_around(line, 20.0).bounds
    (-19.0, -19.0, 119.0, 19.0)
    """
    tolerance = width_m / _COARSE
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    simple = shapely.simplify(merged, tolerance)
    # One by one: a buffer of all lines at once takes a hundred times as long.
    grown = shapely.buffer(simple, width_m - tolerance, quad_segs=_QUARTER_ARCS)
    return shapely.union_all(grown)


def _require_roads(roads: gpd.GeoDataFrame, within: gpd.GeoDataFrame | None) -> None:
    findings: list[Finding] = []
    if "site_id" not in roads.columns:
        have = ", ".join(map(str, roads.columns))
        values: dict[str, Any] = {"heading": "site_id", "have": have}
        findings.append(
            Finding(code="missing_column", table="roads", column="site_id", values=values)
        )
    elif roads["site_id"].notna().sum() == 0:
        findings.append(Finding(code="area_without_sites", table="roads", rows=len(roads)))
    findings += [
        Finding(code="no_crs", table=name)
        for name, frame in (("roads", roads), ("within", within))
        if frame is not None and frame.crs is None
    ]
    if within is not None and within.crs is not None and not _is_area(within).any():
        kinds = sorted({str(kind) for kind in within.geom_type.dropna()})
        values = {"kinds": ", ".join(kinds) or "-"}
        findings.append(
            Finding(code="area_within_empty", table="within", rows=len(within), values=values)
        )
    if findings:
        raise TravelError(findings)


def _is_area(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    shapes = np.asarray(frame.geometry.array, dtype=object)
    kind = np.isin(shapely.get_type_id(shapes), _AREAS)
    return np.asarray(kind & ~shapely.is_empty(shapes), dtype=bool)


def _joined_areas(
    within: gpd.GeoDataFrame, lines: NDArray[np.object_], *, crs: CRS, reach_m: float
) -> shapely.Geometry:
    """Join areas, and refuse those that all lie elsewhere than the roads."""
    shapes = np.asarray(within[_is_area(within)].to_crs(crs).geometry.array, dtype=object)
    shapes = shapes[np.isfinite(shapely.bounds(shapes)).all(axis=1)]
    whole = shapely.union_all(shapes)
    extent = shapely.total_bounds(lines)
    if not shapely.dwithin(whole, shapely.box(*extent), reach_m):
        there = transformer(crs, CRS(within.crs)).transform_bounds(*extent)
        values = {"within": extent_text(within.total_bounds), "roads": extent_text(there)}
        raise TravelError(Finding(code="area_within_apart", table="within", values=values))
    return whole


def _points_along(
    lines: NDArray[np.object_], step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Take points along lines, the first and last one just inside their ends."""
    length = shapely.length(lines)
    inset = np.minimum(_BESIDE_M, length / 4)
    spaces = np.maximum(1, np.ceil((length - 2 * inset) / step_m)).astype(np.intp)
    line = np.repeat(np.arange(len(lines)), spaces + 1)
    place = np.arange(len(line)) - np.repeat(np.cumsum(spaces + 1) - spaces - 1, spaces + 1)
    share = place / spaces[line]
    at = inset[line] + share * (length - 2 * inset)[line]
    points = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], at))
    # Two roads may cross without meeting; a point is one road's only, the first one's.
    _, first = np.unique(np.rint(points * 100), axis=0, return_index=True)
    first = np.sort(first)
    return points[first], line[first]


def _cells(points: NDArray[np.float64], whole: shapely.Geometry) -> NDArray[np.object_]:
    """Draw the cell of every point, beyond the bounds of what is to be covered."""
    made = shapely.voronoi_polygons(
        shapely.multipoints(points), extend_to=shapely.envelope(whole), ordered=True
    )
    return np.asarray(shapely.get_parts(made), dtype=object)
