"""At which level a road lies: on the ground, above it or below it."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.network.road_classes import text_of

_GROUND: Final = ("", "no", "false", "0", "0.0", "否", "无", "building_passage")
"""Values of bridge and tunnel with which a road lies on the ground; roads meet under houses."""

_MOST: Final = 9


def levels_of(roads: pd.DataFrame) -> NDArray[np.intp]:
    """Give the level of each road.

    A road's ``layer`` where it has one other than 0, else 1 for a bridge and -1 for a tunnel,
    else 0, the ground. A bridge said to be in layer 0 is above the ground all the same.

    Parameters
    ----------
    roads
        The roads, with ``layer``, ``bridge`` and ``tunnel`` as far as they are known.

    Returns
    -------
    numpy.ndarray
        The level, shape (roads,).

    Examples
    --------
    >>> levels_of(pd.DataFrame({"layer": [None, "2", "-1.0"], "bridge": ["yes", "yes", None]}))
    array([ 1,  2, -1])
    """
    layer = pd.to_numeric(pd.Series(text_of(roads, "layer")), errors="coerce").to_numpy(np.float64)
    layer = np.clip(np.rint(np.where(np.isfinite(layer), layer, 0.0)), -_MOST, _MOST)
    bridge = ~np.isin(text_of(roads, "bridge"), _GROUND)
    tunnel = ~np.isin(text_of(roads, "tunnel"), _GROUND)
    otherwise = np.where(bridge, 1, np.where(tunnel, -1, 0))
    return np.where(layer != 0, layer, otherwise).astype(np.intp)
