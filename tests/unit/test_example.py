"""The made-up county: whole, the same for a seed, and like published counties."""

import time
from functools import cache

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from layoutplan.example import county_tables, deliver
from layoutplan.tables import BANDS, BANDS_OF_KIND, COUNTY_TABLES

SEEDS = (1, 2)
PRIMARY_KINDS = ("primary", "nine_year", "teaching_point")


@cache
def county(seed=1, villages=400, terrain="mixed"):
    return county_tables(seed, villages=villages, terrain=terrain)


def metric(table):
    return table.to_crs("EPSG:4548").geometry


def points(table):
    return shapely.get_coordinates(metric(table).to_numpy())


def primary(schools):
    return schools["enrolment_g13"] + schools["enrolment_g46"]


def groups(schools):
    """Seat, town and village schools, told by their names."""
    rural = schools["name"].str.contains("村|乡|教学点")
    seat = schools["name"].str.startswith("霁川县")
    return seat, ~seat & ~rural, rural


def road_graph(roads):
    xy, line = shapely.get_coordinates(roads.geometry.to_numpy(), return_index=True)
    nodes, number = np.unique(xy, axis=0, return_inverse=True)
    same = line[1:] == line[:-1]
    start, end = number[:-1][same], number[1:][same]
    places = shapely.get_coordinates(
        gpd.GeoSeries(shapely.points(nodes), crs=roads.crs).to_crs("EPSG:4548").to_numpy()
    )
    metres = np.hypot(*(places[start] - places[end]).T)
    size = (len(nodes), len(nodes))
    return csr_array(coo_array((metres, (start, end)), shape=size)), places


def distances(a, b):
    return np.hypot(*np.moveaxis(points(a)[:, None] - points(b)[None], 2, 0)) / 1_000


class TestTables:
    def test_declared_columns_and_ids(self):
        for name, table in county().items():
            declared = COUNTY_TABLES[name]
            known = {c.name for c in declared.columns}
            extra = {c for c in table.columns if not c.startswith("births_")} - known
            assert not extra
            order = [c.name for c in declared.columns if c.name in table.columns]
            assert [c for c in table.columns if c in known] == order
            for column in declared.columns:
                if column.required and column.name != declared.key:
                    assert table[column.name].notna().all()
            if declared.key:
                assert table.index.name == declared.key
                assert table.index.is_unique
            if declared.geometries:
                assert table.crs == "EPSG:4490"
                assert set(table.geom_type) <= set(declared.geometries)
                assert table.is_valid.all()

    def test_codes(self):
        tables = county()
        assert tables["villages"].index.str.fullmatch(r"349901[12]\d\d[02]\d\d").all()
        assert tables["townships"].index.str.fullmatch(r"349901[12]\d\d").all()
        assert tables["schools"].index.str.fullmatch(r"(21|31)34\d{6}").all()
        assert tables["roads"].index.str.fullmatch(r"R\d{5}").all()
        assert tables["roads"].index.name == "road_id"
        prefix = tables["villages"].index.str[:9]
        assert (prefix == tables["villages"]["township_id"]).all()

    def test_names_differ(self):
        for name in ("villages", "schools", "townships", "candidates"):
            assert county()[name]["name"].is_unique
        assert county()["villages"]["name"].str.fullmatch(".{2,3}(村|社区)").all()

    def test_same_seed_same_county(self):
        once, again = county_tables(7, villages=60), county_tables(7, villages=60)
        for name, table in once.items():
            assert_frame_equal(table, again[name])
        other = county_tables(8, villages=60)["villages"]
        assert not other["name"].equals(once["villages"]["name"])

    @pytest.mark.parametrize("villages", [20, 27, 60, 400])
    def test_flows_add_up(self, villages):
        tables = county(2, villages)
        flows, schools = tables["flows"], tables["schools"]
        columns = [f"pupils_{band}" for band in BANDS]
        assert (flows[columns].sum(axis=1) > 0).all()
        sent = flows.groupby("village_id")[columns].sum().reindex(tables["villages"].index)
        assert_frame_equal(sent, tables["villages"][columns], check_dtype=False)
        come = flows.groupby("school_id")[columns].sum().reindex(schools.index, fill_value=0)
        for band in BANDS:
            assert (come[f"pupils_{band}"] == schools[f"enrolment_{band}"]).all()
            untaught = ~schools["kind"].map(lambda kind, b=band: b in BANDS_OF_KIND[kind])
            assert (schools.loc[untaught, f"enrolment_{band}"] == 0).all()
        assert not flows.duplicated(["village_id", "school_id"]).any()

    @pytest.mark.parametrize("villages", [20, 60, 400])
    def test_references(self, villages):
        tables = county(1, villages)
        for name in ("villages", "schools", "candidates"):
            assert tables[name]["township_id"].isin(tables["townships"].index).all()
        able = tables["schools"]["kind"].isin(["junior", "nine_year"])
        assert set(tables["schools"][able]["township_id"]) == set(tables["townships"].index)
        assert (primary(tables["schools"]) + tables["schools"]["enrolment_g79"] > 0).all()


class TestMap:
    def test_townships_cover_without_overlap(self):
        for tables in (county(1), county(2), county(2, 20)):
            assert shapely.coverage_is_valid(tables["townships"].geometry.to_numpy())
            assert set(tables["townships"].geom_type) == {"Polygon"}
            holder = tables["villages"].sjoin(tables["townships"][["geometry"]], predicate="within")
            assert len(holder) == len(tables["villages"])
            assert (holder["township_id_left"] == holder["township_id_right"]).all()

    def test_roads_are_one_piece_near_every_place(self):
        tables = county()
        graph, places = road_graph(tables["roads"])
        assert connected_components(graph, directed=False)[0] == 1
        for name in ("villages", "schools", "candidates"):
            assert cKDTree(places).query(points(tables[name]))[0].max() < 200
        assert 2_000 < len(tables["roads"]) < 6_000
        assert 20_000 < len(places) < 60_000

    def test_lines_meet_inside_other_lines(self):
        lines = county()["roads"].geometry.to_numpy()
        ends = {tuple(p) for p in shapely.get_coordinates(shapely.get_point(lines, [[0], [-1]]))}
        inner = {tuple(p) for line in lines for p in shapely.get_coordinates(line)[1:-1]}
        assert len(ends & inner) > 200

    def test_oneway_streets_and_bridges(self):
        roads = county()["roads"]
        assert set(roads.loc[roads["oneway"] == "yes", "highway"]) == {"residential"}
        assert (roads["bridge"] == "yes").sum() > 5
        assert set(roads["layer"]) <= {"-1", "0", "1"}

    @pytest.mark.parametrize(
        ("terrain", "low", "high"), [("plain", 1.18, 1.33), ("hills", 1.4, 1.66)]
    )
    def test_circuity(self, terrain, low, high):
        tables = county(1, 400, terrain)
        graph, places = road_graph(tables["roads"])
        at = cKDTree(places).query(points(tables["villages"]))[1]
        some = np.random.default_rng(0).choice(len(at), 40, replace=False)
        way = dijkstra(graph, directed=False, indices=at[some])[:, at] / 1_000
        straight = distances(tables["villages"].iloc[some], tables["villages"])
        pairs = (straight > 1) & (straight < 10)
        assert low < (way[pairs] / straight[pairs]).mean() < high


@pytest.mark.parametrize("seed", SEEDS)
class TestLikePublishedCounties:
    def test_people(self, seed):
        villages = county(seed)["villages"]
        rural = villages["name"].str.endswith("村")
        people = villages["population"]
        assert people.mean() == pytest.approx(1_875, rel=0.01)
        assert np.log(people[rural]).std() == pytest.approx(0.43, abs=0.05)
        pupils = villages[[f"pupils_{b}" for b in BANDS]].sum()
        assert 0.08 < pupils.sum() / people.sum() < 0.09
        assert pupils["pupils_g13"] < pupils["pupils_g46"]
        assert villages["births_2025"].sum() < 0.6 * villages["births_2018"].sum()
        assert (villages["left_behind"] <= villages.filter(like="pupils_").sum(axis=1)).all()
        near = cKDTree(points(villages)).query(points(villages), k=2)[0][:, 1]
        assert np.median(near) == pytest.approx(1_000, rel=0.15)

    def test_where_pupils_go(self, seed):
        schools = county(seed)["schools"]
        pupils = primary(schools)
        seat, town, rural = (pupils[g].sum() / pupils.sum() for g in groups(schools))
        assert 0.36 <= seat <= 0.46
        assert 0.355 <= town <= 0.39
        assert 0.17 <= rural <= 0.26

    def test_small_schools(self, seed):
        schools = county(seed)["schools"]
        teaching = schools["kind"].isin(PRIMARY_KINDS)
        rural = schools[groups(schools)[2] & teaching]
        assert 0.29 <= (primary(rural) < 100).mean() <= 0.46
        assert 0.38 <= (rural["kind"] == "teaching_point").mean() <= 0.49
        assert primary(rural).mean() == pytest.approx(149, rel=0.2)

    def test_class_sizes(self, seed):
        schools = county(seed)["schools"]
        one_stage = schools[schools["kind"] != "nine_year"]
        pupils = primary(one_stage) + one_stage["enrolment_g79"]
        size = pupils / one_stage["classes"]
        large = one_stage["classes"][size > 55].sum() / one_stage["classes"].sum()
        assert 0.05 <= large <= 0.09
        assert size.max() < 66
        of_primary = one_stage["kind"].isin(["primary", "teaching_point"])
        seat, town, rural = groups(one_stage)
        means = [
            pupils[g & of_primary].sum() / one_stage["classes"][g & of_primary].sum()
            for g in (seat, town, rural)
        ]
        assert means == pytest.approx([47, 42, 27.1], rel=0.12)
        assert (pupils > one_stage["places"])[seat].mean() > 0.6

    def test_room_for_all_but_not_where_it_is_wanted(self, seed):
        schools = county(seed)["schools"]
        seat = groups(schools)[0]
        for kinds, pupils, size in (
            (("primary", "teaching_point"), primary(schools), 45),
            (("junior",), schools["enrolment_g79"], 50),
        ):
            these = schools["kind"].isin(kinds)
            places = schools["places"].where(these, 0)
            room = places + size * schools["max_extra_classes"]
            assert 1.0 < places.sum() / pupils[these].sum() < 1.3
            assert 1.05 < room[these].sum() / pupils[these].sum() < 1.45
            assert pupils[these & seat].sum() > places[seat].sum()
        candidates = county(seed)["candidates"]
        assert 2 <= len(candidates) <= 4
        assert (candidates["capital_yuan"] / candidates["places"]).between(44_000, 56_000).all()

    def test_distances(self, seed):
        tables = county(seed)
        schools = tables["schools"][tables["schools"]["kind"].isin(PRIMARY_KINDS)]
        nearest = distances(tables["villages"], schools).min(axis=1)
        middle, far = np.quantile(nearest, [0.5, 0.9])
        assert middle == pytest.approx(1.5, rel=0.2)
        assert far == pytest.approx(3.3, rel=0.2)

    def test_teaching_points_to_merge_and_to_keep(self, seed):
        tables = county(seed)
        graph, places = road_graph(tables["roads"])
        schools = tables["schools"][tables["schools"]["kind"].isin(PRIMARY_KINDS)]
        at = cKDTree(places).query(points(schools))[1]
        point = (schools["kind"] == "teaching_point").to_numpy()
        way = dijkstra(graph, directed=False, indices=at[point])[:, at]
        way[np.arange(point.sum()), np.flatnonzero(point)] = np.inf
        small = primary(schools)[point].between(8, 30).to_numpy()
        assert (small & (way[:, ~point].min(axis=1) < 3_000)).sum() >= 3
        assert (way.min(axis=1) > 2_000).sum() >= 10

    def test_resources_differ_between_schools(self, seed):
        schools = county(seed)["schools"]
        schools = schools[schools["kind"] == "primary"]
        pupils = primary(schools)
        for column in ("teaching_area_m2", "sports_area_m2", "equipment_yuan", "books"):
            mean = schools[column].sum() / pupils.sum()
            squares = (schools[column] / pupils - mean) ** 2
            cv = np.sqrt((pupils * squares).sum() / pupils.sum()) / mean
            assert 0.25 < cv < 0.75, column
        for column in ("teachers_above_degree", "key_teachers", "mid_title_teachers"):
            assert (schools[column] <= schools["teachers"]).all()
        assert (schools["teachers"] <= schools["staff"]).all()


class TestSizes:
    def test_default_size_is_quick(self):
        began = time.perf_counter()
        county_tables(3)
        assert time.perf_counter() - began < 10

    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize("villages", [20, 33])
    def test_small_counties(self, seed, villages):
        tables = county_tables(seed, villages=villages, terrain="hills" if seed % 2 else "plain")
        assert len(tables["villages"]) == villages
        assert {"primary", "junior"} <= set(tables["schools"]["kind"])
        graph, _ = road_graph(tables["roads"])
        assert connected_components(graph, directed=False)[0] == 1
        assert shapely.coverage_is_valid(tables["townships"].geometry.to_numpy())
        assert len(tables["candidates"]) >= 2

    def test_townships_as_asked(self):
        assert len(county()["townships"]) == 22
        assert len(county_tables(1, villages=100, townships=1)["townships"]) == 1
        assert len(county_tables(1, villages=30)["townships"]) == 3

    @pytest.mark.slow
    def test_large_county(self):
        tables = county_tables(1, villages=2_000, townships=60)
        assert len(tables["villages"]) == 2_000
        assert len(tables["townships"]) == 60
        assert tables["villages"]["name"].is_unique
        seat, town, _ = groups(tables["schools"])
        pupils = primary(tables["schools"])
        assert pupils[seat | town].sum() / pupils.sum() > 0.6


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("delivered")
    deliver(county(2, 60), folder)
    return folder


class TestDelivered:
    def test_workbook(self, folder):
        book = openpyxl.load_workbook(folder / "学校与村庄.xlsx")
        assert book.sheetnames == ["村庄", "学校", "候选校址", "就读流向"]
        cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
        assert not any(c.data_type == "f" for c in cells)
        villages = pd.read_excel(
            folder / "学校与村庄.xlsx", engine="openpyxl", dtype={"村代码": str}
        )
        assert (villages["村代码"] == county(2, 60)["villages"].index).all()
        assert {"村名", "经度", "纬度", "1-3年级学生数", "2018年出生人数"} <= set(villages)
        assert villages["经度"].between(116, 118).all()
        schools = {c.value for c in book["学校"][1]}
        assert {"学校标识码", "办学类型", "学位数", "最多可增班数"} <= schools
        assert book["学校"]["A2"].data_type == "s"

    def test_text_stays_text(self, tmp_path):
        tables = dict(county(2, 60))
        tables["villages"] = tables["villages"].assign(name="=1+1")
        deliver(tables, tmp_path)
        cell = openpyxl.load_workbook(tmp_path / "学校与村庄.xlsx")["村庄"]["B2"]
        assert (cell.data_type, cell.value) == ("s", "=1+1")

    def test_townships(self, folder):
        townships = gpd.read_file(folder / "乡镇.geojson")
        assert {"乡镇代码", "乡镇名称", "责任人"} <= set(townships)
        assert len(townships) == len(county(2, 60)["townships"])

    def test_roads_in_gbk_without_a_word_of_it(self, folder):
        assert not (folder / "道路.cpg").exists()
        assert "村道".encode("gbk") in (folder / "道路.dbf").read_bytes()
        roads = gpd.read_file(folder / "道路.shp", encoding="GBK")
        assert roads["road_class"].dropna().isin(["国道", "省道", "县道", "乡道", "村道"]).all()
        assert (roads["road_id"].to_numpy() == county(2, 60)["roads"].index.to_numpy()).all()
