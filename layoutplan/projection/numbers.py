"""The numbers that a projection rests on, each from a profile of standards."""

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.projection.grades import GRADES, JUNIOR_FROM
from layoutplan.standards import Standards, standards

PROFILE: Final = "cn-projection"
_NATIONAL: Final = re.compile(r"births_national_(\d{4})")


def with_assumptions(given: Standards | None) -> Standards:
    """Add the assumptions of a projection to a profile; what the profile has itself stays.

    Parameters
    ----------
    given
        A profile; the layout rules of the nation where there is none.

    Returns
    -------
    Standards
        The profile with all numbers that a projection needs.

    Examples
    --------
    >>> with_assumptions(None).value("entry_share")
    1.0
    """
    base = given if given is not None else standards()
    entries = {**standards(PROFILE).entries, **base.entries}
    return replace(base, entries=MappingProxyType(entries))


@dataclass(frozen=True, kw_only=True)
class Progression:
    """What becomes of the pupils of each grade in a year.

    Parameters
    ----------
    onward
        The share that goes on to the next grade, by grade.
    repeat
        The share that stays in the grade, by grade.
    """

    onward: NDArray[np.float64]
    repeat: NDArray[np.float64]


def progression(numbers: Standards) -> Progression:
    """Read promotion, repeating and dropping out.

    Parameters
    ----------
    numbers
        The standards.

    Returns
    -------
    Progression
        Shares by grade; who neither repeats nor drops out is promoted.
    """

    def by_grade(name: str) -> NDArray[np.float64]:
        primary, junior = (numbers.value(f"{name}_{s}") for s in ("primary", "junior"))
        return np.repeat([primary, junior], [JUNIOR_FROM, len(GRADES) - JUNIOR_FROM])

    repeat, dropout = by_grade("repeat_share"), by_grade("dropout_share")
    return Progression(onward=np.maximum(1.0 - repeat - dropout, 0.0), repeat=repeat)


def national_births(numbers: Standards) -> dict[int, float]:
    """Give the births of the nation by calendar year.

    Parameters
    ----------
    numbers
        The standards.

    Returns
    -------
    dict
        Year to births, ascending; for their course, not for their size.
    """
    found = {int(m[1]): s.value for k, s in numbers.items() if (m := _NATIONAL.fullmatch(k))}
    return dict(sorted(found.items()))
