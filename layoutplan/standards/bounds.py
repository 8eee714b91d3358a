"""Bounds: what a number can be by its unit, and beside the numbers it belongs with.

They refuse slips of the pen, such as 50 for a share of 50 %, and say nothing of whether
a number is a good one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Final

from layoutplan.findings import Finding


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a number may be.

    Parameters
    ----------
    least
        The least it may be.
    most
        The most it may be.
    above
        Whether it must be above the least.
    whole
        Whether it must be a whole number.
    """

    least: float = 0.0
    most: float = inf
    above: bool = False
    whole: bool = False

    def holds(self, value: float) -> bool:
        """Tell whether a number keeps the bound.

        Parameters
        ----------
        value
            The number.

        Returns
        -------
        bool
            Whether it does.
        """
        low = value > self.least if self.above else value >= self.least
        return low and value <= self.most and (not self.whole or value == int(value))

    def text(self) -> str:
        """Write the bound in signs that every language reads.

        Returns
        -------
        str
            The bound.

        Examples
        --------
        >>> Bound(most=1).text(), Bound(above=True).text()
        ('0 ≤ x ≤ 1', 'x > 0')
        """
        if self.whole and self.most < inf:
            return f"{self.least:g}, {self.least + 1:g}, …, {self.most:g}"
        if self.most == inf:
            more = ", x = 1, 2, 3, …" if self.whole else ""
            return f"x {'>' if self.above else '≥'} {self.least:g}{more}"
        return f"{self.least:g} {'<' if self.above else '≤'} x ≤ {self.most:g}"


_ABOVE: Final = Bound(above=True)
_FROM: Final = Bound()
_SHARE: Final = Bound(most=1)

BY_UNIT: Final[Mapping[str, Bound]] = MappingProxyType(
    {
        "share": _SHARE,
        "share of length": _SHARE,
        # Coefficients of variation and floor area ratios: a percentage is far above.
        "ratio": Bound(above=True, most=5),
        "points": Bound(most=100),
        "decimals": Bound(most=6, whole=True),
        "grade": Bound(least=1, most=12, whole=True),
        "indicators": Bound(least=1, whole=True),
        "calendar year": Bound(least=1900, most=2200, whole=True),
        "times": _ABOVE,
        "pupils/post": _ABOVE,
        "pupils/teacher": _ABOVE,
        "pupils/computer": _ABOVE,
        "km/h": _ABOVE,
        **dict.fromkeys(
            (
                "persons", "minutes", "classes", "weight", "schools", "m", "km", "m2",
                "m2/pupil", "books/pupil", "yuan", "yuan/year", "yuan/pupil",
                "yuan/pupil/year", "yuan/m2", "yuan/day", "days", "months", "years",
                "school years", "seats", "crossings", "posts", "posts/class",
                "persons per 100 pupils", "rooms per 100 pupils", "items",
            ),
            _FROM,
        ),
    }
)  # fmt: skip
"""What a number may be by its unit; nothing is asked of other units."""

_BY_NAME: Final = (
    # Schools may be fuller than full.
    ("utilisation", Bound(above=True, most=2)),
    # Numbers that pupils are divided by, or that nobody could keep at 0.
    ("class_size_", _ABOVE),
    ("class_pupils", _ABOVE),
    ("travel_limit_minutes_", _ABOVE),
    ("split_weight_", _ABOVE),
)
"""What a number may be by a part of its id, where its unit does not tell."""

RISING: Final = (("large_class_pupils", "extra_large_class_pupils"),)
"""Pairs of standards of which the first is below the second."""


def checked_where_used(key: str, unit: str) -> bool:
    """Tell whether those who use a number refuse it themselves, and say what it is for.

    Parameters
    ----------
    key
        The id of the standard.
    unit
        Its unit.

    Returns
    -------
    bool
        Whether it is a speed or a number of school buses.

    Examples
    --------
    >>> checked_where_used("walk_speed_kmh_g13", "km/h")
    True
    """
    return unit == "km/h" or key.startswith("bus_")


def bound_of(key: str, unit: str) -> Bound | None:
    """Give what a number may be.

    Parameters
    ----------
    key
        The id of the standard.
    unit
        Its unit.

    Returns
    -------
    Bound or None
        The bound; None where nothing is asked.

    Examples
    --------
    >>> bound_of("class_size_primary", "persons").text()
    'x > 0'
    """
    named = (bound for part, bound in _BY_NAME if part in key)
    return next(named, BY_UNIT.get(unit))


def value_findings(
    given: Mapping[str, str],
    *,
    values: Mapping[str, float],
    units: Mapping[str, str],
    counts: Iterable[tuple[str, str, int]],
    table: str,
) -> Iterator[Finding]:
    """Find numbers that cannot be.

    Parameters
    ----------
    given
        The ids whose numbers are new, and where each stands; others are not looked at.
    values
        All numbers that hold together, by id.
    units
        Their units.
    counts
        For each rule of so many limits, where it stands where it is new and empty
        elsewhere, the id of the standard that counts the limits, and how many there are.
    table
        The file or profile.

    Yields
    ------
    Finding
        One for each breach.
    """

    def breach(code: str, where: str, **more: object) -> Finding:
        return Finding(code=code, table=table, values={"where": where, **more})

    for key, where in given.items():
        bound = bound_of(key, units.get(key, ""))
        if key in values and bound is not None and not bound.holds(values[key]):
            yield breach(
                "profile_out_of_bounds",
                where,
                value=f"{values[key]:g}",
                unit=units[key],
                bound=bound.text(),
            )
    for low, high in RISING:
        here = given.get(high) or given.get(low)
        if here and low in values and high in values and not values[low] < values[high]:
            yield breach(
                "profile_not_rising",
                here,
                low=low,
                high=high,
                value=f"{values[low]:g}",
                most=f"{values[high]:g}",
            )
    told = set[tuple[str, int]]()
    for place, key, parts in counts:
        where = place or given.get(key, "")
        if not where or key not in values or values[key] <= parts or (key, parts) in told:
            continue
        told.add((key, parts))
        yield breach(
            "profile_more_than_parts", where, entry=key, value=f"{values[key]:g}", parts=parts
        )
