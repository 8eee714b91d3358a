"""Moves of single units and swaps of two, many at once, with priced overload."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.problem import Bools, Floats, Found, Ints, Problem
from layoutplan.location.standing import found, loads

_NEAREST = 8
"""Open sites that a unit may move to."""

_ROUNDS = 200
"""Most rounds at one price."""

_LADDER = (0.02, 0.1, 1.0)
"""Shares of the price of overload, one after the other: a high price at once leaves plans
within the capacities that cost much."""

_GAIN = 1e-9
"""Share of the mean cost of a unit that counts as a gain."""


def exchanged(problem: Problem, plan: Found, *, overload_price: float, clock: Clock) -> Found:
    """Move and swap units between open sites until no such step gains.

    Each round rates every move of a unit to one of its nearest open sites and every swap of
    two units between such sites, with the price of overload, and makes the best of those
    that share no site.

    Parameters
    ----------
    problem
        The problem.
    plan
        The plan.
    overload_price
        Price of one unit of demand beyond a capacity.
    clock
        When to stop.

    Returns
    -------
    Found
        A plan on the same sites that no move or swap betters.
    """
    sites = np.flatnonzero(plan.open)
    near = _near(problem, sites)
    state = _State(problem, plan.assignment.copy(), overload_price)
    least = _GAIN * max(abs(plan.objective) / problem.n_units, 1e-300)
    for share in _LADDER:
        state.price = overload_price * share
        for _ in range(_ROUNDS):
            if clock.over or not state.step(near, least):
                break
    return found(problem, state.assignment, plan.open.copy())


def _near(problem: Problem, sites: Ints) -> Bools:
    """Tell which open sites are among the nearest of each unit."""
    cost = problem.cost[:, sites]
    count = min(_NEAREST, len(sites))
    order = np.argsort(cost, axis=1, kind="stable")[:, :count]
    near = np.zeros(problem.cost.shape, dtype=bool)
    np.put_along_axis(near, sites[order], values=True, axis=1)
    return near & np.isfinite(problem.cost)


@dataclass(eq=False)
class _State:
    """An assignment under way."""

    problem: Problem
    assignment: Ints
    price: float

    def __post_init__(self) -> None:
        self.load = loads(self.problem, self.assignment)

    def _overload(self, load: Floats, site: Ints) -> Floats:
        """Price loads of sites."""
        return self.price * np.maximum(load - self.problem.capacity[site], 0.0)

    def step(self, near: Bools, least: float) -> bool:
        """Make the best steps that share no site; tell whether there were any."""
        one, two, change = self._moves(near)
        other = self._swaps(near)
        first = np.concatenate([one, other[0]])
        second = np.concatenate([np.full(len(one), -1), other[1]])
        target = np.concatenate([two, self.assignment[other[1]]])
        change = np.concatenate([change, other[2]])
        gains = np.flatnonzero(change < -least)
        gains = gains[np.argsort(change[gains], kind="stable")]
        used = np.zeros(self.problem.n_sites, dtype=bool)
        for g in gains:
            i, k, j = int(first[g]), int(second[g]), int(target[g])
            s = int(self.assignment[i])
            if used[s] or used[j]:
                continue
            used[s] = used[j] = True
            self.assignment[i] = j
            if k >= 0:
                self.assignment[k] = s
        if len(gains):
            self.load = loads(self.problem, self.assignment)
        return len(gains) > 0

    def _moves(self, near: Bools) -> tuple[Ints, Ints, Floats]:
        """Rate the moves of one unit."""
        problem, load = self.problem, self.load
        unit, site = np.nonzero(near)
        here = self.assignment[unit]
        other = site != here
        unit, site, here = unit[other], site[other], here[other]
        d = problem.demand[unit]
        change = problem.cost[unit, site] - problem.cost[unit, here]
        change += self._overload(load[site] + d, site) - self._overload(load[site], site)
        change += self._overload(load[here] - d, here) - self._overload(load[here], here)
        return unit, site, change

    def _swaps(self, near: Bools) -> tuple[Ints, Ints, Floats]:
        """Rate the swaps of two units."""
        problem, load, at = self.problem, self.load, self.assignment
        order = np.argsort(at, kind="stable")
        starts = np.searchsorted(at[order], np.arange(problem.n_sites + 1))
        unit, site = np.nonzero(near)
        other = site != at[unit]
        unit, site = unit[other], site[other]
        count = starts[site + 1] - starts[site]
        one = np.repeat(unit, count)
        within = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
        two = order[np.repeat(starts[site], count) + within]
        both = (one < two) & near[two, at[one]]
        one, two = one[both], two[both]
        s, t = at[one], at[two]
        more = problem.demand[two] - problem.demand[one]
        change = problem.cost[one, t] + problem.cost[two, s]
        change -= problem.cost[one, s] + problem.cost[two, t]
        change += self._overload(load[s] + more, s) - self._overload(load[s], s)
        change += self._overload(load[t] - more, t) - self._overload(load[t], t)
        return one, two, change
