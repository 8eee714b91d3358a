"""Roads above one another: what is joined where they cross or end, and what never is."""

import pytest
import shapely
from broken_roads import BELOW, counts, joined, made

from layoutplan.network.repair import Repair


def test_crossing_lines_of_one_level_get_a_junction():
    network = made("LINESTRING (-500 0, 500 0)", BELOW)
    assert counts(network) == {"crossing": 1}
    assert len(network.edges) == 4
    assert network.edges["length_m"].sum() == pytest.approx(1600, abs=1e-6)
    row = network.repairs.iloc[0]
    assert (row["road"], row["other_road"], row["length_m"]) == ("r0", "r1", 0)
    assert row["geometry"].distance(shapely.Point(0, 0)) < 1e-6
    assert network.repairs.crs == network.crs


@pytest.mark.parametrize(
    "columns",
    [
        {"bridge": ["yes", None]},
        {"bridge": ["viaduct", None]},
        {"tunnel": ["yes", None]},
        {"layer": ["1", None]},
        {"layer": ["-1.0", "0"]},
        {"layer": ["2", "1"], "bridge": ["yes", "yes"]},
        {"bridge": ["yes", "no"], "layer": ["0", "0"]},
    ],
)
@pytest.mark.parametrize("repair", ["auto", 200, Repair(gap_m=0)])
def test_roads_on_different_levels_are_not_joined_where_they_cross(columns, repair):
    network = made("LINESTRING (-500 0, 500 0)", BELOW, repair=repair, **columns)
    assert counts(network) == {}
    assert len(network.components) == 2


@pytest.mark.parametrize(
    "columns",
    [
        {"bridge": ["yes", "yes"]},
        {"layer": ["1", "1"]},
        {"layer": ["upper", None]},
        {"tunnel": ["building_passage", None]},
        {"bridge": ["no", ""]},
    ],
)
def test_roads_on_one_level_are_joined_where_they_cross(columns):
    assert counts(made("LINESTRING (-500 0, 500 0)", BELOW, **columns)) == {"crossing": 1}


@pytest.mark.parametrize("half", [1, 4, 9, 15])
@pytest.mark.parametrize("repair", ["auto", 20, 200])
def test_a_short_bridge_is_not_joined_to_the_road_below(half, repair):
    network = made(f"LINESTRING (-{half} 0, {half} 0)", BELOW, bridge=["yes", None], repair=repair)
    assert counts(network) == {}


@pytest.mark.parametrize("half", [1, 4, 9, 15])
@pytest.mark.parametrize("ramp", [1, 8, 15])
def test_the_approaches_of_a_bridge_are_not_joined_to_the_road_below(half, ramp):
    far = half + ramp
    network = made(
        f"LINESTRING (-{far} 0, -{half} 0)",
        f"LINESTRING (-{half} 0, {half} 0)",
        f"LINESTRING ({half} 0, {far} 0)",
        BELOW,
        bridge=[None, "yes", None, None],
    )
    assert counts(network) == {}
    assert not joined(network, (far, 0), (0, 300))


def test_a_gap_before_a_bridge_is_closed_onto_its_end_and_not_onto_the_road_below():
    network = made(
        "LINESTRING (-500 0, -9 0)",
        "LINESTRING (-6 0, 6 0)",
        "LINESTRING (9 1, 500 0)",
        BELOW,
        bridge=[None, "yes", None, None],
    )
    assert counts(network) == {"gap": 2}
    assert joined(network, (-500, 0), (500, 0))
    assert not joined(network, (-500, 0), (0, 300))


def test_a_dead_end_below_a_bridge_is_not_joined_to_the_dead_end_on_it():
    # The road below ends 8 m beyond the bridge, 9 m from where the road on it ends.
    network = made(
        "LINESTRING (-300 0, 5 0)",
        "LINESTRING (0 -300, 0 8)",
        bridge=["yes", None],
    )
    assert counts(network) == {}
    # Two dead ends at the same distance whose roads do not cross are joined.
    apart = made("LINESTRING (-300 0, -5 0)", "LINESTRING (0 300, 0 8)", bridge=["yes", None])
    assert counts(apart) == {"gap": 1}


def test_the_end_of_a_bridge_is_joined_to_another_end_and_to_no_road_that_goes_on():
    bank = made("LINESTRING (3 0, 300 0)", BELOW, bridge=["yes", None])
    assert counts(bank) == {}
    # Bridge and approach are drawn past each other: their ends are joined.
    past = made("LINESTRING (3 0, 300 0)", "LINESTRING (-300 1, 6 1)", bridge=["yes", None])
    assert past.repairs["length_m"].round(3).tolist() == [round(10**0.5, 3)]


def test_a_road_that_passes_a_vertex_of_a_bridge_is_not_joined_to_it():
    network = made("LINESTRING (-300 0, 0.004 0, 300 0)", BELOW, bridge=["yes", None])
    assert counts(network) == {}
    assert len(network.components) == 2


def test_a_bridge_that_ends_on_a_road_is_joined_to_it():
    network = made("LINESTRING (0 0, 300 0)", BELOW, bridge=["yes", None])
    assert counts(network) == {"touch": 1}
    assert len(network.components) == 1
