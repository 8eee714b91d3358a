"""Ways of getting about: which roads each may use, in which direction, how fast."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import Standards

Mode = Literal["walk", "car", "bus"]

MODES: Final[tuple[Mode, ...]] = ("walk", "car", "bus")
"""On foot, by car, by school bus."""

_MOTORWAY: Final = "motorway"
_TRACK: Final = "track"
_UNCLASSIFIED: Final = "unclassified"

_NOT_ROADS: Final = (
    "construction",
    "proposed",
    "planned",
    "abandoned",
    "disused",
    "razed",
    "demolished",
    "raceway",
    "via_ferrata",
    "platform",
)
_NO_VEHICLES: Final = (
    "footway",
    "path",
    "steps",
    "pedestrian",
    "cycleway",
    "bridleway",
    "corridor",
    "elevator",
    "busway",
)

_HIGHWAY_OF_ROAD_CLASS: Final = {
    "高速": "motorway",
    "国道": "trunk",
    "省道": "primary",
    "县道": "secondary",
    "乡道": "tertiary",
    "村道": "unclassified",
}
"""Administrative classes as OpenStreetMap writes them in China."""

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
    findings
        What should be known about the choice of roads.
    """

    forward_kmh: NDArray[np.float64]
    backward_kmh: NDArray[np.float64]
    access: NDArray[np.bool_]
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


def road_use(roads: pd.DataFrame, *, mode: Mode, standards: Standards) -> RoadUse:
    """Say which roads a mode may use and how fast.

    Parameters
    ----------
    roads
        The roads, with any of the columns of `layoutplan.tables.ROADS` and of
        OpenStreetMap's ``motorroad``, ``junction``, ``access`` and ``motor_vehicle``;
        a column that is absent bars nothing.
    mode
        ``"walk"``: every road but motorways, motor roads and those closed on foot, both
        ways, at the walking speed of grades 1-3. ``"car"``: roads for vehicles at the
        running speed of their class, at most their speed limit, one-way streets one way;
        tracks only where a table holds nothing better. ``"bus"``: as a car, at most at
        the speed of school buses.
    standards
        The speeds.

    Returns
    -------
    RoadUse
        One value per road.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> roads = pd.DataFrame({"highway": ["primary", "steps"], "oneway": ["yes", None]})
    >>> road_use(roads, mode="car", standards=standards()).forward_kmh.tolist()
    [45.0, 0.0]
    >>> road_use(roads, mode="walk", standards=standards()).backward_kmh.tolist()
    [4.0, 4.0]
    """
    highway = _classes(roads)
    motorway = (highway == _MOTORWAY) | np.isin(_text(roads, "motorroad"), _YES)
    access = ~motorway & ~np.isin(_text(roads, "tunnel"), _YES)
    closed = np.isin(_text(roads, "access"), _NO)
    if mode == "walk":
        foot = _text(roads, "foot")
        barred = motorway | np.isin(foot, _NO) | (closed & ~np.isin(foot, _ALLOWED))
        barred |= np.isin(highway, _NOT_ROADS)
        kmh = np.where(barred, 0.0, standards.value("walk_speed_kmh_g13"))
        return RoadUse(forward_kmh=kmh, backward_kmh=kmh, access=access)

    vehicle = _text(roads, "motor_vehicle")
    barred = np.isin(vehicle, _NO) | (closed & ~np.isin(vehicle, _ALLOWED))
    barred |= np.isin(highway, _NOT_ROADS) | np.isin(highway, _NO_VEHICLES)
    track = (highway == _TRACK) & ~barred
    findings: tuple[Finding, ...] = ()
    if (barred | track).all() and track.any():
        ids = tuple(str(i) for i in roads.index[track])
        findings = (Finding(code="only_tracks", severity="note", table="roads", ids=ids),)
    else:
        barred |= track
    kmh = np.where(barred, 0.0, _vehicle_kmh(roads, highway, mode=mode, standards=standards))
    forward, backward = _directions(roads)
    return RoadUse(
        forward_kmh=np.where(forward, kmh, 0.0),
        backward_kmh=np.where(backward, kmh, 0.0),
        access=access,
        findings=findings,
    )


def _text(roads: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """Values as lower-case text, empty where there is none."""
    if column not in roads.columns:
        return np.full(len(roads), "", dtype=object)
    values = roads[column]
    text = values.astype("str").str.strip().str.lower().where(values.notna(), "")
    return text.to_numpy(dtype=object)


def _classes(roads: pd.DataFrame) -> NDArray[np.object_]:
    """Classify roads, links with the road they lead to, empty where unknown."""
    highway = pd.Series(_text(roads, "highway")).str.removesuffix("_link")
    pattern = f"({'|'.join(_HIGHWAY_OF_ROAD_CLASS)})"
    administrative = pd.Series(_text(roads, "road_class")).str.extract(pattern, expand=False)
    known = administrative.map(_HIGHWAY_OF_ROAD_CLASS)
    classes = highway.where(highway != "", known).fillna("")
    return classes.to_numpy(dtype=object)


def _vehicle_kmh(
    roads: pd.DataFrame, highway: NDArray[np.object_], *, mode: Mode, standards: Standards
) -> NDArray[np.float64]:
    codes, classes = pd.factorize(highway)
    keys = [f"drive_speed_kmh_{c}" for c in classes]
    default = f"drive_speed_kmh_{_UNCLASSIFIED}"
    speeds = [standards.value(k if k in standards else default) for k in keys]
    kmh = np.array(speeds, dtype=np.float64)[codes]
    if "maxspeed_kmh" in roads.columns:
        limit = pd.to_numeric(roads["maxspeed_kmh"], errors="coerce").to_numpy(dtype=np.float64)
        kmh = np.where(limit > 0, np.fmin(kmh, limit), kmh)
    if mode == "bus":
        on_motorway = standards.value("bus_speed_max_kmh_motorway")
        elsewhere = standards.value("bus_speed_max_kmh")
        kmh = np.minimum(kmh, np.where(highway == _MOTORWAY, on_motorway, elsewhere))
    return kmh


def _directions(roads: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    oneway = _text(roads, "oneway")
    round_about = (_text(roads, "junction") == "roundabout") & ~np.isin(oneway, _NO)
    backward_only = np.isin(oneway, _BACKWARD_ONLY)
    forward_only = np.isin(oneway, _FORWARD_ONLY) | (round_about & ~backward_only)
    return ~backward_only, ~forward_only
