"""What the page tells of schools, in both languages, with tiles and years ahead."""

from types import SimpleNamespace

import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.errors import OptionsError
from layoutplan.maps.contents import contents
from layoutplan.maps.edition import data_version
from layoutplan.maps.school_themes import class_sizes
from layoutplan.maps.themes import share_classes
from layoutplan.maps.tiles import tiles_of
from layoutplan.tables import BANDS


@pytest.fixture(scope="module")
def network():
    return lp.network(lp.example.county(seed=1, villages=40), mode="walk")


@pytest.fixture(scope="module")
def plans(network):
    county = lp.example.county(seed=1, villages=40)
    today = lp.evaluate(county, lp.travel_times(county, network=network))
    pupils = today.decisions[["before_g13", "before_g46"]].sum(axis=1)
    site = today.decisions[today.decisions["kind"].eq("primary") & pupils.gt(0)].index[0]
    plan = lp.evaluate(county, today.times, today.decisions_with({site: "close"}), name="proposed")
    return today, plan


@pytest.fixture(scope="module")
def made(plans, network):
    return contents(plans, lang="zh", network=network, date="2026-11-26")


def test_numbers_of_schools_are_those_of_the_decisions(made, plans):
    for told, plan in zip(made["more"]["plans"], plans, strict=True):
        table = plan.decisions.reindex(made["sites"]["id"])
        pupils = table[[f"after_{b}" for b in BANDS]].sum(axis=1)
        for n, site in enumerate(table.index):
            size, use = told["class_size"][n], told["utilisation"][n]
            if pupils[site] and table.at[site, "classes"]:
                assert size == round(10 * pupils[site] / table.at[site, "classes"])
            else:
                assert size is None
            assert (use is None) == (not pupils[site] or not table.at[site, "places"])


def test_resources_are_per_pupil_of_the_plan(made, plans):
    told = made["more"]["resources"]
    at = told["names"].index("books")
    plan = plans[1]
    pupils = plan.decisions[[f"after_{b}" for b in BANDS]].sum(axis=1)
    books = plan.county.schools["books"].astype(float)
    for n, site in enumerate(made["sites"]["id"]):
        value = told["values"][1][at][n]
        if site in books.index and pupils[site] and pd.notna(books[site]):
            assert value == round(1000 * books[site] / pupils[site])
        else:
            assert value is None


def test_gates_are_told_for_closures_alone(made, plans):
    verdicts = lp.gates(plans[1], plans[0]).verdicts
    told = made["more"]["plans"][1]["gates"]
    sites = made["sites"]["id"]
    assert {sites[int(n)] for n in told} == set(verdicts.index)
    names = made["more"]["verdicts"]
    for n, codes in told.items():
        row = verdicts.loc[sites[int(n)]]
        assert [names[c] for c in codes] == [*row[made["more"]["gates"]], row["verdict"]]
    assert made["more"]["plans"][0]["gates"] == {}


def test_shares_of_the_limit_agree_with_the_ways(plans):
    plan = plans[0]
    classes = share_classes(plan)
    rows = plan.assignment.query("pupils > 0")
    limits = (
        rows["band"]
        .astype("str")
        .map({b: plan.standards.value(f"travel_limit_minutes_{b}") for b in BANDS})
    )
    within = (rows["minutes"] <= limits).groupby(rows["village_id"]).all()
    daily = rows["mode"].ne("board").groupby(rows["village_id"]).any()
    fine = within[within & daily].index.difference(plan.unserved["village_id"])
    assert len(fine) > 3
    assert classes[fine].between(0, 2).all()


def test_classes_of_class_size_end_at_the_standards(plans):
    ends = class_sizes(plans[0])
    assert ends == sorted(ends)
    assert plans[0].standards.value("class_size_primary") in ends
    assert plans[0].standards.value("large_class_pupils") - 1 in ends


def test_roads_with_pupils_come_only_with_a_network(made, plans):
    roads = made["more"]["plans"][0]["roads"]
    assert len(roads) == len(made["more"]["breaks"]["roads"])
    assert sum(len(each["n"]) for each in roads) > 10
    assert contents(plans[:1], lang="en")["more"]["plans"][0]["roads"] is None


def test_both_languages_say_everything(made, plans):
    zh, en = made["said"]["zh"], made["said"]["en"]
    assert set(zh["words"]) == set(en["words"])
    version = data_version(plans[0].county)
    for said in (zh, en):
        assert version in said["source"]
        assert "2026-11-26" in said["source"]
        for told, plan in zip(said["plans"], made["plans"], strict=True):
            assert len(told["modes"]) == len(plan["flows"]["modes"])
            assert len(told["reasons"]) == len(plan["unserved"]["reasons"])
            assert len(told["why"]) == len(made["sites"]["id"])
    assert zh["plans"][1]["modes"] == made["plans"][1]["flows"]["modes"]
    assert zh["plans"][1]["why"] == made["plans"][1]["sites"]["why"]


def test_tiles_come_only_when_asked_and_never_shifted(plans):
    assert contents(plans[:1], lang="en")["tiles"] is None
    assert tiles_of("osm", key="", lang="en")["system"] == "WGS 84"
    tianditu = tiles_of("tianditu", key="abc123", lang="zh")
    assert tianditu["system"] == "CGCS2000"
    assert all("tianditu.gov.cn" in address for address in tianditu["layers"])
    for name in ("amap", "AutoNavi", "高德", "Tencent", "baidu", "google-cn"):
        with pytest.raises(OptionsError, match="GCJ-02"):
            lp.review_map(plans[0], tiles=name, lang="en")
    with pytest.raises(OptionsError, match="osm"):
        tiles_of("mapbox", key="", lang="en")
    for key in ("", "a&b", "<x>"):
        with pytest.raises(OptionsError, match="key"):
            tiles_of("tianditu", key=key, lang="en")


def test_years_come_only_with_a_roadmap(made, plans):
    assert "years" not in made
    site = plans[1].decisions.query("action == 'close'").index[0]
    actions = pd.DataFrame({"site_id": [site], "action": ["close"], "ready": ["2028H1"]})
    seats = pd.DataFrame(
        {
            "half_year": ["2027H2", "2027H2", "2028H1"],
            "site_id": [site, site, site],
            "band": ["g13", "g46", "g13"],
            "places": [90, 60, 10],
            "pupils": [40, 30, 0],
        }
    )
    told = SimpleNamespace(actions=actions, seats=seats)
    years = contents(plans, lang="zh", roadmap=told)["years"]
    assert years["halves"] == ["2027H2", "2028H1"]
    assert years["actions"]["ready"] == [1]
    assert years["seats"]["places"] == [150, 10]
    assert years["seats"]["pupils"] == [70, 0]
    assert years["moves"] is None
    assert years["plan"] == 1


def test_who_moves_when_is_that_of_the_roadmap(plans):
    roadmap = lp.roadmap(plans[1], start="2027H1", years=3)
    made = contents([*plans, plans[0]], lang="zh", roadmap=roadmap)
    years = made["years"]
    assert years["plan"] == 1
    table = roadmap.pupils[roadmap.pupils["action_id"].isin(roadmap.actions.index)]
    ends = ["village_id", "band", "from_site", "to_site"]
    true = {
        (*row[:4], roadmap.actions.at[row[4], "ready"])
        for row in table[[*ends, "action_id"]].itertuples(index=False, name=None)
    }
    villages, sites = made["villages"]["id"], made["sites"]["id"]
    moves = zip(
        *(years["moves"][k] for k in ("village", "band", "from", "to", "half")), strict=True
    )
    told = {
        (villages[v], BANDS[b], sites[f], sites[t], years["halves"][h]) for v, b, f, t, h in moves
    }
    assert told == true
    assert len(told) > 0
