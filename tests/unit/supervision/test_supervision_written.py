"""What is written: equal bytes, hostile names as text, missing parts said in place, real parts."""

import json
import re
import sys

import docx
import openpyxl
import pandas as pd
import pytest
from made_up_months import RULES, assessed

import layoutplan as lp
from layoutplan import cli
from layoutplan.balance import quality_2017
from layoutplan.maps.lights_map import lights_map
from layoutplan.papers import write_supervision as write_paper
from layoutplan.reports.supervision import write_supervision
from layoutplan.reports.supervision_page import notices_html, supervision_html
from layoutplan.supervision import (
    add_item,
    close_item,
    init_ledger,
    open_ledger,
    record_assessment,
    report,
)
from layoutplan.supervision.declared import REPORT_TABLES

HOSTILE = ("=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "<script>alert(1)</script>", "\t=1")


def test_equal_ledgers_give_equal_bytes(year, tmp_path, small):
    made = [report(year, "2027-09", standards=RULES, countdown={"b": "2027-12-31"}) for _ in "ab"]
    files = [write_supervision(m, tmp_path / f"{i}.xlsx") for i, m in enumerate(made)]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert supervision_html(made[0]) == supervision_html(made[1])
    assert notices_html(made[0]) == notices_html(made[1])
    pages = [lights_map(m, small).page() for m in made]
    assert pages[0] == pages[1]


def test_both_languages_say_every_table(year):
    made = report(year, "2027-08", standards=RULES)
    for name, table in REPORT_TABLES.items():
        zh, en = made.words(name, lang="zh"), made.words(name, lang="en")
        assert len(zh.columns) == len(set(zh.columns)) == len(table.columns)
        assert len(en.columns) == len(set(en.columns))
        assert len(zh) == len(en) == len(made.tables[name])
    assert "路途时间超过上限的学生数" in set(made.words("items", lang="zh")["事项"])
    assert "pupils beyond the travel limit" in set(made.words("items", lang="en")["matter"])
    assert "■ red" in set(made.words("items", lang="en")["light"])


def test_hostile_names_are_text(tmp_path, small):
    ledger = init_ledger(tmp_path / "l.sqlite", county=HOSTILE[4], lang="en")
    towns = dict(zip(small.townships.index, HOSTILE, strict=False))
    record_assessment(
        ledger, assessed({"travel_beyond": 3}, towns=towns, source=HOSTILE[0]), date="2027-01-10",
        people=dict.fromkeys(towns, HOSTILE[3]),
    )  # fmt: skip
    school = small.schools.index[0]
    for name in HOSTILE:
        add_item(ledger, name, date="2027-01-11", due="2027-01-20", owner=name, place_id=school,
                 place=name, person=name, basis=name)  # fmt: skip
    made = report(ledger, "2027-01", countdown={HOSTILE[0]: "2027-06-30"})
    book = openpyxl.load_workbook(write_supervision(made, tmp_path / "r.xlsx"))
    cells = [c for page in book for row in page.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"]
    starts = [c for c in cells if c.data_type == "s" and str(c.value).startswith(("=", "+", "@"))]
    assert len(starts) > 10
    assert all(c.quotePrefix for c in starts)
    for page in (supervision_html(made), notices_html(made)):
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)" in page
    paper = docx.Document(write_paper(made, tmp_path / "r.docx"))
    assert not [e for e in paper.element.body.iter() if e.tag.endswith(("}hyperlink", "}object"))]
    told = {c.text.strip() for t in paper.tables for c in t._cells}
    assert told >= {h.strip() for h in HOSTILE}
    page = lights_map(made, small).page()
    assert "<script>alert(1)" not in page
    contents = re.search(r'id="lights-map-contents">(.*?)</script>', page, re.DOTALL).group(1)
    schools = json.loads(contents)["schools"]
    assert schools["light"].count("red") == 1
    assert HOSTILE[4] in " ".join(schools["lines"][0])
    assert not re.findall(r'(?:src|href)="http', page)


def test_an_empty_ledger_says_what_is_missing_in_place(tmp_path):
    ledger = init_ledger(tmp_path / "l.sqlite", county="龙河县")
    made = report(ledger, "2027Q1")
    codes = {t: {f.code for f in found} for t, found in made.missing.items()}
    assert codes["indicators"] == {"supervision_no_assessment"}
    for table in ("balance", "schools", "favoured"):
        assert codes[table] == {"supervision_no_balance"}
    assert codes["items"] == {"supervision_no_gates", "supervision_no_steps"}
    assert codes["next_steps"] == {"supervision_no_steps"}
    assert codes["townships"] == {"supervision_no_townships"}
    assert codes["countdown"] == {"supervision_no_days"}
    page = supervision_html(made)
    for table in made.missing:
        for sentence in made.said_missing(table):
            assert sentence in page
    book = openpyxl.load_workbook(write_supervision(made, tmp_path / "r.xlsx"))
    text = "".join(str(c.value) for p in book for row in p.iter_rows() for c in row if c.value)
    assert all(s in text for t in made.missing for s in made.said_missing(t))


def test_townships_without_a_head_are_named(tmp_path):
    ledger = init_ledger(tmp_path / "l.sqlite", county="龙河县")
    record_assessment(ledger, assessed({"travel_beyond": 1}), date="2027-01-10",
                      people={"T03": "赵梅"})  # fmt: skip
    made = report(ledger, "2027-02")
    (found,) = [f for f in made.missing["townships"] if f.code == "supervision_no_heads"]
    assert found.count == 9
    assert "supervision_older" in {f.code for f in made.missing["indicators"]}
    assert set(made.items["missing"]) == {"", "person"}


@pytest.fixture(scope="module")
def real(small, small_today, small_times, tmp_path_factory):
    ledger = init_ledger(tmp_path_factory.mktemp("real") / "l.sqlite", county=small.name)
    balance, done = quality_2017(small), lp.assess(small_today)
    largest = small.schools["enrolment_g13"].fillna(0).idxmax()
    closing = lp.evaluate(small, small_times, small_today.decisions_with(**{largest: "close"}))
    steps = pd.DataFrame({"site_id": [largest], "step": ["notice"], "due": ["2027-03-15"]})
    first = record_assessment(ledger, done, date="2027-01-20", county=small, balance=balance,
                              gates=lp.gates(closing), steps=steps)  # fmt: skip
    later = record_assessment(
        ledger, done, date="2027-02-20", county=small, balance=balance,
        gates=lp.gates(small_today), steps=steps.assign(due="2027-04-15"),
    )  # fmt: skip
    return ledger, balance, first, later


def test_indicators_gaps_gates_and_steps_become_items_once(real):
    ledger, balance, first, later = real
    made = report(ledger, "2027-02")
    items = made.items
    assert set(items["origin"]) == {"indicator", "gap", "gate", "step"}
    assert len(items) == len(first.opened)
    assert later.opened == ()
    gaps = lp.balance.gaps(balance)
    owed = items[items["origin"] == "gap"]
    assert len(owed) == len(gaps)
    assert owed["value"].sum() == pytest.approx(gaps["missing"].sum())
    assert set(owed["place_id"]) == set(gaps["school_id"])
    assert owed["basis"].ne("").all()
    # The closure is proposed no more, so its gates are met; the roadmap moved its step.
    assert set(items[items["origin"] == "gate"]["state"]) == {"met"}
    assert later.postponed == tuple(items[items["origin"] == "step"]["item_id"])
    assert made.tables["balance"]["stage"].value_counts().to_dict() == {"primary": 8, "junior": 8}
    assert set(made.tables["balance"]["trend"]) <= {"same", ""}


def test_the_weakest_schools_are_favoured_in_the_order_of_the_gaps(real):
    ledger, balance, _, _ = real
    listed = report(ledger, "2027-02").tables["favoured"]
    failing = balance.schools[balance.schools["met"] == "no"]
    order = failing.sort_values(["level", "pupils", "school_id"], ascending=[True, False, True])
    assert listed["school_id"].tolist() == order["school_id"].head(10).tolist()
    assert listed["last_rank"].tolist() == listed["rank"].tolist()


def test_no_item_is_lost_between_township_counts_and_the_ledger(real):
    ledger = real[0]
    made = report(ledger, "2027Q1")
    with_town = made.items[made.items["township_id"] != ""]
    assert made.townships["open"].sum() == with_town["state"].ne("closed").sum()
    noticed = made.notices["item_id"]
    assert not noticed.duplicated().any()
    wanted = made.items[
        made.items["light"].isin(["yellow", "red"]) & made.items["state"].eq("open")
    ]
    assert set(noticed) == set(wanted["item_id"])


def run(monkeypatch, capfd, *args):
    monkeypatch.setattr(sys, "argv", ["layoutplan", "supervise", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    out, err = capfd.readouterr()
    return stop.value.code or 0, out + err


def test_the_commands_go_from_an_empty_ledger_to_notices(monkeypatch, capfd, tmp_path):
    path, out = tmp_path / "l.sqlite", tmp_path / "out"
    steps = tmp_path / "steps.csv"
    steps.write_text("site_id,step,due\n0123,notice,2027-02-15\n", encoding="utf-8")
    for args in (
        ("init", path, "--name", "龙河县"),
        ("add", path, "--title", "=1", "--owner", "住建局", "--date", "2027-01-05", "--due",
         "2027-02-01"),
        ("add", path, "--steps", steps, "--date", "2027-01-06"),
        ("progress", path, "0002", "--date", "2027-01-20", "--done", "0.5"),
        ("postpone", path, "0002", "--date", "2027-01-21", "--due", "2027-02-20", "--who", "甲",
         "--note", "雪"),
        ("report", path, "2027-02", "-o", out, "--countdown", "验收=2027-06-30"),
        ("notice", path, "2027-02", "-o", out),
    ):  # fmt: skip
        code, text = run(monkeypatch, capfd, *args)
        assert code == cli.DONE, text
    names = {p.name for p in out.iterdir()}
    assert {"supervision.xlsx", "supervision.html", "notices.html", "notices.xlsx"} <= names
    assert "supervision.docx" in names
    made = report(open_ledger(path), "2027-02")
    wanted = made.notices["notice"].str.cat(made.notices["item_id"], sep="-") + ".docx"
    assert len(wanted)
    assert set(wanted) <= names
    tables = docx.Document(str(out / "supervision.docx")).tables
    assert "=1" in {c.text for t in tables for r in t.rows for c in r.cells}
    for file in wanted:
        told = {c.text for t in docx.Document(str(out / file)).tables for c in t._cells}
        assert file.removesuffix(".docx").rsplit("-", 1)[-1] in told
    assert "0123" in (out / "supervision.html").read_text(encoding="utf-8")
    code, text = run(monkeypatch, capfd, "close", path, "0001", "--date", "2027-02-03")
    assert code == cli.BAD_USAGE
    assert "evidence" in text
    code, text = run(monkeypatch, capfd, "status", path, "--today", "2027-02-10")
    assert code == cli.DONE
    assert "0001" in text
    code, text = run(monkeypatch, capfd, "status", tmp_path / "none", "--today", "2027-02-10")
    assert code == cli.BAD_DATA


def test_whoever_strikes_off_stands_in_the_report(tmp_path):
    ledger = init_ledger(tmp_path / "l.sqlite", county="龙河县")
    add_item(ledger, "a", date="2027-01-01", due="2027-02-01", owner="b")
    close_item(ledger, "0001", date="2027-01-05", who="督导员甲", evidence="报告3号")
    told = report(ledger, "2027-01").changes.set_index("change").loc["closed"]
    assert (told["who"], told["evidence"]) == ("督导员甲", "报告3号")


def test_a_written_roadmap_gives_the_items_of_the_ledger(monkeypatch, capfd, tmp_path):
    county = lp.example.county(seed=1, villages=20)
    today = lp.evaluate(county, lp.travel_times(county))
    small = today.decisions.index[today.decisions["kind"].eq("teaching_point")][:1]
    plan = lp.evaluate(
        county, today.times, today.decisions_with(dict.fromkeys(small, "close")), name="mine"
    )
    road = lp.roadmap(plan, start="2027H1", years=2)
    lp.write_roadmap(road, tmp_path / "road")
    path = tmp_path / "l.sqlite"
    for args in (
        ("init", path, "--name", county.name),
        ("add", path, "--steps", tmp_path / "road", "--date", "2027-01-06"),
    ):
        code, text = run(monkeypatch, capfd, *args)
        assert code == cli.DONE, text
    items = report(open_ledger(path), "2027-01").items
    assert len(road.steps)
    assert sorted(str(d)[:10] for d in items["due"]) == sorted(road.steps["due"])
