"""Using the review map: differences, themes, filters, two languages, keyboard, small screens."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from seen_pages import CHROMIUM, Seen, chromium_browser

import layoutplan as lp
from layoutplan.actions import ACTIONS
from layoutplan.tables import BANDS

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def network():
    return lp.network(lp.example.county(seed=1, villages=40), mode="walk")


@pytest.fixture(scope="module")
def plans(network):
    county = lp.example.county(seed=1, villages=40)
    today = lp.evaluate(county, lp.travel_times(county, network=network))
    pupils = today.decisions[["before_g13", "before_g46"]].sum(axis=1)
    sites = today.decisions[today.decisions["kind"].eq("primary") & pupils.gt(0)].index[:2]
    decisions = today.decisions_with({sites[0]: "close", sites[1]: "expand"})
    return today, lp.evaluate(county, today.times, decisions, name="proposed")


@pytest.fixture(scope="module")
def roadmap(plans):
    table = plans[1].decisions
    changed = table[table["action"].isin(["close", "expand"])]
    ready = changed["action"].astype("str").map({"close": "2028H2", "expand": "2027H2"})
    actions = pd.DataFrame(
        {
            "site_id": changed.index,
            "action": changed["action"].to_numpy(),
            "ready": ready.to_numpy(),
        }
    )
    halves = ("2027H1", "2027H2", "2028H1", "2028H2")
    rows = [(h, s, b, 7, 3) for h in halves for s in table.index for b in BANDS[:2]]
    columns = ["half_year", "site_id", "band", "places", "pupils"]
    return SimpleNamespace(actions=actions, seats=pd.DataFrame(rows, columns=columns))


@pytest.fixture(scope="module")
def saved(plans, network, roadmap, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.html"
    lp.review_map(*plans, network=network, roadmap=roadmap, date="2026-11-26").save(path)
    return path


@pytest.fixture(scope="module")
def chromium():
    with chromium_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def page_of_all(chromium, saved):
    opened = Seen(chromium, saved.as_uri())
    yield opened
    opened.close()


@pytest.fixture
def seen(page_of_all):
    page_of_all.start_again()
    return page_of_all


def closed(plan):
    return plan.decisions.query("action == 'close'").index[0]


def number(text):
    return int(text.translate(str.maketrans({",": "", "\u2212": "-", "±": "", "+": ""})))


def test_the_difference_of_two_plans_is_that_of_their_numbers(seen):
    seen.choose("plan", "d1")
    assert seen.state("difference") is True
    for name in ("open", "close", "moved", "beyond_g13", "unserved"):
        cells = [
            number(seen.page.inner_text(f"[data-number={name}][data-plan='{n}']"))
            for n in ("0", "1", "difference")
        ]
        assert cells[2] == cells[1] - cells[0], name
    assert number(seen.page.inner_text("[data-number=moved][data-plan=difference]")) > 0
    seen.choose("plan", "0")
    assert (seen.state("difference"), seen.state("plan")) == (False, "today")


def test_every_theme_draws_and_explains_itself(seen, plans):
    legends = set()
    for theme in ("minutes", "moved", "class_size", "utilisation", "resources", "gates", "roads"):
        seen.choose("theme", theme)
        assert seen.state("theme") == theme
        legends.add(seen.page.inner_text("#colour-legend"))
    assert len(legends) == 7
    assert seen.state("drawnRoads") > 0
    seen.choose("theme", "gates")
    red = seen.page.evaluate("id => layoutplanReview.siteFillOf(id)", closed(plans[1]))
    verdict = lp.gates(plans[1], plans[0]).verdict(closed(plans[1]))
    colours = dict(zip(("pass", "open", "unknown", "fail"), colours_of("verdicts"), strict=True))
    assert red == colours[verdict]


def colours_of(name):
    from layoutplan.maps.look import look

    return look()["colours"][name]


def test_cards_hold_the_numbers_of_the_plans_tables(seen, plans):
    """Read from the page's data, for every village and every school."""
    contents = seen.contents()
    villages, sites = contents["villages"]["id"], contents["sites"]["id"]
    for shown, more, plan in zip(contents["plans"], contents["more"]["plans"], plans, strict=True):
        flows = pd.DataFrame({k: shown["flows"][k] for k in ("village", "band", "site", "pupils")})
        told = flows.groupby(["village", "band", "site"])["pupils"].sum()
        rows = plan.assignment.query("pupils > 0")
        true = rows.groupby(["village_id", "band", "site_id"], observed=True)["pupils"].sum()
        said = {(villages[v], BANDS[b], sites[s]): n for (v, b, s), n in told.items()}
        assert said == true.to_dict()
        after = plan.decisions[[f"after_{b}" for b in BANDS]].sum(axis=1).reindex(sites)
        places = plan.decisions["places"].reindex(sites)
        for n, (pupils, room) in enumerate(zip(after, places, strict=True)):
            if pupils and room:
                assert more["utilisation"][n] == round(1000 * pupils / room)
        assert [ACTIONS[n] for n in shown["sites"]["action"]] == list(
            plan.decisions["action"].reindex(sites)
        )
    village = villages[0]
    seen.find(village)
    total = plans[1].demand.loc[village].sum()
    assert f"{total:,} 人" in seen.page.inner_text("#card .facts")


def test_a_closed_school_says_what_would_change_it(seen, plans):
    seen.find(closed(plans[1]))
    verdicts = lp.gates(plans[1], plans[0]).verdicts.loc[closed(plans[1])]
    words = {"pass": "通过", "open": "待记录", "unknown": "数据不足", "fail": "不通过"}
    for gate in ("parents", "hearing", "travel", "boarding", "size"):
        assert words[verdicts[gate]] in seen.page.inner_text(f"#card [data-gate={gate}]")
    assert "怎样会改变" in seen.page.inner_text("#card")


def test_a_township_and_a_band_can_be_looked_at_alone(seen, plans):
    villages = plans[0].county.villages
    town = villages["township_id"].iloc[0]
    at = list(plans[0].county.townships.index).index(town)
    seen.page.select_option("#town", str(at))
    for village, where in villages["township_id"].items():
        faded = seen.page.evaluate("id => layoutplanReview.fadedOf(id)", village)
        assert faded == (where != town)
    tallies = seen.page.eval_on_selector_all(
        "#colour-legend li .tally", "cells => cells.map(c => Number(c.textContent))"
    )
    assert sum(tallies) == villages["township_id"].eq(town).sum()
    seen.choose("band", "g46")
    assert "4-6" in seen.page.inner_text("#colour-legend .legend-title")


def test_what_is_shown_stands_in_the_address_and_comes_back(seen, chromium, plans):
    seen.choose("plan", "d1")
    seen.choose("theme", "utilisation")
    seen.choose("band", "g79")
    seen.choose("lang", "en")
    seen.find(closed(plans[1]))
    # The address follows a little later, and may still hold what was shown before.
    told = ("plan=d1&", "theme=utilisation&", "band=g79&", "lang=en&", "at=")
    for part in told:
        seen.page.wait_for_function("part => location.hash.includes(part)", arg=part)
    address = seen.page.evaluate("location.href")
    again = Seen(chromium, address)
    for name in ("plan", "difference", "theme", "band", "lang", "selected", "town"):
        assert again.state(name) == seen.state(name), name
    again.close()
    wild = (
        address.split("#")[0]
        + "#plan=d77&theme=%3Cimg%3E&band=x&town=9999&map=1e9,x,3&at=%00&lang=xx"
    )
    other = Seen(chromium, wild)
    assert (other.state("plan"), other.state("theme"), other.state("town")) == (
        "proposed",
        "minutes",
        -1,
    )
    other.close()


def test_the_language_changes_every_word_of_the_page(seen, plans):
    seen.find(closed(plans[1]))
    seen.page.focus("input[name=lang][value=zh]")
    seen.page.keyboard.press("ArrowRight")
    assert seen.state("lang") == "en"
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert seen.page.evaluate("document.activeElement.value") == "en"
    chrome = seen.page.evaluate(
        """() => [...document.querySelectorAll('.panel, .tools')].map(x => x.innerText).join(' ')"""
    )
    for word in ("proposed plan", "class size", "Township", "closed"):
        assert word in chrome
    names = {*plans[0].county.townships["name"], plans[0].county.name, "中文"}
    for name in names:
        chrome = chrome.replace(name, "")
    assert not [c for c in chrome if "一" <= c <= "鿿"]
    assert lp.reasons(plans[1], lang="en").at[closed(plans[1]), "text"] in seen.page.inner_text(
        "#card"
    )


def test_two_plans_lie_side_by_side_of_a_line(seen):
    seen.page.check("#swipe")
    assert seen.state("swipe") is True
    clips = """() => ['places', 'places-b'].map(
        n => document.querySelector(`.leaflet-${n}-pane`).style.clip)"""
    before = seen.page.evaluate(clips)
    assert all("rect(" in clip for clip in before)
    # The areas of today lie on the left, those of the plan on the right.
    grounds = seen.page.evaluate(
        """() => ['ground', 'ground-b'].map(
            n => document.querySelector(`.leaflet-${n}-pane canvas`).toDataURL())"""
    )
    assert grounds[0] != grounds[1]
    seen.page.focus("#swipe-line")
    seen.page.keyboard.press("ArrowLeft")
    assert seen.page.evaluate(clips) != before
    assert seen.page.get_attribute("#swipe-line", "aria-valuenow") == "45"
    seen.page.uncheck("#swipe")
    assert seen.page.is_hidden("#swipe-line")


def test_a_roadmap_is_followed_by_its_half_years(seen, plans):
    school = closed(plans[1])
    assert seen.page.evaluate("id => layoutplanReview.signOf(id)", school)
    seen.page.focus("#half")
    for _ in range(2):
        seen.page.keyboard.press("ArrowLeft")
    assert seen.state("half") == 1
    assert seen.page.inner_text(".years output") == "2027年下半年"
    assert seen.page.evaluate("id => layoutplanReview.signOf(id)", school) == ""
    grown = plans[1].decisions.query("action == 'expand'").index[0]
    assert seen.page.evaluate("id => layoutplanReview.signOf(id)", grown)
    seen.find(grown)
    assert "方案学生 6 人，学位 7 个" in seen.page.inner_text("#card")
    for _ in range(2):
        seen.page.focus("#half")
        seen.page.keyboard.press("ArrowLeft")
    assert seen.page.evaluate("id => layoutplanReview.signOf(id)", grown) == ""


def test_the_keyboard_reaches_everything_and_focus_can_be_seen(seen, plans):
    seen.page.focus("#search")
    seen.page.keyboard.type(closed(plans[1]))
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.tagName") == "H2"
    assert seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("document.activeElement.id") == "search"
    reached = set()
    for _ in range(25):
        seen.page.keyboard.press("Tab")
        reached.add(
            seen.page.evaluate("document.activeElement.name || document.activeElement.id || ''")
        )
    assert {"theme", "band", "town", "swipe", "half", "lines"} <= reached


@pytest.mark.parametrize("size", [(1024, 768), (390, 844)])
def test_it_fits_small_screens(chromium, saved, plans, size):
    opened = Seen(chromium, saved.as_uri(), size=size, has_touch=size[0] < 500)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    wide = opened.page.evaluate(
        "document.querySelector('.folium-map').getBoundingClientRect().width"
    )
    assert wide >= min(390, size[0] * 0.6)
    opened.find(closed(plans[1]))
    left, right = opened.page.evaluate(
        """() => {
            const box = document.getElementById('card').getBoundingClientRect();
            return [box.left, box.right];
        }"""
    )
    assert left >= 0
    assert right <= size[0]
    opened.close()


def test_paper_bears_numbers_legend_and_the_day(seen):
    seen.choose("theme", "roads")
    seen.page.emulate_media(media="print")
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert seen.page.is_visible(".numbers")
    assert seen.page.is_visible("#colour-legend")
    assert seen.page.is_hidden(".tools")
    assert seen.page.is_hidden("#search")
    assert "打印" in seen.page.inner_text(".source")
    assert "2026-11-26" in seen.page.inner_text(".source")
    assert (
        seen.page.evaluate(
            "document.querySelectorAll('#print-map canvas, #print-map image').length"
        )
        == 0
    )


@pytest.mark.parametrize("size", ["A3", "A4"])
def test_paper_is_one_sheet_of_vectors(seen, size):
    seen.page.emulate_media(media="print")
    pdf = seen.page.pdf(landscape=True, format=size, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert not re.findall(rb"/Subtype\s*/Image\b", pdf)
