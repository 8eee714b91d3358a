"""The contents of a review map: numbers of the plan to the person, classes, coded geometry."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import layoutplan as lp
from layoutplan.actions import ACTIONS
from layoutplan.assessment.selections import nearest_open, trips
from layoutplan.errors import OptionsError
from layoutplan.maps.contents import contents as contents_of_page
from layoutplan.maps.encode import PER_DEGREE, coded_lines
from layoutplan.maps.figures import far_from_schools, key_numbers
from layoutplan.maps.ground import roads_of, townships_of
from layoutplan.maps.payload import payload
from layoutplan.maps.themes import (
    ALL_BOARD,
    NO_SCHOOL,
    NOBODY,
    change_classes,
    mean_minutes,
    minute_classes,
    moved_classes,
)
from layoutplan.network.minutes import Minutes
from layoutplan.tables import BANDS, KINDS
from layoutplan.travel import TravelTimes

VILLAGE_NAMES = (
    "龙河",
    "青山",
    "石桥",
    "柳塘",
    "白云",
    "新丰",
    "古井",
    "长岭",
    "金坪",
    "麦田",
    "杏园",
    "竹溪",
)


def square(x, y, side):
    return shapely.box(x, y, x + side, y + side)


@pytest.fixture(scope="module")
def county():
    """Twelve villages on a line of 11 km, five schools, two townships."""
    x = 110 + np.arange(12) * 0.01
    villages = gpd.GeoDataFrame(
        {
            "name": [f"{n}村" for n in VILLAGE_NAMES],
            "township_id": ["T1"] * 6 + ["T2"] * 6,
            "pupils_g13": [10, 20, 0, 5, 8, 9, 30, 4, 6, 7, 3, 12],
            "pupils_g46": [9] * 12,
            "pupils_g79": [11] * 12,
        },
        geometry=shapely.points(x, np.full(12, 30.0)),
        index=pd.Index([f"V{n:02d}" for n in range(12)], name="village_id"),
        crs="EPSG:4490",
    )
    schools = gpd.GeoDataFrame(
        {
            "name": ["龙河小学", "青山教学点", "石桥初级中学", "柳塘小学", "金坪九年一贯制学校"],
            "kind": ["primary", "teaching_point", "junior", "primary", "nine_year"],
            "township_id": ["T1", "T1", "T1", "T2", "T2"],
            "places": [400, 60, 400, 300, 500],
        },
        geometry=shapely.points([110.0, 110.02, 110.03, 110.07, 110.1], [30.001] * 5),
        index=pd.Index(["S1", "S2", "S3", "S4", "S5"], name="school_id"),
        crs="EPSG:4490",
    )
    roads = gpd.GeoDataFrame(
        {"highway": ["primary", "residential"]},
        geometry=[
            shapely.LineString([(109.99, 30), (110.06, 30)]),
            shapely.LineString([(110.06, 30), (110.12, 30)]),
        ],
        crs="EPSG:4490",
    )
    townships = gpd.GeoDataFrame(
        {"name": ["龙河镇", "金坪乡"]},
        geometry=[square(109.98, 29.95, 0.08), square(110.06, 29.95, 0.08)],
        index=pd.Index(["T1", "T2"], name="township_id"),
        crs="EPSG:4490",
    )
    return lp.County.from_tables(
        villages=villages,
        schools=schools,
        roads=roads,
        townships=townships,
        name="龙河县",
        year=2025,
    )


@pytest.fixture(scope="module")
def times(county):
    """Ten minutes for every hundredth of a degree; no way from the last village."""
    x = county.villages.geometry.x.to_numpy()[:, None]
    minutes = np.round(np.abs(x - county.schools.geometry.x.to_numpy()[None, :]) * 1000, 6)
    minutes[-1] = np.inf
    frame = pd.DataFrame(minutes, index=county.villages.index, columns=county.schools.index)
    return TravelTimes.from_matrix(frame, mode="walk", county=county)


@pytest.fixture(scope="module")
def today(county, times):
    return lp.evaluate(county, times)


@pytest.fixture(scope="module")
def proposed(county, times, today):
    decisions = today.decisions_with(S4="close", S1="expand")
    decisions.loc["S1", "extra_classes"] = 2
    return lp.evaluate(county, times, decisions, name="proposed")


@pytest.fixture(scope="module")
def contents(today, proposed):
    return payload([today, proposed], lang="zh")


def test_pupils_equal_the_plans_tables_to_the_person(contents, today, proposed):
    for shown, plan in zip(contents["plans"], (today, proposed), strict=True):
        assert sum(shown["flows"]["pupils"]) == plan.pupils_assigned
        assert sum(shown["unserved"]["pupils"]) == plan.pupils_unserved
        assert sum(sum(shown["demand"][b]) for b in BANDS) == plan.pupils_in
        assert shown["numbers"]["pupils_in"] == plan.pupils_in
        assert shown["numbers"]["assigned"] + shown["numbers"]["unserved"] == plan.pupils_in
        rows = pd.DataFrame(
            {
                "village_id": [contents["villages"]["id"][n] for n in shown["flows"]["village"]],
                "band": [BANDS[n] for n in shown["flows"]["band"]],
                "site_id": [contents["sites"]["id"][n] for n in shown["flows"]["site"]],
                "pupils": shown["flows"]["pupils"],
            }
        )
        pd.testing.assert_frame_equal(
            rows, plan.assignment[list(rows)], check_dtype=False, check_categorical=False
        )


def test_schools_equal_the_decisions(contents, proposed):
    shown, table = contents["plans"][1]["sites"], proposed.decisions
    ids = contents["sites"]["id"]
    assert [ACTIONS[n] for n in shown["action"]] == table.loc[ids, "action"].tolist()
    for band in BANDS:
        assert shown["before"][band] == table.loc[ids, f"before_{band}"].tolist()
        assert shown["after"][band] == table.loc[ids, f"after_{band}"].tolist()
    assert shown["places"] == table.loc[ids, "places"].tolist()
    assert shown["extra"] == table.loc[ids, "extra_classes"].tolist()
    closed = ids.index("S4")
    receivers = [ids[n] for n in shown["receivers"][closed]]
    assert " ".join(receivers) == table.loc["S4", "receivers"]
    assert [KINDS[n] for n in contents["sites"]["kind"]] == table.loc[ids, "kind"].tolist()


def test_key_numbers_agree_with_the_assessment(contents, proposed):
    numbers = contents["plans"][1]["numbers"]
    ways = trips(proposed)
    for band in BANDS:
        far = ways.loc[ways["beyond"] & ways["band"].eq(band), "pupils"].sum()
        assert numbers[f"beyond_{band}"] == far
    assert numbers["close"] == 1
    assert numbers["expand"] == 1
    assert numbers["open"] == 4
    assert (
        numbers["moved"]
        == proposed.moves.query("from_site != '' and to_site != ''")["pupils"].sum()
    )
    assert numbers["capital_yuan"] == round(proposed.decisions["capital_yuan"].sum())


def test_who_has_no_school_near_is_told_by_village(contents):
    for shown in contents["plans"]:
        bits = np.array(shown["none_near"])
        pupils = np.array([shown["demand"][b] for b in BANDS])
        far = (bits[None, :] >> np.arange(len(BANDS))[:, None]) & 1
        assert int((far * pupils).sum()) == shown["numbers"]["none_near"] > 0
        assert not (far.astype(bool) & (pupils == 0)).any()


def test_villages_far_from_schools_are_those_of_the_assessment(today, proposed):
    for plan in (today, proposed):
        table = nearest_open(plan)
        table = table[table["far"] & table["pupils"].gt(0)]
        told = far_from_schools(plan).stack()
        assert set(told.index[told]) == set(zip(table["village_id"], table["band"], strict=True))
        assert key_numbers(plan)["none_near"] == table["pupils"].sum()


def test_a_map_needs_no_table_of_all_pairs(county, times, monkeypatch):
    """Such a table of a very large county does not fit into memory, and is refused."""
    plan = lp.evaluate(county, times, name="proposed")

    def refused(_, band):
        raise AssertionError(band)

    monkeypatch.setattr(Minutes, "table", refused)
    assert contents_of_page([plan], lang="zh")["plans"][0]["numbers"]["pupils_in"]


def test_boarders_are_no_class_of_minutes_and_beyond_no_limit(small_today):
    plan, sites = small_today, small_today.county.sites.index
    shown = payload([plan], lang="en")["plans"][0]
    flows = shown["flows"]
    assert flows["modes"][flows["board"]] == "boarding"
    lodged = sum(
        n for n, mode in zip(flows["pupils"], flows["mode"], strict=True) if mode == flows["board"]
    )
    table = plan.assignment
    assert lodged == shown["numbers"]["boarders"]
    assert lodged == table.loc[table["mode"] == "board", "pupils"].sum() > 0
    assert shown["sites"]["beds"] == plan.decisions["beds"].reindex(sites).tolist()
    band = table.loc[table["mode"] == "board", "band"].iloc[0]
    tables = {**plan.tables, "assignment": table.assign(mode="board")}
    every = replace(plan, tables=tables)
    classes = minute_classes(every, band=band)
    assert set(classes) <= {ALL_BOARD, NOBODY, NO_SCHOOL}
    assert (classes == ALL_BOARD).any()


def test_minutes_are_classed_by_shares_of_the_limit(today):
    classes, mean = minute_classes(today, band="g13"), mean_minutes(today, bands=["g13"])
    assert classes["V02"] == NOBODY
    assert classes["V11"] == NO_SCHOOL
    limit = today.standards.value("travel_limit_minutes_g13")
    served = mean.dropna()
    within = classes[served.index] <= 2
    assert within.eq(served.round(6) <= limit).all()
    assert classes["V00"] == 0
    assert mean["V01"] == pytest.approx(10)
    assert classes["V01"] == 0


def test_change_is_nothing_against_itself(today, proposed):
    change = change_classes(today, today)
    assert set(change) <= {2, NOBODY}
    assert set(moved_classes(today)) == {0}
    longer = change_classes(proposed, today)
    assert (longer > 2).any()


def test_minutes_are_rounded_up_so_that_far_stays_far(contents, proposed):
    shown = np.array(contents["plans"][1]["flows"]["minutes"])
    exact = proposed.assignment["minutes"].to_numpy(dtype=float)
    known = np.isfinite(exact)
    assert (shown[known] / 10 >= exact[known] - 1e-6).all()
    assert (shown[known] / 10 < exact[known] + 0.1).all()
    assert (shown[~known] == -1).all()


def test_one_plan_is_enough(today):
    contents = payload([today], lang="en")
    assert [p["name"] for p in contents["plans"]] == ["today"]
    assert contents["plans"][0]["label"] == "today"
    assert not contents["plans"][0]["moves"]["village"]


def test_a_county_without_townships_and_names(county, times):
    bare = lp.County.from_tables(
        villages=county.villages.drop(columns=["name", "township_id"]),
        schools=county.schools.drop(columns=["name", "township_id"]),
        roads=county.roads.drop(columns="highway"),
    )
    contents = payload([lp.evaluate(bare, times)], lang="en", roads=False)
    assert contents["villages"]["name"][:2] == ["V00", "V01"]
    assert set(contents["villages"]["town"]) == {-1}
    assert contents["towns"]["names"] == []
    assert contents["roads"] == []


def test_plans_of_two_counties_are_refused(today, county, times):
    fewer = lp.County.from_tables(
        villages=county.villages.iloc[:6], schools=county.schools, roads=county.roads
    )
    frame = times.table("g13").iloc[:6]
    other = lp.evaluate(fewer, TravelTimes.from_matrix(frame, mode="walk"), name="elsewhere")
    with pytest.raises(OptionsError, match="elsewhere"):
        payload([today, other], lang="en")
    with pytest.raises(OptionsError, match="no plan"):
        lp.review_map(lang="en")


def decoded(coded):
    places = np.array(coded["d"]).reshape(-1, 2).cumsum(axis=0) / PER_DEGREE
    return np.split(places, np.cumsum(coded["n"])[:-1])


def test_lines_come_back_to_half_a_step():
    rng = np.random.default_rng(7)
    lines = [shapely.LineString(rng.uniform(100, 101, (n, 2))) for n in (2, 5, 30)]
    back = decoded(coded_lines(gpd.GeoSeries(lines)))
    for line, places in zip(lines, back, strict=True):
        assert np.abs(shapely.get_coordinates(line) - places).max() <= 0.5 / PER_DEGREE + 1e-9


def test_lines_of_one_point_are_left_out():
    lines = gpd.GeoSeries(
        [shapely.LineString([(0, 0), (1e-7, 0)]), shapely.LineString([(1, 1), (2, 2)])]
    )
    assert coded_lines(lines) == {"n": [2], "d": [100000, 100000, 100000, 100000]}
    assert coded_lines(gpd.GeoSeries([], dtype="geometry")) == {"n": [], "d": []}


def test_roads_keep_their_rank_and_place(county):
    ranks = roads_of(county)
    assert [len(r["n"]) for r in ranks] == [1, 0, 0, 1]
    (main,) = decoded(ranks[0])
    assert main.round(4).tolist() == [[109.99, 30.0], [110.06, 30.0]]


def test_neighbouring_townships_share_one_line(county):
    towns = townships_of(county)
    assert towns["names"] == ["龙河镇", "金坪乡"]
    assert len(towns["outer"]["n"]) == 1
    (inner,) = decoded(towns["inner"])
    assert inner[:, 0].round(4).tolist() == [110.06] * len(inner)
