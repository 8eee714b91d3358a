"""Templates: a filled one is a county, an empty one is complete, a filled one is never lost."""

import contextlib
import sqlite3

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, Point

import layoutplan as lp
from layoutplan.network import network_of_roads
from layoutplan.network.seasons import closed_in
from layoutplan.sources.columns import plain_heading
from layoutplan.tables import COUNTY_TABLES, SCHOOLS
from layoutplan.template import write_templates
from layoutplan.words import catalogue

FILES = {"zh": "模板.xlsx", "en": "template.xlsx"}
NOTES = {"zh": "说明", "en": "Notes"}
PLACES = {"zh": ("经度", "纬度"), "en": ("lon", "lat")}
KIND = {"zh": "小学", "en": "primary school"}
OPTIONAL = ("townships", "candidates", "flows")


def sheet_of(book, name, lang):
    return book[getattr(COUNTY_TABLES[name], lang)]


def fill(sheet, name, lang, rows):
    """Fill a sheet from rows under our names, as a planner would under the headings."""
    lon, lat = PLACES[lang]
    table = COUNTY_TABLES[name]
    ours = {"lon": lon, "lat": lat, "wkt": "wkt"}
    headings = [cell.value for cell in sheet[1]]
    for number, row in enumerate(rows, 2):
        for column, value in row.items():
            heading = ours.get(column) or getattr(table[column], lang)
            sheet.cell(row=number, column=headings.index(heading) + 1, value=value)


def fill_book(path, lang):
    book = openpyxl.load_workbook(path)
    villages = [
        {"village_id": f"00{i}", "name": f"村{i}", "lon": 110 + i / 100, "lat": 30.0}
        | {"pupils_g13": 10 * i, "pupils_g46": 5, "pupils_g79": 0}
        for i in (1, 2, 3)
    ]
    schools = [
        {"school_id": "010", "kind": KIND[lang], "lon": 110.011, "lat": 30.0, "places": 90},
        {"school_id": "011", "kind": "junior", "lon": 110.03, "lat": 30.0, "classrooms": 6},
    ]
    road = {"road_id": "0X", "wkt": "LINESTRING (110.01 30, 110.02 30, 110.03 30)"}
    fill(sheet_of(book, "villages", lang), "villages", lang, villages)
    fill(sheet_of(book, "schools", lang), "schools", lang, schools)
    fill(sheet_of(book, "roads", lang), "roads", lang, [road | {"road_class": "县道"}])
    return book


def assert_small_county(county):
    assert list(county.villages.index) == ["001", "002", "003"]
    assert county.villages["pupils_g13"].tolist() == [10, 20, 30]
    assert county.schools["kind"].to_dict() == {"010": "primary", "011": "junior"}
    assert county.schools.loc["010", "places"] == 90
    assert county.villages.loc["002"].geometry == Point(110.02, 30)
    assert len(county.roads) == 1
    assert not [f for f in county.findings if f.severity == "error"]
    today = lp.evaluate(county, lp.travel_times(county))
    assert today.pupils_assigned == 75


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_filled_workbook_is_read(tmp_path, lang):
    path, _ = write_templates(tmp_path, lang=lang)
    book = fill_book(path, lang)
    for name in OPTIONAL:
        book.remove(sheet_of(book, name, lang))
    book.save(path)
    assert_small_county(lp.read_county(path))


def test_a_filled_workbook_is_read_with_sheets_left_empty(tmp_path):
    path, _ = write_templates(tmp_path)
    fill_book(path, "zh").save(path)
    assert_small_county(lp.read_county(path))


def test_a_filled_geopackage_is_read(tmp_path):
    _, path = write_templates(tmp_path)
    layers = {
        "villages": gpd.GeoDataFrame(
            {
                "village_id": ["001", "002", "003"],
                "pupils_g13": [10, 20, 30],
                "pupils_g46": [5, 5, 5],
                "pupils_g79": [0, 0, 0],
                "pupils": [15.0, 25.0, 35.0],
            },
            geometry=[Point(110.01, 30), Point(110.02, 30), Point(110.03, 30)],
            crs="EPSG:4490",
        ),
        "schools": gpd.GeoDataFrame(
            {"school_id": ["010", "011"], "kind": ["小学", "junior"], "places": [90, 300]},
            geometry=[Point(110.011, 30), Point(110.03, 30)],
            crs="EPSG:4490",
        ),
        "roads": gpd.GeoDataFrame(
            {"road_id": ["0X"], "road_class": ["县道"]},
            geometry=[LineString([(110.01, 30), (110.02, 30), (110.03, 30)])],
            crs="EPSG:4490",
        ),
    }
    for name, rows in layers.items():
        pyogrio.write_dataframe(
            rows, path, layer=name, append=True, promote_to_multi=name == "roads"
        )
    assert_small_county(lp.read_county(path))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_has_its_heading_and_its_note(tmp_path, lang):
    path, _ = write_templates(tmp_path, lang=lang)
    book = openpyxl.load_workbook(path)
    tables = [getattr(t, lang) for t in COUNTY_TABLES.values()]
    assert book.sheetnames == [NOTES[lang], *tables]
    notes = [[c.value for c in row] for row in book[NOTES[lang]].iter_rows(min_row=8)]
    noted = {(row[0], row[1]): row for row in notes}
    assert len(noted) == len(notes)
    assert all(row[-1] for row in notes)
    for name, table in COUNTY_TABLES.items():
        sheet = sheet_of(book, name, lang)
        headings = [c.value for c in sheet[1]]
        declared = [getattr(c, lang) for c in table.columns if c.type != "geometry"]
        place = ["wkt"] if name == "roads" else list(PLACES[lang]) if table.geometries else []
        assert sorted(headings) == sorted(declared + place)
        assert all((sheet.title, heading) in noted for heading in headings)
        assert sheet.max_row == 1
        assert sheet.freeze_panes == "B2"
        required = {getattr(c, lang) for c in table.columns if c.required} | set(place)
        assert {c.value for c in sheet[1] if c.font.bold} == required & set(headings)


def test_codes_keep_their_leading_zeros(tmp_path):
    path, _ = write_templates(tmp_path)
    book = openpyxl.load_workbook(path)
    for name, table in COUNTY_TABLES.items():
        sheet = sheet_of(book, name, "zh")
        letters = {c.value: c.column_letter for c in sheet[1]}
        for column in table.columns:
            if column.type in ("id", "text"):
                assert sheet.column_dimensions[letters[column.zh]].number_format == "@"


def rules_of(sheet):
    """Give the validation of each column by its heading."""
    letters = {c.column_letter: c.value for c in sheet[1]}
    return {
        letters[str(rule.sqref).split("2:")[0]]: rule
        for rule in sheet.data_validations.dataValidation
    }


def test_the_list_of_kinds_holds_values_that_are_read(tmp_path):
    path, _ = write_templates(tmp_path)
    rule = rules_of(openpyxl.load_workbook(path)["学校"])["办学类型"]
    words = rule.formula1.strip('"').split(",")
    assert words == [catalogue("zh")[f"kind.{k}"] for k in SCHOOLS["kind"].options]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_has_a_hint_and_numbers_are_kept_to(tmp_path, lang):
    path, _ = write_templates(tmp_path, lang=lang)
    book = openpyxl.load_workbook(path)
    for name, table in COUNTY_TABLES.items():
        sheet = sheet_of(book, name, lang)
        rules = rules_of(sheet)
        assert set(rules) == {c.value for c in sheet[1]}
        assert all(rule.prompt and rule.showInputMessage for rule in rules.values())
        for column in table.columns:
            if column.type in ("count", "amount"):
                rule = rules[getattr(column, lang)]
                assert rule.type == {"count": "whole", "amount": "decimal"}[column.type]
                assert rule.operator == "greaterThanOrEqual"
                assert rule.error
    references = rules_of(sheet_of(book, "flows", lang))
    villages = getattr(COUNTY_TABLES["villages"], lang)
    source = references[getattr(COUNTY_TABLES["flows"]["village_id"], lang)].formula1
    assert source == f"'{villages}'!$A$2:$A$1048576"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_list_is_too_long_for_excel(tmp_path, lang):
    path, _ = write_templates(tmp_path, lang=lang)
    for sheet in openpyxl.load_workbook(path):
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1 or "") <= 255
            assert len(rule.prompt) <= 255
            assert len(rule.promptTitle) <= 32


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_words_to_choose_from_are_understood(tmp_path, lang):
    path, _ = write_templates(tmp_path, lang=lang)
    rules = rules_of(sheet_of(openpyxl.load_workbook(path), "roads", lang))
    lists = {
        name: rules[getattr(COUNTY_TABLES["roads"][name], lang)].formula1.strip('"').split(",")
        for name in ("oneway", "bridge", "tunnel", "foot", "road_class", "highway", "closed_in")
    }
    most = max(map(len, lists.values()))
    table = {n: [words[i % len(words)] for i in range(most)] for n, words in lists.items()}
    # Who may walk in tunnels only gets nowhere.
    table["foot"] = table["foot"][1:] + table["foot"][:1]
    lines = [LineString([(110, 30 + i / 100), (110.1, 30 + i / 100)]) for i in range(most)]
    roads = gpd.GeoDataFrame(table, geometry=lines, crs="EPSG:4490")
    found = {f.code for f in network_of_roads(roads).findings}
    assert not {"road_class_unknown", "closed_in_unknown"} & found
    assert closed_in(roads, "flood")[0].any()
    assert not closed_in(roads, "flood")[1]


@pytest.fixture(scope="module")
def tiny():
    """A county with every table, as a template can hold it."""
    made = lp.example.county(seed=4, villages=25)
    tables = {name: made.table(name) for name in made.tables}
    villages = tables["villages"]
    tables["villages"] = villages.drop(columns=[c for c in villages if c.startswith("births")])
    seats = tables["townships"].geometry.representative_point()
    tables["townships"] = tables["townships"].set_geometry(seats)
    return lp.County.from_tables(**tables, name=made.name)


def assert_same(county, other):
    assert set(county.tables) == set(other.tables)
    assert not other.findings
    for name in county.tables:
        one, two = county.table(name), other.table(name)
        key = COUNTY_TABLES[name].key or ("road_id" if name == "roads" else None)
        if key:
            two = two.loc[one.index]
        assert list(one.index) == list(two.index) or not key
        for column in COUNTY_TABLES[name].columns:
            if column.type == "geometry":
                shapes = one.geometry.to_numpy(), two.geometry.to_numpy()
                assert shapely.equals_exact(*shapes, tolerance=1e-9).all()
            elif column.name in one:
                left, right = one[column.name], two[column.name]
                assert left.isna().to_numpy().tolist() == right.isna().to_numpy().tolist()
                assert left.dropna().tolist() == right.dropna().tolist(), column.name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_whole_county_comes_back_from_the_workbook_without_a_finding(tmp_path, tiny, lang):
    path, _ = write_templates(tmp_path, lang=lang)
    book = openpyxl.load_workbook(path)
    for name in tiny.tables:
        table = tiny.table(name)
        declared = COUNTY_TABLES[name]
        flat = table.reset_index(drop=not declared.key)
        flat = flat[[c for c in flat.columns if c in declared]]
        if name == "roads":
            flat = flat.drop(columns="geometry").assign(
                wkt=shapely.to_wkt(table.geometry.to_numpy(), rounding_precision=16)
            )
        elif declared.geometries:
            spots = table.geometry
            flat = flat.drop(columns="geometry").assign(
                lon=spots.x.to_numpy(), lat=spots.y.to_numpy()
            )
        if "kind" in flat:
            flat = flat.assign(kind=flat["kind"].map(lambda k: catalogue(lang)[f"kind.{k}"]))
        rows = [{k: v for k, v in row.items() if not pd.isna(v)} for row in flat.to_dict("records")]
        fill(sheet_of(book, name, lang), name, lang, rows)
    book.save(path)
    assert_same(tiny, lp.read_county(path))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_whole_county_comes_back_from_the_geopackage_without_a_finding(tmp_path, tiny, lang):
    _, path = write_templates(tmp_path, lang=lang)
    for name in tiny.tables:
        table, declared = tiny.table(name), COUNTY_TABLES[name]
        flat = table.reset_index(drop=not declared.key)
        flat = flat[[c for c in flat.columns if c in declared]]
        if name == "townships":
            flat = flat.set_geometry(shapely.buffer(flat.geometry.to_numpy(), 0.001), crs=table.crs)
        pyogrio.write_dataframe(
            flat, path, layer=name, append=True, promote_to_multi=name in ("roads", "townships")
        )
    again = lp.read_county(path)
    assert not again.findings
    assert again.table("townships").index.tolist() == tiny.townships.index.tolist()
    assert again.villages["population"].sum() == tiny.villages["population"].sum()
    assert again.schools.loc[tiny.schools.index, "kind"].tolist() == tiny.schools["kind"].tolist()
    assert len(again.flows) == len(tiny.flows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_geopackage_tells_headings_meanings_and_values(tmp_path, lang):
    _, path = write_templates(tmp_path, lang=lang)
    with contextlib.closing(sqlite3.connect(path)) as base:
        told = {
            (table, column): (name, description, values)
            for table, column, name, description, values in base.execute(
                "SELECT table_name, column_name, name, description, constraint_name"
                " FROM gpkg_data_columns"
            )
        }
        values = base.execute(
            "SELECT value, description FROM gpkg_data_column_constraints"
            " WHERE constraint_name = 'of_kind' ORDER BY rowid"
        ).fetchall()
    assert values == [(k, catalogue(lang)[f"kind.{k}"]) for k in SCHOOLS["kind"].options]
    for name, table in COUNTY_TABLES.items():
        for column in table.columns:
            if column.type != "geometry":
                heading, meaning, _ = told[name, column.name]
                assert heading.startswith(getattr(column, lang))
                assert meaning
    assert told["schools", "kind"][2] == told["candidates", "kind"][2] == "of_kind"


def test_the_geopackage_has_all_layers_and_columns(tmp_path):
    _, path = write_templates(tmp_path)
    layers = dict(pyogrio.list_layers(path))
    assert set(layers) == set(COUNTY_TABLES)
    for name, table in COUNTY_TABLES.items():
        info = pyogrio.read_info(path, layer=name)
        assert list(info["fields"]) == [c.name for c in table.columns if c.type != "geometry"]
        assert info["features"] == 0
        assert layers[name] is None if not table.geometries else layers[name] in table.geometries
        assert info["crs"] == ("EPSG:4490" if table.geometries else None)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_only_resources_share_a_meaning(lang):
    words = catalogue(lang)
    shared = {"geometry"}
    for name, table in COUNTY_TABLES.items():
        for column in table.columns:
            plain = column.name[:-4] + "_band" if column.name[-4:-2] == "_g" else column.name
            keys = {f"template.meaning.{name}_{plain}", f"template.meaning.{plain}"}
            if not keys & set(words):
                shared.add(column.name)
    declared = [c.name for c in SCHOOLS.columns]
    assert shared == {"geometry", *declared[declared.index("staff") :]}


def test_no_heading_of_a_sheet_is_taken_for_another():
    for name in COUNTY_TABLES:
        for lang in ("zh", "en"):
            plain = [plain_heading(getattr(c, lang)) for c in COUNTY_TABLES[name].columns]
            assert len(set(plain)) == len(plain)


def test_templates_are_the_same_each_time(tmp_path):
    one = [p.read_bytes() for p in write_templates(tmp_path / "one")]
    other = [p.read_bytes() for p in write_templates(tmp_path / "other")]
    assert one == other


def test_an_empty_template_is_replaced_and_a_filled_one_is_not(tmp_path):
    path, package = write_templates(tmp_path)
    assert write_templates(tmp_path, lang="auto") == [path, package]
    fill_book(path, "zh").save(path)
    before = path.read_bytes()
    with pytest.raises(lp.DataError, match="没有覆盖"):
        write_templates(tmp_path)
    assert path.read_bytes() == before
    path.write_text("something else")
    with pytest.raises(lp.DataError):
        write_templates(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([path.name, package.name])


def test_an_unknown_language_is_refused(tmp_path):
    with pytest.raises(ValueError, match="zh, en, auto"):
        write_templates(tmp_path / "none", lang="fr")
    assert not (tmp_path / "none").exists()
