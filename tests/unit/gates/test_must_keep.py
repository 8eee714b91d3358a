"""The schools that must stay, by hand and against brute force."""

from functools import cache

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.errors import OptionsError
from layoutplan.gates import gates, must_keep
from layoutplan.gates.declared import MUST_KEEP
from layoutplan.gates.seats import seated, short_without
from layoutplan.tables import BANDS, BANDS_OF_KIND

PRIMARY = {"kind": "primary", "places": 90, "classrooms": 2}
VILLAGES = {"V1": (30, 20, 0), "V2": (10, 0, 0), "V3": (5, 5, 0), "V4": (7, 0, 9)}
WAYS = {
    ("V1", "A"): 5, ("V1", "B"): 40,  # depends on A; grades 4-6 may also go to B
    ("V2", "A"): 10, ("V2", "B"): 30,  # two schools
    ("V3", "B"): 12, ("V3", "A"): 50, ("V3", "N"): 3,  # depends on B; N is not built
    ("V4", "A"): 31, ("V4", "J"): 12,  # none within 30 for grades 1-3
}  # fmt: skip


@pytest.fixture(name="county", scope="module")
def _county(draw):
    schools = {"A": PRIMARY, "B": PRIMARY, "J": {"kind": "junior", "places": 50}}
    return draw(VILLAGES, schools, WAYS, candidates={"N": PRIMARY})


def test_who_depends_on_whom(county):
    keep = must_keep(*county)
    table = keep.schools.set_index(["site_id", "band"])
    assert table["pupils"].to_dict() == {
        ("A", "g13"): 30, ("B", "g13"): 5, ("B", "g46"): 5, ("J", "g79"): 9,
    }  # fmt: skip
    a = table.loc["A", "g13"]
    assert a[["villages", "limit", "alternative", "minutes", "minutes_mean"]].tolist() == [
        1, 30, "B", 40, 40,
    ]  # fmt: skip
    assert table.loc[("B", "g46"), ["alternative", "minutes"]].tolist() == ["A", 50]
    junior = table.loc["J", "g79"]
    assert junior[["alternative", "without_way"]].tolist() == ["", 9]
    assert np.isnan(junior["minutes"])
    assert keep.site_ids == ("A", "B", "J")
    assert keep.pupils == 49
    assert keep.dependents["pupils"].sum() == 49
    assert not keep.dependents.duplicated(["village_id", "band"]).any()


def test_a_county_alone_is_not_enough(county):
    with pytest.raises(OptionsError) as caught:
        must_keep(county[0])
    assert caught.value.findings[0].code == "must_keep_needs_times"


def test_a_plan_is_held_against_the_list(county):
    today = lp.evaluate(*county)
    kept = must_keep(today)
    assert kept.taken_away == ()
    assert set(kept.schools["kept"]) == {"yes"}
    plan = lp.evaluate(*county, today.decisions_with(A="teaching_point", B="close", N="new"))
    keep = must_keep(plan)
    # The list does not depend on the plan, but says what the plan does.
    pd.testing.assert_series_equal(keep.schools["pupils"], kept.schools["pupils"])
    assert keep.taken_away == ("B",)
    assert keep.schools.set_index(["site_id", "band"])["in_plan"].to_dict() == {
        ("A", "g13"): "teaching_point", ("B", "g13"): "close", ("B", "g46"): "close",
        ("J", "g79"): "keep",
    }  # fmt: skip
    pd.testing.assert_frame_equal(must_keep(*county).dependents, keep.dependents)


def test_closing_a_school_that_must_stay_fails_the_gate_of_travel(county):
    today = lp.evaluate(*county)
    for site in ("A", "B", "J"):
        plan = lp.evaluate(*county, today.decisions_with({site: "close"}))
        assert gates(plan).verdict(site, "travel") == "fail"


def test_limits_of_the_county(county):
    rules = lp.standards().with_values(travel_limit_minutes_g13=40)
    # V1 now has B as well, and V4 has A and nothing else.
    keep = must_keep(*county, standards=rules).schools.set_index(["site_id", "band"])
    assert keep.loc[("A", "g13"), "pupils"] == 7


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_justification(county, lang):
    keep = must_keep(lp.evaluate(*county), places=True)
    text = keep.justification("A", lang)
    assert "30" in text
    assert "school A" in text
    assert "27号" in text
    assert keep.justification("nowhere", lang) == ""
    table = keep.table(lang)
    assert len(table) == len(keep.schools)
    assert list(keep.rows(lang).columns) == [c.name for c in MUST_KEEP.columns]
    bare = must_keep(*county).table(lang)
    assert len(bare.columns) == len(MUST_KEEP.columns) - 3
    assert set(keep.rows(lang)["status"]) <= {"confirmed", "assumption"}


def test_html_is_escaped(draw):
    county = draw({"V1": (30, 0, 0)}, {"A": PRIMARY | {"name": "<script>{x}"}}, {("V1", "A"): 5})
    html = must_keep(*county)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;{x}" in html
    none = draw({"V1": (0, 0, 0), "V2": (1, 0, 0)}, {"A": PRIMARY, "B": PRIMARY},
                {("V2", "A"): 5, ("V2", "B"): 5, ("V1", "A"): 5})  # fmt: skip
    keep = must_keep(*none)
    assert keep.schools.empty
    assert keep.table("en").empty
    assert "<p>" in keep._repr_html_()


def brute_force(county, times, rules):
    """Try every village and band against every other school, one by one."""
    found = {}
    for band in BANDS:
        limit = rules.value(f"travel_limit_minutes_{band}")
        ways = times.table(band)
        teach = [s for s, k in county.schools["kind"].items() if band in BANDS_OF_KIND[k]]
        for village, pupils in county.villages[f"pupils_{band}"].items():
            near = [s for s in teach if ways.loc[village, s] <= limit]
            if len(near) == 1 and pupils:
                key = (near[0], band)
                found[key] = found.get(key, 0) + int(pupils)
    return found


@cache
def case(seed):
    county = lp.example.county(seed=seed, villages=25)
    return county, lp.travel_times(county)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("limit", [20, 45])
def test_against_brute_force(seed, limit):
    county, times = case(seed)
    rules = lp.standards().with_values(
        travel_limit_minutes_g13=limit, travel_limit_minutes_g79=2 * limit
    )
    keep = must_keep(county, times, standards=rules)
    table = keep.schools.set_index(["site_id", "band"])["pupils"]
    assert table.to_dict() == brute_force(county, times, rules)
    for row in keep.dependents.to_dict("records"):
        ways = times.table(row["band"]).loc[row["village_id"]]
        teach = [s for s, k in county.schools["kind"].items()
                 if row["band"] in BANDS_OF_KIND[k] and s != row["site_id"]]  # fmt: skip
        assert ways[row["site_id"]] == row["minutes"]
        assert row["farther"] == ways[teach].min() > limit


def test_the_order_of_rows_changes_nothing(small, small_times):
    tables = ("villages", "schools", "roads", "townships", "candidates", "flows")
    other = lp.County.from_tables(
        **{n: t.sample(frac=1, random_state=2) if len(t := small.table(n)) else None
           for n in tables},
        name=small.name,
    )  # fmt: skip
    one = must_keep(small, small_times, places=True)
    two = must_keep(other, small_times, places=True)
    pd.testing.assert_frame_equal(one.rows("zh"), two.rows("zh"))
    pd.testing.assert_frame_equal(one.dependents, two.dependents)


def flow(pupils, within, places):
    """Seat pupils with another library's maximum flow."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for g, persons in enumerate(pupils):
        graph.add_edge("source", ("g", g), capacity=int(persons))
        for s in np.flatnonzero(within[g]):
            graph.add_edge(("g", g), ("s", int(s)), capacity=int(persons))
    for s, room in enumerate(places):
        graph.add_edge(("s", s), "sink", capacity=int(room))
    return nx.maximum_flow_value(graph, "source", "sink")


@pytest.mark.parametrize("seed", range(8))
def test_seats_against_another_maximum_flow(seed):
    rng = np.random.default_rng(seed)
    pupils, places = rng.integers(0, 30, 12), rng.integers(0, 60, 5)
    within, band = rng.random((12, 5)) < 0.35, np.repeat([0, 1, 2], 4)
    assert seated(pupils, within, places) == flow(pupils, within, places)
    short = short_without(pupils, within, places, band=band)
    best = flow(pupils, within, places)
    for school in range(5):
        for b in range(3):
            less = within.copy()
            less[band == b, school] = False
            assert short[school, b] == best - flow(pupils, less, places)


def test_seats_where_there_are_none():
    none = np.zeros((2, 3), dtype=bool)
    band = np.array([0, 1])
    assert (
        short_without(np.array([5, 5]), none, np.array([1, 1, 1]), band=band).tolist()
        == [[0, 0]] * 3
    )


def test_places_keep_a_school_that_others_could_reach_but_not_hold(draw):
    county = draw(
        {"V1": (60, 0, 0)},
        {"A": PRIMARY | {"places": 45}, "B": PRIMARY | {"places": 45}},
        {("V1", "A"): 5, ("V1", "B"): 6},
    )
    assert must_keep(*county).schools.empty
    keep = must_keep(*county, places=True)
    assert keep.schools["short_of_places"].tolist() == [15, 15]
    assert keep.schools["pupils"].tolist() == [0, 0]
    assert "15" in keep.justification("B", "en")
