"""Set covering: the sites of least cost that together cover every unit."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from layoutplan.location.clock import Clock
from layoutplan.location.problem import Bools, Floats, Ints
from layoutplan.location.set_cover_search import searched_cover

_PAIRWISE = 3_000
"""Most units or sites that are compared each with each; that table is kept in memory."""

_ROUNDING = 1e-6
"""By how much a bound on whole numbers may lie above one through rounding."""

_LEAST = 0.01
"""Seconds below which no solver is started."""

_INFEASIBLE = 2
"""What scipy calls a model without a solution."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rest:
    """What is left to cover once kept sites are open and the dispensable is out.

    Parameters
    ----------
    covers
        Whether each site that is left covers each unit that is left.
    cost
        Cost of those sites.
    sites
        Their positions.
    kept
        Sites that are open from the start.
    """

    covers: Bools
    cost: Floats
    sites: Ints
    kept: Bools

    def opened(self, chosen: Bools) -> Bools:
        """Give the open sites of the whole table.

        Parameters
        ----------
        chosen
            Which of the sites that are left are open.

        Returns
        -------
        numpy.ndarray
            Which sites are open.
        """
        opened = self.kept.copy()
        opened[self.sites[chosen]] = True
        return opened


def rest(covers: Bools, cost: Floats, keep: Bools) -> Rest:
    """Leave out what kept sites cover, and dominated units and sites.

    A unit is dispensable where every site that covers some other unit covers it too; a site
    where another one covers all that it covers and costs no more (Toregas and ReVelle 1973,
    Geographical Analysis 5). What is left has the same least cost.

    Parameters
    ----------
    covers
        Whether each site covers each unit; every unit needs one.
    cost
        Cost of each site.
    keep
        Which sites are open anyway.

    Returns
    -------
    Rest
        What is left.
    """
    units = np.flatnonzero(~covers[:, keep].any(axis=1))
    sites = np.flatnonzero(~keep)
    while True:
        before = (len(units), len(sites))
        units = units[_distinct(covers[np.ix_(units, sites)])]
        units = units[_needed_units(covers[np.ix_(units, sites)])]
        sites = sites[needed_sites(covers[np.ix_(units, sites)], cost[sites])]
        if (len(units), len(sites)) == before:
            break
    return Rest(covers=covers[np.ix_(units, sites)], cost=cost[sites], sites=sites, kept=keep)


def _distinct(covers: Bools) -> Ints:
    """Give the first of the units that the same sites cover."""
    _, first = np.unique(np.packbits(covers, axis=1), axis=0, return_index=True)
    return np.sort(first)


def _needed_units(covers: Bools) -> Bools:
    """Tell the units that are not covered whenever some other unit is."""
    n = len(covers)
    if n > _PAIRWISE:
        return np.ones(n, dtype=bool)
    table = covers.astype(np.float32)
    within = table @ table.T == table.sum(axis=1)
    np.fill_diagonal(within, val=False)
    needed: Bools = ~within.any(axis=1)
    return needed


def needed_sites(covers: Bools, cost: Floats) -> Bools:
    """Tell the sites whose units no other site covers for the same money.

    Parameters
    ----------
    covers
        Whether each site covers each unit.
    cost
        Cost of each site.

    Returns
    -------
    numpy.ndarray
        Whether each site is needed; of equal ones the first is.
    """
    m = covers.shape[1]
    size = covers.sum(axis=0)
    useful: Bools = size > 0
    if m > _PAIRWISE:
        return useful
    table = covers.astype(np.float32)
    within = table.T @ table == size[:, None]
    cheaper = cost[None, :] < cost[:, None]
    level = cost[None, :] == cost[:, None]
    larger = size[None, :] > size[:, None]
    first = np.arange(m)[None, :] < np.arange(m)[:, None]
    beaten = within & (cheaper | (level & (larger | first)))
    needed: Bools = useful & ~beaten.any(axis=1)
    return needed


def greedy_cover(covers: Bools, cost: Floats) -> Bools:
    """Open the site that costs least for each unit newly covered, until all are.

    Chvatal (1979), Mathematics of Operations Research 4. Sites that later ones made
    dispensable are closed again.

    Parameters
    ----------
    covers
        Whether each site covers each unit; every unit needs one.
    cost
        Cost of each site.

    Returns
    -------
    numpy.ndarray
        Which sites are open.
    """
    table = covers.astype(np.float64)
    chosen = np.zeros(covers.shape[1], dtype=bool)
    bare = np.ones(len(covers))
    while bare.any():
        new = bare @ table
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(new > 0, cost / new, np.inf)
        best = int(np.lexsort([-new, ratio])[0])
        chosen[best] = True
        bare[covers[:, best]] = 0.0
    return without_spare(covers, cost, chosen, keep=np.zeros_like(chosen))


def without_spare(covers: Bools, cost: Floats, opened: Bools, *, keep: Bools) -> Bools:
    """Close the sites without which every unit is covered as well, dear ones first.

    Parameters
    ----------
    covers
        Whether each site covers each unit.
    cost
        Cost of each site.
    opened
        Which sites are open.
    keep
        Which have to be.

    Returns
    -------
    numpy.ndarray
        Which sites are open.
    """
    left = opened.copy()
    times = covers[:, opened].sum(axis=1)
    sites = np.flatnonzero(opened & ~keep)
    for site in sites[np.argsort(-cost[sites], kind="stable")]:
        fewer = times - covers[:, site]
        if (fewer[covers[:, site]] > 0).all():
            times, left[site] = fewer, False
    return left


def cover_bound(covers: Bools, cost: Floats, *, clock: Clock) -> float:
    r"""Bound the cost of covering every unit from below by linear programming.

    .. math::

        \max \sum_i u_i, \qquad \sum_i a_{ij} u_i \le c_j, \quad u \ge 0

    The prices of the solver are scaled down until they keep every row exactly, so that the
    bound does not hang on the solver's tolerance.

    Parameters
    ----------
    covers
        Whether each site covers each unit.
    cost
        Cost of each site, above 0.
    clock
        The time there is.

    Returns
    -------
    float
        No cover costs less; where time is out, the cost of the unit that is dearest to
        cover by itself.
    """
    alone = float(np.where(covers, cost, np.inf).min(axis=1).max())
    if clock.left < _LEAST:
        return alone
    done = linprog(
        cost,
        A_ub=-covers.astype(np.float64),
        b_ub=-np.ones(len(covers)),
        method="highs",
        options={"time_limit": clock.left},
    )
    if done.status != 0:
        return alone
    prices = np.maximum(0.0, -np.asarray(done.ineqlin.marginals))
    passed = float(((prices @ covers) / cost).max())
    return max(alone, float(prices.sum()) / max(1.0, passed))


def least_cover(covers: Bools, cost: Floats, *, keep: Bools, clock: Clock) -> tuple[Bools, float]:
    r"""Cover every unit at least cost.

    .. math::

        \min \sum_j c_j y_j, \qquad \sum_j a_{ij} y_j \ge 1, \quad y \in \{0, 1\}

    Parameters
    ----------
    covers
        Whether each site covers each unit; every unit needs one.
    cost
        Cost of each site, from 0.
    keep
        Which sites have to be open.
    clock
        The time there is.

    Returns
    -------
    tuple
        Which sites are open, and a cost below which no cover is.
    """
    # sites that cost nothing open at once; those without use close again at the end
    left = rest(covers, cost, keep | (cost == 0))
    spent = float(cost[keep].sum())
    chosen, bound = _least_rest(left, clock)
    whole = not (cost % 1).any()
    least = spent + (np.ceil(bound - _ROUNDING) if whole else bound)
    return without_spare(covers, cost, left.opened(chosen), keep=keep), float(least)


def _least_rest(left: Rest, clock: Clock) -> tuple[Bools, float]:
    """Cover what is left at least cost; give the sites and a bound."""
    if not len(left.covers):
        return np.zeros(len(left.sites), dtype=bool), 0.0
    chosen = greedy_cover(left.covers, left.cost)
    bound = cover_bound(left.covers, left.cost, clock=clock)
    whole = not (left.cost % 1).any()
    reached = np.ceil(bound - _ROUNDING) if whole else bound
    if left.cost[chosen].sum() <= reached or clock.left < _LEAST:
        return chosen, bound
    scale = float(left.cost.mean())
    done = milp(
        left.cost / scale,
        integrality=np.ones(len(left.cost), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(sp.csr_array(left.covers.astype(np.float64)), lb=1.0),
        options={"time_limit": clock.left, "mip_rel_gap": 0.0},
    )
    if done.mip_dual_bound is not None and np.isfinite(done.mip_dual_bound):
        bound = max(bound, float(done.mip_dual_bound) * scale)
    if done.x is not None:
        better = done.x > 1 / 2
        if left.covers[:, better].any(axis=1).all() and (
            left.cost[better].sum() < left.cost[chosen].sum()
        ):
            chosen = better
    return chosen, min(bound, float(left.cost[chosen].sum()))


def cover_with(
    covers: Bools, n_open: int, *, keep: Bools, clock: Clock, exact: bool
) -> tuple[Bools | None, bool]:
    """Look for a cover of so many sites, or a proof that there is none.

    Parameters
    ----------
    covers
        Whether each site covers each unit.
    n_open
        How many sites may be open.
    keep
        Which sites have to be open.
    clock
        The time there is.
    exact
        Whether to branch, rather than trust linear programming and a search by swaps.

    Returns
    -------
    tuple
        The open sites, or None; and whether it is proven that there are none.
    """
    if not covers.any(axis=1).all():
        return None, True
    left = rest(covers, np.ones(covers.shape[1]), keep)
    most = n_open - int(keep.sum())
    if not len(left.covers):
        return keep.copy(), False
    chosen = greedy_cover(left.covers, left.cost)
    if chosen.sum() <= most:
        return left.opened(chosen), False
    if not exact:
        if cover_bound(left.covers, left.cost, clock=clock) > most + _ROUNDING:
            return None, True
        by_swaps = searched_cover(left.covers, most, clock=clock)
        return (None if by_swaps is None else left.opened(by_swaps)), False
    return _search(left, most, clock)


def _search(left: Rest, most: int, clock: Clock) -> tuple[Bools | None, bool]:
    """Decide by branching whether so many sites cover what is left."""
    if clock.left < _LEAST:
        return None, False
    m = len(left.sites)
    done = milp(
        np.zeros(m),
        integrality=np.ones(m, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(sp.csr_array(left.covers.astype(np.float64)), lb=1.0),
            LinearConstraint(np.ones((1, m)), ub=float(most)),
        ],
        options={"time_limit": clock.left},
    )
    if done.status == _INFEASIBLE:
        return None, True
    if done.x is None:
        return None, False
    chosen = done.x > 1 / 2
    if chosen.sum() > most or not left.covers[:, chosen].any(axis=1).all():
        return None, False
    return left.opened(chosen), False
