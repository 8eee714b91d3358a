"""Networks from graphs of networkx: those of OSMnx, and our own exports."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Proj
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.build import CELL_M, Segments
from layoutplan.network.change import numbered
from layoutplan.network.conditions import Conditions
from layoutplan.network.drawing import METRES_PER_MINUTE_AT_1_KMH, Drawing, drawing
from layoutplan.network.graph_table import GraphTable, graph_table
from layoutplan.network.metric import extent_text, metric_coordinates, metric_crs, transformer
from layoutplan.network.modes import RoadUse, known_mode, road_use
from layoutplan.network.road_network import RoadNetwork, network_of_drawing
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards

if TYPE_CHECKING:
    import networkx as nx

_SECONDS_A_MINUTE: Final = 60
_METRES_A_KM: Final = 1000
_TRUE_TO_SCALE: Final = 1e-3
"""A projection is kept where its lengths are wrong by no more than this share."""

_ON_FOOT: Final = ("walk", "bicycle")
_LEAST_M: Final = 1e-6


def from_networkx(
    graph: "nx.Graph[Any]",
    *,
    mode: str | None = None,
    crs: Any = None,  # noqa: ANN401 - whatever pyproj takes
    standards: Standards | None = None,
    travel_time: bool | None = None,
) -> RoadNetwork:
    """Make a road network of a graph, such as one of OSMnx or of `RoadNetwork.to_networkx`.

    Edges lead where the graph says; in a graph without directions they lead both ways, and
    on foot always. Edges meet at nodes alone, even where their lines cross.

    Parameters
    ----------
    graph
        Nodes with ``x`` and ``y``. Edges with ``minutes``, which are taken as they are;
        otherwise with ``travel_time`` in seconds, or ``length`` in metres and what is known
        of the road: ``highway``, ``maxspeed`` and further tags of OpenStreetMap. Of a list
        of classes the slowest counts, of speeds the least. ``geometry`` where an edge is
        not straight. ``road`` or ``osmid`` becomes the label of the road.
    mode
        ``"walk"``, ``"bicycle"``, ``"car"`` or ``"bus"``; that of the graph, or walking,
        where not given.
    crs
        The coordinate reference system of the nodes; ``graph.graph["crs"]`` where not given.
    standards
        The speeds and distances; the national profile where not given.
    travel_time
        Whether ``travel_time`` counts. OSMnx means cars by it, so that it counts for cars
        and school buses where not given; a bus is never quicker than its own speed.

    Returns
    -------
    RoadNetwork
        The network, of which roads can be closed and speeds changed as of any other. The
        numbers of its nodes follow their coordinates. Barriers of an exported network are
        not kept, which a finding tells.

    Raises
    ------
    TravelError
        With everything found wrong: no edges, nodes without a place, no or an unknown
        coordinate reference system, lengths and times that are no numbers from 0; or if
        the mode may use no edge.
    OptionsError
        If there is no such mode, or the graph holds the minutes of another.

    Examples
    --------
    >>> import networkx as nx
    >>> streets = nx.MultiDiGraph(crs="EPSG:4326")
    >>> streets.add_nodes_from([(1, {"x": 110.0, "y": 30.0}), (2, {"x": 110.01, "y": 30.0})])
    >>> _ = streets.add_edge(1, 2, length=965.0, highway="tertiary", osmid=7)
    >>> made = from_networkx(streets, mode="car")
    >>> made.edges[["road", "length_m", "minutes_backward"]].to_numpy().tolist()
    [['7', 965.0, inf]]
    """
    numbers = load_standards() if standards is None else standards
    told = graph_table(graph, crs=crs, standards=numbers)
    known = known_mode(mode or told.mode or "walk")
    own = bool(np.isfinite(told.minutes).any())
    if own and told.mode not in {None, known}:
        values: dict[str, object] = {"mode": known, "network": told.mode}
        raise OptionsError(Finding(code="network_of_other_mode", values=values))
    pieces, edge, share = _pieces(told)
    roads, row_of_edge = _roads(told)
    row = row_of_edge[edge]
    use = road_use(roads, mode=known, standards=numbers)
    kept = np.flatnonzero(use.usable[row])
    if len(kept) == 0:
        values = {"mode": known, "classes": ", ".join(sorted(set(roads["highway"].dropna())))}
        finding = Finding(code="roads_none_usable", table="roads", rows=len(roads), values=values)
        raise TravelError(finding)
    roads = gpd.GeoDataFrame(roads, geometry=_lines(pieces, row, len(roads)), crs=pieces.crs)
    flat = drawing(numbered(pieces.xy, pieces, kept), row=row[kept], roads=roads)
    minutes = told.minutes.copy()
    if travel_time or (travel_time is None and known in {"car", "bus"}):
        stopped = told.length_m * use.stop_minutes_per_km[row_of_edge] / _METRES_A_KM
        driven = told.travel_time_s / _SECONDS_A_MINUTE + np.nan_to_num(stopped)
        minutes = np.where(np.isfinite(minutes), minutes, driven)
    one_way = told.directed and (own or known not in _ON_FOOT)
    given = (minutes[edge] * share)[kept]
    least = 1.0 if known == "bus" and not own else 0.0
    timed = _timed(flat, use, given, one_way=one_way, least=least)
    made = network_of_drawing(
        timed,
        Conditions(),
        use=use,
        mode=known,
        standards=numbers,
        findings=(*use.findings, *_lost(graph)),
    )
    if made.on_foot is None:
        return made
    # Minutes by bicycle say nothing of walking.
    foot = road_use(roads, mode="walk", standards=numbers)
    on_foot = network_of_drawing(flat, Conditions(), use=foot, mode="walk", standards=numbers)
    return replace(made, on_foot=on_foot)


def _lost(graph: "nx.Graph[Any]") -> tuple[Finding, ...]:
    """Report what an exported graph does not carry."""
    if not graph.graph.get("barriers"):
        return ()
    return (Finding(code="graph_without_barriers", severity="warning", table="roads"),)


def _timed(
    flat: Drawing,
    use: RoadUse,
    minutes: NDArray[np.float64],
    *,
    one_way: bool,
    least: float,
) -> Drawing:
    """Make pieces as much slower as it takes to need the minutes given, where any are."""
    length = flat.pieces.length_m
    stops = length * use.stop_minutes_per_km[flat.row] / _METRES_A_KM
    slower = []
    for kmh in (use.forward_kmh, use.backward_kmh):
        with np.errstate(divide="ignore", invalid="ignore"):
            level = length / (kmh[flat.row] * METRES_PER_MINUTE_AT_1_KMH)
            factor = np.maximum((minutes - stops) / level, least)
        slower.append(np.where(np.isfinite(factor), factor, 1.0))
    back = np.full(len(length), np.inf) if one_way else slower[1]
    return replace(flat, slower_forward=slower[0], slower_backward=back)


def _pieces(told: GraphTable) -> tuple[Segments, NDArray[np.intp], NDArray[np.float64]]:
    """Cut edges at their vertices.

    Returns
    -------
    The pieces, the edge each is of, and its share of the edge.
    """
    metric, xy = _metric(told)
    drawn = np.flatnonzero([line is not None for line in told.lines])
    vertices, of = _inner_vertices(told, drawn, metric, xy)
    u, v = told.u, told.v
    # Edges there and back share the nodes between, and no other edges do.
    low, high = np.minimum(u, v)[of], np.maximum(u, v)[of]
    cell = np.rint(vertices / CELL_M).astype(np.int64)
    key = np.column_stack([low, high, cell]).astype(np.int64)
    _, first, number = np.unique(key, axis=0, return_index=True, return_inverse=True)
    nodes = np.concatenate([xy, vertices[first]])
    edge = np.arange(len(u))
    of_vertex = np.concatenate([edge, of, edge])
    node = np.concatenate([u, len(xy) + number.ravel(), v])
    part = np.repeat([0, 1, 2], [len(u), len(of), len(u)])
    order = np.lexsort((np.arange(len(node)), part, of_vertex))
    of_vertex, node = of_vertex[order], _joined_where_equal(told, nodes)[node[order]]
    at = np.flatnonzero((of_vertex[1:] == of_vertex[:-1]) & (node[1:] != node[:-1]))
    start, end, of_piece = node[at], node[at + 1], of_vertex[at]
    straight = np.hypot(*(nodes[end] - nodes[start]).T)
    total = np.bincount(of_piece, weights=straight, minlength=len(u))
    share = straight / total[of_piece]
    length = np.where(np.isfinite(told.length_m), told.length_m, total)[of_piece] * share
    pieces = Segments(
        crs=metric,
        xy=nodes,
        start=start,
        end=end,
        line=of_piece,
        length_m=np.maximum(length, _LEAST_M),
    )
    return pieces, of_piece, share


def _metric(told: GraphTable) -> tuple[CRS, NDArray[np.float64]]:
    """Place the nodes in metres: in their own system where that is true to scale."""
    x, y = told.xy.T
    bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    if told.crs.is_projected and _true_to_scale(told.crs, bounds):
        return told.crs, told.xy
    metric = metric_crs(bounds, told.crs)
    xy = np.column_stack(transformer(told.crs, metric).transform(x, y))
    if not np.isfinite(xy).all():
        values = {"extent": extent_text(bounds), "crs": told.crs.name}
        raise TravelError(Finding(code="extent_impossible", table="roads", values=values))
    return metric, xy


def _true_to_scale(crs: CRS, bounds: tuple[float, float, float, float]) -> bool:
    if any(axis.unit_name not in {"metre", "meter"} for axis in crs.axis_info[:2]):
        return False
    middle = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    geodetic = crs.geodetic_crs
    if geodetic is None:
        return False
    factors = Proj(crs).get_factors(*transformer(crs, geodetic).transform(*middle))
    scales = np.array([factors.meridional_scale, factors.parallel_scale])
    return bool((np.abs(scales - 1) <= _TRUE_TO_SCALE).all())


def _inner_vertices(
    told: GraphTable, drawn: NDArray[np.intp], metric: CRS, xy: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Give the vertices of lines between their ends, apart from each other, and their edges."""
    if len(drawn) == 0:
        return np.empty((0, 2)), np.empty(0, dtype=np.intp)
    vertices, line = metric_coordinates(told.lines[drawn], told.crs, to=metric)
    inner = np.zeros(len(line), dtype=bool)
    inner[1:-1] = (line[1:-1] == line[:-2]) & (line[1:-1] == line[2:])
    inner &= np.isfinite(vertices).all(axis=1)
    vertices, of = vertices[inner], drawn[line[inner]]
    cell, cells = np.rint(vertices / CELL_M), np.rint(xy / CELL_M)
    apart = (cell != cells[told.u[of]]).any(axis=1) & (cell != cells[told.v[of]]).any(axis=1)
    apart[1:] &= (of[1:] != of[:-1]) | (cell[1:] != cell[:-1]).any(axis=1)
    return vertices[apart], of[apart]


def _joined_where_equal(told: GraphTable, nodes: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give every node the first of those at its place that an edge joins it to."""
    same = np.flatnonzero((told.xy[told.u] == told.xy[told.v]).all(axis=1))
    node = np.arange(len(nodes))
    if len(same) == 0:
        return node
    ends = (told.u[same], told.v[same])
    joined = coo_array((np.ones(len(same)), ends), shape=(len(nodes),) * 2)
    group = connected_components(joined, directed=False)[1]
    first = np.full(len(nodes), len(nodes))
    np.minimum.at(first, group, node)
    return np.asarray(first[group], dtype=np.intp)


def _roads(told: GraphTable) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Make a table of roads: a row for all edges that agree in what is known of them."""
    table = told.roads.copy()
    ends = pd.MultiIndex.from_arrays([told.u, told.v])
    one_way = told.directed & ~ends.isin(pd.MultiIndex.from_arrays([told.v, told.u]))
    table["oneway"] = np.where(one_way, "yes", "no")
    if not told.access.all():
        # What cannot be got onto along its course is treated like a tunnel.
        table["tunnel"] = table.get("tunnel", pd.Series(None, index=table.index, dtype=object))
        table.loc[~told.access, "tunnel"] = "yes"
    columns = list(table.columns)
    row = table.groupby(columns, dropna=False, sort=True).ngroup().to_numpy()
    _, first = np.unique(row, return_index=True)
    roads = table.iloc[first].reset_index(drop=True)
    again = roads.groupby("label").cumcount().to_numpy()
    label = roads.pop("label").astype("str")
    # One way of OpenStreetMap may have become edges that differ, such as one on a bridge.
    roads.index = pd.Index(label.where(again == 0, label + " #" + (again + 1).astype("str")))
    return roads, np.asarray(row, dtype=np.intp)


def _lines(pieces: Segments, row: NDArray[np.intp], rows: int) -> NDArray[np.object_]:
    """Draw the roads, each as all its pieces."""
    ends = np.stack([pieces.xy[pieces.start], pieces.xy[pieces.end]], axis=1)
    order = np.argsort(row, kind="stable")
    lines = np.asarray(shapely.linestrings(ends[order]), dtype=object)
    drawn = np.full(rows, shapely.MultiLineString(), dtype=object)
    which, number = np.unique(row[order], return_inverse=True)
    drawn[which] = shapely.multilinestrings(lines, indices=number)
    return drawn
