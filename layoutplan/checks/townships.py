"""Townships: named everywhere, with people and with a junior school."""

from collections.abc import Iterator

import pandas as pd

from layoutplan.checks.rows import ids, text
from layoutplan.county import County
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.tables import BANDS_OF_KIND


def townships(county: County, standards: Standards) -> Iterator[Finding]:
    """Find villages and schools without a township.

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
        given = table.get("township_id", pd.Series(None, index=table.index, dtype="str"))
        blank = table.index[given.isna()]
        if len(blank):
            yield Finding(
                code="no_township",
                severity="note",
                table=name,
                column="township_id",
                ids=ids(blank),
            )


def junior_of_townships(county: County, standards: Standards) -> Iterator[Finding]:
    """Find townships without villages, and townships without a school that teaches grades 7-9.

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
    townships = county.townships
    of_village = text(county.villages, "township_id")
    if townships.empty or of_village.isna().all():
        return
    empty = ~townships.index.isin(of_village.dropna())
    if empty.any():
        at = ids(townships.index[empty])
        yield Finding(code="township_empty", severity="note", table="townships", ids=at)
    schools = county.schools
    junior = schools["kind"].map(lambda kind: "g79" in BANDS_OF_KIND[kind]).astype(bool)
    have = pd.Index(text(schools, "township_id")[junior].dropna())
    without = ~townships.index.isin(have) & ~empty
    if without.any() and len(have):
        at = ids(townships.index[without])
        yield Finding(code="township_has_no_junior", severity="warning", table="townships", ids=at)
