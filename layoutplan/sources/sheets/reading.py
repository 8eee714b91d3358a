"""Any delivered file to its sheets."""

from pathlib import Path
from typing import Final

from layoutplan.findings import Finding
from layoutplan.sources.sheets.old_workbook import read_old_workbook
from layoutplan.sources.sheets.sheet import Sheet, failure
from layoutplan.sources.sheets.text_file import read_text_file
from layoutplan.sources.sheets.workbook import read_workbook

ENDINGS: Final = (".xlsx", ".xlsm", ".xls", ".csv")
"""The endings of files that hold sheets."""

_ARCHIVE: Final = b"PK\x03\x04"
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE: Final = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml")


def read_sheets(path: str | Path, *, lang: str = "auto") -> tuple[Sheet, ...]:
    """Read the cells of a workbook or a CSV file as text.

    What a file is, its first bytes say: a workbook saved under a wrong ending is read
    and noted. Formulas give the values that were stored with them; macros, links and
    connections are named in a finding and left alone.

    Parameters
    ----------
    path
        An .xls, .xlsx, .xlsm or .csv file.
    lang
        The language of messages.

    Returns
    -------
    tuple of Sheet
        The sheets in the order of the file.

    Raises
    ------
    DataError
        If the file does not exist, is of another kind, is damaged, has a password or
        unpacks to more than a county can need.

    Examples
    --------
    >>> read_sheets("no-such-file.xls", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-file.xls: 1
    1. There is no file no-such-file.xls.
       Cure: Check the path for typing errors; give a CSV file or an Excel workbook.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise failure("unknown_format", path, lang, kinds=", ".join(ENDINGS))
    try:
        with path.open("rb") as file:
            first = file.read(512)
        sheets, kind = _sheets(path, first, lang=lang)
    except FileNotFoundError:
        raise failure("no_table_file", path, lang) from None
    except OSError as error:
        raise failure("corrupt_file", path, lang, why=error.strerror or "") from None
    if ending not in kind and sheets:
        values = {"kind": kind[0]}
        found = Finding(code="wrong_ending", severity="note", table=path.name, values=values)
        return (_noted(sheets[0], found), *sheets[1:])
    return sheets


def _sheets(path: Path, first: bytes, *, lang: str) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    if first.startswith(_ARCHIVE):
        return read_workbook(path, lang=lang), (".xlsx", ".xlsm")
    if first.startswith(_OLD):
        return read_old_workbook(path, lang=lang), (".xls",)
    if first.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGE):
        raise failure("page_for_workbook", path, lang)
    if path.suffix.lower() in (".xlsx", ".xlsm") or (b"\0" in first and first[:1] == b"\t"):
        raise failure("corrupt_file", path, lang, why="no workbook")
    return read_text_file(path, lang=lang), (".csv",)


def _noted(sheet: Sheet, found: Finding) -> Sheet:
    return Sheet(
        file=sheet.file,
        name=sheet.name,
        cells=sheet.cells,
        merged=sheet.merged,
        findings=(found, *sheet.findings),
    )
