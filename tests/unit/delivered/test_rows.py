"""Rows that are no data: totals, repeated headings, notes; and merged cells."""

import pytest
from sheets_changed import VILLAGES, letter


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
