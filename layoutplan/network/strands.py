"""Stretches of road, each once: pieces that lie upon each other count as one."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from layoutplan.network.build import Segments


@dataclass(frozen=True, eq=False, kw_only=True)
class Strands:
    """The pairs of nodes that pieces join, each once. Arrays are of shape (strands,).

    Parameters
    ----------
    xy
        The coordinates of the nodes in metres, shape (nodes, 2).
    u, v
        The two nodes, the lesser number first.
    line
        The first line there that is open and of that level, if there is one.
    level
        The level farthest from the ground of the pieces there.
    open
        Whether the mode may use a piece there.
    length_m
        The length in metres.
    of_piece
        The strand of each piece, shape (pieces,).
    """

    xy: NDArray[np.float64]
    u: NDArray[np.intp]
    v: NDArray[np.intp]
    line: NDArray[np.intp]
    level: NDArray[np.intp]
    open: NDArray[np.bool_]
    length_m: NDArray[np.float64]
    of_piece: NDArray[np.intp]

    @property
    def degree(self) -> NDArray[np.intp]:
        """How many strands meet at each node, shape (nodes,)."""
        return np.bincount(np.concatenate([self.u, self.v]), minlength=len(self.xy))

    def lines(self) -> NDArray[np.object_]:
        """Draw the strands, shape (strands,)."""
        ends = np.stack([self.xy[self.u], self.xy[self.v]], axis=1)
        return np.asarray(shapely.linestrings(ends), dtype=object)

    def at_level(self, node: NDArray[np.intp], level: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell whether roads of a level end or pass at nodes.

        Parameters
        ----------
        node
            Nodes, shape (pairs,).
        level
            Levels that strands have, or 0; shape (pairs,).

        Returns
        -------
        numpy.ndarray
            Shape (pairs,). The loose end of a bridge or tunnel is on the ground besides.
        """
        low, high = int(self.level.min(initial=0)), int(self.level.max(initial=0))
        known = np.zeros((len(self.xy), high - low + 1), dtype=bool)
        known[self.u, self.level - low] = True
        known[self.v, self.level - low] = True
        known[self.degree == 1, -low] = True
        here: NDArray[np.bool_] = known[node, level - low]
        return here

    def graph(self) -> csr_array:
        """Give the open strands as a graph in metres, one way; shape (nodes, nodes)."""
        u, v, length = self.u[self.open], self.v[self.open], self.length_m[self.open]
        return coo_array((length, (u, v)), shape=(len(self.xy),) * 2).tocsr()

    def parts(self) -> NDArray[np.intp]:
        """Tell which part joined by open strands each node is in, shape (nodes,)."""
        return np.asarray(connected_components(self.graph(), directed=False)[1], dtype=np.intp)

    def share_in_longest(self) -> float:
        """Give the share of the open length that the longest joined part holds.

        Returns
        -------
        float
            Between 0 and 1, whatever the one-way streets; 1 where nothing is open.
        """
        length = self.length_m[self.open]
        if len(length) == 0:
            return 1.0
        of_part = np.bincount(self.parts()[self.u[self.open]], weights=length)
        return float(of_part.max() / length.sum())


def strands(pieces: Segments, *, level: NDArray[np.intp], usable: NDArray[np.bool_]) -> Strands:
    """Take pieces between the same nodes together.

    Parameters
    ----------
    pieces
        The pieces.
    level
        The level of each line, shape (lines,).
    usable
        Whether the mode may use each line, shape (lines,).

    Returns
    -------
    Strands
        Sorted by their nodes.

    Examples
    --------
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> ways = shapely.from_wkt(["LINESTRING (0 0, 9 0)", "LINESTRING (9 0, 0 0)"])
    >>> made = segments(ways, crs=CRS("EPSG:32631"))
    >>> both = strands(made, level=np.array([0, 1]), usable=np.array([True, True]))
    >>> both.level.tolist(), both.line.tolist(), both.of_piece.tolist()
    ([1], [1], [0, 0])
    """
    u, v = np.minimum(pieces.start, pieces.end), np.maximum(pieces.start, pieces.end)
    key = u.astype(np.int64) * len(pieces.xy) + v
    _, first, of_piece = np.unique(key, return_index=True, return_inverse=True)
    size = len(first)
    # Twice the distance from the ground, one more above it: the greatest tells the level.
    away = (2 * np.abs(level) + (level > 0))[pieces.line]
    most = np.zeros(size, dtype=np.intp)
    np.maximum.at(most, of_piece, away)
    # Open lines first, of these the ones of that level, and they in the order of the lines.
    lines = max(len(usable), 1)
    other_level, closed = away != most[of_piece], ~usable[pieces.line]
    least = np.full(size, 4 * lines)
    np.minimum.at(least, of_piece, pieces.line + lines * other_level + 2 * lines * closed)
    return Strands(
        xy=pieces.xy,
        u=u[first],
        v=v[first],
        line=least % lines,
        level=np.where(most % 2 == 1, most // 2, -(most // 2)),
        open=least < 2 * lines,
        length_m=pieces.length_m[first],
        of_piece=of_piece,
    )


def cut_strands(
    pieces: Segments,
    whole: Strands,
    *,
    strand: NDArray[np.intp],
    share: NDArray[np.float64],
    vertex: NDArray[np.intp],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Cut all pieces of some strands at vertices inside them.

    Parameters
    ----------
    pieces
        The pieces.
    whole
        Their strands.
    strand
        The strand of each cut, shape (cuts,).
    share
        Where along the strand, from node ``u``, as a share of its length; shape (cuts,).
    vertex
        The node or new vertex to cut it at, shape (cuts,).

    Returns
    -------
    start, end : numpy.ndarray
        The nodes and vertices the parts lead from and to, shape (parts,).
    parent : numpy.ndarray
        The piece each part is of, rising; shape (parts,).

    Examples
    --------
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> ways = shapely.from_wkt(["LINESTRING (0 0, 9 0)", "LINESTRING (9 0, 0 0)"])
    >>> made = segments(ways, crs=CRS("EPSG:32631"))
    >>> both = strands(made, level=np.zeros(2, dtype=int), usable=np.ones(2, dtype=bool))
    >>> start, end, parent = cut_strands(
    ...     made, both, strand=np.array([0]), share=np.array([0.5]), vertex=np.array([2])
    ... )
    >>> start.tolist(), end.tolist(), parent.tolist()
    ([0, 2, 1, 2], [2, 1, 2, 0], [0, 0, 1, 1])
    """
    by_strand = np.argsort(whole.of_piece, kind="stable")
    count = np.bincount(whole.of_piece, minlength=len(whole.u))
    begin = np.cumsum(count) - count
    times = count[strand]
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    piece = by_strand[np.repeat(begin[strand], times) + within]
    along, at = np.repeat(share, times), np.repeat(vertex, times)
    as_drawn = pieces.start[piece] == whole.u[whole.of_piece[piece]]
    # Every piece as a row of stops: its start, the cuts in their order, its end.
    every = np.arange(len(pieces.line))
    shares = (
        np.full(len(every), -1.0),
        np.where(as_drawn, along, 1 - along),
        np.full(len(every), 2.0),
    )
    stop_share = np.concatenate(shares)
    stop_piece = np.concatenate([every, piece, every])
    stop = np.concatenate([pieces.start, at, pieces.end])
    order = np.lexsort((stop, stop_share, stop_piece))
    stop_piece, stop = stop_piece[order], stop[order]
    next_ = np.flatnonzero(stop_piece[1:] == stop_piece[:-1])
    return stop[next_], stop[next_ + 1], stop_piece[next_]
