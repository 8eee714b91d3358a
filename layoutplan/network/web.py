"""A network cut where places get on, and where each piece of it lies."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.network.reduce import Links
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.snap import Attachment
from layoutplan.network.split import split_links


@dataclass(frozen=True, eq=False, kw_only=True)
class Web:
    """The pieces of a network between its nodes and the places that are on it.

    Parameters
    ----------
    made
        The network.
    links
        The pieces with the time each way; their nodes are those of the network, then
        one for each different place inside an edge.
    edge
        The row of the edge each piece lies on, shape (links,).
    from_m, to_m
        Metres from the edge's node ``u`` at which a piece begins and ends, shape (links,).
    xy
        Easting and northing of all nodes in metres, shape (nodes, 2).
    node
        The node of each place, -1 where it is not attached; shape (places,).
    """

    made: RoadNetwork
    links: Links = field(repr=False)
    edge: NDArray[np.intp] = field(repr=False)
    from_m: NDArray[np.float64] = field(repr=False)
    to_m: NDArray[np.float64] = field(repr=False)
    xy: NDArray[np.float64] = field(repr=False)
    node: NDArray[np.intp] = field(repr=False)

    @property
    def length_m(self) -> NDArray[np.float64]:
        """The length of the pieces in metres, shape (links,)."""
        length: NDArray[np.float64] = np.abs(self.to_m - self.from_m)
        return length

    @property
    def road(self) -> NDArray[np.object_]:
        """The label of the road each piece is part of, shape (links,)."""
        labels = self.made.edges["road"].astype(object).to_numpy()
        return np.asarray(labels[self.edge], dtype=object)

    def lines(self) -> NDArray[np.object_]:
        """Draw the pieces.

        Returns
        -------
        numpy.ndarray
            Lines from the first to the second node of each piece, shape (links,).
        """
        ends = np.stack([self.xy[self.links.u], self.xy[self.links.v]], axis=1)
        return np.asarray(shapely.linestrings(ends), dtype=object)


def web_of(made: RoadNetwork, at: Attachment) -> Web:
    """Cut a network where places are attached.

    Parameters
    ----------
    made
        The network.
    at
        Where the places are attached.

    Returns
    -------
    Web
        The pieces.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import attach, network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 500100 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> at = attach(made, shapely.points([[500025, 40]]), crs=line.crs)
    >>> web = web_of(made, at)
    >>> web.node.tolist(), web.length_m.round(1).tolist(), web.road.tolist()
    ([2], [25.0, 75.0], [0, 0])
    """
    on = np.flatnonzero(at.edge >= 0)
    links, at_node = split_links(made, at.edge[on], at.along_m[on])
    node = np.full(len(at), -1)
    node[on] = at_node
    u, v, length = (made.edges[c].to_numpy() for c in ("u", "v", "length_m"))
    size = len(made.nodes)

    # A node inside an edge lies on that edge alone, so it tells where a piece lies.
    spot_edge = np.full(links.nodes - size, -1)
    spot_m = np.zeros(links.nodes - size)
    inside = at_node >= size
    spot_edge[at_node[inside] - size] = at.edge[on][inside]
    spot_m[at_node[inside] - size] = at.along_m[on][inside]
    edge = _edges_between(links, u, v, size)
    for end in (links.u, links.v):
        inner = end >= size
        edge[inner] = spot_edge[end[inner] - size]

    nodes = made.nodes[["x", "y"]].to_numpy(dtype=np.float64)
    share = (spot_m / length[spot_edge])[:, None] if len(spot_edge) else np.zeros((0, 1))
    between = nodes[u[spot_edge]] * (1 - share) + nodes[v[spot_edge]] * share
    along = np.concatenate([np.zeros(size), spot_m])
    from_m, to_m = (
        np.where((end < size) & (end == v[edge]), length[edge], along[end])
        for end in (links.u, links.v)
    )
    return Web(
        made=made,
        links=links,
        edge=edge,
        from_m=from_m,
        to_m=to_m,
        xy=np.concatenate([nodes, between]),
        node=node,
    )


def _edges_between(
    links: Links, u: NDArray[np.intp], v: NDArray[np.intp], size: int
) -> NDArray[np.intp]:
    """Find the edges of pieces that were not cut; of the others any, to be replaced."""
    key = u.astype(np.int64) * size + v
    order = np.argsort(key, kind="stable")
    wanted = np.minimum(links.u, links.v).astype(np.int64) * size + np.maximum(links.u, links.v)
    found = np.searchsorted(key[order], wanted)
    return np.asarray(order[np.minimum(found, len(order) - 1)], dtype=np.intp)
