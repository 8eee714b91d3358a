"""A county in metres, and the part of it that a still picture shows."""

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.county import County
from layoutplan.maps.ground import ROAD_RANKS, names_of, outline_lines, road_ranks
from layoutplan.maps.look import look
from layoutplan.maps.sheet import Sheet
from layoutplan.network.metric import metric_crs, points_of_places

_MARGIN: Final = 0.06
_MARGIN_NEAR: Final = 0.13
_EXTENT_MIN_M: Final = 2_000.0
_PIXEL: Final = 0.7
_REACH: Final = 0.1
"""How far a sign may reach, as a share of the frame's width."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """What lies under a plan, in metres.

    Parameters
    ----------
    villages, sites, towns
        Places by id: ``x``, ``y`` and ``name``.
    areas
        The townships' areas together.
    inner, outer
        Lines between the townships and around them, to be looked up by place.
    roads
        Roads by rank, the greatest first, to be looked up by place.
    """

    villages: pd.DataFrame
    sites: pd.DataFrame
    towns: pd.DataFrame
    areas: shapely.Geometry
    inner: shapely.STRtree
    outer: shapely.STRtree
    roads: tuple[shapely.STRtree, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class View:
    """The frame of a map and how metres become pixels in it.

    Parameters
    ----------
    frame
        Left, top, right and bottom of the map on the sheet, pixels.
    west, north
        Metres at its upper left corner.
    scale
        Pixels of a metre.
    """

    frame: tuple[int, int, int, int]
    west: float
    north: float
    scale: float

    def pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the pixels of places.

        Parameters
        ----------
        places
            Metres, shape (n, 2).

        Returns
        -------
        numpy.ndarray
            Pixels, shape (n, 2).
        """
        x = self.frame[0] + (places[:, 0] - self.west) * self.scale
        y = self.frame[1] + (self.north - places[:, 1]) * self.scale
        return np.column_stack([x, y])

    def shows(self, pixels: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which places can be seen, whose signs may reach into the frame.

        Parameters
        ----------
        pixels
            Places as `pixels` gives them, shape (n, 2).

        Returns
        -------
        numpy.ndarray
            One truth value per place.
        """
        left, top, right, bottom = self.frame
        some = _REACH * (right - left)
        x, y = pixels[:, 0], pixels[:, 1]
        near_x = (x > left - some) & (x < right + some)
        seen: NDArray[np.bool_] = near_x & (y > top - some) & (y < bottom + some)
        return seen

    @property
    def window(self) -> tuple[float, float, float, float]:
        """What is seen, with a little around it: least x and y, greatest x and y, metres."""
        left, top, right, bottom = self.frame
        wide, high = (right - left) / self.scale, (bottom - top) / self.scale
        some = 0.02 * max(wide, high)
        east, south = self.west + wide, self.north - high
        return self.west - some, south - some, east + some, self.north + some


_GROUNDS: WeakKeyDictionary[County, Ground] = WeakKeyDictionary()


def ground_of(county: County) -> Ground:
    """Put a county on a plane, once: the pictures of its schools share it.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    Ground
        Its places and lines.
    """
    if county not in _GROUNDS:
        _GROUNDS[county] = _ground(county)
    return _GROUNDS[county]


def _ground(county: County) -> Ground:
    tables = [t for t in (county.villages, county.sites, county.townships) if len(t)]
    each = np.array([t.total_bounds for t in tables])
    west, south = (float(v) for v in each[:, :2].min(axis=0))
    east, north = (float(v) for v in each[:, 2:].max(axis=0))
    metric = metric_crs((west, south, east, north), CRS(county.crs))
    outlines = county.townships.geometry.to_crs(metric)
    outlines = outlines[outlines.geom_type.isin(["Polygon", "MultiPolygon"])]
    nothing = shapely.MultiLineString()
    inner, outer = outline_lines(outlines) if len(outlines) else (nothing, nothing)
    roads = county.roads
    lines = np.asarray(roads.geometry.to_crs(metric).array, dtype=object)
    rank = road_ranks(roads)
    return Ground(
        villages=_places(county.villages, metric),
        sites=_places(county.sites, metric),
        towns=_places(county.townships, metric),
        areas=shapely.union_all(np.asarray(outlines.array, dtype=object)),
        inner=shapely.STRtree(shapely.get_parts(inner)),
        outer=shapely.STRtree(shapely.get_parts(outer)),
        roads=tuple(shapely.STRtree(lines[rank == n]) for n in range(ROAD_RANKS)),
    )


def _places(table: gpd.GeoDataFrame, metric: CRS) -> pd.DataFrame:
    if not len(table):
        return pd.DataFrame({"x": [], "y": [], "name": []}, index=table.index)
    points = points_of_places(np.asarray(table.geometry.to_crs(metric).array, dtype=object))
    at = shapely.get_coordinates(points)
    return pd.DataFrame({"x": at[:, 0], "y": at[:, 1], "name": names_of(table)}, index=table.index)


def view_of(ground: Ground, frame: tuple[int, int, int, int], places: pd.DataFrame | None) -> View:
    """Choose what is seen.

    Parameters
    ----------
    ground
        The county.
    frame
        The map's frame on the sheet.
    places
        Places that must be seen; the whole county where None.

    Returns
    -------
    View
        All of them with a margin around, in the middle of the frame.
    """
    seen = pd.concat([ground.villages, ground.sites]) if places is None else places
    xs, ys = seen["x"].to_numpy(dtype=float), seen["y"].to_numpy(dtype=float)
    if places is None and len(ground.outer.geometries):
        west, south, east, north = shapely.total_bounds(ground.outer.geometries).tolist()
        xs, ys = np.append(xs, [west, east]), np.append(ys, [south, north])
    around = 1 + 2 * (_MARGIN if places is None else _MARGIN_NEAR)
    wide = max(float(np.ptp(xs)), _EXTENT_MIN_M) * around
    high = max(float(np.ptp(ys)), _EXTENT_MIN_M) * around
    left, top, right, bottom = frame
    scale = min((right - left) / wide, (bottom - top) / high)
    x, y = (float(v.min() + v.max()) / 2 for v in (xs, ys))
    west, north = x - (right - left) / scale / 2, y + (bottom - top) / scale / 2
    return View(frame=frame, west=west, north=north, scale=scale)


def draw_ground(sheet: Sheet, view: View, ground: Ground) -> None:
    """Draw areas, roads and outlines.

    Parameters
    ----------
    sheet
        The sheet.
    view
        What is seen.
    ground
        The county.
    """
    style = look()
    left, top, right, bottom = view.frame
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    plain = style["county"] if shapely.is_empty(ground.areas) else style["ground"]
    sheet.area(np.array(corners, dtype=float), plain)
    for part in shapely.get_parts(shapely.clip_by_rect(ground.areas, *view.window)):
        if part.geom_type == "Polygon":
            sheet.area(view.pixels(shapely.get_coordinates(part.exterior)), style["county"])
    for rank in reversed(range(ROAD_RANKS)):
        road = style["roads"][rank]
        for line in _seen(ground.roads[rank], view):
            sheet.line(line, road["color"], width=road["weight"])
    for lines, key, dashes in ((ground.inner, "inner", (6.0, 4.0)), (ground.outer, "outer", None)):
        for line in _seen(lines, view):
            sheet.line(line, style[key]["color"], width=style[key]["weight"], dashes=dashes)


def _seen(lines: shapely.STRtree, view: View) -> list[NDArray[np.float64]]:
    """Give the lines within the window, without bends that no pixel shows."""
    near = lines.geometries[np.sort(lines.query(shapely.box(*view.window)))]
    cut = shapely.clip_by_rect(near, *view.window)
    parts = shapely.get_parts(shapely.get_parts(cut[~shapely.is_empty(cut)]))
    parts = shapely.simplify(parts[shapely.get_num_points(parts) > 1], _PIXEL / view.scale)
    places, line = shapely.get_coordinates(parts, return_index=True)
    return np.split(view.pixels(places), np.flatnonzero(np.diff(line)) + 1) if len(places) else []
