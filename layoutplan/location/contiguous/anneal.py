"""Local search: units change areas one by one or two at a time, colder and colder."""

import math
import time

import numpy as np

from layoutplan.location.contiguous.asked import Asked, Standing
from layoutplan.location.contiguous.working import Working, working
from layoutplan.location.problem import Ints

BLOCK = 20_000
"""Trials between two looks at the temperature and the clock."""
HOT, COLD = 1.0, 0.01
"""First and last temperature, in mean costs per unit: from three of four dear moves to none."""
SINGLE = 0.4
"""Share of moves into a full area that are tried alone, without a unit leaving it."""
SAME = 0.3
"""Share of exchanges in which the unit that leaves is the neighbour itself."""
RECENTRE = 0.02
"""Share of trials in which an area changes its site, where sites are chosen."""


def annealed(
    asked: Asked,
    assignment: Ints,
    rng: np.random.Generator,
    *,
    trials: int,
    until: float = math.inf,
    hot: float = HOT,
    choose: bool = False,
) -> Ints:
    r"""Search near a plan by simulated annealing.

    A trial gives a random unit to the area of a random neighbour; into an area without room
    it goes, mostly, in exchange for another unit that goes onward. A trial that makes the plan
    dearer by :math:`\Delta` is taken with probability :math:`e^{-\Delta / T}`, with overload at
    a price, and only where all areas stay connected (Kirkpatrick, Gelatt and Vecchi 1983).

    Parameters
    ----------
    asked
        The problem.
    assignment
        A plan whose areas are connected.
    rng
        Chance.
    trials
        How many trials.
    until
        The moment, by ``time.monotonic``, at which to stop all the same.
    hot
        First temperature, in mean costs per unit.
    choose
        Whether areas may change to another site that stands in them.

    Returns
    -------
    Ints
        The best plan seen: least overload, then least cost.
    """
    state = working(asked, assignment, choose=choose)
    around, site_of = asked.ground.around, state.site_of
    movable = [
        unit
        for unit, site in enumerate(site_of)
        if site >= 0 and around[unit] and (choose or unit not in state.own)
    ]
    best = list(site_of)
    best_standing: Standing = (0.0, state.overload(), state.spent)
    if not movable:
        return assignment
    mean = max(state.spent, 1.0) / len(site_of)
    done = 0
    while done < trials and time.monotonic() < until:
        heat = mean * hot * (COLD / hot) ** (done / trials)
        units = rng.integers(0, len(movable), BLOCK).tolist()
        chances = rng.random((BLOCK, 5)).tolist()
        limits = (heat * rng.standard_exponential(BLOCK)).tolist()
        done += BLOCK
        for pick, chance, limit in zip(units, chances, limits, strict=True):
            if choose and chance[4] < RECENTRE:
                moved = state.recentre(int(chance[0] * len(state.room)), limit)
            else:
                moved = _tried(state, around, movable[pick], chance, limit)
            if moved and (state.spent < best_standing[2] or best_standing[1] > 0):
                over = state.overload()
                if (0.0, over, state.spent) < best_standing:
                    best_standing, best = (0.0, over, state.spent), list(state.site_of)
    return np.array(best, dtype=np.int64)


def _tried(
    state: Working, around: list[list[int]], unit: int, chance: list[float], limit: float
) -> bool:
    """Try to give a unit to the area of a neighbour, alone or in exchange.

    Parameters
    ----------
    state
        The areas.
    around
        Neighbours of each unit.
    unit
        The unit.
    chance
        Five numbers from 0 to 1 by which neighbours and ways are chosen.
    limit
        The most that the plan may become dearer.

    Returns
    -------
    bool
        Whether the areas changed.
    """
    site_of = state.site_of
    near = around[unit]
    beside = near[int(chance[0] * len(near))]
    to = site_of[beside]
    if to == site_of[unit] or to < 0 or state.cost[unit][to] == math.inf or unit in state.own:
        return False
    if state.load[to] + state.demand[unit] <= state.room[to] or chance[1] < SINGLE:
        return state.move(unit, to, limit)
    other = beside
    if chance[2] > SAME:
        near = around[beside]
        other = near[int(chance[3] * len(near))]
    near = around[other]
    onward = site_of[near[int(chance[4] * len(near))]]
    if (
        site_of[other] != to
        or other in state.own
        or onward in {to, -1}
        or state.cost[other][onward] == math.inf
    ):
        return False
    return state.exchange(unit, to, other, onward, limit)
