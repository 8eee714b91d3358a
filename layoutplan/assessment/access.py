"""Access: how long pupils travel, and how many travel longer than they should.

Minutes are one way, weighted by pupils. Pupils are counted in the township of
their village. A way that is not known counts neither as within nor as beyond the
limit, but it does count against the share of pupils within it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.assessment.rows import Row, grouped, held_to, total
from layoutplan.assessment.selections import (
    nearest_open,
    pupils_of_villages,
    travel_limits,
    trips,
)
from layoutplan.plan import Plan

MOST: Final = 0.95
"""The share of pupils that the 95th percentile speaks of."""

WORST_OFF: Final = 0.1
"""The share of pupils that the worst-off tenth speaks of."""

_ROUNDING = 1e-9


def weighted_percentile(minutes: pd.Series, pupils: pd.Series, *, share: float = MOST) -> float:
    """Give the smallest minutes that at least a share of pupils do not exceed.

    Parameters
    ----------
    minutes
        Minutes of each row.
    pupils
        Pupils of each row, whole persons.
    share
        The share of pupils, above 0 and at most 1.

    Returns
    -------
    float
        One of the minutes given; NaN where there are no pupils. Nothing is
        interpolated, so that the number is some pupil's own way.

    Examples
    --------
    >>> weighted_percentile(pd.Series([10.0, 20.0, 90.0]), pd.Series([90, 5, 5]))
    20.0
    """
    count = pupils.to_numpy(dtype="int64")
    if count.sum() == 0:
        return float("nan")
    order = np.argsort(minutes.to_numpy(dtype=float), kind="stable")
    needed = int(np.ceil(share * count.sum() - _ROUNDING))
    at = int(np.searchsorted(np.cumsum(count[order]), needed))
    return float(minutes.to_numpy(dtype=float)[order][at])


def worst_off_mean(minutes: pd.Series, pupils: pd.Series, *, share: float = WORST_OFF) -> float:
    """Give the mean minutes of the pupils who travel longest.

    Parameters
    ----------
    minutes
        Minutes of each row.
    pupils
        Pupils of each row, whole persons.
    share
        The share of pupils, rounded up to whole persons.

    Returns
    -------
    float
        The mean; NaN where there are no pupils.

    Examples
    --------
    >>> worst_off_mean(pd.Series([10.0, 40.0, 60.0]), pd.Series([18, 1, 1]))
    50.0
    """
    count = pupils.to_numpy(dtype="int64")
    if count.sum() == 0:
        return float("nan")
    order = np.argsort(-minutes.to_numpy(dtype=float), kind="stable")
    count, longest = count[order], minutes.to_numpy(dtype=float)[order]
    wanted = int(np.ceil(share * count.sum() - _ROUNDING))
    taken = np.clip(wanted - (np.cumsum(count) - count), 0, count)
    return float((longest * taken).sum() / wanted)


def travel_mean(plan: Plan) -> Iterator[Row]:
    """Measure the mean minutes, weighted by pupils.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """

    def measure(table: pd.DataFrame) -> float:
        pupils = table["pupils"].sum()
        return float((table["minutes"] * table["pupils"]).sum() / pupils) if pupils else np.nan

    return grouped(plan, _known(plan), measure)


def travel_p95(plan: Plan) -> Iterator[Row]:
    """Measure the 95th percentile; see `weighted_percentile`.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, _known(plan), lambda t: weighted_percentile(t["minutes"], t["pupils"]))


def travel_worst(plan: Plan) -> Iterator[Row]:
    """Measure the longest way of any pupil, held to the limit of each band.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    Row
        The county, townships and bands.
    """
    limits = travel_limits(plan)
    table = _known(plan)
    for row in grouped(plan, table[table["pupils"] > 0], lambda t: float(t["minutes"].max())):
        if row.band:
            standard = limits[row.band]
            yield replace(row, limit=standard.value, standards=(standard,))
        else:
            yield row


def travel_worst_tenth(plan: Plan) -> Iterator[Row]:
    """Measure the mean minutes of the worst-off tenth; see `worst_off_mean`.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, _known(plan), lambda t: worst_off_mean(t["minutes"], t["pupils"]))


def travel_within(plan: Plan) -> Iterator[Row]:
    """Measure the share of pupils with a school whose way is within their band's limit.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """

    def measure(table: pd.DataFrame) -> float:
        pupils = table["pupils"].sum()
        within = table.loc[table["within"], "pupils"].sum()
        return float(within / pupils) if pupils else np.nan

    return _cited(plan, grouped(plan, trips(plan), measure), limit=None)


def travel_beyond(plan: Plan) -> Iterator[Row]:
    """Count the pupils whose way is longer than their band's limit.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    table = trips(plan)
    return _cited(plan, grouped(plan, table[table["beyond"]], total("pupils")), limit=0)


def travel_none_near(plan: Plan) -> Iterator[Row]:
    """Count the pupils who have no open school of their grades within the limit.

    Others may travel longer because their families chose a farther school; these
    have no choice.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    table = nearest_open(plan)
    return _cited(plan, grouped(plan, table[table["far"]], total("pupils")), limit=0)


def travel_unknown(plan: Plan) -> Iterator[Row]:
    """Count the pupils with a school to which no way is known.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    table = trips(plan)
    return grouped(plan, table[~table["known"]], total("pupils"))


def pupils_unserved(plan: Plan) -> Iterator[Row]:
    """Count the pupils without a school.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, pupils_of_villages(plan), total("unserved"))


def _known(plan: Plan) -> pd.DataFrame:
    table = trips(plan)
    return table[table["known"]]


def _cited(plan: Plan, rows: Iterator[Row], *, limit: float | None) -> Iterator[Row]:
    limits = travel_limits(plan)
    for row in rows:
        standards = (limits[row.band],) if row.band else tuple(limits.values())
        yield from held_to([row], *standards, limit=limit)
