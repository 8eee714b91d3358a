"""Areas while they change: single moves, exchanges, changes of site, at once or not at all."""

from dataclasses import dataclass, field

import numpy as np

from layoutplan.location.contiguous.asked import Asked, standing
from layoutplan.location.contiguous.ground import mask_of, stays_connected, units_of
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
