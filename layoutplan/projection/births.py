"""Births by village and calendar year, with the vintage of each number."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.county import County
from layoutplan.errors import DataError
from layoutplan.findings import Finding

Floats = NDArray[np.float64]

_COLUMN: Final = re.compile(r"births_(\d{4})")
_WANTED: Final = ("village_id", "year", "births")
CENTURY: Final = 100
"""Years before or after the base year in which nobody of interest is born: slips of the pen."""


@dataclass(frozen=True, eq=False, kw_only=True)
class KnownBirths:
    """Births of every village, without gaps between the first and the last year.

    Parameters
    ----------
    table
        Births, villages x calendar years; no years where none are known.
    vintage
        The year in which each number was published, the same shape; 0 where it was filled in.
    county
        Births of the whole county by calendar year; it may begin earlier than ``table``.
    findings
        What was repaired.
    """

    table: pd.DataFrame
    vintage: pd.DataFrame
    county: pd.Series
    findings: tuple[Finding, ...] = ()

    @property
    def first(self) -> int:
        """The first calendar year."""
        return int(self.table.columns[0])

    @property
    def last(self) -> int:
        """The last calendar year."""
        return int(self.table.columns[-1])


def known_births(
    county: County, given: pd.DataFrame | None, *, weight: pd.Series, base_year: int
) -> KnownBirths:
    """Take births from the villages table and from a table of their own.

    Of several numbers for a village and year, the one published last holds. The columns
    ``births_YYYY`` of the villages count as published in the base year.

    Parameters
    ----------
    county
        The county.
    given
        Columns village_id, year, births, and vintage where it is known; a blank village_id
        is the whole county.
    weight
        What births are shared by in a village without any, by village.
    base_year
        The base year.

    Returns
    -------
    KnownBirths
        The births.

    Raises
    ------
    DataError
        If the table lacks columns or holds negative numbers, all of it at once.
    """
    long = _of_villages(county, base_year)
    whole = pd.DataFrame({"births": [], "vintage": []}, dtype=float)
    found: list[Finding] = []
    if given is not None:
        checked = _checked(given, county, base_year)
        by_county = checked["village_id"] == ""
        whole = _latest(checked[by_county & checked["births"].notna()]).droplevel("village_id")
        mine, lost = _of_known_villages(checked[~by_county], county)
        found += lost
        long = pd.concat([part for part in (long, mine) if len(part)] or [long])
    long = long[long["births"].notna()]
    latest = _latest(long)
    found += _changed_villages(long)
    table = latest["births"].unstack("year").reindex(weight.index)
    vintage = latest["vintage"].unstack("year").reindex(weight.index)
    table, vintage, shared = _of_county(whole, table, vintage, weight.astype(float))
    found += shared
    if not table.shape[1]:
        return KnownBirths(table=table, vintage=vintage, county=whole["births"])
    found += _decimals(table)
    filled, notes = _without_gaps(table, weight.astype(float))
    vintage = vintage.reindex(columns=filled.columns).fillna(0).astype("int64")
    total = filled.sum(axis=0)
    by_year = whole["births"]
    early = by_year[by_year.index < filled.columns[0]]
    return KnownBirths(
        table=filled,
        vintage=vintage,
        county=_joined(early, by_year, total),
        findings=(*found, *notes),
    )


def _of_county(
    whole: pd.DataFrame, table: pd.DataFrame, vintage: pd.DataFrame, weight: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Share births known of the county alone among its villages, from their first year on.

    In proportion to the villages' own births of all years; by people where they have none.
    """
    first = table.columns.min() if table.shape[1] else -np.inf
    years = [y for y in whole.index if y > first and y not in table]
    if not years:
        return table, vintage, []
    own = table.sum(axis=1)
    key = own if own.sum() > 0 else weight
    key = key if key.sum() > 0 else key + 1.0
    share = key / key.sum()
    more = pd.DataFrame({y: share * float(whole["births"].loc[y]) for y in years})
    dated = pd.DataFrame({y: int(whole["vintage"].loc[y]) for y in years}, index=table.index)
    values = {"years": ", ".join(map(str, years))}
    note = Finding(code="births_of_county", severity="note", table="births", rows=0, values=values)
    return table.join(more), vintage.join(dated), [note]


def _joined(early: pd.Series, whole: pd.Series, total: pd.Series) -> pd.Series:
    """Put earlier births of the whole county before those of the villages, without gaps."""
    if not len(early):
        return total
    both = whole.index.intersection(total.index)
    ratio = total[both].sum() / whole[both].sum() if len(both) and whole[both].sum() > 0 else 1.0
    years = range(int(early.index.min()), int(total.index.max()) + 1)
    series: pd.Series = pd.concat([early * ratio, total]).reindex(years)
    last_gap = series.index[series.isna()].max() if series.isna().any() else None
    return series if last_gap is None else series[series.index > last_gap]


def _of_villages(county: County, base_year: int) -> pd.DataFrame:
    villages = county.villages
    names = [c for c in villages.columns if _COLUMN.fullmatch(str(c))]
    parts = [
        pd.DataFrame(
            {
                "village_id": villages.index.astype("str"),
                "year": int(str(name)[-4:]),
                "births": pd.to_numeric(villages[name]).to_numpy(dtype=float),
                "vintage": base_year,
            }
        )
        for name in names
    ]
    empty = pd.DataFrame({"village_id": [], "year": [], "births": [], "vintage": []})
    return pd.concat(parts) if parts else empty.astype({"village_id": "str", "births": float})


def _checked(given: pd.DataFrame, county: County, base_year: int) -> pd.DataFrame:
    lang = county.language()
    if not isinstance(given, pd.DataFrame):
        given = pd.DataFrame()
    missing = [c for c in _WANTED if c not in given]
    if missing:
        values = {"missing": ", ".join(missing), "have": ", ".join(map(str, given.columns))}
        raise DataError(
            Finding(code="births_columns_missing", table="births", values=values), lang=lang
        )
    births = pd.to_numeric(given["births"], errors="coerce")
    year = pd.to_numeric(given["year"], errors="coerce")
    said = given["vintage"] if "vintage" in given else pd.Series(np.nan, given.index)
    vintage = pd.to_numeric(said, errors="coerce")
    bad = {
        "births_not_number": (births.isna() & given["births"].notna()) | np.isinf(births),
        "births_negative": births < 0,
        "births_bad_year": ~_is_year(year, base_year)
        | (said.notna() & ~_is_year(vintage, base_year)),
    }
    ids = given["village_id"].fillna("").astype("str").str.strip()
    found = [
        Finding(code=code, table="births", column="births", ids=tuple(sorted(set(ids[rows]))),
                rows=int(rows.sum()))
        for code, rows in bad.items()
        if rows.any()
    ]  # fmt: skip
    if found:
        raise DataError(found, lang=lang)
    table = pd.DataFrame({"village_id": ids, "year": year.astype("int64"), "births": births})
    return table.assign(vintage=vintage.fillna(base_year).astype("int64"))


def _is_year(year: pd.Series, base_year: int) -> pd.Series:
    return (year % 1 == 0) & ((year - base_year).abs() <= CENTURY)


def _latest(long: pd.DataFrame) -> pd.DataFrame:
    """Of several vintages of a number keep the last; of equal ones, the mean."""
    keys = ["village_id", "year"]
    newest = long.groupby(keys)["vintage"].transform("max")
    kept = long[long["vintage"] == newest]
    return kept.groupby(keys).agg(births=("births", "mean"), vintage=("vintage", "max"))


def _of_known_villages(
    long: pd.DataFrame, county: County
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Share the births of villages that the county does not have among those it has."""
    have = long["village_id"].isin(county.villages.index.astype("str"))
    lost = long[~have]
    if not len(lost):
        return long, ()
    kept = long[have].copy()
    # In each year and vintage, the others take over births in proportion to their own.
    keys = ["year", "vintage"]
    own = kept.groupby(keys)["births"].transform("sum")
    taken = kept.set_index(keys).index.map(lost.groupby(keys)["births"].sum().to_dict())
    more = pd.Series(np.asarray(taken, dtype=float), index=kept.index).fillna(0.0)
    kept["births"] *= (1 + more / own.where(own > 0)).fillna(1.0)
    ids = tuple(sorted(set(lost["village_id"])))
    values = {"births": f"{lost['births'].sum():g}"}
    note = Finding(
        code="births_unknown_village", severity="warning", table="births", ids=ids, values=values
    )
    return kept, (note,)


def _changed_villages(long: pd.DataFrame) -> list[Finding]:
    """Find villages that stand in one vintage of a year and not in another."""
    seen = long.groupby(["year", "vintage"])["village_id"].agg(frozenset)
    changed: dict[str, set[str]] = {
        "births_village_appears": set(),
        "births_village_vanishes": set(),
    }
    for _, of_year in seen.groupby(level="year"):
        sets = of_year.sort_index(level="vintage").tolist()
        for old, new in pairwise(sets):
            changed["births_village_appears"] |= new - old
            changed["births_village_vanishes"] |= old - new
    return [
        Finding(code=code, severity="warning", table="births", ids=tuple(sorted(ids)))
        for code, ids in changed.items()
        if ids
    ]


def _decimals(table: pd.DataFrame) -> list[Finding]:
    odd = ((table % 1).fillna(0) != 0).any(axis=1)
    ids = tuple(table.index[odd].astype("str"))
    return [Finding(code="births_decimals", severity="note", table="births", ids=ids)] * bool(ids)


def _without_gaps(table: pd.DataFrame, weight: pd.Series) -> tuple[pd.DataFrame, list[Finding]]:
    """Fill years and villages without a number, and tell which."""
    found = []
    years = list(range(int(table.columns.min()), int(table.columns.max()) + 1))
    missing = [y for y in years if y not in table]
    blank = table.isna().any(axis=1)
    table = table.reindex(columns=years)
    none = table.isna().all(axis=1)
    whole = table[~blank]
    # Without a village that is complete, the mean of those known in each year.
    course = (whole if np.nansum(whole.to_numpy()) > 0 else table).mean(axis=0)
    course = course.interpolate()
    known = table.notna()
    part = known.to_numpy() @ course.to_numpy(dtype=float)
    level = table.sum(axis=1) / np.maximum(part, 1e-12)
    heavy = float(weight[~none].sum())
    per = float(level[~none].sum()) / heavy if heavy > 0 else 0.0
    level = level.where(~none, weight * per)
    fill = pd.DataFrame(np.outer(level, course), index=table.index, columns=years)
    if missing:
        values = {"years": ", ".join(map(str, missing))}
        found.append(
            Finding(code="births_years_missing", severity="warning", table="villages", rows=0,
                    column=f"births_{missing[0]}", values=values)
        )  # fmt: skip
    ids = tuple(table.index[blank].astype("str"))
    if ids:
        found.append(Finding(code="births_blank", severity="warning", table="villages", ids=ids))
    return table.where(known, fill), found
