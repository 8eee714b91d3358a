"""Sheets drawn cell by cell, and written as workbooks of both kinds."""

import re

import openpyxl
import xlwt
from made_up_schools import LOW
from openpyxl.utils import get_column_letter


class Page:
    """One sheet under construction; cells are named as Excel does."""

    def __init__(self, name):
        self.name, self.cells, self.merged = name, {}, []

    def put(self, cell, *values):
        letters, row = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
        at = openpyxl.utils.column_index_from_string(letters)
        for i, value in enumerate(values):
            if value is not None:
                self.cells[int(row), at + i] = value

    def merge(self, area):
        left, right = (re.fullmatch(r"([A-Z]+)(\d+)", c).groups() for c in area.split(":"))
        index = openpyxl.utils.column_index_from_string
        self.merged.append((int(left[1]), index(left[0]), int(right[1]), index(right[0])))

    def framed(self):
        """Add the exported row of letters and column of numbers around B2."""
        rows = max(r for r, _ in self.cells)
        columns = max(c for _, c in self.cells)
        for c in range(2, columns + 1):
            self.cells[1, c] = get_column_letter(c - 1)
        for r in range(2, rows + 1):
            self.cells[r, 1] = str(r - 1)
        return self

    def moved(self, rows=0, columns=0):
        self.cells = {(r + rows, c + columns): v for (r, c), v in self.cells.items()}
        self.merged = [(a + rows, b + columns, c + rows, d + columns) for a, b, c, d in self.merged]
        return self

    def value(self, cell, value):
        self.put(cell, value)
        return self


def codes_below(page, row, first, labels, values):
    """Put the row 甲 乙 1 2 3 below the headings."""
    page.put(f"{first}{row}", *"甲乙丙丁"[:labels], *map(str, range(1, values + 1)))


def _letter(first, i):
    return get_column_letter(openpyxl.utils.column_index_from_string(first) + i)


def bands_of(page, school, stage, *, first, row, skip=0):
    """Put classes by size: the total in `row`, bands below after `skip` rows."""
    grades = list(range(1, 7)) if stage == "primary" else list(range(7, 11))
    counts = [[0] * len(grades) for _ in LOW]
    for grade, (classes, low) in school.size.items():
        if grade in grades:
            counts[LOW.index(low)][grades.index(grade)] = classes
    total = [sum(c[i] for c in counts) for i in range(len(grades))]
    page.put(f"{first}{row}", sum(total), *total)
    for i, line in enumerate(counts):
        page.put(f"{first}{row + 1 + skip + i}", sum(line), *line)
    return [f"{row + 1 + skip + i}" for i in range(len(LOW))]


def write(pages, path):
    """Write pages as a workbook, .xlsx or .xls."""
    if path.suffix == ".xls":
        return _write_old(pages, path)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for (row, column), value in page.cells.items():
            sheet.cell(row, column, value)
        for first, left, last, right in page.merged:
            sheet.merge_cells(start_row=first, start_column=left, end_row=last, end_column=right)
    book.save(path)
    return path


def _write_old(pages, path):
    book = xlwt.Workbook(encoding="utf-8")
    for page in pages:
        sheet = book.add_sheet(page.name)
        merged = {(a, b): (c, d) for a, b, c, d in page.merged}
        for (row, column), value in page.cells.items():
            if (row, column) in merged:
                last, right = merged[row, column]
                sheet.write_merge(row - 1, last - 1, column - 1, right - 1, value)
            else:
                sheet.write(row - 1, column - 1, value)
    book.save(str(path))
    return path
