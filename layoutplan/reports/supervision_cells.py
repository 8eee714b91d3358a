"""Cells of a report of supervision: numbers in the units of their rows, notes in place."""

from typing import Final

import numpy as np

from layoutplan.assessment.worded import DECIMALS, number_text
from layoutplan.reports.workbook import FORMATS, WHOLE
from layoutplan.supervision import SupervisionReport
from layoutplan.supervision.declared import REPORT_TABLES
from layoutplan.words import Language, say

MEASURED: Final = ("value", "limit", "last", "change")
"""Columns whose unit stands in the row."""

ORDER: Final = (
    "overview", "indicators", "balance", "schools", "townships", "praise", "criticism", "changes",
    "items", "next_steps", "countdown", "favoured", "notices",
)  # fmt: skip
"""The tables in the order in which they are read."""

_ONE: Final = "#,##0.0"
_THREE: Final = "0.000"
_RATIO: Final = "ratio"
_NEVER_CODED: Final = ("balance",)


def units(report: SupervisionReport, table: str, column: str) -> list[str]:
    """Give the unit of each cell of a column.

    Parameters
    ----------
    report
        The report.
    table
        The name of the table.
    column
        The name of the column.

    Returns
    -------
    list of str
        One unit per row.
    """
    rows = report.tables[table]
    if column in MEASURED and "unit" in rows:
        return [str(u) for u in rows["unit"]]
    if column in MEASURED and table in _NEVER_CODED:
        return [_RATIO] * len(rows)
    return [REPORT_TABLES[table][column].unit] * len(rows)


def cell_format(value: object, unit: str) -> str:
    """Give the number format of a cell in a workbook.

    Parameters
    ----------
    value
        The value.
    unit
        Its unit.

    Returns
    -------
    str
        The format.

    Examples
    --------
    >>> cell_format(0.4512, "ratio"), cell_format(12.5, "m2"), cell_format(12.0, "m2")
    ('0.000', '#,##0.0', '#,##0')
    """
    if unit == _RATIO:
        return _THREE
    if unit in FORMATS:
        return FORMATS[unit]
    return WHOLE if not isinstance(value, float) or value.is_integer() else _ONE


def cell_text(value: object, unit: str) -> str:
    """Write a cell as text.

    Parameters
    ----------
    value
        Text or a number.
    unit
        The unit of a number.

    Returns
    -------
    str
        The text; empty for a number that is missing.

    Examples
    --------
    >>> cell_text(12.5, "m2"), cell_text(float("nan"), ""), cell_text("=1", "")
    ('12.5', '', '=1')
    """
    if isinstance(value, str):
        return value
    number = float(str(value))
    if not np.isfinite(number):
        return ""
    if unit not in DECIMALS and not number.is_integer():
        return f"{number:,.1f}"
    return number_text(number, unit)


def below(report: SupervisionReport, table: str, lang: Language) -> list[str]:
    """Give the sentences that stand with a table: how it is made, and what is missing.

    Parameters
    ----------
    report
        The report.
    table
        The name of the table.
    lang
        The language.

    Returns
    -------
    list of str
        The sentences.
    """
    said = list(report.said_missing(table, lang))
    if table == "townships":
        said.append(say("supervision.ranking", lang))
    if table == "favoured":
        said.append(say("supervision.method", lang))
    if table == "items":
        near = f"{report.standards.value('supervision_near_days'):g}"
        behind = number_text(report.standards.value("supervision_behind_share"), "share")
        said.append(say("supervision.rules", lang, near=near, behind=behind))
    if report.tables[table].empty:
        said.insert(0, say("supervision.nothing", lang))
    return said


def opening(report: SupervisionReport, lang: Language) -> list[str]:
    """Give the sentences with which a report begins.

    Parameters
    ----------
    report
        The report.
    lang
        The language.

    Returns
    -------
    list of str
        The counts, the days compared, the assessments used.
    """
    said = [
        report.sentence(lang),
        say("supervision.compared", lang, today=report.today, last=report.last),
    ]
    if report.assessed is not None:
        said.append(say("supervision.assessed", lang, date=report.assessed))
    if report.assessed_last is not None:
        said.append(say("supervision.assessed_last", lang, date=report.assessed_last))
    return said
