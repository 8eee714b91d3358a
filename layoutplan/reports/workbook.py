"""Workbooks: sheets that open well in Excel and WPS, print on A4 and run nothing."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from layoutplan.repeatable_workbook import MADE, letters_wide, write_repeatable
from layoutplan.reports.plain_text import legal
from layoutplan.reports.sheet_cells import TEXT, Cells, Formula, Looks, Texts, with_cells
from layoutplan.reports.whole import whole_file

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
_BAD_TITLE: Final = re.compile(r"[\[\]:*?/\\]")


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
    book, texts, filled = Workbook(), Texts(), []
    looks = Looks(book.active)
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(_BAD_TITLE.sub(" ", legal(sheet.title))[:31].strip("' "))
        filled.append(_fill(page, sheet, Cells(looks=looks, texts=texts)))
    book.properties.creator = "layoutplan"
    book.properties.created = MADE
    buffer = io.BytesIO()
    book.save(buffer)
    with whole_file(path) as part:
        write_repeatable(with_cells(buffer, filled), part)
    return path


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


def _fill(page: Any, sheet: Sheet, cells: Cells) -> Cells:  # noqa: ANN401 - openpyxl has no types
    headings = [str(c) for c in sheet.table.columns]
    for column, text in enumerate(headings, 1):
        cells.put(1, column, text, wrap=True, head=True)
    across = {n: str(sheet.table.iloc[n, 0]) for n in sorted(sheet.across)}
    for column, name in enumerate(headings, 1):
        values = sheet.table.iloc[:, column - 1].tolist()
        given = sheet.formats.get(name, WHOLE)
        formats = [given] * len(values) if isinstance(given, str) else given
        width = _width(name, values)
        page.column_dimensions[get_column_letter(column)].width = width
        for n, (value, form) in enumerate(zip(values, formats, strict=True)):
            cells.put(
                n + 2, column, value, form=form, room=width, wrap=n in across and column == 1,
                head=n in sheet.bold, marked=n in sheet.marked,
            )  # fmt: skip
    if sheet.sums:
        _sum_up(cells, sheet)
    _set_up(page, sheet)
    total = sum(d.width for d in page.column_dimensions.values())
    for n, text in across.items():
        last = get_column_letter(len(headings))
        page.merged_cells.add(f"A{n + 2}:{last}{n + 2}")
        cells.heighten(n + 2, _LINE_POINTS * -(-letters_wide(text) // max(int(total) - 2, 1)))
    return cells


def _sum_up(cells: Cells, sheet: Sheet) -> None:
    """Write a row of sums below the table, apart from what is filtered and sorted."""
    rows, last = len(sheet.table), len(sheet.table) + 2
    sums: dict[int, tuple[object, str]] = {1: (sheet.sum_label, TEXT)}
    for column, name in enumerate(map(str, sheet.table.columns)):
        if name in sheet.sums:
            values = pd.to_numeric(sheet.table.iloc[:, column])
            form = sheet.formats.get(name, WHOLE)
            # A sum of no rows would be a sum of itself.
            total = sum_of(column, rows, float(values.sum())) if rows else 0
            sums[column + 1] = (total, form if isinstance(form, str) else WHOLE)
    for column, (value, form) in sums.items():
        cells.put(last, column, value, form=form, head=True)


def _set_up(page: Any, sheet: Sheet) -> None:  # noqa: ANN401
    page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}2"
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


def _width(heading: str, values: Sequence[object]) -> float:
    texts = [v if isinstance(v, str) else f"{v:,.1f}" if isinstance(v, float) else str(v)
             for v in values[:_LOOKED_AT]]  # fmt: skip
    least, most = _WIDTHS
    longest = max((letters_wide(t) for t in texts), default=0)
    # A heading may break into two lines.
    return float(min(max(longest + 2, letters_wide(heading) // 2 + 3, least), most))
