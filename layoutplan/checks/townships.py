"""Townships: named everywhere, with people and with a junior school."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

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


def township_areas(county: County, standards: Standards) -> Iterator[Finding]:
    """Find areas of townships that cross themselves, and areas that overlap.

    Parameters
    ----------
    county
        The county.
    standards
        The share of the smaller area from which an overlap is no border drawn twice.

    Yields
    ------
    Finding
        What was found.
    """
    townships = county.townships
    if townships.empty:
        return
    shapes = townships.geometry.to_numpy()
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        at = ids(townships.index[broken])
        yield Finding(code="area_invalid", severity="warning", table="townships", ids=at)
    sound = shapely.make_valid(shapes)
    one, other = shapely.STRtree(sound).query(sound, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.area(shapely.intersection(sound[one], sound[other]))
    smaller = np.minimum(shapely.area(sound[one]), shapely.area(sound[other]))
    over = common > standards.value("check_overlap_share") * smaller
    if over.any():
        at = townships.index[np.unique(np.concatenate([one[over], other[over]]))]
        yield Finding(
            code="townships_overlap",
            severity="warning",
            table="townships",
            ids=ids(at),
            rows=int(over.sum()),
        )
