"""Many sites of few whole units each: the choice of sites, and sweeps over wide groups."""

import numpy as np
import pytest

import layoutplan as lp
from layoutplan.location.clock import Clock
from layoutplan.location.exchange import exchanged
from layoutplan.location.groups import group_around, site_distances
from layoutplan.location.lagrangian import priced, raised
from layoutplan.location.problem import Problem
from layoutplan.location.search import Search
from layoutplan.location.site_choice import first_choice
from layoutplan.location.split import SplitModel, nearest_pairs
from layoutplan.location.standing import excess, found, loads
from layoutplan.location.sweeps import roomier, swept


def county(seed=1, units=160, sites=64, slack=1.5):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 10, (units, 2))
    at = rng.choice(units, sites, replace=False)
    demand = np.round(rng.lognormal(4.6, 0.43, units)) + 1
    capacity = rng.uniform(0.5, 2.0, sites)
    capacity = np.round(capacity * slack * demand.sum() / capacity.sum())
    capacity = np.maximum(capacity, demand.max())
    km = np.linalg.norm(xy[:, None] - xy[None, at], axis=2)
    return Problem(
        cost=km * demand[:, None],
        demand=demand,
        capacity=capacity,
        fixed_cost=100.0 + capacity / 2,
    )


def at_root(problem):
    nearest = SplitModel(problem, nearest_pairs(problem, 12))
    relaxed = nearest.relaxed(Clock.of(20))
    start = priced(problem, relaxed.prices)
    target = relaxed.bound * 1.03
    return (
        nearest,
        relaxed,
        raised(problem, start, target=target, clock=Clock.of(20), steps=150),
    )


def searching(problem, root, relaxed, seconds=40.0):
    search = Search(problem=problem, clock=Clock.of(seconds), gap=0.03)
    search.root = root
    search.raise_bound(root.bound)
    search.price_overload(relaxed.bound)
    return search


def test_sites_are_chosen_by_the_whole_units_they_hold():
    # Places cost least at the sites of 150 places, but of units of 100 each holds only one.
    capacity = np.array([150.0] * 4 + [200.0] * 2)
    problem = Problem(
        cost=np.ones((4, 6)),
        demand=np.full(4, 100.0),
        capacity=capacity,
        fixed_cost=np.array([10.0] * 4 + [18.0] * 2),
    )
    nearest, relaxed, root = at_root(problem)
    opened = first_choice(problem, nearest, relaxed, root.prices, Clock.of(5))
    assert (capacity[opened] // 100).sum() >= 4
    assert problem.fixed_cost[opened].sum() == 36


def test_sweeps_gain_and_keep_the_capacities():
    problem = county(slack=2.5)
    _, relaxed, root = at_root(problem)
    search = searching(problem, root, relaxed)
    everything = np.ones(problem.n_sites, dtype=bool)
    nearest = np.argmin(problem.cost, axis=1)
    start = found(problem, nearest, everything)
    start = exchanged(problem, start, overload_price=1e3, clock=search.clock)
    assert start.overload == 0
    plan = swept(search, start, search.clock.at_most(4))
    assert plan.objective < start.objective
    assert (loads(problem, plan.assignment) <= problem.capacity * (1 + 1e-9)).all()
    assert plan.open[plan.assignment].all()
    again = found(problem, plan.assignment, plan.open)
    assert again.objective == pytest.approx(plan.objective)
    assert search.best.objective <= plan.objective


def test_sites_opened_beside_crowded_ones_take_overload_away():
    problem = county()
    _, relaxed, root = at_root(problem)
    search = searching(problem, root, relaxed)
    nearest = np.argmin(problem.cost[:, ::2], axis=1) * 2
    start = found(problem, nearest, np.isin(np.arange(problem.n_sites), nearest))
    assert start.overload > 0
    plan = roomier(search, start)
    assert plan.overload < start.overload / 10
    assert (np.unique(plan.assignment) == np.flatnonzero(plan.open)).all()


def test_sweeps_keep_given_sites():
    problem = county()
    _, relaxed, root = at_root(problem)
    given = Problem(
        cost=problem.cost,
        demand=problem.demand,
        capacity=problem.capacity,
        fixed_cost=problem.fixed_cost,
        every_site=True,
    )
    search = searching(given, root, relaxed)
    everything = np.ones(given.n_sites, dtype=bool)
    start = found(given, np.argmin(given.cost, axis=1), everything)
    plan = swept(search, start, search.clock.at_most(1))
    assert plan.open.all()
    assert plan.overload <= start.overload


def test_equal_groups_have_equal_keys_and_others_do_not():
    problem = county()
    opened = np.ones(problem.n_sites, dtype=bool)
    plan = found(problem, np.argmin(problem.cost, axis=1), opened)
    apart = site_distances(problem)
    values = np.zeros(problem.n_sites)
    one, same, other = (
        group_around(plan, j, apart, size=6, values=values, keep_sites=False) for j in (0, 0, 30)
    )
    assert one.key(plan, keep_sites=False) == same.key(plan, keep_sites=False)
    assert one.key(plan, keep_sites=False) != other.key(plan, keep_sites=False)
    moved = plan.assignment.copy()
    moved[np.flatnonzero(moved == one.open[0])[0]] = one.open[1]
    after = found(problem, moved, opened)
    assert one.key(after, keep_sites=False) != one.key(plan, keep_sites=False)


@pytest.mark.parametrize("n_open", [pytest.param(None, marks=pytest.mark.slow), 48])
def test_many_sites_of_few_units_get_a_plan_near_the_bound(n_open):
    problem = county(seed=2)
    asked = (problem.cost, problem.demand, problem.capacity, problem.fixed_cost)
    plan = lp.locate(*asked, n_open=n_open, time_limit=20, gap=0.06)
    lp.assert_located_valid(plan, *asked, n_open=n_open)
    assert not excess(problem, plan.assignment).any()
    assert plan.gap <= 0.1
