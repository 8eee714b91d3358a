"""Which edges of the lattice carry a road, and of what rank."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from layoutplan.example.lattice import (
    NO_ROAD,
    Floats,
    Ints,
    Lattice,
    cheapest_path,
    edge_ends,
    path_edges,
    trace,
    window_graph,
)
from layoutplan.example.settlements import Towns, draw_spread
from layoutplan.example.terrain import Terrain

NATIONAL, PROVINCIAL, COUNTY_ROAD, TOWNSHIP_ROAD, VILLAGE_ROAD, STREET, TRACK = range(7)
"""Ranks of roads, the greatest first."""

REUSE: Final = 0.55
"""What a metre along an existing road costs, against a new road."""

STREET_SHARE: Final = 0.75
STREET_WHOLE: Final = 0.92
"""Share of rows and columns of blocks that have a street, and of such streets built."""

SECOND_ROADS: Final = 0.6
"""Share of neighbouring towns joined although there is a way by another town."""

NEIGHBOURS_M: Final = 5_000
"""Distance up to which neighbouring villages may get a path of their own."""

DETOUR: Final = 1.12
"""Neighbouring villages get a path of their own where the way is longer than this."""


@dataclass(frozen=True, kw_only=True)
class Laid:
    """The roads laid so far; the arrays change as roads are laid.

    Parameters
    ----------
    rank
        Rank of every edge, by direction, row and column.
    price
        Cost of travel and building along every edge.
    """

    rank: Ints
    price: Floats

    @property
    def cells(self) -> Ints:
        """The cells with a road."""
        rows, cols = self.rank.shape[1:]
        start, end, _ = edge_ends(Lattice(rows=rows, cols=cols, cell_m=1.0), self.rank)
        return np.unique(np.concatenate([start, end]))


def lay_main_roads(rng: np.random.Generator, terrain: Terrain, towns: Towns) -> Laid:
    """Lay the roads between towns and those that cross the county.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        The towns.

    Returns
    -------
    Laid
        The main roads.
    """
    laid = Laid(
        rank=np.full(terrain.cost.shape, NO_ROAD, dtype=np.int64), price=terrain.cost.copy()
    )
    seat = int(towns.cells[0])
    east, west, north, south = (int(c) for c in _gates(rng, terrain))
    through = ((east, NATIONAL), (west, NATIONAL), (north, PROVINCIAL), (south, PROVINCIAL))
    for gate, value in through:
        _lay(terrain, laid, start=seat, end=gate, value=value)
    xy = terrain.lattice.xy(towns.cells)
    pairs = gabriel_edges(xy)
    length = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    count = len(towns.cells)
    tree = minimum_spanning_tree(_graph(pairs, length, count)).tocoo()
    inside_tree = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    extra = []
    for (a, b), metres in sorted(
        zip(pairs.tolist(), length.tolist(), strict=True), key=lambda p: p[1]
    ):
        if (a, b) in inside_tree or (b, a) in inside_tree:
            _lay(
                terrain, laid, start=int(towns.cells[a]), end=int(towns.cells[b]), value=COUNTY_ROAD
            )
        else:
            extra.append((a, b, metres))
    for a, b, _ in extra:
        if rng.random() < SECOND_ROADS:
            _lay(
                terrain,
                laid,
                start=int(towns.cells[a]),
                end=int(towns.cells[b]),
                value=TOWNSHIP_ROAD,
            )
    return laid


def lay_village_roads(
    rng: np.random.Generator, terrain: Terrain, towns: Towns, *, laid: Laid, villages: Ints
) -> None:
    """Lay streets in towns and join every village to the roads.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        The towns.
    laid
        The main roads, to which the others are added.
    villages
        The cells of the villages.
    """
    _streets(rng, terrain, towns, laid)
    _join(terrain, laid, cells=villages, value=VILLAGE_ROAD)
    xy = terrain.lattice.xy(villages)
    pairs = gabriel_edges(xy)
    straight = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    pairs, straight = pairs[straight < NEIGHBOURS_M], straight[straight < NEIGHBOURS_M]
    slope = terrain.slope.ravel()[villages]
    # In the hills neighbours across a ridge go without a path of their own.
    accept = DETOUR + 12 * np.maximum(slope[pairs[:, 0]], slope[pairs[:, 1]])
    way = _road_metres(terrain, laid, villages, pairs)
    for a, b in pairs[way > accept * straight].tolist():
        _lay(terrain, laid, start=int(villages[a]), end=int(villages[b]), value=VILLAGE_ROAD)
    _join(terrain, laid, cells=_hamlets(rng, terrain, laid, len(villages)), value=TRACK)


def gabriel_edges(xy: Floats) -> Ints:
    """Find the pairs of points with no third point in the circle between them.

    Parameters
    ----------
    xy
        The points.

    Returns
    -------
    numpy.ndarray
        Pairs of positions, the smaller first, in ascending order.
    """
    if len(xy) < 2:  # noqa: PLR2004 - two points make one edge
        return np.empty((0, 2), dtype=np.int64)
    if len(xy) < 4:  # noqa: PLR2004 - a triangulation needs four points in general position
        pairs = np.array([(a, b) for a in range(len(xy)) for b in range(a + 1, len(xy))])
    else:
        corners = Delaunay(xy, qhull_options="QJ Pp").simplices
        pairs = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
        pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    middle = (xy[pairs[:, 0]] + xy[pairs[:, 1]]) / 2
    half = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) / 2
    nearest, _ = cKDTree(xy).query(middle)
    return np.asarray(pairs[nearest > half * (1 - 1e-9)], dtype=np.int64)


def _graph(pairs: Ints, weight: Floats, size: int) -> csr_array:
    """Make a graph from pairs of numbers."""
    return csr_array(coo_array((weight, (pairs[:, 0], pairs[:, 1])), shape=(size, size)))


def _gates(rng: np.random.Generator, terrain: Terrain) -> Iterator[int]:
    """Cells at the border in the east, west, north and south where roads leave."""
    rim = np.flatnonzero((terrain.inside & ~terrain.core).ravel())
    xy = terrain.lattice.xy(rim)
    off = (xy - xy.mean(axis=0)) / np.ptp(xy, axis=0)
    for toward in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        side = off @ np.array(toward, dtype=np.float64)
        near = np.flatnonzero(side > 0.8 * side.max())
        weight = np.exp(-terrain.slope.ravel()[rim[near]] / 0.05)
        yield int(rim[near[rng.choice(len(near), p=weight / weight.sum())]])


def _lay(terrain: Terrain, laid: Laid, *, start: int, end: int, value: int) -> None:
    """Lay a road along the cheapest path, with existing roads cheaper."""
    cols = terrain.lattice.cols
    across = max(abs(start // cols - end // cols), abs(start % cols - end % cols))
    cells = cheapest_path(terrain.lattice, laid.price, start=start, end=end, margin=6 + across // 3)
    if len(cells):
        _mark(terrain, laid, cells=cells, value=value)


def _mark(terrain: Terrain, laid: Laid, *, cells: Ints, value: int) -> None:
    """Put a road on the edges of a path."""
    edges = path_edges(terrain.lattice, cells)
    laid.rank[edges] = np.minimum(laid.rank[edges], value)
    laid.price[edges] = REUSE * terrain.cost[edges]


def _join(terrain: Terrain, laid: Laid, *, cells: Ints, value: int) -> None:
    """Join cells to the nearest road; ways that meet go on together."""
    rows, cols = terrain.lattice.rows, terrain.lattice.cols
    graph = window_graph(terrain.cost, rows=(0, rows), cols=(0, cols))
    _, before, _ = dijkstra(
        graph, directed=False, indices=laid.cells, min_only=True, return_predecessors=True
    )
    previous: Ints = np.asarray(before, dtype=np.int64)
    for cell in cells.tolist():
        path = trace(previous, cell)
        if len(path) > 1:
            _mark(terrain, laid, cells=path, value=value)


def _streets(rng: np.random.Generator, terrain: Terrain, towns: Towns, laid: Laid) -> None:
    """Lay streets on the rows and columns of the lattice around each centre."""
    lattice = terrain.lattice
    xy = lattice.xy(np.arange(lattice.size)).reshape(lattice.rows, lattice.cols, 2)
    for cell, radius in zip(towns.cells.tolist(), towns.radius_m.tolist(), strict=True):
        row, col = divmod(cell, lattice.cols)
        disc = np.hypot(*np.moveaxis(xy - xy[row, col], 2, 0)) <= radius
        kept_rows = rng.random(lattice.rows) < STREET_SHARE
        kept_cols = rng.random(lattice.cols) < STREET_SHARE
        kept_rows[row] = kept_cols[col] = True
        along = disc[:, :-1] & disc[:, 1:] & kept_rows[:, None]
        down = disc[:-1] & disc[1:] & kept_cols[None, :]
        for number, street in ((0, along), (1, down)):
            at = np.nonzero(street & (rng.random(street.shape) < STREET_WHOLE))
            open_ = np.isfinite(terrain.cost[number][at])
            edges = (np.full(int(open_.sum()), number), at[0][open_], at[1][open_])
            laid.rank[edges] = np.minimum(laid.rank[edges], STREET)
            laid.price[edges] = REUSE * terrain.cost[edges]


def _road_metres(terrain: Terrain, laid: Laid, villages: Ints, pairs: Ints) -> Floats:
    """Length of the way by road between pairs of villages; infinite beyond 9 km."""
    start, end, _ = edge_ends(terrain.lattice, laid.rank)
    nodes, numbers = np.unique(np.concatenate([start, end]), return_inverse=True)
    ends = numbers.reshape(2, -1).T
    xy = terrain.lattice.xy(nodes)
    metres = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    graph = _graph(ends, metres, len(nodes))
    at = np.searchsorted(nodes, villages)
    way = np.full(len(pairs), np.inf)
    # One block of villages at a time keeps the table of distances small.
    for first in range(0, len(villages), 100):
        mine = np.flatnonzero((pairs[:, 0] >= first) & (pairs[:, 0] < first + 100))
        table = dijkstra(graph, directed=False, indices=at[first : first + 100], limit=9_000)
        way[mine] = table[pairs[mine, 0] - first, at[pairs[mine, 1]]]
    return way


def _hamlets(rng: np.random.Generator, terrain: Terrain, laid: Laid, villages: int) -> Ints:
    """Cells off the roads where a few houses stand."""
    road = np.ones(terrain.lattice.size, dtype=np.bool_)
    road[laid.cells] = False
    off = distance_transform_edt(road.reshape(terrain.inside.shape))
    fit = np.exp(-terrain.slope / 0.12) * (off >= 2) * (off <= 5) * terrain.core  # noqa: PLR2004
    return draw_spread(
        rng, fit.ravel(), cols=terrain.lattice.cols, count=round(1.3 * villages), apart=2.0
    )
