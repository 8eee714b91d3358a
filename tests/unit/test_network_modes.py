"""Who may use which road, which way and how fast."""

import pandas as pd
import pytest

from layoutplan.network.modes import road_use
from layoutplan.standards import standards

NUMBERS = standards()


def use(mode, **columns):
    return road_use(pd.DataFrame(columns), mode=mode, standards=NUMBERS)


def kmh(highway):
    return NUMBERS.value(f"drive_speed_kmh_{highway}")


@pytest.mark.parametrize("value", ["yes", "1", "true", "YES", " yes ", "是", "单行"])
def test_one_way_forward_for_vehicles_not_on_foot(value):
    car = use("car", highway=["primary"], oneway=[value])
    assert (car.forward_kmh[0], car.backward_kmh[0]) == (kmh("primary"), 0)
    walk = use("walk", highway=["primary"], oneway=[value])
    assert walk.forward_kmh[0] == walk.backward_kmh[0] == NUMBERS.value("walk_speed_kmh_g13")


@pytest.mark.parametrize("value", ["-1", "reverse"])
def test_one_way_against_the_line(value):
    car = use("car", highway=["primary"], oneway=[value])
    assert (car.forward_kmh[0], car.backward_kmh[0]) == (0, kmh("primary"))


@pytest.mark.parametrize("value", ["no", "0", "", None, "alternating"])
def test_both_ways(value):
    car = use("car", highway=["primary"], oneway=[value])
    assert car.forward_kmh[0] == car.backward_kmh[0] == kmh("primary")


def test_roundabouts_run_one_way_unless_said_otherwise():
    car = use(
        "car", highway=["primary"] * 3, junction=["roundabout"] * 3, oneway=[None, "no", "-1"]
    )
    assert (car.backward_kmh > 0).tolist() == [False, True, True]
    assert (car.forward_kmh > 0).tolist() == [True, True, False]


def test_walking_is_barred_from_motorways_and_where_closed():
    walk = use(
        "walk",
        highway=["motorway", "motorway_link", "trunk", "path", "path", "service", "service"],
        motorroad=[None, None, "yes", None, None, None, None],
        foot=[None, None, None, None, "no", None, "yes"],
        access=[None, None, None, None, None, "no", "no"],
    )
    assert walk.usable.tolist() == [False, False, False, True, False, False, True]


def test_vehicles_keep_to_roads_for_vehicles():
    highway = [
        "primary",
        "footway",
        "path",
        "steps",
        "pedestrian",
        "cycleway",
        "bridleway",
        "track",
    ]
    assert use("car", highway=highway).usable.tolist() == [True] + [False] * 7


def test_vehicles_take_tracks_where_there_is_nothing_else():
    car = use("car", highway=["track", "path"])
    assert car.forward_kmh.tolist() == [kmh("track"), 0]
    assert [(f.code, f.severity) for f in car.findings] == [("only_tracks", "note")]


def test_roads_not_built_serve_nobody():
    for mode in ("walk", "car"):
        assert not use(mode, highway=["construction", "proposed"]).usable.any()


def test_closed_to_vehicles():
    car = use(
        "car",
        highway=["service"] * 4,
        motor_vehicle=["no", None, "yes", None],
        access=[None, "no", "no", "private"],
    )
    assert car.usable.tolist() == [False, False, True, True]


def test_administrative_classes_stand_in_for_highway():
    car = use(
        "car",
        highway=[None, "", None, None, None, None, "residential"],
        road_class=["国道", "省道", "县道", "乡道", "村道", None, "国道"],
    )
    names = ["trunk", "primary", "secondary", "tertiary", "unclassified", "unclassified"]
    assert car.forward_kmh.tolist() == [kmh(n) for n in [*names, "residential"]]


def test_unknown_classes_are_unclassified_and_links_like_their_road():
    car = use("car", highway=["rocket", None, "primary_link"])
    assert car.forward_kmh.tolist() == [kmh("unclassified")] * 2 + [kmh("primary")]


def test_speed_limits_cap_but_never_raise():
    car = use("car", highway=["primary"] * 5, maxspeed_kmh=[20, 120, None, 0, -5])
    assert car.forward_kmh.tolist() == [20] + [kmh("primary")] * 4


def test_school_buses_keep_their_limits():
    fast = NUMBERS.with_values(drive_speed_kmh_motorway=120, bus_speed_kmh_trunk=100)
    bus = road_use(
        pd.DataFrame({"highway": ["motorway", "trunk", "service"]}), mode="bus", standards=fast
    )
    limits = [fast.value("bus_speed_max_kmh_motorway"), fast.value("bus_speed_max_kmh")]
    assert bus.forward_kmh.tolist() == [*limits, kmh("service")]


def test_nobody_gets_onto_motorways_and_into_tunnels_along_their_course():
    car = use("car", highway=["motorway", "primary", "primary"], tunnel=[None, "yes", "no"])
    assert car.access.tolist() == [False, False, True]


def test_a_table_without_attributes_is_all_unclassified_two_way():
    car = road_use(pd.DataFrame(index=["a", "b"]), mode="car", standards=NUMBERS)
    assert car.forward_kmh.tolist() == car.backward_kmh.tolist() == [kmh("unclassified")] * 2
