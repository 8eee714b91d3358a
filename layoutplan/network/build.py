"""Lines to a graph, with a junction wherever two lines share a vertex."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.metric import metric_crs, transformer

CELL_M: Final = 0.01
"""Vertices in the same cell of this size are the same junction."""

_INNER: Final = (0.01, 0.99)
_AROUND: Final = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)])


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
    Vertices are shared if they lie in one cell of a centimetre; the loose end of a line
    also where a vertex lies within a centimetre of it in the next cell, as where roads were
    clipped at a border.

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
    vertices, line, follows = _vertices(lines)
    finite = _finite(vertices)
    if not finite.any():
        raise TravelError(Finding(code="roads_no_lengths", table="roads", rows=len(lines)))
    metric = metric_crs(_inner_bounds(vertices[finite]), crs)
    x, y = transformer(crs, metric).transform(vertices[:, 0], vertices[:, 1])
    xy = np.column_stack([x, y])
    finite = _finite(xy)
    xy[~finite] = 0.0
    joined = np.flatnonzero(follows & finite[1:] & finite[:-1])
    made, _ = joined_vertices(xy, joined, joined + 1, line=line[joined], crs=metric)
    return _with_loose_ends_joined(made)


def joined_vertices(
    xy: NDArray[np.float64],
    start: NDArray[np.intp],
    end: NDArray[np.intp],
    *,
    line: NDArray[np.intp],
    crs: CRS,
) -> tuple[Segments, NDArray[np.intp]]:
    """Make one node of all vertices in a cell, and number the nodes in order.

    Parameters
    ----------
    xy
        Coordinates of vertices in metres, finite; shape (vertices, 2).
    start, end
        The vertices a piece leads from and to; shape (pieces,).
    line
        The line each piece is of; shape (pieces,).
    crs
        The metric system of the coordinates.

    Returns
    -------
    pieces : Segments
        The pieces whose ends are not the same node, in the order given.
    node : numpy.ndarray
        The node of each vertex, -1 where no piece needs it; shape (vertices,).

    Examples
    --------
    >>> xy = np.array([[5.0, 0.0], [0.0, 0.0], [5.001, 0.0], [9.0, 0.0]])
    >>> ends = np.array([[1, 2], [0, 3]])
    >>> made, node = joined_vertices(xy, *ends, line=np.array([0, 0]), crs=CRS("EPSG:32631"))
    >>> made.start.tolist(), made.end.tolist(), node.tolist()
    ([0, 1], [1, 2], [1, 0, 1, 2])
    """
    seen, cells = pd.factorize(_cell_keys(xy)[0])
    rank = np.empty(len(cells), dtype=np.intp)
    rank[np.argsort(cells)] = np.arange(len(cells))
    node = rank[seen]
    # The least coordinates in a cell, not those met first, so that the order of rows is nothing.
    of_cell = np.full((len(cells), 2), np.inf)
    for axis in (0, 1):
        np.minimum.at(of_cell[:, axis], node, xy[:, axis])
    pieces, number = _without_unused(of_cell, node[start], node[end], line=line, crs=crs)
    return pieces, number[node]


def chosen(pieces: Segments, kept: NDArray[np.bool_]) -> Segments:
    """Take some of the pieces.

    Parameters
    ----------
    pieces
        The pieces.
    kept
        Which of them, shape (pieces,).

    Returns
    -------
    Segments
        These pieces, and the nodes they need.

    Examples
    --------
    >>> lines = shapely.from_wkt(["LINESTRING (0 0, 5 0)", "LINESTRING (5 0, 9 0)"])
    >>> made = segments(lines, crs=CRS("EPSG:32631"))
    >>> chosen(made, np.array([False, True])).end.tolist()
    [1]
    """
    if kept.all():
        return pieces
    start, end, line = pieces.start[kept], pieces.end[kept], pieces.line[kept]
    return _without_unused(pieces.xy, start, end, line=line, crs=pieces.crs)[0]


def _vertices(
    lines: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.bool_]]:
    """Give all vertices, the line of each, and whether the next one follows on the same part."""
    kind = shapely.get_type_id(lines)
    if (kind == shapely.GeometryType.LINESTRING).all():
        vertices, line = shapely.get_coordinates(lines, return_index=True)
        return vertices, line.astype(np.intp), line[1:] == line[:-1]
    parts, of_line = shapely.get_parts(lines, return_index=True)
    vertices, part = shapely.get_coordinates(parts, return_index=True)
    return vertices, of_line[part].astype(np.intp), part[1:] == part[:-1]


def _inner_bounds(vertices: NDArray[np.float64]) -> tuple[float, float, float, float]:
    # Without the outermost vertices: one road at a wrong place must not move the projection.
    (x0, x1), (y0, y1) = (np.quantile(vertices[:, i], _INNER) for i in (0, 1))
    return float(x0), float(y0), float(x1), float(y1)


def _finite(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    finite: NDArray[np.bool_] = np.isfinite(xy[:, 0]) & np.isfinite(xy[:, 1])
    return finite


def _cell_keys(xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
    """Give the number of each vertex' cell, rising with easting, and the rows of cells."""
    x, y = np.rint(xy.T / CELL_M).astype(np.int64)
    # A row of cells to spare on either side, so that cells beside each other can be told.
    y -= y.min() - 1
    rows = int(y.max()) + 2
    return (x - x.min() + 1) * rows + y, rows


def _without_unused(
    xy: NDArray[np.float64],
    start: NDArray[np.intp],
    end: NDArray[np.intp],
    *,
    line: NDArray[np.intp],
    crs: CRS,
) -> tuple[Segments, NDArray[np.intp]]:
    """Leave out pieces that lead nowhere, and nodes that are of none."""
    apart = start != end
    if not apart.all():
        start, end, line = start[apart], end[apart], line[apart]
    used = np.zeros(len(xy), dtype=bool)
    used[start] = True
    used[end] = True
    number = np.where(used, np.cumsum(used) - 1, -1)
    if not used.all():
        start, end, xy = number[start], number[end], xy[used]
    length = np.hypot(xy[end, 0] - xy[start, 0], xy[end, 1] - xy[start, 1])
    pieces = Segments(crs=crs, xy=xy, start=start, end=end, line=line, length_m=length)
    return pieces, number


def _with_loose_ends_joined(pieces: Segments) -> Segments:
    """Join ends of lines to vertices that are as near as in a cell, but in the next one."""
    xy, ends = pieces.xy, np.concatenate([pieces.start, pieces.end])
    loose = np.flatnonzero(np.bincount(ends, minlength=len(xy)) == 1)
    if len(loose) == 0:
        return pieces
    key, rows = _cell_keys(xy)
    beside = key[loose, None] + _AROUND[:, 0] * rows + _AROUND[:, 1]
    found = np.minimum(np.searchsorted(key, beside), len(key) - 1)
    other = np.empty(len(xy), dtype=np.intp)
    other[ends] = np.concatenate([pieces.end, pieces.start])
    apart = np.hypot(*np.moveaxis(xy[found] - xy[loose, None], -1, 0))
    fits = (key[found] == beside) & (apart <= CELL_M) & (found != other[loose, None])
    row, column = np.nonzero(fits)
    if len(row) == 0:
        return pieces
    pairs = coo_array((np.ones(len(row)), (loose[row], found[row, column])), shape=(len(xy),) * 2)
    group = connected_components(pairs, directed=False)[1]
    least = np.full(len(xy), len(xy))
    np.minimum.at(least, group, np.arange(len(xy)))
    node = least[group]
    return _without_unused(
        xy, node[pieces.start], node[pieces.end], line=pieces.line, crs=pieces.crs
    )[0]
