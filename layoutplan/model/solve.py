"""Solving the model: shares first, then whole groups, always with a bound."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.answer import BROKEN, Answer, answer_of, gap_of
from layoutplan.model.constraints import Model, make_model
from layoutplan.model.sets import Sets
from layoutplan.model.shares import Found, as_today, done, search_shares
from layoutplan.model.transport import whole_pupils

Floats = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

_STEPS = 6
"""Today, links, and up to four searches with smaller gaps."""

__all__ = ["BROKEN", "Answer", "gap_of", "solve"]


def solve(
    sets: Sets,
    *,
    gap: float = 0.001,
    time_limit: float = 60.0,
    progress: Progress | None = None,
) -> Answer:
    """Find the layout of least cost, with a bound below which none can be.

    Parameters
    ----------
    sets
        The sets.
    gap
        Gap at which the search may stop; see `gap_of`.
    time_limit
        Seconds.
    progress
        Called with steps done, steps in all, and what is being done.

    Returns
    -------
    Answer
        The plan's sites and flows with objective and bound.

    Raises
    ------
    SolverError
        If no plan was found in time.
    """
    start = time.monotonic()
    model = make_model(replace(sets, whole=False))
    held = [Found()]
    steps = iter(range(_STEPS))
    tell = progress or (lambda _done, _total, _label: None)
    tell(next(steps), _STEPS, "today")
    clock, interrupted = False, False
    try:
        now = as_today(model)
        if now is not None:
            held[0] = held[0].or_better(model, whole_pupils(model, now))
        _, clock = search_shares(
            model, held[0], gap=gap, start=start, seconds=0.95 * time_limit,
            tell=lambda label, _best: tell(next(steps), _STEPS, label),
            keep=lambda found: held.__setitem__(0, found),
        )  # fmt: skip
    except KeyboardInterrupt:
        if held[0].plan is None:
            raise
        interrupted = True
    best = held[0]
    if best.plan is None:
        raise SolverError(Finding(code="no_plan_in_time", values={"seconds": f"{time_limit:.0f}"}))
    tell(_STEPS, _STEPS, "pupils")
    proven = done(model, best, gap)
    status = "stopped" if interrupted else "proven" if proven else "best_found"
    cut = not interrupted and (clock or not proven)
    bound = min(best.bound, best.cost)
    return answer_of(model, best.plan, bound=bound, status=status, cut=cut)
