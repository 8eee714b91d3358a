"""CSV files that Excel opens with Chinese intact and that start no formula."""

from pathlib import Path

import pandas as pd
from pandas.api.types import is_float_dtype, is_numeric_dtype

from layoutplan.reports.plain_text import inert
from layoutplan.reports.whole import whole_file

_DECIMALS = 6
"""Decimals kept: far below a second of travel or a fen of money."""


def write_csv(table: pd.DataFrame, path: str | Path) -> Path:
    r"""Write a table as CSV: UTF-8 with a byte order mark, whole or not at all.

    Text cells and headings that a spreadsheet would take for a formula (starting
    with ``=``, ``+``, ``-``, ``@``, a tab or a line break) get an apostrophe before
    them; `layoutplan.reports.read_decisions` takes it off again. Numbers stay as
    they are. The byte order mark makes Excel read Chinese; note that Excel shows
    codes without their leading zeros, which ``report.xlsx`` keeps.

    Parameters
    ----------
    table
        The table; a named index is written as a column.
    path
        The file.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"name": ["=1+1"], "pupils": [-1]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(table, Path(folder) / "a.csv").read_text(encoding="utf-8-sig")
    "name,pupils\n'=1+1,-1\n"
    """
    path = Path(path)
    shown = table.reset_index() if table.index.name else table
    columns = {}
    for position, name in enumerate(shown.columns):
        values = shown.iloc[:, position]
        if is_float_dtype(values):
            values = values.round(_DECIMALS)
        elif not is_numeric_dtype(values):
            values = values.map(lambda v: inert(v) if isinstance(v, str) else v)
        columns[inert(str(name))] = values
    with whole_file(path) as part:
        pd.DataFrame(columns).to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return path
