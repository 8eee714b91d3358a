"""Stranded units: those that growth leaves between areas that cannot hold them."""

from collections import deque
from itertools import product

import numpy as np

from layoutplan.location.contiguous.asked import Asked, asked, standing_on
from layoutplan.location.contiguous.ground import Ground
from layoutplan.location.contiguous.growth import repaired
from layoutplan.location.problem import Bools, Ints, Problem

NEAREST = 12
"""Sites around a stranded unit that are opened or closed for it."""


def brought_in(ready: Asked, assignment: Ints) -> Ints:
    """Give each stranded unit a way to a site that can hold it, through the areas of others.

    Where costs are infinite beyond some distance, an area may close round units that its own
    site cannot hold. Another site's area is led to such a unit on the shortest way; pieces that
    it cuts off join the areas that they touch.

    Parameters
    ----------
    ready
        The problem with its open sites.
    assignment
        A plan whose areas are connected, -1 for units without a site.

    Returns
    -------
    Ints
        A plan with as many units or fewer without a site; its areas are connected.
    """
    plan, given_up = assignment, set[int]()
    while True:
        waiting = np.flatnonzero((plan < 0) & ready.reach.any(axis=1))
        waiting = waiting[~np.isin(waiting, list(given_up))]
        if not len(waiting):
            return plan
        unit = int(waiting[0])
        better = _with_unit(ready, plan, unit)
        if better is None:
            given_up.add(unit)
        else:
            plan = better


def _with_unit(ready: Asked, plan: Ints, unit: int) -> Ints | None:
    """Lead an area to a unit; None where fewer units would have a site than before."""
    lost = int((plan < 0).sum())
    sites = np.flatnonzero(ready.reach[unit])
    for site in sites[np.argsort(ready.cost[unit, sites], kind="stable")].tolist():
        way = _way(ready, plan, unit, site)
        if way is None:
            continue
        led = plan.copy()
        led[way] = site
        led = repaired(ready, led)
        if int((led < 0).sum()) < lost:
            return led
    return None


def _way(ready: Asked, plan: Ints, unit: int, site: int) -> list[int] | None:
    """Give the units on the shortest way from a unit to the area of a site that reaches it."""
    before: dict[int, int] = {unit: unit}
    queue = deque([unit])
    while queue:
        here = queue.popleft()
        if plan[here] == site:
            way = [here]
            while way[-1] != unit:
                way.append(before[way[-1]])
            return way
        for beside in ready.ground.around[here]:
            if beside not in before and ready.reach[beside, site]:
                before[beside] = here
                queue.append(beside)
    return None


def within_reach_of_all(problem: Problem, opened: Bools, ground: Ground) -> Bools:
    """Open, close or exchange sites until no unit is stranded that others could hold.

    Parameters
    ----------
    problem
        A problem with adjacency.
    opened
        Open sites.
    ground
        What touches what.

    Returns
    -------
    Bools
        Open sites, as many as before where their number is given.
    """
    opened = opened.copy()
    lost = _stranded(problem, opened, ground)
    while lost.any():
        tried = [
            (int(_stranded(problem, each, ground).sum()), rank, each)
            for rank, each in enumerate(_changed(problem, opened, ground, int(lost.argmax())))
        ]
        fewest = min(tried, key=lambda one: one[:2], default=None)
        if fewest is None or fewest[0] >= lost.sum():
            break
        opened = fewest[2]
        lost = _stranded(problem, opened, ground)
    return opened


def _stranded(problem: Problem, opened: Bools, ground: Ground) -> Bools:
    """Tell which units no open site reaches although some site has a cost for them."""
    reach = asked(problem, opened, ground).reach
    some, held = (np.asarray(each.any(axis=1)) for each in (np.isfinite(problem.cost), reach))
    return some & ~held


def _changed(problem: Problem, opened: Bools, ground: Ground, unit: int) -> list[Bools]:
    """List choices of sites that differ by one site near a unit, or by two."""
    own = standing_on(problem)
    hops = _hops(ground, unit)
    able = np.isfinite(problem.cost[own, np.arange(problem.n_sites)])
    near = np.array([hops.get(int(u), problem.n_units) for u in own])
    ranked = [int(s) for s in np.argsort(near, kind="stable") if able[s]]
    closed = [s for s in ranked if not opened[s]][:NEAREST]
    there = [s for s in ranked if opened[s]][:NEAREST]
    steps: list[tuple[int, ...]] = list(product(closed, there))
    if problem.n_open is None:
        more = [(s,) for s in closed]
        fewer = [(s,) for s in there] if opened.sum() > 1 else []
        steps = more + fewer + steps
    choices = []
    for step in steps:
        other = opened.copy()
        other[list(step)] ^= True
        # Of several sites on one unit one opens.
        if len(np.unique(own[other])) == other.sum():
            choices.append(other)
    return choices


def _hops(ground: Ground, unit: int) -> dict[int, int]:
    """Count the steps from a unit to each unit that is connected with it."""
    hops = {unit: 0}
    queue = deque([unit])
    while queue:
        here = queue.popleft()
        for beside in ground.around[here]:
            if beside not in hops:
                hops[beside] = hops[here] + 1
                queue.append(beside)
    return hops
