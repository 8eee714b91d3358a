"""A glance at thousands of trials at once: most of them a plan as it is refuses."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.asked import Asked
from layoutplan.location.contiguous.working import Working
from layoutplan.location.problem import Bools, Floats, Ints

BLOCKS = (1_000, 20_000)
"""Least and most trials of a glance: fewer are not worth it, and of more too many meet a plan that
is another by then."""
BLOCK_PER_UNIT = 8
"""Trials of a glance per unit."""
SINGLE = 0.4
"""Share of moves into a full area that are tried alone, without a unit leaving it."""
SAME = 0.3
"""Share of exchanges in which the unit that leaves is the neighbour itself."""
NEVER = 1e300
"""Stands for an infinite cost: of two such, the difference is a number."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Glance:
    """What the trials of a search ask of a problem, as arrays.

    Parameters
    ----------
    cost
        Cost of each unit at each site, `NEVER` out of reach.
    demand
        Demand by unit.
    room
        Room by site.
    begin, degree
        Where the neighbours of each unit begin among all, and how many it has.
    neighbour
        The neighbours of all units, one unit after the other.
    own
        Units that never change areas.
    movable
        Units that may.
    """

    cost: Floats
    demand: Floats
    room: Floats
    begin: Ints
    degree: Ints
    neighbour: Ints
    own: Bools
    movable: Ints

    @property
    def block(self) -> int:
        """Give how many trials are looked at together.

        Returns
        -------
        int
            Trials.
        """
        least, most = BLOCKS
        return min(max(BLOCK_PER_UNIT * len(self.demand), least), most)

    def promising(self, state: Working, unit: Ints, chance: Floats, limit: Floats) -> Ints:
        """Give the trials that the plan as it is would take, but for connectedness.

        Parameters
        ----------
        state
            The plan.
        unit
            The unit of each trial.
        chance
            Numbers from 0 to 1, shape (5, trials): by the first a neighbour is chosen, by the
            second whether the unit goes alone into a full area, by the last three the unit that
            leaves it, and where that goes.
        limit
            The most that the plan may become dearer by each trial.

        Returns
        -------
        Ints
            Positions of trials, rising.
        """
        site_of, load = np.array(state.site_of), np.array(state.load)
        beside = self._neighbour(unit, chance[0])
        crossing = np.flatnonzero((site_of[beside] != site_of[unit]) & (site_of[beside] >= 0))
        unit, beside = unit[crossing], beside[crossing]
        to, demand = site_of[beside], self.demand[unit]
        alone = load[to] + demand <= self.room[to]
        alone |= chance[1, crossing] < SINGLE
        over = _Over(excess=load - self.room, price=state.price)
        extra = self.cost[unit, to] - self.cost[unit, site_of[unit]]
        extra -= over.saved(site_of[unit], demand)
        ahead = alone & (extra - over.saved(to, -demand) <= limit[crossing])
        pair = np.flatnonzero(~alone)
        ahead[pair] = self._exchanged(
            site_of,
            over,
            (unit[pair], beside[pair]),
            chance[2:, crossing[pair]],
            limit[crossing[pair]],
        )
        found: Ints = crossing[ahead]
        return found

    def _neighbour(self, unit: Ints, chance: Floats) -> Ints:
        """Give a neighbour of each unit.

        Parameters
        ----------
        unit
            Units with neighbours.
        chance
            Numbers from 0 to 1.

        Returns
        -------
        Ints
            Units.
        """
        step = (chance * self.degree[unit]).astype(np.int64)
        found: Ints = self.neighbour[self.begin[unit] + step]
        return found

    def _exchanged(
        self,
        site_of: Ints,
        over: "_Over",
        pair: tuple[Ints, Ints],
        chance: Floats,
        limit: Floats,
    ) -> Bools:
        """Tell which exchanges the plan would take.

        Parameters
        ----------
        site_of
            The site of each unit.
        over
            What overload costs.
        pair
            The unit of each trial and its neighbour.
        chance
            Numbers from 0 to 1, shape (3, trials).
        limit
            The most that the plan may become dearer by each trial.

        Returns
        -------
        Bools
            Trials.
        """
        unit, beside = pair
        here, to = site_of[unit], site_of[beside]
        other = np.where(chance[0] > SAME, self._neighbour(beside, chance[1]), beside)
        onward = site_of[self._neighbour(other, chance[2])]
        comes, goes = self.demand[unit], self.demand[other]
        # In the order of `Working.exchange`, so that both round alike.
        extra = self.cost[unit, to] - self.cost[unit, here]
        extra = extra + self.cost[other, onward] - self.cost[other, to]
        back = onward == here
        parted = over.saved(here, comes) + over.saved(onward, -goes)
        saved = over.saved(to, goes - comes)
        saved += np.where(back, over.saved(here, comes - goes), parted)
        lawful: Bools = (site_of[other] == to) & ~self.own[other] & (onward != to) & (onward >= 0)
        return lawful & (extra - saved <= limit)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Over:
    """What overload costs.

    Parameters
    ----------
    excess
        Demand beyond the room of each site, negative where there is room.
    price
        Price of overload.
    """

    excess: Floats
    price: float

    def saved(self, site: Ints, leaves: Floats) -> Floats:
        """Give how much less the overload of sites costs when demand leaves them.

        Parameters
        ----------
        site
            Sites.
        leaves
            Demand that leaves each, negative where it comes.

        Returns
        -------
        Floats
            The saving.
        """
        now = self.excess[site]
        return self.price * (np.maximum(now, 0.0) - np.maximum(now - leaves, 0.0))


def glance_of(asked: Asked, state: Working) -> Glance:
    """Make arrays of what a search asks.

    Parameters
    ----------
    asked
        The problem.
    state
        The plan from which the search starts.

    Returns
    -------
    Glance
        The arrays.
    """
    around = asked.ground.around
    degree = np.array([len(near) for near in around], dtype=np.int64)
    own = np.zeros(len(around), dtype=bool)
    own[list(state.own)] = True
    return Glance(
        cost=np.where(np.isfinite(asked.cost), asked.cost, NEVER),
        demand=np.array(state.demand),
        room=np.array(state.room),
        begin=np.cumsum(degree) - degree,
        degree=degree,
        neighbour=np.array([near for each in around for near in each], dtype=np.int64),
        own=own,
        movable=np.flatnonzero((np.array(state.site_of) >= 0) & (degree > 0) & ~own),
    )
