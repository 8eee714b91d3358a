"""The choice of sites: the split model, sharpened at each choice it makes."""

import os

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.descent import polished
from layoutplan.location.lagrangian import priced, proven, raised
from layoutplan.location.problem import Bools, Problem
from layoutplan.location.rounding import on_sites, rounded
from layoutplan.location.search import Search
from layoutplan.location.split import Split, SplitModel, nearest_pairs, priced_pairs

DEBUG = bool(os.environ.get("DBG"))

_NEAREST = 12
"""Sites to which each unit is paired in the split model."""

_FREE = 60
"""Sites up to which the split model decides all of them at once."""

_MARGIN = 0.95
"""Share of the capacities that the first choice of many sites may use: whole units do not
fill sites to the last place."""

_EXACT = 1e-7
"""Share of a cost below which a choice of sites counts as looked at to the end."""


def choose_sites(search: Search) -> None:
    """Choose sites and plan on them until the gap is as asked or the time is over.

    Each round solves the split model, bounds the plans on the sites that it chose, adds
    the knapsack cuts that this bound gives, and looks for a better plan there. Where all
    plans on these sites are known to cost as much as the best one, the choice is excluded.
    The least cost of the split model is then a bound on all plans that are still better.

    Parameters
    ----------
    search
        The search; its plan and bound are improved.
    """
    problem, clock = search.problem, search.clock
    model = SplitModel(problem, nearest_pairs(problem, _NEAREST))
    search.tell("relax")
    relaxed = model.relaxed(clock.until(0.15))
    if relaxed is None or relaxed.prices is None:
        return
    search.price_overload(relaxed.bound)
    search.raise_bound(relaxed.bound)
    if DEBUG:
        print("LP %.1f" % clock.spent, relaxed.bound)
    start = priced(problem, relaxed.prices)
    search.root = raised(
        problem,
        start,
        target=relaxed.bound * 1.03,
        clock=clock.at_most(0.08 * clock.seconds),
        steps=400,
    )
    search.raise_bound(proven(search.root))
    model = SplitModel(
        problem, priced_pairs(problem, search.root.prices, _NEAREST * problem.n_units)
    )
    model.add_knapsack_cuts(search.root.prices)
    if DEBUG:
        print("root %.1f" % clock.spent, search.bound)
    if problem.n_sites > _FREE:
        opened = first_choice(problem, relaxed, clock.at_most(clock.seconds * 0.14))
        _plan_on(search, opened, model, seconds=clock.seconds * 0.9)
    while not search.done:
        if np.isfinite(search.upper):
            relaxed = model.relaxed(clock)
            if relaxed is not None:
                search.raise_bound(relaxed.bound)
                model.leave_out(relaxed, search.upper)
        gap_now = (
            (search.upper - search.bound) / search.upper if np.isfinite(search.upper) else 0.01
        )
        found = model.whole(clock, gap=max(search.gap, gap_now / 10))
        if found is None:
            break
        search.raise_bound(found.bound)
        if DEBUG:
            print(
                "whole %.1f bound %.2f  gap %.4f%%" % (clock.spent, search.bound, 100 * gap_now),
                (model.upper == 0).sum(),
                (model.upper == model.lower)[model.first_site :].sum(),
            )
        if search.done:
            break
        _plan_on(
            search,
            found.opening > 1 / 2,
            model,
            seconds=clock.seconds * (0.05 if np.isfinite(search.upper) else 0.3),
        )


def first_choice(problem: Problem, relaxed: Split, clock: Clock) -> Bools:
    """Choose among many sites: what the relaxation decides stays, the others are chosen.

    Parameters
    ----------
    problem
        The problem.
    relaxed
        An answer of the linear relaxation.
    clock
        When to stop.

    Returns
    -------
    numpy.ndarray
        Which sites are open.
    """
    tight = SplitModel(problem, nearest_pairs(problem, _NEAREST), margin=_MARGIN)
    again = tight.relaxed(clock.until(0.5)) or relaxed
    if DEBUG:
        print("tight LP", clock.spent, ((again.opening > 1e-6) & (again.opening < 1 - 1e-6)).sum())
    whole = 1e-6
    tight.fix(again.opening >= 1 - whole, again.opening <= whole)
    chosen = tight.whole(clock, gap=5e-4)
    if DEBUG:
        print("tight whole", clock.spent, chosen and chosen.bound)
    return (chosen or again).opening > 1 / 2


def _plan_on(search: Search, opened: Bools, model: SplitModel, *, seconds: float) -> None:
    """Look for a better plan on given sites, and sharpen the split model there."""
    problem, clock = search.problem, search.clock
    here = on_sites(problem, opened, clock=clock.at_most(0.07 * clock.seconds), target=search.upper)
    if here is None:
        return
    model.add_knapsack_cuts(here.prices)
    if DEBUG:
        print("   at y %.1f L %.2f" % (clock.spent, here.bound))
    if proven(here) >= search.upper:
        model.exclude(opened)
        return
    plan, least = rounded(
        problem,
        opened,
        here,
        best=search.upper,
        overload_price=search.overload_price,
        seconds=min(clock.left, 0.04 * clock.seconds),
    )
    if DEBUG:
        print("   rounded %.1f" % clock.spent, plan and (plan.objective, plan.overload), least)
    before = search.upper
    if plan is not None:
        search.offer(plan)
        plan = polished(search, plan, clock.at_most(seconds))
        if DEBUG:
            print(
                "   polished %.1f" % clock.spent,
                plan and (plan.objective, plan.overload),
                "***" if search.upper < before else "",
            )
    if least >= search.upper * (1 - _EXACT):
        model.exclude(opened)
