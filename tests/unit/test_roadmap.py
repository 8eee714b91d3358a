"""A plan year by year: numbers worked out by hand, bad input, files."""

import re

import pandas as pd
import pytest
from tiny_roadmaps import Ahead, tiny_county, tiny_times

import layoutplan as lp
from layoutplan.cli_roadmap import budgets_given
from layoutplan.gates.declared import STEPS
from layoutplan.gates.procedure import Procedure
from layoutplan.reports.roadmap_calendar import calendar_text, folded
from layoutplan.reports.roadmap_gantt import gantt_svg


@pytest.fixture(scope="module")
def plan():
    county = tiny_county(2)
    rows = [("s0", "expand", 1), ("s1", "close", 0), ("n0", "new", 0), ("s2", "close", 0)]
    decisions = pd.DataFrame(rows, columns=["site_id", "action", "extra_classes"])
    made = lp.evaluate(county, tiny_times(county), decisions.set_index("site_id"))
    lp.assert_plan_valid(made)
    return made


@pytest.fixture(scope="module")
def free(plan):
    found = lp.roadmap(plan, start="2027H1", years=4)
    lp.assert_roadmap_valid(found)
    return found


def test_building_takes_its_time_and_money_is_spread_over_it(plan, free):
    # 24 months from January 2027 end with 2028; a school opens in the autumn after.
    new = free.actions.loc["n0-new"]
    assert (new["builds_from"], new["ready"]) == ("2027H2", "2029H2")
    # 12 months: two half-years from January 2027 on.
    grown = free.actions.loc["s0-expand"]
    assert (grown["builds_from"], grown["ready"]) == ("2027H1", "2028H1")
    # 4,000,000 yuan over four half-years, one of them in 2027, two in 2028, one in 2029.
    spent = free.money.set_index("year")["spent_yuan"]
    assert spent[2028] == 2_000_000
    assert spent[2029] == 1_000_000
    assert spent[2027] == 1_000_000 + plan.decisions.loc["s0", "capital_yuan"]


def test_what_waits_comes_after_what_it_waits_for(free):
    ready = free.actions["ready"]
    waits = free.actions[free.actions["after"].ne("")]
    assert len(waits)
    for action, row in waits.iterrows():
        assert all(ready[first] <= ready[action] for first in row["after"].split())


def test_the_steps_of_a_closure_can_be_recorded_as_the_procedure_asks(free):
    closure = free.steps[free.steps["action_id"] == "s1-close"].set_index("step")
    assert set(closure.index) == set(STEPS)
    receivers = tuple(free.actions.loc["s1-close", "receivers"].split())
    procedure = Procedure(
        site_id="s1", receivers=receivers, names={}, lang="en",
        verdicts=dict.fromkeys(("parents", "hearing", "travel", "boarding", "size"), "pass"),
    )  # fmt: skip
    for step in STEPS:
        for receiver in receivers if step == "building" else ("",):
            procedure = procedure.record(
                step,
                closure.loc[step, "due" if step != "notice" else "starts"],
                until=closure.loc[step, "due"] if step == "notice" else None,
                receiver=receiver,
                evidence="minutes.pdf",
            )
    assert procedure.state == "done"
    assert closure.loc["transfer", "due"].endswith("-08-31")


def test_without_money_what_needs_none_is_done(plan):
    found = lp.roadmap(plan, years=4, budget_by_year={2027: 0})
    lp.assert_roadmap_valid(found)
    assert found.money["spent_yuan"].sum() == 0
    assert {"s0-expand", "n0-new"} <= set(found.left_over.index)
    told = next(f for f in found.findings if f.code == "roadmap_left_budget")
    need = plan.decisions["capital_yuan"].sum()
    assert told.values["total"] == f"{need:,.0f}"
    assert "2027" in told.cure("zh")


def test_with_the_money_that_is_named_everything_is_done(plan):
    little = lp.roadmap(plan, years=4, budget_by_year={2027: 500_000, 2028: 1_000_000})
    told = next(f for f in little.findings if f.code == "roadmap_left_budget")
    more = re.findall(r"(\d{4}): ([\d,]+)", str(told.values["more"]))
    money = {2027: 500_000, 2028: 1_000_000}
    for year, yuan in more:
        money[int(year)] = money.get(int(year), 0) + int(yuan.replace(",", ""))
    assert lp.roadmap(plan, years=4, budget_by_year=money).left_over.empty


def test_too_few_years_are_named(plan):
    found = lp.roadmap(plan, years=1)
    lp.assert_roadmap_valid(found)
    assert found.left_over.loc["n0-new", "reason"] == "years"


def test_pupils_of_a_projection_are_seated_by_year_and_variant(plan):
    ahead = Ahead(plan, 2)
    found = lp.roadmap(plan, projection=ahead, years=3)
    lp.assert_roadmap_valid(found)
    seats = found.seats_by_variant
    sums = seats.groupby(["variant", "half_year"])["pupils"].sum()
    assert sums["high", "2028H2"] == ahead.bands(2028, "high").to_numpy().sum()
    # January to June belongs to the school year before.
    assert sums["low", "2028H1"] == ahead.bands(2027, "low").to_numpy().sum()


def test_a_province_with_a_longer_notice_is_heeded(plan):
    longer = lp.standards("cn-layout-national", "cn-province-hebei")
    found = lp.roadmap(plan, years=4, standards=longer)
    notice = found.steps[(found.steps["step"] == "notice") & found.steps["site_id"].eq("s1")]
    span = pd.to_datetime(notice["due"]) - pd.to_datetime(notice["starts"])
    assert span.dt.days.tolist() == [longer.value("closure_notice_days_min") - 1]


def test_facts_move_what_slipped_and_leave_what_is_done(free):
    again = lp.replan(free, at="2028H2", done=["s0-expand"], expected={"n0-new": "2030H1"})
    lp.assert_roadmap_valid(again)
    change = again.changes.set_index("action_id")
    assert change.loc["s0-expand", "change"] == "done"
    assert (change.loc["n0-new", "ready"], change.loc["n0-new", "change"]) == ("2030H2", "later")
    # It was begun in July 2027 and takes six half-years: a sixth of the money in each.
    assert again.money.set_index("year").loc[2029, "spent_yuan"] == pytest.approx(4e6 * 2 / 6)


def test_facts_with_more_pupils_are_counted(plan, free):
    county = plan.county
    villages = county.villages.assign(pupils_g13=county.villages["pupils_g13"] + 1)
    tables = {n: getattr(county, n) for n in ("schools", "roads", "townships", "candidates")}
    more = lp.County.from_tables(villages=villages, **tables, name="Tiny", year=2028, lang="en")
    again = lp.replan(free, at="2028H2", county=more)
    sums = again.seats.groupby("half_year")["pupils"].sum()
    assert sums["2028H2"] == sums["2028H1"] + len(villages)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"start": "2027"}, "roadmap_bad_start"),
        ({"start": "2025H2"}, "roadmap_start_past"),
        ({"years": 0}, "roadmap_bad_years"),
        ({"years": 2.5}, "roadmap_bad_years"),
        ({"budget_by_year": {2027: -1}}, "roadmap_bad_budget"),
        ({"budget_by_year": {"soon": 5}}, "roadmap_bad_budget"),
        ({"budget_by_year": {2040: 5}}, "roadmap_unknown_year"),
    ],
)
def test_what_cannot_be_asked_is_told(plan, asked, code):
    with pytest.raises(lp.OptionsError) as error:
        lp.roadmap(plan, **asked)
    assert [f.code for f in error.value.findings] == [code]
    assert error.value.message("zh") != error.value.message("en")


def test_a_projection_that_is_too_short_or_unknown_is_told(plan):
    short = Ahead(plan, 2, last=2028)
    with pytest.raises(lp.OptionsError, match="2028"):
        lp.roadmap(plan, projection=short, years=5)
    with pytest.raises(lp.OptionsError, match="no variant"):
        lp.roadmap(plan, projection=Ahead(plan, 2), variants=["best"])


def test_facts_that_cannot_be_are_told(free):
    for wrong in (
        {"at": "2040H1"},
        {"at": "2028H1", "done": ["nobody-close"]},
        {"at": "2028H1", "done": {"n0-new": "2029H2"}},
        {"at": "2028H1", "expected": {"n0-new": "later"}},
    ):
        with pytest.raises(lp.OptionsError):
            lp.replan(free, **wrong)


def test_a_plan_without_changes_says_so():
    county = tiny_county(2)
    today = lp.evaluate(county, tiny_times(county))
    found = lp.roadmap(today, years=1)
    lp.assert_roadmap_valid(found)
    assert found.actions.empty
    assert "roadmap_nothing_to_do" in {f.code for f in found.findings}


@pytest.mark.parametrize("text", ["2027=-1", "2027", "x=3", "2027=1,2027=2", "2027=many"])
def test_budgets_on_the_command_line_are_read_or_refused(text):
    with pytest.raises(lp.OptionsError):
        budgets_given(text, lang="en")


def test_lines_are_said_in_both_languages(free):
    en, zh = free.lines("en"), free.lines("zh")
    assert "September" in en.loc["s1", "what"]
    assert "9月" in zh.loc["s1", "what"]
    assert list(en.index) == list(zh.index)


def test_the_calendar_keeps_to_its_form(free):
    text = calendar_text(free, lang="zh")
    raw = text.encode()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == len(free.steps)
    whole = text.replace("\r\n ", "")
    uids = re.findall(r"UID:(\S+)", whole)
    assert len(set(uids)) == len(free.steps)
    later = calendar_text(lp.roadmap(free.plan, start="2028H1", years=5), lang="zh")
    assert set(re.findall(r"UID:(\S+)", later.replace("\r\n ", ""))) == set(uids)
    assert folded("学" * 60).encode().split(b"\r\n")[0].decode() == "学" * 25


def test_names_are_data_in_all_files(plan, tmp_path):
    evil = '=1+1<script>"\r\nEND:VEVENT;,\\'
    county = plan.county
    tables = {n: getattr(county, n) for n in ("villages", "roads", "townships", "candidates")}
    schools = county.schools.assign(name=evil)
    other = lp.County.from_tables(schools=schools, **tables, name=evil, year=2026, lang="en")
    made = lp.evaluate(other, plan.times, plan.decisions)
    found = lp.roadmap(made, years=4)
    text = calendar_text(found, lang="en").replace("\r\n ", "")
    assert text.count("\r\nEND:VEVENT\r\n") == len(found.steps)
    assert "<script>" not in gantt_svg(found, lang="en")
    first, again = (lp.write_roadmap(found, tmp_path / n) for n in ("a", "b"))
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    book = pd.read_excel(
        tmp_path / "a" / "roadmap.xlsx", sheet_name=None, dtype=str, engine="openpyxl"
    )
    assert book["Actions"]["school"].str.startswith("=1+1").any()


def test_a_written_plan_is_put_into_years_by_the_command(tmp_path):
    from typer.testing import CliRunner

    from layoutplan.cli import app
    from layoutplan.county_file import write_county
    from layoutplan.reports import input_hashes, write_plan

    county = lp.example.county(seed=1, villages=20)
    place = write_county(county, tmp_path / "county.gpkg")
    read = lp.read_county(place, name=county.name, year=county.year)
    times = lp.travel_times(read)
    today = lp.evaluate(read, times)
    school = today.decisions.query("kind == 'primary' and places > 0").index[1]
    made = lp.evaluate(read, times, today.decisions_with({school: "close"}))
    folder = tmp_path / "plan"
    write_plan(made, folder, inputs=input_hashes([place]))
    call = CliRunner().invoke
    with pytest.raises(lp.OptionsError, match="--county"):
        call(app, ["roadmap", str(folder), "-o", str(tmp_path / "r"), "--lang", "en"],
             catch_exceptions=False)  # fmt: skip
    done = call(
        app,
        ["roadmap", str(folder), "--county", str(place), "-o", str(tmp_path / "r"), "--lang",
         "en", "--years", "2"],
        catch_exceptions=False,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert {p.name for p in (tmp_path / "r").iterdir()} == {
        "roadmap.xlsx", "roadmap.ics", "roadmap.json", "gantt.svg",
    }  # fmt: skip
    assert f"{school}-close" in (tmp_path / "r" / "roadmap.json").read_text(encoding="utf-8")
    (folder / "plan.json").write_text("{}", encoding="utf-8")
    with pytest.raises(lp.DataError, match=r"plan\.json"):
        call(app, ["roadmap", str(folder), "-o", str(tmp_path / "x"), "--lang", "en"],
             catch_exceptions=False)  # fmt: skip


@pytest.mark.parametrize(
    ("at", "done", "code"),
    [
        ("2028H2", {"s1-close": "2027H2"}, "roadmap_done_before_receiver"),
        ("2029H1", {"s2-close": "2028H1", "s0-expand": "2028H1"}, "roadmap_done_within_year"),
        ("2029H1", {"s0-expand": "2027H1"}, "roadmap_done_unbuilt"),
    ],
)
def test_facts_that_would_leave_pupils_without_a_school_are_refused(free, at, done, code):
    with pytest.raises(lp.OptionsError) as told:
        lp.replan(free, at=at, done=done)
    assert code in {f.code for f in told.value.findings}


def test_what_was_built_sooner_than_planned_is_taken_as_it_is(free):
    found = lp.replan(free, at="2028H1", done={"s0-expand": "2027H2"})
    lp.assert_roadmap_valid(found)
    assert found.actions.loc["s0-expand", "ready"] == "2027H2"


def test_half_years_of_facts_are_read_in_any_spelling(free):
    # Nothing was to be ready before January 2028, so nothing is done.
    found = lp.replan(free, at=" 2028h1 ")
    assert found.at == "2028H1"
    assert not found.changes["change"].eq("done").any()


def test_a_roadmap_beyond_the_calendar_is_told(plan):
    with pytest.raises(lp.OptionsError):
        lp.roadmap(plan, start="9998H1", years=4)
