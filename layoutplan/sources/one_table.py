"""One declared table from a CSV file or an Excel workbook, every cell as text.

For tables that people fill in beside the county, such as the votes of a hearing. What
a cell names, a file or a school, is text and is never opened or followed.
"""

from pathlib import Path

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.sources.sheets import Sheet, read_sheets
from layoutplan.sources.sheets.sheet import failure
from layoutplan.tables import Column, Table, heading
from layoutplan.words import LANGUAGES, language


def read_cells(path: str | Path, declared: Table, *, lang: str = "auto") -> pd.DataFrame:
    """Read a table under our column names, every cell as text.

    Columns may carry our names or their Chinese or English headings. A CSV file may be
    UTF-8, UTF-16 or GB18030. Of a workbook, the sheet with the table's name in either language
    is read, or the only sheet there is. Further columns are left out; rows without any
    text as well.

    Parameters
    ----------
    path
        The file.
    declared
        The table that it holds.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        The declared columns that the file has, cells as text without blanks around
        it, empty where there is none; indexed by the number of the row in the file.

    Raises
    ------
    DataError
        If the file cannot be read, or columns are missing or there twice.

    Examples
    --------
    >>> from layoutplan.tables import FLOWS
    >>> read_cells("no-such-file.csv", FLOWS, lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-file.csv: 1
    1. There is no file no-such-file.csv.
       Cure: Check the path for typing errors; give a CSV file or an Excel workbook.
    """
    path = Path(path)
    cells = _sheet(read_sheets(path, lang=lang), path, declared, lang).cells
    nameless = cells.iloc[1:].loc[:, (cells.iloc[:1] == "").all()]
    beyond = nameless.index[(nameless != "").any(axis=1)]
    if len(beyond) and path.suffix.lower() == ".csv":
        rows_named = ", ".join(f"#{row}" for row in beyond)
        raise failure("corrupt_file", path, lang, why=rows_named)
    rows = cells.iloc[1:].set_axis(list(cells.iloc[0]) if len(cells) else [], axis="columns")
    return _under_our_names(rows[(rows != "").any(axis=1)], declared, path, lang)


def _sheet(sheets: tuple[Sheet, ...], path: Path, declared: Table, lang: str) -> Sheet:
    wanted = {plain_heading(t) for t in (declared.name, declared.zh, declared.en)}
    match = [s for s in sheets if plain_heading(s.name) in wanted]
    chosen = match or (sheets if len(sheets) == 1 else [])
    if len(chosen) != 1:
        have, names = ", ".join(s.name for s in sheets), f"{declared.name} / {declared.zh}"
        raise failure("missing_table", path, lang, have=have, wanted=names)
    return chosen[0]


def _under_our_names(table: pd.DataFrame, declared: Table, path: Path, lang: str) -> pd.DataFrame:
    have = [str(c) for c in table.columns]
    chosen: dict[str, int] = {}
    found = []
    for column in declared.columns:
        known = _headings(declared, column)
        at = [i for i, c in enumerate(have) if plain_heading(c) in known]
        if len(at) > 1:
            values = {"first": have[at[0]], "second": have[at[1]]}
            found.append(
                Finding(code="two_columns", table=path.name, column=column.name, values=values)
            )
        elif at:
            chosen[column.name] = at[0]
        elif column.required:
            values = {"heading": f"{column.name} / {column.zh}", "have": ", ".join(have)}
            found.append(
                Finding(code="missing_column", table=path.name, column=column.name, values=values)
            )
    if found:
        raise DataError(found, where=str(path), lang=language(lang, [path.name, *have]))
    return pd.DataFrame(
        {name: table.iloc[:, at].astype("str") for name, at in chosen.items()}, index=table.index
    )


def _headings(declared: Table, column: Column) -> set[str]:
    spoken = (heading(declared, column.name, lang=lang) for lang in LANGUAGES)
    return {plain_heading(text) for text in (column.name, column.zh, column.en, *spoken)}
