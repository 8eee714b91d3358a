"""Junctions where roads cross, touch or lie upon each other without a vertex in common."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layoutplan.network.build import CELL_M, Segments, joined_vertices
from layoutplan.network.joins import joins
from layoutplan.network.strands import Strands, cut_strands, strands

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

_BLOCK: Final = 100_000
_WIDEST_M: Final = 3 * CELL_M
"""Vertices that would become one, each near the next, stay apart if they reach farther."""


class Crossings(NamedTuple):
    """Where the inside of one strand crosses that of another. All of shape (crossings,)."""

    first: Ints
    second: Ints
    share_first: Floats
    share_second: Floats


class Touches(NamedTuple):
    """Nodes that lie on another strand. All of shape (touches,)."""

    node: Ints
    of_strand: Ints
    on_strand: Ints
    share: Floats
    at_end: Ints
    """The end of the strand if it is that near, else -1."""


def noded(
    pieces: Segments, *, level: Ints, usable: NDArray[np.bool_]
) -> tuple[Segments, list[pd.DataFrame]]:
    """Join roads of one level where they cross, touch or overlap.

    Pairs of pieces whose bounding boxes meet are found by a tree, their crossings by solving
    for the shares along both. A vertex within a centimetre of a piece cuts it there, so that
    pieces upon each other become the same. Roads of different levels are not joined; the
    loose end of a bridge or tunnel is on the ground.

    Parameters
    ----------
    pieces
        The pieces.
    level
        The level of each line, shape (lines,); see `layoutplan.network.levels`.
    usable
        Whether the mode may use each line, shape (lines,).

    Returns
    -------
    pieces : Segments
        The pieces, cut where roads meet.
    joined : list of pandas.DataFrame
        The crossings, touches and overlaps; see `layoutplan.network.joins`.

    Examples
    --------
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> cross = shapely.from_wkt(["LINESTRING (0 0, 8 8)", "LINESTRING (0 8, 8 0)"])
    >>> made = segments(cross, crs=CRS("EPSG:32631"))
    >>> flat, both = np.zeros(2, dtype=int), np.ones(2, dtype=bool)
    >>> joined, found = noded(made, level=flat, usable=both)
    >>> len(joined.line), [len(table) for table in found]
    (4, [1, 0, 0])
    """
    whole = strands(pieces, level=level, usable=usable)
    crossing, touch = _events(whole)
    xy = np.concatenate([pieces.xy, _points(whole, crossing.first, crossing.share_first)])
    new = np.arange(len(pieces.xy), len(xy))
    inside = touch.at_end < 0
    start, end, parent = cut_strands(
        pieces,
        whole,
        strand=np.concatenate([crossing.first, crossing.second, touch.on_strand[inside]]),
        share=np.concatenate([crossing.share_first, crossing.share_second, touch.share[inside]]),
        vertex=np.concatenate([new, new, touch.node[inside]]),
    )
    same = _same(xy, touch.node[~inside], touch.at_end[~inside])
    made, node = joined_vertices(
        xy, same[start], same[end], line=pieces.line[parent], crs=pieces.crs
    )
    node = node[same]
    stays = node[start] != node[end]
    overlap = _overlaps(made, whole.of_piece[parent[stays]])
    return made, [
        _crossing_table(whole, crossing, xy[new]),
        _touch_table(whole, touch, node, made, overlap),
        _overlap_table(whole, made, overlap),
    ]


def near_pairs(
    whole: Strands, among: Ints | None = None, *, reach_m: float = CELL_M
) -> Iterator[tuple[Ints, Ints]]:
    """Find pairs of strands whose bounding boxes are near, block by block.

    Parameters
    ----------
    whole
        The strands.
    among
        The strands to look from; all where not given.
    reach_m
        How far boxes may be apart, in metres.

    Yields
    ------
    first, second : numpy.ndarray
        Their numbers; where looked at from all, each pair comes once.
    """
    every = np.arange(len(whole.u)) if among is None else among
    if len(every) == 0:
        yield every, every
        return
    a, b = whole.xy[whole.u], whole.xy[whole.v]
    low, high = np.minimum(a, b) - reach_m / 2, np.maximum(a, b) + reach_m / 2
    # A diagonal has the bounding box and is made faster than it.
    boxes = np.asarray(shapely.linestrings(np.stack([low, high], axis=1)), dtype=object)
    tree = shapely.STRtree(boxes)
    for begin in range(0, len(every), _BLOCK):
        chosen = every[begin : begin + _BLOCK]
        first, second = tree.query(boxes[chosen])
        first = chosen[first]
        once = first < second if among is None else first != second
        yield first[once], second[once]


def crossings(whole: Strands, first: Ints, second: Ints, *, inside_m: float = CELL_M) -> Crossings:
    """Find which pairs of strands that have no node in common cross.

    Parameters
    ----------
    whole
        The strands.
    first, second
        Their numbers in each pair, shape (pairs,).
    inside_m
        How far from all their ends, in metres; below 0 also so far beyond them.

    Returns
    -------
    Crossings
        The pairs that cross.

    Examples
    --------
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> cross = shapely.from_wkt(["LINESTRING (0 0, 8 8)", "LINESTRING (0 8, 8 0)"])
    >>> made = segments(cross, crs=CRS("EPSG:32631"))
    >>> whole = strands(made, level=np.zeros(2, dtype=int), usable=np.ones(2, dtype=bool))
    >>> crossings(whole, np.array([0]), np.array([1])).share_first.round(6).tolist()
    [0.5]
    """
    met = whole.u[first] == whole.u[second]
    met |= whole.u[first] == whole.v[second]
    met |= whole.v[first] == whole.u[second]
    met |= whole.v[first] == whole.v[second]
    first, second = first[~met], second[~met]
    xy = whole.xy
    a, c = xy[whole.u[first]], xy[whole.u[second]]
    r, s = xy[whole.v[first]] - a, xy[whole.v[second]] - c
    with np.errstate(divide="ignore", invalid="ignore"):
        # a + t r = c + q s, solved by Cramer's rule; parallels give no finite share.
        along = 1 / _cross(r, s)
        t, q = _cross(c - a, s) * along, _cross(c - a, r) * along
        edge_t, edge_q = inside_m / whole.length_m[first], inside_m / whole.length_m[second]
        meet = (t > edge_t) & (t < 1 - edge_t) & (q > edge_q) & (q < 1 - edge_q)
    return Crossings(first[meet], second[meet], t[meet], q[meet])


def projected(whole: Strands, strand: Ints, points: Floats) -> tuple[Floats, Floats]:
    """Find the nearest spot of strands to points.

    Parameters
    ----------
    whole
        The strands.
    strand
        The strand of each pair, shape (pairs,).
    points
        The point of each pair in metres, shape (pairs, 2).

    Returns
    -------
    share : numpy.ndarray
        Where along the strand, from 0 at node u to 1; shape (pairs,).
    distance_m : numpy.ndarray
        Metres from the point to that spot, shape (pairs,).
    """
    a = whole.xy[whole.u[strand]]
    course = whole.xy[whole.v[strand]] - a
    offset = points - a
    share = np.clip((offset * course).sum(axis=1) / whole.length_m[strand] ** 2, 0.0, 1.0)
    apart = offset - share[:, None] * course
    return share, np.hypot(apart[:, 0], apart[:, 1])


def _cross(a: Floats, b: Floats) -> Floats:
    cross: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return cross


def _points(whole: Strands, strand: Ints, share: Floats) -> Floats:
    a, b = whole.xy[whole.u[strand]], whole.xy[whole.v[strand]]
    points: Floats = a + share[:, None] * (b - a)
    return points


def _events(whole: Strands) -> tuple[Crossings, Touches]:
    """Find all crossings and touches of strands of one level."""
    crossed, touched = [], []
    for first, second in near_pairs(whole):
        level = whole.level[first] == whole.level[second]
        crossed.append(crossings(whole, first[level], second[level]))
        for node, of, on in (
            (whole.u[second], second, first),
            (whole.v[second], second, first),
            (whole.u[first], first, second),
            (whole.v[first], first, second),
        ):
            touched.append(_touches(whole, node, of, on))
    touch = Touches(*(np.concatenate(columns) for columns in zip(*touched, strict=True)))
    kept = whole.at_level(touch.node, whole.level[touch.on_strand])
    # Of several strands that end at a node, the first line's stands for them.
    order = np.lexsort((whole.line[touch.of_strand], touch.on_strand, touch.node))
    order = order[kept[order]]
    first_of = np.ones(len(order), dtype=bool)
    first_of[1:] = np.diff(touch.node[order]) > 0
    first_of[1:] |= np.diff(touch.on_strand[order]) > 0
    chosen = order[first_of]
    return (
        Crossings(*(np.concatenate(columns) for columns in zip(*crossed, strict=True))),
        Touches(
            node=touch.node[chosen],
            of_strand=touch.of_strand[chosen],
            on_strand=touch.on_strand[chosen],
            share=touch.share[chosen],
            at_end=touch.at_end[chosen],
        ),
    )


def _touches(whole: Strands, node: Ints, of: Ints, on: Ints) -> Touches:
    strange = np.flatnonzero((node != whole.u[on]) & (node != whole.v[on]))
    node, of, on = node[strange], of[strange], on[strange]
    share, distance = projected(whole, on, whole.xy[node])
    near = np.flatnonzero(distance <= CELL_M)
    node, of, on, share = node[near], of[near], on[near], share[near]
    end = np.where(share < 1 / 2, whole.u[on], whole.v[on])
    gap = whole.xy[node] - whole.xy[end]
    at_end = np.hypot(gap[:, 0], gap[:, 1]) <= CELL_M
    # Neighbours on a finely drawn line are near each other and stay apart.
    own = at_end & ((whole.line[of] == whole.line[on]) | _neighbours(whole, node, end))
    end = np.where(at_end, end, -1)
    return Touches(node[~own], of[~own], on[~own], share[~own], end[~own])


def _neighbours(whole: Strands, node: Ints, other: Ints) -> NDArray[np.bool_]:
    """Tell which nodes a strand joins; strands are sorted by their nodes."""
    size = len(whole.xy)
    key, known = np.minimum(node, other) * size + np.maximum(node, other), whole.u * size + whole.v
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    joined: NDArray[np.bool_] = known[at] == key
    return joined


def _same(xy: Floats, one: Ints, other: Ints) -> Ints:
    """Give each vertex the least of those that it is one with."""
    every = np.arange(len(xy))
    pairs = coo_array((np.ones(len(one)), (one, other)), shape=(len(xy),) * 2)
    group = connected_components(pairs, directed=False)[1]
    least = np.full(len(xy), len(xy))
    np.minimum.at(least, group, every)
    wide = np.zeros(len(xy), dtype=bool)
    for along in xy.T:
        low, high = np.full(len(xy), np.inf), np.full(len(xy), -np.inf)
        np.minimum.at(low, group, along)
        np.maximum.at(high, group, along)
        wide |= high - low > _WIDEST_M
    return np.where(wide[group], every, least[group])


class _Overlaps(NamedTuple):
    """Pieces that came to lie upon each other: the piece, and two strands they were of."""

    piece: Ints
    first: Ints
    other: Ints


def _overlaps(made: Segments, of_strand: Ints) -> _Overlaps:
    u, v = np.minimum(made.start, made.end), np.maximum(made.start, made.end)
    key = u.astype(np.int64) * len(made.xy) + v
    order = np.lexsort((of_strand, key))
    key, of_strand = key[order], of_strand[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = np.diff(key) > 0
    again = ~begins
    again[1:] &= np.diff(of_strand) > 0
    first = np.flatnonzero(begins)[np.cumsum(begins) - 1]
    return _Overlaps(order[again], of_strand[first[again]], of_strand[again])


def _crossing_table(whole: Strands, crossing: Crossings, point: Floats) -> pd.DataFrame:
    line, other = _sorted_pair(whole.line[crossing.first], whole.line[crossing.second])
    return joins(
        "crossing",
        line,
        other,
        length_m=np.zeros(len(line)),
        geometry=np.asarray(shapely.points(point), dtype=object),
    )


def _touch_table(
    whole: Strands, touch: Touches, node: Ints, made: Segments, overlap: _Overlaps
) -> pd.DataFrame:
    """Set out the touches, but those at the ends of a stretch that both lines have in common."""
    line, other = whole.line[touch.of_strand], whole.line[touch.on_strand]
    size = len(made.xy)
    ends = np.concatenate([made.start[overlap.piece], made.end[overlap.piece]])
    upon = np.concatenate([whole.line[overlap.first], whole.line[overlap.other]])
    shared = np.tile(upon.reshape(2, -1), 2).ravel() * size + np.tile(ends, 2)
    here = node[touch.node]
    alone = ~(np.isin(line * size + here, shared) & np.isin(other * size + here, shared))
    return joins(
        "touch",
        line[alone],
        other[alone],
        length_m=np.zeros(int(alone.sum())),
        geometry=np.asarray(shapely.points(whole.xy[touch.node[alone]]), dtype=object),
    )


def _overlap_table(whole: Strands, made: Segments, overlap: _Overlaps) -> pd.DataFrame:
    line, other = _sorted_pair(whole.line[overlap.first], whole.line[overlap.other])
    order = np.lexsort((overlap.piece, other, line))
    line, other, piece = line[order], other[order], overlap.piece[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (np.diff(line) > 0) | (np.diff(other) > 0)
    group = np.cumsum(begins) - 1
    ends = np.stack([made.xy[made.start[piece]], made.xy[made.end[piece]]], axis=1)
    drawn = np.asarray(shapely.linestrings(ends), dtype=object)
    course = shapely.multilinestrings(drawn, indices=group)
    return joins(
        "overlap",
        line[begins],
        other[begins],
        length_m=np.bincount(group, weights=made.length_m[piece]).astype(np.float64),
        geometry=np.asarray(course, dtype=object),
    )


def _sorted_pair(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    return np.minimum(one, other), np.maximum(one, other)
