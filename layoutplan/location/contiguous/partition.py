"""A whole plan out of the areas seen: the set-partitioning model."""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from layoutplan.location.contiguous.pool import Pool
from layoutplan.location.contiguous.subset_rows import Cuts, coefficients
from layoutplan.location.problem import Ints


def partitioned(
    pool: Pool, columns: Ints, cuts: Cuts, *, seconds: float, above: float = 0.0
) -> tuple[Ints | None, bool]:
    r"""Choose areas that hold each unit once, at least cost.

    .. math::

        \min \sum_S c_S \lambda_S, \qquad \sum_{S \ni i} \lambda_S = 1, \quad
        \lambda \in \{0, 1\}

    with the subset-row cuts found so far, which hold for every plan.

    Parameters
    ----------
    pool
        Areas.
    columns
        The areas to choose from.
    cuts
        Cuts.
    seconds
        Time for the solver.
    above
        Gap at which the solver may stop.

    Returns
    -------
    tuple
        The areas chosen, None where there are none; and whether the solver finished.
    """
    holds = pool.holds[columns]
    rules = [LinearConstraint(sp.csc_array(holds.T), 1, 1)]
    if len(cuts):
        rules.append(LinearConstraint(sp.csc_array(coefficients(holds, cuts).T), -np.inf, 1))
    solved = milp(
        pool.cost[columns],
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
        constraints=rules,
        options={"time_limit": max(seconds, 0.0), "mip_rel_gap": above},
    )
    if solved.x is None:
        return None, solved.status == 2  # noqa: PLR2004 # infeasible: nothing more to find
    return columns[solved.x > 0.5], solved.status == 0  # noqa: PLR2004 # one half


def plan_of(pool: Pool, areas: Ints, sites: Ints) -> Ints:
    """Write areas as a plan.

    Parameters
    ----------
    pool
        Areas.
    areas
        Areas that hold each unit once at most.
    sites
        The site of each row of the universe.

    Returns
    -------
    Ints
        The site of each unit, -1 for none.
    """
    assignment = np.full(pool.n_units, -1, dtype=np.int64)
    at, units = sp.coo_array(pool.holds[areas]).coords
    assignment[units] = sites[pool.row[areas[at]]]
    return assignment
