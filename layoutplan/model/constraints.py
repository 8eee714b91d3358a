"""The constraints of the model, one function per family."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from layoutplan.model.columns import Columns
from layoutplan.model.sets import Sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Entries = list[tuple[Ints, Ints, Floats]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """Some rows ``low <= matrix @ v <= high`` of the model.

    Parameters
    ----------
    matrix
        Coefficients, rows x variables.
    low, high
        Bounds of each row.
    """

    matrix: sp.csr_array
    low: Floats
    high: Floats


def stack(rows: list[Rows]) -> Rows:
    """Put families of rows one below the other.

    Parameters
    ----------
    rows
        The families.

    Returns
    -------
    Rows
        All rows.
    """
    return Rows(
        matrix=sp.csr_array(sp.vstack([r.matrix for r in rows])),
        low=np.concatenate([r.low for r in rows]),
        high=np.concatenate([r.high for r in rows]),
    )


def _rows(entries: Entries, shape: tuple[int, int], low: Floats, high: Floats) -> Rows:
    row, column, value = (np.concatenate(p) for p in zip(*entries, strict=True))
    return Rows(matrix=sp.csr_array((value, (row, column)), shape=shape), low=low, high=high)


def _number(sets: Sets, column: str) -> Floats:
    return np.asarray(sets.sites[column], dtype=np.float64)


def _at(part: slice) -> Ints:
    return np.arange(part.start, part.stop)


def _flows(sets: Sets, columns: Columns) -> tuple[Ints, Ints, Ints]:
    """Give the pair, the group and the site of each flow variable, in their order."""
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    group = sets.pairs["group"].to_numpy(dtype=np.int64)[pair]
    return pair, group, sets.pairs["site"].to_numpy(dtype=np.int64)[pair]


def _flow_columns(columns: Columns) -> Ints:
    return np.concatenate([_at(columns.stay), _at(columns.come)])


def every_pupil(sets: Sets, columns: Columns) -> Rows:
    r"""Send every pupil to a site, or count the pupil as unserved.

    .. math:: \sum_j (s_{ij} + x_{ij}) + u_i = d_i \quad \forall i

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per group.
    """
    _, group, _ = _flows(sets, columns)
    n = len(sets.groups)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    entries: Entries = [
        (group, _flow_columns(columns), np.ones(len(group))),
        (np.arange(n, dtype=np.int64), _at(columns.unserved), np.ones(n)),
    ]
    return _rows(entries, (n, columns.n), pupils, pupils)


def within_places(sets: Sets, columns: Columns) -> Rows:
    r"""Keep pupils within the places, or count them as overload.

    .. math:: \sum_i (s_{ij} + x_{ij}) \le P_j y_j + P^{tp}_j z_j + l_j e_j + o_j

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
    _, _, site = _flows(sets, columns)
    m = len(sets.sites)
    each = np.arange(m, dtype=np.int64)
    entries: Entries = [
        (site, _flow_columns(columns), np.ones(len(site))),
        (each, _at(columns.full), -_number(sets, "places")),
        (each, _at(columns.small), -_number(sets, "small_places")),
        (each, _at(columns.extra), -_number(sets, "class_places")),
        (each, _at(columns.overload), -np.ones(m)),
    ]
    return _rows(entries, (m, columns.n), np.full(m, -np.inf), np.zeros(m))


def open_sites_only(sets: Sets, columns: Columns) -> Rows:
    r"""Send nobody to a site that does not teach the band.

    Summed over the pupils of a site, once for grades 1-3 and once for the rest:

    .. math::

        \sum_{i \in g13} (s_{ij} + x_{ij}) \le D_j (y_j + z_j), \qquad
        \sum_{i \notin g13} (s_{ij} + x_{ij}) \le D'_j y_j

    :math:`D` being all pupils who could come. These rows make the model right;
    `links` makes it tight.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        Two rows per site.
    """
    pair, group, site = _flows(sets, columns)
    m = len(sets.sites)
    low_grades = (sets.pairs["band"].to_numpy()[pair] == "g13").astype(bool)
    row = np.asarray(np.where(low_grades, site, site + m), dtype=np.int64)
    first = np.unique(np.column_stack([row, group]), axis=0)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    most = np.asarray(
        np.bincount(first[:, 0], weights=pupils[first[:, 1]], minlength=2 * m), dtype=np.float64
    )
    each = np.arange(m, dtype=np.int64)
    entries: Entries = [
        (row, _flow_columns(columns), np.ones(len(row))),
        (each, _at(columns.full), -most[:m]),
        (each, _at(columns.small), -most[:m]),
        (each + m, _at(columns.full), -most[m:]),
    ]
    return _rows(entries, (2 * m, columns.n), np.full(2 * m, -np.inf), np.zeros(2 * m))


def overload_where_open(sets: Sets, columns: Columns) -> Rows:
    r"""Let only open sites be over their places.

    .. math:: o_j \le D_j (y_j + z_j)

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    _, group, site = _flows(sets, columns)
    m = len(sets.sites)
    first = np.unique(np.column_stack([site, group]), axis=0)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    most = np.asarray(
        np.bincount(first[:, 0], weights=pupils[first[:, 1]], minlength=m), dtype=np.float64
    )
    each = np.arange(m, dtype=np.int64)
    entries: Entries = [
        (each, _at(columns.overload), np.ones(m)),
        (each, _at(columns.full), -most),
        (each, _at(columns.small), -most),
    ]
    return _rows(entries, (m, columns.n), np.full(m, -np.inf), np.zeros(m))


def one_measure(sets: Sets, columns: Columns) -> Rows:
    r"""Make each site a full school, a teaching point or nothing.

    .. math:: y_j + z_j \le 1, \qquad = 1 \text{ where the site may not close}

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
    stays = ~sets.sites["may_close"].to_numpy(dtype=bool)
    each = np.arange(m, dtype=np.int64)
    entries: Entries = [
        (each, _at(columns.full), np.ones(m)),
        (each, _at(columns.small), np.ones(m)),
    ]
    return _rows(entries, (m, columns.n), stays.astype(float), np.ones(m))


def classes_where_open(sets: Sets, columns: Columns) -> Rows:
    r"""Add classes only at full schools, up to what the site has room for.

    .. math:: e_j \le E_j y_j

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
    each = np.arange(m, dtype=np.int64)
    entries: Entries = [
        (each, _at(columns.extra), np.ones(m)),
        (each, _at(columns.full), -sets.sites["extra_max"].to_numpy(dtype=float)),
    ]
    return _rows(entries, (m, columns.n), np.full(m, -np.inf), np.zeros(m))


def least_size(sets: Sets, columns: Columns) -> Rows:
    r"""Give every full school its least number of pupils, or count what is missing.

    .. math:: \sum_i (s_{ij} + x_{ij}) + w_j \ge m_j y_j

    Teaching points are exempt.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site.
    """
    _, _, site = _flows(sets, columns)
    m = len(sets.sites)
    each = np.arange(m, dtype=np.int64)
    entries: Entries = [
        (site, _flow_columns(columns), np.ones(len(site))),
        (each, _at(columns.short), np.ones(m)),
        (each, _at(columns.full), -sets.sites["least"].to_numpy(dtype=float)),
    ]
    return _rows(entries, (m, columns.n), np.zeros(m), np.full(m, np.inf))


def within_budget(sets: Sets, columns: Columns) -> Rows:
    r"""Spend no more capital than there is, and open no more sites than asked.

    .. math::

        \sum_j (K_j y_j + k_j e_j) \le B, \qquad \sum_j (y_j + z_j) \le N

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        Two rows.
    """
    m = len(sets.sites)
    money, count = np.zeros(m, dtype=np.int64), np.ones(m, dtype=np.int64)
    # Schools that teach none of the bands are not counted among the schools.
    taught = np.asarray(sets.sites["bands"] != "", dtype=np.float64)
    entries: Entries = [
        (money, _at(columns.full), sets.sites["capital_yuan"].to_numpy(dtype=float)),
        (money, _at(columns.extra), sets.sites["class_yuan"].to_numpy(dtype=float)),
        (count, _at(columns.full), taught),
        (count, _at(columns.small), np.ones(m)),
    ]
    high = np.array([sets.budget_yuan, sets.schools_max])
    return _rows(entries, (2, columns.n), np.full(2, -np.inf), high)


def junior_in_township(sets: Sets, columns: Columns) -> Rows:
    r"""Leave each township a school with grades 7-9, or count it as bare.

    .. math:: \sum_{j \in t,\, g79} y_j + b_t \ge 1

    for every township that has one today (GBF [2012] 48).

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per township.
    """
    junior = sets.sites["bands"].map(lambda b: "g79" in b.split()).to_numpy(dtype=bool)
    row = sets.townships.get_indexer(pd.Index(sets.sites["township_id"]))
    there = np.flatnonzero(junior & (row >= 0))
    t = len(sets.townships)
    entries: Entries = [
        (row[there].astype(np.int64), _at(columns.full)[there], np.ones(len(there))),
        (np.arange(t), _at(columns.bare), np.ones(t)),
    ]
    return _rows(entries, (t, columns.n), np.ones(t), np.full(t, np.inf))


def links(sets: Sets, columns: Columns, pairs: Ints) -> Rows:
    r"""Tie single pairs to their site; valid, and needed only where violated.

    .. math:: s_{ij} + x_{ij} \le d_i (y_j + z_j [i \in g13])

    Parameters
    ----------
    sets, columns
        The model.
    pairs
        The pairs to tie, row numbers of ``sets.pairs``.

    Returns
    -------
    Rows
        One row per pair.
    """
    pair, _, _ = _flows(sets, columns)
    k = len(pairs)
    place = np.full(len(sets.pairs), -1, dtype=np.int64)
    place[pairs] = np.arange(k)
    at = np.flatnonzero(place[pair] >= 0)
    group = sets.pairs["group"].to_numpy(dtype=np.int64)[pairs]
    site = sets.pairs["site"].to_numpy(dtype=np.int64)[pairs]
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[group]
    low_grades = sets.pairs["band"].to_numpy()[pairs] == "g13"
    each = np.arange(k)
    entries: Entries = [
        (place[pair[at]], _flow_columns(columns)[at], np.ones(len(at))),
        (each, _at(columns.full)[site], -pupils),
        (each[low_grades], _at(columns.small)[site[low_grades]], -pupils[low_grades]),
    ]
    return _rows(entries, (k, columns.n), np.full(k, -np.inf), np.zeros(k))


FAMILIES = (
    every_pupil,
    within_places,
    open_sites_only,
    overload_where_open,
    one_measure,
    classes_where_open,
    least_size,
    within_budget,
    junior_in_township,
)
"""The families in the order in which they enter the model."""
