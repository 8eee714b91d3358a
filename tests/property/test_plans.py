"""What must hold for every plan of every county."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import layoutplan as lp
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes


@cache
def county_of(seed):
    county = lp.example.county(seed=seed, villages=30)
    return county, lp.travel_times(county)


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
@settings(max_examples=12, deadline=None)
def test_every_proposal_passes_the_checker(seed, budget, most, least, price):
    county, times = county_of(seed)
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
@settings(max_examples=12, deadline=None)
def test_every_layout_drawn_by_hand_passes_the_checker(seed, data):
    county, times = county_of(seed)
    today = lp.evaluate(county, times)
    closed = data.draw(st.sets(st.sampled_from(list(county.schools.index)), max_size=6))
    plan = lp.evaluate(county, times, today.decisions_with(dict.fromkeys(closed, "close")))
    lp.assert_plan_valid(plan)
    gone = plan.decisions.loc[sorted(closed)]
    assert (gone[[f"after_{b}" for b in BANDS]] == 0).all(axis=None)


@pytest.mark.parametrize("seed", [1, 5])
def test_the_order_of_rows_changes_nothing(seed):
    county, times = county_of(seed)
    other = shuffled(county, seed)
    one = lp.propose(county, times)
    two = lp.propose(other, lp.travel_times(other))
    pd.testing.assert_frame_equal(one.decisions, two.decisions)
    pd.testing.assert_frame_equal(one.assignment, two.assignment, rtol=1e-6)


def test_the_same_inputs_give_the_same_plan():
    county, times = county_of(2)
    one, two = lp.propose(county, times), lp.propose(county, times)
    pd.testing.assert_frame_equal(one.assignment, two.assignment)
    assert one.solver.objective == two.solver.objective


def test_keeping_everything_by_hand_is_today():
    county, times = county_of(1)
    today = lp.evaluate(county, times)
    again = lp.evaluate(county, times, today.decisions)
    pd.testing.assert_frame_equal(today.assignment, again.assignment)
    assert again.moves.empty


def test_nothing_done_to_a_table_changes_the_county_or_the_plan():
    county, times = county_of(1)
    plan = lp.evaluate(county, times)
    villages, decisions = county.villages, plan.decisions
    villages["pupils_g13"] = 0
    decisions["action"] = "close"
    assert county.villages["pupils_g13"].sum() > 0
    assert (plan.decisions["action"] != "close").all()


def test_locks_are_kept():
    county, times = county_of(1)
    free = lp.propose(county, times)
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
    county, times = county_of(2)
    plan = lp.propose(county, times, options=lp.Options(budget_yuan=0))
    lp.assert_plan_valid(plan)
    assert plan.decisions["capital_yuan"].sum() == 0


def test_a_matrix_from_elsewhere_serves_as_well():
    county, times = county_of(1)
    given_times = TravelTimes.from_matrix(
        {band: times.table(band) for band in BANDS}, mode="walk", county=county
    )
    one, two = lp.propose(county, times), lp.propose(county, given_times)
    pd.testing.assert_frame_equal(one.decisions, two.decisions)


def test_a_village_without_road_is_named_with_its_pupils():
    county, times = county_of(1)
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


def test_locks_that_leave_pupils_without_a_school_say_so():
    county, times = county_of(1)
    junior = county.schools.index[county.schools["kind"].isin(["junior", "nine_year"])]
    plan = lp.propose(county, times, options=lp.Options(close=set(junior)))
    lp.assert_plan_valid(plan)
    assert plan.pupils_unserved > 0
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
