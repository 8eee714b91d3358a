"""Read a grid of people window by window."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.sources.population.areas import Areas

Unit = Literal["persons", "persons/km2"]

_CELLS_AT_ONCE: Final = 1_000_000
"""Cells of one window: some tens of megabytes, whatever the size of the file."""

_M2_PER_KM2: Final = 1_000_000.0


@dataclass(kw_only=True)
class Seen:
    """What was passed over while a grid was read.

    Parameters
    ----------
    negative
        Cells below 0 that the file does not declare as empty.
    not_finite
        Cells that hold no number.
    windows
        How many windows were read.
    most_cells
        Cells of the largest of them.
    """

    negative: int = 0
    not_finite: int = 0
    windows: int = 0
    most_cells: int = field(default=0)


Cells = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def read_cells(
    path: Path, areas: Areas, *, unit: Unit, seen: Seen, cells_at_once: int = _CELLS_AT_ONCE
) -> Iterator[Cells]:
    """Read the cells of a grid that hold people, within the extent of the townships.

    Parameters
    ----------
    path
        A file that GDAL reads, such as a GeoTIFF; its first band is read.
    areas
        The townships.
    unit
        Whether cells hold persons or persons per square kilometre.
    seen
        Counts what was passed over.
    cells_at_once
        The most cells held in memory at once.

    Yields
    ------
    tuple of numpy.ndarray
        Middle of the cells (x, y in the system of the areas), and persons.

    Raises
    ------
    DataError
        If the file cannot be read, names no coordinate system or lies elsewhere.
    OptionsError
        If rasterio is not installed.
    """
    rasterio = _rasterio()
    try:
        source = rasterio.open(path)
    except (rasterio.errors.RasterioError, OSError) as error:
        values = {"path": str(path), "why": str(error)}
        raise DataError(Finding(code="grid_unreadable", values=values), where=str(path)) from error
    with source:
        crs = _crs(source, path)
        bounds = _extent(areas, crs)
        window = _window(rasterio, source, bounds)
        if window is None:
            found = Finding(code="grid_elsewhere", values={"path": str(path)})
            raise DataError(found, where=str(path))
        to = Transformer.from_crs(crs, areas.crs, always_xy=True)
        for part in _windows(rasterio, window, cells_at_once):
            seen.windows += 1
            seen.most_cells = max(seen.most_cells, int(part.width * part.height))
            yield _cells(source, part, to, unit=unit, seen=seen)


def _rasterio() -> Any:  # noqa: ANN401 - rasterio has no types
    try:
        import rasterio  # noqa: PLC0415 # the extra is needed by who has grids alone
        import rasterio.features  # noqa: PLC0415
        import rasterio.windows  # noqa: PLC0415
    except ImportError as error:
        raise OptionsError(Finding(code="population_extra_missing")) from error
    return rasterio


def _crs(source: Any, path: Path) -> CRS:  # noqa: ANN401
    try:
        if source.crs:
            return CRS.from_user_input(source.crs)
    except CRSError:
        pass
    found = Finding(code="grid_no_crs", values={"path": str(path)})
    raise DataError(found, where=str(path))


def _extent(areas: Areas, crs: CRS) -> tuple[float, float, float, float]:
    west, south, east, north = (
        f(b) for f, b in zip((min, min, max, max), _corners(areas), strict=True)
    )
    to = Transformer.from_crs(areas.crs, crs, always_xy=True)
    left, bottom, right, top = to.transform_bounds(west, south, east, north, densify_pts=21)
    return left, bottom, right, top


def _corners(areas: Areas) -> tuple[list[float], ...]:
    boxes = [shape.bounds for shape in areas.shapes]
    return tuple(list(side) for side in zip(*boxes, strict=True))


def _window(rasterio: Any, source: Any, bounds: tuple[float, float, float, float]) -> Any:  # noqa: ANN401
    west, south, east, north = bounds
    a, b, c, d, e, f = tuple(source.transform)[:6]
    det = a * e - b * d
    x, y = np.array([west, west, east, east]) - c, np.array([south, north, south, north]) - f
    columns, rows = (e * x - b * y) / det, (a * y - d * x) / det
    first = [max(int(np.floor(v.min())) - 1, 0) for v in (columns, rows)]
    last = [
        min(int(np.ceil(v.max())) + 1, size)
        for v, size in zip((columns, rows), (source.width, source.height), strict=True)
    ]
    if last[0] <= first[0] or last[1] <= first[1]:
        return None
    return rasterio.windows.Window(first[0], first[1], last[0] - first[0], last[1] - first[1])


def _windows(rasterio: Any, whole: Any, cells_at_once: int) -> Iterator[Any]:  # noqa: ANN401
    wide = max(min(int(whole.width), cells_at_once), 1)
    high = max(cells_at_once // wide, 1)
    for row in range(int(whole.row_off), int(whole.row_off + whole.height), high):
        for column in range(int(whole.col_off), int(whole.col_off + whole.width), wide):
            yield rasterio.windows.Window(
                column,
                row,
                min(wide, int(whole.col_off + whole.width) - column),
                min(high, int(whole.row_off + whole.height) - row),
            )


def _cells(source: Any, window: Any, to: Transformer, *, unit: Unit, seen: Seen) -> Cells:  # noqa: ANN401
    values = source.read(1, window=window, masked=True)
    # Scale and offset are how some files keep numbers small.
    number = np.asarray(values.data, dtype=np.float64) * source.scales[0] + source.offsets[0]
    empty = np.ma.getmaskarray(values)
    finite = np.isfinite(number)
    seen.not_finite += int((~finite & ~empty).sum())
    negative = finite & (number < 0) & ~empty
    seen.negative += int(negative.sum())
    row, column = np.nonzero(finite & ~empty & (number > 0))
    a, b, c, d, e, f = tuple(source.transform)[:6]
    at_column, at_row = column + int(window.col_off), row + int(window.row_off)

    def corner(right: float, down: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        u, v = at_column + right, at_row + down
        return to.transform(a * u + b * v + c, d * u + e * v + f)

    x, y = corner(0.5, 0.5)
    persons = number[row, column]
    if unit == "persons/km2":
        corners = [corner(*at) for at in ((0, 0), (1, 0), (1, 1), (0, 1))]
        persons = persons * _area(corners) / _M2_PER_KM2
    return x, y, persons


def _area(corners: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> NDArray[np.float64]:
    """Give the areas of cells by their corners (the shoelace formula)."""
    twice = np.zeros_like(corners[0][0])
    for (x, y), (to_x, to_y) in zip(corners, [*corners[1:], corners[0]], strict=True):
        twice += x * to_y - to_x * y
    return np.asarray(np.abs(twice) / 2)
