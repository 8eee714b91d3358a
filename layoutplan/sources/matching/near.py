"""Places of two tables that are near each other."""

from collections.abc import Iterator
from typing import Any, Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from scipy.spatial import cKDTree

_EARTH_LEAST_M: Final = 6_330_000.0
"""Less than any radius of curvature of the earth, so that nothing near is missed."""


def degrees_of(frame: Any) -> NDArray[np.float64] | None:  # noqa: ANN401
    """Give the longitude and latitude of each row.

    Parameters
    ----------
    frame
        A table, perhaps a geopandas.GeoDataFrame.

    Returns
    -------
    numpy.ndarray or None
        Degrees, shape (rows, 2), not a number where a row has no place; None for a table
        without places or without a coordinate reference system.
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return None
    shapes: Any = frame.geometry
    if shapes.crs is None or len(shapes) == 0:
        return None
    spots = shapes.to_crs("EPSG:4326").representative_point()
    return np.column_stack([spots.x, spots.y]).astype(float)


def places_within(
    one: NDArray[np.float64], other: NDArray[np.float64], metres: float
) -> Iterator[tuple[int, int, float]]:
    """Give pairs of places that are near each other, measured on the ellipsoid.

    Parameters
    ----------
    one, other
        Longitudes and latitudes in degrees, shape (n, 2); not a number where unknown.
    metres
        How near.

    Yields
    ------
    tuple
        Row of ``one``, row of ``other`` and the metres between them (GRS 80).

    Examples
    --------
    >>> spots = np.array([[110.0, 30.0], [110.0, 30.001]])
    >>> [(i, j, round(m)) for i, j, m in places_within(spots[:1], spots, 200)]
    [(0, 0, 0), (0, 1, 111)]
    """
    geod = Geod(ellps="GRS80")
    rows = np.flatnonzero(np.isfinite(one).all(axis=1))
    columns = np.flatnonzero(np.isfinite(other).all(axis=1))
    if len(rows) == 0 or len(columns) == 0:
        return
    # On the unit sphere first: a chord is never longer than the way over the ground.
    tree = cKDTree(_on_sphere(other[columns]))
    near_all: Any = tree.query_ball_point(_on_sphere(one[rows]), metres / _EARTH_LEAST_M)
    for i, near in zip(rows, near_all, strict=True):
        for k in sorted(near):
            j = columns[k]
            _, _, away = geod.inv(*one[i], *other[j])
            if away <= metres:
                yield int(i), int(j), float(away)


def _on_sphere(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = np.radians(degrees).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
