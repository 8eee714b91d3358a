"""Key numbers beside the map: of the county, of a township, of a band, of each half-year."""

import numpy as np
import pandas as pd
import pytest
from seen_pages import CHROMIUM, Seen, chromium_browser

import layoutplan as lp
from layoutplan.assessment.selections import OPEN, nearest_open, trips
from layoutplan.maps.themes import moves
from layoutplan.tables import BANDS

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]

EVERY = -1


@pytest.fixture(scope="module")
def plans():
    county = lp.example.county(seed=1, villages=40)
    today = lp.evaluate(county, lp.travel_times(county))
    pupils = today.decisions[["before_g13", "before_g46"]].sum(axis=1)
    sites = today.decisions[today.decisions["kind"].eq("primary") & pupils.gt(0)].index
    decisions = today.decisions_with({sites[0]: "close", sites[1]: "expand", sites[2]: "close"})
    return today, lp.evaluate(county, today.times, decisions, name="proposed")


@pytest.fixture(scope="module")
def roadmap(plans):
    found = lp.roadmap(plans[1], start="2027H1", years=4)
    lp.assert_roadmap_valid(found)
    return found


@pytest.fixture(scope="module")
def chromium():
    with chromium_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def seen(chromium, plans, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.html"
    lp.review_map(*plans).save(path)
    opened = Seen(chromium, path.as_uri())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def ahead(chromium, plans, roadmap, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "years.html"
    lp.review_map(*plans, roadmap=roadmap).save(path)
    opened = Seen(chromium, path.as_uri())
    yield opened
    opened.close()


def expected(plan, today, *, town, band):
    """Count what the page counts, from the plan's own tables."""
    villages, sites = plan.county.villages, plan.county.sites
    towns = list(plan.county.townships.index)
    whole = town == EVERY
    homes = villages.index if whole else villages.index[villages["township_id"].eq(towns[town])]
    bands = BANDS if band == EVERY else BANDS[band : band + 1]

    def pupils(table):
        rows = table[table["village_id"].isin(homes) & table["band"].isin(bands)]
        return int(rows["pupils"].sum())

    table = plan.decisions.reindex(sites.index)
    here = (
        pd.Series(data=True, index=sites.index) if whole else sites["township_id"].eq(towns[town])
    )
    if band != EVERY:
        both = (plan.decisions, today.decisions)
        taught = [
            t["bands"].reindex(sites.index).fillna("").astype("str").str.split() for t in both
        ]
        here &= np.any([t.map(lambda names: bands[0] in names) for t in taught], axis=0)
    action = table.loc[here, "action"].astype("str")
    ways, near = trips(plan), nearest_open(plan)
    found = {
        "open": int(action.isin(OPEN).sum()),
        "close": int(action.eq("close").sum()),
        "expand": int(action.eq("expand").sum()),
        "pupils_in": int(plan.demand.loc[homes, list(bands)].sum().sum()),
        "assigned": pupils(plan.assignment),
        "unserved": pupils(plan.unserved),
        "boarders": pupils(plan.assignment[plan.assignment["mode"].eq("board")]),
        "moved": pupils(moves(plan)),
        "none_near": pupils(near[near["far"]]),
        "capital_yuan": round(float(table.loc[here, "capital_yuan"].fillna(0).sum())),
    }
    far = ways[ways["beyond"]]
    return found | {f"beyond_{b}": pupils(far[far["band"].eq(b)]) for b in bands}


def test_numbers_counted_in_the_page_are_those_of_the_plan(seen, plans):
    for n, plan in enumerate(plans):
        seen.choose("plan", n)
        counted = seen.state(f"count({EVERY}, {EVERY})")
        given = seen.contents()["plans"][n]["numbers"]
        assert {name: counted[name] for name in given} == given
        assert given["pupils_in"] == plan.pupils_in


def test_a_township_and_a_band_have_numbers_of_their_own(seen, plans):
    today, towns = plans[0], len(plans[0].county.townships)
    differ = 0
    for n, plan in enumerate(plans):
        seen.choose("plan", n)
        whole = seen.state(f"count({EVERY}, {EVERY})")
        for town in range(EVERY, towns):
            for band in range(EVERY, len(BANDS)):
                counted = seen.state(f"count({town}, {band})")
                true = expected(plan, today, town=town, band=band)
                assert {name: counted[name] for name in true} == true, (n, town, band)
                differ += counted != whole
    assert differ > towns


def test_the_table_says_what_it_counts_and_follows_the_filters(seen, plans):
    seen.choose("plan", 1)
    assert seen.page.inner_text("#counted-place") == "全县"
    seen.page.select_option("#town", "0")
    seen.choose("band", "g46")
    name = plans[0].county.townships["name"].iloc[0]
    assert seen.page.inner_text("#counted-place") == f"{name} · 4-6年级"
    assert seen.page.query_selector_all("[data-number=beyond_g13]") == []
    for n, plan in enumerate(plans):
        true = expected(plan, plans[0], town=0, band=1)
        for key in ("open", "pupils_in", "assigned", "moved", "beyond_g46", "none_near"):
            cell = seen.page.inner_text(f"[data-number={key}][data-plan='{n}']")
            assert int(cell.replace(",", "")) == true[key], key
    seen.page.select_option("#town", str(EVERY))
    seen.choose("band", "all")
    assert seen.page.inner_text("#counted-place") == "全县"


def to_half(opened, half):
    opened.page.evaluate(
        """half => {
            const slider = document.getElementById('half');
            slider.value = half;
            slider.dispatchEvent(new Event('input'));
        }""",
        half,
    )


def test_pupils_sit_in_each_half_year_where_the_roadmap_seats_them(ahead, plans, roadmap):
    contents = ahead.contents()
    sites, halves = contents["sites"]["id"], contents["years"]["halves"]
    assert len(set(contents["years"]["moves"]["half"])) > 0
    assert contents["years"]["plan"] == 1
    seats = roadmap.seats.groupby(["half_year", "site_id"], observed=True)["pupils"].sum()
    numbers = set()
    for n, half in enumerate(halves):
        to_half(ahead, n)
        flows = pd.DataFrame(ahead.state("flows"))
        assert flows["pupils"].sum() == plans[1].pupils_assigned
        told = flows.groupby("site")["pupils"].sum()
        told.index = [sites[s] for s in told.index]
        if half in seats.index.get_level_values(0):
            true = seats[half]
            assert told.to_dict() == true[true.gt(0)].to_dict(), half
        numbers.add(tuple(sorted(told.items())))
    assert len(numbers) > 1


def test_villages_are_coloured_as_today_until_their_pupils_move(ahead, plans, roadmap):
    villages = list(plans[0].county.villages.index)
    fills = "ids => ids.map(id => layoutplanReview.fillOf(id))"
    ahead.choose("theme", "minutes")
    ahead.choose("plan", 0)
    today = ahead.page.evaluate(fills, villages)
    before = ahead.state(f"count({EVERY}, {EVERY})")
    ahead.choose("plan", 1)
    to_half(ahead, -1)
    assert ahead.page.evaluate(fills, villages) == today
    assert "现状" in ahead.page.inner_text("#counted-place")
    # Before the first half-year all is as today, boarders and ways beyond the limit as well.
    assert ahead.state(f"count({EVERY}, {EVERY})") == before
    to_half(ahead, len(ahead.contents()["years"]["halves"]) - 1)
    if roadmap.left_over.empty:
        assert ahead.state(f"count({EVERY}, {EVERY}).moved") == int(moves(plans[1])["pupils"].sum())
        assert ahead.page.inner_text("#counted-place") == "全县"
        ahead.choose("theme", "moved")
        assert len(set(ahead.page.evaluate(fills, villages))) > 1
        to_half(ahead, -1)
        drawn = set(ahead.page.evaluate(fills, villages))
        ahead.choose("theme", "minutes")
        assert len(drawn) <= 2
