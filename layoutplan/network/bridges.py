"""Roads that cross on different levels, which no repair may join."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.spatial import KDTree

from layoutplan.network.build import CELL_M
from layoutplan.network.noding import crossings, near_pairs
from layoutplan.network.strands import Strands

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def joinable(
    whole: Strands, ends: pd.DataFrame, near: pd.DataFrame, arms: pd.DataFrame, *, around_m: float
) -> Flags:
    """Tell where loose ends may be joined to spots on roads near them.

    The loose end of a bridge or tunnel is joined to loose ends only, as drawings of bridges
    are often too short. Other ends are joined to loose ends and to roads on the ground, but
    not to the inside of a bridge or tunnel, and near a crossing of levels to loose ends only.
    Two loose ends are not joined if their dead ends lead onto the two roads of a crossing of
    levels.

    Parameters
    ----------
    whole
        The strands.
    ends
        The ends: ``node`` and ``ground``, whether the road is on the ground there.
    near
        The spots: ``end``, ``strand``, ``x``, ``y`` and ``node``, -1 inside the strand.
    arms
        The ways from the ends that are loose; see `layoutplan.network.dead_ends.arms_of`.
    around_m
        Metres around a crossing of levels within which only loose ends are joined.

    Returns
    -------
    numpy.ndarray
        Shape (spots,).
    """
    node, strand = near["node"].to_numpy(), near["strand"].to_numpy()
    zero = np.zeros(len(near), dtype=np.intp)
    at_node = whole.at_level(node, zero)
    on_ground: Flags = np.where(node >= 0, at_node, whole.level[strand] == 0)
    on_ground &= ends["ground"].to_numpy(dtype=bool)[near["end"]]
    to_loose: Flags = (node >= 0) & (whole.degree[node] == 1)
    first, second, place = level_crossings(whole)
    if len(first) == 0:
        return on_ground | to_loose
    away, _ = KDTree(place).query(near[["x", "y"]].to_numpy())
    on_ground &= away > around_m
    return (on_ground | to_loose) & ~_across(whole, ends, near, arms, (first, second))


def level_crossings(whole: Strands) -> tuple[Ints, Ints, Floats]:
    """Find where roads cross on different levels.

    Parameters
    ----------
    whole
        The strands.

    Returns
    -------
    first, second : numpy.ndarray
        The two strands, shape (crossings,); the first is a bridge or tunnel.
    place : numpy.ndarray
        Where they cross, shape (crossings, 2).

    Examples
    --------
    >>> import shapely
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> from layoutplan.network.strands import strands
    >>> cross = shapely.from_wkt(["LINESTRING (0 0, 8 8)", "LINESTRING (0 8, 8 0)"])
    >>> made = segments(cross, crs=CRS("EPSG:32631"))
    >>> whole = strands(made, level=np.array([0, 1]), usable=np.ones(2, dtype=bool))
    >>> len(level_crossings(whole)[0])
    1
    """
    aloft = np.flatnonzero(whole.level != 0)
    first, second = map(np.concatenate, zip(*near_pairs(whole, aloft), strict=True))
    differ = whole.level[first] != whole.level[second]
    # A little beyond their ends too, so that no crossing at a vertex slips through.
    met = crossings(whole, first[differ], second[differ], inside_m=-CELL_M)
    a, b = whole.xy[whole.u[met.first]], whole.xy[whole.v[met.first]]
    return met.first, met.second, a + met.share_first[:, None] * (b - a)


def _across(
    whole: Strands,
    ends: pd.DataFrame,
    near: pd.DataFrame,
    arms: pd.DataFrame,
    over: tuple[Ints, Ints],
) -> Flags:
    """Tell which joins of two loose ends would join the two roads of a crossing of levels."""
    first, second = over
    found = np.zeros(len(near), dtype=bool)
    end_at = np.full(len(whole.xy) + 1, -1)
    end_at[ends["node"]] = np.arange(len(ends))
    other = end_at[near["node"]]
    pair = np.flatnonzero(other >= 0)
    shape = (len(ends), len(whole.u))
    entries = (np.ones(len(arms)), (arms["end"], arms["strand"]))
    leads: csr_array = coo_array(entries, shape=shape).tocsr()
    one, two = near["end"].to_numpy()[pair], other[pair]
    above = leads[one][:, first] + leads[two][:, first]
    below = leads[one][:, second] + leads[two][:, second]
    found[pair] = (above * below).sum(axis=1) > 0
    return found
