"""Pupils on every road, in classes, for the page."""

from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from layoutplan.maps.encode import Coded, coded_lines
from layoutplan.maps.ground import DEGREES
from layoutplan.network.flows import ROAD, flows
from layoutplan.network.road_network import RoadNetwork
from layoutplan.plan import Plan

PUPILS_FROM: Final = (1, 20, 50, 100, 300)
"""Where classes of pupils on a road begin."""

_TOLERANCE_M: Final = 15.0


def roads_with_pupils(plan: Plan, network: RoadNetwork) -> list[Coded]:
    """Give the roads that pupils pass on their way to school.

    Parameters
    ----------
    plan
        The plan.
    network
        The network on which they go.

    Returns
    -------
    list of dict
        One entry for each of `PUPILS_FROM`; see `layoutplan.maps.encode.Coded`.
    """
    county = plan.county
    passed = flows(plan.assignment, county.villages, county.sites, network=network)
    roads = passed[passed["kind"].eq(ROAD) & passed["pupils"].gt(0)]
    cls = np.searchsorted(PUPILS_FROM, roads["pupils"].to_numpy(dtype=float), side="right") - 1
    lines = roads.geometry.to_crs(network.crs) if len(roads) else roads.geometry
    simple = shapely.simplify(np.asarray(lines.array, dtype=object), _TOLERANCE_M)
    return [
        coded_lines(gpd.GeoSeries(simple[cls == n], crs=lines.crs).to_crs(DEGREES))
        for n in range(len(PUPILS_FROM))
    ]
