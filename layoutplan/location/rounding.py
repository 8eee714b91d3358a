"""From a choice of sites to whole units on them."""

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.lagrangian import Priced, priced, raised
from layoutplan.location.problem import Bools, Found, Ints, Problem
from layoutplan.location.split import SplitModel, nearest_pairs
from layoutplan.location.standing import found, part
from layoutplan.location.whole_model import solved_whole

_NEAREST = 12
"""Open sites that each unit may go to."""

_STEPS = 80
"""Most steps of the ascent on given sites."""

_PAIRS_PER_UNIT = 3
"""Pairs per unit where no plan is known yet: those of least reduced cost."""


def on_sites(problem: Problem, opened: Bools, *, clock: Clock, target: float) -> Priced | None:
    """Give a lower bound on the plans on given sites.

    Parameters
    ----------
    problem
        The problem.
    opened
        The open sites.
    clock
        When to stop.
    target
        Cost of the best plan known; the bound need not pass it by much.

    Returns
    -------
    Priced or None
        The bound; None where the sites cannot hold all units or no time is left.
    """
    sites = np.flatnonzero(opened)
    small = part(problem, np.arange(problem.n_units), sites, n_open=len(sites))
    model = SplitModel(small, nearest_pairs(small, _NEAREST))
    shares = model.relaxed(clock)
    if shares is None or shares.prices is None:
        return None
    start = priced(small, shares.prices)
    aim = target if np.isfinite(target) else start.bound * (1 + 1 / 200)
    return raised(small, start, target=aim, clock=clock, steps=_STEPS)


def rounded(
    problem: Problem,
    opened: Bools,
    bound: Priced,
    *,
    best: float,
    overload_price: float,
    seconds: float,
) -> tuple[Found | None, float]:
    r"""Find a plan on given sites that is cheaper than the best one known.

    A pair whose reduced cost :math:`c_{ij} - u_i` is above the difference between the
    best plan and the bound is in no better plan on these sites.

    Parameters
    ----------
    problem
        The problem.
    opened
        The open sites.
    bound
        The bound on these sites.
    best
        Cost of the best plan known, infinite where there is none.
    overload_price
        Price of one unit of demand beyond a capacity.
    seconds
        How long it may take.

    Returns
    -------
    tuple
        The plan, or None, and a cost below which no plan on these sites is.
    """
    sites = np.flatnonzero(opened)
    units = np.arange(problem.n_units)
    small = part(problem, units, sites, n_open=len(sites))
    unit, site, all_ = _pairs(small, bound, best)
    plan, least = solved_whole(
        small, unit, site, overload_price=overload_price, seconds=seconds, gap=1e-5
    )
    if not all_:
        least = bound.bound
    least = max(bound.bound, min(least, best))
    if plan is None:
        return None, least
    assignment = sites[plan.assignment]
    return found(problem, assignment, opened.copy()), least


def _pairs(small: Problem, bound: Priced, best: float) -> tuple[Ints, Ints, bool]:
    """List the pairs to look at, and tell whether they are all that a better plan could use."""
    reduced = np.maximum(small.cost - bound.prices[:, None], 0.0)
    most = best - bound.bound
    number = int(_PAIRS_PER_UNIT * small.n_units)
    all_ = True
    if (reduced <= most).sum() > number:
        all_ = False
        finite = np.sort(reduced[np.isfinite(reduced)])
        most = float(finite[min(number, len(finite) - 1)])
    kept = reduced <= max(most, 0.0)
    kept[np.arange(small.n_units), np.argmin(reduced, axis=1)] = True
    unit, site = np.nonzero(kept & np.isfinite(small.cost))
    return unit, site, all_
