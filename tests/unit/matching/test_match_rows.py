"""Schools and villages of two files: who is whom, and what is asked rather than guessed."""

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.sources.matching import read_answers
from layoutplan.sources.matching.folding import fold
from layoutplan.sources.matching.score import OTHER, score


def schools(names, ids=None, townships=None):
    table = pd.DataFrame({"name": names}, index=ids or [f"s{i}" for i in range(len(names))])
    return table.assign(township_id=townships) if townships else table


def pairs(found):
    return [tuple(row) for row in found.pairs[["left_id", "right_id", "how", "certain"]].to_numpy()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("龙河镇第一小学", "龙河一小"),
        ("龙河镇第1小学", "龙河镇第一完全小学"),
        ("龙河縣實驗小學", "龙河县实验小学"),
        ("龙河镇初级中学", "龙河初中"),
        ("龙河　第Ⅱ小学", "龙河第ii小学"),
        ("龙河镇第二初级中学", "龙河二初中"),
        ("老泉岗村小学", "老泉岗小学"),
        ("龙河镇中心小学", "龙河乡中心完小"),
        ("St. Mary's Primary School II", "ST MARYS PRIMARY-SCHOOL 2"),
        ("福河镇九年一贯制学校", "福河九年制学校"),
        ("第二十一小学", "21小学"),
    ],
)
def test_two_ways_to_write_one_school(one, other):
    assert score(fold(one, "schools"), fold(other, "schools")) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("龙河镇第一小学", "龙河镇第二小学"),
        ("Oke Primary School I", "Oke Primary School II"),
        ("Oke Primary School II", "Oke Primary School III"),
        ("龙河小学", "龙河初级中学"),
        ("龙河第一小学", "龙河小学"),
        ("第十一小学", "第十二小学"),
    ],
)
def test_numbers_and_stages_tell_schools_apart(one, other):
    parts = fold(one, "schools"), fold(other, "schools")
    assert score(*parts) <= OTHER
    assert score(*parts) == score(*parts[::-1])
    left, right = schools([one], ["a"]), schools([other], ["b"])
    assert pairs(lp.match_rows(left, right)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("古畈镇中心小学", "古畈小学"), ("古畈希望小学", "古畈小学"), ("双畈教学点", "双畈小学")],
)
def test_marks_that_one_name_lacks_are_asked_about(one, other):
    found = lp.match_rows(schools([one], ["a"]), schools([other], ["b"]))
    assert pairs(found) == [("a", "b", "name", False)]
    assert found.certain.empty


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("吴家湾村", "吴家湾村民委员会"),
        ("吳家灣村委會", "吴家湾行政村"),
        ("东风社区", "东风居委会"),
    ],
)
def test_villages_in_two_ways(one, other):
    found = lp.match_rows(schools([one], ["a"]), schools([other], ["b"]), table="villages")
    assert pairs(found) == [("a", "b", "name", True)]


def test_a_village_that_became_a_community_is_asked_about():
    found = lp.match_rows(
        schools(["东风村"], ["a"]), schools(["东风社区"], ["b"]), table="villages"
    )
    assert pairs(found) == [("a", "b", "name", False)]


def test_codes_come_first_unless_the_names_contradict_them():
    left = schools(["龙河小学", "古畈小学", "白井小学"], ["1", "2", "3"])
    right = schools(["龙河完小", "松洲初级中学", "白井小学"], ["1", "2", "4"])
    found = lp.match_rows(left, right)
    assert pairs(found) == [
        ("1", "1", "code", True),
        ("2", "2", "code", False),
        ("3", "4", "name", True),
    ]
    assert found.to_confirm.loc[found.to_confirm["proposed"], "left_id"].tolist() == ["2"]


def test_the_township_decides_between_equal_names():
    left = schools(["新华小学", "新华小学"], ["a", "b"], ["t1", "t2"])
    right = schools(["新华小学", "新华小学"], ["x", "y"], ["t2", "t1"])
    assert pairs(lp.match_rows(left, right)) == [
        ("a", "y", "name within township", True),
        ("b", "x", "name within township", True),
    ]


def test_equal_names_without_a_township_are_no_silent_guess():
    left = schools(["新华小学"], ["a"])
    right = schools(["新华小学", "新华小学"], ["x", "y"])
    found = lp.match_rows(left, right)
    assert [certain for *_, certain in pairs(found)] == [False]
    assert set(found.to_confirm["right_id"]) == {"x", "y"}
    assert found.to_confirm["proposed"].sum() == 1


def test_a_name_in_another_township_is_asked_about():
    left = schools(["新华小学"], ["a"], ["t1"])
    right = schools(["新华小学", "古畈初中"], ["x", "y"], ["t2", "t1"])
    assert pairs(lp.match_rows(left, right)) == [("a", "x", "name", False)]


def test_long_and_short_township_codes_are_one():
    left = schools(["新华小学", "新华小学"], ["a", "b"], ["349901100", "349901101"])
    right = schools(["新华小学"], ["x"], ["349901101000"])
    assert pairs(lp.match_rows(left, right)) == [("b", "x", "name within township", True)]


def test_townships_by_name_and_by_code_are_not_held_against_each_other():
    left = schools(["新华小学", "古畈中心小学"], ["a", "b"], ["349901100", "349901101"])
    right = schools(["新华小学", "古畈小学"], ["x", "y"], ["金林镇", "古畈镇"])
    found = lp.match_rows(left, right)
    assert pairs(found) == [("a", "x", "name", True), ("b", "y", "name", False)]
    assert "match_townships_differ" in {f.code for f in found.findings}


def test_the_assignment_is_the_best_in_all_and_one_to_one():
    left = schools(["大王庄上村小学", "大王庄小学"], ["a", "b"], ["t", "t"])
    right = schools(["大王庄上小学校区", "王庄小学"], ["x", "y"], ["t", "t"])
    found = lp.match_rows(left, right)
    assert found.pairs["left_id"].is_unique
    assert found.pairs["right_id"].is_unique
    assert {(a, b) for a, b, *_ in pairs(found)} == {("a", "x"), ("b", "y")}


def test_places_match_what_names_do_not():
    spots = gpd.points_from_xy([110.0, 110.1], [30.0, 30.0], crs="EPSG:4326")
    near = gpd.points_from_xy([110.0003, 110.2], [30.0, 30.0], crs="EPSG:4326")
    left = gpd.GeoDataFrame({"name": [None, None]}, geometry=spots, index=["a", "b"])
    right = gpd.GeoDataFrame({"name": ["龙河小学", "古畈小学"]}, geometry=near, index=["x", "y"])
    found = lp.match_rows(left, right)
    assert pairs(found) == [("a", "x", "place", False)]
    assert found.unmatched_left == ("b",)
    assert found.unmatched_right == ("y",)
    codes = {f.code for f in found.findings}
    assert codes == {"match_to_confirm", "match_left_alone", "match_right_alone"}
    assert all("match" not in text for text in found.findings_table(lang="zh")["message"])


def test_the_order_of_rows_decides_nothing():
    county = lp.example.county(seed=1, villages=40)
    left = county.schools
    right = left.set_axis([f"x{i}" for i in range(len(left))])
    right["name"] = right["name"].str.replace("小学", "完小").str.replace("中心", "")
    one = lp.match_rows(left, right)
    other = lp.match_rows(left[::-1], right.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(one.pairs, other.pairs)
    pd.testing.assert_frame_equal(one.to_confirm, other.to_confirm)


def test_schools_written_in_other_ways_are_found_again():
    county = lp.example.county(seed=3, villages=120)
    left = county.schools
    right = left.set_axis([f"x{i:03d}" for i in range(len(left))])
    right["name"] = (
        right["name"]
        .str.replace(r"^\w{2}县", "", regex=True)
        .str.replace("第", "")
        .str.replace("初级中学", "初中")
        .str.replace("村小学", "完小")
    )
    found = lp.match_rows(left, right)
    truth = dict(zip(left.index, right.index, strict=True))
    assert {a: b for a, b, *_ in pairs(found)} == truth
    assert found.pairs["certain"].all()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_questions_are_written_answered_and_read_back(tmp_path, lang):
    left = schools(["古畈小学", "白井小学", "=1+1小学"], ["001", "002", "003"])
    right = schools(["古畈希望小学", "白井中心小学", "=1+1中心小学"], ["x", "y", "z"])
    found = lp.match_rows(left, right)
    path = lp.write_questions(found, tmp_path / "confirm.xlsx", lang=lang)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet.max_row == 4
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
    ids = [sheet.cell(row=r, column=1).value for r in (2, 3, 4)]
    assert ids == ["001", "002", "003"]
    sheet.cell(row=2, column=9, value=yes)
    sheet.cell(row=3, column=9, value=no)
    book.save(path)
    again = lp.match_rows(left, right, confirmed=path)
    assert ("001", "x", "confirmed", True) in pairs(again)
    assert "002" in again.unmatched_left
    assert ("003", "z", "name", False) in pairs(again)
    assert "001" not in again.to_confirm["left_id"].tolist()


def test_equal_questions_give_equal_files(tmp_path):
    found = lp.match_rows(schools(["古畈小学"], ["a"]), schools(["古畈希望小学"], ["b"]))
    files = [lp.write_questions(found, tmp_path / f"{i}.xlsx").read_bytes() for i in (1, 2)]
    assert files[0] == files[1]


def test_answers_as_a_mapping():
    left, right = (
        schools(["甲小学", "乙小学"], ["a", "b"]),
        schools(["乙小学", "丙小学"], ["x", "y"]),
    )
    found = lp.match_rows(left, right, confirmed={"a": "y", "b": ""})
    assert pairs(found) == [("a", "y", "confirmed", True)]
    assert found.unmatched_left == ("b",)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["a", "x", "yes"], ["a", "y", "yes"]], "match_answers_conflict"),
        ([["a", "x", "yes"], ["b", "x", "yes"]], "match_answers_conflict"),
        ([["a", "x", "yes"], ["a", "x", "no"]], "match_answers_conflict"),
        ([["a", "nobody", "yes"]], "match_answer_no_row"),
        ([["a", "x", "perhaps"]], "match_answer_unknown"),
    ],
)
def test_answers_that_cannot_be_are_refused(rows, code):
    answers = pd.DataFrame(rows, columns=["left_id", "right_id", "answer"])
    left, right = schools(["甲", "乙"], ["a", "b"]), schools(["丙", "丁"], ["x", "y"])
    with pytest.raises(lp.DataError) as error:
        lp.match_rows(left, right, confirmed=answers)
    assert code in {f.code for f in error.value.findings}


def test_another_workbook_is_no_answer(tmp_path):
    path = tmp_path / "other.xlsx"
    pd.DataFrame({"甲": [1]}).to_excel(path, index=False)
    with pytest.raises(lp.DataError, match="待确认表"):
        read_answers(path)
    with pytest.raises(lp.DataError):
        read_answers(tmp_path / "none.xlsx")
    path.write_bytes(b"no workbook")
    with pytest.raises(lp.DataError):
        read_answers(path)


def test_ids_must_be_there_and_single():
    with pytest.raises(lp.OptionsError):
        lp.match_rows(schools(["甲", "乙"], ["a", "a"]), schools(["丙"], ["x"]))
    with pytest.raises(lp.OptionsError):
        lp.match_rows(schools(["甲"], ["a"]), schools(["丙"], ["x"]), table="roads")


def test_empty_tables_have_no_pairs():
    none = schools([], [])
    found = lp.match_rows(none, schools(["丙"], ["x"]))
    assert found.pairs.empty
    assert found.unmatched_right == ("x",)
