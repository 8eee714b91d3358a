"""Local search: units change areas one by one or two at a time, colder and colder."""

import math
import time
from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.asked import Asked
from layoutplan.location.contiguous.glance import SAME, SINGLE, glance_of
from layoutplan.location.contiguous.working import PRICE, Working, working
from layoutplan.location.problem import Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class Cooling:
    """How a search cools down.

    Parameters
    ----------
    hot, cold
        First and last temperature, in mean costs per unit.
    cheap, dear
        First and last price of overload, in mean costs per demand.
    since
        Share of the trials after which plans count: 0 where the first plan does, too.
    """

    hot: float
    cold: float
    cheap: float = PRICE
    dear: float = PRICE
    since: float = 0.0


COOLING = Cooling(hot=1.0, cold=0.01)
"""From three of four dear moves to none, with overload dear from the beginning."""


def annealed(
    asked: Asked,
    assignment: Ints,
    rng: np.random.Generator,
    *,
    trials: int,
    until: float = math.inf,
    cooling: Cooling = COOLING,
) -> Ints:
    r"""Search near a plan by simulated annealing.

    A trial gives a random unit to the area of a random neighbour; into an area without room
    it goes, mostly, in exchange for another unit that goes onward. A trial that makes the plan
    dearer by :math:`\Delta` is taken with probability :math:`e^{-\Delta / T}`, with overload at
    a price, and only where all areas stay connected (Kirkpatrick, Gelatt and Vecchi 1983).
    Trials are drawn by the block: what the plan at its beginning refuses is thrown out at a
    glance, the few others are tried one after the other. What only a change within the block
    would let in has to be drawn again.

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
    cooling
        Temperatures and prices of overload.

    Returns
    -------
    Ints
        The best plan seen where plans count, with overload at its last price.
    """
    state = working(asked, assignment)
    around, site_of = asked.ground.around, state.site_of
    glance = glance_of(asked, state)
    movable, block = glance.movable, glance.block
    if not len(movable):
        return assignment
    mean = max(state.spent, 1.0) / len(site_of)
    per_demand = state.price / PRICE
    dear = cooling.dear * per_demand
    best, least = list(site_of), state.spent + dear * state.overload()
    done, begun = 0, time.monotonic()
    counts = cooling.since <= 0
    while done < trials and (now := time.monotonic()) < until:
        # Where the clock will end the search before the trials do, it cools down by the clock:
        # a search that is cut while it is hot leaves nothing.
        part = max(done / trials, (now - begun) / (until - begun))
        heat = mean * cooling.hot * (cooling.cold / cooling.hot) ** part
        state.price = per_demand * cooling.cheap * (cooling.dear / cooling.cheap) ** part
        if not counts and part >= cooling.since:
            counts = True
            best, least = list(site_of), state.spent + dear * state.overload()
        units = movable[rng.integers(0, len(movable), block)]
        chances = rng.random((5, block))
        limits = heat * rng.standard_exponential(block)
        done += block
        which = glance.promising(state, units, chances, limits)
        trials_left = (units[which], chances[:, which].T, limits[which])
        for unit, chance, limit in zip(*(each.tolist() for each in trials_left), strict=True):
            moved = _tried(state, around, unit, chance, limit)
            if moved and counts and state.spent < least:
                worth = state.spent + dear * state.overload()
                if worth < least:
                    least, best = worth, list(site_of)
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
    if to == site_of[unit] or to < 0 or state.cost[unit][to] == math.inf:
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
