"""Rows of the model, and how families of them are written."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from layoutplan.model.columns import Columns
from layoutplan.model.sets import Sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Entries = list[tuple[Ints, Ints, Floats]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """Some rows ``low <= matrix @ v <= high`` of the model.

    Parameters
    ----------
    matrix
        Coefficients, rows x variables.
    low, high
        Bounds of each row.
    """

    matrix: sp.csr_array
    low: Floats
    high: Floats


def stack(rows: list[Rows]) -> Rows:
    """Put families of rows one below the other.

    Parameters
    ----------
    rows
        The families.

    Returns
    -------
    Rows
        All rows.
    """
    return Rows(
        matrix=sp.csr_array(sp.vstack([r.matrix for r in rows])),
        low=np.concatenate([r.low for r in rows]),
        high=np.concatenate([r.high for r in rows]),
    )


def made(entries: Entries, columns: Columns, low: Floats, high: Floats) -> Rows:
    """Make rows of their entries.

    Parameters
    ----------
    entries
        Row numbers, columns and coefficients, part by part.
    columns
        The variables.
    low, high
        Bounds of each row.

    Returns
    -------
    Rows
        The rows.
    """
    row, column, value = (np.concatenate(p) for p in zip(*entries, strict=True))
    matrix = sp.csr_array((value, (row, column)), shape=(len(low), columns.n))
    return Rows(matrix=matrix, low=low, high=high)


def at(part: slice) -> Ints:
    """Give the columns of a part of the variables.

    Parameters
    ----------
    part
        The part.

    Returns
    -------
    numpy.ndarray
        Their numbers.
    """
    return np.arange(part.start, part.stop, dtype=np.int64)


def of_states(sets: Sets, columns: Columns, coefficient: Floats) -> tuple[Ints, Ints, Floats]:
    """Give entries that put a coefficient of each state into the row of its site.

    Parameters
    ----------
    sets, columns
        The model.
    coefficient
        One per state.

    Returns
    -------
    tuple
        Rows, columns and coefficients, without those that are 0.
    """
    some = coefficient != 0
    site = sets.states["site"].to_numpy(dtype=np.int64)
    return site[some], at(columns.state)[some], coefficient[some]


def teaching(sets: Sets, band: str) -> Floats:
    """Tell which states teach a band.

    Parameters
    ----------
    sets
        The sets.
    band
        The band.

    Returns
    -------
    numpy.ndarray
        1 or 0, one per state.
    """
    return sets.states[f"teaches_{band}"].to_numpy(dtype=float)


def who_could_come(sets: Sets, key: Ints, count: int) -> Floats:
    """Sum the pupils of all groups that have a flow with a key, each group once.

    Parameters
    ----------
    sets
        The sets.
    key
        A number per flow, such as its site; flows with a negative one are left out.
    count
        How many keys there are.

    Returns
    -------
    numpy.ndarray
        Pupils, one per key.
    """
    group = sets.flows["group"].to_numpy(dtype=np.int64)
    some = key >= 0
    pair = np.unique(key[some] * np.int64(len(sets.groups) + 1) + group[some])
    number, who = np.divmod(pair, len(sets.groups) + 1)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    return np.asarray(np.bincount(number, weights=pupils[who], minlength=count), dtype=float)
