"""What must hold for every plan of every county."""

import numpy as np
import pandas as pd
import pytest
from example_counties import county_of, proposed
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughly import examples, villages

import layoutplan as lp
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

VILLAGES = villages(30, few=16)


def shuffled(county, seed):
    tables = {}
    for name in ("villages", "schools", "roads", "townships", "candidates", "flows"):
        table = county.table(name)
        tables[name] = table.sample(frac=1, random_state=seed) if len(table) else None
    return lp.County.from_tables(**tables, name=county.name, year=county.year)


@given(
    seed=st.sampled_from([1, 2, 5]),
    budget=st.one_of(st.none(), st.integers(0, 20)),
    most=st.one_of(st.none(), st.integers(3, 12)),
    least=st.integers(0, 150),
    price=st.integers(0, 5000),
)
@settings(max_examples=examples(12), deadline=None)
def test_every_proposal_passes_the_checker(seed, budget, most, least, price):
    county, times = county_of(seed, VILLAGES)
    options = lp.Options(
        budget_yuan=None if budget is None else budget * 1_000_000.0,
        schools_max=most,
        min_pupils={"primary": least, "junior": least},
        prices={"moved": float(price)},
    )
    plan = lp.propose(county, times, options=options, gap=0.01)
    lp.assert_plan_valid(plan)
    assert plan.pupils_in == plan.pupils_assigned + plan.pupils_unserved


@given(seed=st.sampled_from([1, 2, 5]), data=st.data())
@settings(max_examples=examples(12), deadline=None)
def test_every_layout_drawn_by_hand_passes_the_checker(seed, data):
    county, times = county_of(seed, VILLAGES)
    today = lp.evaluate(county, times)
    closed = data.draw(st.sets(st.sampled_from(list(county.schools.index)), max_size=6))
    plan = lp.evaluate(county, times, today.decisions_with(dict.fromkeys(closed, "close")))
    lp.assert_plan_valid(plan)
    gone = plan.decisions.loc[sorted(closed)]
    assert (gone[[f"after_{b}" for b in BANDS]] == 0).all(axis=None)


@pytest.mark.parametrize("seed", [1, 5])
def test_the_order_of_rows_changes_nothing(seed):
    county, _ = county_of(seed, VILLAGES)
    other = shuffled(county, seed)
    one, two = proposed(seed, VILLAGES), lp.propose(other, lp.travel_times(other))
    pd.testing.assert_frame_equal(one.decisions, two.decisions)
    pd.testing.assert_frame_equal(one.assignment, two.assignment, rtol=1e-6)


def test_the_same_inputs_give_the_same_plan():
    county, times = county_of(2, VILLAGES)
    one, two = proposed(2, VILLAGES), lp.propose(county, times)
    pd.testing.assert_frame_equal(one.assignment, two.assignment)
    assert one.solver.objective == two.solver.objective


def test_keeping_everything_by_hand_moves_only_pupils_beyond_the_places():
    county, times = county_of(1, VILLAGES)
    today = lp.evaluate(county, times)
    again = lp.evaluate(county, times, today.decisions)
    lp.assert_plan_valid(again)
    over = (today.decisions.filter(like="after_").sum(axis=1) - today.decisions["places"]).clip(0)
    left = again.moves.groupby("from_site")["pupils"].sum()
    assert (left <= over.reindex(left.index)).all()
    still = (again.decisions.filter(like="after_").sum(axis=1) - again.decisions["places"]).clip(0)
    assert still.sum() <= over.sum()


def test_a_proposal_evaluated_by_hand_breaks_no_more_rules():
    county, times = county_of(5, VILLAGES)
    plan = proposed(5, VILLAGES)
    again = lp.evaluate(county, times, plan.decisions)
    lp.assert_plan_valid(again)
    over = again.decisions.filter(like="after_").sum(axis=1) - again.decisions["places"]
    assert again.pupils_unserved == plan.pupils_unserved
    assert over.clip(lower=0).sum() <= 0.02 * again.pupils_in


def test_nothing_done_to_a_table_changes_the_county_or_the_plan():
    county, times = county_of(1, VILLAGES)
    plan = lp.evaluate(county, times)
    villages, decisions = county.villages, plan.decisions
    villages["pupils_g13"] = 0
    decisions["action"] = "close"
    assert county.villages["pupils_g13"].sum() > 0
    assert (plan.decisions["action"] != "close").all()


def test_locks_are_kept():
    county, times = county_of(1, VILLAGES)
    free = proposed(1, VILLAGES)
    by_pupils = free.decisions.filter(like="before_").sum(axis=1).sort_values()
    smallest = by_pupils.index[~by_pupils.index.isin(county.candidates.index)][:2]
    locked = lp.propose(county, times, options=lp.Options(keep={smallest[0]}, close={smallest[1]}))
    lp.assert_plan_valid(locked)
    assert locked.decisions.loc[smallest[0], "action"] in ("keep", "expand")
    assert locked.decisions.loc[smallest[1], "action"] == "close"
    frozen = lp.propose(county, times, options=lp.Options(freeze=set(county.schools.index)))
    lp.assert_plan_valid(frozen)
    old = frozen.decisions.loc[county.schools.index, "action"]
    assert set(old) == {"keep"}


def test_without_money_nothing_is_built():
    county, times = county_of(2, VILLAGES)
    plan = lp.propose(county, times, options=lp.Options(budget_yuan=0))
    lp.assert_plan_valid(plan)
    assert plan.decisions["capital_yuan"].sum() == 0


def test_a_matrix_from_elsewhere_serves_as_well():
    county, times = county_of(1, VILLAGES)
    given_times = TravelTimes.from_matrix(
        {band: times.table(band) for band in BANDS}, mode="walk", county=county
    )
    one, two = proposed(1, VILLAGES), lp.propose(county, given_times)
    pd.testing.assert_frame_equal(one.decisions, two.decisions)


def test_a_village_without_road_is_named_with_its_pupils():
    county, times = county_of(1, VILLAGES)
    tables = {band: times.table(band) for band in BANDS}
    lost = county.villages.index[3]
    for table in tables.values():
        table.loc[lost] = np.inf
    cut_off = TravelTimes.from_matrix(tables, mode="walk", county=county)
    for plan in (lp.evaluate(county, cut_off), lp.propose(county, cut_off)):
        lp.assert_plan_valid(plan)
        assert set(plan.unserved["village_id"]) == {lost}
        assert set(plan.unserved["reason"]) == {"no_road"}
        assert plan.pupils_unserved == int(plan.demand.loc[lost].sum())


def test_no_proposal_is_worse_than_leaving_everything_as_it_is():
    county, times = county_of(2, VILLAGES)
    # Whole groups are sent to today's schools by rounding, which may miss a little.
    for split, miss in ((True, 1e-9), (False, 0.01)):
        options = lp.Options(freeze=set(county.sites.index), split_villages=split)
        frozen = lp.propose(county, times, options=options)
        quick = lp.propose(county, times, options=lp.Options(split_villages=split), time_limit=0.01)
        lp.assert_plan_valid(quick)
        assert quick.solver.objective <= frozen.solver.objective * (1 + miss)


def test_a_school_for_special_education_stays():
    county, _ = county_of(1, VILLAGES)
    schools = county.schools
    special = schools.iloc[[0]].rename(index={schools.index[0]: "5134000001"})
    special = special.assign(kind="special")
    tables = {n: county.table(n) for n in ("villages", "roads", "townships", "flows")}
    with_it = lp.County.from_tables(schools=pd.concat([schools, special]), **tables)
    times = lp.travel_times(with_it)
    plan = lp.propose(with_it, times, options=lp.Options(schools_max=6))
    lp.assert_plan_valid(plan)
    assert plan.decisions.loc["5134000001", "action"] == "keep"


def test_closing_the_only_school_near_sends_pupils_on_and_says_so():
    county, times = county_of(1, VILLAGES)
    primary = county.schools.index[county.schools["kind"] == "primary"]
    plan = lp.propose(county, times, options=lp.Options(close={primary[0]}))
    lp.assert_plan_valid(plan)
    assert plan.pupils_unserved == 0


@pytest.mark.parametrize(
    "options",
    [
        {"keep": ["candidate"], "budget_yuan": 0},
        {"keep": ["candidate"], "freeze": ["candidate"]},
        {"min_pupils": {"primary": 12.5}},
        {"schools_max": 1.5},
        {"budget_yuan": "3"},
        {"prices": {"minute": -1}},
        {"prices": {"happiness": 1}},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(options):
    county, times = county_of(2, VILLAGES)
    site = county.candidates.index[0]
    asked = {k: [site] if v == ["candidate"] else v for k, v in options.items()}
    with pytest.raises(lp.OptionsError):
        lp.propose(county, times, options=lp.Options(**asked))


def test_a_frozen_candidate_is_not_built():
    county, times = county_of(2, VILLAGES)
    site = county.candidates.index[0]
    plan = lp.propose(county, times, options=lp.Options(freeze={site}))
    lp.assert_plan_valid(plan)
    assert plan.decisions.loc[site, "action"] == "unused"


def test_options_are_copied_in():
    keep, prices = {"A"}, {"moved": 5.0}
    options = lp.Options(keep=keep, prices=prices)
    keep.add("B")
    prices["moved"] = 9.0
    assert options.as_record()["keep"] == ["A"]
    assert options.as_record()["prices"] == {"moved": 5.0}
    assert lp.Options(keep="S012").as_record()["keep"] == ["S012"]


def test_times_of_another_county_are_refused():
    county, _ = county_of(1, VILLAGES)
    _, other = county_of(2, VILLAGES)
    for verb in (lp.evaluate, lp.propose):
        with pytest.raises(lp.TravelError):
            verb(county, other)


@pytest.mark.parametrize(
    ("action", "classes"), [("expand", 0), ("expand", -1), ("expand", 1.5), ("expand", "two")]
)
def test_an_expansion_by_hand_needs_whole_classes(action, classes):
    county, times = county_of(1, VILLAGES)
    table = lp.evaluate(county, times).decisions.astype({"extra_classes": object})
    table.loc[table.index[0], ["action", "extra_classes"]] = [action, classes]
    with pytest.raises(lp.OptionsError):
        lp.evaluate(county, times, table)


def test_more_classes_than_a_site_has_room_for_are_noted():
    county, times = county_of(1, VILLAGES)
    today = lp.evaluate(county, times)
    table = today.decisions_with({today.decisions.index[0]: "expand"})
    table.loc[table.index[0], "extra_classes"] = 99
    plan = lp.evaluate(county, times, table)
    lp.assert_plan_valid(plan)
    assert "too_many_classes" in {f.code for f in plan.findings}


def test_locks_that_leave_pupils_without_a_school_say_so():
    county, times = county_of(1, VILLAGES)
    junior = county.schools.index[county.schools["kind"].isin(["junior", "nine_year"])]
    unbuilt = set(county.candidates.index)
    options = lp.Options(close=set(junior), freeze=unbuilt)
    measures = lp.site_measures(county, standards=lp.standards())
    # A primary school that became a nine-year one would take them.
    measures["allowed"] &= measures["measure"] != "nine_year"
    plan = lp.propose(county, times, options=options, measures=measures)
    lp.assert_plan_valid(plan)
    assert plan.pupils_unserved == int(plan.demand["g79"].sum())
    assert set(plan.unserved["reason"]) == {"none_open"}
    assert "unserved_none_open" in {f.code for f in plan.findings}


def test_the_checker_finds_what_is_wrong(small_plan):
    from dataclasses import replace

    from layoutplan.testing import plan_breaches

    tables = dict(small_plan.tables)
    fewer = tables["assignment"].copy()
    fewer.loc[0, "pupils"] -= 1
    assert plan_breaches(replace(small_plan, tables=tables | {"assignment": fewer}))
    quicker = tables["assignment"].assign(minutes=tables["assignment"]["minutes"] - 1)
    assert plan_breaches(replace(small_plan, tables=tables | {"assignment": quicker}))
    cheaper = tables["decisions"].assign(annual_yuan=0.0)
    assert plan_breaches(replace(small_plan, tables=tables | {"decisions": cheaper}))
    better = replace(small_plan.solver, objective=small_plan.solver.objective * 0.9)
    assert plan_breaches(replace(small_plan, solver=better))
    above = replace(small_plan.solver, bound=small_plan.solver.objective * 1.1)
    assert plan_breaches(replace(small_plan, solver=above))
    closed = tables["decisions"].copy()
    first = closed.index[closed["action"] == "keep"][0]
    closed.loc[first, "action"] = "close"
    assert plan_breaches(replace(small_plan, tables=tables | {"decisions": closed}))
