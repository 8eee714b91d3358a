"""Lines to a graph beside momepy, and junctions at crossings beside GEOS.

Processor times of one thread, the least of some rounds, on made-up lines in metres, so that
neither side projects; how long that takes besides from longitude and latitude is its own line.
momepy takes every line for one edge and joins lines at their ends, so the lines are straight
pieces cut at junctions: both sides give the same nodes, edges and lengths.

    pytest -m benchmark -o norecursedirs=.hypothesis tests/benchmarks/test_build_network.py
"""

import sys
import time

import geopandas as gpd
import momepy
import numpy as np
import pytest
import shapely
from pyproj import CRS
from scipy.sparse import coo_array

from layoutplan.network import metric_crs
from layoutplan.network.build import segments
from layoutplan.network.noding import noded
from layoutplan.network.strands import strands

SIDE = 317
STREETS = 400
STEP_M = 100.0
TIMES_FASTER = 40
DEGREES = CRS("EPSG:4490")
METRES = metric_crs((110.0, 30.0, 110.0, 30.0), DEGREES)

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.benchmark(timer=time.process_time, warmup=False),
    pytest.mark.filterwarnings("ignore"),
]


def crooked_grid(rng, side):
    x, y = np.meshgrid(*2 * [(np.arange(side) - side / 2) * STEP_M])
    return np.stack([x, y], axis=-1) + rng.uniform(-30, 30, (side, side, 2))


@pytest.fixture(scope="module", name="lines")
def _lines():
    xy = crooked_grid(np.random.default_rng(1), SIDE)
    across = np.stack([xy[:, :-1], xy[:, 1:]], axis=2).reshape(-1, 2, 2)
    up = np.stack([xy[:-1], xy[1:]], axis=2).reshape(-1, 2, 2)
    return shapely.linestrings(np.concatenate([across, up]))


@pytest.fixture(scope="module", name="streets")
def _streets():
    """Give streets that cross each other at none of their vertices."""
    rng = np.random.default_rng(2)
    across, up = crooked_grid(rng, STREETS), crooked_grid(rng, STREETS).swapaxes(0, 1)
    return shapely.linestrings(np.concatenate([across, up + STEP_M / 2]))


@pytest.fixture(scope="module", name="seconds")
def _seconds():
    return {}


def tell(capsys, text):
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")


def graph(lines, crs):
    made = segments(lines, crs=crs)
    size = len(made.xy)
    return made, coo_array((made.length_m, (made.start, made.end)), shape=(size, size)).tocsr()


@pytest.mark.benchmark(group="lines to a graph")
def test_ours(benchmark, lines, seconds):
    made, arcs = benchmark.pedantic(graph, (lines, METRES), rounds=9)
    assert len(lines) >= 200_000
    assert (made.crs, len(made.xy), arcs.nnz) == (METRES, SIDE**2, len(lines))
    assert made.length_m.sum() == pytest.approx(shapely.length(lines).sum())
    seconds["ours"] = benchmark.stats.stats.min


@pytest.mark.benchmark(group="lines to a graph")
def test_ours_from_longitude_and_latitude(benchmark, lines, seconds):
    degrees = gpd.GeoSeries(lines, crs=METRES).to_crs(DEGREES).to_numpy()
    made, _ = benchmark.pedantic(graph, (degrees, DEGREES), rounds=5)
    assert len(made.xy) == SIDE**2
    seconds["projected"] = benchmark.stats.stats.min


@pytest.mark.benchmark(group="lines to a graph")
def test_momepy_takes_forty_times_as_long(benchmark, lines, seconds, capsys):
    frame = gpd.GeoDataFrame(geometry=lines, crs=METRES)
    made = benchmark.pedantic(momepy.gdf_to_nx, (frame,), {"approach": "primal"}, rounds=2)
    assert (made.number_of_nodes(), made.number_of_edges()) == (SIDE**2, len(lines))
    momepys = benchmark.stats.stats.min
    if "ours" not in seconds:
        pytest.skip("nothing to compare with: run the whole file")
    text = (
        "{:,} lines: ours {:.3f} s, momepy {:.2f} s, {:.0f} times as long; projected {:.0f} times"
    )
    ratios = (momepys / seconds[k] for k in ("ours", "projected"))
    tell(capsys, text.format(len(lines), seconds["ours"], momepys, *ratios))
    assert momepys >= TIMES_FASTER * seconds["ours"]


@pytest.mark.benchmark(group="lines to a graph", disable_gc=True)
def test_our_noding(benchmark, streets, seconds):
    pieces = segments(streets, crs=METRES)
    flat, all_ = np.zeros(len(streets), dtype=int), np.ones(len(streets), dtype=bool)
    made, _ = benchmark.pedantic(noded, (pieces,), {"level": flat, "usable": all_}, rounds=3)
    seconds["noded"] = benchmark.stats.stats.min
    seconds["strands"] = len(strands(made, level=flat, usable=all_).u)


@pytest.mark.benchmark(group="lines to a graph", disable_gc=True)
def test_noding_by_shapely(benchmark, streets, seconds, capsys):
    theirs = benchmark.pedantic(shapely.node, (shapely.multilinestrings(streets),), rounds=1)
    if "noded" not in seconds:
        pytest.skip("nothing to compare with: run the whole file")
    pieces = shapely.get_num_coordinates(theirs) - shapely.get_num_geometries(theirs)
    assert abs(pieces - seconds["strands"]) < 50
    rivals = benchmark.stats.stats.min
    text = "{:,} crossings: ours {:.2f} s, shapely.node {:.2f} s, {:.1f} times as long"
    tell(capsys, text.format(STREETS**2, seconds["noded"], rivals, rivals / seconds["noded"]))
