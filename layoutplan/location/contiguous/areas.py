"""Connected areas of given sites."""

import math
import time
from dataclasses import replace

import numpy as np

from layoutplan.location.contiguous.anneal import Cooling, annealed
from layoutplan.location.contiguous.asked import Asked, asked, found, standing
from layoutplan.location.contiguous.chains import handed_on
from layoutplan.location.contiguous.generate import generated
from layoutplan.location.contiguous.growth import grown
from layoutplan.location.contiguous.relief import relieved
from layoutplan.location.contiguous.rents import Rented, rented
from layoutplan.location.contiguous.stranded import brought_in
from layoutplan.location.contiguous.sweep import Step, swept
from layoutplan.location.problem import Bools, Found, Ints, Problem, Progress

TRIALS = 10_000
"""Trials of a search per unit: where more of them gained little on the published instances."""
STARTS = 3
"""Searches from which columns are taken."""
ANNEAL_SHARE = 0.25
"""Most of the time that local search takes."""
STEPS: tuple[Step, ...] = tuple((size, False) for size in (2, 3, 4, 5, 6, 7, 8, 10, 12, 15))
"""Sites of a window: each size where the one before gains nothing."""
WHOLE = 60
"""Sites up to which column generation takes the whole problem."""
LARGE = 25
"""Units per area beyond which pricing by beams no longer finds the areas that pay."""
FIRST_SHARE = 0.1
"""Most of the time for windows before column generation, which needs a plan within the capacities
to know which areas are of use, and finds one no more surely than windows do."""
GENERATE_SHARE = 0.85
"""Most of the time that column generation takes; windows have the rest."""

RENT_SHARE = 0.05
"""Most of the time for rents of room."""
RENTED_TRIALS = 60_000
"""Trials of a search per unit, with rents and without."""
RENTED_SHARES = ((0.33, 0.1), (0.25, 0.2))
"""Most of the time for search with rents and without: over all areas, and where some are too
full."""
RENTED = Cooling(hot=0.5, cold=0.02, cheap=5.0, dear=60.0)
"""Warm, with overload cheap at first: with the rent of room among the costs, the search does not
take the room that others need."""
PLAIN = Cooling(hot=0.1, cold=0.005, cheap=60.0, dear=60.0)
"""Without rents cold, with overload dear from the beginning: it would take that room."""


def contiguous_areas(
    problem: Problem,
    *,
    open: Bools | None = None,  # noqa: A002 # the word of the field, as in Found
    seconds: float,
    seed: int = 0,
    progress: Progress | None = None,
) -> Found:
    """Give each unit to one of the given sites, so that each area is connected.

    Local search (annealing) makes first plans, for many sites from a plan by shares, with the
    rent of room among the costs and windows of areas where some are too full. Where there are
    few sites and their areas are small, column generation over connected areas improves them on
    the whole problem; then, and everywhere else, exact models of a few sites do so window by
    window.

    Parameters
    ----------
    problem
        A problem with adjacency.
    open
        Which sites have areas; all where None.
    seconds
        Time to spend; less where nothing is left to gain.
    seed
        Seed of the local search.
    progress
        Called now and then.

    Returns
    -------
    Found
        The best plan found. Every area is connected and holds its own site's unit; a unit
        that no connected area reaches has no site. Where no plan within the capacities was
        found, the overload says by how much. Of several sites on one unit the roomiest has an
        area.
    """
    until = time.monotonic() + seconds
    open_sites = np.ones(problem.n_sites, dtype=bool) if open is None else open.astype(bool)
    ready = asked(problem, open_sites)
    if not len(ready.sites):
        return found(problem, np.full(problem.n_units, -1, dtype=np.int64), open_sites)
    plans = started(ready, seconds=seconds, until=until, seed=seed, progress=progress)
    plan = min(plans, key=lambda each: standing(problem, each))
    if generates(ready):
        if standing(problem, plan)[1] > 0:
            stop = min(until, time.monotonic() + FIRST_SHARE * seconds)
            plans.append(windows(ready, plan, STEPS, until=stop, progress=progress))
        plan, last = generated(ready, plans, until=until - (1 - GENERATE_SHARE) * seconds)
        if last and standing(problem, plan)[1] <= 0:
            return found(problem, plan, open_sites)
    plan = windows(ready, plan, STEPS, until=until, progress=progress)
    return found(problem, plan, open_sites)


def windows(
    ready: Asked, plan: Ints, steps: tuple[Step, ...], *, until: float, progress: Progress | None
) -> Ints:
    """Improve a plan window by window.

    Parameters
    ----------
    ready
        The problem.
    plan
        A plan whose areas are connected.
    steps
        Sites of a window, step by step.
    until
        The moment, by ``time.monotonic``, to stop.
    progress
        Called now and then.

    Returns
    -------
    Ints
        A plan as good or better.
    """
    return swept(
        ready.problem,
        ready.ground,
        handed_on(ready, plan, until=until),
        candidates=np.zeros(ready.problem.n_sites, dtype=bool),
        steps=steps,
        until=until,
        progress=progress,
    )


def generates(ready: Asked) -> bool:
    """Tell whether column generation takes the whole problem.

    Parameters
    ----------
    ready
        The problem.

    Returns
    -------
    bool
        True where there are few sites and areas are small.
    """
    units = int(ready.reach.any(axis=1).sum())
    return len(ready.sites) <= WHOLE and units <= LARGE * len(ready.sites)


def started(
    ready: Asked,
    *,
    seconds: float,
    until: float,
    seed: int,
    progress: Progress | None = None,
) -> list[Ints]:
    """Make first plans by growth and annealing.

    Parameters
    ----------
    ready
        The problem.
    seconds
        Time for the whole.
    until
        When it ends.
    seed
        Seed.
    progress
        Called after each.

    Returns
    -------
    list of Ints
        Plans whose areas are connected.
    """
    if not generates(ready):
        first = rented(ready, seconds=RENT_SHARE * seconds)
        if first is not None:
            first = replace(first, plan=brought_in(ready, first.plan, until=until))
            return [
                settled(ready, first, seconds=seconds, until=until, seed=seed, progress=progress)
            ]
    begun = brought_in(ready, grown(ready), until=until)
    stop = min(until, until - seconds * (1 - ANNEAL_SHARE))
    starts = STARTS if generates(ready) else 1
    plans: list[Ints] = []
    for start in range(starts):
        if plans and time.monotonic() > stop:
            break
        rng = np.random.default_rng([seed, start])
        trials = TRIALS * ready.problem.n_units * (STARTS // starts)
        plans.append(annealed(ready, begun, rng, trials=math.ceil(trials), until=stop))
        if progress is not None:
            progress(start + 1, starts, "start")
    return plans


def settled(
    ready: Asked,
    first: Rented,
    *,
    seconds: float,
    until: float,
    seed: int,
    progress: Progress | None = None,
) -> Ints:
    """Search from a plan by shares: with rents of room, then without.

    Parameters
    ----------
    ready
        The problem.
    first
        The plan, and the problem with rents.
    seconds
        Time for the whole.
    until
        When it ends.
    seed
        Seed.
    progress
        Called now and then.

    Returns
    -------
    Ints
        A plan whose areas are connected.
    """
    plan, trials = first.plan, RENTED_TRIALS * ready.problem.n_units
    stages = ((first.ready, RENTED), (ready, PLAIN))
    for stage, ((here, cooling), (whole, some)) in enumerate(
        zip(stages, RENTED_SHARES, strict=True)
    ):
        rng = np.random.default_rng([seed, stage])
        stop = min(until, time.monotonic() + whole * seconds)
        plan = annealed(here, plan, rng, trials=trials, until=stop, cooling=cooling)
        stop = min(until, time.monotonic() + some * seconds)
        plan = relieved(first.ready, plan, until=stop, seed=seed, progress=progress)
        if progress is not None:
            progress(stage + 1, len(stages), "start")
    return plan
