"""Files in any system give the county, and the planner overrules."""

import pandas as pd
import pytest
from frames_in_systems import away_m, codes, frames_of, in_system

import layoutplan as lp
from layoutplan import cli
from layoutplan.county_file import write_county
from layoutplan.sources.coordinates import gauss_kruger


def test_a_folder_without_any_system_gives_the_county(made, tmp_path):
    truth = frames_of(made)
    for name in ("villages", "schools"):
        zone = gauss_kruger("cgcs2000", meridian=117, prefix=True)
        projected = truth[name].to_crs(zone)
        flat = pd.DataFrame(projected.drop(columns="geometry"))
        # In surveying, x is the northing.
        flat = flat.assign(x=projected.geometry.y, y=projected.geometry.x)
        flat.to_csv(tmp_path / f"{name}.csv", index=False)
    truth["roads"].to_file(tmp_path / "roads.gpkg", layer="roads")
    county = lp.read_county(tmp_path)
    assert codes(county).count("axes_exchanged") == 2
    assert away_m(county.villages, made.villages) < 0.5
    assert away_m(county.schools, made.schools) < 0.5


def test_the_planner_overrules(made, tmp_path, monkeypatch, capfd):
    tables = frames_of(made)
    tables["schools"] = in_system(tables["schools"], "gcj02")
    path = tmp_path / "county.gpkg"
    for name, frame in tables.items():
        frame.drop(columns=["row"], errors="ignore").to_file(path, layer=name)
    assert away_m(lp.read_county(path).schools, made.schools) < 0.01
    as_is = lp.read_county(path, coordinates="as-is")
    assert away_m(as_is.schools, made.schools) > 300
    mapped = lp.read_county(path, columns={"schools": {"coordinates": "as-is"}})
    assert away_m(mapped.schools, made.schools) > 300
    with pytest.raises(lp.OptionsError, match="mars"):
        lp.read_county(path, coordinates="mars")
    argv = ["layoutplan", "check", str(path), "--coordinates", "gcj02", "--lang", "en"]
    monkeypatch.setattr("sys.argv", argv)
    with pytest.raises(SystemExit):
        cli.run()
    assert "GCJ02" in capfd.readouterr().out


def test_a_clean_county_reads_without_a_word(made, tmp_path):
    path = write_county(made, tmp_path / "county.gpkg")
    assert lp.read_county(path).findings == made.findings


@pytest.mark.parametrize("system", [pytest.param("gcj02", marks=pytest.mark.slow), "bd09"])
def test_the_demo_countys_files_with_points_of_a_map_site_give_the_demo(system, tmp_path):
    # Chinese headings in a workbook, a GBK shapefile, points as picked on the map.
    tables = lp.example.county_tables(3, villages=400)
    points = ("villages", "schools", "candidates")
    lp.example.deliver(
        tables | {n: in_system(tables[n], system) for n in points}, tmp_path / "bureau"
    )
    read = lp.read_county(tmp_path / "bureau")
    truth = lp.example.county(3, villages=400)
    assert sorted(f.table for f in read.findings if f.code == "map_site_undone") == sorted(points)
    for name in points:
        table = read.table(name)
        assert list(table.index) == list(truth.table(name).index)
        assert away_m(table, truth.table(name)) < 1e-6
    bands = ["pupils_g13", "pupils_g46", "pupils_g79"]
    assert (read.villages[bands] == truth.villages[bands]).all(axis=None)
    assert read.schools["places"].tolist() == truth.schools["places"].tolist()
    assert len(read.roads) == len(truth.roads)
