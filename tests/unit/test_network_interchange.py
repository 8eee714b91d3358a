"""Networks from graphs of networkx: OSMnx as it hands them out, and our own exports."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import network, network_of_roads
from layoutplan.network.change import with_standards, without_roads
from layoutplan.network.interchange import from_networkx
from layoutplan.network.modes import MODES
from layoutplan.standards import standards
from layoutplan.travel import travel_between

NUMBERS = standards()


def osmnx_like(**more):
    """Four crossings of a small town as OSMnx gives them: lists, text, both directions."""
    graph = nx.MultiDiGraph(crs="epsg:4326", created_with="OSMnx 2.0", simplified=True)
    spots = {
        11: (110.000, 30.000),
        12: (110.010, 30.000),
        13: (110.010, 30.010),
        14: (110.0, 30.01),
    }
    for node, (x, y) in spots.items():
        graph.add_node(node, x=x, y=y, street_count=3)
    bend = shapely.LineString([spots[11], (110.005, 30.001), spots[12]])
    both = {"osmid": 7, "highway": "tertiary", "oneway": False, "length": 990.0, "lanes": "2"}
    graph.add_edge(11, 12, **both, reversed=False, geometry=bend)
    graph.add_edge(12, 11, **both, reversed=True, geometry=shapely.reverse(bend))
    graph.add_edge(
        12,
        13,
        osmid=[21, 20],
        highway=["residential", "secondary"],
        oneway=True,
        length=1109.0,
        maxspeed=["30", "50"],
        reversed=False,
    )
    graph.add_edge(
        13,
        14,
        osmid=30,
        highway="primary",
        oneway=True,
        length=965.0,
        maxspeed="20 mph",
        reversed=False,
    )
    graph.add_edge(14, 11, osmid=40, highway="footway", oneway=False, length=1109.0)
    graph.add_edge(11, 14, osmid=40, highway="footway", oneway=False, length=1109.0)
    graph.add_edge(
        14,
        11,
        osmid=41,
        highway="service",
        oneway=True,
        length=1400.0,
        bridge="yes",
        geometry=shapely.LineString([spots[14], (109.996, 30.005), spots[11]]),
    )
    graph.graph.update(more)
    return graph


def minutes_of(made, road):
    edges = made.edges[made.edges["road"] == road]
    return edges["minutes_forward"].sum(), edges["minutes_backward"].sum()


def test_lengths_and_classes_make_minutes_by_car():
    made = from_networkx(osmnx_like(), mode="car")
    kmh = NUMBERS.value("drive_speed_kmh_tertiary")
    there, back = minutes_of(made, "7")
    assert there == back == pytest.approx(990 / (kmh * 1000 / 60))
    edges = made.edges
    assert edges.loc[edges["road"] == "7", "length_m"].sum() == pytest.approx(990)
    # Of several classes the slowest, of several limits the least.
    residential = min(NUMBERS.value("drive_speed_kmh_residential"), 30)
    assert min(minutes_of(made, "20+21")) == pytest.approx(1109 / (residential * 1000 / 60))
    assert max(minutes_of(made, "20+21")) == np.inf
    assert min(minutes_of(made, "30")) == pytest.approx(965 / (20 * 1.609344 * 1000 / 60))
    assert "40" not in set(edges["road"])


def test_on_foot_every_way_leads_both_ways():
    made = from_networkx(osmnx_like())
    assert made.mode == "walk"
    assert np.isfinite(made.edges[["minutes_forward", "minutes_backward"]]).all(axis=None)
    assert set(made.edges["road"]) == {"7", "20+21", "30", "40", "41"}
    assert minutes_of(made, "30")[0] == pytest.approx(965 / (4000 / 60))


def test_edges_between_the_same_nodes_stay_apart():
    made = from_networkx(osmnx_like())
    assert len(made.nodes) == 6
    assert made.edges["length_m"].sum() == pytest.approx(990 + 1109 + 965 + 1109 + 1400)


def test_travel_time_counts_for_vehicles_and_bounds_buses():
    graph = osmnx_like()
    for *_, data in graph.edges(data=True):
        data["travel_time"] = 30.0
    car = from_networkx(graph, mode="car")
    assert minutes_of(car, "7") == (pytest.approx(0.5), pytest.approx(0.5))
    assert min(minutes_of(car, "30")) == pytest.approx(0.5)
    walk = from_networkx(graph)
    assert minutes_of(walk, "7")[0] == pytest.approx(990 / (4000 / 60))
    told = from_networkx(graph, mode="walk", travel_time=True)
    assert minutes_of(told, "7")[0] == pytest.approx(0.5)
    ignored = from_networkx(graph, mode="car", travel_time=False)
    assert minutes_of(ignored, "7")[0] > 0.5
    slow = from_networkx(osmnx_like(), mode="bus")
    bus = from_networkx(graph, mode="bus")
    for road in ("7", "30"):
        assert min(minutes_of(bus, road)) >= min(minutes_of(slow, road)) - 1e-9


def test_a_graph_without_directions_leads_both_ways():
    graph = nx.Graph(crs="EPSG:32649")
    graph.add_node("a", x=500_000.0, y=3_300_000.0)
    graph.add_node("b", x=501_000.0, y=3_300_000.0)
    bend = shapely.LineString([(501_000, 3_300_000), (500_400, 3_300_300), (500_000, 3_300_000)])
    graph.add_edge("a", "b", geometry=bend)
    made = from_networkx(graph, mode="car")
    assert made.crs.to_epsg() == 32649
    assert made.edges["length_m"].sum() == pytest.approx(bend.length)
    there, back = minutes_of(made, made.edges["road"].iloc[0])
    assert there == pytest.approx(back)
    assert made.edges["road"].unique().tolist() == ["a-b"]


def test_a_projection_that_stretches_lengths_is_left():
    graph = nx.Graph(crs="EPSG:3857")
    points = gpd.GeoSeries.from_xy([110.0, 110.01], [40.0, 40.0], crs="EPSG:4326").to_crs(3857)
    for n, point in enumerate(points):
        graph.add_node(n, x=point.x, y=point.y)
    graph.add_edge(0, 1)
    made = from_networkx(graph)
    assert made.edges["length_m"].sum() == pytest.approx(853.9, rel=1e-3)


@pytest.fixture(scope="module")
def own(small):
    return {mode: network(small, mode=mode) for mode in MODES}


@pytest.mark.parametrize("mode", MODES)
def test_our_own_export_comes_back_with_the_same_times(small, own, mode):
    made = own[mode]
    again = from_networkx(made.to_networkx())
    assert (again.mode, again.crs) == (mode, made.crs)
    assert len(again.nodes) == len(made.nodes)
    pd.testing.assert_frame_equal(
        again.edges[["u", "v", "access"]], made.edges[["u", "v", "access"]], check_dtype=False
    )
    one = travel_between(small.villages, small.sites, network=made)
    other = travel_between(small.villages, small.sites, network=again)
    band = "g79"
    np.testing.assert_allclose(other.array(band), one.array(band), rtol=0, atol=1e-9)
    if mode != "bicycle":
        np.testing.assert_allclose(other.array("g13"), one.array("g13"), rtol=0, atol=1e-9)


def test_the_order_of_nodes_and_edges_is_nothing():
    graph = osmnx_like()
    turned = nx.MultiDiGraph(**graph.graph)
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(graph.edges(data=True))))
    for mode in ("walk", "car"):
        one, other = (from_networkx(g, mode=mode) for g in (graph, turned))
        pd.testing.assert_frame_equal(one.nodes, other.nodes)
        # Labels are kept in a table whose order is that of the labels.
        pd.testing.assert_frame_equal(one.edges, other.edges)


def test_roads_of_a_graph_can_be_closed_and_speeds_changed():
    made = from_networkx(osmnx_like(), mode="walk")
    closed = without_roads(made, ["40", "41"])
    assert set(closed.edges["road"]) == {"7", "20+21", "30"}
    slow = with_standards(made, NUMBERS.with_values(walk_speed_kmh_g13=2))
    np.testing.assert_allclose(slow.edges["minutes_forward"], 2 * made.edges["minutes_forward"])


def test_nodes_at_one_place_and_doubled_vertices_do_no_harm():
    graph = nx.MultiDiGraph(crs="EPSG:32649")
    for node, x in (("a", 0.0), ("b", 0.0), ("c", 900.0)):
        graph.add_node(node, x=500_000 + x, y=3_300_000.0)
    graph.add_edge("a", "b", length=0.0)
    line = shapely.LineString([(500_000, 3_300_000)] * 2 + [(500_900, 3_300_000)] * 2)
    graph.add_edge("b", "c", length=900.0, geometry=line)
    graph.add_edge("c", "c", length=50.0)
    made = from_networkx(graph)
    assert len(made.nodes) == 2
    assert made.edges["length_m"].tolist() == [900.0]


def broken(**changes):
    graph = osmnx_like()
    for (node, attribute), value in changes.get("nodes", {}).items():
        graph.nodes[node][attribute] = value
    for edge, attribute, value in changes.get("edges", ()):
        graph.edges[edge][attribute] = value
    return graph


def test_everything_wrong_is_said_at_once_in_both_languages():
    graph = broken(
        nodes={(11, "x"): None, (12, "y"): "north"},
        edges=[((12, 13, 0), "length", -5), ((13, 14, 0), "length", np.nan)],
    )
    del graph.graph["crs"]
    with pytest.raises(TravelError) as error:
        from_networkx(graph)
    found = {f.code: f for f in error.value.findings}
    assert set(found) == {"graph_no_crs", "graph_nodes_nowhere", "graph_not_measure"}
    assert found["graph_nodes_nowhere"].ids == ("11", "12")
    assert found["graph_not_measure"].ids == ("12-13", "13-14")
    for lang, word in (("zh", "坐标系"), ("en", "coordinate reference system")):
        assert word in error.value.message(lang)


@pytest.mark.parametrize(
    ("graph", "code"),
    [
        (nx.MultiDiGraph(crs="EPSG:4326"), "graph_empty"),
        ({"nodes": []}, "graph_not_networkx"),
        (osmnx_like(crs="EPSG:99999999"), "graph_crs_unknown"),
        (broken(edges=[((11, 12, 0), "travel_time", -1)]), "graph_not_measure"),
        (broken(nodes={(11, "x"): 990.0}), "extent_impossible"),
    ],
)
def test_what_cannot_be_used_is_refused(graph, code):
    with pytest.raises(TravelError) as error:
        from_networkx(graph, mode="car")
    assert [f.code for f in error.value.findings] == [code]


def test_a_mode_that_may_use_nothing_or_is_another_is_refused(own):
    graph = osmnx_like()
    graph.remove_edges_from([e for e in graph.edges if e[2] or 13 in e or 12 in e])
    with pytest.raises(TravelError) as error:
        from_networkx(graph, mode="car")
    assert "footway" in error.value.message("en")
    with pytest.raises(OptionsError):
        from_networkx(graph, mode="train")
    with pytest.raises(OptionsError) as error:
        from_networkx(own["car"].to_networkx(), mode="walk")
    assert error.value.findings[0].code == "network_of_other_mode"


def test_a_graph_made_of_our_roads_is_the_network_of_these_roads(small):
    """The same roads once through a table and once through a graph, without our minutes."""
    made = network_of_roads(small.roads, mode="walk")
    graph = made.to_networkx()
    for *_, data in graph.edges(data=True):
        del data["minutes"]
    again = from_networkx(graph, mode="walk")
    np.testing.assert_allclose(
        again.edges["minutes_forward"], made.edges["minutes_forward"], rtol=1e-9
    )
