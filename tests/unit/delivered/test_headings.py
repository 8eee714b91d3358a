"""Headings as bureaus write them: other names, two rows, grades, notes, doubles."""

import pytest
from sheets_changed import ALIASES, SCHOOLS, VILLAGES, grades, letter, rename


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
