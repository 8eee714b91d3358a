"""Connected areas of sites that are chosen, too."""

import time
from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.anneal import Cooling, annealed
from layoutplan.location.contiguous.areas import contiguous_areas
from layoutplan.location.contiguous.asked import (
    Standing,
    asked,
    found,
    standing,
    standing_on,
    touching,
)
from layoutplan.location.contiguous.chains import handed_on
from layoutplan.location.contiguous.ground import Ground, ground_of
from layoutplan.location.contiguous.growth import repaired
from layoutplan.location.contiguous.roomy import MARGIN, roomy_choices
from layoutplan.location.contiguous.stranded import brought_in, within_reach_of_all
from layoutplan.location.contiguous.sweep import Step, swept
from layoutplan.location.problem import Bools, Found, Ints, Problem, Progress

TRIALS = 10_000
"""Trials of a search per unit after repair."""
REPAIR = Cooling(hot=0.1, cold=0.003, cheap=1.0, dear=10.0)
"""After repair the plan is nearly right. Overload is cheap at first: sites that are full to the
last place pass units on only if one may be too full for a while."""
LEAVE = Cooling(hot=0.1, cold=0.003, cheap=1.0, dear=10.0, since=0.5)
"""Out of a plan that no window betters; what counts is where the search arrives."""
CHOICE_SHARE = 0.2
"""Most of the time for choices of sites that leave room."""
FIRST_SHARE = 0.25
"""Most of the time left for the plan of one choice of sites."""
FULL_SHARE = 0.5
"""Share of the time then left for all sites, where the choices leave too little room."""
LEAVING_SHARE = 0.6
"""Share of the time after which no plan is left for another any more."""
IDLE = 4
"""Searches in a row that leave the best plan and find no better one, after which it stays."""
FIRST_STEPS = ((2, True), (3, True))
"""Windows before it is known which plan is the best: they find most of the gain. Areas of given
sites are as good as they get by local search."""
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

    The sites of the start and a few choices of sites that leave more room are tried. Areas
    keep the piece around their site; the other pieces go to areas that they touch. Then local
    search moves units with overload at a price that grows, and exact windows of a few open
    sites and all sites that stand in their areas move units, open, close and exchange sites.
    The best plan is left by local search and approached again while time allows.

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
    climb = Climb(problem=problem, ground=ground, seed=seed, progress=progress)
    roomy = roomy_choices(problem, seconds=CHOICE_SHARE * seconds)
    known = any(np.array_equal(opened, start.open) for opened, _ in roomy)
    tight = problem.demand.sum() > MARGIN * problem.capacity[start.open].sum()
    # Plans on sites that are full to the last place hardly ever turn out connected.
    choices = roomy if known or (roomy and tight) else [(start.open, start.assignment), *roomy]
    plans: list[Ints] = []
    for chosen, assignment in choices:
        now = time.monotonic()
        if plans and now >= until:
            break
        stop = now + FIRST_SHARE * (until - now)
        opened = one_per_unit(problem, chosen)
        opened = within_reach_of_all(problem, opened, ground, until=stop)
        ready = asked(problem, opened, ground)
        plan = brought_in(ready, repaired(ready, assignment), until=stop)
        plans.append(climb(plan, REPAIR, until=stop))
    if problem.n_open is None and min(worth(problem, each)[:2] for each in plans) > (0, 0):
        # All sites leave most room; where that is needed few of them will close.
        every = one_per_unit(problem, np.ones(problem.n_sites, dtype=bool))
        left = FULL_SHARE * max(until - time.monotonic(), 0.0)
        whole = contiguous_areas(problem, open=every, seconds=left, seed=seed, progress=progress)
        plans.append(whole.assignment)
    plan = min(plans, key=lambda each: priced_worth(problem, each))
    idle = 0
    while idle < IDLE and time.monotonic() < begun + LEAVING_SHARE * seconds:
        plans.append(climb(plan, LEAVE, until=begun + LEAVING_SHARE * seconds))
        better = priced_worth(problem, plans[-1]) < priced_worth(problem, plan)
        idle, plan = (0, plans[-1]) if better else (idle + 1, plan)
    plans.append(climb.swept(plan, STEPS, until=until))
    plan = min(plans, key=lambda each: worth(problem, each))
    return found(problem, plan, in_use(problem, plan), start.bound)


@dataclass(slots=True)
class Climb:
    """Local search and windows, one search after the other.

    Parameters
    ----------
    problem
        The problem.
    ground
        What touches what.
    seed
        Seed.
    progress
        Called now and then.
    searches
        How many searches there were: each has chance of its own.
    """

    problem: Problem
    ground: Ground
    seed: int
    progress: Progress | None
    searches: int = 0

    def __call__(self, plan: Ints, cooling: Cooling, *, until: float) -> Ints:
        """Search near a plan, then by the first windows.

        Parameters
        ----------
        plan
            A plan whose areas are connected.
        cooling
            How the search cools down.
        until
            The moment, by ``time.monotonic``, to stop.

        Returns
        -------
        Ints
            A plan, not always a better one.
        """
        rng = np.random.default_rng([self.seed, self.searches])
        self.searches += 1
        now = time.monotonic()
        ready = asked(self.problem, in_use(self.problem, plan), self.ground)
        found_near = annealed(
            ready,
            plan,
            rng,
            trials=TRIALS * self.problem.n_units,
            until=now + (until - now) / 2,
            cooling=cooling,
        )
        return self.swept(handed_on(ready, found_near, until=until), FIRST_STEPS, until=until)

    def swept(self, plan: Ints, steps: tuple[Step, ...], *, until: float) -> Ints:
        """Improve a plan by windows.

        Parameters
        ----------
        plan
            A plan whose areas are connected.
        steps
            Windows.
        until
            The moment, by ``time.monotonic``, to stop.

        Returns
        -------
        Ints
            A plan as good or better.
        """
        return swept(
            self.problem,
            self.ground,
            plan,
            candidates=np.ones(self.problem.n_sites, dtype=bool),
            steps=steps,
            until=until,
            progress=self.progress,
        )


def one_per_unit(problem: Problem, opened: Bools) -> Bools:
    """Close all but one of the sites on each unit; where their number is given, open others.

    Parameters
    ----------
    problem
        A problem with adjacency.
    opened
        Open sites, chosen as if several on one unit could have areas.

    Returns
    -------
    Bools
        Open sites, the roomiest of each unit; each can serve the unit on which it stands.
    """
    own = standing_on(problem)
    able = np.isfinite(problem.cost[own, np.arange(problem.n_sites)])
    alone = np.zeros(problem.n_sites, dtype=bool)
    free = np.ones(problem.n_units, dtype=bool)
    rank = np.lexsort((np.arange(problem.n_sites), -problem.capacity))
    for site in rank[(opened & able)[rank]].tolist():
        alone[site] = free[own[site]]
        free[own[site]] = False
    while problem.n_open is not None and alone.sum() < problem.n_open:
        rest = np.flatnonzero(~alone & able & free[own])
        if not len(rest):
            break
        now = np.where(alone, problem.cost, np.inf).min(axis=1)
        now = np.where(np.isfinite(now), now, problem.cost[np.isfinite(problem.cost)].max())
        saved = np.maximum(now[:, None] - problem.cost[:, rest], 0.0).sum(axis=0)
        site = int(rest[np.argmax(saved - problem.fixed_cost[rest])])
        alone[site], free[own[site]] = True, False
    return alone


def in_use(problem: Problem, plan: Ints) -> Bools:
    """Tell which sites have an area.

    Parameters
    ----------
    problem
        The problem.
    plan
        The site of each unit, -1 for none.

    Returns
    -------
    Bools
        Sites.
    """
    used = np.zeros(problem.n_sites, dtype=bool)
    used[plan[plan >= 0]] = True
    return used


def worth(problem: Problem, plan: Ints) -> Standing:
    """Tell how good a plan is whose sites are chosen, too.

    Parameters
    ----------
    problem
        The problem.
    plan
        The site of each unit, -1 for none.

    Returns
    -------
    Standing
        Units without a site, overload, cost with fixed cost.
    """
    missing, over, cost = standing(problem, plan)
    return missing, over, cost + float(problem.fixed_cost[in_use(problem, plan)].sum())


def priced_worth(problem: Problem, plan: Ints) -> tuple[float, float]:
    """Tell how much a plan promises: the last units of overload are found places for later.

    Parameters
    ----------
    problem
        The problem.
    plan
        The site of each unit, -1 for none.

    Returns
    -------
    tuple
        Units without a site; cost with fixed cost and priced overload.
    """
    missing, over, cost = worth(problem, plan)
    price = REPAIR.dear * max(cost, 1.0) / max(float(problem.demand.sum()), 1.0)
    return missing, cost + price * over
