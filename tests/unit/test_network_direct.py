"""Ways across country, and the way to a road that leads nowhere."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from layoutplan.network import attach, network_of_roads
from layoutplan.network.direct import direct_ways
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards()
WALK = NUMBERS.value("walk_speed_kmh_g13") * 1000 / 60
CAR = NUMBERS.value("drive_speed_kmh_primary") * 1000 / 60
DETOUR = NUMBERS.value("off_road_detour")


def roads(*wkt, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT))


def places(prefix, *xy, **columns):
    points = gpd.GeoSeries(gpd.points_from_xy(*np.array(xy, dtype=float).T), crs=FLAT)
    return gpd.GeoDataFrame(columns, geometry=points).set_axis(
        [f"{prefix}{i}" for i in range(len(xy))]
    )


LONG = "LINESTRING (-45000 0, 45000 0)"


def times(villages, sites, *wkt, mode="walk", numbers=NUMBERS, cutoff=None):
    lines = roads(*wkt, highway=["primary"] * len(wkt))
    network = network_of_roads(lines, mode=mode, standards=numbers)
    return travel_between(
        places("v", *villages), places("s", *sites), network=network, cutoff_minutes=cutoff
    )


def test_neighbours_behind_the_road_go_straight():
    found = times([(0, 400)], [(100, 400), (700, 400), (900, 400)], LONG)
    # By road 400 down, along, 400 up; across country at most 800 straight.
    expected = np.array([[100 * DETOUR, 700 * DETOUR, 1700]]) / WALK
    assert found.array() == pytest.approx(expected, abs=1e-2)
    across = found.across_country()
    assert across["site_id"].tolist() == ["s0", "s1"]
    assert across["distance_m"].tolist() == pytest.approx([100, 700], abs=0.1)
    assert across["minutes"].tolist() == found.array()[0, :2].tolist()
    older = found.across_country("g79")["minutes"] / across["minutes"]
    assert older.tolist() == pytest.approx([4 / 5, 4 / 5])


def test_the_road_is_taken_where_it_is_quicker():
    found = times([(0, 200)], [(390, 200)], LONG)
    assert found.array()[0, 0] == pytest.approx(390 * DETOUR / WALK, abs=1e-2)
    muddy = NUMBERS.with_values(off_road_detour=2.5)
    slow = times([(0, 200)], [(390, 200)], LONG, numbers=muddy)
    assert slow.array()[0, 0] == pytest.approx(790 / WALK, abs=1e-2)
    assert slow.across_country().empty


def test_round_a_bend_of_the_road():
    bend = "LINESTRING (0 0, 0 10000, 400 10000, 400 0, 9000 0)"
    found = times([(150, 0), (100, 50)], [(260, 0)], bend)
    expected = np.array([110, np.hypot(160, 50)]) * DETOUR / WALK
    assert found.array()[:, 0] == pytest.approx(expected, abs=1e-2)


def test_without_a_road_within_reach_one_walks_as_far_as_that():
    villages = [(0, 9000), (0, 2500), (0, 500)]
    sites = [(0, 6100), (0, 5900), (0, 5499), (0, 5300), (9000, 0)]
    found = times(villages, sites, LONG)
    status = ["off_road", "main", "main", *["off_road"] * 4, "main"]
    assert found.access["status"].tolist() == status
    table = found.table()
    assert table.loc["v0", "s0"] == pytest.approx(2900 * DETOUR / WALK, abs=0.1)
    assert table.loc["v0", ["s1", "s2", "s3", "s4"]].tolist() == [np.inf] * 4
    # A place on the network and one off it.
    assert table.loc["v1", "s3"] == pytest.approx(2800 * DETOUR / WALK, abs=0.1)
    assert table.loc["v1", "s2"] == pytest.approx(2999 * DETOUR / WALK, abs=0.1)
    assert table.loc["v1", "s0"] == np.inf
    assert table.loc["v2"].tolist()[:4] == [np.inf] * 4
    assert table.loc["v2", "s4"] == pytest.approx(9500 / WALK, abs=0.1)
    codes = {f.code: f.ids for f in found.findings}
    assert codes["place_off_road"] == ("s0", "s1", "s2", "s3")
    # All without a way are off the road, which is reported already.
    assert "village_without_way" not in codes
    assert "site_without_way" not in codes


def test_kept_pairs_know_ways_across_country():
    villages, sites = [(0, 9000), (0, 2500), (0, 500)], [(0, 6100), (0, 5300), (4000, 0)]
    for cutoff in (1, 10, 50, 1000):
        near = times(villages, sites, LONG, cutoff=cutoff)
        whole = times(villages, sites, LONG)
        assert near.nearest().equals(whole.nearest())
        assert near.unreachable.equals(whole.unreachable)


@pytest.mark.parametrize("cutoff", [None, 500, 6.6])
def test_in_a_vehicle_the_quicker_of_riding_and_walking_by_band(cutoff):
    # 250 m to the road and from it, 480 m along it, or 547 m straight: riding is quicker for
    # grades 1-3 by a little, and going straight for grades 7-9, who walk faster.
    numbers = NUMBERS.with_values(off_road_detour=1.14)
    speed = {band: NUMBERS.value(f"walk_speed_kmh_{band}") * 1000 / 60 for band in ("g13", "g79")}
    # Both have a nearer neighbour; of the cut-offs one lies between walking and riding.
    villages, sites = [(0, 250), (480, 240)], [(480, 250), (0, 240)]
    found = times(villages, sites, LONG, mode="car", numbers=numbers, cutoff=cutoff)
    for band, metres_a_minute in speed.items():
        ride = 500 / metres_a_minute + 480 / CAR
        walk = 480 * 1.14 / metres_a_minute
        assert found.array(band)[0, 0] == pytest.approx(min(ride, walk), abs=1e-3)
        assert (walk < ride) == (band == "g79")
        across = found.across_country(band).query("village_id == 'v0' and site_id == 's0'")
        assert len(across) == (band == "g79")


def test_nobody_walks_across_what_is_blocked():
    made = network_of_roads(roads(LONG))
    x0, y0 = made.nodes.loc[0, ["x", "y"]] - [-45000, 0]
    xy = np.array([[0.0, 400], [100, 400], [300, 400]])
    at = attach(made, shapely.points(xy), crs=FLAT)
    river = shapely.LineString([(200 + x0, 300 + y0), (200 + x0, 500 + y0)])
    asked = []

    def crosses(lines):
        asked.extend(lines)
        return shapely.intersects(lines, river)

    metric = xy + np.array([x0, y0])
    assert direct_ways(made, at, metric, villages=1).site.tolist() == [0, 1]
    ways = direct_ways(made, at, metric, villages=1, blocked=crosses)
    assert ways.site.tolist() == [0]
    assert [line.length.__round__() for line in asked] == [100, 300]


def test_ways_as_by_brute_force():
    rng = np.random.default_rng(11)
    starts = rng.uniform(0, 20_000, (40, 2))
    ends = starts + rng.normal(0, 2500, (40, 2))
    made = network_of_roads(
        gpd.GeoDataFrame(geometry=shapely.linestrings(np.stack([starts, ends], 1)), crs=FLAT)
    )
    xy = rng.uniform(-6000, 26_000, (900, 2))
    xy[3] = np.nan
    xy[800] = xy[17]
    points = shapely.points(xy)
    points[3] = shapely.Point()
    at = attach(made, points, crs=FLAT)
    moved = gpd.GeoSeries(points, crs=FLAT).to_crs(made.crs)
    metric = np.column_stack([moved.x, moved.y])
    ways = direct_ways(made, at, metric, villages=700)
    apart = np.hypot(*(metric[:700, None] - metric[None, 700:]).transpose(2, 0, 1))
    on = at.edge >= 0
    both = on[:700, None] & on[None, 700:]
    legs = at.distance_m[:700, None] + at.distance_m[None, 700:]
    allowed = apart <= np.where(both, legs, NUMBERS.value("off_road_reach_m"))
    assert 0.1 < on.mean() < 0.9
    assert np.array_equal(np.argwhere(allowed), np.column_stack([ways.village, ways.site]))
    assert ways.metres == pytest.approx(apart[allowed])
    assert [17, 100] in np.column_stack([ways.village, ways.site]).tolist()


def test_moving_villages_200_m_off_their_roads_raises_their_times():
    line = np.arange(0, 6001, 1000.0)
    grid = [[(x, 0), (x, 6000)] for x in line] + [[(0, y), (6000, y)] for y in line]
    cut = [np.linspace(*ends, 7) for ends in np.array(grid)]
    made = network_of_roads(
        gpd.GeoDataFrame(geometry=[shapely.LineString(c) for c in cut], crs=FLAT)
    )
    rng = np.random.default_rng(2)
    along = np.column_stack([rng.integers(0, 6, 200), rng.integers(1, 6, 200)]) * 1000.0
    along[:, 0] += rng.uniform(400, 600, 200)
    sites = places("s", *np.column_stack([rng.integers(0, 7, 30) * 1000, rng.uniform(0, 6000, 30)]))
    near = travel_between(places("v", *along), sites, network=made).array()
    off = along + np.column_stack([np.zeros(200), rng.choice([-200, 200], 200)])
    far = travel_between(places("v", *off), sites, network=made).array()
    assert (far > near + 1e-6).all()
    assert (far <= near + 200 / WALK + 1e-2).all()


def test_a_village_nearer_to_a_fragment_is_served_by_the_main_network_and_reported():
    stub = "LINESTRING (100 300, 200 300)"
    lines = roads(LONG, stub)
    villages = places("v", (150, 290), (150, 10), population=[70, 9])
    sites = places("s", (1150, 0))
    found = travel_between(villages, sites, network=network_of_roads(lines))
    expected = np.array([[290 + 1000], [10 + 1000]]) / WALK
    assert found.array() == pytest.approx(expected, abs=1e-2)
    assert found.access["status"].tolist() == ["passed_by", "main", "main"]
    [finding] = [f for f in found.findings if f.code == "place_past_fragment"]
    assert finding.ids == ("v0",)
    assert finding.severity == "note"
    for lang in ("zh", "en"):
        assert "280" in finding.what(lang)
        assert finding.cure(lang)
