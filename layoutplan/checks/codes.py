"""Codes of schools and of divisions: pattern, level, and whether they agree with each other.

The identification code of a school has ten digits: two of its category, two of its
province, six of its own. The code of a division has twelve: six of the county, three of
the township, three of the village; a township's has nine, or twelve that end in 000.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

import pandas as pd

from layoutplan.checks.rows import ids, text
from layoutplan.county import County
from layoutplan.findings import Finding
from layoutplan.standards import Standards

_PROVINCE: Final = "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)"
_CATEGORY: Final = "(11|21|22|31|32|33|34|35|36|37|41|42|51|91|92|93)"
SCHOOL_CODE: Final = re.compile(rf"^{_CATEGORY}{_PROVINCE}\d{{6}}$")
VILLAGE_CODE: Final = re.compile(r"^[1-9]\d{11}$")
TOWNSHIP_CODE: Final = re.compile(r"^[1-9]\d{8}(000)?$")

KINDS_OF_CATEGORY: Final = MappingProxyType(
    {
        "21": ("primary", "teaching_point"),
        "31": ("junior", "nine_year"),
        "34": ("complete_secondary",),
        "51": ("special",),
    }
)
"""Kinds of school by the first two digits of the code, where they tell."""

_COUNTY_DIGITS: Final = 6
_TOWNSHIP_DIGITS: Final = 9


def codes(county: County, standards: Standards) -> Iterator[Finding]:
    """Find codes that break the pattern of the others, or contradict kind or township.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    share = standards.value("check_pattern_share")
    yield from _school_codes(county, share)
    yield from _division_codes(county, share)


def _kept(codes_of: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    return codes_of.map(lambda v: pattern.match(v) is not None).astype(bool)


def _school_codes(county: County, share: float) -> Iterator[Finding]:
    schools = county.schools
    given = pd.Series(ids(schools.index), index=schools.index)
    kept = _kept(given, SCHOOL_CODE)
    # A county that numbers its schools in another way is told nothing.
    if kept.mean() < share:
        return
    if not kept.all():
        at = ids(schools.index[~kept])
        yield Finding(
            code="school_code_pattern",
            severity="warning",
            table="schools",
            column="school_id",
            ids=at,
        )
    kinds = given.str[:2].map(KINDS_OF_CATEGORY)
    told = kept & kinds.notna()
    other = [k not in known for k, known in zip(schools["kind"][told], kinds[told], strict=True)]
    if any(other):
        at = ids(schools.index[told][other])
        yield Finding(
            code="school_code_kind", severity="warning", table="schools", column="kind", ids=at
        )


def _division_codes(county: County, share: float) -> Iterator[Finding]:
    villages, townships = county.villages, county.townships
    for name, table, pattern in (
        ("villages", villages, VILLAGE_CODE),
        ("townships", townships, TOWNSHIP_CODE),
    ):
        given = pd.Series(ids(table.index), index=table.index, dtype="str")
        kept = _kept(given, pattern)
        if len(kept) == 0 or kept.mean() < share:
            continue
        if not kept.all():
            yield Finding(
                code="division_code_pattern",
                severity="warning",
                table=name,
                column=table.index.name or "",
                ids=ids(table.index[~kept]),
            )
        yield from _other_county(name, given[kept])
    yield from _other_township(villages)


def _other_county(name: str, given: pd.Series) -> Iterator[Finding]:
    of = given.str[:_COUNTY_DIGITS]
    most = str(of.value_counts().sort_index().idxmax())
    other = of.ne(most)
    if other.any():
        yield Finding(
            code="division_code_county",
            severity="warning",
            table=name,
            ids=ids(given.index[other]),
            values={"county": most},
        )


def _other_township(villages: pd.DataFrame) -> Iterator[Finding]:
    given = pd.Series(ids(villages.index), index=villages.index, dtype="str")
    township = text(villages, "township_id").fillna("")
    both = _kept(given, VILLAGE_CODE) & _kept(township, TOWNSHIP_CODE)
    parts = given.str[:_TOWNSHIP_DIGITS].ne(township.str[:_TOWNSHIP_DIGITS])
    if (both & parts).any():
        yield Finding(
            code="division_code_township",
            severity="warning",
            table="villages",
            column="township_id",
            ids=ids(villages.index[both & parts]),
        )
