"""Routing: who gives to whom, over the shortest ways."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import LinearConstraint, milp

from layoutplan.errors import SolverError
from layoutplan.findings import Finding

_FAR = 10.0
"""A missing way counts as so many times the longest one, so that it is used last."""


def routed(
    spare: NDArray[np.int64], need: NDArray[np.int64], ways: NDArray[np.float64]
) -> NDArray[np.int64]:
    r"""Send what schools need from schools that can spare it, over the shortest ways.

    The transport problem :math:`\min \sum_{ij} d_{ij} t_{ij}` with
    :math:`\sum_j t_{ij} \le` spare, :math:`\sum_i t_{ij} =` need, whose corners are
    whole numbers (Dantzig 1951).

    Parameters
    ----------
    spare
        What each giver can spare at most, shape (n,).
    need
        What each receiver needs, shape (m,); together no more than can be spared.
    ways
        The way from giver to receiver, shape (n, m); infinite where there is none.

    Returns
    -------
    numpy.ndarray
        What goes from whom to whom, shape (n, m).

    Raises
    ------
    SolverError
        If the solver gives no answer.

    Examples
    --------
    >>> near_and_far = np.array([[1.0, 9.0], [2.0, 1.0]])
    >>> routed(np.array([3, 3]), np.array([2, 3]), near_and_far).tolist()
    [[2, 0], [0, 3]]
    """
    givers, receivers = len(spare), len(need)
    sent = np.zeros((givers, receivers), dtype=np.int64)
    if need.sum() == 0:
        return sent
    finite = ways[np.isfinite(ways)]
    longest = float(finite.max()) if len(finite) else 0.0
    cost = np.where(np.isfinite(ways), ways, _FAR * longest + 1.0)
    # Ways of the same length are told apart by the order of the schools.
    order = np.arange(givers * receivers).reshape(givers, receivers)
    cost = cost + order * (1e-9 * max(longest, 1.0))
    giver, receiver = np.divmod(np.arange(givers * receivers), receivers)
    ones, at = np.ones(givers * receivers), np.arange(givers * receivers)
    wanted = need.astype(np.float64)
    answer = milp(
        cost.ravel(),
        constraints=[
            LinearConstraint(sparse.csr_array((ones, (giver, at))), ub=spare.astype(np.float64)),
            LinearConstraint(sparse.csr_array((ones, (receiver, at))), lb=wanted, ub=wanted),
        ],
    )
    if answer.x is None:
        raise SolverError(Finding(code="no_relaxation", values={"why": answer.message}))
    return np.asarray(np.rint(answer.x), dtype=np.int64).reshape(givers, receivers)
