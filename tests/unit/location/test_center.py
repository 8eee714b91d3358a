"""P-centers against every choice of sites there is, against spopt, and asked badly."""

from itertools import combinations
from time import perf_counter

import numpy as np
import pytest

from layoutplan import InfeasibleError, OptionsError, p_center
from layoutplan.words import LANGUAGES

SEEDS = range(60)


def county(seed, units=14, sites=8):
    """Make up a small county in whole minutes, with ties, empty villages and missing ways."""
    rng = np.random.default_rng(seed)
    homes, places = rng.uniform(0, 60, (units, 2)), rng.uniform(0, 60, (sites, 2))
    minutes = np.round(np.linalg.norm(homes[:, None] - places[None], axis=2))
    minutes[rng.random(minutes.shape) < 0.3] = np.inf
    demand = rng.integers(0, 30, units) * (rng.random(units) < 0.8)
    return minutes, demand.astype(float)


def worst(minutes, demand, sites):
    """Give the longest way of a unit with demand that some site reaches."""
    count = (demand > 0) & np.isfinite(minutes).any(axis=1)
    return minutes[np.ix_(count, sorted(sites))].min(axis=1).max(initial=0.0)


def assert_valid(found, minutes, demand, n_open, *, keep=()):
    """Check an answer from its definition, one unit at a time."""
    n, m = minutes.shape
    sites = [j for j in range(m) if found.open[j]]
    assert len(sites) == n_open
    assert set(keep) <= set(sites)
    for i in range(n):
        near = [(minutes[i, j], j) for j in sites if np.isfinite(minutes[i, j])]
        assert found.assignment[i] == (min(near)[1] if near else -1)
    assert found.out_of_reach.tolist() == [
        i for i in range(n) if demand[i] > 0 and not np.isfinite(minutes[i]).any()
    ]
    assert found.objective == worst(minutes, demand, sites)
    assert found.bound <= found.objective
    assert found.status == ("proven" if found.gap == 0 else "best_found")
    assert found.seconds >= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_longest_way_is_that_of_the_best_of_all_choices(seed):
    minutes, demand = county(seed)
    n_open = 1 + seed % 5
    keep = {seed % 8} if seed % 3 == 0 else set()
    best = min(worst(minutes, demand, c) for c in combinations(range(8), n_open) if keep <= set(c))
    if not np.isfinite(best):
        least = next(
            k
            for k in range(n_open + 1, 9)
            if any(
                np.isfinite(worst(minutes, demand, c))
                for c in combinations(range(8), k)
                if keep <= set(c)
            )
        )
        with pytest.raises(InfeasibleError) as caught:
            p_center(minutes, n_open, demand=demand, keep=sorted(keep))
        assert caught.value.findings[0].values == {"n_open": n_open, "least": least}
        return
    found = p_center(minutes, n_open, demand=demand, keep=sorted(keep))
    assert_valid(found, minutes, demand, n_open, keep=keep)
    assert found.status == "proven"
    assert found.objective == best == found.bound


def test_both_kinds_of_small_county_occur():
    finite = [
        min(worst(*county(seed), c) for c in combinations(range(8), 1 + seed % 5)) < np.inf
        for seed in SEEDS
    ]
    assert 10 < sum(finite) < 58


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_units_and_sites_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(0, 60, (60, 15))
    first = p_center(minutes, 4)
    units, sites = rng.permutation(60), rng.permutation(15)
    again = p_center(minutes[np.ix_(units, sites)], 4)
    assert again.objective == first.objective
    assert again.open.tolist() == first.open[sites].tolist()
    assert sites[again.assignment].tolist() == first.assignment[units].tolist()


def test_one_more_site_never_makes_the_longest_way_longer():
    minutes, demand = county(3, units=40, sites=12)
    minutes[~np.isfinite(minutes)] = 200.0
    ways = [p_center(minutes, p, demand=demand).objective for p in range(1, 13)]
    assert ways == sorted(ways, reverse=True)
    assert ways[0] > ways[-1]


def test_units_without_demand_do_not_count():
    minutes = np.array([[5.0, 1.0], [90.0, 95.0]])
    found = p_center(minutes, 1, demand=[1, 0])
    assert_valid(found, minutes, np.array([1.0, 0.0]), 1)
    assert found.objective == 1
    found = p_center(minutes, 1, demand=[0, 0])
    assert (found.objective, found.status, found.open.sum()) == (0, "proven", 1)


def test_units_that_no_site_reaches_are_named_and_left_out():
    minutes = np.array([[np.inf, np.inf], [4.0, 9.0], [np.inf, np.inf]])
    found = p_center(minutes, 1, demand=[1, 1, 0])
    assert_valid(found, minutes, np.array([1.0, 1.0, 0.0]), 1)
    assert (found.objective, found.out_of_reach.tolist()) == (4, [0])
    found = p_center(np.full((2, 2), np.inf), 2)
    assert (found.objective, found.out_of_reach.tolist()) == (0, [0, 1])


def test_two_valleys_need_two_sites():
    minutes = [[3, np.inf], [np.inf, 4]]
    assert p_center(minutes, 2).objective == 4
    with pytest.raises(InfeasibleError) as caught:
        p_center(minutes, 1)
    assert caught.value.findings[0].values == {"n_open": 1, "least": 2}
    for lang in LANGUAGES:
        assert "{" not in caught.value.message(lang)


@pytest.mark.parametrize("seconds", [1e-9, 0.5])
def test_where_the_clock_cuts_objective_and_bound_still_hold(seconds):
    minutes = np.random.default_rng(1).uniform(0, 100, (400, 120))
    start = perf_counter()
    found = p_center(minutes, 12, time_limit=seconds)
    assert perf_counter() - start < seconds + 3
    assert_valid(found, minutes, np.ones(400), 12)
    assert found.status == "best_found"
    assert 0 < found.bound < found.objective < np.inf


def test_a_bound_under_the_clock_never_passes_the_least():
    minutes = np.random.default_rng(2).uniform(0, 100, (80, 25))
    least = p_center(minutes, 6)
    assert least.status == "proven"
    for seconds in (1e-9, 0.02, 0.05, 0.1, 0.2):
        found = p_center(minutes, 6, time_limit=seconds)
        assert found.bound <= least.objective <= found.objective


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("siting_minutes", {"minutes": np.zeros((2, 0))}),
        ("siting_minutes", {"minutes": np.zeros((0, 2))}),
        ("siting_minutes_number", {"minutes": [[1, np.nan], [2, 3]]}),
        ("siting_length", {"demand": [1, 2, 3]}),
        ("siting_number", {"demand": [1, np.nan]}),
        ("siting_n_open", {"n_open": 0}),
        ("siting_n_open", {"n_open": 3}),
        ("siting_keep", {"keep": [2]}),
        ("siting_keep_many", {"keep": [True, True]}),
        ("siting_time", {"time_limit": 0}),
    ],
)
def test_a_bad_question_is_refused_by_name(code, change):
    with pytest.raises(OptionsError) as caught:
        p_center(**({"minutes": [[1, 2], [2, 1]], "n_open": 1} | change))
    assert [f.code for f in caught.value.findings] == [code]
    for lang in LANGUAGES:
        assert "{" not in caught.value.message(lang)


def test_no_number_of_sites_is_refused():
    with pytest.raises(OptionsError) as caught:
        p_center([[1, 2]], None)
    assert [f.code for f in caught.value.findings] == ["siting_n_open"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(4))
def test_spopt_finds_no_shorter_longest_way(seed):
    locate = pytest.importorskip("spopt.locate")
    solver = pytest.importorskip("pulp").PULP_CBC_CMD(msg=False)
    minutes = np.random.default_rng(seed).uniform(0, 60, (40, 12))
    theirs = locate.PCenter.from_cost_matrix(minutes, p_facilities=4).solve(solver)
    assert p_center(minutes, 4).objective == pytest.approx(theirs.problem.objective.value())
