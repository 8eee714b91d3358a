"""Lights by rule: green on time, yellow near or behind, red overdue or worse.

The number of days and shares are standards of the profile ``cn-supervision``. In the
order in which they are asked, the first that holds counts:

- struck off: no light;
- open and past its day: red, ``overdue``;
- open and worse than at the end of the last period, or opened again within this one:
  red, ``worse``;
- no longer failing but not struck off: green until its day, then yellow, ``awaiting``;
- no day is set: yellow, ``no_due``;
- the day is near: yellow, ``near``;
- less is done than the time that has gone would ask for: yellow, ``behind`` (not for the
  steps of a roadmap, whose time does not begin when they are recorded);
- else green, ``on_time``.
"""

from datetime import date

import numpy as np
import pandas as pd

from layoutplan.standards import Standards


def lights(
    items: pd.DataFrame, before: pd.DataFrame, *, today: date, since: date, standards: Standards
) -> pd.DataFrame:
    """Give the light of each item.

    Parameters
    ----------
    items
        Items as they stand today, as `layoutplan.supervision.state.standings` gives them.
    before
        The same at the end of the last period.
    today
        The day.
    since
        The first day of the period.
    standards
        A profile with ``supervision_near_days``, ``supervision_behind_share`` and
        ``supervision_worse_share``.

    Returns
    -------
    pandas.DataFrame
        light, why, days_left (NaN without a day) and last (the value before), by item.
    """
    state = items["state"]
    days_left = _days(items["due"], today)
    last = before["value"].reindex(items.index)
    worse = _worse(items["value"], last, standards.value("supervision_worse_share"))
    again = items["reopened_on"].ge(since.isoformat())
    opened = -_days(items["opened"], today)
    whole = (opened + days_left).clip(lower=1)
    behind = opened / whole - items["progress"] > standards.value("supervision_behind_share")
    behind &= items["origin"].ne("step")
    conditions = [
        (state.eq("closed"), "", "closed"),
        (state.eq("open") & days_left.lt(0), "red", "overdue"),
        (state.eq("open") & (worse | again), "red", "worse"),
        (state.eq("met") & days_left.lt(0), "yellow", "awaiting"),
        (state.eq("met"), "green", "awaiting"),
        (days_left.isna(), "yellow", "no_due"),
        (days_left.le(standards.value("supervision_near_days")), "yellow", "near"),
        (behind, "yellow", "behind"),
    ]
    asked = [np.asarray(c, dtype=bool) for c, _, _ in conditions]
    return pd.DataFrame(
        {
            "light": np.select(asked, [light for _, light, _ in conditions], "green"),
            "why": np.select(asked, [why for _, _, why in conditions], "on_time"),
            "days_left": days_left,
            "last": last,
        },
        index=items.index,
    )


def trend(value: pd.Series, last: pd.Series, *, more_is_worse: bool = True) -> pd.Series:
    """Tell whether numbers went the right way.

    Parameters
    ----------
    value
        The numbers.
    last
        Those of the last period.
    more_is_worse
        Whether more is worse.

    Returns
    -------
    pandas.Series
        ``better``, ``worse``, ``same``, or empty where one is missing.
    """
    up = _worse(value, last, 0.0)
    down = _worse(last, value, 0.0)
    said = np.select(
        [np.asarray(value.isna() | last.isna()), np.asarray(up), np.asarray(down)],
        ["", *(("worse", "better") if more_is_worse else ("better", "worse"))],
        "same",
    )
    return pd.Series(said, index=value.index, dtype="str")


def _worse(value: pd.Series, last: pd.Series, share: float) -> pd.Series:
    """Whether a number is greater than before by more than a share, beyond rounding."""
    size = np.maximum(last.abs(), 1.0)
    return value > last + size * 1e-9 + last.abs() * share


def _days(days: pd.Series, today: date) -> pd.Series:
    """Count the days from today."""
    until = pd.to_datetime(days.where(days.ne("")), format="%Y-%m-%d")
    return (until - pd.Timestamp(today)).dt.days.astype("float64")
