"""Whole persons within groups: every group's total is kept to the person."""

import numpy as np
from numpy.typing import NDArray


def whole_by_group(
    weights: NDArray[np.float64],
    group: NDArray[np.int64],
    totals: NDArray[np.int64],
    *,
    order: NDArray[np.generic],
) -> NDArray[np.int64]:
    r"""Share whole persons out among the members of each group.

    .. math:: n_i = \lfloor q_i \rfloor + [i \text{ is among the } r_g \text{ largest}],
        \quad q_i = T_g w_i / \sum_{j \in g} w_j

    with :math:`r_g = T_g - \sum_{i \in g} \lfloor q_i \rfloor` persons left for the largest
    remainders (Hamilton's method). A group without weight gets nothing.

    Parameters
    ----------
    weights
        Numbers from 0, shape (n,).
    group
        The group of each, from 0, shape (n,).
    totals
        Whole persons of each group.
    order
        Labels by which ties are broken, shape (n,).

    Returns
    -------
    numpy.ndarray
        Whole persons, shape (n,).

    Examples
    --------
    >>> part, of = np.array([1.0, 1.0, 1.0, 5.0]), np.array([0, 0, 0, 1])
    >>> whole_by_group(part, of, np.array([2, 7]), order=np.array(["b", "a", "c", "d"]))
    array([1, 1, 0, 7])
    """
    sums = np.bincount(group, weights=weights, minlength=len(totals))
    share = np.divide(weights, sums[group], out=np.zeros_like(weights), where=sums[group] > 0)
    exact = share * totals[group]
    # A share that misses a whole number by rounding error alone is that number.
    floor = np.floor(exact + 1e-9)
    whole = floor.astype(np.int64)
    given = np.bincount(group, weights=floor, minlength=len(totals)).astype(np.int64)
    left = np.where(sums > 0, totals - given, 0)
    ranked = np.lexsort((order, -np.round(exact - floor, 9), group))
    starts = np.searchsorted(group[ranked], np.arange(len(totals)))
    place = np.arange(len(ranked)) - starts[group[ranked]]
    whole[ranked[place < left[group[ranked]]]] += 1
    return np.asarray(whole, dtype=np.int64)
