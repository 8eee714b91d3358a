"""What is asked of a roadmap, checked before any work."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.roadmap.half_years import name_of, number_of, year_of

if TYPE_CHECKING:
    from layoutplan.plan import Plan

_MOST_YEARS: Final = 30
"""Building that is planned today is worn out after this time; no roadmap is longer."""


def check_asked(
    plan: "Plan",
    *,
    start: str,
    years: int,
    budgets: Mapping[int, float] | None,
    projection: Any = None,  # noqa: ANN401 - a Projection, of a room that may be absent
) -> tuple[list[int], dict[int, float] | None]:
    """Check start, years and budgets, and give the half-years.

    Parameters
    ----------
    plan
        The plan.
    start
        The first half-year.
    years
        How many years.
    budgets
        Yuan by calendar year.
    projection
        The projection, for its villages.

    Returns
    -------
    tuple
        The half-years as numbers, and the budgets; None where there is no limit.

    Raises
    ------
    OptionsError
        With everything that is wrong at once.
    """
    halves, read, found = years_asked(start, years, budgets, since=plan.county.year)
    if projection is not None and set(projection.county.villages.index) != set(plan.demand.index):
        found.append(Finding(code="roadmap_other_county"))
    if found:
        raise OptionsError(found, lang=plan.county.language())
    return halves, read


def years_asked(
    start: str, years: int, budgets: Mapping[int, float] | None, *, since: int = 0
) -> tuple[list[int], dict[int, float] | None, list[Finding]]:
    """Look at start, years and budgets, whatever the county.

    Parameters
    ----------
    start
        The first half-year.
    years
        How many years.
    budgets
        Yuan by calendar year.
    since
        The year of the county's data; 0 where it is unknown.

    Returns
    -------
    tuple
        The half-years as numbers, the budgets (None where there is no limit), and all that
        is wrong.

    Examples
    --------
    >>> halves, budgets, wrong = years_asked("2027H3", 5, None)
    >>> halves, budgets, [f.code for f in wrong]
    ([], None, ['roadmap_bad_start'])
    """
    found = []
    first = number_of(start)
    if first is None or year_of(first) > dt.MAXYEAR - 2 * _MOST_YEARS:
        found.append(Finding(code="roadmap_bad_start", values={"value": str(start)}))
    elif since and year_of(first) < since:
        values = {"value": start, "year": since}
        found.append(Finding(code="roadmap_start_past", values=values))
    whole = isinstance(years, int | np.integer) and not isinstance(years, bool)
    if not whole or not 1 <= years <= _MOST_YEARS:
        found.append(
            Finding(code="roadmap_bad_years", values={"value": years, "most": _MOST_YEARS})
        )
    halves: list[int] = []
    if not found and first is not None:
        halves = list(range(first, first + 2 * int(years)))
    read = None if budgets is None else _budgets(budgets, halves, found)
    return halves, read, found


def _budgets(
    budgets: Mapping[int, float], halves: list[int], found: list[Finding]
) -> dict[int, float]:
    known = sorted({year_of(h) for h in halves})
    span = f"{known[0]}-{known[-1]}" if known else "–"
    read: dict[int, float] = {}
    unknown, wrong = [], []
    for year, yuan in budgets.items():
        try:
            number, amount = int(year), float(yuan)
        except (TypeError, ValueError):
            wrong.append(f"{year}={yuan}")
            continue
        if not np.isfinite(amount) or amount < 0:
            wrong.append(f"{year}={yuan}")
        elif known and number not in known:
            unknown.append(str(year))
        else:
            read[number] = amount
    if wrong:
        found.append(Finding(code="roadmap_bad_budget", ids=tuple(wrong)))
    if unknown:
        values = {"known": span}
        found.append(Finding(code="roadmap_unknown_year", ids=tuple(unknown), values=values))
    return read


def budget_notes(budgets: Mapping[int, float] | None, halves: list[int]) -> list[Finding]:
    """Say how years without a budget were taken.

    Parameters
    ----------
    budgets
        Yuan by year.
    halves
        The half-years.

    Returns
    -------
    list of Finding
        Notes.
    """
    if budgets is None:
        return [Finding(code="roadmap_no_budget", severity="note")]
    missing = [y for y in sorted({year_of(h) for h in halves}) if y not in budgets]
    if not missing:
        return []
    return [
        Finding(code="roadmap_years_without_money", severity="note", ids=tuple(map(str, missing)))
    ]


def half_year_known(value: str, halves: list[int], *, lang: str) -> int:
    """Read a half-year of the roadmap.

    Parameters
    ----------
    value
        The half-year.
    halves
        Those that there are.
    lang
        The language of the message.

    Returns
    -------
    int
        Its number.

    Raises
    ------
    OptionsError
        If it is none, or not one of the roadmap.
    """
    number = number_of(value)
    if number is None or number not in halves:
        values = {"value": str(value), "known": f"{name_of(halves[0])} – {name_of(halves[-1])}"}
        raise OptionsError(Finding(code="roadmap_unknown_half", values=values), lang=lang)
    return number
