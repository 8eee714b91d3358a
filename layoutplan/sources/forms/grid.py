"""The cells of one form: frame of the export taken off, merged labels spread out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from openpyxl.utils import get_column_letter

from layoutplan.sources.forms.family import words_of_forms
from layoutplan.sources.forms.labels import plain_label
from layoutplan.sources.sheets import Sheet

_LEAST_LETTERS = 3
"""A row of letters shows A, B, C at least."""

Cell = tuple[int, int]
"""Row and column as the file counts them, from 1."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """The filled cells of a form.

    Parameters
    ----------
    texts
        Row and column to the text of a cell, empty ones left out.
    span
        Row and column of the first cell of a merged area to its last row and column.
    framed
        Whether the exported row of letters and column of numbers were taken off.
    """

    texts: Mapping[Cell, str] = field(repr=False)
    span: Mapping[Cell, Cell] = field(repr=False)
    framed: bool

    @cached_property
    def by_label(self) -> dict[str, list[Cell]]:
        """Plain label to the cells that carry it, from the top and the left."""
        found: dict[str, list[Cell]] = {}
        for cell in sorted(self.texts):
            found.setdefault(plain_label(self.texts[cell]), []).append(cell)
        return found

    @cached_property
    def last_row(self) -> int:
        """The last row with a text."""
        return max((row for row, _ in self.texts), default=0)

    @cached_property
    def filled_rows(self) -> list[int]:
        """The rows with any text."""
        return sorted({row for row, _ in self.texts})

    @cached_property
    def last_column(self) -> int:
        """The last column with a text."""
        return max((column for _, column in self.texts), default=0)

    @cached_property
    def code_row(self) -> int:
        """The row 甲 乙 1 2 3 below the headings, 0 where there is none."""
        every = range(1, self.last_column + 1)
        for row, _ in self.by_label.get("甲", []):
            if any(_numbered(self.texts.get((row, c), "")) for c in every):
                return row
        return 0

    @cached_property
    def label_columns(self) -> frozenset[int]:
        """The columns of row labels; all where the form does not tell them apart."""
        every = range(1, self.last_column + 1)
        if not self.code_row:
            return frozenset(every)
        return frozenset(c for c in every if not _numbered(self.texts.get((self.code_row, c), "")))

    @cached_property
    def valueless_columns(self) -> frozenset[int]:
        """The columns of codes and units, which hold no value."""
        heads = set(words_of_forms()["labels"]["no_value"])
        return frozenset(c for (_, c), text in self.texts.items() if plain_label(text) in heads)

    def end(self, cell: Cell) -> Cell:
        """Give the last row and column of the area a cell is merged over."""
        return self.span.get(cell, cell)

    def columns_of(self, cell: Cell) -> range:
        """Give the columns that a cell is merged over."""
        return range(cell[1], self.end(cell)[1] + 1)


def _numbered(text: str) -> bool:
    """Tell the number of a column, which may stand in brackets."""
    return text.strip("()（）").isdigit()


def grid_of(sheet: Sheet) -> Grid:
    """Take the filled cells of a sheet.

    Parameters
    ----------
    sheet
        The sheet.

    Returns
    -------
    Grid
        Its cells, numbered as in the file; the row of column letters and the column
        of row numbers that exports put around a form are left out.
    """
    values = sheet.cells.to_numpy(dtype=object)
    rows, columns = sheet.cells.index.tolist(), sheet.cells.columns.tolist()
    texts = {
        (int(row), int(column)): text
        for row, line in zip(rows, values.tolist(), strict=True)
        for column, text in zip(columns, line, strict=True)
        if text != ""
    }
    letters, numbers = _letters_row(texts), _numbers_column(texts)
    framed = letters > 0 and numbers > 0
    if framed:
        texts = {k: t for k, t in texts.items() if k[0] > letters and k[1] > numbers}
    span = {(r0, c0): (r1, c1) for r0, c0, r1, c1 in sheet.merged}
    return Grid(texts=texts, span=span, framed=framed)


def _letters_row(texts: Mapping[Cell, str]) -> int:
    """Give the first row if it holds the letters of columns, else 0."""
    if not texts:
        return 0
    first = min(row for row, _ in texts)
    cells = sorted((c, t) for (r, c), t in texts.items() if r == first)
    letters = [t for _, t in cells]
    expected = [get_column_letter(i + 1) for i in range(len(letters))]
    return first if len(letters) >= _LEAST_LETTERS and letters == expected else 0


def _numbers_column(texts: Mapping[Cell, str]) -> int:
    """Give the first column if it counts the rows, else 0."""
    if not texts:
        return 0
    first = min(column for _, column in texts)
    numbers = [t for (_, c), t in sorted(texts.items()) if c == first]
    counted = [str(i + 1) for i in range(len(numbers))]
    return first if len(numbers) >= _LEAST_LETTERS and numbers == counted else 0


def cell_name(cell: Cell) -> str:
    """Name a cell as Excel does.

    Parameters
    ----------
    cell
        Row and column from 1.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> cell_name((6, 9))
    'I6'
    """
    return f"{get_column_letter(cell[1])}{cell[0]}"


_NAME = re.compile(r"([A-Z]+)(\d+)")


def cell_at(name: str, *, shifted: int = 0) -> Cell | None:
    """Give row and column of a cell from its name.

    Parameters
    ----------
    name
        The name, such as I6.
    shifted
        How many rows down and columns to the right the cell is moved.

    Returns
    -------
    tuple or None
        Row and column; None for an empty name.

    Examples
    --------
    >>> cell_at("I6"), cell_at("B7", shifted=-1), cell_at("")
    ((6, 9), (6, 1), None)
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]) + shifted, column + shifted
