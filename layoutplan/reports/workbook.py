"""Workbooks: sheets that open well in Excel and WPS, print on A4 and run nothing."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from layoutplan.repeatable_workbook import MADE, letters_wide, write_repeatable
from layoutplan.reports.plain_text import legal, starts_formula
from layoutplan.reports.whole import whole_file

TEXT: Final = "@"
"""The number format of text, which keeps the leading zeros of codes."""

FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "share": "0.0%",
        "minutes": "#,##0.0",
        "persons/class": "#,##0.0",
        "schools/pupil": "#,##0.0",
        "places/pupil": "#,##0.00",
        "index": "0.000",
    }
)
"""Number formats by unit; whole numbers with separators for all other units."""

WHOLE: Final = "#,##0"

_WIDTHS: Final = (8, 48)
_LOOKED_AT: Final = 300
_A4: Final = 9
_LINE_POINTS: Final = 16
_CELL_MAX: Final = 32_767
_HEAD: Final = PatternFill("solid", fgColor="FFDDE6EE")
_MARKED: Final = PatternFill("solid", fgColor="FFFFF2CC")
_BAD_TITLE: Final = re.compile(r"[\[\]:*?/\\]")
_MARK: Final = b"+0*"
_NUMBERED: Final = re.compile(rb"<f>([^<]*?)\+0\*([-0-9.e+]+)</f><v\s*(?:/>|></v>)")


@dataclass(frozen=True, eq=False, kw_only=True)
class Sheet:
    """One sheet of a workbook.

    Parameters
    ----------
    title
        The name of the sheet.
    table
        What it holds, row by row; the columns' names are the headings.
    formats
        Number format by heading: one for all rows, or one for each row. Numbers
        without one are whole.
    marked
        Positions of rows to be seen at once.
    bold
        Positions of rows that are headings of a part.
    across
        Positions of rows whose first cell is a sentence over the whole width.
    one_page
        Whether the sheet is printed on one page.
    frozen
        How many columns stay in view on the left.
    sums
        Headings of the columns that are summed up by a formula in a row below the others.
    sum_label
        What stands before the sums.
    """

    title: str
    table: pd.DataFrame = field(repr=False)
    formats: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    marked: frozenset[int] = frozenset()
    bold: frozenset[int] = frozenset()
    across: frozenset[int] = frozenset()
    one_page: bool = False
    frozen: int = 1
    sums: tuple[str, ...] = ()
    sum_label: str = ""


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


def write_workbook(sheets: Iterable[Sheet], path: Path) -> Path:
    """Write sheets as a workbook, whole or not at all.

    Text is written as text, whatever it starts with; control characters are taken
    out. The only formulas are ours: sums, each stored with its number. Equal sheets give
    equal bytes.

    Parameters
    ----------
    sheets
        The sheets in their order.
    path
        The file.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in Excel.
    """
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _add(book, sheet)
    book.properties.creator = "layoutplan"
    book.properties.created = MADE
    buffer = io.BytesIO()
    book.save(buffer)
    with whole_file(path) as part:
        write_repeatable(_with_numbers(buffer), part)
    return path


def _with_numbers(buffer: io.BytesIO) -> io.BytesIO:
    """Put the number of each formula beside it, which openpyxl leaves out.

    openpyxl writes ``<f>text</f><v></v>``; our formulas carry their number behind a mark.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for item in made.infolist():
            content = made.read(item)
            if item.filename.startswith("xl/worksheets/") and _MARK in content:
                content = _NUMBERED.sub(rb"<f>\1</f><v>\2</v>", content)
            new.writestr(item, content)
    return out


def sum_of(column: int, rows: int, value: float, *, page: str = "") -> Formula:
    """Sum up a column of a sheet whose headings stand in the first row.

    Parameters
    ----------
    column
        The position of the column, from 0.
    rows
        How many rows there are below the headings.
    value
        The sum.
    page
        The title of the sheet, where it is another one.

    Returns
    -------
    Formula
        The sum.

    Examples
    --------
    >>> sum_of(2, 10, 55.0).text, sum_of(0, 1, 1.0, page="A'b").text
    ('=SUM(C2:C11)', "=SUM('A''b'!A2:A2)")
    """
    letter = get_column_letter(column + 1)
    where = "'{}'!".format(page.replace("'", "''")) if page else ""
    return Formula(text=f"=SUM({where}{letter}2:{letter}{max(rows, 1) + 1})", value=value)


def unit_format(unit: str) -> str:
    """Give the number format of a unit.

    Parameters
    ----------
    unit
        The unit.

    Returns
    -------
    str
        The format.

    Examples
    --------
    >>> unit_format("share")
    '0.0%'
    """
    return FORMATS.get(unit, WHOLE)


def _add(book: Any, sheet: Sheet) -> None:  # noqa: ANN401 - openpyxl has no types
    page = book.create_sheet(_BAD_TITLE.sub(" ", legal(sheet.title))[:31].strip("' "))
    dress = _Dresser()
    headings = [str(c) for c in sheet.table.columns]
    for column, text in enumerate(headings, 1):
        _put(page.cell(row=1, column=column), text, dress, wrap=True, head=True)
    for column, name in enumerate(headings, 1):
        values = sheet.table.iloc[:, column - 1].tolist()
        given = sheet.formats.get(name, WHOLE)
        formats = [given] * len(values) if isinstance(given, str) else given
        width = _width(name, values)
        page.column_dimensions[get_column_letter(column)].width = width
        for row, (value, form) in enumerate(zip(values, formats, strict=True)):
            _put(
                page.cell(row=row + 2, column=column),
                value,
                dress,
                form=form,
                wrap=isinstance(value, str) and letters_wide(value) > width,
                head=row in sheet.bold,
                marked=row in sheet.marked,
            )
    if sheet.sums:
        _sum_up(page, sheet, dress)
    _set_up(page, sheet)
    total = sum(d.width for d in page.column_dimensions.values())
    for row in sheet.across:
        cell = page.cell(row=row + 2, column=1)
        page.merge_cells(
            start_row=cell.row, end_row=cell.row, start_column=1, end_column=len(headings)
        )
        lines = -(-letters_wide(str(cell.value)) // max(int(total) - 2, 1))
        page.row_dimensions[cell.row].height = _LINE_POINTS * lines
        cell.alignment = Alignment(vertical="top", wrap_text=True)


def _sum_up(page: Any, sheet: Sheet, dress: "_Dresser") -> None:  # noqa: ANN401
    """Write a row of sums below the table, apart from what is filtered and sorted."""
    rows, last = len(sheet.table), len(sheet.table) + 2
    _put(page.cell(row=last, column=1), sheet.sum_label, dress, head=True)
    for column, name in enumerate(map(str, sheet.table.columns)):
        if name in sheet.sums:
            values = pd.to_numeric(sheet.table.iloc[:, column])
            form = sheet.formats.get(name, WHOLE)
            # A sum of no rows would be a sum of itself.
            total = sum_of(column, rows, float(values.sum())) if rows else 0
            cell = page.cell(row=last, column=column + 1)
            _put(cell, total, dress, form=form if isinstance(form, str) else WHOLE, head=True)


class _Dresser:
    """Gives cells their looks; each look is made once, for openpyxl makes them slowly."""

    def __init__(self) -> None:
        self._looks: dict[tuple[object, ...], Any] = {}

    def __call__(self, cell: Any, form: str, **look: bool) -> None:  # noqa: ANN401
        key = (form, *look.values())
        if key not in self._looks:
            cell.number_format = form
            cell.alignment = Alignment(vertical="top", wrap_text=look["wrap"])
            cell.quotePrefix = look["quoted"]
            if look["head"]:
                cell.font, cell.fill = Font(bold=True), _HEAD
            elif look["marked"]:
                cell.fill = _MARKED
            self._looks[key] = cell._style  # noqa: SLF001 - as openpyxl copies cells
        cell._style = copy(self._looks[key])  # noqa: SLF001


def _set_up(page: Any, sheet: Sheet) -> None:  # noqa: ANN401
    page.freeze_panes = page.cell(row=2, column=sheet.frozen + 1)
    width = get_column_letter(max(len(sheet.table.columns), 1))
    if not sheet.across:
        page.auto_filter.ref = f"A1:{width}{len(sheet.table) + 1}"
    page.print_area = f"A1:{width}{len(sheet.table) + 1 + bool(sheet.sums)}"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 1 if sheet.one_page else 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "&A  &P / &N"


def _put(
    cell: Any,  # noqa: ANN401
    value: object,
    dress: _Dresser,
    *,
    form: str = TEXT,
    wrap: bool = False,
    head: bool = False,
    marked: bool = False,
) -> None:
    """Put a value into a cell; text stays text, even where it looks like a formula."""
    quoted = False
    if isinstance(value, str):
        text, form = legal(value)[:_CELL_MAX], TEXT
        quoted = starts_formula(text)
        cell.value = text or None
        cell.data_type = "s" if text else "n"
    elif isinstance(value, Formula):
        cell.value = f"{value.text}{_MARK.decode()}{value.value:.15g}"
    elif isinstance(value, (int, float, np.number)) and np.isfinite(value):
        number = float(value)
        cell.value = int(number) if number.is_integer() else number
    dress(cell, form, wrap=wrap, head=head, marked=marked, quoted=quoted)


def _width(heading: str, values: Sequence[object]) -> float:
    texts = [v if isinstance(v, str) else f"{v:,.1f}" if isinstance(v, float) else str(v)
             for v in values[:_LOOKED_AT]]  # fmt: skip
    least, most = _WIDTHS
    longest = max((letters_wide(t) for t in texts), default=0)
    # A heading may break into two lines.
    return float(min(max(longest + 2, letters_wide(heading) // 2 + 3, least), most))
