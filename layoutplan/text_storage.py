"""How pandas keeps text: while this package's own programs run, and in Parquet files."""

from typing import Final, TypeVar

import numpy as np
import pandas as pd

Table = TypeVar("Table", bound=pd.DataFrame)

OPTION: Final = ("mode.string_storage", "python")
"""pandas' option, and its value with which small tables are quick.

A county's tables have hundreds of rows, and are cut and joined thousands of times. Where
pyarrow is installed pandas keeps text in it, and each of these steps costs up to twice as
much; values and types (``str``) are the same either way."""


def quick_text() -> pd.option_context:
    """Keep new text as Python's own strings, not as Arrow's.

    The option is pandas' own and holds for the whole process: the command line sets it, and so
    do the worker processes that a province is given, and its plain loop while a county is worked
    on; otherwise a notebook's session is left as it is.

    Returns
    -------
    pandas.option_context
        For a ``with`` statement.

    Examples
    --------
    >>> with quick_text():
    ...     names = pd.Series(["霁川"])
    >>> names.dtype == "str", names.dtype.storage
    (True, 'python')
    """
    return pd.option_context(*OPTION)


def one_kind_of_text(table: Table) -> Table:
    """Keep all text of a table the same way, so that its Parquet file has the same bytes anywhere.

    Parquet tells text that pandas kept in pyarrow (``large_string``) from other text.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    pandas.DataFrame
        A table with the same cells.

    Examples
    --------
    >>> arrow = pd.StringDtype("pyarrow", na_value=float("nan"))
    >>> kept = pd.DataFrame({"name": pd.array(["a"], dtype=arrow)})
    >>> one_kind_of_text(kept)["name"].dtype.storage
    'python'
    """
    kind = pd.StringDtype("python", na_value=np.nan)
    text = {c: kind for c, d in table.dtypes.items() if isinstance(d, pd.StringDtype)}
    made = table.astype(text)
    if isinstance(made.index.dtype, pd.StringDtype):
        made.index = made.index.astype(kind)
    return made
