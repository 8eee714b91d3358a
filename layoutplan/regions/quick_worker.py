"""What each worker process of our own does as it starts: Dask loads this module in it."""

import pandas as pd

import layoutplan.regions.one_county  # noqa: F401 # loaded before the first county comes
from layoutplan.text_storage import OPTION


def dask_setup(worker: object) -> None:
    """Keep text as Python's own strings in this process.

    Parameters
    ----------
    worker
        Dask's worker.
    """
    del worker
    pd.set_option(*OPTION)
