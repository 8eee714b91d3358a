"""The roads as one graph: nodes with places, edges with curves and lengths."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from layoutplan.example.lattice import NO_ROAD, Flags, Floats, Ints, edge_ends
from layoutplan.example.roads import COUNTY_ROAD, PROVINCIAL, STREET, Laid
from layoutplan.example.settlements import Towns
from layoutplan.example.terrain import ORIGIN_M, Terrain

JITTER: Final = 0.18
"""How far a node strays from the middle of its cell, in cells."""

SMOOTHING: Final = 3
"""Rounds in which nodes without a junction move towards their neighbours."""


@dataclass(frozen=True, kw_only=True)
class RoadGraph:
    """The roads.

    Parameters
    ----------
    cells
        The cell of each node; -1 for a crossing between cells.
    xy
        Places of the nodes in EPSG:4548.
    start, end
        The nodes at both ends of each edge.
    rank
        The rank of each edge.
    over
        Whether the edge crosses another on a bridge.
    grade
        Rise of each edge, metres per metre.
    curve
        Points of each edge between its ends.
    metres
        Length of each edge.
    """

    cells: Ints
    xy: Floats
    start: Ints
    end: Ints
    rank: Ints
    over: Flags
    grade: Floats
    curve: Floats
    metres: Floats

    def nodes_of(self, cells: Ints) -> Ints:
        """Give the nodes of cells that have a road."""
        order = np.argsort(self.cells, kind="stable")
        return np.asarray(order[np.searchsorted(self.cells[order], cells)], dtype=np.int64)

    def matrix(self) -> csr_array:
        """Give the lengths of the edges as a sparse matrix."""
        size = len(self.cells)
        return csr_array(coo_array((self.metres, (self.start, self.end)), shape=(size, size)))


def make_graph(
    rng: np.random.Generator, terrain: Terrain, towns: Towns, *, laid: Laid
) -> RoadGraph:
    """Turn the roads on the lattice into winding lines that meet at shared points.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        The towns, where streets are straight.
    laid
        The roads on the lattice.

    Returns
    -------
    RoadGraph
        The roads in one piece.
    """
    size = terrain.lattice.size
    start, end, rank, over, crossings = _cut_crossings(terrain, laid)
    graph = coo_array(
        (np.ones(len(start)), (start, end)), shape=(size + len(crossings), size + len(crossings))
    )
    _, piece = connected_components(csr_array(graph), directed=False)
    main = piece[start] == piece[towns.cells[0]]
    start, end, rank, over = start[main], end[main], rank[main], over[main]
    nodes, numbers = np.unique(np.concatenate([start, end]), return_inverse=True)
    start, end = numbers.reshape(2, -1)
    cells = np.where(nodes < size, nodes, -1)
    flat = np.vstack([terrain.lattice.xy(np.arange(size)), crossings])[nodes]
    away = np.min(
        [
            np.hypot(*(flat - centre).T) - radius
            for centre, radius in zip(terrain.lattice.xy(towns.cells), towns.radius_m, strict=True)
        ],
        axis=0,
    )
    wild = np.clip((away + 100) / 400, 0.06, 1.0)
    flat = flat + rng.uniform(-1, 1, flat.shape) * (JITTER * terrain.lattice.cell_m * wild)[:, None]
    flat = _smooth(flat, start, end, still=wild < 0.5)  # noqa: PLR2004 - half way out of town
    xy = terrain.bend(flat) + np.array(ORIGIN_M)
    height = terrain.height.ravel()
    at = terrain.lattice.cell_at(flat)
    rise = np.abs(height[at[start]] - height[at[end]])
    chord = np.hypot(*(xy[start] - xy[end]).T)
    steep = terrain.slope.ravel()[at]
    curve = _curves(
        rng, xy[start], xy[end], bow=_bows(rank, (steep[start] + steep[end]) / 2, wild[start])
    )
    whole = np.concatenate([xy[start][:, None], curve, xy[end][:, None]], axis=1)
    metres = np.hypot(*np.moveaxis(np.diff(whole, axis=1), 2, 0)).sum(axis=1)
    return RoadGraph(
        cells=cells,
        xy=xy,
        start=start,
        end=end,
        rank=rank,
        over=over,
        grade=rise / chord,
        curve=curve,
        metres=metres,
    )


def _cut_crossings(terrain: Terrain, laid: Laid) -> tuple[Ints, Ints, Ints, Flags, Floats]:
    """Join diagonals that cross in a junction, or lift the main road over the other."""
    lattice = terrain.lattice
    start, end, rank = edge_ends(lattice, laid.rank)
    over = np.zeros(len(start), dtype=np.bool_)
    falling, rising = laid.rank[2][:, :-1], laid.rank[3][:, 1:]
    row, col = np.nonzero((falling < NO_ROAD) & (rising < NO_ROAD))
    if not len(row):
        return start, end, rank, over, np.empty((0, 2))
    key = {pair: i for i, pair in enumerate(zip(start.tolist(), end.tolist(), strict=True))}
    joints: list[Floats] = []
    cut = np.zeros(len(start), dtype=np.bool_)
    more: list[tuple[int, int, int]] = []
    for r, c in zip(row.tolist(), col.tolist(), strict=True):
        here = r * lattice.cols + c
        pair = (
            key[here, here + lattice.cols + 1],
            key[here + 1, here + lattice.cols],
        )
        ranks = [int(rank[i]) for i in pair]
        if min(ranks) <= PROVINCIAL and max(ranks) > COUNTY_ROAD:
            over[pair[int(np.argmin(ranks))]] = True
            continue
        node = lattice.size + len(joints)
        joints.append(lattice.xy(np.array([here, here + lattice.cols + 1])).mean(axis=0))
        for i in pair:
            cut[i] = True
            more += [(int(start[i]), node, int(rank[i])), (node, int(end[i]), int(rank[i]))]
    added = np.array(more, dtype=np.int64).reshape(-1, 3)
    return (
        np.concatenate([start[~cut], added[:, 0]]),
        np.concatenate([end[~cut], added[:, 1]]),
        np.concatenate([rank[~cut], added[:, 2]]),
        np.concatenate([over[~cut], np.zeros(len(added), dtype=np.bool_)]),
        np.array(joints).reshape(-1, 2),
    )


def _smooth(xy: Floats, start: Ints, end: Ints, *, still: Flags) -> Floats:
    """Move the nodes between two edges towards the middle of their neighbours."""
    degree = np.bincount(np.concatenate([start, end]), minlength=len(xy))
    moving = (degree == 2) & ~still  # noqa: PLR2004 - a node between two edges
    for _ in range(SMOOTHING):
        total = np.zeros_like(xy)
        np.add.at(total, start, xy[end])
        np.add.at(total, end, xy[start])
        xy = np.where(moving[:, None], 0.5 * xy + 0.25 * total, xy)
    return xy


def _bows(rank: Ints, steep: Floats, wild: Floats) -> Floats:
    """How far an edge bows from its chord, as a share of its length."""
    lesser = np.where(rank > COUNTY_ROAD, 1.3, 0.8)
    return np.where(rank == STREET, 0.0, lesser * wild * (0.035 + np.minimum(0.6 * steep, 0.14)))


def _curves(rng: np.random.Generator, start: Floats, end: Floats, *, bow: Floats) -> Floats:
    """Three points between the ends of each edge, by moving midpoints sideways."""

    def between(a: Floats, b: Floats) -> Floats:
        side = (b - a)[:, ::-1] * np.array([-1.0, 1.0])
        shift = np.clip(rng.normal(0, 1, len(a)), -2, 2) * bow
        return np.asarray((a + b) / 2 + side * shift[:, None], dtype=np.float64)

    middle = between(start, end)
    return np.stack([between(start, middle), middle, between(middle, end)], axis=1)
