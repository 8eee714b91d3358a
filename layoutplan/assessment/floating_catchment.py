"""Floating catchments: places per pupil as pupils and schools reach each other.

Two steps: each school's places are shared among all pupils in its reach; then each
village adds up the shares of all schools in its own reach. Unlike places divided by
pupils of a township, no border is in the way, and unlike the nearest school, it
counts who else wants the place.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def two_step(
    minutes: ArrayLike, pupils: ArrayLike, places: ArrayLike, *, limit: ArrayLike
) -> Floats:
    """Score villages by the two-step floating catchment area method (2SFCA).

    ``R_j = S_j / sum(P_k, t_kj <= t_0)``, then ``A_i = sum(R_j, t_ij <= t_0)``
    (Luo and Wang 2003, Environment and Planning B 30(6), 865-884).

    Parameters
    ----------
    minutes
        From villages to schools, shape (villages, schools); infinite where there is
        no way or the school does not teach the pupils.
    pupils
        Pupils of each village, shape (villages,).
    places
        Places of each school, shape (schools,).
    limit
        The longest way, minutes: one number, or one per village.

    Returns
    -------
    numpy.ndarray
        Places per pupil, shape (villages,); 0 where no school is in reach. The sum of
        score times pupils is the places of all schools that any pupil reaches.

    Examples
    --------
    >>> two_step([[10, 40], [20, 25]], [30, 20], [45, 40], limit=30).tolist()
    [0.9, 2.9]
    """
    edges = np.atleast_1d(np.asarray(limit, dtype=np.float64))[:, None]
    return enhanced_two_step(minutes, pupils, places, zones=edges, weights=(1.0,))


def enhanced_two_step(
    minutes: ArrayLike,
    pupils: ArrayLike,
    places: ArrayLike,
    *,
    zones: ArrayLike,
    weights: Sequence[float],
) -> Floats:
    """Score villages by the enhanced two-step floating catchment area method (E2SFCA).

    ``R_j = S_j / sum_r sum(P_k W_r, t_kj in zone r)``, then
    ``A_i = sum_r sum(R_j W_r, t_ij in zone r)`` (Luo and Qi 2009, Health and Place
    15(4), 1100-1107, eq. 1 and 2): what is near counts for more than what is just
    within the limit.

    Parameters
    ----------
    minutes
        From villages to schools, shape (villages, schools); infinite where there is
        no way or the school does not teach the pupils.
    pupils
        Pupils of each village, shape (villages,).
    places
        Places of each school, shape (schools,).
    zones
        The minutes at which each zone ends, itself within, ascending: shape (zones,),
        or (villages, zones) where they differ by village.
    weights
        The weight of each zone, the nearest first.

    Returns
    -------
    numpy.ndarray
        Places per pupil, shape (villages,); 0 where no school is in reach.

    Examples
    --------
    >>> scores = enhanced_two_step(
    ...     [[10, 40], [20, 25]], [30, 20], [45, 40], zones=(10, 20, 30), weights=(1, 0.68, 0.22)
    ... )
    >>> scores.round(4).tolist()
    [1.0321, 2.7018]
    """
    ways = np.asarray(minutes, dtype=np.float64)
    ends = np.atleast_2d(np.asarray(zones, dtype=np.float64))
    weight = np.zeros_like(ways)
    # Each zone holds all nearer ones, so only the step down to the next weight is added.
    steps = -np.diff(np.asarray([*weights, 0.0], dtype=np.float64))
    for number, step in enumerate(steps):
        weight += step * (ways <= ends[:, number, None])
    wanted = np.asarray(pupils, dtype=np.float64) @ weight
    offered = np.asarray(places, dtype=np.float64)
    share = np.divide(offered, wanted, out=np.zeros_like(wanted), where=wanted > 0)
    return np.asarray(weight @ share, dtype=np.float64)
