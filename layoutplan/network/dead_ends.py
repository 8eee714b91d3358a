"""Dead ends: the ways that lead from loose ends to the first junction, and ways round."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from layoutplan.network.build import CELL_M
from layoutplan.network.strands import Strands

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

_BLOCK: Final = 300


def arms_of(whole: Strands, nodes: Ints, *, limit_m: float) -> pd.DataFrame:
    """Follow the road from loose ends to the first junction, or as far as a limit.

    Parameters
    ----------
    whole
        The strands.
    nodes
        The loose ends, at which one strand ends each; -1 for none; shape (ends,).
    limit_m
        Metres after which a road is left.

    Returns
    -------
    pandas.DataFrame
        One row per strand gone along: ``end``, ``strand``, the ``node`` it was entered at and
        the metres ``walked`` until there. The last row of each end has ``stops``: the metres
        to the junction, infinite beyond the limit; the others have none.

    Examples
    --------
    >>> import shapely
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> from layoutplan.network.strands import strands
    >>> lines = shapely.from_wkt(["LINESTRING (0 0, 5 0, 9 0)", "LINESTRING (8 1, 9 0, 8 -1)"])
    >>> made = segments(lines, crs=CRS("EPSG:32631"))
    >>> whole = strands(made, level=np.zeros(2, dtype=int), usable=np.ones(2, dtype=bool))
    >>> arms_of(whole, np.array([0]), limit_m=100)["walked"].round(1).tolist()
    [0.0, 5.0]
    """
    degree = whole.degree
    every = np.arange(len(whole.u))
    strands_at = np.bincount(
        np.concatenate([whole.u, whole.v]), weights=np.tile(every, 2), minlength=len(whole.xy)
    ).astype(np.intp)
    end = np.flatnonzero(nodes >= 0)
    node = nodes[end]
    strand, walked = strands_at[node], np.zeros(len(end))
    none = {"end": end[:0], "strand": end[:0], "node": end[:0]}
    rows = [pd.DataFrame(none | {"walked": walked[:0], "stops": walked[:0]})]
    while len(end):
        rows.append(pd.DataFrame({"end": end, "strand": strand, "node": node, "walked": walked}))
        node = whole.u[strand] + whole.v[strand] - node
        walked = walked + whole.length_m[strand]
        passes = degree[node] == 2  # noqa: PLR2004
        on = passes & (walked < limit_m)
        rows[-1]["stops"] = np.where(on, np.nan, np.where(passes, np.inf, walked))
        end, node, walked, strand = end[on], node[on], walked[on], strand[on]
        strand = strands_at[node] - strand
    return pd.concat(rows, ignore_index=True)


def ways_round_m(
    whole: Strands,
    nodes: Ints,
    arms: pd.DataFrame,
    *,
    end: Ints,
    strand: Ints,
    share: Floats,
    limit_m: float,
) -> Floats:
    """Measure the ways along the roads from loose ends to spots on roads.

    Parameters
    ----------
    whole
        The strands.
    nodes
        The loose ends, shape (ends,).
    arms
        The ways from them to the first junctions; see `arms_of`.
    end
        The number of the end of each way, shape (ways,).
    strand
        The strand of each spot, shape (ways,).
    share
        Where along it from node ``u``, shape (ways,).
    limit_m
        Metres beyond which ways are not measured, that of the arms.

    Returns
    -------
    numpy.ndarray
        Metres, infinite where there is no way within the limit; shape (ways,).
    """
    length = whole.length_m[strand]
    from_u = share * length
    way = np.full(len(end), np.inf)
    on_arm = pd.MultiIndex.from_frame(arms[["end", "strand"]]).get_indexer(
        pd.MultiIndex.from_arrays([end, strand])
    )
    own = on_arm >= 0
    row = arms.iloc[on_arm[own]]
    entered_at_u = row["node"].to_numpy() == whole.u[strand[own]]
    way[own] = row["walked"] + np.where(entered_at_u, from_u[own], (length - from_u)[own])
    short = arms.loc[arms["stops"] < limit_m, "end"]
    searched = np.flatnonzero(~own & np.isin(end, short))
    if len(searched) == 0:
        return way
    graph = whole.graph()
    # Nodes are numbered from west to east, so that some ends need a strip of the graph only.
    easting = np.rint(whole.xy[:, 0] / CELL_M)
    source, again = np.unique(nodes[end[searched]], return_inverse=True)
    for begin in range(0, len(source), _BLOCK):
        block = source[begin : begin + _BLOCK]
        reach = easting[block[[0, -1]]] + np.array([-1, 1]) * (limit_m / CELL_M + 1)
        low, high = np.searchsorted(easting, reach)
        metres = dijkstra(
            graph[low:high, low:high], directed=False, indices=block - low, limit=limit_m
        )
        inside = (again >= begin) & (again < begin + _BLOCK)
        at, of = searched[inside], again[inside] - begin
        by_u, by_v = (_within(metres, of, node[strand[at]] - low) for node in (whole.u, whole.v))
        way[at] = np.minimum(by_u + from_u[at], by_v + (length - from_u)[at])
    return way


def _within(metres: Floats, row: Ints, column: Ints) -> Floats:
    """Look metres up, infinite outside the strip."""
    inside = (column >= 0) & (column < metres.shape[1])
    return np.where(inside, metres[row, np.where(inside, column, 0)], np.inf)
