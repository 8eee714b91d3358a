"""How pandas keeps text while this package's own programs run."""

import pandas as pd


def quick_text() -> pd.option_context:
    """Keep new text as Python's own strings, not as Arrow's.

    A county's tables have hundreds of rows, and are cut and joined thousands of times. Where
    pyarrow is installed pandas keeps text in it, and each of these steps costs up to twice as
    much; values, types (``str``) and files are the same either way. The option is pandas'
    own and holds for the whole process: the command line and the workers of a province set it
    for themselves, a notebook's session is left as it is.

    Returns
    -------
    pandas.option_context
        For a ``with`` statement, or to decorate a function.

    Examples
    --------
    >>> with quick_text():
    ...     names = pd.Series(["霁川"])
    >>> names.dtype == "str", names.dtype.storage
    (True, 'python')
    """
    return pd.option_context("mode.string_storage", "python")
