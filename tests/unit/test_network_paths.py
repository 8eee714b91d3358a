"""Ways as lines: the minutes of travel times, drawn along the roads."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

import layoutplan as lp
from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import attach, network, network_of_roads
from layoutplan.network.chains import chained
from layoutplan.network.modes import MODES
from layoutplan.network.paths import paths
from layoutplan.network.reduce import Links
from layoutplan.network.routes import routes
from layoutplan.network.web import web_of
from layoutplan.travel import travel_between

CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"


def frame(*wkt, ids, **columns):
    shapes = gpd.GeoSeries.from_wkt(list(wkt), crs=CRS).set_axis(list(ids))
    return gpd.GeoDataFrame(columns, geometry=shapes, index=list(ids))


@pytest.fixture(scope="module")
def by_mode(small):
    return {mode: network(small, mode=mode) for mode in MODES}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("band", ["g13", "g79"])
def test_minutes_are_those_of_travel_times(small, by_mode, mode, band):
    made = by_mode[mode]
    times = travel_between(small.villages, small.sites, network=made)
    rng = np.random.default_rng(5)
    pairs = pd.DataFrame(
        {
            "village_id": rng.choice(small.villages.index, 200),
            "site_id": rng.choice(small.sites.index, 200),
        }
    )
    found = paths(small.villages, small.sites, network=made, pairs=pairs, band=band)
    table = times.table(band)
    wanted = [table.loc[p.village_id, p.site_id] for p in pairs.itertuples()]
    assert found[["village_id", "site_id"]].to_numpy().tolist() == pairs.to_numpy().tolist()
    np.testing.assert_allclose(found["minutes"], wanted, rtol=1e-12, atol=1e-9)
    assert found.crs == small.villages.crs


def test_a_line_runs_from_village_to_site_and_is_as_long_as_it_says(small, by_mode):
    made = by_mode["car"]
    found = paths(small.villages, small.sites, network=made)
    assert len(found) == len(small.villages)
    lines = found.to_crs(made.crs).geometry
    villages = small.villages.geometry.loc[found["village_id"]].to_crs(made.crs)
    sites = small.sites.geometry.loc[found["site_id"]].to_crs(made.crs)
    first = shapely.get_point(lines.to_numpy(), 0)
    last = shapely.get_point(lines.to_numpy(), -1)
    assert shapely.distance(first, villages.to_numpy()).max() < 1e-6
    assert shapely.distance(last, sites.to_numpy()).max() < 1e-6
    np.testing.assert_allclose(lines.length, found["length_m"], atol=1e-5)
    legs = found["from_village_m"] + found["to_site_m"]
    # What is not walked across country lies on roads.
    roads = shapely.union_all(small.roads.geometry.to_crs(made.crs).to_numpy())
    on_road = shapely.intersection(shapely.buffer(roads, 0.05), lines.to_numpy())
    assert (shapely.length(on_road) > found["length_m"] - legs - 1).all()


def test_the_nearest_site_is_that_of_travel_times(small, by_mode):
    for mode in ("walk", "car"):
        times = travel_between(small.villages, small.sites, network=by_mode[mode])
        nearest = times.nearest(band="g46").set_index("village_id")["minutes"]
        found = paths(small.villages, small.sites, network=by_mode[mode], band="g46")
        found = found.set_index("village_id")["minutes"]
        np.testing.assert_allclose(found.loc[nearest.index], nearest, atol=1e-9)


def test_vertices_legs_and_roads_of_a_drawn_way():
    lines = ["LINESTRING (0 0, 300 0, 300 400)", "LINESTRING (300 400, 900 400)"]
    roads = frame(*lines, ids=["a", "b"])
    village, school = frame("POINT (0 30)", ids=["v"]), frame("POINT (600 420)", ids=["s"])
    way = paths(village, school, network=network_of_roads(roads)).loc[0]
    drawn = shapely.set_precision(way["geometry"], 0.01)
    assert drawn.wkt == "LINESTRING (0 30, 0 0, 300 0, 300 400, 600 400, 600 420)"
    assert way["roads"] == "a, b"
    assert way["from_village_m"] == pytest.approx(30, rel=1e-3)
    assert way["to_site_m"] == pytest.approx(20, rel=1e-3)
    assert way["length_m"] == pytest.approx(30 + 300 + 400 + 300 + 20, rel=1e-3)


def test_one_way_roads_are_followed_the_way_of_the_pupils():
    ring = ["LINESTRING (0 0, 500 0)", "LINESTRING (500 0, 500 500, 0 500, 0 0)"]
    roads = frame(*ring, ids=["short", "round"], oneway=["yes", "yes"])
    ends = frame("POINT (500 0)", "POINT (0 0)", ids=["v", "s"])
    made = network_of_roads(roads, mode="car")
    there = paths(ends[:1], ends[1:], network=made).loc[0]
    back = paths(ends[1:], ends[:1], network=made).loc[0]
    assert (there["roads"], back["roads"]) == ("round", "short")
    assert there["length_m"] == pytest.approx(1500, rel=1e-3)


def test_places_nearer_to_each_other_than_to_the_road_go_straight():
    roads = frame("LINESTRING (0 0, 3000 0)", ids=["r"])
    village, school = frame("POINT (1000 800)", ids=["v"]), frame("POINT (1200 800)", ids=["s"])
    made = network_of_roads(roads)
    way = paths(village, school, network=made).loc[0]
    assert way["across"]
    assert way["roads"] == ""
    drawn = shapely.set_precision(way["geometry"], 0.01)
    assert drawn.wkt == "LINESTRING (1000 800, 1200 800)"
    times = travel_between(village, school, network=made)
    assert way["minutes"] == pytest.approx(times.array()[0, 0], abs=1e-9)


def test_places_at_one_spot_and_on_the_road():
    roads = frame("LINESTRING (0 0, 300 0)", ids=["r"])
    both = frame("POINT (100 0)", "POINT (100 0)", ids=["v", "s"])
    way = paths(both[:1], both[1:], network=network_of_roads(roads)).loc[0]
    assert way["minutes"] == pytest.approx(0, abs=1e-9)
    assert way["geometry"].length == pytest.approx(0, abs=1e-6)
    assert len(way["geometry"].coords) == 2


def test_pairs_without_a_way_stay_in_the_table():
    lines = ["LINESTRING (0 0, 900 0)", "LINESTRING (0 9000, 900 9000)"]
    made = network_of_roads(frame(*lines, ids=["a", "b"]))
    villages = frame("POINT (0 0)", "POINT (0 50000)", ids=["v", "far"])
    sites = frame("POINT (900 0)", "POINT (900 9000)", ids=["s", "t"])
    asked = pd.DataFrame({"village_id": ["v", "far", "v"], "site_id": ["t", "s", "s"]})
    found = paths(villages, sites, network=made, pairs=asked)
    assert np.isinf(found["minutes"]).tolist() == [True, True, False]
    assert found["length_m"].isna().tolist() == [True, True, False]
    assert found.geometry.is_empty.tolist() == [True, True, False]
    assert paths(villages, sites, network=made)["village_id"].tolist() == ["v", "far"]


def test_places_without_a_location_have_no_way():
    made = network_of_roads(frame("LINESTRING (0 0, 900 0)", ids=["r"]))
    villages = frame("POINT (0 0)", "POINT EMPTY", ids=["v", "lost"])
    school = frame("POINT (900 0)", ids=["s"])
    pairs = pd.DataFrame({"village_id": ["lost", "v"], "site_id": ["s", "s"]})
    found = paths(villages, school, network=made, pairs=pairs)
    assert np.isinf(found["minutes"]).tolist() == [True, False]
    assert paths(villages, school, network=made)["village_id"].tolist() == ["v", "lost"]


def test_the_order_of_rows_is_nothing(small, by_mode):
    made = by_mode["walk"]
    pairs = pd.DataFrame(
        {"village_id": small.villages.index[:20], "site_id": np.resize(small.sites.index[:7], 20)}
    )
    one = paths(small.villages, small.sites, network=made, pairs=pairs)
    other = paths(small.villages[::-1], small.sites[::-1], network=made, pairs=pairs[::-1])
    other = other[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


def test_what_is_wrong_is_said_at_once(small, by_mode):
    made, villages, sites = by_mode["walk"], small.villages, small.sites
    asked = pd.DataFrame({"village_id": ["nowhere"], "site_id": ["nobody"]})
    with pytest.raises(TravelError) as error:
        paths(villages, sites, network=made, pairs=asked)
    assert {f.ids for f in error.value.findings} == {("nowhere",), ("nobody",)}
    assert "nowhere" in error.value.message("zh")
    with pytest.raises(TravelError, match="site_id"):
        paths(villages, sites, network=made, pairs=asked[["village_id"]])
    with pytest.raises(OptionsError, match="g99"):
        paths(villages, sites, network=made, band="g99")
    with pytest.raises(TravelError, match="no rows"):
        paths(villages[:0], sites, network=made)
    with pytest.raises(TravelError, match="coordinate reference system"):
        paths(villages.set_crs(None, allow_override=True), sites, network=made)
    twice = pd.concat([villages, villages[:1]])
    with pytest.raises(TravelError, match="repeat"):
        paths(twice, sites, network=made)
    empty = lp.RoadNetwork(
        mode="walk",
        crs=made.crs,
        nodes=made.nodes[:0],
        edges=made.edges[:0],
        components=made.components[:0],
        standards=made.standards,
    )
    with pytest.raises(TravelError, match="holds no road"):
        paths(villages, sites, network=empty)


def random_links(rng):
    """Few nodes and many links, tails of nodes in rows, one-way, islands, no minutes."""
    nodes = int(rng.integers(2, 25))
    ends = rng.integers(0, nodes, (int(rng.integers(1, 50)), 2))
    tail = np.stack([np.arange(nodes - 1, nodes + 9), np.arange(nodes, nodes + 10)], axis=1)
    ends, nodes = np.concatenate([ends, tail]), nodes + 10
    ends = ends[ends[:, 0] != ends[:, 1]]
    _, first = np.unique(np.sort(ends, axis=1), axis=0, return_index=True)
    ends = ends[first]
    minutes = rng.integers(0, 5, (2, len(ends))).astype(float)
    minutes[rng.random(minutes.shape) < 0.2] = np.inf
    return Links(u=ends[:, 0], v=ends[:, 1], forward=minutes[0], backward=minutes[1], nodes=nodes)


class Bare:
    """A web of links alone."""

    def __init__(self, links):
        self.links = links


def test_routes_of_random_graphs_are_those_of_networkx():
    rng = np.random.default_rng(11)
    for _ in range(150):
        links = random_links(rng)
        graph = nx.DiGraph()
        graph.add_nodes_from(range(links.nodes))
        for u, v, there, back in zip(links.u, links.v, links.forward, links.backward, strict=True):
            graph.add_weighted_edges_from([(u, v, there)] if there < np.inf else [])
            graph.add_weighted_edges_from([(v, u, back)] if back < np.inf else [])
        starts, ends = rng.integers(0, links.nodes, (2, 8))
        found = routes(Bare(links), starts, ends)
        pair, link, turned = found.links_passed()
        passed = np.where(turned, links.backward[link], links.forward[link])
        head = np.where(turned, links.u[link], links.v[link])
        tail = np.where(turned, links.v[link], links.u[link])
        for n, (start, end) in enumerate(zip(starts, ends, strict=True)):
            reached = nx.single_source_dijkstra_path_length(graph, start)
            assert found.minutes[n] == pytest.approx(reached.get(end, np.inf))
            if end in reached:
                nodes = [start, *head[pair == n]]
                assert nodes == [*tail[pair == n], end]
                assert passed[pair == n].sum() == pytest.approx(reached[end])


def test_rows_hold_every_link_that_leads_somewhere_once():
    rng = np.random.default_rng(2)
    for _ in range(100):
        links = random_links(rng)
        places = rng.integers(0, links.nodes, 3)
        made = chained(links, places)
        assert len(np.unique(made.member)) == len(made.member)
        which, link, turned = made.expanded(np.arange(len(made.links.u)))
        tail = np.where(turned, links.v[link], links.u[link])
        head = np.where(turned, links.u[link], links.v[link])
        inner = which[1:] == which[:-1]
        assert (head[:-1][inner] == tail[1:][inner]).all()
        first = np.searchsorted(which, np.arange(len(made.links.u)))
        assert (tail[first] == made.links.u).all()
        forward = np.where(turned, links.backward[link], links.forward[link])
        np.testing.assert_allclose(
            made.links.forward, np.bincount(which, weights=forward, minlength=len(first))
        )


def test_pieces_of_a_web_know_where_they_lie(small, by_mode):
    made = by_mode["car"]
    at = attach(made, small.villages.geometry.to_numpy(), crs=small.villages.crs)
    web = web_of(made, at)
    length = np.bincount(web.edge, weights=web.length_m, minlength=len(made.edges))
    np.testing.assert_allclose(length, made.edges["length_m"], rtol=1e-12)
    np.testing.assert_allclose(shapely.length(web.lines()), web.length_m, atol=1e-6)
    edges = made.edges.iloc[web.edge]
    per_metre = (edges["minutes_forward"] / edges["length_m"]).to_numpy()
    np.testing.assert_allclose(web.links.forward, per_metre * web.length_m)
