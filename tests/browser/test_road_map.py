"""The map of a network in a browser without a network: layers, parts cut off, names as text."""

import shutil

import geopandas as gpd
import pandas as pd
import pytest

from layoutplan.maps.road_map import road_map
from layoutplan.network import network_of_roads
from layoutplan.network.flows import flows
from layoutplan.network.isochrones import isochrone_areas
from layoutplan.network.paths import paths

playwright_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
ATTACK = "</script><img src=x onerror=alert(1)>"
CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def saved(small, tmp_path_factory):
    """A county with a road apart on which a village stands, and a gap that was closed."""
    mercator = small.roads.to_crs("EPSG:3857")
    west, south, *_ = mercator.total_bounds
    extra = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 900 0)", "LINESTRING (450 2, 450 300)"])
    extra = extra.translate(west - 9000, south - 9000).set_crs(mercator.crs)
    apart = gpd.GeoDataFrame(geometry=extra.set_axis(["apart", "beside"])).to_crs(small.roads.crs)
    made = network_of_roads(pd.concat([small.roads[["geometry"]], apart]), repair=5)
    villages = small.villages
    spot = gpd.GeoSeries([extra.iloc[0].centroid], crs=extra.crs).to_crs(villages.crs)
    villages.loc[villages.index[0], "geometry"] = spot.iloc[0]
    villages.loc[villages.index[1], "name"] = f"{ATTACK}村"
    nearest = paths(villages, small.sites, network=made).dropna(subset="site_id")
    rows = nearest[["village_id", "site_id"]].assign(band="g13", pupils=range(1, len(nearest) + 1))
    shown = road_map(
        made,
        villages,
        small.schools,
        flows=flows(rows, villages, small.sites, network=made),
        isochrones=isochrone_areas(small.schools, network=made, minutes=[15, 30]),
    )
    path = tmp_path_factory.mktemp("map") / "路网图.html"
    shown.save(path)
    return path, shown


@pytest.fixture
def seen(saved):
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
        page = context.new_page()
        requests, complaints = [], []
        page.on("request", lambda r: requests.append(r.url))
        page.on("console", lambda m: complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("dialog", lambda d: (complaints.append(d.message), d.dismiss()))
        page.goto(saved[0].as_uri())
        page.wait_for_function("window.layoutplanRoads && layoutplanRoads.drawnMs > 0")
        yield page
        browser.close()
    assert len(requests) == 1
    assert complaints == []


def state(page, name):
    return page.evaluate(f"layoutplanRoads.{name}")


def test_every_layer_is_drawn_and_can_be_hidden(seen, saved):
    contents = saved[1].contents
    keys = {"isochrones", "main", "flows", "off", "repairs", "villages", "schools"}
    assert state(seen, "layers") == dict.fromkeys(keys, True)
    sizes = state(seen, "sizes")
    assert sizes["flows"] == len(contents["flows"]["pupils"])
    # The walks to the road are one layer more.
    assert sizes["villages"] == len(contents["villages"]["id"]) + 1
    painted = "() => [...document.querySelectorAll('canvas')].map(c => c.toDataURL().length)"
    before = seen.evaluate(painted)
    seen.uncheck("#layer-flows")
    assert state(seen, "layers")["flows"] is False
    seen.wait_for_timeout(100)
    assert seen.evaluate(painted) != before
    seen.check("#layer-flows")
    seen.wait_for_timeout(100)
    assert seen.evaluate(painted) == before


def test_the_panel_says_what_is_cut_off_and_leads_there(seen, saved):
    numbers = saved[1].contents["numbers"]
    assert numbers["parts"] == 1
    assert int(seen.inner_text("[data-number=parts]")) == 1
    pupils = int(seen.inner_text("[data-number=pupils]").replace(",", ""))
    assert pupils == numbers["pupils"] > 0
    assert seen.evaluate("document.documentElement.lang") == "zh-CN"
    zoom = state(seen, "zoom")
    seen.click(".parts .link")
    assert state(seen, "zoom") > zoom + 1
    x, y = seen.evaluate("layoutplanRoads.pointOf('villages', 0)")
    seen.mouse.move(x - 3, y)
    seen.mouse.move(x, y)
    tip = seen.inner_text(".leaflet-tooltip")
    assert saved[1].contents["villages"]["name"][0] in tip
    assert "未接入主路网" in tip


def test_a_hostile_name_is_only_text(seen):
    # A school may stand where the village stands; it lies on top.
    seen.uncheck("#layer-schools")
    x, y = seen.evaluate("layoutplanRoads.pointOf('villages', 1)")
    seen.mouse.move(x - 2, y)
    seen.mouse.move(x, y)
    assert ATTACK in seen.inner_text(".leaflet-tooltip")
    assert seen.evaluate("document.images.length") == 0


@pytest.mark.slow
def test_it_works_in_the_frame_of_a_notebook(saved, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(
        f"<!DOCTYPE html><meta charset=utf-8>{saved[1]._repr_html_()}", encoding="utf-8"
    )
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 900, "height": 650}, offline=True).new_page()
        complaints = []
        page.on("console", lambda m: complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(path.as_uri())
        (frame,) = [f for f in page.frames if f != page.main_frame]
        frame.wait_for_function("window.layoutplanRoads && layoutplanRoads.drawnMs > 0")
        assert frame.evaluate("layoutplanRoads.sizes.schools") > 1
        browser.close()
    assert complaints == []
