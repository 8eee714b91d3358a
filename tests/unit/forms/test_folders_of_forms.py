"""Folders of forms: what cannot be read, what is there twice, what is of another year or kind."""

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from basic_forms import basic
from drawn_pages import write
from jiaoji_forms import jiaoji
from made_up_schools import made_up

import layoutplan as lp
from layoutplan.words import catalogue

ROOT = Path(__file__).parents[3]


def codes(forms):
    return {f.code for f in forms.findings}


def found(forms, code):
    return next(f for f in forms.findings if f.code == code)


def page(pages, form):
    return next(p for p in pages if form in p.name)


def test_nested_folders_old_and_new_files_and_what_is_passed_over(tmp_path):
    schools = made_up(4, seed=1)
    (tmp_path / "清溪镇" / "小学").mkdir(parents=True)
    write(jiaoji(schools[0]), tmp_path / "清溪镇" / "小学" / "a.xls")
    write(jiaoji(schools[1]), tmp_path / "清溪镇" / "b.XLSX")
    write(jiaoji(schools[2]), tmp_path / "c.xlsx")
    write(jiaoji(schools[3]), tmp_path / "~$d.xlsx")
    (tmp_path / "~$e.xlsx").write_bytes(b"owner of an open file")
    (tmp_path / "说明.txt").write_text("请按时上报", encoding="utf-8")
    forms = lp.read_forms(tmp_path)
    assert list(forms.schools.index) == sorted(s.code for s in schools[:3])
    assert forms.findings == ()
    assert set(forms.provenance["file"]) == {"清溪镇/小学/a.xls", "清溪镇/b.XLSX", "c.xlsx"}


def test_one_corrupt_workbook_is_named_and_stops_nothing(tmp_path):
    schools = made_up(3)
    for i, school in enumerate(schools):
        write(jiaoji(school), tmp_path / f"{i}.xlsx")
    whole = (tmp_path / "1.xlsx").read_bytes()
    (tmp_path / "1.xlsx").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    seen = []
    forms = lp.read_forms(tmp_path, progress=lambda *told: seen.append(told))
    assert list(forms.schools.index) == [schools[0].code, schools[2].code]
    left = [f for f in forms.findings if f.code == "forms_file_left_out"]
    assert [f.table for f in left] == ["1.xlsx", "old.xls"]
    assert all(f.severity == "warning" for f in forms.findings)
    assert "1.xlsx" in forms.findings_table(lang="zh")["message"].str.cat()
    assert [(done, total) for done, total, _ in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [what for *_, what in seen] == ["0.xlsx", "1.xlsx", "2.xlsx", "old.xls"]


def test_a_workbook_alone_that_is_corrupt_is_an_error(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(lp.DataError, match=r"a\.xlsx"):
        lp.read_forms(path)


def test_a_workbook_that_is_no_form_is_passed_over_and_named(tmp_path):
    (school,) = made_up(1)
    write(jiaoji(school), tmp_path / "a.xlsx")
    book = openpyxl.Workbook()
    book.active.append(["村名", "学生数"])
    book.save(tmp_path / "村.xlsx")
    forms = lp.read_forms(tmp_path)
    assert found(forms, "forms_not_forms").table == "村.xlsx"
    assert len(forms.schools) == 1


def test_a_folder_without_forms_is_an_error_that_says_why(tmp_path):
    with pytest.raises(lp.DataError) as empty:
        lp.read_forms(tmp_path)
    assert {f.code for f in empty.value.findings} == {"empty_folder"}
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    (school,) = made_up(1, kinds=("kindergarten",))
    write(jiaoji(school), tmp_path / "b.xlsx")
    with pytest.raises(lp.DataError) as none:
        lp.read_forms(tmp_path)
    assert {f.code for f in none.value.findings} == {
        "forms_none", "forms_not_forms", "forms_kind_left_out",
    }  # fmt: skip


def test_the_same_code_twice_is_told_and_counts_once(tmp_path):
    one, other = made_up(2, kinds=("primary",))
    write(jiaoji(one), tmp_path / "a.xlsx")
    write(jiaoji(one), tmp_path / "a - 副本.xlsx")
    write(jiaoji(other), tmp_path / "b.xlsx")
    write(jiaoji(other.but(books=other.books + 1)), tmp_path / "c.xlsx")
    forms = lp.read_forms(tmp_path)
    assert len(forms.schools) == 2
    assert codes(forms) == {"forms_copy", "forms_code_twice"}
    twice = found(forms, "forms_code_twice")
    assert (twice.severity, twice.ids) == ("warning", (other.code,))
    assert "b.xlsx, c.xlsx" in twice.what("en")
    assert forms.schools.loc[other.code, "books"] == other.books
    assert found(forms, "forms_copy").severity == "note"


def test_the_later_year_holds_and_keeps_the_place_of_the_earlier_one(tmp_path):
    old = made_up(3, seed=4, year=2020, kinds=("primary",))
    new = [s.but(year=2021, books=s.books + 5) for s in old]
    for i, (before, after) in enumerate(zip(old, new, strict=True)):
        write(basic(before), tmp_path / f"z{i}.xlsx")
        if i < 2:
            pages = jiaoji(after)
            p = page(pages, "1001")
            p.cells = {k: v for k, v in p.cells.items() if k[0] < 40}
            write(pages, tmp_path / f"a{i}.xlsx")
    forms = lp.read_forms(tmp_path)
    table = forms.schools
    assert table["school_year"].tolist() == [2021, 2021, 2020]
    assert table["books"].tolist() == [new[0].books, new[1].books, old[2].books]
    assert [(p.x, p.y) for p in table.geometry] == [(s.lon, s.lat) for s in old]
    assert codes(forms) == {"forms_later_year", "forms_taken_over", "forms_only_earlier"}
    assert found(forms, "forms_later_year").ids == (old[0].code, old[1].code)
    assert "2020 → 2021" in found(forms, "forms_later_year").what("zh")
    assert found(forms, "forms_only_earlier").ids == (old[2].code,)


def test_two_years_of_one_family(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    write(jiaoji(school.but(year=2022)), tmp_path / "b.xlsx")
    write(jiaoji(school.but(year=2023, books=1)), tmp_path / "a.xlsx")
    forms = lp.read_forms(tmp_path)
    assert forms.schools.loc[school.code, ["school_year", "books"]].tolist() == [2023, 1]
    assert codes(forms) == {"forms_later_year"}


def test_the_year_may_stand_in_the_name_of_the_folder(tmp_path):
    (school,) = made_up(1)
    pages = jiaoji(school)
    page(pages, "1001").put("A1", "学校（机构）统计调查表")
    (tmp_path / "2024-2025学年").mkdir()
    path = write(pages, tmp_path / "2024-2025学年" / "a.xlsx")
    assert lp.read_forms(path).schools.loc[school.code, "school_year"] == 2024
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert codes(forms) == {"forms_no_year"}
    assert pd.isna(forms.schools.loc[school.code, "school_year"])


def test_schools_without_a_compulsory_stage_are_left_out_by_name(tmp_path):
    primary, kindergarten = made_up(2, kinds=("primary", "kindergarten"))
    for school in (primary, kindergarten):
        write(jiaoji(school), tmp_path / f"{school.code}.xlsx")
    forms = lp.read_forms(tmp_path)
    assert list(forms.schools.index) == [primary.code]
    told = found(forms, "forms_kind_left_out")
    assert told.ids == (kindergarten.code,)
    assert "幼儿园" in told.what("en")


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("小学", "primary", None),
        ("218", "teaching_point", "forms_kind_disagrees"),
        ("小学教学点", "teaching_point", "forms_kind_disagrees"),
        ("312 九年一贯制学校", "nine_year", "forms_kind_disagrees"),
        ("", "primary", None),
    ],
)
def test_the_kind_comes_from_code_words_or_sheets(tmp_path, text, kind, code):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    page(pages, "1001").put("C25", text)
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert forms.schools.loc[school.code, "kind"] == kind
    disagree = codes(forms) & {"forms_kind_disagrees", "forms_kind_guessed"}
    assert disagree == ({code} if code else set())


def test_a_kind_that_nothing_tells_is_guessed_from_pupils_and_told(tmp_path):
    (school,) = made_up(1, kinds=("nine_year",))
    pages = jiaoji(school, suffix=False)
    page(pages, "1001").put("C25", "*")
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert forms.schools.loc[school.code, "kind"] == "nine_year"
    assert found(forms, "forms_kind_guessed").severity == "warning"


def test_a_form_without_a_code_is_left_out_and_told(tmp_path):
    one, other = made_up(2)
    write(jiaoji(one), tmp_path / "a.xlsx")
    pages = jiaoji(other)
    page(pages, "1001").put("C3", "*")
    write(pages, tmp_path / "b.xlsx")
    forms = lp.read_forms(tmp_path)
    assert list(forms.schools.index) == [one.code]
    assert found(forms, "forms_no_code").ids == ("b.xlsx",)


def test_attached_classes_are_those_of_the_school(tmp_path):
    (school,) = made_up(1, kinds=("nine_year",))
    pages = jiaoji(school)
    for p in pages:
        junior = p.name.split("_")[0] in ("教基2107", "教基3115", "教基4156")
        p.name = p.name.replace("九年一贯制学校", "附设普通初中班" if junior else "小学")
    page(pages, "1001").put("C25", "211 小学")
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    row = forms.schools.loc[school.code]
    assert row["kind"] == "primary"
    assert row["enrolment_g79"] == school.truth()["enrolment_g79"]
    assert row["teachers_junior"] == school.teachers["junior"]


def test_four_junior_years_make_the_first_one_grade_six(tmp_path):
    (school,) = made_up(1, kinds=("nine_year",))
    pages = jiaoji(school)
    primary, junior = page(pages, "3112"), page(pages, "3115")
    primary.put("I6", 500, 9, 100, 100, 100, 100, 100, 0)
    junior.put("E6", 100, 9, 10, 20, 30, 40)
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    row = forms.schools.loc[school.code]
    assert row[["enrolment_g13", "enrolment_g46", "enrolment_g79"]].tolist() == [300, 210, 90]
    assert "forms_five_four" in codes(forms)


@pytest.mark.parametrize(
    ("lon", "lat", "place", "code"),
    [
        ("31.5", "117.0", (117.0, 31.5), "forms_place_exchanged"),
        ("117.0", "*", None, "forms_half_a_place"),
        ("0", "0", None, "forms_impossible_place"),
        ("39512345", "3412345", None, "forms_impossible_place"),
        ("*", "*", None, "forms_no_place"),
        ("待测", "31.5", None, "forms_not_number"),
    ],
)
def test_places_that_cannot_be_are_told(tmp_path, lon, lat, place, code):
    school, other = made_up(2, kinds=("primary",))
    pages = basic(school)
    page(pages, "111").put("J19", lon, lat)
    write(pages, tmp_path / "a.xlsx")
    write(basic(other), tmp_path / "b.xlsx")
    forms = lp.read_forms(tmp_path)
    assert code in codes(forms)
    got = forms.schools.loc[school.code, "geometry"]
    assert (got is None) if place is None else ((got.x, got.y) == place)
    assert ("forms_no_place" in codes(forms)) == (place is None)


def test_forms_without_any_place_give_a_plain_table(tmp_path):
    (school,) = made_up(1)
    pages = jiaoji(school)
    p = page(pages, "1001")
    p.cells = {k: v for k, v in p.cells.items() if k[0] < 40}
    schools = lp.read_forms(write(pages, tmp_path / "a.xlsx")).schools
    assert type(schools) is pd.DataFrame
    assert "geometry" not in schools


def test_a_note_that_all_workbooks_share_is_told_a_few_times_only(tmp_path):
    for school in made_up(12):
        pages = jiaoji(school)
        page(pages, "1102").put("F40", "=1+1")
        write(pages, tmp_path / f"{school.code}.xlsx")
    forms = lp.read_forms(tmp_path)
    assert len(forms.schools) == 12
    assert len([f for f in forms.findings if f.code == "formulas_without_value"]) == 5
    assert found(forms, "forms_more_files").count == 7


def test_every_note_has_words_in_both_languages():
    package = ROOT / "layoutplan"
    others = ("reports/school_forms.py", "sources/delivery.py")
    sources = [*(package / "sources" / "forms").glob("*.py"), *(package / o for o in others)]
    text = "".join(p.read_text(encoding="utf-8") for p in sources)
    used = set(re.findall(r'"(forms_[a-z_]+)"', text))
    assert len(used) > 35
    for lang in ("zh", "en"):
        known = {k.split(".")[1] for k in catalogue(lang) if k.startswith("finding.forms_")}
        assert used == known
