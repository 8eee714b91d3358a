"""Answering again from a plan that is there: its sites first, then local changes."""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.answer import Answer, answer_of
from layoutplan.model.best import Found
from layoutplan.model.constraints import Model, make_model
from layoutplan.model.contiguous import joined
from layoutplan.model.near import settled, with_its_ways
from layoutplan.model.part import beside, holds, part_of, solve_part
from layoutplan.model.rows import at
from layoutplan.model.sets import Sets
from layoutplan.model.transport import LINKS, open_sites, taught, whole_pupils
from layoutplan.model.whole import fractions_rounded, improved, transported

Floats = NDArray[np.float64]

_SENDING = 0.4
"""Share of the time for sending pupils as shares, with classes and beds to be added."""

_ROUNDING = 0.2
"""Share of the time for making groups whole."""

_BEFORE_JOINING = 0.6
"""Share of the time before catchments are connected, where that is asked for."""

_GAP = 5e-4
"""Relative gap of both."""


def solve_again(
    sets: Sets, start: Callable[[Model], Floats], *, time_limit: float, gap: float
) -> Answer | None:
    """Find a plan on the sites of another one, then change sites where that pays.

    What the sites are stays at first; pupils are sent anew, and classes and beds added, as
    the options ask for now. Where groups go whole, that is then improved by local
    changes, in which sites open and close too.

    Parameters
    ----------
    sets
        The sets, with the limits and prices that hold now.
    start
        Gives the values of the plan to start from in a model.
    time_limit
        Seconds.
    gap
        Gap at which to stop; see `layoutplan.model.answer.gap_of`.

    Returns
    -------
    Answer or None
        The answer, without a bound of its own; None where these sites leave no plan within
        the hard rules.
    """
    begun = time.monotonic()
    end = begun + 0.95 * time_limit * (1.0 if sets.ground is None else _BEFORE_JOINING)
    model, values = with_its_ways(make_model(sets), start)
    sent = _sent(model, values, seconds=_SENDING * time_limit)
    # With classes and beds as they are it is no more than a transport problem, which ends in
    # time where the other may not.
    most = time.monotonic() + _SENDING * time_limit
    shares = [v for v in (transported(model, values, deadline=most), sent) if v is not None]
    found = None
    if shares:
        best = min(shares, key=lambda v: float(model.columns.cost @ v))
        if not sets.whole:
            found = whole_pupils(model, best, deadline=end)
        else:
            most = time.monotonic() + _ROUNDING * time_limit
            found = fractions_rounded(model, best, deadline=most)
    found = _cheaper(model, found, settled(model, values))
    if found is None:
        return None
    cut = False
    if sets.whole:
        held = Found(plan=found, cost=float(model.columns.cost @ found))
        held, cut = improved(
            model, held, gap=gap, deadline=end,
            tell=lambda _best: None, keep=lambda _best: None,
        )  # fmt: skip
        found = found if held.plan is None else held.plan
    found = joined(model, found, deadline=begun + time_limit)
    return answer_of(model, found, bound=0.0, status="best_found", cut=cut)


def _cheaper(model: Model, *plans: Floats | None) -> Floats | None:
    """Give the cheapest of some plans that keep the hard rules; the one to start from may be it."""
    kept = [p for p in plans if p is not None and holds(model, p)]
    return min(kept, key=lambda p: float(model.columns.cost @ p), default=None)


def _sent(model: Model, values: Floats, *, seconds: float) -> Floats | None:
    """Send pupils as shares to the sites as they are, with classes and beds added."""
    columns = model.columns
    fixed = columns.low.copy()
    for part in (columns.state, columns.receiver):
        fixed[part] = np.rint(values[part])
    decided = np.zeros(columns.n, dtype=bool)
    decided[at(columns.state)] = True
    decided[at(columns.receiver)] = True
    high = columns.high.copy()
    high[columns.flow] = np.where(taught(model, fixed), high[columns.flow], 0.0)
    is_open = open_sites(model, fixed)
    for part in (columns.overload, columns.extra, columns.beds):
        high[part] = np.where(is_open, high[part], columns.low[part])
    free = np.flatnonzero(~decided & (high > columns.low))
    rows = model.without(*LINKS)
    smaller = part_of(model, fixed, free, rows=rows, high=high, whole_flows=False)
    result = beside(partial(solve_part, smaller, seconds=seconds, gap=_GAP))
    return None if result.x is None else smaller.values(np.asarray(result.x, dtype=float))
