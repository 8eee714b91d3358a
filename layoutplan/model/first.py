"""First searches: with what the relaxation leaves open, for a good plan in little time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.best import Found, done
from layoutplan.model.constraints import Model
from layoutplan.model.cores import cores
from layoutplan.model.local import ranked
from layoutplan.model.part import Part, Running, part_of, seconds_to, solve_part
from layoutplan.model.rows import at
from layoutplan.model.tight import Tight, further

Floats = NDArray[np.float64]
SendTo = Callable[[Model, Floats], Floats | None]
"""Sends pupils to the sites of a plan; takes model and plan."""

_FEW = 2
"""Flows of each group, besides those in use, that the first searches have."""

_FEW_GAP = 2e-3
"""Gap of these searches."""

_FEW_ALONE, _LEAST_ALONE = 0.25, 2.0
"""Share of its time, and seconds at least, after which the search with all flows begins beside
it."""

_FEW_SHARE = 0.5
"""They are worth their time where they have at most this share of the flows."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Search:
    """One of the first searches.

    Parameters
    ----------
    less
        A state of which the relaxation has a smaller share is left out.
    search
        Share of the time that is left which the search may take.
    rounds
        Share of the time then left for further rounds of the relaxation.
    """

    less: float
    search: float
    rounds: float


SEARCHES = (Search(less=0.05, search=0.5, rounds=0.5), Search(less=1e-4, search=0.6, rounds=1.0))
"""The first mostly ends soon, with a plan as good as that of the second, which is for where the
clock ends it or it leads nowhere."""

_NEAR = 0.02
"""A plan within this gap leads somewhere: the search with all flows betters and proves it."""


def first_searches(
    tight: Tight,
    best: Found,
    *,
    gap: float,
    until: float,
    send: SendTo,
    keep: Callable[[Model, Found], None],
    every: Callable[[Tight], Running],
) -> tuple[Tight, Found, Running | None]:
    """Search for a plan among what the relaxation leaves open, then prove it.

    Each group has the few flows that the relaxation finds cheapest, and sites are in no other
    states than those of which it has a share (relaxation enforced neighbourhood search; Berthold
    2014). Such a search gives no bound: rounds of the relaxation that the clock cut go on, as
    each may be the one that proves the plan.

    Parameters
    ----------
    tight
        The model with its relaxation.
    best
        The best plan so far.
    gap
        Gap at which to stop.
    until
        When to stop, by the monotonic clock.
    send
        Sends pupils to the sites of a plan.
    keep
        Called with the model and every better plan.
    every
        Starts the search with all flows.

    Returns
    -------
    tuple
        The model, perhaps with more ways; the best plan in its variables, with a bound; the
        search with all flows, where it was started.
    """
    running, given = None, best
    for each in SEARCHES:
        few = _few(tight, each.less)
        left = seconds_to(until)
        if few is None or running is not None or left <= 0 or done(tight.model, best, gap):
            break
        old = tight
        best, running, tight, ended = _searched(
            tight, few, best=best, seconds=each.search * left, send=send, every=every
        )
        best = best.in_ways_of(old.model, tight.model).at_least(tight.bound)
        keep(tight.model, best)
        if tight.cut and running is None and best.cost < given.cost:
            old, stop = tight, time.monotonic() + each.rounds * seconds_to(until)
            tight = further(tight, deadline=stop, enough=partial(_proven, old, best, gap))
            best = best.in_ways_of(old.model, tight.model).at_least(tight.bound)
            keep(tight.model, best)
        if ended and done(tight.model, best, _NEAR):
            break
    return tight, best, running


def _proven(old: Tight, best: Found, gap: float, now: Tight) -> bool:
    """Tell whether the bound that has been found by now proves a plan of before."""
    return done(old.model, best.at_least(now.bound), gap)


def _few(tight: Tight, less: float) -> Part | None:
    """Cut the model to some flows and states; None where the flows are few as it is."""
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
    high[columns.state] = np.where(tight.corner[columns.state] < less, 0.0, high[columns.state])
    free = np.concatenate([at(columns.flow)[kept], others])
    return part_of(linked, np.zeros(columns.n), free, high=high)


def _searched(
    tight: Tight,
    part: Part,
    *,
    best: Found,
    seconds: float,
    send: SendTo,
    every: Callable[[Tight], Running],
) -> tuple[Found, Running | None, Tight, bool]:
    """Search with few flows, and where there is another core go on with the bound beside it.

    That is with the relaxation where the clock has ended it, and where the search still takes
    long with that of all flows. Tell at last whether it ended before its time was over.
    """
    begun = time.monotonic()
    few = Running(partial(solve_part, part, seconds=seconds, gap=_FEW_GAP))
    every_flow, wider = None, tight
    if cores() > 1:
        if tight.cut:
            wider = further(tight, deadline=begun + seconds, enough=lambda _: few.ended())
        alone = begun + max(_FEW_ALONE * seconds, _LEAST_ALONE) - time.monotonic()
        if not few.ended(within=max(alone, 0.0)):
            every_flow = every(wider)
    result = few.answer()
    if result.x is None:
        return best, every_flow, wider, False
    found = part.values(np.asarray(result.x))
    best = best.or_better(tight.model, send(tight.model, found))
    return best, every_flow, wider, result.status == 0
