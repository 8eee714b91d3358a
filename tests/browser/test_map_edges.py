"""Counties at the edges: hostile names, one village, islands, many townships."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from seen_pages import CHROMIUM, Seen, chromium_browser

import layoutplan as lp
from layoutplan.travel import TravelTimes

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\"'><svg onload=alert(3)>",
    "{{7*7}}${alert(4)}`{alert}`",
    "javascript:alert(5)",
    "<!--",
    "]]>",
    "\\u003cscript\\u003e",
    "مدرسة القرية",
    "\u202egnp.exe",
    "😀👩‍🏫🏫",
    "龙" * 500,
    "a" * 500,
    "&lt;b&gt;&amp;#x3c;",
    '=HYPERLINK("http://x")',
    "\u2028\u2029\t\n",
    "{name}",
    "%00%3Cscript%3E",
)


def hostile_names(number):
    pairs = np.random.default_rng(5).integers(0, len(HOSTILE), (number, 2))
    return [f"{HOSTILE[a]}{HOSTILE[b]}{n}" for n, (a, b) in enumerate(pairs)]


def made_county(names, *, schools=1, towns=1, pupils=9, islands=False):
    """Make villages on a grid of 1 km; the first are school places, stripes are townships."""
    number = len(names)
    side = int(np.ceil(np.sqrt(number)))
    x = 110 + (np.arange(number) % side) * 0.01
    y = 30 + (np.arange(number) // side) * 0.01
    if islands:
        y = y + np.where(np.arange(number) % 2, 0.5, 0.0)
    stripe = np.arange(number) * towns // number
    villages = gpd.GeoDataFrame(
        {
            "name": names,
            "township_id": [f"T{n}" for n in stripe],
            **{f"pupils_{band}": pupils for band in ("g13", "g46", "g79")},
        },
        geometry=shapely.points(x, y),
        index=pd.Index([f"V{n}" for n in range(number)], name="village_id"),
        crs="EPSG:4490",
    )
    at = np.arange(schools)
    sites = gpd.GeoDataFrame(
        {
            "name": [f"{names[n]}校" for n in at],
            "kind": "nine_year",
            "township_id": [f"T{n}" for n in stripe[at]],
            "places": 27 * number,
        },
        geometry=shapely.points(x[at], y[at] + 0.002),
        index=pd.Index([f"S{n}" for n in at], name="school_id"),
        crs="EPSG:4490",
    )
    roads = gpd.GeoDataFrame(
        {"highway": ["primary"]},
        geometry=[shapely.LineString([(109.99, 30), (110 + 0.01 * side, 30)])],
        crs="EPSG:4490",
    )
    areas = [
        shapely.box(
            109.9, 29.9 + 0.7 * n / towns, 110.1 + 0.01 * side, 29.9 + 0.7 * (n + 1) / towns
        )
        for n in range(towns)
    ]
    townships = gpd.GeoDataFrame(
        {"name": [names[n % number][:480] + "乡" for n in range(towns)]},
        geometry=areas,
        index=pd.Index([f"T{n}" for n in range(towns)], name="township_id"),
        crs="EPSG:4490",
    )
    tables = {"villages": villages, "schools": sites, "roads": roads, "townships": townships}
    county = lp.County.from_tables(**tables, name=f"{names[0]}县", year=2025)
    minutes = np.hypot(x[:, None] - x[at], y[:, None] - y[at]) * 1000
    if islands:
        minutes[1::2] = np.inf
    frame = pd.DataFrame(minutes, index=villages.index, columns=sites.index)
    return lp.evaluate(county, TravelTimes.from_matrix(frame, mode="walk", county=county))


@pytest.fixture(scope="module")
def chromium():
    with chromium_browser() as browser:
        yield browser


def opened(chromium, plan, folder, **options):
    path = folder / "map.html"
    lp.review_map(plan).save(path)
    return Seen(chromium, path.as_uri(), **options)


def test_five_hundred_hostile_names_run_no_script(chromium, tmp_path):
    names = hostile_names(500)
    seen = opened(chromium, made_county(names, schools=12, towns=6), tmp_path)
    assert seen.state("villages") == 500
    contents = seen.contents()
    assert contents["villages"]["name"] == [n.strip() for n in names]
    for village in ("V0", "V7", "V499"):
        seen.find(village)
        shown = seen.page.evaluate("document.querySelector('#card h2').textContent")
        assert shown == names[int(village[1:])].strip()
    seen.page.fill("#search", "<img")
    seen.choose("lang", "en")
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    scripts = seen.page.evaluate("document.scripts.length")
    assert seen.page.evaluate("document.images.length") == 0
    assert seen.page.evaluate("document.querySelectorAll('[onerror], [onload]').length") == 0
    assert scripts < 10
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 1400
    seen.close()


@pytest.mark.parametrize(
    ("names", "options"),
    [
        (["孤村"], {}),
        (["Solo"], {"pupils": 0}),
        ([f"岛{n}" for n in range(6)], {"islands": True, "schools": 2}),
    ],
    ids=["one_village", "no_pupils", "islands"],
)
def test_small_and_broken_counties_open(chromium, tmp_path, names, options):
    plan = made_county(names, **options)
    seen = opened(chromium, plan, tmp_path)
    assert seen.state("villages") == len(names)
    lost = seen.page.inner_text("[data-number=unserved]")
    assert int(lost.replace(",", "")) == plan.pupils_unserved
    for theme in ("class_size", "utilisation", "minutes"):
        seen.choose("theme", theme)
    seen.find("S0")
    assert names[0] in seen.page.inner_text("#card h2")
    seen.find(f"V{len(names) - 1}")
    box = seen.page.evaluate(
        "(() => { const b = document.getElementById('card').getBoundingClientRect();"
        " return [b.left, b.top, b.right, b.bottom]; })()"
    )
    assert box[0] >= 0
    assert box[2] <= 1400
    assert box[3] <= 900
    seen.close()


@pytest.mark.slow
def test_fifty_townships_and_their_names_hide_no_school(chromium, tmp_path):
    names = [f"很长很长的村庄名字Village{n}" for n in range(100)]
    seen = opened(chromium, made_county(names, schools=30, towns=50), tmp_path)
    labels = seen.state("labels()")
    boxes = [label["box"] for label in labels]
    assert any(label["kind"] == "town" for label in labels)
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            assert a[2] < b[0] or a[0] > b[2] or a[3] < b[1] or a[1] > b[3]
    assert len(seen.page.query_selector_all("#town option")) == 51
    # No name of a township lies over a school.
    for n in range(30):
        x, y = seen.page.evaluate("id => layoutplanReview.pointOnMap(id)", f"S{n}")
        for label in labels:
            if label["kind"] == "town":
                left, top, right, bottom = label["box"]
                assert not (left < x < right and top < y < bottom)
    seen.close()
