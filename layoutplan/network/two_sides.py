"""Roads that may not be crossed: one strand along each side, joined only round their ends."""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.network.build import Segments
from layoutplan.network.drawing import Drawing

FULL_TURN: Final = 2 * np.pi
_SAME_ANGLE: Final = 1e-9
"""Pieces between the same two nodes lead off at the same angle, but for rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rays:
    """Directions in which a barrier leads away from nodes. Arrays have shape (rays,).

    Parameters
    ----------
    node
        The node a barrier passes through or ends at.
    angle
        The direction in radians, counterclockwise from east.
    """

    node: NDArray[np.intp]
    angle: NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoSided:
    """A drawing that is split along what may not be crossed.

    Parameters
    ----------
    drawn
        The other pieces, then the strands on the left of the roads that may not be crossed
        and those on their right, see ``Drawing.side``; nodes in the order of their
        coordinates, those at one place in the order of their sectors.
    origin
        The node each node was before, shape (nodes,).
    sector_from, sector_width
        The sector around its place that belongs to each node, counterclockwise, in radians;
        shape (nodes,).
    """

    drawn: Drawing
    origin: NDArray[np.intp] = field(repr=False)
    sector_from: NDArray[np.float64] = field(repr=False)
    sector_width: NDArray[np.float64] = field(repr=False)


def with_two_sides(
    drawn: Drawing, fence: NDArray[np.bool_], *, joined: NDArray[np.bool_], rays: Rays | None = None
) -> TwoSided:
    """Split a drawing along roads and lines that may not be crossed.

    Around a node the barriers that lead away from it bound sectors. Each sector gets a node of
    its own, to which the other roads in it are joined, and the strands on the sides of the
    barriers that face it. So one can go along each side of a barrier but not across it, and
    round its end, where there is one sector only.

    Parameters
    ----------
    drawn
        The pieces.
    fence
        Whether a piece is of a road that may not be crossed, shape (pieces,).
    joined
        Whether a node may be crossed all the same, shape (nodes,).
    rays
        Directions of further barriers that pass through nodes and are no roads.

    Returns
    -------
    TwoSided
        The split drawing.

    Examples
    --------
    A road from west to east with a side road to the north and one to the south at its middle:

    >>> import shapely
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> from layoutplan.network.drawing import drawing
    >>> wkt = ["LINESTRING (0 0, 9 0, 18 0)", "LINESTRING (9 0, 9 9)", "LINESTRING (9 -9, 9 0)"]
    >>> made = segments(shapely.from_wkt(wkt), crs=CRS("EPSG:32631"))
    >>> flat = drawing(made, row=made.line, roads=None)
    >>> split = with_two_sides(flat, made.line == 0, joined=np.zeros(5, dtype=bool))
    >>> split.origin.tolist(), split.drawn.side.tolist()
    ([0, 1, 2, 2, 3, 4], [0, 0, 1, 1, -1, -1])
    >>> pieces = split.drawn.pieces
    >>> pieces.start.tolist(), pieces.end.tolist()
    ([2, 1, 0, 2, 0, 3], [4, 3, 2, 5, 3, 5])
    """
    pieces = drawn.pieces
    fence = fence | _beside(pieces, fence)
    at = _sectors(pieces, fence, joined=joined, rays=rays)
    plain, split = np.flatnonzero(~fence), np.flatnonzero(fence)
    of = np.concatenate([plain, split, split])
    # To the left of a piece lies the sector that begins at it, seen from its start, and the
    # one that ends at it, seen from its end.
    of_end = of + len(pieces.line)
    right = np.arange(len(of)) >= len(plain) + len(split)
    left = ~right & (np.arange(len(of)) >= len(plain))
    start_sector = np.where(right, at.ends_at[of], at.begins_at[of])
    end_sector = np.where(left, at.ends_at[of_end], at.begins_at[of_end])

    most = int(max(start_sector.max(initial=0), end_sector.max(initial=0))) + 1
    key = np.concatenate(
        [pieces.start[of] * most + start_sector, pieces.end[of] * most + end_sector]
    )
    nodes, number = np.unique(key, return_inverse=True)
    origin, sector = nodes // most, nodes % most
    begin, width = at.bounds(origin, sector)
    made = Segments(
        crs=pieces.crs,
        xy=pieces.xy[origin],
        start=number[: len(of)],
        end=number[len(of) :],
        line=pieces.line[of],
        length_m=pieces.length_m[of],
    )
    side = np.asarray(left.astype(np.int8) - right.astype(np.int8), dtype=np.int8)
    changed = replace(_taken(drawn, of), pieces=made, side=side)
    return _apart_between_ends(
        TwoSided(drawn=changed, origin=origin, sector_from=begin, sector_width=width)
    )


def whole(drawn: Drawing) -> TwoSided:
    """Take a drawing in which nothing is split.

    Parameters
    ----------
    drawn
        The pieces.

    Returns
    -------
    TwoSided
        The same, every node with all that is around it.
    """
    nodes = len(drawn.pieces.xy)
    return TwoSided(
        drawn=drawn,
        origin=np.arange(nodes),
        sector_from=np.zeros(nodes),
        sector_width=np.full(nodes, FULL_TURN),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Sectors:
    """The sectors around nodes, numbered counterclockwise at each.

    Of the pieces as they leave their start, then as they leave their end: the sector that
    begins at a barrier and the one that ends there; of a piece that is no barrier both are
    the sector it lies in. Then the different barriers, sorted by node and angle.
    """

    begins_at: NDArray[np.intp]
    ends_at: NDArray[np.intp]
    ray_node: NDArray[np.intp]
    ray_angle: NDArray[np.float64]

    def bounds(
        self, node: NDArray[np.intp], sector: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the angle at which sectors begin, and their widths; a full turn where whole."""
        begin, width = np.zeros(len(node)), np.full(len(node), FULL_TURN)
        first = np.searchsorted(self.ray_node, node)
        count = np.searchsorted(self.ray_node, node, side="right") - first
        split = np.flatnonzero(count > 1)
        first, count, sector = first[split], count[split], sector[split]
        begin[split] = self.ray_angle[first + sector]
        end = self.ray_angle[first + (sector + 1) % count]
        width[split] = np.mod(end - begin[split], FULL_TURN)
        return begin, width


def _beside(pieces: Segments, fence: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which pieces lie upon a piece of a barrier: they have two sides as well."""
    key = _pairs(pieces)
    return np.asarray(np.isin(key, key[fence]))


def _pairs(pieces: Segments) -> NDArray[np.int64]:
    """One number for the two nodes of a piece, whichever comes first."""
    low, high = np.minimum(pieces.start, pieces.end), np.maximum(pieces.start, pieces.end)
    return np.asarray(low.astype(np.int64) * len(pieces.xy) + high)


def _sectors(
    pieces: Segments, fence: NDArray[np.bool_], *, joined: NDArray[np.bool_], rays: Rays | None
) -> _Sectors:
    node = np.concatenate([pieces.start, pieces.end])
    course = pieces.xy[pieces.end] - pieces.xy[pieces.start]
    out = np.concatenate([course, -course])
    angle = _turned(np.arctan2(out[:, 1], out[:, 0]))
    barrier = np.tile(fence, 2)
    ends = len(node)
    if rays is not None:
        node = np.concatenate([node, rays.node])
        angle = np.concatenate([angle, _turned(rays.angle)])
        barrier = np.concatenate([barrier, np.ones(len(rays.node), dtype=bool)])
    touched = np.zeros(len(pieces.xy), dtype=bool)
    touched[node[barrier]] = True
    near = np.flatnonzero(touched[node] & ~joined[node])

    # By node and angle; of equal angles barriers first.
    order = near[np.lexsort((~barrier[near], angle[near], node[near]))]
    node, angle, barrier = node[order], angle[order], barrier[order]
    at = np.flatnonzero(barrier)
    different = np.ones(len(at), dtype=bool)
    different[1:] = (np.diff(node[at]) > 0) | (np.diff(angle[at]) > _SAME_ANGLE)
    new = np.zeros(len(node), dtype=np.intp)
    new[at[different]] = 1
    so_far = np.cumsum(new)
    rank = so_far - (so_far - new)[np.searchsorted(node, node)]
    count = np.bincount(node, weights=new, minlength=len(pieces.xy)).astype(np.intp)[node]

    # Before the first barrier one is in the sector that begins at the last.
    begins_at, ends_at = np.zeros(ends, dtype=np.intp), np.zeros(ends, dtype=np.intp)
    own = order < ends
    begins_at[order[own]] = ((rank - 1) % count)[own]
    ends_at[order[own]] = np.where(barrier, (rank - 2) % count, (rank - 1) % count)[own]
    return _Sectors(
        begins_at=begins_at,
        ends_at=ends_at,
        ray_node=node[at[different]],
        ray_angle=angle[at[different]],
    )


def _turned(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles from 0 to below a full turn, a hair below which is 0."""
    turned = np.mod(angle, FULL_TURN)
    return np.where(turned > FULL_TURN - _SAME_ANGLE, 0.0, turned)


def _taken(drawn: Drawing, of: NDArray[np.intp]) -> Drawing:
    """Take pieces of a drawing, some of them twice; their nodes come later."""
    return replace(
        drawn,
        row=drawn.row[of],
        slower_forward=drawn.slower_forward[of],
        slower_backward=drawn.slower_backward[of],
        at_most_kmh=drawn.at_most_kmh[of],
        barred=drawn.barred[of],
    )


def _apart_between_ends(split: TwoSided) -> TwoSided:
    """Keep strands apart that share both ends: each gets a node of its own half way.

    Otherwise the two would be one edge, and whoever gets onto it could cross it.
    """
    drawn, pieces = split.drawn, split.drawn.pieces
    key = _pairs(pieces)
    drawn_up = pieces.start < pieces.end
    side = np.where(drawn_up, 1, -1) * drawn.side
    both = np.intersect1d(key[side > 0], key[side < 0])
    shared = np.flatnonzero(np.isin(key, both) & (side != 0))
    if len(shared) == 0:
        return split
    # Pieces that lie upon each other on one side keep to the same strand.
    _, first, of_strand = np.unique(
        2 * key[shared] + (side[shared] > 0), return_index=True, return_inverse=True
    )
    strand = shared[first]
    low = np.minimum(pieces.start, pieces.end)[strand]
    high = np.maximum(pieces.start, pieces.end)[strand]
    course = pieces.xy[high] - pieces.xy[low]
    along = np.arctan2(course[:, 1], course[:, 0])
    middle = len(pieces.xy) + of_strand
    keep = np.ones(len(pieces.line), dtype=bool)
    keep[shared] = False
    of = np.concatenate([np.flatnonzero(keep), shared, shared])
    share = np.concatenate([np.ones(int(keep.sum())), np.full(2 * len(shared), 0.5)])
    made = Segments(
        crs=pieces.crs,
        xy=np.concatenate([pieces.xy, (pieces.xy[low] + pieces.xy[high]) / 2]),
        start=np.concatenate([pieces.start[keep], pieces.start[shared], middle]),
        end=np.concatenate([pieces.end[keep], middle, pieces.end[shared]]),
        line=pieces.line[of],
        length_m=pieces.length_m[of] * share,
    )
    begin = np.mod(np.where(side[strand] > 0, along, along + np.pi), FULL_TURN)
    return TwoSided(
        drawn=replace(_taken(drawn, of), pieces=made, side=drawn.side[of]),
        origin=np.concatenate([split.origin, split.origin[low]]),
        sector_from=np.concatenate([split.sector_from, begin]),
        sector_width=np.concatenate([split.sector_width, np.full(len(strand), np.pi)]),
    )
