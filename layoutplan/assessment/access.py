"""Access: how long pupils travel, and how many travel longer than they should.

Minutes are one way, weighted by pupils. Pupils are counted in the township of
their village. A way that is not known counts neither as within nor as beyond the
limit, but it does count against the share of pupils within it. Boarders count as within
the limit, and their journeys at the week's ends are measured apart.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.assessment.rows import (
    LeftOut,
    Row,
    grouped,
    held_to,
    ratio,
    total,
    where_pupils,
)
from layoutplan.assessment.selections import (
    catchment_weights,
    nearest_open,
    open_schools,
    pupils_of_villages,
    travel_limits,
    trips,
)
from layoutplan.plan import Plan
from layoutplan.standards import Standard

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
    return grouped(plan, known_trips(plan), ratio("pupil_minutes", "pupils"))


def travel_mean_by(mode: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure of the mean minutes of those who travel in one way.

    Parameters
    ----------
    mode
        How they travel, as in `layoutplan.network.modes.MODES`, or ``board``: the journeys
        of boarders.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        table = trips(plan)
        of_mode = table["known"] & (table["mode"] == mode)
        return grouped(plan, table[of_mode], ratio("pupil_minutes", "pupils"))

    return measure


def pupils_by(mode: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts those who travel in one way.

    Parameters
    ----------
    mode
        How they travel, as in `layoutplan.network.modes.MODES`, or ``board``: the journeys
        of boarders.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        table = trips(plan)
        return grouped(plan, table[table["mode"] == mode], total("pupils"))

    return measure


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
    return grouped(
        plan, known_trips(plan), lambda t: weighted_percentile(t["minutes"], t["pupils"])
    )


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
    table = known_trips(plan)
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
    return grouped(plan, known_trips(plan), lambda t: worst_off_mean(t["minutes"], t["pupils"]))


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
    return _cited(plan, grouped(plan, trips(plan), ratio("pupils_within", "pupils")), limit=None)


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
    rows = grouped(plan, table[table["beyond"]], total("pupils"))
    return _cited(plan, where_pupils(plan, rows, table), limit=0)


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


def covered(plan: Plan) -> Iterator[Row]:
    """Measure the share of pupils with an open school of their grades within the limit.

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
    near = table.assign(near=table["pupils"].where(~table["far"], 0))
    return _cited(plan, grouped(plan, near, ratio("near", "pupils")), limit=None)


def in_reach(what: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure of what is in reach of pupils, on the mean.

    Parameters
    ----------
    what
        ``schools_within`` or ``places_within``: cumulative opportunities, that is, open
        schools of their grades within the limit and the places of these (Ingram 1971,
        Regional Studies 5(2), 101-107); ``two_step`` or ``enhanced``: places per pupil,
        see `layoutplan.assessment.floating_catchment`. The county mean of these two is
        fixed by the total of places: it is the places that anybody reaches over all
        pupils, wherever schools stand. Look at those who have least instead, see
        `in_reach_of_worst_tenth`.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        rows = grouped(plan, nearest_open(plan), ratio(f"pupil_{what}", "pupils"))
        return _cited(plan, rows, limit=None, also=_weights(plan, what))

    return measure


def in_reach_of_worst_tenth(what: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure of what is in reach of the tenth of pupils who have least.

    Parameters
    ----------
    what
        As in `in_reach`.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        # 0 is taken off what is negated twice, so that nothing in reach is not -0.
        rows = grouped(
            plan, nearest_open(plan), lambda t: 0.0 - worst_off_mean(-t[what], t["pupils"])
        )
        return _cited(plan, rows, limit=None, also=_weights(plan, what))

    return measure


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


def known_trips(plan: Plan) -> pd.DataFrame:
    """Give the ways to school that are travelled daily and known.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        As `layoutplan.assessment.selections.trips`, without boarders.
    """
    table = trips(plan)
    return table[table["known"] & ~table["boards"]]


def without_way(plan: Plan) -> Iterator[LeftOut]:
    """Name the villages whose pupils, or some of them, have no known way to their school.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    LeftOut
        The villages without a way, and those without a school.
    """
    table = trips(plan)
    unknown = table[~table["known"] & (table["pupils"] > 0)]
    yield LeftOut(table="villages", reason="no_way", ids=_sorted(unknown["village_id"]))
    yield from without_school(plan)


def without_school(plan: Plan) -> Iterator[LeftOut]:
    """Name the villages of pupils without a school.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    LeftOut
        The villages.
    """
    none = plan.unserved
    ids = _sorted(none.loc[none["pupils"] > 0, "village_id"])
    yield LeftOut(table="villages", reason="no_school", ids=ids)


def without_minutes(plan: Plan) -> Iterator[LeftOut]:
    """Name the villages and open schools that the travel times do not have.

    They count as out of reach, so that no number is better for what is missing.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    LeftOut
        The villages, and the schools.
    """
    pupils = nearest_open(plan)
    villages = pupils.loc[pupils["pupils"] > 0, "village_id"]
    schools = open_schools(plan)
    for table, ids, known in (
        ("villages", villages, plan.times.village_ids),
        ("schools", schools.index[schools["bands"] != ""].to_series(), plan.times.site_ids),
    ):
        yield LeftOut(table=table, reason="no_times", ids=_sorted(ids[~ids.isin(known)]))
    blank = schools.index[schools["places"].isna()].to_series()
    yield LeftOut(table="schools", reason="no_places", ids=_sorted(blank))


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({str(i) for i in ids}))


def _cited(
    plan: Plan, rows: Iterator[Row], *, limit: float | None, also: tuple[Standard, ...] = ()
) -> Iterator[Row]:
    limits = travel_limits(plan)
    for row in rows:
        standards = (limits[row.band],) if row.band else tuple(limits.values())
        yield from held_to([row], *standards, *also, limit=limit)


def _weights(plan: Plan, what: str) -> tuple[Standard, ...]:
    return catchment_weights(plan) if what == "enhanced" else ()
