"""Sheet: the cells of one table as they were delivered."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding


@dataclass(frozen=True, eq=False, kw_only=True)
class Sheet:
    """The cells of one sheet, or of one file of delimited text.

    Parameters
    ----------
    file
        The file.
    name
        The name of the sheet; empty for a file that is one table.
    cells
        Text without blanks around it, empty where a cell is empty; the labels are the
        numbers of the rows and columns in the file, from 1.
    merged
        Merged cells: first row, first column, last row, last column. Their text
        stands in the first of them, the others are empty.
    findings
        What was noted on the way. What concerns the whole file stands with its
        first sheet.
    """

    file: Path
    name: str
    cells: pd.DataFrame
    merged: tuple[tuple[int, int, int, int], ...] = ()
    findings: tuple[Finding, ...] = ()


def failure(code: str, path: Path, lang: str, **values: object) -> DataError:
    """Make the error for a file that cannot be read.

    Parameters
    ----------
    code
        The finding.
    path
        The file.
    lang
        The language of the message.
    **values
        What the finding's text names.

    Returns
    -------
    DataError
        To be raised.
    """
    found = Finding(code=code, table=path.name, values={"path": str(path), **values})
    return DataError(found, where=str(path), lang=lang)


def framed(rows: list[list[str]]) -> pd.DataFrame:
    """Lay rows of text out under the numbers of their rows and columns.

    Parameters
    ----------
    rows
        The rows; shorter ones are filled up with empty cells.

    Returns
    -------
    pandas.DataFrame
        The cells.

    Examples
    --------
    >>> framed([["a"], ["b", "c"]]).loc[1, 2]
    ''
    """
    width = max(map(len, rows), default=0)
    full = [row + [""] * (width - len(row)) for row in rows]
    return pd.DataFrame(
        full,
        index=pd.RangeIndex(1, len(rows) + 1),
        columns=pd.RangeIndex(1, width + 1),
        dtype=object,
    )
