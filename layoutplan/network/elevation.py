"""Heights of the ground, from grids such as those of SRTM."""

import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.network.metric import extent_text, transformer

_CELLS_MOST: Final = 100_000_000
"""Cells read at once at most: 400 MB, a hundred times a county on a grid of 30 m."""

_LOWEST_M: Final = -500.0
_HIGHEST_M: Final = 9000.0
"""No ground lies beyond; values that do stand for cells without a height."""

_MARGIN_CELLS: Final = 2
_ENDINGS: Final = (".hgt", ".tif", ".tiff")


_Transform = tuple[float, float, float, float, float, float]


def _cells(
    transform: _Transform, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the column and the row of points, counted from the corner of the grid."""
    a, b, c, d, e, f = transform
    det = a * e - b * d
    return (e * (x - c) - b * (y - f)) / det, (a * (y - f) - d * (x - c)) / det


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """Heights on one grid.

    Parameters
    ----------
    heights
        Metres, NaN where unknown; shape (rows, columns).
    transform
        ``(a, b, c, d, e, f)``: the corner of cell (row, column) is at x = a * column +
        b * row + c and y = d * column + e * row + f in the grid's system; heights are those
        of the middle of cells.
    crs
        The coordinate reference system of the grid.
    """

    heights: NDArray[np.float32] = field(repr=False)
    transform: _Transform
    crs: CRS

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Least x, least y, greatest x, greatest y of the grid in its system."""
        rows, columns = self.heights.shape
        a, b, c, d, e, f = self.transform
        x = [a * i + b * j + c for i in (0, columns) for j in (0, rows)]
        y = [d * i + e * j + f for i in (0, columns) for j in (0, rows)]
        return min(x), min(y), max(x), max(y)

    def at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give heights between the middles of cells, bilinearly.

        Parameters
        ----------
        x, y
            Coordinates in the grid's system, shape (n,).

        Returns
        -------
        numpy.ndarray
            Metres, shape (n,); of the four cells around a point those without a height do
            not count, and NaN where none has one or the point lies outside the grid.

        Examples
        --------
        >>> heights = np.array([[0.0, 10.0], [20.0, np.nan]], dtype=np.float32)
        >>> grid = Grid(heights=heights, transform=(1, 0, 0, 0, -1, 2), crs=CRS("EPSG:32631"))
        >>> grid.at(np.array([0.5, 1.0, 1.0, 9.0]), np.array([1.5, 1.5, 1.0, 1.5])).tolist()
        [0.0, 5.0, 10.0, nan]
        """
        rows, columns = self.heights.shape
        # Where a point is infinite it has no place on the grid, and NaN compares as outside.
        with np.errstate(invalid="ignore"):
            column, row = (p - 0.5 for p in _cells(self.transform, x, y))
            inside = (np.abs(column - (columns - 1) / 2) <= columns / 2) & (
                np.abs(row - (rows - 1) / 2) <= rows / 2
            )
        column, row = (
            np.clip(np.where(inside, p, 0.0), 0, n - 1) for p, n in ((column, columns), (row, rows))
        )
        left, top = np.floor(column).astype(np.intp), np.floor(row).astype(np.intp)
        right, below = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
        to_right, down = column - left, row - top
        total, weights = np.zeros(len(x)), np.zeros(len(x))
        for i, j, weight in (
            (top, left, (1 - down) * (1 - to_right)),
            (top, right, (1 - down) * to_right),
            (below, left, down * (1 - to_right)),
            (below, right, down * to_right),
        ):
            height = self.heights[i, j].astype(np.float64)
            known = np.isfinite(height)
            total += np.where(known, weight * np.where(known, height, 0.0), 0.0)
            weights += np.where(known, weight, 0.0)
        usable = inside & (weights > 0)
        return np.where(usable, total / np.where(usable, weights, 1.0), np.nan)


@dataclass(frozen=True, eq=False, kw_only=True)
class Elevation:
    """Heights of the ground on one or more grids.

    Made by `read_elevation`, or of arrays.

    Parameters
    ----------
    grids
        The grids; where they overlap, the first that has a height gives it.
    source
        Where they come from.
    """

    grids: tuple[Grid, ...]
    source: str = ""

    def at(self, xy: NDArray[np.float64], *, crs: CRS) -> NDArray[np.float64]:
        """Give the height of the ground.

        Parameters
        ----------
        xy
            Coordinates, shape (n, 2).
        crs
            Their coordinate reference system.

        Returns
        -------
        numpy.ndarray
            Metres, NaN where no grid has a height; shape (n,).

        Examples
        --------
        >>> heights = np.array([[0.0, 10.0]], dtype=np.float32)
        >>> utm = CRS("EPSG:32631")
        >>> grid = Grid(heights=heights, transform=(100, 0, 5e5, 0, -100, 4e6), crs=utm)
        >>> elevation = Elevation(grids=(grid,))
        >>> elevation.at(np.array([[500075.0, 3999950.0]]), crs=utm).tolist()
        [2.5]
        """
        found = np.full(len(xy), np.nan)
        for grid in self.grids:
            open_ = np.flatnonzero(np.isnan(found))
            if len(open_) == 0:
                break
            x, y = transformer(crs, grid.crs).transform(xy[open_, 0], xy[open_, 1])
            found[open_] = grid.at(np.asarray(x), np.asarray(y))
        return found

    def extent(self) -> str:
        """Say where the grids lie.

        Returns
        -------
        str
            The extents in the systems of the grids.
        """
        return "; ".join(f"{extent_text(g.bounds)} ({g.crs.name})" for g in self.grids)


def read_elevation(
    path: str | Path | Sequence[str | Path],
    *,
    within: Any = None,  # noqa: ANN401 - geopandas has no types
) -> Elevation:
    """Read heights from SRTM tiles (``.hgt``), GeoTIFFs, or a ZIP archive with one of them.

    Needs rasterio, which comes with the extra ``raster``.

    Parameters
    ----------
    path
        A file, or the files of several tiles.
    within
        geopandas.GeoDataFrame or GeoSeries around which heights are wanted, such as the
        roads of a county: of a large file only this window is read. The whole file where
        not given.

    Returns
    -------
    Elevation
        The heights in metres.

    Raises
    ------
    DataError
        If a file cannot be read, has no coordinate system, lies elsewhere, or is too large
        to be read without a window.
    OptionsError
        If rasterio is not installed.

    Examples
    --------
    >>> read_elevation("nowhere.tif")
    Traceback (most recent call last):
    ...
    layoutplan.errors.DataError: ...
    """
    paths = [path] if isinstance(path, (str, Path)) else list(path)
    if not paths:
        raise DataError(Finding(code="elevation_unreadable", values={"path": "-", "reason": "-"}))
    rasterio = _rasterio()
    grids = [_read(rasterio, Path(p), within) for p in paths]
    met = tuple(g for g in grids if g is not None)
    if not met:
        extents = "; ".join(_extent_of_file(rasterio, Path(p)) for p in paths)
        values = {"path": ", ".join(map(str, paths)), "have": extents, "want": _extent(within)}
        raise DataError(Finding(code="elevation_elsewhere", values=values))
    return Elevation(grids=met, source=", ".join(Path(p).name for p in paths))


def _rasterio() -> Any:  # noqa: ANN401 - rasterio has no types
    try:
        import rasterio  # noqa: PLC0415 # the extra is needed by who has heights alone
    except ImportError as error:
        raise OptionsError(Finding(code="raster_extra_missing")) from error
    return rasterio


def _inside_zip(path: Path) -> str:
    """Name the file to open: the first grid inside an archive."""
    if path.suffix.lower() != ".zip":
        return str(path)
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.lower().endswith(_ENDINGS)]
    if not names:
        raise ValueError(", ".join(_ENDINGS))
    return f"zip://{path.resolve().as_posix()}!{min(names)}"


def _opened(rasterio: Any, path: Path) -> Any:  # noqa: ANN401
    try:
        with warnings.catch_warnings():
            # A grid that is nowhere on the earth is an error, told below.
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            return rasterio.open(_inside_zip(path))
    except (rasterio.errors.RasterioError, OSError, ValueError, zipfile.BadZipFile) as error:
        values = {"path": str(path), "reason": str(error)}
        raise DataError(Finding(code="elevation_unreadable", values=values)) from error


def _read(rasterio: Any, path: Path, within: Any) -> Grid | None:  # noqa: ANN401
    with _opened(rasterio, path) as source:
        crs = _crs(source.crs, path)
        window = _window(rasterio, source, crs, within)
        if window is None:
            return None
        cells = int(window.width) * int(window.height)
        if cells > _CELLS_MOST:
            values = {"path": str(path), "cells": f"{cells:,}", "most": f"{_CELLS_MOST:,}"}
            raise DataError(Finding(code="elevation_too_large", values=values))
        try:
            heights = source.read(1, window=window, masked=True, out_dtype="float32")
        except rasterio.errors.RasterioError as error:
            values = {"path": str(path), "reason": str(error)}
            raise DataError(Finding(code="elevation_unreadable", values=values)) from error
        a, b, c, d, e, f = tuple(source.transform)[:6]
    column, row = window.col_off, window.row_off
    metres = heights.filled(np.nan)
    metres[(metres < _LOWEST_M) | (metres > _HIGHEST_M)] = np.nan
    moved = (a, b, c + a * column + b * row, d, e, f + d * column + e * row)
    return Grid(heights=metres, transform=moved, crs=crs)


def _crs(crs: Any, path: Path) -> CRS:  # noqa: ANN401
    try:
        if crs:
            return CRS.from_wkt(crs.to_wkt())
    except CRSError:
        pass
    raise DataError(Finding(code="elevation_no_crs", values={"path": str(path)}))


def _window(rasterio: Any, source: Any, crs: CRS, within: Any) -> Any:  # noqa: ANN401
    """Give the part of a file around some geometries, None where they lie elsewhere."""
    whole = rasterio.windows.Window(0, 0, source.width, source.height)
    if within is None:
        return whole
    bounds = transformer(CRS(within.crs), crs).transform_bounds(*within.total_bounds)
    if not np.isfinite(bounds).all():
        return None
    x, y = np.array(bounds)[[0, 0, 2, 2]], np.array(bounds)[[1, 3, 1, 3]]
    corners = np.stack(_cells(tuple(source.transform)[:6], x, y))
    low = np.floor(corners.min(axis=1)).astype(int) - _MARGIN_CELLS
    high = np.ceil(corners.max(axis=1)).astype(int) + _MARGIN_CELLS
    low, high = np.maximum(low, 0), np.minimum(high, (source.width, source.height))
    if (high <= low).any():
        return None
    return rasterio.windows.Window(*map(int, low), *map(int, high - low))


def _extent(within: Any) -> str:  # noqa: ANN401
    return f"{extent_text(within.total_bounds)} ({CRS(within.crs).name})"


def _extent_of_file(rasterio: Any, path: Path) -> str:  # noqa: ANN401
    with _opened(rasterio, path) as source:
        return f"{extent_text(tuple(source.bounds))} ({_crs(source.crs, path).name})"
