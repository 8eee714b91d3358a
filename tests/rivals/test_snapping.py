"""Places onto roads against the distance to every edge, one edge at a time."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.network import attach, network, network_of_roads
from layoutplan.network.road_network import edge_lines


def with_fragments(county, rng):
    """The roads of a county with short ones here and there that meet no other."""
    whole = network(county)
    xy = whole.nodes[["x", "y"]].to_numpy()
    starts = rng.uniform(xy.min(axis=0) - 3000, xy.max(axis=0) + 3000, (60, 2))
    short = np.stack([starts, starts + rng.normal(0, 150, (60, 2))], axis=1)
    loose = gpd.GeoDataFrame(geometry=shapely.linestrings(short), crs=whole.crs)
    return pd.concat([county.roads.to_crs(whole.crs), loose.set_axis([f"x{i}" for i in range(60)])])


def test_three_thousand_places_on_the_made_up_county(small):
    rng = np.random.default_rng(8)
    made = network_of_roads(with_fragments(small, rng))
    lines = edge_lines(made)
    low, high = made.nodes[["x", "y"]].min().to_numpy(), made.nodes[["x", "y"]].max().to_numpy()
    xy = rng.uniform(low - 1000, high + 1000, (3000, 2))
    points = shapely.points(xy)
    least, other = np.full(3000, np.inf), np.full(3000, np.inf)
    main = np.isin(made.edges["component"], made.components.index[made.components["main"]])
    for line, open_, on_main in zip(lines, made.edges["access"], main, strict=True):
        if not open_:
            continue
        metres = shapely.distance(points, line)
        least = np.minimum(least, metres)
        if on_main:
            other = np.minimum(other, metres)
    reach = made.standards.value("off_road_reach_m")
    past = (other <= least + made.standards.value("island_reach_m")) & (other <= reach)
    expected = np.where(past, other, least)

    at = attach(made, points, crs=made.crs)
    assert np.abs(at.distance_m - expected).max() < 1e-6
    within = expected <= reach
    assert 0.5 < within.mean() < 0.999
    assert np.array_equal(at.edge >= 0, within)
    spots = shapely.line_interpolate_point(lines[at.edge[within]], at.along_m[within])
    assert np.abs(shapely.distance(spots, points[within]) - expected[within]).max() < 1e-6
    status = np.where(past, np.where(other > least, "passed_by", "main"), "island")
    assert np.array_equal(at.status, np.where(within, status, "off_road"))
    assert set(at.status) == {"main", "passed_by", "island", "off_road"}
