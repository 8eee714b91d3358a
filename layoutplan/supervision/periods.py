"""Periods of a report: months, quarters and half-years of the calendar."""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final, Literal

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding

Length = Literal["month", "quarter", "half"]

_MONTHS: Final = {"month": 1, "quarter": 3, "half": 6}
_YEAR: Final = 12
_FORM: Final = re.compile(r"(\d{4})(?:-(\d{2})|Q([1-4])|H([12]))")


@dataclass(frozen=True, kw_only=True)
class Period:
    """A month, a quarter or a half-year.

    Made by `period`.

    Parameters
    ----------
    year
        The year.
    length
        How long it is.
    number
        Which one of the year, from 1.
    """

    year: int
    length: Length
    number: int

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, (self.number - 1) * _MONTHS[self.length] + 1, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> "Period":
        """The period that follows."""
        last = self.number * _MONTHS[self.length] == _YEAR
        return Period(
            year=self.year + last, length=self.length, number=1 if last else self.number + 1
        )

    @property
    def previous(self) -> "Period":
        """The period before."""
        months = _MONTHS[self.length]
        first = self.number == 1
        last_of_year = _YEAR // months
        return Period(
            year=self.year - first,
            length=self.length,
            number=last_of_year if first else self.number - 1,
        )

    @property
    def before(self) -> date:
        """The last day of the period before."""
        return self.start - timedelta(days=1)

    def __str__(self) -> str:
        """Write it as it is asked for."""
        if self.length == "month":
            return f"{self.year:04d}-{self.number:02d}"
        return f"{self.year:04d}{'Q' if self.length == 'quarter' else 'H'}{self.number}"


def period(text: "str | Period") -> Period:
    """Read a period.

    Parameters
    ----------
    text
        ``2027-03`` for a month, ``2027Q1`` for a quarter, ``2027H1`` for a half-year.

    Returns
    -------
    Period
        The period.

    Raises
    ------
    OptionsError
        If it is none of these.

    Examples
    --------
    >>> period("2027Q1").end, str(period("2027H2").next)
    (datetime.date(2027, 3, 31), '2028H1')
    """
    if isinstance(text, Period):
        return text
    found = _FORM.fullmatch(str(text).strip())
    if found is not None:
        year, month, quarter, half = found.groups()
        # The period before and the one after must be days of the calendar as well.
        if MINYEAR < int(year) < MAXYEAR and (month is None or 1 <= int(month) <= _YEAR):
            length: Length = "month" if month else "quarter" if quarter else "half"
            return Period(year=int(year), length=length, number=int(month or quarter or half))
    raise OptionsError(Finding(code="supervision_bad_period", values={"value": str(text)}))


def day(value: "str | date", *, what: str = "date") -> date:
    """Read a day.

    Parameters
    ----------
    value
        A date, or text as ``2027-03-31``.
    what
        What the day is called in an error.

    Returns
    -------
    datetime.date
        The day.

    Raises
    ------
    OptionsError
        If it is no day of the calendar.

    Examples
    --------
    >>> day("2027-03-31")
    datetime.date(2027, 3, 31)
    """
    if isinstance(value, date) and value == value:  # noqa: PLR0124 - NaT is a date, too
        return date(value.year, value.month, value.day)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value).strip()):
            return date.fromisoformat(str(value).strip())
    except ValueError:
        pass
    raise OptionsError(
        Finding(code="supervision_bad_date", column=what, values={"value": str(value)})
    )
