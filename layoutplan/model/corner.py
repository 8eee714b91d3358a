"""Corners of the linear relaxation, each found from the one before."""

from dataclasses import dataclass
from functools import partial
from typing import Final, Self

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult

from layoutplan.model.columns import Columns
from layoutplan.model.part import beside
from layoutplan.model.rows import Rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOOSE: Final = int(highspy.HighsBasisStatus.kBasic)
"""HiGHS's status of a row that does not bind, or of a variable between its bounds."""
_ENDINGS: Final = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
_STATUS = {int(s): s for s in highspy.HighsBasisStatus.__members__.values()}


@dataclass(frozen=True, eq=False, kw_only=True)
class Basis:
    """Which variables and rows hold a corner up.

    Parameters
    ----------
    columns, rows
        HiGHS's status of each variable and row; 0 is at its lower bound.
    """

    columns: Ints
    rows: Ints

    def with_rows(self, number: int) -> Self:
        """Let rows that were added be loose.

        Parameters
        ----------
        number
            How many rows there are now.

        Returns
        -------
        Basis
            The same with as many rows.
        """
        more = np.full(number - len(self.rows), LOOSE, dtype=np.int64)
        return type(self)(columns=self.columns, rows=np.concatenate([self.rows, more]))


@dataclass(frozen=True, eq=False, kw_only=True)
class Corner:
    """The optimum of a linear relaxation.

    Parameters
    ----------
    values
        Values of all variables.
    cost
        Yuan a year.
    reduced
        Reduced costs of all variables.
    basis
        What holds it up.
    """

    values: Floats
    cost: float
    reduced: Floats
    basis: Basis


def corner_of(
    columns: Columns, rows: Rows, *, start: Basis | None = None, seconds: float = np.inf
) -> Corner | Basis | None:
    """Solve the relaxation, in which whole variables may be shares, by the dual simplex.

    From the corner of a relaxation with fewer rows that takes half to a tenth of the time,
    as its prices still hold and only what the new rows forbid is put right (Lemke 1954).
    Scipy's door to the same solver has no place for a start.

    Parameters
    ----------
    columns
        The variables; of them cost, low and high.
    rows
        The rows.
    start
        Where to start; nowhere where None.
    seconds
        Time limit.

    Returns
    -------
    Corner or Basis or None
        The optimum; where the clock ended it on its way from a start, the place to go on from;
        None where there is neither.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> columns = SimpleNamespace(
    ...     cost=np.array([2.0, 3.0]), low=np.zeros(2), high=np.full(2, 4.0)
    ... )
    >>> rows = Rows(
    ...     matrix=sp.csr_array([[1.0, 1.0]]), low=np.array([5.0]), high=np.array([np.inf])
    ... )
    >>> corner = corner_of(columns, rows)
    >>> corner.values.tolist(), corner.cost, corner.reduced.tolist()
    ([4.0, 1.0], 11.0, [-1.0, 0.0])
    """
    work = partial(_solved, columns, rows, start, seconds=seconds)
    found = beside(work)
    return getattr(found, "corner", None) or getattr(found, "basis", None)


def _solved(columns: Columns, rows: Rows, start: Basis | None, *, seconds: float) -> OptimizeResult:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 # HiGHS's own way
    solver.setOptionValue("threads", 1)
    if np.isfinite(seconds):
        solver.setOptionValue("time_limit", max(seconds, 0.0))
    program = _program(columns, rows)
    if solver.passModel(program) == highspy.HighsStatus.kError:
        return OptimizeResult()
    if start is not None:
        basis = highspy.HighsBasis()
        basis.col_status = [_STATUS[s] for s in start.columns.tolist()]
        basis.row_status = [_STATUS[s] for s in start.rows.tolist()]
        basis.valid = True
        # It may have gained or lost a few since: HiGHS then mends it.
        basis.alien = True
        solver.setBasis(basis)
    try:
        solver.run()
        if start is not None and solver.getModelStatus() not in _ENDINGS:
            # From so bad a start it lost its way.
            solver.clearSolver()
            solver.run()
    finally:
        # Its threads must be gone before this one ends: on Windows it would never end.
        highspy.Highs.resetGlobalScheduler(False)  # noqa: FBT003
    result, held = OptimizeResult(), _basis(solver.getBasis())
    if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit and start is not None:
        result.update(basis=held)
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal or held is None:
        return result
    solution = solver.getSolution()
    result.update(
        corner=Corner(
            values=np.asarray(solution.col_value, dtype=float),
            cost=float(solver.getInfo().objective_function_value),
            reduced=np.asarray(solution.col_dual, dtype=float),
            basis=held,
        )
    )
    return result


def _basis(found: highspy.HighsBasis) -> Basis | None:
    if not found.valid:
        return None
    return Basis(
        columns=np.array([int(s) for s in found.col_status], dtype=np.int64),
        rows=np.array([int(s) for s in found.row_status], dtype=np.int64),
    )


def _program(columns: Columns, rows: Rows) -> highspy.HighsLp:
    matrix = sp.csr_array(rows.matrix)
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = columns.cost
    program.col_lower_, program.col_upper_ = columns.low, columns.high
    program.row_lower_, program.row_upper_ = rows.low, rows.high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.num_row_, program.a_matrix_.num_col_ = matrix.shape
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data
    return program
