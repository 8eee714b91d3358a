"""Areas where room is short, sites that share a unit, and clocks that end solvers."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

import layoutplan as lp
from layoutplan.errors import OptionsError
from layoutplan.location.clock import Clock
from layoutplan.location.contiguous.asked import asked, standing
from layoutplan.location.contiguous.ground import ground_of
from layoutplan.location.contiguous.relief import relieved
from layoutplan.location.contiguous.rents import rented
from layoutplan.location.contiguous.sweep import Sweep
from layoutplan.location.lagrangian import priced
from layoutplan.location.problem import Problem
from layoutplan.location.split import SplitModel, nearest_pairs
from layoutplan.location.whole_model import solved_whole


def lattice(side):
    at = np.arange(side * side).reshape(side, side)
    pairs = np.r_[
        np.c_[at[:, :-1].ravel(), at[:, 1:].ravel()], np.c_[at[:-1].ravel(), at[1:].ravel()]
    ]
    return np.array([divmod(i, side) for i in at.ravel()], dtype=float), pairs


def tight(seed, *, side=12, sites=24, slack=0.06):
    """Sites too large here and too small there; one kind of plan keeps all of them."""
    rng = np.random.default_rng(seed)
    xy, pairs = lattice(side)
    units = len(xy)
    demand = np.round(50 * rng.lognormal(0, 0.4, units)).clip(1)
    at = np.sort(rng.choice(units, sites, replace=False))
    far = np.linalg.norm(xy[:, None] - xy[None, at], axis=2)
    around = np.bincount(far.argmin(axis=1), weights=demand, minlength=sites)
    room = np.maximum(around * rng.lognormal(0, 0.2, sites), demand[at])
    room = np.maximum(np.ceil(room * demand.sum() * (1 + slack) / room.sum()), demand[at])
    both = np.r_[pairs, pairs[:, ::-1]]
    return Problem(
        cost=far * demand[:, None],
        demand=demand,
        capacity=room,
        fixed_cost=np.zeros(sites),
        every_site=True,
        adjacency=sp.csr_array((np.ones(len(both)), both.T), shape=(units, units)),
        site_unit=at,
    )


def assert_connected(problem, plan):
    graph = nx.from_scipy_sparse_array(problem.adjacency)
    assert (plan >= 0).all()
    for site in range(problem.n_sites):
        mine = np.flatnonzero(plan == site)
        assert problem.site_unit[site] in mine
        assert nx.is_connected(graph.subgraph(mine.tolist()))


@pytest.mark.parametrize("seed", range(3))
def test_rents_make_the_plan_by_shares_nearly_the_best_of_each_unit(seed):
    problem = tight(seed)
    ready = asked(problem, np.ones(problem.n_sites, dtype=bool))
    first = rented(ready, seconds=10)
    assert_connected(problem, first.plan)
    each = np.arange(problem.n_units)
    rent = (first.ready.problem.cost - problem.cost) / problem.demand[:, None]
    assert (rent.min(axis=0) >= 0).all()
    assert rent.max() > 0
    np.testing.assert_allclose(rent, np.broadcast_to(rent[0], rent.shape), atol=1e-6)
    # Connection and whole units move few units away from where they cost least.
    cost = first.ready.problem.cost
    assert np.isclose(cost[each, first.plan], cost.min(axis=1), rtol=1e-6).mean() > 0.9


def test_no_rents_where_shares_do_not_fit():
    problem = tight(0, slack=-0.2)
    assert rented(asked(problem, np.ones(problem.n_sites, dtype=bool)), seconds=10) is None


def test_windows_of_areas_take_overload_away_and_break_none():
    problem = tight(1, side=8, sites=10, slack=0.1)
    ready = asked(problem, np.ones(problem.n_sites, dtype=bool))
    first = rented(ready, seconds=10).plan
    before = standing(problem, first)
    assert before[1] > 0
    plan = relieved(ready, first, until=np.inf, seed=0)
    assert_connected(problem, plan)
    assert standing(problem, plan)[1] < before[1] / 2


def test_areas_keep_their_capacities_where_little_room_is_spare(monkeypatch):
    # As in a large county, where column generation does not take the whole problem.
    monkeypatch.setattr("layoutplan.location.contiguous.areas.WHOLE", 0)
    problem = tight(5, side=10, sites=12, slack=0.08)
    coo = sp.coo_array(problem.adjacency)
    question = (problem.cost, problem.demand, problem.capacity)
    ground = {"adjacency": np.c_[coo.row, coo.col], "site_unit": problem.site_unit}
    found = lp.locate(*question, **ground, time_limit=5)
    lp.assert_located_valid(found, *question, **ground)
    assert found.overload.sum() == 0


def on_shared_units(seed):
    """Two sites on each of two units, and one that cannot serve its own."""
    rng = np.random.default_rng(seed)
    xy, pairs = lattice(4)
    own = np.array([0, 0, 5, 5, 11, 14])
    demand = rng.integers(1, 9, len(xy)).astype(float)
    cost = np.linalg.norm(xy[:, None] - xy[None, own], axis=2) * demand[:, None]
    cost[11, 4] = np.inf
    # Where the roomiest of each unit are closed sites, the free plan takes both of a pair.
    capacity = np.array([0.5, 0.5, 0.5, 0.5, 0.2, 0.2]) * demand.sum()
    return (cost, demand, capacity), {"adjacency": pairs, "site_unit": own}


@pytest.mark.parametrize("seed", range(3))
def test_as_many_connected_sites_open_as_asked_where_some_share_a_unit(seed):
    question, ground = on_shared_units(seed)
    found = lp.locate(*question, **ground, n_open=3, time_limit=0.5)
    lp.assert_located_valid(found, *question, **ground, n_open=3)
    assert not found.open[4]
    assert len(np.unique(ground["site_unit"][found.open])) == 3


def test_more_connected_sites_than_units_for_them_are_refused():
    question, ground = on_shared_units(0)
    with pytest.raises(OptionsError, match="3"):
        lp.locate(*question, **ground, n_open=4)


def test_bounds_allow_the_rounding_that_plans_may_use():
    # Three units fill the site but for what rounding adds; the fourth is worth less.
    problem = Problem(
        cost=np.array([[1.0, 9.0], [1.0, 9.0], [1.0, 9.0]]),
        demand=np.array([1.0, 1.0, 1.0 + 2e-9]),
        capacity=np.array([3.0, 3.0]),
        fixed_cost=np.zeros(2),
        every_site=True,
    )
    bound = priced(problem, np.full(3, 9.0)).bound
    assert bound <= 3.0 + 1e-9
    model = SplitModel(problem, nearest_pairs(problem, 2))
    model.add_knapsack_cuts(np.full(3, 9.0))
    assert model.relaxed(Clock.of(10)).bound <= 3.0 + 1e-6
    asked_for = (problem.cost, problem.demand, problem.capacity)
    found = lp.locate(*asked_for)
    lp.assert_located_valid(found, *asked_for)
    assert found.objective == pytest.approx(3.0)


def test_a_clock_that_ends_a_part_of_the_work_is_noted():
    problem = tight(0)
    clock = Clock.of(100)
    model = SplitModel(problem, nearest_pairs(problem, 6))
    assert model.relaxed(clock.until(1 / 2)) is not None
    assert not clock.cut
    assert model.relaxed(clock.at_most(0.01)) is None
    assert clock.cut


def test_a_solver_that_the_clock_ends_is_noted():
    problem = tight(0, side=20, sites=40, slack=0.001)
    unit, site = np.nonzero(np.isfinite(problem.cost))
    clock = Clock.of(100)
    solved_whole(
        problem, unit, site, overload_price=np.inf, clock=clock.at_most(0.2), gap=0.0, nodes=10**6
    )
    assert clock.cut


def test_a_solver_that_counts_end_is_not_noted():
    problem = tight(0)
    unit, site = np.nonzero(np.isfinite(problem.cost))
    clock = Clock.of(100)
    solved_whole(problem, unit, site, overload_price=100.0, clock=clock, gap=1.0, nodes=1)
    assert not clock.cut


def test_windows_of_given_sites_buy_no_lower_cost_with_overload():
    # The middle unit is far dearer at the first site than overload at the second is.
    demand = np.array([1.0, 1.0, 100.0])
    problem = Problem(
        cost=np.array([[0.0, 9.0], [1e9, 0.0], [9.0, 0.0]]),
        demand=demand,
        capacity=np.array([2.0, 100.0]),
        fixed_cost=np.zeros(2),
        every_site=True,
        adjacency=sp.csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float)),
        site_unit=np.array([0, 2]),
    )
    sweep = Sweep(
        problem=problem,
        ground=ground_of(problem.adjacency),
        room=problem.capacity,
        candidates=np.zeros(2, dtype=bool),
        plan=np.array([0, 0, 1]),
        price=1.0,
        until=np.inf,
    )
    assert not sweep.improved([0, 1], choose=False)
    assert sweep.plan.tolist() == [0, 0, 1]
    # Nor with more of it than there is.
    fuller = replace(problem, capacity=np.array([1.5, 100.0]))
    sweep.problem, sweep.room = fuller, fuller.capacity
    assert not sweep.improved([0, 1], choose=False)
    assert sweep.plan.tolist() == [0, 0, 1]
    roomier = replace(problem, capacity=np.array([2.0, 101.0]))
    sweep.problem, sweep.room = roomier, roomier.capacity
    assert sweep.improved([0, 1], choose=False)
    assert sweep.plan.tolist() == [0, 1, 1]
