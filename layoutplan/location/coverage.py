"""Coverage: most demand within a travel time, or fewest sites that reach everyone."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp

from layoutplan.location.clock import Clock
from layoutplan.location.problem import Bools, Floats
from layoutplan.location.set_cover import least_cover, needed_sites
from layoutplan.location.siting import (
    Siting,
    filled,
    nearest_open,
    settled,
    steady_order,
)
from layoutplan.location.siting_checks import Question, asked

_LEAST = 0.01
"""Seconds below which no solver is started."""


def coverage(
    minutes: ArrayLike,
    demand: ArrayLike,
    limit: ArrayLike,
    *,
    n_open: int | None = None,
    fixed_cost: ArrayLike | None = None,
    keep: ArrayLike | None = None,
    time_limit: float = 60.0,
) -> Siting:
    r"""Cover most demand with so many sites, or all of it with fewest sites.

    With ``n_open``, the maximal covering location problem (Church and ReVelle 1974, Papers
    of the Regional Science Association 32):

    .. math::

        \max \sum_i d_i z_i, \qquad z_i \le \sum_{j: t_{ij} \le T_i} y_j, \quad
        \sum_j y_j = p, \quad y \in \{0, 1\}, \; 0 \le z \le 1

    Without it, the location set covering problem (Toregas, Swain, ReVelle and Bergman 1971,
    Operations Research 19) over the units that have demand and that some site covers:

    .. math::

        \min \sum_j f_j y_j, \qquad \sum_{j: t_{ij} \le T_i} y_j \ge 1, \quad y \in \{0, 1\}

    Parameters
    ----------
    minutes
        Travel time from each unit to each site, infinite where there is no way; shape
        (units, sites).
    demand
        Demand of each unit, from 0, such as pupils.
    limit
        The longest travel time that counts as covered, for all or for each unit.
    n_open
        How many sites are open; as few as can be where None.
    fixed_cost
        Cost of opening each site, from 0, where their cost and not their number is to be
        least; only without ``n_open``.
    keep
        Positions of the sites that have to be open, or one truth value for each site.
    time_limit
        Seconds after which the best found is given.

    Returns
    -------
    Siting
        The open sites, with the nearest of them within the limit as assignment. The objective
        is the demand covered where ``n_open`` is given, else the number or cost of open
        sites, those kept included; units that no site covers are in ``out_of_reach``.

    Raises
    ------
    OptionsError
        If the question cannot be asked; with everything wrong at once.

    Examples
    --------
    Three villages and two sites; the last village is too far from both.

    >>> minutes = [[10, 50], [45, 20], [90, 70]]
    >>> found = coverage(minutes, [30, 40, 5], 40, n_open=1)
    >>> found.open.tolist(), found.objective, found.out_of_reach.tolist()
    ([False, True], 40.0, [2])
    >>> coverage(minutes, [30, 40, 5], 40).objective
    2.0
    """
    question = asked(
        minutes,
        demand,
        limit=limit,
        n_open=n_open,
        fixed_cost=fixed_cost,
        keep=keep,
        time_limit=time_limit,
    )
    clock = Clock.of(float(time_limit))
    covers = np.isfinite(question.minutes) & (question.minutes <= question.limit[:, None])
    wanted = question.demand > 0
    active = wanted & covers.any(axis=1)
    units, sites = steady_order(
        np.where(covers, question.minutes, np.inf), question.demand, question.fixed_cost
    )
    units = units[active[units]]
    table, kept = covers[np.ix_(units, sites)], question.keep[sites]
    opened = np.zeros(len(sites), dtype=bool)
    if n_open is None:
        opened[sites], bound = least_cover(
            table, question.fixed_cost[sites], keep=kept, clock=clock
        )
        objective = float(question.fixed_cost[opened].sum())
    else:
        opened[sites], bound = _most_covered(
            table, question.demand[units], n_open, keep=kept, clock=clock
        )
        objective = float(question.demand[covers[:, opened].any(axis=1)].sum())
    return _sited(question, covers, opened, objective=objective, bound=bound, clock=clock)


def _sited(
    question: Question,
    covers: Bools,
    opened: Bools,
    *,
    objective: float,
    bound: float,
    clock: Clock,
) -> Siting:
    """Make the answer of the open sites."""
    within = np.where(covers, question.minutes, np.inf)
    bound, status = settled(objective, bound)
    return Siting(
        open=opened,
        assignment=nearest_open(within, opened)[0],
        objective=objective,
        bound=bound,
        status=status,
        seconds=clock.spent,
        out_of_reach=np.flatnonzero((question.demand > 0) & ~covers.any(axis=1)),
    )


def _most_covered(
    covers: Bools, demand: Floats, n_open: int, *, keep: Bools, clock: Clock
) -> tuple[Bools, float]:
    """Cover most demand; give the open sites and a bound on the demand."""
    total = float(demand.sum())
    opened = _greedy(covers, demand, n_open, keep)
    best = float(demand[covers[:, opened].any(axis=1)].sum())
    if best >= total or clock.left < _LEAST:
        return opened, total
    units = np.flatnonzero(~covers[:, keep].any(axis=1))
    free = np.flatnonzero(~keep)
    free = free[needed_sites(covers[np.ix_(units, free)], np.ones(len(free)))]
    sets, group = np.unique(covers[np.ix_(units, free)], axis=0, return_inverse=True)
    weight = np.zeros(len(sets))
    np.add.at(weight, group.ravel(), demand[units])
    certain = total - float(weight.sum())
    chosen, bound = _solved(sets, weight, n_open - int(keep.sum()), clock)
    if chosen is not None:
        other = keep.copy()
        other[free[chosen]] = True
        if float(demand[covers[:, other].any(axis=1)].sum()) > best:
            opened = filled(other, n_open)
    return opened, min(total, certain + bound)


def _greedy(covers: Bools, demand: Floats, n_open: int, keep: Bools) -> Bools:
    """Open the site that covers most new demand, again and again; 1 - 1/e of the best."""
    opened = keep.copy()
    bare = np.where(covers[:, opened].any(axis=1), 0.0, demand)
    table = covers.astype(np.float64)
    for _ in range(n_open - int(keep.sum())):
        new = np.where(opened, -1.0, bare @ table)
        best = int(new.argmax())
        opened[best] = True
        bare[covers[:, best]] = 0.0
    return opened


def _solved(sets: Bools, weight: Floats, most: int, clock: Clock) -> tuple[Bools | None, float]:
    """Solve the model of what is left; give the sites, or None, and a bound."""
    n, m = sets.shape
    inner = sets.any(axis=1)
    if most == 0 or not inner.any():
        return None, 0.0
    total = float(weight[inner].sum())
    if clock.left < _LEAST:
        return None, total
    scale = float(weight[inner].mean())
    link = sp.hstack([-sp.csr_array(sets.astype(np.float64)), sp.eye_array(n)], format="csr")
    count = np.concatenate([np.ones(m), np.zeros(n)])[None, :]
    done = milp(
        np.concatenate([np.zeros(m), -weight / scale]),
        integrality=np.concatenate([np.ones(m, dtype=np.int64), np.zeros(n, dtype=np.int64)]),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(link, ub=0.0), LinearConstraint(count, ub=float(most))],
        options={"time_limit": clock.left, "mip_rel_gap": 0.0},
    )
    bound = total
    if done.mip_dual_bound is not None and np.isfinite(done.mip_dual_bound):
        bound = min(total, -float(done.mip_dual_bound) * scale)
    if done.x is None:
        return None, bound
    chosen = done.x[:m] > 1 / 2
    return (chosen if chosen.sum() <= most else None), bound
