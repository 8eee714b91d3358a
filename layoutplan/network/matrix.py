"""Tables of minutes with labels: what they must keep before they are used."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.minutes import Minutes, every_pair
from layoutplan.tables import BANDS

_MINUTES_PER_DAY: Final = 1440


def labels(ids: Iterable[object], name: str) -> "pd.Index[Any]":
    """Make an index of ids, which are text.

    Parameters
    ----------
    ids
        The ids; a single text is one of them.
    name
        The name of the index.

    Returns
    -------
    pandas.Index
        The ids as text.

    Examples
    --------
    >>> labels([1, "2"], "site_id").tolist()
    ['1', '2']
    """
    given = [ids] if isinstance(ids, str) else ids
    return pd.Index([str(i) for i in given], dtype="str", name=name)


def disagreements(have: "pd.Index[Any]", want: "pd.Index[Any]", *, table: str) -> list[Finding]:
    """Compare the labels of times with those they should have.

    Parameters
    ----------
    have
        The labels there are.
    want
        The labels there should be.
    table
        What they are labels of.

    Returns
    -------
    list of Finding
        Labels that repeat, are missing or are unknown; empty where all agree.

    Examples
    --------
    >>> found = disagreements(labels(["a", "b"], ""), labels(["b", "c"], ""), table="villages")
    >>> [(f.code, f.ids) for f in found]
    [('labels_missing', ('c',)), ('labels_unknown', ('a',))]
    """
    checks = (
        ("labels_repeat", want[want.duplicated()].unique()),
        ("labels_missing", want.unique().difference(have, sort=False)),
        ("labels_unknown", have.difference(want.unique(), sort=False)),
    )
    return [Finding(code=code, table=table, ids=tuple(ids)) for code, ids in checks if len(ids)]


def chosen_labels(
    have: "pd.Index[Any]", wanted: Iterable[str] | None, *, table: str
) -> "pd.Index[Any]":
    """Settle on some of the labels.

    Parameters
    ----------
    have
        The labels there are.
    wanted
        Those wanted in their order; all where not given.
    table
        What they are labels of.

    Returns
    -------
    pandas.Index
        The labels wanted.

    Raises
    ------
    TravelError
        If one of them is unknown or repeats.

    Examples
    --------
    >>> chosen_labels(labels(["a", "b"], "village_id"), ["b"], table="villages").tolist()
    ['b']
    """
    if wanted is None:
        return have
    want = labels(wanted, str(have.name))
    findings = disagreements(have, want, table=table)
    # What is asked for and not there is unknown; what is there and not asked for is no matter.
    unknown = [
        replace(f, code="labels_unknown") if f.code == "labels_missing" else f
        for f in findings
        if f.code != "labels_unknown"
    ]
    if unknown:
        raise TravelError(unknown)
    return want


def unknown_band(band: str) -> Finding:
    """Report a grade band that does not exist.

    Parameters
    ----------
    band
        The name given.

    Returns
    -------
    Finding
        The finding.
    """
    return Finding(code="travel_band_unknown", values={"band": band, "known": ", ".join(BANDS)})


def matrices_by_band(
    frame: pd.DataFrame | Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Check tables of minutes and put them in one order.

    Parameters
    ----------
    frame
        Minutes with village ids as index and site ids as columns, for all bands or one
        table for each band.

    Returns
    -------
    tables : dict of str to pandas.DataFrame
        Minutes by band, all with the same labels in the same order, infinite where there
        is no way; bands given the same table share one here.
    findings : list of Finding
        Empty cells and values over a day.

    Raises
    ------
    TravelError
        If labels repeat or disagree between bands, or a value is not a number from 0.
    OptionsError
        If a band is unknown or missing.

    Examples
    --------
    >>> frame = pd.DataFrame([[12.5, None]], index=["v1"], columns=["s1", "s2"])
    >>> tables, findings = matrices_by_band(frame)
    >>> tables["g79"].to_numpy().tolist(), findings[0].code
    ([[12.5, inf]], 'empty_minutes')
    """
    given = tables_of_bands(frame)
    different = {id(table): table for table in given.values()}
    labelled = {key: _labelled(table) for key, table in different.items()}
    first = labelled[id(given[BANDS[0]])]
    _agree(list(labelled.values()), first)
    checked = {k: checked_minutes(t.loc[first.index, first.columns]) for k, t in labelled.items()}
    findings = [f for _, found in checked.values() for f in found]
    return {band: checked[id(given[band])][0] for band in BANDS}, findings


def tabled_minutes(
    frame: pd.DataFrame | Mapping[str, pd.DataFrame],
) -> tuple[Minutes, "pd.Index[Any]", "pd.Index[Any]", list[Finding]]:
    """Check tables of minutes and copy them.

    Parameters
    ----------
    frame
        See `matrices_by_band`.

    Returns
    -------
    minutes : Minutes
        Of every pair.
    village_ids, site_ids : pandas.Index
        The labels.
    findings : list of Finding
        Empty cells and values over a day.

    Examples
    --------
    >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
    >>> tabled_minutes(frame)[0]["g46"].tolist()
    [[12.5, 30.0]]
    """
    tables, findings = matrices_by_band(frame)
    first = tables[BANDS[0]]
    arrays = {id(table): table.to_numpy().ravel().copy() for table in tables.values()}
    for values in arrays.values():
        values.setflags(write=False)
    minutes = Minutes(
        pairs=every_pair(*first.shape),
        walked={band: arrays[id(table)] for band, table in tables.items()},
        factor=dict.fromkeys(BANDS, 1.0),
    )
    return minutes, first.index, first.columns, findings


def tables_of_bands(
    frame: pd.DataFrame | Mapping[str, pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """Give the table of each band.

    Parameters
    ----------
    frame
        One table for all bands, or one for each.

    Returns
    -------
    dict of str to pandas.DataFrame
        By band; bands given the same table share it.

    Raises
    ------
    OptionsError
        If a band is unknown or missing.

    Examples
    --------
    >>> list(tables_of_bands(pd.DataFrame()))
    ['g13', 'g46', 'g79']
    """
    given = dict(frame) if isinstance(frame, Mapping) else dict.fromkeys(BANDS, frame)
    _only_bands(given)
    return given


def _only_bands(given: Mapping[str, object]) -> None:
    findings = [unknown_band(band) for band in given if band not in BANDS]
    missing = [band for band in BANDS if band not in given]
    if missing:
        values = {"bands": ", ".join(missing)}
        findings.append(Finding(code="bands_missing", table="matrix", values=values))
    if findings:
        raise OptionsError(findings)


def _labelled(frame: pd.DataFrame) -> pd.DataFrame:
    villages, sites = labels(frame.index, "village_id"), labels(frame.columns, "site_id")
    sides = (("villages", villages), ("schools", sites))
    findings = [
        Finding(code="labels_repeat", table=table, ids=tuple(ids[ids.duplicated()].unique()))
        for table, ids in sides
        if ids.has_duplicates
    ]
    findings += [Finding(code="empty_matrix", table=table) for table, ids in sides if ids.empty]
    if findings:
        raise TravelError(findings)
    return frame.set_axis(villages, axis=0).set_axis(sites, axis=1)


def _agree(tables: list[pd.DataFrame], first: pd.DataFrame) -> None:
    findings = [
        finding
        for table in tables
        for finding in (
            *disagreements(table.index, first.index, table="villages"),
            *disagreements(table.columns, first.columns, table="schools"),
        )
    ]
    if findings:
        raise TravelError(findings)


def checked_minutes(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Check the cells of a table of minutes.

    Parameters
    ----------
    frame
        Minutes with village ids as index, which may repeat.

    Returns
    -------
    minutes : pandas.DataFrame
        The same with numbers, infinite where a cell was empty.
    findings : list of Finding
        Empty cells and values over a day.

    Raises
    ------
    TravelError
        If a cell is not a number from 0.

    Examples
    --------
    >>> minutes, findings = checked_minutes(pd.DataFrame({"s1": ["2.5", None]}, index=["a", "b"]))
    >>> minutes["s1"].tolist(), [f.ids for f in findings]
    ([2.5, inf], [('b',)])
    """
    numbers = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    empty = frame.isna().to_numpy()
    wrong = np.asarray((np.isnan(numbers) & ~empty) | (numbers < 0))
    refused = np.asarray(wrong.any(axis=1))
    if refused.any():
        example = frame.to_numpy(dtype=object)[wrong][0]
        ids = tuple(frame.index[refused].unique())
        values = {"example": str(example)}
        raise TravelError(Finding(code="not_minutes", table="matrix", ids=ids, values=values))
    long = np.isfinite(numbers) & (numbers > _MINUTES_PER_DAY)
    findings = [
        Finding(
            code=code, severity="warning", table="matrix", ids=tuple(frame.index[found].unique())
        )
        for code, found in (
            ("empty_minutes", np.asarray(empty.any(axis=1))),
            ("minutes_over_day", np.asarray(long.any(axis=1))),
        )
        if found.any()
    ]
    minutes = np.where(empty, np.inf, numbers)
    return pd.DataFrame(minutes, index=frame.index, columns=frame.columns), findings
