"""Tables of balance in words: headings and labels instead of names and codes."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from layoutplan.standards import Standards
from layoutplan.tables import Table, heading
from layoutplan.words import Language, catalogue

_KEYS: Final[Mapping[str, str]] = {
    "stage": "balance.stage.{}",
    "kind": "kind.{}",
    "indicator": "balance.indicator.{}",
    "resource": "balance.resource.{}",
    "reason": "balance.reason.{}",
    "unit": "unit.{}",
    "way_unit": "unit.{}",
    "met": "assessment.met.{}",
    "status": "status.{}",
}
"""Columns whose values are codes, and where their words stand."""

_PLAIN: Final = 4
"""Decimals where no form says how many, as in the worked example of 2012."""


def as_words(table: pd.DataFrame, declared: Table, *, lang: Language) -> pd.DataFrame:
    """Put words instead of codes.

    Parameters
    ----------
    table
        The table.
    declared
        Its declaration, for the headings.
    lang
        The language.

    Returns
    -------
    pandas.DataFrame
        The same rows and numbers; names from files stay as they are.
    """
    words = catalogue(lang)
    texts = {
        column: pd.Series(
            [words.get(key.format(v), str(v)) if v else "" for v in table[column]],
            index=table.index,
            dtype="str",
        )
        for column, key in _KEYS.items()
        if column in table
    }
    if "failed" in table:
        comma = words["template.comma"]
        texts["failed"] = pd.Series(
            [
                comma.join(words[f"balance.indicator.{name}"] for name in str(names).split())
                for names in table["failed"]
            ],
            index=table.index,
            dtype="str",
        )
    shown = table.assign(**texts)
    return shown.rename(columns={c: heading(declared, str(c), lang=lang) for c in shown.columns})


def decimals_of(column: str, standards: Standards) -> int:
    """Give the decimals with which a number of the table of indicators is printed.

    Parameters
    ----------
    column
        The column.
    standards
        The rulebook; the forms of 2017 say how they print means, those of 2012 do not.

    Returns
    -------
    int
        The decimals; 0 for counts.
    """
    if column in ("cv", "cv_limit"):
        own = "quality_decimals_cv"
        return int(standards.value(own if own in standards else "basic_decimals_cv"))
    if column in ("mean", "standard"):
        known = "quality_decimals_county_mean" in standards
        return int(standards.value("quality_decimals_county_mean")) if known else _PLAIN
    return _PLAIN if column == "deviation" else 0


def as_printed(column: pd.Series, decimals: int) -> list[str]:
    """Print a column: numbers with their decimals, blank where there is none.

    Parameters
    ----------
    column
        The column.
    decimals
        The decimals of its numbers.

    Returns
    -------
    list of str
        The texts.

    Examples
    --------
    >>> as_printed(pd.Series([0.25, None]), 3)
    ['0.250', '']
    """
    if not pd.api.types.is_numeric_dtype(column):
        return ["" if pd.isna(v) else str(v) for v in column]
    return ["" if pd.isna(v) else f"{float(v):,.{decimals}f}" for v in column]
