"""How long a folder of 200 workbooks of school forms takes, old and new, .xls and .xlsx."""

import sys
import time
from pathlib import Path

import pytest

import layoutplan as lp

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "forms"))

from basic_forms import basic
from drawn_pages import write
from jiaoji_forms import jiaoji
from made_up_schools import made_up

pytestmark = pytest.mark.benchmark

WORKBOOKS = 200
SECONDS = 60


def test_200_workbooks_with_one_that_is_corrupt(tmp_path):
    schools = made_up(WORKBOOKS, seed=11)
    for i, school in enumerate(schools):
        draw, ending = (basic, jiaoji)[i % 2], ("xls", "xlsx")[i % 4 // 2]
        write(draw(school), tmp_path / f"{school.code}.{ending}")
    (tmp_path / "damaged.xlsx").write_bytes(b"PK\x03\x04 half a workbook")
    steps = []
    began = time.perf_counter()
    forms = lp.read_forms(tmp_path, progress=lambda *told: steps.append(told))
    took = time.perf_counter() - began
    print(f"\n{WORKBOOKS} workbooks of school forms: {took:.1f} s")
    assert took < SECONDS
    assert list(forms.schools.index) == sorted(s.code for s in schools)
    assert len(steps) == WORKBOOKS + 1
    left = [f.table for f in forms.findings if f.code == "forms_file_left_out"]
    assert left == ["damaged.xlsx"]
    for school in schools:
        assert forms.schools.loc[school.code, "books"] == school.books
