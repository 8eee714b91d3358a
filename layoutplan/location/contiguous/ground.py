"""What touches what: neighbours as lists and bit masks, and whether a set of units is connected."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from layoutplan.location.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """The adjacency of units, for questions about single areas.

    An area is a whole number whose bit ``i`` says whether unit ``i`` belongs to it: whether
    two areas meet is then one operation on numbers.

    Parameters
    ----------
    around
        The units that touch each unit, in rising order.
    touching
        The same as bit masks.
    """

    around: list[list[int]]
    touching: list[int]


def ground_of(adjacency: sp.csr_array) -> Ground:
    """Give the neighbours of each unit, whatever the order in which they are stored.

    Parameters
    ----------
    adjacency
        Which units touch; read as symmetric, a unit does not touch itself.

    Returns
    -------
    Ground
        The neighbours of each unit.
    """
    coo = sp.coo_array(adjacency)
    there = coo.data != 0
    pairs = np.c_[coo.row[there], coo.col[there]].astype(np.int64)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    pairs = np.unique(np.r_[pairs, pairs[:, ::-1]], axis=0)
    around: list[list[int]] = [[] for _ in range(adjacency.shape[0])]
    for unit, other in pairs.tolist():
        around[unit].append(other)
    return Ground(around=around, touching=[mask_of(others) for others in around])


def mask_of(units: Ints | list[int]) -> int:
    """Give the bit mask of some units.

    Parameters
    ----------
    units
        Positions of units.

    Returns
    -------
    int
        The number with these bits.
    """
    mask = 0
    for unit in units:
        mask |= 1 << int(unit)
    return mask


def units_of(mask: int) -> Iterator[int]:
    """Give the units of a bit mask, in rising order.

    Parameters
    ----------
    mask
        An area.

    Yields
    ------
    int
        A unit of it.
    """
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def reached(touching: list[int], start: int, within: int) -> int:
    """Give what is connected with a set of units inside an area.

    Parameters
    ----------
    touching
        Neighbours of each unit as masks.
    start
        Units from which to go, as a mask.
    within
        The area that is not left, as a mask.

    Returns
    -------
    int
        The units reached, as a mask.
    """
    front = start & within
    seen = front
    while front:
        ahead = 0
        while front:
            low = front & -front
            ahead |= touching[low.bit_length() - 1]
            front ^= low
        front = ahead & within & ~seen
        seen |= front
    return seen


def stays_connected(touching: list[int], area: int, unit: int) -> bool:
    """Tell whether a connected area stays connected when one unit leaves it.

    Parameters
    ----------
    touching
        Neighbours of each unit as masks.
    area
        A connected area as a mask.
    unit
        The unit that leaves.

    Returns
    -------
    bool
        Whether the rest is connected; also True where nothing is left.
    """
    rest = area & ~(1 << unit)
    wanted = touching[unit] & rest
    front = wanted & -wanted
    if wanted == front:
        # With one neighbour in its area the unit is a leaf; with none it was alone.
        return wanted != 0 or rest == 0
    seen = front
    while front:
        ahead = 0
        while front:
            low = front & -front
            ahead |= touching[low.bit_length() - 1]
            front ^= low
        front = ahead & rest & ~seen
        seen |= front
        if not wanted & ~seen:
            return True
    return False


def within_reach(ground: Ground, cost: Floats, site_unit: Ints, open_sites: Bools) -> Bools:
    r"""Tell which units a connected area of each site can hold.

    An area of site *j* runs over units of finite cost from *j* and holds none on which
    another open site stands alone, since that site's own area holds it:

    .. math::

        R_j = \{i : i \text{ is connected with } u_j \text{ in the graph on }
        \{k : c_{kj} < \infty, \; k \ne u_l \; (l \text{ open}, u_l \ne u_j)\}\}

    Parameters
    ----------
    ground
        What touches what.
    cost
        Cost of each unit at each site.
    site_unit
        The unit on which each site stands.
    open_sites
        Which sites are open.

    Returns
    -------
    Bools
        Whether each site reaches each unit, shape (units, sites); nothing for closed sites.
    """
    units, sites = cost.shape
    out = np.zeros((units, sites), dtype=bool)
    usable = np.isfinite(cost)
    held = np.zeros(units, dtype=bool)
    held[site_unit[open_sites]] = True
    for site in np.flatnonzero(open_sites):
        own = int(site_unit[site])
        allowed = usable[:, site] & ~held
        allowed[own] = usable[own, site]
        seen = reached(ground.touching, 1 << own, mask_of(np.flatnonzero(allowed)))
        out[list(units_of(seen)), site] = True
    return out
