"""A table of measures as a planner gives it back: completed and checked."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.measures.names import (
    AMOUNTS,
    COLUMNS,
    COUNTS,
    FIRST_COLUMNS,
    MEASURES,
    OF_CANDIDATES,
    STATES,
)
from layoutplan.tables import BANDS


def with_defaults(measures: pd.DataFrame) -> pd.DataFrame:
    """Fill in the columns that a table of measures leaves out.

    Without most places and classes per band, those in all hold for each band taught;
    without beds, there are none and none can be added; without locks, nothing is locked.

    Parameters
    ----------
    measures
        The table, at least with the columns it always had.

    Returns
    -------
    pandas.DataFrame
        A copy with all columns.

    Examples
    --------
    >>> row = dict.fromkeys(FIRST_COLUMNS, 0) | {"site_id": "S", "measure": "keep"}
    >>> table = pd.DataFrame([row | {"bands": "g13", "places": 90, "allowed": True}])
    >>> with_defaults(table)[["places_g13", "places_g46", "beds"]].to_numpy().tolist()
    [[90, 0, 0]]
    """
    table = measures.copy()
    bands = table["bands"].fillna("").astype(str)
    for name in ("places", "classes"):
        for band in BANDS:
            if f"{name}_{band}" not in table and name in table:
                taught = bands.map(lambda text, band=band: band in text.split())
                table[f"{name}_{band}"] = table[name].where(taught, 0)
    for name in ("beds", "extra_beds_max"):
        if name not in table:
            table[name] = 0
    if "bed_yuan" not in table:
        table["bed_yuan"] = 0.0
    if "locked" not in table:
        table["locked"] = False
    return table


def checked_measures(measures: pd.DataFrame, county: County) -> pd.DataFrame:
    """Complete a table of measures and refuse what cannot be.

    Parameters
    ----------
    measures
        The table as it was given.
    county
        The county whose sites it speaks of.

    Returns
    -------
    pandas.DataFrame
        The table with all columns, whole numbers and truth values as such, sorted by
        site and measure.

    Raises
    ------
    OptionsError
        With everything wrong at once: columns or sites that are missing, unknown sites
        and measures, rows that stand twice, values that are no numbers from 0, measures
        that are not those of the site, sites without any state that is allowed, and locks
        that cannot be.
    """
    given = measures.reset_index() if "site_id" not in measures else measures
    missing = [c for c in FIRST_COLUMNS if c not in given]
    if missing:
        values = {"missing": ", ".join(missing), "have": ", ".join(map(str, given.columns))}
        code = Finding(code="measures_columns", table="measures", values=values)
        raise OptionsError(code, lang=county.language())
    table = with_defaults(given).reset_index(drop=True)
    table["site_id"] = table["site_id"].astype(str)
    table["bands"] = table["bands"].fillna("").astype(str)
    found = [*_values(table), *_rows(table, county)]
    if not found:
        found = list(_states(table, county))
    if found:
        raise OptionsError(found, lang=county.language())
    types = (
        dict.fromkeys(COUNTS, "int64")
        | dict.fromkeys(AMOUNTS, "float64")
        | dict.fromkeys(("allowed", "locked"), bool)
        | {"measure": "str", "bands": "str", "site_id": "str"}
    )
    for name in (*COUNTS, *AMOUNTS):
        table[name] = pd.to_numeric(table[name])
    return table[list(COLUMNS)].astype(types).sort_values(["site_id", "measure"], ignore_index=True)


def _finding(code: str, rows: pd.DataFrame, column: str = "", **values: object) -> Finding:
    ids = tuple(f"{s} ({m})" for s, m in zip(rows["site_id"], rows["measure"], strict=True))
    return Finding(code=code, table="measures", column=column, ids=ids, values=values)


def _values(table: pd.DataFrame) -> Iterator[Finding]:
    for name in (*COUNTS, *AMOUNTS):
        number = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        wrong = ~np.isfinite(number) | (number < 0)
        if name in COUNTS:
            wrong |= np.isfinite(number) & (number % 1 != 0)
        if wrong.any():
            first = table.loc[wrong, name].iloc[0]
            yield _finding("measures_bad_number", table[wrong], name, value=first)
    for name in ("allowed", "locked"):
        wrong = ~table[name].isin([True, False]).to_numpy(dtype=bool)
        if wrong.any():
            first = table.loc[wrong, name].iloc[0]
            yield _finding("measures_bad_switch", table[wrong], name, value=first)
    unknown = table["bands"].map(lambda text: not set(text.split()) <= set(BANDS))
    if unknown.any():
        first = table.loc[unknown, "bands"].iloc[0]
        yield _finding(
            "measures_bad_bands", table[unknown], "bands", value=first, known=" ".join(BANDS)
        )


def _rows(table: pd.DataFrame, county: County) -> Iterator[Finding]:
    sites, candidates = set(county.sites.index), set(county.candidates.index)
    known = table["site_id"].isin(sites)
    if not known.all():
        ids = tuple(table.loc[~known, "site_id"].unique())
        yield Finding(code="unknown_site", table="measures", column="measures", ids=ids)
    strange = ~table["measure"].isin(MEASURES)
    if strange.any():
        names = ", ".join(sorted({str(m) for m in table.loc[strange, "measure"]}))
        yield _finding("measures_unknown", table[strange], value=names, known=", ".join(MEASURES))
    elsewhere = (
        known
        & ~strange
        & (table["measure"].isin(OF_CANDIDATES) != table["site_id"].isin(candidates))
    )
    if elsewhere.any():
        yield _finding("measures_elsewhere", table[elsewhere])
    twice = table.duplicated(["site_id", "measure"])
    if twice.any():
        yield _finding("measures_twice", table[twice])
    absent = tuple(sorted(sites - set(table["site_id"])))
    if absent:
        yield Finding(code="measures_no_site", table="measures", ids=absent)


def _states(table: pd.DataFrame, county: County) -> Iterator[Finding]:
    allowed, locked = table["allowed"].astype(bool), table["locked"].astype(bool)
    states = table["measure"].isin(STATES)
    absent = sorted(set(county.sites.index) - set(table.loc[states & allowed, "site_id"]))
    if absent:
        yield Finding(code="measures_no_state", table="measures", ids=tuple(absent))
    if (locked & ~allowed).any():
        yield _finding("measures_lock_barred", table[locked & ~allowed])
    fixed = table[locked & states]
    several = fixed[fixed.duplicated("site_id", keep=False)]
    if len(several):
        yield _finding("measures_two_locks", several)
