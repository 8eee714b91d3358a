"""Values that look as if they were given in another unit: 10,000 yuan, mu, tens of thousands."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from layoutplan.checks.rows import column, ids, total
from layoutplan.county import County
from layoutplan.findings import Finding
from layoutplan.standards import Standards

PER_PUPIL: Final = (
    "equipment_yuan",
    "teaching_area_m2",
    "sports_area_m2",
    "books",
    "computers",
)
"""Columns of the schools whose number per pupil has a known order of magnitude."""


def units(county: County, standards: Standards) -> Iterator[Finding]:
    """Find numbers per pupil and per place that are out of all proportion.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    schools = county.schools
    pupils = total(schools, "enrolment")
    for name in PER_PUPIL:
        per = column(schools, name) / pupils.where(pupils > 0)
        yield from _odd("schools", name, per, standards)
    candidates = county.candidates
    places = column(candidates, "places")
    capital = column(candidates, "capital_yuan") / places.where(places > 0)
    yield from _odd("candidates", "capital_yuan", capital, standards)
    population = column(county.villages, "population")
    given = population[population > 0]
    parts = given[given % 1 != 0]
    # Where most are no whole numbers they are estimates, not persons counted in other units.
    if 0 < len(parts) < (1 - standards.value("check_pattern_share")) * len(given):
        yield Finding(
            code="other_unit",
            severity="warning",
            table="villages",
            column="population",
            ids=ids(parts.index),
            values={"least": f"{parts.min():g}", "most": f"{parts.max():g}"},
        )


def _odd(table: str, name: str, per: pd.Series, standards: Standards) -> Iterator[Finding]:
    """Zero is no other unit: it is none."""
    low = standards.value(f"check_{name}_min")
    high = standards.value(f"check_{name}_max")
    odd = per[(per > 0) & ((per < low) | (per > high))]
    if len(odd):
        yield Finding(
            code="other_unit",
            severity="warning",
            table=table,
            column=name,
            ids=ids(odd.index),
            values={"least": f"{odd.min():.3g}", "most": f"{odd.max():.3g}"},
        )
