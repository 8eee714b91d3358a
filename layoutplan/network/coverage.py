"""What roads and places have in common: extents, and places no road serves."""

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.metric import extent_text, metric_coordinates, points_of_places, transformer
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.snap import ISLAND, OFF_ROAD, PASSED_BY, Attachment

UNKNOWN: Final = "-"


def require_overlap(made: RoadNetwork, places: dict[str, Any]) -> None:
    """Refuse places that all lie outside the extent of the roads.

    Parameters
    ----------
    made
        The network.
    places
        geopandas.GeoDataFrame by the name of its table.

    Raises
    ------
    TravelError
        With a finding for each table that is elsewhere, naming the likely cause: no
        locations at all, longitude and latitude exchanged, or a wrong coordinate system.
    """
    xy = made.nodes[["x", "y"]].to_numpy()
    reach = made.standards.value("off_road_reach_m")
    box = np.concatenate([xy.min(axis=0) - reach, xy.max(axis=0) + reach])
    findings = [
        finding
        for table, frame in places.items()
        for finding in _elsewhere(table, frame, made, box)
    ]
    if findings:
        raise TravelError(findings)


def _elsewhere(
    table: str,
    frame: Any,  # noqa: ANN401 - geopandas has no types
    made: RoadNetwork,
    box: NDArray[np.float64],
) -> list[Finding]:
    crs = CRS(frame.crs)
    points = points_of_places(frame.geometry.to_numpy())
    coordinates = shapely.get_coordinates(points)
    if len(coordinates) == 0:
        ids = tuple(str(i) for i in frame.index)
        return [Finding(code="empty_geometry", table=table, column="geometry", ids=ids)]
    if _any_inside(points, crs, made.crs, box):
        return []
    exchanged = np.asarray(shapely.points(coordinates[:, ::-1]), dtype=object)
    code = "extent_exchanged" if _any_inside(exchanged, crs, made.crs, box) else "extent_apart"
    values = {
        "places": extent_text(shapely.total_bounds(points)),
        "roads": extent_text(transformer(made.crs, crs).transform_bounds(*box)),
        "crs": crs.name,
    }
    ids = tuple(str(i) for i in frame.index)
    return [Finding(code=code, table=table, column="geometry", ids=ids, values=values)]


def _any_inside(
    points: NDArray[np.object_], crs: CRS, metric: CRS, box: NDArray[np.float64]
) -> bool:
    xy, _ = metric_coordinates(points, crs, to=metric)
    return bool(((xy >= box[:2]) & (xy <= box[2:])).all(axis=1).any())


def attachment_findings(table: str, frame: pd.DataFrame, at: Attachment) -> tuple[Finding, ...]:
    """Report how places got onto the network.

    Parameters
    ----------
    table
        The table of the places: ``"villages"`` or ``"schools"``.
    frame
        The places in the order of ``at``; residents and pupils are counted where it
        holds them.
    at
        Where they were attached.

    Returns
    -------
    tuple of Finding
        Places with no road within reach and places on islands (warnings), places taken past a
        nearer fragment (note).
    """
    reports = (
        ("place_off_road", "warning", OFF_ROAD, at.distance_m),
        ("place_on_island", "warning", ISLAND, at.distance_m),
        ("place_past_fragment", "note", PASSED_BY, at.further_m),
    )
    findings = []
    for code, severity, status, metres in reports:
        chosen = at.status == status
        if not chosen.any():
            continue
        finite = metres[chosen][np.isfinite(metres[chosen])]
        values = {"metres": f"{finite.max():.0f}" if len(finite) else UNKNOWN}
        findings.append(
            Finding(
                code=code,
                severity="warning" if severity == "warning" else "note",
                table=table,
                column="geometry",
                ids=tuple(str(i) for i in frame.index[chosen]),
                values=values | people(frame[chosen]),
            )
        )
    return tuple(findings)


def require_attached(made: RoadNetwork, table: str, frame: pd.DataFrame, at: Attachment) -> None:
    """Refuse places of which none has a road within reach.

    Parameters
    ----------
    made
        The network.
    table
        The table of the places.
    frame
        The places in the order of ``at``.
    at
        Where they were attached.

    Raises
    ------
    TravelError
        If none is attached, with the distance of the one nearest to a road.
    """
    if (at.edge >= 0).any():
        return
    metres = at.distance_m[np.isfinite(at.distance_m)]
    values = {
        "reach": f"{made.standards.value('off_road_reach_m'):g}",
        "metres": f"{metres.min():.0f}" if len(metres) else UNKNOWN,
        "mode": made.mode,
    }
    ids = tuple(str(i) for i in frame.index)
    raise TravelError(Finding(code="none_attached", table=table, ids=ids, values=values))


def way_findings(
    table: str,
    ids: "pd.Index[Any]",
    *,
    cut_off: NDArray[np.bool_],
    frame: pd.DataFrame | None = None,
) -> tuple[Finding, ...]:
    """Report places that no road joins to any place of the other kind.

    Parameters
    ----------
    table
        The table of the places.
    ids
        Their ids.
    cut_off
        Which of them are cut off, shape (places,).
    frame
        The places in the order of the ids, for counting people.

    Returns
    -------
    tuple of Finding
        One warning, or none.

    Examples
    --------
    >>> found = way_findings("villages", pd.Index(["a", "b"]), cut_off=np.array([False, True]))
    >>> found[0].code, found[0].ids
    ('village_without_way', ('b',))
    """
    if not cut_off.any():
        return ()
    finding = Finding(
        code="village_without_way" if table == "villages" else "site_without_way",
        severity="warning",
        table=table,
        ids=tuple(ids[cut_off]),
        values=people(pd.DataFrame() if frame is None else frame[cut_off]),
    )
    return (finding,)


def people(frame: pd.DataFrame) -> dict[str, str]:
    """Count the people of some places, as text.

    Parameters
    ----------
    frame
        The places.

    Returns
    -------
    dict of str to str
        ``residents`` and ``pupils``, a dash where the table does not tell.

    Examples
    --------
    >>> people(pd.DataFrame({"population": [1200, 300]}))
    {'residents': '1,500', 'pupils': '-'}
    """
    bands = [c for c in ("pupils_g13", "pupils_g46", "pupils_g79") if c in frame.columns]
    pupils = bands or [c for c in ("pupils",) if c in frame.columns]
    residents = [c for c in ("population",) if c in frame.columns]
    sums = {
        name: float(frame[columns].apply(pd.to_numeric, errors="coerce").sum().sum())
        for name, columns in (("residents", residents), ("pupils", pupils))
        if columns
    }
    return {
        name: f"{sums[name]:,.0f}" if name in sums else UNKNOWN for name in ("residents", "pupils")
    }
