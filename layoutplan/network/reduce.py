"""A smaller graph with the same shortest times between the places that matter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from layoutplan.network.graph import directed_graph


@dataclass(frozen=True, eq=False, kw_only=True)
class Links:
    """Joined pairs of nodes, with the time each way. All arrays have shape (links,).

    Parameters
    ----------
    u, v
        The two nodes of a link.
    forward, backward
        Minutes from ``u`` to ``v`` and from ``v`` to ``u``, infinite where there is no way.
    nodes
        The number of nodes.
    """

    u: NDArray[np.intp]
    v: NDArray[np.intp]
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]
    nodes: int

    def graph(self) -> csr_array:
        """Make the graph of both directions.

        Returns
        -------
        scipy.sparse.csr_array
            Arcs in minutes, shape (nodes, nodes).
        """
        tail, head = np.concatenate([self.u, self.v]), np.concatenate([self.v, self.u])
        minutes = np.concatenate([self.forward, self.backward])
        return directed_graph(tail, head, minutes, nodes=self.nodes)


def reduced(links: Links, places: NDArray[np.intp]) -> tuple[Links, NDArray[np.intp]]:
    """Leave out nodes that no shortest way between places needs of its own.

    Dead ends without a place are cut off and rows of nodes with two neighbours become one
    link, again and again until nothing changes. Shortest times between places stay what
    they are, up to the rounding of sums.

    Parameters
    ----------
    links
        The graph.
    places
        The nodes to keep; they may repeat.

    Returns
    -------
    links : Links
        The smaller graph, its nodes numbered anew.
    places : numpy.ndarray
        The new numbers of the places.

    Examples
    --------
    >>> row = Links(
    ...     u=np.array([0, 1, 2]),
    ...     v=np.array([1, 2, 3]),
    ...     forward=np.array([1.0, 2.0, 4.0]),
    ...     backward=np.array([1.0, np.inf, 4.0]),
    ...     nodes=4,
    ... )
    >>> small, places = reduced(row, np.array([0, 2]))
    >>> places.tolist(), small.forward.tolist(), small.backward.tolist()
    ([0, 1], [3.0], [inf])
    """
    kept = np.zeros(links.nodes, dtype=bool)
    kept[places] = True
    before = -1
    while before != len(links.u):
        before = len(links.u)
        links = quickest_links(_without_dead_ends(_joined_rows(links, kept), kept))
    used = np.unique(np.concatenate([places, links.u, links.v]))
    number = np.full(links.nodes, -1)
    number[used] = np.arange(len(used))
    small = Links(
        u=number[links.u],
        v=number[links.v],
        forward=links.forward,
        backward=links.backward,
        nodes=len(used),
    )
    return small, number[places]


def quickest_links(links: Links) -> Links:
    """Keep one link for each pair of nodes, with the shorter time each way, and no loops.

    Parameters
    ----------
    links
        The graph; several links may join two nodes, in either direction.

    Returns
    -------
    Links
        Links from the lesser to the greater number of a node, in the order of both.

    Examples
    --------
    >>> two = Links(
    ...     u=np.array([1, 0]),
    ...     v=np.array([0, 1]),
    ...     forward=np.array([1.0, 2.0]),
    ...     backward=np.array([5.0, 4.0]),
    ...     nodes=2,
    ... )
    >>> one = quickest_links(two)
    >>> one.u.tolist(), one.forward.tolist(), one.backward.tolist()
    ([0], [2.0], [1.0])
    """
    turned = links.u > links.v
    u, v = np.where(turned, links.v, links.u), np.where(turned, links.u, links.v)
    key = u.astype(np.int64) * links.nodes + v
    # Mostly in order already, which the stable sort makes use of.
    order = np.argsort(key, kind="stable")
    order = order[u[order] != v[order]]
    if len(order) == 0:
        return _chosen(links, order)
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    forward = np.where(turned, links.backward, links.forward)
    backward = np.where(turned, links.forward, links.backward)
    return Links(
        u=u[order[first]],
        v=v[order[first]],
        forward=np.minimum.reduceat(forward[order], first),
        backward=np.minimum.reduceat(backward[order], first),
        nodes=links.nodes,
    )


def _joined_rows(links: Links, kept: NDArray[np.bool_]) -> Links:
    """Make one link of every row of nodes that have two links each.

    A half link leads along a link one way, with the time both ways beside it. Each one
    that arrives inside a row is tied to the half link that leads on, so the half links of
    a row one way are tied to each other and to no others; their times are added up.
    """
    degree = np.bincount(links.u, minlength=links.nodes)
    degree += np.bincount(links.v, minlength=links.nodes)
    inside = (degree == 2) & ~kept  # noqa: PLR2004
    of_row = inside[links.u] | inside[links.v]
    part = _chosen(links, np.flatnonzero(of_row))
    size = len(part.u)
    if size == 0:
        return links
    tail, head = np.concatenate([part.u, part.v]), np.concatenate([part.v, part.u])
    row, rows = _tied(tail, head, inside)
    first, last = np.full(rows, -1), np.full(rows, -1)
    begins, ends = np.flatnonzero(~inside[tail]), np.flatnonzero(~inside[head])
    first[row[begins]], last[row[ends]] = tail[begins], head[ends]
    # Every row was gone along from both its ends: one of the two is enough.
    one = np.flatnonzero((first >= 0) & (first <= last))
    forward = np.bincount(row[:size], weights=part.forward, minlength=rows)
    forward += np.bincount(row[size:], weights=part.backward, minlength=rows)
    backward = np.bincount(row[:size], weights=part.backward, minlength=rows)
    backward += np.bincount(row[size:], weights=part.forward, minlength=rows)
    rest = np.flatnonzero(~of_row)
    return Links(
        u=np.concatenate([links.u[rest], first[one]]),
        v=np.concatenate([links.v[rest], last[one]]),
        forward=np.concatenate([links.forward[rest], forward[one]]),
        backward=np.concatenate([links.backward[rest], backward[one]]),
        nodes=links.nodes,
    )


def _tied(
    tail: NDArray[np.intp], head: NDArray[np.intp], inside: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], int]:
    """Give the row of each half link, and the number of rows."""
    twice = len(tail)
    leaving = np.flatnonzero(inside[tail])
    # Of the two half links that leave a node inside, the sum less the one back is the other.
    both = np.bincount(tail[leaving], weights=leaving, minlength=len(inside))
    arrives = inside[head]
    arriving = np.flatnonzero(arrives)
    on = both[head[arriving]].astype(np.int32)
    on -= ((arriving + twice // 2) % twice).astype(np.int32)
    starts = np.zeros(twice + 1, dtype=np.int32)
    np.cumsum(arrives, out=starts[1:])
    ties = csr_array((np.ones(len(on)), on, starts), shape=(twice, twice))
    rows, row = connected_components(ties, directed=False)
    return row, int(rows)


def _without_dead_ends(links: Links, kept: NDArray[np.bool_]) -> Links:
    u, v = links.u, links.v
    degree = np.bincount(u, minlength=links.nodes) + np.bincount(v, minlength=links.nodes)
    alive = np.arange(len(u))
    while True:
        dead = (degree == 1) & ~kept
        leads_on = ~(dead[u[alive]] | dead[v[alive]])
        if leads_on.all():
            return _chosen(links, alive)
        gone, alive = alive[~leads_on], alive[leads_on]
        np.subtract.at(degree, np.concatenate([u[gone], v[gone]]), 1)


def _chosen(links: Links, chosen: NDArray[np.intp]) -> Links:
    return Links(
        u=links.u[chosen],
        v=links.v[chosen],
        forward=links.forward[chosen],
        backward=links.backward[chosen],
        nodes=links.nodes,
    )
