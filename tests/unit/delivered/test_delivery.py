"""A delivery with the habits and mishaps of a bureau reads to the same county, and says so."""

from pathlib import Path

import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.errors import DataError
from layoutplan.example.delivered import WORKBOOK
from layoutplan.tables import COUNTY_TABLES

VILLAGES, SCHOOLS, CANDIDATES, FLOWS = "村庄", "学校", "候选校址", "就读流向"


@pytest.fixture
def read(bureau, clean, tmp_path):
    """Read the delivery with a change; give the county and what was found, by code."""

    def read(change, *, merge=None, **options):
        folder = bureau.deliver(clean, tmp_path / "bureau", change, merge=merge)
        county = lp.read_county(folder, **options)
        for lang in ("zh", "en"):
            assert (
                not county.findings_table(lang=lang)["message"].str.contains("{", regex=False).any()
            )
        return county, bureau.by_code(county)

    return read


@pytest.fixture
def refuse(bureau, clean, tmp_path):
    def refuse(change, **options):
        folder = bureau.deliver(clean, tmp_path / "bureau", change)
        with pytest.raises(DataError) as caught:
            lp.read_county(folder, **options)
        assert caught.value.message("zh")
        assert caught.value.message("en")
        return {f.code: f for f in caught.value.findings}

    return refuse


def test_the_clean_delivery_has_no_finding(bureau, truth):
    assert bureau.codes(truth) == []
    made = lp.example.county(seed=4, villages=25)
    tables = {
        n: made.table(n) if t.key else made.table(n).reset_index(drop=True)
        for n, t in COUNTY_TABLES.items()
    }
    bureau.same(truth, lp.County.from_tables(**tables))


def test_the_demo_countys_files_read_to_the_demo_county(bureau):
    folder = Path(__file__).parents[3] / "geodata"
    county = lp.read_county(folder / "bureau")
    assert not bureau.codes(county)
    bureau.same(county, lp.read_county(folder / "demo.gpkg"))


def test_a_copy_of_the_clean_delivery_reads_the_same(read, bureau, truth):
    county, found = read(list)
    assert not found
    bureau.same(county, truth)


# Headings


def rename(sheet, names):
    def change(sheets):
        head = sheets[sheet][0]
        for old, new in names.items():
            head[head.index(old)] = new

    return change


ALIASES = {
    VILLAGES: {
        "村代码": "统计用区划代码（12位）",
        "村名": "行政村\n名称",
        "乡镇代码": "所属乡镇编码".replace("所属", ""),
        "常住人口": "一、常住人口数 (人)",
        "1-3年级学生数": "一至三年级学生数",
        "4-6年级学生数": "4～6年级学生数（人）",
        "7-9年级学生数": "初中学生数",
        "留守儿童数": "其中：农村留守儿童",
        "2023年出生人数": "２０２３年新生儿",
        "经度": "东经（°）",
        "纬度": "北纬（°）",
    },
    SCHOOLS: {
        "学校标识码": "学校（机构）标识码",
        "学校名称": "学校全称（章）",
        "办学类型": "学校（机构）办学类型",
        "教学班数": "班级数",
        "专任教师数": "专任教师",
        "教学及辅助用房面积": "(一)教学及辅助用房_x000D_",
        "教学仪器设备值": "教学仪器设备资产值（元）",
        "计算机台数": "教学用计算机",
        "图书册数": "图书（册）",
    },
    CANDIDATES: {"建设投资": "投资估算（元）", "候选校址代码": "候选点代码"},
    FLOWS: {"村代码": "村编码", "学校标识码": "就读学校代码"},
}


@pytest.mark.parametrize("sheet", ALIASES)
def test_headings_by_other_names_are_recognised_and_told(read, bureau, truth, sheet):
    county, found = read(rename(sheet, ALIASES[sheet]))
    bureau.same(county, truth)
    assert set(found) == {"headings_guessed"}
    assert found["headings_guessed"][0].severity == "note"


def test_a_title_and_a_unit_line_stand_above_the_headings(read, bureau, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        sheets[VILLAGES] = [
            ["2025学年某县行政村基本情况表"],
            ["填报单位：某县教育局", None, None, "填报日期：2025年9月1日", None, "单位：人"],
            [],
            *rows,
        ]

    county, found = read(change, merge={VILLAGES: ["A1:R1"]})
    assert not found
    bureau.same(county, truth)


def test_rows_of_letters_and_numbers_around_the_headings_are_no_data(read, bureau, truth):
    def change(sheets):
        head, *rows = sheets[SCHOOLS]
        letters = [chr(ord("A") + i) for i in range(26)]
        sheets[SCHOOLS] = [
            [None, *letters],
            [None, *head],
            [None, "甲", "乙", *range(1, len(head) - 1)],
            *([i, *row] for i, row in enumerate(rows, 1)),
        ]

    county, found = read(change)
    assert not found
    bureau.same(county, truth)


def grades(rows):
    """Spread the pupils of each band over its three grades, below one merged heading."""
    head, *body = rows
    bands = [head.index(f"{g}年级在校生数") for g in ("1-3", "4-6", "7-9")]
    top = [*head[: bands[0]], "在校生数", *[None] * 8, *head[bands[2] + 1 :]]
    below = [None] * len(top)
    for i, name in enumerate("一二三四五六七八九"):
        below[bands[0] + i] = f"{name}年级"
    spread = []
    for row in body:
        cells = []
        for at in bands:
            pupils = row[at] or 0
            cells += [pupils // 3, pupils // 3, pupils - 2 * (pupils // 3)]
        spread.append([*row[: bands[0]], *cells, *row[bands[2] + 1 :]])
    return top, below, spread, bands[0]


def letter(column):
    from openpyxl.utils import get_column_letter

    return get_column_letter(column + 1)


@pytest.mark.parametrize("merged", [True, False])
def test_headings_of_two_rows_are_joined_and_grades_added_up(read, bureau, truth, merged):
    areas = []

    def change(sheets):
        top, below, spread, first = grades(sheets[SCHOOLS])
        sheets[SCHOOLS] = [["学校一览表"], top, below, *spread]
        if merged:
            areas.append(f"{letter(first)}2:{letter(first + 8)}2")
            areas.extend(
                f"{letter(c)}2:{letter(c)}3" for c, text in enumerate(top) if text and not below[c]
            )

    county, found = read(change, merge={SCHOOLS: areas})
    bureau.same(county, truth)
    assert set(found) == {"headings_guessed"}


def test_boys_and_girls_of_each_grade_are_added_up(read, bureau, truth):
    def change(sheets):
        top, below, spread, first = grades(sheets[SCHOOLS])
        wide_top = [*top[: first + 9], *[None] * 9, *top[first + 9 :]]
        names = [n for n in below if n]
        grade = [None] * len(wide_top)
        sexes = [None] * len(wide_top)
        for i, name in enumerate(names):
            grade[first + 2 * i] = name
            sexes[first + 2 * i], sexes[first + 2 * i + 1] = "男", "女"
        body = []
        for row in spread:
            cells = [v for n in row[first : first + 9] for v in (n // 2, n - n // 2)]
            body.append([*row[:first], *cells, *row[first + 9 :]])
        sheets[SCHOOLS] = [wide_top, grade, sexes, *body]

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"headings_guessed"}


def test_total_columns_of_grades_are_preferred_to_their_parts(read, bureau, truth):
    def change(sheets):
        head = sheets[VILLAGES][0]
        at = head.index("常住人口")
        for i, row in enumerate(sheets[VILLAGES]):
            parts = ["男", "女", "小计"] if i == 0 else [1, 2, row[at]]
            row[at : at + 1] = parts
        top = list(head)
        top[at : at + 3] = ["常住人口", None, None]
        below = [None] * len(top)
        below[at : at + 3] = ["男", "女", "小计"]
        sheets[VILLAGES] = [top, below, *sheets[VILLAGES][1:]]

    county, found = read(change)
    bureau.same(county, truth, further={"常住人口/男", "常住人口/女"})
    assert set(found) == {"headings_guessed", "headings_unused"}


def test_years_below_one_heading_are_years_of_birth(read, bureau, truth):
    def change(sheets):
        head = sheets[VILLAGES][0]
        first = next(i for i, h in enumerate(head) if h.endswith("出生人数"))
        top = [*head]
        below = [None] * len(head)
        for i in range(first, first + 8):
            below[i] = int(head[i][:4])
            top[i] = "历年出生人数" if i == first else None
        top[first] = "出生人数"
        sheets[VILLAGES] = [top, below, *sheets[VILLAGES][1:]]

    county, _ = read(change)
    bureau.same(county, truth)


def test_ages_are_read_and_their_order_does_not_matter(read, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        rows[0] += ["7岁", "6周岁人数（人）", "10岁儿童数"]
        for i, row in enumerate(rows[1:]):
            row += [i, 2 * i, 3 * i]

    county, _ = read(change)
    assert county.villages["age_7"].tolist() == list(range(len(truth.villages)))
    assert county.villages["age_6"].sum() == 2 * county.villages["age_7"].sum()
    assert "age_10" in county.villages


def test_two_headings_for_one_column_are_refused(refuse):
    def twice(sheets):
        for i, row in enumerate(sheets[VILLAGES]):
            row.append("常住人口（人）" if i == 0 else 5)

    assert refuse(twice)["two_columns"].column == "population"


def test_two_guesses_for_one_column_are_named_and_none_is_taken(read):
    def change(sheets):
        rows = sheets[SCHOOLS]
        rows[0][rows[0].index("教学班数")] = "班数"
        for i, row in enumerate(rows):
            row.append("班数" if i == 0 else 3)

    county, found = read(change)
    assert found["headings_ambiguous"][0].column == "classes"
    assert "classes" not in county.schools


def test_missing_grades_are_named(read):
    def change(sheets):
        top, below, spread, first = grades(sheets[SCHOOLS])
        sheets[SCHOOLS] = [[*r[: first + 8], *r[first + 9 :]] for r in (top, below, *spread)]

    county, found = read(change)
    assert found["grades_incomplete"][0].severity == "warning"
    assert "缺 9 年级" in found["grades_incomplete"][0].what("zh")
    assert "enrolment_g79" not in county.schools


def test_unknown_columns_are_named_but_notes_are_not(read):
    def change(sheets):
        for i, row in enumerate(sheets[SCHOOLS]):
            row.extend(["备注", "学校邮箱"] if i == 0 else ["新建", "a@b"])

    _, found = read(change)
    assert [f.ids for f in found["headings_unused"]] == [("学校邮箱",)]
    assert set(found) == {"headings_unused"}


def test_a_column_without_heading_is_named(read):
    def change(sheets):
        for i, row in enumerate(sheets[SCHOOLS]):
            row.append(None if i == 0 else f"x{i}")

    _, found = read(change)
    assert found["columns_without_heading"][0].severity == "warning"


# Rows


def test_totals_are_left_out_and_agree(read, bureau, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        at = [rows[0].index(n) for n in ("常住人口", "1-3年级学生数")]
        total = [None] * len(rows[0])
        total[1] = "合　计"
        for c in at:
            total[c] = sum(r[c] or 0 for r in rows[1:])
        rows.insert(1, total)
        rows.append([None] * len(rows[0]))
        rows.append(["注：数据截至2025年9月", *[None] * (len(rows[0]) - 1)])

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"totals_left_out", "notes_left_out"}
    assert found["totals_left_out"][0].ids == ("#2",)


def test_a_total_that_is_not_the_sum_is_named(read):
    def change(sheets):
        rows = sheets[VILLAGES]
        total = [None] * len(rows[0])
        total[0] = "全县合计"
        for name in ("常住人口", "1-3年级学生数", "4-6年级学生数"):
            c = rows[0].index(name)
            total[c] = sum(r[c] or 0 for r in rows[1:])
        total[rows[0].index("常住人口")] += 7
        rows.append(total)

    _, found = read(change)
    (wrong,) = found["totals_differ"]
    assert (wrong.column, wrong.severity) == ("population", "warning")
    values = dict(wrong.values)
    assert int(values["total"]) - int(values["sum"]) == 7


def with_subtotals(rows, *, below):
    head, *body = rows
    township, people = head.index("乡镇代码"), head.index("常住人口")
    body.sort(key=lambda r: r[township])
    made = [head]
    for code in sorted({r[township] for r in body}):
        block = [r for r in body if r[township] == code]
        total = [None] * len(head)
        total[1], total[people] = f"{code}小计", sum(r[people] or 0 for r in block)
        made += [*block, total] if below else [total, *block]
    grand = [None] * len(head)
    grand[1], grand[people] = "总计", sum(r[people] or 0 for r in body)
    return [*made, grand]


@pytest.mark.parametrize("below", [True, False])
def test_subtotals_above_or_below_their_rows(read, truth, below):
    def change(sheets):
        sheets[VILLAGES] = with_subtotals(sheets[VILLAGES], below=below)

    county, found = read(change)
    assert set(found) == {"totals_left_out"}
    assert county.villages["population"].sum() == truth.villages["population"].sum()


def test_empty_rows_and_repeated_headings_are_no_data(read, bureau, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        sheets[VILLAGES] = [*rows[:9], [], list(rows[0]), *rows[9:], [], []]

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"headings_again"}


def test_merged_names_and_codes_hold_for_each_row(read, truth):
    areas = []

    def change(sheets):
        rows = sheets[VILLAGES]
        c = rows[0].index("乡镇代码")
        body = sorted(rows[1:], key=lambda r: r[c])
        start = 0
        for i in range(1, len(body) + 1):
            if i == len(body) or body[i][c] != body[start][c]:
                if i - start > 1:
                    areas.append(f"{letter(c)}{start + 2}:{letter(c)}{i + 1}")
                    for row in body[start + 1 : i]:
                        row[c] = None
                start = i
        sheets[VILLAGES] = [rows[0], *body]

    county, found = read(change, merge={VILLAGES: areas})
    assert set(found) == {"merged_filled"}
    ids = truth.villages.index
    assert county.villages.loc[ids, "township_id"].equals(truth.villages["township_id"])


def test_merged_numbers_count_once_and_are_named(read):
    def change(sheets):
        rows = sheets[VILLAGES]
        rows[3][rows[0].index("留守儿童数")] = None

    _, found = read(change, merge={VILLAGES: ["H3:H4"]})
    assert found["merged_numbers"][0].severity == "warning"


# Values


NUMBERS = [("1,234", 1234), ("\uff11\uff12\uff13\uff14", 1234), ("1234人", 1234),
           (" 1 234 ", 1234), ("0.12万", 1200),
           ("\uff11\uff0c\uff12\uff13\uff14", 1234), ("1234.0", 1234)]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_numbers_typed_as_text_are_read(read, bureau, text, number):
    def change(sheets):
        bureau.set_cell(sheets[VILLAGES], 3, "常住人口", text)

    county, found = read(change)
    assert county.villages["population"].iloc[2] == number
    assert set(found) <= {"numbers_read"}
    assert found or text.isascii()


@pytest.mark.parametrize("text", ["12,34", "约100", "1.2.3", "12；13", "1,2345"])
def test_what_is_no_number_is_refused(refuse, bureau, text):
    found = refuse(lambda s: bureau.set_cell(s[VILLAGES], 3, "常住人口", text))
    assert text in found["not_a_number"].what("zh")


@pytest.mark.parametrize("text", ["*", "-1", -1, "—", "——", "/", "无", "×", "N/A", "-", "－"])
def test_signs_for_not_applicable_are_no_value(read, bureau, text):
    def change(sheets):
        bureau.set_cell(sheets[SCHOOLS], 3, "教学班数", text)

    county, found = read(change)
    assert pd.isna(county.schools["classes"].iloc[2])
    (note,) = found["not_applicable"]
    assert (note.column, note.ids, note.severity) == ("classes", ("#4",), "note")


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


# Codes


def test_codes_as_decimals_and_with_quotes_are_read(read, bureau, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        for i, row in enumerate(rows[1:]):
            row[0] = (f"{row[0]}.0", f"'{row[0]}", row[0])[i % 3]

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"codes_read"}


def test_codes_that_became_numbers_are_the_same(read, bureau, truth):
    def change(sheets):
        for name in (VILLAGES, FLOWS):
            for row in sheets[name][1:]:
                row[0] = float(row[0])

    county, found = read(change)
    assert not found
    bureau.same(county, truth)


def zeros(sheets, name, *, lost):
    """Put two zeros before all codes of villages; lose them in one sheet."""
    for sheet in (VILLAGES, FLOWS):
        for row in sheets[sheet][1:]:
            row[0] = row[0] if sheet == name and lost(row) else f"00{row[0]}"


@pytest.mark.parametrize("sheet", [VILLAGES, FLOWS])
def test_lost_zeros_are_given_back_by_the_other_table(read, sheet):
    county, found = read(lambda s: zeros(s, sheet, lost=bool))
    assert county.villages.index.str.startswith("00").all()
    assert county.flows["village_id"].isin(county.villages.index).all()
    assert set(found) == {"codes_zeros"}


def test_zeros_lost_by_some_rows_are_given_back_by_the_others(read, truth):
    def change(sheets):
        zeros(sheets, VILLAGES, lost=lambda row: str(row[0])[-1] in "13")
        del sheets[FLOWS]

    county, found = read(change)
    assert list(county.villages.index) == [f"00{i}" for i in truth.villages.index]
    assert set(found) == {"codes_zeros"}


def test_codes_of_odd_length_are_named(read):
    def change(sheets):
        sheets[VILLAGES][4][0] = sheets[VILLAGES][4][0][:-1]
        del sheets[FLOWS]

    _, found = read(change)
    assert found["codes_odd_length"][0].count == 1


def test_a_rounded_code_that_only_one_fits_is_completed(read, bureau, truth):
    row = next(i for i, k in enumerate(truth.schools.index, 1)
               if k in set(truth.flows["school_id"]))  # fmt: skip

    def change(sheets):
        rows = sheets[SCHOOLS]
        rows[row][0] = f"{float(rows[row][0]):.8E}"

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"codes_completed"}


def test_rounded_codes_that_several_fit_are_refused_with_their_rows(refuse):
    def change(sheets):
        for row in sheets[FLOWS][1:4]:
            row[0] = f"{float(row[0]):.2E}"

    found = refuse(change)
    assert found["codes_rounded"].ids == ("#2", "#3", "#4")


def test_townships_by_name_become_codes(read, bureau, truth):
    names = truth.townships["name"].to_dict()

    def change(sheets):
        rows = sheets[VILLAGES]
        c = rows[0].index("乡镇代码")
        rows[0][c] = "所属乡镇"
        for row in rows[1:]:
            row[c] = names[row[c]]

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"headings_guessed", "townships_by_name"}


# Tables


def test_sheets_by_other_names_are_recognised_and_told(read, bureau, truth):
    def change(sheets):
        names = {VILLAGES: "Sheet1", SCHOOLS: "2025学年", CANDIDATES: "拟建", FLOWS: "x"}
        for old, new in names.items():
            sheets[new] = sheets.pop(old)

    county, found = read(change)
    bureau.same(county, truth)
    assert {f.table for f in found["table_guessed"]} == {
        "villages",
        "schools",
        "candidates",
        "flows",
    }
    assert set(found) == {"table_guessed"}


def test_two_sheets_that_may_be_one_table_are_refused(refuse):
    def change(sheets):
        sheets["一"], sheets["二"] = sheets[VILLAGES], sheets.pop(VILLAGES)

    assert "二" in refuse(change)["two_tables"].what("zh")


def test_a_sheet_that_is_nothing_is_not_taken(read, bureau, truth):
    def change(sheets):
        sheets["说明"] = [["本表由各乡镇填报"], ["学校名称", "电话"], ["某小学", "123"]]

    county, found = read(change)
    assert not found
    bureau.same(county, truth)


def test_all_as_gbk_csv_gives_the_same_county(bureau, clean, truth, tmp_path):
    import shutil

    folder = shutil.copytree(clean, tmp_path / "csv")
    for name, rows in bureau.rows_of(clean).items():
        text = "\r".join(",".join("" if v is None else str(v) for v in r) for r in rows)
        (folder / f"{name}.csv").write_bytes(text.encode("gbk"))
    (folder / WORKBOOK).unlink()
    county = lp.read_county(folder)
    assert not bureau.codes(county)
    bureau.same(county, truth)


def test_an_old_workbook_gives_the_same_county(bureau, clean, truth, tmp_path):
    import shutil

    import xlwt

    folder = shutil.copytree(clean, tmp_path / "old")
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in bureau.rows_of(clean).items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value)
    (folder / WORKBOOK).unlink()
    book.save(str(folder / "学校与村庄.xls"))
    county = lp.read_county(folder)
    assert not bureau.codes(county)
    bureau.same(county, truth)


def test_a_lost_byte_is_a_finding_of_the_county(bureau, clean, tmp_path):
    import shutil

    folder = shutil.copytree(clean, tmp_path / "csv")
    rows = bureau.rows_of(clean)[VILLAGES]
    raw = "\n".join(",".join("" if v is None else str(v) for v in r) for r in rows).encode("gbk")
    name = rows[2][1].encode("gbk")
    raw = raw.replace(name, name[:-1] + b"\xff", 1)
    (folder / "村庄.csv").write_bytes(raw)
    sheets = bureau.rows_of(clean)
    del sheets[VILLAGES]
    bureau.write_sheets(folder / WORKBOOK, sheets)
    found = bureau.by_code(lp.read_county(folder))
    assert found["lost_bytes"][0].ids == ("#3",)


def test_coordinates_that_are_no_numbers_are_refused_with_their_rows(refuse, bureau):
    found = refuse(lambda s: bureau.set_cell(s[VILLAGES], 3, "经度", "村口往东"))
    assert found["coordinates_unread"].ids == ("#4",)


# The learned mapping


def command(monkeypatch, capfd, *args):
    import sys

    from layoutplan import cli

    monkeypatch.setattr(sys, "argv", ["layoutplan", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    return stop.value.code, capfd.readouterr().out


def test_the_learned_mapping_is_written_read_and_gives_the_same_county(
    bureau, clean, truth, tmp_path, monkeypatch, capfd
):
    from layoutplan.sources.columns import read_columns

    def change(sheets):
        for sheet, names in ALIASES.items():
            rename(sheet, names)(sheets)
        top, below, spread, _ = grades(sheets[SCHOOLS])
        sheets["Sheet2"] = [["表"], top, below, *spread]
        del sheets[SCHOOLS]
        for i, row in enumerate(sheets["Sheet2"][1:]):
            row.append(None if i == 1 else ['不明"列\\' if i == 0 else "x"][0])

    folder = bureau.deliver(clean, tmp_path / "bureau", change)
    mapping = tmp_path / "columns.toml"
    code, out = command(
        monkeypatch, capfd, "check", folder, "--write-columns", mapping, "--lang", "en"
    )
    assert code == 0, out
    assert "columns.toml" in out.replace("\n", "")
    columns = read_columns(mapping)
    assert columns["schools"]["layer"] == "Sheet2"
    assert columns["schools"]["enrolment_g13"][0] == "在校生数/一年级"
    assert "不明" in mapping.read_text(encoding="utf-8")
    county = lp.read_county(folder, columns=columns)
    bureau.same(county, truth, further={'不明"列\\'})
    # What the planner has confirmed is no guess any more.
    assert set(bureau.by_code(county)) == {"headings_unused"}
    code, out = command(
        monkeypatch, capfd, "check", folder, "--write-columns", mapping, "--lang", "en"
    )
    assert code == 2


def test_a_corrected_mapping_holds_against_the_guess(read):
    def change(sheets):
        rows = sheets[VILLAGES]
        rows[0][rows[0].index("常住人口")] = "总人口"
        for i, row in enumerate(rows):
            row.append("实住人数" if i == 0 else 7)

    county, found = read(change, columns={"villages": {"population": "实住人数"}})
    assert (county.villages["population"] == 7).all()
    assert set(found) == {"headings_unused"}


def test_a_mapping_may_name_the_place_and_add_up_columns(read, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        rows[0][rows[0].index("经度")] = "位置一"
        rows[0][rows[0].index("纬度")] = "位置二"
        for i, row in enumerate(rows):
            half = row[rows[0].index("留守儿童数")] if i else None
            row.extend(["甲", "乙"] if i == 0 else [half, "1,000"])

    county, _ = read(
        change,
        columns={"villages": {"lon": "位置一", "lat": "位置二", "left_behind": ["甲", "乙"]}},
    )
    assert (county.villages["left_behind"] - 1000).tolist() == truth.villages[
        "left_behind"
    ].tolist()


def test_a_mapping_that_names_no_heading_is_refused(refuse):
    found = refuse(list, columns={"villages": {"population": ["没有", "这列"]}})
    assert found["mapped_column_missing"]


def test_a_comma_that_moves_the_cells_of_a_row_is_refused_with_the_row(bureau, clean, tmp_path):
    import shutil

    folder = shutil.copytree(clean, tmp_path / "csv")
    for name, rows in bureau.rows_of(clean).items():
        if name == VILLAGES:
            rows[2][1] = "河口,新村"
        text = "\n".join(",".join("" if v is None else str(v) for v in r) for r in rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / WORKBOOK).unlink()
    with pytest.raises(DataError) as caught:
        lp.read_county(folder)
    found = {f.code: f.ids for f in caught.value.findings}
    assert found["rows_too_long"] == ("#3",)
