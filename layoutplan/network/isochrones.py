"""From where places are reached within some minutes: roads, and the areas around them."""

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.areas import strip_around
from layoutplan.network.drawing import METRES_PER_MINUTE_AT_1_KMH
from layoutplan.network.placed import Placed, network_of, placed
from layoutplan.network.reach import Stretches, reach, stretches
from layoutplan.network.road_network import RoadNetwork

_RINGS: Final = 5
"""Steps in which the strip around roads narrows towards where the minutes run out."""

_QUARTER_ARCS: Final = 8


def isochrone_roads(
    places: gpd.GeoDataFrame,
    *,
    network: RoadNetwork,
    minutes: Sequence[float],
    band: str = "g13",
) -> gpd.GeoDataFrame:
    """Find the roads from which the nearest of some places is reached in time.

    Roads are cut exactly where the minutes run out. What counts is the way towards the
    places, one-way roads with it, and the walk from the road to the place.

    Parameters
    ----------
    places
        Schools, or one of them, indexed by id.
    network
        The network.
    minutes
        The limits, above 0.
    band
        The grade band, whose walking speed counts.

    Returns
    -------
    geopandas.GeoDataFrame
        A row for each limit, ascending: ``minutes``, ``length_m`` and the roads as one
        MultiLineString in the system of the places, empty where no road is reached. The
        roads of a limit are part of those of the next.

    Raises
    ------
    TravelError
        If the places are not on the network, or their ids repeat.
    OptionsError
        If there is no such band, or a limit is not a number above 0.

    Examples
    --------
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 503000 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> at = gpd.GeoSeries.from_wkt(["POINT (500000 200)"], crs=crs, index=["s1"])
    >>> school = gpd.GeoDataFrame(geometry=at)
    >>> isochrone_roads(school, network=made, minutes=[15, 30])["length_m"].round(0).tolist()
    [800.0, 1800.0]
    """
    limits = _limits(minutes)
    network = network_of(network, band)
    on = placed(network, {"schools": places})
    parts = stretches(reach(on, band))
    reached = [within(parts, limit) for limit in limits]
    table = gpd.GeoDataFrame(
        {"minutes": limits, "length_m": [float(r.length_m.sum()) for r in reached]},
        geometry=[_merged(r.lines()) for r in reached],
        crs=network.crs,
    )
    return table.to_crs(on.crs)


def isochrone_areas(
    places: gpd.GeoDataFrame,
    *,
    network: RoadNetwork,
    minutes: Sequence[float],
    band: str = "g13",
) -> gpd.GeoDataFrame:
    """Draw the areas from which the nearest of some places is reached in time.

    An area is a strip around the roads that are reached, and a circle around the
    places: from every point of it one can walk straight to the road, or to the place,
    and be there in time. The strip is as wide as the minutes left allow, at most the
    standard ``isochrone_strip_m``, and narrows in steps where they run out, so that the
    area is never too large for them. Water, slopes and fields off the road count for
    nothing.

    Parameters
    ----------
    places
        Schools, or one of them, indexed by id.
    network
        The network.
    minutes
        The limits, above 0.
    band
        The grade band, whose walking speed counts.

    Returns
    -------
    geopandas.GeoDataFrame
        A row for each limit, ascending: ``minutes``, ``area_m2`` and the area in the
        system of the places. The area of a limit lies within that of the next; for that
        it is joined to those of the lesser limits asked for, whose strips narrow at other
        places, so that it depends slightly on which they are.

    Raises
    ------
    TravelError
        If the places are not on the network, or their ids repeat.
    OptionsError
        If there is no such band, or a limit is not a number above 0.

    Examples
    --------
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 503000 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> at = gpd.GeoSeries.from_wkt(["POINT (500000 0)"], crs=crs, index=["s1"])
    >>> school = gpd.GeoDataFrame(geometry=at)
    >>> areas = isochrone_areas(school, network=made, minutes=[30])
    >>> areas.contains(shapely.Point(501000, 450)).tolist()
    [True]
    >>> areas.contains(shapely.Point(501900, 450)).tolist()
    [False]
    """
    limits = _limits(minutes)
    network = network_of(network, band)
    on = placed(network, {"schools": places})
    parts = stretches(reach(on, band))
    numbers = network.standards
    speed = numbers.value(f"walk_speed_kmh_{band}") * METRES_PER_MINUTE_AT_1_KMH
    strip = numbers.value("isochrone_strip_m")
    areas: list[shapely.Geometry] = []
    for limit in limits:
        straight = limit * speed / numbers.value("off_road_detour")
        grown = [_around(parts, limit, strip, speed), _circles(on, min(straight, strip))]
        # With what is reached in less time, so that rounding cannot put it outside.
        areas.append(shapely.union_all(np.array([*grown, *areas[-1:]], dtype=object)))
    table = gpd.GeoDataFrame({"minutes": limits}, geometry=areas, crs=network.crs)
    return table.assign(area_m2=table.area)[["minutes", "area_m2", "geometry"]].to_crs(on.crs)


def within(parts: Stretches, limit: float) -> Stretches:
    """Keep of stretches what is not farther than a limit.

    Parameters
    ----------
    parts
        The stretches.
    limit
        Minutes.

    Returns
    -------
    Stretches
        The stretches reached, cut where the minutes run out.
    """
    least = np.minimum(parts.minutes_begin, parts.minutes_end)
    parts = parts[(least <= limit) & np.isfinite(least)]
    rise = parts.minutes_end - parts.minutes_begin
    over = np.maximum(parts.minutes_begin, parts.minutes_end) > limit
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip((limit - parts.minutes_begin) / rise, 0.0, 1.0)
    cut = parts.begin + share * (parts.end - parts.begin)
    upward, downward = over & (rise > 0), over & (rise < 0)
    kept = Stretches(
        web=parts.web,
        link=parts.link,
        begin=np.where(downward, cut, parts.begin),
        end=np.where(upward, cut, parts.end),
        minutes_begin=np.where(downward, limit, parts.minutes_begin),
        minutes_end=np.where(upward, limit, parts.minutes_end),
        place=parts.place,
    )
    return kept[kept.end > kept.begin]


def _limits(minutes: Sequence[float]) -> NDArray[np.float64]:
    try:
        limits = np.unique(np.asarray(list(minutes), dtype=np.float64))
    except (TypeError, ValueError):
        limits = np.array([np.nan])
    if not (len(limits) and np.isfinite(limits).all() and (limits > 0).all()):
        raise OptionsError(Finding(code="isochrone_minutes", values={"minutes": str(minutes)}))
    return limits


def _around(parts: Stretches, limit: float, strip: float, speed: float) -> shapely.Geometry:
    """Draw the strip: the more minutes are left, the wider, in rings.

    What is left at the outer end of a ring is enough for its width everywhere in it.
    """
    grown: list[shapely.Geometry] = []
    for ring in range(1, _RINGS + 1):
        wide = strip * ring / _RINGS
        inner = within(parts, limit - wide / speed)
        if ring < _RINGS:
            inner = _beyond(inner, limit - strip * (ring + 1) / _RINGS / speed)
        if len(inner.link):
            grown.append(strip_around(inner.lines(), wide))
    return shapely.union_all(np.array(grown, dtype=object))


def _beyond(parts: Stretches, limit: float) -> Stretches:
    """Keep of stretches what is farther than a limit."""
    turned = Stretches(
        **{
            **vars(parts),
            "minutes_begin": -parts.minutes_begin,
            "minutes_end": -parts.minutes_end,
        }
    )
    return within(turned, -limit)


def _circles(on: Placed, radius: float) -> shapely.Geometry:
    known = on.xy[np.isfinite(on.xy).all(axis=1)]
    circles = shapely.buffer(shapely.points(known), radius, quad_segs=_QUARTER_ARCS)
    return shapely.union_all(circles)


def _merged(lines: NDArray[np.object_]) -> shapely.MultiLineString:
    merged = shapely.line_merge(shapely.multilinestrings(lines))
    return shapely.MultiLineString(list(shapely.get_parts(merged)))
