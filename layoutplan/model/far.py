r"""Ways that the model leaves out, so that what is proven holds for all lawful ones.

The lawful ways (`layoutplan.model.ways.ways_of_band`) are many times those of any use. The flows
of the model are the near ones. Whoever goes another way sets out in :math:`z_{ki}` and arrives in
:math:`q_{kbj}`, :math:`k` being daily or boarding, and from which village pupils arrive is
left open. A way from group :math:`i` to site :math:`j` costs :math:`c_{kij}`; with any tolls
:math:`\lambda_{kbj}` of places and beds, the two ends pay

.. math::

    a_{ki} = \min_j (c_{kij} + \lambda_{kbj}), \qquad -\lambda_{kbj},

which is at most :math:`c_{kij}` in all. A plan on any lawful ways so gives values that keep all
rows and cost no more: a bound of the model with :math:`z` and :math:`q` holds for all lawful
ways. With the prices of places and beds of the linear relaxation as tolls it is as good as that
of all ways together, as their reduced costs are what remains. Where a solution has
:math:`z = 0`, it is a plan; where not, the groups get more flows and it is solved again (column
generation; Desaulniers, Desrosiers and Solomon 2005, chapter 1).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.constraints import Model, make_model
from layoutplan.model.far_rows import band_of_group
from layoutplan.model.left_out import KINDS, LeftOut, left_out, pairs_of
from layoutplan.model.rows import at
from layoutplan.model.sets import Sets
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MORE = 8
"""Flows that a group gets when those it has are not enough."""

_SOME = 1e-6
"""Shares of a pupil below which a variable is 0."""

_CENT = 0.01
"""Yuan a year below which a reduced cost is rounding."""


NO_PAIRS: Final = pd.DataFrame({"band": [], "way": [], "village": [], "site": []}).astype(
    {"band": "str", "way": "str", "village": "int64", "site": "int64"}
)
"""No ways; see `layoutplan.model.reach.Reach.wider`."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tolls:
    """What places and beds of sites are worth, and so what arriving costs.

    Parameters
    ----------
    yuan
        Yuan a pupil and year: kinds of ways x bands x sites.
    """

    yuan: Floats


def no_tolls(sets: Sets) -> Tolls:
    """Give tolls of nothing.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    Tolls
        Zeros.
    """
    return Tolls(yuan=np.zeros((len(KINDS), len(BANDS), len(sets.sites))))


def with_far(model: Model, tolls: Tolls) -> Model:
    """Let pupils go the ways that are left out, at the least that these can cost.

    Parameters
    ----------
    model
        The model.
    tolls
        What arriving costs; any numbers are right, good ones make the bound good.

    Returns
    -------
    Model
        Its relaxation.
    """
    sets, columns = model.sets, model.columns
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    ways = left_out(sets)
    cost, high = columns.cost.copy(), columns.high.copy()
    least = _least(sets, ways, tolls).ravel()
    some = np.isfinite(least)
    cost[columns.far] = np.where(some, least, 0.0)
    high[columns.far] = np.where(some, np.tile(pupils, len(KINDS)), 0.0)
    cost[columns.pool] = -tolls.yuan.ravel()
    band = band_of_group(sets)
    here = np.zeros_like(tolls.yuan)
    for k in range(len(KINDS)):
        far = np.isfinite(ways.yuan[k])
        for b in range(len(BANDS)):
            here[k, b] = pupils[band == b] @ far[band == b]
    high[columns.pool] = here.ravel()
    return replace(model, columns=replace(columns, cost=cost, high=high))


def _least(sets: Sets, ways: LeftOut, tolls: Tolls) -> Floats:
    """Give the least price with toll of each kind and group; infinite where there is none."""
    band = band_of_group(sets)
    return np.stack(
        [
            (ways.yuan[k] + tolls.yuan[k][band]).min(axis=1, initial=np.inf)
            for k in range(len(KINDS))
        ]
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Pricing:
    """What the linear relaxation says of the ways that are left out.

    Parameters
    ----------
    tolls
        What arriving costs at its prices.
    missing
        By how much its optimum may be too high, as pupils could go left-out ways; at most 0.
    wanted
        The ways that would lower it, as `Reach.wider` asks for them.
    """

    tolls: Tolls
    missing: float
    wanted: pd.DataFrame


def priced(model: Model, reduced: Floats, *, teaching: Floats | None = None) -> Pricing:
    r"""Price the ways that are left out at the duals of the linear relaxation.

    Groups pay :math:`\pi_i` at the margin. Lowering each to :math:`a_{ki}` where that is less makes
    the duals right for all lawful ways, so that the optimum and
    :math:`\sum_i d_i \min(0, \min_k a_{ki} - \pi_i)` bound every plan (weak duality).

    Parameters
    ----------
    model
        The model without far ways, solved with shares.
    reduced
        Reduced costs of all its variables.
    teaching
        Where the sites are fixed, which of them teach each band (sites x bands, above 0): ways
        to others are none; all do where None.

    Returns
    -------
    Pricing
        What they say.
    """
    sets, columns = model.sets, model.columns
    ways = left_out(sets)
    tolls = Tolls(yuan=reduced[columns.pool].reshape(len(KINDS), len(BANDS), -1))
    if teaching is not None:
        tolls = Tolls(yuan=np.where(teaching.T > 0, tolls.yuan, np.inf))
    own = reduced[columns.far].reshape(len(KINDS), -1)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    gain = _least(sets, ways, tolls) + own
    worst = np.minimum(gain.min(axis=0, initial=0.0), 0.0)
    band, parts = band_of_group(sets), [NO_PAIRS]
    for k in range(len(KINDS)):
        rows = np.flatnonzero(gain[k] < -_CENT)
        price = ways.yuan[k][rows] + tolls.yuan[k][band[rows]] + own[k][rows, None]
        parts.append(_cheapest(sets, price, rows, k, most=-_CENT))
    return Pricing(tolls=tolls, missing=float(pupils @ worst), wanted=pd.concat(parts))


def _cheapest(
    sets: Sets, price: Floats, rows: Ints, kind: int, *, most: float = np.inf
) -> pd.DataFrame:
    """Write down the cheapest ways of some groups."""
    order = np.argsort(price, axis=1, kind="stable")[:, :_MORE]
    at_group = np.repeat(rows, order.shape[1])
    cost = np.take_along_axis(price, order, axis=1).ravel()
    kept = (cost < most) & np.isfinite(cost)
    return pairs_of(sets, group=at_group[kept], site=order.ravel()[kept], kind=kind)


def wanted(model: Model, values: Floats, tolls: Tolls) -> pd.DataFrame:
    """Name the cheapest ways left out of groups whom a solution sends far or nowhere.

    Parameters
    ----------
    model
        The model.
    values
        A solution, of the model or its relaxation.
    tolls
        What arriving costs.

    Returns
    -------
    pandas.DataFrame
        The ways, as `Reach.wider` asks for them; empty where nobody has any.
    """
    sets, columns = model.sets, model.columns
    ways, band = left_out(sets), band_of_group(sets)
    behind = values[columns.unserved] > _SOME
    far = values[columns.far].reshape(len(KINDS), -1) > _SOME
    parts = [NO_PAIRS]
    for k in range(len(KINDS)):
        rows = np.flatnonzero(behind | far[k])
        price = ways.yuan[k][rows] + tolls.yuan[k][band[rows]]
        price[price >= sets.prices["unserved"]] = np.inf
        parts.append(_cheapest(sets, price, rows, k))
    return pd.concat(parts, ignore_index=True)


def widened(model: Model, pairs: pd.DataFrame) -> Model:
    """Write down the model with more ways.

    Parameters
    ----------
    model
        The model.
    pairs
        The ways; see `Reach.wider`.

    Returns
    -------
    Model
        The model of the same groups, without the links of single pairs.
    """
    reach = model.sets.reach.wider(pairs)
    _, flows = reach.tables()
    return make_model(replace(model.sets, reach=reach, flows=flows))


def carried(old: Model, new: Model, values: Floats) -> Floats:
    """Write a plan in the variables of the model with more ways.

    Parameters
    ----------
    old, new
        The model before and after `widened`.
    values
        Values of all variables of the old one.

    Returns
    -------
    numpy.ndarray
        Values of all variables of the new one.
    """
    found = np.zeros(new.columns.n)
    key = ["group", "site", "way", "stay"]
    place = pd.MultiIndex.from_frame(new.sets.flows[key]).get_indexer(
        pd.MultiIndex.from_frame(old.sets.flows[key])
    )
    found[at(new.columns.flow)[place]] = values[old.columns.flow]
    for part in ("unserved", "far", "pool", "above", "level", "overload", "short", "oversize"):
        found[getattr(new.columns, part)] = values[getattr(old.columns, part)]
    return _with_sites(old, new, values, found)


def sites_of(old: Model, new: Model, values: Floats) -> Floats:
    """Write what sites are in a plan in the variables of another model of the same sites.

    Parameters
    ----------
    old, new
        The models, whose groups may differ.
    values
        Values of all variables of the old one.

    Returns
    -------
    numpy.ndarray
        Values of all variables of the new one; those that speak of pupils are 0.
    """
    return _with_sites(old, new, values, np.zeros(new.columns.n))


def _with_sites(old: Model, new: Model, values: Floats, found: Floats) -> Floats:
    for part in ("state", "extra", "beds", "bare"):
        found[getattr(new.columns, part)] = values[getattr(old.columns, part)]
    who = ["origin", "band", "site"]
    place = pd.MultiIndex.from_frame(new.columns.receivers[who]).get_indexer(
        pd.MultiIndex.from_frame(old.columns.receivers[who])
    )
    found[at(new.columns.receiver)[place[place >= 0]]] = values[old.columns.receiver][place >= 0]
    return found
