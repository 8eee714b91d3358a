"""Values as bureaus type them: numbers, signs for nothing, money, kinds."""

import pytest
from sheets_changed import CANDIDATES, SCHOOLS, VILLAGES

NUMBERS = [("1,234", 1234), ("\uff11\uff12\uff13\uff14", 1234), ("1234人", 1234),
           (" 1 234 ", 1234), ("0.12万", 1200),
           ("\uff11\uff0c\uff12\uff13\uff14", 1234), ("1234.0", 1234)]  # fmt: skip


def test_numbers_typed_as_text_are_read(read, bureau):
    def change(sheets):
        for row, (text, _) in enumerate(NUMBERS, 1):
            bureau.set_cell(sheets[VILLAGES], row, "常住人口", text)

    county, found = read(change)
    assert county.villages["population"].iloc[: len(NUMBERS)].tolist() == [n for _, n in NUMBERS]
    assert set(found) == {"numbers_read"}
    told = {name for f in found["numbers_read"] for name in f.ids}
    # What needed more than the dropping of blanks, commas and units of ASCII is told.
    assert told >= {f"#{row + 1}" for row, (text, _) in enumerate(NUMBERS, 1) if not text.isascii()}


@pytest.mark.parametrize("text", ["12,34", "约100", "1.2.3", "12；13", "1,2345"])
def test_what_is_no_number_is_refused(refuse, bureau, text):
    found = refuse(lambda s: bureau.set_cell(s[VILLAGES], 3, "常住人口", text))
    assert text in found["not_a_number"].what("zh")


SIGNS = ["*", "-1", -1, "—", "——", "/", "无", "×", "N/A", "-", "－"]


@pytest.mark.parametrize("first", [0, 6])
def test_signs_for_not_applicable_are_no_value(read, bureau, first):
    signs = SIGNS[first : first + 6]

    def change(sheets):
        for row, text in enumerate(signs, 1):
            bureau.set_cell(sheets[SCHOOLS], row, "教学班数", text)

    county, found = read(change)
    classes = county.schools["classes"]
    assert classes.iloc[: len(signs)].isna().all()
    assert classes.iloc[len(signs) :].notna().all()
    (note,) = found["not_applicable"]
    assert (note.column, note.severity, note.count) == ("classes", "note", len(signs))
    assert note.ids == tuple(f"#{row + 1}" for row in range(1, len(signs) + 1))


def test_a_negative_number_is_no_sign(refuse, bureau):
    found = refuse(lambda s: bureau.set_cell(s[SCHOOLS], 3, "教学班数", -2))
    assert found["negative"].column == "classes"


def test_ten_thousands_of_yuan_become_yuan(read, bureau, truth):
    def change(sheets):
        rows = sheets[SCHOOLS]
        c = rows[0].index("教学仪器设备值")
        rows[0][c] = "教学仪器设备值（万元）"
        for row in rows[1:]:
            row[c] = row[c] / 10_000

    county, found = read(change)
    bureau.same(county, truth)
    assert dict(found["unit_converted"][0].values)["factor"] == "10,000"
    assert set(found) == {"unit_converted"}


def test_the_unit_above_a_table_holds_for_its_money(read, bureau, truth):
    def change(sheets):
        rows = sheets[CANDIDATES]
        c = rows[0].index("建设投资")
        for row in rows[1:]:
            row[c] = row[c] / 10_000
        sheets[CANDIDATES] = [["候选校址表", None, None, None, "单位：人、间、万元"], *rows]

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"unit_converted"}


@pytest.mark.parametrize(
    ("sheet", "heading"), [(SCHOOLS, "教学仪器设备值"), (CANDIDATES, "建设投资")]
)
def test_money_without_a_unit_that_is_far_too_little_is_named(read, sheet, heading):
    def change(sheets):
        rows = sheets[sheet]
        c = rows[0].index(heading)
        for row in rows[1:]:
            row[c] = row[c] / 10_000

    _, found = read(change)
    assert set(found) == {"money_unit_doubtful"}
    assert found["money_unit_doubtful"][0].severity == "warning"


def words_for_kinds(words):
    def change(sheets):
        rows = sheets[SCHOOLS]
        c = rows[0].index("办学类型")
        for row in rows[1:]:
            row[c] = words.get(row[c], row[c])

    return change


KINDS = [
    {"primary": "完全小学", "teaching_point": "教学点", "junior": "初级中学",
     "nine_year": "九年一贯制", "complete_secondary": "完中"},
    {"primary": "211", "teaching_point": "218", "junior": "311", "nine_year": "312",
     "complete_secondary": "341"},
    {"primary": 211, "teaching_point": 218, "junior": 311, "nine_year": 312,
     "complete_secondary": 341},
    {"primary": "211-小学", "teaching_point": "小学教学点（218）", "junior": "311 初级中学",
     "nine_year": "九年一贯制学校（312）", "complete_secondary": "341完全中学"},
]  # fmt: skip


@pytest.mark.parametrize("words", KINDS)
def test_kinds_by_words_or_codes(read, bureau, truth, words):
    county, found = read(words_for_kinds(words))
    bureau.same(county, truth)
    assert set(found) == {"kinds_read"}


def test_the_templates_words_for_kinds_are_no_guess(read, bureau, truth):
    zh = {"primary": "小学", "teaching_point": "教学点", "junior": "初中",
          "nine_year": "九年一贯制学校", "complete_secondary": "完全中学"}  # fmt: skip
    county, found = read(words_for_kinds(zh))
    assert not found
    bureau.same(county, truth)


def test_kindergartens_are_left_out_and_named(read, truth):
    def change(sheets):
        rows = sheets[SCHOOLS]
        row = list(rows[1])
        row[0], row[2] = "1134100999", "幼儿园"
        rows.append(row)

    county, found = read(change)
    assert len(county.schools) == len(truth.schools)
    assert found["no_compulsory_school"][0].ids == ("1134100999",)


def test_an_unknown_kind_is_refused(refuse, bureau):
    found = refuse(lambda s: bureau.set_cell(s[SCHOOLS], 2, "办学类型", "培训机构"))
    assert "培训机构" in found["unknown_value"].what("zh")
