"""Findings within and between the tables of a county: what to look at before planning."""

from collections.abc import Callable, Iterator
from typing import Final

import pandas as pd

from layoutplan.checks.codes import codes
from layoutplan.checks.enrolment import campuses, classes, enrolled, seats
from layoutplan.checks.flows import flows
from layoutplan.checks.names import broken_names, names
from layoutplan.checks.network import lines, roads
from layoutplan.checks.places import (
    areas,
    candidates_at_schools,
    coincident_villages,
    places_of_schools,
    schools_entered_twice,
)
from layoutplan.checks.pupils import births, people, pupils_of_villages
from layoutplan.checks.townships import junior_of_townships, township_areas, townships
from layoutplan.checks.units import units
from layoutplan.county import County
from layoutplan.errors import DataError, TravelError
from layoutplan.findings import Finding, findings_table
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards

Check = Callable[[County, Standards], Iterator[Finding]]


def findings(county: County, *, standards: Standards | None = None) -> tuple[Finding, ...]:
    """Go through all checks.

    Parameters
    ----------
    county
        The county.
    standards
        The standards; the national ones where None.

    Returns
    -------
    tuple of Finding
        What was noted when reading, and what the checks found.
    """
    rules = standards or load_standards()
    found = list(county.findings)
    for check_one in CHECKS:
        try:
            found += check_one(county, rules)
        except (DataError, TravelError) as error:
            found += [f for f in error.findings if f not in found]
    return tuple(found)


def check(
    county: County, *, standards: Standards | None = None, lang: str = "auto"
) -> pd.DataFrame:
    """Check a county and set out the findings, worst first.

    Parameters
    ----------
    county
        The county.
    standards
        The standards; the national ones where None.
    lang
        The language of the messages.

    Returns
    -------
    pandas.DataFrame
        One row per finding: severity, code, table, column, rows, ids, message, cure.

    Examples
    --------
    >>> from layoutplan import example
    >>> table = check(example.county(seed=1, villages=40))
    >>> bool((table["severity"] == "error").any())
    False
    """
    return findings_table(findings(county, standards=standards), lang=county.language(lang))


CHECKS: Final[tuple[Check, ...]] = (
    roads,
    lines,
    names,
    broken_names,
    codes,
    places_of_schools,
    schools_entered_twice,
    coincident_villages,
    candidates_at_schools,
    areas,
    pupils_of_villages,
    people,
    births,
    seats,
    enrolled,
    classes,
    campuses,
    townships,
    junior_of_townships,
    township_areas,
    flows,
    units,
)
"""All checks, in the order in which they are run."""
