"""Flows, ways, nearest schools and changes on a network of 100,000 nodes, beside networkx.

Processor times of one thread, the least of some rounds. networkx does the same on the same
graph: one search from each school with the node that follows, walked village by village. It
is measured on some of the schools and scaled up to all of them.

    pytest -m benchmark -o norecursedirs=.hypothesis -s tests/benchmarks/test_network_answers.py
"""

import time

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from layoutplan.network import attach, network_of_roads
from layoutplan.network.areas import nearest_site_roads
from layoutplan.network.change import with_standards, without_roads
from layoutplan.network.flows import flows
from layoutplan.network.isochrones import isochrone_areas
from layoutplan.network.new_road import with_road
from layoutplan.network.paths import paths
from layoutplan.network.placed import placed
from layoutplan.network.reach import reach
from layoutplan.network.split import split_links

pytestmark = pytest.mark.benchmark

VILLAGES, SCHOOLS, SAMPLE = 3000, 300, 5
BLOCKS, VERTICES = 67, 14
CRS = "EPSG:4548"
ORIGIN = np.array([500_000, 3_400_000])


def say(text):
    print(text)


def seconds(work, rounds=3):
    """The least processor time of some rounds, and what the last gave."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        made = work()
        times.append(time.process_time() - begin)
    return min(times), made


@pytest.fixture(scope="module")
def county():
    """A perturbed grid of winding roads a kilometre apart, a fifth of them missing."""
    rng = np.random.default_rng(7)
    grid = np.stack(np.meshgrid(np.arange(BLOCKS), np.arange(BLOCKS), indexing="ij"), axis=-1)
    spots = grid.reshape(-1, 2) * 1000 + rng.uniform(-300, 300, (BLOCKS**2, 2)) + ORIGIN
    number = np.arange(BLOCKS**2).reshape(BLOCKS, BLOCKS)
    start = np.concatenate([number[:-1].ravel(), number[:, :-1].ravel()])
    end = np.concatenate([number[1:].ravel(), number[:, 1:].ravel()])
    kept = rng.random(len(start)) < 0.8
    a, b = spots[start[kept]][:, None], spots[end[kept]][:, None]
    share = np.linspace(0, 1, VERTICES + 1)[None, :, None]
    bends = rng.normal(0, 15, (len(a), VERTICES + 1, 2))
    bends[:, [0, -1]] = 0
    roads = gpd.GeoDataFrame(
        {
            "highway": rng.choice(["primary", "tertiary", "unclassified"], len(a)),
            "oneway": rng.choice(["yes", "no"], len(a), p=[0.03, 0.97]),
        },
        geometry=shapely.linestrings(a * (1 - share) + b * share + bends),
        crs=CRS,
    ).set_axis([f"r{n}" for n in range(len(a))])

    def places(prefix, count):
        points = shapely.points(rng.uniform(0, 1000 * (BLOCKS - 1), (count, 2)) + ORIGIN)
        return gpd.GeoDataFrame(
            geometry=points, crs=CRS, index=[f"{prefix}{n}" for n in range(count)]
        )

    villages, sites = places("v", VILLAGES), places("s", SCHOOLS)
    made = network_of_roads(roads, mode="car", repair="off")
    assert 90_000 < len(made.nodes) < 110_000
    return roads, villages, sites, made


@pytest.fixture(scope="module")
def assigned(county):
    """Every village's three bands, to its nearest school and to two others."""
    _, villages, sites, made = county
    nearest = paths(villages, sites, network=made)[["village_id", "site_id"]]
    rng = np.random.default_rng(1)
    rows = [nearest.assign(band="g13")]
    rows += [
        nearest.assign(band=band, site_id=rng.choice(sites.index, len(nearest)))
        for band in ("g46", "g79")
    ]
    rows = pd.concat(rows, ignore_index=True)
    return rows.assign(pupils=rng.integers(1, 60, len(rows)))


@pytest.fixture(scope="module")
def graph(county):
    """The graph cut at the places, for networkx; arcs turned round, for it searches from sites."""
    _, villages, sites, made = county
    shapes = np.concatenate([villages.geometry.to_numpy(), sites.geometry.to_numpy()])
    at = attach(made, shapes, crs=villages.crs)
    links, node = split_links(made, at.edge, at.along_m)
    turned = nx.DiGraph()
    turned.add_nodes_from(range(links.nodes))
    for u, v, minutes in (
        (links.v, links.u, links.forward),
        (links.u, links.v, links.backward),
    ):
        open_ = np.isfinite(minutes)
        arcs = zip(u[open_].tolist(), v[open_].tolist(), minutes[open_].tolist(), strict=True)
        turned.add_weighted_edges_from(arcs, weight="minutes")
    return turned, dict(zip([*villages.index, *sites.index], node.tolist(), strict=True)), at


def flows_by_networkx(graph, rows, site):
    """Pupils on arcs of those who go to one site, village by village, node by node."""
    turned, node, _ = graph
    after, _ = nx.dijkstra_predecessor_and_distance(turned, node[site], weight="minutes")
    passed = {}
    for row in rows[rows["site_id"] == site].itertuples():
        here = node[row.village_id]
        while after.get(here):
            there = after[here][0]
            passed[here, there] = passed.get((here, there), 0) + row.pupils
            here = there
    return passed


def test_flows(county, assigned, graph):
    _, villages, sites, made = county
    ours, found = seconds(lambda: flows(assigned, villages, sites, network=made))
    begin = time.process_time()
    theirs = [flows_by_networkx(graph, assigned, site) for site in sites.index[:SAMPLE]]
    scaled = (time.process_time() - begin) / SAMPLE * SCHOOLS
    say(f"\nflows: {ours:.2f} s, networkx {scaled:.0f} s: {scaled / ours:.0f} x")
    only = assigned[assigned["site_id"].isin(sites.index[:SAMPLE])]
    part = flows(only, villages, sites, network=made, merged=False)
    road = part[part["kind"] == "road"]
    arcs = pd.concat([pd.Series(passed) for passed in theirs]).groupby(level=[0, 1]).sum()
    assert len(found) > 1000
    total = road["pupils_forward"].sum() + road["pupils_backward"].sum()
    # Those who go across country are on no road.
    gone = part.loc[part["kind"] == "across", "pupils"].sum()
    if gone == 0:
        assert total == arcs.sum()
    assert scaled > 50 * ours


def test_nearest_school_of_every_road(county, graph):
    _, _, sites, made = county
    ours, found = seconds(lambda: nearest_site_roads(sites, network=made))
    turned, node, at = graph
    legs = at.minutes[-SCHOOLS:]
    with_legs = turned.copy()
    for site, leg in zip(sites.index, legs, strict=True):
        with_legs.add_edge(site, node[site], minutes=leg)
    theirs, reached = seconds(
        lambda: nx.multi_source_dijkstra_path_length(with_legs, set(sites.index), weight="minutes"),
        rounds=1,
    )
    on = placed(made, {"schools": sites})
    sweep, _ = seconds(lambda: reach(on, "g13"))
    say(
        f"\nsweep {sweep:.3f} s, networkx {theirs:.2f} s: {theirs / sweep:.0f} x; with schools put"
        f" on the road, pieces cut and drawn {ours:.2f} s"
    )
    assert found["minutes_least"].min() == pytest.approx(min(legs), abs=1e-6)
    assert np.isfinite(found["minutes_most"]).sum() > 0.95 * len(found)
    assert len(reached) > len(made.nodes) * 0.9


def test_ways(county, assigned, graph):
    _, villages, sites, made = county
    pairs = assigned[assigned["band"] == "g46"]
    ours, found = seconds(lambda: paths(villages, sites, network=made, pairs=pairs))
    turned, node, at = graph
    chosen = found.head(SAMPLE)
    begin = time.process_time()
    theirs = [
        nx.single_source_dijkstra(turned, node[row.site_id], node[row.village_id], weight="minutes")
        for row in chosen.itertuples()
    ]
    scaled = (time.process_time() - begin) / SAMPLE * len(pairs)
    say(f"\nways: {ours:.2f} s, networkx {scaled:.0f} s: {scaled / ours:.0f} x")
    order = {p: n for n, p in enumerate([*villages.index, *sites.index])}
    for (minutes, _), row in zip(theirs, chosen.itertuples(), strict=True):
        legs = at.minutes[order[row.village_id]] + at.minutes[order[row.site_id]]
        assert row.minutes <= minutes + legs + 1e-6
    assert scaled > 50 * ours


def test_isochrones(county):
    _, _, sites, made = county
    ours, found = seconds(
        lambda: isochrone_areas(sites[:30], network=made, minutes=[10, 20, 30]), rounds=1
    )
    say(f"\nisochrone areas: {ours:.2f} s")
    assert found["area_m2"].is_monotonic_increasing


def test_changes(county):
    roads, _, _, made = county
    closed = [f"r{n}" for n in range(0, 1000, 10)]
    left = roads.drop(closed)
    anew, rebuilt = seconds(lambda: network_of_roads(left, mode="car", repair="off"))
    shut, changed = seconds(lambda: without_roads(made, closed))
    slow = made.standards.with_values(drive_speed_kmh_tertiary=20)
    speeds, _ = seconds(lambda: with_standards(made, slow))
    x, y = ORIGIN + 30_000
    bridge = shapely.LineString([(x, y), (x + 700, y + 700)])
    built, _ = seconds(lambda: with_road(made, bridge, crs=CRS, reach_m=1000, highway="tertiary"))
    say(
        f"\nanew {anew:.3f} s; closed {shut:.3f} s: {anew / shut:.1f} x; other speeds"
        f" {speeds:.3f} s: {anew / speeds:.1f} x; a new road {built:.3f} s: {anew / built:.1f} x"
    )
    repaired, _ = seconds(lambda: network_of_roads(left, mode="car", repair=10), rounds=1)
    degrees = left.to_crs("EPSG:4490")
    projected, _ = seconds(lambda: network_of_roads(degrees, mode="car", repair="off"))
    say(
        f"anew with gaps closed {repaired:.2f} s: {repaired / shut:.0f} x;"
        f" from degrees {projected:.2f} s: {projected / shut:.1f} x"
    )
    assert changed.edges["length_m"].sum() == pytest.approx(rebuilt.edges["length_m"].sum())
    assert shut < anew
