"""The model of shares: tight links where they matter, a bound, and a first plan."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.answer import broken, terms_of
from layoutplan.model.best import Found, done
from layoutplan.model.constraints import Model
from layoutplan.model.far import (
    NO_PAIRS,
    Tolls,
    wanted,
    with_far,
)
from layoutplan.model.first import first_searches
from layoutplan.model.part import (
    INFEASIBLE,
    Running,
    holds,
    seconds_to,
)
from layoutplan.model.rows import Rows
from layoutplan.model.tight import Tight, tightened
from layoutplan.model.transport import sent_as_shares, trimmed, whole_pupils

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Send = Callable[..., Floats | None]
"""Sends pupils to the sites of a plan; takes model, plan and deadline."""

_LINKS_TIME = 0.6
"""Share of the time for links and ways."""

_FIRST_GAP = 0.03
"""Gap of the first, quick plan, which is kept if the search is stopped."""

_SEARCHES = 4
"""Searches with smaller and smaller gaps."""

_LEAST_SECONDS = 1.0
"""Seconds that a step has even where the clock has run out, so that there is an answer."""

_WIDER = 6
"""So many times the search adds ways that its solutions want."""

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Searched:
    """What a search of the model of shares ends with.

    Parameters
    ----------
    model
        The model, with the ways that the search added.
    best
        The best plan with its bound, which holds for all lawful ways.
    wider
        The ways that were added; see `layoutplan.model.reach.Reach.wider`.
    tolls
        What places and beds are worth in the relaxation.
    cut
        Whether the clock ended the links or the search.
    """

    model: Model
    best: Found
    wider: pd.DataFrame
    tolls: Tolls
    cut: bool


def search_shares(
    model: Model,
    best: Found,
    *,
    gap: float,
    deadline: float,
    reserve: float = 0.0,
    needed: bool = True,
    persons: bool = True,
    tell: Callable[[str, Found], None],
    keep: Callable[[Model, Found], None],
) -> Searched:
    """Find sites, classes and beds with pupils as shares, then whole pupils where asked for.

    The mixed-integer model decides on sites, with links between single pairs and sites
    added where the relaxation violates them. It knows the ways that the flows leave out by
    their least price, see `layoutplan.model.far`, and gets those of use.

    Parameters
    ----------
    model
        The model, of shares.
    best
        The best plan so far.
    gap
        Gap at which to stop.
    deadline
        When to stop, by the monotonic clock.
    reserve
        Seconds that whole pupils take at the end.
    needed
        Whether there is to be a plan even where the clock has run out.
    persons
        Whether pupils of the plan are whole; its sites are all that is asked for otherwise.
    tell
        Called with the step and the best plan.
    keep
        Called with the model and every better plan, so that it survives an interruption.

    Returns
    -------
    Searched
        The best plan with its bound.

    Raises
    ------
    SolverError
        If the hard rules leave no plan at all.
    """
    tell("links", best)
    start, send = time.monotonic(), whole_pupils if persons else _parts_of_pupils
    tight = tightened(model, deadline=start + _LINKS_TIME * seconds_to(deadline - reserve))
    best = best.in_ways_of(model, tight.model).at_least(tight.bound)
    keep(tight.model, best)
    running = None
    if tight.reduced is not None:
        tell("search", best)
        tight, best, running = first_searches(
            tight, best, gap=gap, until=deadline - reserve,
            send=partial(send, deadline=deadline), keep=keep,
            every=partial(_started, target=gap, until=deadline - reserve),
        )  # fmt: skip
    elif best.plan is not None or not needed:
        # Where time is too short for the relaxation, it is for the whole model.
        return _ending(tight, best, cut=True)
    step, wider = int(running is not None), 0
    while step < _SEARCHES:
        tell("search", best)
        left = deadline - reserve - time.monotonic()
        if done(tight.model, best, gap):
            # A search that runs by now is left to itself, and ends with its own time.
            return _ending(tight, best, cut=tight.cut)
        if running is None:
            if left <= 0 and (best.plan is not None or not needed):
                return _ending(tight, best, cut=True)
            target = _target(tight.model, best, gap, step)
            least = time.monotonic() + max(left, _LEAST_SECONDS)
            running = _started(tight, target=target, until=least)
        best, pairs = _taken(tight, running.answer(), deadline=deadline, best=best, send=send)
        running = None
        keep(tight.model, best)
        if len(pairs) and wider < _WIDER and seconds_to(deadline) > 0:
            wider += 1
            more = tight.wider(pairs)
            best, tight = best.in_ways_of(tight.model, more.model), more
            keep(tight.model, best)
        else:
            step += 1
    return _ending(tight, best, cut=tight.cut or seconds_to(deadline - reserve) <= 0)


def _parts_of_pupils(model: Model, found: Floats, *, deadline: float = np.inf) -> Floats | None:
    """Fix the sites and send shares of pupils at least cost, as `whole_pupils` sends whole ones."""
    sent = sent_as_shares(model, found, deadline=deadline)
    if sent is None or not holds(model, sent.plan):
        return None
    # What is taken out for whole pupils may be needed by a trace of one.
    less = trimmed(model, sent.plan)
    return less if holds(model, less) else sent.plan


def _target(model: Model, best: Found, gap: float, step: int) -> float:
    """Give the solver its gap: a rough one first, then what the ordinary costs ask for."""
    if step == 0:
        return max(gap, _FIRST_GAP)
    if best.plan is None or best.cost <= 0:
        return gap
    prices = broken(terms_of(model, best.plan))
    share = min(1.0, max(best.cost - prices, _CENT) / best.cost)
    return gap * share * 0.5 ** (step - 1)


def _ending(tight: Tight, best: Found, *, cut: bool) -> Searched:
    """Give what a search ends with."""
    return Searched(model=tight.model, best=best, wider=tight.added, tolls=tight.tolls, cut=cut)


def _milp(
    model: Model, rows: Rows, whole: Ints, *, seconds: float = np.inf, gap: float = 0.0
) -> OptimizeResult:
    return milp(
        model.columns.cost,
        constraints=LinearConstraint(rows.matrix, rows.low, rows.high),
        bounds=Bounds(model.columns.low, model.columns.high),
        integrality=whole,
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )


def _started(tight: Tight, *, target: float, until: float) -> Running:
    """Start the mixed-integer model with all flows, and the least price of all other ways."""
    model, whole = with_far(tight.model, tight.tolls), tight.model.columns.whole
    seconds = seconds_to(until)
    return Running(partial(_milp, model, tight.rows, whole, seconds=seconds, gap=target))


def _taken(
    tight: Tight, result: OptimizeResult, *, deadline: float, best: Found, send: Send
) -> tuple[Found, pd.DataFrame]:
    """Take its bound, its plan, and the ways that it wants besides."""
    if result.status == INFEASIBLE:
        raise SolverError(Finding(code="no_relaxation", values={"why": str(result.message)}))
    dual = getattr(result, "mip_dual_bound", None)
    if dual is not None and np.isfinite(dual):
        best = best.at_least(float(dual))
    if result.x is None:
        return best, NO_PAIRS
    found = np.asarray(result.x, dtype=float)
    if best.plan is None:
        # There is to be a plan, even if the clock has run out.
        deadline = max(deadline, time.monotonic() + _LEAST_SECONDS)
    best = best.or_better(tight.model, send(tight.model, found, deadline=deadline))
    return best, wanted(tight.model, found, tight.tolls)
