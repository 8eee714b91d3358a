"""Local search: units change areas one by one or two at a time, colder and colder."""

import math
import time
from dataclasses import dataclass, field

import numpy as np

from layoutplan.location.contiguous.asked import Asked, Standing, standing
from layoutplan.location.contiguous.ground import mask_of, stays_connected
from layoutplan.location.problem import Ints

BLOCK = 20_000
"""Trials between two looks at the temperature and the clock."""
PRICE = 30.0
"""Price of one unit of overload, in mean costs per demand: dearer than any detour."""
HOT, COLD = 1.0, 0.01
"""First and last temperature, in mean costs per unit: from three of four dear moves to none."""
SINGLE = 0.4
"""Share of moves into a full area that are tried alone, without a unit leaving it."""
SAME = 0.3
"""Share of exchanges in which the unit that leaves is the neighbour itself."""


@dataclass(slots=True)
class Working:
    """Areas while they change.

    Parameters
    ----------
    cost
        Cost by unit and site.
    demand
        Demand by unit.
    room
        Room by site.
    touching
        Neighbours as masks.
    site_of
        The site of each unit.
    area
        The area of each site as a mask.
    load
        Demand of each area.
    own
        Units that never leave their site.
    spent
        Cost of all units.
    price
        Price of overload.
    """

    cost: list[list[float]]
    demand: list[float]
    room: list[float]
    touching: list[int]
    site_of: list[int]
    area: list[int]
    load: list[float]
    own: set[int]
    price: float
    spent: float = field(default=0.0)

    def overload(self) -> float:
        """Give the demand beyond the room of all sites.

        Returns
        -------
        float
            Overload.
        """
        return sum(
            load - room for load, room in zip(self.load, self.room, strict=True) if load > room
        )

    def relieved(self, site: int, leaves: float) -> float:
        """Give how much less a site's overload costs when demand leaves it.

        Parameters
        ----------
        site
            The site.
        leaves
            Demand that leaves, negative where it comes.

        Returns
        -------
        float
            The saving.
        """
        over = self.load[site] - self.room[site]
        after = over - leaves
        return self.price * ((over if over > 0 else 0.0) - (after if after > 0 else 0.0))

    def move(self, unit: int, to: int, limit: float) -> bool:
        """Give a unit to the area of a neighbour, unless it costs more than a limit.

        Parameters
        ----------
        unit
            The unit.
        to
            A site whose area touches the unit.
        limit
            The most that the plan may become dearer.

        Returns
        -------
        bool
            Whether it moved.
        """
        here = self.site_of[unit]
        demand = self.demand[unit]
        extra = self.cost[unit][to] - self.cost[unit][here]
        if extra - self.relieved(here, demand) - self.relieved(to, -demand) > limit:
            return False
        if not stays_connected(self.touching, self.area[here], unit):
            return False
        bit = 1 << unit
        self.area[here] ^= bit
        self.area[to] |= bit
        self.load[here] -= demand
        self.load[to] += demand
        self.site_of[unit] = to
        self.spent += extra
        return True

    def exchange(self, unit: int, to: int, other: int, onward: int, limit: float) -> bool:
        """Give a unit to an area while another unit of that area goes onward.

        Parameters
        ----------
        unit
            The first unit.
        to
            A site whose area touches it.
        other
            A unit of that area.
        onward
            The site to which it goes, perhaps the first unit's.
        limit
            The most that the plan may become dearer.

        Returns
        -------
        bool
            Whether both moved.
        """
        here, touching = self.site_of[unit], self.touching
        comes, goes = self.demand[unit], self.demand[other]
        extra = (
            self.cost[unit][to]
            - self.cost[unit][here]
            + self.cost[other][onward]
            - self.cost[other][to]
        )
        saved = self.relieved(to, goes - comes)
        if onward == here:
            saved += self.relieved(here, comes - goes)
        else:
            saved += self.relieved(here, comes) + self.relieved(onward, -goes)
        if extra - saved > limit:
            return False
        bit, other_bit = 1 << unit, 1 << other
        target = self.area[to] | bit
        source = self.area[here] | (other_bit if onward == here else 0)
        if not touching[unit] & self.area[to] & ~other_bit:
            return False
        if not touching[other] & self.area[onward] & ~bit:
            return False
        if not stays_connected(touching, target, other):
            return False
        if not stays_connected(touching, source, unit):
            return False
        self.area[to] = target ^ other_bit
        self.area[here] = source ^ bit
        if onward != here:
            self.area[onward] |= other_bit
        self.load[here] -= comes
        self.load[to] += comes - goes
        self.load[onward] += goes
        self.site_of[unit] = to
        self.site_of[other] = onward
        self.spent += extra
        return True


def working(asked: Asked, assignment: Ints) -> Working:
    """Take up a plan to change it.

    Parameters
    ----------
    asked
        The problem.
    assignment
        A plan whose areas are connected.

    Returns
    -------
    Working
        The plan.
    """
    problem = asked.problem
    has = np.flatnonzero(assignment >= 0)
    units, _, cost = standing(problem, assignment)
    area = [mask_of(np.flatnonzero(assignment == site)) for site in range(problem.n_sites)]
    load = np.bincount(
        assignment[has], weights=problem.demand[has], minlength=problem.n_sites
    ).tolist()
    return Working(
        cost=asked.cost.tolist(),
        demand=problem.demand.tolist(),
        room=asked.room.tolist(),
        touching=asked.ground.touching,
        site_of=assignment.tolist(),
        area=area,
        load=load,
        own=set(asked.own[asked.sites].tolist()),
        price=PRICE * max(cost, 1.0) / max(float(problem.demand.sum()), 1.0),
        spent=cost,
    )


def annealed(
    asked: Asked,
    assignment: Ints,
    rng: np.random.Generator,
    *,
    trials: int,
    until: float = math.inf,
    hot: float = HOT,
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

    Returns
    -------
    Ints
        The best plan seen: least overload, then least cost.
    """
    state = working(asked, assignment)
    around, site_of, cost = asked.ground.around, state.site_of, state.cost
    movable = [
        unit
        for unit, site in enumerate(site_of)
        if site >= 0 and unit not in state.own and around[unit]
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
            unit = movable[pick]
            near = around[unit]
            beside = near[int(chance[0] * len(near))]
            to = site_of[beside]
            if to == site_of[unit] or to < 0 or cost[unit][to] == math.inf:
                continue
            if state.load[to] + state.demand[unit] <= state.room[to] or chance[1] < SINGLE:
                moved = state.move(unit, to, limit)
            else:
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
                    or cost[other][onward] == math.inf
                ):
                    continue
                moved = state.exchange(unit, to, other, onward, limit)
            if moved and (state.spent < best_standing[2] or best_standing[1] > 0):
                over = state.overload()
                if (0.0, over, state.spent) < best_standing:
                    best_standing, best = (0.0, over, state.spent), list(site_of)
    return np.array(best, dtype=np.int64)
