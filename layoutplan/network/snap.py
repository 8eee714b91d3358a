"""Places onto the road network: the nearest point of the nearest road."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.network.drawing import METRES_PER_MINUTE_AT_1_KMH
from layoutplan.network.metric import metric_coordinates, points_of_places
from layoutplan.network.road_network import RoadNetwork, edge_lines

OFF_ROAD: Final = "off_road"
ISLAND: Final = "island"
PASSED_BY: Final = "passed_by"
MAIN: Final = "main"


@dataclass(frozen=True, eq=False, kw_only=True)
class Attachment:
    """Where places get onto the network. All arrays have shape (places,).

    Parameters
    ----------
    edge
        The row of the edge, -1 where no road is within reach.
    along_m
        Metres from the edge's node ``u``, NaN where there is no edge.
    distance_m
        Metres from the place to the road straight, the access leg; where no road is
        within reach, to the nearest one.
    minutes
        The access leg as walking time of grades 1-3, infinite where no road is within
        reach.
    component
        The component of the edge, -1 where it has none.
    status
        ``"main"``: on the main network; ``"passed_by"``: the same, past a nearer road
        that leads nowhere; ``"island"``: on a road cut off from the main network;
        ``"off_road"``: no road within reach.
    further_m
        Metres by which the access leg is longer than to the nearest road of all.
    """

    edge: NDArray[np.intp]
    along_m: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    minutes: NDArray[np.float64]
    component: NDArray[np.intp]
    status: NDArray[np.object_] = field(repr=False)
    further_m: NDArray[np.float64]

    def __getitem__(self, places: slice) -> "Attachment":
        """Give some of the places."""
        return Attachment(**{name: values[places] for name, values in vars(self).items()})

    def __len__(self) -> int:
        """Count the places."""
        return len(self.edge)


def attach(
    made: RoadNetwork,
    places: NDArray[np.object_],
    *,
    crs: CRS,
    reach_m: float | None = None,
    island_reach_m: float | None = None,
) -> Attachment:
    """Attach places to the nearest point of the network.

    A place goes onto the nearest edge of the main network if that is at most
    ``island_reach_m`` further than the nearest edge of all: nearer fragments are mostly
    gaps in the drawing. Otherwise it stays on its fragment, a real island.

    Parameters
    ----------
    made
        The network.
    places
        Points or areas; shape (places,).
    crs
        Their coordinate reference system.
    reach_m
        Metres from a place to a road at most; the standard ``off_road_reach_m`` where
        not given.
    island_reach_m
        Metres further at most to get onto the main network; the standard of the
        same name where not given.

    Returns
    -------
    Attachment
        One row per place, which depends on no other place.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 500100 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> at = attach(made, shapely.points([[500050, 40]]), crs=line.crs)
    >>> at.distance_m.round(1).tolist(), at.along_m.round(1).tolist()
    ([40.0], [50.0])
    """
    numbers = made.standards
    reach = numbers.value("off_road_reach_m") if reach_m is None else reach_m
    island = numbers.value("island_reach_m") if island_reach_m is None else island_reach_m
    xy = _located(points_of_places(places), crs, to=made.crs)
    component = made.edges["component"].to_numpy()
    access = made.edges["access"].to_numpy()
    main = access & np.isin(component, made.components.index[made.components["main"]])

    lines = edge_lines(made)
    nearest, least = _nearest_edges(xy, lines, np.flatnonzero(access))
    edge, distance = nearest.copy(), least.copy()
    beside = np.flatnonzero((nearest >= 0) & ~main[nearest] & (least <= reach))
    if len(beside) and main.any():
        other, length = _nearest_edges(xy[beside], lines, np.flatnonzero(main))
        better = length <= np.minimum(least[beside] + island, reach)
        edge[beside[better]], distance[beside[better]] = other[better], length[better]

    within = (edge >= 0) & (distance <= reach)
    status = np.where(main[edge], np.where(distance > least, PASSED_BY, MAIN), ISLAND)
    metres_a_minute = numbers.value("walk_speed_kmh_g13") * METRES_PER_MINUTE_AT_1_KMH
    return Attachment(
        edge=np.where(within, edge, -1),
        along_m=np.where(within, _along(made, xy, edge), np.nan),
        distance_m=distance,
        minutes=np.where(within, distance / metres_a_minute, np.inf),
        component=np.where(within, component[edge], -1),
        status=np.where(within, status, OFF_ROAD).astype(object),
        further_m=np.where(within, distance - np.where(within, least, 0), 0.0),
    )


def _located(points: NDArray[np.object_], crs: CRS, *, to: CRS) -> NDArray[np.float64]:
    """Coordinates of points, infinite where there is no point or it cannot be projected."""
    xy = np.full((len(points), 2), np.inf)
    coordinates, point = metric_coordinates(points, crs, to=to)
    xy[point] = coordinates
    return xy


def _nearest_edges(
    xy: NDArray[np.float64], lines: NDArray[np.object_], among: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Find the nearest edge of each point and its distance; of equals the first, -1 if none."""
    edge = np.full(len(xy), -1)
    distance = np.full(len(xy), np.inf)
    finite = np.flatnonzero(np.isfinite(xy).all(axis=1))
    tree = shapely.STRtree(lines[among])
    (point, line), metres = tree.query_nearest(
        shapely.points(xy[finite]), return_distance=True, all_matches=True
    )
    order = np.lexsort((line, point))
    _, first = np.unique(point[order], return_index=True)
    chosen = order[first]
    edge[finite[point[chosen]]] = among[line[chosen]]
    distance[finite[point[chosen]]] = metres[chosen]
    return edge, distance


def _along(
    made: RoadNetwork, xy: NDArray[np.float64], edge: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Metres from node u to the point of the edge nearest to each place."""
    nodes = made.nodes[["x", "y"]].to_numpy()
    u, v, length = (made.edges[c].to_numpy()[edge] for c in ("u", "v", "length_m"))
    course = nodes[v] - nodes[u]
    offset = np.where(np.isfinite(xy), xy, 0.0) - nodes[u]
    share = (offset * course).sum(axis=1) / (course * course).sum(axis=1)
    along: NDArray[np.float64] = np.clip(share, 0.0, 1.0) * length
    return along
