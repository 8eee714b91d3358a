"""Excel workbooks of today, .xlsx and .xlsm, read by calamine after a look at the archive."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import python_calamine

from layoutplan.findings import Finding
from layoutplan.sources.sheets.cell_text import cell_text
from layoutplan.sources.sheets.package import inspect
from layoutplan.sources.sheets.sheet import Sheet, failure, framed

Noted = tuple[tuple[Finding, ...], dict[str, tuple[Finding, ...]]]
"""What was found in a workbook, and what in each sheet."""


def read_workbook(path: Path, *, lang: str) -> tuple[Sheet, ...]:
    """Read an .xlsx or .xlsm workbook.

    Parameters
    ----------
    path
        The file.
    lang
        The language of messages.

    Returns
    -------
    tuple of Sheet
        Its sheets.

    Raises
    ------
    DataError
        If it is damaged, or larger than it may be.
    """
    return cells_of(path, inspect(path, lang=lang), lang=lang)


def cells_of(
    path: Path, noted: Noted, *, lang: str, source: IO[bytes] | None = None
) -> tuple[Sheet, ...]:
    """Read the cells of a workbook that was looked at before.

    Parameters
    ----------
    path
        The file.
    noted
        What was found in it.
    lang
        The language of messages.
    source
        What to read in place of the file.

    Returns
    -------
    tuple of Sheet
        Its sheets with what was found.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        # A file by its path would be taken for what its ending says.
        source = source or io.BytesIO(path.read_bytes())
        with python_calamine.CalamineWorkbook.from_object(source) as book:
            read = [
                (
                    about.name,
                    *_cells(book.get_sheet_by_name(about.name)),
                )
                for about in book.sheets_metadata
                if about.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
    except python_calamine.PasswordError:
        raise failure("password", path, lang) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise failure("corrupt_file", path, lang, why=_short(error)) from None
    except BaseException as error:
        # A fault inside the reader arrives as a "panic", which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise failure("corrupt_file", path, lang, why="") from None
    whole, parts = noted
    return tuple(
        Sheet(
            file=path,
            name=name,
            cells=framed(rows),
            merged=merged,
            findings=(*(whole if i == 0 else ()), *parts.get(name, ())),
        )
        for i, (name, rows, merged) in enumerate(read)
    )


def _cells(
    sheet: python_calamine.CalamineSheet,
) -> tuple[list[list[str]], tuple[tuple[int, int, int, int], ...]]:
    rows = [[cell_text(v) for v in row] for row in sheet.to_python(skip_empty_area=False)]
    return rows, tuple(_merged(sheet.merged_cell_ranges or ()))


def _merged(
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterable[tuple[int, int, int, int]]:
    for (top, left), (bottom, right) in ranges:
        yield top + 1, left + 1, bottom + 1, right + 1


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else ""
