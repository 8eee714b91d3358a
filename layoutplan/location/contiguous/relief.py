"""Relief: where areas are too full, those around them are searched anew by themselves."""

import time
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from layoutplan.location.contiguous.anneal import Cooling, annealed
from layoutplan.location.contiguous.asked import Asked, asked, loads, standing, touching
from layoutplan.location.contiguous.chains import handed_on
from layoutplan.location.contiguous.regions import around_site, meeting
from layoutplan.location.problem import Bools, Ints, Problem, Progress

SIZES = (8, 12, 18, 26, 36, 50)
"""Areas that are searched together: more where fewer left as much overload."""
TRIALS = 20_000
"""Trials of a search per unit."""
ROUNDS = 6
"""Times that all sizes are tried around one area, each time by other chance."""
COOLING = Cooling(hot=0.2, cold=0.01, cheap=30.0, dear=60.0)
"""Warm enough to leave the present plan; overload is dear from the beginning, since cheap overload
leads away from plans without."""
LEAST = 1e-9


def relieved(
    ready: Asked, assignment: Ints, *, until: float, seed: int, progress: Progress | None = None
) -> Ints:
    """Take overload away by local search among a few areas at a time.

    In a large county few areas are too full at last, and a search over all units spends its
    trials elsewhere. Around each such area a window of areas, those with most spare room
    first, is cut out as a problem of its own and searched from the present plan: short bit
    masks and few units make thousands of trials per unit a matter of a second.

    Parameters
    ----------
    ready
        The problem.
    assignment
        A plan whose areas are connected.
    until
        The moment, by ``time.monotonic``, to stop.
    seed
        Seed.
    progress
        Called after each window.

    Returns
    -------
    Ints
        A plan with as much overload or less; its areas are connected.
    """
    plan, problem = assignment, ready.problem
    level = np.zeros(problem.n_sites, dtype=np.int64)
    done = 0
    while time.monotonic() < until:
        spare = ready.room - loads(problem, plan)
        over = np.flatnonzero((spare < -LEAST) & (level < ROUNDS * len(SIZES)))
        if not len(over):
            break
        first = int(min(over, key=lambda site: (level[site], spare[site])))
        size = SIZES[level[first] % len(SIZES)]
        level[first] += 1
        near = meeting(ready.ground, plan)
        sites = around_site(near, first, size, -spare)
        rng = np.random.default_rng([seed, done])
        better = _searched(problem, plan, sites, rng, until)
        if better is not None:
            plan = better
            level[sites] = np.minimum(level[sites], max(int(level[first]) - 1, 0))
        done += 1
        if progress is not None:
            progress(done, done + len(over), "relief")
    return plan


def _searched(
    problem: Problem, plan: Ints, sites: list[int], rng: np.random.Generator, until: float
) -> Ints | None:
    """Search among some areas.

    Parameters
    ----------
    problem
        The whole problem.
    plan
        The present plan.
    sites
        The sites of the areas.
    rng
        Chance.
    until
        The moment to stop.

    Returns
    -------
    Ints or None
        A plan of less overload, None where none was found.
    """
    chosen = np.array(sites, dtype=np.int64)
    inside: Bools = np.isin(plan, chosen)
    units = np.flatnonzero(inside)
    part = asked(_cut(problem, units, chosen), np.ones(len(chosen), dtype=bool))
    here = np.searchsorted(chosen, plan[units])
    before = standing(part.problem, here)
    found = annealed(part, here, rng, trials=TRIALS * len(units), until=until, cooling=COOLING)
    found = handed_on(part, found, until=until)
    if standing(part.problem, found)[:2] >= before[:2]:
        return None
    out = plan.copy()
    out[units] = chosen[found]
    return out


def _cut(problem: Problem, units: Ints, sites: Ints) -> Problem:
    """Cut out the problem of some units and sites.

    Parameters
    ----------
    problem
        The whole problem.
    units
        Units, rising, with those on which the sites stand.
    sites
        Sites.

    Returns
    -------
    Problem
        The smaller problem, with adjacency.
    """
    place = np.full(problem.n_units, -1, dtype=np.int64)
    place[units] = np.arange(len(units))
    stands = problem.site_unit
    return replace(
        problem,
        cost=problem.cost[np.ix_(units, sites)],
        demand=problem.demand[units],
        capacity=problem.capacity[sites],
        fixed_cost=problem.fixed_cost[sites],
        every_site=True,
        n_open=None,
        adjacency=sp.csr_array(touching(problem)[units][:, units]),
        site_unit=None if stands is None else place[stands[sites]],
    )
