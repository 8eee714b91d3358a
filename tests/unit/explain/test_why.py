"""Why, reasons and what if: every number recomputed from the plans."""

import numpy as np
import pytest

import layoutplan as lp
from layoutplan.explain.reasons import _sentence, site_numbers
from layoutplan.explain.what_if import large_closures
from layoutplan.tables import BANDS


@pytest.fixture(scope="module")
def near(tiny_plan):
    """Give the smallest school that is kept."""
    pupils = tiny_plan.decisions.filter(like="after_").sum(axis=1)
    return pupils[tiny_plan.decisions["action"].eq("keep")].idxmin()


@pytest.mark.parametrize("action", ["keep", "close", "unused", "board"])
def test_a_site_is_held_against_its_opposite(tiny_plan, action):
    decisions = tiny_plan.decisions
    site = decisions.index[decisions["action"] == action][0]
    found = lp.why(tiny_plan, site=site)
    lp.assert_plan_valid(found.other)
    other = found.other.decisions.loc[site, "action"]
    assert other != action
    terms = found.terms
    assert terms["plan"].sum() == pytest.approx(tiny_plan.solver.objective)
    assert terms["other"].sum() == pytest.approx(found.other.solver.objective)
    given = tiny_plan.assignment
    weekly = [tiny_plan.standards.value(f"journeys_per_week_{w}") for w in ("boarder", "daily")]
    weight = given["mode"].eq("board").map({True: weekly[0] / weekly[1], False: 1.0})
    minutes = float((given["pupils"] * given["minutes"] * weight).sum())
    assert terms.loc["minutes", "quantity_plan"] == pytest.approx(minutes)
    assert found.verdict in ("forced", "cheaper", "undecided")
    for lang in ("zh", "en"):
        assert len(found.sentences(lang)) >= 2


def test_a_lock_forces_a_decision(tiny, tiny_times, near):
    plan = lp.propose(tiny, tiny_times, options=lp.Options(freeze={near}))
    found = lp.why(plan, site=near)
    assert found.verdict == "forced"
    assert "lock_freeze" in set(found.rules["rule"])


def test_today_can_be_asked_why(tiny_today, near):
    found = lp.why(tiny_today, site=near)
    assert found.other is not None
    assert np.isfinite(found.terms["difference"]).all()


def test_pupils_of_a_village_are_told_of_nearer_schools(tiny_plan):
    plan = tiny_plan
    given = plan.assignment
    seen = set()
    for row in given.to_dict("records"):
        options = lp.explain.why_village.village_options(plan, row["village_id"], row["band"])
        mine = given[given["village_id"].eq(row["village_id"]) & given["band"].eq(row["band"])]
        assert options["planned"].sum() == mine["pupils"].sum()
        assert options["minutes"].is_monotonic_increasing
        table = plan.times.table(row["band"])
        assert options["minutes"].iloc[0] == pytest.approx(
            table.loc[row["village_id"], options["site_id"].iloc[0]]
        )
        seen |= set(options["excluded"])
    assert {"", "full", "chosen"} <= seen


def test_a_change_for_a_village_is_tried(tiny_plan):
    given = tiny_plan.assignment
    row = given.iloc[0]
    found = lp.why(tiny_plan, village=row["village_id"], band=row["band"])
    assert set(found.changes["helps"]) <= {True, False}
    assert all(found.sentences(lang) for lang in ("zh", "en"))


def test_what_to_ask_must_be_clear(tiny_plan):
    for asked in ({}, {"village": "x", "band": "g13"}, {"site": "x"}, {"village": "x"}):
        with pytest.raises(lp.OptionsError):
            lp.why(tiny_plan, **asked)
    with pytest.raises(lp.OptionsError):
        lp.what_if(tiny_plan)


def test_reasons_count_who_depends_on_a_school(tiny_plan):
    table = lp.reasons(tiny_plan, lang="en")
    decisions, times = tiny_plan.decisions, tiny_plan.times
    assert table.index.equals(decisions.index)
    assert table["text"].str.len().min() > 5
    site = table.index[table["depend"] > 0][0]
    count = 0
    for band in BANDS:
        limit = tiny_plan.standards.value(f"travel_limit_minutes_{band}")
        open_to = [s for s, b in decisions["bands"].items() if band in b.split()]
        ways = times.table(band)
        rows = tiny_plan.assignment
        for row in rows[rows["band"].eq(band) & rows["site_id"].eq(site)].to_dict("records"):
            way = ways.loc[row["village_id"]]
            others = way[[s for s in open_to if s != site]].min()
            count += row["pupils"] * (way[site] <= limit < others)
    assert table.loc[site, "depend"] == count


@pytest.mark.parametrize(
    ("more", "told"), [(3.2, "3.2 minutes farther"), (-2.9, "2.9 minutes nearer")]
)
def test_a_nearer_school_is_not_minus_minutes_farther(tiny_plan, more, told):
    row = site_numbers(tiny_plan).iloc[0].to_dict() | {"minutes_more": more}
    assert told in _sentence("close", row, ["a"]).words("en")


def test_reasons_know_the_next_school_of_every_pupil(tiny_plan):
    """Pair by pair as from a table of all pairs."""
    plan = tiny_plan
    told = site_numbers(plan)
    longer = dict.fromkeys(plan.decisions.index, 0.0)
    known = dict(longer)
    for band in BANDS:
        table = plan.times.table(band)
        taught = [s for s in table.columns if band in str(plan.decisions.at[s, "bands"]).split()]
        shut = set(plan.decisions.index[plan.decisions["action"].isin(["close", "unused"])])
        left = plan.moves[plan.moves["band"].eq(band) & plan.moves["from_site"].isin(shut)]
        went = [plan.assignment[plan.assignment["band"].eq(band)], left]
        for rows, site in zip(went, ("site_id", "from_site"), strict=True):
            for row in rows.to_dict("records"):
                ways = table.loc[row["village_id"]]
                other = ways[[s for s in taught if s != row[site]]].min()
                if np.isfinite(other) and np.isfinite(ways[row[site]]):
                    longer[row[site]] += row["pupils"] * (other - ways[row[site]])
                    known[row[site]] += row["pupils"]
    for site, pupils in known.items():
        more = longer[site] / pupils if pupils else np.nan
        assert told.at[site, "minutes_more"] == pytest.approx(more, nan_ok=True), site
    assert sum(n > 0 for n in known.values()) > 1


def test_a_lock_is_changed_from_the_present_plan(tiny_plan, near):
    found = lp.what_if(tiny_plan, close={near})
    lp.assert_plan_valid(found.plan)
    assert found.plan.decisions.loc[near, "action"] == "close"
    assert near in found.sites.index
    assert near in found.plan.options.close
    again = lp.what_if(found.plan, release={near})
    assert near not in again.plan.options.close
    assert all(found.sentences(lang) for lang in ("zh", "en"))


def test_a_large_school_that_closes_is_recognised(small_today):
    pupils = small_today.decisions.filter(like="after_").sum(axis=1)
    least = pupils[small_today.decisions["action"].eq("keep")].idxmin()
    assert large_closures(small_today, {pupils.idxmax()}) == [pupils.idxmax()]
    assert large_closures(small_today, {least}) == []


def test_a_bound_is_not_kept_for_cheaper_measures(tiny_plan, near):
    cheaper = tiny_plan.tables["measures"].copy()
    cheaper[["annual_yuan", "capital_yuan", "class_yuan", "bed_yuan"]] *= 0.5
    found = lp.what_if(tiny_plan, freeze={near}, measures=cheaper, full=False)
    anew = lp.propose(
        tiny_plan.county,
        tiny_plan.times,
        measures=cheaper,
        options=lp.Options(freeze={near}),
        time_limit=10,
    )
    lp.assert_plan_valid(anew)
    assert found.plan.solver.bound <= anew.solver.objective


@pytest.mark.parametrize("county", ["tiny", pytest.param("small", marks=pytest.mark.slow)])
def test_a_search_begun_from_a_plan_never_costs_more(county, request):
    today = request.getfixturevalue(f"{county}_today")
    shut = today.decisions.query("action == 'keep'").index[1::2]
    asked = lp.Options(close=frozenset(shut))
    plan = lp.propose(today.county, today.times, options=asked, time_limit=10)
    again = lp.propose(today.county, today.times, options=asked, time_limit=10, start=plan)
    lp.assert_plan_valid(again)
    assert again.solver.objective <= plan.solver.objective * (1 + 1e-9)
    assert again.pupils_unserved <= plan.pupils_unserved
