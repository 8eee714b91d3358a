"""Ways of getting about: which roads each may use, in which direction, how fast."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.road_classes import (
    MOTORWAY,
    NO_RIDING,
    NO_VEHICLES,
    TRACK,
    classes,
    text_of,
    unknown_classes,
)
from layoutplan.network.speeds import sign_findings, speed, stop_minutes_per_km, vehicle_kmh
from layoutplan.not_roads import NOT_ROADS
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, GRADES_PER_BAND

Mode = Literal["walk", "bicycle", "car", "bus"]

MODES: Final[tuple[Mode, ...]] = ("walk", "bicycle", "car", "bus")
"""On foot, by bicycle, by car, by school bus."""

_YES: Final = ("yes", "true", "1", "1.0", "是")
_NO: Final = ("no", "false", "0", "0.0", "否")
_ALLOWED: Final = ("yes", "designated", "permissive", "destination")
_FORWARD_ONLY: Final = (*_YES, "单行")
_BACKWARD_ONLY: Final = ("-1", "-1.0", "reverse")


@dataclass(frozen=True, eq=False, kw_only=True)
class RoadUse:
    """What one mode may do on each road of a table.

    Parameters
    ----------
    forward_kmh, backward_kmh
        Speed along the line as drawn and against it, 0 where that is not allowed;
        shape (roads,).
    access
        Whether a pupil can get onto the road along its course: not on motorways and
        not in tunnels; shape (roads,).
    stop_minutes_per_km
        Minutes that stops add to each kilometre, 0 but for school buses; shape (roads,).
    findings
        What should be known about the choice of roads.
    """

    forward_kmh: NDArray[np.float64]
    backward_kmh: NDArray[np.float64]
    access: NDArray[np.bool_]
    stop_minutes_per_km: NDArray[np.float64]
    findings: tuple[Finding, ...] = ()

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Whether the road may be used in any direction, shape (roads,)."""
        return (self.forward_kmh > 0) | (self.backward_kmh > 0)


def known_mode(mode: str) -> Mode:
    """Settle on a mode.

    Parameters
    ----------
    mode
        A name.

    Returns
    -------
    Mode
        The same name.

    Raises
    ------
    OptionsError
        If there is no such mode.

    Examples
    --------
    >>> known_mode("walk")
    'walk'
    """
    for known in MODES:
        if mode == known:
            return known
    values = {"mode": mode, "known": ", ".join(MODES)}
    raise OptionsError(Finding(code="travel_mode_unknown", values=values))


def riding_bands(standards: Standards) -> tuple[str, ...]:
    """Give the grade bands whose youngest pupils may cycle on roads.

    Parameters
    ----------
    standards
        The age at which school begins and the age from which one may cycle
        (道路交通安全法实施条例, article 72: 12 years).

    Returns
    -------
    tuple of str
        The bands.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> riding_bands(standards())
    ('g79',)
    """
    start, least = (standards.value(k) for k in ("school_start_age", "cycling_age_min"))
    return tuple(b for i, b in enumerate(BANDS) if start + GRADES_PER_BAND * i >= least)


def too_young(standards: Standards) -> tuple[Finding, ...]:
    """Report that some bands go on foot.

    Parameters
    ----------
    standards
        The age from which one may cycle.

    Returns
    -------
    tuple of Finding
        A note naming the bands, or none.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> too_young(standards())[0].values["grades"]
    '1-3, 4-6'
    """
    rides = riding_bands(standards)
    first = [1 + GRADES_PER_BAND * i for i, band in enumerate(BANDS) if band not in rides]
    if not first:
        return ()
    values = {"grades": ", ".join(f"{grade}-{grade + GRADES_PER_BAND - 1}" for grade in first)}
    return (Finding(code="cycling_too_young", severity="note", values=values),)


def road_use(roads: pd.DataFrame, *, mode: Mode, standards: Standards) -> RoadUse:
    """Say which roads a mode may use and how fast.

    Parameters
    ----------
    roads
        The roads, with any of the columns of `layoutplan.tables.ROADS` and of
        OpenStreetMap's ``motorroad``, ``junction``, ``access``, ``motor_vehicle`` and
        ``bicycle``; a column that is absent bars nothing.
    mode
        ``"walk"``: every road but motorways, motor roads and those closed on foot, both
        ways, at the walking speed of grades 1-3. ``"bicycle"``: the same roads; the bicycle
        is pushed at the walking speed of grades 7-9 on paths, steps and footways and
        against one-way streets, and ridden elsewhere. ``"car"``: roads for vehicles at the
        speed of `layoutplan.network.speeds.vehicle_kmh`, one-way streets one way; tracks
        only where a table holds nothing better. ``"bus"``: as a car, at the speeds of
        school buses, which stand at stops besides.
    standards
        The speeds.

    Returns
    -------
    RoadUse
        One value per road.

    Raises
    ------
    OptionsError
        If a speed of the profile is not above 0.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> roads = pd.DataFrame({"highway": ["primary", "steps"], "oneway": ["yes", None]})
    >>> road_use(roads, mode="car", standards=standards()).forward_kmh.tolist()
    [45.0, 0.0]
    >>> road_use(roads, mode="walk", standards=standards()).backward_kmh.tolist()
    [4.0, 4.0]
    >>> road_use(roads, mode="bicycle", standards=standards()).backward_kmh.tolist()
    [5.0, 5.0]
    """
    highway = classes(roads)
    unknown = unknown_classes(roads, highway, standards=standards)
    if mode in ("walk", "bicycle"):
        return _on_foot_or_wheels(roads, highway, mode=mode, standards=standards, known=unknown)
    closed = np.isin(text_of(roads, "access"), _NO)
    vehicle = text_of(roads, "motor_vehicle")
    barred = np.isin(vehicle, _NO) | (closed & ~np.isin(vehicle, _ALLOWED))
    barred |= np.isin(highway, NOT_ROADS) | np.isin(highway, NO_VEHICLES)
    track = (highway == TRACK) & ~barred
    findings: tuple[Finding, ...] = ()
    if (barred | track).all() and track.any():
        ids = tuple(str(i) for i in roads.index[track])
        findings = (Finding(code="only_tracks", severity="note", table="roads", ids=ids),)
    else:
        barred |= track
    bus = mode == "bus"
    kmh = np.where(barred, 0.0, vehicle_kmh(roads, highway, bus=bus, standards=standards))
    forward, backward = _directions(roads)
    stops = np.zeros(len(roads))
    return RoadUse(
        forward_kmh=np.where(forward, kmh, 0.0),
        backward_kmh=np.where(backward, kmh, 0.0),
        access=_access(roads, highway),
        stop_minutes_per_km=stop_minutes_per_km(highway, standards=standards) if bus else stops,
        findings=(*findings, *unknown, *sign_findings(roads, ~barred)),
    )


def _on_foot_or_wheels(
    roads: pd.DataFrame,
    highway: NDArray[np.object_],
    *,
    mode: Mode,
    standards: Standards,
    known: tuple[Finding, ...],
) -> RoadUse:
    motorway = _motorway(roads, highway)
    foot = text_of(roads, "foot")
    closed = np.isin(text_of(roads, "access"), _NO)
    barred = motorway | np.isin(foot, _NO) | (closed & ~np.isin(foot, _ALLOWED))
    barred |= np.isin(highway, NOT_ROADS)
    forward = backward = np.ones(len(roads), dtype=bool)
    walked = ridden = speed(standards, "walk_speed_kmh_g13")
    if mode == "bicycle":
        walked, ridden = (speed(standards, k) for k in ("walk_speed_kmh_g79", "cycle_speed_kmh"))
        pushed = np.isin(highway, NO_RIDING) | np.isin(text_of(roads, "bicycle"), _NO)
        forward, backward = (way & ~pushed for way in _directions(roads))
    return RoadUse(
        forward_kmh=np.where(barred, 0.0, np.where(forward, ridden, walked)),
        backward_kmh=np.where(barred, 0.0, np.where(backward, ridden, walked)),
        access=_access(roads, highway),
        stop_minutes_per_km=np.zeros(len(roads)),
        findings=known,
    )


def _motorway(roads: pd.DataFrame, highway: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.asarray((highway == MOTORWAY) | np.isin(text_of(roads, "motorroad"), _YES))


def _access(roads: pd.DataFrame, highway: NDArray[np.object_]) -> NDArray[np.bool_]:
    return ~_motorway(roads, highway) & ~np.isin(text_of(roads, "tunnel"), _YES)


def _directions(roads: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    oneway = text_of(roads, "oneway")
    round_about = (text_of(roads, "junction") == "roundabout") & ~np.isin(oneway, _NO)
    backward_only = np.isin(oneway, _BACKWARD_ONLY)
    forward_only = np.isin(oneway, _FORWARD_ONLY) | (round_about & ~backward_only)
    return ~backward_only, ~forward_only
