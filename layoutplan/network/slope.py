"""Walking up and down: slopes of the pieces of roads, and how much slower they make."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.build import Segments
from layoutplan.network.drawing import Drawing
from layoutplan.network.elevation import Elevation
from layoutplan.network.metric import extent_text
from layoutplan.network.modes import Mode, RoadUse
from layoutplan.network.road_classes import text_of
from layoutplan.standards import Standards

_STEEPEST_KMH: Final = 6.0
_DECAY: Final = 3.5
_EASIEST: Final = 0.05

_NO_STRUCTURE: Final = ("", "no", "false", "0", "0.0", "否", "无", "building_passage")


def tobler_kmh(slope: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Give the walking speed of a hiker on a slope.

    W = 6 exp(-3.5 |s + 0.05|) km/h (Tobler 1993, Three presentations on geographical
    analysis and modeling, NCGIA Technical Report 93-1): 5.037 km/h on flat ground, fastest
    on a slight way down.

    Parameters
    ----------
    slope
        Rise over run, positive uphill.

    Returns
    -------
    numpy.ndarray
        Kilometres an hour, of the shape of ``slope``.

    Examples
    --------
    >>> tobler_kmh(np.array([-0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2])).round(3).tolist()
    [3.549, 5.037, 6.0, 5.037, 4.228, 3.549, 2.501]
    """
    return np.asarray(_STEEPEST_KMH * np.exp(-_DECAY * np.abs(np.asarray(slope) + _EASIEST)))


def slower_on(slope: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Tell by how much a way takes longer on a slope than on flat ground.

    Pupils slow down as hikers do: v = v_flat tobler(s) / tobler(0).

    Parameters
    ----------
    slope
        Rise over run, positive uphill.

    Returns
    -------
    numpy.ndarray
        Factors above 0, 1 on flat ground.

    Examples
    --------
    Of a pupil who walks 4 km/h on flat ground, the speeds from 20 % down to 20 % up:

    >>> (4 / slower_on(np.array([-0.2, -0.1, 0.0, 0.1, 0.2]))).round(2).tolist()
    [2.82, 4.0, 4.0, 2.82, 1.99]

    There and back on 10 %:

    >>> float((slower_on(0.1) + slower_on(-0.1)) / 2).__round__(2)
    1.21
    """
    return np.asarray(tobler_kmh(0.0) / tobler_kmh(slope))


def on_slopes(
    drawn: Drawing, elevation: Elevation, *, mode: Mode, use: RoadUse, standards: Standards
) -> tuple[Drawing, tuple[Finding, ...]]:
    """Slow down the pieces of a drawing by their slopes.

    On foot every piece takes `slower_on` its slope, each direction its own. A bicycle is
    slowed down likewise for want of a function of its own, and no faster downhill than on
    flat ground. Cars keep the running speed of their road; a school bus goes at most
    ``bus_speed_max_kmh_hazard`` on pieces steeper than ``bus_steep_slope``
    (校车安全管理条例, article 35).

    Parameters
    ----------
    drawn
        The pieces.
    elevation
        Heights of the ground in metres.
    mode
        Who travels.
    use
        What the mode may do on each road.
    standards
        The numbers; see `slopes` for those of measuring.

    Returns
    -------
    drawn : Drawing
        The pieces with their slopes.
    findings : tuple of Finding
        Pieces without a height, which count as flat, and slopes that were cut.

    Raises
    ------
    TravelError
        If the elevation covers less of the network than ``elevation_cover_min``.
    """
    height = elevation.at(drawn.pieces.xy, crs=drawn.pieces.crs)
    _require_cover(drawn.pieces, height, elevation, standards)
    height = over_structures(drawn.pieces, height, structure=_structures(drawn))
    steepest = standards.value("slope_max")
    measured = slopes(
        drawn.pieces, height, row=drawn.row, window_m=standards.value("slope_window_m")
    )
    unknown, cut = np.isnan(measured), np.abs(measured) > steepest
    slope = np.clip(np.where(unknown, 0.0, measured), -steepest, steepest)
    findings = _findings(drawn.pieces, unknown=unknown, cut=cut, steepest=steepest)
    if mode == "bus":
        steep = np.abs(slope) > standards.value("bus_steep_slope")
        hazard = standards.value("bus_speed_max_kmh_hazard")
        at_most = np.where(steep, np.minimum(drawn.at_most_kmh, hazard), drawn.at_most_kmh)
        return replace(drawn, at_most_kmh=at_most), findings
    if mode == "car":
        return drawn, findings
    up, down = slower_on(slope), slower_on(-slope)
    if mode == "bicycle":
        pushed = standards.value("walk_speed_kmh_g79")
        up = np.where(use.forward_kmh[drawn.row] > pushed, np.maximum(up, 1.0), up)
        down = np.where(use.backward_kmh[drawn.row] > pushed, np.maximum(down, 1.0), down)
    changed = replace(
        drawn,
        slower_forward=drawn.slower_forward * up,
        slower_backward=drawn.slower_backward * down,
    )
    return changed, findings


def slopes(
    pieces: Segments, height: NDArray[np.float64], *, row: NDArray[np.intp], window_m: float
) -> NDArray[np.float64]:
    """Measure the slope of each piece along its drawn direction.

    A slope is measured over at least ``window_m`` of road: a shorter piece together with
    the road before and after it, as far as its own line leads on, or as no other road
    joins. Grids of heights and drawn lines are each some metres off, which over the ten
    metres between two vertices would make slopes of a third on level ground.

    Parameters
    ----------
    pieces
        The pieces.
    height
        Heights of the nodes in metres, NaN where unknown; shape (nodes,).
    row
        The road each piece is of; pieces of one line follow each other; shape (pieces,).
    window_m
        Metres.

    Returns
    -------
    numpy.ndarray
        Rise over run, NaN where a height is unknown; shape (pieces,).

    Examples
    --------
    >>> import shapely
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> line = np.array([shapely.from_wkt("LINESTRING (0 0, 10 0, 300 0)")])
    >>> made = segments(line, crs=CRS("EPSG:32631"))
    >>> jagged = np.array([0.0, 3.0, 0.0])
    >>> slopes(made, jagged, row=made.line, window_m=100).round(3).tolist()
    [0.021, -0.01]
    >>> slopes(made, jagged, row=made.line, window_m=0).round(2).tolist()
    [0.3, -0.01]
    """
    after, before = _next_pieces(pieces, row)
    reach = np.maximum(window_m - pieces.length_m, 0.0)
    every = np.arange(len(row))
    # Where the road ends on one side, the rest of the window is taken from the other.
    ahead = _walked(pieces, height, after, before, first=2 * every, reach=reach / 2)
    behind = _walked(pieces, height, after, before, first=2 * every + 1, reach=reach - ahead[1])
    ahead = _walked(pieces, height, after, before, first=2 * every, reach=reach - behind[1])
    run = pieces.length_m + ahead[1] + behind[1]
    # Beyond a height that is unknown, the piece is measured as far as heights are known.
    own = (height[pieces.end] - height[pieces.start]) / pieces.length_m
    measured = (ahead[0] - behind[0]) / run
    return np.where(np.isnan(measured), own, measured)


def _next_pieces(
    pieces: Segments, row: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the half pieces that lead on from the end, and from the start, of each piece.

    Half piece 2 i leads along piece i, 2 i + 1 against it; -1 where none leads on.
    """
    count = len(row)
    start, end = pieces.start, pieces.end
    after, before = np.full(count, -1), np.full(count, -1)
    ends = np.concatenate([start, end])
    alone = np.bincount(ends, minlength=len(pieces.xy)) == 2  # noqa: PLR2004
    # The two halves that leave a node with two pieces add up to what the one lacks.
    leaving = np.concatenate([2 * np.arange(count), 2 * np.arange(count) + 1])
    total = np.bincount(ends, weights=leaving, minlength=len(pieces.xy)).astype(np.intp)
    at_end, at_start = alone[end], alone[start]
    after[at_end] = total[end[at_end]] - (2 * np.flatnonzero(at_end) + 1)
    before[at_start] = total[start[at_start]] - 2 * np.flatnonzero(at_start)
    follows = np.flatnonzero((row[1:] == row[:-1]) & (end[:-1] == start[1:]))
    after[follows] = 2 * (follows + 1)
    before[follows + 1] = 2 * follows + 1
    return after, before


def _walked(
    pieces: Segments,
    height: NDArray[np.float64],
    after: NDArray[np.intp],
    before: NDArray[np.intp],
    *,
    first: NDArray[np.intp],
    reach: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Go on from the end of half pieces: the height arrived at, and the metres gone."""
    half = first.copy()
    left = reach.copy()
    arrived = height[np.where(half % 2 == 0, pieces.end[half // 2], pieces.start[half // 2])]
    going = left > 0
    while going.any():
        at = np.flatnonzero(going)
        on = np.where(half[at] % 2 == 0, after[half[at] // 2], before[half[at] // 2])
        # A line that comes back to the piece it began with has been gone round.
        leads = (on >= 0) & (on // 2 != first[at] // 2)
        going[at[~leads]] = False
        at, on = at[leads], on[leads]
        piece, along = on // 2, on % 2 == 0
        there = height[np.where(along, pieces.end[piece], pieces.start[piece])]
        metres = np.minimum(left[at], pieces.length_m[piece])
        arrived[at] += (there - arrived[at]) * metres / pieces.length_m[piece]
        left[at] -= metres
        half[at] = on
        going[at] = left[at] > 0
    return arrived, reach - left


def over_structures(
    pieces: Segments, height: NDArray[np.float64], *, structure: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Lead bridges and tunnels straight from end to end, over valleys and through hills.

    The height of a node inside is the mean of its neighbours', each weighed by one over its
    distance; along a single bridge that is a straight line between its ends.

    Parameters
    ----------
    pieces
        The pieces.
    height
        Heights of the ground at the nodes in metres, shape (nodes,).
    structure
        Whether a piece is a bridge or a tunnel, shape (pieces,).

    Returns
    -------
    numpy.ndarray
        Heights of the road at the nodes, shape (nodes,).

    Examples
    --------
    >>> import shapely
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> line = np.array([shapely.from_wkt("LINESTRING (0 0, 10 0, 40 0, 50 0)")])
    >>> made = segments(line, crs=CRS("EPSG:32631"))
    >>> valley = np.array([100.0, 20.0, 10.0, 110.0])
    >>> bridge = np.array([True, True, True])
    >>> over_structures(made, valley, structure=bridge).round(1).tolist()
    [100.0, 102.0, 108.0, 110.0]
    """
    nodes = len(height)
    ends = np.concatenate([pieces.start, pieces.end])
    degree = np.bincount(ends, minlength=nodes)
    inner_ends = np.concatenate([pieces.start[structure], pieces.end[structure]])
    inner = (np.bincount(inner_ends, minlength=nodes) == degree) & (degree > 1)
    if not inner.any():
        return height
    start, end = pieces.start[structure], pieces.end[structure]
    weight = 1.0 / pieces.length_m[structure]
    # A structure with no end, or whose ends have no height, keeps the ground below it.
    graph = coo_array((weight, (start, end)), shape=(nodes, nodes))
    part = connected_components(graph, directed=False)[1]
    held = np.zeros(nodes, dtype=bool)
    held[part[np.flatnonzero(~inner & np.isfinite(height))]] = True
    inner &= held[part]
    known = ~inner & np.isfinite(height)
    kept = (inner[start] | known[start]) & (inner[end] | known[end])
    start, end, weight = start[kept], end[kept], weight[kept]
    both = csr_array(
        coo_array(
            (np.tile(weight, 2), (np.concatenate([start, end]), np.concatenate([end, start]))),
            shape=(nodes, nodes),
        )
    )
    laplace = csr_array(diags_array(np.asarray(both.sum(axis=1)).ravel())) - both
    inside, outside = np.flatnonzero(inner), np.flatnonzero(known)
    if len(inside) == 0:
        return height
    right = -(laplace[inside][:, outside] @ height[outside])
    made = height.copy()
    made[inside] = spsolve(laplace[inside][:, inside].tocsc(), right)
    return made


def _structures(drawn: Drawing) -> NDArray[np.bool_]:
    """Tell which pieces are bridges or tunnels."""
    return structures(drawn.roads)[drawn.row]


def structures(roads: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which roads are bridges or tunnels.

    Parameters
    ----------
    roads
        The roads, with ``bridge`` and ``tunnel`` or without.

    Returns
    -------
    numpy.ndarray
        Any value but no counts, such as ``viaduct``; shape (roads,).

    Examples
    --------
    >>> structures(pd.DataFrame({"bridge": ["yes", None, "no"]})).tolist()
    [True, False, False]
    """
    over, under = (~np.isin(text_of(roads, c), _NO_STRUCTURE) for c in ("bridge", "tunnel"))
    return np.asarray(over | under)


def _require_cover(
    pieces: Segments, height: NDArray[np.float64], elevation: Elevation, standards: Standards
) -> None:
    share = float(np.isfinite(height).mean())
    least = standards.value("elevation_cover_min")
    if share >= least:
        return
    xy = pieces.xy
    values = {
        "percent": f"{100 * share:.0f}",
        "least": f"{100 * least:.0f}",
        "elevation": elevation.extent(),
        "roads": f"{extent_text((*xy.min(axis=0), *xy.max(axis=0)))} ({pieces.crs.name})",
    }
    raise TravelError(Finding(code="elevation_not_covering", table="roads", values=values))


def _findings(
    pieces: Segments, *, unknown: NDArray[np.bool_], cut: NDArray[np.bool_], steepest: float
) -> tuple[Finding, ...]:
    return (
        *_stretches("elevation_gaps", pieces, unknown),
        *_stretches("slope_cut", pieces, cut, percent=f"{100 * steepest:g}"),
    )


def _stretches(
    code: str, pieces: Segments, chosen: NDArray[np.bool_], **values: object
) -> tuple[Finding, ...]:
    if not chosen.any():
        return ()
    metres, total = float(pieces.length_m[chosen].sum()), float(pieces.length_m.sum())
    length = {"km": f"{metres / 1000:.1f}", "share": f"{100 * metres / total:.1f}"}
    return (
        Finding(
            code=code,
            severity="warning" if code == "elevation_gaps" else "note",
            table="roads",
            rows=int(chosen.sum()),
            values=length | values,
        ),
    )
