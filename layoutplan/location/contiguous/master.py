"""The master problem: shares of areas that cover each unit once, and its prices."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from layoutplan.location.contiguous.pool import Pool
from layoutplan.location.contiguous.pricing import Duals
from layoutplan.location.contiguous.subset_rows import Cuts, coefficients
from layoutplan.location.problem import Floats, Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class Around:
    """Where the prices of units are held while they settle.

    Parameters
    ----------
    centre
        The price near which each is held.
    width
        How far it goes free of charge.
    pull
        How strongly it is held beyond; 0 where it is not.
    """

    centre: Floats
    width: Floats
    pull: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Shares:
    """A solved master problem.

    Parameters
    ----------
    value
        Its optimum.
    work
        The areas of the problem.
    share
        The share of each of them.
    uncovered
        Units uncovered or covered too often, summed.
    held
        Whether the price of each unit is pulled back to its centre.
    duals
        The prices.
    """

    value: float
    work: Ints
    share: Floats
    uncovered: float
    held: Floats
    duals: Duals


def shares(pool: Pool, work: Ints, cuts: Cuts, missing: Floats, around: Around) -> Shares | None:
    r"""Solve the linear set-partitioning problem over some areas.

    .. math::

        \min \sum_S c_S \lambda_S + \sum_i p_i (s_i + t_i), \qquad
        \sum_{S \ni i} \lambda_S + s_i - t_i = 1, \quad
        \sum_{S : |S \cap r| \ge 2} \lambda_S \le 1.

    A site's own unit lies in its areas only, so that the row of that unit leaves the site one
    area. Prices that swing from one solution to the next find useless areas; they are held
    in a box around the best prices so far by small extra columns that leave it at a charge (du
    Merle, Villeneuve, Desrosiers and Hansen 1999, "Stabilized column generation").

    Parameters
    ----------
    pool
        Areas.
    work
        The areas of this problem.
    cuts
        Subset-row cuts.
    missing
        Price of leaving each unit uncovered.
    around
        The box of prices.

    Returns
    -------
    Shares or None
        The solution; None where the solver found none.
    """
    units, areas = pool.n_units, len(work)
    holds = pool.holds[work]
    one = sp.eye_array(units)
    boxes = around.pull > 0
    extra = 4 * units if boxes else 2 * units
    equal = sp.hstack([holds.T, one, -one, *((one, -one) if boxes else ())], format="csc")
    cost = [pool.cost[work], missing, missing]
    upper = np.full(areas + extra, np.inf)
    if boxes:
        cost += [around.centre + around.width, around.width - around.centre]
        upper[areas + 2 * units :] = around.pull
    in_cuts = sp.hstack(
        [coefficients(holds, cuts).T, sp.csr_array((len(cuts), extra))], format="csc"
    )
    solved = linprog(
        np.concatenate(cost),
        A_ub=in_cuts if len(cuts) else None,
        b_ub=np.ones(len(cuts)) if len(cuts) else None,
        A_eq=equal,
        b_eq=np.ones(units),
        bounds=np.c_[np.zeros(areas + extra), upper],
        method="highs",
    )
    if solved.status != 0:
        return None
    rest = solved.x[areas:]
    held = rest[2 * units : 3 * units] + rest[3 * units :] if boxes else np.zeros(units)
    return Shares(
        value=float(solved.fun),
        work=work,
        share=solved.x[:areas],
        uncovered=float(rest[: 2 * units].sum()),
        held=held,
        duals=Duals(
            unit=solved.eqlin.marginals,
            cuts=cuts,
            penalty=np.maximum(-solved.ineqlin.marginals, 0) if len(cuts) else np.zeros(0),
        ),
    )


def reduced_costs(pool: Pool, duals: Duals) -> Floats:
    """Give the reduced cost of every area of the pool.

    Parameters
    ----------
    pool
        Areas.
    duals
        Prices.

    Returns
    -------
    Floats
        Reduced costs.
    """
    out = pool.cost - pool.holds @ duals.unit
    if len(duals.cuts):
        out = out + coefficients(pool.holds, duals.cuts) @ duals.penalty
    return np.asarray(out)
