"""Places onto roads: the nearest point of the nearest edge, islands and reach."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from layoutplan.network import attach, network_of_roads
from layoutplan.network.road_network import edge_lines

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")


def net(*wkt, mode="walk", **columns):
    lines = gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT)
    return network_of_roads(gpd.GeoDataFrame(columns, geometry=lines), mode=mode)


def test_nearest_edge_as_by_brute_force():
    rng = np.random.default_rng(5)
    starts = rng.uniform(0, 5000, (150, 2))
    lines = shapely.linestrings(np.stack([starts, starts + rng.normal(0, 400, (150, 2))], axis=1))
    made = network_of_roads(gpd.GeoDataFrame(geometry=lines, crs=FLAT))
    places = shapely.points(rng.uniform(0, 5000, (400, 2)))
    at = attach(made, places, crs=FLAT, reach_m=1e9, island_reach_m=-1)
    drawn = edge_lines(made)
    metres = shapely.distance(places[:, None], drawn[None, :])
    assert np.allclose(at.distance_m, metres.min(axis=1), atol=1e-6)
    assert (at.edge == metres.argmin(axis=1)).all()
    spots = shapely.line_interpolate_point(drawn[at.edge], at.along_m)
    assert np.allclose(shapely.distance(spots, places), at.distance_m, atol=1e-6)


LONG = "LINESTRING (-45000 0, 45000 0)"


def test_a_place_is_taken_past_a_fragment_to_the_main_network():
    made = net(LONG, "LINESTRING (100 300, 200 300)")
    places = shapely.points([[150, 290], [150, 10]])
    at = attach(made, places, crs=FLAT)
    assert at.status.tolist() == ["passed_by", "main"]
    assert at.distance_m.round(6).tolist() == [290, 10]
    assert at.further_m.round(6).tolist() == [280, 0]


def test_a_place_stays_on_a_real_island():
    made = net(LONG, "LINESTRING (100 2000, 200 2000)")
    at = attach(made, shapely.points([[150, 1990]]), crs=FLAT)
    assert at.status.tolist() == ["island"]
    assert at.component.tolist() == [1]
    further = attach(made, shapely.points([[150, 1990]]), crs=FLAT, island_reach_m=2500)
    assert further.status.tolist() == ["passed_by"]


def test_a_place_too_far_from_any_road_is_not_attached():
    made = net(LONG)
    at = attach(made, shapely.points([[150, 3001], [150, 2999]]), crs=FLAT)
    assert at.status.tolist() == ["off_road", "main"]
    assert at.edge[0] == -1
    assert at.minutes[0] == np.inf
    assert at.distance_m[0] == pytest.approx(3001)


def test_the_second_of_two_large_components_is_main_too():
    made = net(LONG, "LINESTRING (0 400, 5000 400)")
    at = attach(made, shapely.points([[150, 390]]), crs=FLAT)
    assert at.status.tolist() == ["main"]
    assert at.component.tolist() == [1]


def test_areas_stand_by_a_point_inside_and_missing_places_nowhere():
    made = net(LONG)
    places = np.array([shapely.box(0, 10, 20, 30), shapely.Point(), None], dtype=object)
    at = attach(made, places, crs=FLAT)
    assert at.distance_m[0] == pytest.approx(20)
    assert at.status.tolist() == ["main", "off_road", "off_road"]
    assert at.distance_m[1:].tolist() == [np.inf, np.inf]


def test_the_end_of_a_one_way_street_is_passed_by():
    made = net(
        "LINESTRING (-45000 0, 100 0, 45000 0)",
        "LINESTRING (100 0, 100 200)",
        mode="car",
        highway=["primary"] * 2,
        oneway=["no", "yes"],
    )
    assert -1 in made.edges["component"].tolist()
    at = attach(made, shapely.points([[110, 150]]), crs=FLAT)
    assert at.status.tolist() == ["passed_by"]
    assert at.distance_m[0] == pytest.approx(150)


def test_nobody_gets_onto_a_motorway_or_into_a_tunnel():
    made = net(
        "LINESTRING (0 0, 9000 0)",
        "LINESTRING (0 0, 0 100, 9000 100)",
        "LINESTRING (9000 100, 9000 0, 9000 -200)",
        mode="car",
        highway=["motorway", "primary", "primary"],
    )
    at = attach(made, shapely.points([[4000, 20]]), crs=FLAT)
    assert at.distance_m[0] == pytest.approx(80)


def test_another_coordinate_system_of_the_places():
    lines = gpd.GeoSeries.from_wkt(["LINESTRING (110 30, 110.1 30)"], crs="EPSG:4326")
    made = network_of_roads(gpd.GeoDataFrame(geometry=lines))
    place = gpd.GeoSeries.from_wkt(["POINT (110.05 30.001)"], crs="EPSG:4326")
    away = attach(made, place.to_numpy(), crs=place.crs)
    utm = place.to_crs("EPSG:32649")
    same = attach(made, utm.to_numpy(), crs=utm.crs)
    assert same.distance_m == pytest.approx(away.distance_m, abs=1e-3)
