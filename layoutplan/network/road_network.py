"""The road network of a county for one mode."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.build import segments
from layoutplan.network.drawing import Drawing, drawing, edges_of
from layoutplan.network.graph import directed_graph, strong_components
from layoutplan.network.modes import Mode, RoadUse, known_mode, road_use
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards

if TYPE_CHECKING:
    import networkx as nx

    from layoutplan.county import County


@dataclass(frozen=True, eq=False, kw_only=True)
class RoadNetwork:
    """Nodes and edges that one mode may use.

    An edge is the straight piece between two neighbouring vertices of a road; its
    direction forward is from ``u`` to ``v``, which need not be that of the line. Two roads
    with a piece in common have one edge there, with the shorter time each way.

    Parameters
    ----------
    mode
        Who travels.
    crs
        The metric system of the nodes.
    nodes
        ``x``, ``y`` in metres and ``component``, the row of `components`, -1 where one
        can only get away or only get there.
    edges
        ``u``, ``v``, ``road`` (the label of a road it is part of), ``length_m``,
        ``minutes_forward`` and ``minutes_backward`` (infinite where not allowed),
        ``access`` (whether one can get onto it along its course) and ``component``. Walking
        minutes are those of grades 1-3.
    components
        The parts within which one can go from each place to each and back, longest
        first: ``nodes``, ``length_m``, ``share`` of the length, and ``main``, whether it
        counts as main network.
    standards
        The numbers it was made with.
    findings
        What should be known about it.
    drawing
        The pieces of road it was made of, where it was made of roads.
    """

    mode: Mode
    crs: CRS
    nodes: pd.DataFrame
    edges: pd.DataFrame
    components: pd.DataFrame
    standards: Standards
    findings: tuple[Finding, ...] = ()
    drawing: Drawing | None = field(default=None, repr=False)

    def to_networkx(self) -> "nx.DiGraph[int]":
        """Export the network for networkx.

        Returns
        -------
        networkx.DiGraph
            Nodes with ``x``, ``y`` and ``component``; an arc for each direction that is
            allowed, with ``minutes``, ``length_m`` and ``road``. The graph carries
            ``crs`` and ``mode``.

        Examples
        --------
        >>> import geopandas as gpd
        >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 100 0)"], crs="EPSG:32631")
        >>> roads = gpd.GeoDataFrame({"oneway": ["yes"]}, geometry=line)
        >>> made = network_of_roads(roads, mode="car")
        >>> list(made.to_networkx().edges)
        [(0, 1)]
        """
        import networkx as nx  # noqa: PLC0415 # only who asks for a graph waits for it

        graph: nx.DiGraph[int] = nx.DiGraph(crs=self.crs.to_wkt(), mode=self.mode)
        graph.add_nodes_from(zip(self.nodes.index, _records(self.nodes), strict=True))
        for tail, head, minutes in (
            ("u", "v", "minutes_forward"),
            ("v", "u", "minutes_backward"),
        ):
            arcs = self.edges[np.isfinite(self.edges[minutes])]
            attributes = arcs[[minutes, "length_m", "road"]].set_axis(
                ["minutes", "length_m", "road"], axis=1
            )
            graph.add_edges_from(zip(arcs[tail], arcs[head], _records(attributes), strict=True))
        return graph


def network(
    county: "County", *, mode: str = "walk", standards: Standards | None = None
) -> RoadNetwork:
    """Make the road network of a county.

    Parameters
    ----------
    county
        The county.
    mode
        ``"walk"``, ``"car"`` or ``"bus"``.
    standards
        The speeds and distances; the national profile where not given.

    Returns
    -------
    RoadNetwork
        The network.

    Raises
    ------
    TravelError
        If there are no roads, or none that the mode may use.
    OptionsError
        If there is no such mode.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.county import County
    >>> def table(wkt, **columns):
    ...     shapes = gpd.GeoSeries.from_wkt([wkt], crs="EPSG:4326")
    ...     return gpd.GeoDataFrame(columns, geometry=shapes)
    >>> county = County.from_tables(
    ...     villages=table("POINT (110.01 30)", village_id=["v1"], pupils=[9]),
    ...     schools=table("POINT (110.02 30)", school_id=["s1"], kind=["primary"]),
    ...     roads=table("LINESTRING (110 30, 110.03 30)", road_id=["r1"]),
    ... )
    >>> network(county).components["share"].tolist()
    [1.0]
    """
    return network_of_roads(county.roads, mode=mode, standards=standards)


def network_of_roads(
    roads: Any,  # noqa: ANN401 - geopandas has no types
    *,
    mode: str = "walk",
    standards: Standards | None = None,
) -> RoadNetwork:
    """Make a road network of a table of roads.

    Parameters
    ----------
    roads
        geopandas.GeoDataFrame indexed by a unique label, with the columns of
        `layoutplan.tables.ROADS` as far as they are known.
    mode
        ``"walk"``, ``"car"`` or ``"bus"``; see `layoutplan.network.modes.road_use`.
    standards
        The speeds and distances; the national profile where not given.

    Returns
    -------
    RoadNetwork
        The network. It does not depend on the order of the roads.

    Raises
    ------
    TravelError
        If there are no roads, or none that the mode may use.
    OptionsError
        If there is no such mode.

    Examples
    --------
    >>> import geopandas as gpd
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 100 0, 200 0)"], crs="EPSG:32631")
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line), mode="walk")
    >>> len(made.nodes), made.edges["road"].tolist()
    (3, [0, 0])
    """
    known = known_mode(mode)
    numbers = load_standards() if standards is None else standards
    if len(roads) == 0:
        raise TravelError(Finding(code="roads_none", table="roads"))
    if roads.crs is None:
        raise TravelError(Finding(code="roads_no_crs", table="roads"))
    use = road_use(roads, mode=known, standards=numbers)
    _some_usable(roads, use, known)
    rows = np.flatnonzero(use.usable)
    lines = roads.geometry.to_numpy()[rows]
    pieces = segments(lines, crs=CRS(roads.crs))
    if len(pieces.line) == 0:
        raise TravelError(Finding(code="roads_no_lengths", table="roads", rows=len(rows)))
    drawn = drawing(pieces, row=rows[pieces.line], roads=roads)
    edges = edges_of(drawn, use)
    nodes, edges, components = _with_components(pieces.xy, edges, numbers)
    without = np.setdiff1d(rows, rows[pieces.line])
    return RoadNetwork(
        mode=known,
        crs=pieces.crs,
        nodes=nodes,
        edges=edges,
        components=components,
        standards=numbers,
        findings=(
            *use.findings,
            *_no_length(roads, without),
            *_fragments(components, edges),
        ),
        drawing=drawn,
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        dict(zip(table.columns, row, strict=True))
        for row in table.itertuples(index=False, name=None)
    ]


def _some_usable(roads: Any, use: RoadUse, mode: Mode) -> None:  # noqa: ANN401
    usable = use.usable
    if usable.any() and not use.access[usable].any():
        raise TravelError(Finding(code="roads_no_access", table="roads", values={"mode": mode}))
    if not usable.any():
        held = roads["highway"].dropna().unique()[:8] if "highway" in roads.columns else ()
        values: dict[str, object] = {
            "mode": mode,
            "classes": ", ".join(sorted(map(str, held))) or "-",
        }
        raise TravelError(
            Finding(
                code="roads_none_usable",
                table="roads",
                column="highway",
                rows=len(roads),
                values=values,
            )
        )


def _with_components(
    xy: NDArray[np.float64], edges: pd.DataFrame, standards: Standards
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    u, v = edges["u"].to_numpy(), edges["v"].to_numpy()
    minutes = edges[["minutes_forward", "minutes_backward"]].to_numpy()
    graph = directed_graph(
        np.concatenate([u, v]), np.concatenate([v, u]), minutes.T.ravel(), nodes=len(xy)
    )
    part = strong_components(graph)
    inside = part[u] == part[v]
    length = np.bincount(part[u[inside]], weights=edges["length_m"][inside], minlength=len(xy))
    count = np.bincount(part, minlength=len(xy))
    first_node = np.full(len(xy), len(xy))
    np.minimum.at(first_node, part, np.arange(len(xy)))
    order = np.lexsort((first_node, -length))
    order = order[length[order] > 0]
    rank = np.full(len(xy), -1)
    rank[order] = np.arange(len(order))
    total = float(edges["length_m"].sum())
    share = length[order] / total
    components = pd.DataFrame(
        {"nodes": count[order], "length_m": length[order], "share": share},
        index=pd.RangeIndex(len(order), name="component"),
    )
    components["main"] = share >= standards.value("main_network_share")
    components.loc[components.index[:1], "main"] = True
    nodes = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "component": rank[part]})
    return nodes, edges.assign(component=np.where(inside, rank[part[u]], -1)), components


def _no_length(roads: Any, rows: NDArray[np.intp]) -> tuple[Finding, ...]:  # noqa: ANN401
    if len(rows) == 0:
        return ()
    ids = tuple(str(i) for i in roads.index[rows])
    return (Finding(code="road_without_length", severity="note", table="roads", ids=ids),)


def _fragments(components: pd.DataFrame, edges: pd.DataFrame) -> tuple[Finding, ...]:
    """Report the roads that are cut off from the main network."""
    off = ~edges["component"].isin(components.index[components["main"]])
    if not off.any():
        return ()
    metres = float(edges.loc[off, "length_m"].sum())
    values = {
        "parts": int((~components["main"]).sum()),
        "km": f"{metres / 1000:.1f}",
        "percent": f"{100 * metres / float(edges['length_m'].sum()):.1f}",
        "main": int(components["main"].sum()),
    }
    ids = tuple(str(i) for i in edges.loc[off, "road"].unique())
    return (
        Finding(code="road_fragments", severity="warning", table="roads", ids=ids, values=values),
    )


def edge_lines(made: RoadNetwork) -> NDArray[np.object_]:
    """Draw the edges of a network.

    Parameters
    ----------
    made
        The network.

    Returns
    -------
    numpy.ndarray
        A line from ``u`` to ``v`` for every edge in the network's metric system,
        shape (edges,).

    Examples
    --------
    >>> import geopandas as gpd
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 100 0)"], crs="EPSG:32631")
    >>> edge_lines(network_of_roads(gpd.GeoDataFrame(geometry=line)))[0].length.__round__()
    100
    """
    xy = made.nodes[["x", "y"]].to_numpy()
    ends = np.stack([xy[made.edges["u"]], xy[made.edges["v"]]], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object)
