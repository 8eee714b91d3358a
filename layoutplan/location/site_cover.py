"""Which sites open at least value when together they must hold all demand."""

import numpy as np

from layoutplan.location.problem import Floats

_HALVINGS = 40
"""Halvings of the range in which the price of capacity lies."""


def cheapest_cover(
    values: Floats, capacity: Floats, demand: float, *, n_open: int | None, every_site: bool
) -> tuple[float, Floats]:
    r"""Choose the sites of least value that can hold all demand, one of them in part.

    .. math::

        \min \sum_j v_j y_j, \qquad \sum_j q_j y_j \ge D, \quad \sum_j y_j = p
        \text{ where given}, \quad 0 \le y \le 1

    Where the sites of least value cannot hold the demand, capacity gets the price
    :math:`\lambda` that maximises :math:`\lambda D + \min_y \sum_j (v_j - \lambda q_j) y_j`,
    which is a bound for every :math:`\lambda \ge 0`.

    Parameters
    ----------
    values
        The value of each site where it is open.
    capacity
        Capacity of each site.
    demand
        Demand in all.
    n_open
        How many sites are open; None for any number.
    every_site
        Whether all are.

    Returns
    -------
    tuple
        A value that no choice falls below, and how far each site is open in it. Where no
        choice can hold the demand, the value of the choice of largest capacity.
    """
    if every_site:
        return float(values.sum()), np.ones(len(values))
    low = _least(values, n_open)
    room = np.minimum(capacity, demand)
    if room[low].sum() >= demand:
        return float(values[low].sum()), low.astype(np.float64)
    high = _roomiest(values, room, n_open)
    if room[high].sum() <= demand:
        return float(values[high].sum()), high.astype(np.float64)
    below, above = 0.0, _most_price(values, room)
    for _ in range(_HALVINGS):
        price = (below + above) / 2
        chosen = _least(values - price * room, n_open)
        if room[chosen].sum() >= demand:
            above, high = price, chosen
        else:
            below, low = price, chosen
    few, many = room[low].sum(), room[high].sum()
    share = (demand - few) / (many - few)
    bound = below * demand + float((values - below * room)[low].sum())
    return bound, share * high + (1 - share) * low


def _least(values: Floats, n_open: int | None) -> np.ndarray:
    """Tell the sites of least value."""
    if n_open is None:
        return values < 0
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.argsort(values, kind="stable")[:n_open]] = True
    return chosen


def _roomiest(values: Floats, room: Floats, n_open: int | None) -> np.ndarray:
    """Tell the sites of most room, the cheaper ones of those as large."""
    if n_open is None:
        return (room > 0) | (values < 0)
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.lexsort((values, -room))[:n_open]] = True
    return chosen


def _most_price(values: Floats, room: Floats) -> float:
    """Give a price of capacity at which the choice is that of largest capacity."""
    differ = np.diff(np.unique(room[room > 0]))
    step = min(float(differ.min()) if len(differ) else np.inf, float(room[room > 0].min()))
    return 2.0 * float(np.ptp(values) + np.abs(values).max()) / step + 1.0
