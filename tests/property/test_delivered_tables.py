"""Any table, however its headings and cells are dressed, reads back equal."""

from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from layoutplan.sources.columns import apply_columns
from layoutplan.sources.headings.aliases import aliases
from layoutplan.sources.headings.learned import learn
from layoutplan.sources.headings.rows import headed
from layoutplan.sources.sheets import read_sheets
from layoutplan.sources.values.settled import settle_values
from layoutplan.tables import COUNTY_TABLES, heading

NUMBERS = {
    "villages": ("population", "left_behind", "pupils_g13", "pupils_g46", "pupils_g79",
                 "births_2023", "age_7"),
    "schools": ("classrooms", "places", "classes", "teachers", "books", "enrolment_g13",
                "computers"),
}  # fmt: skip
KEYS = {"villages": "village_id", "schools": "school_id"}
NOISE = ("", "备注", "序号", "联系电话")
SURNAMES = "河上下东西南北王李张赵陈"
FORMS = (
    str,
    int,
    lambda n: f"{n:,}",
    lambda n: f" {n}人",
    lambda n: str(n).translate({ord("0") + i: ord("\uff10") + i for i in range(10)}),
    lambda n: f"{n}.0",
)
"""How a number may be typed."""

DRESSES = (
    lambda h: h,
    lambda h: f"{h}（人）" if "(" not in h and "（" not in h else h,
    lambda h: f" {h[:2]}\n{h[2:]}",
    lambda h: f"一、{h}",
    lambda h: f"其中：{h}",
    lambda h: f"{h}_x000D_",
)
"""How a heading may be dressed."""


def spoken(table, column):
    """Give all headings of a column."""
    if column.startswith("births"):
        return [f"{column[-4:]}年出生人数", f"{column[-4:]}年出生人口", f"出生人数{column[-4:]}年"]
    if column.startswith("age"):
        return ["7岁", "7周岁人数", "7岁儿童数"]
    declared = COUNTY_TABLES[table]
    own = [declared[column].zh, heading(declared, column, lang="zh")]
    return [*own, *aliases()[table].get(column, ())]


@st.composite
def dressed(draw):
    """Draw a table with its truth and the rows in which it is delivered."""
    table = draw(st.sampled_from(sorted(NUMBERS)))
    numbers = draw(st.lists(st.sampled_from(NUMBERS[table]), min_size=2, unique=True))
    columns = [KEYS[table], "name", *numbers]
    names = {c: draw(st.sampled_from(spoken(table, c))) for c in columns}
    dress = {c: draw(st.sampled_from(DRESSES))(names[c]) for c in columns}
    count = draw(st.integers(2, 8))
    truth = {
        KEYS[table]: [f"{draw(st.integers(0, 1))}34{i:07d}" for i in range(count)],
        "name": [draw(st.text(SURNAMES, min_size=1, max_size=3)) + "村" for _ in range(count)],
    }
    for column in numbers:
        truth[column] = draw(st.lists(st.integers(0, 9999), min_size=count, max_size=count))
    order = draw(st.permutations([*columns, *draw(st.sets(st.sampled_from(NOISE)))]))
    head = [dress.get(c, c) for c in order]
    body = [
        [
            draw(st.sampled_from(FORMS))(truth[c][i])
            if c in numbers
            else truth.get(c, ["x"] * count)[i]
            for c in order
        ]
        for i in range(count)
    ]  # fmt: skip
    for row in body:
        for at, c in enumerate(order):
            row[at] = "" if c == "" else row[at]
    return table, truth, frame_of(draw, order, head, body, numbers, truth)


def frame_of(draw, order, head, body, numbers, truth):
    """Put titles, groups, rows of letters, totals, notes and empty rows around a table."""
    rows, merged = [], []
    width = len(order)
    if draw(st.booleans()):
        rows.append(["某县2025学年统计表"] + [""] * (width - 1))
        merged.append((1, 1, 1, width))
    if draw(st.booleans()):
        rows.append(["填报单位：某县教育局"] + [""] * (width - 1))
    at = [i for i, c in enumerate(order) if c in numbers]
    first = len(rows) + 1
    # A group stands above neighbouring columns of numbers.
    if at[-1] - at[0] == len(at) - 1 and len(at) < width and draw(st.booleans()):
        group = [h if i not in at else "" for i, h in enumerate(head)]
        group[at[0]] = "基本情况"
        rows.append(group)
        rows.append([h if i in at else "" for i, h in enumerate(head)])
        merged.append((first, at[0] + 1, first, at[-1] + 1))
        merged += [
            (first, i + 1, first + 1, i + 1) for i in range(width) if i not in at and head[i]
        ]
    else:
        rows.append(head)
    if draw(st.booleans()) and width >= 4:
        letters = draw(st.booleans())
        rows.append([chr(ord("A") + i) if letters else str(i + 1) for i in range(width)])
    total = [""] * width
    total[order.index("name")] = draw(st.sampled_from(["合计", "合 计", "全县合计"]))
    for i in at:
        total[i] = str(sum(truth[order[i]]))
    if draw(st.booleans()):
        rows.append(total)
    rows += body
    if draw(st.booleans()):
        rows.insert(len(rows) - 1, [""] * width)
    if draw(st.booleans()):
        rows.append(["注：本表数据截至9月1日"] + [""] * (width - 1))
    return rows, merged


def write(folder, rows, merged, kind):
    path = folder / f"表.{kind if kind in ('xls', 'xlsx') else 'csv'}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([v if v != "" else None for v in row])
        for top, left, bottom, right in merged:
            book.active.merge_cells(
                start_row=top, start_column=left, end_row=bottom, end_column=right
            )
        book.save(path)
    elif kind == "xls":
        book = xlwt.Workbook(encoding="utf-8")
        sheet = book.add_sheet("s")
        covered = {
            (r, c) for t, le, b, ri in merged for r in range(t, b + 1) for c in range(le, ri + 1)
        }
        for t, le, b, ri in merged:
            sheet.write_merge(t - 1, b - 1, le - 1, ri - 1, rows[t - 1][le - 1])
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                if value != "" and (r, c) not in covered:
                    sheet.write(r - 1, c - 1, value)
        book.save(str(path))
    else:
        lines = [",".join(f'"{v}"' if v != "" else "" for v in row) for row in rows]
        path.write_bytes("\r\n".join(lines).encode(kind))
    return path


@settings(max_examples=60, deadline=None)
@given(drawn=dressed(), kind=st.sampled_from(["xlsx", "xls", "utf-8", "gb18030", "utf-16"]))
def test_any_dressed_table_reads_back_equal(drawn, kind):
    table, truth, (rows, merged) = drawn
    with TemporaryDirectory() as folder:
        (sheet,) = read_sheets(write(Path(folder), rows, merged, kind))
    found = headed(sheet)
    known = learn(found.frame.columns, COUNTY_TABLES[table], given={})
    mapped = apply_columns({table: found.frame}, {table: known.entries})
    settled = settle_values(mapped.tables, columns={table: known.entries}, units={})
    frame = settled.tables[table]
    assert not [f for f in (*found.findings, *known.findings, *settled.findings)
                if f.severity == "error" or f.code == "totals_differ"]  # fmt: skip
    assert list(frame[KEYS[table]]) == truth[KEYS[table]]
    assert list(frame["name"]) == truth["name"]
    for column in truth.keys() - {KEYS[table], "name"}:
        assert [int(float(v)) for v in frame[column]] == truth[column], column
