"""The search with few flows, and the one with all flows that starts beside it."""

import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

import layoutplan as lp
from layoutplan.model import first, shares, tight
from layoutplan.model.best import Found, done
from layoutplan.model.cores import cores, one_core
from layoutplan.model.part import STOPPED, Running, holds
from tests.unit.test_model_clock import model_of

ASKED = {"options": lp.Options(split_villages=True), "gap": 0.002, "time_limit": 60}


@pytest.fixture(scope="module")
def asked():
    county = lp.example.county(seed=4, villages=90)
    return county, lp.travel_times(county)


@pytest.fixture
def started(monkeypatch):
    """Note of each search with all flows its gap, and whether the one with few still ran."""
    seen, begun = [], shares._started
    few = []

    class Watched(Running):
        def __init__(self, work):
            super().__init__(work)
            few.append(self)

    def noted(tight, *, target, until):
        seen.append((not few[-1].ended() if few else False, target))
        return begun(tight, target=target, until=until)

    monkeypatch.setattr(shares, "_started", noted)
    monkeypatch.setattr(first, "Running", Watched)
    return seen


@pytest.mark.slow
def test_a_search_with_all_flows_beside_the_one_with_few_finds_no_worse(
    asked, started, monkeypatch
):
    monkeypatch.setattr(first, "cores", lambda: 2)
    monkeypatch.setattr(first, "_LEAST_ALONE", 0.0)
    monkeypatch.setattr(first, "_FEW_ALONE", 1e9)
    alone = lp.propose(*asked, **ASKED)
    one_after_the_other = list(started)
    started.clear()
    # As soon as the first does not end at once.
    monkeypatch.setattr(first, "_FEW_ALONE", 0.0)
    beside = lp.propose(*asked, **ASKED)
    for plan in (alone, beside):
        lp.assert_plan_valid(plan)
        assert plan.solver.gap <= 0.01
        assert plan.solver.bound <= min(alone.solver.objective, beside.solver.objective) + 1e-6
    assert one_after_the_other[0] == (False, shares._FIRST_GAP)
    # Beside it the search goes to the gap that is asked for, and is not made twice.
    assert started[0][1] == ASKED["gap"]
    assert len(started) <= len(one_after_the_other)


def test_where_there_is_one_core_nothing_runs_beside(asked, started, monkeypatch):
    monkeypatch.setattr(first, "_LEAST_ALONE", 0.0)
    monkeypatch.setattr(first, "_FEW_ALONE", 0.0)
    with one_core():
        assert cores() == 1
        lp.assert_plan_valid(lp.propose(*asked, **ASKED))
    assert cores() >= 1
    assert started[0] == (False, shares._FIRST_GAP)


def test_the_second_search_begins_only_where_the_first_proves_nothing(asked, monkeypatch):
    solve_part, parts = first.solve_part, []

    def noted(part, **how):
        parts.append(part)
        return solve_part(part, **how)

    monkeypatch.setattr(first, "cores", lambda: 1)
    monkeypatch.setattr(first, "solve_part", noted)
    rough = ASKED | {"gap": 0.02}
    plan = lp.propose(*asked, **rough)
    lp.assert_plan_valid(plan)
    assert plan.solver.gap <= 0.02
    assert len(parts) == 1
    parts.clear()

    def without_an_answer(part, **how):
        return noted(part, **how) if parts else (parts.append(part), OptimizeResult(x=None))[1]

    monkeypatch.setattr(first, "solve_part", without_an_answer)
    again = lp.propose(*asked, **rough)
    lp.assert_plan_valid(again)
    assert again.solver.gap <= 0.02
    assert len(parts) == 2
    # Sites have more states in the second.
    assert len(parts[1].cost) == len(parts[0].cost)
    assert (parts[1].high >= parts[0].high).all()
    assert (parts[1].high > parts[0].high).any()


def first_plan(cut, *, gap):
    """The first searches from a relaxation, with what they kept on the way."""
    kept, begun = [], []
    found = first.first_searches(
        cut, Found(), gap=gap, until=time.monotonic() + 60,
        send=partial(shares.whole_pupils, deadline=np.inf),
        keep=lambda model, best: kept.append((model, best)), every=begun.append,
    )  # fmt: skip
    assert not begun
    return *found[:2], kept


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_a_relaxation_cut_short_goes_on_after_the_first_plan(asked, monkeypatch, number, rounds):
    """After each round, on one core and beside the search on two, with ways added on the way."""
    model = model_of(*asked, whole=False)
    whole = tight.tightened(model, deadline=np.inf)
    monkeypatch.setattr(tight, "_ROUNDS", rounds)
    cut = replace(tight.tightened(model, deadline=np.inf), cut=True)
    monkeypatch.undo()
    monkeypatch.setattr(first, "cores", lambda: number)
    found, best, kept = first_plan(cut, gap=0.0)
    assert not found.cut
    assert len(found.added)
    assert len(best.plan) == found.model.columns.n
    assert holds(found.model, best.plan)
    assert best.cost == pytest.approx(float(found.model.columns.cost @ best.plan))
    assert cut.bound < best.bound == pytest.approx(whole.bound, rel=2e-3)
    for one, each in kept:
        assert len(each.plan) == one.columns.n
    # On two cores it has gone on by the time that the first plan is there.
    assert (kept[0][1].bound > cut.bound) is (number == 2)
    # No further than a plan takes to be proven.
    near, plan, _ = first_plan(cut, gap=1.0)
    assert done(near.model, plan, 1.0)
    assert (plan.bound > cut.bound) is (number == 2)


def test_a_search_that_ended_and_leads_somewhere_needs_no_second(asked, monkeypatch):
    parts, solve_part = [], first.solve_part

    def noted(part, **how):
        parts.append(part)
        return solve_part(part, **how)

    monkeypatch.setattr(first, "solve_part", noted)
    whole = tight.tightened(model_of(*asked, whole=False), deadline=np.inf)
    _, best, _ = first_plan(whole, gap=0.0)
    assert len(parts) == 1
    parts.clear()
    monkeypatch.setattr(first, "_NEAR", 0.0)
    _, again, _ = first_plan(whole, gap=0.0)
    assert len(parts) == 2
    assert again.cost <= best.cost


def test_a_limit_on_all_minutes_that_leaves_pupils_out_is_kept_by_either_search(asked, monkeypatch):
    most = lp.Options(split_villages=True, minutes_max=1.0)
    monkeypatch.setattr(first, "cores", lambda: 2)
    monkeypatch.setattr(first, "_LEAST_ALONE", 0.0)
    for alone in (1e9, 0.0):
        monkeypatch.setattr(first, "_FEW_ALONE", alone)
        plan = lp.propose(*asked, options=most, time_limit=3)
        lp.assert_plan_valid(plan)
        assert plan.pupils_unserved > 0
        assert (plan.assignment["pupils"] * plan.assignment["minutes"]).sum() <= 1.0
        # Had there been minutes to spare, they would have no reason to be left out.
        spared = replace(plan, options=plan.options.replace(minutes_max=1e9))
        with pytest.raises(AssertionError, match="an open school is within the limit"):
            lp.assert_plan_valid(spared)


def test_a_solver_at_work_is_waited_for_its_time_only():
    running = Running(partial(_sleeps, seconds=0.1))
    began = time.monotonic()
    assert not running.ended(within=0.1)
    assert time.monotonic() - began >= 0.1
    left = running.answer()
    assert left.x is None
    assert left.status == STOPPED
    assert time.monotonic() - began < 5


def test_a_fault_of_a_solver_is_raised_where_its_answer_is_asked_for():
    running = Running(_fails)
    assert running.ended(within=5)
    with pytest.raises(ZeroDivisionError):
        running.answer()
    assert np.isnan(Running(lambda: OptimizeResult(x=np.nan)).answer().x)


def _sleeps(*, seconds):
    time.sleep(100 * seconds)


def _fails():
    return 1 / 0
