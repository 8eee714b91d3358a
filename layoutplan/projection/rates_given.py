"""What a planner gives by village or township: net migration, and housing projects."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.projection.grades import GRADES
from layoutplan.standards import Standards

Floats = NDArray[np.float64]
Migration = float | Mapping[str, float] | pd.DataFrame | None

_IDS = ("village_id", "township_id")


def net_migration(
    given: Migration, *, county: County, years: tuple[int, ...], numbers: Standards
) -> Floats:
    """Read net migration as a share a year.

    Parameters
    ----------
    given
        None for the assumption of the standards; a share for all villages; a mapping of
        village or township ids to shares; or a table with village_id or township_id, rate,
        and year where it changes. What a village has itself goes before its township's.
    county
        The county.
    years
        The school years ahead, without the base year.
    numbers
        The standards.

    Returns
    -------
    numpy.ndarray
        Shares, years ahead x villages in the order of their ids.

    Raises
    ------
    OptionsError
        If a place is unknown or a share is no number above -1; all of it at once.
    """
    villages = county.villages.sort_index()
    general = numbers.value("migration_per_year")
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        general, given = float(given), None
    rates = np.full((len(years), len(villages)), general)
    if not -1 < general < np.inf:
        _refuse([_bad("migration", (), general)], county)
    if given is None:
        return rates
    if isinstance(given, Mapping):
        ids = [str(k) for k in given]
        table = pd.DataFrame({"id": ids, "rate": list(given.values()), "year": None})
    elif isinstance(given, pd.DataFrame):
        table = _with_ids(given, "migration", ("rate",), county)
    else:
        raise OptionsError(_bad("migration", (), None), lang=county.language())
    places = _places(table, villages, "migration", county)
    rate = pd.to_numeric(table["rate"], errors="coerce").to_numpy(dtype=float)
    wrong = ~(rate > -1) | ~np.isfinite(rate)
    if wrong.any():
        _refuse([_bad("migration", tuple(table["id"][wrong]), None)], county)
    said = table["year"] if "year" in table else pd.Series(np.nan, table.index)
    year = pd.to_numeric(said, errors="coerce")
    undated = (said.notna() & (year % 1 != 0)).to_numpy()
    if undated.any():
        _refuse([_bad_year("migration", tuple(table["id"][undated]))], county)
    # Townships first, general years first, so that what is nearer overwrites it.
    single = np.array([len(p) == 1 for p in places])
    order = np.lexsort((table["id"].to_numpy(dtype=str), year.notna().to_numpy(), single))
    for row in order:
        when = slice(None) if pd.isna(year.iloc[row]) else [y == year.iloc[row] for y in years]
        rates[np.ix_(np.arange(len(years))[when], places[row])] = rate[row]
    return rates


def housing_pupils(
    given: pd.DataFrame | None,
    *,
    county: County,
    years: tuple[int, ...],
    numbers: Standards,
    pupils: Floats,
) -> tuple[Floats, Floats, list[Finding]]:
    """Read housing projects as pupils who come with them.

    Parameters
    ----------
    given
        Columns village_id or township_id, year (the autumn by which families have moved
        in), and pupils or dwellings.
    county
        The county.
    years
        The school years ahead, without the base year.
    numbers
        The pupils of a dwelling.
    pupils
        Pupils of the base year by village in the order of their ids, by which what a
        township is given is shared among its villages.

    Returns
    -------
    extra : numpy.ndarray
        Pupils who move in, years ahead x villages x grades: spread evenly over the grades.
    entrants : numpy.ndarray
        Children of the same dwellings who enter grade 1 in the years after, years ahead x
        villages: a ninth of the pupils each year.
    findings : list of Finding
        What lies outside the years of the projection.

    Raises
    ------
    OptionsError
        If a column is missing, a place is unknown or a number is negative.
    """
    villages = county.villages.sort_index()
    extra = np.zeros((len(years), len(villages), len(GRADES)))
    entrants = np.zeros((len(years), len(villages)))
    if given is None:
        return extra, entrants, []
    if not isinstance(given, pd.DataFrame):
        given = pd.DataFrame()
    elif not len(given):
        return extra, entrants, []
    table = _with_ids(given, "housing", ("year",), county)
    if not {"pupils", "dwellings"} & set(table):
        _refuse([_missing("housing", "pupils / dwellings", given)], county)
    blank = pd.Series(np.nan, index=table.index)
    dwellings = pd.to_numeric(table.get("dwellings", blank), errors="coerce")
    come = pd.to_numeric(table.get("pupils", blank), errors="coerce")
    filled = come.fillna(dwellings * numbers.value("pupils_per_dwelling"))
    new = filled.to_numpy(dtype=float)
    year = pd.to_numeric(table["year"], errors="coerce").to_numpy(dtype=float)
    places = _places(table, villages, "housing", county)
    wrong = ~(new >= 0) | ~np.isfinite(new)
    undated = ~(np.where(np.isfinite(year), year, np.nan) % 1 == 0)
    found = [_bad("housing", tuple(table["id"][wrong]), None)] if wrong.any() else []
    found += [_bad_year("housing", tuple(table["id"][undated]))] if undated.any() else []
    _refuse(found, county)
    outside = (year < years[0]) | (year > years[-1])
    for row in np.flatnonzero(~outside):
        at = years.index(int(year[row]))
        here = pupils[places[row]] + 1.0
        share = new[row] * here / here.sum() / len(GRADES)
        extra[at, places[row]] += share[:, None]
        entrants[at + 1 :, places[row]] += share
    ids = tuple(sorted(set(table["id"][outside])))
    values = {"first": years[0], "last": years[-1]}
    note = Finding(
        code="housing_outside", severity="warning", table="housing", ids=ids, values=values
    )
    return extra, entrants, [note] if ids else []


def _with_ids(
    given: pd.DataFrame, table: str, wanted: tuple[str, ...], county: County
) -> pd.DataFrame:
    found = [_missing(table, c, given) for c in wanted if c not in given]
    if not set(_IDS) & set(given):
        found.append(_missing(table, " / ".join(_IDS), given))
    _refuse(found, county)
    ids = pd.Series(pd.NA, index=given.index, dtype="object")
    for name in _IDS:
        if name in given:
            ids = ids.fillna(given[name].astype("object").replace("", pd.NA))
    return given.assign(id=ids.fillna("").astype("str").str.strip()).reset_index(drop=True)


def _places(
    table: pd.DataFrame, villages: pd.DataFrame, name: str, county: County
) -> list[NDArray[np.int64]]:
    """Give the positions of the villages that each row speaks of."""
    ids = villages.index.astype("str")
    none = pd.Series("", index=villages.index)
    towns = villages.get("township_id", none).fillna("").to_numpy(dtype=str)
    places = []
    for given in table["id"]:
        own = np.flatnonzero(ids == given)
        places.append(own if len(own) else np.flatnonzero(towns == given))
    unknown = tuple(i for i, p in zip(table["id"], places, strict=True) if not len(p))
    _refuse([Finding(code="unknown_place", table=name, ids=unknown)] if unknown else [], county)
    return places


def _missing(table: str, column: str, given: pd.DataFrame) -> Finding:
    values = {"missing": column, "have": ", ".join(map(str, given.columns))}
    return Finding(code="given_columns_missing", table=table, rows=0, values=values)


def _bad(table: str, ids: tuple[str, ...], value: float | None) -> Finding:
    values = {"value": "" if value is None else f"{value:g}"}
    return Finding(code=f"{table}_bad_number", table=table, ids=ids, values=values)


def _bad_year(table: str, ids: tuple[str, ...]) -> Finding:
    return Finding(code="given_bad_year", table=table, ids=ids)


def _refuse(found: list[Finding], county: County) -> None:
    if found:
        raise OptionsError(found, lang=county.language())
