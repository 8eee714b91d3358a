"""Real roads, settlements and schools go from file to files with every pupil accounted for."""

import json
import sys

import pytest

import layoutplan as lp
from layoutplan import cli
from layoutplan.cli_summary import NEAREST_PLAN
from layoutplan.sources.columns import read_columns

MAPPING = """
[villages]
pupils = "students_est"
township_id = "township"
[schools]
places = "capacity_est"
township_id = "township"
[schools.kind]
from = "level_guess"
values = { not_compulsory = "-", preschool = "-", primary = "primary", secondary = "junior" }
otherwise = "nine_year"
[townships]
township_id = "township"
name = "township"
"""

PUPILS = {"andorra": 5033, "liechtenstein": 2280}
"""Sums of the cases' column students_est, rounded: 5033.2 and 2279.9."""


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "columns.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("case", ["andorra", "liechtenstein"])
def test_a_real_case_goes_through_propose(case, shared, mapping, monkeypatch, capfd, tmp_path):
    source = shared / "cases" / f"{case}.gpkg"
    out = tmp_path / "out"
    args = (
        "propose",
        source,
        "-o",
        out,
        "--columns",
        mapping,
        "--time-limit",
        "60",
        "--lang",
        "en",
    )
    monkeypatch.setattr(sys, "argv", ["layoutplan", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    text = "".join(capfd.readouterr())
    assert (stop.value.code or 0) in (cli.DONE, NEAREST_PLAN), text
    record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert record["pupils_in"] == PUPILS[case]
    assert record["pupils_in"] == record["pupils_assigned"] + record["pupils_unserved"]
    assert record["solver"]["gap"] <= 0.01
    for name in ("map.html", "report.xlsx", "plan.gpkg", "decisions.csv", "assignment.csv"):
        assert (out / name).stat().st_size > 0


def test_a_real_plan_passes_the_checker(shared, mapping):
    county = lp.read_county(shared / "cases" / "andorra.gpkg", columns=read_columns(mapping))
    times = lp.travel_times(county)
    lp.assert_plan_valid(lp.evaluate(county, times))
    lp.assert_plan_valid(lp.propose(county, times, gap=0.01))


def ijebu_ode(shared):
    return lp.read_county(
        shared / "cases" / "ijebu_ode.gpkg",
        columns={
            "villages": {"pupils": "students_est"},
            "schools": {
                "places": "capacity_est",
                "kind": {"from": "level_guess", "values": {}, "otherwise": "nine_year"},
            },
        },
    )


def test_a_broken_network_names_who_is_cut_off(shared):
    county = ijebu_ode(shared)
    made = lp.network(county, repair="off")
    plan = lp.evaluate(county, lp.travel_times(county, network=made))
    lp.assert_plan_valid(plan)
    assert plan.pupils_unserved > 10_000
    assert set(plan.unserved["reason"]) <= {"no_road", "no_site"}


def test_a_broken_network_is_repaired_and_who_is_still_cut_off_is_named(shared):
    county = ijebu_ode(shared)
    times = lp.travel_times(county)
    plan = lp.evaluate(county, times)
    lp.assert_plan_valid(plan)
    assert 0 < plan.pupils_unserved < 1_000
    codes = {f.code for f in times.findings}
    assert {"roads_repaired", "road_fragments", "village_without_way"} <= codes
