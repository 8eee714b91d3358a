"""Sparse graphs of directed arcs and shortest times in them."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

_BLOCK_BYTES: Final = 64 * 2**20


def directed_graph(
    tail: NDArray[np.intp], head: NDArray[np.intp], minutes: NDArray[np.float64], *, nodes: int
) -> csr_array:
    """Make a sparse graph of arcs.

    Of several arcs from one node to another the quickest is kept: the usual way to a
    sparse matrix would add them up. Arcs of 0 minutes stay arcs.

    Parameters
    ----------
    tail, head
        The nodes the arcs lead from and to; shape (arcs,).
    minutes
        The time along the arcs, infinite where there is no way; shape (arcs,).
    nodes
        The number of nodes.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (nodes, nodes).

    Examples
    --------
    >>> two = np.array([0, 0])
    >>> directed_graph(two, two + 1, np.array([7.0, 5.0]), nodes=2).toarray().tolist()
    [[0.0, 5.0], [0.0, 0.0]]
    """
    open_ = np.flatnonzero(np.isfinite(minutes))
    tail, head, minutes = tail[open_], head[open_], minutes[open_]
    key = tail.astype(np.int64) * nodes + head
    # Mostly in order already, which the stable sort makes use of.
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    begins = np.flatnonzero(first)
    least = np.minimum.reduceat(minutes[order], begins) if len(begins) else minutes
    kept = order[begins]
    starts = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail[kept], minlength=nodes), out=starts[1:])
    return csr_array((least, head[kept].astype(np.int32), starts), shape=(nodes, nodes))


def strong_components(graph: csr_array) -> NDArray[np.intp]:
    """Tell which nodes lie in a part where one can go from each to each and back.

    Parameters
    ----------
    graph
        Arcs; shape (nodes, nodes).

    Returns
    -------
    numpy.ndarray
        The number of the part of each node, shape (nodes,).

    Examples
    --------
    >>> there_and_back = directed_graph(
    ...     np.array([0, 1, 1]), np.array([1, 0, 2]), np.ones(3), nodes=3
    ... )
    >>> part = strong_components(there_and_back)
    >>> bool(part[0] == part[1]), bool(part[1] == part[2])
    (True, False)
    """
    return np.asarray(connected_components(graph, directed=True, connection="strong")[1], np.intp)


def shortest_minutes(
    graph: csr_array,
    starts: NDArray[np.intp],
    ends: NDArray[np.intp],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float64]:
    """Find the shortest times from some nodes to some others.

    Searches by Dijkstra (1959) from the starts, in blocks of starts, so that memory
    stays bounded whatever the size of the graph: only the ends are kept.

    Parameters
    ----------
    graph
        Arcs in minutes; shape (nodes, nodes).
    starts
        The nodes to search from, shape (s,); they may repeat.
    ends
        The nodes wanted, shape (e,); they may repeat.
    progress
        Called with the starts done and their number.

    Returns
    -------
    numpy.ndarray
        Minutes from each start to each end, shape (s, e); infinite where there is no way.

    Examples
    --------
    >>> chain = directed_graph(np.array([0, 1]), np.array([1, 2]), np.ones(2), nodes=3)
    >>> shortest_minutes(chain, np.array([0, 2]), np.array([2, 0])).tolist()
    [[2.0, 0.0], [0.0, inf]]
    """
    different, again = np.unique(starts, return_inverse=True)
    found = np.empty((len(different), len(ends)), dtype=np.float64)
    block = max(1, _BLOCK_BYTES // (8 * max(1, graph.shape[0])))
    for begin in range(0, len(different), block):
        chosen = slice(begin, begin + block)
        found[chosen] = dijkstra(graph, indices=different[chosen])[:, ends]
        if progress is not None:
            progress(min(begin + block, len(different)), len(different))
    return found[again]
