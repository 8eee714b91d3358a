"""The map of a network: one file, no requests, names as text, and what is cut off in people."""

import base64
import json
import re
from importlib.resources import files

import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely

import layoutplan as lp
from layoutplan.errors import DataError
from layoutplan.maps.network_payload import STATUSES
from layoutplan.maps.road_map import RoadMap, road_map
from layoutplan.network import network_of_roads
from layoutplan.network.flows import flows
from layoutplan.network.isochrones import isochrone_areas, isochrone_roads
from layoutplan.words import catalogue

CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"
ATTACK = "</script><img src=x onerror=alert(1)><!--"


def frame(*wkt, ids, **columns):
    shapes = gpd.GeoSeries.from_wkt(list(wkt), crs=CRS).set_axis(list(ids))
    return gpd.GeoDataFrame(columns, geometry=shapes, index=list(ids))


@pytest.fixture(scope="module")
def broken():
    """A road, an island with a village on it, a gap that is closed, and a village far away."""
    roads = frame(
        "LINESTRING (0 0, 9000 0)",
        "LINESTRING (3000 3, 3000 2000)",
        "LINESTRING (0 8000, 80 8000)",
        ids=["a", "b", "c"],
    )
    villages = frame(
        "POINT (100 50)", "POINT (0 8300)", "POINT (0 40000)", "POINT EMPTY",
        ids=["v", "w", "far", "lost"],
        name=["近村", f"岛村{ATTACK}", "远村", None],
        pupils_g13=[10, 25, 3, 1],
        population=[100, 250, 30, 10],
    )  # fmt: skip
    made = network_of_roads(roads, repair=5)
    return made, villages, frame("POINT (9000 10)", ids=["s"], name=["中心小学"])


@pytest.fixture(scope="module")
def made(broken):
    return road_map(broken[0], *broken[1:])


def contents_of(page):
    found = re.search(r'id="road-map-contents">(.*?)</script>', page, re.DOTALL)
    return json.loads(found.group(1))


def test_it_is_a_folium_map_with_the_same_bytes_each_time(made, broken):
    assert isinstance(made, RoadMap)
    assert isinstance(made, folium.Map)
    assert made.page() == road_map(broken[0], *broken[1:]).page()
    assert "srcdoc=" in made._repr_html_()


def test_what_is_cut_off_is_counted_in_people(made):
    contents = made.contents
    assert contents["lang"] == "zh"
    numbers = contents["numbers"]
    assert (numbers["parts"], numbers["villages"]) == (1, 1)
    assert (numbers["pupils"], numbers["residents"]) == (25, 250)
    assert numbers["off_km"] == 0.1
    assert contents["off"]["roads"] == ["c"]
    assert contents["off"]["pupils"] == [25]
    statuses = [STATUSES[n] for n in contents["villages"]["status"]]
    assert statuses == ["main", "island", "off_road"]
    assert contents["villages"]["id"] == ["v", "w", "far"]


def test_lines_and_points_decode_to_where_they_are(made):
    repairs = made.contents["repairs"]
    assert [repairs["kinds"][k] for k in repairs["kind"]] == ["gap"]
    assert repairs["m"] == [3.0]
    metric = gpd.GeoSeries.from_xy(
        [repairs["at"][0] / 1e5], [repairs["at"][1] / 1e5], crs="EPSG:4326"
    ).to_crs(CRS)
    assert metric.iloc[0].distance(shapely.Point(3000, 1.5)) < 3
    off = made.contents["off"]["lines"]
    assert off["n"] == [2]
    steps = np.cumsum(np.reshape(off["d"], (-1, 2)), axis=0) / 1e5
    ends = gpd.GeoSeries.from_xy(*steps.T, crs="EPSG:4326").to_crs(CRS)
    assert sorted(p.x for p in ends) == pytest.approx([0, 80], abs=1.5)


def test_flows_and_isochrones_lie_on_the_map(small, small_today):
    network = lp.network(small)
    passed = flows(small_today.assignment, small.villages, small.sites, network=network)
    areas = isochrone_areas(small.schools, network=network, minutes=[10, 30])
    made = road_map(network, small.villages, small.schools, flows=passed, isochrones=areas)
    drawn = made.contents["flows"]
    assert len(drawn["lines"]["n"]) == len(drawn["pupils"]) == len(drawn["forward"])
    assert drawn["pupils"] == sorted(drawn["pupils"])
    assert max(drawn["pupils"]) == passed.loc[passed["kind"] == "road", "pupils"].max()
    rings = made.contents["isochrones"]
    assert [r["minutes"] for r in rings] == [30, 10]
    assert all(r["area"] and r["lines"]["n"] for r in rings)
    lines = isochrone_roads(small.schools, network=network, minutes=[10])
    (ring,) = road_map(network, isochrones=lines).contents["isochrones"]
    assert not ring["area"]
    assert len(made.page().encode()) < 550_000


def test_nothing_in_the_page_is_fetched(made):
    page = made.page()
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", page)
    for kind, content in re.findall(r"data:text/(\w+);base64,([\w+/=]+)", page):
        text = base64.b64decode(content).decode()
        assert "sourceMappingURL" not in text
        if kind == "css":
            targets = re.findall(r"url\((.*?)\)", text)
            assert all(t.startswith(("data:", "#")) for t in targets)
    assert "Redistributions in binary form" in page


def test_a_name_cannot_end_the_script(made):
    page = made.page()
    assert "<img src=x" not in page
    assert f"岛村{ATTACK}" in contents_of(page)["villages"]["name"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_text_the_page_asks_for_is_there(lang):
    folder = files("layoutplan.maps").joinpath("assets")
    script = "\n".join(
        folder.joinpath(name).read_text(encoding="utf-8")
        for name in ("road_layers.js", "road_map.js", "north.js")
    )
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script)
    words = {k.removeprefix("map.") for k in catalogue(lang) if k.startswith("map.")}
    plain = set(re.findall(r"say\(\"([\w.]+)\"", script))
    assert len(plain) > 25
    assert plain <= words
    for kind in ("off", "behind", "one_way"):
        assert f"roads.{kind}" in words
    assert {f"roads.status.{s}" for s in STATUSES} <= words


def test_the_language_and_title_can_be_given(broken):
    english = road_map(broken[0], lang="en", title="Roads").contents
    assert (english["lang"], english["title"]) == ("en", "Roads")
    assert english["numbers"]["pupils"] == -1
    assert english["villages"]["id"] == []
    assert english["words"]["roads.main"] == "Main network"


def test_saving_is_whole(made, tmp_path):
    path = tmp_path / "路网.html"
    made.save(path)
    assert path.read_text(encoding="utf-8") == made.page()
    assert [p.name for p in tmp_path.iterdir()] == ["路网.html"]


def test_what_cannot_be_drawn_is_refused(broken):
    network, villages, _ = broken
    with pytest.raises(DataError) as error:
        road_map(
            network,
            villages.set_crs(None, allow_override=True),
            flows=villages,
            isochrones=villages,
        )
    found = {(f.code, f.table, f.column) for f in error.value.findings}
    assert ("no_crs", "villages", "") in found
    assert ("missing_column", "flows", "kind") in found
    assert ("missing_column", "isochrones", "minutes") in found
    empty = lp.RoadNetwork(
        mode="walk",
        crs=network.crs,
        nodes=network.nodes[:0],
        edges=network.edges[:0],
        components=network.components[:0],
        standards=network.standards,
    )
    with pytest.raises(DataError, match="no road"):
        road_map(empty)
