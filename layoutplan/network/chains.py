"""A smaller graph that remembers which pieces each of its links is made of."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.network.reduce import Links

_ROUNDS: Final = 6
"""Rounds of joining; what is left after them makes the graph larger, not wrong."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Chains:
    """Rows of links without a junction or a place between them.

    Parameters
    ----------
    links
        The rows as links between the nodes at their ends. Two rows may join the same nodes.
    member
        The numbers of the original links, row by row, in their order; shape (members,).
    turned
        Whether a member is passed from its second node to its first where the row is gone
        along forward; shape (members,).
    begins
        Where the members of each row begin, and the end of the last; shape (rows + 1,).
    size
        The number of original links.
    """

    links: Links
    member: NDArray[np.intp] = field(repr=False)
    turned: NDArray[np.bool_] = field(repr=False)
    begins: NDArray[np.intp] = field(repr=False)
    size: int

    def expanded(
        self, half: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
        """Name the original links that are passed on some rows.

        Parameters
        ----------
        half
            Rows, those gone along backward counted on from the number of rows; shape (n,).

        Returns
        -------
        which : numpy.ndarray
            The entry of ``half`` that each link is passed on, in their order.
        member : numpy.ndarray
            The original link.
        turned : numpy.ndarray
            Whether it is passed from its second node to its first.
        """
        rows = len(self.links.u)
        row, back = half % rows, half >= rows
        count = np.diff(self.begins)[row]
        which = np.repeat(np.arange(len(half)), count)
        place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        at = np.where(
            back[which], self.begins[row + 1][which] - 1 - place, self.begins[row][which] + place
        )
        return which, self.member[at], self.turned[at] ^ back[which]


def chained(links: Links, places: NDArray[np.intp]) -> Chains:
    """Join rows of nodes with two neighbours, and leave out dead ends without a place.

    Like `layoutplan.network.reduce.reduced`, but what a row is made of stays known, so
    that ways and flows found on the rows can be given on the roads.

    Parameters
    ----------
    links
        The graph.
    places
        The nodes to keep; they may repeat.

    Returns
    -------
    Chains
        The rows, between the same nodes as before.

    Examples
    --------
    >>> row = Links(
    ...     u=np.array([0, 2, 2]),
    ...     v=np.array([1, 1, 3]),
    ...     forward=np.array([1.0, 2.0, 4.0]),
    ...     backward=np.array([1.0, np.inf, 4.0]),
    ...     nodes=4,
    ... )
    >>> made = chained(row, np.array([0, 2]))
    >>> made.links.forward.tolist(), made.links.backward.tolist()
    ([inf], [3.0])
    >>> [part.tolist() for part in made.expanded(np.array([1]))]
    [[0, 0], [1, 0], [False, True]]
    """
    kept = np.zeros(links.nodes, dtype=bool)
    kept[places] = True
    row = np.arange(len(links.u))
    order = np.zeros(len(links.u), dtype=np.int64)
    turned = np.zeros(len(links.u), dtype=bool)
    now = links
    for _ in range(_ROUNDS):
        before = len(now.u)
        now, of, rank, around = _joined(now, kept)
        here = row >= 0
        member = row[here]
        # Within a row gone along against its drawing, members come in the other order.
        order[here] = np.where(around[member], -order[here], order[here])
        turned[here] ^= around[member]
        order[here] = _places_in_rows(of[member], rank[member], order[here])
        row[here] = of[member]
        if len(now.u) == before:
            break
    left = np.flatnonzero(row >= 0)
    member = left[np.lexsort((order[left], row[left]))]
    begins = np.searchsorted(row[member], np.arange(len(now.u) + 1))
    return Chains(links=now, member=member, turned=turned[member], begins=begins, size=len(links.u))


def _places_in_rows(
    row: NDArray[np.intp], rank: NDArray[np.intp], order: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give every member a number that follows its row, its rank, then its order before."""
    place = np.empty(len(row), dtype=np.int64)
    place[np.lexsort((order, rank, row))] = np.arange(len(row))
    return place


def _joined(
    links: Links, kept: NDArray[np.bool_]
) -> tuple[Links, NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Join rows once, then cut off rows that end without a place.

    A half link leads along a link one way. Each one that arrives inside a row points to the
    half link that leads on; pointing to where the next one points doubles the stretch
    covered, so that every half link knows the last one of its row, and how far it is.

    Returns
    -------
    The rows, and for each link its row (-1 where left out), its rank and whether it is
    passed against its drawing.
    """
    size = len(links.u)
    tail, head = np.concatenate([links.u, links.v]), np.concatenate([links.v, links.u])
    half = np.arange(2 * size)
    reverse = np.concatenate([half[size:], half[:size]])
    inside = (np.bincount(tail, minlength=links.nodes) == 2) & ~kept  # noqa: PLR2004
    # Of the two half links that leave a node inside, the sum less the one back is the other.
    leaving = np.bincount(tail, weights=half, minlength=links.nodes).astype(np.intp)
    stop = 2 * size
    on = np.append(np.where(inside[head], leaving[head] - reverse, stop), stop)
    last, far = np.append(half, stop), np.zeros(stop + 1, dtype=np.intp)
    for _ in range(int(np.ceil(np.log2(2 * size + 2)))):
        leads = np.flatnonzero(on != stop)
        if not len(leads):
            break
        next_ = on[leads]
        last[leads], far[leads] = last[next_], far[leads] + 1 + far[next_]
        on[leads] = on[next_]
    ends = on[:-1] == stop
    first = np.flatnonzero(~inside[tail] & ends)
    # Every row was gone along from both its ends: the one whose first half link is less.
    first = first[first < reverse[last[first]]]
    first = first[tail[first] != head[last[first]]]
    number = np.full(2 * size + 1, -1)
    number[last[first]] = np.arange(len(first))
    row_of = np.where(ends, number[last[:-1]], -1)
    there, back = row_of[:size], row_of[size:]
    of = np.maximum(there, back)
    around = back > there
    rank = -np.where(around, far[size:stop], far[:size])
    alive = _leading_on(tail[first], head[last[first]], kept)
    # The last entry is for links of no row, whose number is -1.
    of = np.append(np.where(alive, np.cumsum(alive) - 1, -1), -1)[of]
    first = first[alive]
    member = of >= 0

    def summed(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(of[member], weights=minutes[member], minlength=len(first))
        return np.asarray(sums, dtype=np.float64)

    rows = Links(
        u=tail[first],
        v=head[last[first]],
        forward=summed(np.where(around, links.backward, links.forward)),
        backward=summed(np.where(around, links.forward, links.backward)),
        nodes=links.nodes,
    )
    return rows, of, rank, around


def _leading_on(
    u: NDArray[np.intp], v: NDArray[np.intp], kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which links are no dead ends, nor lead to dead ends alone."""
    alive = np.arange(len(u))
    while True:
        degree = np.bincount(np.concatenate([u[alive], v[alive]]), minlength=len(kept))
        dead = (degree == 1) & ~kept
        stays = ~(dead[u[alive]] | dead[v[alive]])
        if stays.all():
            break
        alive = alive[stays]
    found = np.zeros(len(u), dtype=bool)
    found[alive] = True
    return found
