"""Inequality among pupils: four numbers made of one distribution.

Every formula weighs a value by the pupils who have it. Equal values are put together
first, so that the order of rows changes nothing, not even the last digit.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

TOP: Final = 0.1
"""The share of pupils with the largest values that the Palma ratio speaks of."""

BOTTOM: Final = 0.4
"""The share of pupils with the smallest values that the Palma ratio speaks of."""


def gini(values: ArrayLike, pupils: ArrayLike) -> float:
    """Measure the Gini coefficient.

    ``G = 1 - sum(p_i (L_i + L_(i-1)))``, with ``p_i`` the share of pupils and ``L_i``
    the cumulated share of the values in ascending order, that is, twice the area
    between the Lorenz curve and the diagonal (Gini 1914; the form is that of Brown
    1994, Social Science and Medicine 38(9), 1243-1256).

    Parameters
    ----------
    values
        Numbers from 0, shape (n,).
    pupils
        Pupils who have each value, shape (n,).

    Returns
    -------
    float
        From 0 (all equal) to below 1; NaN where there are no pupils or all values are 0.

    Examples
    --------
    >>> round(gini([10, 20, 30, 40], [1, 1, 1, 1]), 3)
    0.25
    """
    people, held = _lorenz(values, pupils)
    return float(1 - np.sum(np.diff(people) * (held[1:] + held[:-1])))


def palma(values: ArrayLike, pupils: ArrayLike) -> float:
    """Measure the Palma ratio.

    What the tenth with the largest values has together, divided by what the four
    tenths with the smallest have (Palma 2011, Development and Change 42(1), 87-153;
    Cobham and Sumner 2013). A group that lies across the line is divided.

    Parameters
    ----------
    values
        Numbers from 0, shape (n,).
    pupils
        Pupils who have each value, shape (n,).

    Returns
    -------
    float
        0.25 where all are equal; NaN where there are no pupils, or the four tenths have
        nothing.

    Examples
    --------
    >>> round(palma([10, 20], [5, 5]), 3)
    0.5
    """
    people, held = _lorenz(values, pupils)
    most, least = np.interp([1 - TOP, BOTTOM], people, held)
    return float((1 - most) / least) if least > 0 else float("nan")


def theil(values: ArrayLike, pupils: ArrayLike) -> float:
    """Measure Theil's T.

    ``T = sum(p_i (x_i / m) ln(x_i / m))``, with ``m`` the mean of the pupils and
    0 for a value of 0 (Theil 1967, Economics and Information Theory, ch. 4).

    Parameters
    ----------
    values
        Numbers from 0, shape (n,).
    pupils
        Pupils who have each value, shape (n,).

    Returns
    -------
    float
        0 where all are equal; NaN where there are no pupils or all values are 0.

    Examples
    --------
    >>> round(theil([10, 20, 30, 40], [1, 1, 1, 1]), 4)
    0.1064
    """
    number, weight = _distribution(values, pupils)
    mean = _mean(number, weight)
    if not mean > 0:
        return float("nan")
    share = number / mean
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return float(np.sum(weight * share * logs) / weight.sum())


def concentration_index(values: ArrayLike, pupils: ArrayLike, *, standing: ArrayLike) -> float:
    """Measure how far values gather among the badly or the well placed.

    ``C = (2 / m) sum(f_t m_t R_t) - 1``, with ``f_t`` the share of the pupils of group
    ``t``, ``m_t`` the mean of their values and ``R_t`` the rank of the middle of the
    group, the worst placed first (Kakwani, Wagstaff and van Doorslaer 1997, Journal of
    Econometrics 77(1), 87-103, eq. 2). Pupils of equal standing are one group.

    Parameters
    ----------
    values
        Numbers from 0, shape (n,).
    pupils
        Pupils who have each value, shape (n,).
    standing
        By what they are ranked, small for the badly placed, shape (n,).

    Returns
    -------
    float
        From -1 (all with the worst placed) over 0 (evenly) to 1; NaN where there are
        no pupils or all values are 0.

    Examples
    --------
    >>> concentration_index([30, 10], [5, 5], standing=[1, 2])
    -0.25
    """
    number, weight = np.asarray(values, dtype=np.float64), np.asarray(pupils, dtype=np.float64)
    some = weight > 0
    rank, at = np.unique(np.asarray(standing, dtype=np.float64)[some], return_inverse=True)
    people = np.bincount(at, weights=weight[some], minlength=len(rank))
    held = np.bincount(at, weights=(number * weight)[some], minlength=len(rank))
    if not held.sum() > 0:
        return float("nan")
    middle = (np.cumsum(people) - people / 2) / people.sum()
    return float(2 * np.sum(held * middle) / held.sum() - 1)


def _distribution(values: ArrayLike, pupils: ArrayLike) -> tuple[Floats, Floats]:
    """Different values in ascending order, and the pupils who have each."""
    number, weight = np.asarray(values, dtype=np.float64), np.asarray(pupils, dtype=np.float64)
    some = weight > 0
    different, at = np.unique(number[some], return_inverse=True)
    people = np.bincount(at, weights=weight[some], minlength=len(different))
    return different, people.astype(np.float64)


def _mean(number: Floats, weight: Floats) -> float:
    return float(np.sum(number * weight) / weight.sum()) if len(weight) else float("nan")


def _lorenz(values: ArrayLike, pupils: ArrayLike) -> tuple[Floats, Floats]:
    """Cumulated shares of pupils and of values from (0, 0) to (1, 1); NaN where there are none."""
    number, weight = _distribution(values, pupils)
    held = np.concatenate([[0.0], np.cumsum(number * weight)])
    people = np.concatenate([[0.0], np.cumsum(weight)])
    if not held[-1] > 0:
        return np.array([0.0, 1.0]), np.array([np.nan, np.nan])
    return people / people[-1], held / held[-1]
