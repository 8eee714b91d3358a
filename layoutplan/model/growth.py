r"""Places that hold in several years at once: the pupils of each as multiples of those planned for.

Catchments are decided once. Of a group :math:`i` the year or variant :math:`k` has
:math:`r_{ik} d_i` pupils, who all go where the plan sends the group; so the load of a site in
:math:`k` is :math:`\sum_f r_{i(f)k} x_f`, linear in the variables of the plan.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.columns import Columns
from layoutplan.model.rows import Entries, Floats, Rows, at, made, of_states, stack
from layoutplan.model.sets import Sets
from layoutplan.model.ways import WAYS
from layoutplan.tables import BANDS


def within_places_ahead(sets: Sets, columns: Columns) -> Rows:
    r"""Keep the pupils of every year within the places, or count the worst as overload.

    .. math:: \sum_{f \in j} r_{i(f) k} x_f \le \sum_{s \in j} P_s y_s + l_j e_j + o_j
        \quad \forall j, k

    Pupils on far ways are left out here: that only lowers the bound.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site and year that may fill it most, see `_fullest_at`; none where pupils
        stay.
    """
    places = sets.states["places"].to_numpy(dtype=float)
    return _rows_of_years(
        sets, columns, sites=np.ones(len(sets.sites), dtype=bool), places=places,
        flows=np.ones(len(sets.flows), dtype=bool), overload=True,
    )  # fmt: skip


def within_places_of_bands_ahead(sets: Sets, columns: Columns) -> Rows:
    r"""Keep the pupils of a band in every year within its most places.

    .. math:: \sum_{f \in (j, b)} r_{i(f) k} x_f \le \sum_{s \in j} P_{sb} y_s + l_j e_j + o_j

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        The same for each band and site of which some state has fewer places than in all.
    """
    parts = []
    band = sets.flows["band"].to_numpy()
    site = sets.states["site"].to_numpy(dtype=np.int64)
    for name in BANDS:
        places = sets.states[f"places_{name}"].to_numpy(dtype=float)
        teaches = sets.states[f"teaches_{name}"].to_numpy(dtype=bool)
        fewer = teaches & (places < sets.states["places"].to_numpy(dtype=float))
        asked = np.zeros(len(sets.sites), dtype=bool)
        asked[site[fewer]] = True
        parts.append(
            _rows_of_years(
                sets, columns, sites=asked, places=places, flows=band == name, overload=True
            )
        )
    return stack(parts)


def a_bed_each_ahead(sets: Sets, columns: Columns) -> Rows:
    r"""Give every boarder of every year a bed.

    .. math:: \sum_{f \in j,\, board} r_{i(f) k} x_f \le \sum_{s \in j} S_s y_s + M h_j

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        The same for boarders.
    """
    board = sets.flows["way"].to_numpy() == WAYS.index("board")
    return _rows_of_years(
        sets, columns, sites=np.ones(len(sets.sites), dtype=bool),
        places=sets.states["beds"].to_numpy(dtype=float), flows=board, overload=False,
    )  # fmt: skip


def most_growth(sets: Sets) -> float:
    """Give the largest multiple of any group in any year, at least 1.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    float
        The multiple.
    """
    return max([1.0, *(float(t.to_numpy(dtype=float).max()) for t in sets.growth)])


def _of_groups(table: pd.DataFrame, sets: Sets) -> Floats:
    """Give the multiple of each group in one year."""
    village = table.index.get_indexer(pd.Index(sets.groups["village_id"]))
    band = table.columns.get_indexer(pd.Index(sets.groups["band"]))
    return np.asarray(table.to_numpy(dtype=float)[village, band], dtype=float)


def not_less(tables: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, ...]:
    """Leave out years in which no village and band has more pupils than in another one.

    Parameters
    ----------
    tables
        Multiples by village and band, one table per year and variant.

    Returns
    -------
    tuple of DataFrame
        The others, in the same order: places that hold in these hold in all.

    Examples
    --------
    >>> low, high = (pd.DataFrame({"g13": [x]}, index=["v"]) for x in (0.5, 2.0))
    >>> len(not_less([low, high, high]))
    1
    """
    values = [t.to_numpy(dtype=float) for t in tables]
    kept = [
        n
        for n, mine in enumerate(values)
        if not any(
            (mine <= other).all() and ((mine < other).any() or m < n)
            for m, other in enumerate(values)
            if m != n
        )
    ]
    return tuple(tables[n] for n in kept)


def _rows_of_years(
    sets: Sets,
    columns: Columns,
    *,
    sites: NDArray[np.bool_],
    places: Floats,
    flows: NDArray[np.bool_],
    overload: bool,
) -> Rows:
    """Write one row per site and year that may be its fullest: those who come, less places."""
    site = sets.flows["site"].to_numpy(dtype=np.int64)
    group = sets.flows["group"].to_numpy(dtype=np.int64)
    mine = np.flatnonzero(flows & sites[site])
    years = [_of_groups(table, sets)[group[mine]] for table in sets.growth]
    nothing = np.zeros(0, dtype=np.int64)
    entries: Entries = [(nothing, nothing, np.zeros(0))]
    per_class = "class_places" if overload else "bed_module"
    module = -sets.sites[per_class].to_numpy(dtype=float)
    added = at(columns.extra if overload else columns.beds)
    over = at(columns.overload)
    state_site, state_column, value = of_states(sets, columns, -places)
    first = 0
    for ratio, reached in zip(years, _fullest_at(years, site[mine], len(sites)), strict=True):
        m = len(reached)
        row = np.full(len(sites), -1, dtype=np.int64)
        row[reached] = first + np.arange(m)
        come, known = row[site[mine]] >= 0, row[state_site] >= 0
        entries += [
            (row[site[mine][come]], at(columns.flow)[mine[come]], ratio[come]),
            (row[state_site[known]], state_column[known], value[known]),
            (row[reached], added[reached], module[reached]),
        ]
        if overload:
            entries.append((row[reached], over[reached], -np.ones(m)))
        first += m
    return made(entries, columns, np.full(first, -np.inf), np.zeros(first))


def _fullest_at(
    years: Sequence[Floats], site: NDArray[np.int64], count: int
) -> list[NDArray[np.int64]]:
    """Give the sites that each year may fill most.

    Left out of a year is a site to which no group has more pupils in it than in another year,
    or than those planned for: whatever comes, that one's row says more.

    Parameters
    ----------
    years
        The multiple of each flow's group, year by year.
    site
        The site of each flow.
    count
        How many sites there are.

    Returns
    -------
    list of numpy.ndarray
        Sites, one array per year.
    """

    def fuller(mine: Floats, other: Floats) -> NDArray[np.bool_]:
        return np.bincount(site[mine > other], minlength=count) > 0

    kept = []
    for n, mine in enumerate(years):
        may = fuller(mine, np.ones(len(site)))
        for m, other in enumerate(years):
            # Of years that are equal at a site the first stays.
            if m < n:
                may &= fuller(mine, other)
            elif m > n:
                may &= fuller(mine, other) | ~fuller(other, mine)
        kept.append(np.flatnonzero(may))
    return kept
