"""Names that are missing, repeated, broken or no names at all."""

import re
from collections.abc import Iterator
from typing import Final

import pandas as pd

from layoutplan.checks.rows import ids, text
from layoutplan.county import County
from layoutplan.findings import Finding
from layoutplan.standards import Standards

NAMED: Final = ("villages", "schools", "townships", "candidates", "roads")

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]|_x000D_?")
"""Control characters and marks without width; _x000D_ is how workbooks write a line end."""

_GARBLED: Final = re.compile(r"\ufffd|锟斤拷|烫烫烫|屯屯屯|[\u0080-\u00ff]{3,}|\?{3,}")
"""What is left of text that was read in the wrong encoding."""

_TOTAL: Final = re.compile(
    r"^\W*(合\s*计|小\s*计|总\s*计|共\s*计|total|subtotal|sum)\W*$", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"^[\d.,\s-]+$")


def names(county: County, standards: Standards) -> Iterator[Finding]:
    """Find villages and schools without a name, and schools that share one.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    del standards
    for name in ("villages", "schools"):
        table = county.table(name)
        called = table.get("name", pd.Series(None, index=table.index, dtype="str"))
        blank = table.index[called.isna()]
        if len(blank):
            yield Finding(code="no_name", severity="note", table=name, ids=ids(blank))
    schools = county.schools
    if "name" in schools:
        plain = schools["name"].str.casefold().str.replace(r"[\W_]+", "", regex=True)
        twice = plain.notna() & plain.ne("") & plain.duplicated(keep=False)
        if twice.any():
            at = ids(schools.index[twice])
            yield Finding(
                code="same_name", severity="warning", table="schools", column="name", ids=at
            )


def broken_names(county: County, standards: Standards) -> Iterator[Finding]:
    """Find names that hold control characters, lost letters, totals or numbers.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    del standards
    for name in NAMED:
        called = text(county.table(name), "name").dropna()
        yield from _control(name, called)
        yield from _garbled(name, called)
        yield from _no_names(name, called)


def _at(called: pd.Series, pattern: re.Pattern[str]) -> tuple[str, ...]:
    return ids(called.index[called.map(lambda v: pattern.search(v) is not None).to_numpy(bool)])


def _control(name: str, called: pd.Series) -> Iterator[Finding]:
    at = _at(called, _CONTROL)
    if at:
        yield Finding(
            code="name_control_characters", severity="warning", table=name, column="name", ids=at
        )


def _garbled(name: str, called: pd.Series) -> Iterator[Finding]:
    at = _at(called, _GARBLED)
    if at:
        yield Finding(code="name_garbled", severity="warning", table=name, column="name", ids=at)


def _no_names(name: str, called: pd.Series) -> Iterator[Finding]:
    totals = _at(called, _TOTAL)
    if totals:
        yield Finding(code="totals_row", severity="warning", table=name, column="name", ids=totals)
    numbers = _at(called, _NUMBER) if name != "roads" else ()
    if numbers:
        yield Finding(
            code="name_is_number", severity="warning", table=name, column="name", ids=numbers
        )
