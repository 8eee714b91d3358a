"""Findings as a workbook and as map layers: text is text, whole or not at all."""

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

import layoutplan as lp
from layoutplan import cli
from layoutplan.county_file import write_county
from layoutplan.findings import Finding


@pytest.fixture(scope="module")
def faulty():
    """A county with names that spreadsheets take for formulas, and some defects."""
    county = lp.example.county(seed=4, villages=25)
    tables = {n: county.table(n) for n in county.tables}
    villages = tables["villages"]
    names = villages["name"].astype("str").to_numpy().copy()
    names[:3] = ["=HYPERLINK(1)", "+1", "合计"]
    population = villages["population"].to_numpy().copy()
    population[:2] = 1
    tables["villages"] = villages.assign(name=names, population=population)
    schools = tables["schools"]
    tables["schools"] = schools.assign(
        name=["\x07" + schools["name"].iloc[0], *schools["name"][1:]]
    )
    return lp.County.from_tables(**tables, name="霁川县")


def test_one_row_for_each_finding_and_each_row_concerned(faulty, tmp_path):
    path = lp.write_findings(faulty, tmp_path / "out" / "findings.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["检查结果", "涉及的行"]
    table = lp.check(faulty)
    sheet, rows = book.worksheets
    assert sheet.max_row == len(table) + 1
    assert [c.value for c in sheet["B"]][1:] == table["code"].tolist()
    listed = [[c.value for c in row] for row in rows.iter_rows(min_row=2)]
    concerned = [(row[1], row[4]) for row in listed]
    first = faulty.villages.index[0]
    assert ("pupils_above_population", first) in concerned
    assert len(concerned) == len(set(concerned)) == table["rows"].sum()
    named = {row[4]: row[5] for row in listed}
    assert named[first] == "=HYPERLINK(1)"
    assert all(c.data_type != "f" for page in book for row in page.iter_rows() for c in row)


def test_map_layers_hold_the_rows_with_code_and_message(faulty, tmp_path):
    path = lp.write_findings_layers(faulty, tmp_path / "findings.gpkg", lang="en")
    villages = gpd.read_file(path, layer="villages")
    above = villages[villages["code"] == "pupils_above_population"]
    assert above["id"].tolist() == faulty.villages.index[:2].tolist()
    assert above.geometry.iloc[0].equals(faulty.villages.geometry.iloc[0])
    assert above["severity"].eq("warning").all()
    assert "more pupils than residents" in above["message"].iloc[0]
    assert "schools" in set(pyogrio.list_layers(path)[:, 0])
    assert "layer_styles" in set(pyogrio.list_layers(path)[:, 0])


def test_a_sound_county_gives_files_as_well(tmp_path):
    county = lp.example.county(seed=4, villages=25)
    path = lp.write_findings_layers(county, tmp_path / "findings.gpkg", found=())
    assert len(gpd.read_file(path, layer="villages")) == 0
    book = openpyxl.load_workbook(lp.write_findings(county, tmp_path / "a.xlsx", found=()))
    assert book.worksheets[0].max_row == 1


def test_equal_counties_give_equal_workbooks(faulty, tmp_path):
    files = [lp.write_findings(faulty, tmp_path / f"{i}.xlsx").read_bytes() for i in (1, 2)]
    assert files[0] == files[1]


def test_nothing_is_left_when_a_file_cannot_be_written(faulty, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(lp.DataError):
        lp.write_findings(faulty, tmp_path / "file" / "findings.xlsx", found=())
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "folder.xlsx" / "kept").touch()
    with pytest.raises(lp.DataError):
        lp.write_findings(faulty, tmp_path / "folder.xlsx", found=())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.xlsx"]


def run(monkeypatch, capfd, *arguments):
    monkeypatch.setattr("sys.argv", ["layoutplan", *map(str, arguments)])
    try:
        cli.run()
        code = 0
    except SystemExit as stop:
        code = stop.code
    return code, "".join(capfd.readouterr())


def test_the_command_writes_both(faulty, tmp_path, monkeypatch, capfd):
    path = write_county(faulty, tmp_path / "county.gpkg")
    code, text = run(monkeypatch, capfd, "check", path, "-o", tmp_path / "out", "--lang", "en")
    assert code == cli.DONE, text
    assert str(tmp_path / "out") in text.replace("\n", "")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "findings.gpkg",
        "findings.xlsx",
    ]


def test_the_command_writes_what_makes_a_county_unreadable(tmp_path, monkeypatch, capfd):
    (tmp_path / "villages.csv").write_text("village_id,lon,lat\n1,110,30\n", encoding="utf-8")
    code, text = run(monkeypatch, capfd, "check", tmp_path, "-o", tmp_path / "out", "--lang", "en")
    assert code == cli.BAD_DATA, text
    book = openpyxl.load_workbook(tmp_path / "out" / "findings.xlsx")
    assert book.worksheets[0].max_row > 1
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["findings.xlsx"]


def test_the_command_never_writes_over_its_input(faulty, tmp_path, monkeypatch, capfd):
    path = write_county(faulty, tmp_path / "findings.gpkg")
    before = path.read_bytes()
    code, _ = run(monkeypatch, capfd, "check", path, "-o", tmp_path)
    assert code == cli.BAD_USAGE
    assert path.read_bytes() == before


def test_findings_without_a_county(tmp_path):
    found = [Finding(code="no_crs", table="roads", ids=("1", "2"))]
    book = openpyxl.load_workbook(
        lp.write_findings(None, tmp_path / "a.xlsx", found=found, lang="en")
    )
    assert [c.value for c in book.worksheets[1]["E"]] == ["id", "1", "2"]
