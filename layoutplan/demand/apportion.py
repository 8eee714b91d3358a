"""Whole persons from shares: the sum is kept to the person."""

import numpy as np
from numpy.typing import NDArray

from layoutplan.errors import InternalError
from layoutplan.findings import Finding


def apportion(
    shares: NDArray[np.float64], total: int | None = None, *, order: NDArray[np.generic]
) -> NDArray[np.int64]:
    """Round shares to whole persons so that the total is kept.

    The method of the largest remainder (Hamilton): everybody gets the whole
    part of the scaled share, and the persons left go to the largest fractions.
    Ties go to the first in ``order``, so that the rows' order decides nothing.

    Parameters
    ----------
    shares
        Numbers from 0, shape (n,).
    total
        The total to keep; the rounded sum of the shares where None.
    order
        Labels by which ties are broken, shape (n,).

    Returns
    -------
    numpy.ndarray
        Whole persons, shape (n,), summing to the total.

    Raises
    ------
    InternalError
        If there is a total and no positive share to give it to.

    Examples
    --------
    >>> apportion(np.array([1.0, 1.0, 1.0]), 2, order=np.array(["b", "a", "c"]))
    array([1, 1, 0])
    """
    amount = float(shares.sum())
    wanted = round(amount) if total is None else total
    if wanted == 0:
        return np.zeros(len(shares), dtype=np.int64)
    if amount <= 0:
        raise InternalError(Finding(code="internal", values={"what": "apportion without shares"}))
    exact = shares * (wanted / amount)
    # A share that misses a whole number by rounding error alone is that number.
    whole = np.floor(exact + 1e-9)
    left = int(wanted - whole.sum())
    rank = np.lexsort((order, -np.round(exact - whole, 9)))
    result = whole.astype(np.int64)
    result[rank[:left]] += 1
    return result


def apportion_within(
    shares: NDArray[np.float64],
    groups: NDArray[np.integer],
    totals: NDArray[np.int64],
    *,
    order: NDArray[np.integer],
) -> NDArray[np.int64]:
    """Round shares to whole persons in many groups at once, each with its own total.

    The method of the largest remainder, as `apportion`, within every group.

    Parameters
    ----------
    shares
        Numbers from 0, shape (n,).
    groups
        The group of each share, a whole number from 0, shape (n,).
    totals
        The total of each group, shape (g,).
    order
        Numbers by which ties are broken within a group, the least first, shape (n,).

    Returns
    -------
    numpy.ndarray
        Whole persons, shape (n,), summing to the totals in every group.

    Raises
    ------
    InternalError
        If a group has a total and no positive share to give it to.

    Examples
    --------
    >>> apportion_within(
    ...     np.array([1.0, 1.0, 5.0]), np.array([0, 0, 1]), np.array([3, 4]), order=np.arange(3)
    ... )
    array([2, 1, 4])
    """
    amount = np.bincount(groups, weights=shares, minlength=len(totals))
    if np.any((totals > 0) & (amount <= 0)):
        raise InternalError(Finding(code="internal", values={"what": "apportion without shares"}))
    scale = np.divide(totals, amount, out=np.zeros(len(totals)), where=amount > 0)
    exact = shares * scale[groups]
    # A share that misses a whole number by rounding error alone is that number.
    whole = np.floor(exact + 1e-9)
    left = totals - np.bincount(groups, weights=whole, minlength=len(totals)).astype(np.int64)
    rank = np.lexsort((order, -np.round(exact - whole, 9), groups))
    sizes = np.bincount(groups, minlength=len(totals))
    starts = np.cumsum(sizes) - sizes
    place = np.arange(len(shares)) - np.repeat(starts, sizes)
    result: NDArray[np.int64] = whole.astype(np.int64)
    result[rank] += place < left[groups[rank]]
    return result
