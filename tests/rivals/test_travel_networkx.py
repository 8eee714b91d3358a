"""Travel times against networkx on the raw graph, one edge and one place at a time."""

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely.geometry import LineString, Point

from layoutplan.network import network_of_roads
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards()
WALK = NUMBERS.value("walk_speed_kmh_g13") * 1000 / 60
CLASSES = ("primary", "residential", "footway", "service")


def random_roads(rng):
    """Few vertices and many lines: parallel, doubled, without length, one-way, islands."""
    spots = rng.uniform(-1500, 1500, (int(rng.integers(4, 16)), 2)).round(2)
    count = int(rng.integers(3, 14))
    lines = []
    for _ in range(count):
        # A number may repeat, which makes pieces and lines without length.
        chosen = spots[rng.integers(0, len(spots), int(rng.integers(2, 5)))]
        line = LineString(chosen)
        lines.append(shapely.MultiLineString([line]) if rng.random() < 0.2 else line)
    again = rng.integers(0, count, 2)
    lines += [lines[i] for i in again]
    return gpd.GeoDataFrame(
        {
            "highway": rng.choice(CLASSES, len(lines), p=[0.4, 0.3, 0.1, 0.2]),
            "oneway": rng.choice(["yes", "no", "-1", None], len(lines), p=[0.2, 0.3, 0.1, 0.4]),
            "maxspeed_kmh": rng.choice([np.nan, 10, 30], len(lines)),
        },
        geometry=lines,
        crs=FLAT,
    )


def both_ways(road, mode):
    """Metres a minute along and against the line."""
    if mode == "walk":
        return WALK, WALK
    if road.highway == "footway":
        return 0, 0
    kmh = NUMBERS.value(f"drive_speed_kmh_{road.highway}")
    if road.maxspeed_kmh > 0:
        kmh = min(kmh, road.maxspeed_kmh)
    speed = kmh * 1000 / 60
    return (0 if road.oneway == "-1" else speed), (0 if road.oneway == "yes" else speed)


def raw_edges(roads, mode):
    """The quickest time each way between two neighbouring vertices."""
    edges = {}
    for road in roads.itertuples():
        for part in shapely.get_parts(road.geometry):
            for a, b in pairwise(part.coords):
                length = Point(a).distance(Point(b))
                if length == 0:
                    continue
                along, against = (length / s if s else np.inf for s in both_ways(road, mode))
                if min(along, against) == np.inf:
                    continue
                for key, minutes in (((a, b), along), ((b, a), against)):
                    edges[key] = min(minutes, edges.get(key, np.inf))
    return edges


def graph_of(edges):
    graph = nx.DiGraph()
    for (a, b), minutes in edges.items():
        graph.add_nodes_from((a, b))
        if minutes < np.inf:
            graph.add_edge(a, b, minutes=minutes)
    return graph


def served(edges):
    """Which edges are main network, each from its first end."""
    graph = graph_of(edges)
    part = {n: i for i, c in enumerate(nx.strongly_connected_components(graph)) for n in c}
    pairs = {tuple(sorted(key)) for key in edges}
    length = {}
    for a, b in pairs:
        metres = Point(a).distance(Point(b))
        if part[a] == part[b]:
            length[part[a]] = length.get(part[a], 0) + metres
    total = sum(Point(a).distance(Point(b)) for a, b in pairs)
    share = NUMBERS.value("main_network_share")
    best = max(length.values(), default=0)
    main = {p for p, metres in length.items() if metres >= share * total or metres == best}
    return {(a, b): part[a] == part[b] and part[a] in main for a, b in sorted(pairs)}


def getting_on(place, main):
    """The edge a place gets onto, with metres along it and to it."""
    metres = {key: LineString(key).distance(place) for key in main}
    chosen = min(metres, key=metres.get)
    mains = [key for key, is_main in main.items() if is_main]
    if not main[chosen] and mains:
        other = min(mains, key=metres.get)
        if metres[other] <= metres[chosen] + NUMBERS.value("island_reach_m"):
            chosen = other
    if metres[chosen] > NUMBERS.value("off_road_reach_m"):
        return None
    return chosen, LineString(chosen).project(place), metres[chosen]


def insert(graph, edges, stops):
    """Join places along their edge; what is at one spot is joined both ways for nothing."""
    for (a, b), on_edge in stops.items():
        length = Point(a).distance(Point(b))
        course = [(0, a), *sorted(on_edge, key=lambda stop: stop[0]), (length, b)]
        for (p, one), (q, two) in pairwise(course):
            for tail, head, key in ((one, two, (a, b)), (two, one, (b, a))):
                minutes = 0 if q - p < 1e-9 else edges[key] * (q - p) / length
                graph.add_nodes_from((tail, head))
                if minutes < np.inf:
                    graph.add_edge(tail, head, minutes=minutes)


def rival(roads, villages, sites, mode):
    edges = raw_edges(roads, mode)
    main = served(edges)
    graph = graph_of(edges)
    everyone = [("v", *p) for p in villages.geometry.items()]
    everyone += [("s", *p) for p in sites.geometry.items()]
    stops, legs = {}, {}
    for role, name, place in everyone:
        at = getting_on(place, main)
        if at is not None:
            key, along, metres = at
            stops.setdefault(key, []).append((along, (role, name)))
            legs[role, name] = metres / WALK
    insert(graph, edges, stops)
    minutes = np.full((len(villages), len(sites)), np.inf)
    for i, village in enumerate(villages.index):
        if ("v", village) not in legs:
            continue
        found = nx.single_source_dijkstra_path_length(graph, ("v", village), weight="minutes")
        for j, site in enumerate(sites.index):
            if ("s", site) in found:
                road = found["s", site]
                minutes[i, j] = road + legs["v", village] + legs["s", site]
    return np.minimum(minutes, across(villages, sites, legs))


def across(villages, sites, legs):
    """Straight ways no longer than both walks to the road, or than the reach without one."""
    minutes = np.full((len(villages), len(sites)), np.inf)
    for i, village in enumerate(villages.index):
        for j, site in enumerate(sites.index):
            metres = villages.geometry[village].distance(sites.geometry[site])
            known = ("v", village) in legs and ("s", site) in legs
            both = (legs["v", village] + legs["s", site]) * WALK if known else np.inf
            if metres <= (both if known else NUMBERS.value("off_road_reach_m")):
                minutes[i, j] = metres * NUMBERS.value("off_road_detour") / WALK
    return minutes


def places(rng, prefix, count):
    """Anywhere, some of them at one spot."""
    xy = rng.uniform(-1800, 1800, (count, 2))
    xy[-1] = xy[0]
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=FLAT)
    return points.set_axis([f"{prefix}{i}" for i in range(count)])


@pytest.mark.parametrize("mode", ["walk", "car"])
@pytest.mark.parametrize("block", range(4))
def test_random_networks(mode, block):
    compared = reached = 0
    for seed in range(block * 25, block * 25 + 25):
        rng = np.random.default_rng([seed, len(mode)])
        roads = random_roads(rng)
        villages, sites = places(rng, "v", 5), places(rng, "s", 4)
        if not raw_edges(roads, mode):
            continue
        made = network_of_roads(roads, mode=mode, repair="off")
        ours = travel_between(villages, sites, network=made).array()
        theirs = rival(roads, villages, sites, mode)
        assert np.array_equal(np.isinf(ours), np.isinf(theirs)), seed
        finite = np.isfinite(theirs)
        assert ours[finite] == pytest.approx(theirs[finite], abs=1e-6), seed
        compared += theirs.size
        reached += finite.sum()
    assert compared > 300
    assert reached > compared / 4
