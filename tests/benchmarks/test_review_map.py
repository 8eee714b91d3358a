"""The review map of large counties: size, time until drawn, time of a redraw; beside geopandas.

`geopandas.explore` asks the network for its scripts and styles. Here Leaflet is given from
this package's own copy and all others as empty files, so that its layers of paths are drawn.
"""

import gc
import shutil
import statistics
import time
from importlib.resources import files

import pytest
from made_up_maps import made_up_plans

import layoutplan as lp

playwright_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]

SIZES = {(3_000, 300): 1.5, (30_000, 3_000): 6.0}
"""Villages and schools, and the megabytes that their page may have."""

DRAWN_S, REDRAWN_S, TRIED_S = 1.0, 0.3, 0.2
ROUNDS = 3

_MAP = "window[Object.keys(window).find(k => k.startsWith('map_') && window[k].setZoom)]"
_FRAMES = "await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));"
REDRAW = f"""async () => {{
  const map = {_MAP}, out = [];
  for (const step of [1, -1, 1, -1, 1, -1]) {{
    const began = performance.now();
    map.setZoom(map.getZoom() + step, {{ animate: false }});
    {_FRAMES}
    out.push((performance.now() - began) / 1000);
  }}
  return out;
}}"""
DRAWN = f"""async () => {{
  const drawn = ['canvas', 'svg'].map(kind => `.leaflet-overlay-pane ${{kind}}`).join();
  while (!{_MAP} || !document.querySelector(drawn))
    await new Promise(r => setTimeout(r, 5));
  {_FRAMES}
  return performance.now() / 1000;
}}"""
TRY = """async () => {
  const began = performance.now();
  document.querySelector("[data-what=close]").click();
  await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
  return (performance.now() - began) / 1000;
}"""


def try_out(page):
    """Close a school in its card, and wait until the changed plan is drawn."""
    page.wait_for_function("layoutplanReview.canTry")
    page.fill("#search", "S0001")
    page.press("#search", "Enter")
    page.wait_for_selector("[data-what=close]")
    page.wait_for_timeout(500)
    return page.evaluate(TRY)


def measured(browser, path, *, ours):
    drawn, redrawn, tried, asked, complaints = [], [], [], [], []
    leaflet = files("layoutplan.maps").joinpath("vendor", "leaflet.js").read_text("utf-8")

    def answer(route):
        address = route.request.url
        if address.startswith("file:"):
            route.continue_()
            return
        asked.append(address)
        body = leaflet if "leaflet" in address and address.endswith("leaflet.js") else ""
        kind = "text/css" if address.endswith(".css") else "text/javascript"
        route.fulfill(body=body, content_type=kind)

    for _ in range(ROUNDS):
        # Requests that pass through this process take longer: only those of the other's page do.
        context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=ours)
        if not ours:
            context.route("**/*", answer)
        page = context.new_page()
        if ours:
            page.on("request", lambda r: asked.append(r.url))
        page.on("console", lambda m: complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.set_default_timeout(120_000)
        page.goto(path.as_uri())
        if ours:
            page.wait_for_function("window.layoutplanReview && layoutplanReview.drawnMs > 0")
            drawn.append(page.evaluate("layoutplanReview.drawnMs / 1000"))
        else:
            drawn.append(page.evaluate(DRAWN))
        redrawn += page.evaluate(REDRAW)
        tried.append(try_out(page) if ours else 0.0)
        context.close()
    if ours:
        assert asked == ROUNDS * [path.as_uri()]
        assert complaints == []
    return statistics.median(drawn), statistics.median(redrawn), statistics.median(tried)


@pytest.fixture(scope="module")
def browser():
    with playwright_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_size_and_speed_of_the_page(browser, size, tmp_path):
    plans = made_up_plans(*size)
    path = tmp_path / "map.html"
    began = time.perf_counter()
    lp.review_map(*plans).save(path)
    built = time.perf_counter() - began
    megabytes = path.stat().st_size / 1e6
    drawn, redrawn, tried = measured(browser, path, ours=True)
    print(
        f"\n{size}: built in {built:.1f} s, {megabytes:.2f} MB, drawn in {drawn:.2f} s, "
        f"redrawn in {redrawn:.2f} s, tried out in {tried:.2f} s"
    )
    assert megabytes <= SIZES[size]
    if size[0] == min(SIZES)[0]:
        assert drawn <= DRAWN_S
        assert redrawn <= REDRAWN_S
        assert tried <= TRIED_S


def test_geopandas_explore_of_the_same_layers(browser, tmp_path):
    for needed in ("matplotlib", "mapclassify"):
        pytest.importorskip(needed)
    today, _ = made_up_plans(*min(SIZES))
    county = today.county
    began = time.perf_counter()
    shown = county.townships.to_crs(4326).explore(tiles=None, prefer_canvas=True)
    for table in (county.villages, county.roads, county.schools):
        shown = table.to_crs(4326).explore(m=shown, tiles=None)
    path = tmp_path / "explore.html"
    shown.save(str(path))
    built = time.perf_counter() - began
    gc.collect()
    drawn, redrawn, _ = measured(browser, path, ours=False)
    megabytes = path.stat().st_size / 1e6
    print(
        f"\ngeopandas.explore: built in {built:.1f} s, {megabytes:.2f} MB, "
        f"drawn in {drawn:.2f} s, redrawn in {redrawn:.2f} s"
    )
    assert megabytes > 0
