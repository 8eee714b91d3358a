"""Travel times do not depend on the order of rows."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from thoroughly import examples

from layoutplan.network import MODES, network_of_roads
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")


def county(rng):
    ends = rng.integers(0, 8, (30, 3, 2)) * 150.0
    roads = gpd.GeoDataFrame(
        {
            "highway": rng.choice(["primary", "residential", "footway", "motorway"], 30),
            "oneway": rng.choice(["yes", "no", "-1"], 30, p=[0.2, 0.7, 0.1]),
        },
        geometry=shapely.linestrings(ends),
        crs=FLAT,
    )
    # Places on a grid, so that many are equally far from several roads.
    villages, sites = (
        gpd.GeoDataFrame(geometry=shapely.points(rng.integers(0, 40, (n, 2)) * 30.0), crs=FLAT)
        for n in (12, 5)
    )
    return (
        roads.set_axis([f"r{i}" for i in range(30)]),
        villages.set_axis([f"v{i}" for i in range(12)]),
        sites.set_axis([f"s{i}" for i in range(5)]),
    )


@given(seed=st.integers(0, 10_000), mode=st.sampled_from(MODES))
@settings(max_examples=examples(40), deadline=None, derandomize=True)
def test_the_order_of_rows_is_nothing(seed, mode):
    rng = np.random.default_rng(seed)
    roads, villages, sites = county(rng)
    one = travel_between(villages, sites, network=network_of_roads(roads, mode=mode))
    shuffled = (t.iloc[rng.permutation(len(t))] for t in (roads, villages, sites))
    roads, villages, sites = shuffled
    other = travel_between(villages, sites, network=network_of_roads(roads, mode=mode))
    again = other.aligned(one.village_ids, one.site_ids)
    for band in ("g13", "g79"):
        first, second = one.array(band), again.array(band)
        assert np.array_equal(np.isinf(first), np.isinf(second))
        finite = np.isfinite(first)
        assert first[finite] == pytest.approx(second[finite], abs=1e-9)
    assert set(one.unreachable.index) == set(other.unreachable.index)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=examples(25), deadline=None, derandomize=True)
def test_a_further_road_never_lengthens_a_walk_between_places_on_the_network(seed):
    rng = np.random.default_rng(seed)
    # Vertices at random, so that no road passes through a vertex of another by accident.
    spots = rng.uniform(0, 1000, (25, 2))
    lines = shapely.linestrings(spots[rng.integers(0, 25, (30, 3))])
    roads = gpd.GeoDataFrame(geometry=lines, crs=FLAT)
    used = shapely.get_coordinates(lines[:20])
    villages, sites = (
        gpd.GeoDataFrame(geometry=shapely.points(used[rng.integers(0, len(used), n)]), crs=FLAT)
        for n in (12, 5)
    )
    stay = standards().with_values(island_reach_m=0)
    few, more = (
        travel_between(villages, sites, network=network_of_roads(lines, standards=stay)).array()
        for lines in (roads.iloc[:20], roads)
    )
    assert (more[np.isfinite(few)] <= few[np.isfinite(few)] + 1e-9).all()
