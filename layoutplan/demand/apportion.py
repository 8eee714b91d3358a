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
