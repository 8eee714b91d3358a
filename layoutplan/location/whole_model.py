"""The binary model: every unit whole to one site, over chosen pairs, with priced overload."""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from layoutplan.location.clock import Clock
from layoutplan.location.problem import Bools, Found, Ints, Problem
from layoutplan.location.standing import found

_TIGHT = 6_000
"""Most pairs for which every link x <= y is written; beyond, capacities alone link them."""


def solved_whole(
    problem: Problem,
    unit: Ints,
    site: Ints,
    *,
    overload_price: float,
    clock: Clock,
    gap: float,
    nodes: int | None = None,
) -> tuple[Found | None, float]:
    r"""Solve the binary model over chosen pairs.

    .. math::

        \min \sum c_{ij} x_{ij} + \sum_j f_j y_j + P \sum_j o_j, \quad
        \sum_j x_{ij} = 1, \quad \sum_i d_i x_{ij} \le q_j y_j + o_j, \quad
        x_{ij} \le y_j, \quad x, y \in \{0, 1\}, \; o \ge 0

    Parameters
    ----------
    problem
        The problem.
    unit
        Unit of each pair; each unit of the problem needs one.
    site
        Site of each pair.
    overload_price
        Price of one unit of demand beyond a capacity; infinite where none may be.
    clock
        When the solver has to stop.
    gap
        Relative gap at which it may stop.
    nodes
        Most nodes; without a limit where None.

    Returns
    -------
    tuple
        The plan found, or None, and a bound on the model over these pairs; the bound is
        infinite where the model has no plan at all.
    """
    n, m, pairs = problem.n_units, problem.n_sites, len(unit)
    elastic = np.isfinite(overload_price)
    columns = pairs + m + (m if elastic else 0)
    sites = np.arange(m)
    total = max(float(problem.demand.sum()), 1e-300)
    room = np.maximum(np.minimum(problem.capacity, total), 1e-300)
    price = np.full(m, overload_price) * room if elastic else np.zeros(0)
    cost = np.concatenate([problem.cost[unit, site], problem.fixed_cost, price])
    once = sp.csr_array((np.ones(pairs), (unit, np.arange(pairs))), shape=(n, columns))
    weight = [problem.demand[unit] / room[site], -np.ones(m)]
    row, column = [site, sites], [np.arange(pairs), pairs + sites]
    if elastic:
        weight.append(-np.ones(m))
        row.append(sites)
        column.append(pairs + m + sites)
    capacity = sp.csr_array(
        (np.concatenate(weight), (np.concatenate(row), np.concatenate(column))),
        shape=(m, columns),
    )
    rows = [
        LinearConstraint(once, lb=1.0, ub=1.0),
        LinearConstraint(capacity, ub=0.0),
    ]
    lower, upper = np.zeros(columns), np.ones(columns)
    upper[pairs + m :] = np.inf
    if problem.every_site:
        lower[pairs : pairs + m] = 1.0
    else:
        if pairs <= _TIGHT:
            rows.append(LinearConstraint(_links(site, columns), ub=0.0))
        if problem.n_open is not None:
            count = np.zeros((1, columns))
            count[0, pairs : pairs + m] = 1.0
            rows.append(LinearConstraint(count, lb=problem.n_open, ub=problem.n_open))
    integrality = np.ones(columns)
    integrality[pairs + m :] = 0
    scale = max(float(np.abs(cost[: pairs + m]).mean()), 1e-300)
    options: dict[str, float | int] = {"time_limit": clock.left, "mip_rel_gap": gap}
    if nodes is not None:
        options["node_limit"] = nodes
    done = milp(
        cost / scale,
        integrality=integrality.astype(np.int64),
        bounds=Bounds(lower, upper),
        constraints=rows,
        options=options,  # type: ignore[arg-type] # the stubs ask for a closed dictionary
    )
    clock.out(0.0)  # noted where the clock ended it
    bound = -np.inf if done.mip_dual_bound is None else float(done.mip_dual_bound) * scale
    if done.x is None:
        return None, np.inf if done.status == 2 else bound  # noqa: PLR2004
    return _plan(problem, unit, site, done.x), bound


def _links(site: Ints, columns: int) -> sp.csr_array:
    """Give the rows x <= y."""
    pairs = len(site)
    rows = np.arange(pairs)
    return sp.csr_array(
        (
            np.concatenate([np.ones(pairs), -np.ones(pairs)]),
            (np.concatenate([rows, rows]), np.concatenate([rows, pairs + site])),
        ),
        shape=(pairs, columns),
    )


def _plan(problem: Problem, unit: Ints, site: Ints, x: np.ndarray) -> Found:
    """Read the plan: each unit goes where most of it goes."""
    order = np.argsort(x[: len(unit)], kind="stable")
    assignment = np.zeros(problem.n_units, dtype=np.int64)
    assignment[unit[order]] = site[order]
    opened: Bools = x[len(unit) : len(unit) + problem.n_sites] > 1 / 2
    opened[assignment] = True
    return found(problem, assignment, opened)
