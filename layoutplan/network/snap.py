"""Places onto the road network: the nearest point of the nearest road."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.network.access_legs import nearest_points, open_legs
from layoutplan.network.drawing import METRES_PER_MINUTE_AT_1_KMH
from layoutplan.network.metric import metric_coordinates, points_of_places
from layoutplan.network.road_network import RoadNetwork, edge_lines

OFF_ROAD: Final = "off_road"
ISLAND: Final = "island"
PASSED_BY: Final = "passed_by"
MAIN: Final = "main"
ACROSS: Final = "across_barrier"


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
        ``"across_barrier"``: on a road across a barrier, there being no other within reach;
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
    gaps in the drawing. Otherwise it stays on its fragment, a real island. Edges that lie
    across a barrier are passed by if there is any other within reach.

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
    nearest, least, across = _nearest_open(made, xy, lines, np.flatnonzero(access), reach)
    edge, distance = nearest.copy(), least.copy()
    beside = np.flatnonzero((nearest >= 0) & ~main[nearest] & (least <= reach))
    if len(beside) and main.any():
        among = np.flatnonzero(main)
        other, length, over = _nearest_open(made, xy[beside], lines, among, reach)
        better = length <= np.minimum(least[beside] + island, reach)
        better &= ~over | across[beside]
        edge[beside[better]], distance[beside[better]] = other[better], length[better]
        across[beside[better]] = over[better]

    within = (edge >= 0) & (distance <= reach)
    status = np.where(main[edge], np.where(distance > least, PASSED_BY, MAIN), ISLAND)
    status = np.where(across, ACROSS, status)
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


def _nearest_open(
    made: RoadNetwork,
    xy: NDArray[np.float64],
    lines: NDArray[np.object_],
    among: NDArray[np.intp],
    reach: float,
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    """Find the nearest edge of each point that is not across a barrier, else the nearest of all.

    Gives the edge, of equals the first and -1 if none; its distance; and whether it is across
    a barrier.
    """
    edge, distance = np.full(len(xy), -1), np.full(len(xy), np.inf)
    across = np.zeros(len(xy), dtype=bool)
    finite = np.flatnonzero(np.isfinite(xy).all(axis=1))
    tree = shapely.STRtree(lines[among])
    (point, line), metres = tree.query_nearest(
        shapely.points(xy[finite]), return_distance=True, all_matches=True
    )
    point, line = finite[point], among[line]
    _take_first(edge, distance, point, line, metres)
    if made.fence is None:
        return edge, distance, across
    open_ = open_legs(made, made.fence, xy[point], line)
    across[point] = True
    across[point[open_]] = False
    _take_first(edge, distance, point[open_], line[open_], metres[open_])
    shut = np.flatnonzero(across & (distance <= reach))
    point, line = tree.query(shapely.points(xy[shut]), predicate="dwithin", distance=reach)
    point, line = shut[point], among[line]
    open_ = open_legs(made, made.fence, xy[point], line)
    point, line = point[open_], line[open_]
    across[point] = False
    metres = shapely.distance(shapely.points(xy[point]), lines[line])
    _take_first(edge, distance, point, line, metres)
    return edge, distance, across


def _take_first(
    edge: NDArray[np.intp],
    distance: NDArray[np.float64],
    point: NDArray[np.intp],
    line: NDArray[np.intp],
    metres: NDArray[np.float64],
) -> None:
    """Write down the nearest line found for each point, of equals the first."""
    order = np.lexsort((line, metres, point))
    of_point, first = np.unique(point[order], return_index=True)
    chosen = order[first]
    edge[of_point] = line[chosen]
    distance[of_point] = metres[chosen]


def _along(
    made: RoadNetwork, xy: NDArray[np.float64], edge: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Metres from node u to the point of the edge nearest to each place."""
    along: NDArray[np.float64] = (
        nearest_points(made, xy, edge)[0] * made.edges["length_m"].to_numpy()[edge]
    )
    return along
