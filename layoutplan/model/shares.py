"""The model of shares: tight links where they matter, a bound, and a first plan."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.answer import broken, gap_of, terms_of
from layoutplan.model.constraints import Model
from layoutplan.model.cores import cores
from layoutplan.model.far import (
    NO_PAIRS,
    Tolls,
    carried,
    wanted,
    with_far,
)
from layoutplan.model.local import ranked
from layoutplan.model.part import (
    INFEASIBLE,
    Part,
    Running,
    holds,
    part_of,
    seconds_to,
    solve_part,
)
from layoutplan.model.rows import Rows, at
from layoutplan.model.tight import Tight, further, tightened
from layoutplan.model.transport import sent_as_shares, trimmed, whole_pupils

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Send = Callable[..., Floats | None]
"""Sends pupils to the sites of a plan; takes model, plan and deadline."""

_LINKS_TIME = 0.4
"""Share of the time for links and ways."""

_FIRST_GAP = 0.03
"""Gap of the first, quick plan, which is kept if the search is stopped."""

_SEARCHES = 4
"""Searches with smaller and smaller gaps."""

_FEW = 2
"""Flows of each group, besides those in use, that the first search has."""

_NO_SHARE = 1e-4
"""A state of which the relaxation has a smaller share is left out of that search."""

_FEW_GAP = 2e-3
"""Gap of that search."""

_FEW_TIME = 0.6
"""Share of the time that is left which it may take."""

_FEW_ALONE = 0.25
"""Share of that time after which the search with all flows begins beside it."""

_FEW_SHARE = 0.5
"""It is worth its time where it has at most this share of the flows."""

_LEAST_SECONDS = 1.0
"""Seconds that a step has even where the clock has run out, so that there is an answer."""

_WIDER = 6
"""So many times the search adds ways that its solutions want."""

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""

_EXACT = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """The best plan so far.

    Parameters
    ----------
    plan
        Values of all variables; None where there is no plan.
    cost
        Yuan a year.
    bound
        No plan costs less; from 0, as every cost is.
    """

    plan: Floats | None = None
    cost: float = np.inf
    bound: float = 0.0

    def at_least(self, bound: float) -> "Found":
        """Give the same plan with a bound that may be better.

        Parameters
        ----------
        bound
            A bound.

        Returns
        -------
        Found
            The plan with the better of the two.
        """
        return Found(plan=self.plan, cost=self.cost, bound=max(self.bound, bound))

    def or_better(self, model: Model, values: Floats | None) -> "Found":
        """Give the cheaper of two plans.

        Parameters
        ----------
        model
            The model.
        values
            Another plan, or None.

        Returns
        -------
        Found
            The cheaper one.
        """
        if values is None:
            return self
        cost = float(model.columns.cost @ values)
        if cost >= self.cost:
            return self
        return Found(plan=values, cost=cost, bound=self.bound)


def done(model: Model, best: Found, gap: float) -> bool:
    """Tell whether a plan is within a gap of its bound.

    Parameters
    ----------
    model
        The model.
    best
        The best plan so far.
    gap
        The gap asked for; see `layoutplan.model.answer.gap_of`.

    Returns
    -------
    bool
        Whether it is.
    """
    if best.plan is None:
        return False
    prices = broken(terms_of(model, best.plan))
    return gap_of(best.cost, best.bound, broken=prices) <= max(gap, _EXACT)


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
    tight = tightened(model, deadline=start + _LINKS_TIME * seconds_to(deadline))
    best = _in_ways_of(model, tight.model, best).at_least(tight.bound)
    keep(tight.model, best)
    running = None
    if tight.reduced is not None:
        tell("search", best)
        few, today = _few(tight), best
        if few is not None:
            old, left = tight, max(deadline - reserve - time.monotonic(), 0.0)
            best, running, tight = _search_few(
                tight, few, seconds=_FEW_TIME * left, best=best, deadline=deadline, send=send,
                beside=partial(_started, target=gap, until=deadline - reserve),
            )  # fmt: skip
            best = _in_ways_of(old.model, tight.model, best).at_least(tight.bound)
            keep(tight.model, best)
        unproven = best.cost < today.cost and not done(tight.model, best, gap)
        if tight.cut and running is None and unproven:
            # With a plan at hand every round may be the one that proves it, and where time is
            # too short for the relaxation it is for the whole model.
            old, tight = tight, further(tight, deadline=deadline - reserve)
            best = _in_ways_of(old.model, tight.model, best).at_least(tight.bound)
            keep(tight.model, best)
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
            best, tight = _in_ways_of(tight.model, more.model, best), more
            keep(tight.model, best)
        else:
            step += 1
    return _ending(tight, best, cut=tight.cut or seconds_to(deadline - reserve) <= 0)


def _in_ways_of(old: Model, new: Model, best: Found) -> Found:
    """Write the best plan in the variables of a model with more ways."""
    if best.plan is None or new is old:
        return best
    return replace(best, plan=carried(old, new, best.plan))


def _parts_of_pupils(model: Model, found: Floats, *, deadline: float = np.inf) -> Floats | None:
    """Fix the sites and send shares of pupils at least cost, as `whole_pupils` sends whole ones."""
    sent = sent_as_shares(model, found, deadline=deadline)
    if sent is None or not holds(model, sent.plan):
        return None
    # What is taken out for whole pupils may be needed by a trace of one.
    less = trimmed(model, sent.plan)
    return less if holds(model, less) else sent.plan


def _few(tight: Tight) -> Part | None:
    """Cut the model with what the relaxation leaves open, for a good plan in little time.

    Each group has the few flows that the relaxation finds cheapest, and sites are in no other
    states than those of which it has a share (relaxation enforced neighbourhood search; Berthold
    2014). It gives no bound. None where the flows are few as it is.
    """
    model, columns = tight.model, tight.model.columns
    if tight.reduced is None or tight.corner is None or not len(model.sets.flows):
        return None
    flow = tight.corner[columns.flow] > 0
    stay = model.sets.flows["stay"].to_numpy(dtype=bool)
    group = model.sets.flows["group"].to_numpy(dtype=np.int64)
    rank = ranked(group, np.where(flow, -np.inf, tight.reduced[columns.flow]))
    kept = flow | stay | (rank < _FEW)
    if kept.mean() > _FEW_SHARE:
        return None
    others = np.arange(columns.flow.stop, columns.n, dtype=np.int64)
    linked, high = replace(model, rows=tight.rows), columns.high.copy()
    high[columns.state] = np.where(
        tight.corner[columns.state] < _NO_SHARE, 0.0, high[columns.state]
    )
    free = np.concatenate([at(columns.flow)[kept], others])
    return part_of(linked, np.zeros(columns.n), free, high=high)


def _search_few(
    tight: Tight,
    part: Part,
    *,
    seconds: float,
    deadline: float,
    best: Found,
    send: Send,
    beside: Callable[[Tight], Running],
) -> tuple[Found, Running | None, Tight]:
    """Search with few flows, and where there is another core go on with the bound beside it.

    That is with the relaxation where the clock has ended it, and where the search still takes
    long with that of all flows.
    """
    if seconds <= 0:
        return best, None, tight
    begun = time.monotonic()
    few = Running(partial(solve_part, part, seconds=seconds, gap=_FEW_GAP))
    every, wider = None, tight
    if cores() > 1:
        if tight.cut:
            wider = further(tight, deadline=begun + seconds, enough=few.ended)
        alone = begun + _FEW_ALONE * seconds - time.monotonic()
        if not few.ended(within=max(alone, 0.0)):
            every = beside(wider)
    result = few.answer()
    if result.x is None:
        return best, every, wider
    found = part.values(np.asarray(result.x))
    best = best.or_better(tight.model, send(tight.model, found, deadline=deadline))
    return best, every, wider


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
