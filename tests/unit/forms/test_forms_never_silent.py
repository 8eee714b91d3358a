"""However a form is changed: a value is the true one, or a finding names the school."""

import random
from pathlib import Path

import pandas as pd
import pytest
from basic_forms import basic
from jiaoji_forms import jiaoji
from made_up_schools import made_up
from thoroughly import examples

from layoutplan.errors import DataError
from layoutplan.sources.forms.reading import _forms
from layoutplan.sources.forms.workbook import read_schools
from layoutplan.sources.sheets import Sheet
from layoutplan.sources.sheets.cell_text import cell_text


def sheet_of(page):
    rows = max((r for r, _ in page.cells), default=0)
    columns = max((c for _, c in page.cells), default=0)
    lines = [
        [cell_text(page.cells.get((r, c))) for c in range(1, columns + 1)]
        for r in range(1, rows + 1)
    ]
    cells = pd.DataFrame(
        lines, index=range(1, rows + 1), columns=range(1, columns + 1), dtype=object
    )
    return Sheet(file=Path("a.xlsx"), name=page.name, cells=cells, merged=tuple(page.merged))


def read(pages):
    every = read_schools([sheet_of(p) for p in pages])
    return _forms(every, [], Path("a.xlsx"), lang="zh", files=1)


def words_in(page):
    found = [k for k, v in page.cells.items() if isinstance(v, str) and not v[:1].isdigit()]
    return sorted(found)


def insert_row(page, rng):
    at = rng.randint(1, max(r for r, _ in page.cells))
    page.cells = {(r + (r >= at), c): v for (r, c), v in page.cells.items()}
    page.merged = [(a + (a >= at), b, c + (c >= at), d) for a, b, c, d in page.merged]


def insert_column(page, rng):
    at = rng.randint(1, max(c for _, c in page.cells))
    page.cells = {(r, c + (c >= at)): v for (r, c), v in page.cells.items()}
    page.merged = [(a, b + (b >= at), c, d + (d >= at)) for a, b, c, d in page.merged]


def lose_a_word(page, rng):
    page.cells.pop(rng.choice(words_in(page)))


def repeat_a_word(page, rng):
    one, other = rng.choices(words_in(page), k=2)
    page.cells[one] = page.cells[other]


def repeat_a_row(page, rng):
    last = max(r for r, _ in page.cells)
    row = rng.randint(1, last)
    line = {c: v for (r, c), v in page.cells.items() if r == row}
    page.cells |= {
        (last + 1, c): v + 7 if isinstance(v, (int, float)) else v for c, v in line.items()
    }


def add_remarks(page, rng):
    last = max(c for _, c in page.cells) + 1
    for row in {r for r, _ in page.cells}:
        if rng.random() < 0.3:
            page.cells[row, last] = rng.choice(["请核对", "见上年", "*", "合计有误"])


CHANGES = [insert_row, insert_column, lose_a_word, repeat_a_word, repeat_a_row, add_remarks]
# Columns that no label of a single cell decides: named by words or found among several.
NUMBERS = [
    "enrolment_g13", "enrolment_g46", "enrolment_g79", "boarders", "left_behind", "classes",
    "teaching_area_m2", "sports_area_m2", "equipment_yuan", "books", "multimedia_rooms",
    "computers", "teachers", "teachers_above_degree", "key_teachers", "pe_art_teachers",
    "mid_title_teachers",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("draw", [basic, jiaoji])
def test_a_changed_form_is_read_rightly_or_told(draw, change):
    rng = random.Random(5)  # noqa: S311 - made-up changes
    silent, told, right = [], 0, 0
    for seed in range(examples(30)):
        (school,) = made_up(1, seed=seed, kinds=(rng.choice(["primary", "nine_year"]),))
        pages = draw(school)
        page = rng.choice([p for p in pages if "基" in p.name])
        before = dict(page.cells)
        change(page, rng)
        try:
            forms = read(pages)
        except DataError:
            told += 1
            continue
        row = forms.schools.iloc[0]
        truth = school.truth()
        wrong = [n for n in NUMBERS if row[n] != truth[n]]
        if wrong and not forms.findings:
            at = {k: (before.get(k), v) for k, v in page.cells.items() if before.get(k) != v}
            silent.append((page.name, seed, wrong, at))
        told += bool(wrong)
        right += not wrong
    assert silent == []
    assert right > 0
    if change in (insert_row, insert_column, add_remarks):
        assert told == 0
