"""Findings about a county before anybody plans."""

import geopandas as gpd
import pytest
import shapely

import layoutplan as lp


@pytest.fixture(scope="module")
def made():
    return lp.example.county(seed=4, villages=25)


def county_with(made, **changed):
    names = ("villages", "schools", "roads", "townships", "candidates", "flows")
    tables = {n: made.table(n) if len(made.table(n)) else None for n in names}
    return lp.County.from_tables(**(tables | changed), name=made.name)


def codes(county):
    return set(lp.check(county, lang="en")["code"])


def test_a_sound_county_has_no_warning_about_roads(made):
    assert not {"roads_in_parts", "far_from_road", "outside_county"} & codes(made)


def test_roads_that_do_not_meet_are_pointed_out(made):
    roads = made.roads
    west, south, east, north = roads.total_bounds
    width = (east - west) * 1.5
    moved = gpd.GeoSeries(roads.geometry.translate(width, 0).to_numpy(), crs=roads.crs)
    other = roads.set_geometry(moved.to_numpy()).set_crs(roads.crs, allow_override=True)
    other.index = [f"other {label}" for label in other.index]
    both = gpd.GeoDataFrame(
        {"highway": [*roads["highway"], *other["highway"]]},
        index=[*roads.index, *other.index],
        geometry=[*roads.geometry, *other.geometry],
        crs=roads.crs,
    )
    assert "roads_in_parts" in codes(county_with(made, roads=both))
    del south, north


def test_a_village_far_from_any_road_is_pointed_out(made):
    villages = made.villages
    shapes = villages.geometry.to_numpy().copy()
    west, south, _, _ = made.roads.total_bounds
    shapes[0] = shapely.Point(west - 0.01, south - 0.01)
    county = county_with(made, villages=villages.set_geometry(gpd.GeoSeries(
        shapes, index=villages.index, crs=villages.crs)))  # fmt: skip
    table = lp.check(county, lang="en").set_index("code")
    assert villages.index[0] in table.loc["far_from_road", "ids"]


def test_a_village_outside_the_county_is_pointed_out(made):
    villages = made.villages
    shapes = villages.geometry.to_numpy().copy()
    shapes[0] = shapely.Point(11.356, 33.5)
    county = county_with(made, villages=villages.set_geometry(gpd.GeoSeries(
        shapes, index=villages.index, crs=villages.crs)))  # fmt: skip
    assert "outside_county" in codes(county)
