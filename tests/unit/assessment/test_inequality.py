"""Inequality: numbers worked out by hand, and what every such number must keep."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import layoutplan as lp
from layoutplan.assessment import assess
from layoutplan.assessment.equity import changes
from layoutplan.assessment.inequality import concentration_index, gini, palma, theil

DISTRIBUTION = st.lists(
    st.tuples(st.integers(1, 120), st.integers(1, 300)), min_size=2, max_size=30
)


def test_gini_by_hand():
    # half of the pupils 10 minutes, half 30: the Lorenz curve goes through (0.5, 0.25)
    assert gini([10, 30], [5, 5]) == pytest.approx(0.25)
    assert gini([10, 30], [50, 50]) == pytest.approx(0.25)
    assert gini([0, 10], [9, 1]) == pytest.approx(0.9)


def test_palma_by_hand():
    # ten pupils of 1 to 10: the top one has 10, the bottom four 1 + 2 + 3 + 4
    assert palma(range(1, 11), [1] * 10) == pytest.approx(1.0)
    # a group across the line is divided: 9 of 10 pupils have 1, one has 11
    assert palma([1, 11], [9, 1]) == pytest.approx(11 / 4)
    assert np.isnan(palma([0, 5], [5, 5]))


def test_theil_by_hand():
    # shares 0.5 and 1.5 of the mean
    expected = 0.5 * 0.5 * np.log(0.5) + 0.5 * 1.5 * np.log(1.5)
    assert theil([10, 30], [5, 5]) == pytest.approx(expected)
    assert theil([0, 10], [5, 5]) == pytest.approx(np.log(2))


def test_concentration_by_hand():
    # the worse placed half has three quarters of the minutes
    assert concentration_index([30, 10], [5, 5], standing=[1, 2]) == pytest.approx(-0.25)
    assert concentration_index([30, 10], [5, 5], standing=[2, 1]) == pytest.approx(0.25)
    assert concentration_index([30, 10], [5, 5], standing=[1, 1]) == pytest.approx(0)


@pytest.mark.parametrize("formula", [gini, palma, theil])
def test_nothing_to_compare(formula):
    assert np.isnan(formula([], []))
    assert np.isnan(formula([5, 6], [0, 0]))
    assert np.isnan(formula([0, 0], [3, 4]))
    assert np.isnan(concentration_index([], [], standing=[]))
    assert np.isnan(concentration_index([0.0], [4], standing=[1]))


def test_all_equal():
    assert gini([7, 7, 7], [1, 2, 3]) == pytest.approx(0)
    assert theil([7, 7, 7], [1, 2, 3]) == pytest.approx(0)
    assert palma([7, 7, 7], [1, 2, 3]) == pytest.approx(0.25)


@given(rows=DISTRIBUTION, scale=st.sampled_from([2.0, 60.0]))
def test_what_always_holds(rows, scale):
    values, pupils = np.array(rows, dtype=float).T
    order = np.random.default_rng(1).permutation(len(values))
    for formula in (gini, palma, theil):
        number = formula(values, pupils)
        # the order of rows changes nothing at all
        assert formula(values[order], pupils[order]) == number
        # the unit does not matter, nor does counting everybody twice
        assert formula(values * scale, pupils) == pytest.approx(number, abs=1e-12)
        assert formula(values, pupils * 2) == pytest.approx(number, abs=1e-12)
        # a group may be counted in two parts
        halves = np.concatenate([values, values])
        parts = np.concatenate([pupils, pupils]) / 2
        assert formula(halves, parts) == pytest.approx(number, abs=1e-9)
    assert 0 <= gini(values, pupils) < 1
    # ranked by the values themselves, the concentration index is the Gini coefficient
    ranked = concentration_index(values, pupils, standing=values)
    assert ranked == pytest.approx(gini(values, pupils), abs=1e-9)
    back = concentration_index(values, pupils, standing=-values)
    assert back == pytest.approx(-ranked, abs=1e-9)


@given(rows=DISTRIBUTION)
def test_a_transfer_from_far_to_near_makes_it_more_equal(rows):
    values, pupils = np.array(rows, dtype=float).T
    pupils = np.ones_like(pupils)
    far, near = int(values.argmax()), int(values.argmin())
    step = (values[far] - values[near]) / 4
    moved = values.copy()
    moved[far] -= step
    moved[near] += step
    assert gini(moved, pupils) <= gini(values, pupils) + 1e-12
    assert theil(moved, pupils) <= theil(values, pupils) + 1e-12


def test_indicators_by_hand(merged_plan):
    done = assess(merged_plan, lang="en")
    # 90 pupils travel 5 minutes, 30 travel 10, 20 travel 20 and 5 travel 31
    minutes, pupils = [5, 10, 20, 31], [90, 30, 20, 5]
    assert done.value("gini_minutes") == pytest.approx(gini(minutes, pupils))
    assert done.value("palma_minutes") == pytest.approx(palma(minutes, pupils))
    assert done.value("theil_minutes", township="01") == pytest.approx(theil([5, 20], [90, 20]))
    # A: 90 places for 110 pupils, B: 60 for 35
    expected = gini([90 / 110, 60 / 35], [110, 35])
    assert done.value("gini_places") == pytest.approx(expected)
    assert done.value("gini_places", band="g79") == pytest.approx(0)


def test_extra_minutes_by_hand(merged_plan):
    done = assess(merged_plan, lang="en")
    # 5 of 145 pupils travel 19 minutes more, all others as before
    assert done.value("extra_mean") == pytest.approx(5 * 19 / 145)
    assert done.value("extra_worst_tenth") == pytest.approx(5 * 19 / 15)
    assert done.value("extra_mean", township="01") == 0
    table = changes(merged_plan)
    assert table["pupils"].sum() == merged_plan.pupils_assigned


def test_extra_minutes_are_the_difference_of_two_means(small):
    # Boarders do not travel daily, so that only where nobody boards all pupils are in both.
    tables = {n: small.table(n) for n in ("villages", "roads", "townships", "candidates", "flows")}
    county = lp.County.from_tables(schools=small.schools.assign(beds=0), **tables)
    today = lp.evaluate(county, lp.travel_times(county))
    closed = today.decisions.index[today.decisions["kind"].eq("primary")][:3]
    plan = lp.evaluate(county, today.times, today.decisions_with(dict.fromkeys(closed, "close")))
    before, after = (assess(p).value("travel_mean") for p in (today, plan))
    extra = assess(plan).value("extra_mean")
    assert extra == pytest.approx(after - before, abs=1e-9)
    assert extra != 0
    assert assess(today).value("extra_mean") == 0


def test_minutes_gather_where_children_are_left_behind(merged_plan):
    # V4 and V5 lie far off; where their children are left behind, the index is below 0
    def index(counts):
        villages = merged_plan.county.villages.assign(left_behind=counts)
        county = replace(
            merged_plan.county, tables={**merged_plan.county.tables, "villages": villages}
        )
        return assess(replace(merged_plan, county=county)).value("concentration_minutes")

    far, near = pd.Series([0, 0, 0, 30, 5, 0.0]), pd.Series([90, 0, 0, 0, 0, 0.0])
    assert index(far.to_numpy()) < 0
    assert index(near.to_numpy()) > 0
    assert index([10, 10, 0, 10, 10, 10]) is not None
