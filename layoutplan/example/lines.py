"""The roads as lines with names and attributes, as a map carries them."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.ndimage import gaussian_laplace
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from layoutplan.example.edges import RoadGraph
from layoutplan.example.lattice import Flags, Floats, Ints
from layoutplan.example.roads import PROVINCIAL, STREET, TOWNSHIP_ROAD, TRACK, VILLAGE_ROAD
from layoutplan.example.settlements import Towns
from layoutplan.example.terrain import ORIGIN_M, Terrain

HIGHWAYS: Final = (
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "track",
)
"""OpenStreetMap's word for each rank."""

CLASSES: Final = ("国道", "省道", "县道", "乡道", "村道", None, "村道")
"""The administrative class of each rank; streets of towns have none."""

STRAIGHT_ON: Final = 0.7
"""Cosine above which a line may run through a junction."""

RUN_ON: Final = 0.65
"""Share of junctions that lie within a line and do not end it (assumption)."""

CUT: Final = 0.02
"""Share of plain points at which a line ends without a reason, as in drawn maps."""

ONEWAY_BLOCKS: Final = 4
"""Blocks that a street must pass in the middle of the seat to be made one-way."""

ONEWAY_STREETS: Final = 3
"""Streets of the seat that are one-way at most."""

STREAMS: Final = 0.985
"""Quantile of hollowness from which a road needs a bridge."""

TUNNEL_GRADE: Final = 0.22
"""Grade above which a main road goes through a tunnel."""


@dataclass(frozen=True, kw_only=True)
class _Marks:
    """What sets edges apart besides their rank."""

    bridge: Flags
    tunnel: Flags
    oneway: Flags

    def code(self, rank: Ints) -> Ints:
        """One number that is equal for edges that may share a line."""
        return np.asarray(
            rank + 10 * self.bridge + 20 * self.tunnel + 40 * self.oneway, dtype=np.int64
        )


def road_lines(
    rng: np.random.Generator,
    terrain: Terrain,
    towns: Towns,
    *,
    graph: RoadGraph,
    town_names: list[str],
) -> gpd.GeoDataFrame:
    """Draw the roads as lines.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        The towns.
    graph
        The roads.
    town_names
        Names of the towns, from which roads take theirs.

    Returns
    -------
    geopandas.GeoDataFrame
        The roads in EPSG:4548.
    """
    marks = _Marks(
        bridge=graph.over | _bridges(terrain, graph),
        tunnel=(graph.grade > TUNNEL_GRADE) & (graph.rank <= PROVINCIAL) & ~graph.over,
        oneway=_oneways(terrain, towns, graph),
    )
    walks = _walks(rng, graph, marks.code(graph.rank))
    shapes = [_shape(graph, walk, oneway=bool(marks.oneway[walk[0] // 2])) for walk in walks]
    first = np.array([walk[0] // 2 for walk in walks])
    rank = graph.rank[first]
    which = np.repeat(np.arange(len(shapes)), [len(s) for s in shapes])
    lines = np.asarray(shapely.linestrings(np.concatenate(shapes), indices=which))
    yes_no = np.array(["no", "yes"], dtype=object)
    number = [f"R{i:05d}" for i in range(1, len(lines) + 1)]
    return gpd.GeoDataFrame(
        {
            "name": _names(lines, rank, terrain=terrain, towns=towns, town_names=town_names),
            "geometry": lines,
            "highway": np.array(HIGHWAYS, dtype=object)[rank],
            "road_class": np.array(CLASSES, dtype=object)[rank],
            "oneway": yes_no[marks.oneway[first].astype(int)],
            "bridge": yes_no[marks.bridge[first].astype(int)],
            "tunnel": yes_no[marks.tunnel[first].astype(int)],
            "layer": np.select(
                [graph.over[first], marks.tunnel[first]], ["1", "-1"], default="0"
            ).astype(object),
            "surface": _surfaces(rng, rank),
        },
        index=pd.Index(number, name="road_id"),
        crs="EPSG:4548",
    )


def _bridges(terrain: Terrain, graph: RoadGraph) -> Flags:
    """Edges of lasting roads over the deepest hollows, where streams run."""
    hollow = gaussian_laplace(terrain.height, 2.0).ravel()
    at = np.maximum(graph.cells, 0)
    both = np.minimum(hollow[at[graph.start]], hollow[at[graph.end]])
    known = (graph.cells[graph.start] >= 0) & (graph.cells[graph.end] >= 0)
    deep = both > np.quantile(both, STREAMS)
    return np.asarray(deep & known & (graph.rank <= VILLAGE_ROAD), dtype=np.bool_)


def _oneways(terrain: Terrain, towns: Towns, graph: RoadGraph) -> Flags:
    """Make a few streets of the seat one-way, unless they would cut off a corner of it."""
    cols = terrain.lattice.cols
    centre_row, centre_col = divmod(int(towns.cells[0]), cols)
    row, col = np.divmod(graph.cells, cols)
    reach = 0.55 * towns.radius_m[0] / terrain.lattice.cell_m
    inner = (graph.cells >= 0) & (np.hypot(row - centre_row, col - centre_col) <= reach)
    both = inner[graph.start] & inner[graph.end] & (graph.rank == STREET)
    level = both & (row[graph.start] == row[graph.end])
    streets, blocks = np.unique(row[graph.start[level]], return_counts=True)
    oneway = np.zeros(len(graph.start), dtype=np.bool_)
    made = 0
    for street in streets[blocks >= ONEWAY_BLOCKS].tolist():
        more = oneway | (level & (row[graph.start] == street))
        if made < ONEWAY_STREETS and _all_reachable(graph, more):
            oneway, made = more, made + 1
    return oneway


def _all_reachable(graph: RoadGraph, oneway: Flags) -> bool:
    """Whether every place is still reached from every other with some edges one-way."""
    both = ~oneway
    start = np.concatenate([graph.start, graph.end[both]])
    end = np.concatenate([graph.end, graph.start[both]])
    size = (len(graph.cells), len(graph.cells))
    ways = csr_array(coo_array((np.ones(len(start)), (start, end)), shape=size))
    pieces, _ = connected_components(ways, connection="strong")
    return bool(pieces == 1)


def _walks(rng: np.random.Generator, graph: RoadGraph, code: Ints) -> list[list[int]]:
    """Sequences of half edges (twice the edge, plus 1 if walked backwards), one per line."""
    partner = _partners(rng, graph, code)
    used = np.zeros(len(graph.start), dtype=np.bool_)
    walks = []
    # Lines begin at half edges without a partner; what is then left runs in circles.
    open_ends = np.flatnonzero(partner < 0).tolist()
    for half in [*open_ends, *range(2 * len(graph.start))]:
        edge = half // 2
        if used[edge]:
            continue
        walk = []
        while not used[edge]:
            used[edge] = True
            walk.append(half)
            following = int(partner[half ^ 1])
            if following < 0:
                break
            half, edge = following, following // 2  # noqa: PLW2901 - the walk goes on from there
        walks.append(walk)
    return walks


def _partners(rng: np.random.Generator, graph: RoadGraph, code: Ints) -> Ints:
    """For each half edge leaving a node the half edge that continues its line there."""
    count = len(graph.start)
    leaving = np.arange(2 * count)
    node = np.where(leaving % 2 == 0, graph.start[leaving // 2], graph.end[leaving // 2])
    near = np.where(
        (leaving % 2 == 0)[:, None], graph.curve[leaving // 2, 0], graph.curve[leaving // 2, -1]
    )
    heading = near - graph.xy[node]
    heading /= np.hypot(*heading.T)[:, None]
    order = np.argsort(node, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(node[order])) + 1)
    partner = np.full(2 * count, -1, dtype=np.int64)
    chance = rng.random(len(groups))
    for group, luck in zip(groups, chance.tolist(), strict=True):
        pairs = [
            (float(heading[a] @ heading[b]), a, b)
            for i, a in enumerate(group.tolist())
            for b in group.tolist()[i + 1 :]
            if code[a // 2] == code[b // 2] and a // 2 != b // 2
        ]
        if not pairs:
            continue
        bend, a, b = min(pairs)
        through = luck > CUT if len(group) == 2 else luck < RUN_ON and bend < -STRAIGHT_ON  # noqa: PLR2004
        if through:
            partner[a], partner[b] = b, a
    return partner


def _shape(graph: RoadGraph, walk: list[int], *, oneway: bool) -> Floats:
    """Points of a line; one-way streets lead east."""
    parts = []
    for half in walk:
        edge, back = divmod(half, 2)
        whole = np.concatenate([graph.xy[[graph.start[edge]]], graph.curve[edge]])
        if back:
            whole = np.concatenate([graph.xy[[graph.end[edge]]], graph.curve[edge, ::-1]])
        parts.append(whole)
    edge, back = divmod(walk[-1], 2)
    parts.append(graph.xy[[graph.start[edge] if back else graph.end[edge]]])
    points: Floats = np.concatenate(parts)
    straight = np.concatenate([[True], np.any(np.diff(points, axis=0) != 0, axis=1)])
    points = points[straight]
    return points[::-1] if oneway and points[-1, 0] < points[0, 0] else points


def _names(
    lines: npt.NDArray[np.object_],
    rank: Ints,
    *,
    terrain: Terrain,
    towns: Towns,
    town_names: list[str],
) -> list[str | None]:
    """Numbers for main roads, the towns at both ends for lesser ones, none for the rest."""
    centres = terrain.bend(terrain.lattice.xy(towns.cells)) + np.array(ORIGIN_M)
    tree = cKDTree(centres)
    ends = shapely.get_coordinates(shapely.get_point(lines, [[0], [-1]]).ravel())
    nearest = tree.query(ends)[1].reshape(2, -1)
    names: list[str | None] = []
    for number, (a, b) in zip(rank.tolist(), nearest.T.tolist(), strict=True):
        if number <= PROVINCIAL:
            names.append("国道G999" if number == 0 else "省道S999")
        elif number <= TOWNSHIP_ROAD:
            one, other = sorted((a, b))
            names.append(
                f"{town_names[one]}路"
                if one == other
                else f"{town_names[one][0]}{town_names[other][0]}路"
            )
        else:
            names.append(None)
    return names


def _surfaces(rng: np.random.Generator, rank: Ints) -> npt.NDArray[np.object_]:
    """Asphalt on main roads and streets, concrete in villages, tracks often of earth."""
    earth = rng.choice(["concrete", "gravel", "dirt"], len(rank), p=[0.5, 0.3, 0.2])
    surface = np.where(rank == VILLAGE_ROAD, "concrete", np.where(rank == TRACK, earth, "asphalt"))
    return surface.astype(object)
