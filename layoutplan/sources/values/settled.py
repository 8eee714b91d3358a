"""Values of delivered tables made ready for validation, every change with a finding."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import pandas as pd

from layoutplan.sources.columns import Mapped, MappedTables, sources
from layoutplan.sources.headings.aliases import BETWEEN, words
from layoutplan.sources.values.codes import clean_codes
from layoutplan.sources.values.kinds import clean_kinds
from layoutplan.sources.values.money import doubtful_money
from layoutplan.sources.values.numbers import clean_numbers, unit_factor
from layoutplan.sources.values.texts import clean_texts, join_townships
from layoutplan.sources.values.totals import without_totals
from layoutplan.tables import COUNTY_TABLES, Table

_BRACKETS: Final = re.compile(r"[(\[〔]([^)\]〕]*)[)\]〕]")


def settle_values(
    tables: Mapping[str, pd.DataFrame], *, columns: Mapped, units: Mapping[str, str]
) -> MappedTables:
    """Read the values of delivered tables.

    Totals rows go out, numbers typed as text are read, signs for "not applicable" are
    emptied, amounts in 万元 become yuan, kinds of schools come under our words, codes are
    repaired. Where none of this is needed the tables stay as they are.

    Parameters
    ----------
    tables
        The tables under our names.
    columns
        Which heading each column came from.
    units
        Table -> the unit that stands above it, where one does.

    Returns
    -------
    MappedTables
        The tables, and a finding for every change and every doubt.
    """
    settled, findings, told = dict[str, pd.DataFrame](), [], dict[str, set[str]]()
    for name, frame in tables.items():
        table = COUNTY_TABLES[name]
        of = _units(table, columns.get(name, {}), units.get(name, ""))
        told[name] = {c for c, unit in of.items() if "元" in unit or "yuan" in unit}
        frame, found = without_totals(frame, table)  # noqa: PLW2901 - one step after another
        findings += found
        factors = {c: unit_factor(unit) for c, unit in of.items()}
        for clean in (clean_kinds, clean_texts):
            frame, found = clean(frame, table)  # noqa: PLW2901
            findings += found
        settled[name], found = clean_numbers(frame, table, factors=factors)
        findings += found
    settled, found = clean_codes(settled)
    findings += found
    settled, found = join_townships(settled)
    findings += found
    findings += doubtful_money(settled, told=told)
    return MappedTables(tables=settled, findings=tuple(findings))


def _units(table: Table, entries: Mapping[str, object], above: str) -> dict[str, str]:
    """Give the unit of each column whose heading, or the line above the table, tells it."""
    units = {}
    for column, entry in entries.items():
        headings = sources(entry)
        unit = heading_unit(headings[0]) if headings else ""
        if not unit and column in table and table[column].unit == "yuan":
            unit = next((u for u in ("万元", "千元", "元") if u in above), "")
        if column in headings and column.endswith("_yuan"):
            unit = "yuan"
        if unit:
            units[column] = unit
    return units


def heading_unit(heading: str) -> str:
    """Give the unit that a heading names.

    Parameters
    ----------
    heading
        The heading.

    Returns
    -------
    str
        The unit, empty where it names none.

    Examples
    --------
    >>> heading_unit("教学仪器设备值（万元）"), heading_unit("图书/册"), heading_unit("床位数")
    ('万元', '册', '')
    """
    parts = [unicodedata.normalize("NFKC", p) for p in heading.split(BETWEEN)]
    for part in reversed(parts):
        for inside in reversed(_BRACKETS.findall(part)):
            text = str(inside).strip().removeprefix("单位").lstrip(":").strip()
            if unit_factor(text) != Decimal(1) or text.lower() in words("units"):
                return text
    last = parts[-1].strip()
    return last if len(parts) > 1 and last in words("units") else ""
