"""Times between many places: most nodes are taken out first and worked out last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from layoutplan.network.reduce import Links, quickest_links, reduced

_MOST_NEIGHBOURS: Final = 20
"""Measured: from 12 to 40 the whole takes equally long."""

_BLOCK_BYTES: Final = 64 * 2**20
_CHUNK_BYTES: Final = 2**18
"""What is worked on at once, so that it stays in the cache of the processor."""

_ODD: Final = 2654435761
_LOW: Final = 2**32 - 1


@dataclass(frozen=True, eq=False, kw_only=True)
class Taken:
    """Nodes taken out together, with the same number of neighbours each.

    Parameters
    ----------
    node
        The nodes, no two of them neighbours; shape (nodes,).
    onward
        Their neighbours when they were taken out, shape (nodes, neighbours).
    minutes
        The time from each node to its neighbours, infinite where there is no way; shape
        (nodes, neighbours).
    """

    node: NDArray[np.intp]
    onward: NDArray[np.intp]
    minutes: NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Core:
    """What is left of a graph, and how the times of the nodes taken out follow from it.

    Parameters
    ----------
    links
        The links left, between the nodes as numbered in the whole graph.
    left
        The nodes left, ascending; shape (nodes left,).
    taken
        The nodes taken out, in the order in which they were.
    """

    links: Links
    left: NDArray[np.intp]
    taken: tuple[Taken, ...] = field(repr=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class Block:
    """Some of the times between origins and destinations.

    Parameters
    ----------
    origins, destinations
        Which of them, shapes (o,) and (d,).
    minutes
        Their times, shape (o, d); infinite where there is no way.
    """

    origins: NDArray[np.intp]
    destinations: NDArray[np.intp]
    minutes: NDArray[np.float64]


def core_of(links: Links, kept: NDArray[np.bool_], *, searches: int) -> Core:
    """Take out nodes, as long as that costs less than searching among them.

    Taking out a node joins each two of its neighbours by the way across it, so the times
    between the nodes left stay what they are, up to the rounding of sums. Nodes with few
    neighbours go first, and in every round as many at once as are not neighbours
    themselves. (Carré 1971, An Algebra for Network Routing Problems; in this order the
    contraction hierarchies of Dibbelt, Strasser and Wagner 2016.)

    Parameters
    ----------
    links
        The graph.
    kept
        Which nodes stay in any case, shape (nodes,).
    searches
        How many searches are to be made: the more, the more nodes are worth taking out.

    Returns
    -------
    Core
        What is left.

    Examples
    --------
    >>> star = Links(
    ...     u=np.array([3, 3, 3]),
    ...     v=np.array([0, 1, 2]),
    ...     forward=np.array([1.0, 2.0, 4.0]),
    ...     backward=np.array([1.0, 2.0, np.inf]),
    ...     nodes=4,
    ... )
    >>> core = core_of(star, np.array([True, True, True, False]), searches=9)
    >>> core.left.tolist(), core.links.forward.tolist(), core.links.backward.tolist()
    ([0, 1, 2], [3.0, 5.0, 6.0], [3.0, inf, inf])
    >>> core.taken[0].onward.tolist(), core.taken[0].minutes.tolist()
    ([[0, 1, 2]], [[1.0, 2.0, 4.0]])
    """
    # Equal numbers of neighbours are settled by a number that looks random and is not.
    tie = (np.arange(links.nodes, dtype=np.int64) * _ODD) & _LOW
    # Joining the neighbours of a node grows with the square of their number; a search saves
    # the time for one node.
    most = min(isqrt(searches), _MOST_NEIGHBOURS)
    free = ~kept
    links = quickest_links(links)
    taken: list[Taken] = []
    while True:
        degree = np.bincount(links.u, minlength=links.nodes)
        degree += np.bincount(links.v, minlength=links.nodes)
        chosen = _none_beside_another(links, free & (degree <= most), (degree << 32) | tie)
        # A round handles every link; it must save as much.
        if np.count_nonzero(chosen) * searches <= len(links.u):
            break
        links, groups = _without(links, chosen, degree)
        taken += groups
        free &= ~chosen
    left = np.ones(links.nodes, dtype=bool)
    for group in taken:
        left[group.node] = False
    return Core(links=links, left=np.flatnonzero(left), taken=tuple(taken))


def _none_beside_another(
    links: Links, free: NDArray[np.bool_], rank: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Choose the free nodes that rank before all their neighbours."""
    rank = np.where(free, rank, np.iinfo(np.int64).max)
    at_u, at_v = rank[links.u], rank[links.v]
    chosen = free.copy()
    chosen[links.u[at_u > at_v]] = False
    chosen[links.v[at_v > at_u]] = False
    return chosen


def _without(
    links: Links, chosen: NDArray[np.bool_], degree: NDArray[np.intp]
) -> tuple[Links, list[Taken]]:
    """Take out nodes that are not neighbours, and join the neighbours of each."""
    at_u, at_v = chosen[links.u], chosen[links.v]
    begins, ends, rest = (np.flatnonzero(at) for at in (at_u, at_v, ~(at_u | at_v)))
    own = np.concatenate([links.u[begins], links.v[ends]])
    order = np.argsort((degree[own] << 32) | own)
    onward = np.concatenate([links.v[begins], links.u[ends]])[order]
    away = np.concatenate([links.forward[begins], links.backward[ends]])[order]
    back = np.concatenate([links.backward[begins], links.forward[ends]])[order]
    nodes = np.flatnonzero(chosen)
    nodes = nodes[np.argsort(degree[nodes], kind="stable")]

    groups: list[Taken] = []
    u, v, forward, backward = [links.u[rest]], [links.v[rest]], [], []
    forward, backward = [links.forward[rest]], [links.backward[rest]]
    node_at = arc_at = 0
    for neighbours, count in enumerate(np.bincount(degree[nodes])):
        if count == 0:
            continue
        arcs = slice(arc_at, arc_at + count * neighbours)
        to, out, into = (a[arcs].reshape(count, neighbours) for a in (onward, away, back))
        groups.append(Taken(node=nodes[node_at : node_at + count], onward=to, minutes=out))
        node_at, arc_at = node_at + count, arcs.stop
        one, other = np.triu_indices(neighbours, 1)
        there = (into[:, one] + out[:, other]).ravel()
        again = (into[:, other] + out[:, one]).ravel()
        way = np.flatnonzero(np.minimum(there, again) < np.inf)
        u.append(to[:, one].ravel()[way])
        v.append(to[:, other].ravel()[way])
        forward.append(there[way])
        backward.append(again[way])
    joined = Links(
        u=np.concatenate(u),
        v=np.concatenate(v),
        forward=np.concatenate(forward),
        backward=np.concatenate(backward),
        nodes=links.nodes,
    )
    return quickest_links(joined), groups


def minute_blocks(
    links: Links,
    origins: NDArray[np.intp],
    destinations: NDArray[np.intp],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Block]:
    """Find the shortest times from some nodes to others, block by block.

    The graph is reduced and most of its nodes are taken out; the few left are searched by
    Dijkstra (1959), from the side with fewer different places; then the nodes taken out
    get their times from their neighbours, the last taken out first, and only those that
    an origin needs. A block holds so many searches that memory stays bounded.

    Parameters
    ----------
    links
        The graph.
    origins, destinations
        The nodes to go from and to; they may repeat.
    progress
        Called with the searches done and their number.

    Yields
    ------
    Block
        Times. The blocks together hold every pair once.

    Examples
    --------
    >>> row = Links(
    ...     u=np.array([0, 1]),
    ...     v=np.array([1, 2]),
    ...     forward=np.array([1.0, 2.0]),
    ...     backward=np.array([1.0, np.inf]),
    ...     nodes=3,
    ... )
    >>> [block] = minute_blocks(row, np.array([0, 2]), np.array([2]))
    >>> block.minutes.tolist()
    [[3.0], [0.0]]
    """
    small, places = reduced(links, np.concatenate([origins, destinations]))
    starts, ends = places[: len(origins)], places[len(origins) :]
    if len(np.unique(starts)) < len(np.unique(ends)):
        turned = Links(
            u=small.u, v=small.v, forward=small.backward, backward=small.forward, nodes=small.nodes
        )
        for rows, columns, minutes in _searched(turned, ends, starts, progress):
            yield Block(origins=columns, destinations=rows, minutes=minutes.T)
        return
    for rows, columns, minutes in _searched(small, starts, ends, progress):
        yield Block(origins=rows, destinations=columns, minutes=minutes)


def _searched(
    links: Links,
    starts: NDArray[np.intp],
    ends: NDArray[np.intp],
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]]:
    """Search from the ends, block by block of different ends."""
    different, of = np.unique(ends, return_inverse=True)
    # An end becomes a node of its own to which one can only go, so that its road node need
    # not be kept and no search passes through the place of another.
    goals = links.nodes + np.arange(len(different))
    nowhere = np.full(len(different), np.inf)
    whole = Links(
        u=np.concatenate([links.u, different]),
        v=np.concatenate([links.v, goals]),
        forward=np.concatenate([links.forward, np.zeros(len(different))]),
        backward=np.concatenate([links.backward, nowhere]),
        nodes=links.nodes + len(different),
    )
    core = core_of(whole, np.arange(whole.nodes) >= links.nodes, searches=len(different))
    taken, number, nodes = _needed(core, starts, whole.nodes)
    # Searched from the ends against the arcs, for the ways lead to them.
    small = Links(
        u=number[core.links.v],
        v=number[core.links.u],
        forward=core.links.forward,
        backward=core.links.backward,
        nodes=len(core.left),
    )
    against = small.graph()
    every = np.arange(len(starts))
    by_end = np.argsort(of, kind="stable")
    block = max(1, _BLOCK_BYTES // (8 * max(1, nodes)))
    for begin in range(0, len(different), block):
        chosen = goals[begin : begin + block]
        found = np.empty((nodes, len(chosen)))
        found[: small.nodes] = dijkstra(against, indices=number[chosen]).T
        _worked_out(found, taken, small.nodes)
        low, high = np.searchsorted(of[by_end], [begin, begin + len(chosen)])
        columns = by_end[low:high]
        minutes = found[number[starts]]
        if len(columns) != len(chosen) or (np.diff(of[columns]) != 1).any():
            minutes = minutes[:, of[columns] - begin]
        if progress is not None:
            progress(begin + len(chosen), len(different))
        yield every, columns, minutes


def _needed(
    core: Core, starts: NDArray[np.intp], size: int
) -> tuple[list[Taken], NDArray[np.intp], int]:
    """Choose the nodes taken out that the starts need, and number them after the core.

    Returns
    -------
    Them, last taken out first and in new numbers; the new number of every node; how many
    nodes there are.
    """
    need = np.zeros(size, dtype=bool)
    need[starts] = True
    groups = []
    for group in core.taken:
        wanted = need[group.node]
        if wanted.any():
            need[group.onward[wanted]] = True
            groups.append((group, wanted))
    number = np.full(size, -1)
    number[core.left] = np.arange(len(core.left))
    nodes = len(core.left)
    numbered = []
    for group, wanted in reversed(groups):
        own = group.node[wanted]
        number[own] = nodes + np.arange(len(own))
        nodes += len(own)
        onward = number[group.onward[wanted]]
        numbered.append(Taken(node=number[own], onward=onward, minutes=group.minutes[wanted]))
    return numbered, number, nodes


def _worked_out(found: NDArray[np.float64], taken: list[Taken], begin: int) -> None:
    """Fill the times of the nodes taken out: the least over the neighbours of each."""
    rows = max(1, _CHUNK_BYTES // (8 * found.shape[1]))
    for group in taken:
        count, neighbours = group.onward.shape
        for first in range(0, count, rows):
            part = slice(first, min(first + rows, count))
            least = found[begin + part.start : begin + part.stop]
            least[:] = np.inf
            for k in range(neighbours):
                across = found[group.onward[part, k]]
                across += group.minutes[part, k, None]
                np.minimum(least, across, out=least)
        begin += count
