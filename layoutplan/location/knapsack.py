"""The 0-1 knapsack, solved exactly: what one site would take on at given prices of units."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.problem import Bools, Floats, Ints

_STATES = 200_000
"""Most states of the dynamic programme; beyond them the fractional value stands as a bound."""

_EQUAL = 1e-9
"""Share of the fractional value below which two values count as equal."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Filled:
    """A knapsack as it was filled.

    Parameters
    ----------
    value
        No choice of items is worth more.
    taken
        Whether each item is in it.
    exact
        Whether the items taken are worth ``value``.
    """

    value: float
    taken: Bools
    exact: bool


def filled(profit: Floats, weight: Floats, room: float) -> Filled:
    r"""Fill a knapsack so that no other choice of items is worth more.

    .. math::

        \max \sum_i p_i x_i, \qquad \sum_i w_i x_i \le q, \quad x \in \{0, 1\}

    Items in falling order of profit per weight give the fractional value of Dantzig [1]_
    and a greedy choice. An item whose reduced profit is above the difference of the two
    stands as in the fractional choice [2]_; the few others go through a dynamic programme
    over states of weight and profit without dominated states and without those whose
    fractional completion is not worth more than the greedy choice. Weights need not be
    whole numbers.

    Parameters
    ----------
    profit
        What each item is worth.
    weight
        What each item weighs, from 0.
    room
        The most weight; may be infinite.

    Returns
    -------
    Filled
        The value and the items taken.

    References
    ----------
    .. [1] G. B. Dantzig, "Discrete-variable extremum problems", Operations Research 5,
       1957, 266-288.
    .. [2] S. Martello, P. Toth, "Knapsack Problems: Algorithms and Computer
       Implementations", Wiley, 1990, chapter 2.

    Examples
    --------
    >>> found = filled(np.array([6.0, 5.0, 5.0]), np.array([4.0, 3.0, 3.0]), 6.0)
    >>> found.value, found.taken.tolist()
    (10.0, [False, True, True])
    """
    taken = np.zeros(len(profit), dtype=bool)
    worth = np.flatnonzero((profit > 0) & (weight <= room))
    if not len(worth) or weight[worth].sum() <= room:
        taken[worth] = True
        return Filled(value=float(profit[worth].sum()), taken=taken, exact=True)
    with np.errstate(divide="ignore"):
        rate = profit[worth] / weight[worth]
    order = worth[np.argsort(-rate, kind="stable")]
    value, chosen, exact = _filled_sorted(profit[order], weight[order], room)
    taken[order[chosen]] = True
    return Filled(value=value, taken=taken, exact=exact)


def _filled_sorted(profit: Floats, weight: Floats, room: float) -> tuple[float, Ints, bool]:
    """Fill from items sorted by falling profit per weight that do not all fit."""
    upto = np.cumsum(weight)
    stop = int(np.searchsorted(upto, room, side="right"))
    rate = profit[stop] / weight[stop]
    base = profit[:stop].sum()
    left = room - (upto[stop - 1] if stop else 0.0)
    most = base + left * rate
    greedy, least = _greedy(profit, weight, stop, left, base)
    spare = most - least
    if spare <= _EQUAL * most:
        return float(most), greedy, False if spare > 0 else True
    reduced = profit - weight * rate
    core = np.flatnonzero(np.abs(reduced) < spare)
    fixed = np.flatnonzero(reduced >= spare)
    found = _by_states(
        profit[core],
        weight[core],
        room - weight[fixed].sum(),
        least - profit[fixed].sum(),
    )
    if found is None:
        return float(most), greedy, False
    gain, chosen = found
    if chosen is None:
        return float(least), greedy, True
    return float(profit[fixed].sum() + gain), np.concatenate([fixed, core[chosen]]), True


def _greedy(
    profit: Floats, weight: Floats, stop: int, left: float, base: float
) -> tuple[Ints, float]:
    """Take what fits in order, and give the items and their worth."""
    more = []
    for i in range(stop + 1, len(profit)):
        if weight[i] <= left:
            more.append(i)
            left -= weight[i]
            base += profit[i]
    return np.array([*range(stop), *more], dtype=np.int64), base


def _by_states(
    profit: Floats, weight: Floats, room: float, least: float
) -> tuple[float, Ints | None] | None:
    """Go through the items with states of weight and profit.

    Gives the best value above ``least`` with its items, ``least`` and None where there is
    none, or None where there would be too many states.
    """
    n = len(profit)
    ahead_weight = np.concatenate([[0.0], np.cumsum(weight)])
    ahead_profit = np.concatenate([[0.0], np.cumsum(profit)])
    load, gain = np.zeros(1), np.zeros(1)
    before: list[tuple[Ints, Bools]] = []
    margin = least + _EQUAL * abs(least)
    for i in range(n):
        fits = np.flatnonzero(load + weight[i] <= room)
        both_load = np.concatenate([load, load[fits] + weight[i]])
        both_gain = np.concatenate([gain, gain[fits] + profit[i]])
        source = np.concatenate([np.arange(len(load)), fits])
        order = np.lexsort((-both_gain, both_load))
        sorted_gain = both_gain[order]
        best = np.maximum.accumulate(sorted_gain)
        keep = np.ones(len(order), dtype=bool)
        keep[1:] = sorted_gain[1:] > best[:-1]
        order = order[keep]
        rest = np.interp(
            room - both_load[order],
            ahead_weight[i + 1 :] - ahead_weight[i + 1],
            ahead_profit[i + 1 :] - ahead_profit[i + 1],
        )
        order = order[both_gain[order] + rest > margin]
        if not len(order):
            return least, None
        if len(order) > _STATES:
            return None
        before.append((source[order], order >= len(load)))
        load, gain = both_load[order], both_gain[order]
    at = int(np.argmax(gain))
    value = float(gain[at])
    chosen = []
    for i in range(n - 1, -1, -1):
        source, took = before[i]
        if took[at]:
            chosen.append(i)
        at = int(source[at])
    return value, np.array(chosen[::-1], dtype=np.int64)
