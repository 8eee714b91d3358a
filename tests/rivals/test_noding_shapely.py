"""Junctions of lines that share no vertex against shapely, which nodes them in GEOS."""

import numpy as np
import pytest
import shapely
from pyproj import CRS
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from layoutplan.network.build import CELL_M, segments
from layoutplan.network.noding import noded
from layoutplan.network.strands import strands

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")


def lines(rng, *, step):
    """Walks of a few vertices, near each other; on a lattice where a step is given."""
    count = int(rng.integers(2, 40))
    xy = np.cumsum(rng.normal(0, 90, (count, 5, 2)), axis=1) + rng.normal(0, 150, (count, 1, 2))
    if step:
        xy = np.rint(xy / step) * step
    # The projection rounds about its centre; without it both sides see the same numbers.
    return shapely.linestrings(xy[:, : int(rng.integers(2, 6))])


def parts(nodes, u, v):
    pairs = coo_array((np.ones(len(u)), (u, v)), shape=(nodes, nodes))
    return connected_components(pairs, directed=False)


def numbered(ends):
    """Number ends, those within a few centimetres alike, for we join what is that near."""
    near = KDTree(ends).query_pairs(3 * CELL_M, output_type="ndarray")
    return parts(len(ends), *near.T)


def joined(pairs):
    """Give the different pairs of nodes."""
    return np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)


@pytest.mark.parametrize("step", [0, 50, 100])
@pytest.mark.parametrize("seed", range(60))
def test_same_nodes_parts_and_length_as_shapely(seed, step):
    drawn = lines(np.random.default_rng(seed), step=step)
    pieces = segments(drawn, crs=FLAT)
    if len(pieces.line) == 0:
        return
    flat, all_ = np.zeros(len(drawn), dtype=int), np.ones(len(drawn), dtype=bool)
    made, _ = noded(pieces, level=flat, usable=all_)
    ours = strands(made, level=flat, usable=all_)

    raw = strands(pieces, level=flat, usable=all_)
    theirs = shapely.get_parts(shapely.node(shapely.multilinestrings(raw.lines())))
    ends = shapely.get_coordinates(theirs).reshape(-1, 2)
    nodes, node = numbered(np.concatenate([ours.xy, ends]))
    mine, rivals = node[: len(ours.xy)], node[len(ours.xy) :].reshape(-1, 2)
    assert len(np.unique(mine)) == len(np.unique(rivals)) == nodes
    assert np.array_equal(joined(mine[np.c_[ours.u, ours.v]]), joined(rivals))
    assert len(np.unique(ours.parts())) == parts(nodes, *rivals.T)[0]
    once = shapely.length(shapely.union_all(theirs))
    assert ours.length_m.sum() == pytest.approx(once, abs=0.05)
