"""The bound that comes from pricing units and letting each site fill a knapsack."""

from dataclasses import dataclass, replace

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.knapsack import Items, filled, fractional, items_of
from layoutplan.location.problem import Floats, Ints, Problem
from layoutplan.location.site_cover import cheapest_cover

_MOMENTUM = 0.8
"""Share of the last direction that is kept: subgradients alone swing to and fro."""

_STEP = 0.4
"""First step, as a share of Polyak's."""

_SHRINK = 0.7
"""What the step becomes where nothing was gained."""

_PATIENCE = 10
"""Steps without gain after which the step shrinks and the search returns to its best."""

_LEAST_STEP = 1e-3
"""Step at which the ascent has come to rest."""

_ROUNDING = 1e-9
"""Share of a bound that rounding may have added to it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Priced:
    """What the sites would do at given prices of the units.

    Parameters
    ----------
    bound
        No plan costs less.
    prices
        The price of each unit.
    values
        For each site, a lower bound on its cost less the prices of the units it would take.
    opening
        How far the bound opens each site.
    times
        How often those take each unit.
    """

    bound: float
    prices: Floats
    values: Floats
    opening: Floats
    times: Floats


def priced(problem: Problem, prices: Floats) -> Priced:
    r"""Give the Lagrangian bound at given prices of the units.

    With the rows :math:`\sum_j x_{ij} = 1` priced at :math:`u_i`, the sites part:

    .. math::

        L(u) = \sum_i u_i + \min_{y \in Y} \sum_j v_j(u) y_j, \qquad
        v_j(u) = f_j - \max \Big\{ \sum_i (u_i - c_{ij}) x_i :
        \sum_i d_i x_i \le q_j, x \in \{0, 1\} \Big\}

    where :math:`Y` holds the choices of sites with capacity for all demand, one of them perhaps
    in part, and with
    ``n_open`` sites where that is given. :math:`L(u)` is a lower bound for every
    :math:`u`, at its best as good as the linear relaxation in which each site's own
    knapsack is described exactly [1]_. The fractional knapsack decides first: only a site
    that would open is solved exactly.

    Parameters
    ----------
    problem
        The problem; adjacency is left aside, which keeps the bound valid.
    prices
        The price of each unit.

    Returns
    -------
    Priced
        The bound with what the sites do.

    References
    ----------
    .. [1] A. M. Geoffrion, "Lagrangean relaxation for integer programming", Mathematical
       Programming Study 2, 1974, 82-114.
    """
    items, unit = _wanted(problem, prices)
    values = problem.fixed_cost - fractional(items)
    total = float(problem.demand.sum())
    taken = np.zeros(len(unit), dtype=bool)
    exact = np.zeros(problem.n_sites, dtype=bool)
    while True:
        least, opening = cheapest_cover(
            values, problem.room, total, n_open=problem.n_open, every_site=problem.every_site
        )
        rough = (opening > 0) & ~exact
        if not rough.any():
            break
        mine = np.flatnonzero(rough[items.sack])
        some = filled(
            replace(
                items, sack=items.sack[mine], profit=items.profit[mine], weight=items.weight[mine]
            )
        )
        values[rough] = problem.fixed_cost[rough] - some.value[rough]
        taken[mine] = some.taken
        exact |= rough
    use = taken & (opening[items.sack] > 0)
    often = np.bincount(unit[use], weights=opening[items.sack[use]], minlength=problem.n_units)
    times = np.asarray(often, dtype=np.float64)
    bound = float(prices.sum()) + least
    return Priced(bound=bound, prices=prices, values=values, opening=opening, times=times)


def _wanted(problem: Problem, prices: Floats) -> tuple[Items, Ints]:
    """Give the pairs that gain at these prices, as items of the sites' knapsacks."""
    gain = prices[:, None] - problem.cost
    unit, site = np.nonzero(gain > 0)
    items, order = items_of(site, gain[unit, site], problem.demand[unit], problem.room)
    return items, unit[order]


def raised(problem: Problem, start: Priced, *, target: float, clock: Clock, steps: int) -> Priced:
    r"""Raise the bound by moving the prices along subgradients.

    A unit that no open site takes gets dearer, one that several take gets cheaper: the
    step along :math:`g_i = 1 - \sum_j x_{ij}` is
    :math:`\theta (T - L(u)) / \lVert g \rVert^2` with the value :math:`T` to be reached
    [1]_; the direction keeps a share of the last one.

    Parameters
    ----------
    problem
        The problem.
    start
        Where to start.
    target
        A value that the bound may reach.
    clock
        When to stop.
    steps
        Most steps.

    Returns
    -------
    Priced
        The best bound found, at least that of ``start``.

    References
    ----------
    .. [1] M. Held, P. Wolfe, H. P. Crowder, "Validation of subgradient optimization",
       Mathematical Programming 6, 1974, 62-88.
    """
    best, here = start, start
    step, idle = _STEP, 0
    direction = np.zeros(problem.n_units)
    for _ in range(steps):
        away = 1.0 - here.times
        length = float(away @ away)
        if length == 0 or step < _LEAST_STEP or clock.over:
            break
        direction = away + _MOMENTUM * direction
        aim = max(target, here.bound + abs(here.bound) * _LEAST_STEP)
        move = step * (aim - here.bound) / float(direction @ direction)
        here = priced(problem, here.prices + move * direction)
        if here.bound > best.bound:
            best, idle = here, 0
        else:
            idle += 1
        if idle >= _PATIENCE:
            here, step, idle = best, step * _SHRINK, 0
            direction[:] = 0.0
    return best


def proven(found: Priced) -> float:
    """Give the bound less what rounding may have added to it.

    Parameters
    ----------
    found
        A bound.

    Returns
    -------
    float
        A bound that holds.
    """
    return found.bound - _ROUNDING * max(1.0, abs(found.bound), float(np.abs(found.prices).sum()))
