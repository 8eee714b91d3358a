"""One layer while its places are settled: its numbers, where they lie, how far they move."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.sources.coordinates.convert import SHIFTED, WGS84, to_wgs84
from layoutplan.sources.coordinates.offsets import Points
from layoutplan.sources.coordinates.readings import Reading, plausible

_EARTH_M: Final = 6_371_009.0
_INNER: Final = (0.05, 0.95)
"""Quantiles between which a layer lies, whatever single rows do."""

_AROUND: Final = 0.3
_AROUND_DEGREES: Final = 0.05
"""A county goes on for this share of its diagonal, and so many degrees, around a layer."""


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Where a layer lies, degrees of WGS 84.

    Parameters
    ----------
    low, high
        South-west and north-east corner around all but the outermost rows.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, degrees: NDArray[np.float64]) -> "Extent | None":
        """Take the extent of points; None where there are none."""
        finite = degrees[np.isfinite(degrees).all(axis=1)]
        if not len(finite):
            return None
        low, high = np.quantile(finite, _INNER, axis=0)
        return cls(low=low, high=high)

    @classmethod
    def around(cls, parts: Iterable["Extent"]) -> "Extent":
        """Take the extent of several layers."""
        parts = list(parts)
        low = np.min([p.low for p in parts], axis=0)
        return cls(low=low, high=np.max([p.high for p in parts], axis=0))

    @property
    def middle(self) -> Points:
        """Longitude and latitude of the middle."""
        middle = (self.low + self.high) / 2
        return middle[0], middle[1]

    def grown(self) -> "Extent":
        """Add the surroundings in which a county may go on."""
        slack = _AROUND * float(np.hypot(*(self.high - self.low))) + _AROUND_DEGREES
        return Extent(low=self.low - slack, high=self.high + slack)

    def holds(self, degrees: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which points lie within."""
        return np.asarray(((degrees >= self.low) & (degrees <= self.high)).all(axis=1))

    def meets(self, other: "Extent") -> bool:
        """Tell whether two layers may be of one county."""
        one, two = self.grown(), other.grown()
        return bool(((one.low <= two.high) & (two.low <= one.high)).all())


class Layer:
    """One layer while its places are settled.

    Parameters
    ----------
    name
        The name of its table.
    frame
        The table.
    """

    def __init__(self, *, name: str, frame: gpd.GeoDataFrame) -> None:
        self.name = name
        self.frame = frame
        self.changed = False

    @property
    def shapes(self) -> NDArray[np.object_]:
        """The geometry of every row."""
        return np.asarray(self.frame.geometry.to_numpy(), dtype=object)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Which rows have a place."""
        shapes = self.shapes
        return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))

    @property
    def xy(self) -> NDArray[np.float64]:
        """One point per row that has a place, in the numbers of the layer."""
        shapes = self.shapes[self.filled]
        boxes = shapely.bounds(shapes)
        return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2, dtype=np.float64).reshape(-1, 2)

    @property
    def crs(self) -> str:
        """The system it names, as pyproj takes it; empty where it names none."""
        known = self.frame.crs
        return "" if known is None else str(known.to_string())

    def is_where_it_says(self) -> bool:
        """Tell whether its numbers are possible in the system it names."""
        return plausible(self.xy, self.crs or None)

    def degrees(self) -> NDArray[np.float64]:
        """Give longitude and latitude of its points, infinite where the system has none."""
        if not self.crs:
            return np.full_like(self.xy, np.inf)
        return Reading(crs=self.crs).degrees(self.xy)

    def extent(self) -> Extent | None:
        """Give where it lies; None where that cannot be told."""
        return Extent.of(self.degrees()) if self.is_where_it_says() else None

    def read_as(self, reading: Reading) -> None:
        """Take its numbers in another way."""
        shapes = shapely.transform(self.shapes, reading.ordered)
        self.frame = self.frame.set_geometry(
            gpd.GeoSeries(shapes, index=self.frame.index), crs=reading.crs
        ).set_crs(reading.crs, allow_override=True)
        self.changed = True

    def unshift(self, system: str) -> str:
        """Undo the shift of a map site; tell how far its points moved."""
        was = self.crs or WGS84
        before = self.degrees()
        frame = self.frame if self.crs else self.frame.set_crs(WGS84)
        frame = frame.to_crs(WGS84)

        def undo(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], system))

        shapes = shapely.transform(np.asarray(frame.geometry.to_numpy(), dtype=object), undo)
        moved = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=WGS84))
        self.frame = moved.to_crs(was)
        self.changed = system in SHIFTED
        return self.moved_m(before)

    def moved_m(self, before: NDArray[np.float64]) -> str:
        """Tell how far its points moved, metres in the median; a dash where none can be told."""
        return metres_between(before, self.degrees())


def metres_between(before: NDArray[np.float64], after: NDArray[np.float64]) -> str:
    """Tell how far points moved.

    Parameters
    ----------
    before, after
        Longitudes and latitudes; shape (points, 2).

    Returns
    -------
    str
        Metres in the median, a dash where the places before were none.

    Examples
    --------
    >>> metres_between(np.array([[117.0, 31.0]]), np.array([[117.0, 31.01]]))
    '1112'
    """
    good = np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1)
    if not good.any():
        return "–"
    one, two = np.radians(before[good]), np.radians(after[good])
    half = np.sin((two - one) / 2) ** 2
    chord = half[:, 1] + np.cos(one[:, 1]) * np.cos(two[:, 1]) * half[:, 0]
    return f"{float(np.median(2 * _EARTH_M * np.arcsin(np.sqrt(chord)))):.0f}"
