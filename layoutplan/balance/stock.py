"""Stock: what every school has, and the pupils it has it for."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.balance.indicators import ANNEXED, RESOURCES, TEACHERS
from layoutplan.county import County
from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.tables import BANDS
from layoutplan.words import Language

PUPILS: Final = ("primary", "junior", "senior")
"""Columns of a stock: pupils by stage."""

OF_JUNIOR: Final = {name: f"{name}_junior" for name in TEACHERS}
"""Where the schools table says how many of the teachers are those of the junior stage."""

AMOUNTS: Final = (*RESOURCES, *OF_JUNIOR.values(), *ANNEXED)
"""Columns of a stock: what a school has, NaN where that is not known."""

_TEXTS: Final = ("name", "kind", "township_id", "ownership", "campus_of")


@dataclass(frozen=True, eq=False, kw_only=True)
class Stock:
    """What every school has, and its pupils.

    Made by `stock_of` and `layoutplan.balance.stock_after`.

    Parameters
    ----------
    name
        What it is the stock of: a county or a plan.
    lang
        The language of words.
    county
        The county, for the names of its townships and the places of its schools.
    rows
        Indexed by school_id, sorted: name, kind, township_id, ownership, campus_of
        (text), `PUPILS` (persons) and `AMOUNTS`.
    travelled
        The ways to school of a plan, see `layoutplan.balance.travelled`; None where it
        is not the stock of a plan.
    findings
        What should be known about it.
    """

    name: str
    lang: Language
    county: County = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    travelled: pd.DataFrame | None = field(default=None, repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """What every school has, copied out."""
        return self.rows.copy()

    @property
    def townships(self) -> dict[str, str]:
        """The names of the townships by id; the id where a township has no name."""
        names = texts_of(self.county.townships, "name")
        return {str(i): str(n) or str(i) for i, n in names.items()}


def stock_of(county: County, *, lang: str = "auto") -> Stock:
    """Read what every school has, and its enrolment, from a county.

    Parameters
    ----------
    county
        The county; its schools table has ``enrolment_g13``, ``enrolment_g46``,
        ``enrolment_g79``, ``enrolment_senior`` and the resources, as far as they are
        known.
    lang
        The language of words; that of the county's names where ``"auto"``.

    Returns
    -------
    Stock
        One row per school. Where a school has some enrolment columns filled, a blank
        one counts as none; where all are blank, its pupils are not known.

    Raises
    ------
    DataError
        If no school has any enrolment.

    Examples
    --------
    >>> from layoutplan import example
    >>> stock = stock_of(example.county(seed=1, villages=40))
    >>> bool((stock.table["teachers"] > 0).all())
    True
    """
    spoken = county.language(lang)
    schools = county.schools
    bands = [f"enrolment_{b}" for b in (*BANDS, "senior")]
    if not any(b in schools for b in bands):
        raise DataError(Finding(code="balance_no_enrolment", table="schools"), lang=spoken)
    given = pd.DataFrame({b: numbers(schools, b) for b in bands})
    known = given.notna().any(axis=1)
    filled = given.fillna(0)
    pupils = pd.DataFrame(
        {
            "primary": filled["enrolment_g13"] + filled["enrolment_g46"],
            "junior": filled["enrolment_g79"],
            "senior": filled["enrolment_senior"],
        }
    ).where(known)
    return Stock(
        name=county.name,
        lang=spoken,
        county=county,
        rows=with_pupils(schools, pupils),
    )


def with_pupils(schools: pd.DataFrame, pupils: pd.DataFrame) -> pd.DataFrame:
    """Set what schools have beside pupils by stage.

    Parameters
    ----------
    schools
        Sites, indexed by id, with the columns of the schools table.
    pupils
        Pupils by stage, the columns of `PUPILS`, indexed by the same ids.

    Returns
    -------
    pandas.DataFrame
        The rows of a `Stock`, sorted by id.
    """
    texts = {t: texts_of(schools, t) for t in _TEXTS}
    amounts = {a: numbers(schools, a) for a in AMOUNTS}
    table = pd.DataFrame({**texts, **pupils[list(PUPILS)], **amounts}, index=schools.index)
    return table.assign(new=False).rename_axis("school_id").sort_index()


def numbers(table: pd.DataFrame, column: str) -> pd.Series:
    """Give a column as numbers.

    Parameters
    ----------
    table
        The table.
    column
        Its name; NaN throughout where the table has no such column.

    Returns
    -------
    pandas.Series
        The numbers.
    """
    if column not in table:
        return pd.Series(np.nan, index=table.index)
    return table[column].astype("float64")


def texts_of(table: pd.DataFrame, column: str) -> pd.Series:
    """Give a column as text.

    Parameters
    ----------
    table
        The table.
    column
        Its name; empty text throughout where the table has no such column.

    Returns
    -------
    pandas.Series
        The text, empty where nothing is given.
    """
    if column not in table:
        return pd.Series("", index=table.index, dtype="str")
    return table[column].astype("str").fillna("")
