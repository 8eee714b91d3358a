"""Locate against all plans there are, changed questions, and questions that cannot be asked."""

from itertools import combinations, product

import numpy as np
import pytest

import layoutplan as lp

SECONDS = 5.0
PAIRS = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
"""A grid of two rows of three units."""


def asked(seed, units=5, sites=3):
    rng = np.random.default_rng(seed)
    return (
        rng.integers(0, 50, (units, sites)).astype(float),
        rng.integers(0, 10, units),
        rng.integers(8, 25, sites).astype(float),
    ), rng.integers(0, 40, sites).astype(float)


def connected(area, own):
    area, reached = set(area), {own}
    if own not in area:
        return False
    waiting = [own]
    while waiting:
        here = waiting.pop()
        for a, b in PAIRS:
            for one, other in ((a, b), (b, a)):
                if one == here and other in area and other not in reached:
                    reached.add(other)
                    waiting.append(other)
    return reached == area


def least(cost, demand, capacity, fixed_cost=None, n_open=None, site_unit=None, adjacency=None):
    units, sites = cost.shape
    best = np.inf
    for count in range(1, sites + 1):
        if (n_open or (sites if fixed_cost is None else count)) != count:
            continue
        for opened in combinations(range(sites), count):
            paid = 0.0 if fixed_cost is None else fixed_cost[list(opened)].sum()
            for plan in product(opened, repeat=units):
                at = np.array(plan)
                if (np.bincount(at, weights=demand, minlength=sites) > capacity).any():
                    continue
                if adjacency is not None and not all(
                    connected(np.flatnonzero(at == j), site_unit[j]) for j in opened
                ):
                    continue
                best = min(best, paid + cost[np.arange(units), at].sum())
    return best


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("way", ["given", "fixed", "count", "both"])
def test_the_best_of_all_plans_is_found(seed, way):
    question, fixed = asked(seed)
    more = {
        "given": {},
        "fixed": {"fixed_cost": fixed},
        "count": {"n_open": 2},
        "both": {"fixed_cost": fixed, "n_open": 2},
    }[way]
    found = lp.locate(*question, **more, time_limit=SECONDS)
    lp.assert_located_valid(found, *question, **more)
    best = least(*question, **more)
    if np.isfinite(best):
        assert found.objective == pytest.approx(best)
        assert found.status == "proven"
        assert found.bound <= found.objective
    else:
        assert found.status == "over_capacity"
        assert found.overload.sum() > 0


@pytest.mark.parametrize("seed", range(6))
def test_connected_areas_are_the_best_there_are(seed):
    question, fixed = asked(seed, units=6)
    more = {"site_unit": [0, 2, 4], "adjacency": PAIRS}
    for kind in ({}, {"fixed_cost": fixed}):
        best = least(*question, **kind, **more)
        if not np.isfinite(best):
            continue
        found = lp.locate(*question, **kind, **more, time_limit=SECONDS)
        lp.assert_located_valid(found, *question, **kind, **more)
        assert found.objective == pytest.approx(best)
        assert found.bound <= found.objective


def larger(seed=1, units=60, sites=12):
    rng = np.random.default_rng(seed)
    homes, schools = rng.uniform(0, 10, (units, 2)), rng.uniform(0, 10, (sites, 2))
    demand = rng.integers(1, 30, units)
    cost = np.linalg.norm(homes[:, None] - schools[None], axis=2) * demand[:, None]
    capacity = rng.integers(80, 200, sites)
    return (cost, demand, capacity), rng.integers(50, 300, sites)


def test_the_order_of_units_and_sites_changes_nothing():
    question, fixed = larger()
    cost, demand, capacity = question
    plain = lp.locate(*question, fixed, time_limit=60, gap=1e-6)
    units, sites = (
        np.random.default_rng(0).permutation(60),
        np.random.default_rng(1).permutation(12),
    )
    other = lp.locate(
        cost[np.ix_(units, sites)],
        demand[units],
        capacity[sites],
        fixed[sites],
        time_limit=60,
        gap=1e-6,
    )
    lp.assert_located_valid(plain, *question, fixed)
    assert plain.status == other.status == "proven"
    assert other.objective == pytest.approx(plain.objective, rel=3e-6)


def test_one_more_site_costs_nothing_and_doubling_all_changes_no_plan():
    question, fixed = larger(2)
    cost, demand, capacity = question
    fewer = lp.locate(cost[:, :-1], demand, capacity[:-1], fixed[:-1], time_limit=20, gap=1e-6)
    more = lp.locate(*question, fixed, time_limit=20, gap=1e-6)
    twice = lp.locate(cost, 2 * demand, 2 * capacity, fixed, time_limit=20, gap=1e-6)
    assert more.objective <= fewer.objective * (1 + 2e-6)
    assert more.bound <= fewer.objective * (1 + 1e-9)
    assert twice.objective == pytest.approx(more.objective, rel=3e-6)


def test_without_capacities_each_unit_goes_to_the_nearest_open_site():
    (cost, demand, _), _ = larger(3)
    found = lp.locate(cost, demand, None, n_open=4, time_limit=20, gap=1e-6)
    lp.assert_located_valid(found, cost, demand, None, n_open=4)
    assert found.status == "proven"
    ways = np.where(found.open[None, :], cost, np.inf)
    assert found.objective == pytest.approx(ways.min(axis=1).sum())


def test_a_unit_that_no_site_can_serve_has_none():
    (cost, demand, capacity), _ = asked(4)
    cost[2] = np.inf
    found = lp.locate(cost, demand, capacity * 10, time_limit=SECONDS)
    lp.assert_located_valid(found, cost, demand, capacity * 10)
    assert found.assignment[2] == -1
    assert (np.delete(found.assignment, 2) >= 0).all()


def test_too_few_places_are_told_with_the_sites():
    question, _ = larger(4)
    cost, demand, capacity = question
    found = lp.locate(cost, demand, capacity // 4, time_limit=SECONDS)
    lp.assert_located_valid(found, cost, demand, capacity // 4)
    assert found.status == "over_capacity"
    assert found.overload.sum() >= demand.sum() - (capacity // 4).sum()
    assert "too many" in found.words("en")
    assert "超" in found.words("zh")


def test_lists_small_floats_and_frozen_arrays_will_do():
    (cost, demand, capacity), fixed = asked(7)
    plain = lp.locate(cost, demand, capacity, fixed, time_limit=SECONDS)
    frozen = cost.astype(np.float32)
    frozen.setflags(write=False)
    again = lp.locate(frozen, demand.tolist(), capacity.tolist(), fixed, time_limit=SECONDS)
    assert again.objective == pytest.approx(plain.objective)


def test_the_time_limit_is_kept():
    rng = np.random.default_rng(0)
    cost = rng.uniform(1, 100, (400, 60)) * 10
    demand = rng.integers(5, 60, 400)
    capacity = np.full(60, demand.sum() / 40)
    found = lp.locate(cost, demand, capacity, np.full(60, 900.0), time_limit=4)
    lp.assert_located_valid(found, cost, demand, capacity, np.full(60, 900.0))
    assert found.status != "over_capacity"
    # The clock of a busy machine may stand still for a moment.
    assert found.seconds <= 4 * 1.5


BAD = [
    ({"cost": [[1.0, float("nan")]]}, "cost"),
    ({"cost": []}, "Costs"),
    ({"cost": "text"}, "Costs"),
    ({"demand": [-1.0]}, "demand"),
    ({"demand": [1.0, 2.0]}, "demand"),
    ({"capacity": [1.0]}, "capacity"),
    ({"fixed_cost": [float("inf"), 0.0]}, "fixed_cost"),
    ({"n_open": 0}, "0 sites"),
    ({"n_open": 3}, "3 sites"),
    ({"n_open": True}, "True"),
    ({"adjacency": [(0, 0)]}, "site_unit"),
    ({"adjacency": [(0, 5)], "site_unit": [0, 0]}, "adjacency"),
    ({"adjacency": [(0, 0, 0)], "site_unit": [0, 0]}, "adjacency"),
    ({"adjacency": [], "site_unit": [0.5, 0]}, "site_unit"),
    ({"time_limit": 0}, "time_limit"),
    ({"time_limit": float("nan")}, "time_limit"),
    ({"gap": -1}, "gap"),
]


@pytest.mark.parametrize(("change", "named"), BAD)
def test_a_question_that_cannot_be_asked_is_refused(change, named):
    question = {"cost": [[1.0, 2.0]], "demand": [1.0], "capacity": [5.0, 5.0]} | change
    with pytest.raises(lp.OptionsError) as refused:
        lp.locate(**question)
    assert named in refused.value.message("en")


def test_everything_wrong_is_said_at_once():
    with pytest.raises(lp.OptionsError) as refused:
        lp.locate([[1.0]], [-1.0], [float("nan")], [-1.0], n_open=9, time_limit=-1)
    assert len(refused.value.findings) == 5
