"""Areas while they change: single moves and exchanges, at once or not at all."""

from dataclasses import dataclass, field

import numpy as np

from layoutplan.location.contiguous.asked import Asked, standing
from layoutplan.location.contiguous.ground import mask_of, stays_connected
from layoutplan.location.problem import Ints

PRICE = 30.0
"""Price of one unit of overload, in mean costs per demand: dearer than any detour."""


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
    _, _, cost = standing(problem, assignment)
    cost += float(problem.fixed_cost[np.unique(assignment[has])].sum())
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
