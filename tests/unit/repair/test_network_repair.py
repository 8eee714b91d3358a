"""Broken drawings of roads: what is joined, what stays, and what is said about it."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from broken_roads import BELOW, FLAT, counts, joined, made, roads
from pyproj import CRS

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import network_of_roads
from layoutplan.network.islands import disconnected, disconnected_findings
from layoutplan.network.repair import Repair
from layoutplan.standards import standards


@pytest.mark.parametrize("gap", [0.02, 1, 2, 3, 4, 5])
def test_undershoots_are_joined_by_a_piece_of_their_length(gap):
    network = made(f"LINESTRING (0 {gap}, 0 700)", "LINESTRING (-500 0, 500 0)")
    assert counts(network) == {"gap": 1}
    row = network.repairs.iloc[0]
    assert (row["road"], row["other_road"]) == ("r0", "r1")
    assert row["length_m"] == pytest.approx(gap, abs=1e-6)
    assert network.edges["length_m"].sum() == pytest.approx(1700, abs=1e-6)
    assert len(network.components) == 1


def test_gaps_are_closed_up_to_the_metres_asked_for():
    drawn = ("LINESTRING (0 7, 0 700)", "LINESTRING (-500 0, 500 0)")
    assert counts(made(*drawn, repair=7.01)) == {"gap": 1}
    assert counts(made(*drawn, repair=6.99)) == {}
    assert counts(made(*drawn, repair=0)) == {}
    assert counts(made(*drawn, repair=Repair(crossings=False))) == {"gap": 1}


def test_the_nearest_road_is_chosen_a_vertex_or_between():
    network = made(
        "LINESTRING (0 0, 300 0)",
        "LINESTRING (-14 0, -90 0)",
        "LINESTRING (-60 400, -6 0, -60 -400)",
    )
    gaps = network.repairs.set_index("road")
    assert gaps["other_road"].to_dict() == {"r0": "r2", "r1": "r2"}
    assert gaps["length_m"].loc["r0"] == pytest.approx(6, abs=1e-6)
    assert gaps["length_m"].loc["r1"] == pytest.approx(8 * 400 / np.hypot(54, 400), abs=1e-6)
    assert shapely.Point(gaps.geometry["r0"].coords[-1]).distance(shapely.Point(-6, 0)) < 1e-6


def test_real_dead_ends_stay():
    # A cul-de-sac that ends 4 m from its own street's other side, and one 12 m from another.
    near = made("LINESTRING (0 0, 100 0, 100 60, 4 60, 4 4)")
    assert counts(near) == {"gap": 1}
    assert near.repairs["length_m"].iloc[0] == pytest.approx(4, abs=1e-6)
    soon = made("LINESTRING (0 0, 40 0, 40 30, 4 30, 4 4)")
    assert counts(soon) == {}
    wide = made("LINESTRING (0 0, 400 0, 400 600, 12 600, 12 12)")
    assert counts(wide) == {}


def test_a_road_in_another_part_is_joined_where_it_spares_a_long_way_round():
    street = "LINESTRING (-900 0, 900 0)"
    far = made(street, "LINESTRING (-200 9, -200 300, 200 300, 200 9)")
    assert counts(far) == {"gap": 2}
    soon = made(street, "LINESTRING (-20 9, -20 30, 20 30, 20 12)")
    assert counts(soon) == {"gap": 1}
    assert soon.repairs["length_m"].iloc[0] == pytest.approx(9, abs=1e-6)


def test_an_end_joins_all_parts_near_it():
    network = made(
        "LINESTRING (0 0, 300 0)", "LINESTRING (-8 100, -8 -100)", "LINESTRING (15 5, 15 400)"
    )
    assert len(network.components) == 1
    assert counts(network) == {"gap": 2}


@pytest.mark.parametrize(("oneway", "there"), [("yes", True), ("-1", False)])
def test_a_join_leads_on_as_the_road_is_drawn(oneway, there):
    network = made(
        "LINESTRING (-500 0, -3 0)",
        "LINESTRING (0 -200, 0 200)",
        mode="car",
        highway=["primary", "primary"],
        oneway=[oneway, None],
    )
    edge = network.edges[network.edges["length_m"].round(6) == 3].iloc[0]
    # Nodes are numbered from west to east, so that forward leads onto the street.
    assert np.isfinite(edge["minutes_forward"]) == there
    assert np.isfinite(edge["minutes_backward"]) != there
    assert edge["road"] == "r0"


def test_a_ring_has_no_ends_and_is_joined_to():
    ring = "LINESTRING (0 0, 90 0, 90 90, 0 90, 0 0)"
    assert counts(made(ring, "LINESTRING (200 200, 290 200, 290 290, 200 200)")) == {}
    assert counts(made(ring, "LINESTRING (93 50, 500 50)")) == {"gap": 1}


def test_a_vertex_on_another_road_is_joined_and_one_beside_it_is_not():
    on = made("LINESTRING (0 0.008, 0 300)", "LINESTRING (-500 0, 500 0)", repair=0)
    assert counts(on) == {"touch": 1}
    assert on.edges["length_m"].sum() == pytest.approx(1300, abs=0.02)
    beside = made("LINESTRING (0 0.03, 0 300)", "LINESTRING (-500 0, 500 0)", repair=0)
    assert counts(beside) == {}


def test_without_crossings_an_end_on_a_road_is_joined_all_the_same():
    network = made(
        "LINESTRING (0 0, 0 300)",
        "LINESTRING (-500 0, 500 0)",
        "LINESTRING (-300 90, 300 90)",
        repair=Repair(crossings=False, gap_m=1),
    )
    assert counts(network) == {"touch": 1}
    assert len(network.components) == 2


def test_overlaps_become_one_stretch():
    network = made(
        "LINESTRING (0 0, 500 0)",
        "LINESTRING (300 0, 700 0)",
        "LINESTRING (600 0, 400 0, 400 90)",
        repair=0,
    )
    assert counts(network) == {"overlap": 3}
    assert network.edges["length_m"].sum() == pytest.approx(790, abs=1e-6)
    assert len(network.edges) == 6
    named = network.repairs.set_index(["road", "other_road"])["length_m"].round(6)
    assert named.to_dict() == {("r0", "r1"): 200, ("r0", "r2"): 100, ("r1", "r2"): 100}


def test_lines_drawn_over_themselves_and_crossing_themselves():
    network = made("LINESTRING (0 0, 500 0, 200 0)", "LINESTRING (0 9, 100 109, 100 9, 0 109)")
    assert counts(network) == {"crossing": 1, "overlap": 1, "gap": 1}
    assert network.edges["length_m"].sum() == pytest.approx(500 + 100 + 200 * 2**0.5 + 9, abs=1e-6)


def test_duplicates_and_lines_without_length_are_named_whether_or_not_repaired():
    drawn = (
        "LINESTRING (0 0, 50 0, 100 0)",
        "LINESTRING (100 0, 50 0)",
        "MULTILINESTRING ((0 0, 50 0, 100 0))",
        "LINESTRING (7 7, 7 7)",
        "LINESTRING EMPTY",
    )
    for repair in ("off", 20):
        network = made(*drawn, repair=repair)
        assert network.edges["length_m"].sum() == pytest.approx(100, abs=1e-6)
        table = network.repairs
        assert counts(network) == {"duplicate": 2, "zero_length": 2}
        assert table["road"].tolist() == ["r1", "r2", "r3", "r4"]
        assert table["other_road"].tolist()[:2] == ["r0", "r0"]
        assert table["other_road"].isna().tolist()[2:] == [True, True]
        assert table["length_m"].round(6).tolist() == [50, 100, 0, 0]
        assert table.geometry.iloc[2].distance(shapely.Point(7, 7)) < 1e-6
        assert table.geometry.iloc[3].is_empty


def test_the_parts_of_a_multilinestring_have_ends_of_their_own():
    network = made("MULTILINESTRING ((0 0, 100 0), (104 0, 400 0))", "LINESTRING (103 3, 103 90)")
    assert len(network.components) == 1
    assert network.edges["length_m"].max() == pytest.approx(296, abs=1e-6)


@pytest.mark.parametrize("shift", np.linspace(0, 0.009, 10))
def test_ends_clipped_at_a_border_meet_within_a_centimetre_wherever_it_runs(shift):
    border = 100 + shift
    network = made(
        f"LINESTRING (0 0, {border} 0)",
        f"LINESTRING ({border + 0.008} 0.002, 200 0)",
        repair="off",
    )
    assert len(network.components) == 1
    assert counts(network) == {}


def test_ends_at_a_border_farther_apart_are_a_gap():
    apart = ("LINESTRING (0 0, 100 0)", "LINESTRING (100.3 0.1, 200 0)")
    assert len(made(*apart, repair="off").components) == 2
    assert counts(made(*apart, repair=1)) == {"gap": 1}


def test_finely_drawn_lines_keep_their_length():
    turn = np.linspace(0, np.pi, 1500)
    arc = shapely.LineString(np.c_[3 * np.cos(turn), 3 * np.sin(turn)])
    drawn = (arc.wkt, "LINESTRING (-3 0, -90 0)", "LINESTRING (3 0, 90 0)")
    network = made(*drawn, repair=20)
    assert network.edges["length_m"].sum() == pytest.approx(arc.length + 2 * 87, rel=2e-3)
    assert joined(network, (-90, 0), (90, 0))


def test_a_sound_drawing_is_left_alone():
    sound = (
        "LINESTRING (0 0, 500 0, 1000 0)",
        "LINESTRING (500 0, 500 900)",
        "LINESTRING (502 1, 502 16)",
    )
    network = made(*sound, repair="auto")
    assert counts(network) == {}
    assert [f.code for f in network.findings] == ["road_fragments"]
    # The same drawing is repaired where more of it has to hang together.
    strict = standards().with_values(repair_below_share=0.999)
    again = network_of_roads(roads(*sound), standards=strict)
    assert counts(again) == {"gap": 1}


def test_a_broken_drawing_is_repaired_and_that_is_said():
    drawn = (
        "LINESTRING (0 0, 900 0)",
        "LINESTRING (400 -400, 400 400)",
        "LINESTRING (903 0, 950 0)",
    )
    network = made(*drawn, repair="auto")
    finding = next(f for f in network.findings if f.code == "roads_repaired")
    assert finding.severity == "warning"
    assert finding.values["crossings"] == 1
    assert finding.values["gaps"] == 1
    assert finding.values["metres"] == "3"
    assert (finding.values["before"], finding.values["after"]) == ("51.5", "100.0")
    asked = made(*drawn, repair=20)
    assert next(f for f in asked.findings if f.code == "roads_repaired").severity == "note"
    off = made(*drawn, repair="off")
    assert [f.code for f in off.findings] == []
    assert len(off.components) == 3
    for lang in ("zh", "en"):
        assert "51.5" in finding.what(lang)
        assert finding.cure(lang)


def test_a_mode_that_may_not_use_the_links_does_not_break_the_drawing():
    table = {
        "highway": ["primary", "footway", "primary"],
    }
    drawn = ("LINESTRING (0 0, 500 0)", "LINESTRING (500 0, 508 0)", "LINESTRING (508 0, 900 0)")
    network = made(*drawn, repair="auto", mode="car", **table)
    assert counts(network) == {}
    # Nor is the end of a road at a footpath a gap, if a repair is asked for.
    assert counts(made(*drawn, repair=20, mode="car", **table)) == {}
    assert counts(made(drawn[0], drawn[2], repair=20, mode="car")) == {"gap": 1}


def test_roads_the_mode_may_not_use_are_not_joined_to():
    network = made(
        "LINESTRING (0 5, 0 300)",
        "LINESTRING (-500 0, 500 0)",
        "LINESTRING (-500 -6, 500 -6)",
        highway=["residential", "motorway", "residential"],
    )
    assert network.repairs[["road", "other_road"]].to_numpy().tolist() == [["r0", "r2"]]
    assert network.repairs["length_m"].round(6).tolist() == [11]


@pytest.mark.parametrize(
    ("repair", "code"),
    [
        ("on", "repair_unknown"),
        (None, "repair_unknown"),
        (True, "repair_unknown"),
        ([20], "repair_unknown"),
        (Repair(crossings="yes"), "repair_unknown"),
        (-1, "repair_gap_out_of_range"),
        (float("nan"), "repair_gap_out_of_range"),
        (float("inf"), "repair_gap_out_of_range"),
        (201, "repair_gap_out_of_range"),
        (Repair(gap_m=-0.5), "repair_gap_out_of_range"),
        (Repair(gap_m="20"), "repair_gap_out_of_range"),
        (Repair(gap_m=True), "repair_gap_out_of_range"),
    ],
)
def test_impossible_repairs_are_refused(repair, code):
    with pytest.raises(OptionsError) as caught:
        made("LINESTRING (0 0, 500 0)", repair=repair)
    (finding,) = caught.value.findings
    assert finding.code == code
    for lang in ("zh", "en"):
        assert finding.what(lang)
        assert finding.cure(lang)


@pytest.mark.parametrize("repair", [np.float64(20), np.int64(20), 20.0, Repair(gap_m=20)])
def test_metres_may_be_any_number(repair):
    assert counts(made("LINESTRING (0 9, 0 90)", BELOW[:-1] + ", 9 300)", repair=repair))


@pytest.mark.parametrize("course", ["LINESTRING EMPTY", "LINESTRING (1 1, 1 1)"])
@pytest.mark.parametrize("repair", ["auto", "off", 20])
def test_roads_without_any_course_are_refused(course, repair):
    with pytest.raises(TravelError) as caught:
        made(course, course, repair=repair)
    assert caught.value.findings[0].code == "roads_no_lengths"


def test_the_order_of_roads_is_nothing():
    rng = np.random.default_rng(5)
    xy = np.cumsum(rng.normal(0, 60, (60, 4, 2)), axis=1) + rng.uniform(0, 900, (60, 1, 2))
    table = roads(
        *(shapely.LineString(line).wkt for line in xy.round(1)),
        bridge=rng.choice(["yes", None], 60, p=[0.2, 0.8]),
    )
    one = network_of_roads(table, repair=20)
    other = network_of_roads(table.iloc[rng.permutation(60)], repair=20)
    assert len(one.repairs) > 40
    assert one.nodes.equals(other.nodes)
    columns = ["u", "v", "length_m", "minutes_forward", "component"]
    assert one.edges[columns].equals(other.edges[columns])
    assert one.edges["road"].astype(str).equals(other.edges["road"].astype(str))
    assert one.repairs.equals(other.repairs)


def test_what_stays_disconnected_is_told_in_people():
    network = made(
        "LINESTRING (0 0, 70000 0)",
        "LINESTRING (0 4000, 300 4000)",
        "LINESTRING (300 4000, 500 4000)",
        "LINESTRING (9000 6000, 9100 6000)",
    )
    spots = gpd.GeoSeries.from_wkt(
        ["POINT (10 4010)", "POINT (480 4000)", "POINT (9 9)", "POINT (9050 6001)"], crs=FLAT
    ).to_crs("EPSG:4326")
    villages = gpd.GeoDataFrame(
        {"population": [200, 300, 400, 50], "pupils_g13": [2, 3, 4, 1], "pupils_g79": [1, 1, 1, 0]},
        geometry=spots,
    ).set_axis(["a", "b", "c", "d"])
    table = disconnected(network, villages)
    assert table["roads"].tolist() == ["r1, r2", "r3"]
    assert table["length_m"].tolist() == pytest.approx([500, 100], rel=1e-4)
    assert table["villages"].tolist() == [2, 1]
    assert table["village_ids"].tolist() == ["a, b", "d"]
    assert table["residents"].tolist() == [500, 50]
    assert table["pupils"].tolist() == [7, 1]
    assert table.crs == network.crs
    assert table.length.tolist() == pytest.approx(table["length_m"].tolist())
    (finding,) = disconnected_findings(table)
    assert finding.ids == ("r1", "r2", "r3")
    assert (finding.values["km"], finding.values["pupils"]) == ("0.6", "8")
    for lang in ("zh", "en"):
        assert "0.6" in finding.what(lang)
    alone = disconnected(network)
    assert alone["villages"].tolist() == [0, 0]
    assert alone["pupils"].isna().all()
    assert disconnected_findings(alone)[0].values["pupils"] == "-"
    whole = disconnected(made("LINESTRING (0 0, 90 0)"), villages)
    assert len(whole) == 0
    assert disconnected_findings(whole) == ()


def test_roads_one_can_only_leave_are_listed_as_component_minus_one():
    network = made(
        "LINESTRING (0 0, 900 0)",
        "LINESTRING (500 0, 500 90)",
        mode="car",
        highway=["primary", "primary"],
        oneway=[None, "yes"],
    )
    table = disconnected(network)
    assert table.index.tolist() == [-1]
    assert table["roads"].tolist() == ["r1"]


def test_nodes_and_edges_as_tables_with_geometry():
    network = made("LINESTRING (0 0, 100 0, 100 50)", repair="off")
    nodes, edges = network.to_gdf()
    assert nodes.crs == edges.crs == network.crs
    assert nodes.geometry.x.tolist() == network.nodes["x"].tolist()
    assert edges.length.to_numpy() == pytest.approx(network.edges["length_m"].to_numpy())
    assert edges["road"].tolist() == ["r0", "r0"]
    there, back = network.to_gdf(crs="EPSG:4490")
    assert there.crs == back.crs == CRS("EPSG:4490")
    assert there.geometry.y.round(3).tolist() == [30.0, 30.0, 30.0]
