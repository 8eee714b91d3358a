"""The units that each site's area may hold while areas are priced, as short bit masks."""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layoutplan.location.contiguous.asked import Asked
from layoutplan.location.problem import Floats, Ints

Masks = NDArray[np.uint64]

WORD = 64
BITS: Masks = np.uint64(1) << np.arange(WORD, dtype=np.uint64)
LEAST_DEMAND = 1e-9
"""Stands for zero demand where cost per demand is asked."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Universe:
    """Per site the nearest units that connected areas reach, the site's own first.

    Parameters
    ----------
    units
        Positions of the units, -1 beyond the last, shape (sites, places).
    place
        The place of each unit in each site's row, -1 where it has none, (sites, units).
    demand, cost
        Demand of each place and its cost at the site; infinite beyond the last.
    touching
        The places that touch each place as masks, shape (sites, places, words).
    bit
        The mask of each place alone, shape (places, words).
    """

    units: Ints
    place: Ints
    demand: Floats
    cost: Floats
    touching: Masks
    bit: Masks

    @property
    def words(self) -> int:
        """How many words a mask has."""
        return self.touching.shape[2]

    def spread(self, masks: Masks) -> tuple[Ints, Ints]:
        """Give the places of some areas.

        Parameters
        ----------
        masks
            Areas, shape (areas, words).

        Returns
        -------
        tuple of Ints
            Row of the area and place, for each unit of each area.
        """
        rows, words, bits = np.nonzero(masks[:, :, None] & BITS)
        return rows, words * WORD + bits


def universe(asked: Asked, places: int) -> Universe:
    """Choose the units that areas may hold: those nearest per demand, grown from the site.

    Parameters
    ----------
    asked
        The problem with its open sites.
    places
        How many units per site, a multiple of the word's 64.

    Returns
    -------
    Universe
        The units of each open site; rows follow ``asked.sites``.
    """
    problem, around = asked.problem, asked.ground.around
    count = len(asked.sites)
    words = -(-places // WORD)
    units = np.full((count, places), -1, dtype=np.int64)
    place = np.full((count, problem.n_units), -1, dtype=np.int64)
    demand = np.full((count, places), np.inf)
    cost = np.full((count, places), np.inf)
    touching = np.zeros((count, places, words), dtype=np.uint64)
    bit = np.zeros((places, words), dtype=np.uint64)
    bit[np.arange(places), np.arange(places) // WORD] = np.tile(BITS, words)[:places]
    far = asked.cost / np.maximum(problem.demand, LEAST_DEMAND)[:, None]
    for row, site in enumerate(asked.sites.tolist()):
        order = _nearest(around, far[:, site], int(asked.own[site]), places)
        units[row, : len(order)] = order
        place[row, order] = range(len(order))
        demand[row, : len(order)] = problem.demand[order]
        cost[row, : len(order)] = asked.cost[order, site]
        for here, unit in enumerate(order):
            others = place[row, around[unit]]
            touching[row, here] = np.bitwise_or.reduce(bit[others[others >= 0]], axis=0)
    return Universe(units=units, place=place, demand=demand, cost=cost, touching=touching, bit=bit)


def _nearest(around: list[list[int]], far: Floats, own: int, most: int) -> list[int]:
    """Give units in the order in which an area without limit would take them up.

    Parameters
    ----------
    around
        Neighbours of each unit.
    far
        How far each unit is.
    own
        The first unit.
    most
        How many units at most.

    Returns
    -------
    list of int
        Units.
    """
    order: list[int] = []
    met = {own}
    heap = [(0.0, own)]
    while heap and len(order) < most:
        _, unit = heapq.heappop(heap)
        order.append(unit)
        for other in around[unit]:
            if other not in met and far[other] < np.inf:
                met.add(other)
                heapq.heappush(heap, (float(far[other]), other))
    return order
