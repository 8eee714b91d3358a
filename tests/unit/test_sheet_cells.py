"""Cells written in bulk: what is read back is what was given, and nothing runs."""

import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from layoutplan.errors import InternalError
from layoutplan.reports.sheet_cells import Cells, Formula, Looks, Texts, with_cells
from layoutplan.reports.workbook import Sheet, write_workbook

TEXTS = [
    "plain", "=1+1", "+1", "-1", "@x", "\t=1", " edges ", "two\nlines", "carriage\rreturn",
    "<b>&amp;</b>", "]]>", "坏\x01字\x0b", "_x0041_", "0012", "é" * 40_000, "",
]  # fmt: skip
NUMBERS = [0, 1, -2.5, 1e300, 0.1, float("nan"), float("inf"), np.float64(3), np.int64(7), True]


def written(path, values, **rest):
    table = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    write_workbook([Sheet(title="s", table=table, **rest)], path)
    return [r[0] for r in openpyxl.load_workbook(path)["s"].iter_rows(min_row=2)]


def test_texts_come_back_as_texts(tmp_path):
    cells = written(tmp_path / "a.xlsx", TEXTS)
    for cell, text in zip(cells, TEXTS, strict=True):
        kept = text.replace("\x01", "").replace("\x0b", "")[:32_767]
        assert cell.value == (kept or None)
        assert cell.data_type == ("s" if kept else "n")
        assert cell.number_format == "@"
        assert bool(cell.quotePrefix) == kept.startswith(("=", "+", "-", "@", "\t"))


def test_numbers_come_back_and_what_is_none_stays_empty(tmp_path):
    cells = written(tmp_path / "a.xlsx", NUMBERS, formats={"a": "0.0"})
    expected = [0, 1, -2.5, 1e300, 0.1, None, None, 3, 7, 1]
    assert [c.value for c in cells] == expected
    assert {c.number_format for c in cells} == {"0.0"}


def test_looks_and_sums(tmp_path):
    table = pd.DataFrame({"名称": ["甲", "乙"], "n": [2, 3]})
    sheet = Sheet(title="s", table=table, marked=frozenset({1}), bold=frozenset({0}), sums=("n",),
                  sum_label="合计")  # fmt: skip
    path = write_workbook([sheet, Sheet(title="s", table=table.iloc[:0], sums=("n",))],
                          tmp_path / "a.xlsx")  # fmt: skip
    book = openpyxl.load_workbook(path)
    page, empty = book.worksheets
    assert [c.font.bold for c in page["A"]] == [True, True, False, True]
    assert page["B3"].fill.fgColor.rgb == "FFFFF2CC"
    assert page["B4"].value == "=SUM(B2:B3)"
    assert openpyxl.load_workbook(path, data_only=True)["s"]["B4"].value == 5
    assert page.dimensions == "A1:B4"
    assert page.freeze_panes == "B2"
    assert empty["B2"].value == 0


def test_a_sentence_over_the_whole_width_is_high_enough(tmp_path):
    table = pd.DataFrame({"a": ["x", "long " * 100], "b": ["y", None]})
    path = write_workbook([Sheet(title="s", table=table, across=frozenset({1}))],
                          tmp_path / "a.xlsx")  # fmt: skip
    page = openpyxl.load_workbook(path)["s"]
    assert [str(r) for r in page.merged_cells.ranges] == ["A3:B3"]
    assert page.row_dimensions[3].height > 100
    assert page["A3"].alignment.wrap_text


def test_a_workbook_of_another_form_is_refused():
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    cells = Cells(looks=Looks(book.active), texts=Texts())
    cells.put(1, 1, Formula(text="=1+1", value=2))
    with pytest.raises(InternalError):
        with_cells(buffer, [cells])
    with pytest.raises(InternalError):
        with_cells(buffer, [cells, cells])


def test_formulas_hold_their_number(tmp_path):
    table = pd.DataFrame({"a": pd.Series([Formula(text="=SUM('A&B'!A1:A2)", value=0.1)])})
    path = write_workbook([Sheet(title="s", table=table)], tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as made:
        sheet = made.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>SUM('A&amp;B'!A1:A2)</f><v>0.1</v>" in sheet
