"""Votes and unsafe ways: read from what people fill in, and every breach named at once."""

from datetime import datetime

import openpyxl
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.errors import DataError
from layoutplan.gates import gates, read_unsafe_ways, read_votes
from layoutplan.gates.recorded import parse_date, plain_file_name
from layoutplan.gates.votes import typed_votes

HEAD = "school_id,gate,votes_for,votes_against,date,evidence,recorded_by\n"
HEAD_ZH = "学校标识码,征求意见方式,赞成人数（人）,反对人数（人）,日期,佐证材料文件名,记录人\n"


def wrong(path, read=read_votes):
    with pytest.raises(DataError) as caught:
        read(path)
    for lang in ("zh", "en"):
        assert caught.value.message(lang)
    return {(f.code, f.column): f for f in caught.value.findings}


def test_votes_in_chinese_from_gb18030(tmp_path):
    path = tmp_path / "意见.csv"
    rows = "0012,听证意见,7,2,2026年5月20日,听证会记录.pdf,王五\n0012,家长意见,30,10,2026/5/12,,\n"
    path.write_bytes((HEAD_ZH + rows).encode("gb18030"))
    table = read_votes(path)
    assert table["school_id"].tolist() == ["0012", "0012"]
    assert table["gate"].tolist() == ["hearing", "parents"]
    assert table["date"].tolist() == ["2026-05-20", "2026-05-12"]
    assert table["votes_against"].tolist() == [2, 10]
    assert table["evidence"].tolist() == ["听证会记录.pdf", ""]


def test_votes_from_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "说明"
    sheet = book.create_sheet("意见记录")
    sheet.append(HEAD_ZH.strip().split(","))
    sheet.append([12, "家长意见", 30, 10, datetime(2026, 5, 12), "a.pdf", None])  # noqa: DTZ001
    sheet.append([None] * 7)
    sheet.append(["S2", "hearing", "1,030", "0", "2026.5.12", None, None])
    sheet.append(["S3", "hearing", None, None, None, None, None])
    path = tmp_path / "votes.xlsx"
    book.save(path)
    table = read_votes(path)
    assert table["school_id"].tolist() == ["12", "S2"]
    assert table["votes_for"].tolist() == [30, 1030]
    assert table["date"].tolist() == ["2026-05-12", "2026-05-12"]


def test_every_breach_of_votes_is_named_at_once(tmp_path):
    path = tmp_path / "votes.csv"
    rows = [
        ",parents,1,2,2026-05-12,,",  # row 2
        "S1,neighbours,1,2,2026-05-12,,",
        "S2,parents,1,,2026-05-12,,",
        "S3,parents,0,0,2026-05-12,,",  # row 5
        "S4,parents,1.5,x,2026-05-12,,",
        "S5,parents,-1,3,2026-13-12,,",
        "S6,parents,1,3,,../secret.pdf,",  # row 8
        "S7,parents,1,3,2026-05-12,,",
        "S7,parents,2,2,2026-5-12,,",  # row 10
        "S8,parents,,,someday,C:\\x,",  # not filled in yet: not looked at
    ]
    path.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    found = wrong(path)
    rows_of = {key: f.ids for key, f in found.items()}
    assert rows_of == {
        ("blank_value", "school_id"): ("#2",),
        ("blank_value", "date"): ("#8",),
        ("unknown_value", "gate"): ("#3",),
        ("votes_one_side", "votes_for"): ("#4",),
        ("votes_of_nobody", "votes_for"): ("#5",),
        ("not_whole", "votes_for"): ("#6",),
        ("not_a_number", "votes_against"): ("#6",),
        ("negative", "votes_for"): ("#7",),
        ("bad_date", "date"): ("#7",),
        ("no_plain_file_name", "evidence"): ("#8",),
        ("votes_twice", "school_id"): ("#9", "#10"),
    }


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("votes.csv", None, "no_table_file"),
        ("votes.txt", b"x", "unknown_format"),
        ("votes.csv", b"", "empty_file"),
        ("votes.csv", b"\xff\xfe\xff\x00\x81", "unreadable_encoding"),
        ("votes.csv", b'school_id,gate\nA,"parents\n', "corrupt_file"),
        ("votes.csv", b"school_id,gate\nA,parents,1,2\n", "corrupt_file"),
        ("votes.csv", b"name\nx\n", "missing_column"),
        ("votes.csv", "school_id,学校标识码,gate\nA,A,parents\n".encode(), "two_columns"),
        ("votes.xlsx", b"no workbook", "corrupt_file"),
    ],
)
def test_files_that_are_none(tmp_path, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert code in {c for c, _ in wrong(path)}


def test_a_workbook_with_many_sheets_and_none_of_votes(tmp_path):
    book = openpyxl.Workbook()
    book.create_sheet("other")
    path = tmp_path / "votes.xlsx"
    book.save(path)
    assert ("missing_table", "") in wrong(path)


def test_a_folder_is_no_table(tmp_path):
    (tmp_path / "votes.csv").mkdir()
    assert {c for c, _ in wrong(tmp_path / "votes.csv")} == {"corrupt_file"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-12", "2026-05-12"),
        ("2026/5/2", "2026-05-02"),
        ("2026年5月12日", "2026-05-12"),
        ("2026-05-12 00:00:00", "2026-05-12"),
        ("12.5.2026", None),
        ("2026-02-30", None),
        ("20260512", None),
        ("", None),
    ],
)
def test_dates(text, day):
    read = parse_date(text)
    assert (read.isoformat() if read else None) == day


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("听证会 记录.pdf", True),
        ("", True),
        ("a/b.pdf", False),
        ("a\\b.pdf", False),
        ("..", False),
        ("https://x.invalid/a", False),
        ("a\nb", False),
    ],
)
def test_evidence_is_a_name_and_never_a_path(name, plain):
    assert plain_file_name(name) is plain


def test_votes_from_a_table_with_numbers_and_dates():
    row = {"school_id": 12.0, "gate": "parents", "votes_for": 3, "votes_against": 1.0}
    frame = pd.DataFrame([row | {"date": pd.Timestamp("2026-05-12")}], index=["a"])
    assert typed_votes(frame).loc[0, ["school_id", "date"]].tolist() == ["12", "2026-05-12"]
    assert typed_votes(frame.iloc[:0]).empty
    with pytest.raises(DataError) as caught:
        typed_votes(frame.drop(columns=["gate", "school_id"]))
    assert {f.column for f in caught.value.findings} == {"gate", "school_id"}


def test_votes_must_know_the_county_and_may_serve_several_plans(draw):
    county, times = draw(
        {"V1": (40, 0, 0)},
        {"A": {"kind": "primary", "places": 90}, "B": {"kind": "primary", "places": 90}},
        {("V1", "A"): 5, ("V1", "B"): 10},
    )
    today = lp.evaluate(county, times)
    plan = lp.evaluate(county, times, today.decisions_with(A="close"))
    rows = [("A", "parents", 1, 0, "2026-05-12"), ("B", "parents", 0, 1, "2026-05-12")]
    table = pd.DataFrame(rows, columns=["school_id", "gate", "votes_for", "votes_against", "date"])
    done = gates(plan, votes=table)
    assert done.verdict("A", "parents") == "pass"
    assert [(f.code, f.severity, f.ids) for f in done.findings] == [
        ("votes_not_needed", "note", ("B",))
    ]
    with pytest.raises(DataError) as caught:
        gates(plan, votes=table.assign(school_id=["A", "Z"]))
    assert [(f.code, f.ids) for f in caught.value.findings] == [("unknown_reference", ("Z",))]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_is_read_back_once_it_is_filled_in(draw, tmp_path, lang):
    county, times = draw(
        {"V1": (40, 0, 0)},
        {"A": {"kind": "primary", "places": 90}, "B": {"kind": "primary", "places": 90}},
        {("V1", "A"): 5, ("V1", "B"): 10},
    )
    today = lp.evaluate(county, times)
    done = gates(lp.evaluate(county, times, today.decisions_with(A="close")))
    form = done.votes_form(lang)
    assert form.shape == (2, 8)
    path = tmp_path / "form.csv"
    form.to_csv(path, index=False)
    assert read_votes(path).empty
    form.iloc[:, 3], form.iloc[:, 4], form.iloc[:, 5] = ["3", "4"], ["1", "5"], "2026-05-12"
    form.to_csv(path, index=False)
    again = gates(done_plan := lp.evaluate(county, times, today.decisions_with(A="close")),
                  votes=read_votes(path))  # fmt: skip
    assert [again.verdict("A", g) for g in ("parents", "hearing")] == ["pass", "fail"]
    assert gates(done_plan, votes=again.votes).votes_form(lang).equals(again.votes_form(lang))
    assert again.votes_form(lang).iloc[:, 3].tolist() == ["3", "4"]


def test_unsafe_ways_are_read(tmp_path):
    path = tmp_path / "ways.csv"
    path.write_text("村代码,学校标识码,隐患,日期\nV1,S1,漫水桥,2026-5-1\nV1,S1,漫水桥,2026-5-1\n")
    assert read_unsafe_ways(path)["hazard"].tolist() == ["漫水桥"]
    path.write_text("village_id,school_id,hazard,date\nV1,,,soon\n")
    assert set(wrong(path, read_unsafe_ways)) == {
        ("blank_value", "school_id"),
        ("blank_value", "hazard"),
        ("bad_date", "date"),
    }
