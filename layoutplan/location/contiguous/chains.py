"""Chains: overload is handed on from area to area until one has room for it."""

import heapq
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.asked import Asked
from layoutplan.location.contiguous.ground import stays_connected, units_of
from layoutplan.location.contiguous.working import Working, working
from layoutplan.location.problem import Ints

LOOKS = 1000
"""Areas looked at for one chain."""
CHAINS = 60
"""Chains looked for in all."""
PARTS = (1.0, 0.5, 0.25, 0.1)
"""Parts of an area's overload that a chain takes away, where none takes all."""
LABELS = 100
"""Times that a chain may come by the same area."""
LEAST = 1e-9


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One step of a chain.

    Parameters
    ----------
    unit
        The unit that leaves an area.
    to
        The site of the area to which it goes.
    other
        The unit that comes back from there, -1 for none.
    """

    unit: int
    to: int
    other: int


def handed_on(ready: Asked, assignment: Ints, *, until: float = math.inf) -> Ints:
    r"""Take overload away by chains of moves and exchanges.

    An overloaded area gives a unit to a neighbour, or exchanges one for a smaller one; what is
    too much there goes on in the same way, until an area has room. With excess :math:`e` at
    site *j*, a step to site *k* moves a demand :math:`\delta \ge e` and leaves there the excess
    :math:`\max(0, L_k + \delta - q_k)`. The chain of least added cost, with excess at its
    price, is looked for first (ejection chains: Glover 1996, "Ejection chains, reference
    structures and alternating path methods for traveling salesman problems").

    Parameters
    ----------
    ready
        The problem.
    assignment
        A plan whose areas are connected.
    until
        The moment, by ``time.monotonic``, to stop.

    Returns
    -------
    Ints
        A plan with as much overload or less; its areas are connected.
    """
    state = working(ready, assignment)
    stuck: set[int] = set()
    for _ in range(CHAINS):
        if time.monotonic() >= until:
            break
        over = [
            (room - load, site)
            for site, (load, room) in enumerate(zip(state.load, state.room, strict=True))
            if load > room + LEAST and site not in stuck
        ]
        if not over:
            break
        # The least overload first: it goes away most easily and is what is left over mostly.
        site = max(over)[1]
        excess = state.load[site] - state.room[site]
        if not any(_relieved(state, ready.ground.around, site, excess * part) for part in PARTS):
            stuck.add(site)
    return np.array(state.site_of, dtype=np.int64)


def _relieved(state: Working, around: list[list[int]], first: int, excess: float) -> bool:
    """Find a chain from an overloaded area and make its steps.

    Parameters
    ----------
    state
        The areas.
    around
        Neighbours of each unit.
    first
        The site of the area.
    excess
        Demand that has to leave it.

    Returns
    -------
    bool
        Whether it was done.
    """
    heap: list[tuple[float, int, int, float, float, tuple[Step, ...]]]
    heap = [(0.0, 0, first, excess, 0.0, ())]
    labels: dict[int, int] = {}
    count = 0
    for _ in range(LOOKS):
        if not heap:
            break
        _, _, site, excess, spent, path = heapq.heappop(heap)
        if excess <= LEAST:
            if _made(state, path):
                return True
            continue
        labels[site] = labels.get(site, 0) + 1
        if labels[site] > LABELS:
            continue
        passed = {first, *(step.to for step in path)}
        for step, added, left in _steps(state, around, site, excess):
            if step.to not in passed:
                count += 1
                cost = spent + added
                entry = (cost + state.price * left, count, step.to, left, cost, (*path, step))
                heapq.heappush(heap, entry)
    return False


def _steps(  # noqa: C901 # moves and exchanges over the same rim
    state: Working, around: list[list[int]], site: int, excess: float
) -> Iterator[tuple[Step, float, float]]:
    """Give the steps that take an excess from an area.

    Parameters
    ----------
    state
        The areas.
    around
        Neighbours of each unit.
    site
        The site of the area.
    excess
        Demand that has to leave.

    Yields
    ------
    tuple
        The step, its cost, and the excess of the area to which it leads.
    """
    site_of, cost, demand = state.site_of, state.cost, state.demand
    rim: dict[int, set[int]] = {}
    for unit in units_of(state.area[site]):
        for beside in around[unit]:
            to = site_of[beside]
            if to not in {site, -1}:
                rim.setdefault(to, set()).add(beside)
                if unit not in state.own:
                    rim.setdefault(~to, set()).add(unit)
    for to in sorted(key for key in rim if key >= 0):
        room = state.room[to] - state.load[to]
        back = [
            (other, cost[other][site] - cost[other][to])
            for other in sorted(rim[to] - state.own)
            if cost[other][site] < math.inf
        ]
        for unit in sorted(rim.get(~to, ())):
            extra = cost[unit][to] - cost[unit][site]
            if extra == math.inf:
                continue
            moves = demand[unit]
            if moves >= excess and stays_connected(state.touching, state.area[site], unit):
                yield Step(unit, to, -1), extra, max(moves - room, 0.0)
            for other, returns in back:
                less = moves - demand[other]
                if less >= excess:
                    yield Step(unit, to, other), extra + returns, max(less - room, 0.0)


def _made(state: Working, path: tuple[Step, ...]) -> bool:
    """Make the steps of a chain, the last first; none where one would break an area.

    Parameters
    ----------
    state
        The areas.
    path
        The steps.

    Returns
    -------
    bool
        Whether they were made.
    """
    before = (state.site_of.copy(), state.area.copy(), state.load.copy(), state.spent)
    over = state.overload()
    for step in reversed(path):
        here = state.site_of[step.unit]
        if step.other < 0:
            near = state.touching[step.unit] & state.area[step.to]
            done = near != 0 and state.move(step.unit, step.to, math.inf)
        else:
            done = state.exchange(step.unit, step.to, step.other, here, math.inf)
        if not done:
            break
    else:
        if state.overload() < over - LEAST:
            return True
    state.site_of[:], state.area[:], state.load[:] = before[0], before[1], before[2]
    state.spent = before[3]
    return False
