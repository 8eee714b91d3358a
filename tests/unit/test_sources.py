"""Files of all kinds give the same county; foreign columns come in through a mapping."""

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

import layoutplan as lp
from layoutplan.county_file import write_county
from layoutplan.demand import demand
from layoutplan.sources.columns import apply_columns, plain_heading, read_columns
from layoutplan.tables import COUNTY_TABLES, heading
from layoutplan.validation import must_be


@pytest.fixture(scope="module")
def made():
    return lp.example.county(seed=4, villages=25)


@pytest.fixture(scope="module")
def whole(made, tmp_path_factory):
    return write_county(made, tmp_path_factory.mktemp("whole") / "county.gpkg")


def plain(table):
    """Give a table as ordinary columns, coordinates and WKT in place of geometry."""
    key = table.index.name
    frame = table.reset_index() if key in ("village_id", "school_id", "township_id") else table
    frame = pd.DataFrame(frame)
    if "geometry" not in frame:
        return frame
    shapes = frame.pop("geometry")
    if (shapely.get_type_id(shapes.to_numpy()) == 0).all():
        return frame.assign(
            经度=shapely.get_x(shapes.to_numpy()), 纬度=shapely.get_y(shapes.to_numpy())
        )
    return frame.assign(wkt=shapely.to_wkt(shapes.to_numpy(), rounding_precision=12))


def same(one, other):
    for name in ("villages", "schools", "townships", "candidates"):
        a, b = one.table(name), other.table(name)
        assert list(a.index) == list(b.index)
        assert list(a.index.map(type).unique()) == [str]
        away = shapely.distance(a.geometry.to_numpy(), b.geometry.to_crs(a.crs).to_numpy())
        assert away.max() < 1e-9
    pd.testing.assert_frame_equal(
        demand(one, standards=lp.standards()).pupils, demand(other, standards=lp.standards()).pupils
    )
    assert one.schools["kind"].tolist() == other.schools["kind"].tolist()
    assert one.schools["places"].tolist() == other.schools["places"].tolist()
    assert len(one.roads) == len(other.roads)
    assert one.flows["pupils_g13"].sum() == other.flows["pupils_g13"].sum()


def test_a_geopackage_gives_the_county_back(made, whole):
    again = lp.read_county(whole)
    same(made, again)
    assert again.crs == made.crs
    assert again.name == "county"


def test_a_folder_of_csv_with_chinese_headings(made, tmp_path):
    for name, table in COUNTY_TABLES.items():
        frame = plain(made.table(name))
        names = {c.name: heading(table, c.name, lang="zh") for c in table.columns}
        frame.rename(columns=names).to_csv(
            tmp_path / f"{table.zh}.csv", index=False, encoding="gb18030"
        )
    same(made, lp.read_county(tmp_path))


def test_an_excel_workbook(made, tmp_path):
    path = tmp_path / "county.xlsx"
    with pd.ExcelWriter(path) as book:
        for name, table in COUNTY_TABLES.items():
            frame = plain(made.table(name))
            frame.to_excel(book, sheet_name=table.zh, index=False)
        pd.DataFrame({"note": ["a sheet that is no table"]}).to_excel(book, sheet_name="说明")
    same(made, lp.read_county(path))


def test_a_folder_of_mixed_files(made, tmp_path):
    made.villages.reset_index().to_file(tmp_path / "villages.geojson", driver="GeoJSON")
    made.schools.reset_index().to_file(tmp_path / "schools.gpkg", layer="schools")
    made.candidates.reset_index().to_file(tmp_path / "candidates.geojson", driver="GeoJSON")
    townships = made.townships.reset_index().rename(columns={"township_id": "乡镇代码"})
    townships = townships.drop(columns="responsible").rename(columns={"乡镇代码": "code"})
    townships.to_file(tmp_path / "townships.shp", encoding="utf-8")
    roads = made.roads[["name", "highway", "geometry"]]
    pyogrio.write_dataframe(roads, tmp_path / "道路.shp", encoding="GB18030")
    (tmp_path / "道路.cpg").unlink()
    plain(made.flows).to_csv(tmp_path / "flows.csv", index=False)
    read = lp.read_county(tmp_path, columns={"townships": {"township_id": "code"}})
    same(made, read)
    assert set(read.roads["name"].dropna()) == set(made.roads["name"].dropna())


def test_the_bureaus_files_give_the_same_county(tmp_path):
    tables = lp.example.county_tables(4, villages=25)
    lp.example.deliver(tables, tmp_path)
    same(lp.example.county(seed=4, villages=25), lp.read_county(tmp_path))


def test_reading_another_crs_converts_to_that_of_the_villages(made, tmp_path):
    path = tmp_path / "two.gpkg"
    for name in ("villages", "schools", "roads"):
        table = made.table(name).rename_axis(COUNTY_TABLES[name].key or "row").reset_index()
        table = table.to_crs("EPSG:4548") if name == "roads" else table
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
    read = lp.read_county(path)
    assert read.roads.crs == read.villages.crs
    assert "crs_converted" in {f.code for f in read.findings}


def test_a_mapping_brings_foreign_columns_and_values_in(made, tmp_path):
    villages = made.villages.reset_index()
    villages["kids"] = villages.pop("pupils_g13") + 0.4
    villages = villages.drop(columns=["pupils_g46", "pupils_g79"])
    schools = made.schools.reset_index().rename(columns={"kind": "type", "places": "seats"})
    schools["type"] = schools["type"].map({"primary": "P", "teaching_point": "T"}).fillna("other")
    path = tmp_path / "foreign.gpkg"
    pyogrio.write_dataframe(villages, path, layer="settlements", driver="GPKG")
    pyogrio.write_dataframe(schools, path, layer="schools", driver="GPKG")
    pyogrio.write_dataframe(made.roads, path, layer="roads", driver="GPKG")
    mapping = tmp_path / "columns.toml"
    mapping.write_text(
        """
        [villages]
        layer = "settlements"
        pupils = "kids"
        [schools]
        places = "seats"
        [schools.kind]
        from = "type"
        values = { P = "primary", T = "-" }
        otherwise = "nine_year"
        [townships]
        """,
        encoding="utf-8",
    )
    county = lp.read_county(path, columns=read_columns(mapping))
    assert set(county.schools["kind"]) == {"primary", "nine_year"}
    left_out = [f for f in county.findings if f.code == "rows_left_out"]
    assert left_out[0].count == (made.schools["kind"] == "teaching_point").sum()
    found = demand(county, standards=lp.standards())
    assert found.source == "total"
    assert found.pupils.to_numpy().sum() == round(villages["kids"].sum())


def test_pupils_come_from_ages_and_from_population():
    made = lp.example.county(seed=4, villages=25)
    rng = np.random.default_rng(0)
    bare = made.villages.drop(columns=[f"pupils_{b}" for b in ("g13", "g46", "g79")])
    ages = bare.assign(**{f"age_{a}": rng.integers(0, 9, len(bare)) for a in range(6, 15)})
    from_ages = lp.County.from_tables(villages=ages, schools=made.schools, roads=made.roads)
    found = demand(from_ages, standards=lp.standards())
    assert found.source == "ages"
    by_hand = ages[["age_9", "age_10", "age_11"]].sum(axis=1)
    assert (found.pupils["g46"] == by_hand).all()
    from_people = lp.County.from_tables(villages=bare, schools=made.schools, roads=made.roads)
    found = demand(from_people, standards=lp.standards())
    assert found.source == "population"
    rate = lp.standards().value("pupils_per_1000_population")
    assert found.pupils.to_numpy().sum() == round(bare["population"].sum() * rate / 1000)


def test_degrees_stay_degrees_beside_a_given_crs(made, tmp_path):
    for name in ("villages", "schools"):
        plain(made.table(name)).to_csv(tmp_path / f"{name}.csv", index=False)
    roads = made.roads.to_crs("EPSG:4548")[["geometry"]]
    pyogrio.write_dataframe(roads, tmp_path / "roads.shp")
    (tmp_path / "roads.prj").unlink()
    county = lp.read_county(tmp_path, crs="EPSG:4548")
    assert county.crs.is_geographic
    way = lp.travel_times(county).table("g13")
    known = lp.travel_times(made).table("g13")[list(way.columns)]
    assert np.allclose(way, known, atol=0.1)


def test_a_name_cut_inside_a_character_does_not_spoil_the_file(made, tmp_path):
    whole_names = "很长的道路名称" * 3
    roads = made.roads[["geometry"]].assign(name=whole_names)
    pyogrio.write_dataframe(roads, tmp_path / "roads.shp", encoding="GB18030")
    (tmp_path / "roads.cpg").unlink()
    table = tmp_path / "roads.dbf"
    raw, name = table.read_bytes(), whole_names.encode("gb18030")
    at = raw.index(name) + len(name) - 2
    table.write_bytes(raw[:at] + raw[at : at + 1] + b" " + raw[at + 2 :])
    for layer in ("villages", "schools"):
        made.table(layer).reset_index().to_file(tmp_path / f"{layer}.geojson", driver="GeoJSON")
    assert (lp.read_county(tmp_path).roads["name"] == whole_names).sum() == len(roads) - 1


def test_a_school_may_be_called_na(made, tmp_path):
    for name in ("villages", "schools"):
        frame = plain(made.table(name))
        if name == "schools":
            frame.loc[0, ["school_id", "name"]] = ["NA", "null"]
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    made.roads.to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    assert lp.read_county(tmp_path).schools.loc["NA", "name"] == "null"


def test_codes_keep_their_leading_zeros(made, tmp_path):
    villages = made.villages.reset_index()
    villages["village_id"] = [f"00{i:04d}" for i in range(len(villages))]
    for name, frame in (("villages", villages), ("schools", made.schools.reset_index())):
        plain(frame.set_index(COUNTY_TABLES[name].key)).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    made.roads.to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    assert lp.read_county(tmp_path).villages.index[0] == "000000"


def test_numbers_as_text_and_integral_floats_are_read(made):
    villages = made.villages.astype({"pupils_g13": "str", "pupils_g46": float})
    schools = made.schools.assign(places=made.schools["places"].astype("str"))
    county = lp.County.from_tables(villages=villages, schools=schools, roads=made.roads)
    assert county.villages["pupils_g13"].sum() == made.villages["pupils_g13"].sum()


def test_a_formula_in_a_name_stays_text(tmp_path, made):
    path = tmp_path / "county.xlsx"
    with pd.ExcelWriter(path) as book:
        for name, table in COUNTY_TABLES.items():
            plain(made.table(name)).to_excel(book, sheet_name=table.name, index=False)
    book = openpyxl.load_workbook(path)
    column = [c.value for c in book["schools"][1]].index("name") + 1
    cell = book["schools"].cell(row=2, column=column)
    cell.value, cell.data_type = "=1+1", "s"
    book.save(path)
    names = lp.read_county(path).schools["name"]
    assert "=1+1" in set(names)


def test_a_column_under_our_name_is_not_taken_for_another():
    roads = pd.DataFrame({"road_class": ["县道"], "道路等级": ["primary"]})
    mapped = apply_columns({"roads": roads}, {}).tables["roads"]
    assert list(mapped.columns) == ["road_class", "highway"]


def test_an_optional_column_that_nobody_fills_is_absent(made):
    villages = made.villages.drop(columns=[f"pupils_{b}" for b in ("g13", "g46", "g79")])
    villages = villages.assign(pupils=10.0, pupils_g13=np.nan, pupils_g46=None, pupils_g79=np.nan)
    county = lp.County.from_tables(villages=villages, schools=made.schools, roads=made.roads)
    assert demand(county, standards=lp.standards()).source == "total"


def test_headings_lose_units_and_width():
    assert plain_heading("学生数（人）") == plain_heading("学生数(人)") == "学生数"
    assert plain_heading("Village_ID") == "villageid"


def test_what_must_be_raises_our_own_error():
    with pytest.raises(lp.InternalError, match="no such thing"):
        must_be(condition=False, what="no such thing")


def test_polygons_serve_as_places(made):
    villages = made.villages
    x, y = villages.geometry.x.to_numpy(), villages.geometry.y.to_numpy()
    boxes = shapely.box(x - 0.001, y - 0.001, x + 0.001, y + 0.001)
    square = gpd.GeoSeries(boxes, index=villages.index, crs=villages.crs)
    county = lp.County.from_tables(
        villages=villages.set_geometry(square), schools=made.schools, roads=made.roads
    )
    one, two = lp.travel_times(county).table("g13"), lp.travel_times(made).table("g13")
    assert np.allclose(one, two[list(one.columns)], atol=0.1)


def test_a_mapping_keeps_the_values_of_tables_with_ids_as_index(small):
    tables = {t: small.table(t) for t in ("villages", "schools", "roads")}
    foreign = tables | {"villages": tables["villages"].rename(columns={"name": "nm"})}
    made = lp.County.from_tables(**foreign, columns={"villages": {"name": "nm"}})
    pd.testing.assert_series_equal(made.villages["name"], small.villages["name"])
