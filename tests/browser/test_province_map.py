"""The map of a province in a browser without a network: numbers, ranks, names as text."""

import shutil

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layoutplan.maps.province_map import province_map

playwright_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
ATTACK = "</script><img src=x onerror=alert(1)>"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Thirty counties on a grid; one failed and one is called something nasty."""
    names = [f"County {n}" for n in range(30)]
    names[4] = ATTACK
    table = pd.DataFrame({"name": names, "state": "done"})
    for n in range(14):
        table[f"number_{n}"] = [float((7 * m + n) % 10) for m in range(30)]
    table.loc[3, "state"] = "failed"
    table.loc[3, "number_0":] = float("nan")
    squares = [
        shapely.box(112 + x, 30 + y, 112.95 + x, 30.95 + y) for y in range(5) for x in range(6)
    ]
    codes = pd.Index([f"3415{n:02d}" for n in range(30)], name="county_code")
    counties = gpd.GeoDataFrame(table.set_index(codes), geometry=squares, crs=4490)
    path = tmp_path_factory.mktemp("map") / "全省.html"
    province_map(counties, lang="en").save(path)
    return path


def test_numbers_can_be_chosen_and_ranks_read(saved):
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 1024, "height": 768}, offline=True)
        page = context.new_page()
        requests, complaints = [], []
        page.on("request", lambda r: requests.append(r.url))
        page.on("console", lambda m: complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("dialog", lambda d: (complaints.append(d.message), d.dismiss()))
        page.goto(saved.as_uri())
        page.wait_for_function("window.layoutplanProvince && layoutplanProvince.drawnMs > 0")
        box = page.locator("fieldset").bounding_box()
        legend = page.locator("ul.legend").bounding_box()
        before = page.evaluate("layoutplanProvince.colours()")
        page.get_by_label("number_1", exact=True).check()
        after = page.evaluate("layoutplanProvince.colours()")
        chosen = page.evaluate("layoutplanProvince.chosen")
        ranks = page.locator("tbody tr td:first-child").all_inner_texts()
        shown = page.locator("tbody").inner_text()
        browser.close()
    assert len(requests) == 1
    assert complaints == []
    assert box["height"] > 90  # the choice of numbers is not pressed flat by a long table
    assert legend["y"] >= box["y"] + box["height"]
    assert chosen == "number_1"
    assert before != after
    assert before[3] == after[3] == "#f3c9c5"
    assert ranks[:4] == ["1", "1", "1", "4"]  # equal values share a rank, the least first
    assert ranks[-1] == "–"
    assert ATTACK in shown
