"""What barriers and bus stops mean for villages and schools."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.network.coverage import people
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.snap import ACROSS, Attachment
from layoutplan.tables import BANDS


def barrier_findings(
    made: RoadNetwork, table: str, frame: pd.DataFrame, at: Attachment
) -> tuple[Finding, ...]:
    """Report places that barriers cut off.

    Parameters
    ----------
    made
        The network.
    table
        The table of the places.
    frame
        The places in the order of ``at``; residents and pupils are counted where it holds
        them.
    at
        Where they were attached.

    Returns
    -------
    tuple of Finding
        Places that reach a road across a barrier only, and places on parts of the roads that
        barriers cut off from a longer part.
    """
    if made.fence is None:
        return ()
    cut_off = made.components.index[made.components["behind_barrier"]]
    reports = (
        ("place_across_barrier", at.status == ACROSS),
        ("place_behind_barrier", np.isin(at.component, cut_off) & (at.edge >= 0)),
    )
    return tuple(
        Finding(
            code=code,
            severity="warning",
            table=table,
            column="geometry",
            ids=tuple(str(i) for i in frame.index[chosen]),
            values=people(frame[chosen]),
        )
        for code, chosen in reports
        if chosen.any()
    )


def bus_stop_findings(
    made: RoadNetwork, villages: pd.DataFrame, at: Attachment
) -> tuple[Finding, ...]:
    """Report villages farther from the roads of the school bus than pupils should walk.

    Parameters
    ----------
    made
        The network.
    villages
        The villages in the order of ``at``.
    at
        Where they were attached.

    Returns
    -------
    tuple of Finding
        A warning with the villages beyond ``bus_stop_walk_m`` of any band, or none; only for
        school buses.
    """
    if made.mode != "bus":
        return ()
    most = {band: made.standards.value(f"bus_stop_walk_m_{band}") for band in BANDS}
    far = (at.edge >= 0) & (at.distance_m > min(most.values()))
    far &= _pupils_beyond(villages, at, most)
    if not far.any():
        return ()
    values = {
        "metres": f"{min(most.values()):g}",
        "most": f"{at.distance_m[far].max():.0f}",
        "pupils": people(villages[far])["pupils"],
    }
    ids = tuple(str(i) for i in villages.index[far])
    return (
        Finding(code="bus_stop_far", severity="warning", table="villages", ids=ids, values=values),
    )


def _pupils_beyond(
    villages: pd.DataFrame, at: Attachment, most: dict[str, float]
) -> NDArray[np.bool_]:
    """Leave out villages whose only pupils are of bands that may walk so far."""
    columns = {band: f"pupils_{band}" for band in BANDS}
    if not all(c in villages.columns for c in columns.values()):
        return np.ones(len(villages), dtype=bool)
    beyond = np.zeros(len(villages), dtype=bool)
    for band, column in columns.items():
        pupils = pd.to_numeric(villages[column], errors="coerce").to_numpy(dtype=np.float64)
        beyond |= (at.distance_m > most[band]) & (pupils > 0)
    return beyond
