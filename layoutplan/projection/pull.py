"""Which school families choose where nobody has counted it: Huff's rule."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.standards import Standards
from layoutplan.tables import BANDS

if TYPE_CHECKING:
    from layoutplan.plan import Plan

Floats = NDArray[np.float64]


def chosen_schools(plan: "Plan", villages: pd.Index, *, numbers: Standards) -> pd.DataFrame:
    """Share the pupils of every village and band among the schools of a plan that teach it.

    Huff (1963): the share of school j among the families of village i is its pull over
    that of all schools, S_j^a / t_ij^b, with S_j its places and t_ij the travel time. Large
    schools of towns draw from far away, as they do where families may choose. Whether
    they have places left is not asked: where they have not, seats will be short.

    Parameters
    ----------
    plan
        The plan, with its travel times.
    villages
        The villages.
    numbers
        The powers a and b, the time below which nearness does not count, and the
        share below which a school draws nobody.

    Returns
    -------
    pandas.DataFrame
        Columns cell (village x 3 + band, by position), site_id and pupils (shares); cells
        without a way to any school that teaches the band are missing.
    """
    sites = plan.decisions
    places = sites["places"].astype(float).to_numpy()
    known = np.isfinite(places) & (places > 0)
    # A school whose places are unknown is as large as the middle one.
    size = np.where(known, places, np.median(places[known]) if known.any() else 1.0)
    pull = np.maximum(size, 1.0) ** numbers.value("huff_size_power")
    taught = [t.split() for t in sites["bands"].fillna("").astype("str")]
    parts = []
    for number, band in enumerate(BANDS):
        minutes = plan.times.table(band).reindex(index=villages, columns=sites.index)
        time = np.maximum(minutes.to_numpy(dtype=float), numbers.value("huff_minutes_min"))
        teaches = np.array([band in t for t in taught], dtype=float)
        near = np.where(np.isfinite(time), time, np.inf) ** -numbers.value("huff_minutes_power")
        share = _without_tiny(near * pull * teaches, numbers.value("huff_share_min"))
        row, column = np.nonzero(share)
        parts.append(
            pd.DataFrame(
                {
                    "cell": row * len(BANDS) + number,
                    "site_id": sites.index.astype("str").to_numpy()[column],
                    "pupils": share[row, column],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _without_tiny(weight: Floats, least: float) -> Floats:
    """Give shares of rows; tiny ones go to the others, but for the largest of a row."""
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    tiny = share < np.minimum(least, share.max(axis=1, keepdims=True))
    return np.where(tiny, 0.0, share)
