"""Papers of a real projection and a real roadmap: every number read back is that of its source."""

import json

import docx
import openpyxl
import pandas as pd
import pytest
from read_back import number, table_with, tables_of, words_of
from typer.testing import CliRunner

import layoutplan as lp
from layoutplan.cli import app
from layoutplan.county_file import write_county
from layoutplan.errors import DataError, OptionsError
from layoutplan.papers import pictures as drawn
from layoutplan.papers.write import DOSSIERS, INDEX
from layoutplan.reports import input_hashes, write_plan, write_report
from layoutplan.tables import BANDS, DECISIONS, heading
from layoutplan.testing import assert_plan_valid
from layoutplan.words import say

YEARS = 11
STAGES = {"primary": ("g13", "g46"), "junior": ("g79",)}


def decided(today):
    """Close some small schools and let one grow."""
    known = today.decisions
    small = known[known["kind"].isin(["primary", "teaching_point"]) & known["places"].gt(0)]
    pupils = small[[f"before_{b}" for b in BANDS]].sum(axis=1)
    closing = pupils[pupils > 0].sort_values().index[:4]
    grows = known.index[known["kind"].eq("junior")][0]
    return today.decisions_with(dict.fromkeys(closing, "close") | {grows: "expand"})


@pytest.fixture(scope="module", name="made")
def _made():
    county = lp.example.county(seed=1, villages=50)
    today = lp.evaluate(county, lp.travel_times(county))
    plan = lp.evaluate(county, today.times, decided(today), name="mine")
    assert_plan_valid(plan)
    ahead = lp.project(county, years=YEARS)
    road = lp.roadmap(plan, projection=ahead, start="2027H1", years=5)
    lp.assert_roadmap_valid(road)
    return today, plan, ahead, road


@pytest.fixture(scope="module", name="folder")
def _folder(made, tmp_path_factory):
    today, plan, ahead, road = made
    folder = tmp_path_factory.mktemp("papers")
    with pytest.MonkeyPatch.context() as patched:
        # The pictures have tests of their own and take most of the time.
        patched.setattr(drawn.Pictures, "_map", lambda *_: None)
        lp.write_papers(
            plan, folder, against=today, projection=ahead, roadmap=road, dossiers=True, lang="en"
        )
    return folder


def dossiers(folder):
    """Give each school with its file."""
    index = pd.read_csv(folder / DOSSIERS / INDEX, dtype="str", encoding="utf-8-sig")
    return {s: folder / DOSSIERS / f for s, f in zip(index["site_id"], index["file"], strict=True)}


def test_the_report_tells_the_years_of_the_projection(made, folder):
    ahead = made[2]
    rows = table_with(folder / "report.docx", ["year", "case"])[1:]
    told = {(int(r[0]), r[1]): [number(c) for c in r[2:]] for r in rows}
    years = [ahead.base_year, ahead.base_year + 5, ahead.base_year + 10]
    assert {y for y, _ in told} == set(years)
    assert len(told) == 3 * len(years)
    for variant in ("low", "mid", "high"):
        for year in years:
            sums = ahead.bands(year, variant)[list(BANDS)].sum().tolist()
            assert told[year, say(f"papers.variant.{variant}", "en")] == [*sums, sum(sums)]


def test_the_report_tells_the_steps_of_the_roadmap(made, folder):
    _, plan, _, road = made
    rows = table_with(folder / "report.docx", ["school", "step", "starts", "due"])[1:]
    steps = road.steps.sort_values(["due", "site_id"], kind="stable")
    names = plan.decisions["name"]
    assert [r[:4] for r in rows] == [
        [names[s.site_id], say(f"step.{s.step}", "en"), s.starts, s.due]
        for s in steps.head(len(rows)).itertuples()
    ]
    assert len(rows) == min(len(steps), 120)
    built = table_with(folder / "report.docx", ["school", "township", "action", "classes added"])
    ready = road.actions[road.actions["capital_yuan"] > 0].set_index("site_id")["ready"]
    spending = plan.decisions[plan.decisions["capital_yuan"] > 0]["capital_yuan"]
    assert {r[0]: (number(r[5]), r[6]) for r in built[1:-1]} == {
        names[s]: (yuan, ready.get(s, "–")) for s, yuan in spending.items()
    }


def test_dossiers_tell_pupils_of_later_years_as_early_warning_does(made, folder):
    today, plan, ahead, _ = made
    years = [ahead.base_year, ahead.base_year + 5, ahead.base_year + 10]
    of = {
        p.name: lp.early_warning(ahead, p, choice="plan").seats.query("level == 'school'")
        for p in (today, plan)
    }
    closed = plan.decisions.index[plan.decisions["action"] == "close"]
    files = dossiers(folder)
    assert set(files) == set(plan.decisions.index[plan.decisions["action"] != "unused"])
    for site, path in files.items():
        rows = table_with(path, ["grades", "today", "in the plan"])
        told = {b: [number(c) for c in r[1:]] for b, r in zip(BANDS, rows[1:-1], strict=True)}
        row = plan.decisions.loc[site]
        for band in BANDS:
            assert told[band][:2] == [row[f"before_{band}"], row[f"after_{band}"]]
        assert [number(c) for c in rows[-1][1:]] == [
            sum(column) for column in zip(*told.values(), strict=True)
        ]
        # A school that closes is told what it would have if it stayed.
        seats = of[today.name if site in closed else plan.name]
        here = seats[seats["id"].eq(site)]
        for stage, bands in STAGES.items():
            due = here[here["stage"].eq(stage)].set_index("year")["need"]
            for n, year in enumerate(years):
                assert sum(told[b][2 + n] for b in bands) == due.get(year, 0)


def test_dossiers_tell_steps_posts_and_moves(made, folder):
    _, plan, _, road = made
    moves = plan.moves
    moves = moves[moves["from_site"].ne(moves["to_site"])]
    for site, path in dossiers(folder).items():
        steps = road.steps[road.steps["site_id"] == site]
        tables = tables_of(path)
        rows = [t for t in tables if t[0][:3] == ["step", "starts", "due"]]
        shown = [r[:3] for t in rows for r in t[1:]]
        assert shown == [[say(f"step.{s.step}", "en"), s.starts, s.due] for s in steps.itertuples()]
        acts = road.actions[road.actions["site_id"] == site]
        if len(acts):
            freed, needed = (f"{acts[f'teachers_{w}'].sum():,.0f}" for w in ("freed", "needed"))
            assert say("papers.dossier.posts", "en", freed=freed, needed=needed) in words_of(path)
        for head, column in (("receiving school", "from_site"), ("school today", "to_site")):
            told = [t for t in tables if t[0][:2] == ["village", "grades"] and t[0][2] == head]
            gone = moves.loc[moves[column] == site, "pupils"].sum()
            assert sum(number(t[-1][3]) for t in told) == gone


def test_no_part_is_missing_where_everything_is_given(made, folder):
    closed = made[1].decisions.index[made[1].decisions["action"] == "close"][0]
    for path in (folder / "one-pager.docx", folder / "report.docx", dossiers(folder)[closed]):
        told = words_of(path)
        for part in ("roadmap", "projection", "today", "moves", "posts"):
            assert say(f"papers.missing.{part}", "en") not in told


def test_the_workbook_holds_the_numbers_of_the_plan(made, tmp_path):
    today, plan = made[:2]
    path = write_report(plan, tmp_path / "r.xlsx", against=today, lang="en")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    head, *rows = (list(r) for r in book[DECISIONS.en].values)
    at = {c: head.index(heading(DECISIONS, c, lang="en")) for c in ("site_id", "capital_yuan")}
    numbers = {f"{w}_{b}" for w in ("before", "after") for b in BANDS}
    at |= {c: head.index(heading(DECISIONS, c, lang="en")) for c in numbers}
    assert [r[at["site_id"]] for r in rows] == plan.decisions.index.tolist()
    for column in sorted(numbers | {"capital_yuan"}):
        assert [r[at[column]] or 0 for r in rows] == plan.decisions[column].fillna(0).tolist()


@pytest.mark.slow
def test_the_command_writes_all_papers_of_a_written_plan(tmp_path, monkeypatch):
    monkeypatch.setattr(drawn.Pictures, "_map", lambda *_: None)
    county = lp.example.county(seed=1, villages=40)
    place = write_county(county, tmp_path / "county.gpkg")
    read = lp.read_county(place, name=county.name, year=county.year)
    today = lp.evaluate(read, lp.travel_times(read))
    plan = lp.evaluate(read, today.times, decided(today))
    folder, out = tmp_path / "plan", tmp_path / "papers"
    write_plan(plan, folder, against=today, inputs=input_hashes([place]))
    given = ["papers", str(folder), "--county", str(place), "-o", str(out), "--lang", "en"]
    road = lp.roadmap(plan, start="2027H1", years=5)
    lp.write_roadmap(road, tmp_path / "road")
    asked = [*given, "--dossiers", "--project", "--roadmap", str(tmp_path / "road")]
    done = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    steps = table_with(out / "report.docx", ["school", "step", "starts", "due"])[1:]
    assert sorted(r[3] for r in steps) == sorted(road.steps["due"])[: len(steps)]
    names = {p.name for p in out.iterdir()}
    assert {f"{n}.{e}" for n in ("one-pager", "report", "notice") for e in ("docx", "html")} < names
    files = dossiers(out)
    assert set(files) == set(plan.decisions.index[plan.decisions["action"] != "unused"])
    ahead = lp.project(read, years=10)
    rows = table_with(out / "report.docx", ["year", "case"])[1:]
    last = [number(r[-1]) for r in rows if r[0] == str(ahead.base_year + 10)]
    assert ahead.bands(ahead.base_year + 10).to_numpy().sum() in last
    closed = plan.decisions.index[plan.decisions["action"] == "close"][0]
    leave = table_with(files[closed], ["village", "grades", "receiving school"])
    moves = plan.moves
    assert number(leave[-1][3]) == moves.loc[moves["from_site"] == closed, "pupils"].sum()
    told = "\n".join(p.text for p in docx.Document(out / "report.docx").paragraphs)
    assert f"{plan.pupils_in:,}" in told
    assert place.name in " ".join(c for t in tables_of(out / "report.docx") for r in t for c in r)


def test_a_written_roadmap_makes_the_same_papers(made, tmp_path, monkeypatch):
    monkeypatch.setattr(drawn.Pictures, "_map", lambda *_: None)
    today, plan, _, road = made
    lp.write_roadmap(road, tmp_path / "road")
    again = lp.read_schedule(tmp_path / "road")
    for name in ("actions", "left_over", "steps", "money"):
        written = road.tables[name]
        read = getattr(again, name)
        assert read.index.tolist() == written.index.tolist()
        if len(written):
            pd.testing.assert_frame_equal(read, written, check_dtype=False)
    folders = []
    for name, given in (("one", road), ("two", again)):
        folders.append(tmp_path / name)
        lp.write_papers(plan, folders[-1], against=today, roadmap=given)
    one, two = ({p.name: p.read_bytes() for p in f.iterdir()} for f in folders)
    assert len(one) > 5
    assert one == two


@pytest.fixture(name="record")
def _record(made, tmp_path):
    lp.write_roadmap(made[3], tmp_path)
    return json.loads((tmp_path / "roadmap.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("steps", "due", "banana", "steps.due"),
        ("steps", "starts", 3, "steps.starts"),
        ("steps", "step", {"a": 1}, "steps.step"),
        ("steps", "action_id", "nobody-close", "steps.action_id"),
        ("actions", "ready", "2028", "actions.ready"),
        ("actions", "site_id", None, "actions.site_id"),
        ("actions", "capital_yuan", 10**400, "actions.capital_yuan"),
        ("actions", "pupils", float("nan"), "actions.pupils"),
        ("actions", "pupils", True, "actions.pupils"),
        ("money", "year", 2027.7, "money.year"),
        ("money", "year", 2**64, "money.year"),
    ],
)
def test_a_cell_that_cannot_be_is_named(record, table, column, value, told, tmp_path):
    record[table][0][column] = value
    refused(tmp_path, json.dumps(record), told)


def test_rows_that_stand_twice_or_lack_a_column_are_named(record, tmp_path):
    twice = record | {"steps": record["steps"] * 2}
    refused(tmp_path, json.dumps(twice), "steps.step_id")
    refused(tmp_path, json.dumps(record | {"steps": None}), "steps")
    lacking = [{k: v for k, v in r.items() if k != "due"} for r in record["steps"]]
    refused(tmp_path, json.dumps(record | {"steps": lacking}), "steps.due")


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, "1" * 5000, "\x00"])
def test_what_is_no_roadmap_is_refused_in_words(text, tmp_path):
    refused(tmp_path, text, "")


def refused(folder, text, told):
    (folder / "roadmap.json").write_text(text, encoding="utf-8")
    for lang in ("zh", "en"):
        with pytest.raises(DataError) as caught:
            lp.read_schedule(folder, lang=lang)
        (found,) = caught.value.findings
        assert found.code == "schedule_unusable"
        assert told in str(caught.value)
        assert "Error" not in str(caught.value)


@pytest.mark.parametrize("name", ["nothing", "x" * 400])
def test_a_folder_that_is_not_there_is_told(name, tmp_path):
    with pytest.raises(DataError) as caught:
        lp.read_schedule(tmp_path / name, lang="en")
    assert [f.code for f in caught.value.findings] == ["schedule_missing"]


def test_a_roadmap_saved_by_an_editor_is_read(record, tmp_path):
    text = json.dumps(record)
    (tmp_path / "roadmap.json").write_text(text, encoding="utf-8-sig")
    assert len(lp.read_schedule(tmp_path).actions) == len(record["actions"])


def test_a_roadmap_of_another_plan_is_refused(made, tmp_path):
    today, plan, _, road = made
    closing = road.actions.loc[road.actions["action"] == "close", "site_id"].iloc[0]
    less = plan.decisions_with({closing: "keep"})
    other = lp.evaluate(plan.county, today.times, less, name="other")
    # Neither more nor fewer measures than the plan has.
    for mine, scheduled in ((other, road), (plan, lp.roadmap(other, start="2027H1", years=5))):
        with pytest.raises(OptionsError) as caught:
            lp.write_papers(mine, tmp_path, against=today, roadmap=scheduled)
        assert [(f.code, f.ids) for f in caught.value.findings] == [
            ("papers_of_other_plan", (closing,))
        ]


def test_a_roadmap_made_anew_with_facts_is_one_of_the_plan(made, tmp_path, monkeypatch):
    monkeypatch.setattr(drawn.Pictures, "_map", lambda *_: None)
    today, plan, _, road = made
    again = lp.replan(road, at="2028H2")
    assert lp.write_papers(plan, tmp_path, against=today, roadmap=again).files
