"""What the numbers of a layer may mean: system, order of axes, unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from layoutplan.sources.coordinates.convert import (
    SYSTEMS,
    WGS84,
    gauss_kruger,
    to_wgs84,
    zone_meridian,
)
from layoutplan.sources.coordinates.offsets import Points

FOOT_M: Final = 0.3048
"""The international foot."""

SURVEY_FOOT_M: Final = 1200 / 3937
"""The foot of older American surveys."""

WEB_MERCATOR: Final = "EPSG:3857"

_PREFIXED: Final = 1e7
"""Eastings from here on carry the number of their zone, in millions, in front."""

_EASTINGS: Final = (5e4, 9.5e5)
"""Eastings without it: 500 km at the central meridian, less or more beside it."""

_NORTHINGS: Final = (0.0, 1e7)
_WEB_MOST: Final = 20_048_967.0
_WEB_EAST: Final = 1.51e7
"""Eastings of web Mercator in China end here."""

_EAST_MOST: Final = 180.0
_NORTH_MOST: Final = 90.0
_UTM_NORTH, _UTM_SOUTH = 32600, 32700
_UTM_WIDTH: Final = 6
_MERIDIANS: Final = (75, 135)
"""Central meridians of the zones that China has."""

_CHINA: Final = (73.0, 3.0, 136.0, 54.0)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read the numbers of a layer.

    Parameters
    ----------
    crs
        The system, as pyproj takes it.
    swapped
        Whether the two numbers stand in the other order.
    unit_m
        Metres of one unit where the numbers are no metres, else 1.
    """

    crs: str
    swapped: bool = False
    unit_m: float = 1.0

    def ordered(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the numbers as the system has them, easting or longitude first."""
        return (xy[:, ::-1] if self.swapped else xy) * self.unit_m

    def degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give longitudes and latitudes in WGS 84, infinite where there are none."""
        x, y = self.ordered(xy).T
        if _geographic(self.crs):
            off = (np.abs(x) > _EAST_MOST) | (np.abs(y) > _NORTH_MOST)
            x, y = np.where(off, np.inf, x), np.where(off, np.inf, y)
            if CRS.from_user_input(self.crs).to_epsg() in _AS_GOOD_AS_WGS84:
                return np.column_stack([x, y])
        return np.column_stack(to_wgs84(x, y, self.crs))


_AS_GOOD_AS_WGS84: Final = (4326, 4490)


def _geographic(crs: str) -> bool:
    return bool(CRS.from_user_input(crs).is_geographic)


def plausible(xy: NDArray[np.float64], crs: object) -> bool:
    """Tell whether a system can have such numbers at all.

    Parameters
    ----------
    xy
        The numbers of a layer; shape (points, 2).
    crs
        The system that the layer names.

    Returns
    -------
    bool
        Whether the middle of the layer lies in the system.

    Examples
    --------
    >>> plausible(np.array([[31.4, 116.9]]), "EPSG:4326")
    False
    """
    if crs is None or not len(xy):
        return False
    try:
        made = Reading(crs=CRS.from_user_input(crs).to_string())
    except CRSError:
        return False
    return bool(np.isfinite(made.degrees(np.median(xy, axis=0)[None])).all())


def readings(
    xy: NDArray[np.float64], *, near: Points | None = None, declared: str = ""
) -> Iterator[Reading]:
    """List what the numbers of a layer may mean, the likeliest first.

    Parameters
    ----------
    xy
        The numbers; shape (points, 2).
    near
        Longitude and latitude of the county, where other layers tell. Central meridians
        without a number in front of eastings cannot be found otherwise.
    declared
        The system that the layer names, which may be the wrong one.

    Yields
    ------
    Reading
        Systems in degrees, Gauss-Krueger zones of CGCS2000, zones of UTM, web Mercator.

    Examples
    --------
    >>> [r.crs for r in readings(np.array([[39_512_000.0, 3_481_000.0]]))]
    ['EPSG:4527']
    >>> [(r.crs, r.swapped) for r in readings(np.array([[31.4, 116.9]]))]
    [('EPSG:4326', True)]
    """
    middle = np.median(xy, axis=0)
    if declared and not _geographic(declared):
        yield Reading(crs=declared, swapped=True)
        for unit in (FOOT_M, SURVEY_FOOT_M):
            yield Reading(crs=declared, unit_m=unit)
            yield Reading(crs=declared, unit_m=unit, swapped=True)
    for swapped in (False, True):
        x, y = middle[::-1] if swapped else middle
        if abs(x) <= _EAST_MOST and abs(y) <= _NORTH_MOST:
            yield Reading(crs=WGS84, swapped=swapped)
            continue
        for crs in _prefixed(x, y):
            yield Reading(crs=crs, swapped=swapped)
        for unit in (1.0, FOOT_M, SURVEY_FOOT_M):
            for crs in _zones(x * unit, y * unit, near):
                yield Reading(crs=crs, swapped=swapped, unit_m=unit)
        if near is not None and max(abs(x), abs(y)) <= _WEB_MOST:
            yield Reading(crs=WEB_MERCATOR, swapped=swapped)


def sure(xy: NDArray[np.float64]) -> Reading | None:
    """Read a layer whose numbers alone tell what they are.

    Parameters
    ----------
    xy
        The numbers; shape (points, 2).

    Returns
    -------
    Reading or None
        None where there are no or several ways to read them. Of degrees that can stand in
        either order, the one that lies in China is taken, else the one as it stands.

    Examples
    --------
    >>> sure(np.array([[3_481_000.0, 39_512_000.0]]))
    Reading(crs='EPSG:4527', swapped=True, unit_m=1.0)
    >>> sure(np.array([[512_000.0, 3_481_000.0]])) is None
    True
    """
    found = list(readings(xy))
    if len(found) > 1 and all(r.crs == WGS84 for r in found):
        middle = np.median(xy, axis=0)[None]
        west, south, east, north = _CHINA
        for reading in found:
            x, y = reading.ordered(middle)[0]
            if west <= x <= east and south <= y <= north:
                return reading
        return found[0]
    # Zones 13 to 15 are the numbers of web Mercator in the east of China as well.
    several = any(_PREFIXED <= abs(v) < _WEB_EAST for v in np.median(xy, axis=0))
    return found[0] if len(found) == 1 and not several else None


def _prefixed(x: float, y: float) -> Iterator[str]:
    zone = zone_meridian(int(x // 1e6)) if x >= _PREFIXED else None
    if zone is not None and _NORTHINGS[0] < y < _NORTHINGS[1]:
        yield gauss_kruger("cgcs2000", meridian=zone[0], width=zone[1], prefix=True)


def _zones(x: float, y: float, near: Points | None) -> Iterator[str]:
    """Give the zones around the county whose eastings and northings may look so."""
    if near is None or not (
        _EASTINGS[0] <= x <= _EASTINGS[1] and _NORTHINGS[0] < y < _NORTHINGS[1]
    ):
        return
    longitude, latitude = float(near[0]), float(near[1])
    meridians = [3 * round(longitude / 3) + step for step in (0, 3, -3, 6, -6)]
    for meridian in meridians:
        if _MERIDIANS[0] <= meridian <= _MERIDIANS[1]:
            yield gauss_kruger("cgcs2000", meridian=meridian)
    zone = int((longitude + 180) // _UTM_WIDTH) + 1
    base = _UTM_NORTH if latitude >= 0 else _UTM_SOUTH
    for step in (0, 1, -1):
        yield f"EPSG:{base + (zone + step - 1) % 60 + 1}"


def old_datum(crs: object) -> str:
    """Name the old Chinese datum of a system.

    Parameters
    ----------
    crs
        A system.

    Returns
    -------
    str
        ``"xian80"``, ``"beijing54"`` or nothing.

    Examples
    --------
    >>> old_datum("EPSG:2384"), old_datum("EPSG:4548")
    ('xian80', '')
    """
    known = CRS.from_user_input(crs)
    below = known.geodetic_crs
    code = below.to_epsg() if below is not None else None
    for name in ("xian80", "beijing54"):
        if f"EPSG:{code}" == SYSTEMS[name]:
            return name
    plain = f"{known.name} {below.name if below is not None else ''}".lower().replace("_", " ")
    words = {"xian80": ("xian 1980", "xian80"), "beijing54": ("beijing 1954", "beijing54")}
    return next((n for n, w in words.items() if any(t in plain for t in w)), "")
