"""Excel workbooks of 1997-2003, .xls: a look at their records, then their cells.

The file is a small file system of its own (compound file) that holds one stream of
records, "Workbook" (BIFF8) or "Book" (BIFF5), each with a number, a length and data;
both are described in Microsoft's open specifications MS-CFB and MS-XLS.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from layoutplan.findings import Finding
from layoutplan.sources.sheets.cell_scan import letters
from layoutplan.sources.sheets.compound_file import streams
from layoutplan.sources.sheets.package import UNPACKED_MAX, sheet_findings, whole_findings
from layoutplan.sources.sheets.sheet import Sheet, failure
from layoutplan.sources.sheets.workbook import cells_of

_FORMULA: Final = 0x0006
_BOOL_OR_ERROR: Final = 0x0205
_BOUNDSHEET: Final = 0x0085
_SUPBOOK: Final = 0x01AE
_FILEPASS: Final = 0x002F
_OWN_BOOK: Final = (b"\x01\x04", b"\x01\x3a")
"""Links to the workbook itself and to add-in functions."""


@dataclass(eq=False)
class _Cells:
    formulas: int = 0
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
    return cells_of(path, (whole, _parts(path, records)), lang=lang)


def _parts(path: Path, records: list[tuple[int, int, bytes]]) -> dict[str, tuple[Finding, ...]]:
    """Say what each sheet holds besides values."""
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
        if here is None or len(data) < 8:  # noqa: PLR2004
            continue
        if number == _FORMULA and len(data) >= 14:  # noqa: PLR2004
            here.formulas += 1
            if data[12:14] == b"\xff\xff" and data[6] in (2, 3):
                (here.errors if data[6] == 2 else here.without_value).append(_address(data))  # noqa: PLR2004
        elif number == _BOOL_OR_ERROR and data[7]:
            here.errors.append(_address(data))
    return {
        name: sheet_findings(path, name, c.formulas, c.without_value, c.errors)
        for name, c in cells.items()
    }


def _sheet_name(data: bytes) -> str:
    length, wide = data[6], data[7] & 1
    raw = data[8 : 8 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1", errors="replace")


def _address(data: bytes) -> str:
    row, column = struct.unpack_from("<HH", data)
    return f"{letters(column + 1)}{row + 1}"


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        yield at, number, stream[at + 4 : at + 4 + length]
        at += 4 + length
