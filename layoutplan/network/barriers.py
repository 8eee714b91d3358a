"""Barriers: rivers, railways and roads that pupils on foot may not cross."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.network.build import Segments
from layoutplan.network.drawing import Drawing
from layoutplan.network.metric import transformer
from layoutplan.network.modes import MODES, Mode
from layoutplan.network.road_classes import (
    FOR_VEHICLES,
    HIGHWAY_OF_ROAD_CLASS,
    NO_VEHICLES,
    classes,
)
from layoutplan.network.slope import structures
from layoutplan.network.two_sides import Rays, TwoSided, whole, with_two_sides
from layoutplan.standards import Standards

_END_M: Final = 0.1
_END_SHARE: Final = 0.1
"""What is left off at the ends of a piece when asking whether it crosses: there it may touch."""

_LINES: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_POINTS: Final = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)


@dataclass(frozen=True, eq=False, kw_only=True)
class Barriers:
    """What pupils may not cross, and where they may all the same.

    Parameters
    ----------
    lines
        geopandas.GeoDataFrame or GeoSeries of lines or areas, such as rivers, lakes and
        railways. A road that crosses one is barred there, unless it is a bridge or a
        tunnel.
    road_classes
        Classes of roads that may be gone along, on either side, but not across: of
        OpenStreetMap (``"trunk"``) or administrative (``"国道"``). Links count with their
        road. Roads that pass over or under on a bridge or in a tunnel are not stopped.
    crossings
        geopandas.GeoDataFrame or GeoSeries of points, such as guarded crossings, ferries
        and level crossings: within ``crossing_reach_m`` of one a barrier may be crossed.
    modes
        The modes that barriers stop. Walks from places to roads never lead across a
        barrier if they can help it, whatever the mode.

    Raises
    ------
    OptionsError
        If a mode or a class of road is unknown, or nothing is given to be a barrier.
    DataError
        If what is given is no table with geometry, has no coordinate system, or has
        geometries of another kind.

    Examples
    --------
    >>> Barriers(road_classes=("trunk", "省道")).highways
    ('trunk', 'primary')
    """

    lines: Any = field(default=None, repr=False)
    road_classes: tuple[str, ...] = ()
    crossings: Any = field(default=None, repr=False)
    modes: tuple[Mode, ...] = ("walk", "bicycle")

    def __post_init__(self) -> None:
        """Refuse what cannot be a barrier."""
        for name in ("road_classes", "modes"):
            object.__setattr__(self, name, _several(getattr(self, name)))
        known_classes = (*FOR_VEHICLES, *NO_VEHICLES)
        unknown = [c for c in self.highways if c not in known_classes]
        wrong_modes = [m for m in self.modes if m not in MODES]
        findings = [
            Finding(
                code=code, values={"given": ", ".join(map(str, given)), "known": ", ".join(known)}
            )
            for code, given, known in (
                ("barrier_class_unknown", unknown, (*known_classes, *HIGHWAY_OF_ROAD_CLASS)),
                ("barrier_mode_unknown", wrong_modes, MODES),
            )
            if given
        ]
        if self.lines is None and not self.road_classes:
            findings.append(Finding(code="barriers_none"))
        if findings:
            raise OptionsError(findings)
        breaches = [
            *_breaches("barriers", self.lines, (*_LINES, *_AREAS)),
            *_breaches("crossings", self.crossings, _POINTS),
        ]
        if breaches:
            raise DataError(breaches)

    @property
    def highways(self) -> tuple[str, ...]:
        """The classes of roads that may not be crossed, as OpenStreetMap names them."""
        plain = (str(c).strip().lower().removesuffix("_link") for c in self.road_classes)
        return tuple(dict.fromkeys(HIGHWAY_OF_ROAD_CLASS.get(c, c) for c in plain))


def _several(given: Any) -> tuple[Any, ...]:  # noqa: ANN401 - refused afterwards
    """One name stands for itself, not for its letters."""
    alone = isinstance(given, str) or not isinstance(given, Iterable)
    return (given,) if alone else tuple(given)


def _breaches(table: str, given: Any, allowed: tuple[int, ...]) -> list[Finding]:  # noqa: ANN401
    if given is None:
        return []
    plain = isinstance(given, gpd.GeoDataFrame) and given.active_geometry_name is None
    if plain or not isinstance(given, gpd.GeoDataFrame | gpd.GeoSeries):
        values = {"given": table, "kind": type(given).__name__}
        return [Finding(code="barriers_no_layer", values=values)]
    if given.crs is None:
        return [Finding(code="barriers_no_crs", values={"given": table})]
    shapes = given.geometry.to_numpy()
    filled = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    wrong = filled & ~np.isin(shapely.get_type_id(shapes), allowed)
    if not wrong.any():
        return []
    ids = tuple(str(i) for i in given.index[wrong])
    found = ", ".join(sorted(set(given.geom_type[wrong])))
    return [
        Finding(code="barriers_wrong_geometry", ids=ids, values={"given": table, "found": found})
    ]


@dataclass(frozen=True, eq=False, kw_only=True)
class Fence:
    """Where barriers lie, in the metric system of a network.

    Parameters
    ----------
    shapes
        Lines and areas that no walk from a place to a road should cross, shape (shapes,).
    crossings
        Points at which they may be crossed, shape (points,).
    reach_m
        Metres from such a point within which it holds.
    sector_from, sector_width
        The sector around its place that belongs to each node of the network,
        counterclockwise, in radians; a full turn where nothing is split; shape (nodes,).
    """

    shapes: NDArray[np.object_] = field(repr=False)
    crossings: NDArray[np.object_] = field(repr=False)
    reach_m: float
    sector_from: NDArray[np.float64] = field(repr=False)
    sector_width: NDArray[np.float64] = field(repr=False)

    def crossed(self, lines: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Tell which lines lead across a barrier elsewhere than at a crossing.

        Parameters
        ----------
        lines
            Straight lines in metres, shape (lines,).

        Returns
        -------
        numpy.ndarray
            Shape (lines,). Lines may begin or end at a barrier.

        Examples
        --------
        >>> river = shapely.from_wkt(["LINESTRING (5 -9, 5 9)"])
        >>> point, none = np.array([shapely.Point(5, 8)]), np.empty(0)
        >>> fence = Fence(
        ...     shapes=river, crossings=point, reach_m=2, sector_from=none, sector_width=none
        ... )
        >>> wkt = ["LINESTRING (0 0, 9 0)", "LINESTRING (0 0, 5 0)", "LINESTRING (0 7, 9 7)"]
        >>> fence.crossed(shapely.from_wkt(wkt)).tolist()
        [True, False, False]
        """
        across = np.zeros(len(lines), dtype=bool)
        across[self.pairs(lines)[0]] = True
        return across

    def pairs(self, lines: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Find which lines lead across which barriers elsewhere than at a crossing.

        Parameters
        ----------
        lines
            Straight lines in metres, shape (lines,).

        Returns
        -------
        line, shape : numpy.ndarray
            The number of the line and of the shape of each meeting, shape (meetings,).
        """
        if len(self.shapes) == 0 or len(lines) == 0:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
        inner = _inner(lines)
        line, shape = shapely.STRtree(self.shapes).query(inner, predicate="intersects")
        if len(self.crossings) and len(line):
            met = shapely.intersection(inner[line], self.shapes[shape])
            tree = shapely.STRtree(self.crossings)
            near = tree.query(met, predicate="dwithin", distance=self.reach_m)[0]
            stopped = np.ones(len(line), dtype=bool)
            stopped[near] = False
            line, shape = line[stopped], shape[stopped]
        return line, shape


def _inner(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Straight lines without their ends."""
    ends = shapely.get_coordinates(lines).reshape(len(lines), 2, 2)
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    share = np.minimum(_END_M / np.maximum(length, _END_M), _END_SHARE)[:, None]
    course = ends[:, 1] - ends[:, 0]
    inner = np.stack([ends[:, 0] + share * course, ends[:, 1] - share * course], axis=1)
    return np.asarray(shapely.linestrings(inner), dtype=object)


def behind(
    drawn: Drawing, barriers: Barriers, *, mode: Mode, standards: Standards
) -> tuple[TwoSided, Fence, tuple[Finding, ...]]:
    """Bar and split the pieces of a drawing along barriers.

    Parameters
    ----------
    drawn
        The pieces.
    barriers
        The barriers.
    mode
        Who travels.
    standards
        ``crossing_reach_m`` and ``barrier_tolerance_m``.

    Returns
    -------
    split : TwoSided
        The pieces; those that lead across lines are barred, and roads that may not be
        crossed have two sides; see `layoutplan.network.two_sides.with_two_sides`. A road that
        meets a line at one of its vertices goes on only on its own side.
    fence : Fence
        Where the barriers lie.
    findings : tuple of Finding
        What they stop; barriers that stop nothing or do not hold for this mode, and
        crossings that are at none.
    """
    pieces, crs = drawn.pieces, drawn.pieces.crs
    of_class = np.isin(classes(drawn.roads), barriers.highways)
    built = structures(drawn.roads)
    # Roads that the mode may not use have no pieces: they bar as lines do.
    unused = of_class & ~built & ~np.isin(np.arange(len(of_class)), drawn.row)
    given, others = _metric(barriers.lines, crs), _metric(drawn.roads[unused], crs)
    lines = np.concatenate([_parts(given), _parts(others)])
    own, structure = of_class[drawn.row], built[drawn.row]
    drawn_lines = _lines(pieces)
    fence = Fence(
        shapes=np.concatenate([lines, drawn_lines[own & ~structure]]),
        crossings=np.asarray(shapely.get_parts(_metric(barriers.crossings, crs)), dtype=object),
        reach_m=standards.value("crossing_reach_m"),
        sector_from=np.empty(0),
        sector_width=np.empty(0),
    )
    if mode not in barriers.modes:
        values = {"mode": mode, "modes": ", ".join(barriers.modes) or "-"}
        noted = Finding(code="barriers_not_for_mode", severity="note", table="roads", values=values)
        found = (noted, *_unused_crossings(fence))
        return whole(drawn), _with_sectors(fence, whole(drawn)), found
    across = np.zeros(len(drawn.row), dtype=bool)
    across[~structure] = replace(fence, shapes=lines).crossed(drawn_lines[~structure])
    across |= _across_roads(
        pieces, drawn_lines, own & ~structure, fence=fence, asked=np.flatnonzero(~structure)
    )
    rays = _rays(pieces, lines, standards.value("barrier_tolerance_m"))
    joined = _joined(pieces, own, structure, fence=fence)
    split = with_two_sides(
        replace(drawn, barred=drawn.barred | across), own, joined=joined, rays=rays
    )
    findings = (*_stopped(drawn, across, own, rays), *_unused_crossings(fence))
    return split, _with_sectors(fence, split), findings


def _with_sectors(fence: Fence, split: TwoSided) -> Fence:
    return replace(fence, sector_from=split.sector_from, sector_width=split.sector_width)


def _stopped(
    drawn: Drawing, across: NDArray[np.bool_], own: NDArray[np.bool_], rays: Rays
) -> tuple[Finding, ...]:
    if not (across.any() or own.any() or len(rays.node)):
        return (Finding(code="barriers_stop_nothing", severity="warning", table="roads"),)
    if not across.any():
        return ()
    ids = tuple(str(i) for i in drawn.roads.index[np.unique(drawn.row[across])])
    return (Finding(code="barriers_bar_roads", severity="note", table="roads", ids=ids),)


def _unused_crossings(fence: Fence) -> tuple[Finding, ...]:
    """Report crossings at which there is nothing to cross: mostly they lie elsewhere."""
    if len(fence.crossings) == 0:
        return ()
    tree = shapely.STRtree(fence.shapes)
    used = tree.query(fence.crossings, predicate="dwithin", distance=fence.reach_m)[0]
    idle = len(fence.crossings) - len(np.unique(used))
    if idle == 0:
        return ()
    values = {"reach": f"{fence.reach_m:g}", "all": len(fence.crossings)}
    return (Finding(code="crossings_idle", severity="warning", rows=idle, values=values),)


def _metric(given: Any, crs: CRS) -> NDArray[np.object_]:  # noqa: ANN401
    """Geometries in metres, without empty ones and those that have no place there."""
    if given is None or len(given) == 0:
        return np.empty(0, dtype=object)
    shapes = given.geometry.to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    to_metres = transformer(CRS(given.crs), crs)

    def metres(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1]))

    placed = shapely.transform(shapely.force_2d(shapes), metres)
    return np.asarray(placed[np.isfinite(shapely.bounds(placed)).all(axis=1)], dtype=object)


def _parts(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Areas one by one, and lines cut at their vertices, so that searching them is quick."""
    area = np.isin(shapely.get_type_id(shapes), _AREAS)
    return np.concatenate([shapely.get_parts(shapes[area]), _straight(shapes[~area])])


def _straight(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    coordinates, part = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    at = np.flatnonzero(part[1:] == part[:-1])
    ends = np.stack([coordinates[at], coordinates[at + 1]], axis=1)
    ends = ends[(ends[:, 0] != ends[:, 1]).any(axis=1)]
    return np.asarray(shapely.linestrings(ends), dtype=object)


def _lines(pieces: Segments) -> NDArray[np.object_]:
    ends = np.stack([pieces.xy[pieces.start], pieces.xy[pieces.end]], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object)


def _across_roads(
    pieces: Segments,
    lines: NDArray[np.object_],
    ground: NDArray[np.bool_],
    *,
    fence: Fence,
    asked: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Find pieces that cross a road that may not be crossed without meeting it at a node."""
    across = np.zeros(len(lines), dtype=bool)
    among = np.flatnonzero(ground)
    one, other = replace(fence, shapes=lines[among]).pairs(lines[asked])
    a, b = asked[one], among[other]
    apart = (pieces.start[a] != pieces.start[b]) & (pieces.start[a] != pieces.end[b])
    apart &= (pieces.end[a] != pieces.start[b]) & (pieces.end[a] != pieces.end[b])
    across[a[apart]] = True
    return across


def _joined(
    pieces: Segments,
    own: NDArray[np.bool_],
    structure: NDArray[np.bool_],
    *,
    fence: Fence,
) -> NDArray[np.bool_]:
    """Find the nodes at which barriers may be crossed.

    Those near a crossing point; those at which another road is a bridge or a tunnel; and,
    away from roads that may not be crossed, those on any bridge or tunnel.
    """
    nodes = len(pieces.xy)

    def touched(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        at = np.zeros(nodes, dtype=bool)
        at[pieces.start[chosen]] = True
        at[pieces.end[chosen]] = True
        return at

    joined = touched(structure & ~own) | (touched(structure) & ~touched(own))
    if len(fence.crossings):
        points = np.asarray(shapely.points(pieces.xy), dtype=object)
        tree = shapely.STRtree(points)
        near = tree.query(fence.crossings, predicate="dwithin", distance=fence.reach_m)[1]
        joined[near] = True
    return joined


def _rays(pieces: Segments, shapes: NDArray[np.object_], tolerance: float) -> Rays:
    """Find the nodes on lines, and on the borders of areas, and where these lead from there."""
    area = np.isin(shapely.get_type_id(shapes), _AREAS)
    borders = shapely.boundary(shapes[area])
    straight = np.concatenate([shapes[~area], _straight(borders)])
    points = np.asarray(shapely.points(pieces.xy), dtype=object)
    if len(straight) == 0:
        return Rays(node=np.empty(0, dtype=np.intp), angle=np.empty(0))
    line, node = shapely.STRtree(points).query(straight, predicate="dwithin", distance=tolerance)
    ends = shapely.get_coordinates(straight).reshape(len(straight), 2, 2)
    found_node, found_angle = [], []
    for end in (0, 1):
        away = ends[line, end] - pieces.xy[node]
        leads = np.hypot(*away.T) > tolerance
        found_node.append(node[leads])
        found_angle.append(np.arctan2(away[leads, 1], away[leads, 0]))
    return Rays(node=np.concatenate(found_node), angle=np.concatenate(found_angle))
