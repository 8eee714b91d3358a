"""The road network of a county for one mode."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.barriers import Barriers, Fence
from layoutplan.network.components import fragments, no_length, with_components
from layoutplan.network.conditions import Conditions, Heights, Met, conditions, under
from layoutplan.network.divisions import (
    cut_off_by_barriers,
    division_findings,
    parts_without_barriers,
)
from layoutplan.network.drawing import Drawing, drawing, edges_of
from layoutplan.network.joins import no_repairs
from layoutplan.network.metric import known_crs
from layoutplan.network.modes import Mode, RoadUse, known_mode, road_use, too_young
from layoutplan.network.repair import AUTO, Repair, joined_roads
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
        ``access`` (whether one can get onto it along its course), ``side`` and
        ``component``. A road that may not be crossed has two edges, one along its left (1)
        and one along its right (-1) from ``u`` to ``v``; 0 on all others. Walking minutes are
        those of grades 1-3.
    components
        The parts within which one can go from each place to each and back, longest
        first: ``nodes``, ``length_m``, ``share`` of the length, ``main``, whether it
        counts as main network, and ``behind_barrier``, whether barriers alone cut it off.
    standards
        The numbers it was made with.
    findings
        What should be known about it.
    drawing
        The pieces of road it was made of, where it was made of roads.
    flat
        The same before slopes, barriers and the season were laid over them.
    conditions
        The slopes, barriers and season it was made under.
    fence
        Where the barriers lie, where there are any.
    on_foot
        For bicycles, the network of those who are too young to ride.
    repairs
        geopandas.GeoDataFrame in ``crs`` of what was joined besides shared vertices, and of
        roads that add nothing: ``kind`` (``"crossing"``; ``"touch"``, a vertex on another
        road; ``"overlap"``, a stretch in common; ``"gap"``, an end joined to another road;
        ``"duplicate"``, a road upon others; ``"zero_length"``), ``road``, ``other_road``,
        ``length_m`` (of the join, the stretch or the road) and where.
    """

    mode: Mode
    crs: CRS
    nodes: pd.DataFrame
    edges: pd.DataFrame
    components: pd.DataFrame
    standards: Standards
    findings: tuple[Finding, ...] = ()
    drawing: Drawing | None = field(default=None, repr=False)
    flat: Drawing | None = field(default=None, repr=False)
    conditions: Conditions = field(default_factory=Conditions)
    fence: Fence | None = field(default=None, repr=False)
    on_foot: "RoadNetwork | None" = field(default=None, repr=False)
    repairs: Any = field(default_factory=no_repairs, repr=False)

    def to_gdf(self, *, crs: Any = None) -> tuple[Any, Any]:  # noqa: ANN401
        """Export the network as tables with geometry.

        Parameters
        ----------
        crs
            The coordinate reference system wanted, as geopandas takes it; the metric one of
            the network where not given.

        Returns
        -------
        nodes : geopandas.GeoDataFrame
            The columns of ``nodes``, ``x`` and ``y`` in the network's metres, and points.
        edges : geopandas.GeoDataFrame
            The columns of ``edges``, and lines from ``u`` to ``v``.

        Raises
        ------
        TravelError
            If the coordinate reference system is unknown.

        Examples
        --------
        >>> import geopandas as gpd
        >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 100 0)"], crs="EPSG:32631")
        >>> nodes, edges = network_of_roads(gpd.GeoDataFrame(geometry=line)).to_gdf(crs=32631)
        >>> edges.length.round().tolist()
        [100.0]
        """
        points = shapely.points(self.nodes[["x", "y"]].to_numpy())
        nodes = gpd.GeoDataFrame(self.nodes, geometry=points, crs=self.crs)
        edges = gpd.GeoDataFrame(self.edges, geometry=edge_lines(self), crs=self.crs)
        if crs is None:
            return nodes, edges
        wanted = known_crs(crs)
        return nodes.to_crs(wanted), edges.to_crs(wanted)

    def to_networkx(self) -> "nx.DiGraph[int]":
        """Export the network for networkx.

        Returns
        -------
        networkx.DiGraph
            Nodes with ``x``, ``y`` and ``component``; an arc for each direction that is
            allowed, with ``minutes``, ``length_m``, ``road`` and ``access_along`` (whether
            one can get onto it along its course). The graph carries ``crs`` and ``mode``,
            and ``barriers=True`` where there were any: these it does not carry.

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
        if self.fence is not None:
            graph.graph["barriers"] = True
        graph.add_nodes_from(zip(self.nodes.index, _records(self.nodes), strict=True))
        for tail, head, minutes in (
            ("u", "v", "minutes_forward"),
            ("v", "u", "minutes_backward"),
        ):
            arcs = self.edges[np.isfinite(self.edges[minutes])]
            attributes = arcs[[minutes, "length_m", "road", "access"]].set_axis(
                ["minutes", "length_m", "road", "access_along"], axis=1
            )
            graph.add_edges_from(zip(arcs[tail], arcs[head], _records(attributes), strict=True))
        return graph


def network(
    county: "County",
    *,
    mode: str = "walk",
    standards: Standards | None = None,
    elevation: Heights = None,
    barriers: Barriers | None = None,
    season: str | None = None,
    repair: Repair | float | str = AUTO,
) -> RoadNetwork:
    """Make the road network of a county.

    Parameters
    ----------
    county
        The county.
    mode
        ``"walk"``, ``"bicycle"``, ``"car"`` or ``"bus"``.
    standards
        The speeds and distances; the national profile where not given.
    elevation
        Heights of the ground, the file they are in or those of several tiles, for slopes;
        see `layoutplan.network.read_elevation`. Flat where not given.
    barriers
        Rivers, railways and roads that pupils may not cross; none where not given.
    season
        ``"flood"`` or ``"snow"``: roads with this season in ``closed_in`` are closed.
    repair
        What is joined besides roads that share a vertex: ``"off"``; metres, up to which gaps
        are closed while crossings of one level are joined; a `Repair`; or ``"auto"``: both,
        only if the drawing is broken. See `layoutplan.network.repair.joined_roads`.

    Returns
    -------
    RoadNetwork
        The network.

    Raises
    ------
    TravelError
        If there are no roads or none that the mode may use, or the elevation does not
        cover them.
    DataError
        If the elevation or the barriers cannot be used.
    OptionsError
        If there is no such mode, season or repair, or the barriers are no `Barriers`.

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
    return network_of_roads(
        county.roads,
        mode=mode,
        standards=standards,
        elevation=elevation,
        barriers=barriers,
        season=season,
        repair=repair,
    )


def network_of_roads(
    roads: Any,  # noqa: ANN401 - geopandas has no types
    *,
    mode: str = "walk",
    standards: Standards | None = None,
    elevation: Heights = None,
    barriers: Barriers | None = None,
    season: str | None = None,
    repair: Repair | float | str = AUTO,
) -> RoadNetwork:
    """Make a road network of a table of roads.

    Parameters
    ----------
    roads
        geopandas.GeoDataFrame indexed by a unique label, with the columns of
        `layoutplan.tables.ROADS` as far as they are known.
    mode
        ``"walk"``, ``"bicycle"``, ``"car"`` or ``"bus"``; see
        `layoutplan.network.modes.road_use`.
    standards
        The speeds and distances; the national profile where not given.
    elevation
        Heights of the ground, the file they are in or those of several tiles, for slopes;
        see `layoutplan.network.read_elevation`. Flat where not given.
    barriers
        Rivers, railways and roads that pupils may not cross; none where not given.
    season
        ``"flood"`` or ``"snow"``: roads with this season in ``closed_in`` are closed.
    repair
        What is joined besides roads that share a vertex: ``"off"``; metres, up to which gaps
        are closed while crossings of one level are joined; a `Repair`; or ``"auto"``: both,
        only if the drawing is broken. See `layoutplan.network.repair.joined_roads`.

    Returns
    -------
    RoadNetwork
        The network. It does not depend on the order of the roads.

    Raises
    ------
    TravelError
        If there are no roads or none that the mode may use, or the elevation does not
        cover them.
    DataError
        If the elevation or the barriers cannot be used.
    OptionsError
        If there is no such mode, season or repair, or the barriers are no `Barriers`.

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
    given = conditions(roads, elevation=elevation, barriers=barriers, season=season)
    use = road_use(roads, mode=known, standards=numbers)
    _some_usable(roads, use, known)
    rows = np.flatnonzero(use.usable)
    joined = joined_roads(roads, use.usable, repair=repair, standards=numbers)
    if len(joined.row) == 0:
        raise TravelError(Finding(code="roads_no_lengths", table="roads", rows=len(rows)))
    without = np.setdiff1d(rows, joined.row)
    made = network_of_drawing(
        drawing(joined.pieces, row=joined.row, roads=roads),
        given,
        use=use,
        mode=known,
        standards=numbers,
        findings=(
            *use.findings,
            *no_length(roads, without, of=len(rows), standards=numbers),
            *joined.findings,
        ),
    )
    return replace(made, repairs=joined.repairs)


def network_of_drawing(
    flat: Drawing,
    given: Conditions,
    *,
    use: RoadUse,
    mode: Mode,
    standards: Standards,
    findings: tuple[Finding, ...] = (),
) -> RoadNetwork:
    """Make a road network of pieces that are joined already.

    Parameters
    ----------
    flat
        The pieces, before any conditions.
    given
        The conditions.
    use
        What the mode may do on each road, in the order of ``flat.roads``.
    mode
        Who travels.
    standards
        The speeds and distances.
    findings
        What is known of the roads already.

    Returns
    -------
    RoadNetwork
        The network.

    Raises
    ------
    TravelError
        If no road is left that may be used, or the elevation does not cover the roads.
    """
    met = under(flat, given, mode=mode, use=use, standards=standards)
    drawn = met.split.drawn
    made = network_of_edges(
        drawn.pieces.xy,
        edges_of(drawn, use),
        mode=mode,
        crs=drawn.pieces.crs,
        standards=standards,
        findings=(*findings, *met.findings),
        drawn=drawn,
    )
    made = _divided(replace(made, conditions=given, fence=met.fence, flat=flat), met, use)
    if mode != "bicycle":
        return made
    # Pupils who are too young to ride walk the same roads.
    on_foot = road_use(flat.roads, mode="walk", standards=standards)
    walked = network_of_drawing(flat, given, use=on_foot, mode="walk", standards=standards)
    return replace(made, on_foot=walked, findings=(*made.findings, *too_young(standards)))


def _divided(made: RoadNetwork, met: Met, use: RoadUse) -> RoadNetwork:
    """Mark the components that barriers cut off."""
    if met.fence is None:
        return made
    part = parts_without_barriers(met.open, use)[met.split.origin]
    behind = cut_off_by_barriers(made.nodes, made.components, part=part)
    components = made.components.assign(behind_barrier=behind)
    findings = (*made.findings, *division_findings(components, made.edges))
    return replace(made, components=components, findings=findings)


def network_of_edges(
    xy: NDArray[np.float64],
    edges: pd.DataFrame,
    *,
    mode: Mode,
    crs: CRS,
    standards: Standards,
    findings: tuple[Finding, ...] = (),
    drawn: Drawing | None = None,
) -> RoadNetwork:
    """Make a road network of nodes and edges, and find its components.

    Parameters
    ----------
    xy
        Easting and northing of the nodes in metres, shape (nodes, 2).
    edges
        The edges of a `RoadNetwork` without their component, one for each pair of nodes.
    mode
        Who travels.
    crs
        The metric system of the nodes.
    standards
        The numbers the edges were made with.
    findings
        What is known of the roads already; what is cut off is added.
    drawn
        The pieces of road the edges were made of.

    Returns
    -------
    RoadNetwork
        The network.
    """
    nodes, edges, components = with_components(xy, edges, standards)
    return RoadNetwork(
        mode=mode,
        crs=crs,
        nodes=nodes,
        edges=edges,
        components=components,
        standards=standards,
        findings=(*findings, *fragments(components, edges)),
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
