"""Heights of the ground: read from grids, between cells, and what cannot be read."""

import builtins
import sys
import zipfile

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS

from layoutplan.errors import DataError, OptionsError
from layoutplan.network import Elevation, read_elevation
from layoutplan.network.elevation import Grid

rasterio = pytest.importorskip("rasterio")
UTM = "EPSG:32649"
X0, Y0 = 500_000.0, 3_300_000.0


def plane(rows=20, columns=30, cell=30.0):
    """Give the heights of a plane that rises 1 m per 10 m to the east and 1 per 20 to the north."""
    x = X0 + (np.arange(columns) + 0.5) * cell
    y = Y0 - (np.arange(rows) + 0.5) * cell
    return (height(x[None, :], y[:, None])).astype("float32")


def height(x, y):
    return 100 + (x - X0) / 10 + (y - Y0) / 20


def written(path, heights, crs=UTM, cell=30.0, **rest):
    transform = rasterio.Affine(cell, 0.0, X0, 0.0, -cell, Y0)
    rows, columns = heights.shape
    profile = {"driver": "GTiff", "count": 1, "dtype": heights.dtype, "transform": transform}
    with rasterio.open(
        path, "w", width=columns, height=rows, crs=crs, **(profile | rest)
    ) as target:
        target.write(heights, 1)
    return path


def finding(error):
    (found,) = error.value.findings
    for lang in ("zh", "en"):
        assert found.what(lang)
        assert found.cure(lang)
    return found


def test_a_plane_is_read_exactly_between_the_middles_of_cells(tmp_path):
    elevation = read_elevation(written(tmp_path / "dem.tif", plane()))
    rng = np.random.default_rng(3)
    xy = np.column_stack([X0 + rng.uniform(15, 885, 50), Y0 - rng.uniform(15, 585, 50)])
    assert elevation.at(xy, crs=CRS(UTM)) == pytest.approx(height(*xy.T), abs=1e-3)
    assert elevation.source == "dem.tif"


def test_points_come_in_any_system(tmp_path):
    elevation = read_elevation(written(tmp_path / "dem.tif", plane()))
    xy = np.array([[X0 + 400, Y0 - 300]])
    lon, lat = (
        gpd.GeoSeries(gpd.points_from_xy(*xy.T), crs=UTM)
        .to_crs(4326)
        .get_coordinates()
        .T.to_numpy()
    )
    assert elevation.at(np.column_stack([lon, lat]), crs=CRS(4326)) == pytest.approx(
        height(*xy.T), abs=1e-3
    )


def test_outside_and_where_there_is_no_height_it_is_unknown(tmp_path):
    heights = plane()
    heights[5, 5] = -9999
    heights[10:, 20:] = 20_000  # no ground is so high
    elevation = read_elevation(written(tmp_path / "dem.tif", heights, nodata=-9999))
    at = lambda column, row: [X0 + (column + 0.5) * 30, Y0 - (row + 0.5) * 30]  # noqa: E731
    xy = np.array([at(5, 5), at(5.5, 5), at(25, 15), at(-3, 5), [np.inf, np.inf]])
    found = elevation.at(xy, crs=CRS(UTM))
    assert np.isnan(found).tolist() == [True, False, True, True, True]
    assert found[1] == pytest.approx(height(*at(6, 5)), abs=1e-3)


def test_only_the_window_of_the_roads_is_read(tmp_path):
    path = written(tmp_path / "dem.tif", plane(200, 300))
    line = gpd.GeoSeries.from_wkt([f"LINESTRING ({X0 + 3000} {Y0 - 900}, {X0 + 3300} {Y0 - 930})"])
    roads = gpd.GeoDataFrame(geometry=line.set_crs(UTM))
    elevation = read_elevation(path, within=roads.to_crs(4326))
    assert elevation.grids[0].heights.size < 400
    xy = np.array([[X0 + 3000, Y0 - 900], [X0 + 3300, Y0 - 930]])
    assert elevation.at(xy, crs=CRS(UTM)) == pytest.approx(height(*xy.T), abs=1e-3)


def test_tiles_of_srtm_inside_a_zip_and_side_by_side(tmp_path):
    heights = np.zeros((1201, 1201), dtype=">i2")
    paths = []
    for lon in (110, 111):
        heights[:] = np.arange(1201) + 1200 * (lon - 110)
        path = tmp_path / f"n30e{lon}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("readme.txt", "nothing")
            archive.writestr(f"N30E{lon}.hgt", heights.tobytes())
        paths.append(path)
    elevation = read_elevation(paths)
    xy = np.array([[110.25, 30.5], [111.25, 30.5], [111.0, 30.2]])
    assert elevation.at(xy, crs=CRS(4326)) == pytest.approx([300, 1500, 1200], abs=1e-2)
    one = read_elevation(str(paths[0]))
    assert np.isnan(one.at(xy, crs=CRS(4326))).tolist() == [False, True, False]


def test_a_grid_without_a_coordinate_system_is_refused(tmp_path):
    with pytest.raises(DataError) as caught:
        read_elevation(written(tmp_path / "dem.tif", plane(), crs=None))
    assert finding(caught).code == "elevation_no_crs"
    assert "dem.tif" in str(caught.value)


def test_files_that_are_no_grids_are_refused(tmp_path):
    torn = tmp_path / "torn.tif"
    torn.write_bytes(written(tmp_path / "dem.tif", plane()).read_bytes()[:700])
    text = tmp_path / "text.hgt"
    text.write_text("no heights")
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no archive")
    for path in (torn, text, empty, broken, tmp_path / "absent.tif", tmp_path):
        with pytest.raises(DataError) as caught:
            read_elevation(path)
        assert finding(caught).code == "elevation_unreadable", path
        assert path.name in str(caught.value)


def test_a_grid_of_another_county_is_refused_with_both_extents(tmp_path):
    path = written(tmp_path / "dem.tif", plane())
    line = gpd.GeoSeries.from_wkt(["LINESTRING (100 30, 100.1 30)"], crs="EPSG:4326")
    with pytest.raises(DataError) as caught:
        read_elevation(path, within=gpd.GeoDataFrame(geometry=line))
    found = finding(caught)
    assert found.code == "elevation_elsewhere"
    assert "x 100 - 100.1" in found.what("en")
    assert "x 500000" in found.what("zh")


def test_more_cells_than_can_be_held_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[Grid.__module__], "_CELLS_MOST", 500)
    with pytest.raises(DataError) as caught:
        read_elevation(written(tmp_path / "dem.tif", plane()))
    assert finding(caught).code == "elevation_too_large"
    assert "600" in finding(caught).what("en")


def test_without_rasterio_the_extra_is_named(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("rasterio"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OptionsError) as caught:
        read_elevation(tmp_path / "dem.tif")
    assert "layoutplan[raster]" in finding(caught).cure("en")


def test_the_first_grid_with_a_height_gives_it():
    crs = CRS(UTM)
    move = (30.0, 0.0, X0, 0.0, -30.0, Y0)
    first = np.array([[1.0, np.nan]], dtype="float32")
    grids = tuple(Grid(heights=h, transform=move, crs=crs) for h in (first, first * 0 + 7))
    filled = Grid(heights=np.array([[5.0, 6.0]], dtype="float32"), transform=move, crs=crs)
    elevation = Elevation(grids=(*grids, filled))
    xy = np.array([[X0 + 15, Y0 - 15], [X0 + 59, Y0 - 15]])
    assert elevation.at(xy, crs=crs).tolist() == [1.0, 6.0]
