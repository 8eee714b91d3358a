"""Real roads: what holds together as drawn, and what is joined where the drawing is broken."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layoutplan.network import network_of_roads
from layoutplan.network.islands import disconnected
from layoutplan.network.levels import levels_of
from layoutplan.network.repair import Repair

GAP_M = 20


def roads_of(shared, case):
    return gpd.read_file(shared / "cases" / f"{case}.gpkg", layer="roads").set_index("road_id")


def share_undirected(made):
    """Share of the length in the longest part, whatever the one-way streets."""
    u, v, length = (made.edges[c].to_numpy() for c in ("u", "v", "length_m"))
    pairs = coo_array((np.ones(len(u)), (u, v)), shape=(len(made.nodes),) * 2)
    part = connected_components(pairs, directed=False)[1]
    return np.bincount(part[u], weights=length).max() / length.sum()


def test_a_layer_without_shared_vertices_is_made_whole(shared):
    roads = roads_of(shared, "ijebu_ode")
    off = network_of_roads(roads, repair="off")
    assert share_undirected(off) == pytest.approx(0.127, abs=0.001)
    made = network_of_roads(roads, repair=GAP_M)
    assert share_undirected(made) >= 0.85

    joined = made.repairs
    assert set(joined["kind"]) == {"crossing", "touch", "gap"}
    gaps = joined[joined["kind"] == "gap"]
    assert gaps["length_m"].between(0, GAP_M).all()
    assert gaps.length.to_numpy() == pytest.approx(gaps["length_m"].to_numpy(), abs=0.02)
    assert joined["road"].isin(roads.index).all()
    assert joined["other_road"].isin(roads.index).all()
    added = made.edges["length_m"].sum() - off.edges["length_m"].sum()
    assert added == pytest.approx(gaps["length_m"].sum(), abs=0.02 * len(joined))

    # By itself: the warning with the same figures, and the rest on a list with a course.
    auto = network_of_roads(roads)
    assert auto.repairs.equals(made.repairs)
    warning = next(f for f in auto.findings if f.code == "roads_repaired")
    assert warning.severity == "warning"
    assert float(warning.values["after"]) == pytest.approx(100 * share_undirected(made), abs=0.1)
    cut_off = disconnected(auto)
    missing = 1 - auto.components.loc[auto.components["main"], "share"].sum()
    assert cut_off["length_m"].sum() / auto.edges["length_m"].sum() == pytest.approx(missing)
    assert not cut_off.geometry.is_empty.any()


def test_the_share_is_that_of_lines_and_ends_within_reach(shared):
    # Lines that cross, and ends within 20 m of another line, found without cutting anything.
    roads = roads_of(shared, "ijebu_ode")
    made = network_of_roads(roads, repair=GAP_M)
    lines = shapely.get_parts(roads.geometry.to_crs(made.crs).to_numpy())
    tree = shapely.STRtree(lines)
    crossing = tree.query(lines, predicate="intersects")
    ends = np.concatenate([shapely.get_point(lines, i) for i in (0, -1)])
    near = tree.query(ends, predicate="dwithin", distance=GAP_M)
    one = np.concatenate([crossing[0], near[0] % len(lines)])
    other = np.concatenate([crossing[1], near[1]])
    pairs = coo_array((np.ones(len(one)), (one, other)), shape=(len(lines),) * 2)
    part = connected_components(pairs, directed=False)[1]
    length = shapely.length(lines)
    most = np.bincount(part, weights=length).max() / length.sum()
    assert most - 0.005 < share_undirected(made) <= most + 0.001


@pytest.mark.parametrize("case", ["andorra", "liechtenstein"])
def test_sound_roads_hold_together_as_drawn_and_levels_stay_apart(case, shared):
    # All highways, whoever may use them, and no one-way streets.
    roads = roads_of(shared, case)[["bridge", "tunnel", "layer", "geometry"]]
    made = network_of_roads(roads)
    assert share_undirected(made) >= 0.99
    assert set(made.repairs["kind"]) <= {"duplicate", "zero_length"}

    level = dict(zip(roads.index, levels_of(roads), strict=True))
    noded = network_of_roads(roads, repair=Repair(gap_m=0))
    crossings = noded.repairs[noded.repairs["kind"] == "crossing"]
    assert len(crossings) > 0
    one, other = (crossings[c].map(level) for c in ("road", "other_road"))
    assert (one == other).all()
    # Roads of the case do cross on different levels, and none of these became a junction.
    lines = roads.geometry.to_crs(noded.crs)
    aloft = lines[[level[i] != 0 for i in lines.index]]
    on_ground = lines[[level[i] == 0 for i in lines.index]]
    pairs = gpd.GeoDataFrame(geometry=aloft).sjoin(
        gpd.GeoDataFrame(geometry=on_ground), predicate="crosses"
    )
    assert len(pairs) > 30
    here = aloft.loc[pairs.index].intersection(on_ground.loc[pairs["road_id_right"]], align=False)
    points = here[here.geom_type == "Point"].get_coordinates().to_numpy()
    for network in (noded, network_of_roads(roads, repair=GAP_M)):
        xy = network.nodes[["x", "y"]].to_numpy()
        plain = made.nodes[["x", "y"]].to_numpy()
        away = [shapely.STRtree(shapely.points(n)) for n in (xy, plain)]
        after, before = (
            tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)[1]
            for tree in away
        )
        assert (after[before > 0.02] > 0.005).all()
