"""Files of a plan: opened again, counted to the person, harmless, whole or not there."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest

from layoutplan.actions import ACTIONS
from layoutplan.assessment import assess
from layoutplan.county import County
from layoutplan.errors import DataError, InternalError, OptionsError
from layoutplan.example import county_tables
from layoutplan.explain.reasons import reasons
from layoutplan.measures import Options
from layoutplan.network.modes import MODES
from layoutplan.plan import Plan, evaluate
from layoutplan.reports import (
    input_hashes,
    plan_record,
    read_decisions,
    write_comparison,
    write_csv,
    write_geopackage,
    write_plan,
    write_report,
)
from layoutplan.reports.folder import FILES
from layoutplan.reports.layer_styles import ACTION_COLOURS, MODE_COLOURS
from layoutplan.reports.plain_text import as_given, inert, legal
from layoutplan.reports.whole import whole_file, whole_folder
from layoutplan.tables import ASSIGNMENT, BANDS, DECISIONS
from layoutplan.travel import travel_times
from layoutplan.words import say

FORMULA = '=HYPERLINK("http://example.invalid","click")'
NASTY = [FORMULA, "+1", "@x", "-2 村", "\t=1", "'=quoted", "bad\x01char", "#N/A", "<b>&\"'</b>"]


@pytest.fixture(scope="module", name="plans")
def _plans() -> tuple[Plan, Plan]:
    tables = county_tables(1, villages=40)
    schools = tables["schools"].rename(index={tables["schools"].index[0]: "00012"})
    tables["flows"]["school_id"] = tables["flows"]["school_id"].replace(
        tables["schools"].index[0], "00012"
    )
    for table in (schools, tables["villages"]):
        table.iloc[: len(NASTY), table.columns.get_loc("name")] = NASTY
    tables["schools"] = schools
    county = County.from_tables(**tables, name="=龙河县", year=2025)
    times = travel_times(county)
    today = evaluate(county, times)
    primary = schools.index[schools["kind"] == "primary"]
    actions = {primary[0]: "close", primary[1]: "teaching_point"}
    lodging = today.measures.query("measure == 'board'")["site_id"]
    actions |= {next(s for s in lodging if s not in actions): "board"}
    return today, evaluate(county, times, today.decisions_with(actions), name="=mine")


@pytest.fixture(scope="module", name="plan")
def _plan(plans):
    return plans[1]


@pytest.fixture(scope="module", name="result")
def _result(plans, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "mine"
    write_plan(plans[1], folder, against=plans[0], inputs={"/home/a/demo.gpkg": "ab12"}, lang="en")
    return folder


def _cells(path: Path):
    book = openpyxl.load_workbook(path)
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                yield page, cell


def _sheet(path: Path, title: str) -> pd.DataFrame:
    return pd.read_excel(
        path, engine="openpyxl", sheet_name=title, dtype=object, keep_default_na=False
    )


def test_workbook_has_no_formula(result):
    kinds = {cell.data_type for _, cell in _cells(result / "report.xlsx")}
    assert kinds <= {"s", "n", "inlineStr", "f"}
    sums = [c.value for _, c in _cells(result / "report.xlsx") if c.data_type == "f"]
    assert all(str(v).startswith(("=SUM(", "=B")) for v in sums)
    found = [c for _, c in _cells(result / "report.xlsx") if c.value == FORMULA]
    assert found
    assert all(c.quotePrefix for c in found)


def test_workbook_can_be_read_and_printed(result):
    book = openpyxl.load_workbook(result / "report.xlsx")
    assert book.sheetnames == [
        "Summary", "Reconciliation", "Decisions", "Pupils who change school", "Assignment",
        "Pupils without a school", "Closure gates", "Schools that must stay", "Indicators",
        "Gaps to standards", "Projects", "Classes of schools", "Townships", "Findings",
        "Standards and sources", "Method and sources",
        *(t for t in book.sheetnames if t.startswith("Township ")),
    ]  # fmt: skip
    for page in book:
        assert page.freeze_panes
        summary = page.title == "Summary"  # one page to read, with sentences over its width
        assert bool(page.auto_filter.ref) is not summary
        assert bool(page.merged_cells.ranges) is summary
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.fitToHeight == int(summary or page.title == "Reconciliation")
        assert page.print_area
        assert page.sheet_properties.pageSetUpPr.fitToPage


def test_workbook_counts_every_pupil(result, plan):
    assigned = _sheet(result / "report.xlsx", "Assignment").iloc[:-1]
    left = _sheet(result / "report.xlsx", "Pupils without a school").iloc[:-1]
    assert assigned["pupils (persons)"].sum() + left["pupils (persons)"].sum() == plan.pupils_in
    decisions = _sheet(result / "report.xlsx", "Decisions")
    after = [f"pupils in the plan, grades {g} (persons)" for g in ("1-3", "4-6", "7-9")]
    assert decisions[after].to_numpy().sum() == plan.pupils_assigned
    moved = _sheet(result / "report.xlsx", "Pupils who change school").iloc[:-1]
    moves = plan.moves
    assert (
        moved["pupils in all (persons)"].sum()
        == moves.loc[moves["from_site"] != "", "pupils"].sum()
    )


def test_workbook_keeps_codes_and_speaks_in_words(result, plan):
    decisions = _sheet(result / "report.xlsx", "Decisions")
    assert "00012" in set(decisions["school code"])
    spoken = {say(f"action.{a}", "en") for a in plan.decisions["action"]}
    assert set(decisions["action"]) == spoken
    standards = _sheet(result / "report.xlsx", "Standards and sources")
    assert set(standards["id"]) == set(plan.standards)
    assert standards["document"].ne("").all()


def test_workbook_sets_plans_side_by_side(result, plans):
    summary = _sheet(result / "report.xlsx", "Summary").set_index("item")
    before, after = (assess(p, lang="en").value("travel_beyond") for p in plans)
    line = summary.loc["pupils beyond the travel limit"]
    assert (line["=mine"], line.iloc[1], line.iloc[2]) == (after, before, after - before)
    assert summary.loc["pupils in all", "=mine"] == plans[0].pupils_in
    indicators = _sheet(result / "report.xlsx", "Indicators")
    assert "=mine" in indicators


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_workbook_without_another_plan(plan, tmp_path, lang):
    path = write_report(plan, tmp_path / "r.xlsx", lang=lang)
    assert len(openpyxl.load_workbook(path).sheetnames) == 16 + len(plan.county.townships)
    again = write_report(plan, tmp_path / "again.xlsx", lang=lang)
    assert path.read_bytes() == again.read_bytes()


def test_report_of_a_plan_against_one_of_the_same_name(plan, tmp_path):
    path = write_report(plan, tmp_path / "r.xlsx", against=plan, lang="en")
    summary = _sheet(path, "Summary").set_index("item")
    assert summary.loc["schools open", "=mine"] == summary.loc["schools open", "=mine (2)"]


def test_decisions_make_the_round_trip(result, plan):
    back = read_decisions(result / "decisions.csv")
    known = plan.decisions
    assert list(back.columns) == [c.name for c in DECISIONS.columns if c.name != "site_id"]
    pd.testing.assert_index_equal(back.index, known.index, exact=False)
    assert back["action"].tolist() == known["action"].tolist()
    clean = known["name"].map(legal).str.strip()
    assert back["name"].tolist() == clean.tolist()
    assert back["extra_beds"].max() > 0
    for column in ("classes", "places", "beds", "extra_beds", *(f"after_{b}" for b in BANDS)):
        assert back[column].tolist() == known[column].tolist()
    same = evaluate(plan.county, plan.times, back)
    pd.testing.assert_frame_equal(same.assignment, plan.assignment)


def test_every_action_and_way_has_a_colour_of_its_own():
    for colours, names in ((ACTION_COLOURS, ACTIONS), (MODE_COLOURS, (*MODES, "board"))):
        assert set(colours) == set(names)
        assert len(set(colours.values())) == len(names)


def test_the_record_tells_ways_and_terms(plan):
    record = plan_record(plan, inputs={})
    assert sum(record["pupils_by_mode"].values()) == plan.pupils_assigned
    assert record["pupils_by_mode"]["board"] > 0
    assert record["counts"]["decisions"]["board"] == 1
    assert not record["school_bus"]
    assert record["solver"]["bound_split"] is None


def test_decisions_from_the_workbook_in_chinese_and_gb18030(plan, tmp_path):
    report = write_report(plan, tmp_path / "r.xlsx", lang="zh")
    sheet = pd.read_excel(report, engine="openpyxl", sheet_name="布局决定", dtype=str)
    path = tmp_path / "edited.csv"
    sheet.to_csv(path, index=False, encoding="gb18030")
    back = read_decisions(path)
    assert sheet["主要理由"].fillna("").tolist() == reasons(plan, lang="zh")["text"].tolist()
    assert back["action"].tolist() == plan.decisions["action"].tolist()
    assert back.index.tolist() == plan.decisions.index.tolist()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", {"decisions_unreadable"}),
        ("name\nx\n", {"decisions_column_missing"}),
        ("site_id,action\nA,keep\nA,close\n", {"duplicate_id"}),
        ("site_id,action\n,keep\n", {"blank_id"}),
        ("site_id,action\nA,explode\n", {"unknown_action"}),
        ("site_id,action,extra_classes\nA,expand,1.5\nB,expand,x\n", {"not_whole", "not_a_number"}),
        ("site_id,action,extra_classes\nA,expand,-1\n", {"negative"}),
        ("site_id,action,extra_beds\nA,board,-8\nB,board,1.5\n", {"negative", "not_whole"}),
        ('site_id,action\nA,"keep\n', {"decisions_unreadable"}),
    ],
)
def test_wrong_decisions_are_all_named(tmp_path, text, codes):
    path = tmp_path / "decisions.csv"
    path.write_text(text, encoding="utf-8-sig")
    with pytest.raises(DataError) as caught:
        read_decisions(path)
    assert {f.code for f in caught.value.findings} == codes
    for lang in ("zh", "en"):
        assert caught.value.message(lang)


def test_decisions_that_are_no_text(tmp_path):
    path = tmp_path / "decisions.csv"
    path.write_bytes(b"\xff\xfe\x00\x81\xff")
    with pytest.raises(DataError):
        read_decisions(path)
    with pytest.raises(DataError):
        read_decisions(tmp_path)


@pytest.mark.parametrize("text", [*NASTY, "plain", "", "''", "'", "'plain'", "=", "\n=1"])
def test_inert_text_comes_back(text):
    assert as_given(inert(text)) == legal(text)
    assert not inert(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_csv_makes_text_inert_and_leaves_numbers(tmp_path):
    table = pd.DataFrame({"=name": ["=1+1", None], "value": [-1.5, 0.1 + 0.2], "n": [-3, 2]})
    raw = write_csv(table, tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").split("\r\n") == [
        "'=name,value,n", "'=1+1,-1.5,-3", ",0.3,2", "",
    ]  # fmt: skip


def test_csv_files_add_up(result, plan):
    assigned = pd.read_csv(result / "assignment.csv", dtype={"village_id": str, "site_id": str})
    assert list(assigned.columns) == [c.name for c in ASSIGNMENT.columns]
    left = pd.read_csv(result / "unserved.csv")
    assert assigned["pupils"].sum() + left["pupils"].sum() == plan.pupils_in


def test_geopackage_opens_with_layers_and_styles(result, plan):
    path = result / "plan.gpkg"
    layers = {str(n) for n, _ in pyogrio.list_layers(path)}
    assert layers == {
        "roads", "townships", "assignment_lines", "merges", "villages", "schools", "layer_styles",
    }  # fmt: skip
    lines = gpd.read_file(path, layer="assignment_lines")
    assert lines["pupils"].sum() == plan.pupils_assigned
    assert lines.crs == plan.county.crs
    villages = gpd.read_file(path, layer="villages")
    assert villages[[f"pupils_{b}" for b in BANDS]].to_numpy().sum() == plan.pupils_in
    assert {"minutes_g13", "minutes_before_g13", "change_g13", "site_g13"} <= set(villages)
    schools = gpd.read_file(path, layer="schools").set_index("site_id")
    assert schools["action"].to_dict() == plan.decisions["action"].to_dict()
    assert "00012" in schools.index
    merged = gpd.read_file(path, layer="merges")
    closed = plan.decisions.index[plan.decisions["action"] == "close"]
    assert set(merged["from_site"]) <= set(closed)
    start = merged.geometry.iloc[0].coords[0]
    site = plan.county.sites.loc[merged["from_site"].iloc[0]].geometry
    assert start == pytest.approx((site.x, site.y))


def test_styles_are_well_formed(result):
    connection = sqlite3.connect(result / "plan.gpkg")
    rows = connection.execute("SELECT f_table_name, styleQML, useAsDefault FROM layer_styles")
    styles = {layer: ET.fromstring(text) for layer, text, default in rows if default}  # noqa: S314
    moments = connection.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
    connection.close()
    assert len(styles) == 6
    assert len(moments) == 1
    categories = styles["schools"].findall(".//category")
    assert [c.get("value") for c in categories] == list(ACTIONS)
    symbols = {s.get("name") for s in styles["schools"].findall(".//symbol")}
    assert {c.get("symbol") for c in categories} == symbols
    limits = [float(r.get("lower")) for r in styles["villages"].findall(".//range")]
    assert 30.0 in limits


def test_geopackage_of_today_has_empty_merges(plans, tmp_path):
    path = write_geopackage(plans[0], tmp_path / "today.gpkg")
    assert len(gpd.read_file(path, layer="merges")) == 0


def test_record_agrees_with_the_plan(result, plan):
    record = json.loads((result / "plan.json").read_text(encoding="utf-8"))
    assert record["pupils_in"] == record["pupils_assigned"] + record["pupils_unserved"]
    assert record["inputs"] == {"demo.gpkg": "ab12"}
    assert record["counts"]["decisions"]["close"] == 1
    assert sum(record["counts"]["decisions"].values()) == len(plan.decisions)
    assert set(record["files"]) == {p.name for p in result.iterdir()}
    assert record["solver"]["status_zh"]
    assert record["solver"]["objective"] is None
    beyond = assess(plan).value("travel_beyond")
    assert sum(record["pupils_beyond_limit"].values()) == beyond


def test_record_names_changed_standards_and_no_folders(plan):
    own = evaluate(
        plan.county, plan.times, standards=plan.standards.with_values(class_size_primary=40),
        options=Options(budget_yuan=1_000_000),
    )  # fmt: skip
    record = plan_record(own, inputs={"C:\\secret\\a.csv": "1", "/other/a.csv": "2"})
    assert record["standards"]["changed"] == {"class_size_primary": {"value": 40, "shipped": 45}}
    assert record["inputs"] == {"a.csv": "1", "a.csv (2)": "2"}
    assert record["options"]["budget_yuan"] == 1_000_000
    json.dumps(record, allow_nan=False)


def test_record_refuses_a_lost_pupil(plan):
    broken = replace(plan, tables={**plan.tables, "assignment": plan.assignment.iloc[1:]})
    with pytest.raises(InternalError):
        plan_record(broken, inputs={})


def test_inputs_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError):
        input_hashes([tmp_path / "missing.csv"])


def test_folder_is_whole_or_not_there(plan, tmp_path):
    def fail(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    folder = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        write_plan(plan, folder, writers={"map.html": fail})
    assert list(tmp_path.iterdir()) == []


def test_former_result_stays_when_the_new_one_fails(plans, tmp_path):
    folder = tmp_path / "out"
    write_plan(plans[0], folder, writers={"map.html": lambda p: p.write_text("old")})
    (folder / "my notes.txt").write_text("mine")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def fail(path: Path) -> None:
        path.write_text("half")
        message = "no"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        write_plan(plans[1], folder, writers={"map.html": fail})
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_new_result_replaces_the_former_one_whole(plans, tmp_path):
    folder = tmp_path / "out"
    write_plan(plans[0], folder, writers={"map.html": lambda p: p.write_text("old")})
    (folder / "my notes.txt").write_text("mine")
    paths = write_plan(plans[1], folder)
    assert {p.name for p in folder.iterdir()} == {*FILES, "my notes.txt"}
    assert all(p.exists() for p in paths)
    assert json.loads((folder / "plan.json").read_text(encoding="utf-8"))["name"] == "=mine"


def test_files_go_back_when_one_cannot_be_put_in_place(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("old")
    move = Path.replace

    def locked(self: Path, target: Path) -> Path:
        if self.parent.name == "new" and self.name == "b.txt":
            raise PermissionError(13, "in use", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", locked)

    def write() -> None:
        with whole_folder(folder) as new:
            for name in ("a.txt", "b.txt", "c.txt"):
                (new / name).write_text("new")

    with pytest.raises(DataError):
        write()
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"a.txt": "old", "b.txt": "old"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_file_is_whole_or_not_there(tmp_path):
    def half() -> None:
        with whole_file(tmp_path / "a.txt") as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError), whole_file(tmp_path / "folder") as part:
        part.write_text("x")


@pytest.mark.parametrize("name", ["plan.json", "../out.html", ".hidden"])
def test_further_files_have_names_of_their_own(plan, tmp_path, name):
    with pytest.raises(OptionsError):
        write_plan(plan, tmp_path / "out", writers={name: lambda p: p.touch()})
    assert list(tmp_path.iterdir()) == []


def test_results_side_by_side(plans, result, tmp_path):
    today = tmp_path / "today"
    write_plan(plans[0], today, lang="en")
    paths = write_comparison([today, result], tmp_path / "both")
    assert [p.name for p in paths] == ["comparison.csv", "comparison.xlsx"]
    table = pd.read_csv(paths[0], encoding="utf-8-sig", keep_default_na=False)
    assert "'=mine" in table
    row = table[(table["indicator"] == "action_close") & (table["level"] == "county")].iloc[0]
    assert [float(row[c]) for c in ("today", "'=mine", "difference_=mine")] == [0, 1, 1]
    kinds = {cell.data_type for _, cell in _cells(paths[1])}
    assert kinds <= {"s", "n"}
    same = write_comparison([result, result], tmp_path / "same")
    assert same[1].exists()


def test_results_that_cannot_be_compared(result, tmp_path):
    with pytest.raises(OptionsError):
        write_comparison([], tmp_path / "out")
    with pytest.raises(DataError):
        write_comparison([tmp_path], tmp_path / "out")
    other = tmp_path / "other"
    other.mkdir()
    record = json.loads((result / "plan.json").read_text(encoding="utf-8"))
    record["county"]["village_ids_sha256"] = "elsewhere"
    (other / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    (other / "assessment.csv").write_bytes((result / "assessment.csv").read_bytes())
    with pytest.raises(OptionsError):
        write_comparison([result, other], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_plan_is_not_changed(plans, tmp_path):
    before = {k: v.copy() for k, v in plans[1].tables.items()}
    write_plan(plans[1], tmp_path / "out", against=plans[0])
    for name, table in plans[1].tables.items():
        pd.testing.assert_frame_equal(table, before[name])
