"""Plans made with travel times of which only the near pairs are kept."""

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp


@pytest.fixture(scope="module")
def near(small):
    return lp.travel_times(small, cutoff_minutes=1)


def codes(plan):
    return [f.code for f in plan.findings]


def test_pupils_have_a_school_however_short_the_cut_off(small, small_today, near):
    assert np.isinf(near.array()).sum() > np.isinf(small_today.times.array()).sum()
    plan = lp.evaluate(small, near)
    lp.assert_plan_valid(plan)
    assert plan.pupils_unserved == small_today.pupils_unserved
    told = [f for f in plan.findings if f.code == "ways_beyond_cutoff"]
    assert [f.severity for f in told] == ["warning"]
    for lang in ("zh", "en"):
        assert "1" in told[0].what(lang)
        assert "cutoff_minutes" in told[0].cure(lang)
    assert "ways_beyond_cutoff" not in codes(small_today)


def test_who_is_left_without_a_school_by_a_cut_off_needs_no_new_site(small, near):
    # Without the schools that are nearest to most, few ways to any other are known.
    kinds = small.sites["kind"]
    teach = small.sites.index[~small.sites["candidate"] & kinds.isin(["junior", "nine_year"])]
    nearest = near.table("g79")[list(teach)].idxmin(axis=1).mode()[0]
    decisions = pd.DataFrame({"site_id": [nearest], "action": ["close"]})
    plan = lp.evaluate(small, near, decisions)
    lp.assert_plan_valid(plan)
    (found,) = [f for f in plan.findings if f.code == "unserved_beyond_cutoff"]
    assert str(plan.pupils_unserved) in found.what("en")
    assert plan.pupils_unserved > 0
    assert "unserved_no_site" not in codes(plan)
    for lang in ("zh", "en"):
        assert found.what(lang)
        assert "cutoff_minutes" in found.cure(lang)


def test_a_proposal_says_that_ways_are_not_known(small, near):
    plan = lp.propose(small, near)
    lp.assert_plan_valid(plan)
    assert codes(plan).count("ways_beyond_cutoff") == 1
