"""Sweeps over wide groups of sites, for plans on many sites of few units each."""

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.exchange import exchanged
from layoutplan.location.groups import group_around, improved, potentials
from layoutplan.location.problem import Bools, Floats, Found, Ints
from layoutplan.location.search import Search
from layoutplan.location.standing import better, excess, found

_SIZES = (10, 14, 20, 28)
"""Open sites of a group, from sweep to sweep. Measured on made-up counties of 3 to 15 units per
site: groups of 3 to 7 open sites end in plans that larger ones better at once."""

_SHARE = 0.12
"""Share of what a group could gain at most that one pair may lose. With all of it, wide groups
have so many pairs that the solver finds nothing in its nodes."""

_NODES = 1_000
"""Most nodes of a group's model, so that equal inputs end in equal plans."""

_GAP = 2e-4
"""Relative gap at which the solver of a group may stop: most of its time would go to the proof."""

_SECONDS = 0.05
"""Most of the time for a group: a guard, the nodes mostly end sooner."""

_CORE = 2
"""One in so many of a group's open sites, those nearest to its middle, counts as visited."""

_PATIENCE = 0.6
"""Share of the time after which a plan within the capacities is swept instead, where overload
is left."""

_ROOMIER = 20
"""How often sites are opened beside those that are overloaded."""

_SAFE = 10.0
"""What the price of overload is multiplied with for a plan to fall back on."""

_LITTLE = 1e-4
"""Share of the cost below which the gain of a sweep does not pay another of the same size."""


def swept(search: Search, plan: Found, clock: Clock) -> Found:
    """Improve a plan by sweeps over groups of neighbouring sites until they gain no more.

    A sweep goes to the open site with the largest potential that it has not visited, plans
    it anew with the open and closed sites around it, and goes on. A sweep that leaves overload
    is followed by one with a higher price of it, one that gains little by one over wider
    groups.

    Parameters
    ----------
    search
        The search.
    plan
        The plan.
    clock
        When to stop.

    Returns
    -------
    Found
        The plan, better by cost and priced overload or the same one.
    """
    if search.root is None:
        return plan
    step = 0
    tried: set[tuple[bool, bytes, bytes]] = set()
    while not (clock.over or search.done):
        before = _priced(search, plan)
        plan = _sweep(search, plan, clock, tried, size=_SIZES[step])
        gained = before - _priced(search, plan)
        if plan.overload > 0 and search.dearer():
            continue
        if gained > _LITTLE * abs(before):
            continue
        if step + 1 < len(_SIZES) and _SIZES[step] < plan.open.sum():
            step += 1
        elif gained <= 0:
            break
    return plan


def roomier(search: Search, plan: Found) -> Found:
    """Open the nearest closed site beside each overloaded one until no overload is left.

    Parameters
    ----------
    search
        The search.
    plan
        A plan with overload, of a problem in which any number of sites may open.

    Returns
    -------
    Found
        A plan with less overload, or the same one; open sites that serve no unit are closed.
    """
    problem = search.problem
    wider = plan
    for _ in range(_ROOMIER):
        closed = np.flatnonzero(~wider.open)
        crowded = np.flatnonzero(excess(problem, wider.assignment) > 0)
        if not len(crowded) or not len(closed) or search.clock.over:
            break
        opened = wider.open.copy()
        opened[closed[np.argmin(search.apart[np.ix_(crowded, closed)], axis=1)]] = True
        wider = exchanged(
            problem,
            found(problem, wider.assignment, opened),
            overload_price=search.overload_price * _SAFE,
            clock=search.clock,
        )
    used = np.isin(np.arange(problem.n_sites), wider.assignment)
    return better(plan, found(problem, wider.assignment, wider.open & used)) or plan


def _priced(search: Search, plan: Found) -> float:
    """Give the cost of a plan with its overload."""
    return plan.objective + search.overload_price * plan.overload


def _sweep(
    search: Search,
    plan: Found,
    clock: Clock,
    tried: set[tuple[bool, bytes, bytes]],
    *,
    size: int,
) -> Found:
    """Visit every open site once, in the middle of a group or as one of its core."""
    problem = search.problem
    if search.root is None:
        return plan
    values, prices = search.root.values, search.root.prices
    visited = np.zeros(problem.n_sites, dtype=bool)
    while not clock.over:
        known = search.best
        late = clock.spent > _PATIENCE * clock.seconds
        if late and plan.overload > 0 and known is not None and known.overload == 0:
            plan = known
        middle = _middle(search, plan, visited)
        if middle < 0:
            break
        search.tell("improve")
        group = group_around(
            plan, middle, search.apart, size=size, values=values, keep_sites=problem.every_site
        )
        visited[_core(group.open, size)] = True
        key = group.key(plan, keep_sites=problem.every_site)
        if key in tried:
            continue
        # With overload, the group is worth another look when the price of it has risen.
        if not excess(problem, plan.assignment)[group.open].any():
            tried.add(key)
        gained = improved(
            problem,
            plan,
            group,
            [prices],
            overload_price=search.overload_price,
            clock=clock.at_most(_SECONDS * search.clock.seconds),
            keep_sites=problem.every_site,
            share=_SHARE,
            nodes=_NODES,
            gap=_GAP,
            hard=True,
        )
        if gained is not None:
            plan = gained
            search.offer(plan)
    return plan


def _middle(search: Search, plan: Found, visited: Bools) -> int:
    """Give the open site with the largest potential of those not visited, -1 where none is."""
    root = search.root
    waiting = np.flatnonzero(plan.open & ~visited)
    if root is None or not len(waiting):
        return -1
    could: Floats = potentials(
        search.problem, plan, root.prices, root.values, overload_price=search.overload_price
    )
    return int(waiting[np.argmax(could[waiting])])


def _core(opened: Ints, size: int) -> Ints:
    """Give the open sites of a group, nearest first, that need no group of their own."""
    return opened[: max(1, size // _CORE)]
