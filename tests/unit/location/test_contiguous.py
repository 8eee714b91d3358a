"""Connected areas: never in pieces, best on small grids, honest in hostile cases."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp

from layoutplan.location.contiguous import contiguous_areas, contiguous_location
from layoutplan.location.contiguous.anneal import Cooling, annealed
from layoutplan.location.contiguous.areas import generates
from layoutplan.location.contiguous.asked import asked, standing
from layoutplan.location.contiguous.chains import handed_on
from layoutplan.location.contiguous.exact import Part, solved_exactly
from layoutplan.location.contiguous.ground import (
    ground_of,
    mask_of,
    reached,
    stays_connected,
    units_of,
)
from layoutplan.location.contiguous.growth import grown
from layoutplan.location.contiguous.roomy import MARGIN, roomy_choices
from layoutplan.location.contiguous.subset_rows import coefficients, no_cuts, separated
from layoutplan.location.problem import Found, Problem

SECONDS = 20
"""Far more than these need: the clock must not decide."""


def grid(rows, columns):
    at = np.arange(rows * columns).reshape(rows, columns)
    pairs = np.r_[
        np.c_[at[:, :-1].ravel(), at[:, 1:].ravel()], np.c_[at[:-1].ravel(), at[1:].ravel()]
    ]
    xy = np.c_[np.divmod(at.ravel(), columns)].T.reshape(-1, 2, order="F").astype(float)
    xy = np.array([divmod(i, columns) for i in at.ravel()], dtype=float)
    return xy, pairs


def joined(pairs, units):
    both = np.r_[pairs, pairs[:, ::-1]]
    return sp.csr_array((np.ones(len(both)), both.T), shape=(units, units))


def small(seed, *, slack=1.3, sites=3, rows=3, columns=4, **changes):
    """A grid with far from smooth costs, so that the best areas without contiguity break."""
    rng = np.random.default_rng(seed)
    xy, pairs = grid(rows, columns)
    units = len(xy)
    demand = rng.integers(1, 9, units).astype(float)
    at = np.sort(rng.choice(units, sites, replace=False))
    far = np.linalg.norm(xy[:, None] - xy[None, at], axis=2) * rng.uniform(0.3, 1.7, (units, sites))
    capacity = np.maximum(np.full(sites, np.ceil(slack * demand.sum() / sites)), demand[at])
    given = {
        "cost": far * demand[:, None],
        "demand": demand,
        "capacity": capacity,
        "fixed_cost": np.zeros(sites),
        "every_site": True,
        "adjacency": joined(pairs, units),
        "site_unit": at,
    }
    return Problem(**{**given, **changes})


def pieces_around_sites(problem, found):
    """Judge without the code under test: networkx tells what is connected."""
    import networkx as nx

    graph = nx.from_scipy_sparse_array(problem.adjacency)
    for site in range(problem.n_sites):
        mine = np.flatnonzero(found.assignment == site)
        if len(mine):
            assert found.open[site]
            assert problem.site_unit[site] in mine
            assert nx.is_connected(graph.subgraph(mine.tolist()))


def assert_honest(problem, found):
    pieces_around_sites(problem, found)
    has = np.flatnonzero(found.assignment >= 0)
    load = np.bincount(
        found.assignment[has], weights=problem.demand[has], minlength=problem.n_sites
    )
    assert found.overload == pytest.approx(np.maximum(load - problem.capacity, 0).sum())
    cost = problem.cost[has, found.assignment[has]].sum()
    assert np.isfinite(cost)
    assert found.objective == pytest.approx(cost + problem.fixed_cost[found.open].sum())
    if problem.n_open is not None:
        assert found.open.sum() == problem.n_open


def best_by_trying(problem, open_sites):
    """All connected plans of some open sites, one unit after another."""
    import networkx as nx

    graph = nx.from_scipy_sparse_array(problem.adjacency)
    units = problem.n_units
    areas = {}
    for site in open_sites:
        others = [u for u in range(units) if u not in problem.site_unit[list(open_sites)]]
        mine = {}
        for size in range(len(others) + 1):
            for chosen in itertools.combinations(others, size):
                area = (int(problem.site_unit[site]), *chosen)
                if problem.demand[list(area)].sum() > problem.capacity[site]:
                    continue
                if nx.is_connected(graph.subgraph(area)):
                    mine[mask_of(list(area))] = problem.cost[list(area), site].sum()
        areas[site] = mine
    everyone = (1 << units) - 1
    partial = {0: 0.0}
    for site in open_sites:
        grown = {}
        for done, spent in partial.items():
            for area, cost in areas[site].items():
                if not done & area:
                    both = done | area
                    grown[both] = min(grown.get(both, np.inf), spent + cost)
        partial = grown
    return partial.get(everyone, np.inf)


def test_masks_tell_what_is_connected():
    _, pairs = grid(2, 3)
    ground = ground_of(joined(pairs, 6))
    assert list(units_of(mask_of([5, 1]))) == [1, 5]
    assert reached(ground.touching, 1, mask_of([0, 2, 5])) == 1
    assert reached(ground.touching, 1, mask_of([0, 1, 4])) == mask_of([0, 1, 4])
    assert not stays_connected(ground.touching, mask_of([0, 1, 2]), 1)
    assert stays_connected(ground.touching, mask_of([0, 1, 2]), 2)
    assert stays_connected(ground.touching, mask_of([0, 1, 2, 3, 4, 5]), 1)


@pytest.mark.parametrize("seed", range(12))
def test_areas_are_the_best_there_are(seed):
    problem = small(seed, rows=3, columns=3)
    best = best_by_trying(problem, range(3))
    found = contiguous_areas(problem, seconds=SECONDS)
    assert_honest(problem, found)
    if np.isfinite(best):
        assert found.overload == 0
        assert found.objective == pytest.approx(best)
    else:
        assert found.overload > 0


@pytest.mark.parametrize("n_open", [None, 2])
@pytest.mark.parametrize("seed", range(6))
def test_sites_and_areas_are_the_best_there_are(seed, n_open):
    rng = np.random.default_rng(seed)
    problem = small(seed, rows=3, columns=3, slack=2.2, every_site=False, n_open=n_open)
    problem = Problem(
        **{
            **{name: getattr(problem, name) for name in problem.__dataclass_fields__},
            "fixed_cost": rng.uniform(5, 30, 3),
        }
    )
    choices = [
        chosen
        for size in range(1, 4)
        for chosen in itertools.combinations(range(3), size)
        if n_open in {None, size}
    ]
    costs = {
        chosen: best_by_trying(problem, chosen) + problem.fixed_cost[list(chosen)].sum()
        for chosen in choices
    }
    first = np.zeros(3, dtype=bool)
    first[list(choices[-1])] = True
    start = Found(
        assignment=np.where(first, problem.cost, np.inf).argmin(axis=1),
        open=first,
        objective=0.0,
        overload=0.0,
        bound=1.0,
    )
    found = contiguous_location(problem, start, seconds=SECONDS)
    assert_honest(problem, found)
    assert found.overload == 0
    assert found.objective == pytest.approx(min(costs.values()))
    assert found.bound == 1.0


def test_rows_of_the_adjacency_in_any_order_and_any_number_give_the_same_plan():
    problem = small(3, rows=6, columns=6, sites=5)
    coo = problem.adjacency.tocoo()
    order = np.random.default_rng(1).permutation(coo.nnz)
    rows, columns = coo.coords
    shuffled = sp.csr_array(
        sp.coo_array((2 * coo.data[order], (rows[order], columns[order])), shape=coo.shape)
    )
    other = Problem(
        **{
            **{name: getattr(problem, name) for name in problem.__dataclass_fields__},
            "adjacency": shuffled,
        }
    )
    one = contiguous_areas(problem, seconds=SECONDS, seed=4)
    two = contiguous_areas(other, seconds=SECONDS, seed=4)
    assert_honest(problem, one)
    assert np.array_equal(one.assignment, two.assignment)


def test_a_unit_that_no_area_reaches_has_no_site():
    problem = small(0)
    cut_off = problem.adjacency.toarray()
    cut_off[11] = cut_off[:, 11] = 0
    keep = Problem(
        **{
            **{name: getattr(problem, name) for name in problem.__dataclass_fields__},
            "adjacency": sp.csr_array(cut_off),
            "site_unit": np.array([0, 3, 8]),
        }
    )
    found = contiguous_areas(keep, seconds=SECONDS)
    assert_honest(keep, found)
    assert found.assignment.tolist().index(-1) == 11
    assert (found.assignment[:11] >= 0).all()
    start = Found(
        assignment=np.zeros(12, dtype=np.int64),
        open=np.array([True, False, False]),
        objective=0.0,
        overload=0.0,
    )
    moved = contiguous_location(keep, start, seconds=SECONDS)
    assert_honest(keep, moved)
    assert moved.assignment[11] == -1
    assert (moved.assignment[:11] >= 0).all()


def with_changes(problem, **changes):
    return Problem(
        **{**{name: getattr(problem, name) for name in problem.__dataclass_fields__}, **changes}
    )


@pytest.mark.slow
def test_hostile_problems_have_honest_answers():
    problem = small(5)
    units = problem.n_units
    infinite = problem.cost.copy()
    infinite[1::3, 0] = np.inf
    infinite[7] = np.inf
    hostile = [
        with_changes(problem, site_unit=np.array([4, 4, 9])),
        with_changes(problem, demand=np.zeros(units)),
        with_changes(problem, capacity=np.zeros(3)),
        with_changes(problem, capacity=np.array([0.5, 100.0, 100.0])),
        with_changes(problem, cost=infinite),
        with_changes(problem, cost=np.full_like(infinite, np.inf)),
        with_changes(problem, cost=np.zeros_like(infinite)),
        with_changes(problem, adjacency=sp.csr_array((units, units))),
    ]
    for case in hostile:
        found = contiguous_areas(case, seconds=2)
        assert_honest(case, found)
        start = Found(
            assignment=np.zeros(units, dtype=np.int64),
            open=np.array([True, False, True]),
            objective=0.0,
            overload=0.0,
        )
        assert_honest(
            case, contiguous_location(with_changes(case, every_site=False), start, seconds=2)
        )


def test_only_open_sites_have_areas():
    problem = small(2, slack=2.0)
    found = contiguous_areas(problem, open=np.array([True, False, True]), seconds=SECONDS)
    assert_honest(problem, found)
    assert set(found.assignment.tolist()) == {0, 2}


def test_a_window_is_solved_exactly():
    for seed in range(8):
        problem = small(seed, rows=3, columns=3)
        part = Part(
            cost=problem.cost,
            demand=problem.demand,
            room=problem.capacity,
            fixed_cost=np.zeros(3),
            may_close=np.zeros(3, dtype=bool),
            n_open=None,
            own=problem.site_unit,
            ground=ground_of(problem.adjacency),
        )
        best = best_by_trying(problem, range(3))
        plan, proven = solved_exactly(part, below=np.inf, price=1e4, seconds=SECONDS)
        assert proven
        if np.isfinite(best):
            assert problem.cost[np.arange(9), plan].sum() == pytest.approx(best)
            assert solved_exactly(part, below=best - 1e-3, price=1e4, seconds=SECONDS)[0] is None


def test_subset_rows_cut_what_three_halves_share():
    holds = sp.csr_array(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=float))
    cuts = separated(holds, np.full(3, 0.5), no_cuts())
    assert cuts.tolist() == [[0, 1, 2]]
    assert coefficients(holds, cuts).toarray().ravel().tolist() == [1, 1, 1]
    assert not len(separated(holds, np.full(3, 0.5), cuts))
    assert not len(separated(holds, np.array([1.0, 0.0, 0.0]), no_cuts()))


def test_a_search_that_the_clock_ends_has_cooled_down_by_then(monkeypatch):
    ticks = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: 0.05 * next(ticks))
    monkeypatch.setattr("layoutplan.location.contiguous.anneal.time", clock)
    problem = small(1, rows=8, columns=8, sites=5, slack=1.1)
    ready = asked(problem, np.ones(5, dtype=bool))
    first = grown(ready)
    found = annealed(
        ready,
        first,
        np.random.default_rng(0),
        trials=10**12,
        until=1.0,
        cooling=Cooling(hot=1.0, cold=0.001, cheap=1.0, dear=30.0, since=0.5),
    )
    # Plans count from half way, which by trials alone would be reached after days.
    assert standing(problem, found) < standing(problem, first)


def test_plans_count_only_late_in_a_search_that_leaves_its_start():
    problem = small(1, rows=5, columns=5, sites=3, slack=1.4)
    ready = asked(problem, np.ones(3, dtype=bool))
    best = contiguous_areas(problem, seconds=SECONDS).assignment
    hot = {"hot": 10.0, "cold": 10.0, "cheap": 0.01, "dear": 0.01}
    stay, leave = (
        annealed(
            ready,
            best,
            np.random.default_rng(0),
            trials=40_000,
            cooling=Cooling(**hot, since=since),
        )
        for since in (0.0, 0.5)
    )
    cost = [problem.cost[np.arange(25), plan].sum() for plan in (best, stay, leave)]
    assert cost[1] <= cost[0]
    assert not np.array_equal(leave, best)


def test_sites_are_chosen_that_leave_room():
    rng = np.random.default_rng(3)
    problem = small(4, rows=6, columns=6, sites=8, every_site=False)
    total = problem.demand.sum()
    # Three sites that are full to the last place cost least; all others cost more.
    capacity = np.r_[np.full(2, np.floor(total / 3)), 0, np.full(5, np.ceil(total / 2))]
    capacity[2] = total - capacity[:2].sum()
    problem = with_changes(
        problem, capacity=capacity, fixed_cost=np.r_[np.ones(3), rng.uniform(200, 300, 5)]
    )
    choices = roomy_choices(problem, seconds=SECONDS)
    assert len({opened.tobytes() for opened, _ in choices}) == len(choices) > 1
    for opened, plan in choices:
        assert total <= MARGIN * capacity[opened].sum() + 1e-6
        assert opened[plan].all()


def test_no_sites_with_room_where_the_capacities_do_not_allow_it():
    problem = small(4, every_site=False)
    exact = np.full(3, problem.demand.sum() / 3)
    assert roomy_choices(with_changes(problem, capacity=exact), seconds=5) == []
    nobody = with_changes(problem, cost=np.full_like(problem.cost, np.inf))
    assert roomy_choices(nobody, seconds=5) == []


def test_a_plan_is_found_off_sites_that_fit_only_in_pieces():
    # A line of units: the ends hold all demand only as {0, 2} and {1, 3}, which are no areas.
    demand = np.array([60.0, 60.0, 40.0, 40.0, 20.0])
    at = np.array([0, 4, 2])
    far = np.abs(np.arange(5)[:, None] - at[None])
    problem = Problem(
        cost=far * demand[:, None],
        demand=demand,
        capacity=np.array([100.0, 120.0, 230.0]),
        fixed_cost=np.array([1.0, 1.0, 500.0]),
        adjacency=joined(np.c_[np.arange(4), np.arange(1, 5)], 5),
        site_unit=at,
    )
    start = Found(
        assignment=np.array([0, 1, 0, 1, 1]),
        open=np.array([True, True, False]),
        objective=0.0,
        overload=0.0,
    )
    found = contiguous_location(problem, start, seconds=3)
    assert_honest(problem, found)
    assert found.overload == 0
    assert found.open[2]


@pytest.mark.parametrize(
    ("rows", "sites", "whole"), [(6, 5, True), (12, 5, False), (16, 61, False), (12, 20, True)]
)
def test_column_generation_takes_small_areas_of_few_sites(rows, sites, whole):
    problem = small(0, rows=rows, columns=rows, sites=sites)
    assert generates(asked(problem, np.ones(sites, dtype=bool))) is whole


def test_windows_find_large_areas():
    problem = small(2, rows=12, columns=12, sites=4, slack=1.05)
    found = contiguous_areas(problem, seconds=8)
    assert_honest(problem, found)
    assert found.overload == 0


def test_column_generation_begins_with_a_plan_within_the_capacities(monkeypatch):
    problem = small(1, rows=8, columns=8, sites=5, slack=1.1)
    given = []

    def stays(_ready, assignment, _rng, **_how):
        return assignment

    def seen(_ready, plans, **_how):
        given.extend(standing(problem, plan)[1] for plan in plans)
        return plans[-1], True

    monkeypatch.setattr("layoutplan.location.contiguous.areas.annealed", stays)
    monkeypatch.setattr("layoutplan.location.contiguous.areas.generated", seen)
    found = contiguous_areas(problem, seconds=SECONDS)
    assert given[0] > 0
    assert given[-1] == 0
    assert_honest(problem, found)


def test_overload_is_handed_on_over_full_areas():
    # A line of three areas: the first is too full, the second is full, the third has room.
    demand = np.array([4.0, 3.0, 4.0, 3.0, 4.0, 3.0])
    at = np.array([0, 2, 5])
    problem = Problem(
        cost=np.abs(np.arange(6)[:, None] - at[None]) * demand[:, None],
        demand=demand,
        capacity=np.array([4.0, 7.0, 10.0]),
        fixed_cost=np.zeros(3),
        every_site=True,
        adjacency=joined(np.c_[np.arange(5), np.arange(1, 6)], 6),
        site_unit=at,
    )
    ready = asked(problem, np.ones(3, dtype=bool))
    first = np.array([0, 0, 1, 1, 2, 2])
    assert standing(problem, first)[1] == 3
    plan = handed_on(ready, first)
    assert plan.tolist() == [0, 1, 1, 2, 2, 2]


@pytest.mark.parametrize("seed", range(4))
def test_chains_break_no_area_and_add_no_overload(seed):
    problem = small(seed, rows=8, columns=8, sites=6, slack=1.1)
    ready = asked(problem, np.ones(6, dtype=bool))
    first = grown(ready)
    plan = handed_on(ready, first)
    assert standing(problem, plan)[:2] <= standing(problem, first)[:2]
    pieces_around_sites(
        problem,
        Found(assignment=plan, open=np.ones(6, dtype=bool), objective=0.0, overload=0.0),
    )
