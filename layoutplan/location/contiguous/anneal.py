"""Local search: units change areas one by one or two at a time, colder and colder."""

import math
import time
from dataclasses import dataclass, field

import numpy as np

from layoutplan.location.contiguous.asked import Asked, Standing, standing
from layoutplan.location.contiguous.ground import mask_of, stays_connected, units_of
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
RECENTRE = 0.02
"""Share of trials in which an area changes its site, where sites are chosen."""


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
        Units on which open sites stand, which never leave them.
    fixed_cost
        Cost of opening each site.
    site_unit
        The unit on which each site stands.
    price
        Price of overload.
    spent
        Cost of all units and open sites.
    """

    cost: list[list[float]]
    demand: list[float]
    room: list[float]
    touching: list[int]
    site_of: list[int]
    area: list[int]
    load: list[float]
    own: set[int]
    fixed_cost: list[float]
    site_unit: list[int]
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

    def recentre(self, site: int, limit: float) -> bool:
        """Give the area around a closed site's unit to that site.

        Parameters
        ----------
        site
            A closed site.
        limit
            The most that the plan may become dearer.

        Returns
        -------
        bool
            Whether it was done.
        """
        here = self.site_of[self.site_unit[site]]
        if here < 0 or self.area[site]:
            return False
        units = list(units_of(self.area[here]))
        extra = self.fixed_cost[site] - self.fixed_cost[here]
        for unit in units:
            extra += self.cost[unit][site] - self.cost[unit][here]
        load = self.load[here]
        over = max(load - self.room[site], 0.0) - max(load - self.room[here], 0.0)
        if not extra + self.price * over <= limit:
            return False
        for unit in units:
            self.site_of[unit] = site
        self.area[site], self.area[here] = self.area[here], 0
        self.load[site], self.load[here] = load, 0.0
        self.own.discard(self.site_unit[here])
        self.own.add(self.site_unit[site])
        self.spent += extra
        return True


def working(asked: Asked, assignment: Ints, *, choose: bool = False) -> Working:
    """Take up a plan to change it.

    Parameters
    ----------
    asked
        The problem.
    assignment
        A plan whose areas are connected.
    choose
        Whether sites are chosen, too.

    Returns
    -------
    Working
        The plan.
    """
    problem = asked.problem
    has = np.flatnonzero(assignment >= 0)
    _, _, cost = standing(problem, assignment)
    cost += float(problem.fixed_cost[np.unique(assignment[has])].sum())
    area = [mask_of(np.flatnonzero(assignment == site)) for site in range(problem.n_sites)]
    load = np.bincount(
        assignment[has], weights=problem.demand[has], minlength=problem.n_sites
    ).tolist()
    return Working(
        cost=(problem.cost if choose else asked.cost).tolist(),
        demand=problem.demand.tolist(),
        room=asked.room.tolist(),
        touching=asked.ground.touching,
        site_of=assignment.tolist(),
        area=area,
        load=load,
        own=set(asked.own[asked.sites].tolist()),
        fixed_cost=problem.fixed_cost.tolist(),
        site_unit=asked.own.tolist(),
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
    around, site_of, cost = asked.ground.around, state.site_of, state.cost
    movable = [
        unit
        for unit, site in enumerate(site_of)
        if site >= 0 and around[unit] and (choose or unit not in state.own)
    ]
    sites = len(state.room)
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
            if choose and chance[4] < RECENTRE:
                moved = state.recentre(int(chance[0] * sites), limit)
                if moved and (state.spent < best_standing[2] or best_standing[1] > 0):
                    over = state.overload()
                    if (0.0, over, state.spent) < best_standing:
                        best_standing, best = (0.0, over, state.spent), list(site_of)
                continue
            if unit in state.own:
                continue
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
