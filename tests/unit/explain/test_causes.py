"""Causes: what is broken, why, and what each number of a cure is."""

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.explain.breaches import breaches, removed
from layoutplan.model.sets import prices
from layoutplan.model.solve import BROKEN


def test_a_plan_without_breaches_has_nothing_to_cure(tiny_plan):
    found = lp.causes(tiny_plan)
    assert found.table.empty
    assert found.sentences("en") == ["The plan breaks no rule."]


def test_a_layout_drawn_by_hand_is_its_own_cause(tiny, tiny_times, tiny_today):
    junior = tiny_today.decisions.index[tiny_today.decisions["bands"].eq("g79")]
    plan = lp.evaluate(
        tiny, tiny_times, tiny_today.decisions_with(dict.fromkeys(junior[:2], "close"))
    )
    found = lp.causes(plan)
    assert len(found.breaches)
    assert set(found.breaches["causes"]) == {"by_hand"}
    assert found.table["cured"].all()


def test_what_is_cheaper_to_break_is_broken_at_its_price(tiny, tiny_times):
    options = lp.Options(prices={"overload": 10.0}, split_villages=True)
    plan = lp.propose(tiny, tiny_times, options=options)
    found = lp.causes(plan)
    rows = found.table
    assert set(rows["rule"]) == {"overload"}
    assert set(rows["causes"]) == {"price"}
    assert rows["cured"].all()
    assert (rows["cost_yuan"] > 0).all()


@pytest.mark.slow
def test_costs_are_the_difference_of_two_plans(tiny, tiny_times, tiny_plan):
    shut = set(tiny_plan.decisions.index[tiny_plan.decisions["bands"].str.contains("g79")])
    asked = lp.Options(close=shut, split_villages=True)
    found = lp.causes(lp.propose(tiny, tiny_times, options=asked))
    row = found.table.iloc[0]
    assert (row["rule"], row["cause"], row["cure"]) == ("gate_travel", "lock", "release")
    usual = prices(lp.Options(), lp.standards())
    names = ("unserved", "pushed", "gate_travel", "overload", "size")
    strict = {name: 20 * usual[name] for name in names}
    cost = []
    for close in (shut, shut - {row["cure_site"]}):
        options = asked.replace(close=close, prices=strict)
        terms = lp.propose(tiny, tiny_times, options=options).solver.terms
        cost.append(sum(v for t, v in terms.items() if t not in BROKEN))
    assert row["cost_yuan"] == pytest.approx(cost[1] - cost[0])


def test_time_that_is_up_is_said(tiny, tiny_times, tiny_plan):
    shut = tiny_plan.decisions.index[tiny_plan.decisions["bands"].str.contains("g79")]
    plan = lp.propose(tiny, tiny_times, options=lp.Options(close=shut))
    found = lp.causes(plan, time_limit=0.1)
    assert not found.complete
    assert set(found.breaches["causes"]) == {"not_examined"}
    assert "time_limit" in found.sentences("en")[-1]


def rows(*given):
    names = ["rule", "village_id", "band", "site_id", "township_id", "pupils", "weight"]
    return pd.DataFrame(given, columns=names)


def test_a_breach_that_only_moves_is_not_removed():
    before = rows(("overload", "", "", "a", "", 30, 30.0), ("overload", "", "", "b", "", 10, 10.0))
    moved = rows(("overload", "", "", "a", "", 30, 30.0), ("overload", "", "", "c", "", 10, 10.0))
    less = rows(("overload", "", "", "a", "", 30, 30.0), ("overload", "", "", "c", "", 1, 0.5))
    gone = rows(("overload", "", "", "a", "", 30, 30.0))
    assert not removed(before, moved, wholly=False).any()
    assert removed(before, less, wholly=False).tolist() == [False, True]
    assert not removed(before, less, wholly=True).any()
    assert removed(before, gone, wholly=True).tolist() == [False, True]


def test_breaches_are_what_the_solver_counted(tiny, tiny_times):
    options = lp.Options(schools_max=3, min_pupils={"primary": 300})
    plan = lp.propose(tiny, tiny_times, options=options)
    found = breaches(plan).groupby("rule")["weight"].sum()
    terms = plan.solver.terms
    for rule, term in {
        "unserved": "unserved",
        "overload": "overload",
        "pushed": "pushed",
        "township": "township",
        "short": "short_of_least_size",
    }.items():
        assert found.get(rule, 0.0) == pytest.approx(terms[term]), rule
    assert np.isfinite(found).all()
