"""The nearest place of every point of a network, by one search."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from layoutplan.network.graph import directed_graph
from layoutplan.network.placed import Placed, paces, waiting_minutes
from layoutplan.network.web import Web, web_of

_NO_LENGTH_M: Final = 1e-6
"""Stretches shorter than this are not told apart from the nodes at their ends."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Reach:
    """How far it is from every node of a network to the nearest of some places.

    Parameters
    ----------
    web
        The network cut where the places are.
    road_pace
        Minutes on the road for each minute of the web.
    minutes
        Minutes to the nearest place, the walk from the road to it and the wait for a
        school bus included, infinite where there is no way; shape (nodes,).
    place
        The nearest place, -1 where there is no way; shape (nodes,).
    """

    web: Web
    road_pace: float
    minutes: NDArray[np.float64] = field(repr=False)
    place: NDArray[np.intp] = field(repr=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class Stretches:
    """Parts of roads along which the way to the nearest place gets longer or shorter evenly.

    All arrays have shape (stretches,).

    Parameters
    ----------
    web
        The network they are part of.
    link
        The piece of the web.
    begin, end
        The shares of the piece at which the stretch begins and ends, from 0 to 1.
    minutes_begin, minutes_end
        Minutes to the nearest place there, infinite where there is no way.
    place
        That place, -1 where there is no way.
    """

    web: Web
    link: NDArray[np.intp]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    minutes_begin: NDArray[np.float64]
    minutes_end: NDArray[np.float64]
    place: NDArray[np.intp]

    def __getitem__(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Stretches":
        """Give some of the stretches."""
        values = {k: v if k == "web" else v[chosen] for k, v in vars(self).items()}
        return Stretches(**values)

    @property
    def length_m(self) -> NDArray[np.float64]:
        """The length of the stretches in metres."""
        length: NDArray[np.float64] = self.web.length_m[self.link] * (self.end - self.begin)
        return length

    def ends(self) -> NDArray[np.float64]:
        """Give where the stretches begin and end.

        Returns
        -------
        numpy.ndarray
            Easting and northing of both ends in metres, shape (stretches, 2, 2).
        """
        web = self.web
        a, b = web.xy[web.links.u[self.link]], web.xy[web.links.v[self.link]]
        shares = (self.begin[:, None], self.end[:, None])
        return np.stack([a * (1 - share) + b * share for share in shares], axis=1)

    def lines(self) -> NDArray[np.object_]:
        """Draw the stretches.

        Returns
        -------
        numpy.ndarray
            Lines in the network's metric system.
        """
        return np.asarray(shapely.linestrings(self.ends()), dtype=object)


def reach(on: Placed, band: str, *, goals: NDArray[np.intp] | None = None) -> Reach:
    """Find the nearest place of every node.

    One search by Dijkstra (1959) from all places at once, against the arcs: pupils travel
    towards the places.

    Parameters
    ----------
    on
        The places on the network.
    band
        The grade band.
    goals
        Which of the places are travelled to; all where not given. The others only cut the
        network where they are.

    Returns
    -------
    Reach
        The minutes. Of equally near places one is taken, the same for any order of rows.

    Raises
    ------
    OptionsError
        If there is no such band.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> from layoutplan.network.placed import placed
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 500600 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> school = gpd.GeoSeries.from_wkt(["POINT (500600 40)"], crs=crs, index=["s1"])
    >>> found = reach(placed(made, {"schools": gpd.GeoDataFrame(geometry=school)}), "g13")
    >>> found.minutes.round(1).tolist()
    [9.6, 0.6]
    """
    road, walk = paces(on.network, band)
    web = web_of(on.network, on.at)
    chosen = np.arange(len(on.ids)) if goals is None else goals
    chosen = chosen[web.node[chosen] >= 0]
    chosen = chosen[np.argsort(on.ids[chosen].to_numpy(dtype=str), kind="stable")]
    links, size = web.links, web.links.nodes
    # A node of its own for each place, so that the walk to it counts in the search.
    tail = np.concatenate([links.v, links.u, size + np.arange(len(chosen))])
    head = np.concatenate([links.u, links.v, web.node[chosen]])
    legs = on.at.minutes[chosen] * walk + waiting_minutes(on.network)
    minutes = np.concatenate([links.forward * road, links.backward * road, legs])
    against = directed_graph(tail, head, minutes, nodes=size + len(chosen))
    starts = size + np.arange(len(chosen))
    found, _, source = dijkstra(against, indices=starts, min_only=True, return_predecessors=True)
    reached = np.isfinite(found[:size])
    place = np.full(size, -1)
    place[reached] = chosen[source[:size][reached] - size]
    return Reach(web=web, road_pace=road, minutes=found[:size], place=place)


def stretches(found: Reach) -> Stretches:
    """Cut the roads where the way over one end of a piece becomes shorter than over the other.

    From a point at the share t of a piece, the way over its first node takes
    ``t * backward`` minutes to that node, the way over its second ``(1 - t) * forward``; both
    are equal at ``t = (forward + second - first) / (forward + backward)``, where ``first``
    and ``second`` are the minutes from the nodes on. On a one-way piece there is one way only.

    Parameters
    ----------
    found
        Minutes to the nearest place.

    Returns
    -------
    Stretches
        Every piece of road once, in one part or two.
    """
    web = found.web
    links, length = web.links, web.length_m
    forward, backward = links.forward * found.road_pace, links.backward * found.road_pace
    first, second = found.minutes[links.u], found.minutes[links.v]
    over_first = np.isfinite(backward) & np.isfinite(first)
    over_second = np.isfinite(forward) & np.isfinite(second)
    both = np.flatnonzero(over_first & over_second & (forward + backward > 0))
    cut = np.where(over_second & ~over_first, 0.0, 1.0)
    cut[both] = (forward[both] + second[both] - first[both]) / (forward[both] + backward[both])
    least = _NO_LENGTH_M / np.maximum(length, _NO_LENGTH_M)
    cut = np.where(cut < least, 0.0, np.where(cut > 1 - least, 1.0, cut))

    none = np.full(len(cut), np.inf)
    # Where there is no way, infinity times a share of 0 must not become a number.
    slope_first = np.where(over_first, backward, 0.0)
    slope_second = np.where(over_second, forward, 0.0)
    start = np.where(over_first, first, none)
    end = np.where(over_second, second, none)
    a, b = np.flatnonzero(cut > 0), np.flatnonzero(cut < 1)
    links_of = np.concatenate([a, b])
    parts = Stretches(
        web=web,
        link=links_of,
        begin=np.concatenate([np.zeros(len(a)), cut[b]]),
        end=np.concatenate([cut[a], np.ones(len(b))]),
        minutes_begin=np.concatenate([start[a], (end + (1 - cut) * slope_second)[b]]),
        minutes_end=np.concatenate([(start + cut * slope_first)[a], end[b]]),
        place=np.concatenate(
            [
                np.where(over_first, found.place[links.u], -1)[a],
                np.where(over_second, found.place[links.v], -1)[b],
            ]
        ),
    )
    return parts[np.lexsort((parts.begin, parts.link))]
