"""The villages that border on each other, as the options ask for them."""

import pandas as pd

from layoutplan.county import County
from layoutplan.measures import Options
from layoutplan.neighbours import village_neighbours


def neighbours_asked(county: County, options: Options) -> pd.DataFrame | None:
    """Give the neighbours that catchments are to be connected over.

    Parameters
    ----------
    county
        The county.
    options
        The options.

    Returns
    -------
    pandas.DataFrame or None
        Columns village_a and village_b; None where catchments need not be connected.
    """
    if not options.contiguous:
        return None
    if options.neighbours is None:
        return village_neighbours(county)
    pairs = [(a, b) for a, b in options.neighbours if a != b]
    return pd.DataFrame(pairs, columns=["village_a", "village_b"], dtype="str")
