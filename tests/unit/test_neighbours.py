"""Which villages are neighbours: by hand, and against areas that are really drawn."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

import layoutplan as lp
from layoutplan.neighbours import villages_of_sites

AT = (500_000, 3_400_000)


def county_at(points, sites=((0.0, 0.0),)):
    """Give a county with villages and primary schools at some points, in metres."""
    villages = gpd.GeoDataFrame(
        {
            "village_id": [f"V{i}" for i in range(len(points))],
            "pupils_g13": 10, "pupils_g46": 10, "pupils_g79": 10,
        },
        geometry=shapely.points(np.add(np.array(points, dtype=float), AT)),
        crs="EPSG:4548",
    )  # fmt: skip
    schools = gpd.GeoDataFrame(
        {"school_id": [f"S{i}" for i in range(len(sites))], "kind": "primary", "places": 900},
        geometry=shapely.points(np.add(np.array(sites, dtype=float), AT)),
        crs="EPSG:4548",
    )
    road = shapely.linestrings([[[500_000, 3_400_000], [501_000, 3_400_000]]])
    roads = gpd.GeoDataFrame({"road_class": ["county"]}, geometry=road, crs="EPSG:4548")
    return lp.County.from_tables(villages=villages, schools=schools, roads=roads)


def pairs(county):
    return {(a, b) for a, b in lp.village_neighbours(county).to_numpy()}


def test_villages_on_a_grid_border_on_those_beside_them_only():
    points = [(1000 * x, 1000 * y) for x in range(3) for y in range(3)]
    found = pairs(county_at(points))
    wanted = {
        (f"V{i}", f"V{j}")
        for i, p in enumerate(points)
        for j, q in enumerate(points)
        if i < j and abs(p[0] - q[0]) + abs(p[1] - q[1]) == 1000
    }
    assert found == wanted


def test_villages_on_a_line_border_on_the_next_ones():
    assert pairs(county_at([(0, 0), (3000, 3000), (1000, 1000)])) == {("V0", "V2"), ("V1", "V2")}


def test_two_villages_are_neighbours_and_one_has_none():
    assert pairs(county_at([(0, 0), (500, 0)])) == {("V0", "V1")}
    assert pairs(county_at([(0, 0)])) == set()


def test_villages_on_one_point_have_the_same_neighbours():
    found = pairs(county_at([(0, 0), (0, 0), (1000, 0), (0, 1000)]))
    assert ("V0", "V1") in found
    beside = {v: {w for p in found if v in p for w in p} - {"V0", "V1"} for v in ("V0", "V1")}
    assert beside["V0"] == beside["V1"] != set()


def test_a_border_outside_the_hull_is_none():
    """The outer two of three villages that nearly lie on a line only meet far away."""
    assert ("V0", "V2") not in pairs(county_at([(0, 0), (1000, 10), (2000, 0)]))


@pytest.mark.parametrize(("seed", "villages"), [(1, 40), (3, 120)])
def test_neighbours_are_those_whose_drawn_areas_share_a_border(seed, villages):
    county = lp.example.county(seed=seed, villages=villages)
    where = county.villages.to_crs("EPSG:4548").geometry
    every = shapely.multipoints(shapely.get_coordinates(where.to_numpy()))
    hull = shapely.convex_hull(every)
    cells = shapely.get_parts(shapely.voronoi_polygons(every, extend_to=hull.buffer(1e6)))
    own = gpd.sjoin(
        gpd.GeoDataFrame(geometry=where), gpd.GeoDataFrame(geometry=cells, crs=where.crs)
    )
    area = dict(zip(own.index, shapely.intersection(cells[own["index_right"]], hull), strict=True))
    drawn = {
        (a, b)
        for a in area
        for b in area
        if a < b and shapely.dwithin(area[a], area[b], 1e-3)
        and shapely.length(shapely.intersection(area[a].buffer(1e-3), area[b])) > 1.0
    }  # fmt: skip
    # Lengths of a metre are below what two projections agree on.
    assert len(drawn ^ pairs(county)) <= 1


def test_a_school_stands_in_the_village_next_to_it():
    county = county_at([(0, 0), (1000, 0), (0, 0)], sites=[(900, 0), (1, 1), (500, 0)])
    assert villages_of_sites(county).to_dict() == {"S0": "V1", "S1": "V0", "S2": "V0"}
