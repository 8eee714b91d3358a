"""Grids and buildings become points that keep every township's total."""

import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

import layoutplan as lp
from layoutplan.sources.population.areas import areas_of
from layoutplan.sources.population.grid import Seen, read_cells

CRS = "EPSG:32649"
EAST, NORTH = 500_000.0, 3_300_000.0


def from_origin(west, north, wide, high):
    return Affine(wide, 0, west, 0, -high, north)


def townships(crs=CRS):
    """Two townships of 1 km side, beside each other."""
    areas = [
        shapely.box(EAST + 1000 * i, NORTH - 1000, EAST + 1000 * (i + 1), NORTH) for i in (0, 1)
    ]
    return gpd.GeoDataFrame(index=["t1", "t2"], geometry=areas, crs=CRS).to_crs(crs)


def grid(path, values, *, crs=CRS, cell=100.0, nodata=None, transform=None, **profile):
    values = np.asarray(values)
    at = transform or from_origin(EAST, NORTH, cell, cell)
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype, crs=crs, transform=at, nodata=nodata, **profile,
    ) as out:  # fmt: skip
        out.write(values, 1)
    return path


def sums(made, of="population"):
    return made.points.groupby("township_id")[of].sum().to_dict()


def codes(made):
    return {f.code for f in made.findings}


@pytest.fixture
def even(tmp_path):
    return grid(tmp_path / "even.tif", np.full((10, 20), 2.5, dtype="float32"))


def test_a_grid_is_summed_by_township(even):
    made = lp.demand_points(even, townships())
    assert sums(made) == {"t1": 250, "t2": 250}
    assert made.townships["source"].tolist() == pytest.approx([250, 250])
    assert made.outside == 0
    assert len(made.findings) == 0
    # Four squares of 500 m do not line up with the townships; there are a few more.
    assert made.townships["points"].sum() == len(made.points)
    assert 8 <= len(made.points) <= 18
    assert made.points.crs == CRS


def test_totals_are_kept_to_the_person(even):
    made = lp.demand_points(even, townships(), totals={"t1": 1001, "t2": 7}, of="pupils")
    assert sums(made, "pupils") == {"t1": 1001, "t2": 7}
    assert made.points["pupils"].dtype == np.int64
    assert (made.points["pupils"] > 0).all()


def test_points_lie_where_the_people_are(tmp_path):
    values = np.zeros((10, 20), dtype="float32")
    values[2, 3] = 40
    values[8, 15] = 9
    made = lp.demand_points(grid(tmp_path / "a.tif", values), townships())
    places = made.points.set_index("township_id").geometry
    assert places["t1"].distance(shapely.Point(EAST + 350, NORTH - 250)) < 0.01
    assert places["t2"].distance(shapely.Point(EAST + 1550, NORTH - 850)) < 0.01
    assert made.points["population"].tolist() == [40, 9]


def test_no_data_negative_and_not_a_number_count_nothing(tmp_path):
    values = np.full((10, 20), 1.0, dtype="float32")
    values[0, 0], values[1, :5], values[2, 0] = -99999, -1, np.nan
    made = lp.demand_points(grid(tmp_path / "a.tif", values, nodata=-99999), townships())
    assert sums(made) == {"t1": 100 - 7, "t2": 100}
    found = {f.code: f.count for f in made.findings}
    assert found == {"grid_negative": 5, "grid_not_a_number": 1}


def test_people_outside_are_told_of(tmp_path):
    values = np.ones((12, 24), dtype="float32")
    at = from_origin(EAST - 200, NORTH + 100, 100, 100)
    made = lp.demand_points(grid(tmp_path / "a.tif", values, transform=at), townships())
    assert sums(made) == {"t1": 100, "t2": 100}
    # The townships' extent, read a cell wider on each side.
    assert made.outside > 0
    assert "population_outside" in codes(made)


def test_another_system_and_a_grid_with_north_below(tmp_path):
    values = np.zeros((10, 20), dtype="float32")
    values[1, 3] = 10
    at = Affine(100, 0, EAST, 0, 100, NORTH - 1000)
    made = lp.demand_points(grid(tmp_path / "a.tif", values, transform=at), townships("EPSG:4490"))
    assert made.points.crs == "EPSG:4490"
    place = made.points.to_crs(CRS).geometry.iloc[0]
    assert place.distance(shapely.Point(EAST + 350, NORTH - 850)) < 0.1


def test_persons_per_square_kilometre(tmp_path):
    path = grid(tmp_path / "a.tif", np.full((10, 20), 300.0, dtype="float32"))
    made = lp.demand_points(path, townships(), unit="persons/km2")
    # UTM stretches: 1 km2 of the map is within 1 per mille of 1 km2 of ground.
    assert made.townships["source"].tolist() == pytest.approx([300, 300], rel=1.5e-3)


def test_a_grid_in_another_unit_is_pointed_out(tmp_path):
    path = grid(tmp_path / "a.tif", np.full((10, 20), 300.0, dtype="float32"))
    made = lp.demand_points(path, townships(), totals={"t1": 300, "t2": 300})
    (found,) = made.findings
    assert (found.code, found.severity) == ("population_scaled", "warning")
    near = lp.demand_points(path, townships(), totals={"t1": 25_000, "t2": 30_000})
    assert [f.severity for f in near.findings] == ["note"]


def test_scale_of_the_file_is_used(tmp_path):
    path = grid(tmp_path / "a.tif", np.full((10, 20), 250, dtype="int16"))
    with rasterio.open(path, "r+") as out:
        out.scales = (0.01,)
    assert sums(lp.demand_points(path, townships())) == {"t1": 250, "t2": 250}


def test_a_township_without_cells_keeps_its_total(tmp_path):
    values = np.ones((10, 20), dtype="float32")
    values[:, 10:] = 0
    path = grid(tmp_path / "a.tif", values)
    made = lp.demand_points(path, townships(), totals={"t1": 50, "t2": 33})
    assert sums(made) == {"t1": 50, "t2": 33}
    assert "township_without_cells" in codes(made)
    place = made.points[made.points["township_id"] == "t2"].geometry.iloc[0]
    assert townships().geometry["t2"].contains(place)


def test_totals_that_fit_no_township(even):
    made = lp.demand_points(even, townships(), totals={"t1": 10, "t9": 5})
    assert {"totals_without_township", "township_without_total"} <= codes(made)
    assert sums(made) == {"t1": 10, "t2": 250}
    with pytest.raises(lp.DataError):
        lp.demand_points(even, townships(), totals={"t1": 10.5, "t2": 3})
    with pytest.raises(lp.DataError):
        lp.demand_points(even, townships(), totals={"t1": -1, "t2": 3})


def test_memory_is_bounded_by_windows(tmp_path):
    values = np.random.default_rng(1).gamma(0.5, size=(100, 200)).astype("float32")
    path = grid(tmp_path / "a.tif", values, cell=10.0)
    areas, whole = areas_of(townships()), []
    for cells in (10_000_000, 64, 7):
        seen = Seen()
        parts = list(read_cells(path, areas, unit="persons", seen=seen, cells_at_once=cells))
        assert seen.most_cells <= cells
        assert max(len(x) for x, _, _ in parts) <= cells
        whole.append(np.sort(np.concatenate([p for _, _, p in parts])))
    assert len(whole[0]) == (values > 0).sum()
    np.testing.assert_array_equal(whole[0], whole[1])
    np.testing.assert_array_equal(whole[0], whole[2])


def test_only_the_window_of_the_townships_is_read(tmp_path):
    values = np.ones((300, 300), dtype="float32")
    at = from_origin(EAST - 10_000, NORTH + 10_000, 100, 100)
    seen = Seen()
    path = grid(tmp_path / "a.tif", values, transform=at)
    parts = list(read_cells(path, areas_of(townships()), unit="persons", seen=seen))
    assert sum(len(x) for x, _, _ in parts) < 20 * 40
    assert seen.windows == 1


def test_buildings_weigh_by_area_or_by_a_column():
    shapes = [
        shapely.box(EAST + 100, NORTH - 110, EAST + 110, NORTH - 100),
        shapely.box(EAST + 700, NORTH - 710, EAST + 730, NORTH - 700),
        shapely.box(EAST + 1500, NORTH - 510, EAST + 1510, NORTH - 500),
        shapely.box(EAST + 9000, NORTH - 510, EAST + 9010, NORTH - 500),
        None,
    ]
    homes = gpd.GeoDataFrame({"flats": [9, 1, 5, 1, 1]}, geometry=shapes, crs=CRS)
    totals = {"t1": 100, "t2": 20}
    made = lp.demand_points(homes, townships(), totals=totals)
    assert sorted(made.points["population"]) == [20, 25, 75]
    assert made.outside == pytest.approx(100, rel=1e-2)
    assert {"buildings_passed_over", "population_outside"} == codes(made)
    flats = lp.demand_points(homes, townships(), totals=totals, weight="flats")
    assert sorted(flats.points["population"]) == [10, 20, 90]
    with pytest.raises(lp.OptionsError):
        lp.demand_points(homes, townships(), totals=totals, weight="rooms")
    with pytest.raises(lp.DataError):
        lp.demand_points(homes, townships())
    with pytest.raises(lp.DataError):
        lp.demand_points(homes, townships(), totals={"t1": 3})


def test_files_and_townships_that_cannot_be_used(tmp_path, even):
    nowhere = grid(tmp_path / "b.tif", np.ones((3, 3), dtype="float32"), crs=None)
    away = grid(
        tmp_path / "c.tif",
        np.ones((3, 3), dtype="float32"),
        transform=from_origin(EAST + 50_000, NORTH, 100, 100),
    )
    text = tmp_path / "d.tif"
    text.write_text("no grid")
    for path, code in (
        (nowhere, "grid_no_crs"),
        (away, "grid_elsewhere"),
        (text, "grid_unreadable"),
        (tmp_path / "none.tif", "grid_unreadable"),
    ):
        with pytest.raises(lp.DataError) as error:
            lp.demand_points(path, townships())
        assert [f.code for f in error.value.findings] == [code]
    points = townships().set_geometry(townships().centroid)
    for areas, code in (
        (points, "township_no_area"),
        (townships().set_crs(None, allow_override=True), "no_crs"),
        (townships().iloc[:0], "empty_table"),
        (pd.concat([townships(), townships()]), "duplicate_id"),
    ):
        with pytest.raises(lp.DataError) as error:
            lp.demand_points(even, areas)
        assert [f.code for f in error.value.findings] == [code]
    for wrong in ({"of": "dogs"}, {"unit": "mu"}, {"square_m": 0}, {"square_m": float("nan")}):
        with pytest.raises(lp.OptionsError):
            lp.demand_points(even, townships(), **wrong)


def test_without_the_extra_the_cure_is_named(even, monkeypatch):
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(lp.OptionsError, match="raster"):
        lp.demand_points(even, townships())


def test_the_points_are_villages_of_a_county(even):
    roads = gpd.GeoDataFrame(
        {"highway": ["tertiary"]},
        geometry=[shapely.LineString([(EAST, NORTH - 500), (EAST + 2000, NORTH - 500)])],
        crs=CRS,
    )
    schools = gpd.GeoDataFrame(
        {"school_id": ["1"], "kind": ["nine_year"], "places": [900]},
        geometry=[shapely.Point(EAST + 900, NORTH - 500)],
        crs=CRS,
    )
    made = lp.demand_points(even, townships(), totals={"t1": 120, "t2": 80}, of="pupils")
    county = lp.County.from_tables(
        villages=made.points,
        schools=schools,
        roads=roads,
        townships=townships().rename_axis("township_id"),
    )
    today = lp.evaluate(county, lp.travel_times(county))
    lp.assert_plan_valid(today)
    assert today.pupils_in == 200
