"""The review map in a browser without a network: what is drawn, chosen, found and asked for."""

import json

import pytest
from seen_pages import CHROMIUM, Seen, chromium_browser

import layoutplan as lp
from layoutplan.example import county_tables

pytest.importorskip("playwright.sync_api")
ATTACK = "</script><img src=x onerror=alert(1)>"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def plans():
    tables = county_tables(seed=1, villages=40)
    for table in ("schools", "villages"):
        tables[table].iloc[0, tables[table].columns.get_loc("name")] = f"{ATTACK}{table}"
    county = lp.County.from_tables(**tables, name="霁川县", year=2025)
    today = lp.evaluate(county, lp.travel_times(county))
    pupils = today.decisions[["before_g13", "before_g46"]].sum(axis=1)
    sites = today.decisions[today.decisions["kind"].eq("primary") & pupils.gt(0)].index[:2]
    actions = dict.fromkeys(sites, "close")
    plan = lp.evaluate(county, today.times, today.decisions_with(actions), name="proposed")
    return today, plan


@pytest.fixture(scope="module")
def saved(plans, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "评审图.html"
    lp.review_map(*plans).save(path)
    return path


@pytest.fixture(scope="module")
def chromium():
    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def seen(chromium, saved):
    opened = Seen(chromium, saved.as_uri())
    yield opened
    opened.context.close()
    assert len(opened.requests) == 1
    assert opened.complaints == []
    assert opened.dialogs == []


def test_it_draws_every_village_and_site_without_asking_for_anything(seen, plans):
    assert seen.state("villages") == len(plans[0].county.villages)
    assert seen.state("sites") == len(plans[0].county.sites)
    assert seen.state("plan") == "proposed"
    assert seen.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert any(label["kind"] == "town" for label in seen.state("labels()"))


def test_names_are_written_on_the_map(seen):
    """The ink of the names of townships is in the picture, once for each name at least."""
    inked = seen.page.evaluate(
        """() => {
            const canvas = document.querySelector('.leaflet-names-pane canvas');
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            let found = 0;
            for (let n = 0; n < data.length; n += 4) {
                found += data[n] === 0x4a && data[n + 1] === 0x3f && data[n + 2] === 0x63;
            }
            return found;
        }"""
    )
    towns = [label for label in seen.state("labels()") if label["kind"] == "town"]
    assert inked > 20 * len(towns) > 0


def inked(page, pane):
    """Count the pixels of a canvas that something is drawn on."""
    return page.evaluate(
        """pane => {
            const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            let found = 0;
            for (let n = 3; n < data.length; n += 4) found += data[n] > 0;
            return found;
        }""",
        pane,
    )


def test_every_layer_is_drawn_as_soon_as_it_is_there(chromium, saved, plans):
    opened = Seen(chromium, saved.as_uri())
    for pane, least in {"ground": 50_000, "roads": 2_000, "places": 2_000, "names": 500}.items():
        assert inked(opened.page, pane) > least, pane
    opened.find(plans[1].moves["village_id"].iloc[0])
    opened.page.wait_for_selector(".leaflet-chosen-pane canvas", state="attached")
    assert inked(opened.page, "chosen") > 100
    opened.context.close()


def test_numbers_beside_the_map_are_those_of_the_plans(seen, plans):
    for n, plan in enumerate(plans):
        cell = seen.page.inner_text(f"[data-number=assigned][data-plan='{n}']")
        assert int(cell.replace(",", "")) == plan.pupils_assigned
        cell = seen.page.inner_text(f"[data-number=unserved][data-plan='{n}']")
        assert int(cell.replace(",", "")) == plan.pupils_unserved
    assert seen.page.inner_text("[data-number=close][data-plan='1']") == "2"


def test_choosing_a_plan_changes_what_is_drawn(seen, plans):
    closed = plans[1].decisions.query("action == 'close'").index[0]
    assert seen.page.evaluate("id => layoutplanReview.signOf(id)", closed)
    assert seen.state("drawnLines") > 0
    seen.choose("plan", 0)
    assert seen.state("plan") == "today"
    assert seen.page.evaluate("id => layoutplanReview.signOf(id)", closed) == ""
    assert seen.state("drawnLines") == 0


def test_choosing_a_theme_changes_colours_and_legend(seen, plans):
    villages = list(plans[0].county.villages.index)
    fills = "ids => ids.map(id => layoutplanReview.fillOf(id))"
    before = seen.page.evaluate(fills, villages)
    legend = seen.page.inner_text("#colour-legend")
    seen.choose("theme", "moved")
    assert seen.state("theme") == "moved"
    assert seen.page.evaluate(fills, villages) != before
    assert seen.page.inner_text("#colour-legend") != legend


def test_lines_of_all_pupils_can_be_shown(seen, plans):
    seen.choose("lines", "all")
    seen.choose("band", "g13")
    flows = plans[1].assignment.query("band == 'g13' and pupils > 0")
    assert seen.state("drawnLines") == len(flows)
    seen.choose("lines", "click")
    assert seen.state("drawnLines") == 0


def test_search_opens_the_card_of_a_school(seen, plans):
    decisions = plans[1].decisions
    site = decisions.query("action == 'close'").index[0]
    name = decisions.loc[site, "name"]
    seen.find(name if ATTACK not in name else site)
    assert seen.state("selected") == site
    card = seen.page.inner_text("#card")
    assert name in card
    assert "撤并" in card
    assert lp.reasons(plans[1], lang="zh").at[site, "text"] in card
    for band in ("g13", "g46"):
        was = seen.page.inner_text(f"#card [data-before={band}]")
        now = seen.page.inner_text(f"#card [data-after={band}]")
        assert int(was.replace(",", "")) == decisions.loc[site, f"before_{band}"]
        assert int(now.replace(",", "")) == decisions.loc[site, f"after_{band}"]
    receiver = decisions.loc[site, "receivers"].split()[0]
    assert decisions.loc[receiver, "name"] in card
    seen.page.click("#card .people .link >> nth=0")
    assert seen.state("selected") == receiver
    seen.page.keyboard.press("Escape")
    assert seen.state("selected") is None
    assert seen.page.is_hidden("#card")


def test_a_click_on_a_village_opens_its_card(seen, plans):
    village = plans[1].moves["village_id"].iloc[0]
    seen.find(village)
    assert seen.state("selected") == village
    seen.page.keyboard.press("Escape")
    assert seen.state("selected") is None
    x, y = seen.page.evaluate("id => layoutplanReview.pointOf(id)", village)
    seen.page.mouse.move(x, y)
    seen.page.mouse.click(x, y)
    # A school may stand where the village stands; it lies on top.
    chosen = seen.state("selected")
    assert chosen is not None
    if chosen == village:
        pupils = plans[1].demand.loc[village]
        assert f"{pupils.sum():,} 人" in seen.page.inner_text("#card")
        assert seen.state("selectionLines") > 1


def test_a_hostile_name_is_only_text(seen, plans):
    for ids in (plans[0].county.schools.index, plans[0].county.villages.index):
        seen.find(ids[0])
        assert ATTACK in seen.page.inner_text("#card h2")
        x, y = seen.page.evaluate("id => layoutplanReview.pointOf(id)", ids[0])
        seen.page.mouse.move(x, y)
    seen.page.fill("#search", "img")
    assert ATTACK in seen.page.inner_text("#found")
    assert seen.page.evaluate("document.images.length") == 0


def test_the_keyboard_reaches_the_plans_and_the_search(seen):
    seen.page.focus("input[name=plan][value='1']")
    seen.page.keyboard.press("ArrowLeft")
    assert seen.state("plan") == "today"
    seen.page.fill("#search", "村")
    seen.page.keyboard.press("ArrowDown")
    assert seen.page.get_attribute("#search", "aria-activedescendant") == "found-1"
    seen.page.keyboard.press("Enter")
    assert seen.state("selected") is not None


def test_paper_gets_the_map_as_vectors(seen, plans):
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    marks = seen.page.evaluate("document.querySelectorAll('#print-map svg > g').length")
    assert marks >= len(plans[0].county.villages) + len(plans[0].county.sites)
    assert seen.page.pdf(landscape=True, format="A3", print_background=True).startswith(b"%PDF")


def test_the_panel_does_not_run_over_the_map(seen):
    boxes = seen.page.evaluate(
        """() => Object.fromEntries(['bar', 'panel'].map(id => {
            const b = document.getElementById(id).getBoundingClientRect();
            return [id, [b.left, b.top, b.right, b.bottom]];
        }).concat([['map', (() => {
            const b = document.querySelector('.folium-map').getBoundingClientRect();
            return [b.left, b.top, b.right, b.bottom];
        })()]]))"""
    )
    assert boxes["map"][0] >= boxes["panel"][2]
    assert boxes["map"][1] >= boxes["bar"][3]
    assert boxes["map"][2:] == [1400, 900]


@pytest.mark.slow
def test_it_works_in_the_frame_of_a_notebook(chromium, plans, tmp_path):
    path = tmp_path / "notebook.html"
    shown = lp.review_map(*plans)._repr_html_()
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8>{shown}", encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1000, "height": 700}, offline=True)
    page = context.new_page()
    complaints = []
    page.on("console", lambda m: complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(path.as_uri())
    (frame,) = [f for f in page.frames if f != page.main_frame]
    frame.wait_for_function("window.layoutplanReview && layoutplanReview.drawnMs > 0")
    assert frame.evaluate("layoutplanReview.sites") == len(plans[0].county.sites)
    context.close()
    assert complaints == []


def test_three_plans_are_shown_one_at_a_time(chromium, plans, tmp_path):
    third = lp.evaluate(plans[0].county, plans[0].times, plans[0].decisions, name="by_hand")
    path = tmp_path / "three.html"
    lp.review_map(*plans, third, lang="en").save(path)
    opened = Seen(chromium, path.as_uri())
    assert opened.state("plan") == "by_hand"
    opened.choose("plan", 1)
    assert opened.state("plan") == "proposed"
    heads = opened.page.evaluate(
        "[...document.querySelectorAll('.numbers thead th')].map(x => x.textContent)"
    )
    contents = json.loads(
        opened.page.evaluate("document.getElementById('review-contents').textContent")
    )
    assert heads == [contents["plans"][n]["label"] for n in (0, 1)]
    opened.context.close()
    assert opened.complaints == []
