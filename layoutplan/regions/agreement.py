"""Places that counties offer each other by agreement, so that border pupils have a near school."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.demand.apportion import apportion
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.measures import Options
from layoutplan.measures.capacity import site_capacity
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
    by = ["their_school", "from_county"]
    wanted = across.groupby(by, sort=True)["pupils"].sum().reset_index()
    rows = []
    for school, claims in wanted.groupby("their_school", sort=True):
        spare = int(schools["spare"].get(school, 0))
        asked = claims["pupils"].to_numpy(dtype=float)
        given = asked * min(spare / asked.sum(), 1.0)
        whole = apportion(given, order=claims["from_county"].to_numpy(dtype=str))
        rows.append(claims.assign(places=np.minimum(whole, asked).astype("int64")))
    table = pd.concat(rows, ignore_index=True)
    table = table[table["places"] > 0]
    owners = schools["county_code"].reindex(table["their_school"]).to_numpy()
    return pd.DataFrame(
        {
            "school_id": table["their_school"].astype("str"),
            "from_county": owners,
            "to_county": table["from_county"],
            "places": table["places"],
        }
    ).reset_index(drop=True)


def read_agreement(path: str | Path, *, lang: str = "auto") -> pd.DataFrame:
    """Read an agreement from a CSV file or an Excel workbook.

    Parameters
    ----------
    path
        The file.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        The columns of `AGREEMENT`.

    Raises
    ------
    DataError
        If the file cannot be read.
    OptionsError
        If a number of places is none.
    """
    cells = read_cells(path, AGREEMENT, lang=lang)
    places = pd.to_numeric(cells["places"], errors="coerce")
    wrong = cells.index[places.isna() | (places < 0) | (places % 1 != 0)]
    if len(wrong):
        rows = tuple(str(r) for r in wrong)
        raise OptionsError(
            Finding(code="agreement_places", table=Path(path).name, ids=rows), lang=lang
        )
    return cells.assign(places=places.astype("int64")).reset_index(drop=True)[list(COLUMNS)]


def check_agreement(agreement: pd.DataFrame, schools: gpd.GeoDataFrame, *, lang: str) -> None:
    """Check an agreement against the schools of all counties.

    Parameters
    ----------
    agreement
        The agreement.
    schools
        The schools, with ``county_code`` and ``spare``.
    lang
        The language of messages.

    Raises
    ------
    OptionsError
        With everything wrong: schools that are unknown or of another county, a county that
        offers places to itself, more places than are spare.
    """
    owner = agreement["school_id"].map(schools["county_code"])
    offered = agreement.groupby("school_id")["places"].sum()
    spare = schools["spare"].reindex(offered.index).fillna(0)
    wrong = {
        "agreement_unknown": agreement["school_id"][owner.isna()],
        "agreement_other_county": agreement["school_id"][
            owner.notna() & (owner != agreement["from_county"])
        ],
        "agreement_own": agreement["school_id"][agreement["from_county"] == agreement["to_county"]],
        "agreement_beyond": pd.Series(offered.index[offered > spare]),
    }
    found = [
        Finding(code=code, table="agreement", ids=tuple(sorted(set(ids.astype("str")))))
        for code, ids in wrong.items()
        if len(ids)
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
