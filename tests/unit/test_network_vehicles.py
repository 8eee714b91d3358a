"""Speeds of vehicles: classes, signs, the law; the school bus and the bicycle by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import CRS

from layoutplan.errors import OptionsError
from layoutplan.network import network_of_roads
from layoutplan.network.modes import riding_bands, road_use
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards()


def use(mode, rules=NUMBERS, **columns):
    frame = pd.DataFrame(columns)
    return road_use(
        frame.set_axis([f"r{i}" for i in range(len(frame))]), mode=mode, standards=rules
    )


def roads(*wkt, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT))


def places(*xy, **columns):
    points = gpd.GeoSeries(gpd.points_from_xy(*np.array(xy, dtype=float).T), crs=FLAT)
    return gpd.GeoDataFrame(columns, geometry=points).set_axis([f"p{i}" for i in range(len(xy))])


def times(table, villages, sites, **rest):
    return travel_between(villages, sites, network=network_of_roads(table, repair="off", **rest))


def test_school_buses_have_speeds_by_administrative_class():
    classes = ["国道", "省道", "县道", "乡道", "村道"]
    assert use("bus", road_class=classes).forward_kmh.tolist() == [45, 40, 35, 25, 15]


def test_no_bus_speed_passes_what_the_law_allows():
    fast = {k: 200 for k in NUMBERS if k.startswith(("bus_speed_kmh_", "drive_speed_kmh_"))}
    rules = NUMBERS.with_values(**fast)
    highway = ["motorway", "trunk", "secondary", "residential", "unclassified", "track"]
    assert use("bus", rules, highway=highway[:5]).forward_kmh.tolist() == [80, 60, 60, 30, 40]
    # A car keeps the limit of the law where the class tells it, and the sign where there is one.
    assert use("car", rules, highway=highway[1:5]).forward_kmh.tolist() == [200, 70, 30, 40]
    signed = use("car", rules, highway=["secondary"] * 2, maxspeed_kmh=[90, None])
    assert signed.forward_kmh.tolist() == [90, 70]


def test_minutes_of_a_school_bus_by_hand():
    table = roads(
        "LINESTRING (0 0, 3000 0)", "LINESTRING (3000 0, 5000 0)", road_class=["县道", "村道"]
    )
    found = times(table, places((0, 200)), places((5000, 0), (0, 0)), mode="bus")
    ride = 3 / 35 * 60 + 2 / 15 * 60  # 3 km of county road and 2 of village road
    stops = 5 * 1.0  # a stop on every kilometre, a minute each
    wait = 5.0
    walk = 0.2 / 4.0 * 60
    assert found.array("g13")[0, 0] == pytest.approx(walk + wait + ride + stops)
    older = 0.2 / 5.0 * 60
    assert found.array("g79")[0, 0] == pytest.approx(older + wait + ride + stops)
    # Where the school is at the stop, nobody waits for a bus.
    assert found.array("g13")[0, 1] == pytest.approx(walk)


def test_buses_do_not_stop_on_motorways():
    bus = use("bus", highway=["motorway", "primary"])
    assert bus.stop_minutes_per_km.tolist() == [0, 1]
    assert use("car", highway=["primary"]).stop_minutes_per_km.tolist() == [0]


def test_villages_far_from_the_bus_are_named():
    table = roads("LINESTRING (0 0, 3000 0)", highway=["tertiary"])
    villages = places(
        (0, 300),
        (0, 500),
        (500, 500),
        (0, 900),
        pupils_g13=[9, 9, 0, 0],
        pupils_g46=[0] * 4,
        pupils_g79=[0, 0, 7, 7],
    )
    found = times(table, villages, places((3000, 0)), mode="bus").findings
    (far,) = [f for f in found if f.code == "bus_stop_far"]
    # 500 m are too far for the youngest and not for those of the junior school.
    assert far.ids == ("p1", "p3")
    assert "900" in far.what("zh")
    assert "16" in far.what("en")
    assert not [f for f in times(table, villages, places((3000, 0))).findings if "bus" in f.code]


def test_who_is_too_young_to_ride_walks():
    table = roads("LINESTRING (0 0, 3000 0)", highway=["tertiary"])
    ends = places((0, 80)), places((3000, 0), (900, 0))
    bicycle, walk = (times(table, *ends, mode=m) for m in ("bicycle", "walk"))
    for band in ("g13", "g46"):
        assert bicycle.array(band) == pytest.approx(walk.array(band), rel=1e-12)
    expected = 0.08 / 5 * 60 + np.array([[3, 0.9]]) / 12 * 60
    assert bicycle.array("g79") == pytest.approx(expected)
    (young,) = [f for f in bicycle.findings if f.code == "cycling_too_young"]
    assert "1-3, 4-6" in young.what("zh")
    assert (bicycle.array("g79") <= walk.array("g79") + 1e-9).all()
    near = travel_between(
        *ends, network=network_of_roads(table, mode="bicycle", repair="off"), cutoff_minutes=20
    )
    assert near.array("g79") == pytest.approx(expected)
    assert near.array("g13")[0, 1] == pytest.approx(walk.array("g13")[0, 1])


def test_the_age_of_cycling_is_a_standard():
    assert riding_bands(NUMBERS) == ("g79",)
    assert riding_bands(NUMBERS.with_values(cycling_age_min=9)) == ("g46", "g79")
    assert riding_bands(NUMBERS.with_values(cycling_age_min=16)) == ()


def test_bicycles_are_pushed_where_one_may_not_ride():
    bicycle = use(
        "bicycle",
        highway=["residential", "steps", "path", "motorway", "cycleway", "primary"],
        oneway=[None, None, None, None, None, "yes"],
        bicycle=[None, None, None, None, None, None],
    )
    assert bicycle.forward_kmh.tolist() == [12, 5, 5, 0, 12, 12]
    assert bicycle.backward_kmh.tolist() == [12, 5, 5, 0, 12, 5]


def test_unknown_classes_are_named_with_what_was_assumed():
    columns = {
        "highway": ["rocket", "primary", "rocket", "cart", None, "rest_area", "construction"]
    }
    for mode in ("car", "walk"):
        (found,) = use(mode, **columns).findings
        assert (found.code, found.severity) == ("road_class_unknown", "warning")
        assert found.ids == ("r0", "r2", "r3")
        assert "rocket (2), cart (1)" in found.what("zh")
        assert "unclassified" in found.what("en")
        assert "25" in found.what("en")
    (found,) = use("car", road_class=["县道", "四级", None]).findings
    assert (found.column, found.ids) == ("road_class", ("r1",))


def test_speed_limits_that_are_none_are_named_and_not_used():
    signs = [30, -20, np.nan, 0, "fast", np.inf, "40"]
    car = use("car", highway=["primary"] * 7, maxspeed_kmh=pd.Series(signs, dtype=object).tolist())
    assert car.forward_kmh.tolist() == [30, 45, 45, 45, 45, 45, 40]
    found = {f.code: f for f in car.findings}
    assert found["maxspeed_wrong"].ids == ("r1", "r3", "r4", "r5")
    assert found["maxspeed_empty"].ids == ("r2",)
    assert found["maxspeed_wrong"].severity == "warning"
    assert found["maxspeed_empty"].severity == "note"
    assert not use("walk", highway=["primary"] * 7, maxspeed_kmh=signs).findings
    assert not use("car", highway=["primary"], maxspeed_kmh=[None]).findings


@pytest.mark.parametrize("value", [0, -4, float("nan"), float("inf")])
@pytest.mark.parametrize(
    ("mode", "key"),
    [
        ("walk", "walk_speed_kmh_g13"),
        ("bicycle", "cycle_speed_kmh"),
        ("car", "drive_speed_kmh_primary"),
        ("bus", "bus_speed_kmh_primary"),
    ],
)
def test_speeds_of_a_profile_must_be_above_0(mode, key, value):
    with pytest.raises(OptionsError) as caught:
        use(mode, NUMBERS.with_values(**{key: value}), highway=["primary"])
    (found,) = caught.value.findings
    # What is no number at all is refused by the profile, before any road is looked at.
    assert found.code == ("speed_not_positive" if value in (0, -4) else "profile_not_number")
    assert key in found.what("en")
    assert found.cure("zh")


@pytest.mark.parametrize("wrong", [{"bus_stop_spacing_m": 0}, {"bus_dwell_minutes": -1}])
def test_stops_of_a_profile_must_make_sense(wrong):
    with pytest.raises(OptionsError) as caught:
        use("bus", NUMBERS.with_values(**wrong), highway=["primary"])
    assert [f.code for f in caught.value.findings] == ["bus_stops_wrong"]


def test_every_new_number_has_a_source_or_says_that_it_has_none():
    keys = [k for k in NUMBERS if k.startswith(("bus_", "cycl", "limit_kmh", "slope", "crossing"))]
    assert len(keys) > 15
    for key in keys:
        standard = NUMBERS[key]
        assert standard.document
        assert standard.article or standard.status != "confirmed", key
