"""Coverage against every choice of sites there is, against spopt, and asked badly."""

from itertools import combinations
from time import perf_counter

import numpy as np
import pytest

from layoutplan import OptionsError, coverage
from layoutplan.words import LANGUAGES

SEEDS = range(60)


def county(seed, units=14, sites=8):
    """Make up a small county in whole minutes, with ties, empty villages and missing ways."""
    rng = np.random.default_rng(seed)
    homes, places = rng.uniform(0, 60, (units, 2)), rng.uniform(0, 60, (sites, 2))
    minutes = np.round(np.linalg.norm(homes[:, None] - places[None], axis=2))
    minutes[rng.random(minutes.shape) < 0.1] = np.inf
    demand = rng.integers(0, 30, units) * (rng.random(units) < 0.9)
    return minutes, demand.astype(float), float(rng.integers(12, 26))


def assert_valid(found, minutes, demand, limit, *, n_open=None, cost=None, keep=()):
    """Check an answer from its definition, one unit at a time."""
    n, m = minutes.shape
    limits = np.broadcast_to(limit, n)
    sites = [j for j in range(m) if found.open[j]]
    covered = 0.0
    for i in range(n):
        near = [(minutes[i, j], j) for j in sites if minutes[i, j] <= min(limits[i], 1e300)]
        assert found.assignment[i] == (min(near)[1] if near else -1)
        covered += demand[i] if near else 0.0
    out = [i for i in range(n) if demand[i] > 0 and not (minutes[i] <= limits[i]).any()]
    assert found.out_of_reach.tolist() == out
    assert set(keep) <= set(sites)
    if n_open is None:
        price = np.ones(m) if cost is None else np.asarray(cost)
        assert found.objective == pytest.approx(price[sites].sum())
        assert found.bound <= found.objective
        assert covered == pytest.approx(demand.sum() - demand[out].sum())
    else:
        assert len(sites) == n_open
        assert found.objective == pytest.approx(covered)
        assert found.bound >= found.objective
    assert found.status == ("proven" if found.gap == 0 else "best_found")
    assert found.seconds >= 0


def choices(m, keep, size=None):
    sizes = range(m + 1) if size is None else [size]
    return [set(c) for k in sizes for c in combinations(range(m), k) if keep <= set(c)]


@pytest.mark.parametrize("seed", SEEDS)
def test_most_demand_is_that_of_the_best_of_all_choices(seed):
    minutes, demand, limit = county(seed)
    n_open = 1 + seed % 4
    keep = {seed % 8} if seed % 3 == 0 else set()
    best = max(
        demand[(minutes[:, sorted(c)] <= limit).any(axis=1)].sum() for c in choices(8, keep, n_open)
    )
    found = coverage(minutes, demand, limit, n_open=n_open, keep=sorted(keep))
    assert_valid(found, minutes, demand, limit, n_open=n_open, keep=keep)
    assert found.status == "proven"
    assert found.objective == best == found.bound


@pytest.mark.parametrize("seed", SEEDS)
def test_least_sites_or_cost_is_that_of_the_best_of_all_choices(seed):
    minutes, demand, limit = county(seed)
    rng = np.random.default_rng(seed)
    cost = (None, rng.integers(0, 9, 8).astype(float), rng.uniform(0.5, 9, 8))[seed % 3]
    price = np.ones(8) if cost is None else cost
    keep = {seed % 8} if seed % 4 == 0 else set()
    within = minutes <= limit
    must = (demand > 0) & within.any(axis=1)
    best = min(
        price[sorted(c)].sum()
        for c in choices(8, keep)
        if not must.any() or (c and within[np.ix_(must, sorted(c))].any(axis=1).all())
    )
    found = coverage(minutes, demand, limit, fixed_cost=cost, keep=sorted(keep))
    assert_valid(found, minutes, demand, limit, cost=cost, keep=keep)
    assert found.status == "proven"
    assert found.objective == pytest.approx(best)


@pytest.mark.parametrize("n_open", [None, 4])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_units_and_sites_changes_nothing(seed, n_open):
    rng = np.random.default_rng(seed)
    minutes, demand = rng.uniform(0, 60, (60, 15)), rng.uniform(1, 30, 60)
    first = coverage(minutes, demand, 20.0, n_open=n_open)
    units, sites = rng.permutation(60), rng.permutation(15)
    again = coverage(minutes[np.ix_(units, sites)], demand[units], 20.0, n_open=n_open)
    assert again.objective == pytest.approx(first.objective, rel=1e-12)
    assert again.open.tolist() == first.open[sites].tolist()
    where = np.where(again.assignment >= 0, sites[again.assignment], -1)
    assert where.tolist() == first.assignment[units].tolist()


def test_a_longer_limit_or_one_more_site_never_covers_less():
    minutes, demand, _ = county(3, units=40, sites=12)
    by_limit = [coverage(minutes, demand, t, n_open=3).objective for t in (5, 10, 20, 40, 80)]
    by_count = [coverage(minutes, demand, 15, n_open=p).objective for p in range(1, 13)]
    assert by_limit == sorted(by_limit)
    assert by_count == sorted(by_count)
    assert by_limit[0] < by_limit[-1]
    assert by_count[0] < by_count[-1]


def test_doubled_demand_doubles_what_is_covered():
    minutes, demand, limit = county(5)
    one, two = (coverage(minutes, k * demand, limit, n_open=2) for k in (1, 2))
    assert two.objective == 2 * one.objective > 0


def test_each_unit_can_have_its_own_limit():
    minutes = np.array([[10.0, 30.0], [30.0, 10.0]])
    found = coverage(minutes, [1, 1], [5, 30], n_open=1)
    assert_valid(found, minutes, np.ones(2), [5, 30], n_open=1)
    assert found.objective == 1
    assert found.out_of_reach.tolist() == [0]


def test_of_equally_near_sites_the_first_takes_the_unit():
    found = coverage([[9, 4, 4]], [1], 10, n_open=3)
    assert found.assignment.tolist() == [1]


def test_without_demand_nothing_needs_to_open():
    found = coverage([[1, 2], [2, 1]], [0, 0], 5)
    assert (found.objective, found.bound, found.open.any()) == (0, 0, False)
    assert found.status == "proven"
    found = coverage([[1, 2], [2, 1]], [0, 0], 5, n_open=1)
    assert (found.objective, found.gap, found.open.sum()) == (0, 0, 1)


@pytest.mark.parametrize("limit", [5, np.inf])
def test_units_that_no_site_covers_are_named(limit):
    minutes = np.full((3, 2), np.inf)
    minutes[1, 0] = 5
    demand = np.array([2.0, 3.0, 0.0])
    for n_open in (None, 1):
        found = coverage(minutes, demand, limit, n_open=n_open)
        assert_valid(found, minutes, demand, 5, n_open=n_open)
        assert found.out_of_reach.tolist() == [0]
        assert found.status == "proven"


def hard(units=400, sites=120, seed=1):
    """Make up a county whose best choice is not found in the blink of an eye."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 100, (units, sites)), rng.integers(1, 60, units).astype(float)


@pytest.mark.parametrize("n_open", [None, 12])
@pytest.mark.parametrize("seconds", [1e-9, 0.5])
def test_where_the_clock_cuts_objective_and_bound_still_hold(n_open, seconds):
    minutes, demand = hard()
    start = perf_counter()
    found = coverage(minutes, demand, 8.0, n_open=n_open, time_limit=seconds)
    assert perf_counter() - start < seconds + 3
    assert_valid(found, minutes, demand, 8.0, n_open=n_open)
    assert found.status == "best_found"
    assert 0 < found.gap < 1


BAD = {
    "siting_minutes": [
        {"minutes": np.zeros((2, 0))},
        {"minutes": np.zeros((0, 2))},
        {"minutes": [1, 2]},
        {"minutes": [["a", "b"]]},
        {"minutes": None},
    ],
    "siting_minutes_number": [{"minutes": [[1, np.nan], [2, 3]]}, {"minutes": [[1, -1], [2, 3]]}],
    "siting_length": [{"demand": [1]}, {"demand": 3}, {"limit": [1, 2, 3]}, {"fixed_cost": [1]}],
    "siting_number": [
        {"demand": [1, np.nan]},
        {"demand": [1, -1]},
        {"demand": [1, np.inf]},
        {"limit": np.nan},
        {"limit": -1},
        {"fixed_cost": [1, np.inf]},
    ],
    "siting_n_open": [{"n_open": 0}, {"n_open": 3}, {"n_open": 1.5}, {"n_open": True}],
    "siting_keep": [{"keep": [2]}, {"keep": [-1]}, {"keep": ["a"]}, {"keep": [[0]]}],
    "siting_keep_many": [{"keep": [0, 1], "n_open": 1}],
    "siting_cost_and_count": [{"fixed_cost": [1, 1], "n_open": 1}],
    "siting_time": [{"time_limit": 0}, {"time_limit": np.nan}, {"time_limit": "1"}],
}


@pytest.mark.parametrize(
    ("code", "change"), [(code, change) for code, all_ in BAD.items() for change in all_]
)
def test_a_bad_question_is_refused_by_name(code, change):
    question = {"minutes": [[1, 2], [2, 1]], "demand": [1, 1], "limit": 2} | change
    with pytest.raises(OptionsError) as caught:
        coverage(**question)
    assert [f.code for f in caught.value.findings] == [code]
    for lang in LANGUAGES:
        assert "{" not in caught.value.message(lang)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(OptionsError) as caught:
        coverage([[1, np.nan]], [-1], -5, n_open=9, keep=[7], time_limit=-1)
    codes = {f.code for f in caught.value.findings}
    assert codes == {
        "siting_minutes_number",
        "siting_number",
        "siting_n_open",
        "siting_keep",
        "siting_time",
    }


def test_inputs_are_left_as_they_are():
    minutes, demand, limit = county(1)
    kept = np.zeros(8, dtype=bool)
    before = [minutes.copy(), demand.copy(), kept.copy()]
    coverage(minutes, demand, limit, n_open=2, keep=kept)
    coverage(minutes, demand, limit, keep=kept)
    for one, other in zip(before, [minutes, demand, kept], strict=True):
        assert (one == other).all()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(4))
def test_spopt_covers_no_more_and_opens_no_fewer(seed):
    locate = pytest.importorskip("spopt.locate")
    solver = pytest.importorskip("pulp").PULP_CBC_CMD(msg=False)
    rng = np.random.default_rng(seed)
    minutes, demand = rng.uniform(0, 60, (60, 20)), rng.integers(1, 30, 60).astype(float)
    theirs = locate.MCLP.from_cost_matrix(minutes, demand, 6.0, p_facilities=5).solve(solver)
    assert coverage(minutes, demand, 6.0, n_open=5).objective == pytest.approx(
        theirs.problem.objective.value()
    )
    # spopt has no answer where some unit is out of reach
    can = (minutes <= 15).any(axis=1)
    theirs = locate.LSCP.from_cost_matrix(minutes[can], 15.0).solve(solver)
    assert coverage(minutes, demand, 15.0).objective == pytest.approx(
        theirs.problem.objective.value()
    )
