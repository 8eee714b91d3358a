"""Ways across country between places that are nearer to each other than to the road."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.network.drawing import METRES_PER_MINUTE_AT_1_KMH
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.snap import Attachment

if TYPE_CHECKING:
    from layoutplan.network.minutes import Pairs

Blocked = Callable[[NDArray[np.object_]], NDArray[np.bool_]]
"""Tells which straight lines, in metres, nobody can walk along; such as `Fence.crossed`."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DirectWays:
    """Pairs of a village and a site with a way across country, by village, then site.

    Parameters
    ----------
    village, site
        The ends, counted in villages and in sites; shape (ways,).
    metres
        How far apart they are straight, shape (ways,).
    minutes
        The walk at the speed of grades 1-3, shape (ways,).
    """

    village: NDArray[np.intp] = field(repr=False)
    site: NDArray[np.intp] = field(repr=False)
    metres: NDArray[np.float64] = field(repr=False)
    minutes: NDArray[np.float64] = field(repr=False)

    def __len__(self) -> int:
        """Count the ways."""
        return len(self.village)

    def only(self, chosen: NDArray[np.bool_]) -> "DirectWays":
        """Keep some of the ways; shape (ways,)."""
        return DirectWays(**{name: values[chosen] for name, values in vars(self).items()})

    def of(
        self, villages: NDArray[np.intp], sites: NDArray[np.intp], pairs: "Pairs"
    ) -> "DirectWays":
        """Choose villages and sites of some pairs, and count the ends anew."""
        number_village = np.full(pairs.villages, -1)
        number_site = np.full(pairs.sites, -1)
        number_village[villages] = np.arange(len(villages))
        number_site[sites] = np.arange(len(sites))
        village, site = number_village[self.village], number_site[self.site]
        chosen = np.flatnonzero((village >= 0) & (site >= 0))
        chosen = chosen[np.lexsort((site[chosen], village[chosen]))]
        return DirectWays(
            village=village[chosen],
            site=site[chosen],
            metres=self.metres[chosen],
            minutes=self.minutes[chosen],
        )


def none_direct() -> DirectWays:
    """Give no ways at all.

    Returns
    -------
    DirectWays
        Without any.

    Examples
    --------
    >>> len(none_direct())
    0
    """
    nobody, nothing = np.empty(0, dtype=np.intp), np.empty(0)
    return DirectWays(village=nobody, site=nobody, metres=nothing, minutes=nothing)


def direct_ways(
    made: RoadNetwork,
    at: Attachment,
    xy: NDArray[np.float64],
    *,
    villages: int,
    blocked: Blocked | None = None,
) -> DirectWays:
    """Find the villages and sites that one may walk between without a road.

    These are the pairs whose straight distance is at most the sum of both their walks to
    the road: who goes by road walks across country as far as that. Where one of the two
    has no road within reach, the distance may be up to that reach. The way is longer than
    straight by ``off_road_detour``.

    Parameters
    ----------
    made
        The network, with its speed and distances.
    at
        Where the villages, and after them the sites, are attached.
    xy
        Their easting and northing in the system of the network, not finite where a place
        has none; shape (places, 2).
    villages
        How many of the places are villages.
    blocked
        Tells along which straight lines nobody can walk, because of a river or the like;
        nothing stands in the way where not given.

    Returns
    -------
    DirectWays
        The pairs, whether or not their way by road is quicker.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import attach, network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 503000 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> xy = np.array([[0.0, 300.0], [100.0, 300.0], [900.0, 300.0]])
    >>> x0, y0 = made.nodes.loc[0, ["x", "y"]]
    >>> points = shapely.points(xy + [500000, 0])
    >>> at = attach(made, points, crs=line.crs)
    >>> ways = direct_ways(made, at, xy + [x0, y0], villages=1)
    >>> ways.site.tolist(), ways.metres.round(1).tolist(), ways.minutes.round(2).tolist()
    ([0], [100.0], [1.95])
    """
    reach = made.standards.value("off_road_reach_m")
    attached = at.edge >= 0
    # Whoever may walk to another stands in a square around himself that meets the other's.
    half = np.where(attached, at.distance_m, reach)[:, None]
    located = np.flatnonzero(np.isfinite(xy).all(axis=1) & np.isfinite(half[:, 0]))
    low, high = (xy[located] - half[located]).T, (xy[located] + half[located]).T
    squares = np.asarray(shapely.box(*low, *high), dtype=object)
    of_village = located < villages
    sites = located[~of_village]
    village, site = shapely.STRtree(squares[~of_village]).query(squares[of_village])
    village, site = located[of_village][village], sites[site]
    metres = np.hypot(*(xy[village] - xy[site]).T)
    both = attached[village] & attached[site]
    near = metres <= np.where(both, at.distance_m[village] + at.distance_m[site], reach)
    village, site, metres = village[near], site[near], metres[near]
    if blocked is not None and len(village):
        lines = shapely.linestrings(np.stack([xy[village], xy[site]], axis=1))
        open_ = ~blocked(np.asarray(lines, dtype=object))
        village, site, metres = village[open_], site[open_], metres[open_]
    order = np.lexsort((site, village))
    detour = made.standards.value("off_road_detour")
    metres_a_minute = made.standards.value("walk_speed_kmh_g13") * METRES_PER_MINUTE_AT_1_KMH
    return DirectWays(
        village=village[order],
        site=site[order] - villages,
        metres=metres[order],
        minutes=metres[order] * detour / metres_a_minute,
    )
