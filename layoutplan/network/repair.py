"""Drawings of roads made whole, where that is wanted or needed."""

from dataclasses import dataclass
from numbers import Real
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.build import Segments, chosen, segments
from layoutplan.network.gaps import Reach, closed
from layoutplan.network.joins import joins, repairs_table
from layoutplan.network.levels import levels_of
from layoutplan.network.metric import metric_coordinates
from layoutplan.network.noding import noded
from layoutplan.network.strands import Strands, strands
from layoutplan.standards import Standards

AUTO: Final = "auto"
OFF: Final = "off"


@dataclass(frozen=True, kw_only=True)
class Repair:
    """What is to be joined in a drawing of roads.

    Parameters
    ----------
    crossings
        Whether roads of one level are joined where they cross, touch or overlap.
    gap_m
        Metres up to which loose ends are joined to other roads, 0 for none; the standard
        ``repair_gap_m`` where not given.

    Examples
    --------
    >>> Repair(gap_m=5).crossings
    True
    """

    crossings: bool = True
    gap_m: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class JoinedRoads:
    """The pieces of the roads that a mode may use.

    Parameters
    ----------
    pieces
        Straight pieces between nodes.
    row
        The row of the road each piece is of, shape (pieces,).
    repairs
        What was joined, and which roads add nothing; see `layoutplan.network.RoadNetwork`.
    findings
        How much was joined.
    """

    pieces: Segments
    row: NDArray[np.intp]
    repairs: Any
    findings: tuple[Finding, ...] = ()


def joined_roads(
    roads: Any,  # noqa: ANN401 - geopandas has no types
    usable: NDArray[np.bool_],
    *,
    repair: Repair | float | str = AUTO,
    standards: Standards,
) -> JoinedRoads:
    """Join roads at their vertices, and otherwise as far as is asked.

    Parameters
    ----------
    roads
        geopandas.GeoDataFrame with ``bridge``, ``tunnel`` and ``layer`` as far as known.
    usable
        Whether the mode may use each road, shape (roads,).
    repair
        ``"off"``; a `Repair`; metres, up to which gaps are closed while crossings are joined;
        or ``"auto"``: crossings are joined and gaps closed up to the standard
        ``repair_gap_m`` if the longest part joined at shared vertices holds less than the
        standard ``repair_below_share`` of the length, both of the roads that the mode may
        use and of all. Directions of one-way streets do not matter here.
    standards
        The distances.

    Returns
    -------
    JoinedRoads
        Pieces, which do not depend on the order of the roads.

    Raises
    ------
    TravelError
        If no road can be placed on the earth.
    OptionsError
        If the repair asked for is unknown or its metres are out of range.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.standards import standards
    >>> ways = ["LINESTRING (0 0, 90 0)", "LINESTRING (50 -50, 50 50)", "LINESTRING (93 0, 99 9)"]
    >>> roads = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(ways, crs="EPSG:32631"))
    >>> made = joined_roads(roads, np.ones(3, dtype=bool), standards=standards())
    >>> made.repairs[["kind", "road", "other_road"]].to_numpy().tolist()
    [['crossing', 0, 1], ['gap', 0, 2]]
    """
    asked = _known(repair, standards)
    # By label, so that the order of rows is nothing.
    rows = np.argsort(roads.index.astype("str").to_numpy(), kind="stable")
    lines = roads.geometry.to_numpy()[rows]
    open_, level = usable[rows], levels_of(roads)[rows]
    pieces = segments(lines, crs=CRS(roads.crs))
    drawn = strands(pieces, level=level, usable=open_)
    before = drawn.share_in_longest()
    found = [
        _duplicates(pieces, drawn, open_),
        _zero_length(pieces, lines, open_, crs=CRS(roads.crs)),
    ]
    sound = repair == AUTO and not _broken(pieces, drawn, before, standards)
    if sound or len(pieces.line) == 0:
        asked = Repair(crossings=False, gap_m=0.0)
    if asked.crossings:
        pieces, made = noded(pieces, level=level, usable=open_)
        found += made
    if asked.gap_m:
        reach = Reach(
            gap_m=asked.gap_m,
            dead_end_m=min(asked.gap_m, standards.value("repair_dead_end_m")),
            detour_m=standards.value("repair_detour_m"),
        )
        pieces, made = closed(pieces, level=level, usable=open_, reach=reach)
        found += made
    after = before
    if any(len(table) for table in found[2:]):
        after = strands(pieces, level=level, usable=open_).share_in_longest()
    pieces = chosen(pieces, open_[pieces.line])
    repairs = repairs_table(found, labels=roads.index[rows], crs=pieces.crs)
    return JoinedRoads(
        pieces=pieces,
        row=rows[pieces.line],
        repairs=repairs,
        findings=_findings(
            repairs, before=before, after=after, gap_m=asked.gap_m or 0.0, auto=repair == AUTO
        ),
    )


def _known(repair: Repair | float | str, standards: Standards) -> Repair:
    """Settle on a repair, with its metres."""
    if isinstance(repair, str) and repair in {AUTO, OFF}:
        on = repair == AUTO
        asked = Repair(crossings=on, gap_m=None if on else 0.0)
    elif isinstance(repair, Repair) and isinstance(repair.crossings, bool):
        asked = repair
    else:
        asked = Repair(gap_m=_metres(repair))
    metres = standards.value("repair_gap_m") if asked.gap_m is None else asked.gap_m
    most = standards.value("repair_gap_max_m")
    number = isinstance(metres, Real) and not isinstance(metres, bool)
    if not (number and 0 <= metres <= most):
        values = {"metres": metres, "most": f"{most:g}"}
        raise OptionsError(Finding(code="repair_gap_out_of_range", values=values))
    return Repair(crossings=asked.crossings, gap_m=float(metres))


def _metres(repair: object) -> float:
    """Read metres, which on a command line are text."""
    if isinstance(repair, Real | str) and not isinstance(repair, bool):
        try:
            return float(repair)
        except ValueError:
            pass
    raise OptionsError(Finding(code="repair_unknown", values={"repair": repair}))


def _broken(pieces: Segments, drawn: Strands, share: float, standards: Standards) -> bool:
    """Tell whether the drawing itself is broken, not only what the mode may use of it."""
    least = standards.value("repair_below_share")
    if share >= least or drawn.open.all():
        return share < least
    every = np.ones(int(pieces.line.max()) + 1, dtype=bool)
    return strands(pieces, level=np.zeros_like(every, int), usable=every).share_in_longest() < least


def _duplicates(pieces: Segments, drawn: Strands, usable: NDArray[np.bool_]) -> pd.DataFrame:
    """Set out the usable lines that lie wholly upon usable lines before them."""
    own = drawn.line[drawn.of_piece] == pieces.line
    adds = np.zeros(len(usable), dtype=bool)
    adds[pieces.line[own]] = True
    chosen_ = np.flatnonzero(usable[pieces.line] & ~adds[pieces.line])
    chosen_ = chosen_[np.argsort(pieces.line[chosen_], kind="stable")]
    line, begin, group = np.unique(pieces.line[chosen_], return_index=True, return_inverse=True)
    ends = np.stack([pieces.xy[pieces.start[chosen_]], pieces.xy[pieces.end[chosen_]]], axis=1)
    drawn_up = np.asarray(shapely.linestrings(ends), dtype=object)
    return joins(
        "duplicate",
        line,
        drawn.line[drawn.of_piece[chosen_[begin]]],
        length_m=np.bincount(group, weights=pieces.length_m[chosen_]).astype(np.float64),
        geometry=np.asarray(shapely.multilinestrings(drawn_up, indices=group), dtype=object),
    )


def _zero_length(
    pieces: Segments, lines: NDArray[np.object_], usable: NDArray[np.bool_], *, crs: CRS
) -> pd.DataFrame:
    """Set out the usable lines of which no piece has a length, each with its first vertex."""
    none = usable.copy()
    none[pieces.line] = False
    line = np.flatnonzero(none)
    xy, of = metric_coordinates(lines[line], crs, to=pieces.crs)
    place = np.full(len(line), shapely.Point(), dtype=object)
    known, first = np.unique(of[np.isfinite(xy).all(axis=1)], return_index=True)
    place[known] = shapely.points(xy[np.isfinite(xy).all(axis=1)][first])
    return joins(
        "zero_length",
        line,
        np.full(len(line), -1),
        length_m=np.zeros(len(line)),
        geometry=place,
    )


def _findings(
    repairs: Any,  # noqa: ANN401
    *,
    before: float,
    after: float,
    gap_m: float,
    auto: bool,
) -> tuple[Finding, ...]:
    count = repairs["kind"].value_counts()
    gaps = repairs[repairs["kind"] == "gap"]
    crossed = sum(int(count.get(kind, 0)) for kind in ("crossing", "touch", "overlap"))
    if crossed + len(gaps) == 0:
        return ()
    finding = Finding(
        code="roads_repaired",
        severity="warning" if auto else "note",
        table="roads",
        ids=tuple(str(i) for i in gaps["road"].unique()),
        rows=crossed + len(gaps),
        values={
            "crossings": crossed,
            "gaps": len(gaps),
            "metres": f"{gaps['length_m'].sum():,.0f}",
            "most": f"{gap_m:g}",
            "before": f"{100 * before:.1f}",
            "after": f"{100 * after:.1f}",
        },
    )
    return (finding,)
