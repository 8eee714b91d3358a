"""Reduction and elimination against raw Dijkstra searches on random directed graphs."""

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from layoutplan.network import elimination
from layoutplan.network.elimination import minute_blocks
from layoutplan.network.graph import shortest_minutes
from layoutplan.network.reduce import Links, reduced


def random_links(rng):
    """Parallel links, loops, lengths of zero, one-way streets, islands, rows and dead ends."""
    nodes = int(rng.integers(1, 45))
    count = int(rng.integers(0, 3 * nodes))
    u, v = rng.integers(0, nodes, (2, count))
    if rng.random() < 0.5:
        # A long row through many of the nodes, hung with what else there is.
        row = rng.permutation(nodes)[: int(rng.integers(1, nodes + 1))]
        count = min(count, int(rng.integers(0, 8)))
        u, v = np.append(u[:count], row[:-1]), np.append(v[:count], row[1:])
    again = rng.integers(0, max(1, len(u)), len(u) // 4)
    if len(u):
        u, v = np.append(u, v[again]), np.append(v, u[again])
    whole = rng.random() < 0.5
    minutes = rng.integers(0, 4, (2, len(u))) if whole else rng.exponential(2, (2, len(u)))
    minutes = np.where(rng.random((2, len(u))) < 0.15, np.inf, minutes)
    minutes[1] = np.where(rng.random(len(u)) < 0.6, minutes[0], minutes[1])
    return Links(u=u, v=v, forward=minutes[0], backward=minutes[1], nodes=nodes)


def least_arcs(links):
    """The quickest arc from each node to each; shape (nodes, nodes)."""
    arcs = np.full((links.nodes, links.nodes), np.inf)
    np.minimum.at(arcs, (links.u, links.v), links.forward)
    np.minimum.at(arcs, (links.v, links.u), links.backward)
    return arcs


def raw_scipy(arcs, origins, destinations):
    tail, head = np.nonzero(np.isfinite(arcs))
    graph = csr_array((arcs[tail, head], (tail, head)), shape=arcs.shape)
    return dijkstra(graph, indices=origins)[:, destinations]


def raw_networkx(arcs, origins, destinations):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(arcs)))
    tail, head = np.nonzero(np.isfinite(arcs))
    graph.add_weighted_edges_from(zip(tail, head, arcs[tail, head], strict=True))
    minutes = np.full((len(origins), len(destinations)), np.inf)
    for i, origin in enumerate(origins):
        found = nx.single_source_dijkstra_path_length(graph, origin)
        minutes[i] = [found.get(d, np.inf) for d in destinations]
    return minutes


def by_blocks(links, origins, destinations):
    minutes = np.full((len(origins), len(destinations)), np.nan)
    for block in minute_blocks(links, origins, destinations):
        at = np.ix_(block.origins, block.destinations)
        assert np.isnan(minutes[at]).all()
        minutes[at] = block.minutes
    return minutes


def assert_same(ours, theirs, seed):
    assert not np.isnan(ours).any(), seed
    assert np.array_equal(np.isinf(ours), np.isinf(theirs)), seed
    finite = np.isfinite(theirs)
    assert np.abs(ours[finite] - theirs[finite]).max(initial=0) < 1e-9, seed


def fuzz(seeds, monkeypatch):
    plain = elimination.core_of
    taken = reached = 0

    def to_the_end(links, kept, *, searches):  # noqa: ARG001
        nonlocal taken
        core = plain(links, kept, searches=10**9)
        taken += sum(len(group.node) for group in core.taken)
        return core

    for seed in seeds:
        rng = np.random.default_rng([seed, 2026])
        links = random_links(rng)
        sizes = rng.integers(1, 12, 2)
        origins, destinations = (rng.integers(0, links.nodes, n) for n in sizes)
        arcs = least_arcs(links)
        theirs = raw_scipy(arcs, origins, destinations)
        reached += np.isfinite(theirs).sum()
        # Graphs so small are searched whole; here nodes are taken out as in large ones, and
        # in blocks and chunks of a few.
        monkeypatch.setattr(elimination, "core_of", to_the_end if seed % 4 else plain)
        monkeypatch.setattr(elimination, "_BLOCK_BYTES", 8 * int(rng.integers(1, 200)))
        monkeypatch.setattr(elimination, "_CHUNK_BYTES", 8 * int(rng.integers(1, 40)))
        assert_same(by_blocks(links, origins, destinations), theirs, seed)
        if seed % 3 == 0:
            small, places = reduced(links, np.concatenate([origins, destinations]))
            start, end = places[: len(origins)], places[len(origins) :]
            assert_same(shortest_minutes(small.graph(), start, end), theirs, seed)
        if seed % 10 == 0:
            assert_same(raw_networkx(arcs, origins, destinations), theirs, seed)
    return taken, reached


def test_three_hundred_random_graphs(monkeypatch):
    taken, reached = fuzz(range(300), monkeypatch)
    assert taken > 2000
    assert reached > 3000


@pytest.mark.slow
def test_four_thousand_random_graphs(monkeypatch):
    taken, reached = fuzz(range(300, 4300), monkeypatch)
    assert taken > 20_000
    assert reached > 40_000
