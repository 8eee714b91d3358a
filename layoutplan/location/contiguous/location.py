"""Connected areas of sites that are chosen, too."""

import time

import numpy as np

from layoutplan.location.contiguous.anneal import annealed
from layoutplan.location.contiguous.areas import contiguous_areas
from layoutplan.location.contiguous.asked import Asked, asked, found, standing, touching
from layoutplan.location.contiguous.ground import ground_of, mask_of, reached, units_of
from layoutplan.location.contiguous.growth import grown
from layoutplan.location.contiguous.sweep import swept
from layoutplan.location.problem import Found, Ints, Problem, Progress

TRIALS = 3000
"""Trials of a search per unit after repair."""
WARM = (0.1, 0.3)
"""First temperatures after repair, in mean costs per unit: the start is nearly right."""
ANNEAL_SHARE = 0.15
"""Most of the time that local search takes."""
STEPS = (
    (2, False),
    (3, False),
    (2, True),
    (4, False),
    (3, True),
    (5, False),
    (4, True),
    (6, False),
    (5, True),
    (7, False),
    (6, True),
)
"""Open sites of a window, and whether sites are chosen in it: that takes longer and seldom gains,
so that the areas of the sites at hand come first."""


def contiguous_location(
    problem: Problem,
    start: Found,
    *,
    seconds: float,
    seed: int = 0,
    progress: Progress | None = None,
) -> Found:
    """Choose sites and connected areas, from a plan that need not be connected.

    Areas of the start keep the piece around their site; the other pieces go to areas that
    they touch. Then exact windows of a few open sites and all sites that stand in their areas
    move units, open, close and exchange sites.

    Parameters
    ----------
    problem
        A problem with adjacency.
    start
        The best plan known without contiguity.
    seconds
        Time to spend.
    seed
        Seed of the local search.
    progress
        Called now and then.

    Returns
    -------
    Found
        The best plan found; every area is connected and holds its own site's unit. The bound
        is the start's, since a plan with connected areas costs no less than one without.
    """
    if problem.every_site:
        return contiguous_areas(problem, seconds=seconds, seed=seed, progress=progress)
    begun = time.monotonic()
    until = begun + seconds
    ground = ground_of(touching(problem))
    ready = asked(problem, start.open, ground)
    plan = repaired(ready, start.assignment)
    searched = [
        annealed(
            ready,
            plan,
            np.random.default_rng([seed, start]),
            trials=TRIALS * problem.n_units,
            until=begun + ANNEAL_SHARE * seconds,
            hot=hot,
        )
        for start, hot in enumerate(WARM)
    ]
    plan = min([plan, *searched], key=lambda each: standing(problem, each))
    plan = swept(
        problem,
        ground,
        plan,
        candidates=np.ones(problem.n_sites, dtype=bool),
        steps=STEPS,
        until=until,
        progress=progress,
    )
    open_sites = np.zeros(problem.n_sites, dtype=bool)
    open_sites[plan[plan >= 0]] = True
    return found(problem, plan, open_sites, start.bound)


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
