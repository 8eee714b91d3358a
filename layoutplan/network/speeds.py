"""How fast vehicles go: by class of road, sign, and what the law says where there is no sign."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.road_classes import MOTORWAY, UNCLASSIFIED
from layoutplan.standards import Standards

_LIMIT_WITHOUT_SIGN: Final = {
    "limit_kmh_no_centre_line_rural": ("unclassified", "service", "track"),
    "limit_kmh_no_centre_line_urban": ("residential", "living_street"),
    "limit_kmh_one_lane_rural": ("primary", "secondary", "tertiary"),
}
"""Classes that tell which legal limit holds without a sign; the others do not tell."""


def speed(standards: Standards, key: str) -> float:
    """Give a speed of a profile.

    Parameters
    ----------
    standards
        The profile.
    key
        The id of the speed.

    Returns
    -------
    float
        Kilometres an hour.

    Raises
    ------
    OptionsError
        If it is not a number above 0.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> speed(standards(), "walk_speed_kmh_g13")
    4.0
    """
    kmh = standards.value(key)
    if not (np.isfinite(kmh) and kmh > 0):
        values = {"standard": key, "value": f"{kmh:g}"}
        raise OptionsError(Finding(code="speed_not_positive", values=values))
    return kmh


def vehicle_kmh(
    roads: pd.DataFrame, highway: NDArray[np.object_], *, bus: bool, standards: Standards
) -> NDArray[np.float64]:
    """Give the running speed of vehicles on each road.

    The speed of the class, at most the limit on the sign (``maxspeed_kmh``); where there is
    no sign, at most the limit of the law where the class tells which one holds
    (道路交通安全法实施条例, articles 45 and 46). School buses have speeds of their own by class
    and go at most 80 km/h on motorways and 60 on other roads (校车安全管理条例, article 35).

    Parameters
    ----------
    roads
        The roads.
    highway
        Their classes; others than those of the profile are taken for ``unclassified``.
    bus
        Whether the vehicle is a school bus.
    standards
        The speeds.

    Returns
    -------
    numpy.ndarray
        Kilometres an hour, above 0; shape (roads,).

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> roads = pd.DataFrame({"maxspeed_kmh": [20, None]})
    >>> county_roads = np.array(["secondary", "secondary"], dtype=object)
    >>> vehicle_kmh(roads, county_roads, bus=True, standards=standards()).tolist()
    [20.0, 35.0]
    """
    codes, different = pd.factorize(highway)
    kmh = np.array([_class_kmh(c, bus=bus, standards=standards) for c in different])[codes]
    limit = pd.Series(np.nan, index=range(len(roads)))
    for key, among in _LIMIT_WITHOUT_SIGN.items():
        limit = limit.mask(np.isin(highway, among), speed(standards, key))
    sign = signs(roads)
    kmh = np.fmin(kmh, np.where(sign > 0, sign, limit.to_numpy()))
    if bus:
        on_motorway = speed(standards, "bus_speed_max_kmh_motorway")
        elsewhere = speed(standards, "bus_speed_max_kmh")
        kmh = np.minimum(kmh, np.where(highway == MOTORWAY, on_motorway, elsewhere))
    return np.asarray(kmh, dtype=np.float64)


def _class_kmh(highway: str, *, bus: bool, standards: Standards) -> float:
    driven = f"drive_speed_kmh_{highway}"
    known = highway if driven in standards else UNCLASSIFIED
    ridden = f"bus_speed_kmh_{known}"
    return speed(standards, ridden if bus and ridden in standards else f"drive_speed_kmh_{known}")


def signs(roads: pd.DataFrame) -> NDArray[np.float64]:
    """Give the speed limits on signs.

    Parameters
    ----------
    roads
        The roads, with ``maxspeed_kmh`` or without.

    Returns
    -------
    numpy.ndarray
        Kilometres an hour; NaN where there is no sign or no usable value; shape (roads,).

    Examples
    --------
    >>> signs(pd.DataFrame({"maxspeed_kmh": [60, -5, None]})).tolist()
    [60.0, nan, nan]
    """
    if "maxspeed_kmh" not in roads.columns:
        return np.full(len(roads), np.nan)
    values = pd.to_numeric(roads["maxspeed_kmh"], errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def sign_findings(roads: pd.DataFrame, usable: NDArray[np.bool_]) -> tuple[Finding, ...]:
    """Report speed limits that are none.

    Parameters
    ----------
    roads
        The roads.
    usable
        Which of them vehicles may use, shape (roads,).

    Returns
    -------
    tuple of Finding
        A warning for values that are no speed (not a number, endless, 0 or below); a note
        for empty cells where other roads have a value.

    Examples
    --------
    >>> roads = pd.DataFrame({"maxspeed_kmh": [60, -5, None]}, index=["a", "b", "c"])
    >>> [(f.code, f.ids) for f in sign_findings(roads, np.ones(3, dtype=bool))]
    [('maxspeed_wrong', ('b',)), ('maxspeed_empty', ('c',))]
    """
    if "maxspeed_kmh" not in roads.columns:
        return ()
    filled = roads["maxspeed_kmh"].notna().to_numpy()
    wrong = filled & np.isnan(signs(roads)) & usable
    empty = ~filled & usable
    findings = []
    if wrong.any():
        example = roads["maxspeed_kmh"].to_numpy(dtype=object)[wrong][0]
        findings.append(_sign_finding("maxspeed_wrong", roads.index[wrong], example=str(example)))
    if empty.any() and (filled & usable).any():
        findings.append(_sign_finding("maxspeed_empty", roads.index[empty]))
    return tuple(findings)


def _sign_finding(code: str, ids: "pd.Index[str]", **values: object) -> Finding:
    return Finding(
        code=code,
        severity="note" if code == "maxspeed_empty" else "warning",
        table="roads",
        column="maxspeed_kmh",
        ids=tuple(str(i) for i in ids),
        values=values,
    )


def stop_minutes_per_km(
    highway: NDArray[np.object_], *, standards: Standards
) -> NDArray[np.float64]:
    """Give the minutes that a school bus stands at stops on each kilometre.

    Parameters
    ----------
    highway
        The classes of the roads, shape (roads,).
    standards
        The time at a stop and the distance between stops.

    Returns
    -------
    numpy.ndarray
        Minutes per kilometre, 0 on motorways; shape (roads,).

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> classes = np.array(["motorway", "tertiary"], dtype=object)
    >>> stop_minutes_per_km(classes, standards=standards()).tolist()
    [0.0, 1.0]
    """
    spacing, dwell = (standards.value(k) for k in ("bus_stop_spacing_m", "bus_dwell_minutes"))
    if not (spacing > 0 and dwell >= 0 and np.isfinite(dwell)):
        values = {"spacing": f"{spacing:g}", "dwell": f"{dwell:g}"}
        raise OptionsError(Finding(code="bus_stops_wrong", values=values))
    return np.where(highway == MOTORWAY, 0.0, dwell * 1000 / spacing)
