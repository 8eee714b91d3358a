"""Plans under way: what they cost, and which is better."""

import numpy as np

from layoutplan.location.problem import ROUNDING, Bools, Floats, Found, Ints, Problem


def loads(problem: Problem, assignment: Ints) -> Floats:
    """Sum the demand at each site.

    Parameters
    ----------
    problem
        The problem.
    assignment
        The site of each unit.

    Returns
    -------
    numpy.ndarray
        Demand at each site.
    """
    load = np.bincount(assignment, weights=problem.demand, minlength=problem.n_sites)
    return np.asarray(load, dtype=np.float64)


def excess(problem: Problem, assignment: Ints) -> Floats:
    """Give the demand beyond the capacity at each site.

    Parameters
    ----------
    problem
        The problem.
    assignment
        The site of each unit.

    Returns
    -------
    numpy.ndarray
        Demand beyond the capacity, 0 where there is none.
    """
    load = loads(problem, assignment)
    over = load - problem.capacity
    return np.where(over > ROUNDING * np.maximum(1.0, load), over, 0.0)


def found(problem: Problem, assignment: Ints, opened: Bools) -> Found:
    """Score a plan.

    Parameters
    ----------
    problem
        The problem.
    assignment
        The site of each unit.
    opened
        Which sites are open.

    Returns
    -------
    Found
        The plan with its cost and overload, without a bound.
    """
    cost = problem.cost[np.arange(problem.n_units), assignment].sum()
    return Found(
        assignment=assignment,
        open=opened,
        objective=float(cost + problem.fixed_cost[opened].sum()),
        overload=float(excess(problem, assignment).sum()),
    )


def better(one: Found | None, other: Found | None) -> Found | None:
    """Give the plan with less overload, then of less cost.

    Parameters
    ----------
    one
        A plan, or None.
    other
        Another, or None.

    Returns
    -------
    Found or None
        The better one, the first where they are equal.
    """
    if one is None or other is None:
        return one or other
    return other if (other.overload, other.objective) < (one.overload, one.objective) else one


def part(problem: Problem, units: Ints, sites: Ints, *, n_open: int | None) -> Problem:
    """Give the problem of some units and sites.

    Parameters
    ----------
    problem
        The problem.
    units
        The units.
    sites
        The sites.
    n_open
        How many of them are open; all where it is their number, any number where None.

    Returns
    -------
    Problem
        The smaller problem, without adjacency.
    """
    every_site = n_open == len(sites)
    return Problem(
        cost=problem.cost[np.ix_(units, sites)],
        demand=problem.demand[units],
        capacity=problem.capacity[sites],
        fixed_cost=problem.fixed_cost[sites],
        n_open=None if every_site else n_open,
        every_site=every_site,
    )
