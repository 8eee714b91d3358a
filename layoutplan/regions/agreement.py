"""Places that counties offer each other by agreement, so that border pupils have a near school."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.demand.apportion import apportion
from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.measures import Options
from layoutplan.measures.capacity import site_capacity
from layoutplan.regions.listing import plain_codes
from layoutplan.sources.one_table import read_cells
from layoutplan.standards import Standards
from layoutplan.tables import Column, Table


def _column(name: str, zh: str, en: str) -> Column:
    return Column(name=name, type="text", zh=zh, en=en, required=True, filled=True)


AGREEMENT: Final = Table(
    name="agreement",
    zh="跨县协议",
    en="Agreement",
    columns=(
        _column("school_id", "学校标识码", "school code"),
        _column("from_county", "学校所在县代码", "county of the school"),
        _column("to_county", "学生所在县代码", "county of the pupils"),
        _column("places", "学位数", "places"),
    ),
)
"""What is offered: a school of one county gives places to pupils of another."""

COLUMNS: Final = tuple(c.name for c in AGREEMENT.columns)


def proposed(across: pd.DataFrame, schools: gpd.GeoDataFrame) -> pd.DataFrame:
    """Propose an agreement: spare places, shared among those whose nearest school it is.

    Parameters
    ----------
    across
        The villages of all counties that have a nearer school across the line, with a
        column ``from_county``; see `layoutplan.regions.border.nearer_across`.
    schools
        The schools of all counties, with ``county_code`` and ``spare``.

    Returns
    -------
    pandas.DataFrame
        The columns of the table `AGREEMENT`. Where more pupils are near than places are
        spare, the places are shared in proportion, in whole places. People decide; nothing
        is offered unless the table is given back.
    """
    if not len(across):
        return pd.DataFrame({c: pd.Series(dtype="str") for c in COLUMNS}).astype(
            {"places": "int64"}
        )
    # A school that is not the only one of its id cannot be named by it.
    once = schools[~schools.index.duplicated(keep=False)]
    by = ["their_school", "from_county"]
    wanted = across.groupby(by, sort=True)["pupils"].sum().reset_index()
    rows = []
    for school, claims in wanted.groupby("their_school", sort=True):
        spare = int(once["spare"].get(school, 0))
        asked = claims["pupils"].to_numpy(dtype=float)
        given = asked * min(spare / asked.sum(), 1.0)
        whole = apportion(given, order=claims["from_county"].to_numpy(dtype=str))
        rows.append(claims.assign(places=np.minimum(whole, asked).astype("int64")))
    table = pd.concat(rows, ignore_index=True)
    table = table[table["places"] > 0]
    owners = once["county_code"].reindex(table["their_school"]).to_numpy()
    return pd.DataFrame(
        {
            "school_id": table["their_school"].astype("str"),
            "from_county": owners,
            "to_county": table["from_county"],
            "places": table["places"],
        }
    ).reset_index(drop=True)


def read_agreement(given: pd.DataFrame | str | Path, *, lang: str = "auto") -> pd.DataFrame:
    """Read an agreement from a table, a CSV file or an Excel workbook.

    Parameters
    ----------
    given
        The table, or its file.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        The columns of `AGREEMENT`.

    Raises
    ------
    DataError
        If the file cannot be read, or columns are missing.
    OptionsError
        If a number of places is none.

    Examples
    --------
    >>> rows = [("s1", "341501", "341502", "12")]
    >>> read_agreement(pd.DataFrame(rows, columns=COLUMNS))["places"].tolist()
    [12]
    """
    if isinstance(given, pd.DataFrame):
        cells, name = _cells(given, lang=lang), AGREEMENT.name
    else:
        cells, name = read_cells(given, AGREEMENT, lang=lang), Path(given).name
    places = pd.to_numeric(cells["places"], errors="coerce")
    wrong = cells.index[places.isna() | (places < 0) | (places % 1 != 0)]
    if len(wrong):
        rows = tuple(str(r) for r in wrong)
        raise OptionsError(Finding(code="agreement_places", table=name, ids=rows), lang=lang)
    return cells.assign(places=places.astype("int64")).reset_index(drop=True)[list(COLUMNS)]


def _cells(table: pd.DataFrame, *, lang: str) -> pd.DataFrame:
    """Give the cells of a table as a file would give them: text."""
    have = ", ".join(str(c) for c in table.columns)
    found = [
        Finding(
            code="missing_column", table=AGREEMENT.name, column=c.name,
            values={"heading": f"{c.name} / {c.zh}", "have": have},
        )
        for c in AGREEMENT.columns
        if c.name not in table.columns
    ]  # fmt: skip
    if found:
        raise DataError(found, lang=lang)
    wanted = table[list(COLUMNS)]
    return pd.DataFrame({c: plain_codes(wanted[c]).fillna("") for c in COLUMNS}).astype("str")


def check_agreement(
    agreement: pd.DataFrame,
    schools: gpd.GeoDataFrame,
    *,
    unread: Collection[str] = (),
    lang: str,
) -> None:
    """Check an agreement against the schools of all counties.

    Parameters
    ----------
    agreement
        The agreement.
    schools
        The schools, with ``county_code`` and ``spare``.
    unread
        Counties whose schools are not known in this run; their rows are not judged.
    lang
        The language of messages.

    Raises
    ------
    OptionsError
        With everything wrong: schools that are unknown, of another county or not the only
        one of their id, counties that are unknown, a county that offers places to itself,
        more places than are spare.
    """
    counties = set(schools["county_code"]) | set(unread)
    ids = agreement["school_id"]
    alike = ids.isin(schools.index[schools.index.duplicated()])
    once = schools[~schools.index.duplicated()]
    owner = ids.map(once["county_code"]).where(~agreement["from_county"].isin(list(unread)))
    judged = ~agreement["from_county"].isin(list(unread))
    offered = agreement[judged].groupby("school_id")["places"].sum()
    spare = once["spare"].reindex(offered.index).fillna(0)
    ends = pd.concat([agreement["from_county"], agreement["to_county"]])
    wrong = {
        "agreement_unknown": ids[owner.isna() & judged],
        "agreement_same_id": ids[alike],
        "agreement_other_county": ids[
            owner.notna() & (owner != agreement["from_county"]) & judged & ~alike
        ],
        "agreement_own": ids[agreement["from_county"] == agreement["to_county"]],
        "agreement_unknown_county": ends[~ends.isin(list(counties))],
        "agreement_beyond": pd.Series(offered.index[offered > spare]),
    }
    found = [
        Finding(code=code, table="agreement", ids=tuple(sorted(set(named.astype("str")))))
        for code, named in wrong.items()
        if len(named)
    ]
    if found:
        raise OptionsError(found, lang=lang)


def offering(
    county: County, options: Options, offered: Mapping[str, int], *, standards: Standards
) -> tuple[County, Options]:
    """Set aside the places that a county offers: the schools stay, with fewer places.

    Parameters
    ----------
    county
        The county that offers them.
    options
        What is asked of its plan.
    offered
        Places by school.
    standards
        Class sizes, for places that are not given.

    Returns
    -------
    tuple
        The county and the options under which these places are not its own.
    """
    if not offered:
        return county, options
    schools = county.schools
    places = site_capacity(county, standards=standards)["places"].reindex(schools.index)
    given = schools["places"].astype(float) if "places" in schools else places * np.nan
    for school, number in offered.items():
        given[school] = places[school] - number
    tables = dict(county.tables)
    tables["schools"] = schools.assign(places=given)
    kept = replace(options, keep=frozenset(options.keep) | set(offered))
    return replace(county, tables=tables), kept
