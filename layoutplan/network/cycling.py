"""Cycling to school: who is old enough rides, the others go on foot."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from layoutplan.network.minutes import Array, Minutes, listed_pairs
from layoutplan.network.modes import riding_bands
from layoutplan.standards import Standards
from layoutplan.tables import BANDS


def with_young_on_foot(ridden: Minutes, walked: Minutes, *, standards: Standards) -> Minutes:
    """Put bands that are too young to cycle on foot.

    Parameters
    ----------
    ridden
        The minutes by bicycle.
    walked
        The minutes on foot between the same places.
    standards
        The age from which one may cycle; see `layoutplan.network.modes.riding_bands`.

    Returns
    -------
    Minutes
        By bicycle for the bands that may, on foot for the others. Where pairs are listed,
        those that either lists; one that the other leaves out is beyond the cut-off.

    Examples
    --------
    >>> from layoutplan.network.minutes import every_pair
    >>> from layoutplan.standards import standards
    >>> slow, fast = np.array([30.0, 60.0]), np.array([0.0, 2.0])
    >>> factor = {"g13": 1.0, "g46": 0.9, "g79": 0.8}
    >>> pairs = every_pair(1, 2)
    >>> foot = Minutes(pairs=pairs, walked=dict.fromkeys(factor, slow), factor=factor)
    >>> legs = dict.fromkeys(factor, fast)
    >>> bicycle = Minutes(pairs=pairs, walked=legs, factor=factor, ridden=np.array([8.0, 16.0]))
    >>> both = with_young_on_foot(bicycle, foot, standards=standards())
    >>> [both[band].round(1).tolist() for band in factor]
    [[[30.0, 60.0]], [[27.0, 54.0]], [[8.0, 17.6]]]
    """
    pairs = ridden.pairs
    if pairs.site is not None:
        key = np.union1d(_keys(ridden), _keys(walked))
        village, site = np.divmod(key, pairs.sites)
        pairs = listed_pairs(village, site, villages=pairs.villages, sites=pairs.sites)
    village, site = pairs.ends()
    rides = riding_bands(standards)
    by_band = {}
    for band in BANDS:
        source = ridden if band in rides else walked
        minutes = source.walked[band]
        if source.ridden is not None:
            # Written as a walk that takes as long, for one array serves walked and ridden.
            minutes = minutes + source.ridden / source.factor[band]
        by_band[band] = _taken(minutes, source.pairs.at(village, site))
    whole = replace(walked, pairs=pairs, walked=by_band, ridden=None)
    return whole.with_direct(walked.direct)


def _keys(minutes: Minutes) -> NDArray[np.int64]:
    village, site = minutes.pairs.ends()
    return village.astype(np.int64) * minutes.pairs.sites + site


def _taken(minutes: Array, at: NDArray[np.intp]) -> Array:
    taken = (
        np.where(at >= 0, minutes[np.maximum(at, 0)], np.inf)
        if len(minutes)
        else np.full(len(at), np.inf)
    )
    taken.setflags(write=False)
    return taken
