"""Rows of an indicator: one number for the county, each township and each band."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.assessment.selections import township_ids
from layoutplan.plan import Plan
from layoutplan.standards import Standard
from layoutplan.tables import BANDS

Measure = Callable[[pd.DataFrame], float]
"""What makes one number of the rows of a group."""

FAMILIES: Final = ("access", "balance", "equity", "capacity", "schools", "change", "gates")
"""The families of indicators, in the order in which they are shown.

Balance stands beside access, because closing small schools that are well equipped
per head improves the one while it worsens the other.
"""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What an indicator leaves out, and why.

    Parameters
    ----------
    table
        ``villages`` or ``schools``.
    reason
        Why; ``assessment.reason.<reason>`` in words says it.
    ids
        Ids of the rows left out.
    """

    table: str
    reason: str
    ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number of an indicator.

    Parameters
    ----------
    level
        ``county``, ``township`` or ``band``.
    group
        The id of the township; empty at the other levels.
    band
        The grade band; empty at the other levels.
    value
        The number; NaN where there is nothing to measure.
    limit
        What the number may be at most, in the unit of the indicator; None where
        no rule limits it.
    standards
        The standards that the number rests on.
    reason
        Why there is no number, as ``assessment.reason.<reason>`` in words; empty
        where there is one.
    kept
        Whether the limit is kept, as told where the number was made, such as after
        rounding; None where the number is compared with the limit as it stands.
    """

    level: str
    group: str = ""
    band: str = ""
    value: float
    limit: float | None = None
    standards: tuple[Standard, ...] = ()
    reason: str = ""
    kept: bool | None = None

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None where there is no limit or no number."""
        if self.limit is None or not np.isfinite(self.value):
            return None
        return self.value <= self.limit if self.kept is None else self.kept


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """An indicator: its name, its unit and the function that measures it.

    Parameters
    ----------
    name
        Its name; ``indicator.<name>`` in words says what it is.
    unit
        The unit of its numbers; ``unit.<unit>`` in words.
    measure
        The function from a plan to the indicator's rows.
    family
        One of `FAMILIES`.
    better
        ``less`` or ``more`` where that is better for pupils; empty where neither is.
    leaves_out
        The function that names the villages and schools that the numbers leave out;
        None where they leave out nothing.
    """

    name: str
    unit: str
    measure: Callable[[Plan], Iterable[Row]]
    family: str = ""
    better: str = ""
    leaves_out: Callable[[Plan], Iterable[LeftOut]] | None = None


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """The measure that divides the sums of two columns, or adds one column up.

    Parameters
    ----------
    above
        The column whose sum is divided; the rows are counted where it is empty.
    below
        The column by whose sum it is divided; nothing where it is empty.

    Examples
    --------
    >>> Ratio(above="pupils", below="places")(pd.DataFrame({"pupils": [30], "places": [60]}))
    0.5
    """

    above: str
    below: str = ""

    def __call__(self, table: pd.DataFrame) -> float:
        """Measure the rows of one group; NaN where the divisor is 0."""
        return float(self.each(table, pd.Series("", index=table.index), [""])[0])

    def each(
        self, table: pd.DataFrame, groups: pd.Series, wanted: Sequence[str]
    ) -> NDArray[np.float64]:
        """Measure all groups at once.

        Parameters
        ----------
        table
            The rows.
        groups
            The group of each row.
        wanted
            The groups whose numbers are wanted, in their order.

        Returns
        -------
        numpy.ndarray
            One number per group; NaN where the divisor is 0.
        """
        at = pd.Index(wanted).get_indexer(pd.Index(groups))
        inside = at >= 0

        def sums(column: str) -> NDArray[np.float64]:
            weights = table[column].fillna(0).to_numpy(dtype=float)[inside] if column else None
            counted = np.bincount(at[inside], weights=weights, minlength=len(wanted))
            return counted.astype(np.float64)

        above = sums(self.above)
        if not self.below:
            return above
        below = sums(self.below)
        values = np.full(len(wanted), np.nan)
        np.divide(above, below, out=values, where=below != 0)
        return values


def total(column: str) -> Ratio:
    """Give the measure that adds a column up.

    Parameters
    ----------
    column
        The column.

    Returns
    -------
    Ratio
        The measure.

    Examples
    --------
    >>> total("pupils")(pd.DataFrame({"pupils": [3, 4]}))
    7.0
    """
    return Ratio(above=column)


def ratio(above: str, below: str) -> Ratio:
    """Give the measure that divides one sum by another.

    Parameters
    ----------
    above
        The column whose sum is divided.
    below
        The column by whose sum it is divided.

    Returns
    -------
    Ratio
        The measure, NaN where the divisor is 0.

    Examples
    --------
    >>> ratio("pupils", "places")(pd.DataFrame({"pupils": [30, 60], "places": [60, 60]}))
    0.75
    """
    return Ratio(above=above, below=below)


COUNT: Final = Ratio(above="")
"""The measure that counts rows."""


def grouped(
    plan: Plan, table: pd.DataFrame, measure: Measure, *, reason: str = "nobody"
) -> Iterator[Row]:
    """Measure a table for the county, each township and each band.

    Parameters
    ----------
    plan
        The plan, for the townships that there are.
    table
        A table with the column ``township_id`` (empty text where not known) and,
        where bands can be told apart, ``band``.
    measure
        What makes one number of the rows of a group; NaN where it has none.
    reason
        Why a group has no number, where it has none.

    Yields
    ------
    Row
        The county first, then townships, then bands.
    """
    home = table["township_id"]
    townships = township_ids(plan, also=home.unique())
    yield _row(measure(table), reason, level="county")
    for township, value in zip(townships, _each(measure, table, home, townships), strict=True):
        yield _row(value, reason, level="township", group=township)
    if "band" in table:
        values = _each(measure, table, table["band"], BANDS)
        for band, value in zip(BANDS, values, strict=True):
            yield _row(value, reason, level="band", band=band)


def held_to(rows: Iterable[Row], *standards: Standard, limit: float | None = None) -> Iterator[Row]:
    """Name the standards that rows rest on, and the limit where there is one.

    Parameters
    ----------
    rows
        The rows.
    *standards
        The standards.
    limit
        What each number may be at most. A count of breaches has the limit 0.

    Yields
    ------
    Row
        The rows with standards and limit.
    """
    for row in rows:
        yield replace(row, standards=standards, limit=limit)


def where_pupils(plan: Plan, rows: Iterable[Row], table: pd.DataFrame) -> Iterator[Row]:
    """Take the number from groups of which no pupil is in a school.

    A count of breaches is 0 where nobody is taught, which is no limit kept.

    Parameters
    ----------
    plan
        The plan.
    rows
        The rows.
    table
        A table as in `grouped` with the pupils that are in a school.

    Yields
    ------
    Row
        The rows, without a number where the table has no pupils of the group.
    """
    there = {
        (r.level, r.group, r.band) for r in grouped(plan, table, total("pupils")) if r.value > 0
    }
    for row in rows:
        counted = (row.level, row.group, row.band) in there
        yield row if counted else replace(row, value=float("nan"), reason="nobody_in_school")


def without_number(reason: str) -> Iterator[Row]:
    """Say that an indicator has no number at all, and why.

    Parameters
    ----------
    reason
        Why.

    Yields
    ------
    Row
        The county, without a number; townships and bands would only repeat it.
    """
    yield Row(level="county", value=float("nan"), reason=reason)


def _row(value: float, reason: str, *, level: str, group: str = "", band: str = "") -> Row:
    number = float(value)
    why = reason if np.isnan(number) else ""
    return Row(level=level, group=group, band=band, value=number, reason=why)


def _each(
    measure: Measure, table: pd.DataFrame, groups: pd.Series, wanted: Sequence[str]
) -> Iterable[float]:
    if isinstance(measure, Ratio):
        return [float(v) for v in measure.each(table, groups, wanted)]
    # The rows of a group lie together, so that each is cut out without being copied.
    at = pd.Index(wanted).get_indexer(pd.Index(groups))
    order = np.argsort(at, kind="stable")
    table, ends = table.iloc[order], np.searchsorted(at[order], np.arange(len(wanted) + 1))
    return [measure(table.iloc[a:b]) for a, b in pairwise(ends.tolist())]
