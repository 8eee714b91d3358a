"""A square lattice of cells with the roads and paths along its edges."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

STEPS: Final = ((0, 1), (1, 0), (1, 1), (1, -1))
"""The four directions in which a cell owns an edge, as rows and columns."""

NO_ROAD: Final = 99
"""The rank of an edge without a road; a smaller rank is a greater road."""


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """The size of a lattice.

    Parameters
    ----------
    rows
        Rows of cells.
    cols
        Columns of cells.
    cell_m
        The side of a cell in metres.
    """

    rows: int
    cols: int
    cell_m: float

    @property
    def size(self) -> int:
        """The number of cells."""
        return self.rows * self.cols

    def flat(self, row: Ints, col: Ints) -> Ints:
        """Give the numbers of cells from their rows and columns."""
        return np.asarray(row * self.cols + col, dtype=np.int64)

    def xy(self, cells: Ints) -> Floats:
        """Give the centres of cells in metres from the lower left corner."""
        row, col = np.divmod(cells, self.cols)
        return np.column_stack([col + 0.5, self.rows - row - 0.5]) * self.cell_m

    def cell_at(self, xy: Floats) -> Ints:
        """Give the cells in which points lie; points outside go to the border."""
        col = np.clip((xy[:, 0] // self.cell_m).astype(np.int64), 0, self.cols - 1)
        row = np.clip(self.rows - 1 - (xy[:, 1] // self.cell_m).astype(np.int64), 0, self.rows - 1)
        return self.flat(row, col)


def edge_ends(lattice: Lattice, rank: Ints) -> tuple[Ints, Ints, Ints]:
    """List the edges that carry a road.

    Parameters
    ----------
    lattice
        The lattice.
    rank
        Rank of every edge, by direction, row and column.

    Returns
    -------
    tuple
        The cells at both ends and the rank of each edge.
    """
    direction, row, col = np.nonzero(rank < NO_ROAD)
    steps = np.array(STEPS)[direction]
    start = lattice.flat(row, col)
    end = lattice.flat(row + steps[:, 0], col + steps[:, 1])
    return start, end, rank[direction, row, col]


def window_graph(cost: Floats, *, rows: tuple[int, int], cols: tuple[int, int]) -> csr_array:
    """Build the graph of one window of the lattice.

    Parameters
    ----------
    cost
        Cost of every edge, by direction, row and column; infinite where barred.
    rows, cols
        First row or column of the window and the one after its last.

    Returns
    -------
    scipy.sparse.csr_array
        Upper triangle of the costs between the cells of the window.
    """
    part = cost[:, rows[0] : rows[1], cols[0] : cols[1]]
    height, width = part.shape[1:]
    ids = np.arange(height * width).reshape(height, width)
    pairs = (
        (ids[:, :-1], ids[:, 1:], part[0][:, :-1]),
        (ids[:-1], ids[1:], part[1][:-1]),
        (ids[:-1, :-1], ids[1:, 1:], part[2][:-1, :-1]),
        (ids[:-1, 1:], ids[1:, :-1], part[3][:-1, 1:]),
    )
    start = np.concatenate([p[0].ravel() for p in pairs])
    end = np.concatenate([p[1].ravel() for p in pairs])
    weight = np.concatenate([p[2].ravel() for p in pairs])
    open_ = np.isfinite(weight)
    size = height * width
    return csr_array(coo_array((weight[open_], (start[open_], end[open_])), shape=(size, size)))


def cheapest_path(lattice: Lattice, cost: Floats, *, start: int, end: int, margin: int) -> Ints:
    """Find the cheapest path between two cells within a window around both.

    Parameters
    ----------
    lattice
        The lattice.
    cost
        Cost of every edge, by direction, row and column.
    start, end
        The two cells.
    margin
        Cells that the window reaches beyond the two.

    Returns
    -------
    numpy.ndarray
        The cells of the path; empty where there is none in the window.
    """
    row, col = np.divmod(np.array([start, end]), lattice.cols)
    top, left = max(int(row.min()) - margin, 0), max(int(col.min()) - margin, 0)
    bottom = min(int(row.max()) + margin + 1, lattice.rows)
    right = min(int(col.max()) + margin + 1, lattice.cols)
    width = right - left
    local = (row - top) * width + (col - left)
    graph = window_graph(cost, rows=(top, bottom), cols=(left, right))
    _, before = dijkstra(graph, directed=False, indices=local[:1], return_predecessors=True)
    cells = trace(np.asarray(before[0], dtype=np.int64), int(local[1]))
    if cells[-1] != local[0]:
        return np.empty(0, dtype=np.int64)
    row, col = np.divmod(cells, width)
    return lattice.flat(row + top, col + left)


def trace(before: Ints, end: int) -> Ints:
    """Follow predecessors from a cell back to the source it was reached from."""
    cells = [end]
    while before[cells[-1]] >= 0:
        cells.append(int(before[cells[-1]]))
    return np.array(cells, dtype=np.int64)


def path_edges(lattice: Lattice, cells: Ints) -> tuple[Ints, Ints, Ints]:
    """Give the edges along a path.

    Parameters
    ----------
    lattice
        The lattice.
    cells
        The cells of the path.

    Returns
    -------
    tuple
        Direction, row and column of every edge.
    """
    low, high = np.minimum(cells[:-1], cells[1:]), np.maximum(cells[:-1], cells[1:])
    row, col = np.divmod(low, lattice.cols)
    row_to, col_to = np.divmod(high, lattice.cols)
    direction = np.select([row_to == row, col_to == col, col_to > col], [0, 1, 2], default=3)
    return direction.astype(np.int64), row, col
