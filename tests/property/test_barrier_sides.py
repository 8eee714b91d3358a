"""Roads that may not be crossed, held against a model of corners made without geometry."""

from itertools import product

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from thoroughly import examples

from layoutplan.network import Barriers, network_of_roads
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
STEP = 100.0
SIDE = 4
OFF = 7.0
# Across country is no way here, so that all go along the roads.
NUMBERS = standards().with_values(island_reach_m=0, off_road_detour=1e6)
WALK = NUMBERS.value("walk_speed_kmh_g13") * 1000 / 60

EAST, NORTH = (1, 0), (0, 1)
BESIDE = {(1, 0): ("ne", "se"), (-1, 0): ("nw", "sw"), (0, 1): ("ne", "nw"), (0, -1): ("se", "sw")}
"""The corners of a crossing on either side of a road that leads off in a direction."""


def lattice(rng):
    """Draw some edges of a lattice, each an ordinary road, a barrier or nothing."""
    kinds = {}
    for x, y, (dx, dy) in product(range(SIDE), range(SIDE), (EAST, NORTH)):
        if x + dx < SIDE and y + dy < SIDE:
            kind = rng.choice(["road", "trunk", None], p=[0.45, 0.35, 0.2])
            if kind is not None:
                kinds[(x, y, dx, dy)] = kind
    return kinds


def corners(kinds):
    """Model every crossing as four corners: one steps between them but not over a barrier."""
    graph = nx.Graph()
    for x, y in product(range(SIDE), range(SIDE)):
        for direction, (one, other) in BESIDE.items():
            dx, dy = direction
            edge = (x, y, dx, dy) if dx + dy > 0 else (x + dx, y + dy, -dx, -dy)
            graph.add_nodes_from([(x, y, one), (x, y, other)])
            if kinds.get(edge) != "trunk":
                graph.add_edge((x, y, one), (x, y, other), m=0.0)
    for x, y, dx, dy in kinds:
        here, there = BESIDE[dx, dy], BESIDE[-dx, -dy]
        for one, other in zip(here, there, strict=True):
            graph.add_edge((x, y, one), (x + dx, y + dy, other), m=STEP)
    return graph


def place(graph, name, edge, share, side):
    """Put a place beside an edge: it joins the corners at both ends on its side."""
    x, y, dx, dy = edge
    # Beside an edge to the east the first corner is on its left; to the north, on its right.
    first = side > 0 if dx else side < 0
    which = 0 if first else 1
    graph.add_edge(name, (x, y, BESIDE[dx, dy][which]), m=OFF + share * STEP)
    far = (x + dx, y + dy, BESIDE[-dx, -dy][which])
    graph.add_edge(name, far, m=OFF + (1 - share) * STEP)
    along = np.array([x + share * dx, y + share * dy]) * STEP
    return along + side * OFF * np.array([-dy, dx])


@given(seed=st.integers(0, 100_000))
@settings(max_examples=examples(30), deadline=None, derandomize=True)
def test_walks_along_each_side_are_those_of_the_corners(seed):
    rng = np.random.default_rng(seed)
    kinds = lattice(rng)
    if len(kinds) < 2:
        return
    graph = corners(kinds)
    edges = [list(kinds)[i] for i in rng.integers(0, len(kinds), 14)]
    # Shares of their own, so that no two places are one walk across country from each other.
    shares = rng.choice(np.arange(0.2, 0.8, 0.04), 14, replace=False)
    sides = rng.choice([-1, 1], 14)
    xy = [
        place(graph, ("place", i), edge, share, side)
        for i, (edge, share, side) in enumerate(zip(edges, shares, sides, strict=True))
    ]
    # Between two places on one side of one edge the way is along it.
    for i, j in product(range(14), range(14)):
        same = edges[i] == edges[j] and (sides[i] == sides[j] or kinds[edges[i]] == "road")
        if i != j and same:
            metres = 2 * OFF + abs(shares[i] - shares[j]) * STEP
            graph.add_edge(("place", i), ("place", j), m=metres)
    lines = shapely.linestrings(
        [[(x * STEP, y * STEP), ((x + dx) * STEP, (y + dy) * STEP)] for x, y, dx, dy in kinds]
    )
    roads = gpd.GeoDataFrame(
        {"highway": ["trunk" if k == "trunk" else "residential" for k in kinds.values()]},
        geometry=lines,
        crs=FLAT,
    )
    places = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=FLAT)
    places.index = [f"p{i}" for i in range(14)]
    order = rng.permutation(len(roads))
    barriers = Barriers(road_classes=("trunk",))
    found = [
        travel_between(
            places[:7],
            places[7:],
            network=network_of_roads(table, standards=NUMBERS, barriers=barriers, repair="off"),
        ).array()
        for table in (roads, roads.iloc[order])
    ]
    assert np.array_equal(np.isinf(found[0]), np.isinf(found[1]))
    assert np.allclose(found[0], found[1], atol=1e-9)
    for i in range(7):
        expected = [metres_between(graph, i, j) for j in range(7, 14)]
        assert found[0][i] * WALK == pytest.approx(expected, abs=1e-3)


def metres_between(graph, i, j):
    # A place is no junction: nobody walks through it on the way to another.
    keep = [n for n in graph if n[0] != "place" or n[1] in (i, j)]
    try:
        return nx.shortest_path_length(graph.subgraph(keep), ("place", i), ("place", j), weight="m")
    except nx.NetworkXNoPath:
        return np.inf
