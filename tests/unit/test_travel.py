"""Travel times of small counties whose times can be told by hand."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import CRS

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import network_of_roads
from layoutplan.standards import standards
from layoutplan.travel import TravelTimes, travel_between, travel_times

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards()
WALK = NUMBERS.value("walk_speed_kmh_g13") * 1000 / 60
CAR = NUMBERS.value("drive_speed_kmh_primary") * 1000 / 60


def places(prefix, *xy, **columns):
    points = gpd.GeoSeries(gpd.points_from_xy(*np.array(xy, dtype=float).T), crs=FLAT)
    frame = gpd.GeoDataFrame(columns, geometry=points)
    return frame.set_axis([f"{prefix}{i}" for i in range(len(xy))])


def roads(*wkt, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT))


@dataclass
class Tables:
    """The parts of a county that travel times need."""

    villages: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame


def small(**columns):
    line = "LINESTRING (0 0, 1000 0, 2000 0)"
    return Tables(
        villages=places("v", (0, 0), (500, 100), population=[300, 40]),
        sites=places("s", (2000, 0), (900, 0)),
        roads=roads(line, highway=["primary"], **columns),
    )


def test_walked_minutes_with_access_legs():
    times = travel_times(small())
    expected = np.array([[2000, 900], [1600, 500]]) / WALK
    assert np.allclose(times.array(), expected, atol=1e-6)
    assert times.table().loc["v1", "s0"] == pytest.approx(1600 / WALK)
    assert list(times.table().index) == ["v0", "v1"]
    assert times.table().columns.name == "site_id"


def test_moving_a_village_off_the_road_raises_its_time():
    county = small()
    near = travel_times(county).array()
    county.villages = places("v", (0, -40), (500, 160))
    far = travel_times(county).array()
    assert np.allclose(far - near, np.array([[40], [60]]) / WALK, atol=1e-6)


def test_older_bands_walk_faster():
    times = travel_times(small())
    for band in ("g46", "g79"):
        ratio = NUMBERS.value("walk_speed_kmh_g13") / NUMBERS.value(f"walk_speed_kmh_{band}")
        assert np.allclose(times.array(band), times.array() * ratio, rtol=1e-12)


def test_only_the_walk_to_the_road_differs_between_bands_by_car():
    times = travel_times(small(), mode="car")
    for band in ("g13", "g46", "g79"):
        walk = NUMBERS.value(f"walk_speed_kmh_{band}") * 1000 / 60
        assert times.table(band).loc["v1", "s0"] == pytest.approx(1500 / CAR + 100 / walk)


def test_one_way_streets_bind_cars_in_the_direction_to_school_and_not_walkers():
    ring = "LINESTRING (0 0, 1000 0, 1000 1000, 0 1000, 0 0)"
    county = Tables(
        villages=places("v", (500, 0)),
        sites=places("s", (700, 0), (300, 0)),
        roads=roads(ring, highway=["primary"], oneway=["yes"]),
    )
    car = travel_times(county, mode="car").array()
    assert np.allclose(car, np.array([[200, 3800]]) / CAR, atol=1e-6)
    walk = travel_times(county).array()
    assert np.allclose(walk, np.array([[200, 200]]) / WALK, atol=1e-6)


def test_two_villages_and_a_school_on_one_edge_go_along_it():
    county = Tables(
        villages=places("v", (100, 0), (300, 0), (450, 0)),
        sites=places("s", (250, 0)),
        roads=roads("LINESTRING (0 0, 1000 0)"),
    )
    minutes = travel_times(county).array()[:, 0]
    assert np.allclose(minutes, np.array([150, 50, 200]) / WALK, atol=1e-6)


def test_places_at_one_spot_have_no_way_to_go_but_their_access_legs():
    county = Tables(
        villages=places("v", (400, 0), (400, 30)),
        sites=places("s", (400, 0)),
        roads=roads("LINESTRING (0 0, 1000 0)"),
    )
    assert np.allclose(travel_times(county).array()[:, 0], [0, 30 / WALK], atol=1e-6)


def island():
    return Tables(
        villages=places("v", (0, 0), (500, 5000), (900, 9000), population=[100, 20, 3]),
        sites=places("s", (2000, 0)),
        roads=roads("LINESTRING (0 0, 2000 0)", "LINESTRING (0 5000, 1000 5000)"),
    )


def test_villages_without_a_way_are_listed_and_their_people_counted():
    times = travel_times(island())
    assert np.isinf(times.array()[1:]).all()
    assert times.unreachable["status"].to_dict() == {"v1": "main", "v2": "off_road"}
    found = {f.code: f for f in times.findings}
    assert found["village_without_way"].ids == ("v1",)
    assert "20" in found["village_without_way"].what("en")
    assert found["place_off_road"].ids == ("v2",)
    assert "Residents 3" in found["place_off_road"].what("en")
    for finding in times.findings:
        for lang in ("zh", "en"):
            assert finding.what(lang)
            assert finding.cure(lang)


def test_access_tells_how_every_place_gets_onto_the_network():
    times = travel_times(small())
    access = times.access.set_index(["role", "place_id"])
    assert access.loc[("village", "v1"), "distance_m"] == pytest.approx(100)
    assert access.loc[("village", "v1"), "minutes"] == pytest.approx(100 / WALK)
    assert set(access["status"]) == {"main"}
    assert len(access) == 4


def test_arrays_cannot_be_written_and_tables_are_copies():
    times = travel_times(small())
    with pytest.raises(ValueError, match="read-only"):
        times.array()[0, 0] = 0
    table = times.table()
    table.iloc[0, 0] = -1
    assert (times.array() >= 0).all()


def test_nearest_sites_and_ties_by_id():
    frame = pd.DataFrame(
        [[5, 3, 3], [np.inf, 9, np.inf], [np.inf] * 3],
        index=["v1", "v2", "v3"],
        columns=["s3", "s2", "s1"],
    )
    near = TravelTimes.from_matrix(frame.fillna(np.inf), mode="walk").nearest(2)
    assert near[["village_id", "rank", "site_id"]].to_numpy().tolist() == [
        ["v1", 1, "s1"],
        ["v1", 2, "s2"],
        ["v2", 1, "s2"],
    ]
    assert near["minutes"].tolist() == [3, 3, 9]


def test_progress_counts_sites():
    seen = []
    travel_times(small(), progress=lambda *step: seen.append(step))
    assert seen[-1] == (2, 2, "walk")


def test_a_network_made_before_gives_the_same_times():
    county = small()
    made = network_of_roads(county.roads)
    given = travel_times(county, network=made)
    assert np.array_equal(given.array(), travel_times(county).array())
    with pytest.raises(OptionsError, match="car"):
        travel_times(county, mode="car", network=made)
    slow = NUMBERS.with_values(walk_speed_kmh_g13=2)
    with pytest.raises(OptionsError):
        travel_times(county, network=made, standards=slow)
    slower = travel_times(county, standards=slow)
    assert np.allclose(slower.array(), 2 * given.array())


def test_sites_in_another_system_are_brought_together():
    county = small()
    same = travel_times(county).array()
    county.sites = county.sites.to_crs("EPSG:4326")
    assert np.allclose(travel_times(county).array(), same, atol=1e-6)


def error_of(villages, sites, lines):
    with pytest.raises(TravelError) as caught:
        travel_between(villages, sites, network=network_of_roads(lines))
    for finding in caught.value.findings:
        for lang in ("zh", "en"):
            assert finding.what(lang)
            assert finding.cure(lang)
    return [(f.code, f.table) for f in caught.value.findings]


def test_roads_and_villages_apart_name_the_coordinate_system():
    county = small()
    away = county.villages.set_geometry(county.villages.translate(500_000, 0))
    assert error_of(away, county.sites, county.roads) == [("extent_apart", "villages")]


def test_exchanged_coordinates_are_recognised():
    degrees = gpd.GeoSeries.from_wkt(["LINESTRING (110 30, 110.1 30)"], crs="EPSG:4326")
    right = gpd.GeoDataFrame(geometry=gpd.points_from_xy([110.05], [30]), crs="EPSG:4326")
    wrong = gpd.GeoDataFrame(geometry=gpd.points_from_xy([30], [110.05]), crs="EPSG:4326")
    lines = gpd.GeoDataFrame(geometry=degrees)
    assert error_of(wrong, right, lines) == [("extent_exchanged", "villages")]
    assert error_of(right, wrong, lines) == [("extent_exchanged", "schools")]


def test_no_place_near_a_road_is_an_error():
    lines = roads("LINESTRING (-20000 0, 0 0, 0 20000)")
    villages, sites = places("v", (-10000, 10000)), places("s", (-9000, 0))
    assert error_of(villages, sites, lines) == [("none_attached", "villages")]
    assert error_of(sites, villages, lines) == [("none_attached", "schools")]


FRAME = pd.DataFrame([[1.0, 2.0], [3.0, np.inf]], index=["a", "b"], columns=["s", "t"])


def test_a_given_matrix_is_copied_and_serves_all_bands():
    frame = FRAME.copy()
    times = TravelTimes.from_matrix(frame, mode="bus")
    frame.iloc[0, 0] = 99
    for band in ("g13", "g46", "g79"):
        assert times.array(band).tolist() == [[1, 2], [3, np.inf]]
    assert times.access.empty
    assert times.unreachable.empty


def test_a_matrix_for_each_band_may_have_its_own_order():
    bands = {"g13": FRAME, "g46": FRAME.iloc[::-1, ::-1] / 2, "g79": FRAME / 4}
    times = TravelTimes.from_matrix(bands, mode="walk")
    assert times.array("g46").tolist() == (FRAME / 2).to_numpy().tolist()


def test_a_matrix_follows_the_county():
    county = Tables(villages=places("v", (0, 0), (1, 0)), sites=places("s", (2, 0)), roads=roads())
    frame = pd.DataFrame([[7], [8]], index=["v1", "v0"], columns=["s0"])
    times = TravelTimes.from_matrix(frame, mode="walk", county=county)
    assert times.table().to_numpy().tolist() == [[8], [7]]
    with pytest.raises(TravelError) as caught:
        TravelTimes.from_matrix(frame.rename(index={"v0": "x"}), mode="walk", county=county)
    assert [(f.code, f.ids) for f in caught.value.findings] == [
        ("labels_missing", ("v0",)),
        ("labels_unknown", ("x",)),
    ]


@pytest.mark.parametrize(
    ("frame", "error", "code"),
    [
        (FRAME * -1, TravelError, "not_minutes"),
        (FRAME.astype(object).replace(2.0, "far"), TravelError, "not_minutes"),
        (FRAME.set_axis(["a", "a"]), TravelError, "labels_repeat"),
        (FRAME.iloc[:0], TravelError, "empty_matrix"),
        ({"g13": FRAME}, OptionsError, "bands_missing"),
        ({"g13": FRAME, "g46": FRAME, "g79": FRAME.iloc[:1]}, TravelError, "labels_missing"),
        (
            {"g13": FRAME, "g46": FRAME, "g79": FRAME, "g1": FRAME},
            OptionsError,
            "travel_band_unknown",
        ),
    ],
)
def test_a_matrix_that_cannot_be_used_is_refused(frame, error, code):
    with pytest.raises(error) as caught:
        TravelTimes.from_matrix(frame, mode="walk")
    finding = caught.value.findings[0]
    assert finding.code == code
    for lang in ("zh", "en"):
        assert finding.what(lang)
        assert finding.cure(lang)


def test_empty_cells_and_sentinels_are_reported():
    frame = FRAME.replace(1.0, np.nan).replace(3.0, 4294967.295)
    times = TravelTimes.from_matrix(frame, mode="walk")
    assert times.array()[0, 0] == np.inf
    assert [(f.code, f.ids) for f in times.findings] == [
        ("empty_minutes", ("a",)),
        ("minutes_over_day", ("b",)),
    ]


def test_subsets_keep_order_and_refuse_unknown_ids():
    times = travel_times(small())
    part = times.subset(["v1"], ["s1", "s0"])
    assert part.table().equals(times.table().loc[["v1"], ["s1", "s0"]])
    assert sorted(part.access["place_id"]) == ["s0", "s1", "v1"]
    with pytest.raises(TravelError) as caught:
        times.subset(["v1", "nobody"], ["s0", "s0"])
    assert caught.value.findings[0].ids == ("nobody",)
    assert times.aligned(["v0", "v1"], ["s0", "s1"]) is times
    with pytest.raises(TravelError):
        times.aligned(["v0"], ["s0", "s1"])


def test_an_unknown_band_is_refused():
    with pytest.raises(OptionsError, match="g10"):
        travel_times(small()).table("g10")
