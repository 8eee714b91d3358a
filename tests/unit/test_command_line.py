"""The command line from file to files."""

import csv
import io
import json
import shutil
import signal
import subprocess
import sys
import time

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import cli
from layoutplan.cli_summary import NEAREST_PLAN
from layoutplan.county_file import write_county

FILES = (
    "plan.json",
    "decisions.csv",
    "gates.csv",
    "assignment.csv",
    "findings.csv",
    "assessment.csv",
    "plan.gpkg",
    "map.html",
    "report.docx",
    "report.xlsx",
)

QUICK = ("--gap", 0.05, "--time-limit", 20)
"""A plan that will do."""


def run(monkeypatch, capfd, *args):
    monkeypatch.setattr(sys, "argv", ["layoutplan", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    out, err = capfd.readouterr()
    return stop.value.code or 0, out + err


@pytest.fixture(scope="module")
def county_file(tmp_path_factory):
    return write_county(
        lp.example.county(seed=1, villages=20), tmp_path_factory.mktemp("county") / "county.gpkg"
    )


def propose_into(out, county_file):
    """Propose a plan that builds nothing, as in a terminal."""
    given = ["propose", county_file, "-o", out, "--lang", "en", "--budget", 0, *QUICK]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["layoutplan", *map(str, given)])
        with pytest.raises(SystemExit) as stop:
            cli.run()
    assert (stop.value.code or 0) in (cli.DONE, NEAREST_PLAN)
    return out


@pytest.fixture(scope="module")
def proposed(county_file, tmp_path_factory):
    """Give the files of a plan; tests read them and change none."""
    return propose_into(tmp_path_factory.mktemp("proposed") / "plan", county_file)


@pytest.fixture(scope="module")
def again(county_file, tmp_path_factory):
    """Give the same once more, in a folder whose record names a file that is no result."""
    out = tmp_path_factory.mktemp("again")
    (out / "thesis.docx").write_text("years of work", encoding="utf-8")
    record = {"schema": "layoutplan-plan/1", "files": ["thesis.docx"]}
    (out / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    return propose_into(out, county_file)


def test_demo_writes_every_file_and_loses_no_pupil(monkeypatch, capfd, tmp_path):
    out = tmp_path / "demo"
    code, text = run(monkeypatch, capfd, "demo", out, "--villages", 24)
    assert code == cli.DONE, text
    assert {p.name for p in out.iterdir()} >= {*FILES, "demo.gpkg"}
    record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert record["pupils_in"] == record["pupils_assigned"] + record["pupils_unserved"]
    assert all(isinstance(record[f"pupils_{k}"], int) for k in ("in", "assigned", "unserved"))
    assert record["solver"]["gap"] <= 0.01
    assert "已证明" in record["solver"]["status_zh"]
    assert "proven" in record["solver"]["status_en"]
    assert str(record["pupils_in"]) in text
    rows = pd.read_csv(out / "assignment.csv", dtype={"village_id": "str", "site_id": "str"})
    assert rows["pupils"].sum() == record["pupils_assigned"]
    schools = gpd.read_file(out / "plan.gpkg", layer="schools")
    assert len(schools) == sum(record["counts"]["decisions"].values())
    book = openpyxl.load_workbook(out / "report.xlsx", read_only=True)
    assert len(book.sheetnames) >= 4
    assert "<script" in (out / "map.html").read_text(encoding="utf-8")


def test_propose_evaluate_and_compare_fit_together(
    county_file, proposed, monkeypatch, capfd, tmp_path
):
    decisions = proposed / "decisions.csv"
    rows = list(csv.DictReader(io.StringIO(decisions.read_text(encoding="utf-8-sig"))))
    small = min(
        (r for r in rows if r["action"] == "keep"),
        key=lambda r: sum(int(r[f"before_{b}"]) for b in ("g13", "g46", "g79")),
    )
    given = pd.read_csv(decisions, dtype="str", encoding="utf-8-sig")
    given.loc[given["site_id"] == small["site_id"], "action"] = "close"
    given.to_csv(tmp_path / "mine.csv", index=False, encoding="utf-8-sig")
    code, text = run(
        monkeypatch, capfd, "evaluate", county_file, "--decisions", tmp_path / "mine.csv",
        "-o", tmp_path / "b", "--lang", "en",
    )  # fmt: skip
    assert code in (cli.DONE, NEAREST_PLAN), text
    mine = pd.read_csv(tmp_path / "b" / "decisions.csv", dtype="str", encoding="utf-8-sig")
    assert mine.set_index("site_id").loc[small["site_id"], "action"] == "close"
    code, text = run(
        monkeypatch, capfd, "compare", proposed, tmp_path / "b", "-o", tmp_path / "both"
    )
    assert code == cli.DONE, text
    assert {p.name for p in (tmp_path / "both").iterdir()} == {"comparison.csv", "comparison.xlsx"}


def test_a_plan_that_breaks_rules_is_written_and_ends_with_three(
    county_file, monkeypatch, capfd, tmp_path
):
    code, text = run(
        monkeypatch, capfd, "propose", county_file, "-o", tmp_path / "out", "--schools-max", 2,
        "--lang", "en", *QUICK,
    )  # fmt: skip
    assert code == NEAREST_PLAN, text
    assert (tmp_path / "out" / "plan.json").exists()
    assert "nearest" in text


def test_what_is_asked_reaches_the_plan(county_file, monkeypatch, capfd, tmp_path):
    code, text = run(
        monkeypatch, capfd, "propose", county_file, "-o", tmp_path, "--lang", "en", "--bus",
        "--split-villages", "--together", "--moved-max", 300, "--annual-budget", 90_000_000,
        "--no-gates", *QUICK,
    )  # fmt: skip
    assert code in (cli.DONE, NEAREST_PLAN), text
    record = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    options = record["options"]
    assert options["split_villages"]
    assert options["together"]
    assert not options["gates"]
    assert options["moved_max"] == 300
    assert options["annual_yuan_max"] == 90_000_000
    assert record["school_bus"]
    assert sum(record["pupils_by_mode"].values()) == record["pupils_assigned"]
    assert record["pupils_moved"] <= 300
    table = pd.read_csv(tmp_path / "decisions.csv", encoding="utf-8-sig")
    assert {"beds", "extra_beds"} <= set(table.columns)


def test_check_lists_findings_and_ends_with_zero(county_file, monkeypatch, capfd):
    code, text = run(monkeypatch, capfd, "check", county_file, "--lang", "zh")
    assert code == cli.DONE
    assert "错误 0 条" in text


def test_the_same_command_writes_the_same_plan(proposed, again):
    for file in ("decisions.csv", "assignment.csv", "assessment.csv", "findings.csv"):
        assert (proposed / file).read_bytes() == (again / file).read_bytes()


def test_help_names_the_commands(monkeypatch, capfd):
    code, text = run(monkeypatch, capfd, "--help")
    assert code == cli.DONE
    for command in ("demo", "check", "propose", "evaluate", "compare"):
        assert command in text


def test_a_result_that_cannot_be_written_is_one_message(county_file, monkeypatch, capfd, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        code, text = run(monkeypatch, capfd, "propose", county_file, "-o", out)
        assert code == cli.BAD_USAGE, text
        assert "Traceback" not in text
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


def test_results_never_replace_an_input(county_file, proposed, monkeypatch, capfd, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("plan.gpkg", "report.xlsx"):
        path = folder / name
        path.write_bytes(county_file.read_bytes())
        code, text = run(monkeypatch, capfd, "propose", path, "-o", folder, "--lang", "en")
        assert code == cli.BAD_USAGE, text
        assert "replace the input" in text
        assert path.read_bytes() == county_file.read_bytes()
    mine = shutil.copytree(proposed, tmp_path / "a") / "decisions.csv"
    before = mine.read_bytes()
    code, text = run(
        monkeypatch, capfd, "evaluate", county_file, "--decisions", mine, "-o", tmp_path / "a"
    )
    assert code == cli.BAD_USAGE, text
    assert mine.read_bytes() == before


def test_a_record_cannot_name_files_to_take_away(again):
    assert {p.name for p in again.iterdir()} >= {*FILES}
    assert (again / "thesis.docx").read_text(encoding="utf-8") == "years of work"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_stops_cleanly_or_keeps_the_best_plan(tmp_path):
    """Interrupt the search of a larger county: a plan is written whole, or nothing is."""
    county = write_county(lp.example.county(seed=1, villages=60), tmp_path / "county.gpkg")
    out = tmp_path / "out"
    arguments = ["propose", str(county), "-o", str(out), "--gap", "0", "--time-limit", "300"]
    code = (
        "import os, signal, sys; from layoutplan import cli; "
        "import layoutplan.model.solve as solving; "
        # A shell that runs the tests in the background has its children ignore the signal.
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        "whole = solving._whole; "
        "solving._whole = lambda *given: (os.write(2, b'searching\\n'), whole(*given))[1]; "
        f"sys.argv = ['layoutplan', *{arguments!r}]; cli.run()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    # While files are read, an interrupt may be lost in the libraries that read them.
    assert any(line.strip() == b"searching" for line in process.stdout)
    time.sleep(2)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    text = process.communicate(timeout=60)[0].decode()
    assert time.monotonic() - start < 30, text
    assert "Traceback" not in text
    if out.exists():
        record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
        assert record["pupils_in"] == record["pupils_assigned"] + record["pupils_unserved"]
        assert process.returncode in (cli.DONE, NEAREST_PLAN)
    else:
        assert process.returncode == cli.INTERRUPTED
        assert "Stopped" in text or "已中止" in text
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(
    ("given", "said"), [("abc", "Give auto"), ("-5", "Gaps cannot be closed up to -5")]
)
def test_a_repair_that_is_unknown_gets_the_message_of_the_network(
    monkeypatch, capfd, tmp_path, county_file, given, said
):
    out = tmp_path / "plan"
    code, text = run(
        monkeypatch, capfd, "propose", county_file, "--out", out, "--repair", given, "--lang", "en"
    )
    assert code != cli.DONE
    assert said in text
    assert "abc" in text or given != "abc"
