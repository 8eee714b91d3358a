"""Bad inputs: exit code 1 and one message with what, where and cure; nothing else happens."""

import hashlib
import sys
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

import layoutplan as lp
from layoutplan import cli
from layoutplan.county_file import write_county
from layoutplan.tables import COUNTY_TABLES


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Give a GeoPackage without fault, with few villages and roads."""
    path = tmp_path_factory.mktemp("good") / "county.gpkg"
    return write_county(lp.example.county(seed=3, villages=20), path)


@pytest.fixture
def tables(good):
    names = [str(n) for n, _ in pyogrio.list_layers(good)]
    return {n: gpd.read_file(good, layer=n) for n in names}


def write(tables, path):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        for name, table in tables.items():
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
    return path


def run(monkeypatch, capfd, *args):
    monkeypatch.setattr(sys, "argv", ["layoutplan", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    out, err = capfd.readouterr()
    return stop.value.code, out + err


def digest(path):
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return [(f.name, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files]


def refused(monkeypatch, capfd, path, tmp_path, *words, options=()):
    """Assert that the county is refused in one message that says all the words."""
    before = digest(path) if path.exists() else None
    out = tmp_path / "out"
    code, text = run(monkeypatch, capfd, "propose", path, "-o", out, "--lang", "en", *options)
    assert code == cli.BAD_DATA, text
    assert "Traceback" not in text
    assert "Cure: " in text
    for word in words:
        assert word in text, text
    assert not out.exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith((".", "out"))]
    if before is not None:
        assert digest(path) == before


def changed(name, change):
    def breaker(tables):
        tables[name] = change(tables[name])

    return breaker


def with_value(column, value, row=0):
    def change(table):
        table = table.copy()
        table[column] = table[column].astype(object)
        table.loc[table.index[row], column] = value
        return table

    return change


def with_geometry(shape, row=0):
    def change(table):
        table = table.copy()
        shapes = table.geometry.to_numpy().copy()
        shapes[row] = shape
        return table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))

    return change


def repeated_id(column):
    def change(table):
        table = table.copy()
        table.loc[table.index[1], column] = table.loc[table.index[0], column]
        return table

    return change


def dropped(*columns):
    return lambda table: table.drop(columns=list(columns))


def no_geometry(table):
    return pd.DataFrame(table.drop(columns="geometry"))


def as_text(column, text):
    return lambda table: table.assign(**{column: text})


def without_system(table):
    """Give numbers that are in no system of this part of the earth and do not say which."""
    far = shapely.transform(table.geometry.to_numpy(), lambda c: c * 1e9)
    return table.set_geometry(gpd.GeoSeries(far, index=table.index, crs=None)).set_crs(
        None, allow_override=True
    )


TABLE_FAULTS = {
    "no villages layer": (lambda t: t.pop("villages"), ["no table villages", "schools"]),
    "no schools layer": (lambda t: t.pop("schools"), ["no table schools"]),
    "no roads layer": (lambda t: t.pop("roads"), ["no table roads"]),
    "no id column": (changed("villages", dropped("village_id")), ["villages", "village_id"]),
    "no kind column": (changed("schools", dropped("kind")), ["schools", "kind", "required"]),
    "no geometry": (changed("schools", no_geometry), ["schools", "no location"]),
    "text for pupils": (
        changed("villages", as_text("pupils_g13", "many")),
        ["villages", "pupils_g13", "no numbers", "many"],
    ),
    "duplicate village": (
        changed("villages", repeated_id("village_id")),
        ["villages", "2 rows repeat"],
    ),
    "duplicate school": (changed("schools", repeated_id("school_id")), ["schools", "repeat"]),
    "negative pupils": (
        changed("villages", with_value("pupils_g46", -3)),
        ["villages", "pupils_g46", "negative", "-3"],
    ),
    "missing pupils": (
        changed("villages", with_value("pupils_g79", np.nan)),
        ["villages", "pupils_g79", "blank in 1 rows"],
    ),
    "parts of pupils": (
        changed("villages", with_value("pupils_g13", 2.5)),
        ["villages", "pupils_g13", "no whole numbers"],
    ),
    "pupils of some grades only": (
        changed("villages", dropped("pupils_g79")),
        ["villages", "some grade bands only", "pupils_g79"],
    ),
    "negative age": (
        changed("villages", lambda t: t.assign(age_7=-5)),
        ["villages", "age_7", "negative"],
    ),
    "text for an age": (
        changed("villages", lambda t: t.assign(age_7="none")),
        ["villages", "age_7", "no numbers"],
    ),
    "two columns for one": (
        changed(
            "villages",
            lambda t: t.rename(columns={"population": "常住人口"}).assign(
                **{"resident population": 5}
            ),
        ),
        ["villages", "mean the same"],
    ),
    "blank id": (
        changed("villages", with_value("village_id", None)),
        ["villages", "no code", "#1"],
    ),
    "blank in an id": (
        changed("schools", with_value("school_id", "21 34")),
        ["schools", "hold a blank"],
    ),
    "no crs": (
        changed("roads", without_system),
        ["roads", "no coordinate reference system"],
    ),
    "empty layer": (changed("villages", lambda t: t.iloc[:0]), ["villages", "no rows"]),
    "empty geometry": (
        changed("villages", with_geometry(shapely.Point())),
        ["villages", "1 rows have no location"],
    ),
    "lines for schools": (
        changed("schools", with_geometry(shapely.LineString([(116, 31), (117, 32)]))),
        ["schools", "LineString", "Point"],
    ),
    "points for roads": (
        changed("roads", with_geometry(shapely.Point(116.9, 31.4))),
        ["roads", "should be LineString"],
    ),
    "unknown kind": (
        changed("schools", with_value("kind", "academy")),
        ["schools", "academy", "teaching_point"],
    ),
    "school outside": (
        changed("schools", with_geometry(shapely.Point(121.4, 25.0))),
        ["schools", "far outside"],
    ),
    "unknown township": (
        changed("villages", with_value("township_id", "nowhere")),
        ["villages", "township_id", "nowhere"],
    ),
    "flow to an unknown school": (
        changed("flows", with_value("school_id", "S999")),
        ["flows", "school_id", "S999"],
    ),
    "no capacity at all": (
        changed(
            "schools",
            lambda t: t.drop(
                columns=["places", "classrooms", "enrolment_g13", "enrolment_g46", "enrolment_g79"]
            ),
        ),
        ["schools", "no places, no classrooms and no enrolment"],
    ),
    "no pupils at all": (
        changed("villages", lambda t: t[["village_id", "name", "township_id", "geometry"]]),
        ["villages", "no pupils"],
    ),
    "candidate with a school's id": (
        lambda t: t.update(
            candidates=t["candidates"].assign(
                school_id=t["schools"]["school_id"].iloc[: len(t["candidates"])].to_numpy()
            )
        ),
        ["code of a school"],
    ),
    "roads far away": (
        changed("roads", lambda t: t.set_geometry(t.geometry.translate(-40.0, 0.0))),
        ["roads"],
    ),
}


@pytest.mark.parametrize("fault", TABLE_FAULTS)
def test_a_faulty_table_is_refused(fault, tables, monkeypatch, capfd, tmp_path):
    breaker, words = TABLE_FAULTS[fault]
    breaker(tables)
    tables = {n: t for n, t in tables.items() if t is not None}
    path = write(tables, tmp_path / "county.gpkg")
    refused(monkeypatch, capfd, path, tmp_path, *words)


def test_several_faults_are_told_at_once(tables, monkeypatch, capfd, tmp_path):
    for fault in ("negative pupils", "unknown kind", "no crs"):
        TABLE_FAULTS[fault][0](tables)
    path = write(tables, tmp_path / "county.gpkg")
    refused(monkeypatch, capfd, path, tmp_path, "found in", ": 3", "academy", "negative", "roads")


def test_a_wrong_path_is_refused(monkeypatch, capfd, tmp_path):
    refused(
        monkeypatch, capfd, tmp_path / "no-such.gpkg", tmp_path, "no-such.gpkg", "Check the path"
    )


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("county.gpkg", b"this is no database", "damaged"),
        ("county.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("county.pdf", b"%PDF-1.7", "no kind that can be read"),
        ("county.geojson", b'{"type": "FeatureCollection", "features": [', ""),
    ],
)
def test_a_corrupt_or_foreign_file_is_refused(name, content, word, monkeypatch, capfd, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    refused(monkeypatch, capfd, path, tmp_path, name, word)


def test_an_empty_folder_is_refused(monkeypatch, capfd, tmp_path):
    folder = tmp_path / "county"
    folder.mkdir()
    refused(monkeypatch, capfd, folder, tmp_path, "no file that can be read")


def as_csv(tables, folder):
    folder.mkdir()
    for name, table in tables.items():
        frame = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
        if "geometry" in table and name in ("villages", "schools", "candidates"):
            frame = frame.assign(lon=table.geometry.x, lat=table.geometry.y)
        elif "geometry" in table:
            frame = frame.assign(wkt=shapely.to_wkt(table.geometry.to_numpy()))
        frame.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig")
    return folder


def test_an_unreadable_encoding_is_refused(tables, monkeypatch, capfd, tmp_path):
    folder = as_csv(tables, tmp_path / "county")
    file = folder / "villages.csv"
    file.write_bytes(file.read_bytes() + b"\xff\xfe\xff\x80\x00\n")
    refused(monkeypatch, capfd, folder, tmp_path, "villages.csv", "neither UTF-8 nor GB18030")


def test_a_table_with_only_headings_is_refused(tables, monkeypatch, capfd, tmp_path):
    folder = as_csv(tables, tmp_path / "county")
    file = folder / "schools.csv"
    file.write_text(file.read_text(encoding="utf-8-sig").splitlines()[0], encoding="utf-8")
    refused(monkeypatch, capfd, folder, tmp_path, "schools", "headings and no rows")


def test_a_blank_file_is_refused(tables, monkeypatch, capfd, tmp_path):
    folder = as_csv(tables, tmp_path / "county")
    (folder / "schools.csv").write_bytes(b"")
    refused(monkeypatch, capfd, folder, tmp_path, "schools.csv")


def test_two_files_for_one_table_are_refused(tables, monkeypatch, capfd, tmp_path):
    folder = as_csv(tables, tmp_path / "county")
    (folder / f"{COUNTY_TABLES['schools'].zh}.csv").write_bytes(
        (folder / "schools.csv").read_bytes()
    )
    refused(monkeypatch, capfd, folder, tmp_path, "More than one part")


def test_a_missing_coordinate_is_refused(tables, monkeypatch, capfd, tmp_path):
    folder = as_csv(tables, tmp_path / "county")
    frame = pd.read_csv(folder / "schools.csv", dtype="str")
    frame.loc[2, "lon"] = "east"
    frame.to_csv(folder / "schools.csv", index=False)
    refused(monkeypatch, capfd, folder, tmp_path, "schools", "1 rows have no location")


def test_a_line_that_is_cut_short_is_refused(tables, monkeypatch, capfd, tmp_path):
    folder = as_csv(tables, tmp_path / "county")
    frame = pd.read_csv(folder / "roads.csv", dtype="str")
    frame.loc[3, "wkt"] = frame.loc[3, "wkt"][:30]
    frame.to_csv(folder / "roads.csv", index=False)
    refused(monkeypatch, capfd, folder, tmp_path, "roads", "WKT", "#5")


def test_a_mapping_that_names_what_is_not_there_is_refused(good, monkeypatch, capfd, tmp_path):
    path = tmp_path / "columns.toml"
    path.write_text('[villages]\npupils = "students"\n', encoding="utf-8")
    county = tmp_path / "county.gpkg"
    county.write_bytes(good.read_bytes())
    options = ("--columns", path)
    refused(monkeypatch, capfd, county, tmp_path, "students", "pupils_g13", options=options)


def test_a_mapping_that_is_no_toml_is_refused(good, monkeypatch, capfd, tmp_path):
    path = tmp_path / "columns.toml"
    path.write_text("[villages\npupils: students\n", encoding="utf-8")
    county = tmp_path / "county.gpkg"
    county.write_bytes(good.read_bytes())
    refused(monkeypatch, capfd, county, tmp_path, "no valid TOML", options=("--columns", path))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--keep", "S999"), "S999"),
        (("--standards", "cn-nowhere"), "cn-nowhere"),
        (("--min-pupils", "primary"), "primary"),
        (("--budget", "-5"), "-5"),
        (("--mode", "teleport"), "teleport"),
        (("--lang", "fr"), "fr"),
    ],
)
def test_a_wrong_option_is_a_usage_error(good, options, word, monkeypatch, capfd, tmp_path):
    out = tmp_path / "out"
    args = ("propose", good, "-o", out, "--lang", "en", *options)
    code, text = run(monkeypatch, capfd, *args)
    assert code == cli.BAD_USAGE, text
    assert word in text
    assert "Traceback" not in text
    assert not out.exists()


def test_the_message_is_in_chinese_where_asked(tables, monkeypatch, capfd, tmp_path):
    TABLE_FAULTS["negative pupils"][0](tables)
    path = write(tables, tmp_path / "county.gpkg")
    code, text = run(monkeypatch, capfd, "check", path, "--lang", "zh")
    assert code == cli.BAD_DATA
    assert "负数" in text
    assert "处理办法" in text
