"""Graphs of lines: where roads are joined, and which edge is kept."""

from importlib import import_module

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import metric_crs, network_of_roads
from layoutplan.network.build import segments
from layoutplan.network.graph import directed_graph, shortest_minutes
from layoutplan.standards import standards

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
WALK = 4000 / 60


def roads(*wkt, **columns):
    lines = gpd.GeoSeries.from_wkt(list(wkt), crs=FLAT)
    frame = gpd.GeoDataFrame(columns, geometry=lines)
    return frame.set_axis([f"r{i}" for i in range(len(wkt))])


def minutes(made, start, end):
    """Minutes between two nodes given by their coordinates."""
    xy = made.nodes[["x", "y"]].to_numpy()
    u, v = (int(np.hypot(*(xy - p).T).argmin()) for p in (start, end))
    e = made.edges
    graph = directed_graph(
        np.concatenate([e.u, e.v]),
        np.concatenate([e.v, e.u]),
        np.concatenate([e.minutes_forward, e.minutes_backward]),
        nodes=len(xy),
    )
    return float(shortest_minutes(graph, np.array([u]), np.array([v]))[0, 0])


def test_interior_vertices_join():
    made = network_of_roads(roads("LINESTRING (0 0, 500 0, 1000 0)", "LINESTRING (500 0, 500 500)"))
    assert len(made.components) == 1
    assert minutes(made, (0, 0), (500, 500)) == pytest.approx(1000 / WALK, abs=1e-6)


def test_crossing_without_a_shared_vertex_is_not_a_junction():
    made = network_of_roads(
        roads("LINESTRING (0 0, 1000 0)", "LINESTRING (500 -500, 500 500)", bridge=["yes", None])
    )
    assert len(made.components) == 2
    assert minutes(made, (0, 0), (500, 500)) == np.inf


def test_parts_of_a_multilinestring_are_not_joined_by_a_jump():
    made = network_of_roads(
        roads("MULTILINESTRING ((0 0, 100 0), (200 0, 300 0))", "LINESTRING (100 0, 100 80)")
    )
    assert made.edges["length_m"].sum() == pytest.approx(280, abs=1e-6)
    assert sorted(made.edges["road"]) == ["r0", "r0", "r1"]
    assert minutes(made, (0, 0), (300, 0)) == np.inf


def test_zero_length_pieces_are_left_out_and_empty_roads_named():
    made = network_of_roads(
        roads(
            "LINESTRING (0 0, 0 0, 100 0, 100 0, 200 0)",
            "LINESTRING (50 50, 50 50)",
            "LINESTRING EMPTY",
            "LINESTRING (200 0, 300 0)",
        )
    )
    assert made.edges["length_m"].round(6).tolist() == [100.0, 100.0, 100.0]
    assert [(f.code, f.ids) for f in made.findings] == [("road_without_length", ("r1", "r2"))]


def test_heights_are_no_matter():
    made = network_of_roads(roads("LINESTRING Z (0 0 5, 100 0 9)", "LINESTRING (100 0, 200 0)"))
    assert len(made.components) == 1


def test_parallel_edges_keep_the_quicker_never_the_sum():
    parallel = roads(
        "LINESTRING (0 0, 1000 0)",
        "LINESTRING (1000 0, 0 0)",
        "LINESTRING (0 0, 500 500, 1000 0)",
        highway=["residential", "primary", "primary"],
    )
    made = network_of_roads(parallel, mode="car")
    assert len(made.edges) == 3
    speed = standards().value("drive_speed_kmh_primary") * 1000 / 60
    assert minutes(made, (0, 0), (1000, 0)) == pytest.approx(1000 / speed)
    assert made.edges.set_index("length_m").loc[made.edges["length_m"].max(), "road"] == "r1"


def test_opposite_one_way_lines_on_the_same_course_make_a_two_way_edge():
    pair = roads(
        "LINESTRING (0 0, 1000 0)",
        "LINESTRING (1000 0, 0 0)",
        highway=["primary"] * 2,
        oneway=["yes", "yes"],
    )
    made = network_of_roads(pair, mode="car")
    assert len(made.edges) == 1
    assert np.isfinite(made.edges[["minutes_forward", "minutes_backward"]]).all(axis=None)


def test_nodes_do_not_depend_on_the_order_of_roads():
    rng = np.random.default_rng(3)
    xy = rng.integers(0, 30, (40, 2, 2)) * 10.0
    lines = roads(*(shapely.LineString(line).wkt for line in xy))
    one = network_of_roads(lines)
    other = network_of_roads(lines.iloc[rng.permutation(len(lines))])
    assert one.nodes.equals(other.nodes)
    columns = ["u", "v", "length_m", "minutes_forward", "component"]
    assert one.edges[columns].equals(other.edges[columns])
    assert one.edges["road"].astype(str).equals(other.edges["road"].astype(str))


def test_lengths_are_true_to_one_in_ten_thousand_over_a_county():
    lon = np.linspace(109.6, 110.6, 60)
    lat = 30.0 + 0.4 * np.sin(lon * 9)
    line = gpd.GeoDataFrame(geometry=[shapely.LineString(np.c_[lon, lat])], crs="EPSG:4490")
    made = network_of_roads(line)
    truth = Geod(ellps="GRS80").line_length(lon, lat)
    assert made.edges["length_m"].sum() == pytest.approx(truth, rel=1e-4)


def test_one_road_far_away_does_not_move_the_projection():
    dense = [
        shapely.LineString([(110 + i / 1000, 30), (110 + (i + 1) / 1000, 30)]) for i in range(200)
    ]
    stray = shapely.LineString([(0, 0), (0.001, 0)])
    made = segments(np.array([*dense, stray]), crs=CRS("EPSG:4326"))
    assert made.crs.name == "local transverse Mercator 110.1 30"


def test_metric_crs_keeps_the_datum():
    xian = CRS("EPSG:4610")
    metric = metric_crs((110, 30, 111, 31), xian)
    assert metric.geodetic_crs == xian
    assert metric.axis_info[0].unit_name == "metre"


def test_a_system_without_an_earth_is_refused():
    local = CRS.from_wkt('LOCAL_CS["site grid",UNIT["metre",1],AXIS["X",EAST],AXIS["Y",NORTH]]')
    with pytest.raises(TravelError) as caught:
        metric_crs((0, 0, 1, 1), local)
    assert caught.value.findings[0].code == "crs_without_earth"


def test_an_impossible_extent_is_refused():
    with pytest.raises(TravelError) as caught:
        metric_crs((400000, 3000000, 500000, 4000000), CRS("EPSG:4326"))
    assert caught.value.findings[0].code == "extent_impossible"


@pytest.mark.parametrize(
    ("table", "mode", "code"),
    [
        (roads(), "walk", "roads_none"),
        (roads("LINESTRING (0 0, 9 0)", highway=["steps"]), "car", "roads_none_usable"),
        (roads("LINESTRING (0 0, 9 0)", highway=["motorway"]), "walk", "roads_none_usable"),
        (roads("LINESTRING (0 0, 9 0)", highway=["motorway"]), "car", "roads_no_access"),
        (roads("LINESTRING (1 1, 1 1)"), "walk", "roads_no_lengths"),
        (roads("LINESTRING (0 0, 9 0)").set_crs(None, allow_override=True), "walk", "roads_no_crs"),
    ],
)
def test_roads_that_make_no_network_are_refused(table, mode, code):
    with pytest.raises(TravelError) as caught:
        network_of_roads(table, mode=mode)
    finding = caught.value.findings[0]
    assert finding.code == code
    for lang in ("zh", "en"):
        assert finding.what(lang)
        assert finding.cure(lang)


def test_an_unknown_mode_is_refused():
    with pytest.raises(OptionsError, match="tram"):
        network_of_roads(roads("LINESTRING (0 0, 9 0)"), mode="tram")


def test_fragments_are_reported_in_kilometres():
    made = network_of_roads(roads("LINESTRING (0 0, 99500 0)", "LINESTRING (0 500, 500 500)"))
    assert made.components["main"].tolist() == [True, False]
    assert made.components["share"].sum() == pytest.approx(1)
    (finding,) = made.findings
    assert finding.code == "road_fragments"
    assert finding.ids == ("r1",)
    assert finding.values["km"] == "0.5"


def test_export_to_networkx():
    table = roads("LINESTRING (0 0, 100 0, 200 0)", highway=["primary"], oneway=["yes"])
    graph = network_of_roads(table, mode="car").to_networkx()
    assert sorted(graph.edges) == [(0, 1), (1, 2)]
    assert graph.edges[0, 1]["road"] == "r0"
    assert graph.edges[0, 1]["length_m"] == pytest.approx(100)
    assert CRS(graph.graph["crs"]).is_projected
    assert {"x", "y", "component"} == set(graph.nodes[0])


def test_arcs_of_no_time_stay_arcs():
    graph = directed_graph(np.array([0, 1]), np.array([1, 2]), np.array([0.0, 0.0]), nodes=3)
    assert shortest_minutes(graph, np.array([0]), np.array([1, 2])).tolist() == [[0.0, 0.0]]


def test_blocks_of_starts_give_the_same_as_one(monkeypatch):
    rng = np.random.default_rng(1)
    tail, head = rng.integers(0, 50, (2, 300))
    graph = directed_graph(tail, head, rng.random(300), nodes=50)
    starts, ends = rng.integers(0, 50, 20), rng.integers(0, 50, 7)
    whole = shortest_minutes(graph, starts, ends)
    monkeypatch.setattr(import_module("layoutplan.network.graph"), "_BLOCK_BYTES", 8 * 50 * 3)
    steps = []
    blocks = shortest_minutes(graph, starts, ends, progress=lambda *done: steps.append(done))
    assert np.array_equal(whole, blocks)
    number = len(np.unique(starts))
    assert steps[-1] == (number, number)
    assert len(steps) == -(-number // 3)
