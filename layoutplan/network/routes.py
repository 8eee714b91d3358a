"""The shortest ways of pairs of places, piece by piece."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from layoutplan.network.chains import Chains, chained
from layoutplan.network.web import Web

_BLOCK_BYTES: Final = 64 * 2**20
_BYTES_A_NODE: Final = 12
"""Eight for the time, four for the node that follows."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Routes:
    """The shortest ways of pairs along the rows of a network.

    Parameters
    ----------
    chains
        The rows.
    minutes
        The time of each pair along the roads, infinite where there is no way; shape
        (pairs,).
    pair
        The pair of each step, ascending, a pair's steps in their order; shape (steps,).
    half
        The row gone along, those gone along backward counted on from the number of rows;
        shape (steps,).
    """

    chains: Chains
    minutes: NDArray[np.float64]
    pair: NDArray[np.intp] = field(repr=False)
    half: NDArray[np.intp] = field(repr=False)

    def links_passed(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
        """Give the pieces of the ways.

        Returns
        -------
        pair : numpy.ndarray
            The pair, ascending, a pair's pieces in their order.
        link : numpy.ndarray
            The piece of the web.
        turned : numpy.ndarray
            Whether it is passed from its second node to its first.
        """
        which, link, turned = self.chains.expanded(self.half)
        return self.pair[which], link, turned

    def on_links(
        self, weights: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Add up weights of the pairs that pass each piece.

        Parameters
        ----------
        weights
            A number for each pair, such as its pupils; shape (pairs,).

        Returns
        -------
        forward, backward : numpy.ndarray
            Sums by piece of the web, from its first node to its second and back, 0 where
            nobody passes; shape (links,).
        """
        chains = self.chains
        rows = len(chains.links.u)
        sums = np.bincount(self.half, weights=weights[self.pair], minlength=2 * rows)
        row = np.repeat(np.arange(rows), np.diff(chains.begins))
        there, back = sums[row], sums[rows + row]
        forward, backward = np.zeros(chains.size), np.zeros(chains.size)
        forward[chains.member] = np.where(chains.turned, back, there)
        backward[chains.member] = np.where(chains.turned, there, back)
        return forward, backward


def routes(web: Web, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Routes:
    """Find the shortest ways of pairs of nodes.

    Searches by Dijkstra (1959) from the ends against the arcs, once for each different
    end, and follows what leads on from all starts at once.

    Parameters
    ----------
    web
        The network.
    starts, ends
        The nodes of each pair; shape (pairs,).

    Returns
    -------
    Routes
        The ways. They do not depend on the order of the pairs.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> from layoutplan.network import attach, network_of_roads
    >>> from layoutplan.network.web import web_of
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 500600 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> places = shapely.points([[500100, 0], [500400, 0]])
    >>> web = web_of(made, attach(made, places, crs=line.crs))
    >>> found = routes(web, web.node[:1], web.node[1:])
    >>> found.minutes.round(2).tolist(), found.on_links(np.array([30.0]))[0].tolist()
    ([4.5], [0.0, 30.0, 0.0])
    """
    chains = chained(web.links, np.concatenate([starts, ends]))
    graph, key, half, number = _searched(chains, np.concatenate([starts, ends]))
    size = graph.shape[0]
    start, end = number[starts], number[ends]
    minutes = np.full(len(starts), np.inf)
    pairs, halves = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    different, of = np.unique(end, return_inverse=True)
    by_end = np.argsort(of, kind="stable")
    block = max(1, _BLOCK_BYTES // (_BYTES_A_NODE * max(1, size)))
    for begin in range(0, len(different), block):
        chosen = different[begin : begin + block]
        low, high = np.searchsorted(of[by_end], [begin, begin + len(chosen)])
        inside = by_end[low:high]
        found, after = dijkstra(graph, indices=chosen, return_predecessors=True)
        row = of[inside] - begin
        minutes[inside] = found[row, start[inside]]
        pair, tail, head = _followed(after, row, start[inside])
        pairs.append(inside[pair])
        halves.append(half[np.searchsorted(key, tail.astype(np.int64) * size + head)])
    pair, passed = np.concatenate(pairs), np.concatenate(halves)
    order = np.argsort(pair, kind="stable")
    return Routes(chains=chains, minutes=minutes, pair=pair[order], half=passed[order])


def _searched(
    chains: Chains, places: NDArray[np.intp]
) -> tuple[csr_array, NDArray[np.int64], NDArray[np.intp], NDArray[np.intp]]:
    """Make the graph against the arcs, and tell which row each of its arcs is.

    Returns
    -------
    The graph; its arcs as keys in the direction of travel, sorted, with the quickest row
    of each; and the new number of every node.
    """
    links = chains.links
    used = np.unique(np.concatenate([places, links.u, links.v]))
    number = np.full(links.nodes, -1)
    number[used] = np.arange(len(used))
    tail = number[np.concatenate([links.u, links.v])]
    head = number[np.concatenate([links.v, links.u])]
    minutes = np.concatenate([links.forward, links.backward])
    open_ = np.flatnonzero(np.isfinite(minutes))
    key = tail[open_].astype(np.int64) * len(used) + head[open_]
    order = np.lexsort((minutes[open_], key))
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(key[order]) > 0
    half = open_[order[first]]
    # Built row by row, for the usual way to a sparse matrix would drop arcs of 0 minutes.
    against = np.lexsort((tail[half], head[half]))
    begins = np.zeros(len(used) + 1, dtype=np.int32)
    np.cumsum(np.bincount(head[half], minlength=len(used)), out=begins[1:])
    parts = (minutes[half[against]], tail[half[against]].astype(np.int32), begins)
    graph = csr_array(parts, shape=(len(used), len(used)))
    return graph, key[order[first]], half, number


def _followed(
    after: NDArray[np.int32], row: NDArray[np.intp], start: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Go from all starts at once to the ends; give the arcs passed, pair by pair in order."""
    pairs, tails, heads = ([np.empty(0, dtype=np.intp)] for _ in range(3))
    pair, at = np.arange(len(start)), start
    while len(pair):
        onward = np.asarray(after[row[pair], at], dtype=np.intp)
        leads = onward >= 0
        pair, at, onward = pair[leads], at[leads], onward[leads]
        pairs.append(pair)
        tails.append(at)
        heads.append(onward)
        at = onward
    pair = np.concatenate(pairs)
    order = np.argsort(pair, kind="stable")
    return pair[order], np.concatenate(tails)[order], np.concatenate(heads)[order]
