"""Times of several kinds side by side: flat and with slopes, in summer and in snow."""

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.travel.noun import TravelTimes


def nearest_side_by_side(*, band: str = "g13", **times: TravelTimes) -> pd.DataFrame:
    """Set the minutes to the nearest site side by side, village by village.

    Parameters
    ----------
    band
        The grade band.
    **times
        Times of the same villages and sites by name, such as ``flat=`` and ``slope=``.

    Returns
    -------
    pandas.DataFrame
        ``village_id``; for each of the times ``minutes_<name>`` to the site that is nearest by
        them, infinite where there is no way; and ``difference``, by how many minutes the last
        takes longer than the first, NaN where neither has a way.

    Raises
    ------
    TravelError
        If the times are not of the same villages and sites.
    OptionsError
        If fewer than two are given, or there is no such band.

    Examples
    --------
    >>> frame = pd.DataFrame([[12.0, 30.0]], index=["v1"], columns=["s1", "s2"])
    >>> flat = TravelTimes.from_matrix(frame, mode="walk")
    >>> slope = TravelTimes.from_matrix(frame * 1.5, mode="walk")
    >>> nearest_side_by_side(flat=flat, slope=slope).to_numpy().tolist()
    [['v1', 12.0, 18.0, 6.0]]
    """
    if len(times) < 2:  # noqa: PLR2004 # one has no other beside it
        raise OptionsError(Finding(code="times_too_few"))
    first = next(iter(times.values()))
    nearest = {
        name: given.aligned(first.village_ids, first.site_ids)
        .array(band)
        .min(axis=1, initial=np.inf)
        for name, given in times.items()
    }
    table = pd.DataFrame({"village_id": first.village_ids})
    for name, minutes in nearest.items():
        table[f"minutes_{name}"] = minutes
    before, *_, after = nearest.values()
    with np.errstate(invalid="ignore"):
        return table.assign(difference=after - before)
