"""Andorra on foot, flat and with the slopes of its mountains."""

import sys

import geopandas as gpd
import numpy as np
import pytest

from layoutplan.network import network_of_roads, read_elevation
from layoutplan.travel import nearest_side_by_side, travel_between

pytest.importorskip("rasterio")


def test_slopes_of_andorra_village_by_village(shared, capsys):
    tile = shared / "osm" / "N42E001.hgt.zip"
    if not tile.is_file():
        pytest.skip("the elevation is not here")
    case = shared / "cases" / "andorra.gpkg"
    roads, villages, schools = (
        gpd.read_file(case, layer=name) for name in ("roads", "villages", "schools")
    )
    villages.index = [f"v{i:03d}" for i in range(len(villages))]
    schools.index = [f"s{i:03d}" for i in range(len(schools))]
    elevation = read_elevation(tile, within=roads)
    flat, slope = (
        travel_between(villages, schools, network=network_of_roads(roads, elevation=heights))
        for heights in (None, elevation)
    )
    table = nearest_side_by_side(flat=flat, slope=slope)
    sys.stdout.write(table.round(1).to_string(index=False))
    assert len(capsys.readouterr().out.splitlines()) == len(villages) + 1
    assert table["village_id"].tolist() == list(villages.index)
    walked = table[np.isfinite(table["minutes_flat"]) & (table["minutes_flat"] > 0)]
    assert len(walked) > 0.9 * len(table)
    ratio = walked["minutes_slope"] / walked["minutes_flat"]
    assert 1.05 < ratio.median() < 1.4
    # On the easiest slope down one is quicker by 6 / 5.037, never by more.
    assert ratio.min() > 5.037 / 6
    assert ratio.max() < 3
    # There and back every slope costs time.
    back = (slope.array() - flat.array())[np.isfinite(flat.array())]
    assert np.median(back) > 0
