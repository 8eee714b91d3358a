"""Lines to a graph, with a junction wherever two lines share a vertex."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.network.metric import metric_coordinates, metric_crs

_CELL_M: Final = 0.01
"""Vertices in the same cell of this size are the same junction."""

_INNER: Final = (0.01, 0.99)


@dataclass(frozen=True, eq=False, kw_only=True)
class Segments:
    """The straight pieces of lines between shared or own vertices.

    Two pieces between the same two vertices are both kept here: what one may do on
    them can differ; see `layoutplan.network.road_network`.

    Parameters
    ----------
    crs
        The metric system of the coordinates.
    xy
        Easting and northing of the nodes in metres, sorted; shape (nodes, 2).
    start, end
        The nodes a piece leads from and to, as drawn; shape (pieces,).
    line
        The number of the line each piece is of; shape (pieces,).
    length_m
        The length of the pieces in metres, above 0; shape (pieces,).
    """

    crs: CRS
    xy: NDArray[np.float64]
    start: NDArray[np.intp]
    end: NDArray[np.intp]
    line: NDArray[np.intp]
    length_m: NDArray[np.float64]


def segments(lines: NDArray[np.object_], *, crs: CRS) -> Segments:
    """Cut lines at all their vertices and join them where they share one.

    Roads meet at vertices inside a line as often as at its ends. Lines that cross
    without sharing a vertex are not joined, so a bridge stays above the road below it.

    Parameters
    ----------
    lines
        LineString and MultiLineString geometries; shape (n,).
    crs
        Their coordinate reference system.

    Returns
    -------
    Segments
        Nodes and pieces. Nodes are sorted by their coordinates, whatever the order
        of the lines; pieces without length and vertices that cannot be projected
        are left out.

    Raises
    ------
    TravelError
        If the coordinates cannot be placed on the earth.

    Examples
    --------
    >>> lines = np.array([shapely.from_wkt("LINESTRING (0 0, 100 0, 200 0)"),
    ...                   shapely.from_wkt("LINESTRING (100 0, 100 50)")])
    >>> made = segments(lines, crs=CRS("EPSG:32631"))
    >>> len(made.xy), made.start.tolist(), made.end.tolist()
    (4, [0, 1, 1], [1, 3, 2])
    """
    parts, line = shapely.get_parts(lines, return_index=True)
    metric = metric_crs(_inner_bounds(parts), crs)
    coordinates, part = metric_coordinates(parts, crs, to=metric)
    joined = np.flatnonzero((part[1:] == part[:-1]) & _finite(coordinates))
    node, xy = _shared_vertices(coordinates)
    start, end = node[joined], node[joined + 1]
    apart = start != end
    start, end, of_line = start[apart], end[apart], line[part[joined[apart]]]
    used, again = np.unique(np.concatenate([start, end]), return_inverse=True)
    start, end = again[: len(start)], again[len(start) :]
    xy = xy[used]
    return Segments(
        crs=metric,
        xy=xy,
        start=start,
        end=end,
        line=of_line.astype(np.intp),
        length_m=np.hypot(*(xy[end] - xy[start]).T),
    )


def _inner_bounds(parts: NDArray[np.object_]) -> tuple[float, float, float, float]:
    # Without the outermost vertices: one road at a wrong place must not move the projection.
    xy = shapely.get_coordinates(parts)
    low, high = np.quantile(xy, _INNER, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _finite(coordinates: NDArray[np.float64]) -> NDArray[np.bool_]:
    finite = np.asarray(np.isfinite(coordinates).all(axis=1))
    return finite[1:] & finite[:-1]


def _shared_vertices(
    coordinates: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give the node of every vertex, and the coordinates of the nodes."""
    finite = np.isfinite(coordinates).all(axis=1)
    cells = np.zeros(coordinates.shape, dtype=np.int64)
    cells[finite] = np.rint(coordinates[finite] / _CELL_M).astype(np.int64)
    cells -= cells.min(axis=0)
    key = cells[:, 0] * (cells[:, 1].max() + 1) + cells[:, 1]
    order = np.argsort(key, kind="stable")
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(key[order]) > 0
    node = np.empty(len(order), dtype=np.intp)
    node[order] = np.cumsum(first) - 1
    # The least coordinates in a cell, not those met first, so that the order of rows is nothing.
    xy = np.minimum.reduceat(coordinates[order], np.flatnonzero(first), axis=0)
    return node, xy
