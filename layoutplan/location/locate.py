"""Locate: which sites open and which of them serves each unit, with a bound."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from layoutplan.location.clock import Clock
from layoutplan.location.exchange import exchanged
from layoutplan.location.lagrangian import proven
from layoutplan.location.located import Located, Status
from layoutplan.location.location_checks import posed
from layoutplan.location.problem import Bools, Found, Ints, Problem, Progress
from layoutplan.location.rounding import on_sites
from layoutplan.location.search import Search
from layoutplan.location.site_choice import choose_sites
from layoutplan.location.standing import excess, found
from layoutplan.location.whole_model import solved_whole

_USED = 0.95
"""Share of the time that the search uses: solvers look at the clock now and then only."""

_FREE_TIME = 0.25
"""Share of the time for the plan without connected areas, where they are asked for."""

_BOUND_TIME = 0.08
"""Share of the time for the bound where all sites are given and areas are to be connected."""

_DIRECT_PAIRS = 1_500
"""Pairs of unit and site up to which the binary model is solved as it stands."""

_NEAREST = 10
"""Sites per unit in the model that finds a plan where no other does."""

_OVERLOAD = 1e3
"""Price of a unit of demand beyond a capacity, in the greatest cost of a unit of demand, where
only a plan of least overload is left to be found."""

_ROUNDING = 1e-9
"""Share of an objective by which a bound may pass it through rounding."""


def locate(
    cost: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike | None,
    fixed_cost: ArrayLike | None = None,
    n_open: int | None = None,
    adjacency: ArrayLike | None = None,
    site_unit: ArrayLike | None = None,
    time_limit: float = 60.0,
    seed: int = 0,
    *,
    gap: float = 1e-4,
    progress: Progress | None = None,
) -> Located:
    r"""Open sites and serve each unit whole from one of them, at least cost.

    .. math::

        \min \sum_{ij} c_{ij} x_{ij} + \sum_j f_j y_j, \qquad
        \sum_j x_{ij} = 1, \quad \sum_i d_i x_{ij} \le q_j y_j, \quad
        x_{ij} \le y_j, \quad x, y \in \{0, 1\}

    With ``n_open`` also :math:`\sum_j y_j = p` (the capacitated p-median problem; without
    capacities the p-median problem of Hakimi 1964); with ``fixed_cost`` the fixed-charge
    problem with single sources; with neither, all sites are open and the problem is one of
    service areas, the generalised assignment problem. With ``adjacency``, the units of each
    open site are connected through pairs of units that touch, and the unit on which the site
    stands is among them [1]_.

    The bound comes from the split model, in which units may be shared, sharpened by exact
    knapsacks of the sites; plans from rounding and from small exact models over groups of
    sites. Connected areas are searched by column generation, annealing and small exact
    models, many given sites from a plan by shares that leaves room at each; their bound is
    that of the problem without connection.

    Parameters
    ----------
    cost
        Cost of serving the whole demand of each unit from each site, from 0, infinite where
        that is not possible; shape (units, sites).
    demand
        Demand of each unit, from 0; shape (units,).
    capacity
        The most demand that each site serves; shape (sites,). Without limit where None.
    fixed_cost
        Cost of opening each site, from 0; shape (sites,). None where there is none.
    n_open
        How many sites are open; any number where None, all where ``fixed_cost`` is None too.
        With ``adjacency`` at most one on each unit, and none that cannot serve its own unit.
    adjacency
        Positions of units that touch; shape (pairs, 2). Each pair once or twice.
    site_unit
        Position of the unit on which each site stands; shape (sites,). Needed with
        ``adjacency``. Of several sites on one unit one has an area: of given ones the roomiest.
    time_limit
        Seconds, honoured within a tenth.
    seed
        Seed of the random numbers, used for connected areas; a whole number from 0.
    gap
        Relative gap at which the search may stop.
    progress
        Called with what is done, what is known to be due, and what is being done; without
        ``adjacency`` with seconds spent and seconds in all. Each step counts anew.

    Returns
    -------
    Located
        Open sites, the site of each unit, objective, bound, gap and status. Where no plan
        within the capacities is found, the one of least overload; a unit that no site can
        serve has none and is left out of the objective.

    Raises
    ------
    OptionsError
        If numbers are missing, negative or do not fit together, with everything wrong at once.

    References
    ----------
    .. [1] T. Shirabe, "Districting modeling with exact contiguity constraints", Environment
       and Planning B 36, 2009, 1053-1066.

    Examples
    --------
    Two of three sites, for four units of one pupil each:

    >>> found = locate(
    ...     [[0, 4, 9], [1, 3, 8], [6, 2, 1], [7, 3, 0]], [1, 1, 1, 1], [2, 2, 2], n_open=2
    ... )
    >>> found.open.tolist(), found.assignment.tolist(), found.objective, found.status
    ([True, False, True], [0, 0, 2, 2], 2.0, 'proven')
    """
    clock = Clock.of(float(time_limit) * _USED if _is_time(time_limit) else 0.0)
    problem = posed(
        cost,
        demand,
        capacity,
        fixed_cost=fixed_cost,
        n_open=n_open,
        adjacency=adjacency,
        site_unit=site_unit,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
    )
    served = np.flatnonzero(np.isfinite(problem.cost).any(axis=1))
    if problem.adjacency is None:
        plan = _free(problem, served, clock, gap=gap, progress=progress)
    else:
        plan = _connected(problem, served, clock, gap=gap, seed=seed, progress=progress)
    return _located(problem, plan, clock, gap=gap)


def _is_time(value: object) -> bool:
    """Tell whether a clock can be set to it; what is wrong is said with all else."""
    return isinstance(value, int | float | np.number) and float(value) > 0


def _free(
    problem: Problem, served: Ints, clock: Clock, *, gap: float, progress: Progress | None
) -> Found:
    """Solve the problem without connected areas."""
    small = replace(
        problem,
        cost=problem.cost[served],
        demand=problem.demand[served],
        adjacency=None,
        site_unit=None,
    )
    plan = _solved(small, clock, gap=gap, progress=progress)
    assignment = np.full(problem.n_units, -1)
    assignment[served] = plan.assignment
    return replace(plan, assignment=assignment)


def _solved(problem: Problem, clock: Clock, *, gap: float, progress: Progress | None) -> Found:
    """Find a plan and a bound for units that each have a site."""
    if not problem.n_units:
        return _nobody(problem)
    unit, site = np.nonzero(np.isfinite(problem.cost))
    if len(unit) <= _DIRECT_PAIRS:
        plan, bound = solved_whole(
            problem, unit, site, overload_price=np.inf, clock=clock, gap=min(gap, 1e-6)
        )
        if plan is not None and np.isfinite(plan.objective) and not plan.overload:
            return replace(plan, bound=bound)
    search = Search(problem=problem, clock=clock, gap=gap, progress=progress)
    if problem.room.sum() >= problem.demand.sum():
        choose_sites(search)
    plan = search.best
    if plan is None or plan.overload > 0:
        least = _least_overload(problem, clock.anew(max(clock.left, clock.seconds / 10)))
        if plan is None or least.overload < plan.overload:
            plan = least
    return replace(plan, bound=search.bound)


def _nobody(problem: Problem) -> Found:
    """Give the plan for no units: the cheapest sites that have to be open."""
    opened = np.zeros(problem.n_sites, dtype=bool)
    opened[np.argsort(problem.fixed_cost, kind="stable")[: problem.n_open or 0]] = True
    if problem.every_site:
        opened[:] = True
    paid = float(problem.fixed_cost[opened].sum())
    none = np.zeros(0, dtype=np.int64)
    return Found(assignment=none, open=opened, objective=paid, overload=0.0, bound=paid)


def _least_overload(problem: Problem, clock: Clock) -> Found:
    """Find a plan of little overload where none within the capacities is known."""
    opened = _roomy(problem)
    cost = np.where(opened[None, :], problem.cost, np.inf)
    order = np.argsort(cost, axis=1, kind="stable")[:, :_NEAREST]
    near = np.zeros(cost.shape, dtype=bool)
    np.put_along_axis(near, order, values=True, axis=1)
    near &= np.isfinite(cost)
    reached = np.flatnonzero(near.any(axis=1))
    sites = np.flatnonzero(opened)
    small = Problem(
        cost=cost[np.ix_(reached, sites)],
        demand=problem.demand[reached],
        capacity=problem.capacity[sites],
        fixed_cost=problem.fixed_cost[sites],
        every_site=True,
    )
    unit, site = np.nonzero(near[np.ix_(reached, sites)])
    weight = np.where(small.demand > 0, small.demand, 1.0)
    price = _OVERLOAD * max(float((small.cost[unit, site] / weight[unit]).max(initial=0.0)), 1e-9)
    plan, _ = solved_whole(
        small,
        unit,
        site,
        overload_price=price,
        clock=clock.anew(max(clock.left / 2, 0.1)),
        gap=1e-3,
    )
    if plan is None:
        nearest = np.argmin(small.cost, axis=1)
        plan = found(small, nearest, np.ones(len(sites), dtype=bool))
    plan = exchanged(small, plan, overload_price=price, clock=clock)
    assignment = np.full(problem.n_units, -1)
    assignment[reached] = sites[plan.assignment]
    if problem.n_open is None and not problem.every_site:
        opened = np.isin(np.arange(problem.n_sites), assignment)
    return replace(plan, assignment=assignment, open=opened)


def _roomy(problem: Problem) -> Bools:
    """Choose the sites with most room, such that units have one as far as may be."""
    if problem.every_site or problem.n_open is None:
        return np.ones(problem.n_sites, dtype=bool)
    opened = np.zeros(problem.n_sites, dtype=bool)
    reach = np.isfinite(problem.cost)
    waiting = np.ones(problem.n_units, dtype=bool)
    room = np.minimum(problem.capacity, problem.demand.sum())
    for _ in range(problem.n_open):
        new = (reach & waiting[:, None]).sum(axis=0)
        order = np.lexsort((np.arange(problem.n_sites), -room, -new, opened))
        opened[order[0]] = True
        waiting &= ~reach[:, order[0]]
    return opened


def _connected(
    problem: Problem,
    served: Ints,
    clock: Clock,
    *,
    gap: float,
    seed: int,
    progress: Progress | None,
) -> Found:
    """Solve the problem with connected areas."""
    # What few problems need is imported when one of them is posed.
    from layoutplan.location.contiguous import (  # noqa: PLC0415
        contiguous_areas,
        contiguous_location,
    )

    if problem.every_site:
        small = replace(
            problem,
            cost=problem.cost[served],
            demand=problem.demand[served],
            adjacency=None,
            site_unit=None,
        )
        bound = -np.inf
        if len(served) and small.room.sum() >= small.demand.sum():
            opened = np.ones(problem.n_sites, dtype=bool)
            least = clock.at_most(clock.seconds * _BOUND_TIME)
            here = on_sites(small, opened, clock=least, target=np.inf)
            bound = -np.inf if here.bound is None else proven(here.bound)
        plan = contiguous_areas(problem, seconds=clock.left, seed=seed, progress=progress)
    else:
        share = clock.at_most(clock.seconds * _FREE_TIME)
        start = _free(problem, served, share, gap=gap, progress=progress)
        bound = start.bound
        plan = contiguous_location(problem, start, seconds=clock.left, seed=seed, progress=progress)
    # The searches for connected areas keep to the clock themselves.
    clock.cuts.any = True
    return replace(plan, bound=bound)


def _located(problem: Problem, plan: Found, clock: Clock, *, gap: float) -> Located:
    """Put the answer together."""
    given = plan.assignment >= 0
    overload = excess(replace(problem, demand=problem.demand[given]), plan.assignment[given])
    paid = problem.cost[np.flatnonzero(given), plan.assignment[given]].sum()
    objective = float(paid + problem.fixed_cost[plan.open].sum())
    over = bool(overload.sum() > 0)
    bound = plan.bound if over else min(plan.bound, objective)
    if (~given & np.isfinite(problem.cost).any(axis=1)).any():
        # A unit that has no site costs nothing here, so that no bound for all units holds.
        bound = -np.inf
    unproven = np.inf if not np.isfinite(bound) else max(objective - bound, 0.0)
    tiny = _ROUNDING * max(1.0, abs(objective))
    part = 0.0 if unproven <= tiny else unproven / max(abs(objective), _ROUNDING)
    proven = part <= max(gap, _ROUNDING)
    status: Status = "over_capacity" if over else "proven" if proven else "best_found"
    return Located(
        open=plan.open,
        assignment=plan.assignment,
        objective=objective,
        bound=float(bound),
        gap=float(part),
        status=status,
        seconds=clock.spent,
        overload=overload,
        cut_by_clock=clock.cut and status != "proven",
    )
