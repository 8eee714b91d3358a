"""What if: a network with roads closed or other speeds, without joining its roads anew."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import TravelError
from layoutplan.findings import Finding
from layoutplan.network.build import CELL_M, Segments
from layoutplan.network.drawing import Drawing
from layoutplan.network.modes import RoadUse, road_use
from layoutplan.network.road_network import RoadNetwork, network_of_drawing
from layoutplan.standards import Standards

_KEPT: Final = ("road_without_length", "roads_mostly_without_length", "roads_repaired")
"""Findings on how the roads were read and joined, which a change does not make anew."""


def without_roads(made: RoadNetwork, labels: Iterable[object] | str) -> RoadNetwork:
    """Close roads.

    Parameters
    ----------
    made
        The network; it stays as it is.
    labels
        The labels of the roads to close, as in the table of roads; or one of them.

    Returns
    -------
    RoadNetwork
        The network of the other roads, as if made of a table without these; but tracks
        and joins that the closed roads made needless do not come back.

    Raises
    ------
    TravelError
        If a label is unknown, no road is left that may be used, or the network was not
        made of roads.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> lines = ["LINESTRING (0 0, 900 0)", "LINESTRING (900 0, 900 500)"]
    >>> roads = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(lines, crs="EPSG:32631"))
    >>> made = network_of_roads(roads.set_axis(["main", "side"]))
    >>> without_roads(made, ["side"]).edges["road"].tolist()
    ['main']
    """
    flat = flat_drawing(made)
    known = flat.roads.index.astype("str")
    given = [labels] if isinstance(labels, str) else labels
    wanted = pd.Index([str(label) for label in given], dtype="str")
    unknown = wanted[~wanted.isin(known)]
    if len(unknown):
        ids = tuple(unknown.unique())
        raise TravelError(Finding(code="labels_unknown", table="roads", ids=ids))
    stays = ~known.isin(wanted)
    row = np.where(stays, np.cumsum(stays) - 1, -1)[flat.row]
    kept = np.flatnonzero(row >= 0)
    if len(kept) == 0:
        values: dict[str, object] = {"mode": made.mode, "closed": int((~stays).sum())}
        raise TravelError(Finding(code="roads_all_closed", table="roads", values=values))
    changed = of_pieces(flat, kept, numbered(flat.pieces.xy, flat.pieces, kept))
    return made_anew(made, replace(changed, row=row[kept], roads=flat.roads[stays]))


def with_standards(made: RoadNetwork, standards: Standards) -> RoadNetwork:
    """Give a network other speeds.

    Parameters
    ----------
    made
        The network; it stays as it is.
    standards
        The speeds and distances, such as ``made.standards.with_values(...)``. Standards on
        how drawings are repaired no longer count.

    Returns
    -------
    RoadNetwork
        The same roads with these speeds.

    Raises
    ------
    TravelError
        If the network was not made of roads.
    OptionsError
        If a speed is not above 0.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> lines = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 1000 0)"], crs="EPSG:32631")
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=lines))
    >>> slow = with_standards(made, made.standards.with_values(walk_speed_kmh_g13=2))
    >>> (slow.edges["minutes_forward"] / made.edges["minutes_forward"]).tolist()
    [2.0]
    """
    return made_anew(replace(made, standards=standards), flat_drawing(made))


def flat_drawing(made: RoadNetwork) -> Drawing:
    """Give the pieces of road a network was made of.

    Parameters
    ----------
    made
        The network.

    Returns
    -------
    Drawing
        The pieces, before slopes, barriers and the season.

    Raises
    ------
    TravelError
        If it was not made of roads.
    """
    if made.flat is None:
        raise TravelError(Finding(code="network_without_drawing", table="roads"))
    return made.flat


def made_anew(made: RoadNetwork, flat: Drawing, *, use: RoadUse | None = None) -> RoadNetwork:
    """Make a network of changed pieces; what is not made of them stays.

    Parameters
    ----------
    made
        The network before, with the standards that hold now.
    flat
        The changed pieces.
    use
        What the mode may do on each road, where that is known already.

    Returns
    -------
    RoadNetwork
        The network under the same conditions.

    Raises
    ------
    TravelError
        If no road is left that may be used.
    """
    if use is None:
        use = road_use(flat.roads, mode=made.mode, standards=made.standards)
    kept = tuple(f for f in made.findings if f.code in _KEPT)
    new = network_of_drawing(
        flat,
        made.conditions,
        use=use,
        mode=made.mode,
        standards=made.standards,
        findings=(*use.findings, *kept),
    )
    parts = ("nodes", "edges", "components", "findings", "drawing", "flat", "fence", "on_foot")
    return replace(made, **{name: getattr(new, name) for name in parts})


def of_pieces(drawn: Drawing, of: NDArray[np.intp], pieces: Segments) -> Drawing:
    """Take what is known of some pieces for new ones.

    Parameters
    ----------
    drawn
        The pieces.
    of
        The piece each new one is part of, shape (new pieces,).
    pieces
        The new pieces.

    Returns
    -------
    Drawing
        The new pieces.
    """
    count = len(drawn.row)
    known = {f.name: getattr(drawn, f.name) for f in fields(drawn)}
    taken = {
        name: value[of]
        for name, value in known.items()
        if isinstance(value, np.ndarray) and len(value) == count
    }
    return replace(drawn, **taken, pieces=pieces)


def numbered(
    xy: NDArray[np.float64], pieces: Segments, kept: NDArray[np.intp] | None = None
) -> Segments:
    """Give the nodes of pieces numbers in the order of their coordinates.

    Parameters
    ----------
    xy
        The coordinates of the nodes, shape (nodes, 2).
    pieces
        The pieces.
    kept
        Those to keep; all where not given.

    Returns
    -------
    Segments
        They and their nodes alone.
    """
    if kept is not None:
        line, length = pieces.line[kept], pieces.length_m[kept]
        pieces = replace(
            pieces,
            start=pieces.start[kept],
            end=pieces.end[kept],
            line=line,
            length_m=length,
        )
    mask = np.zeros(len(xy), dtype=bool)
    mask[pieces.start] = True
    mask[pieces.end] = True
    used = np.flatnonzero(mask)
    x, y = np.rint(xy[used].T / CELL_M).astype(np.int64)
    y -= y.min()
    # Mostly in order already, which the stable sort makes use of.
    used = used[np.argsort(x * (int(y.max()) + 1) + y, kind="stable")]
    number = np.full(len(xy), -1)
    number[used] = np.arange(len(used))
    return replace(pieces, xy=xy[used], start=number[pieces.start], end=number[pieces.end])
