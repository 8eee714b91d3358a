"""Gaps in the drawing closed: ends of roads that stop short of another road."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import KDTree

from layoutplan.network.bridges import joinable
from layoutplan.network.build import CELL_M, Segments, joined_vertices
from layoutplan.network.dead_ends import arms_of, ways_round_m
from layoutplan.network.joins import joins
from layoutplan.network.noding import projected
from layoutplan.network.strands import Strands, cut_strands, strands

Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

_PASSES: Final = 10
_DIGITS: Final = 6


class Reach(NamedTuple):
    """How far ends of roads are joined, in metres."""

    gap_m: float
    """To a road that could not be reached, at most."""
    dead_end_m: float
    """To a road that could be reached otherwise, at most: beyond, it is a dead end."""
    detour_m: float
    """The way round from which a second join is worth it."""


def closed(
    pieces: Segments, *, level: Ints, usable: Flags, reach: Reach
) -> tuple[Segments, list[pd.DataFrame]]:
    """Join the loose ends of roads to the nearest other road.

    An end is joined to the nearest spot of a road: an end of it, a vertex or a place inside
    a piece, which is cut there. First the parts of the network are joined to each other
    with the shortest joins of at most ``gap_m`` that do (a minimum spanning forest, Kruskal
    1956), again until no end is near another part. Then each end still loose is joined if
    the way round to the spot is at least ``detour_m`` and the spot at most ``dead_end_m`` away,
    or ``gap_m`` where it was in another part at the outset. What is left is taken for a true
    dead end: a wrong join there would make ways look shorter than they are.

    Nothing is joined across levels; see `layoutplan.network.bridges.joinable`. An end at which
    a road goes on that the mode may not use is no loose end.

    Parameters
    ----------
    pieces
        The pieces.
    level
        The level of each line, shape (lines,).
    usable
        Whether the mode may use each line, shape (lines,).
    reach
        How far ends are joined.

    Returns
    -------
    pieces : Segments
        The pieces and those that close the gaps; each of these is of the line whose end was
        loose and leads on as that is drawn.
    joined : list of pandas.DataFrame
        The gaps; see `layoutplan.network.joins`.

    Examples
    --------
    >>> from pyproj import CRS
    >>> from layoutplan.network.build import segments
    >>> short = shapely.from_wkt(["LINESTRING (0 0, 90 0)", "LINESTRING (50 3, 50 80)"])
    >>> made = segments(short, crs=CRS("EPSG:32631"))
    >>> flat, both = np.zeros(2, dtype=int), np.ones(2, dtype=bool)
    >>> reach = Reach(gap_m=5, dead_end_m=5, detour_m=200)
    >>> joined, found = closed(made, level=flat, usable=both, reach=reach)
    >>> found[0]["length_m"].round(1).tolist(), len(joined.line)
    ([3.0], 4)
    """
    whole = strands(pieces, level=level, usable=usable)
    ends, outset = _ends(pieces, whole), whole.parts()
    found: list[pd.DataFrame] = []
    for again in range(_PASSES + 1):
        near, arms = _candidates(whole, ends, reach)
        chosen = _between_parts(whole, ends, near)
        last = chosen.empty or again == _PASSES
        if last:
            chosen = _within_parts(whole, ends, near, arms, outset, reach)
        if chosen.empty:
            break
        pieces, node, joined = _joined(pieces, whole, ends, chosen)
        found += joined
        if last:
            break
        # New nodes belong to the part of the road they cut.
        outset = np.concatenate([outset, outset[whole.u[chosen["strand"]]]])
        moved = np.zeros(len(pieces.xy), dtype=np.intp)
        moved[node[node >= 0]] = outset[node >= 0]
        outset = moved
        ends["node"] = node[ends["node"]]
        whole = strands(pieces, level=level, usable=usable)
    return pieces, found


def _ends(pieces: Segments, whole: Strands) -> pd.DataFrame:
    """Give the loose ends of open roads.

    Their node, the line, whether it ends there as drawn, and whether it is on the ground.
    """
    node = np.concatenate([whole.u, whole.v])
    strand = np.tile(np.arange(len(whole.u)), 2)
    loose = (whole.degree[node] == 1) & whole.open[strand]
    node, strand = node[loose], strand[loose]
    order = np.argsort(node)
    node, strand = node[order], strand[order]
    line = whole.line[strand]
    lines = int(pieces.line.max()) + 1
    last = np.isin(node * lines + line, pieces.end * lines + pieces.line)
    ground = whole.level[strand] == 0
    return pd.DataFrame({"node": node, "line": line, "last": last, "ground": ground})


def _candidates(
    whole: Strands, ends: pd.DataFrame, reach: Reach
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the spots that ends may be joined to, nearest first, and the dead ends' ways."""
    near = _near(whole, ends, reach.gap_m)
    node = ends["node"].to_numpy()
    loose = np.where(whole.degree[node] == 1, node, -1)
    arms = arms_of(whole, loose, limit_m=reach.detour_m)
    near = near[joinable(whole, ends, near, arms, around_m=2 * reach.gap_m)]
    line = whole.line[near["strand"]]
    by = (line, near["y"], near["x"], near["end"], near["distance_m"].round(_DIGITS))
    return near.iloc[np.lexsort(by)].reset_index(drop=True), arms


def _near(whole: Strands, ends: pd.DataFrame, gap_m: float) -> pd.DataFrame:
    """Give the nearest spots of open strands within reach of ends, and the loose ends."""
    nodes = ends["node"].to_numpy()
    xy = whole.xy[nodes]
    tree = shapely.STRtree(whole.lines())
    end, strand = tree.query(shapely.points(xy), predicate="dwithin", distance=gap_m)
    share, distance = projected(whole, strand, xy[end])
    loose = np.flatnonzero(whole.degree[nodes] == 1)
    pair = loose[KDTree(xy[loose]).query_pairs(gap_m, output_type="ndarray")]
    to, of = np.concatenate([pair, pair[:, ::-1]]).T
    last = np.empty(len(whole.xy), dtype=np.intp)
    last[whole.u] = last[whole.v] = np.arange(len(whole.u))
    end, strand = np.concatenate([end, of]), np.concatenate([strand, last[nodes[to]]])
    share = np.concatenate([share, whole.v[last[nodes[to]]] == nodes[to]])
    distance = np.concatenate([distance, np.hypot(*(xy[to] - xy[of]).T)])
    other = whole.open[strand] & (whole.u[strand] != nodes[end]) & (whole.v[strand] != nodes[end])
    end, strand, share, distance = end[other], strand[other], share[other], distance[other]
    along = share * whole.length_m[strand]
    at_u, at_v = along <= CELL_M, whole.length_m[strand] - along <= CELL_M
    at = np.where(at_u, whole.u[strand], np.where(at_v, whole.v[strand], -1))
    a, b = whole.xy[whole.u[strand]], whole.xy[whole.v[strand]]
    spot = np.where((at >= 0)[:, None], whole.xy[at], a + share[:, None] * (b - a))
    return pd.DataFrame(
        {
            "end": end,
            "strand": strand,
            "share": share,
            "distance_m": np.where(at >= 0, np.hypot(*(spot - xy[end]).T), distance),
            "node": at,
            "x": spot[:, 0],
            "y": spot[:, 1],
        }
    )


def _between_parts(whole: Strands, ends: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Choose the shortest joins that join all parts that can be joined."""
    part = whole.parts()
    one, other = part[ends["node"].to_numpy()[near["end"]]], part[whole.u[near["strand"]]]
    pairs = pd.DataFrame({"a": np.minimum(one, other), "b": np.maximum(one, other)})
    pairs = pairs[one != other].drop_duplicates(["a", "b"])
    # Their order is the weight, so that no two are alike.
    entries = (1.0 + pairs.index.to_numpy(), (pairs["a"], pairs["b"]))
    size = int(part.max()) + 1
    forest = minimum_spanning_tree(coo_array(entries, shape=(size, size)))
    return near.iloc[np.sort(forest.data.astype(np.intp)) - 1]


def _within_parts(
    whole: Strands,
    ends: pd.DataFrame,
    near: pd.DataFrame,
    arms: pd.DataFrame,
    outset: Ints,
    reach: Reach,
) -> pd.DataFrame:
    """Choose the joins that spare a long way round, the nearest spot for each end."""
    nodes = ends["node"].to_numpy()
    from_node, strand = nodes[near["end"]], near["strand"].to_numpy()
    apart = outset[from_node] != outset[whole.u[strand]]
    most = np.where(apart, reach.gap_m, reach.dead_end_m)
    near = near[(whole.degree[from_node] == 1) & (near["distance_m"].to_numpy() <= most)]
    way = ways_round_m(
        whole,
        nodes,
        arms,
        end=near["end"].to_numpy(),
        strand=near["strand"].to_numpy(),
        share=near["share"].to_numpy(),
        limit_m=reach.detour_m,
    )
    near = near[way >= reach.detour_m].drop_duplicates("end")
    # Of two ends that are joined to each other, one join is enough.
    node, at = nodes[near["end"]], near["node"].to_numpy()
    pairs = pd.DataFrame({"a": np.minimum(node, at), "b": np.maximum(node, at)})
    once: pd.DataFrame = near[(at < 0) | ~pairs.duplicated().to_numpy()]
    return once


def _joined(
    pieces: Segments, whole: Strands, ends: pd.DataFrame, chosen: pd.DataFrame
) -> tuple[Segments, Ints, list[pd.DataFrame]]:
    """Cut strands where ends are joined to them, and draw the joins."""
    end = ends.iloc[chosen["end"]]
    from_node, at = end["node"].to_numpy(), chosen["node"].to_numpy()
    inside = at < 0
    touches = inside & (chosen["distance_m"] <= CELL_M).to_numpy()
    spot = chosen[["x", "y"]].to_numpy()
    vertex = np.where(inside, len(pieces.xy) + np.arange(len(chosen)), at)
    vertex[touches] = from_node[touches]
    xy = np.concatenate([pieces.xy, spot])
    start, stop, parent = cut_strands(
        pieces,
        whole,
        strand=chosen["strand"].to_numpy()[inside],
        share=chosen["share"].to_numpy()[inside],
        vertex=vertex[inside],
    )
    last = end["last"].to_numpy()
    tail, head = np.where(last, from_node, vertex), np.where(last, vertex, from_node)
    line = end["line"].to_numpy()
    made, node = joined_vertices(
        xy,
        np.concatenate([start, tail[~touches]]),
        np.concatenate([stop, head[~touches]]),
        line=np.concatenate([pieces.line[parent], line[~touches]]),
        crs=pieces.crs,
    )
    other = whole.line[chosen["strand"]]
    course = shapely.linestrings(np.stack([xy[from_node], spot], axis=1)[~touches])
    return (
        made,
        node,
        [
            joins(
                "gap",
                line[~touches],
                other[~touches],
                length_m=chosen["distance_m"].to_numpy()[~touches],
                geometry=np.asarray(course, dtype=object),
            ),
            joins(
                "touch",
                line[touches],
                other[touches],
                length_m=np.zeros(int(touches.sum())),
                geometry=np.asarray(shapely.points(spot[touches]), dtype=object),
            ),
        ],
    )
