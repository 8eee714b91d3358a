"""What if: a changed network is the one made anew of a changed table."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import Barriers, network_of_roads
from layoutplan.network.change import with_standards, without_roads
from layoutplan.network.modes import MODES
from layoutplan.network.new_road import with_road
from layoutplan.standards import standards

CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"


def frame(*wkt, **columns):
    shapes = gpd.GeoSeries.from_wkt(list(wkt), crs=CRS)
    table = gpd.GeoDataFrame(columns, geometry=shapes)
    return table.set_axis([f"r{n}" for n in range(len(wkt))])


def same(one, other, *, atol=1e-6):
    """Two networks with the same nodes and edges, wherever their origins are."""
    shift = one.nodes[["x", "y"]].to_numpy().mean(axis=0)
    shift = shift - other.nodes[["x", "y"]].to_numpy().mean(axis=0)
    np.testing.assert_allclose(one.nodes[["x", "y"]], other.nodes[["x", "y"]] + shift, atol=0.01)
    edges = [n.edges.astype({"road": "str"}) for n in (one, other)]
    pd.testing.assert_frame_equal(*edges, rtol=1e-6, atol=atol, check_dtype=False)
    columns = ["nodes", "main", "behind_barrier"]
    pd.testing.assert_frame_equal(one.components[columns], other.components[columns])
    assert one.mode == other.mode
    if one.on_foot is not None:
        same(one.on_foot, other.on_foot, atol=atol)


@pytest.fixture(scope="module")
def roads(small):
    return small.roads


@pytest.mark.parametrize("mode", MODES)
def test_closed_roads_are_as_if_never_there(roads, mode):
    made = network_of_roads(roads, mode=mode)
    edges, nodes = made.edges.copy(), made.nodes.copy()
    closed = made.edges["road"].astype("str").unique()[::7]
    changed = without_roads(made, closed)
    again = network_of_roads(roads[~roads.index.astype("str").isin(closed)], mode=mode)
    same(changed, again)
    assert not set(changed.edges["road"].astype("str")) & set(closed)
    # What was given stays as it was.
    pd.testing.assert_frame_equal(made.edges, edges)
    pd.testing.assert_frame_equal(made.nodes, nodes)
    # Closing step by step is closing at once.
    same(without_roads(without_roads(made, closed[:3]), closed[3:]), changed)


@pytest.mark.parametrize("mode", MODES)
def test_other_speeds_are_as_if_made_with_them(roads, mode):
    made = network_of_roads(roads, mode=mode)
    numbers = standards().with_values(
        walk_speed_kmh_g13=3, drive_speed_kmh_tertiary=21, main_network_share=0.4
    )
    changed = with_standards(made, numbers)
    same(changed, network_of_roads(roads, mode=mode, standards=numbers))
    assert changed.standards is numbers
    assert made.standards.value("walk_speed_kmh_g13") == 4


def test_a_speed_of_nothing_is_refused(roads):
    with pytest.raises(OptionsError):
        with_standards(network_of_roads(roads), standards().with_values(walk_speed_kmh_g13=0))


def test_a_new_road_is_as_if_drawn_with_vertices_where_it_is_joined():
    table = frame(
        "LINESTRING (0 0, 1000 0)",
        "LINESTRING (0 500, 700 500, 1000 500)",
        highway=["tertiary", "residential"],
        oneway=["yes", None],
    )
    for mode in MODES:
        made = network_of_roads(table, mode=mode)
        line = shapely.LineString([(400, 8), (420, 250), (700, 500)])
        changed = with_road(made, line, like="r1", label="bridge", bridge="yes")
        drawn = frame(
            "LINESTRING (0 0, 400 0, 1000 0)",
            "LINESTRING (0 500, 700 500, 1000 500)",
            "LINESTRING (400 0, 400 8, 420 250, 700 500)",
            highway=["tertiary", "residential", "residential"],
            oneway=["yes", None, None],
            bridge=[None, None, "yes"],
        ).set_axis(["r0", "r1", "bridge"])
        same(changed, network_of_roads(drawn, mode=mode))
        assert not [f for f in changed.findings if f.code.startswith("new")]
        assert mode != "walk" or len(made.components) > len(changed.components)
        assert made.flat.roads.index.tolist() == ["r0", "r1"]


def test_new_roads_in_a_county_are_those_of_a_table_with_their_vertices(roads, small):
    made = network_of_roads(roads, mode="car")
    metric = roads.to_crs(made.crs)
    ends = small.villages.geometry.to_crs(made.crs).iloc[[3, 20]]
    lines = metric.geometry.to_numpy()
    near = [int(np.argmin(shapely.distance(lines, p))) for p in ends]
    feet = [
        shapely.line_interpolate_point(lines[n], shapely.line_locate_point(lines[n], p))
        for n, p in zip(near, ends, strict=True)
    ]
    line = shapely.LineString(feet)
    changed = with_road(made, line, crs=made.crs, label="new", highway="secondary")
    before, after = (n.edges["length_m"].sum() for n in (made, changed))
    assert after - before == pytest.approx(line.length, rel=1e-6)
    assert len(changed.components) == len(made.components)
    assert len(changed.edges) <= len(made.edges) + 3
    back = without_roads(changed, ["new"])
    assert back.edges["length_m"].sum() == pytest.approx(before)
    assert back.edges["minutes_forward"].sum() == pytest.approx(made.edges["minutes_forward"].sum())


def test_several_new_roads_get_labels_of_their_own():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)", "LINESTRING (0 500, 900 500)"))
    for x in (100, 200):
        made = with_road(made, shapely.LineString([(x, 0), (x, 500)]))
    assert sorted(made.edges["road"].astype("str").unique()) == ["new-1", "new-2", "r0", "r1"]


def test_a_new_road_passes_over_what_it_crosses_and_says_so():
    made = network_of_roads(
        frame(
            "LINESTRING (0 0, 900 0)", "LINESTRING (0 200, 900 200)", "LINESTRING (0 500, 900 500)"
        )
    )
    line = shapely.LineString([(450, 0), (450, 500)])
    changed = with_road(made, line)
    assert len(changed.components) == 2
    (finding,) = [f for f in changed.findings if f.code == "new_road_crosses"]
    assert "r1" in finding.what("en")
    assert "r1" in finding.what("zh")
    # With a vertex on a vertex of the other road, it is joined there.
    joined = frame("LINESTRING (0 0, 900 0)", "LINESTRING (0 200, 450 200, 900 200)")
    line = shapely.LineString([(450, 0), (450, 200), (450, 500)])
    assert len(with_road(network_of_roads(joined), line).components) == 1


def test_an_end_that_is_near_no_road_is_named():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)"))
    changed = with_road(made, shapely.LineString([(450, 50), (450, 5000)]))
    assert [f.code for f in changed.findings] == ["new_road_loose_end"]
    assert changed.edges["length_m"].sum() == pytest.approx(900 + 5000, rel=1e-4)
    changed = with_road(made, shapely.LineString([(450, 50), (600, 150)]), reach_m=200)
    assert changed.findings == ()


def test_a_road_the_mode_may_not_use_changes_nothing_but_the_table():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)", highway=["primary"]), mode="car")
    changed = with_road(made, shapely.LineString([(0, 0), (0, 500)]), highway="footway")
    assert [f.code for f in changed.findings if f.code.startswith("new")] == [
        "new_road_unusable",
        "new_road_loose_end",
    ]
    pd.testing.assert_frame_equal(
        changed.edges, made.edges, check_dtype=False, check_categorical=False
    )


def test_both_ends_at_one_point_make_a_loop_without_harm():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)"))
    loop = shapely.LineString([(450, 10), (600, 300), (300, 300), (450, 10)])
    changed = with_road(made, loop)
    assert changed.edges["length_m"].sum() == pytest.approx(900 + loop.length + 10, rel=1e-4)


def test_conditions_hold_for_changed_networks_too():
    table = frame(
        "LINESTRING (0 0, 500 0, 1000 0)",
        "LINESTRING (500 -400, 500 0)",
        "LINESTRING (500 0, 500 400)",
        highway=["trunk", "residential", "residential"],
        closed_in=[None, "flood", None],
    )
    barriers = Barriers(road_classes=("trunk",))
    made = network_of_roads(table, barriers=barriers)
    changed = without_roads(made, ["r0"])
    same(changed, network_of_roads(table.drop("r0"), barriers=barriers))
    assert len(changed.components) == 1
    flood = network_of_roads(table, season="flood")
    assert "r1" not in set(flood.edges["road"])
    shut = without_roads(flood, ["r2"])
    assert set(shut.edges["road"].astype("str")) == {"r0"}
    over = with_road(made, shapely.LineString([(600, -200), (600, 200)]), bridge="yes")
    assert "new-1" in set(over.edges["road"].astype("str"))


def test_what_is_unknown_or_impossible_is_said_at_once():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)", "LINESTRING (0 500, 900 500)"))
    with pytest.raises(TravelError) as error:
        without_roads(made, ["r0", "r7", "r8"])
    assert error.value.findings[0].ids == ("r7", "r8")
    with pytest.raises(TravelError, match="none is left"):
        without_roads(made, ["r0", "r1"])
    with pytest.raises(TravelError) as error:
        with_road(made, shapely.Point(0, 0), like="r9", label="r0", higway="primary")
    assert {f.code for f in error.value.findings} == {
        "new_road_no_line",
        "labels_unknown",
        "new_road_label_taken",
        "new_road_column_unknown",
    }
    with pytest.raises(TravelError) as error:
        with_road(made, shapely.LineString([(0, 3000), (900, 3000)]))
    assert error.value.findings[0].code == "new_road_nowhere"
    assert "2500" in error.value.message("zh")
    for line in (
        shapely.LineString(),
        shapely.LineString([(0, 0), (0, 0)]),
    ):
        with pytest.raises(TravelError, match="one line with a length"):
            with_road(made, line)


def test_a_network_made_of_no_roads_cannot_be_changed():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)"))
    bare = type(made)(
        mode=made.mode,
        crs=made.crs,
        nodes=made.nodes,
        edges=made.edges,
        components=made.components,
        standards=made.standards,
    )
    for change in (
        lambda: without_roads(bare, ["r0"]),
        lambda: with_standards(bare, standards()),
        lambda: with_road(bare, shapely.LineString([(0, 0), (1, 1)])),
    ):
        with pytest.raises(TravelError) as error:
            change()
        assert error.value.findings[0].code == "network_without_drawing"


def test_a_change_is_quicker_than_making_it_anew(small):
    roads = small.roads
    made = network_of_roads(roads, mode="car", repair=5)
    closed = list(made.edges["road"].astype("str").unique()[:5])

    def seconds(work):
        times = []
        for _ in range(3):
            begin = time.process_time()
            work()
            times.append(time.process_time() - begin)
        return min(times)

    left = roads[~roads.index.astype("str").isin(closed)]
    anew = seconds(lambda: network_of_roads(left, mode="car", repair=5))
    changed = seconds(lambda: without_roads(made, closed))
    assert changed < anew
