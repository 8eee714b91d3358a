"""Edges cut where places get on, so that places on one edge are joined along it."""

import numpy as np
from numpy.typing import NDArray

from layoutplan.network.reduce import Links
from layoutplan.network.road_network import RoadNetwork


def split_links(
    made: RoadNetwork, edge: NDArray[np.intp], along_m: NDArray[np.float64]
) -> tuple[Links, NDArray[np.intp]]:
    """Cut the edges of a network where places are attached.

    Parameters
    ----------
    made
        The network.
    edge
        The row of the edge of each place, shape (places,).
    along_m
        Metres of each place from the edge's node ``u``, shape (places,).

    Returns
    -------
    links : Links
        The pieces; their nodes are those of the network, then one for each different
        place inside an edge.
    node : numpy.ndarray
        The node of each place, shape (places,).

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 100 0)"], crs="EPSG:32631")
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> links, node = split_links(made, np.array([0, 0, 0]), np.array([25.0, 25.0, 0.0]))
    >>> links.u.tolist(), links.v.tolist(), node.tolist()
    ([0, 2], [2, 1], [2, 2, 0])
    """
    u, v = made.edges["u"].to_numpy(), made.edges["v"].to_numpy()
    length = made.edges["length_m"].to_numpy()
    inside = (along_m > 0) & (along_m < length[edge])
    node = np.where(along_m > 0, v[edge], u[edge])

    spot_edge, spot_along, spot = _different(edge[inside], along_m[inside])
    node[inside] = len(made.nodes) + spot
    cut = np.unique(spot_edge)
    # Every cut edge as a row of stops: its node u, the places in their order, its node v.
    stop_edge = np.concatenate([cut, spot_edge, cut])
    stop_along = np.concatenate([np.zeros(len(cut)), spot_along, length[cut]])
    stop_node = np.concatenate([u[cut], len(made.nodes) + np.arange(len(spot_edge)), v[cut]])
    order = np.lexsort((stop_along, stop_edge))
    stop_edge, stop_along, stop_node = stop_edge[order], stop_along[order], stop_node[order]
    next_ = np.flatnonzero(stop_edge[1:] == stop_edge[:-1])
    whole = np.ones(len(u), dtype=bool)
    whole[cut] = False

    of_edge = np.concatenate([np.flatnonzero(whole), stop_edge[next_]])
    tail = np.concatenate([u[whole], stop_node[next_]])
    head = np.concatenate([v[whole], stop_node[next_ + 1]])
    metres = np.concatenate([length[whole], stop_along[next_ + 1] - stop_along[next_]])
    share = metres / length[of_edge]
    links = Links(
        u=tail,
        v=head,
        forward=made.edges["minutes_forward"].to_numpy()[of_edge] * share,
        backward=made.edges["minutes_backward"].to_numpy()[of_edge] * share,
        nodes=len(made.nodes) + len(spot_edge),
    )
    return links, node


def _different(
    edge: NDArray[np.intp], along_m: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp]]:
    """Tell the different spots apart, and which of them each place is at."""
    order = np.lexsort((along_m, edge))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(edge[order]) > 0) | (np.diff(along_m[order]) > 0)
    spot = np.empty(len(order), dtype=np.intp)
    spot[order] = np.cumsum(first) - 1
    kept = order[first]
    return edge[kept], along_m[kept], spot
