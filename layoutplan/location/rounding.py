"""From a choice of sites to whole units on them."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.exchange import exchanged
from layoutplan.location.lagrangian import Priced, priced, raised
from layoutplan.location.problem import Bools, Found, Ints, Problem
from layoutplan.location.split import SplitModel, nearest_pairs
from layoutplan.location.standing import better, found, part
from layoutplan.location.whole_model import solved_whole

_NEAREST = 12
"""Open sites that each unit may go to."""

_STEPS = 80
"""Most steps of the ascent on given sites."""

_REACH = 1.005
"""What the bound on given sites may reach, against the linear relaxation."""

_PAIRS_PER_UNIT = 3
"""Pairs per unit where no plan is known yet: those of least reduced cost."""

_FEW = 40
"""Open sites up to which the binary model looks for the first plan."""

_GAP = 1e-5
"""Relative gap of that model."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OnSites:
    """What is known of the plans on given sites.

    Parameters
    ----------
    bound
        A lower bound on them, with its prices; None where the sites cannot hold all units
        or no time was left.
    nearest
        The site of each unit by the greatest share, or else by least cost.
    """

    bound: Priced | None
    nearest: Ints


def on_sites(problem: Problem, opened: Bools, *, clock: Clock, target: float) -> OnSites:
    """Bound the plans on given sites.

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
    OnSites
        The bound, and where units would go if they could be shared.
    """
    sites = np.flatnonzero(opened)
    small = part(problem, np.arange(problem.n_units), sites, n_open=len(sites))
    nearest = sites[np.argmin(small.cost, axis=1)]
    model = SplitModel(small, nearest_pairs(small, _NEAREST))
    shares = model.relaxed(clock)
    if shares is None or shares.prices is None:
        return OnSites(bound=None, nearest=nearest)
    order = np.argsort(shares.share, kind="stable")
    order = order[shares.share[order] > 0]
    nearest[model.pairs.unit[order]] = sites[model.pairs.site[order]]
    start = priced(small, shares.prices)
    aim = target if np.isfinite(target) else start.bound * _REACH
    bound = raised(small, start, target=aim, clock=clock, steps=_STEPS)
    return OnSites(bound=bound, nearest=nearest)


def started(
    problem: Problem,
    opened: Bools,
    here: OnSites,
    *,
    best: float,
    overload_price: float,
    clock: Clock,
) -> tuple[Found, float]:
    """Find a first plan on given sites.

    Moves and swaps lead to it from where most of each unit would go; on few sites the
    binary model over pairs of small reduced cost looks for a better one.

    Parameters
    ----------
    problem
        The problem.
    opened
        The open sites.
    here
        What is known of the plans on these sites.
    best
        Cost of the best plan known, infinite where there is none.
    overload_price
        Price of one unit of demand beyond a capacity.
    clock
        When to stop.

    Returns
    -------
    tuple
        The plan, and a cost that no plan on these sites falls below if it is cheaper than
        ``best``.
    """
    plan = found(problem, here.nearest, opened.copy())
    plan = exchanged(problem, plan, overload_price=overload_price, clock=clock)
    if here.bound is None:
        return plan, -np.inf
    if opened.sum() > _FEW:
        return plan, here.bound.bound
    other, least = rounded(
        problem,
        opened,
        here.bound,
        best=best,
        overload_price=overload_price,
        clock=clock,
    )
    return better(plan, other) or plan, least


def rounded(
    problem: Problem,
    opened: Bools,
    bound: Priced,
    *,
    best: float,
    overload_price: float,
    clock: Clock,
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
    clock
        When to stop.

    Returns
    -------
    tuple
        The plan, or None, and a cost that no plan on these sites falls below if it is
        cheaper than ``best``.
    """
    sites = np.flatnonzero(opened)
    units = np.arange(problem.n_units)
    small = part(problem, units, sites, n_open=len(sites))
    unit, site, complete = _pairs(small, bound, best)
    plan, least = solved_whole(
        small, unit, site, overload_price=overload_price, clock=clock, gap=_GAP
    )
    least = min(least, best) if complete else -np.inf
    if plan is None:
        return None, max(bound.bound, least)
    assignment = sites[plan.assignment]
    return found(problem, assignment, opened.copy()), max(bound.bound, least)


def _pairs(small: Problem, bound: Priced, best: float) -> tuple[Ints, Ints, bool]:
    """List the pairs to look at, and tell whether a better plan could use no others."""
    reduced = np.maximum(small.cost - bound.prices[:, None], 0.0)
    most = best - bound.bound
    number = _PAIRS_PER_UNIT * small.n_units
    complete = bool((reduced <= most).sum() <= number) and np.isfinite(best)
    if not complete:
        finite = np.sort(reduced[np.isfinite(reduced)])
        most = float(finite[min(number, len(finite)) - 1])
        complete = number >= len(finite)
    kept = reduced <= max(most, 0.0)
    kept[np.arange(small.n_units), np.argmin(reduced, axis=1)] = True
    unit, site = np.nonzero(kept & np.isfinite(small.cost))
    return unit, site, complete
