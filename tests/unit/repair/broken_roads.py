"""Roads drawn for tests of repairs, and what became of them."""

import geopandas as gpd
import numpy as np
from pyproj import CRS

from layoutplan.network import network_of_roads

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
BELOW = "LINESTRING (0 -300, 0 300)"
KINDS = ("crossing", "touch", "overlap", "gap", "duplicate", "zero_length")


def roads(*wkt, **columns):
    lines = gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT)
    frame = gpd.GeoDataFrame(columns, geometry=lines)
    return frame.set_axis([f"r{i}" for i in range(len(wkt))])


def made(*wkt, repair=20, mode="walk", **columns):
    return network_of_roads(roads(*wkt, **columns), mode=mode, repair=repair)


def counts(network):
    return {k: n for k in KINDS if (n := int((network.repairs["kind"] == k).sum()))}


def part_of(network, x, y):
    """Component of the node at a spot."""
    away = np.hypot(network.nodes["x"] - x, network.nodes["y"] - y)
    assert away.min() < 0.02
    return int(network.nodes["component"].iloc[away.argmin()])


def joined(network, one, other):
    return part_of(network, *one) == part_of(network, *other)
