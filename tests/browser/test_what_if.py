"""Trying plans out in the page of a review map: the same answers as `evaluate`, and a file."""

import shutil

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.reports import read_decisions
from layoutplan.tables import BANDS
from layoutplan.words import catalogue

playwright_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def today():
    county = lp.example.county(seed=3, villages=60)
    return lp.evaluate(county, lp.travel_times(county))


@pytest.fixture(scope="module")
def page(today, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "试算.html"
    lp.review_map(today).save(path)
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        complaints, requests = [], []
        page.on("console", lambda m: complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("request", lambda r: requests.append(r.url))
        page.goto(path.as_uri())
        page.wait_for_function("window.layoutplanReview && layoutplanReview.drawnMs > 0")
        yield page
        browser.close()
        assert complaints == []
        assert [r for r in requests if not r.startswith("blob:")] == [path.as_uri()]


def tried(page, changes):
    return page.evaluate("changes => layoutplanReview.tryOut(changes)", changes)


def pupil_minutes(plan):
    return float((plan.assignment["minutes"] * plan.assignment["pupils"]).sum())


def agrees(found, plan):
    assert sum(f["pupils"] for f in found["flows"]) == plan.pupils_assigned
    assert sum(u["pupils"] for u in found["unserved"]) == plan.pupils_unserved
    assert found["numbers"]["assigned"] + found["numbers"]["unserved"] == plan.pupils_in
    minutes = sum(f["pupils"] * f["minutes"] / 10 for f in found["flows"])
    assert minutes == pytest.approx(pupil_minutes(plan), rel=0.01)
    ids = (plan.county.villages.index, plan.county.sites.index)
    flows = pd.DataFrame(found["flows"])
    flows = flows.groupby(["village", "band", "site"])["pupils"].sum().reset_index()
    table = plan.assignment.groupby(["village_id", "band", "site_id"])["pupils"].sum().reset_index()
    both = table.merge(
        pd.DataFrame(
            {
                "village_id": ids[0][flows["village"]],
                "band": np.array(BANDS)[flows["band"]],
                "site_id": ids[1][flows["site"]],
                "there": flows["pupils"],
            }
        ),
        how="outer",
    ).fillna(0)
    # Ways that are equal to the tenth of a minute may be granted in another order.
    return float((both["pupils"] - both["there"]).abs().sum()) / 2 / plan.pupils_in


@pytest.mark.parametrize("closures", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_random_closures_send_pupils_where_evaluate_sends_them(page, today, closures):
    rng = np.random.default_rng(5)
    may = today.decisions.index[today.decisions["action"] == "keep"]
    apart = []
    for _ in range(closures):
        closed = rng.choice(may, rng.integers(1, 9), replace=False)
        found = tried(page, [{"site": str(s), "action": "close"} for s in closed])
        actions = dict.fromkeys(map(str, closed), "close")
        plan = lp.evaluate(today.county, today.times, today.decisions_with(actions))
        apart.append(agrees(found, plan))
        moved = plan.moves[plan.moves["from_site"].ne("") & plan.moves["to_site"].ne("")]
        assert sum(m["pupils"] for m in found["moves"]) == pytest.approx(
            moved["pupils"].sum(), abs=0.01 * plan.pupils_in
        )
    assert max(apart) <= 0.01


def test_a_capped_school_is_capped_everywhere(page, today, tmp_path):
    pupils = today.decisions[[f"after_{b}" for b in BANDS]].sum(axis=1)
    site = str(pupils.idxmax())
    cap = int(pupils[site] // 2)
    found = tried(page, [{"site": site, "cap": cap}])
    path = tmp_path / "decisions.csv"
    path.write_text(found["csv"], encoding="utf-8-sig", newline="")
    plan = lp.evaluate(today.county, today.times, read_decisions(path))
    lp.assert_plan_valid(plan)
    assert plan.decisions.at[site, "places"] == cap
    assert agrees(found, plan) <= 0.01


def test_buttons_change_the_plan_and_the_file_holds_the_changes(page, today, tmp_path):
    keep = today.decisions[today.decisions["action"] == "keep"]
    site = str(keep[[f"after_{b}" for b in BANDS]].sum(axis=1).idxmin())
    page.fill("#search", site)
    page.press("#search", "Enter")
    began = page.evaluate("performance.now()")
    page.click("#card [data-what=close]")
    assert page.evaluate("performance.now()") > began
    assert page.evaluate("layoutplanReview.plan") == "what_if"
    assert page.evaluate("id => layoutplanReview.signOf(id)", site)
    assert page.evaluate("layoutplanReview.changes") == 1
    page.check("input[name=lang][value=en]", force=True)
    words = catalogue("en")
    assert words["map.what.status"] in page.inner_text("#plan-status")
    assert words["map.what.by_hand"] in page.inner_text("#card")
    page.check("input[name=lang][value=zh]", force=True)
    page.check("input[name=plan][value='0']", force=True)
    assert page.evaluate("layoutplanReview.plan") == "today"
    page.check("input[name=plan][value=trial]", force=True)
    assert page.evaluate("layoutplanReview.plan") == "what_if"
    page.click("#card [data-what=keep]")
    assert page.evaluate("id => layoutplanReview.signOf(id)", site) == ""
    page.click("#what-if [data-what=undo]")
    assert page.evaluate("layoutplanReview.changes") == 1
    with page.expect_download() as waiting:
        page.click("#what-if [data-what=export]")
    path = tmp_path / "decisions.csv"
    waiting.value.save_as(path)
    decisions = read_decisions(path)
    assert decisions["action"].to_dict() == {**today.decisions["action"].to_dict(), site: "close"}
    plan = lp.evaluate(today.county, today.times, decisions)
    lp.assert_plan_valid(plan)
    page.click("#what-if [data-what=reset]")
    assert page.evaluate("layoutplanReview.plan") == "today"
    assert page.is_hidden("#what-if")


def test_the_areas_of_all_villages_are_drawn_and_can_be_left_away(page, today):
    assert page.evaluate("layoutplanReview.areas") == len(today.county.villages)
    shots, picture = [], "document.querySelector('.leaflet-ground-pane canvas').toDataURL()"
    for mode in ("theme", "catchments", "none"):
        page.check(f"input[name=areas][value={mode}]", force=True)
        shots.append(page.evaluate(picture))
    assert len(set(shots)) == 3
    page.check("input[name=areas][value=theme]", force=True)
