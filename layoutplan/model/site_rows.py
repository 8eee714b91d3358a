"""Constraints on sites: states, places, classes, beds and sizes; one function per family."""

import numpy as np
import pandas as pd

from layoutplan.model.columns import Columns
from layoutplan.model.growth import most_growth
from layoutplan.model.rows import Entries, Floats, Ints, Rows, at, made, of_states, who_could_come
from layoutplan.model.sets import Sets
from layoutplan.model.ways import WAYS
from layoutplan.tables import BANDS


def _site(sets: Sets) -> Ints:
    return sets.flows["site"].to_numpy(dtype=np.int64)


def _state(sets: Sets, column: str) -> Floats:
    return sets.states[column].to_numpy(dtype=float)


def _pooled(sets: Sets, columns: Columns, *, boarders: bool = False) -> tuple[Ints, Ints]:
    """Give site and column of those who arrive on far ways; see `layoutplan.model.far`."""
    column = at(columns.pool).reshape(2, -1)
    site = np.tile(_each(sets), len(BANDS))
    if boarders:
        return site, column[1]
    return np.tile(site, 2), column.ravel()


def _each(sets: Sets) -> Ints:
    return np.arange(len(sets.sites), dtype=np.int64)


def one_state(sets: Sets, columns: Columns) -> Rows:
    r"""Put each site into exactly one state.

    .. math:: \sum_{s \in j} y_s = 1

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    m = len(sets.sites)
    entries: Entries = [of_states(sets, columns, np.ones(len(sets.states)))]
    return made(entries, columns, np.ones(m), np.ones(m))


def within_places(sets: Sets, columns: Columns) -> Rows:
    r"""Keep pupils within the places, or count them as overload.

    .. math:: \sum_{f \in j} x_f \le \sum_{s \in j} P_s y_s + l_j e_j + o_j

    with :math:`l_j` the places of a class (GB 50099-2011, 3.0.1).

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    m, each = len(sets.sites), _each(sets)
    there, pool = _pooled(sets, columns)
    entries: Entries = [
        (_site(sets), at(columns.flow), np.ones(len(sets.flows))),
        (there, pool, np.ones(len(pool))),
        of_states(sets, columns, -_state(sets, "places")),
        (each, at(columns.extra), -sets.sites["class_places"].to_numpy(dtype=float)),
        (each, at(columns.overload), -np.ones(m)),
    ]
    return made(entries, columns, np.full(m, -np.inf), np.zeros(m))


def within_places_of_bands(sets: Sets, columns: Columns) -> Rows:
    r"""Keep the pupils of a band within its most places, where those are fewer than all.

    .. math:: \sum_{f \in (j, b)} x_f \le \sum_{s \in j} P_{sb} y_s + l_j e_j + o_j

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site and band for which some state has fewer places than in all.
    """
    entries: Entries = []
    m, each, k = len(sets.sites), _each(sets), 0
    band = sets.flows["band"].to_numpy()
    pool = at(columns.pool).reshape(2, len(BANDS), m)
    for number, name in enumerate(BANDS):
        teaches = sets.states[f"teaches_{name}"].to_numpy(dtype=bool)
        fewer = teaches & (_state(sets, f"places_{name}") < _state(sets, "places"))
        row = np.full(m, -1, dtype=np.int64)
        sites = np.unique(sets.states["site"].to_numpy(dtype=np.int64)[fewer])
        row[sites] = k + np.arange(len(sites))
        k += len(sites)
        of_band = np.flatnonzero((band == name) & (row[_site(sets)] >= 0))
        state = np.flatnonzero(row[sets.states["site"].to_numpy(dtype=np.int64)] >= 0)
        at_state = row[sets.states["site"].to_numpy(dtype=np.int64)[state]]
        entries += [
            (row[_site(sets)[of_band]], at(columns.flow)[of_band], np.ones(len(of_band))),
            *((row[sites], arrive[sites], np.ones(len(sites))) for arrive in pool[:, number]),
            (at_state, at(columns.state)[state], -_state(sets, f"places_{name}")[state]),
            (
                row[sites],
                at(columns.extra)[sites],
                -sets.sites["class_places"].to_numpy(dtype=float)[sites],
            ),
            (row[sites], at(columns.overload)[sites], -np.ones(len(sites))),
        ]
    del each
    return made(entries, columns, np.full(k, -np.inf), np.zeros(k))


def overload_where_open(sets: Sets, columns: Columns) -> Rows:
    r"""Let only open sites be over their places.

    .. math:: o_j \le g D_j \sum_{s \in j,\, open} y_s

    with :math:`g` the most that any group grows in the years that places are to hold in.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    m = len(sets.sites)
    most = who_could_come(sets, _site(sets), m) * most_growth(sets)
    per_state = most[sets.states["site"].to_numpy(dtype=np.int64)]
    there, pool = _pooled(sets, columns)
    entries: Entries = [
        (_each(sets), at(columns.overload), np.ones(m)),
        (there, pool, -np.ones(len(pool))),
        of_states(sets, columns, -per_state * _state(sets, "open")),
    ]
    return made(entries, columns, np.full(m, -np.inf), np.zeros(m))


def classes_where_open(sets: Sets, columns: Columns) -> Rows:
    r"""Add classes only in states that can have them, up to what the site has room for.

    .. math:: e_j \le \sum_{s \in j} E_s y_s

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    m = len(sets.sites)
    entries: Entries = [
        (_each(sets), at(columns.extra), np.ones(m)),
        of_states(sets, columns, -_state(sets, "extra_max")),
    ]
    return made(entries, columns, np.full(m, -np.inf), np.zeros(m))


def beds_where_open(sets: Sets, columns: Columns) -> Rows:
    r"""Add beds only in states that can have them, up to what the site has room for.

    .. math:: h_j \le \sum_{s \in j} H_s y_s

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    m = len(sets.sites)
    entries: Entries = [
        (_each(sets), at(columns.beds), np.ones(m)),
        of_states(sets, columns, -_state(sets, "beds_max")),
    ]
    return made(entries, columns, np.full(m, -np.inf), np.zeros(m))


def a_bed_each(sets: Sets, columns: Columns) -> Rows:
    r"""Give every boarder a bed.

    .. math:: \sum_{f \in j,\, board} x_f \le \sum_{s \in j} S_s y_s + M h_j

    with :math:`S` the beds that there are and :math:`M` those of a module. Whoever has none
    goes another way, so that nobody is priced for a missing bed.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    m = len(sets.sites)
    board = np.flatnonzero(sets.flows["way"].to_numpy() == WAYS.index("board"))
    there, pool = _pooled(sets, columns, boarders=True)
    entries: Entries = [
        (_site(sets)[board], at(columns.flow)[board], np.ones(len(board))),
        (there, pool, np.ones(len(pool))),
        of_states(sets, columns, -_state(sets, "beds")),
        (_each(sets), at(columns.beds), -sets.sites["bed_module"].to_numpy(dtype=float)),
    ]
    return made(entries, columns, np.full(m, -np.inf), np.zeros(m))


def least_size(sets: Sets, columns: Columns) -> Rows:
    r"""Give every school its least number of pupils, or count what is missing.

    .. math:: \sum_{f \in j} x_f + w_j \ge \sum_{s \in j} m_s y_s

    Teaching points are exempt: their :math:`m` is 0.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    m = len(sets.sites)
    there, pool = _pooled(sets, columns)
    entries: Entries = [
        (_site(sets), at(columns.flow), np.ones(len(sets.flows))),
        (there, pool, np.ones(len(pool))),
        (_each(sets), at(columns.short), np.ones(m)),
        of_states(sets, columns, -_state(sets, "least")),
    ]
    return made(entries, columns, np.zeros(m), np.full(m, np.inf))


def greatest_size(sets: Sets, columns: Columns) -> Rows:
    r"""Keep schools below the greatest size, or count who is beyond it.

    .. math:: \sum_{f \in j} x_f \le \sum_{s \in j} G_s y_s + v_j

    (教督〔2017〕6号: 2,000 pupils, nine-year schools 2,500.)

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site that could have more.
    """
    m = len(sets.sites)
    states = sets.states
    least = pd.Series(np.inf, index=range(m))
    lowest = states[states["open"]].groupby("site")["most"].min()
    least.loc[lowest.index] = lowest
    over = np.flatnonzero(who_could_come(sets, _site(sets), m) > least.to_numpy(dtype=float))
    row = np.full(m, -1, dtype=np.int64)
    row[over] = np.arange(len(over))
    flow = np.flatnonzero(row[_site(sets)] >= 0)
    there, pool = _pooled(sets, columns)
    there, pool = there[row[there] >= 0], pool[row[there] >= 0]
    site = states["site"].to_numpy(dtype=np.int64)
    state = np.flatnonzero(row[site] >= 0)
    entries: Entries = [
        (row[_site(sets)[flow]], at(columns.flow)[flow], np.ones(len(flow))),
        (row[there], pool, np.ones(len(pool))),
        (row[site[state]], at(columns.state)[state], -_state(sets, "most")[state]),
        (row[over], at(columns.oversize)[over], -np.ones(len(over))),
    ]
    return made(entries, columns, np.full(len(over), -np.inf), np.zeros(len(over)))


def junior_in_township(sets: Sets, columns: Columns) -> Rows:
    r"""Leave each township a school with grades 7-9, or count it as bare.

    .. math:: \sum_{j \in t} \sum_{s \in j,\, g79 \in B_s} y_s + n_t \ge 1

    for every township that has one today (国办发〔2012〕48号).

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per township.
    """
    row = sets.townships.get_indexer(pd.Index(sets.sites["township_id"]))
    row = row[sets.states["site"].to_numpy(dtype=np.int64)].astype(np.int64)
    there = np.flatnonzero(sets.states["teaches_g79"].to_numpy(dtype=bool) & (row >= 0))
    t = len(sets.townships)
    entries: Entries = [
        (row[there], at(columns.state)[there], np.ones(len(there))),
        (np.arange(t, dtype=np.int64), at(columns.bare), np.ones(t)),
    ]
    return made(entries, columns, np.ones(t), np.full(t, np.inf))
