"""Stranded units: those that growth leaves between areas that cannot hold them."""

import math
import time
from itertools import product

import numpy as np
from scipy.sparse.csgraph import dijkstra

from layoutplan.location.contiguous.asked import Asked, asked, standing_on, touching
from layoutplan.location.contiguous.ground import Ground
from layoutplan.location.contiguous.growth import repaired
from layoutplan.location.problem import Bools, Ints, Problem

NEAREST = 12
"""Sites around a stranded unit that are opened or closed for it."""


def brought_in(ready: Asked, assignment: Ints, *, until: float = math.inf) -> Ints:
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
    until
        The moment, by ``time.monotonic``, to stop.

    Returns
    -------
    Ints
        A plan with as many units or fewer without a site; its areas are connected.
    """
    plan, given_up = assignment, set[int]()
    while True:
        waiting = np.flatnonzero((plan < 0) & ready.reach.any(axis=1))
        waiting = waiting[~np.isin(waiting, list(given_up))]
        if not len(waiting) or time.monotonic() >= until:
            return plan
        unit = int(waiting[0])
        better = _with_unit(ready, plan, unit, until=until)
        if better is None:
            given_up.add(unit)
        else:
            plan = better


def _with_unit(ready: Asked, plan: Ints, unit: int, *, until: float) -> Ints | None:
    """Lead an area to a unit; None where fewer units would have a site than before."""
    lost = int((plan < 0).sum())
    sites = np.flatnonzero(ready.reach[unit])
    for site in sites[np.argsort(ready.cost[unit, sites], kind="stable")].tolist():
        if time.monotonic() >= until:
            break
        way = _way(ready, plan, unit, site)
        led = plan.copy()
        led[way] = site
        led = repaired(ready, led)
        if int((led < 0).sum()) < lost:
            return led
    return None


def _way(ready: Asked, plan: Ints, unit: int, site: int) -> list[int]:
    """Give the units on the shortest way from the area of a site that reaches a unit to it."""
    usable = np.flatnonzero(ready.reach[:, site])
    ground = touching(ready.problem)[usable][:, usable]
    start = int(np.searchsorted(usable, unit))
    (hops,), (before,) = dijkstra(
        ground, directed=False, unweighted=True, indices=np.array([start]), return_predecessors=True
    )
    area = np.flatnonzero(plan[usable] == site)
    way = [int(area[np.argmin(hops[area])])]
    while way[-1] != start:
        way.append(int(before[way[-1]]))
    return [int(each) for each in usable[way]]


def within_reach_of_all(
    problem: Problem, opened: Bools, ground: Ground, *, until: float = math.inf
) -> Bools:
    """Open, close or exchange sites until no unit is stranded that others could hold.

    Parameters
    ----------
    problem
        A problem with adjacency.
    opened
        Open sites.
    ground
        What touches what.
    until
        The moment, by ``time.monotonic``, to stop.

    Returns
    -------
    Bools
        Open sites, as many as before where their number is given.
    """
    opened = opened.copy()
    lost = _stranded(problem, opened, ground)
    while lost.any():
        before = int(lost.sum())
        for other in _changed(problem, opened, int(lost.argmax())):
            if time.monotonic() >= until:
                return opened
            left = _stranded(problem, other, ground)
            if left.sum() < lost.sum():
                opened, lost = other, left
        if lost.sum() == before:
            break
    return opened


def _stranded(problem: Problem, opened: Bools, ground: Ground) -> Bools:
    """Tell which units no open site reaches although some site has a cost for them."""
    reach = asked(problem, opened, ground).reach
    some, held = (np.asarray(each.any(axis=1)) for each in (np.isfinite(problem.cost), reach))
    return some & ~held


def _changed(problem: Problem, opened: Bools, unit: int) -> list[Bools]:
    """List choices of sites that differ by one site near a unit, or by two."""
    own = standing_on(problem)
    here = np.array([unit])
    (hops,) = dijkstra(touching(problem), directed=False, unweighted=True, indices=here)
    able = np.isfinite(problem.cost[own, np.arange(problem.n_sites)])
    ranked = [int(s) for s in np.argsort(hops[own], kind="stable") if able[s]]
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
