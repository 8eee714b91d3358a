"""Bounds of location problems: never above the best of all plans."""

from itertools import product

import numpy as np
import pytest

import layoutplan as lp
from layoutplan.location.clock import Clock
from layoutplan.location.knapsack import filled, fractional, items_of
from layoutplan.location.lagrangian import priced, proven, raised
from layoutplan.location.problem import Problem
from layoutplan.location.site_cover import cheapest_cover
from layoutplan.location.split import SplitModel, nearest_pairs


def problem_of(seed, *, every_site=False, n_open=None):
    rng = np.random.default_rng(seed)
    return Problem(
        cost=rng.integers(0, 60, (6, 3)).astype(float),
        demand=rng.integers(1, 12, 6).astype(float),
        capacity=rng.integers(12, 30, 3).astype(float),
        fixed_cost=np.zeros(3) if every_site else rng.integers(0, 50, 3).astype(float),
        every_site=every_site,
        n_open=n_open,
    )


def least(problem):
    best = np.inf
    for plan in product(range(3), repeat=6):
        at = np.array(plan)
        load = np.bincount(at, weights=problem.demand, minlength=3)
        used = len(set(plan))
        if (load > problem.capacity).any() or (problem.n_open or 3) < used:
            continue
        opened = np.isin(np.arange(3), at)
        paid = problem.fixed_cost[opened].sum()
        if problem.n_open is not None:
            # Sites beyond those used open at the least cost that is left.
            rest = np.sort(problem.fixed_cost[~opened])
            paid += rest[: problem.n_open - used].sum()
        best = min(best, paid + problem.cost[np.arange(6), at].sum())
    return best


@pytest.mark.parametrize("seed", range(40))
def test_a_knapsack_holds_what_the_best_of_all_sets_is_worth(seed):
    rng = np.random.default_rng(seed)
    count, sacks = 9, 3
    sack = rng.integers(0, sacks, count)
    profit, weight = rng.uniform(0.5, 20, count), rng.integers(1, 15, count).astype(float)
    room = rng.integers(5, 30, sacks).astype(float)
    items, _ = items_of(sack, profit, weight, room)
    value, whole = filled(items).value, fractional(items)
    for j in range(sacks):
        mine = np.flatnonzero(sack == j)
        best = 0.0
        for chosen in product((False, True), repeat=len(mine)):
            some = mine[np.array(chosen, dtype=bool)]
            if weight[some].sum() <= room[j]:
                best = max(best, profit[some].sum())
        # The value is a bound, and above the best set by at most two millionths.
        assert best - 1e-9 <= value[j] <= best * (1 + 2.1e-6) + 1e-9
        assert whole[j] >= best - 1e-9


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("asked", [{}, {"every_site": True}, {"n_open": 2}])
def test_no_bound_is_above_the_best_plan(seed, asked):
    problem = problem_of(seed, **asked)
    best = least(problem)
    if not np.isfinite(best):
        pytest.skip("no plan within the capacities")
    model = SplitModel(problem, nearest_pairs(problem, 2))
    relaxed = model.relaxed(Clock.of(5))
    assert relaxed is not None
    start = priced(problem, relaxed.prices)
    higher = raised(problem, start, target=best, clock=Clock.of(5), steps=40)
    assert start.bound <= higher.bound
    model.add_knapsack_cuts(higher.prices)
    cut = model.relaxed(Clock.of(5))
    whole = model.whole(Clock.of(5), gap=0.0)
    tolerance = 1e-6 * max(1.0, best)
    for bound in (relaxed.bound, proven(higher), cut.bound, whole.bound):
        assert bound <= best + tolerance
    assert cut.bound >= relaxed.bound - tolerance


def test_of_sites_as_large_the_cheaper_ones_bound_the_cost():
    value, open_ = cheapest_cover(
        np.array([5.0, 1, 2, 0]), np.array([10.0, 10, 10, 5]), 20, n_open=2, every_site=False
    )
    assert value == 3
    assert open_.tolist() == [0, 1, 1, 0]


def test_units_without_demand_need_sites_all_the_same():
    rng = np.random.default_rng(0)
    asked = (rng.uniform(1, 9, (40, 40)), np.zeros(40), np.ones(40))
    found = lp.locate(*asked, n_open=3, time_limit=5)
    lp.assert_located_valid(found, *asked, n_open=3)
    assert np.isfinite(found.bound)


def test_where_too_few_sites_reach_all_units_none_is_sent_where_it_cannot_go():
    rng = np.random.default_rng(1)
    place, site = rng.uniform(0, 1, (60, 2)), rng.uniform(0, 1, (30, 2))
    away = np.hypot(*(place[:, None] - site[None]).transpose(2, 0, 1))
    cost = np.where(away < 0.25, away, np.inf)
    asked = (cost, np.ones(60), np.full(30, 60.0))
    found = lp.locate(*asked, n_open=2, time_limit=2)
    sent = found.assignment >= 0
    assert not sent.all()
    assert np.isfinite(cost[np.flatnonzero(sent), found.assignment[sent]]).all()
    assert found.status != "proven"


def test_a_plan_that_leaves_units_out_is_never_proven():
    side = 6
    at = np.arange(side * side)
    ends = [(i, i + 1) for i in at if (i + 1) % side] + [(i, i + side) for i in at[:-side]]
    xy = np.column_stack([at % side, at // side]).astype(float)
    own = np.array([7, 10, 25, 28])
    cost = np.hypot(*(xy[:, None] - xy[own][None]).transpose(2, 0, 1))
    # The last unit borders on none.
    cost = np.vstack([cost, np.full(4, 1e6)])
    asked = {
        "cost": cost, "demand": np.ones(37), "capacity": np.full(4, 12.0),
        "adjacency": np.array(ends), "site_unit": own,
    }  # fmt: skip
    found = lp.locate(**asked, time_limit=3)
    assert found.assignment[-1] == -1
    assert found.bound == -np.inf
    assert found.status == "best_found"
