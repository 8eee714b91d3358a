"""What if: a network with one more road, such as a bridge, without joining its roads anew."""

from dataclasses import fields, replace
from numbers import Real
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.build import CELL_M, Segments
from layoutplan.network.change import flat_drawing, made_anew, numbered, of_pieces
from layoutplan.network.drawing import Drawing
from layoutplan.network.metric import extent_text, known_crs, transformer
from layoutplan.network.modes import RoadUse, road_use
from layoutplan.network.road_network import RoadNetwork
from layoutplan.tables import ROADS

_OF_OSM: Final = ("motorroad", "junction", "access", "motor_vehicle", "bicycle")
_LABEL: Final = "new-{n}"
_MOST_DEGREES: Final = (180.0, 90.0)
"""Longitudes and latitudes lie within, east and west, north and south."""


def with_road(
    made: RoadNetwork,
    line: shapely.LineString,
    *,
    like: object = None,
    label: object = None,
    crs: Any = None,  # noqa: ANN401 - whatever pyproj takes
    reach_m: float | None = None,
    **attributes: object,
) -> RoadNetwork:
    """Add a road, such as a new bridge.

    The road is joined at its two ends, each to the nearest point of the nearest road that
    one can get onto, which is cut there; and where one of its vertices lies on a vertex of
    another road. Roads it merely crosses it passes over.

    Parameters
    ----------
    made
        The network; it stays as it is.
    line
        Where it runs.
    like
        The label of a road whose class and other columns it takes.
    label
        Its own label; ``new-1`` and so on where not given.
    crs
        The coordinate reference system of the line; that of the roads where not given.
    reach_m
        Metres from its ends to a road at most; the standard ``new_road_reach_m`` where not
        given.
    **attributes
        Columns of the table of roads, such as ``highway="tertiary"``.

    Returns
    -------
    RoadNetwork
        The network with this road. Its findings name an end that was not joined, roads
        that are crossed, and a road that the mode may not use.

    Raises
    ------
    TravelError
        With everything found wrong: it is no line with a length, its label is taken, the
        road it is to be like or a column is unknown, neither end is within reach of a road,
        the coordinate reference system is unknown or is not that of the line, or the
        network was not made of roads.
    OptionsError
        If ``reach_m`` is not a number from 0.

    Examples
    --------
    >>> from layoutplan.network import network_of_roads
    >>> lines = ["LINESTRING (0 0, 900 0)", "LINESTRING (0 500, 900 500)"]
    >>> roads = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(lines, crs="EPSG:32631"))
    >>> made = network_of_roads(roads)
    >>> bridge = shapely.LineString([(450, 2), (450, 500)])
    >>> len(made.components), len(with_road(made, bridge, bridge="yes").components)
    (2, 1)
    """
    _require_reach(reach_m)
    flat = flat_drawing(made)
    named = _free_label(flat.roads.index) if label is None else label
    _require_road(flat.roads, line, like=like, label=named, columns=attributes)
    xy = _placed(line, known_crs(flat.roads.crs if crs is None else crs), made.crs)
    row: dict[str, object] = {}
    if like is not None:
        chosen = flat.roads[flat.roads.index.astype("str") == str(like)].iloc[0]
        row = {c: v for c, v in chosen.items() if c != flat.roads.geometry.name}
    row |= attributes
    reach = made.standards.value("new_road_reach_m") if reach_m is None else reach_m
    roads = _appended(flat.roads, named, row, shapely.LineString(xy), crs=made.crs)
    use = road_use(roads, mode=made.mode, standards=made.standards)
    ends = _joints(flat, use, xy[[0, -1]], reach)
    joined = ends["metres"].to_numpy() <= reach
    if not joined.any():
        least = ends["metres"].min()
        metres = f"{least:.0f}" if np.isfinite(least) else "-"
        values = {"reach": f"{reach:g}", "metres": metres, "mode": made.mode}
        raise TravelError(Finding(code="new_road_nowhere", table="roads", values=values))
    ends = ends[joined]
    feet = [ends.loc[ends["end"] == end, ["x", "y"]].to_numpy() for end in (0, 1)]
    course = np.concatenate([feet[0], xy, feet[1]])
    roads = _redrawn(roads, shapely.LineString(course), crs=made.crs)
    changed = replace(flat, roads=roads)
    if use.usable[-1]:
        changed = _added(changed, course, ends)
    result = made_anew(made, changed, use=use)
    findings = _new_road_findings(flat, xy, str(named), joined=joined, usable=bool(use.usable[-1]))
    return replace(result, findings=(*result.findings, *findings))


def _require_reach(reach_m: object) -> None:
    if reach_m is None:
        return
    number = isinstance(reach_m, Real) and not isinstance(reach_m, bool)
    if not (number and float(str(reach_m)) >= 0):
        values = {"reach": str(reach_m)}
        raise OptionsError(Finding(code="new_road_reach", table="roads", values=values))


def _free_label(taken: "pd.Index[Any]") -> str:
    known = set(taken.astype("str"))
    free = (_LABEL.format(n=n) for n in range(1, len(known) + 2))
    return next(label for label in free if label not in known)


def _require_road(
    roads: gpd.GeoDataFrame,
    line: shapely.LineString,
    *,
    like: object,
    label: object,
    columns: dict[str, object],
) -> None:
    known = roads.index.astype("str")
    columns_known = {*roads.columns, *(c.name for c in ROADS.columns), *_OF_OSM} - {"geometry"}
    unknown = tuple(c for c in columns if c not in columns_known)
    findings = []
    finite = (
        isinstance(line, shapely.LineString)
        and bool(np.isfinite(shapely.get_coordinates(line)).all())
        and line.length > 0
    )
    if not finite:
        kind = getattr(line, "geom_type", type(line).__name__)
        findings.append(Finding(code="new_road_no_line", table="roads", values={"kind": kind}))
    if like is not None and str(like) not in known:
        findings.append(Finding(code="labels_unknown", table="roads", ids=(str(like),)))
    if str(label) in known:
        findings.append(Finding(code="new_road_label_taken", table="roads", ids=(str(label),)))
    if unknown:
        values = {"known": ", ".join(sorted(map(str, columns_known)))}
        code = "new_road_column_unknown"
        findings.append(Finding(code=code, table="roads", ids=unknown, values=values))
    if findings:
        raise TravelError(findings)


def _placed(line: shapely.LineString, crs: CRS, metric: CRS) -> NDArray[np.float64]:
    """Vertices in metres, those left out that lie in the cell of the one before."""
    vertices = shapely.get_coordinates(line)
    if crs.is_geographic and (np.abs(vertices) > _MOST_DEGREES).any():
        values = {"extent": extent_text(line.bounds), "crs": crs.name}
        raise TravelError(Finding(code="new_road_no_degrees", table="roads", values=values))
    xy = np.column_stack(transformer(crs, metric).transform(vertices[:, 0], vertices[:, 1]))
    moved = np.ones(len(xy), dtype=bool)
    moved[1:] = (np.diff(np.rint(xy / CELL_M), axis=0) != 0).any(axis=1)
    if not np.isfinite(xy).all() or moved.sum() == 1:
        values = {"kind": f"{line.geom_type}, {crs.name}"}
        raise TravelError(Finding(code="new_road_no_line", table="roads", values=values))
    return xy[moved]


def _joints(flat: Drawing, use: RoadUse, ends: NDArray[np.float64], reach_m: float) -> pd.DataFrame:
    """Find the nearest point of the nearest road for both ends of a new one."""
    pieces = flat.pieces
    # The last road of the table is the new one itself, of which there are no pieces yet.
    open_ = np.flatnonzero((use.access & use.usable)[flat.row] & ~flat.barred)
    a, b = pieces.xy[pieces.start[open_]], pieces.xy[pieces.end[open_]]
    low, high = np.minimum(a, b), np.maximum(a, b)
    found = []
    for number, end in enumerate(ends):
        near = np.flatnonzero(((low <= end + reach_m) & (high >= end - reach_m)).all(axis=1))
        # Where none is within reach, the message tells how far the nearest is.
        near = near if len(near) else np.arange(len(open_))
        if not len(near):
            break
        course = b[near] - a[near]
        share = ((end - a[near]) * course).sum(axis=1) / (course * course).sum(axis=1)
        foot = a[near] + np.clip(share, 0.0, 1.0)[:, None] * course
        metres = np.hypot(*(foot - end).T)
        first = int(np.argmin(metres))
        x, y = foot[first]
        piece = open_[near[first]]
        found.append((number, piece, np.clip(share[first], 0, 1), x, y, metres[first]))
    columns = ["end", "piece", "share", "x", "y", "metres"]
    return pd.DataFrame(found, columns=columns).astype({"metres": np.float64})


def _added(flat: Drawing, course: NDArray[np.float64], ends: pd.DataFrame) -> Drawing:
    """Cut pieces where a new road, the last of the table, is joined, and add its own."""
    pieces = flat.pieces
    vertex, xy = _vertices(pieces.xy, course)
    at = np.where(ends["end"] == 0, vertex[0], vertex[-1])
    piece = ends["piece"].to_numpy(dtype=np.intp)
    inside = (at != pieces.start[piece]) & (at != pieces.end[piece])
    start, end, parent = _cut(pieces, piece[inside], ends["share"].to_numpy()[inside], at[inside])
    uncut = np.bincount(parent, minlength=len(pieces.line)) == 1
    straight = np.hypot(*(xy[end] - xy[start]).T)
    # A piece that is not cut keeps its length, which need not be the straight one.
    length = np.where(uncut[parent], pieces.length_m[parent], straight * _stretched(pieces)[parent])

    apart = vertex[1:] != vertex[:-1]
    first, last = vertex[:-1][apart], vertex[1:][apart]
    own = len(first)
    made = Segments(
        crs=pieces.crs,
        xy=xy,
        start=np.concatenate([start, first]),
        end=np.concatenate([end, last]),
        line=np.concatenate([pieces.line[parent], np.full(own, pieces.line.max() + 1)]),
        length_m=np.concatenate([length, np.hypot(*(xy[last] - xy[first]).T)]),
    )
    known = of_pieces(flat, parent, numbered(xy, made))
    row = np.concatenate([known.row, np.full(own, len(flat.roads) - 1)])
    blank = _blank(flat, own)
    longer: dict[str, Any] = {
        name: np.concatenate([getattr(known, name), value]) for name, value in blank.items()
    }
    return replace(known, **longer, row=row)


def _cut(
    pieces: Segments,
    piece: NDArray[np.intp],
    share: NDArray[np.float64],
    vertex: NDArray[np.intp],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Cut few of many pieces at vertices; parts stand where their piece stood.

    Returns
    -------
    The vertices the parts lead from and to, and the piece each is of.
    """
    order = np.lexsort((share, piece))
    piece, vertex = piece[order], vertex[order]
    # Where both ends are joined at one point, one cut is enough.
    once = np.ones(len(piece), dtype=bool)
    once[1:] = (np.diff(piece) != 0) | (np.diff(vertex) != 0)
    piece, vertex = piece[once], vertex[once]
    count = np.ones(len(pieces.line), dtype=np.intp)
    np.add.at(count, piece, 1)
    parent = np.repeat(np.arange(len(count)), count)
    start, end = pieces.start[parent], pieces.end[parent]
    part = piece + np.arange(len(piece))
    end[part], start[part + 1] = vertex, vertex
    return start, end, parent


def _stretched(pieces: Segments) -> NDArray[np.float64]:
    """By how much pieces are longer than straight: 1 but for those of graphs."""
    straight = np.hypot(*(pieces.xy[pieces.end] - pieces.xy[pieces.start]).T)
    factor: NDArray[np.float64] = pieces.length_m / np.maximum(straight, CELL_M)
    return factor


def _blank(flat: Drawing, count: int) -> dict[str, NDArray[Any]]:
    """Say of new pieces that they are level, dry and open."""
    values = {"slower_forward": 1.0, "slower_backward": 1.0, "at_most_kmh": np.inf}
    known = {f.name: getattr(flat, f.name) for f in fields(flat)}
    return {
        name: np.full(count, values.get(name, 0), dtype=value.dtype)
        for name, value in known.items()
        if isinstance(value, np.ndarray) and name != "row"
    }


def _vertices(
    xy: NDArray[np.float64], course: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give every vertex of a new road the node in its cell, or a new one."""
    low, high = course.min(axis=0) - 1, course.max(axis=0) + 1
    near = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))
    cells = np.rint(np.concatenate([xy[near], course]) / CELL_M).astype(np.int64)
    _, first, number = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    number = number.ravel()
    own = number[len(near) :]
    nodes = np.bincount(number[: len(near)], minlength=len(first))[own]
    vertex = np.full(len(course), -1)
    # Where several nodes share a place, one above the other, none of them is meant.
    one = nodes == 1
    vertex[one] = near[first[own[one]]]
    _, where, again = np.unique(own[~one], return_index=True, return_inverse=True)
    vertex[~one] = len(xy) + again
    return vertex, np.concatenate([xy, course[~one][where]])


def _appended(
    roads: gpd.GeoDataFrame,
    label: object,
    row: dict[str, object],
    line: shapely.LineString,
    *,
    crs: CRS,
) -> gpd.GeoDataFrame:
    filled = {c: [v] for c, v in row.items() if not _is_blank(v)}
    name = roads.geometry.name
    filled[name] = gpd.GeoSeries([line], crs=crs).to_crs(roads.crs).tolist()
    new = gpd.GeoDataFrame(filled, index=pd.Index([label]), geometry=name, crs=roads.crs)
    return pd.concat([roads, new]).rename_axis(roads.index.name)


def _redrawn(roads: gpd.GeoDataFrame, line: shapely.LineString, *, crs: CRS) -> gpd.GeoDataFrame:
    """Draw the last road anew, up to the roads it is joined to."""
    shapes = np.asarray(roads.geometry.array, dtype=object).copy()
    shapes[-1] = gpd.GeoSeries([line], crs=crs).to_crs(roads.crs).iloc[0]
    return roads.set_geometry(gpd.GeoSeries(shapes, index=roads.index, crs=roads.crs))


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA


def _new_road_findings(
    flat: Drawing,
    xy: NDArray[np.float64],
    label: str,
    *,
    joined: NDArray[np.bool_],
    usable: bool,
) -> tuple[Finding, ...]:
    pieces, ids = flat.pieces, (label,)
    found = []
    if not usable:
        found.append(Finding(code="new_road_unusable", severity="warning", table="roads", ids=ids))
    if not joined.all():
        found.append(Finding(code="new_road_loose_end", severity="warning", table="roads", ids=ids))
    ends = np.stack([pieces.xy[pieces.start], pieces.xy[pieces.end]], axis=1)
    # Away from its ends, where it is joined.
    line = shapely.LineString(xy)
    ends_of = shapely.buffer(shapely.points(xy[[0, -1]]), 1.0)
    middle = shapely.difference(line, shapely.union_all(ends_of))
    low, high = ends.min(axis=1), ends.max(axis=1)
    x0, y0, x1, y1 = line.bounds
    near = np.flatnonzero(
        (low[:, 0] <= x1) & (high[:, 0] >= x0) & (low[:, 1] <= y1) & (high[:, 1] >= y0)
    )
    over = near[shapely.crosses(shapely.linestrings(ends[near]), middle)]
    if len(over):
        crossed = flat.roads.index[np.unique(flat.row[over])]
        values = {"roads": ", ".join(str(i) for i in crossed[:5])}
        note = Finding(
            code="new_road_crosses", severity="note", table="roads", ids=ids, values=values
        )
        found.append(note)
    return tuple(found)
