"""The variables of the model, in one row: which stand where, cost and bounds."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.sets import Sets
from layoutplan.model.ways import WAYS
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Columns:
    """Where the variables stand, with cost, bounds and kind.

    Parameters
    ----------
    flow
        Pupils of each flow.
    unserved
        Pupils without a school, one per group.
    far
        Pupils on lawful ways that the flows leave out, one per kind of way and group; 0 in
        every plan. Only `layoutplan.model.far.with_far` lets them be more.
    pool
        Pupils who arrive on such ways, one per kind, band and site.
    above
        Minutes by which a group's mean way is beyond the level, one per group where equity
        has a price.
    level
        The level itself: one variable, or none.
    overload
        Pupils beyond the places, one per site.
    short
        Pupils missing to the least size, one per site.
    oversize
        Pupils beyond the greatest size, one per site.
    state
        Whether a site is in a state, one per state.
    extra, beds
        How many classes and how many modules of beds are added, one per site.
    bare
        Whether a township is left without grades 7-9; one per township.
    receiver
        Whether a site takes all who leave a school of a band, one per row of receivers.
    receivers
        Origin, band and site of each receiver, where pupils go together.
    cost
        Yuan a year per unit.
    low, high
        Bounds.
    whole
        1 where the variable is a whole number.
    unit
        Pupils of the group for flows, unserved and far, 1 for all others: a flow of whole
        groups is none or that many.
    """

    flow: slice
    unserved: slice
    far: slice
    pool: slice
    above: slice
    level: slice
    overload: slice
    short: slice
    oversize: slice
    state: slice
    extra: slice
    beds: slice
    bare: slice
    receiver: slice
    receivers: pd.DataFrame
    cost: Floats
    low: Floats
    high: Floats
    whole: Ints
    unit: Floats

    @property
    def n(self) -> int:
        """How many variables there are."""
        return len(self.cost)


def flow_prices(sets: Sets) -> dict[str, Floats]:
    r"""Give what a pupil of each flow costs a year, term by term.

    .. math::

        c_f = p^{min} \omega_f t_f + p^{lim} [t_f > T] + p^{way}_f - g_f
        + p^{mov} [come, schooled] + p^{psh} [pushed] + p^{gat} [farther]

    with :math:`t` the minutes one way, :math:`\omega` journeys a week as a share of
    those of daily travel, :math:`p^{way}` the yearly cost of a boarder or of a pupil in
    a school bus, and :math:`g = \max(0, p^{min} \omega_f (t_f - \tau) + p^{lim} ([t_f > T]
    - [\tau > T]))` for families who chose a school farther than the nearest one, at
    :math:`\tau` minutes, while their pupils stay; of boarders without the price of the
    limit. Pushed are pupils newly sent beyond the limit who have
    a school within it today; farther, who have none and are newly sent beyond it and farther
    than today. Pupils who have no school today pay no price for coming.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    dict
        Yuan a year, by term: minutes, over_limit, chosen (at most 0), boarding, bus,
        moved, pushed, gate_travel.
    """
    flows, price = sets.flows, sets.prices
    way, band = flows["way"].to_numpy(), flows["band"].to_numpy()
    travel = flows["minutes"].to_numpy() * flows["weight"].to_numpy() * price["minute"]
    over = flows["over"].to_numpy(dtype=float) * price["over_limit"]
    # Who chose a school pays as if going the same way to the nearest one.
    near = flows["nearest"].to_numpy() * flows["weight"].to_numpy() * price["minute"]
    daily = way != WAYS.index("board")
    near = near + (daily & flows["nearest_over"].to_numpy(dtype=bool)) * price["over_limit"]
    chosen = flows["chosen"].to_numpy(dtype=bool)
    credit = np.maximum(travel + over - np.where(chosen, near, 0.0), 0.0)
    schooled = sets.groups["schooled"].to_numpy(dtype=bool)[flows["group"].to_numpy()]
    boarder = np.where(band == "g79", price["boarder_junior"], price["boarder_primary"])
    return {
        "minutes": travel,
        "over_limit": over,
        "chosen": -np.where(chosen, credit, 0.0),
        "boarding": np.where(way == WAYS.index("board"), boarder, 0.0),
        "bus": np.where(way == WAYS.index("bus"), price["bus_rider"], 0.0),
        "moved": (~flows["stay"].to_numpy(dtype=bool) & schooled) * price["moved"],
        "pushed": flows["pushed"].to_numpy(dtype=float) * price["pushed"],
        "gate_travel": flows["gate"].to_numpy(dtype=float) * price["gate_travel"],
    }


def equity_minutes(sets: Sets) -> Floats:
    """Give the minutes of each flow that count for equity.

    Boarders' minutes are weighed by their journeys; whoever stays at a chosen school counts
    with the way to the nearest one, if that is shorter.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    numpy.ndarray
        Minutes, one per flow.
    """
    flows = sets.flows
    minutes = flows["minutes"].to_numpy() * flows["weight"].to_numpy()
    chosen = flows["chosen"].to_numpy(dtype=bool)
    near = flows["nearest"].to_numpy() * flows["weight"].to_numpy()
    return np.asarray(np.minimum(minutes, np.where(chosen, near, minutes)), dtype=float)


def make_columns(sets: Sets) -> Columns:
    r"""Lay out the variables with their costs and bounds.

    The objective, yuan a year, is

    .. math::

        \sum_f c_f x_f + p^{uns} \sum_i u_i
        + p^{ovl} \sum_j (o_j + w_j) + p^{siz} \sum_j v_j
        + \sum_s (F_s + K_s / L) y_s + \sum_j (k_j e_j + M b_j h_j) / L
        + p^{twn} \sum_t n_t
        + p^{eq} \Big(\eta + \frac{1}{\alpha D} \sum_i d_i a_i\Big)

    with :math:`c` the price of a flow (`flow_prices`), :math:`x` pupils, :math:`u`
    unserved, :math:`o` beyond the places, :math:`w` missing to the least size,
    :math:`v` beyond the greatest,
    :math:`y_s` whether a site is in state :math:`s`, :math:`e` added classes, :math:`h`
    added modules of :math:`M` beds, :math:`n` townships left without grades 7-9;
    :math:`F` fixed running cost, :math:`K` capital of a state, :math:`k` of a class,
    :math:`b` of a bed, :math:`L` years of life. The last term is the mean way of the
    worst-off share :math:`\alpha` of all :math:`D` pupils, with :math:`\eta` the level
    and :math:`a_i` the minutes of group :math:`i` beyond it (Rockafellar and Uryasev
    2000, theorem 1).

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    Columns
        The variables.
    """
    sites, states, price = sets.sites, sets.states, sets.prices
    m, n, t = len(sites), len(sets.groups), len(sets.townships)
    f, s, life = len(sets.flows), len(states), sets.capital_life_years
    receivers = _receivers(sets)
    priced = sets.equity > 0
    sizes = [
        f, n, 2 * n, 2 * len(BANDS) * m, n if priced else 0, int(priced),
        m, m, m, s, m, m, t, len(receivers),
    ]  # fmt: skip
    ends = [int(e) for e in np.cumsum([0, *sizes])]
    parts = [slice(a, b) for a, b in pairwise(ends)]
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    at = sets.flows["group"].to_numpy(dtype=np.int64)
    fixed = states["annual_yuan"].to_numpy() + states["capital_yuan"].to_numpy() / life
    module = sites["bed_module"].to_numpy(dtype=float) * sites["bed_yuan"].to_numpy(dtype=float)
    worst = max(sets.worst_share * pupils.sum(), 1.0)
    cost = [
        np.sum(list(flow_prices(sets).values()), axis=0),
        np.full(n, price["unserved"]),
        np.zeros(sizes[2] + sizes[3]),
        sets.equity * pupils[: sizes[4]] / worst,
        np.full(sizes[5], sets.equity),
        np.full(2 * m, price["overload"]),
        np.full(m, price["size"]),
        fixed,
        sites["class_yuan"].to_numpy(dtype=float) / life,
        module / life,
        np.full(t, price["township"]),
        np.zeros(len(receivers)),
    ]
    free = np.full(3 * m, np.inf)
    extra, beds = (_most_added(states, m, c) for c in ("extra_max", "beds_max"))
    high = [
        sets.flows["most"].to_numpy(dtype=float), pupils, np.zeros(sizes[2] + sizes[3]),
        np.full(sizes[4] + sizes[5], np.inf), free,
        states["free"].to_numpy(dtype=float), extra, beds, np.ones(t), np.ones(len(receivers)),
    ]  # fmt: skip
    low = np.zeros(ends[-1])
    low[parts[10]] = np.minimum(sites["extra_least"].to_numpy(dtype=float), extra)
    low[parts[11]] = np.minimum(sites["beds_least"].to_numpy(dtype=float), beds)
    whole = np.zeros(ends[-1], dtype=np.int64)
    whole[ends[9] :] = 1
    names = (
        "flow", "unserved", "far", "pool", "above", "level", "overload", "short", "oversize",
        "state", "extra", "beds", "bare", "receiver",
    )  # fmt: skip
    return Columns(
        **dict(zip(names, parts, strict=True)),
        receivers=receivers,
        cost=np.concatenate(cost),
        low=low,
        high=np.concatenate(high),
        whole=whole,
        unit=np.concatenate([pupils[at], pupils, pupils, pupils, np.ones(ends[-1] - ends[3])]),
    )


def _most_added(states: pd.DataFrame, m: int, column: str) -> Floats:
    found = np.zeros(m)
    rows = states[states["free"]]
    np.maximum.at(found, rows["site"].to_numpy(dtype=np.int64), rows[column].to_numpy(dtype=float))
    return found


def _receivers(sets: Sets) -> pd.DataFrame:
    """List who could take all pupils that leave a school of a band."""
    flows = sets.flows
    origin = sets.groups["origin"].to_numpy(dtype=np.int64)[flows["group"].to_numpy()]
    come = sets.together & ~flows["stay"].to_numpy(dtype=bool) & (origin >= 0)
    table = pd.DataFrame(
        {"origin": origin[come], "band": flows["band"][come], "site": flows["site"][come]}
    )
    return table.drop_duplicates().sort_values(["origin", "band", "site"], ignore_index=True)
