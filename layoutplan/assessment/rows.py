"""Rows of an indicator: one number for the county, each township and each band."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from layoutplan.assessment.selections import township_ids
from layoutplan.plan import Plan
from layoutplan.standards import Standard
from layoutplan.tables import BANDS

Measure = Callable[[pd.DataFrame], float]
"""What makes one number of the rows of a group."""


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
    """

    level: str
    group: str = ""
    band: str = ""
    value: float
    limit: float | None = None
    standards: tuple[Standard, ...] = ()

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None where there is no limit or no number."""
        if self.limit is None or not np.isfinite(self.value):
            return None
        return self.value <= self.limit


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
    """

    name: str
    unit: str
    measure: Callable[[Plan], Iterable[Row]]


def grouped(plan: Plan, table: pd.DataFrame, measure: Measure) -> Iterator[Row]:
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

    Yields
    ------
    Row
        The county first, then townships, then bands. A township or band without
        a number is left out.
    """
    yield Row(level="county", value=measure(table))
    parts = {str(name): part for name, part in table.groupby("township_id")}
    for township in township_ids(plan, also=parts):
        value = measure(parts.get(township, table.iloc[:0]))
        if not np.isnan(value):
            yield Row(level="township", group=township, value=value)
    for band in BANDS if "band" in table else ():
        value = measure(table[table["band"] == band])
        if not np.isnan(value):
            yield Row(level="band", band=band, value=value)


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


def total(column: str) -> Measure:
    """Give the measure that adds a column up.

    Parameters
    ----------
    column
        The column.

    Returns
    -------
    Callable
        The measure.

    Examples
    --------
    >>> total("pupils")(pd.DataFrame({"pupils": [3, 4]}))
    7.0
    """

    def measure(table: pd.DataFrame) -> float:
        return float(table[column].sum())

    return measure


def ratio(above: str, below: str) -> Measure:
    """Give the measure that divides one sum by another.

    Parameters
    ----------
    above
        The column whose sum is divided.
    below
        The column by whose sum it is divided.

    Returns
    -------
    Callable
        The measure, NaN where the divisor is 0.

    Examples
    --------
    >>> ratio("pupils", "places")(pd.DataFrame({"pupils": [30, 60], "places": [60, 60]}))
    0.75
    """

    def measure(table: pd.DataFrame) -> float:
        divisor = float(table[below].sum())
        return float(table[above].sum()) / divisor if divisor else float("nan")

    return measure
