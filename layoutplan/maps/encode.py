"""Geometry as whole numbers: steps of 0.00001 degrees, about one metre."""

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

PER_DEGREE: Final = 100_000
"""Steps in one degree; the page divides by the same number."""

Coded = dict[str, list[int]]
"""``n``: vertices of each line; ``d``: differences of x and y, in turn."""


def steps(coordinates: NDArray[np.float64]) -> list[int]:
    """Write coordinates as differences between neighbours, in whole steps.

    Parameters
    ----------
    coordinates
        Longitudes and latitudes, shape (n, 2).

    Returns
    -------
    list of int
        x and y in turn; the first pair counts from zero.

    Examples
    --------
    >>> steps(np.array([[110.00001, 30.0], [110.00003, 30.0]]))
    [11000001, 3000000, 2, 0]
    """
    whole = np.rint(coordinates * PER_DEGREE).astype(np.int64)
    differences: list[int] = np.diff(whole, axis=0, prepend=0).ravel().tolist()
    return differences


def coded_lines(lines: gpd.GeoSeries) -> Coded:
    """Write lines as differences that run on from line to line.

    Parameters
    ----------
    lines
        Lines in longitude and latitude; several parts count as several lines.

    Returns
    -------
    dict
        See `Coded`. Vertices that fall onto the one before are left out.

    Examples
    --------
    >>> line = shapely.LineString([(0, 0), (0, 0.000001), (0.00002, 0)])
    >>> coded_lines(gpd.GeoSeries([line]))
    {'n': [2], 'd': [0, 0, 2, 0]}
    """
    return coded_rows(lines)[0]


def coded_rows(lines: gpd.GeoSeries) -> tuple[Coded, NDArray[np.intp]]:
    """Write lines like `coded_lines`, and tell which row each one is of.

    Parameters
    ----------
    lines
        Lines or rings in longitude and latitude; several parts count as several lines.

    Returns
    -------
    coded : dict
        See `Coded`. Lines without a length are left out.
    row : numpy.ndarray
        The position of the row of each line written.

    Examples
    --------
    >>> from shapely import LineString
    >>> lines = gpd.GeoSeries([LineString([(0, 0), (0, 0)]), LineString([(0, 0), (0, 1)])])
    >>> coded_rows(lines)[1].tolist()
    [1]
    """
    parts, row = shapely.get_parts(np.asarray(lines.array, dtype=object), return_index=True)
    coordinates, line = shapely.get_coordinates(parts, return_index=True)
    whole = np.rint(coordinates * PER_DEGREE).astype(np.int64)
    moved = np.ones(len(whole), dtype=bool)
    moved[1:] = (np.diff(whole, axis=0) != 0).any(axis=1) | (np.diff(line) != 0)
    whole, line = whole[moved], line[moved]
    count = np.bincount(line, minlength=len(parts))
    seen = count[line] > 1
    whole = whole[seen]
    flat = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel()
    coded = {"n": count[count > 1].tolist(), "d": flat.tolist()}
    return coded, np.asarray(row[count > 1], dtype=np.intp)
