"""A part of the model: some variables free, all others held where a plan has them."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from layoutplan.model.constraints import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OPTIMAL = 0
"""The solver's status for an answer that it proved."""

STOPPED = 1
"""The solver's status where the clock or the count of its work ended it."""

INFEASIBLE = 2
"""The solver's status for a model without any answer."""

_PATIENCE = 0.2
"""Share of its time limit by which the solver may be late."""

_GRACE = 3.0
"""Seconds by which it may be late in any case."""

_LISTEN = 0.1
"""Seconds after which the main thread listens for Ctrl-C."""

_SLACK = 1e-6
"""By how much a row may be missed, for each unit of its bound."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """A smaller model in the free variables only.

    Flows of whole groups are counted in groups, so that they are 0 or 1; all rows of the
    model hold, whatever family they are of, because it is cut out of the same matrix.

    Parameters
    ----------
    free
        The free variables, by their numbers in the model.
    unit
        What one unit of a free variable is in the model.
    cost, matrix, row_low, row_high, low, high, whole
        The smaller model.
    start
        The plan that all others are held at.
    """

    free: Ints
    unit: Floats
    cost: Floats
    matrix: sp.csr_array
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats
    whole: NDArray[np.int64]
    start: Floats

    def values(self, found: Floats) -> Floats:
        """Put what was found into the plan.

        Parameters
        ----------
        found
            Values of the free variables.

        Returns
        -------
        numpy.ndarray
            Values of all variables; those that are whole are rounded.
        """
        values = self.start.copy()
        whole = self.whole.astype(bool)
        values[self.free] = np.where(whole, np.rint(found), found) * self.unit
        return values


def part_of(
    model: Model,
    values: Floats,
    free: Ints,
    *,
    rows: Ints | None = None,
    low: Floats | None = None,
    high: Floats | None = None,
    whole_flows: bool | None = None,
) -> Part:
    """Cut the part of a model in which only some variables are free.

    Parameters
    ----------
    model
        The model.
    values
        The plan that the other variables are held at.
    free
        The free variables.
    rows
        The rows that count; all where None. Those without a free variable are left out.
    low, high
        Bounds of all variables; the model's where None.
    whole_flows
        Whether flows are none or a whole group; as the sets say where None.

    Returns
    -------
    Part
        The part.
    """
    columns = model.columns
    by_group = model.sets.whole if whole_flows is None else whole_flows
    unit = columns.unit[free] if by_group else np.ones(len(free))
    matrix = model.rows.matrix if rows is None else model.rows.matrix[rows]
    row_low = model.rows.low if rows is None else model.rows.low[rows]
    row_high = model.rows.high if rows is None else model.rows.high[rows]
    held = values.copy()
    held[free] = 0.0
    mine = sp.csr_array(matrix[:, free])
    touched = np.flatnonzero(np.diff(mine.indptr) > 0)
    rest = matrix[touched] @ held
    mine = sp.csr_array(mine[touched] @ sp.diags_array(unit))
    flows = (free >= columns.flow.start) & (free < columns.flow.stop)
    bottom = (columns.low if low is None else low)[free] / unit
    top = (columns.high if high is None else high)[free] / unit
    return Part(
        free=free,
        unit=unit,
        cost=columns.cost[free] * unit,
        matrix=mine,
        row_low=row_low[touched] - rest,
        row_high=row_high[touched] - rest,
        low=bottom,
        high=top,
        whole=np.where(flows, int(by_group), columns.whole[free]).astype(np.int64),
        start=values,
    )


def solve_part(
    part: Part,
    *,
    seconds: float = np.inf,
    gap: float = 0.0,
    nodes: int | None = None,
    relaxed: bool = False,
) -> OptimizeResult:
    """Solve a part with HiGHS.

    Parameters
    ----------
    part
        The part.
    seconds
        Time limit.
    gap
        Relative gap at which to stop.
    nodes
        Limit on the nodes of the search; none where None.
    relaxed
        Whether to let whole variables be shares.

    Returns
    -------
    scipy.optimize.OptimizeResult
        What scipy says.
    """
    options: dict[str, Any] = {"mip_rel_gap": gap}
    if np.isfinite(seconds):
        options["time_limit"] = max(seconds, 0.0)
    if nodes is not None:
        options["node_limit"] = nodes
    return milp(
        part.cost,
        constraints=LinearConstraint(part.matrix, part.row_low, part.row_high),
        bounds=Bounds(part.low, part.high),
        integrality=np.zeros(len(part.cost), dtype=np.int64) if relaxed else part.whole,
        options=options,  # type: ignore[arg-type] # the stubs want its own type
    )


def seconds_to(deadline: float) -> float:
    """Give the seconds that are left.

    Parameters
    ----------
    deadline
        A moment of the monotonic clock; infinite where there is none.

    Returns
    -------
    float
        Seconds, from 0.

    Examples
    --------
    >>> seconds_to(0.0)
    0.0
    """
    return max(deadline - time.monotonic(), 0.0)


def holds(model: Model, values: Floats) -> bool:
    """Tell whether values keep all rows and bounds of a model.

    Parameters
    ----------
    model
        The model.
    values
        Values of all variables.

    Returns
    -------
    bool
        Whether they do.
    """
    rows, columns = model.rows, model.columns
    activity = rows.matrix @ values
    size = _SLACK * np.maximum(1.0, np.abs(activity))
    return bool(
        (activity >= rows.low - size).all()
        and (activity <= rows.high + size).all()
        and (values >= columns.low - _SLACK).all()
        and (values <= columns.high + _SLACK).all()
    )


def beside(work: Callable[[], OptimizeResult]) -> OptimizeResult:
    """Run the solver beside the main thread, so that Ctrl-C and the clock are heard.

    The solver looks at its clock between steps, of which some are long: where it does not
    end well after its time it is left to itself, and counts as having found nothing.

    Parameters
    ----------
    work
        What to run; a `functools.partial` with its time limit as ``seconds``, if it has one.

    Returns
    -------
    scipy.optimize.OptimizeResult
        Its answer; without ``x`` and with the status `STOPPED` where it was left.

    Examples
    --------
    >>> from functools import partial
    >>> def sleeps(seconds):
    ...     time.sleep(1000 * seconds)
    >>> beside(partial(sleeps, seconds=0.01)).x is None
    True
    """
    return Running(work).answer()


class Running:
    """The solver at work in a thread of its own; see `beside`.

    Parameters
    ----------
    work
        What it does.

    Examples
    --------
    >>> import time
    >>> running = Running(lambda: time.sleep(0.2) or OptimizeResult(x=1))
    >>> running.ended(within=0.01), running.answer().x, running.ended()
    (False, 1, True)
    """

    def __init__(self, work: Callable[[], OptimizeResult]) -> None:
        """Start it."""
        self._work = work
        self._answers, self._faults = list[OptimizeResult](), list[Exception]()
        self._thread, self._begun = threading.Thread(target=self._run, daemon=True), _now()
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answers.append(self._work())
        except Exception as error:  # noqa: BLE001 # raised again in the main thread
            self._faults.append(error)

    def ended(self, *, within: float = 0.0) -> bool:
        """Wait for so many seconds from now, or until it has ended.

        Parameters
        ----------
        within
            Seconds.

        Returns
        -------
        bool
            Whether it has.
        """
        until = _now() + within
        while self._thread.is_alive() and (left := until - _now()) > 0:
            # In pieces, as a thread that waits hears no Ctrl-C on Windows.
            self._thread.join(min(_LISTEN, left))
        return not self._thread.is_alive()

    def answer(self) -> OptimizeResult:
        """Wait for the answer.

        Returns
        -------
        scipy.optimize.OptimizeResult
            As `beside` gives it.
        """
        seconds = getattr(self._work, "keywords", {}).get("seconds")
        limit = np.inf if seconds is None else max(seconds * (1 + _PATIENCE), seconds + _GRACE)
        while not self.ended(within=_LISTEN):
            if _now() - self._begun > limit:
                left = OptimizeResult()
                left.update(x=None, status=STOPPED, success=False)
                return left
        if self._faults:
            raise self._faults[0]
        return self._answers[0]


def _now() -> float:
    return time.monotonic()
