"""Slower and faster walkers: times at other speeds without computing them anew."""

from collections.abc import Iterable
from dataclasses import replace
from numbers import Real
from typing import Any, Final, cast

import numpy as np

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.tables import BANDS
from layoutplan.travel.noun import TravelTimes

SPEEDS_KMH: Final = (3.0, 4.0, 5.0)
"""The speeds that planners ask for: 30 minutes are 1.5, 2 and 2.5 km."""


def with_walking_speed(standards: Standards, kmh: float) -> Standards:
    """Let all bands walk at one speed.

    Parameters
    ----------
    standards
        The standards.
    kmh
        The speed in kilometres an hour.

    Returns
    -------
    Standards
        The same with this speed.

    Raises
    ------
    OptionsError
        If the speed is not a number above 0.

    Examples
    --------
    >>> with_walking_speed(load_standards(), 3).value("walk_speed_kmh_g79")
    3.0
    """
    number = isinstance(kmh, Real) and not isinstance(kmh, bool)
    if not (number and np.isfinite(kmh) and kmh > 0):
        values = {"standard": "walk_speed_kmh", "value": f"{kmh:g}" if number else repr(kmh)}
        raise OptionsError(Finding(code="speed_not_positive", values=values))
    return standards.with_values(**{f"walk_speed_kmh_{band}": kmh for band in BANDS})


def at_walking_speeds(
    times: TravelTimes,
    speeds_kmh: Iterable[float] | float = SPEEDS_KMH,
    *,
    standards: Standards | None = None,
) -> dict[float, TravelTimes]:
    """Give the times on foot if all bands walked at other speeds.

    On foot every minute is walked, on slopes too, so that times are in inverse proportion to
    the speed: t = t_0 v_0 / v.

    Parameters
    ----------
    times
        Times on foot.
    speeds_kmh
        The speeds in kilometres an hour, or a single one.
    standards
        The speeds the times were computed with; the national profile where not given.

    Returns
    -------
    dict of float to TravelTimes
        The times at each speed; the same as if they were computed with the standards of
        `with_walking_speed`.

    Raises
    ------
    OptionsError
        If the times are not on foot, a speed is not a number above 0, or pairs beyond a
        cut-off were left out that a faster walker would reach.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([[30.0]], index=["v1"], columns=["s1"])
    >>> times = TravelTimes.from_matrix(frame, mode="walk")
    >>> {kmh: float(t.array()[0, 0]) for kmh, t in at_walking_speeds(times).items()}
    {3.0: 40.0, 4.0: 30.0, 5.0: 24.0}
    """
    numbers = load_standards() if standards is None else standards
    if times.mode != "walk":
        values = {"mode": "walk", "network": times.mode}
        raise OptionsError(Finding(code="times_of_other_mode", values=values))
    single = isinstance(speeds_kmh, str) or not isinstance(speeds_kmh, Iterable)
    speeds = cast("list[float]", [speeds_kmh] if single else list(cast("Any", speeds_kmh)))
    then = [with_walking_speed(numbers, kmh) for kmh in speeds]
    return {float(kmh): _at(times, at, numbers) for kmh, at in zip(speeds, then, strict=True)}


def _at(times: TravelTimes, then: Standards, now: Standards) -> TravelTimes:
    keys = {band: f"walk_speed_kmh_{band}" for band in BANDS}
    slower = {band: now.value(key) / then.value(key) for band, key in keys.items()}
    fastest = max(now.value(key) for key in keys.values())
    if times.cutoff_minutes is not None and then.value(keys[BANDS[0]]) > fastest:
        values = {"kmh": f"{then.value(keys[BANDS[0]]):g}", "fastest": f"{fastest:g}"}
        raise OptionsError(Finding(code="cutoff_too_short_for_speed", values=values))
    factor = {band: times.minutes.factor[band] * slower[band] for band in BANDS}
    access = times.access.assign(minutes=times.access["minutes"] * slower[BANDS[0]])
    return replace(times, minutes=replace(times.minutes, factor=factor), access=access)
