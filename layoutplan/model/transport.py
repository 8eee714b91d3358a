"""Whole pupils: with the sites fixed, a transport problem, and nothing left over."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linprog

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.columns import Columns
from layoutplan.model.constraints import Rows
from layoutplan.model.sets import Sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WHOLE = 1e-4
"""A corner of the transport problem misses whole numbers by rounding errors only."""


def whole_pupils(sets: Sets, columns: Columns, rows: Rows, found: Floats) -> Floats:
    """Fix the sites, send whole pupils at least cost, and drop what nobody needs.

    The search ends within a gap, so that its sites may hold a class without pupils
    or an open school that nobody goes to. Both are taken out: that keeps every rule
    and can only lower the cost.

    Parameters
    ----------
    sets, columns, rows
        The model.
    found
        What the search found, one value per variable.

    Returns
    -------
    numpy.ndarray
        Values of all variables, all of them whole numbers.

    Raises
    ------
    SolverError
        If the transport problem has no whole answer, which would be our fault.
    """
    integer = columns.whole.astype(bool)
    fixed = np.where(integer, np.rint(found), 0.0)
    fixed[columns.bare] = _bare(sets, fixed[columns.full])
    values = _transport(sets, columns, rows, fixed)
    return _trimmed(sets, columns, values)


def _bare(sets: Sets, full: Floats) -> Floats:
    """Tell which townships are left without grades 7-9."""
    junior = sets.sites["bands"].map(lambda b: "g79" in b.split()).to_numpy(dtype=bool)
    kept = set(sets.sites["township_id"][junior & (full > 0)])
    return np.array([float(t not in kept) for t in sets.townships])


def _transport(sets: Sets, columns: Columns, rows: Rows, fixed: Floats) -> Floats:
    integer = columns.whole.astype(bool)
    low, high = columns.low.copy(), columns.high.copy()
    low[integer] = high[integer] = fixed[integer]
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    site = sets.pairs["site"].to_numpy(dtype=np.int64)[pair]
    first = sets.pairs["band"].to_numpy()[pair] == "g13"
    opened = (fixed[columns.full][site] > 0) | (first & (fixed[columns.small][site] > 0))
    flows = np.concatenate(
        [
            np.arange(columns.stay.start, columns.stay.stop),
            np.arange(columns.come.start, columns.come.stop),
        ]
    )
    high[flows[~opened]] = 0.0
    closed = ~((fixed[columns.full] > 0) | (fixed[columns.small] > 0))
    high[columns.overload] = np.where(closed, 0.0, high[columns.overload])
    # Rows that only tie pupils to open sites hold by these bounds; without them the
    # matrix is that of a transport problem, so that the simplex ends in whole numbers.
    keep = _transport_rows(sets)
    matrix, below, above = rows.matrix[keep], rows.low[keep], rows.high[keep]
    same = below == above
    upper, lower = ~same & np.isfinite(above), ~same & np.isfinite(below)
    a_ub = sp.csr_array(sp.vstack([matrix[upper], -matrix[lower]]))
    b_ub = np.concatenate([above[upper], -below[lower]])
    result = linprog(  # type: ignore[call-overload] # the stubs know no sparse matrix here
        columns.cost,
        A_ub=a_ub,
        b_ub=b_ub,
        A_eq=matrix[same],
        b_eq=above[same],
        bounds=np.column_stack([low, high]),
        method="highs-ds",
    )
    if result.x is None:
        raise SolverError(Finding(code="no_relaxation", values={"why": str(result.message)}))
    corner: Floats = np.asarray(result.x, dtype=float)
    values: Floats = np.rint(corner)
    if np.abs(values - corner).max() > _WHOLE:
        raise SolverError(Finding(code="not_whole_pupils"))
    return values


def _transport_rows(sets: Sets) -> Ints:
    """Give the rows of every_pupil, within_places and least_size, in the order of FAMILIES."""
    n, m = len(sets.groups), len(sets.sites)
    least = n + m + 2 * m + m + m + m
    return np.concatenate([np.arange(n + m), np.arange(least, least + m)])


def _trimmed(sets: Sets, columns: Columns, values: Floats) -> Floats:
    """Take out classes without pupils and schools that nobody goes to."""
    sites, values = sets.sites, values.copy()
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    flow = np.concatenate([values[columns.stay], values[columns.come]])
    site = sets.pairs["site"].to_numpy(dtype=np.int64)[pair]
    pupils = np.bincount(site, weights=flow, minlength=len(sites))
    full, small = values[columns.full], values[columns.small]
    room = full * sites["places"].to_numpy(dtype=float)
    room += small * sites["small_places"].to_numpy(dtype=float)
    needed = np.ceil(np.maximum(pupils - room, 0) / sites["class_places"].to_numpy(dtype=float))
    values[columns.extra] = np.minimum(values[columns.extra], needed)
    junior = sites["bands"].map(lambda b: "g79" in b.split()).to_numpy(dtype=bool)
    idle = (
        (pupils == 0)
        & (values[columns.short] == 0)
        & ~sites["must_open"].to_numpy(dtype=bool)
        & sites["may_close"].to_numpy(dtype=bool)
        & (sites["bands"] != "").to_numpy()
        & ~(junior & sites["township_id"].isin(sets.townships).to_numpy(dtype=bool))
    )
    values[columns.full] = np.where(idle, 0.0, full)
    values[columns.small] = np.where(idle, 0.0, small)
    return values
