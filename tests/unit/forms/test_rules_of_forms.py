"""The bureau's own rules for filling in the forms: each is found when broken, none else."""

import pytest
from basic_forms import basic
from drawn_pages import write
from jiaoji_forms import jiaoji
from made_up_schools import made_up

import layoutplan as lp


def page(pages, form):
    return next(p for p in pages if form in p.name)


def rules(forms):
    return {f.code: f for f in forms.findings if f.code.startswith("forms_rule_")}


def put(form, cell, *values):
    def change(pages):
        page(pages, form).put(cell, *values)

    return change


BREACHES = {
    "forms_rule_address": put("111", "D10", "A座十二号清溪镇中心街"),
    "forms_rule_years": put("111", "H14", "5"),
    "forms_rule_entry_age": put("111", "J14", "7"),
    "forms_rule_parallel": put("212", "F8", 21),
    "forms_rule_class_size": put("212", "G17", 19),
    "forms_rule_intake": put("312", "E7", 1),
    "forms_rule_toilets": put("512", "E21", 0),
    "forms_rule_part_of_teachers": put("112", "D30", 500),
    "forms_rule_sum_pupils": put("312", "O7", 9999),
    "forms_rule_sum_classes": put("212", "E8", 90),
}


@pytest.mark.parametrize("code", BREACHES)
def test_a_broken_rule_is_found_at_its_school_only(tmp_path, code):
    schools = made_up(3, seed=6, kinds=("primary",))
    for i, school in enumerate(schools):
        pages = basic(school)
        if i == 1:
            BREACHES[code](pages)
        write(pages, tmp_path / f"{i}.xlsx")
    found = rules(lp.read_forms(tmp_path))
    assert code in found
    assert all(f.ids == (schools[1].code,) for f in found.values())
    assert found[code].severity == "warning"
    for lang in ("zh", "en"):
        assert schools[1].code in found[code].what(lang)


def test_equipment_up_to_standard_without_any(tmp_path):
    (school,) = made_up(1, kinds=("primary",))
    pages = jiaoji(school.but(equipment_wan="0"))
    assert "forms_rule_equipment" in rules(lp.read_forms(write(pages, tmp_path / "a.xlsx")))
    for row in (8, 9):
        page(pages, "1102").put(f"D{row}", "否")
    assert not rules(lp.read_forms(write(pages, tmp_path / "a.xlsx")))


def test_two_schools_at_one_place(tmp_path):
    one, other, third = made_up(3, kinds=("primary",))
    for school in (one, other.but(lon=one.lon, lat=one.lat), third):
        write(basic(school), tmp_path / f"{school.code}.xlsx")
    found = rules(lp.read_forms(tmp_path))
    assert found["forms_rule_same_place"].ids == (one.code, other.code)


def test_junior_intake_above_the_primary_leavers_of_all_schools(tmp_path):
    schools = made_up(2, kinds=("primary", "junior"))
    for school in schools:
        pages = jiaoji(school)
        if school.kind == "primary":
            page(pages, "3112").put("C6", 1)
        write(pages, tmp_path / f"{school.code}.xlsx")
    found = rules(lp.read_forms(tmp_path))
    assert found["forms_rule_leavers"].severity == "note"
    assert str(school.pupils[7]) in found["forms_rule_leavers"].what("zh")


@pytest.mark.parametrize(("share", "broken"), [(0.5, True), (0.9, False), (1.2, True)])
def test_pupils_examined_against_those_of_the_year_before(tmp_path, share, broken):
    (school,) = made_up(1, kinds=("primary",))
    write(jiaoji(school.but(year=2022)), tmp_path / "before.xlsx")
    pages = jiaoji(school.but(year=2023))
    tested = int(share * sum(school.pupils.values()))
    page(pages, "1102").put("A20", "上学年参加国家学生体质健康标准测试的人数", None, "19", tested)
    write(pages, tmp_path / "after.xlsx")
    assert ("forms_rule_tested" in rules(lp.read_forms(tmp_path))) == broken
