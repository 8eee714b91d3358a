"""The variables of the model, in one row: which stand where, cost and bounds."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.sets import Sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Columns:
    """Where the variables stand, with cost, bounds and kind.

    Parameters
    ----------
    stay
        Pupils who stay where they go today; one per pair with pupils today.
    come
        Pupils who are newly sent; one per pair where that is allowed.
    stay_pair, come_pair
        The pair each of them belongs to.
    unserved
        Pupils without a school, one per group.
    overload
        Pupils beyond the places, one per site.
    short
        Pupils missing to the least size, one per site.
    full, small, extra
        Whether a site teaches all its bands; whether it is a teaching point with
        grades 1-3; how many classes are added. One per site.
    bare
        Whether a township is left without grades 7-9; one per township.
    cost
        Yuan a year per unit.
    low, high
        Bounds.
    whole
        1 where the variable is a whole number.
    """

    stay: slice
    come: slice
    stay_pair: Ints
    come_pair: Ints
    unserved: slice
    overload: slice
    short: slice
    full: slice
    small: slice
    extra: slice
    bare: slice
    cost: Floats
    low: Floats
    high: Floats
    whole: Ints

    @property
    def n(self) -> int:
        """How many variables there are."""
        return len(self.cost)


def _number(sites: pd.DataFrame, column: str) -> Floats:
    return sites[column].to_numpy(dtype=float)


def chosen_credit(sets: Sets) -> Floats:
    """Give the part of a pair's way that a family chose over the nearest school.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    numpy.ndarray
        Yuan a year per pupil who stays, one per pair, from 0.
    """
    pairs, price = sets.pairs, sets.prices
    nearest = pairs["nearest"].to_numpy(dtype=float)
    chosen = pairs["chosen"].to_numpy(dtype=bool)
    beyond = pairs["over"].to_numpy(dtype=float) - pairs["nearest_over"].to_numpy(dtype=float)
    way = pairs["minutes"].to_numpy(dtype=float) - np.where(chosen, nearest, 0.0)
    credit = way * price["minute"] + beyond * price["over_limit"]
    return np.where(chosen, np.maximum(credit, 0.0), 0.0)


def make_columns(sets: Sets) -> Columns:
    r"""Lay out the variables with their costs and bounds.

    The objective, yuan a year, is

    .. math::

        \sum_{ij} c_{ij} (s_{ij} + x_{ij}) - \sum_{ij} g_{ij} s_{ij}
        + p^{mov} \sum_{ij} x_{ij} + p^{psh} \sum_{ij\, beyond} x_{ij}
        + p^{uns} \sum_i u_i + p^{ovl} \sum_j (o_j + w_j)
        + \sum_j (F_j + K_j / L) y_j + \sum_j F^{tp}_j z_j
        + \sum_j (k_j / L) e_j + p^{twn} \sum_t b_t

    with :math:`c_{ij}` = minutes times the price of a minute, plus the price of
    a pupil beyond the limit where the way is longer; :math:`p^{psh}` the price of newly
    sending pupils beyond it who have a school within it today; :math:`s` pupils who stay,
    :math:`x` who come, :math:`u` unserved, :math:`o` beyond the places, :math:`w`
    missing to the least size, :math:`y` full schools, :math:`z` teaching points,
    :math:`e` added classes, :math:`b` townships left without grades 7-9;
    :math:`F` fixed running cost, :math:`K` capital of a new school, :math:`k` of
    a class, :math:`L` years of life. Pupils who have no school today pay no
    price for coming.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    Columns
        The variables.
    """
    pairs, sites, price = sets.pairs, sets.sites, sets.prices
    m, n, t = len(sites), len(sets.groups), len(sets.townships)
    today = pairs["today"].to_numpy(dtype=float)
    stay_pair = np.flatnonzero(today > 0)
    come_pair = np.flatnonzero(pairs["come"].to_numpy(dtype=bool))
    sizes = [len(stay_pair), len(come_pair), n, m, m, m, m, m, t]
    ends = np.cumsum([0, *sizes])
    slices = [slice(int(a), int(b)) for a, b in pairwise(ends)]
    way = pairs["minutes"].to_numpy() * price["minute"] + pairs["over"] * price["over_limit"]
    way = np.asarray(way, dtype=float)
    group = pairs["group"].to_numpy()
    schooled = np.bincount(group, weights=today, minlength=n) > 0
    fixed = _number(sites, "annual_yuan") + _number(sites, "capital_yuan") / sets.capital_life_years
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    free = np.full(m, np.inf)
    can, must = sites["can_open"].to_numpy(dtype=float), sites["must_open"].to_numpy(dtype=float)
    shut = sites["must_close"].to_numpy(dtype=bool)
    return Columns(
        stay=slices[0],
        come=slices[1],
        stay_pair=stay_pair,
        come_pair=come_pair,
        unserved=slices[2],
        overload=slices[3],
        short=slices[4],
        full=slices[5],
        small=slices[6],
        extra=slices[7],
        bare=slices[8],
        cost=np.concatenate(
            [
                way[stay_pair] - chosen_credit(sets)[stay_pair],
                way[come_pair]
                + price["moved"] * schooled[group[come_pair]]
                + price["pushed"] * pairs["pushed"].to_numpy(dtype=float)[come_pair],
                np.full(n, price["unserved"]),
                np.full(2 * m, price["overload"]),
                fixed,
                _number(sites, "small_annual_yuan"),
                _number(sites, "class_yuan") / sets.capital_life_years,
                np.full(t, price["township"]),
            ]
        ),
        low=np.concatenate([np.zeros(ends[5]), must, np.zeros(ends[9] - ends[6])]),
        high=np.concatenate(
            [
                today[stay_pair],
                pupils[group[come_pair]],
                pupils,
                free,
                free,
                np.where(shut, 0.0, can),
                np.where(shut, 0.0, _number(sites, "can_shrink")),
                np.where(shut, 0.0, _number(sites, "extra_max")),
                np.ones(t),
            ]
        ),
        whole=np.concatenate([np.zeros(ends[5]), np.ones(ends[9] - ends[5])]).astype(np.int64),
    )
