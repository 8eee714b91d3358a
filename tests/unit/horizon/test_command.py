"""The command for one layout over several years: its files, and the roadmap that follows."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import layoutplan as lp
from layoutplan.cli import app
from layoutplan.county_file import write_county


@pytest.mark.slow
def test_a_layout_for_the_years_and_its_roadmap(tmp_path):
    path = write_county(lp.example.county(seed=2, villages=24), tmp_path / "county.gpkg")
    out = tmp_path / "out"
    given = ["ahead", str(path), "-o", str(out), "--years", "6", "--from", "2028", "--lang", "en"]
    quick = [
        "--split-villages",
        "--time-limit",
        "60",
        "--gap",
        "0.02",
        "--variants",
        "low,mid,high",
    ]
    ran = CliRunner().invoke(app, [*given, *quick])
    assert ran.exit_code == 0, ran.output
    assert "One layout for 2028 to 2032 in 3 variants" in ran.output
    years = pd.read_csv(out / "years.csv", encoding="utf-8-sig")
    assert sorted(set(years["year"])) == [2028, 2029, 2030, 2031, 2032]
    record = json.loads((out / "ahead.json").read_text(encoding="utf-8"))
    assert record["gap"] <= 0.02
    assert record["variants"] == ["low", "mid", "high"]
    sites = pd.read_csv(out / "sites.csv", encoding="utf-8-sig", dtype={"site_id": "str"})
    decisions = pd.read_csv(out / "decisions.csv", encoding="utf-8-sig", dtype={"site_id": "str"})
    assert sites["action"].tolist() == decisions["action"].tolist()
    told = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert told["pupils_in"] == told["pupils_assigned"] + told["pupils_unserved"]
    later = CliRunner().invoke(
        app,
        ["roadmap", str(out), "-o", str(tmp_path / "map"), "--county", str(path), "--project",
         "--years", "3", "--time-limit", "8", "--lang", "en"],
    )  # fmt: skip
    assert later.exit_code in {0, 3}, later.output
    assert (tmp_path / "map" / "roadmap.xlsx").is_file()


def test_a_former_result_is_replaced_and_wrong_years_are_named(tmp_path):
    path = write_county(lp.example.county(seed=2, villages=20), tmp_path / "county.gpkg")
    wrong = CliRunner().invoke(
        app, ["ahead", str(path), "-o", str(tmp_path / "out"), "--from", "2099", "--lang", "en"]
    )
    assert [f.code for f in wrong.exception.findings] == ["horizon_empty"]
    assert not (tmp_path / "out").exists()
