"""Raising: which weak schools can be lifted to pass with what others have to spare."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from layoutplan.errors import SolverError
from layoutplan.findings import Finding

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
At = NDArray[np.intp]

_NODES = 20_000
"""Where the search for the fewest moves ends, in counted work: the same on every machine."""

_TRIFLE = 1e-6
"""By how much the weight of the schools may fall for fewer steps: rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Weak:
    """Schools that do not pass, and what would lift them.

    Parameters
    ----------
    to_standard
        Steps into each school and resource up to its standard, shape (n, k), from 0.
    to_floor
        Steps up to the floor only, shape (n, k), from 0.
    possible
        Whether the school can take ``to_standard``, shape (n, k).
    possible_floor
        Whether it can take ``to_floor``, shape (n, k).
    wanted
        How many more indicators it must reach, shape (n,).
    weakness
        From 0 to 1: among as many schools, the weaker ones come first; shape (n,).
    """

    to_standard: Counts
    to_floor: Counts
    possible: NDArray[np.bool_]
    possible_floor: NDArray[np.bool_]
    wanted: Counts
    weakness: Numbers


def raised(weak: Weak, *, spare: Counts, price: Numbers) -> tuple[Counts, NDArray[np.bool_]]:
    r"""Lift as many schools as can be lifted, with the least that must be moved.

    For school i and resource k, :math:`z_{ik}` says that it is lifted to the standard
    and :math:`y_{ik}` that it is lifted to the floor only, and :math:`p_i` that the
    school passes. Which schools are lifted is decided first, with how little second:

    .. math:: P = \max \sum_i (1 + w_i) p_i, \qquad
        \min \sum_{ik} c_k (s_{ik} z_{ik} + f_{ik} y_{ik}) : \sum_i (1 + w_i) p_i \ge P

    with :math:`\sum_k z_{ik} \ge n_i p_i`, :math:`z_{ik} + y_{ik} \ge p_i` where school
    i is below the floor of k, :math:`z_{ik} + y_{ik} \le 1`, and
    :math:`\sum_i (s_{ik} z_{ik} + f_{ik} y_{ik}) \le` what can be spared of k. The weights
    of weakness :math:`w` together are less than one school: of as many schools the weaker
    ones are lifted, whatever that moves.

    Parameters
    ----------
    weak
        The schools.
    spare
        Steps that can be spared of each resource, shape (k,).
    price
        The price of one step, shape (k,).

    Returns
    -------
    steps : numpy.ndarray
        Steps into each school and resource, shape (n, k).
    passes : numpy.ndarray
        Which schools are lifted, shape (n,).

    Raises
    ------
    SolverError
        If the solver gives no answer.
    """
    count, kinds = weak.to_standard.shape
    if count == 0 or kinds == 0:
        return np.zeros((count, kinds), dtype=np.int64), np.zeros(count, dtype=bool)
    pairs = count * kinds
    cost_z, cost_y = (
        (amount * price[None, :]).ravel() for amount in (weak.to_standard, weak.to_floor)
    )
    prize = np.concatenate([np.zeros(2 * pairs), 1 + weak.weakness / (count + 1)])
    cost = np.concatenate([cost_z, cost_y, np.zeros(count)])
    school = np.repeat(np.arange(count), kinds)
    kind = np.tile(np.arange(kinds), count)
    all_pairs = np.arange(pairs)

    def matrix(
        rows: Counts | NDArray[np.intp],
        columns: Numbers | NDArray[np.intp],
        values: Numbers | Counts,
        height: int,
    ) -> sparse.csr_array:
        return sparse.csr_array((values, (rows, columns)), shape=(height, 2 * pairs + count))

    ones = np.ones(pairs)
    reach = matrix(
        np.concatenate([school, np.arange(count)]),
        np.concatenate([all_pairs, 2 * pairs + np.arange(count)]),
        np.concatenate([ones, -weak.wanted.astype(np.float64)]),
        count,
    )
    low = np.flatnonzero((weak.to_floor > 0).ravel())
    number = np.arange(len(low))
    floor = matrix(
        np.concatenate([number, number, number]),
        np.concatenate([low, pairs + low, 2 * pairs + school[low]]),
        np.concatenate([np.ones(2 * len(low)), -np.ones(len(low))]),
        len(low),
    )
    one_of_two = matrix(
        np.concatenate([all_pairs, all_pairs]),
        np.concatenate([all_pairs, pairs + all_pairs]),
        np.ones(2 * pairs),
        pairs,
    )
    stock = matrix(
        np.concatenate([kind, kind]),
        np.concatenate([all_pairs, pairs + all_pairs]),
        np.concatenate([weak.to_standard.ravel(), weak.to_floor.ravel()]).astype(np.float64),
        kinds,
    )
    lift = weak.possible.ravel() & (weak.to_standard.ravel() > 0)
    low_lift = weak.possible_floor.ravel() & (weak.to_floor.ravel() > 0)
    upper = np.concatenate([lift, low_lift, np.ones(count)]).astype(np.float64)
    rules = [
        LinearConstraint(reach, lb=0),
        LinearConstraint(floor, lb=0),
        LinearConstraint(one_of_two, ub=1),
        LinearConstraint(stock, ub=spare.astype(np.float64)),
    ]
    first = _solved(-prize, rules, upper)
    worth = float(prize @ np.rint(first))
    kept = LinearConstraint(prize[None, :], lb=worth - _TRIFLE)
    chosen = np.rint(_solved(cost, [*rules, kept], upper)).astype(np.int64)
    z, y = chosen[:pairs].reshape(count, kinds), chosen[pairs : 2 * pairs].reshape(count, kinds)
    return weak.to_standard * z + weak.to_floor * y, chosen[2 * pairs :].astype(bool)


def _solved(objective: Numbers, rules: list[LinearConstraint], upper: Numbers) -> Numbers:
    """Solve one of the two questions."""
    answer = milp(
        objective,
        constraints=rules,
        integrality=np.ones(len(objective), dtype=np.int64),
        bounds=Bounds(0, upper),
        options={"node_limit": _NODES, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        raise SolverError(Finding(code="no_relaxation", values={"why": answer.message}))
    return np.asarray(answer.x, dtype=np.float64)
