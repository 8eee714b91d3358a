"""Nearest sites of roads and isochrones, against searches node by node and by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import attach, network, network_of_roads
from layoutplan.network.areas import nearest_site_areas, nearest_site_roads
from layoutplan.network.graph import shortest_minutes
from layoutplan.network.isochrones import isochrone_areas, isochrone_roads
from layoutplan.network.modes import MODES
from layoutplan.network.placed import placed
from layoutplan.network.reach import reach, stretches
from layoutplan.network.split import split_links
from layoutplan.travel import travel_between

CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"
WALK = 4000 / 60


def frame(*wkt, ids, **columns):
    shapes = gpd.GeoSeries.from_wkt(list(wkt), crs=CRS).set_axis(list(ids))
    return gpd.GeoDataFrame(columns, geometry=shapes, index=list(ids))


@pytest.fixture(scope="module")
def by_mode(small):
    return {mode: network(small, mode=mode) for mode in MODES}


def brute_force(made, sites, factor):
    """Minutes from every node to every site, one search for each site."""
    at = attach(made, sites.geometry.to_numpy(), crs=sites.crs)
    links, node = split_links(made, at.edge, at.along_m)
    road = factor if made.mode == "walk" else 1.0
    wait = made.standards.value("bus_wait_minutes") if made.mode == "bus" else 0.0
    every = np.arange(len(made.nodes))
    found = shortest_minutes(links.graph(), every, node) * road
    return found + at.minutes * factor + wait


@pytest.mark.parametrize("mode", ["walk", "car", "bus"])
@pytest.mark.parametrize("band", ["g13", "g79"])
def test_one_sweep_agrees_with_a_search_for_every_site(small, by_mode, mode, band):
    made, sites = by_mode[mode], small.sites
    factor = 4 / made.standards.value(f"walk_speed_kmh_{band}")
    every = brute_force(made, sites, factor)
    found = reach(placed(made, {"schools": sites}), band)
    nodes = len(made.nodes)
    np.testing.assert_allclose(found.minutes[:nodes], every.min(axis=1), rtol=1e-12, atol=1e-9)
    has = np.isfinite(found.minutes[:nodes])
    chosen = every[np.flatnonzero(has), found.place[:nodes][has]]
    np.testing.assert_allclose(chosen, every[has].min(axis=1), rtol=1e-12, atol=1e-9)
    assert (found.place[:nodes][~has] == -1).all()


@pytest.mark.parametrize("mode", ["walk", "car"])
def test_inside_pieces_the_way_over_the_nearer_end_counts(small, by_mode, mode):
    made = by_mode[mode]
    parts = stretches(reach(placed(made, {"schools": small.sites}), "g13"))
    rng = np.random.default_rng(1)
    chosen = rng.choice(np.flatnonzero(parts.place >= 0), 300)
    share = rng.uniform(size=300)
    links = parts.web.links
    at = parts.begin[chosen] + share * (parts.end - parts.begin)[chosen]
    told = (1 - share) * parts.minutes_begin[chosen] + share * parts.minutes_end[chosen]
    link = parts.link[chosen]
    every = reach(placed(made, {"schools": small.sites}), "g13").minutes
    over_first = every[links.u[link]] + at * links.backward[link]
    over_second = every[links.v[link]] + (1 - at) * links.forward[link]
    np.testing.assert_allclose(told, np.minimum(over_first, over_second), rtol=1e-9, atol=1e-9)


def test_nothing_of_the_roads_is_lost(small, by_mode):
    for made in by_mode.values():
        found = nearest_site_roads(small.sites, network=made, band="g79")
        assert found["length_m"].sum() == pytest.approx(made.edges["length_m"].sum())
        assert found.crs == small.sites.crs
        drawn = found.to_crs(made.crs).length
        np.testing.assert_allclose(drawn, found["length_m"], atol=1e-5)
        assert (found["minutes_least"] <= found["minutes_most"]).all()


def test_villages_on_a_road_of_a_site_are_nearest_to_it(small, by_mode):
    made = by_mode["walk"]
    times = travel_between(small.villages, small.sites, network=made)
    nearest = times.nearest().set_index("village_id")["site_id"]
    found = nearest_site_roads(small.sites, network=made)
    points = small.villages.geometry.to_crs(made.crs)
    roads = found.to_crs(made.crs)
    at = attach(made, points.to_numpy(), crs=made.crs)
    edge = shapely.linestrings(
        np.stack(
            [made.nodes[["x", "y"]].to_numpy()[made.edges[c].iloc[at.edge]] for c in "uv"], axis=1
        )
    )
    spots = shapely.line_interpolate_point(edge, at.along_m)
    tree = shapely.STRtree(roads.geometry.to_numpy())
    point, road = tree.query(spots, predicate="dwithin", distance=0.01)
    sites = pd.Series(roads["site_id"].to_numpy()[road]).groupby(point).agg(set)
    across = times.minutes.across("g13") if len(times.minutes.direct) else np.zeros(0, bool)
    straight = set(times.village_ids[times.minutes.direct.village[across]])
    for n, village in enumerate(small.villages.index):
        if village not in straight:
            assert nearest[village] in sites[n]


def test_a_street_between_two_schools_is_cut_where_both_are_as_near():
    made = network_of_roads(frame("LINESTRING (0 0, 1000 0)", ids=["r"]))
    schools = frame("POINT (0 0)", "POINT (1000 200)", ids=["s", "t"])
    found = nearest_site_roads(schools, network=made).set_index("site_id")
    assert found["length_m"].round(1).to_dict() == {"s": 600, "t": 400}
    assert found["minutes_most"].tolist() == pytest.approx([600 / WALK] * 2, rel=1e-4)
    # By car the walk to the second school weighs more.
    made = network_of_roads(frame("LINESTRING (0 0, 1000 0)", ids=["r"]), mode="car")
    found = nearest_site_roads(schools, network=made).set_index("site_id")
    assert "s" in found.index
    assert found["length_m"].get("t", 0) < 100


def test_one_way_streets_lead_to_the_school_ahead():
    ring = ["LINESTRING (0 0, 1000 0)", "LINESTRING (1000 0, 1000 1000, 0 1000, 0 0)"]
    made = network_of_roads(frame(*ring, ids=["a", "b"], oneway=["yes", "yes"]), mode="car")
    schools = frame("POINT (0 0)", "POINT (1000 0)", ids=["s", "t"])
    found = nearest_site_roads(schools, network=made)
    assert found.groupby("road")["site_id"].agg(set).to_dict() == {"a": {"t"}, "b": {"s"}}


def test_roads_that_lead_to_no_site_stay_without_one():
    lines = ["LINESTRING (0 0, 500 0)", "LINESTRING (0 9000, 700 9000)"]
    made = network_of_roads(frame(*lines, ids=["a", "b"]))
    found = nearest_site_roads(frame("POINT (0 0)", ids=["s"]), network=made)
    lost = found[found["site_id"].isna()]
    assert lost["length_m"].sum() == pytest.approx(700, rel=1e-4)
    assert np.isinf(lost["minutes_least"]).all()
    assert nearest_site_areas(found).index.tolist() == ["s"]


@pytest.mark.parametrize("bounded", [True, False])
def test_areas_cover_the_ground_once_and_hold_their_roads(small, by_mode, bounded):
    made = by_mode["walk"]
    roads = nearest_site_roads(small.sites, network=made)
    areas = nearest_site_areas(roads, within=small.townships if bounded else None)
    metric = areas.to_crs(made.crs)
    whole = shapely.union_all(metric.geometry.to_numpy())
    assert metric.is_valid.all()
    assert metric.area.sum() == pytest.approx(whole.area, rel=1e-6)
    np.testing.assert_allclose(metric.area, areas["area_m2"], rtol=1e-3)
    if bounded:
        county = shapely.union_all(small.townships.geometry.to_crs(made.crs).to_numpy())
        assert shapely.symmetric_difference(whole, county).area < 1e-4 * county.area
    lines = roads.dropna(subset="site_id").dissolve("site_id").to_crs(made.crs)
    areas_of = metric.geometry.reindex(lines.index)
    inside = shapely.length(shapely.intersection(lines.geometry.to_numpy(), areas_of.to_numpy()))
    assert inside.sum() > 0.97 * lines.length.sum()


def test_a_border_crosses_the_road_where_two_schools_are_as_near():
    made = network_of_roads(frame("LINESTRING (0 0, 1000 0)", ids=["r"]))
    schools = frame("POINT (0 0)", "POINT (1000 200)", ids=["s", "t"])
    box = gpd.GeoDataFrame(geometry=[shapely.box(0, -100, 1000, 100)], crs=CRS)
    areas = nearest_site_areas(nearest_site_roads(schools, network=made), within=box)
    assert areas.loc["s"].geometry.bounds == pytest.approx((0, -100, 600, 100), abs=1)


def test_isochrones_of_a_straight_road_by_hand():
    made = network_of_roads(frame("LINESTRING (-5000 0, 5000 0)", ids=["r"]))
    school = frame("POINT (0 200)", ids=["s"])
    found = isochrone_roads(school, network=made, minutes=[30, 10, 20, 20])
    assert found["minutes"].tolist() == [10, 20, 30]
    reached = 2 * (np.array([10, 20, 30]) * WALK - 200)
    np.testing.assert_allclose(found["length_m"], reached, rtol=1e-4)
    x0, _, x1, _ = found.geometry.iloc[2].bounds
    assert (x0, x1) == pytest.approx((-1800, 1800), rel=1e-4)
    older = isochrone_roads(school, network=made, minutes=[10], band="g79")
    ratio = made.standards.value("walk_speed_kmh_g79") / 4
    assert older["length_m"][0] == pytest.approx(2 * (10 * WALK * ratio - 200), rel=1e-4)
    assert isochrone_roads(school, network=made, minutes=[2]).geometry.is_empty.tolist() == [True]


def test_isochrones_follow_one_way_roads_against_their_direction():
    made = network_of_roads(
        frame("LINESTRING (-5000 0, 5000 0)", ids=["r"], oneway=["yes"]), mode="car"
    )
    school = frame("POINT (0 0)", ids=["s"])
    # Nobody east of the school comes back to it.
    found = isochrone_roads(school, network=made, minutes=[1]).geometry.iloc[0]
    assert found.bounds[2] == pytest.approx(0, abs=0.01)
    assert found.bounds[0] < -100


@pytest.mark.parametrize("mode", ["walk", "car"])
def test_isochrones_lie_within_each_other(small, by_mode, mode):
    made, limits = by_mode[mode], [5, 10, 20, 40]
    schools = small.sites.iloc[:5]
    roads = isochrone_roads(schools, network=made, minutes=limits).to_crs(made.crs)
    areas = isochrone_areas(schools, network=made, minutes=limits).to_crs(made.crs)
    for inner, outer in zip(range(3), range(1, 4), strict=True):
        shape = shapely.buffer(roads.geometry.iloc[outer], 0.01)
        assert shapely.covers(shape, roads.geometry.iloc[inner])
        grown = shapely.buffer(areas.geometry.iloc[outer], 0.01)
        assert shapely.covers(grown, areas.geometry.iloc[inner])
    assert areas["area_m2"].is_monotonic_increasing
    assert areas.is_valid.all()


@pytest.mark.parametrize("mode", ["walk", "car"])
def test_villages_within_a_limit_are_those_of_travel_times(small, by_mode, mode):
    made, villages, schools = by_mode[mode], small.villages, small.sites.iloc[:6]
    times = travel_between(villages, schools, network=made)
    nearest = times.array().min(axis=1)
    on = placed(made, {"villages": villages, "schools": schools})
    goals = len(villages) + np.arange(len(schools))
    found = reach(on, "g13", goals=goals)
    minutes = found.minutes[found.web.node[: len(villages)]] + on.at.minutes[: len(villages)]
    by_road = ~np.isin(np.arange(len(villages)), times.minutes.direct.village)
    np.testing.assert_allclose(minutes[by_road], nearest[by_road], rtol=1e-12, atol=1e-9)
    for limit in (10, 25):
        area = isochrone_areas(schools, network=made, minutes=[limit]).geometry.iloc[0]
        inside = shapely.covers(area, villages.geometry.to_crs(schools.crs).to_numpy())
        # The area never holds who walks straight to the road they use and comes too late.
        late = inside & (nearest > limit + 1e-6)
        assert late.sum() <= 0.1 * max(inside.sum(), 1)
        roads = isochrone_roads(schools, network=made, minutes=[limit]).to_crs(made.crs)
        spots = shapely.points(found.web.xy[found.web.node[: len(villages)]])
        reached = shapely.dwithin(roads.geometry.iloc[0], spots, 1e-3)
        at_road = minutes - on.at.minutes[: len(villages)]
        assert (reached == (at_road <= limit)).all()


def test_from_every_point_of_an_area_one_is_there_in_time():
    made = network_of_roads(frame("LINESTRING (-5000 0, 5000 0)", ids=["r"]))
    school = frame("POINT (0 0)", ids=["s"])
    area = isochrone_areas(school, network=made, minutes=[30]).geometry.iloc[0]
    corners = shapely.get_coordinates(area)
    # Straight to some point of the road, and on along it.
    spots = np.linspace(-3000, 3000, 601)
    walk = np.hypot(corners[:, :1] - spots, corners[:, 1:]) + np.abs(spots)
    assert walk.min(axis=1).max() / WALK <= 30
    # By the point of the road that is nearest, it is little more at the corners.
    assert np.abs(corners).sum(axis=1).max() / WALK < 33
    assert area.bounds[3] == pytest.approx(made.standards.value("isochrone_strip_m"), rel=0.06)


def test_limits_and_tables_that_cannot_be_are_refused(small, by_mode):
    made = by_mode["walk"]
    for minutes in ([], [0, 5], [np.nan], ["ten"], [-3]):
        with pytest.raises(OptionsError, match="minutes above 0"):
            isochrone_roads(small.sites, network=made, minutes=minutes)
    with pytest.raises(OptionsError, match="g99"):
        nearest_site_roads(small.sites, network=made, band="g99")
    with pytest.raises(TravelError, match="no rows"):
        isochrone_areas(small.sites[:0], network=made, minutes=[10])
    roads = nearest_site_roads(small.sites, network=made)
    with pytest.raises(TravelError, match="site_id"):
        nearest_site_areas(roads.drop(columns="site_id"))
    with pytest.raises(TravelError, match="nearest site"):
        nearest_site_areas(roads.assign(site_id=None))
    with pytest.raises(TravelError) as error:
        nearest_site_areas(
            roads.set_crs(None, allow_override=True),
            within=small.townships.set_crs(None, allow_override=True),
        )
    assert [f.table for f in error.value.findings] == ["roads", "within"]
    far = small.sites.set_geometry(small.sites.translate(20, 0))
    with pytest.raises(TravelError) as error:
        nearest_site_roads(far, network=made)
    assert error.value.findings[0].code == "extent_apart"
