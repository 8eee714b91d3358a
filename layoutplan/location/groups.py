"""Improvement of a plan by small binary models over groups of neighbouring sites."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.lagrangian import Priced, priced
from layoutplan.location.problem import Bools, Floats, Found, Ints, Problem
from layoutplan.location.standing import excess, found, part
from layoutplan.location.whole_model import solved_whole

_NEAR_UNITS = 20
"""Units by which the distance between two sites is measured."""

_MOST_PAIRS = 4_000
"""Most pairs of a group's model; those of least reduced cost stay."""

_GAIN = 1e-7
"""Share of a group's cost that counts as a gain."""

_REPAIR = 0.01
"""Share of a group's cost that may be spent to take away overload."""

_NODES = 3_000
"""Most nodes of a group's model, so that equal inputs end in equal plans."""


def site_distances(problem: Problem) -> Floats:
    """Measure how far sites are from each other by the cost of serving each other's units.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    numpy.ndarray
        For each pair of sites, the mean cost per demand at which each serves the units
        nearest to the other, 0 on the diagonal.
    """
    weight = np.where(problem.demand > 0, problem.demand, 1.0)
    each = problem.cost / weight[:, None]
    finite = np.isfinite(each)
    far = float(each[finite].max()) * 2 + 1 if finite.any() else 1.0
    each = np.where(finite, each, far)
    count = min(_NEAR_UNITS, problem.n_units)
    nearest = np.argsort(each, axis=0, kind="stable")[:count]
    apart = each[nearest].mean(axis=0)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart, dtype=np.float64)


@dataclass(frozen=True, eq=False, kw_only=True)
class Group:
    """Sites that are planned anew together.

    Parameters
    ----------
    open
        Open sites; their units are planned anew.
    closed
        Closed sites that may open.
    """

    open: Ints
    closed: Ints

    def key(self, plan: Found, *, keep_sites: bool) -> tuple[bool, bytes, bytes]:
        """Name the group by its sites and by who is where in it.

        Parameters
        ----------
        plan
            The plan.
        keep_sites
            Whether the open sites stay.

        Returns
        -------
        tuple
            Equal for equal groups with equal units.
        """
        inside = np.zeros(len(plan.open), dtype=bool)
        inside[self.open] = True
        where = np.where(inside[plan.assignment], plan.assignment, -1)
        return keep_sites, np.sort(self.closed).tobytes(), where.astype(np.int32).tobytes()


def improved(
    problem: Problem,
    plan: Found,
    group: Group,
    prices: Sequence[Floats],
    *,
    overload_price: float,
    clock: Clock,
    keep_sites: bool = False,
    share: float = 1.0,
    nodes: int = _NODES,
    gap: float = _GAIN,
    hard: bool = False,
) -> Found | None:
    r"""Plan the units of a group of sites anew.

    What the group can gain at most is its cost less the Lagrangian bound of its own
    problem at the prices given. A pair whose reduced cost :math:`c_{ij} - u_i` (with the
    value of its site, where the bound would not open it) is above that cannot be in a
    better plan of the group and is left out; with ``share`` below 1, so is one above that
    share of it, which a better plan could use but seldom does.

    Parameters
    ----------
    problem
        The problem.
    plan
        The plan.
    group
        The sites.
    prices
        Prices of the units, of which the best for the group are taken.
    overload_price
        Price of one unit of demand beyond a capacity.
    clock
        When to stop.
    keep_sites
        Whether the open sites stay.
    share
        Share of what the group can gain that one pair may lose.
    nodes
        Most nodes of the group's model.
    gap
        Relative gap at which its solver may stop.
    hard
        Whether a group without overload stays without.

    Returns
    -------
    Found or None
        A better plan, or None.
    """
    inside = np.zeros(problem.n_sites, dtype=bool)
    inside[group.open] = True
    units = np.flatnonzero(inside[plan.assignment])
    if not len(units):
        return None
    sites = np.sort(np.concatenate([group.open, group.closed]))
    if keep_sites or problem.every_site or (problem.n_open is not None and not len(group.closed)):
        n_open: int | None = len(sites)
    else:
        n_open = None if problem.n_open is None else len(group.open)
    small = part(problem, units, sites, n_open=n_open)
    here = np.searchsorted(sites, plan.assignment[units])
    opened = plan.open[sites]
    now = found(small, here, opened)
    bounds = [priced(small, p[units]) for p in prices]
    bound = max(bounds, key=lambda b: b.bound)
    repair = min(overload_price * now.overload, _REPAIR * abs(now.objective))
    most = share * (repair + max(now.objective - bound.bound, -share * repair))
    unit, site = _worth(small, here, bound, most)
    if len(unit) <= len(units):
        return None
    best, _ = solved_whole(
        small,
        unit,
        site,
        overload_price=np.inf if hard and now.overload == 0 else overload_price,
        clock=clock,
        gap=gap,
        nodes=nodes,
    )
    if best is None:
        return None
    gain = now.objective - best.objective + overload_price * (now.overload - best.overload)
    if gain <= _GAIN * abs(now.objective):
        return None
    assignment, open_ = plan.assignment.copy(), plan.open.copy()
    assignment[units] = sites[best.assignment]
    open_[sites] = best.open
    return found(problem, assignment, open_)


def _worth(small: Problem, here: Ints, bound: Priced, most: float) -> tuple[Ints, Ints]:
    """List the pairs that a better plan of the group could use, with those of the plan."""
    extra = np.maximum(small.cost - bound.prices[:, None], 0.0)
    if small.n_open is None and not small.every_site:
        extra = extra + np.where(bound.opening > 0, 0.0, np.maximum(bound.values, 0.0))
    extra[np.arange(small.n_units), here] = -1.0
    if (extra <= most).sum() > _MOST_PAIRS:
        most = float(np.partition(extra, _MOST_PAIRS, axis=None)[_MOST_PAIRS])
    unit, site = np.nonzero(extra <= max(most, 0.0))
    return unit, site


def potentials(
    problem: Problem, plan: Found, prices: Floats, values: Floats, *, overload_price: float
) -> Floats:
    """Give what could be gained at most at each site, at prices of the units.

    Parameters
    ----------
    problem
        The problem.
    plan
        The plan.
    prices
        Prices of the units.
    values
        Lower bound on the value of each site at these prices.
    overload_price
        Price of one unit of demand beyond a capacity.

    Returns
    -------
    numpy.ndarray
        For an open site, its cost less the prices of its units and less the least that it
        could have; minus infinity for a closed one.
    """
    own = problem.cost[np.arange(problem.n_units), plan.assignment] - prices
    taken = np.bincount(plan.assignment, weights=own, minlength=problem.n_sites)
    spent = taken + problem.fixed_cost + overload_price * excess(problem, plan.assignment)
    return np.where(plan.open, spent - np.minimum(values, 0.0), -np.inf)


def group_around(
    plan: Found, seed_site: int, apart: Floats, *, size: int, values: Floats, keep_sites: bool
) -> Group:
    """Take a site with its nearest open sites and the closed ones among them.

    Parameters
    ----------
    plan
        The plan.
    seed_site
        The open site in the middle.
    apart
        Distances between sites.
    size
        How many open sites.
    values
        Lower bound on the value of each site; the closed ones of least value come first.
    keep_sites
        Whether the open sites stay: no closed one is taken.

    Returns
    -------
    Group
        The sites.
    """
    order = np.argsort(apart[seed_site], kind="stable")
    open_ = order[plan.open[order]][:size]
    if keep_sites:
        return Group(open=open_, closed=np.zeros(0, dtype=np.int64))
    radius = apart[seed_site, open_].max()
    near: Bools = ~plan.open & (apart[seed_site] <= radius)
    closed = np.flatnonzero(near)
    closed = closed[np.argsort(values[closed], kind="stable")][: size + 2]
    return Group(open=open_, closed=closed)
