"""The layout of today as the values of a model."""

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.constraints import Model
from layoutplan.model.rows import at

Floats = NDArray[np.float64]


def as_today(model: Model) -> Floats | None:
    """Keep every site as it is, apart from locks; the first state that is free elsewhere.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    numpy.ndarray or None
        Values in which only the whole variables are set; None where a site has no state.
    """
    states, columns = model.sets.states, model.columns
    values = np.zeros(columns.n)
    rank = states["measure"].map({"keep": 0, "unused": 0, "nine_year": 1, "primary_only": 1})
    order = states.assign(rank=rank.fillna(2), column=at(columns.state))
    free = order[order["free"]].sort_values(["site", "rank", "column"])
    chosen = free.drop_duplicates("site")["column"].to_numpy(dtype=np.int64)
    if len(chosen) < len(model.sets.sites):
        return None
    values[chosen] = 1.0
    for part in (columns.extra, columns.beds):
        values[part] = columns.low[part]
    return values
