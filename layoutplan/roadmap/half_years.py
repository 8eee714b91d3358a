"""Half-years: how they are named, and the days on which they begin.

School years are named by the autumn in which they begin: the first half of 2028 belongs
to school year 2027.
"""

import datetime as dt
import re
from typing import Final

_NAME: Final = re.compile(r"(\d{4})[Hh]([12])")
_FIRST_DAY: Final = {0: (1, 1), 1: (7, 1)}
_OPENING: Final = (9, 1)
"""A school year begins on 1 September."""


def number_of(name: str) -> int | None:
    """Give a half-year a number, so that the next one has the next number.

    Parameters
    ----------
    name
        Text such as ``2027H1``.

    Returns
    -------
    int or None
        Twice the year, and one more for the second half; None if it is no half-year.

    Examples
    --------
    >>> number_of("2027H2") - number_of("2027H1"), number_of("2027")
    (1, None)
    """
    match = _NAME.fullmatch(str(name).strip())
    return None if match is None else 2 * int(match[1]) + int(match[2]) - 1


def name_of(number: int) -> str:
    """Give the name of a half-year.

    Parameters
    ----------
    number
        As `number_of` gives it.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> name_of(4055)
    '2027H2'
    """
    return f"{number // 2}H{number % 2 + 1}"


def year_of(number: int) -> int:
    """Give the calendar year, which is that of the budget.

    Parameters
    ----------
    number
        The half-year.

    Returns
    -------
    int
        The year.
    """
    return number // 2


def school_year_of(number: int) -> int:
    """Give the school year that a half-year belongs to.

    Parameters
    ----------
    number
        The half-year.

    Returns
    -------
    int
        The year in whose autumn it began.

    Examples
    --------
    >>> school_year_of(number_of("2028H1")), school_year_of(number_of("2028H2"))
    (2027, 2028)
    """
    return (number - 1) // 2


def opens_a_school_year(number: int) -> bool:
    """Tell whether a school year begins in a half-year.

    Parameters
    ----------
    number
        The half-year.

    Returns
    -------
    bool
        True for the second half of a year.
    """
    return number % 2 == 1


def first_day(number: int) -> dt.date:
    """Give the first day of a half-year.

    Parameters
    ----------
    number
        The half-year.

    Returns
    -------
    datetime.date
        1 January or 1 July.

    Examples
    --------
    >>> first_day(number_of("2027H2")).isoformat()
    '2027-07-01'
    """
    return dt.date(year_of(number), *_FIRST_DAY[number % 2])


def opening_day(number: int) -> dt.date:
    """Give the day on which what takes effect in a half-year holds for pupils.

    Parameters
    ----------
    number
        The half-year.

    Returns
    -------
    datetime.date
        1 September of a second half, the first day of a first half.
    """
    if opens_a_school_year(number):
        return dt.date(year_of(number), *_OPENING)
    return first_day(number)
