"""Search for a cover of so many sites, by swaps under weights that learn."""

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.problem import Bools

_SWAPS = 400
"""Swaps after which the search gives up; counted, so that equal tables give equal covers."""

_REST = 3
"""Swaps for which a site that has just opened or closed stays as it is."""


def searched_cover(covers: Bools, most: int, *, clock: Clock) -> Bools | None:
    r"""Look for a cover of so many sites by swapping one open site for another.

    The weight of what is uncovered falls with every swap as far as one swap can lower it;
    the weight of each unit that is left uncovered grows by 1, so that the search leaves
    every trap at last (row weighting: Gao, Weise and Li 2015, European Journal of
    Operational Research 246). With :math:`u` the weights of units that no open site covers,
    :math:`s_j` those that only :math:`j` covers, a swap of :math:`j` for :math:`k` changes
    the weight by :math:`s_j - s_{jk} - u_k`, which is worked out for all pairs at once.

    Parameters
    ----------
    covers
        Whether each site covers each unit; every unit needs one.
    most
        How many sites may be open.
    clock
        The time there is.

    Returns
    -------
    numpy.ndarray or None
        The open sites of a cover, or None where none was found.

    Examples
    --------
    >>> table = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], dtype=bool)
    >>> searched_cover(table, 2, clock=Clock.of(1)).sum()
    np.int64(2)
    """
    n, m = covers.shape
    if most < 1:
        return None
    if most >= m:
        return np.ones(m, dtype=bool)
    table = covers.astype(np.float32)
    weight = np.ones(n, dtype=np.float32)
    opened = _start(table, most)
    moved = np.full(m, -_REST - 1)
    for step in range(_SWAPS):
        times = table[:, opened].sum(axis=1)
        bare = times == 0
        if not bare.any():
            return opened
        if clock.over:
            return None
        alone = times == 1
        inside, outside = np.flatnonzero(opened), np.flatnonzero(~opened)
        lone = table[np.ix_(alone, inside)] * weight[alone, None]
        change = lone.sum(axis=0)[:, None] - lone.T @ table[np.ix_(alone, outside)]
        change -= weight[bare] @ table[np.ix_(bare, outside)]
        change[step - moved[inside] <= _REST] = np.inf
        change[:, step - moved[outside] <= _REST] = np.inf
        if np.isfinite(change).any():
            one, other = np.unravel_index(int(change.argmin()), change.shape)
            opened[inside[one]], opened[outside[other]] = False, True
            moved[inside[one]] = moved[outside[other]] = step
        weight[table[:, opened].sum(axis=1) == 0] += 1
    return None


def _start(table: np.ndarray, most: int) -> Bools:
    """Open the site that covers most of what is uncovered, so many times."""
    opened = np.zeros(table.shape[1], dtype=bool)
    bare = np.ones(len(table), dtype=np.float32)
    for _ in range(most):
        new = np.where(opened, -1.0, bare @ table)
        best = int(new.argmax())
        opened[best] = True
        bare[table[:, best] > 0] = 0
    return opened
