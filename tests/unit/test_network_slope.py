"""Slopes: Tobler's function, how slopes are measured, and whom they slow down."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from layoutplan.errors import DataError, TravelError
from layoutplan.network import Elevation, network_of_roads
from layoutplan.network.build import segments
from layoutplan.network.elevation import Grid
from layoutplan.network.slope import over_structures, slopes, slower_on, tobler_kmh
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards()
KMH = NUMBERS.value("walk_speed_kmh_g13")


def grid(heights, cell=30.0, x0=-3000.0, y0=3000.0):
    move = (cell, 0.0, x0, 0.0, -cell, y0)
    return Elevation(grids=(Grid(heights=heights.astype("float32"), transform=move, crs=FLAT),))


def plane(slope, *, cell=30.0, noise=0.0):
    """Give heights that rise to the east, with noise in every cell."""
    x = -3000 + (np.arange(200) + 0.5) * cell
    rng = np.random.default_rng(1)
    return grid(np.tile(x * slope, (200, 1)) + rng.normal(0, noise, (200, 200)), cell)


def roads(*wkt, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT))


def minutes(table, **rest):
    made = network_of_roads(table, repair="off", **rest)
    return made.edges[["minutes_forward", "minutes_backward"]].sum().tolist()


@pytest.mark.parametrize("slope", [-0.3, -0.05, 0.0, 0.1, 0.25])
def test_each_direction_has_its_own_slope(slope):
    found = minutes(roads("LINESTRING (0 0, 400 0, 1000 0)"), elevation=plane(slope))
    flat = 1 / KMH * 60
    assert found == pytest.approx([flat * slower_on(slope), flat * slower_on(-slope)], rel=1e-4)


def test_a_line_drawn_the_other_way_takes_as_long():
    up = minutes(roads("LINESTRING (0 0, 400 0, 1000 0)"), elevation=plane(0.1))
    down = minutes(roads("LINESTRING (1000 0, 400 0, 0 0)"), elevation=plane(0.1))
    assert up == pytest.approx(down, rel=1e-9)


def test_tobler_is_quickest_on_a_slight_way_down():
    grade = np.linspace(-0.6, 0.6, 1201)
    assert grade[tobler_kmh(grade).argmax()] == pytest.approx(-0.05)
    assert tobler_kmh(0.0) == pytest.approx(5.037, abs=5e-4)
    assert slower_on(0.0) == 1


def test_noise_of_the_grid_does_not_make_level_ground_steep():
    x = np.arange(-2000, 2001, 12.0)
    rng = np.random.default_rng(2)
    line = shapely.linestrings(np.column_stack([x, rng.normal(0, 3, len(x))]))
    table = gpd.GeoDataFrame(geometry=[line], crs=FLAT)
    noisy = plane(0.0, noise=3.0)
    flat = minutes(table)[0]
    measured = minutes(table, elevation=noisy)[0] / flat
    short = NUMBERS.with_values(slope_window_m=0)
    unguarded = minutes(table, elevation=noisy, standards=short)[0] / flat
    assert measured < 1.04
    assert unguarded > measured + 0.02


def test_slopes_are_measured_over_the_road_before_and_after():
    line = shapely.from_wkt(["LINESTRING (0 0, 50 0, 60 0, 110 0)"])
    made = segments(line, crs=FLAT)
    height = np.array([0.0, 5.0, 9.0, 11.0])
    found = slopes(made, height, row=made.line, window_m=100)
    # The middle piece with 45 m on either side: from 0.5 to 10.8.
    assert found[1] == pytest.approx((10.8 - 0.5) / 100)
    # The first with all that follows within 100 m.
    assert found[0] == pytest.approx((9 + 0.8 * 2) / 100, abs=1e-9)


def test_slopes_go_on_over_roads_that_meet_end_to_end_but_not_over_junctions():
    wkt = ["LINESTRING (0 0, 10 0)", "LINESTRING (110 0, 10 0)"]
    made = segments(shapely.from_wkt(wkt), crs=FLAT)
    height = np.array([0.0, 4.0, 6.0])
    joined = slopes(made, height, row=made.line, window_m=60)
    assert joined[0] == pytest.approx((4 + 2 * 50 / 100) / 60)
    third = segments(shapely.from_wkt([*wkt, "LINESTRING (10 0, 10 99)"]), crs=FLAT)
    at_junction = slopes(third, np.array([0.0, 4.0, 4.0, 6.0]), row=third.line, window_m=60)
    assert at_junction[0] == pytest.approx(0.4)


def test_a_ring_is_not_gone_round_twice():
    ring = shapely.from_wkt(["LINESTRING (0 0, 10 0, 10 10, 0 10, 0 0)"])
    made = segments(ring, crs=FLAT)
    found = slopes(made, np.array([0.0, 1.0, 2.0, 1.0]), row=made.line, window_m=500)
    assert np.isfinite(found).all()


def test_bridges_and_tunnels_lead_straight_from_end_to_end():
    valley = plane(0.0)
    heights = valley.grids[0].heights.copy()
    heights[:, 100:110] = -80
    deep = grid(heights)
    parts = (
        "LINESTRING (-500 0, -60 0)",
        "LINESTRING (-60 0, 100 0, 200 0)",
        "LINESTRING (200 0, 400 0)",
        "LINESTRING (400 0, 900 0)",
    )
    ground = minutes(roads(*parts), elevation=deep)[0]
    bridge = minutes(roads(*parts, bridge=[None, "yes", "viaduct", None]), elevation=deep)[0]
    tunnel = minutes(roads(*parts, tunnel=[None, "yes", "yes", None]), elevation=deep)[0]
    flat = minutes(roads(*parts))[0]
    assert bridge == tunnel == pytest.approx(flat, rel=0.01)
    assert ground > 1.3 * flat


def test_a_structure_without_ends_keeps_the_ground():
    ring = shapely.from_wkt(["LINESTRING (0 0, 10 0, 10 10, 0 10, 0 0)"])
    made = segments(ring, crs=FLAT)
    height = np.array([0.0, 1.0, 2.0, 1.0])
    assert (
        over_structures(made, height, structure=np.ones(4, dtype=bool)).tolist() == height.tolist()
    )
    line = segments(shapely.from_wkt(["LINESTRING (0 0, 10 0, 20 0)"]), crs=FLAT)
    unknown = over_structures(
        line, np.array([np.nan, 5.0, np.nan]), structure=np.ones(2, dtype=bool)
    )
    assert unknown[1] == 5


def test_steep_slopes_are_cut_and_said_so():
    made = network_of_roads(roads("LINESTRING (0 0, 1000 0)"), elevation=plane(0.9), repair="off")
    (cut,) = [f for f in made.findings if f.code == "slope_cut"]
    assert "40 %" in cut.what("en")
    expected = 1 / KMH * 60 * slower_on(0.4)
    assert made.edges["minutes_forward"].sum() == pytest.approx(expected, rel=1e-4)


def test_gaps_count_as_flat_and_are_reported():
    gaps = plane(0.2).grids[0].heights.copy()
    gaps[:, 120:124] = np.nan
    table = roads("LINESTRING (-900 0, -700 0, -500 0, -300 0, -100 0, 100 0, 300 0, 500 0, 650 0)")
    least = NUMBERS.with_values(elevation_cover_min=0.5)
    made = network_of_roads(table, elevation=grid(gaps), standards=least, repair="off")
    (found,) = [f for f in made.findings if f.code == "elevation_gaps"]
    assert found.severity == "warning"
    assert found.values["km"] == "0.1"


def test_elevation_that_does_not_cover_the_county_is_refused():
    table = roads("LINESTRING (0 0, 2000 0, 9000 0, 9500 0)")
    with pytest.raises(TravelError) as caught:
        network_of_roads(table, elevation=plane(0.1))
    (found,) = caught.value.findings
    assert found.code == "elevation_not_covering"
    for lang in ("zh", "en"):
        assert "50" in found.what(lang)
        assert "x -3000 - 3000" in found.what(lang)
        assert found.cure(lang)


def test_a_file_of_heights_is_read_around_the_roads(tmp_path):
    rasterio = pytest.importorskip("rasterio")
    heights = plane(0.1).grids[0].heights
    path = tmp_path / "dem.tif"
    move = rasterio.Affine(30.0, 0.0, -3000.0, 0.0, -30.0, 3000.0)
    profile = {"driver": "GTiff", "count": 1, "dtype": "float32", "transform": move}
    rows, columns = heights.shape
    with rasterio.open(
        path, "w", width=columns, height=rows, crs=FLAT.to_wkt(), **profile
    ) as target:
        target.write(heights, 1)
    made = network_of_roads(roads("LINESTRING (0 0, 1000 0)"), elevation=str(path), repair="off")
    expected = 1 / KMH * 60 * slower_on(0.1)
    assert made.edges["minutes_forward"].sum() == pytest.approx(expected, rel=1e-4)
    assert made.conditions.elevation.grids[0].heights.size < 1000
    with pytest.raises(DataError) as caught:
        network_of_roads(roads("LINESTRING (9000 0, 9900 0)"), elevation=path)
    assert [f.code for f in caught.value.findings] == ["elevation_elsewhere"]


def test_slopes_scale_walks_and_leave_cars_alone():
    table = roads("LINESTRING (0 0, 1000 0)", highway=["tertiary"])
    steep = plane(0.12)
    car = minutes(table, mode="car")
    assert minutes(table, mode="car", elevation=steep) == car
    bus = minutes(table, mode="bus", elevation=steep)
    stops = NUMBERS.value("bus_dwell_minutes") * 1000 / NUMBERS.value("bus_stop_spacing_m")
    assert bus == pytest.approx(
        [60 / NUMBERS.value("bus_speed_max_kmh_hazard") + stops] * 2, rel=1e-4
    )
    gentle = minutes(table, mode="bus", elevation=plane(0.05))
    assert gentle == pytest.approx(
        [60 / NUMBERS.value("bus_speed_kmh_tertiary") + stops] * 2, rel=1e-4
    )


def test_bicycles_go_slower_uphill_and_no_faster_downhill():
    up, down = minutes(roads("LINESTRING (0 0, 1000 0)"), mode="bicycle", elevation=plane(0.08))
    flat = 60 / NUMBERS.value("cycle_speed_kmh")
    assert up == pytest.approx(flat * slower_on(0.08), rel=1e-4)
    assert down == pytest.approx(flat * max(slower_on(-0.08), 1), rel=1e-4)
    pushed = minutes(
        roads("LINESTRING (0 0, 1000 0)", highway=["path"]), mode="bicycle", elevation=plane(0.03)
    )
    foot = 60 / NUMBERS.value("walk_speed_kmh_g79")
    assert pushed == pytest.approx([foot * slower_on(0.03), foot * slower_on(-0.03)], rel=1e-4)


def test_the_order_of_roads_is_nothing():
    rng = np.random.default_rng(4)
    lines = shapely.linestrings(rng.integers(-20, 20, (40, 3, 2)) * 50.0)
    table = gpd.GeoDataFrame({"bridge": rng.choice(["yes", None], 40)}, geometry=lines, crs=FLAT)
    table.index = [f"r{i}" for i in range(40)]
    hills = plane(0.05, noise=20.0)
    points = gpd.GeoDataFrame(
        geometry=shapely.points(rng.integers(-20, 20, (12, 2)) * 50.0), crs=FLAT
    )
    points.index = [f"p{i}" for i in range(12)]
    one, other = (
        travel_between(
            points[:6], points[6:], network=network_of_roads(t, elevation=hills, repair="off")
        ).array()
        for t in (table, table.iloc[rng.permutation(40)])
    )
    assert one == pytest.approx(other, rel=1e-9)
