"""The command `layoutplan project` from a file to files."""

import sys

import openpyxl
import pandas as pd
import pytest
from counties_by_hand import ages, county

from layoutplan import cli
from layoutplan.county_file import write_county

HOSTILE = "=HYPERLINK(1)"


def run(monkeypatch, capfd, *args):
    monkeypatch.setattr(sys, "argv", ["layoutplan", "project", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    return stop.value.code or 0, out + err


@pytest.fixture(scope="module")
def county_file(tmp_path_factory):
    columns = ages((20,) * 9, (30,) * 9) | {"name": [HOSTILE, "<b>+1"], "births_2021": [20, 30]}
    own = county(columns, schools={"kind": ["nine_year"], "places": [400], "name": [HOSTILE]})
    return write_county(own, tmp_path_factory.mktemp("county") / "county.gpkg")


def test_files_hold_the_projection_and_cells_are_text(county_file, monkeypatch, capfd, tmp_path):
    births = tmp_path / "births.csv"
    births.write_text(
        "village_id,year,births\nV1,2022,20\nV1,2023,20\nV2,2022,30\nV2,2023,30\n", encoding="utf-8"
    )
    out = tmp_path / "years"
    before = county_file.read_bytes()
    code, text = run(
        monkeypatch, capfd, county_file, "-o", out, "--years", 4, "--births", births,
        "--year", 2026, "--lang", "en", "--repair", "off",
    )  # fmt: skip
    assert code == cli.DONE, text
    assert {p.name for p in out.iterdir()} == {"projection.csv", "warnings.csv", "projection.xlsx"}
    rows = pd.read_csv(out / "projection.csv", encoding="utf-8-sig")
    total = rows[rows["variant"] == "mid"].groupby("year")[[f"g{n}" for n in range(1, 10)]].sum()
    assert total.sum(axis=1).to_dict() == {2026: 450, 2027: 450, 2028: 450, 2029: 450, 2030: 450}
    warned = pd.read_csv(out / "warnings.csv", encoding="utf-8-sig")
    assert (warned.query("level == 'school'").groupby("year")["need"].sum() == 450).all()
    book = openpyxl.load_workbook(out / "projection.xlsx")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"]
    assert any(c.value == HOSTILE for c in cells)
    assert "450" in text
    assert county_file.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--years", 0), cli.BAD_USAGE, "30"),
        (("--variants", "best"), cli.BAD_USAGE, "best"),
        (("--births", "no-such-file.csv"), cli.BAD_DATA, "no-such-file.csv"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(
    county_file, monkeypatch, capfd, tmp_path, options, code, said
):
    out = tmp_path / "years"
    found, text = run(monkeypatch, capfd, county_file, "-o", out, *options, "--lang", "en")
    assert (found, said in text) == (code, True), text
    assert not out.exists()
