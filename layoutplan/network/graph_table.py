"""What a graph of networkx says, as columns, with every breach at once."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.standards import Standards

if TYPE_CHECKING:
    import networkx as nx

TAGS: Final = (
    "bridge",
    "tunnel",
    "layer",
    "junction",
    "motorroad",
    "access",
    "foot",
    "bicycle",
    "motor_vehicle",
    "surface",
    "closed_in",
    "name",
)
"""Tags of OpenStreetMap that are taken over as they are."""

_KMH_OF_MPH: Final = 1.609344
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(mph)?", re.IGNORECASE)


@dataclass(frozen=True, eq=False, kw_only=True)
class GraphTable:
    """The nodes and edges of a graph.

    Parameters
    ----------
    crs
        The coordinate reference system of the nodes.
    xy
        Where they are, shape (nodes, 2).
    u, v
        The positions of the nodes an edge leads from and to, shape (edges,).
    directed
        Whether edges lead one way.
    mode
        The mode the graph was made for, where it says so.
    length_m, minutes, travel_time_s
        NaN where an edge does not say; shape (edges,).
    access
        Whether one can get onto an edge along its course, shape (edges,).
    lines
        The course of each edge from ``u`` to ``v``, None where it is straight.
    roads
        ``label``, ``highway``, ``maxspeed_kmh`` and the tags of each edge.
    """

    crs: CRS
    xy: NDArray[np.float64] = field(repr=False)
    u: NDArray[np.intp] = field(repr=False)
    v: NDArray[np.intp] = field(repr=False)
    directed: bool
    mode: str | None
    length_m: NDArray[np.float64] = field(repr=False)
    minutes: NDArray[np.float64] = field(repr=False)
    travel_time_s: NDArray[np.float64] = field(repr=False)
    access: NDArray[np.bool_] = field(repr=False)
    lines: NDArray[np.object_] = field(repr=False)
    roads: pd.DataFrame = field(repr=False)


def graph_table(
    graph: "nx.Graph[Any]",
    *,
    crs: Any = None,  # noqa: ANN401 - whatever pyproj takes
    standards: Standards,
) -> GraphTable:
    """Read a graph.

    Parameters
    ----------
    graph
        A graph of networkx, with or without directions, with or without several edges
        between two nodes.
    crs
        The coordinate reference system of the nodes; ``graph.graph["crs"]`` where not given.
    standards
        The speeds of classes of roads, of which the slowest is taken from a list.

    Returns
    -------
    GraphTable
        Its columns.

    Raises
    ------
    TravelError
        With everything found wrong: no graph, no edges, nodes without a place, no or an
        unknown coordinate reference system, lengths and times that are no numbers from 0.
    """
    if not all(hasattr(graph, name) for name in ("nodes", "edges", "graph")):
        kind = type(graph).__name__
        raise TravelError(Finding(code="graph_not_networkx", values={"kind": kind}))
    ids = list(graph.nodes)
    edges = list(graph.edges(data=True))
    if not edges:
        raise TravelError(Finding(code="graph_empty", values={"nodes": len(ids)}))
    number = {node: n for n, node in enumerate(ids)}
    said = _Said([data for _, _, data in edges])
    names = [f"{u}-{v}" for u, v, _ in edges]
    xy = np.column_stack([_numbers([d.get(c) for _, d in graph.nodes(data=True)]) for c in "xy"])
    known, findings = _crs(graph.graph.get("crs") if crs is None else crs)
    measures = {}
    for column, keys in (
        ("length_m", ("length", "length_m")),
        ("minutes", ("minutes",)),
        ("travel_time_s", ("travel_time",)),
    ):
        measures[column] = _numbers(said.first(*keys))
        findings += _wrong(said.given(*keys), measures[column], names, keys[0])
    lost = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(lost):
        ids_lost = tuple(str(ids[n]) for n in lost)
        findings.append(Finding(code="graph_nodes_nowhere", ids=ids_lost))
    if findings or known is None:
        raise TravelError(findings)
    u, v = (np.array([number[e[end]] for e in edges], dtype=np.intp) for end in (0, 1))
    mode = graph.graph.get("mode")
    return GraphTable(
        crs=known,
        xy=xy,
        u=u,
        v=v,
        directed=bool(graph.is_directed()),
        mode=None if mode is None else str(mode),
        access=np.array([value is not False for value in said.first("access_along")]),
        lines=_courses(said.first("geometry"), xy, u, v),
        roads=_roads(said, names, standards),
        **measures,
    )


class _Said:
    """What edges say, one attribute of all at a time."""

    def __init__(self, data: list[dict[str, Any]]) -> None:
        self.data = data

    def first(self, *names: str) -> list[Any]:
        """Give the first of some attributes that an edge has, None where it has none."""
        found: list[Any] = [None] * len(self.data)
        for name in reversed(names):
            found = [data.get(name, old) for data, old in zip(self.data, found, strict=True)]
        return found

    def given(self, *names: str) -> NDArray[np.bool_]:
        """Tell which edges have one of some attributes."""
        return np.array([any(name in data for name in names) for data in self.data])


def _numbers(values: list[Any]) -> NDArray[np.float64]:
    """Give numbers, NaN where a value is none."""
    series = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce")
    return series.to_numpy(dtype=np.float64, na_value=np.nan)


def _crs(crs: Any) -> tuple[CRS | None, list[Finding]]:  # noqa: ANN401
    if crs is None:
        return None, [Finding(code="graph_no_crs")]
    try:
        return CRS(crs), []
    except CRSError:
        return None, [Finding(code="graph_crs_unknown", values={"crs": str(crs)[:80]})]


def _wrong(
    given: NDArray[np.bool_], values: NDArray[np.float64], names: list[str], attribute: str
) -> list[Finding]:
    wrong = np.flatnonzero(given & ~(np.isfinite(values) & (values >= 0)))
    if len(wrong) == 0:
        return []
    ids = tuple(names[n] for n in wrong)
    return [Finding(code="graph_not_measure", ids=ids, values={"attribute": attribute})]


def _courses(
    values: list[Any], xy: NDArray[np.float64], u: NDArray[np.intp], v: NDArray[np.intp]
) -> NDArray[np.object_]:
    """Give the lines of edges from their first node to their second."""
    lines = np.full(len(values), None, dtype=object)
    for n, value in enumerate(values):
        if isinstance(value, shapely.LineString) and not value.is_empty:
            lines[n] = value
    drawn = np.flatnonzero([line is not None for line in lines])
    if len(drawn) == 0:
        return lines
    first, last = (shapely.get_coordinates(shapely.get_point(lines[drawn], n)) for n in (0, -1))
    a, b = xy[u[drawn]], xy[v[drawn]]
    along = np.hypot(*(first - a).T) + np.hypot(*(last - b).T)
    against = np.hypot(*(first - b).T) + np.hypot(*(last - a).T)
    turned = drawn[against < along]
    lines[turned] = shapely.reverse(lines[turned])
    return lines


def _roads(said: _Said, names: list[str], standards: Standards) -> pd.DataFrame:
    labels = [
        name if value is None else _label(value)
        for name, value in zip(names, said.first("road", "osmid"), strict=True)
    ]
    columns: dict[str, list[Any]] = {
        "label": labels,
        "highway": [_slowest(value, standards) for value in said.first("highway")],
        "maxspeed_kmh": [_kmh(value) for value in said.first("maxspeed_kmh", "maxspeed")],
    }
    for tag in TAGS:
        if said.given(tag).any():
            columns[tag] = [_text(value) for value in said.first(tag)]
    return pd.DataFrame(columns).astype({"maxspeed_kmh": np.float64})


def _each(value: Any) -> list[Any]:  # noqa: ANN401
    several = isinstance(value, (list, tuple, set, frozenset, np.ndarray))
    return [v for v in (value if several else [value]) if v is not None and v == v]  # noqa: PLR0124


def _label(value: Any) -> str:  # noqa: ANN401
    return "+".join(sorted({str(v) for v in _each(value)})) or "-"


def _text(value: Any) -> str | None:  # noqa: ANN401
    texts = sorted({str(v) for v in _each(value)})
    return texts[0] if texts else None


def _slowest(value: Any, standards: Standards) -> str | None:  # noqa: ANN401
    """Of several classes take the slowest, of equally slow ones the first by name."""

    def kmh(highway: str) -> float:
        key = f"drive_speed_kmh_{highway.removesuffix('_link')}"
        return standards.value(key) if key in standards else 0.0

    classes = sorted(str(v) for v in _each(value))
    return min(classes, key=kmh) if classes else None


def _kmh(value: Any) -> float:  # noqa: ANN401
    """Read a speed limit; of several take the least, NaN where there is none."""
    found = [_NUMBER.match(str(v).strip()) for v in _each(value)]
    speeds = [float(m[1]) * (_KMH_OF_MPH if m[2] else 1.0) for m in found if m]
    return min(speeds, default=np.nan)
