"""Rivers, railways and roads that pupils may not cross."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from layoutplan.errors import DataError, OptionsError, TravelError
from layoutplan.network import Barriers, attach, network_of_roads
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards().with_values(off_road_detour=1e6)
WALK = NUMBERS.value("walk_speed_kmh_g13") * 1000 / 60


def roads(*wkt, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT))


def places(*xy, **columns):
    points = gpd.GeoSeries(gpd.points_from_xy(*np.array(xy, dtype=float).T), crs=FLAT)
    return gpd.GeoDataFrame(columns, geometry=points).set_axis([f"p{i}" for i in range(len(xy))])


def shapes(*wkt):
    return gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT)


def net(table, barriers, **rest):
    given = {"repair": "off", "standards": NUMBERS} | rest
    return network_of_roads(table, barriers=barriers, **given)


def metres(table, villages, sites, barriers, **rest):
    made = net(table, barriers, **rest)
    return (travel_between(villages, sites, network=made).array() * WALK).round(3).tolist()


# A road from west to east over a river at x = 500, and a way round by a bridge 1 km north.
RIVER = shapes("LINESTRING (500 -2000, 500 2000)")
ROUND = (
    "LINESTRING (0 0, 1000 0)",
    "LINESTRING (0 0, 0 1000)",
    "LINESTRING (0 1000, 1000 1000)",
    "LINESTRING (1000 1000, 1000 0)",
)
WEST, EAST = places((100, 0)), places((900, 0))


def bridged(**columns):
    return roads(*ROUND, bridge=[None, None, "yes", None], **columns)


def test_a_river_is_crossed_on_a_bridge_alone():
    assert metres(bridged(), WEST, EAST, None) == [[800]]
    assert metres(bridged(), WEST, EAST, Barriers(lines=RIVER)) == [[100 + 3000 + 100]]
    tunnel = roads(*ROUND, tunnel=["no", None, "yes", None])
    assert metres(tunnel, WEST, EAST, Barriers(lines=RIVER)) == [[3200]]


def test_a_river_through_a_vertex_of_the_road_stops_it_as_well():
    table = roads("LINESTRING (0 0, 500 0, 1000 0)", *ROUND[1:], bridge=[None, None, "yes", None])
    assert metres(table, WEST, EAST, Barriers(lines=RIVER)) == [[3200]]
    # In two parts that meet on the road, and drawn the other way.
    parts = shapes("LINESTRING (500 0, 500 -2000)", "LINESTRING (500 0, 500 2000)")
    assert metres(table, WEST, EAST, Barriers(lines=parts)) == [[3200]]
    between = roads(*ROUND, bridge=[None, None, "yes", None])
    assert metres(between, WEST, EAST, Barriers(lines=parts)) == [[3200]]


def test_a_road_that_touches_the_bank_goes_on_on_its_side():
    table = roads("LINESTRING (0 0, 500 100, 0 200)")
    barriers = Barriers(lines=RIVER)
    assert metres(table, places((0, 0)), places((0, 200)), barriers) == [
        [pytest.approx(2 * np.hypot(500, 100), abs=1e-3)]
    ]


def test_areas_stop_what_leads_into_them():
    lake = shapes("POLYGON ((450 -50, 550 -50, 550 50, 450 50, 450 -50))")
    assert metres(bridged(), WEST, EAST, Barriers(lines=lake)) == [[3200]]
    # A road along the shore, with vertices upon it.
    shore = roads("LINESTRING (0 50, 450 50, 550 50, 1000 50)")
    assert metres(shore, places((0, 50)), places((400, 50)), Barriers(lines=lake)) == [[400]]


def test_a_crossing_point_opens_a_barrier():
    crossing = shapes("POINT (500 15)")
    table = bridged()
    barriers = Barriers(lines=RIVER, crossings=crossing)
    assert metres(table, WEST, EAST, barriers) == [[800]]
    far = Barriers(lines=RIVER, crossings=shapes("POINT (500 25)"))
    assert metres(table, WEST, EAST, far) == [[3200]]
    vertex = roads("LINESTRING (0 0, 500 0, 1000 0)", *ROUND[1:])
    assert metres(vertex, WEST, EAST, barriers) == [[800]]


def test_other_modes_go_on_as_they_did():
    table = bridged(highway=["primary"] * 4)
    made = net(table, Barriers(lines=RIVER), mode="car")
    free = net(table, None, mode="car")
    assert made.edges["minutes_forward"].tolist() == free.edges["minutes_forward"].tolist()
    car = net(table, Barriers(lines=RIVER, modes=("walk", "car")), mode="car")
    assert len(car.edges) < len(free.edges)


# A trunk road from west to east, with a road to the north and one to the south.
CROSSING = (
    "LINESTRING (-1000 0, 0 0, 1000 0)",
    "LINESTRING (0 0, 0 500)",
    "LINESTRING (0 -500, 0 0)",
)
CLASSES = ["trunk", "residential", "residential"]
TRUNK = Barriers(road_classes=("trunk",))
NORTH, SOUTH = places((0, 400)), places((0, -400))


def test_a_trunk_road_is_gone_along_but_not_across():
    table = roads(*CROSSING, highway=CLASSES)
    assert metres(table, NORTH, SOUTH, None) == [[800]]
    # Round its end: 400 to the road, 1000 along its north side and as much back on the south.
    assert metres(table, NORTH, SOUTH, TRUNK) == [[2800]]


def test_places_beside_a_trunk_road_are_on_their_own_side():
    table = roads(*CROSSING, highway=CLASSES)
    beside = places((600, 10), (600, -10))
    assert metres(table, NORTH, beside, TRUNK) == [[1010, 400 + 1000 + 400 + 10]]
    assert metres(table, SOUTH, beside, TRUNK) == [[1810, 1010]]


def test_a_place_that_faces_a_corner_is_on_the_outer_side():
    # A sharp bend, so that the place lies to the left of one piece and to the right of the other.
    table = roads(
        "LINESTRING (-1000 0, 0 0, -800 700)",
        "LINESTRING (-500 100, 0 0)",
        "LINESTRING (0 0, 900 -100)",
        highway=CLASSES,
    )
    outer = places((30, 40))
    within, without = places((-500, 100)), places((900, -100))
    assert metres(table, outer, without, TRUNK)[0][0] < 1000
    assert metres(table, outer, within, TRUNK)[0][0] > 2000


def test_crossings_bridges_and_tunnels_join_both_sides():
    for joined in (
        Barriers(road_classes=("trunk",), crossings=shapes("POINT (5 5)")),
        Barriers(road_classes=("trunk",), crossings=shapes("MULTIPOINT ((5 5), (900 0))")),
    ):
        assert metres(roads(*CROSSING, highway=CLASSES), NORTH, SOUTH, joined) == [[800]]
    table = roads(*CROSSING, highway=CLASSES, tunnel=[None, "yes", None])
    assert metres(table, places((0, 520)), SOUTH, TRUNK) == [[20 + 900]]


def test_a_road_that_passes_over_without_a_bridge_is_stopped():
    over = ("LINESTRING (-1000 0, 1000 0)", "LINESTRING (0 -500, 0 500)")
    table = roads(*over, highway=CLASSES[:2])
    # Its only piece is barred, so both go over the fields to their own side of the trunk road.
    assert metres(table, NORTH, SOUTH, TRUNK) == [[2800]]
    table = roads(*over, highway=CLASSES[:2], bridge=[None, "viaduct"])
    assert metres(table, NORTH, SOUTH, TRUNK) == [[800]]


def test_motorways_that_nobody_walks_on_stop_walkers_but_not_where_they_are_viaducts():
    motorway = Barriers(road_classes=("motorway",))
    for bridge, expected in ((None, [[np.inf]]), ("yes", [[800]])):
        table = roads(
            "LINESTRING (-1000 0, 1000 0)",
            "LINESTRING (0 -500, 0 -50, 0 50, 0 500)",
            highway=["motorway", "residential"],
            bridge=[bridge, None],
        )
        assert metres(table, NORTH, SOUTH, motorway) == expected


def test_roads_drawn_twice_and_in_either_direction_stay_closed():
    twice = roads(
        *CROSSING,
        "LINESTRING (1000 0, 0 0, -1000 0)",
        "LINESTRING (-1000 0, 0 0)",
        highway=[*CLASSES, "trunk", "cycleway"],
    )
    assert metres(twice, NORTH, SOUTH, TRUNK) == [[2800]]


def test_a_single_piece_of_trunk_road_has_two_sides_too():
    table = roads("LINESTRING (-100 0, 100 0)", highway=["trunk"])
    assert metres(table, places((30, 5)), places((30, -5)), TRUNK) == [[10 + 140]]
    pairs = net(table, TRUNK).edges[["u", "v"]]
    assert not pairs.duplicated().any()


def test_administrative_classes_name_barriers():
    table = roads(*CROSSING, road_class=["国道", "村道", "村道"])
    assert metres(table, NORTH, SOUTH, Barriers(road_classes="国道")) == [[2800]]


def test_the_walk_to_the_road_does_not_cross_a_barrier_if_it_can_help_it():
    near, far = "LINESTRING (100 0, 100 1000)", "LINESTRING (-900 0, -900 1000, 100 1000)"
    river = Barriers(lines=shapes("LINESTRING (50 -500, 50 900)"))
    made = net(roads(near, far), river)
    at = attach(made, shapely.points([[0, 600], [-890, 600]]), crs=FLAT)
    # 400 to the road along the north rather than 100 over the river.
    assert at.distance_m.round(3).tolist() == [400, 10]
    assert at.status.tolist() == ["main", "main"]
    shut = net(roads(near), river)
    at = attach(shut, shapely.points([[0, 600]]), crs=FLAT)
    assert at.status.tolist() == ["across_barrier"]
    assert at.distance_m.round(3).tolist() == [100]
    village = places((0, 600), population=[77])
    found = travel_between(village, places((100, 900)), network=shut).findings
    across = next(f for f in found if f.code == "place_across_barrier")
    assert across.ids == ("p0",)
    assert "77" in across.what("en")


def test_nobody_walks_across_country_over_a_river():
    near = standards().with_values(off_road_detour=1)
    table = roads("LINESTRING (-500 300, 500 300)")
    two = places((-20, 0)), places((20, 0))
    free = metres(table, *two, None, standards=near)
    river = Barriers(lines=shapes("LINESTRING (0 -900, 0 900)"), crossings=shapes("POINT (0 300)"))
    assert free == [[40]]
    assert metres(table, *two, river, standards=near) == [[640]]


def test_a_barrier_that_cuts_the_county_in_two_is_reported():
    line = "LINESTRING (0 0, 1000 0, 3000 0, 5000 0, 6000 0, 9000 0)"
    table = roads(line, "LINESTRING (0 0, 0 400)").set_axis(["r1", "r2"])
    river = Barriers(lines=shapes("LINESTRING (5500 -2000, 5500 2000)"))
    made = net(table, river)
    cut = next(f for f in made.findings if f.code == "barriers_divide")
    assert (cut.severity, cut.ids) == ("warning", ("r1",))
    assert cut.values["large"] == 2
    assert cut.values["km"] == "3.0"
    villages = places((2000, 10), (7000, 10), pupils_g13=[5, 8])
    times = travel_between(villages, places((100, 0)), network=made)
    behind = next(f for f in times.findings if f.code == "place_behind_barrier")
    assert behind.ids == ("p1",)
    assert "8" in behind.what("en")
    assert np.isinf(times.array()[1, 0])
    for finding in (cut, behind):
        for lang in ("zh", "en"):
            assert finding.what(lang)
            assert finding.cure(lang)


def test_barriers_that_stop_nothing_and_idle_crossings_are_reported():
    away = shapes("LINESTRING (90000 0, 90000 100)")
    made = net(
        roads("LINESTRING (0 0, 900 0)"), Barriers(lines=away, crossings=shapes("POINT (5 5)"))
    )
    codes = {f.code for f in made.findings}
    assert {"barriers_stop_nothing", "crossings_idle"} <= codes
    assert len(made.edges) == 1
    assert not made.components["behind_barrier"].any()


def test_barriers_that_close_every_road_are_an_error():
    lake = Barriers(lines=shapes("POLYGON ((-9 -9, 999 -9, 999 9, -9 9, -9 -9))"))
    with pytest.raises(TravelError) as caught:
        net(roads("LINESTRING (0 0, 900 0)"), lake)
    assert [f.code for f in caught.value.findings] == ["roads_all_barred"]


@pytest.mark.parametrize(
    ("given", "error", "codes"),
    [
        ({}, OptionsError, ["barriers_none"]),
        ({"road_classes": ("rocket",)}, OptionsError, ["barrier_class_unknown"]),
        (
            {"road_classes": ("快速路",), "modes": ("swim",)},
            OptionsError,
            ["barrier_class_unknown", "barrier_mode_unknown"],
        ),
        ({"lines": RIVER.set_crs(None, allow_override=True)}, DataError, ["barriers_no_crs"]),
        ({"lines": shapes("POINT (0 0)")}, DataError, ["barriers_wrong_geometry"]),
        (
            {"lines": shapes("POINT (0 0)"), "crossings": RIVER},
            DataError,
            ["barriers_wrong_geometry", "barriers_wrong_geometry"],
        ),
    ],
)
def test_what_cannot_be_a_barrier_is_refused(given, error, codes):
    with pytest.raises(error) as caught:
        Barriers(**given)
    assert [f.code for f in caught.value.findings] == codes
    for finding in caught.value.findings:
        for lang in ("zh", "en"):
            assert finding.what(lang)
            assert finding.cure(lang)


def test_barriers_in_another_system_are_brought_together():
    river = Barriers(lines=RIVER.to_crs("EPSG:4326"))
    assert metres(bridged(), WEST, EAST, river) == [[3200]]


def test_empty_barriers_and_empty_geometries_stop_nothing():
    river = Barriers(lines=shapes("LINESTRING EMPTY"))
    assert metres(bridged(), WEST, EAST, river) == [[800]]
    river = Barriers(lines=RIVER[:0])
    assert metres(bridged(), WEST, EAST, river) == [[800]]
