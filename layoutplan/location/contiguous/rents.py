"""Rents: what room costs where it is short, so that areas leave some of it everywhere."""

from dataclasses import dataclass, replace

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.contiguous.asked import Asked
from layoutplan.location.contiguous.growth import repaired
from layoutplan.location.problem import Floats, Ints
from layoutplan.location.split import Split, SplitModel, nearest_pairs

NEAREST = 20
"""Sites per unit in the split model: where room is short, units go further than elsewhere."""
LEFT = 0.75
"""Share of the spare room that is left at each site."""
MOST_LEFT = 0.04
"""Most of a capacity that is left: whole units in one piece need no more."""
SOME = 1e-7
"""A share that is no rounding."""
LEAST_DEMAND = 1e-9
"""Stands for zero demand where cost per demand is asked."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rented:
    """A first plan and the problem in which it is nearly the best.

    Parameters
    ----------
    ready
        The problem with the rent of room in its costs.
    plan
        A plan whose areas are connected.
    """

    ready: Asked
    plan: Ints


def rented(ready: Asked, *, seconds: float) -> Rented | None:
    r"""Make a plan from shares that leave room at each site, and price that room.

    Where the split model with capacities :math:`m q_j` sends a share of unit *i* to site *j*,
    its prices :math:`u_i` and the rent :math:`w_j` of room fulfil

    .. math:: u_i = c_{ij} + d_i w_j.

    With the costs :math:`c_{ij} + d_i w_j` local search has no reason to fill up the sites
    where room is short: without rents it does, before the last overload is gone, and whole
    regions are then full to the last place. Cells of least :math:`c_{ij} / d_i + w_j` are
    connected where costs are distances, so that few units have to move for that.

    Parameters
    ----------
    ready
        The problem with its open sites.
    seconds
        Time to spend at most.

    Returns
    -------
    Rented or None
        The plan; None where shares do not fit or time did not suffice.
    """
    problem, sites = ready.problem, ready.sites
    units = np.flatnonzero(np.isfinite(ready.cost).any(axis=1))
    total, room = float(problem.demand[units].sum()), float(ready.room[sites].sum())
    if not total > 0 or room < total:
        return None
    margin = 1 - min(LEFT * (1 - total / room), MOST_LEFT)
    small = replace(
        problem,
        cost=ready.cost[np.ix_(units, sites)],
        demand=problem.demand[units],
        capacity=np.maximum(margin * problem.capacity, problem.demand[ready.own])[sites],
        fixed_cost=np.zeros(len(sites)),
        every_site=True,
        n_open=None,
        adjacency=None,
        site_unit=None,
    )
    model = SplitModel(small, nearest_pairs(small, NEAREST))
    shares = model.relaxed(Clock.of(seconds))
    if shares is None:
        return None
    order = np.argsort(shares.share, kind="stable")
    plan = np.full(problem.n_units, -1, dtype=np.int64)
    plan[units[model.pairs.unit[order]]] = sites[model.pairs.site[order]]
    rent = np.zeros(problem.n_sites)
    rent[sites] = _rent(model, shares)
    cost = problem.cost + problem.demand[:, None] * rent
    with_rent = replace(
        ready, problem=replace(problem, cost=cost), cost=np.where(ready.reach, cost, np.inf)
    )
    return Rented(ready=with_rent, plan=repaired(ready, plan))


def _rent(model: SplitModel, shares: Split) -> Floats:
    """Give the rent of each site's room per demand.

    Parameters
    ----------
    model
        The split model.
    shares
        Its solution.

    Returns
    -------
    Floats
        Rents, 0 where the site has room to spare.
    """
    problem, pairs = model.problem, model.pairs
    rent = np.zeros(problem.n_sites)
    if shares.prices is None:
        return rent
    used = np.flatnonzero((shares.share > SOME) & (problem.demand[pairs.unit] > LEAST_DEMAND))
    unit, site = pairs.unit[used], pairs.site[used]
    each = (shares.prices[unit] - problem.cost[unit, site]) / problem.demand[unit]
    for one in np.unique(site).tolist():
        # The same for each of its units but for rounding.
        rent[one] = max(float(np.median(each[site == one])), 0.0)
    return rent
