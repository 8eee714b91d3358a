"""Constraints on the county as a whole: money, number, stability; one function per family."""

import numpy as np

from layoutplan.model.columns import Columns, flow_prices
from layoutplan.model.left_out import left_out
from layoutplan.model.rows import Entries, Floats, Ints, Rows, at, made
from layoutplan.model.sets import Sets


def _one(columns: Columns, parts: list[tuple[slice, Floats]], most: float) -> Rows:
    """Make one row of some parts of the variables; none where there is no limit."""
    if not np.isfinite(most):
        nothing = np.zeros(0, dtype=np.int64)
        return made([(nothing, nothing, np.zeros(0))], columns, np.zeros(0), np.zeros(0))
    entries: Entries = []
    for part, value in parts:
        some = np.flatnonzero(value)
        row: Ints = np.zeros(len(some), dtype=np.int64)
        entries.append((row, at(part)[some], value[some]))
    return made(entries, columns, np.array([-np.inf]), np.array([most]))


def within_budget(sets: Sets, columns: Columns) -> Rows:
    r"""Spend no more capital than there is.

    .. math:: \sum_s K_s y_s + \sum_j (k_j e_j + M b_j h_j) \le B

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row, or none.
    """
    sites = sets.sites
    bed = sites["bed_yuan"].to_numpy(dtype=float) * sites["bed_module"].to_numpy(dtype=float)
    parts = [
        (columns.state, sets.states["capital_yuan"].to_numpy(dtype=float)),
        (columns.extra, sites["class_yuan"].to_numpy(dtype=float)),
        (columns.beds, bed),
    ]
    return _one(columns, parts, sets.limits["budget_yuan"])


def within_running_cost(sets: Sets, columns: Columns) -> Rows:
    r"""Spend no more a year than there is: on schools, boarders and school buses.

    .. math:: \sum_s F_s y_s + \sum_f p^{way}_f x_f \le A

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row, or none.
    """
    price = flow_prices(sets)
    # Of pupils who go daily a far way, none need ride a school bus.
    junior = sets.groups["band"].to_numpy() == "g79"
    boarder = np.where(junior, sets.prices["boarder_junior"], sets.prices["boarder_primary"])
    parts = [
        (columns.state, sets.states["annual_yuan"].to_numpy(dtype=float)),
        (columns.flow, price["boarding"] + price["bus"]),
        (columns.far, np.concatenate([np.zeros(len(boarder)), boarder])),
    ]
    return _one(columns, parts, sets.limits["annual_yuan"])


def within_number(sets: Sets, columns: Columns) -> Rows:
    r"""Open no more sites than asked.

    .. math:: \sum_{s\, open} y_s \le N

    Schools that teach none of the bands are not counted.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row, or none.
    """
    counted = sets.states["counted"].to_numpy(dtype=float)
    return _one(columns, [(columns.state, counted)], sets.limits["schools"])


def within_moves(sets: Sets, columns: Columns) -> Rows:
    r"""Let no more pupils change school than asked.

    .. math:: \sum_{f\, come,\, schooled} x_f \le V

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row, or none.
    """
    flows = sets.flows
    schooled = sets.groups["schooled"].to_numpy(dtype=bool)
    moves = (~flows["stay"].to_numpy(dtype=bool) & schooled[flows["group"]]).astype(float)
    parts = [(columns.flow, moves), (columns.far, np.tile(schooled.astype(float), 2))]
    return _one(columns, parts, sets.limits["moved"])


def within_minutes(sets: Sets, columns: Columns) -> Rows:
    r"""Keep the ways of all pupils within so many minutes a day.

    .. math:: \sum_f \omega_f t_f x_f \le Z

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row, or none.
    """
    flows = sets.flows
    minutes = flows["minutes"].to_numpy(dtype=float) * flows["weight"].to_numpy(dtype=float)
    parts = [(columns.flow, minutes)]
    if np.isfinite(sets.limits["minutes"]):
        parts.append((columns.far, np.concatenate(left_out(sets).minutes)))
    return _one(columns, parts, sets.limits["minutes"])


def other_layouts(sets: Sets, columns: Columns) -> Rows:
    r"""Differ in so many sites from each of some layouts.

    .. math:: \sum_{j \in S} \Big(1 - \sum_{s \in j,\, open} y_s\Big)
        + \sum_{j \notin S} \sum_{s \in j,\, open} y_s \ge k

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per layout.
    """
    is_open = sets.states["open"].to_numpy(dtype=float)
    site = sets.states["site"].to_numpy(dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    entries: Entries = [(nothing, nothing, np.zeros(0))]
    low = np.zeros(len(sets.differ_from))
    for i, layout in enumerate(sets.differ_from):
        sign = np.where(layout[site], -1.0, 1.0) * is_open
        entries.append((np.full(len(site), i, dtype=np.int64), at(columns.state), sign))
        low[i] = sets.at_least - int(layout.sum())
    return made(entries, columns, low, np.full(len(low), np.inf))
