"""One declared table from a CSV file or an Excel workbook, every cell as text.

For tables that people fill in beside the county, such as the votes of a hearing. What
a cell names, a file or a school, is text and is never opened or followed.
"""

import io
import zipfile
from pathlib import Path
from typing import Final

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.sources.sheets.cell_text import cell_text
from layoutplan.tables import Column, Table, heading
from layoutplan.words import LANGUAGES, language

_UNPACKED_MAX: Final = 200_000_000
"""Bytes a workbook of one table may unpack to."""

_KINDS: Final = (".csv", ".xlsx", ".xlsm")


def read_cells(path: str | Path, declared: Table, *, lang: str = "auto") -> pd.DataFrame:
    """Read a table under our column names, every cell as text.

    Columns may carry our names or their Chinese or English headings. A CSV file may be
    UTF-8 or GB18030. Of a workbook, the sheet with the table's name in either language
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
    if path.suffix.lower() not in _KINDS:
        raise _fail("unknown_format", path, lang, kinds=", ".join(_KINDS))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _fail("no_table_file", path, lang) from None
    except OSError as error:
        raise _fail("corrupt_file", path, lang, why=error.strerror or "") from None
    if path.suffix.lower() == ".csv":
        table = _csv(raw, path, lang)
    else:
        table = _sheet(raw, path, declared, lang)
    cells = table.map(cell_text).set_axis(pd.RangeIndex(1, 1 + len(table)), axis="index")
    rows = cells.iloc[1:].set_axis(list(cells.iloc[0]) if len(cells) else [], axis="columns")
    return _under_our_names(rows[(rows != "").any(axis=1)], declared, path, lang)


def _fail(code: str, path: Path, lang: str, **values: object) -> DataError:
    found = Finding(code=code, table=path.name, values={"path": path.name, **values})
    return DataError(found, where=str(path), lang=lang)


def _csv(raw: bytes, path: Path, lang: str) -> pd.DataFrame:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return pd.read_csv(
                io.StringIO(text),
                dtype="str",
                keep_default_na=False,
                header=None,
                skip_blank_lines=False,
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise _fail("corrupt_file", path, lang, why=str(error)) from None
    raise _fail("unreadable_encoding", path, lang)


def _sheet(raw: bytes, path: Path, declared: Table, lang: str) -> pd.DataFrame:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(i.file_size for i in archive.infolist()) > _UNPACKED_MAX:
                raise _fail("too_large", path, lang, limit=f"{_UNPACKED_MAX // 10**6} MB")
        with pd.ExcelFile(io.BytesIO(raw), engine="openpyxl") as book:
            names = [str(n) for n in book.sheet_names]
            wanted = {plain_heading(t) for t in (declared.name, declared.zh, declared.en)}
            match = [n for n in names if plain_heading(n) in wanted]
            chosen = match or (names if len(names) == 1 else [])
            if len(chosen) != 1:
                values = {"have": ", ".join(names), "wanted": f"{declared.name} / {declared.zh}"}
                raise _fail("missing_table", path, lang, **values)
            return pd.read_excel(
                book, sheet_name=chosen[0], dtype=object, keep_default_na=False, header=None
            )
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise _fail("corrupt_file", path, lang, why=str(error)) from None


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
