"""The cells of a workbook as XML, written in bulk: openpyxl takes minutes for large counties."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from layoutplan.errors import InternalError
from layoutplan.findings import Finding
from layoutplan.repeatable_workbook import letters_wide
from layoutplan.reports.plain_text import legal, starts_formula

TEXT: Final = "@"
"""The number format of text, which keeps the leading zeros of codes."""

_CELL_MAX: Final = 32_767
_HEAD: Final = PatternFill("solid", fgColor="FFDDE6EE")
_MARKED: Final = PatternFill("solid", fgColor="FFFFF2CC")
_SHEET: Final = "xl/worksheets/sheet{}.xml"
_CELLS: Final = re.compile(rb"<sheetData\s*(?:/>|></sheetData>)")
_DIMENSION: Final = re.compile(rb'<dimension ref="[^"]*"')
_BREAKS: Final = {"\r": "&#13;"}
"""What a reader of XML would take for another line break."""


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A formula of our own with the number that it gives, for readers that do not compute.

    Parameters
    ----------
    text
        The formula, beginning with ``=``. It never holds text of a file.
    value
        What it gives.
    """

    text: str
    value: float


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A text of the workbook: what stands in its cells, its width, whether it looks like a formula.

    ``xml`` is empty where nothing is left of the text.
    """

    xml: str
    wide: int
    quoted: bool


class Texts:
    """The texts of a workbook, each looked at once."""

    def __init__(self) -> None:
        self._seen: dict[str, _Text] = {}

    def __call__(self, value: str) -> _Text:
        """Give the text that is written for a value.

        Parameters
        ----------
        value
            Any text.

        Returns
        -------
        _Text
            What is known of it.
        """
        known = self._seen.get(value)
        if known is None:
            text = legal(value)[:_CELL_MAX]
            known = _Text(
                xml=f"<is><t{_kept(text)}>{escape(text, _BREAKS)}</t></is>" if text else "",
                wide=letters_wide(value),
                quoted=starts_formula(text),
            )
            self._seen[value] = known
        return known


def _kept(text: str) -> str:
    return "" if text.strip() == text else ' xml:space="preserve"'


class Looks:
    """Gives looks of cells their numbers; each is made once, for openpyxl makes them slowly.

    Parameters
    ----------
    page
        A sheet of the workbook.
    """

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - openpyxl has no types
        self._page = page
        self._numbers: dict[tuple[str, bool, bool, bool, bool], int] = {}

    def __call__(
        self, form: str, *, wrap: bool = False, head: bool = False, marked: bool = False,
        quoted: bool = False,
    ) -> int:  # fmt: skip
        """Give the number of a look.

        Parameters
        ----------
        form
            The number format.
        wrap
            Whether lines break.
        head
            Whether it is a heading.
        marked
            Whether it is to be seen at once.
        quoted
            Whether it is text that looks like a formula.

        Returns
        -------
        int
            The number.
        """
        key = (form, wrap, head, marked, quoted)
        if key not in self._numbers:
            cell = Cell(self._page, row=1, column=1)
            cell.number_format = form
            cell.alignment = Alignment(vertical="top", wrap_text=wrap)
            cell.quotePrefix = quoted
            if head:
                cell.font, cell.fill = Font(bold=True), _HEAD
            elif marked:
                cell.fill = _MARKED
            self._numbers[key] = cell.style_id
        return self._numbers[key]


@dataclass(eq=False, kw_only=True)
class Cells:
    """The cells of one sheet, gathered column by column.

    Parameters
    ----------
    looks
        The looks of the workbook.
    texts
        The texts of the workbook.
    """

    looks: Looks
    texts: Texts
    _columns: int = field(default=0, init=False)
    _rows: dict[int, list[str]] = field(default_factory=dict, init=False)
    _heights: dict[int, float] = field(default_factory=dict, init=False)

    def put(self, row: int, column: int, value: object, *, form: str = TEXT, room: float = np.inf,
            wrap: bool = False, head: bool = False, marked: bool = False) -> None:  # fmt: skip
        """Put a value into a cell; text stays text, even where it looks like a formula.

        Parameters
        ----------
        row, column
            Its place, from 1. The cells of a row come in the order of columns.
        value
            The value.
        form
            The number format of numbers.
        room
            The width in letters beyond which the lines of a text break.
        wrap
            Whether lines always break.
        head
            Whether it is a heading.
        marked
            Whether it is to be seen at once.
        """
        self._columns = max(self._columns, column)
        kind, quoted = "", False
        if isinstance(value, str):
            text = self.texts(value)
            form, quoted, wrap = TEXT, text.quoted, wrap or text.wide > room
            inner = text.xml
            kind = ' t="inlineStr"' if inner else ""
        else:
            inner = _number_xml(value)
        look = self.looks(form, wrap=wrap, head=head, marked=marked, quoted=quoted)
        cell = f'<c r="{_letter(column)}{row}" s="{look}"{kind}'
        self._rows.setdefault(row, []).append(f"{cell}>{inner}</c>" if inner else f"{cell}/>")

    def heighten(self, row: int, points: float) -> None:
        """Make a row so high.

        Parameters
        ----------
        row
            The row, from 1.
        points
            Its height.
        """
        self._heights[row] = points

    def xml(self) -> tuple[bytes, bytes]:
        """Write the cells.

        Returns
        -------
        tuple of bytes
            The element of the cells, and the range they lie in.
        """
        rows = "".join(
            f'<row r="{row}"{self._height(row)}>{"".join(cells)}</row>'
            for row, cells in sorted(self._rows.items())
        )
        last = f"{_letter(max(self._columns, 1))}{max(self._rows, default=1)}"
        return f"<sheetData>{rows}</sheetData>".encode(), f"A1:{last}".encode()

    def _height(self, row: int) -> str:
        high = self._heights.get(row)
        return "" if high is None else f' ht="{high:g}" customHeight="1"'


def with_cells(book: io.BytesIO, sheets: Sequence[Cells]) -> io.BytesIO:
    """Put cells into a workbook that openpyxl wrote without any.

    Parameters
    ----------
    book
        The workbook.
    sheets
        The cells of its sheets in their order.

    Returns
    -------
    io.BytesIO
        The workbook, not yet compressed.

    Raises
    ------
    InternalError
        If a sheet is not as openpyxl is known to write it.
    """
    cells = {_SHEET.format(n): sheet for n, sheet in enumerate(sheets, 1)}
    out = io.BytesIO()
    with zipfile.ZipFile(book) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for item in made.infolist():
            content = made.read(item)
            if item.filename in cells:
                content = _filled(content, cells.pop(item.filename))
            new.writestr(item, content)
    if cells:
        raise InternalError(Finding(code="internal", values={"what": ", ".join(cells)}))
    return out


def _filled(sheet: bytes, cells: Cells) -> bytes:
    rows, where = cells.xml()
    # The texts go in by a function, for a pattern would read their backslashes.
    sheet, placed = _CELLS.subn(lambda _: rows, sheet)
    sheet, told = _DIMENSION.subn(lambda _: b'<dimension ref="' + where + b'"', sheet)
    if (placed, told) != (1, 1):
        what = sheet[:200].decode(errors="replace")
        raise InternalError(Finding(code="internal", values={"what": what}))
    return sheet


def _number_xml(value: object) -> str:
    """Write a number or a formula; nothing for what is neither."""
    if isinstance(value, Formula):
        return f"<f>{escape(value.text.removeprefix('='))}</f><v>{value.value:.15g}</v>"
    if isinstance(value, (int, float, np.number)) and np.isfinite(value):
        number = float(value)
        return f"<v>{int(number) if number.is_integer() else number!r}</v>"
    return ""


@cache
def _letter(column: int) -> str:
    return str(get_column_letter(column))
