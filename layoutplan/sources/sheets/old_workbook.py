"""Excel workbooks of 1997-2003, .xls: a look at their records, then their cells.

The file is a small file system of its own (compound file) that holds one stream of
records, "Workbook" (BIFF8) or "Book" (BIFF5), each with a number, a length and data;
both are described in Microsoft's open specifications MS-CFB and MS-XLS.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from layoutplan.sources.sheets.cell_scan import letters
from layoutplan.sources.sheets.compound_file import compound, streams
from layoutplan.sources.sheets.package import (
    CELLS_MAX,
    UNPACKED_MAX,
    sheet_findings,
    whole_findings,
)
from layoutplan.sources.sheets.sheet import Sheet, failure
from layoutplan.sources.sheets.workbook import cells_of

_FORMULA: Final = 0x0006
_BOOL_OR_ERROR: Final = 0x0205
_BOUNDSHEET: Final = 0x0085
_SUPBOOK: Final = 0x01AE
_FILEPASS: Final = 0x002F
_STRINGS: Final = 0x00FC
_DIMENSIONS: Final = 0x0200
_SEVERAL: Final = 0x00BD
_VALUES: Final = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, _SEVERAL})
"""Records that begin with the row and column of a value."""
_OWN_BOOK: Final = (b"\x01\x04", b"\x01\x3a")
"""Links to the workbook itself and to add-in functions."""


@dataclass(eq=False)
class _Cells:
    formulas: int = 0
    last_row: int = 0
    last_column: int = 0
    without_value: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_old_workbook(path: Path, *, lang: str) -> tuple[Sheet, ...]:
    """Read an .xls workbook.

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
        If it is damaged, has a password or is larger than it may be.
    """
    if path.stat().st_size > UNPACKED_MAX:
        raise failure("too_large", path, lang, limit=f"{UNPACKED_MAX // 10**6} MB")
    try:
        found = streams(path.read_bytes())
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise failure("corrupt_file", path, lang, why=str(error)) from None
    if "EncryptedPackage" in found:
        raise failure("password", path, lang)
    stream = found.get("Workbook") or found.get("Book") or b""
    if not stream:
        raise failure("corrupt_file", path, lang, why="no Workbook stream")
    records = list(_records(stream))
    if any(number == _FILEPASS for _, number, _ in records):
        raise failure("password", path, lang)
    links = tuple(
        f"link {i}"
        for i, (_, number, data) in enumerate(records)
        if number == _SUPBOOK and data[2:4] not in _OWN_BOOK
    )
    macros = tuple(n for n in found if n in ("_VBA_PROJECT_CUR", "Macros"))
    whole = whole_findings(path, {"macros": macros, "external_links": links})
    cells = _cells(records)
    for name, c in cells.items():
        if c.last_row * c.last_column > CELLS_MAX:
            last = f"{letters(c.last_column)}{c.last_row}"
            raise failure("sheet_too_large", path, lang, sheet=name, cell=last, most=CELLS_MAX)
    parts = {
        name: sheet_findings(path, name, c.formulas, c.without_value, c.errors)
        for name, c in cells.items()
    }
    book = "Workbook" if found.get("Workbook") else "Book"
    whole_file = io.BytesIO(compound(book, _honest(stream, records)))
    return cells_of(path, (whole, parts), lang=lang, source=whole_file)


def _honest(stream: bytes, records: list[tuple[int, int, bytes]]) -> bytes:
    """Correct numbers that a damaged file tells and the reader would believe.

    It makes room for as many texts and cells as are told, and no error stops a program
    that asks for more memory than there is.
    """
    told = bytearray(stream)
    for at, number, data in records:
        if number == _STRINGS and len(data) >= 8:  # noqa: PLR2004
            # A text has three bytes at least.
            most = len(stream) // 3
            for offset in (0, 4):
                count = struct.unpack_from("<I", data, offset)[0]
                struct.pack_into("<I", told, at + 4 + offset, min(count, most))
        elif number == _DIMENSIONS:
            told[at + 4 : at + 4 + len(data)] = bytes(len(data))
    return bytes(told)


def _cells(records: list[tuple[int, int, bytes]]) -> dict[str, _Cells]:
    """Count what each sheet holds."""
    begins = sorted(
        (int.from_bytes(data[:4], "little"), _sheet_name(data))
        for _, number, data in records
        if number == _BOUNDSHEET and len(data) > 8  # noqa: PLR2004
    )
    cells = {name: _Cells() for _, name in begins}
    waiting, here = begins[::-1], None
    for at, number, data in records:
        while waiting and at >= waiting[-1][0]:
            here = cells[waiting.pop()[1]]
        if here is not None and number in _VALUES and len(data) >= 6:  # noqa: PLR2004
            _count(here, number, data)
    return cells


def _count(cells: _Cells, number: int, data: bytes) -> None:
    row, column = struct.unpack_from("<HH", data)
    if number == _SEVERAL:
        column = struct.unpack_from("<H", data, len(data) - 2)[0]
    cells.last_row = max(cells.last_row, row + 1)
    cells.last_column = max(cells.last_column, column + 1)
    address = f"{letters(column + 1)}{row + 1}"
    if number == _FORMULA and len(data) >= 14:  # noqa: PLR2004
        cells.formulas += 1
        # An error, and an empty text, as programs write that have computed nothing.
        if data[12:14] == b"\xff\xff" and data[6] in (2, 3):
            (cells.errors if data[6] == 2 else cells.without_value).append(address)  # noqa: PLR2004
    elif number == _BOOL_OR_ERROR and len(data) >= 8 and data[7]:  # noqa: PLR2004
        cells.errors.append(address)


def _sheet_name(data: bytes) -> str:
    length, wide = data[6], data[7] & 1
    raw = data[8 : 8 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1", errors="replace")


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        yield at, number, stream[at + 4 : at + 4 + length]
        at += 4 + length
