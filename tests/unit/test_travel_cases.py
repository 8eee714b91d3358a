"""Travel times of real road networks."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from layoutplan.network import network_of_roads
from layoutplan.travel import travel_between

CASES = Path(__file__).parents[2].parent / "shared" / "cases"


def read(name):
    path = CASES / f"{name}.gpkg"
    if not path.exists():
        pytest.skip(f"no case {name}")
    roads, villages, schools = (
        gpd.read_file(path, layer=layer) for layer in ("roads", "villages", "schools")
    )
    roads["maxspeed_kmh"] = pd.to_numeric(roads["maxspeed"], errors="coerce")
    return roads, villages.set_index("village_id"), schools.set_index("school_id")


@pytest.mark.parametrize("name", ["andorra", "liechtenstein"])
def test_every_village_walks_to_every_school(name):
    roads, villages, schools = read(name)
    made = network_of_roads(roads)
    assert made.components["share"].iloc[0] > 0.98
    times = travel_between(villages, schools, network=made)
    assert np.isfinite(times.array()).all()
    assert len(times.unreachable) == 0
    straight = villages.to_crs(made.crs).geometry.to_numpy()[:50, None]
    metres = gpd.array.from_shapely(straight.ravel()).distance(
        schools.to_crs(made.crs).geometry.iloc[0]
    )
    walk = made.standards.value("walk_speed_kmh_g13") * 1000 / 60
    assert (times.array()[:50, 0] >= metres / walk - 1e-9).all()


def test_lines_without_common_vertices_are_reported_not_hidden():
    roads, villages, schools = read("ijebu_ode")
    made = network_of_roads(roads, repair="off")
    times = travel_between(villages, schools, network=made)
    codes = {f.code for f in times.findings}
    assert {"road_fragments", "village_without_way", "place_on_island"} <= codes
    assert 0 < len(times.unreachable) < len(villages)
    finding = next(f for f in times.findings if f.code == "village_without_way")
    assert set(finding.ids) == set(times.unreachable.index)
