"""Choices of sites that leave room: areas in one piece do not fill sites to the last place."""

from dataclasses import replace

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.problem import Bools, Floats, Ints, Problem
from layoutplan.location.split import SplitModel, nearest_pairs

MARGIN = 0.99
"""Share of the capacities that a choice may use. On published instances the sites of the best
connected plans have 1 % and more to spare, those of the best plans in pieces 0.1 %."""
CHOICES = 3
"""Choices made, each the best besides those before it."""
NEAREST = 12
"""Sites per unit in the split model."""
GAP = 1e-3
"""Relative gap of the split model."""
MOST = 1.01
"""Cost of a choice, against the first, up to which it is worth a plan: connected areas cost less
than that more."""
FIRST = 0.6
"""Share of the time for the first choice."""


def roomy_choices(problem: Problem, *, seconds: float) -> list[tuple[Bools, Ints]]:
    """Choose sites by the split model with a little less than their capacity.

    Parameters
    ----------
    problem
        The problem.
    seconds
        Time for all choices.

    Returns
    -------
    list of tuple
        Open sites, and for each unit the one of them that takes its largest share, -1 for a
        unit that no site can serve; the cheapest choice first. Empty where the capacities
        do not allow it or time did not suffice.
    """
    clock = Clock.of(seconds)
    served = np.flatnonzero(np.isfinite(problem.cost).any(axis=1))
    if not len(served) or problem.demand.sum() <= 0:
        return []
    small = replace(
        problem,
        cost=problem.cost[served],
        demand=problem.demand[served],
        adjacency=None,
        site_unit=None,
    )
    model = SplitModel(small, nearest_pairs(small, NEAREST), margin=MARGIN)
    model.relaxed(clock.until(FIRST))
    choices: list[tuple[Bools, Ints]] = []
    least = np.inf
    while len(choices) < CHOICES and not clock.over:
        chosen = model.whole(clock if choices else clock.until(FIRST), gap=GAP)
        if chosen is None or chosen.cost > MOST * least:
            break
        least = min(least, chosen.cost)
        opened = chosen.opening > 1 / 2
        plan = np.full(problem.n_units, -1, dtype=np.int64)
        plan[served] = _of_largest_share(small, model, chosen.share, opened)
        choices.append((opened, plan))
        model.exclude(opened)
    return choices


def _of_largest_share(small: Problem, model: SplitModel, share: Floats, opened: Bools) -> Ints:
    """Give each unit whole to the open site that has most of it.

    Parameters
    ----------
    small
        The problem.
    model
        The split model.
    share
        Share of the unit in each pair.
    opened
        Open sites.

    Returns
    -------
    Ints
        The site of each unit; the cheapest open one where it has no share of a known site.
    """
    near = np.where(opened, small.cost, np.inf)
    plan: Ints = near.argmin(axis=1).astype(np.int64)
    order = np.argsort(share, kind="stable")
    order = order[(share[order] > 0) & opened[model.pairs.site[order]]]
    plan[model.pairs.unit[order]] = model.pairs.site[order]
    return plan
