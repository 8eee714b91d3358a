"""Between WGS 84 and the systems in which Chinese data come."""

from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.sources.coordinates.offsets import (
    Points,
    bd09_from_wgs84,
    gcj02_from_wgs84,
    undone,
)

WGS84: Final = "EPSG:4326"

SHIFTED: Final = MappingProxyType({"gcj02": gcj02_from_wgs84, "bd09": bd09_from_wgs84})
"""The systems of map sites and what they do to WGS 84."""

SYSTEMS: Final = MappingProxyType(
    {
        "wgs84": WGS84,
        "cgcs2000": "EPSG:4490",
        "xian80": "EPSG:4610",
        "beijing54": "EPSG:4214",
    }
)
"""Names of systems in degrees, beside ``gcj02`` and ``bd09``, and their EPSG codes."""

Datum = Literal["cgcs2000", "xian80", "beijing54"]

_FIRST_MERIDIAN: Final = 75
_FIRST_ZONE: Final = MappingProxyType({3: 25, 6: 13})
_LAST_ZONE: Final = MappingProxyType({3: 45, 6: 23})

_CODES: Final = MappingProxyType(
    {
        # datum, width of zones: first code with the zone number in eastings, first without
        ("cgcs2000", 3): (4513, 4534),
        ("cgcs2000", 6): (4491, 4502),
        ("xian80", 3): (2349, 2370),
        ("xian80", 6): (2327, 2338),
        ("beijing54", 3): (2401, 2422),
        ("beijing54", 6): (21413, 21453),
    }
)
"""EPSG codes of the zone whose central meridian is 75 degrees east; the others follow."""


def gauss_kruger(datum: Datum, *, meridian: int, width: int = 3, prefix: bool = False) -> str:
    """Name the Gauss-Krueger zone of a central meridian.

    Parameters
    ----------
    datum
        ``"cgcs2000"``, ``"xian80"`` or ``"beijing54"``.
    meridian
        The central meridian, degrees east, from 75 to 135.
    width
        The width of the zones, 3 or 6 degrees.
    prefix
        Whether eastings carry the number of the zone in front, as 39,500,000.

    Returns
    -------
    str
        The EPSG code, such as ``"EPSG:4548"``.

    Raises
    ------
    OptionsError
        If there is no such zone.

    Examples
    --------
    >>> gauss_kruger("cgcs2000", meridian=117)
    'EPSG:4548'
    >>> gauss_kruger("xian80", meridian=117, width=6, prefix=True)
    'EPSG:2334'
    """
    step, off = divmod(meridian - _FIRST_MERIDIAN, width)
    count = _LAST_ZONE.get(width, 0) - _FIRST_ZONE.get(width, 0)
    if (datum, width) not in _CODES or off or not 0 <= step <= count:
        asked = f"{datum}, {meridian}, {width}"
        raise OptionsError(Finding(code="no_such_zone", values={"asked": asked}))
    with_zone, without = _CODES[datum, width]
    return f"EPSG:{(with_zone if prefix else without) + step}"


def zone_meridian(zone: int) -> tuple[int, int] | None:
    """Give the central meridian of a zone number in front of eastings.

    Zones 13 to 23 are 6 degrees wide and zones 25 to 45 are 3 degrees wide: no number
    stands for both.

    Parameters
    ----------
    zone
        The number.

    Returns
    -------
    tuple of int, or None
        The central meridian and the width of the zone, degrees; None outside China.

    Examples
    --------
    >>> zone_meridian(39), zone_meridian(20), zone_meridian(24)
    ((117, 3), (117, 6), None)
    """
    for width, first in _FIRST_ZONE.items():
        if first <= zone <= _LAST_ZONE[width]:
            return _FIRST_MERIDIAN + width * (zone - first), width
    return None


def known_system(system: str) -> str:
    """Settle on the name of a system of coordinates.

    Parameters
    ----------
    system
        ``"gcj02"``, ``"bd09"``, a name in `SYSTEMS`, or what pyproj takes.

    Returns
    -------
    str
        ``"gcj02"``, ``"bd09"``, or what pyproj takes.

    Raises
    ------
    OptionsError
        If it is unknown.

    Examples
    --------
    >>> known_system("GCJ-02"), known_system("CGCS2000"), known_system("EPSG:4548")
    ('gcj02', 'EPSG:4490', 'EPSG:4548')
    """
    plain = "".join(c for c in str(system).lower() if c.isalnum())
    if plain in SHIFTED:
        return plain
    if plain in SYSTEMS:
        return SYSTEMS[plain]
    try:
        CRS.from_user_input(system)
    except CRSError:
        known = ", ".join([*SHIFTED, *SYSTEMS, "EPSG:4548", "…"])
        found = Finding(code="unknown_system", values={"system": system, "known": known})
        raise OptionsError(found) from None
    return str(system)


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def to_wgs84(x: ArrayLike, y: ArrayLike, system: str) -> Points:
    """Bring points to longitude and latitude in WGS 84.

    CGCS2000 and WGS 84 agree within decimetres and are taken as one. The old systems Xian
    80 and Beijing 54 are related to WGS 84 by parameters that are kept locally: what pyproj
    has without them is right to about 100 m only.

    Parameters
    ----------
    x, y
        Longitude or easting, latitude or northing.
    system
        ``"gcj02"``, ``"bd09"``, ``"cgcs2000"``, ``"xian80"``, ``"beijing54"`` (degrees), or
        what pyproj takes, such as ``"EPSG:4548"`` or `gauss_kruger`.

    Returns
    -------
    tuple of numpy.ndarray
        Longitudes and latitudes, degrees. The inverse of the shifts of map sites is
        iterated to 1e-12 degrees; the formulas are in `layoutplan.sources.coordinates.offsets`.

    Raises
    ------
    OptionsError
        If the system is unknown.

    Examples
    --------
    >>> x, y = to_wgs84(116.41024450, 39.91640428, "gcj02")
    >>> f"{x:.6f} {y:.6f}"
    '116.404000 39.915000'
    >>> zone = gauss_kruger("cgcs2000", meridian=117, prefix=True)
    >>> x, y = to_wgs84([39_500_000], [3_481_000], zone)
    >>> f"{x[0]:.6f} {y[0]:.6f}"
    '117.000000 31.451197'
    """
    known = known_system(system)
    if known in SHIFTED:
        return undone(SHIFTED[known], x, y)
    return _through(known, WGS84, x, y)


def from_wgs84(longitude: ArrayLike, latitude: ArrayLike, system: str) -> Points:
    """Bring longitude and latitude in WGS 84 to another system.

    Parameters
    ----------
    longitude, latitude
        Degrees in WGS 84.
    system
        As in `to_wgs84`.

    Returns
    -------
    tuple of numpy.ndarray
        Longitude or easting, latitude or northing.

    Raises
    ------
    OptionsError
        If the system is unknown.

    Examples
    --------
    >>> x, y = from_wgs84(116.404, 39.915, "gcj02")
    >>> f"{x:.6f} {y:.6f}"
    '116.410244 39.916404'
    """
    known = known_system(system)
    if known in SHIFTED:
        return SHIFTED[known](longitude, latitude)
    return _through(WGS84, known, longitude, latitude)


def _through(source: str, target: str, x: ArrayLike, y: ArrayLike) -> Points:
    first = np.asarray(x, dtype=np.float64)
    second = np.asarray(y, dtype=np.float64)
    made = _transformer(source, target).transform(first, second)
    return _array(made[0]), _array(made[1])


def _array(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)
