"""First plans: areas grow from their sites or what is left of them, the nearest unit first."""

import heapq

import numpy as np

from layoutplan.location.contiguous.asked import Asked
from layoutplan.location.contiguous.ground import mask_of, reached, units_of
from layoutplan.location.problem import Ints

LEAST_DEMAND = 1e-9
"""Stands for zero demand where cost per demand is asked."""


def grown(asked: Asked, held: Ints | None = None) -> Ints:
    """Grow all areas at once: the unit cheapest per demand joins first, while there is room.

    What no area has room for joins where it overloads least, so that every unit in reach has
    a site.

    Parameters
    ----------
    asked
        The problem with its open sites.
    held
        Units that already have a site, -1 for those to be given one; only those of connected
        areas that hold their own unit are kept.

    Returns
    -------
    Ints
        The site of each unit, -1 where no area reaches it.
    """
    problem, around = asked.problem, asked.ground.around
    demand, room = problem.demand.tolist(), asked.room.tolist()
    per_demand = asked.cost / np.maximum(problem.demand, LEAST_DEMAND)[:, None]
    site_of = np.full(problem.n_units, -1) if held is None else held.copy()
    site_of[asked.own[asked.sites]] = asked.sites
    load = [0.0] * problem.n_sites
    heap: list[tuple[float, int, int]] = []

    def look_around(unit: int, site: int) -> None:
        for other in around[unit]:
            if site_of[other] < 0 and asked.reach[other, site]:
                heapq.heappush(heap, (float(per_demand[other, site]), other, site))

    for unit in np.flatnonzero(site_of >= 0).tolist():
        load[site_of[unit]] += demand[unit]
        look_around(unit, int(site_of[unit]))
    full: list[tuple[float, int, int]] = []
    while heap or full:
        if heap:
            near, unit, site = heapq.heappop(heap)
            if site_of[unit] >= 0:
                continue
            if load[site] + demand[unit] > room[site]:
                full.append((near, unit, site))
                continue
        else:
            full = [entry for entry in full if site_of[entry[1]] < 0]
            if not full:
                break
            least = min(full, key=lambda e: (max(load[e[2]] + demand[e[1]] - room[e[2]], 0.0), e))
            full.remove(least)
            _, unit, site = least
        site_of[unit] = site
        load[site] += demand[unit]
        look_around(unit, site)
    return site_of


def repaired(ready: Asked, assignment: Ints) -> Ints:
    """Keep of each area the piece around its site and give the rest to areas that touch it.

    Parameters
    ----------
    ready
        The problem with the open sites.
    assignment
        A plan that need not be connected.

    Returns
    -------
    Ints
        A plan whose areas are connected.
    """
    held = np.full(len(assignment), -1, dtype=np.int64)
    for site in ready.sites.tolist():
        usable = np.flatnonzero((assignment == site) & ready.reach[:, site])
        own = int(ready.own[site])
        area = mask_of(usable) | (1 << own)
        held[list(units_of(reached(ready.ground.touching, 1 << own, area)))] = site
    held[ready.own[ready.sites]] = ready.sites
    return grown(ready, held)
