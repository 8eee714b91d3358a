"""Minutes between places that are attached to a network."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.network.graph import shortest_minutes
from layoutplan.network.reduce import reduced
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.snap import Attachment
from layoutplan.network.split import split_links
from layoutplan.tables import BANDS

Progress = Callable[[int, int, str], None]
"""Called with what is done, of how much, and a label."""

ACCESS_COLUMNS: Final = (
    "place_id",
    "role",
    "status",
    "distance_m",
    "minutes",
    "component",
    "road",
)


def minutes_between(
    made: RoadNetwork, at: Attachment, *, villages: int, progress: Progress | None = None
) -> Mapping[str, NDArray[np.float64]]:
    """Compute the minutes from villages to sites for each grade band.

    A time is the walk to the road, the way along the roads, and the walk to the site.
    Walking is computed once at the speed of grades 1-3 and scaled by the ratio of
    speeds; time in a vehicle is the same for all bands.

    Parameters
    ----------
    made
        The network.
    at
        Where the villages, and after them the sites, are attached.
    villages
        How many of the places are villages.
    progress
        Called with the number of sites done, their number and the mode.

    Returns
    -------
    Mapping of str to numpy.ndarray
        By band, read-only, shape (villages, sites); infinite where there is no way.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import attach, network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 503000 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> places = gpd.GeoSeries.from_wkt(["POINT (500000 0)", "POINT (502000 100)"], crs=crs)
    >>> at = attach(made, places.to_numpy(), crs=line.crs)
    >>> minutes_between(made, at, villages=1)["g13"].round(1).tolist()
    [[31.5]]
    """
    attached = np.flatnonzero(at.edge >= 0)
    links, node = reduced(*split_links(made, at.edge[attached], at.along_m[attached]))
    from_village, to_site = attached < villages, attached >= villages

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, made.mode)

    # Searched from the sites against the arcs, for pupils travel from village to site.
    against = links.graph().T.tocsr()
    found = shortest_minutes(against, node[to_site], node[from_village], progress=report)
    road = np.full((villages, len(at) - villages), np.inf)
    road[np.ix_(attached[from_village], attached[to_site] - villages)] = found.T
    walked = at.minutes[:villages, None] + at.minutes[None, villages:]
    on_foot = made.mode == "walk"
    if on_foot:
        walked = walked + road
    speed = {band: made.standards.value(f"walk_speed_kmh_{band}") for band in BANDS}
    minutes = {}
    for band in BANDS:
        scaled = walked * (speed[BANDS[0]] / speed[band])
        minutes[band] = scaled if on_foot else scaled + road
        minutes[band].setflags(write=False)
    return MappingProxyType(minutes)


def access_table(
    made: RoadNetwork, ids: "pd.Index[Any]", at: Attachment, *, role: str
) -> pd.DataFrame:
    """Set out how places get onto a network.

    Parameters
    ----------
    made
        The network.
    ids
        The ids of the places.
    at
        Where they are attached, in the order of the ids.
    role
        ``"village"`` or ``"site"``.

    Returns
    -------
    pandas.DataFrame
        One row per place with the columns ``ACCESS_COLUMNS``; ``road`` is the label of the
        road, missing where there is none.
    """
    road = made.edges["road"].astype(object).to_numpy()[at.edge]
    values = (
        ids,
        role,
        at.status,
        at.distance_m,
        at.minutes,
        at.component,
        pd.Series(road).where(at.edge >= 0, None),
    )
    table = pd.DataFrame(dict(zip(ACCESS_COLUMNS, values, strict=True)))
    return table.astype(dict.fromkeys(("place_id", "role", "status"), "str"))
