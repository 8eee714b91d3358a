"""The smaller graph has the shortest times of the whole one."""

import numpy as np
import pytest

from layoutplan.network.graph import shortest_minutes
from layoutplan.network.reduce import Links, reduced


def random_links(rng):
    """Trees, rings, long rows, doubled links, loops, no time, one way, no way, islands."""
    nodes = int(rng.integers(2, 40))
    size = int(rng.integers(1, 60))
    u = rng.integers(0, nodes, size)
    v = np.where(rng.random(size) < 0.6, np.minimum(u + 1, nodes - 1), rng.integers(0, nodes, size))
    forward, backward = rng.integers(0, 9, (2, size)).astype(float)
    forward[rng.random(size) < 0.15] = np.inf
    backward[rng.random(size) < 0.15] = np.inf
    return Links(u=u, v=v, forward=forward, backward=backward, nodes=nodes)


@pytest.mark.parametrize("block", range(3))
def test_three_thousand_random_graphs(block):
    smaller = 0
    for seed in range(block * 1000, block * 1000 + 1000):
        rng = np.random.default_rng(seed)
        links = random_links(rng)
        places = rng.integers(0, links.nodes, int(rng.integers(1, 6)))
        small, number = reduced(links, places)
        assert np.array_equal(
            shortest_minutes(small.graph(), number, number),
            shortest_minutes(links.graph(), places, places),
        ), seed
        smaller += small.nodes < links.nodes
    assert smaller > 500


def test_a_long_row_becomes_one_link():
    size = 5000
    row = Links(
        u=np.arange(size),
        v=np.arange(1, size + 1),
        forward=np.ones(size),
        backward=np.full(size, 2.0),
        nodes=size + 1,
    )
    small, number = reduced(row, np.array([size, 0]))
    assert number.tolist() == [1, 0]
    assert (small.u.tolist(), small.v.tolist()) == ([0], [1])
    assert (small.forward.tolist(), small.backward.tolist()) == ([size], [2 * size])


def test_a_ring_with_one_place_and_one_without_vanish():
    ring = np.array([0, 1, 2, 3, 4, 5])
    after = np.array([1, 2, 0, 4, 5, 3])
    time = np.ones(6)
    links = Links(u=ring, v=after, forward=time, backward=time, nodes=6)
    small, number = reduced(links, np.array([0]))
    assert (small.nodes, len(small.u), number.tolist()) == (1, 0, [0])
