"""Alternatives and the frontier: what they promise holds, and what is proven is."""

import itertools
import sys

import pytest

import layoutplan as lp
from layoutplan.explain import frontier as _frontier  # noqa: F401 # loads the module
from layoutplan.explain.alternatives import open_sites
from layoutplan.explain.question import answer
from layoutplan.plan.changes import site_changes

frontier_of = sys.modules["layoutplan.explain.frontier"]

SHARES = lp.Options(split_villages=True)


@pytest.fixture(scope="module")
def plan(tiny, tiny_times):
    return lp.propose(tiny, tiny_times, options=SHARES)


@pytest.fixture(scope="module")
def others(plan):
    return lp.alternatives(plan, k=2, differ=2, within=0.5)


def test_alternatives_differ_from_each_other_and_cost_little_more(plan, others):
    assert len(others.plans) == 2
    assert others.verdict == "found"
    for other in others.plans:
        lp.assert_plan_valid(other)
    for one, two in itertools.combinations((plan, *others.plans), 2):
        assert len(open_sites(one) ^ open_sites(two)) >= 2
    assert (others.table["share_more"] <= 0.5).all()
    assert (others.table["apart"].iloc[1:] >= 2).all()
    assert all(len(others.sentences(lang)) == 3 for lang in ("zh", "en"))


def test_that_there_is_no_further_plan_is_proven(plan):
    # Six other sites of a county of ten cannot be had for nothing.
    found = lp.alternatives(plan, k=1, differ=6, within=0.0)
    assert found.plans == ()
    assert found.verdict == "proven"


def test_a_search_that_is_cut_short_proves_nothing(plan):
    found = lp.alternatives(plan, k=2, differ=2, within=0.2, time_limit=0.5)
    assert found.verdict == "unproven"


def test_a_plan_without_cost_has_no_alternatives(tiny_today, plan):
    with pytest.raises(lp.OptionsError):
        lp.alternatives(tiny_today)
    with pytest.raises(lp.OptionsError):
        lp.alternatives(plan, k=0)


@pytest.fixture(scope="module")
def front(tiny, tiny_times):
    return lp.frontier(tiny, tiny_times, options=SHARES, points=3)


def test_no_plan_on_the_frontier_dominates_another(front):
    rows = front.table[["cost", "minutes", "worst"]].to_numpy()
    for i, j in itertools.permutations(range(len(rows)), 2):
        assert not (rows[i] <= rows[j] + 0.01).all()
    assert len(front.plans) == len(front.table) >= 1


def test_every_plan_on_the_frontier_keeps_its_limit(front):
    for plan, row in zip(front.plans, front.table.to_dict("records"), strict=True):
        lp.assert_plan_valid(plan)
        assert row["bound"] <= row["cost"] + 0.01
        if row["axis"] != "cost":
            assert row[row["axis"]] <= row["most"] + 1e-6
    assert all(len(front.sentences(lang)) == len(front.plans) for lang in ("zh", "en"))


def test_less_travel_never_costs_less_than_its_bound(front):
    """A tighter limit leaves fewer plans, so that no bound is above a plan within it."""
    rows = front.tried
    for axis in ("minutes", "worst"):
        here = rows[rows["axis"].isin(["cost", axis])]
        for one, two in itertools.permutations(here.to_dict("records"), 2):
            if two[axis] <= (one["most"] if one["axis"] == axis else float("inf")):
                assert one["bound"] <= two["cost"] + 0.01


def test_axes_must_be_known(tiny, tiny_times):
    for axes in (("cost",), ("cost", "beauty")):
        with pytest.raises(lp.OptionsError):
            lp.frontier(tiny, tiny_times, axes=axes)


def test_the_price_of_a_change_is_no_less_than_the_bound_with_that_lock(tiny, tiny_times, plan):
    prices = site_changes(plan, options=SHARES, measures=plan.measures, seconds=30)
    assert prices.is_monotonic_increasing
    is_open = open_sites(plan)
    assert {s in is_open for s in prices.index} == {True, False}
    for site in (prices.index[0], prices.index[-1]):
        lock = {"close": {site}} if site in is_open else {"keep": {site}}
        locked = lp.propose(tiny, tiny_times, options=SHARES.replace(**lock), time_limit=2)
        assert locked.solver.bound <= plan.solver.objective + prices[site] + 1.0


def test_a_plan_on_the_sites_of_another_keeps_new_limits(tiny, tiny_times, plan):
    now = float(plan.assignment["pupils"] @ plan.assignment["minutes"])
    for limits in ({"minutes_max": 0.98 * now}, {"prices": {"minute": 500.0}}):
        again = lp.propose(
            tiny, tiny_times, options=SHARES.replace(**limits), start=plan, time_limit=5
        )
        lp.assert_plan_valid(again)
        free = lp.propose(tiny, tiny_times, options=SHARES.replace(**limits), time_limit=2)
        assert again.solver.objective >= free.solver.bound - 0.01
        if "minutes_max" in limits:
            assert again.solver.objective >= plan.solver.bound - 0.01


def test_the_frontier_of_a_large_county_starts_from_the_plan_before(tiny, tiny_times, monkeypatch):
    started = []
    monkeypatch.setattr(frontier_of, "_LARGE", 0)
    monkeypatch.setattr(
        frontier_of, "answer", lambda *a, **k: started.append(k["start"]) or answer(*a, **k)
    )
    found = lp.frontier(
        tiny, tiny_times, options=SHARES, points=3, time_limit=9, axes=("cost", "minutes")
    )
    assert all(p is not None for p in started)
    assert len(started) == 4  # the cheapest again, the least, and two limits
    assert (found.tried["bound"] <= found.tried["cost"] + 0.01).all()
    assert found.tried["bound"].is_monotonic_increasing
    for plan, row in zip(found.plans, found.table.to_dict("records"), strict=True):
        lp.assert_plan_valid(plan)
        assert row["axis"] == "cost" or row["minutes"] <= row["most"] + 1e-6
    assert set(found.tried["kept"]) <= {"yes", "dominated", "broken"}
    assert len(found.plans) == (found.tried["kept"] == "yes").sum() >= 1
