"""National school forms give back the schools they were made of, and every repair is named."""

import openpyxl
import pandas as pd
import pytest
from basic_forms import basic
from drawn_pages import Page, write
from jiaoji_forms import jiaoji
from made_up_schools import LOW, made_up

import layoutplan as lp
from layoutplan.sources.forms.grid import cell_at

KINDS = ("primary", "teaching_point", "junior", "nine_year", "complete_secondary")
FAMILIES = {
    "basic": basic,
    "basic-printed": lambda s: basic(s, frame=False),
    "jiaoji": jiaoji,
    "jiaoji-plain": lambda s: jiaoji(s, suffix=False),
}


def folder_of(path, schools, draw, ending="xlsx"):
    for school in schools:
        write(draw(school), path / f"{school.code}.{ending}")
    return path


def assert_true(forms, schools):
    table = forms.schools
    assert list(table.index) == sorted(s.code for s in schools)
    for school in schools:
        for name, wanted in school.truth().items():
            got = table.loc[school.code, name]
            if wanted is None:
                assert pd.isna(got), (school.code, name, got)
            else:
                assert got == wanted, (school.code, name, got, wanted)
        place = table.loc[school.code, "geometry"]
        assert (place.x, place.y) == (school.lon, school.lat)


def codes(forms):
    return {f.code for f in forms.findings}


def found(forms, code):
    return next(f for f in forms.findings if f.code == code)


def page(pages, form):
    return next(p for p in pages if form in p.name)


@pytest.mark.parametrize("ending", ["xlsx", "xls"])
@pytest.mark.parametrize("family", FAMILIES)
def test_forms_equal_the_schools_and_give_no_finding(tmp_path, family, ending):
    schools = made_up(6, seed=3, year=2020 if "basic" in family else 2023, kinds=KINDS)
    forms = lp.read_forms(folder_of(tmp_path, schools, FAMILIES[family], ending))
    assert_true(forms, schools)
    assert forms.findings == ()
    assert set(forms.schools["form_family"]) == {family.split("-")[0]}
    assert forms.schools.crs == "EPSG:4326"


@pytest.mark.parametrize("family", FAMILIES)
def test_classes_by_size_and_grade_equal_the_schools(tmp_path, family):
    schools = made_up(4, seed=8)
    bands = lp.read_forms(folder_of(tmp_path, schools, FAMILIES[family])).size_bands
    for school in schools:
        own = bands[bands["school_id"] == school.code]
        for grade, (classes, low) in school.size.items():
            row = own[own["grade"] == str(grade)]
            assert row["classes"].tolist() == [classes]
            assert row["low"].tolist() == [low]
        total = own[own["grade"] == "all"]
        assert total["classes"].sum() == sum(n for n, _ in school.size.values())
    assert set(bands["low"]) <= set(LOW)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_stands_where_the_table_says_it_came_from(tmp_path, family):
    schools = made_up(2, seed=1, kinds=("nine_year",))
    forms = lp.read_forms(folder_of(tmp_path, schools, FAMILIES[family]))
    sources = forms.provenance
    assert {"school_id", "grade_1", "junior_3", "equipment_yuan", "lon"} <= set(sources["value"])
    books = {f: openpyxl.load_workbook(tmp_path / f) for f in sources["file"].unique()}
    for row in sources.to_dict("records"):
        sheet = books[row["file"]][row["sheet"]]
        value = sheet.cell(*cell_at(row["cell"])).value
        assert str("" if value is None else value) == row["text"]
        assert int(row["row"]) == cell_at(row["cell"])[0]
        assert row["file"] == f"{row['school_id']}.xlsx"


@pytest.mark.parametrize(("family", "form"), [("basic", "基础基312"), ("jiaoji", "教基5176")])
def test_rows_and_columns_that_moved_are_found_and_told(tmp_path, family, form):
    schools = made_up(3, seed=5, kinds=("primary",))

    def moved(school):
        pages = basic(school, frame=False) if family == "basic" else jiaoji(school)
        page(pages, form).moved(rows=2, columns=1)
        return pages

    forms = lp.read_forms(folder_of(tmp_path, schools, moved))
    assert_true(forms, schools)
    assert codes(forms) == {"forms_cell_differs"}
    assert all(f.severity == "note" and f.count == 3 for f in forms.findings)
    told = forms.findings[0].what("zh")
    assert form in told
    assert schools[0].code in told


def test_a_label_that_is_missing_is_told_and_its_cell_not_believed(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    page(pages, "5176").put("A12", "藏书")
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert pd.isna(forms.schools.loc[school.code, "books"])
    assert codes(forms) == {"forms_label_missing"}
    assert "图书" in found(forms, "forms_label_missing").what("en")


def test_labels_that_do_not_decide_leave_the_value_out(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    # A second heading of the same name with another number, away from the usual cell.
    p = page(pages, "3112")
    p.put("S3", "一年级")
    p.put("S5", "16")
    p.put("S6", 999)
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert pd.isna(forms.schools.loc[school.code, "enrolment_g13"])
    assert forms.schools.loc[school.code, "enrolment_g46"] == sum(
        school.pupils[g] for g in (4, 5, 6)
    )
    told = found(forms, "forms_label_twice")
    assert told.severity == "warning"
    assert "K6, S6" in told.what("zh")


def test_a_column_of_remarks_without_a_number_is_no_heading(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    p = page(pages, "3112")
    p.put("S3", "一年级")
    p.put("S6", "比上年多三人")
    assert_true(lp.read_forms(write(pages, tmp_path / "a.xlsx")), [school])


def test_numbers_of_columns_may_stand_in_brackets(tmp_path):
    (school,) = made_up(1, kinds=("nine_year",))
    pages = jiaoji(school)
    for p in pages:
        row = next((r for (r, _), v in p.cells.items() if v == "甲"), None)
        for (r, c), v in list(p.cells.items()):
            if r == row and v.isdigit():
                p.cells[r, c] = f"（{v}）"
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert_true(forms, [school])
    assert forms.findings == ()


def test_a_known_cell_decides_between_equal_labels(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    p = page(pages, "3112")
    p.put("S3", "在校生数")
    p.put("S5", "16")
    p.put("S6", 999)
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert_true(forms, [school])


@pytest.mark.parametrize("nothing", ["*", "-1", "—", "-", "/", "", None, "\uff0a"])
def test_not_applicable_is_blank_for_areas_and_none_for_pupils(tmp_path, nothing):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    page(pages, "5176").put("D12", "" if nothing is None else nothing)
    page(pages, "3112").put("P6", "" if nothing is None else nothing)
    page(pages, "3112").put("I6", sum(school.pupils.values()) - school.pupils[6])
    page(pages, "2106").cells = {k: v for k, v in page(pages, "2106").cells.items() if k[1] != 9}
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert pd.isna(forms.schools.loc[school.code, "books"])
    assert forms.schools.loc[school.code, "grade_6"] == 0


@pytest.mark.parametrize("text", ["约三百", "12人", "-5", "1.5.2", "#REF!", "nan", "inf"])
def test_what_is_no_number_is_told_with_its_cell(tmp_path, text):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    page(pages, "5176").put("D12", text)
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert pd.isna(forms.schools.loc[school.code, "books"])
    if text != "#REF!":
        told = found(forms, "forms_not_number")
        assert f"a.xlsx, 教基5176_小学, D12: {text}" in told.what("zh")


def test_numbers_as_people_type_them(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    page(pages, "5176").put("D12", " 12,345 ")
    page(pages, "5176").put("D17", "\uff12\uff11")
    page(pages, "1001").put("C40", "116°58'30\"E")
    page(pages, "1001").put("C41", "北纬31.5°")
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    row = forms.schools.loc[school.code]
    assert (row["books"], row["multimedia_rooms"]) == (12345, 21)
    assert (row["geometry"].x, row["geometry"].y) == (pytest.approx(116.975), 31.5)


def test_ten_thousands_of_yuan_become_yuan_exactly(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    forms = lp.read_forms(write(basic(school.but(equipment_wan="128.37")), tmp_path / "a.xlsx"))
    assert forms.schools.loc[school.code, "equipment_yuan"] == 1_283_700


@pytest.mark.parametrize("where", ["label", "unit"])
def test_another_unit_in_the_form_is_believed_and_told(tmp_path, where):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school)
    if where == "label":
        page(pages, "5176").put("A19", "#教学仪器设备资产值（元）", "")
    else:
        page(pages, "5176").put("B19", "元")
    page(pages, "5176").put("D19", 1234567)
    forms = lp.read_forms(write(pages, tmp_path / "a.xlsx"))
    assert forms.schools.loc[school.code, "equipment_yuan"] == 1_234_567
    assert codes(forms) == {"forms_other_unit"}
    assert "万元" in found(forms, "forms_other_unit").what("zh")


def test_a_form_that_is_turned_over_is_read(tmp_path):
    (school,) = made_up(1, kinds=("nine_year",))
    pages = basic(school)
    turned = Page("基础基341")
    turned.put("A1", "指标名称", "编号", "小学", "初中")
    turned.put("A2", "甲", "乙", "1", "2")
    for row, part in ((3, school.boarders), (4, school.left_behind)):
        word = "寄宿生" if row == 3 else "农村留守儿童"
        turned.put(f"A{row}", word, f"{row - 2:02d}", part["primary"], part["junior"])
    pages[pages.index(page(pages, "341"))] = turned
    assert_true(lp.read_forms(write(pages, tmp_path / "a.xlsx")), [school])


def test_missing_sheets_are_told_per_school(tmp_path):
    schools = made_up(3, kinds=("primary",))
    for i, school in enumerate(schools):
        left = [p for p in jiaoji(school) if i > 1 or "5170" not in p.name]
        write(left, tmp_path / f"{i}.xlsx")
    forms = lp.read_forms(tmp_path)
    told = found(forms, "forms_sheet_missing")
    assert told.ids == tuple(s.code for s in schools[:2])
    assert "教基5170" in told.what("en")
    assert forms.schools["teaching_area_m2"].notna().tolist() == [False, False, True]


def test_a_sheet_of_a_stage_the_school_does_not_have_is_not_missed(tmp_path):
    (school,) = made_up(1, kinds=("junior",))
    forms = lp.read_forms(write(jiaoji(school), tmp_path / "a.xlsx"))
    assert "教基3112_初级中学" not in [p.name for p in jiaoji(school)]
    assert forms.findings == ()


def test_tables_are_copied_out(tmp_path):
    (school,) = made_up(1)
    forms = lp.read_forms(write(jiaoji(school), tmp_path / "a.xlsx"))
    schools = forms.schools
    schools["books"] = 0
    assert forms.schools.loc[school.code, "books"] == school.books


def test_the_names_and_order_of_files_change_nothing_but_the_sources(tmp_path):
    schools = made_up(5, seed=2)
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    for i, school in enumerate(schools):
        write(jiaoji(school), one / f"{i}.xlsx")
        write(list(reversed(jiaoji(school))), other / f"{9 - i}.xlsx")
    first, second = lp.read_forms(one), lp.read_forms(other)
    pd.testing.assert_frame_equal(first.schools, second.schools)
    pd.testing.assert_frame_equal(first.size_bands, second.size_bands)
