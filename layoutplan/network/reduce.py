"""A smaller graph with the same shortest times between the places that matter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

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
        links = _without_dead_ends(_joined_rows(_quickest(links), kept), kept)
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


def _quickest(links: Links) -> Links:
    """Keep one link for each pair of nodes, with the shorter time each way, and no loops."""
    turned = links.u > links.v
    u, v = np.minimum(links.u, links.v), np.maximum(links.u, links.v)
    forward = np.where(turned, links.backward, links.forward)
    backward = np.where(turned, links.forward, links.backward)
    key = u.astype(np.int64) * links.nodes + v
    order = np.argsort(key, kind="stable")
    order = order[u[order] != v[order]]
    if len(order) == 0:
        none = np.empty(0)
        return Links(u=u[:0], v=v[:0], forward=none, backward=none, nodes=links.nodes)
    first = np.flatnonzero(np.concatenate([[True], np.diff(key[order]) > 0]))
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
    that arrives inside a row points to the half link that leads on; pointing to where the
    next one points doubles the stretch covered, so a row of n takes log2(n) rounds.
    """
    size = len(links.u)
    tail, head = np.concatenate([links.u, links.v]), np.concatenate([links.v, links.u])
    there = np.concatenate([links.forward, links.backward])
    back = np.concatenate([links.backward, links.forward])
    inside = (np.bincount(tail, minlength=links.nodes) == 2) & ~kept  # noqa: PLR2004
    if not inside.any():
        return links
    half = np.arange(2 * size)
    # Of the two half links that leave a node inside, the sum less the one back is the other.
    leaving = np.bincount(tail, weights=half, minlength=links.nodes).astype(np.intp)
    reverse = np.concatenate([half[size:], half[:size]])
    stop = 2 * size
    on = np.append(np.where(inside[head], leaving[head] - reverse, stop), stop)
    there, back = np.append(there, 0.0), np.append(back, 0.0)
    end = np.append(head, -1)
    for _ in range(max(1, int(np.ceil(np.log2(2 * size + 1))))):
        leads = on != stop
        if not leads.any():
            break
        there, back = there + there[on], back + back[on]
        end = np.where(leads, end[on], end)
        on = on[on]
    whole = np.flatnonzero(~inside[tail] & (on[:-1] == stop))
    # Every row was gone along from both its ends: one of the two is enough.
    origin = whole[tail[whole] <= end[whole]]
    return Links(
        u=tail[origin],
        v=end[origin],
        forward=there[origin],
        backward=back[origin],
        nodes=links.nodes,
    )


def _without_dead_ends(links: Links, kept: NDArray[np.bool_]) -> Links:
    u, v = links.u, links.v
    alive = np.arange(len(u))
    while True:
        degree = np.bincount(np.concatenate([u[alive], v[alive]]), minlength=links.nodes)
        dead = (degree == 1) & ~kept
        stays = ~(dead[u[alive]] | dead[v[alive]])
        if stays.all():
            break
        alive = alive[stays]
    return Links(
        u=u[alive],
        v=v[alive],
        forward=links.forward[alive],
        backward=links.backward[alive],
        nodes=links.nodes,
    )
