"""Lists of travel times that another tool made, a row for each village and site."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.matrix import checked_minutes, labels, tables_of_bands
from layoutplan.network.minutes import Array, Minutes, listed_pairs
from layoutplan.tables import BANDS

COLUMNS: Final = ("village_id", "site_id", "minutes")

Given = tuple[Minutes, "pd.Index[Any]", "pd.Index[Any]", list[Finding]]


def is_list(frame: object) -> bool:
    """Tell a list of pairs from a table with a column for each site.

    Parameters
    ----------
    frame
        A table, or tables by band.

    Returns
    -------
    bool
        Whether it has, or all of them have, the columns ``village_id``, ``site_id`` and
        ``minutes``.

    Examples
    --------
    >>> is_list(pd.DataFrame({"village_id": ["a"], "site_id": ["s"], "minutes": [5]}))
    True
    >>> is_list(pd.DataFrame([[5]], index=["a"], columns=["s"]))
    False
    """
    if isinstance(frame, Mapping):
        return bool(frame) and all(is_list(table) for table in frame.values())
    return isinstance(frame, pd.DataFrame) and set(COLUMNS) <= set(frame.columns)


def frames_of(given: object) -> pd.DataFrame | dict[str, pd.DataFrame]:
    """Make sure that travel times come as tables or lists.

    Parameters
    ----------
    given
        A table or list, or one for each band; a pandas.Series by village and site is a list.

    Returns
    -------
    pandas.DataFrame or dict of str to pandas.DataFrame
        The same as tables, not checked any further.

    Raises
    ------
    OptionsError
        If it is something else, or a list with other columns.

    Examples
    --------
    >>> ends = pd.MultiIndex.from_tuples([("a", "s")], names=["site_id", "village_id"])
    >>> frames_of(pd.Series([5.0], index=ends)).to_dict("records")
    [{'village_id': 's', 'site_id': 'a', 'minutes': 5.0}]
    """
    if not isinstance(given, Mapping):
        return _frame(given)
    # Bands given the same table go on sharing it.
    made = {id(table): _frame(table) for table in given.values()}
    return {band: made[id(table)] for band, table in given.items()}


def _frame(given: object) -> pd.DataFrame:
    if isinstance(given, pd.Series) and given.index.nlevels == 2:  # noqa: PLR2004 # two ends
        ends = dict(zip(given.index.names, range(2), strict=True))
        levels = [ends.get("village_id", 0), ends.get("site_id", 1)]
        if levels[0] == levels[1]:
            # Only one is named, and stands where the other is looked for.
            levels = [1, 0]
        village, site = (given.index.get_level_values(level) for level in levels)
        return pd.DataFrame({"village_id": village, "site_id": site, "minutes": given.to_numpy()})
    if not isinstance(given, pd.DataFrame):
        values = {"kind": type(given).__name__}
        raise OptionsError(Finding(code="matrix_not_table", table="matrix", values=values))
    if _is_other_list(given):
        values = {"have": ", ".join(map(str, given.columns))}
        raise OptionsError(Finding(code="matrix_other_columns", table="matrix", values=values))
    return given


def _is_other_list(frame: pd.DataFrame) -> bool:
    """Tell a list whose columns are called otherwise, or a table with ids as a column."""
    known = set(COLUMNS) & set(frame.columns)
    if known:
        return len(known) < len(COLUMNS)
    if not isinstance(frame.index, pd.RangeIndex) or frame.empty:
        return False
    text = frame.select_dtypes(exclude="number")
    numbers = text.apply(pd.to_numeric, errors="coerce")
    return bool((numbers.isna().all() & text.notna().all()).any())


def listed_minutes(
    frame: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    village_ids: Iterable[str] | None = None,
    site_ids: Iterable[str] | None = None,
) -> Given:
    """Check lists of pairs and keep them as they are, without making a table.

    Parameters
    ----------
    frame
        A row for each pair with the columns ``village_id``, ``site_id`` and ``minutes``,
        for all bands or one list for each band. A pair that is not listed, or whose
        minutes are empty or infinite, has no way.
    village_ids, site_ids
        All there are, in their order; those of the list, sorted, where not given.

    Returns
    -------
    minutes : Minutes
        The pairs that have a way for any band.
    village_ids, site_ids : pandas.Index
        Their labels.
    findings : list of Finding
        Empty cells and values over a day.

    Raises
    ------
    TravelError
        If an id is missing or unknown, a pair repeats or a value is not a number from 0.
    OptionsError
        If a band is unknown or missing.

    Examples
    --------
    >>> rows = {"village_id": ["b", "a"], "site_id": ["s", "s"], "minutes": [5.0, 7.5]}
    >>> minutes, villages, sites, _ = listed_minutes(pd.DataFrame(rows))
    >>> villages.tolist(), minutes.of_pairs("g79").tolist()
    (['a', 'b'], [7.5, 5.0])
    """
    given = tables_of_bands(frame)
    different = {id(table): table for table in given.values()}
    ends = {key: _ends(table) for key, table in different.items()}
    villages = _all_labels((v for v, _ in ends.values()), village_ids, "village_id")
    sites = _all_labels((s for _, s in ends.values()), site_ids, "site_id")
    _only_known(ends.values(), villages, sites)
    read = {
        key: _pairs(table, *ends[key], villages=villages, sites=sites)
        for key, table in different.items()
    }
    keys = np.unique(np.concatenate([key for key, _, _ in read.values()]))
    walked = {}
    for name, (key, values, _) in read.items():
        walked[name] = np.full(len(keys), np.inf)
        walked[name][np.searchsorted(keys, key)] = values
        walked[name].setflags(write=False)
    village, site = np.divmod(keys, max(1, len(sites)))
    minutes = Minutes(
        pairs=listed_pairs(village, site, villages=len(villages), sites=len(sites)),
        walked={band: walked[id(given[band])] for band in BANDS},
        factor=dict.fromkeys(BANDS, 1.0),
    )
    return minutes, villages, sites, [f for _, _, found in read.values() for f in found]


def _ends(table: pd.DataFrame) -> tuple["pd.Index[Any]", "pd.Index[Any]"]:
    if table.empty:
        raise TravelError(Finding(code="empty_matrix", table="villages"))
    missing = np.flatnonzero(table[["village_id", "site_id"]].isna().any(axis=1))
    if len(missing):
        ids = tuple(str(row) for row in missing)
        raise TravelError(Finding(code="pairs_incomplete", table="matrix", ids=ids))
    return labels(table["village_id"], "village_id"), labels(table["site_id"], "site_id")


def _all_labels(
    listed: Iterable["pd.Index[Any]"], given: Iterable[str] | None, name: str
) -> "pd.Index[Any]":
    if given is not None:
        return labels(given, name)
    return labels(sorted({i for ids in listed for i in ids.unique()}), name)


def _only_known(
    ends: Iterable[tuple["pd.Index[Any]", "pd.Index[Any]"]],
    villages: "pd.Index[Any]",
    sites: "pd.Index[Any]",
) -> None:
    findings = [
        Finding(code="labels_unknown", table=table, ids=tuple(unknown))
        for pair in ends
        for table, ids, known in (
            ("villages", pair[0], villages),
            ("schools", pair[1], sites),
        )
        if len(unknown := ids.unique().difference(known, sort=False))
    ]
    if findings:
        raise TravelError(findings)


def _pairs(
    table: pd.DataFrame,
    village_ids: "pd.Index[Any]",
    site_ids: "pd.Index[Any]",
    *,
    villages: "pd.Index[Any]",
    sites: "pd.Index[Any]",
) -> tuple[NDArray[np.int64], Array, list[Finding]]:
    """Give the keys of the pairs that have a way, and their minutes."""
    column = table[["minutes"]].set_axis(village_ids)
    values, findings = checked_minutes(column)
    minutes = values["minutes"].to_numpy()
    key = villages.get_indexer(village_ids).astype(np.int64) * len(sites)
    key += sites.get_indexer(site_ids)
    repeated = pd.Series(key).duplicated(keep=False).to_numpy()
    if repeated.any():
        ids = tuple(village_ids[repeated].unique())
        raise TravelError(Finding(code="pairs_repeat", table="matrix", ids=ids))
    way = np.isfinite(minutes)
    return key[way], minutes[way], findings
