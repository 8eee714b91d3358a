"""The choice of sites: the split model, sharpened at each choice it makes."""

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.descent import polished
from layoutplan.location.exchange import exchanged
from layoutplan.location.lagrangian import priced, proven, raised
from layoutplan.location.problem import Bools, Floats, Found, Problem
from layoutplan.location.rounding import on_sites, started
from layoutplan.location.search import Search
from layoutplan.location.site_cover import cheapest_cover
from layoutplan.location.split import Split, SplitModel, nearest_pairs, priced_pairs
from layoutplan.location.sweeps import roomier, swept

_NEAREST = 12
"""Pairs per unit in the split model."""

_MANY = 60
"""Sites above which the split model cannot decide all of them at once."""

_MARGIN = 0.95
"""Share of the capacities that the first choice of many sites may use: whole units do not
fill sites to the last place."""

_REACH = 1.03
"""What the bound over all sites may reach, against the linear relaxation."""

_STEPS = 400
"""Most steps of that bound."""

_RELAX, _ROOT, _CHOICE = 0.3, 0.08, 0.14
"""Shares of the time for the relaxation, the bound over all sites and the first choice."""

_ROOT_MANY = 0.14
"""Share of the time for the bound where there are many sites: their choice and all groups are
priced by it."""

_ROUND = 0.25
"""Share of the time for the split model in one round."""

_ROUND_FIRST = 0.06
"""Share of the time for the first plan on chosen sites."""

_FIRST, _LATER = 0.3, 0.05
"""Shares of the time to improve the first plan, and one on later choices of sites."""

_LAST, _LAST_MANY = 0.9, 0.97
"""Shares of the time after which only the bound is raised: where all sites are given, and
where there are many, whose bound has come to rest before."""

_SAFE = 10.0
"""What the price of overload is multiplied with for a plan to fall back on."""

_EXACT = 1e-7
"""Share of a cost below which a choice of sites counts as looked at to the end."""

_WHOLE = 1e-6
"""How near to 0 or 1 a relaxed decision counts as taken."""

_COARSE, _ROUGH = 1e-2, 5e-4
"""Gaps of the split model where no plan is known yet, and for a first choice."""


def choose_sites(search: Search) -> None:
    """Choose sites and plan on them until the gap is as asked or the time is over.

    Parameters
    ----------
    search
        The search; its plan and bound are improved.
    """
    problem, clock = search.problem, search.clock
    search.tell("relax")
    nearest = SplitModel(problem, nearest_pairs(problem, _NEAREST))
    relaxed = nearest.relaxed(clock.until(_RELAX))
    if relaxed is None:
        relaxed = _loosened(problem, clock.at_most(clock.seconds * _RELAX))
    else:
        search.raise_bound(relaxed.bound)
    if relaxed is None or relaxed.prices is None:
        return
    search.price_overload(relaxed.bound)
    many = problem.n_sites > _MANY and not problem.every_site
    search.root = raised(
        problem,
        priced(problem, relaxed.prices),
        target=relaxed.bound * _REACH if relaxed.bound > 0 else relaxed.bound,
        clock=clock.at_most(clock.seconds * (_ROOT_MANY if many else _ROOT)),
        steps=_STEPS,
    )
    search.raise_bound(proven(search.root))
    if search.done:
        return
    if problem.every_site:
        everything = np.ones(problem.n_sites, dtype=bool)
        plan_on(search, everything, None, seconds=clock.seconds * _LAST)
    elif many:
        opened = first_choice(
            problem, nearest, relaxed, search.root.prices, clock.at_most(clock.seconds * _CHOICE)
        )
        plan_on(search, opened, None, seconds=clock.until(_LAST_MANY).left)
    else:
        _by_rounds(search, relaxed, nearest)
    raise_root(search)


def _loosened(problem: Problem, clock: Clock) -> Split | None:
    """Solve the relaxation with capacities so much larger that they can hold all demand."""
    most = np.sort(problem.capacity)[::-1][: problem.n_open or problem.n_sites].sum()
    times = float(problem.demand.sum()) / max(float(most), 1e-300)
    for loose in (max(1.0, times) / _MARGIN, max(1.0, times) * problem.n_units):
        model = SplitModel(problem, nearest_pairs(problem, _NEAREST), margin=loose)
        relaxed = model.relaxed(clock)
        if relaxed is not None:
            return relaxed
    return None


def _by_rounds(search: Search, relaxed: Split, nearest: SplitModel) -> None:
    """Choose all sites at once, again and again.

    Each round solves the split model, bounds the plans on the sites that it chose, adds
    the knapsack cuts that this bound gives, and looks for a better plan there. Where all
    plans on these sites are known to cost as much as the best one, the choice is excluded.
    The least cost of the split model is then a bound on all plans that are still better.
    """
    problem, clock = search.problem, search.clock
    prices = relaxed.prices if search.root is None else search.root.prices
    if prices is None:
        return
    model = SplitModel(problem, priced_pairs(problem, prices, _NEAREST * problem.n_units))
    model.add_knapsack_cuts(prices)
    model.link_like(nearest)
    opened = _first_of_few(search, model, relaxed)
    plan_on(search, opened, model, seconds=clock.seconds * _FIRST)
    while not search.done:
        known = np.isfinite(search.upper)
        if known:
            again = model.relaxed(clock)
            if again is not None:
                search.raise_bound(again.bound)
                model.leave_out(again, search.upper)
        spare = (search.upper - search.bound) / abs(search.upper) if known else _COARSE
        search.tell("choose")
        share = clock.at_most(clock.seconds * _ROUND)
        chosen = model.whole(share, gap=max(search.gap, spare / 10))
        if chosen is not None:
            search.raise_bound(chosen.bound)
        if search.done:
            return
        seconds = clock.seconds * (_LATER if known else _FIRST)
        if chosen is not None and chosen.cost - chosen.bound <= _COARSE * abs(chosen.bound):
            plan_on(search, chosen.opening > 1 / 2, model, seconds=seconds)
        elif not _gained(search, clock.at_most(seconds)):
            return


def _first_of_few(search: Search, model: SplitModel, relaxed: Split) -> Bools:
    """Choose all sites at once, or by the relaxation where there is no time for that."""
    clock = search.clock
    chosen = model.whole(clock.at_most(clock.seconds * _FIRST), gap=2 * _ROUGH)
    if chosen is not None:
        search.raise_bound(chosen.bound)
        if chosen.cost - chosen.bound <= _COARSE * abs(chosen.bound):
            return chosen.opening > 1 / 2
    return _by_openings(search.problem, relaxed)


def _gained(search: Search, clock: Clock) -> bool:
    """Improve the best plan further; tell whether that helped."""
    before = search.best
    if before is not None:
        polished(search, before, clock)
    return search.best is not before


def first_choice(
    problem: Problem, nearest: SplitModel, relaxed: Split, prices: Floats, clock: Clock
) -> Bools:
    """Choose among many sites: what a relaxation decides stays, the others are chosen.

    The relaxation is the split model with the knapsack cuts at the prices given: whole units
    do not fill sites to the last place, and the cuts tell of each site how much that costs
    there, where a margin on all capacities would take too much from some and too little from
    others.

    Parameters
    ----------
    problem
        The problem.
    nearest
        The split model over the nearest sites, with the links that its relaxation breaks.
    relaxed
        An answer of that relaxation.
    prices
        Prices of the units, near those of the best Lagrangian bound.
    clock
        When to stop.

    Returns
    -------
    numpy.ndarray
        Which sites are open.
    """
    model = SplitModel(problem, priced_pairs(problem, prices, _NEAREST * problem.n_units))
    model.add_knapsack_cuts(prices)
    model.link_like(nearest)
    again = model.relaxed(clock.until(1 / 2)) or relaxed
    model.fix(again.opening >= 1 - _WHOLE, again.opening <= _WHOLE)
    chosen = model.whole(clock, gap=_ROUGH)
    return _by_openings(problem, again) if chosen is None else chosen.opening > 1 / 2


def _by_openings(problem: Problem, relaxed: Split) -> Bools:
    """Open the sites that a relaxation opens furthest, with capacity for all demand."""
    _, opening = cheapest_cover(
        1 / 2 - relaxed.opening,
        problem.capacity * _MARGIN,
        float(problem.demand.sum()),
        n_open=problem.n_open,
        every_site=problem.every_site,
    )
    opened = opening > 0
    if problem.n_open is not None:
        order = np.lexsort((-problem.capacity, -opening))
        opened = np.zeros(problem.n_sites, dtype=bool)
        opened[order[: problem.n_open]] = True
    return opened


def plan_on(search: Search, opened: Bools, model: SplitModel | None, *, seconds: float) -> None:
    """Look for a better plan on given sites and near them, and sharpen the split model there.

    Parameters
    ----------
    search
        The search; its plan is improved.
    opened
        The sites.
    model
        The split model to sharpen, or None.
    seconds
        How long plans may be improved.
    """
    problem, clock = search.problem, search.clock
    share = clock.at_most(_ROOT * clock.seconds)
    here = on_sites(problem, opened, clock=share, target=search.upper)
    if model is not None and here.bound is not None:
        model.add_knapsack_cuts(here.bound.prices)
        if proven(here.bound) >= search.upper:
            model.exclude(opened)
            return
    if here.bound is not None and problem.every_site:
        search.raise_bound(proven(here.bound))
    search.tell("plan")
    plan, least = started(
        problem,
        opened,
        here,
        best=search.upper,
        overload_price=search.overload_price,
        clock=clock.anew(clock.seconds * (_LATER if np.isfinite(search.upper) else _ROUND_FIRST)),
    )
    if not np.isfinite(plan.objective):
        # These sites cannot reach all units.
        if model is not None:
            model.exclude(opened)
        return
    _offered(search, plan, least)
    if problem.n_sites > _MANY and not problem.every_site:
        if plan.overload > 0 and problem.n_open is None:
            plan = roomier(search, plan)
            search.offer(plan)
        swept(search, plan, clock.at_most(seconds))
        return
    plan = polished(search, plan, clock.at_most(seconds))
    if plan.overload > 0 and search.dearer():
        polished(search, plan, clock.at_most(seconds / 2))
    if model is not None and least >= search.upper * (1 - _EXACT):
        model.exclude(opened)


def _offered(search: Search, plan: Found, least: float) -> None:
    """Offer a plan as it is and with less overload."""
    problem = search.problem
    search.offer(plan)
    if problem.every_site:
        search.raise_bound(least)
    price = search.overload_price * _SAFE
    search.offer(exchanged(problem, plan, overload_price=price, clock=search.clock.until(_LAST)))


def raise_root(search: Search) -> None:
    """Raise the bound over all sites towards the best plan with the time that is left.

    Parameters
    ----------
    search
        The search; its bound is improved.
    """
    if search.done or search.root is None:
        return
    search.tell("bound")
    target = search.upper if np.isfinite(search.upper) else search.root.bound * _REACH
    search.root = raised(
        search.problem, search.root, target=target, clock=search.clock, steps=_STEPS
    )
    search.raise_bound(proven(search.root))
