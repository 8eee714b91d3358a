"""Walks from places to roads: straight, and not across what pupils may not cross."""

import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.network.barriers import Fence
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.two_sides import FULL_TURN

_ON_LINE_M = 1e-6
_EDGE_OF_SECTOR = 1e-9


def nearest_points(
    made: RoadNetwork, xy: NDArray[np.float64], edge: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the point of an edge nearest to each place.

    Parameters
    ----------
    made
        The network.
    xy
        Coordinates of the places in metres, shape (places, 2).
    edge
        The row of the edge of each place, shape (places,).

    Returns
    -------
    share : numpy.ndarray
        Where on the way from ``u`` to ``v`` the point lies, 0 to 1; shape (places,).
    point : numpy.ndarray
        Its coordinates in metres, shape (places, 2).

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (5e5 0, 500100 0)"], crs="EPSG:32631")
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> middle = made.nodes[["x", "y"]].to_numpy().mean(axis=0)
    >>> nearest_points(made, middle[None] + [0, 9], np.array([0]))[0].round(3).tolist()
    [0.5]
    """
    nodes = made.nodes[["x", "y"]].to_numpy()
    u, v = (made.edges[c].to_numpy()[edge] for c in ("u", "v"))
    course = nodes[v] - nodes[u]
    offset = np.where(np.isfinite(xy), xy, 0.0) - nodes[u]
    share = (offset * course).sum(axis=1) / (course * course).sum(axis=1)
    share = np.clip(share, 0.0, 1.0)
    return share, nodes[u] + share[:, None] * course


def open_legs(
    made: RoadNetwork, fence: Fence, xy: NDArray[np.float64], edge: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Tell from which places one gets onto an edge without crossing a barrier.

    A road that may not be crossed is reached from its own side, and a node that barriers
    meet from its own sector.

    Parameters
    ----------
    made
        The network.
    fence
        Where the barriers lie.
    xy
        Coordinates of the places in metres, shape (places, 2).
    edge
        The row of the edge of each place, shape (places,).

    Returns
    -------
    numpy.ndarray
        Shape (places,).
    """
    share, point = nearest_points(made, xy, edge)
    away = xy - point
    open_ = ~_across_edge(made, edge, away)
    u, v = (made.edges[c].to_numpy()[edge] for c in ("u", "v"))
    for end, node in ((share <= 0.0, u), (share >= 1.0, v)):
        # Beyond an end the side of the edge tells nothing, the sector of the node does.
        open_[end] = _in_sector(fence, node[end], away[end])
    asked = np.flatnonzero(open_ & (np.hypot(*away.T) > _ON_LINE_M))
    ends = np.stack([xy[asked], point[asked]], axis=1)
    legs = np.asarray(shapely.linestrings(ends), dtype=object)
    open_[asked[fence.crossed(legs)]] = False
    return open_


def _across_edge(
    made: RoadNetwork, edge: NDArray[np.intp], away: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which places lie on the other side of the strand that an edge is."""
    nodes = made.nodes[["x", "y"]].to_numpy()
    u, v, side = (made.edges[c].to_numpy()[edge] for c in ("u", "v", "side"))
    course = nodes[v] - nodes[u]
    course = course / np.hypot(*course.T)[:, None]
    left = course[:, 0] * away[:, 1] - course[:, 1] * away[:, 0]
    return np.asarray(side * left < -_ON_LINE_M)


def _in_sector(
    fence: Fence, node: NDArray[np.intp], away: NDArray[np.float64]
) -> NDArray[np.bool_]:
    turn = np.mod(np.arctan2(away[:, 1], away[:, 0]) - fence.sector_from[node], FULL_TURN)
    width = fence.sector_width[node]
    at_node = np.hypot(*away.T) <= _ON_LINE_M
    edge = (turn > FULL_TURN - _EDGE_OF_SECTOR) | at_node
    return np.asarray((turn <= width + _EDGE_OF_SECTOR) | edge)
