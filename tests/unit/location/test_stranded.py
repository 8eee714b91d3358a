"""Units between areas that cannot hold them: nobody stays out whom a plan can take in."""

import itertools
import time
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from scipy.spatial import Delaunay

import layoutplan as lp
from layoutplan.location.checking import located_breaches
from layoutplan.location.contiguous.asked import asked
from layoutplan.location.contiguous.growth import grown
from layoutplan.location.contiguous.stranded import brought_in, within_reach_of_all
from layoutplan.location.problem import Problem

INF = np.inf
BETWEEN = {
    "cost": [[0, INF], [8, 0], [1, INF]],
    "demand": [1, 1, 1],
    "capacity": [3, 3],
    "adjacency": [[0, 1], [1, 2]],
    "site_unit": [0, 1],
}
"""The second site, if it is open, stands on the only way from the first to the last unit."""


def tiny(seed):
    rng = np.random.default_rng(seed)
    units, sites = int(rng.integers(3, 6)), 2
    own = rng.choice(units, sites, replace=False)
    cost = rng.integers(0, 9, (units, sites)).astype(float)
    cost[rng.random((units, sites)) < 0.3] = INF
    cost[own, np.arange(sites)] = 0
    return {
        "cost": cost,
        "demand": [1] * units,
        "capacity": [units] * sites,
        "adjacency": [(i, int(rng.integers(0, i))) for i in range(1, units)],
        "site_unit": own,
    }


def takes_in_all(question, *, given):
    """Whether some plan has a site for every unit, by trying all."""
    cost, own = np.asarray(question["cost"]), question["site_unit"]
    units, sites = cost.shape
    graph = nx.Graph()
    graph.add_nodes_from(range(units))
    graph.add_edges_from(map(tuple, question["adjacency"]))
    for plan in itertools.product(range(sites), repeat=units):
        areas = {s: {i for i in range(units) if plan[i] == s} for s in set(plan)}
        if given and len(areas) < sites:
            continue
        if all(np.isfinite(cost[i, s]) for i, s in enumerate(plan)) and all(
            int(own[s]) in area and nx.is_connected(graph.subgraph(area))
            for s, area in areas.items()
        ):
            return True
    return False


def test_a_site_closes_that_stands_in_the_only_way():
    found = lp.locate(**BETWEEN, fixed_cost=[1, 1], time_limit=5)
    lp.assert_located_valid(found, **BETWEEN, fixed_cost=[1, 1])
    assert found.assignment.tolist() == [0, 0, 0]
    assert found.objective == 10
    # Where both are given, nobody can be brought to the last unit.
    both = lp.locate(**BETWEEN, time_limit=5)
    lp.assert_located_valid(both, **BETWEEN)
    assert both.assignment.tolist() == [0, 1, -1]


@pytest.mark.parametrize("given", [True, False], ids=["given", "chosen"])
def test_whoever_can_have_a_site_has_one(given):
    priced = {} if given else {"fixed_cost": [1, 1]}
    seen = 0
    for seed in range(40):
        question = tiny(seed) | priced
        if not takes_in_all(question, given=given):
            continue
        seen += 1
        found = lp.locate(**question, time_limit=0.5)
        lp.assert_located_valid(found, **question)
        assert (found.assignment >= 0).all(), seed
    assert seen > 15


def within(seed, *, sites, most, units=60):
    """Points in the plane; costs are infinite beyond a distance, as where pupils walk."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 10, (units, 2))
    corners = Delaunay(xy).simplices
    ends = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    both = np.r_[ends, ends[:, ::-1]]
    at = np.sort(rng.choice(units, sites, replace=False))
    far = np.linalg.norm(xy[:, None] - xy[None, at], axis=2)
    demand = rng.integers(1, 9, units).astype(float)
    return Problem(
        cost=np.where(far <= most, far, INF) * demand[:, None],
        demand=demand,
        capacity=np.full(sites, np.ceil(1.3 * demand.sum() / sites)),
        fixed_cost=np.ones(sites),
        every_site=True,
        adjacency=sp.csr_array((np.ones(len(both)), both.T), shape=(units, units)),
        site_unit=at,
    )


def test_areas_are_led_to_units_that_growth_leaves_out():
    before = after = 0
    for seed in range(30):
        problem = within(seed, sites=6, most=4.5)
        ready = asked(problem, np.ones(6, dtype=bool))
        plan = grown(ready)
        led = brought_in(ready, plan)
        reachable = ready.reach.any(axis=1)
        before += int((plan[reachable] < 0).sum())
        after += int((led[reachable] < 0).sum())
        assert (led < 0).sum() <= (plan < 0).sum()
        graph = nx.from_scipy_sparse_array(problem.adjacency)
        for site in range(6):
            mine = np.flatnonzero(led == site)
            assert problem.site_unit[site] in mine
            assert ready.reach[mine, site].all()
            assert nx.is_connected(graph.subgraph(mine.tolist()))
    assert before > 0
    assert after == 0


@pytest.mark.parametrize("number", [None, 3])
def test_sites_are_chosen_that_reach_all(number):
    gained = 0
    for seed in range(20):
        problem = replace(within(seed, sites=8, most=5.5), every_site=False, n_open=number)
        opened = np.zeros(8, dtype=bool)
        opened[:3] = True
        ready = asked(problem, opened)
        chosen = within_reach_of_all(problem, opened, ready.ground)
        some = np.isfinite(problem.cost).any(axis=1)
        lost = [
            int((some & ~asked(problem, each).reach.any(axis=1)).sum()) for each in (opened, chosen)
        ]
        assert lost[1] <= lost[0]
        if number is None:
            assert lost[1] == 0
        else:
            assert chosen.sum() == number
        gained += lost[0] - lost[1]
    assert gained > 0


def test_when_the_time_is_over_all_stays_as_it_is():
    problem = replace(within(0, sites=8, most=3.0), every_site=False)
    opened = np.arange(8) < 2
    ready = asked(problem, opened)
    assert not ready.reach.any(axis=1).all()
    over = time.monotonic() - 1
    same = within_reach_of_all(problem, opened, ready.ground, until=over)
    assert np.array_equal(same, opened)
    assert not np.array_equal(within_reach_of_all(problem, opened, ready.ground), opened)
    given = next(p for s in range(30) if out(p := within(s, sites=6, most=4.5)))
    ready = asked(given, np.ones(6, dtype=bool))
    plan = grown(ready)
    assert np.array_equal(brought_in(ready, plan, until=over), plan)


def out(problem):
    """Whether growth leaves somebody out whom a site reaches."""
    ready = asked(problem, np.ones(problem.n_sites, dtype=bool))
    return ((grown(ready) < 0) & ready.reach.any(axis=1)).any()


def test_the_checker_sees_who_is_left_out_beside_an_area_that_can_hold_him():
    question = BETWEEN | {"cost": [[0, 9], [8, 0], [1, 2]]}
    found = lp.locate(**question, time_limit=5)
    lp.assert_located_valid(found, **question)
    assert found.assignment.tolist() == [0, 1, 1]
    out = replace(found, assignment=np.array([0, 1, -1]), objective=0.0, bound=-INF)
    breaches = located_breaches(out, **question)
    assert breaches == ["unit 2 has no site, but touches the area of site 1, which can hold it"]


def test_a_plan_that_costs_nothing_is_proven():
    nothing = np.zeros((3, 3)), np.ones(3), np.ones(3)
    ground = {"adjacency": [(0, 1), (1, 2)], "site_unit": range(3)}
    found = lp.locate(*nothing, **ground, time_limit=2)
    lp.assert_located_valid(found, *nothing, **ground)
    assert (found.status, found.gap) == ("proven", 0.0)


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None, True])
def test_a_seed_is_a_whole_number_from_0(seed):
    with pytest.raises(lp.OptionsError, match="seed"):
        lp.locate(**BETWEEN, seed=seed)
