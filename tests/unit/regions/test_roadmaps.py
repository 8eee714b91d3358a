"""Roadmaps of all counties of a province, and what is asked of them."""

import json

import pandas as pd
import pytest
from provinces import EAST, WEST, as_folder, halves
from typer.testing import CliRunner

import layoutplan as lp
from layoutplan.cli import app
from layoutplan.regions import RoadmapOptions
from layoutplan.regions.folders import folder_name
from layoutplan.regions.jobs import Asked, roadmap_of_layout
from layoutplan.standards import standards

pytest.importorskip("pyarrow")

SHORT = {"job": "roadmap", "workers": 0, "margin_m": 0, "time_limit": 3, "lang": "en"}


@pytest.fixture(scope="module")
def counties():
    return halves(lp.example.county(seed=1, villages=40))


@pytest.fixture(scope="module")
def source(counties, tmp_path_factory):
    return as_folder(counties, tmp_path_factory.mktemp("province") / "in")


def read(out, code, name):
    return pd.read_parquet(out / "counties" / folder_name(code) / f"{name}.parquet")


@pytest.mark.slow
def test_every_county_gets_its_roadmap(source, tmp_path):
    asked = {
        WEST: RoadmapOptions(years=2, time_limit=5),
        EAST: RoadmapOptions(years=2, time_limit=5, budget_by_year={2027: 0, 2028: 0}),
    }
    out = tmp_path / "out"
    done = lp.plan_regions(source, out, roadmap=asked, **SHORT)
    assert done.counties["state"].to_dict() == {WEST: "done", EAST: "done"}
    for code in (WEST, EAST):
        actions, left = read(out, code, "actions"), read(out, code, "left_over")
        row = done.counties.loc[code]
        assert row["roadmap_done"] == len(actions)
        assert row["roadmap_left_over"] == len(left)
        assert row["roadmap_yuan"] == pytest.approx(read(out, code, "money")["spent_yuan"].sum())
        assert set(read(out, code, "steps")["action_id"]) <= set(actions["action_id"])
        ahead = read(out, code, "pupils_ahead")
        assert sorted(set(ahead["school_year"])) == [2026, 2027, 2028, 2029]
        assert set(ahead["variant"]) == {"mid", "low", "high"}
        last = ahead[(ahead["variant"] == "mid") & (ahead["school_year"] == 2029)]
        assert row["pupils_ahead"] == last["pupils"].sum()
        text = (out / "counties" / folder_name(code) / "done.json").read_text(encoding="utf-8")
        record = json.loads(text)["record"]
        assert record["roadmap"]["years"] == ["2027H1", "2027H2", "2028H1", "2028H2"]
    # Nothing is paid where there is no money; what it would have cost is named as left over.
    assert done.counties.loc[EAST, "roadmap_yuan"] == 0
    assert not read(out, EAST, "actions")["capital_yuan"].any()


@pytest.mark.slow
def test_only_the_roadmaps_options_make_roadmaps_anew(source, tmp_path):
    first = {code: RoadmapOptions(years=2, time_limit=5) for code in (WEST, EAST)}
    lp.plan_regions(source, tmp_path / "out", roadmap=first, **SHORT)
    other = first | {EAST: RoadmapOptions(years=3, time_limit=5)}
    again = lp.plan_regions(source, tmp_path / "out", roadmap=other, **SHORT)
    assert again.counties["state"].to_dict() == {WEST: "kept", EAST: "done"}
    checked = SHORT | {"job": "check"}
    lp.plan_regions(source, tmp_path / "checked", roadmap=first, **checked)
    kept = lp.plan_regions(source, tmp_path / "checked", roadmap=other, **checked)
    assert set(kept.counties["state"]) == {"kept"}


def test_what_no_roadmap_can_have_is_refused_at_once(source, tmp_path):
    wrong = RoadmapOptions(start="2027", years=0, budget_by_year={2027: -1}, time_limit=0)
    with pytest.raises(lp.OptionsError) as caught:
        lp.plan_regions(source, tmp_path / "out", roadmap=wrong, **SHORT)
    codes = [f.code for f in caught.value.findings]
    assert codes == ["roadmap_bad_start", "roadmap_bad_years", "roadmap_bad_budget", "bad_option"]
    with pytest.raises(lp.OptionsError) as caught:
        lp.plan_regions(source, tmp_path / "out", roadmap={"999999": RoadmapOptions()}, **SHORT)
    assert [f.code for f in caught.value.findings] == ["province_unknown_counties"]
    assert not (tmp_path / "out").exists()


def test_pupils_may_stay_as_today(counties):
    county = counties[WEST]
    asked = Asked(
        county=county, times=lambda: lp.travel_times(county), standards=standards(),
        options=lp.Options(), time_limit=3, gap=0.01, seed=0, lang="en",
        ahead=RoadmapOptions(years=1, projected=False),
    )  # fmt: skip
    done = roadmap_of_layout(asked)
    assert "pupils_ahead" not in done.tables
    assert "pupils_ahead" not in done.numbers
    assert done.record["roadmap"]["years"] == ["2027H1", "2027H2"]


@pytest.mark.slow
def test_the_command_takes_years_and_money(source, tmp_path):
    given = [
        "regions",
        str(source),
        "-o",
        str(tmp_path / "out"),
        "--job",
        "roadmap",
        "--lang",
        "en",
    ]
    short = ["--workers", "0", "--margin", "0", "--time-limit", "3", "--years", "1"]
    ran = CliRunner().invoke(app, [*given, *short, "--budget-by-year", "2027=0"])
    assert ran.exit_code == 0, ran.output
    for code in (WEST, EAST):
        assert read(tmp_path / "out", code, "money")["budget_yuan"].tolist() == [0.0]
    wrong = CliRunner().invoke(app, [*given, *short, "--budget-by-year", "2026=1"])
    assert [f.code for f in wrong.exception.findings] == ["roadmap_unknown_year"]
