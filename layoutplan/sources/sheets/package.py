"""A look into the archive of an .xlsx workbook before its cells are read.

Sizes are counted while unpacking, not believed; nothing is written anywhere. XML
with declarations of its own (the way of entity bombs) is refused: no office program
writes any.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final
from xml.parsers import expat

from layoutplan.findings import Finding
from layoutplan.sources.sheets.cell_scan import CellScan, letters
from layoutplan.sources.sheets.sheet import failure

UNPACKED_MAX: Final = 500_000_000
"""Bytes a workbook may unpack to: far above any county, far below a bomb."""

CELLS_MAX: Final = 5_000_000
"""Cells from A1 to the last filled one that a sheet may span."""

_CHUNK: Final = 1 << 20

_READ: Final = re.compile(
    r"^/?(xl/(workbook|sharedStrings|styles)\d*\.xml|xl/worksheets/[^/]+\.xml|.*\.rels"
    r"|\[Content_Types\]\.xml)$",
    re.IGNORECASE,
)
"""The parts that reading the cells looks at."""


class _DeclaredError(Exception):
    """XML that brings declarations of its own."""


def inspect(path: Path, *, lang: str) -> tuple[tuple[Finding, ...], dict[str, tuple[Finding, ...]]]:
    """Look into a workbook without reading its values.

    Parameters
    ----------
    path
        The file.
    lang
        The language of messages.

    Returns
    -------
    tuple
        What was found in the workbook, and in each sheet by its name.

    Raises
    ------
    DataError
        If the archive is damaged, too large or brings XML declarations.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(e.file_size for e in entries) > UNPACKED_MAX:
                raise failure("too_large", path, lang, limit=f"{UNPACKED_MAX // 10**6} MB")
            names = {s: n for n, s in _sheet_parts(archive).items()}
            scans = _scans(archive, names)
    except _DeclaredError:
        raise failure("xml_declarations", path, lang) from None
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError) as error:
        raise failure("corrupt_file", path, lang, why=str(error)) from None
    except (expat.ExpatError, RuntimeError, ValueError) as error:
        if hasattr(error, "findings"):
            raise
        raise failure("corrupt_file", path, lang, why=str(error)) from None
    for name, scan in scans.items():
        if scan.last_row * scan.last_column > CELLS_MAX:
            last = f"{letters(scan.last_column)}{scan.last_row}"
            raise failure("sheet_too_large", path, lang, sheet=name, cell=last, most=CELLS_MAX)
    return _whole(path, [e.filename for e in entries]), {
        name: sheet_findings(path, name, scan.formulas, scan.without_value, scan.errors)
        for name, scan in scans.items()
    }


def sheet_findings(
    path: Path, sheet: str, formulas: int, without_value: list[str], errors: list[str]
) -> tuple[Finding, ...]:
    """Say what was found among the cells of a sheet.

    Parameters
    ----------
    path
        The file.
    sheet
        The sheet.
    formulas
        The number of cells with formulas.
    without_value, errors
        The addresses of formulas without a stored value, and of cells with an error.

    Returns
    -------
    tuple of Finding
        What was found.
    """
    found = []
    values = {"sheet": sheet}
    if formulas:
        found.append(
            Finding(
                code="formulas",
                severity="note",
                table=path.name,
                rows=formulas,
                values=values,
            )
        )
    for code, cells in (("formulas_without_value", without_value), ("error_cells", errors)):
        if cells:
            found.append(
                Finding(
                    code=code, severity="warning", table=path.name, ids=tuple(cells), values=values
                )
            )
    return tuple(found)


def whole_findings(path: Path, codes: dict[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """Say what was found in a workbook as a whole.

    Parameters
    ----------
    path
        The file.
    codes
        The finding with what it names; one that names nothing is left out.

    Returns
    -------
    tuple of Finding
        What was found.
    """
    return tuple(
        Finding(code=code, severity="warning", table=path.name, ids=ids)
        for code, ids in codes.items()
        if ids
    )


def _whole(path: Path, names: list[str]) -> tuple[Finding, ...]:
    def like(pattern: str) -> tuple[str, ...]:
        return tuple(n for n in names if re.search(pattern, n, re.IGNORECASE))

    return whole_findings(
        path,
        {
            "macros": like(r"vbaProject|(^|/)macrosheets/[^/]+\.xml$"),
            "external_links": like(r"(^|/)externalLinks/[^/]+\.xml$|(^|/)connections\.xml$"),
            "embedded_files": like(r"(^|/)(embeddings|activeX)/[^/]+$"),
            "paths_in_archive": like(r"(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[A-Za-z]:|\\"),
        },
    )


def _scans(archive: zipfile.ZipFile, names: dict[str, str]) -> dict[str, CellScan]:
    scans, unpacked = dict[str, CellScan](), 0
    for entry in archive.infolist():
        if not _READ.match(entry.filename) and entry.filename.lstrip("/") not in names:
            continue
        parser = _parser()
        parser.StartElementHandler = _bounded(entry)
        part = entry.filename.lstrip("/")
        if part in names:
            scans[names[part]] = CellScan(parser, other=_bounded(entry))
        with archive.open(entry) as file:
            while chunk := file.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > UNPACKED_MAX:  # pragma: no cover - declared sizes bound it
                    raise zipfile.BadZipFile(entry.filename)
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
            parser.Parse(b"", True)  # noqa: FBT003
    return scans


def _bounded(entry: zipfile.ZipInfo) -> Callable[[str, dict[str, str]], None]:
    """Refuse a part that tells of more elements than it has bytes.

    The reader makes room for as many as are told, and no error stops a program that
    asks for more memory than there is.
    """

    def start(tag: str, at: dict[str, str]) -> None:
        for name in ("count", "uniqueCount"):
            told = at.get(name, "")
            if told.isdecimal() and int(told) > entry.file_size:
                raise zipfile.BadZipFile(f"{entry.filename}: {tag} {name} {told}")

    return start


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def declared(*_: object) -> None:
        raise _DeclaredError

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.buffer_text = True
    return parser


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Tell which part of the archive holds which sheet."""
    parts = {e.filename.lstrip("/").lower(): e.filename for e in archive.infolist()}
    targets, sheets = dict[str, str](), dict[str, str]()

    def related(tag: str, at: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[at.get("Id", "")] = at.get("Target", "")

    def named(tag: str, at: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            key = next((v for k, v in at.items() if k.rpartition(":")[2] == "id"), "")
            sheets[at.get("name", "")] = key

    for name, handler in (("xl/_rels/workbook.xml.rels", related), ("xl/workbook.xml", named)):
        if name in parts:
            _parse(archive, parts[name], handler)
    whole = {
        name: str(PurePosixPath("xl") / target).lstrip("/")
        if not target.startswith("/")
        else target.lstrip("/")
        for name, target in ((n, targets.get(k, "")) for n, k in sheets.items())
    }
    return {n: t for n, t in whole.items() if t.lower() in parts}


def _parse(
    archive: zipfile.ZipFile, name: str, handler: Callable[[str, dict[str, str]], None]
) -> None:
    parser = _parser()
    parser.StartElementHandler = handler
    with archive.open(name) as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003
        parser.Parse(b"", True)  # noqa: FBT003
