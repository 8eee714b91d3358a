"""Small counts of a public table are withheld so that no sum gives them away again."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_ROUNDING: Final = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Masked:
    """A table with its sums, and what of it is withheld.

    Parameters
    ----------
    counts
        Rows x columns with the sums of rows in the last column and those of columns in
        the last row.
    hidden
        The cells that are withheld, of the same shape.
    limit
        Counts from 1 up to below it are small.
    """

    counts: Ints = field(repr=False)
    hidden: Bools = field(repr=False)
    limit: int

    @property
    def small(self) -> Bools:
        """The cells that hold a small count."""
        return (self.counts > 0) & (self.counts < self.limit)


def masked(counts: Ints, *, limit: int) -> Masked:
    r"""Withhold small counts, and as few others as keep them from being computed.

    A small count :math:`x` is safe where somebody who knows every published cell, that
    rows and columns add up, and that withheld cells are at least 1, must still think
    every number from 1 to ``limit - 1`` possible (of a sum, from the number of its cells that
    are not 0): the least and the greatest
    :math:`x` under these equations, found by linear programming, lie no further in. For
    tables of two directions these bounds are whole numbers, for the equations are those
    of a flow. Where a cell is not safe, three more cells that form a rectangle with it
    are withheld: those that hide the fewest persons and leave enough room
    (complementary suppression; Fischetti and Salazar, 1999, give the exact problem).

    Parameters
    ----------
    counts
        Persons, shape (rows, columns).
    limit
        Counts from 1 up to below it are small.

    Returns
    -------
    Masked
        The table with its sums.

    Examples
    --------
    >>> table = np.array([[2, 30, 8], [12, 25, 9]])
    >>> masked(table, limit=5).hidden.astype(int).tolist()
    [[1, 0, 1, 0], [1, 0, 1, 0], [0, 0, 0, 0]]
    """
    whole = with_sums(np.asarray(counts, dtype=np.int64))
    small = (whole > 0) & (whole < limit)
    hidden = small.copy()
    for row, column in np.argwhere(small):
        if not _safe(whole, hidden, (int(row), int(column)), limit):
            hidden |= _rectangle(whole, hidden, (int(row), int(column)), limit)
    return Masked(counts=whole, hidden=hidden, limit=limit)


def with_sums(counts: Ints) -> Ints:
    """Add the sums of rows and columns to a table.

    Parameters
    ----------
    counts
        Shape (rows, columns).

    Returns
    -------
    numpy.ndarray
        Shape (rows + 1, columns + 1).

    Examples
    --------
    >>> with_sums(np.array([[1, 2]])).tolist()
    [[1, 2, 3], [1, 2, 3]]
    """
    wide = np.hstack([counts, counts.sum(axis=1, keepdims=True)])
    return np.asarray(np.vstack([wide, wide.sum(axis=0, keepdims=True)]), dtype=np.int64)


def possible(whole: Ints, hidden: Bools, cell: tuple[int, int]) -> tuple[int, int]:
    """Give the least and the greatest number that a withheld cell may hold.

    Parameters
    ----------
    whole
        The table with its sums.
    hidden
        The cells that are withheld.
    cell
        The row and column of one of them.

    Returns
    -------
    tuple of int
        The bounds; for the greatest, the sum of the table and more where nothing bounds it.
    """
    unknown = np.argwhere(hidden)
    number = np.full(whole.shape, -1)
    number[tuple(unknown.T)] = np.arange(len(unknown))
    matrix, right = _equations(whole, hidden, number)
    most = int(np.abs(whole).sum()) + 1
    aim = np.zeros(len(unknown))
    aim[number[cell]] = 1
    ends = []
    for sign in (1, -1):
        found = linprog(sign * aim, A_eq=matrix, b_eq=right, bounds=(1, most), method="highs")
        ends.append(float(aim @ np.asarray(found.x)))
    return int(np.ceil(ends[0] - _ROUNDING)), int(np.floor(ends[1] + _ROUNDING))


def _equations(whole: Ints, hidden: Bools, number: Ints) -> tuple[Any, NDArray[np.float64]]:
    """Every row adds up to its last cell, and every column to its last."""
    rows, columns = whole.shape
    across, down = np.ones(columns), np.ones(rows)
    across[-1], down[-1] = -1, -1
    shown = np.where(hidden, 0, whole)
    right = -np.concatenate([(shown * across).sum(axis=1), (shown * down[:, None]).sum(axis=0)])
    at_row, at_column = np.nonzero(hidden)
    unknown = number[at_row, at_column]
    entries = np.concatenate([across[at_column], down[at_row]])
    lines = np.concatenate([at_row, rows + at_column])
    shape = (rows + columns, len(unknown))
    places = (lines, np.concatenate([unknown, unknown]))
    return csr_array((entries, places), shape=shape), right


def _safe(whole: Ints, hidden: Bools, cell: tuple[int, int], limit: int) -> bool:
    least, greatest = possible(whole, hidden, cell)
    return least <= floor_of(whole, cell) and greatest >= limit - 1


def floor_of(whole: Ints, cell: tuple[int, int]) -> int:
    """Give the least that a cell with persons can hold: one for each cell it sums up.

    Parameters
    ----------
    whole
        The table with its sums.
    cell
        A row and column.

    Returns
    -------
    int
        1 within the table; for a sum, how many cells with persons are in it.

    Examples
    --------
    >>> floor_of(with_sums(np.array([[2, 1, 0]])), (0, 3))
    2
    """
    row, column = cell
    rows = slice(0, -1) if row == len(whole) - 1 else slice(row, row + 1)
    columns = slice(0, -1) if column == whole.shape[1] - 1 else slice(column, column + 1)
    return int((whole[rows, columns] > 0).sum())


def _rectangle(whole: Ints, hidden: Bools, cell: tuple[int, int], limit: int) -> Bools:
    """Find the other corners of a rectangle that keep a cell safe and hide the fewest."""
    row, column = cell
    rows, columns = whole.shape
    across, down = np.ones(columns), np.ones(rows)
    across[-1], down[-1] = -1, -1
    # When the cell grows by one, its neighbours in the row and column change by these.
    beside = -across[column] * across
    below = -down[row] * down
    corner = np.outer(below, beside)
    up, less = limit - 1 - whole[cell], whole[cell] - floor_of(whole, cell)

    def enough(sign: NDArray[np.float64], values: Ints) -> Bools:
        falls = np.where(sign < 0, up, less)
        return np.asarray(values - 1 >= falls, dtype=bool)

    fits = (
        enough(beside, whole[row])[None, :]
        & enough(below, whole[:, column])[:, None]
        & enough(corner, whole)
    )
    fits[row, :] = fits[:, column] = False
    fits &= (whole > 0) & (whole[row] > 0)[None, :] & (whole[:, column] > 0)[:, None]
    cost = np.where(hidden, 0, whole)
    price = cost + cost[row][None, :] + cost[:, column][:, None]
    best = int(np.argmin(np.where(fits, price, np.iinfo(np.int64).max)))
    other, beyond = divmod(best, columns)
    more = np.zeros(whole.shape, dtype=bool)
    more[other, beyond] = more[row, beyond] = more[other, column] = True
    return more
