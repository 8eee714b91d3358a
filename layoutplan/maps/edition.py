"""The version of a county's data: a short fingerprint of its tables."""

import hashlib
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import shapely

from layoutplan.county import County

_SHOWN: Final = 10
_VERSIONS: WeakKeyDictionary[County, str] = WeakKeyDictionary()


def data_version(county: County) -> str:
    """Give the fingerprint of a county's tables.

    The order of rows and columns changes nothing; any value, name or place does.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    str
        The first ten digits of a SHA-256.

    Examples
    --------
    >>> import layoutplan as lp
    >>> here = lp.example.county(seed=1, villages=40)
    >>> data_version(here) == data_version(lp.example.county(seed=1, villages=40))
    True
    >>> data_version(here) == data_version(lp.example.county(seed=2, villages=40))
    False
    """
    if county not in _VERSIONS:
        _VERSIONS[county] = _version(county)
    return _VERSIONS[county]


def _version(county: County) -> str:
    whole = hashlib.sha256(str(county.crs.to_string()).encode())
    for name in sorted(county.tables):
        table = county.tables[name]
        if name == "flows":
            table = table.sort_values(list(table.columns)).reset_index(drop=True)
        else:
            table = table.sort_index(key=lambda index: index.astype("str"))
            whole.update("\x1f".join(table.index.astype("str")).encode())
        whole.update(name.encode())
        for column in sorted(table.columns):
            whole.update(str(column).encode())
            whole.update(_bytes(table[column]))
    return whole.hexdigest()[:_SHOWN]


def _bytes(values: pd.Series) -> bytes:
    """Write a column so that the same values of other types are the same."""
    if values.dtype == "geometry":
        return b"".join(shapely.to_wkb(np.asarray(values.array, dtype=object)))
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(dtype=np.float64, na_value=np.nan).tobytes()
    return "\x1f".join(values.astype("object").where(values.notna(), "").astype("str")).encode()
