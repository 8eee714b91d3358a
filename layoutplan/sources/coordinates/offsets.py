r"""The offsets of map sites: GCJ-02 (AMap, Tencent) and BD-09 (Baidu).

Neither is published by its makers; the formulas are those that the open implementations
share (the table of coefficients is that of ``wandergis/coordtransform``, whose printed
points the tests repeat). With :math:`x = \lambda - 105`, :math:`y = \varphi - 35`
in degrees, the shift of GCJ-02 in metres is a sum of waves :math:`d_E(x, y)`,
:math:`d_N(x, y)`, laid onto the Krasovsky ellipsoid:

.. math::
    \lambda_g = \lambda + \frac{180}{\pi} \frac{d_E}{N(\varphi) \cos\varphi}, \qquad
    \varphi_g = \varphi + \frac{180}{\pi} \frac{d_N}{M(\varphi)}

BD-09 turns and stretches GCJ-02 in polar form, with :math:`k = 3000 \pi / 180`:

.. math::
    r = \sqrt{\lambda_g^2 + \varphi_g^2} + 2 \cdot 10^{-5} \sin(k \varphi_g), \quad
    \theta = \operatorname{atan2}(\varphi_g, \lambda_g) + 3 \cdot 10^{-6} \cos(k \lambda_g)

    \lambda_b = r \cos\theta + 0.0065, \qquad \varphi_b = r \sin\theta + 0.006

Both have no inverse in closed form; it is found by iteration, which contracts since both
maps differ from the identity by slowly changing shifts.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Longitudes and latitudes in degrees."""

_AXIS_M: Final = 6378245.0
"""Semi-major axis of the Krasovsky ellipsoid."""

_ECCENTRICITY_2: Final = 0.00669342162296594323
"""Square of its first eccentricity."""

_K: Final = np.pi * 3000.0 / 180.0
"""BD-09's waves. With plain pi in its place, points come out some metres off."""

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The box in which map sites shift points; elsewhere they leave them."""

_EXACT_DEGREES: Final = 1e-12
"""Where the inverse stops: a ten-millionth of a metre."""

_ROUNDS: Final = 60
"""At most so many rounds of the inverse; each wins more than a digit."""


def shifted_there(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
    """Tell where map sites shift points at all.

    Parameters
    ----------
    longitude, latitude
        Degrees.

    Returns
    -------
    numpy.ndarray
        Whether each point lies in the box around China.

    Examples
    --------
    >>> shifted_there([116.4, 1.5], [39.9, 42.5]).tolist()
    [True, False]
    """
    x, y = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    return (x >= _WEST) & (x <= _EAST) & (y >= _SOUTH) & (y <= _NORTH)


def gcj02_from_wgs84(longitude: ArrayLike, latitude: ArrayLike) -> Points:
    """Shift points as AMap and Tencent do.

    Parameters
    ----------
    longitude, latitude
        Degrees in WGS 84.

    Returns
    -------
    tuple of numpy.ndarray
        Degrees in GCJ-02; points outside the box around China as they were.

    Examples
    --------
    >>> x, y = gcj02_from_wgs84(116.404, 39.915)
    >>> f"{x:.8f} {y:.8f}"
    '116.41024450 39.91640428'
    """
    lon, lat = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    east, north = _waves(lon - 105.0, lat - 35.0)
    angle = np.radians(lat)
    rest = 1 - _ECCENTRICITY_2 * np.sin(angle) ** 2
    meridian = _AXIS_M * (1 - _ECCENTRICITY_2) / rest**1.5
    normal = _AXIS_M / np.sqrt(rest)
    inside = shifted_there(lon, lat)
    x = np.where(inside, lon + np.degrees(east / (normal * np.cos(angle))), lon)
    y = np.where(inside, lat + np.degrees(north / meridian), lat)
    return x, y


def _waves(x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    """Give the shift in metres to the east and to the north."""
    root, both = np.sqrt(np.abs(x)), x * y

    def wave(a: float, v: NDArray[np.float64], period: float) -> NDArray[np.float64]:
        return a * np.sin(np.pi * v / period)

    shared = wave(20.0, 6.0 * x, 1) + wave(20.0, 2.0 * x, 1)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * both + 0.1 * root
    east = east + (shared + wave(20.0, x, 1) + wave(40.0, x, 3)) * 2.0 / 3.0
    east = east + (wave(150.0, x, 12) + wave(300.0, x, 30)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * both + 0.2 * root
    north = north + (shared + wave(20.0, y, 1) + wave(40.0, y, 3)) * 2.0 / 3.0
    north = north + (wave(160.0, y, 12) + wave(320.0, y, 30)) * 2.0 / 3.0
    return east, north


def bd09_from_gcj02(longitude: ArrayLike, latitude: ArrayLike) -> Points:
    """Shift points of GCJ-02 further, as Baidu does.

    Parameters
    ----------
    longitude, latitude
        Degrees in GCJ-02.

    Returns
    -------
    tuple of numpy.ndarray
        Degrees in BD-09.

    Examples
    --------
    >>> x, y = bd09_from_gcj02(116.404, 39.915)
    >>> f"{x:.8f} {y:.8f}"
    '116.41036949 39.92133699'
    """
    x, y = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _K)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _K)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_from_wgs84(longitude: ArrayLike, latitude: ArrayLike) -> Points:
    """Shift points as Baidu does.

    Parameters
    ----------
    longitude, latitude
        Degrees in WGS 84.

    Returns
    -------
    tuple of numpy.ndarray
        Degrees in BD-09; points outside the box around China as they were.

    Examples
    --------
    >>> x, y = bd09_from_wgs84(116.404, 39.915)
    >>> f"{x:.6f} {y:.6f}"
    '116.416627 39.922700'
    """
    lon, lat = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    inside = shifted_there(lon, lat)
    x, y = bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))
    return np.where(inside, x, lon), np.where(inside, y, lat)


def undone(
    forward: Callable[[ArrayLike, ArrayLike], Points], longitude: ArrayLike, latitude: ArrayLike
) -> Points:
    r"""Find the points that a shift brings to the given ones.

    Iterates :math:`p \leftarrow p - (f(p) - q)` from :math:`p = q`; the shift changes by less
    than a hundredth of the distance between two points, so each round wins two digits.

    Parameters
    ----------
    forward
        The shift.
    longitude, latitude
        Degrees after the shift.

    Returns
    -------
    tuple of numpy.ndarray
        Degrees before it, to a ten-millionth of a metre.

    Examples
    --------
    >>> x, y = undone(gcj02_from_wgs84, *gcj02_from_wgs84(116.404, 39.915))
    >>> f"{x:.9f} {y:.9f}"
    '116.404000000 39.915000000'
    """
    to_x = np.asarray(longitude, dtype=np.float64)
    to_y = np.asarray(latitude, dtype=np.float64)
    x, y = to_x.copy(), to_y.copy()
    for _ in range(_ROUNDS):
        now_x, now_y = forward(x, y)
        off_x, off_y = now_x - to_x, now_y - to_y
        x, y = x - off_x, y - off_y
        off = np.abs(np.concatenate([np.ravel(off_x), np.ravel(off_y)]))
        if not (off > _EXACT_DEGREES).any():
            break
    return x, y
