"""Pupils on roads: none is lost, and their minutes are those of the assignment."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import layoutplan as lp
from layoutplan.errors import TravelError
from layoutplan.network import Barriers, network, network_of_roads
from layoutplan.network.flows import FLOW_COLUMNS, flows
from layoutplan.network.modes import MODES
from layoutplan.network.paths import paths

CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"
WALK = 4000 / 60


def frame(*wkt, ids, **columns):
    shapes = gpd.GeoSeries.from_wkt(list(wkt), crs=CRS).set_axis(list(ids))
    return gpd.GeoDataFrame(columns, geometry=shapes, index=list(ids))


def assigned(*rows):
    return pd.DataFrame(rows, columns=["village_id", "band", "site_id", "pupils"])


@pytest.fixture(scope="module")
def by_mode(small):
    return {mode: network(small, mode=mode) for mode in MODES}


@pytest.fixture(scope="module")
def town():
    """A street with a village at its end, another half way, and a school at the other end."""
    roads = frame("LINESTRING (0 0, 600 0, 1000 0)", "LINESTRING (600 0, 600 400)", ids=["a", "b"])
    villages = frame("POINT (0 0)", "POINT (300 0)", "POINT (600 400)", ids=["far", "near", "side"])
    return network_of_roads(roads), villages, frame("POINT (1000 50)", ids=["s"])


@pytest.mark.parametrize("mode", MODES)
def test_pupil_minutes_of_a_plan_are_those_of_its_assignment(small, by_mode, mode):
    made = by_mode[mode]
    times = lp.travel_times(small, mode=mode, network=made)
    plan = lp.evaluate(small, times)
    rows = plan.assignment
    for merged in (True, False):
        found = flows(rows, small.villages, small.sites, network=made, merged=merged)
        total = (rows["pupils"] * rows["minutes"]).sum()
        assert found["pupil_minutes"].sum() == pytest.approx(total, rel=1e-12)
        legs = found[found["kind"].isin(["from_village", "across", "no_way"])]
        assert legs["pupils"].sum() == plan.pupils_assigned
        assert list(found.columns) == [*FLOW_COLUMNS, "geometry"]
        assert found.crs == small.villages.crs


def test_the_proposed_plan_too(small_plan, by_mode, small):
    rows = small_plan.assignment
    found = flows(rows, small.villages, small.sites, network=by_mode["walk"])
    total = (rows["pupils"] * rows["minutes"]).sum()
    assert found["pupil_minutes"].sum() == pytest.approx(total, rel=1e-12)


def test_a_street_by_hand(town):
    made, villages, school = town
    rows = assigned(
        ["far", "g13", "s", 10],
        ["far", "g79", "s", 5],
        ["near", "g13", "s", 7],
        ["side", "g46", "s", 3],
    )
    found = flows(rows, villages, school, network=made)
    roads = found[found["kind"] == "road"].copy()
    roads["from"] = [g.coords[0] for g in roads.geometry]
    by_length = roads.set_index(roads["length_m"].round().astype(int))
    assert sorted(by_length.index) == [300, 300, 400, 400]
    assert sorted(roads["pupils"]) == [3, 15, 22, 25]
    ratio = {b: 4 / made.standards.value(f"walk_speed_kmh_{b}") for b in ("g13", "g46", "g79")}
    before = roads[roads["pupils"] == 15].iloc[0]
    assert before["pupil_minutes"] == pytest.approx((10 + 5 * ratio["g79"]) * 300 / WALK, rel=1e-4)
    last = roads[roads["pupils"] == 25].iloc[0]
    assert last["road"] == "a"
    weight = 17 + 5 * ratio["g79"] + 3 * ratio["g46"]
    assert last["pupil_minutes"] == pytest.approx(weight * 400 / WALK, rel=1e-4)
    walk = found[found["kind"] == "to_site"].iloc[0]
    assert (walk["site_id"], walk["pupils"]) == ("s", 25)
    assert walk["length_m"] == pytest.approx(50, rel=1e-4)


def test_pupils_in_both_directions_are_told_apart():
    made = network_of_roads(frame("LINESTRING (0 0, 500 0, 1000 0)", ids=["r"]))
    villages = frame("POINT (0 0)", "POINT (1000 0)", ids=["v", "w"])
    sites = frame("POINT (0 0)", "POINT (1000 0)", ids=["s", "t"])
    rows = assigned(["v", "g13", "t", 4], ["w", "g13", "s", 9])
    found = flows(rows, villages, sites, network=made)
    (road,) = found[found["kind"] == "road"].itertuples()
    assert {road.pupils_forward, road.pupils_backward} == {4, 9}
    east = road.geometry.coords[-1][0] > road.geometry.coords[0][0]
    assert road.pupils_forward == (4 if east else 9)
    assert road.pupils == 13
    assert (
        len(flows(rows, villages, sites, network=made, merged=False).query("kind == 'road'")) == 2
    )


def test_merged_rows_hold_what_their_pieces_hold(small, by_mode):
    made = by_mode["car"]
    rng = np.random.default_rng(3)
    rows = assigned(
        *(
            [v, band, rng.choice(small.sites.index), int(rng.integers(1, 30))]
            for v in small.villages.index
            for band in ("g13", "g46", "g79")
        )
    )
    whole = flows(rows, small.villages, small.sites, network=made)
    pieces = flows(rows, small.villages, small.sites, network=made, merged=False)
    assert len(whole) < len(pieces) / 3
    for column in ("pupil_minutes", "length_m"):
        sums = [t[t["kind"] == "road"].groupby("road")[column].sum() for t in (whole, pieces)]
        pd.testing.assert_series_equal(*sums)
    road = whole[whole["kind"] == "road"].to_crs(made.crs)
    np.testing.assert_allclose(road.length, road["length_m"], atol=1e-5)
    kilometres = [(t["pupils"] * t["length_m"]).sum() for t in (whole, pieces)]
    assert kilometres[0] == pytest.approx(kilometres[1])
    # Where a merged row begins or ends, something changes.
    ends = shapely.get_coordinates(road.geometry.boundary.to_numpy())
    assert len(ends) == 2 * len(road)


def test_pupils_of_one_pair_pass_the_roads_of_its_path(small, by_mode):
    for mode in ("walk", "car"):
        made = by_mode[mode]
        village, site = small.villages.index[5], small.sites.index[3]
        rows = assigned([village, "g13", site, 12])
        found = flows(rows, small.villages, small.sites, network=made).to_crs(made.crs)
        way = paths(small.villages, small.sites, network=made, pairs=rows).to_crs(made.crs)
        assert set(found["pupils"]) == {12}
        assert found["length_m"].sum() == pytest.approx(way["length_m"].sum())
        apart = shapely.hausdorff_distance(
            shapely.union_all(found.geometry.to_numpy()), way.geometry.iloc[0]
        )
        assert apart < 0.01


def test_who_has_no_way_stays_in_the_table(town):
    made, villages, _ = town
    sites = frame("POINT (1000 0)", "POINT (0 90000)", ids=["s", "nowhere"])
    rows = assigned(["far", "g13", "nowhere", 8], ["far", "g13", "s", 2])
    found = flows(rows, villages, sites, network=made)
    (lost,) = found[found["kind"] == "no_way"].itertuples()
    assert (lost.village_id, lost.site_id, lost.pupils) == ("far", "nowhere", 8)
    assert lost.pupil_minutes == np.inf
    assert lost.geometry.is_empty
    assert found.loc[found["kind"] == "from_village", "pupils"].tolist() == [2]


def test_who_has_no_location_has_no_way():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)", ids=["r"]))
    villages = frame("POINT (0 0)", "POINT EMPTY", ids=["v", "lost"])
    rows = assigned(["lost", "g13", "s", 4], ["v", "g13", "s", 3])
    found = flows(rows, villages, frame("POINT (900 0)", ids=["s"]), network=made)
    assert found.loc[found["kind"] == "no_way", "pupils"].tolist() == [4]
    assert found.loc[found["kind"] == "road", "pupils"].tolist() == [3]


def test_who_goes_across_country_is_on_no_road():
    made = network_of_roads(frame("LINESTRING (0 0, 3000 0)", ids=["r"]))
    village, school = frame("POINT (0 800)", ids=["v"]), frame("POINT (200 800)", ids=["s"])
    found = flows(assigned(["v", "g46", "s", 6]), village, school, network=made)
    assert found["kind"].tolist() == ["across"]
    assert found["length_m"].tolist() == [pytest.approx(200)]


def test_of_those_who_cycle_the_young_walk(small, by_mode):
    village, site = small.villages.index[0], small.sites.index[-1]
    rows = assigned([village, "g13", site, 4], [village, "g79", site, 3])
    found = flows(rows, small.villages, small.sites, network=by_mode["bicycle"])
    starts = found[found["kind"] == "from_village"].set_index("mode")["pupils"]
    assert starts.to_dict() == {"walk": 4, "bicycle": 3}


def test_minutes_agree_behind_barriers_too(small):
    west, south, east, north = small.roads.total_bounds
    middle = (south + north) / 2
    river = gpd.GeoSeries([shapely.LineString([(west, middle), (east, middle)])], crs=small.crs)
    for barriers in (Barriers(lines=river), Barriers(road_classes=("trunk", "primary"))):
        made = network(small, barriers=barriers)
        times = lp.travel_times(small, network=made)
        rows = lp.evaluate(small, times).assignment
        rows = rows[np.isfinite(rows["minutes"])]
        found = flows(rows, small.villages, small.sites, network=made)
        total = (rows["pupils"] * rows["minutes"]).sum()
        assert found["pupil_minutes"].sum() == pytest.approx(total, rel=1e-12)


def test_the_order_of_rows_is_nothing(small, small_plan, by_mode):
    rows = small_plan.assignment
    one = flows(rows, small.villages, small.sites, network=by_mode["walk"])
    other = flows(rows[::-1], small.villages[::-1], small.sites[::-1], network=by_mode["walk"])

    def sorted_(table):
        lines = table.geometry.to_wkt(rounding_precision=7)
        table = pd.DataFrame(table.drop(columns="geometry")).assign(line=lines)
        return table.sort_values(["kind", "line"], ignore_index=True)

    pd.testing.assert_frame_equal(sorted_(one), sorted_(other))


def test_an_empty_assignment_gives_an_empty_table(town):
    made, villages, school = town
    for rows in (assigned(), assigned(["far", "g13", "s", 0])):
        found = flows(rows, villages, school, network=made)
        assert len(found) == 0
        assert list(found.columns) == [*FLOW_COLUMNS, "geometry"]
        assert found.crs is not None


def test_what_is_wrong_is_said_at_once(town):
    made, villages, school = town
    rows = assigned(["far", "g99", "s", -1], ["far", "g13", "s", "many"])
    with pytest.raises(TravelError) as error:
        flows(rows, villages, school, network=made)
    assert {f.code for f in error.value.findings} == {"flow_band_unknown", "flow_pupils"}
    assert "many" in error.value.message("zh")
    with pytest.raises(TravelError) as error:
        flows(assigned(["v?", "g13", "s?", 1]), villages, school, network=made)
    assert [f.ids for f in error.value.findings] == [("v?",), ("s?",)]
    with pytest.raises(TravelError) as error:
        flows(rows[["village_id"]], villages, school, network=made)
    assert {f.column for f in error.value.findings} == {"site_id", "band", "pupils"}
