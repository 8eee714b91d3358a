"""Moves, routes, pairs and verdicts against trying everything."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughly import examples

import layoutplan as lp
from layoutplan import balance as b
from layoutplan.balance.levelling import levelled
from layoutplan.balance.pairing import _assigned
from layoutplan.balance.raising import Weak, raised
from layoutplan.balance.routing import routed

SMALL = st.integers(0, 6)


def square(has, pupils):
    return b.variation(has, pupils).terms.sum()


def best_of(has, pupils, moves, most_out, most_in):
    """Give the least square of the deviation after at most so many moves, trying all."""
    best = np.inf
    ranges = [
        range(-min(o, moves), min(i, moves) + 1) for o, i in zip(most_out, most_in, strict=True)
    ]
    for change in product(*ranges):
        if sum(change) == 0 and sum(c for c in change if c > 0) <= moves:
            best = min(best, square(has + np.array(change), pupils))
    return best


@given(
    schools=st.lists(
        st.tuples(st.integers(1, 9), st.integers(0, 8), SMALL, SMALL), min_size=2, max_size=4
    ),
    limit=st.floats(0.01, 1.0),
)
@settings(max_examples=examples(60), deadline=None)
def test_levelling_takes_the_fewest_moves(schools, limit):
    pupils, has, most_out, most_in = np.array(schools).T
    has, pupils = has.astype(float), pupils.astype(float)
    if has.sum() == 0:
        return
    most_out = np.minimum(most_out, has).astype(np.int64)
    change, kept = levelled(
        has, pupils, limit=limit, step=1, most_out=most_out, most_in=most_in.astype(np.int64)
    )
    moves = int(np.clip(change, 0, None).sum())
    assert change.sum() == 0
    assert (has + change >= 0).all()
    assert (change >= -most_out).all()
    assert (change <= most_in).all()
    reached = square(has + change, pupils)
    goal = (limit * has.sum() / pupils.sum()) ** 2
    assert kept == (reached <= goal)
    assert reached == pytest.approx(best_of(has, pupils, moves, most_out, most_in), abs=1e-9)
    if kept and moves:
        assert best_of(has, pupils, moves - 1, most_out, most_in) > goal
    if not kept:
        assert reached == pytest.approx(best_of(has, pupils, 8, most_out, most_in), abs=1e-9)


@st.composite
def weak_schools(draw):
    count, kinds = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    table = st.lists(
        st.lists(SMALL, min_size=kinds, max_size=kinds), min_size=count, max_size=count
    )
    full = np.array(draw(table))
    floor = np.minimum(np.array(draw(table)), full)
    flags = np.array(draw(table)) > 1
    return Weak(
        to_standard=full,
        to_floor=floor,
        possible=flags & (full > 0),
        possible_floor=(flags | (np.array(draw(table)) > 3)) & (floor > 0),
        wanted=np.array(draw(st.lists(st.integers(0, kinds), min_size=count, max_size=count))),
        weakness=np.array(draw(st.lists(st.floats(0, 1), min_size=count, max_size=count))),
    )


@given(weak=weak_schools(), data=st.data())
@settings(max_examples=examples(80), deadline=None)
def test_raising_lifts_the_most_schools_with_the_fewest_moves(weak, data):
    count, kinds = weak.to_standard.shape
    spare = np.array(data.draw(st.lists(SMALL, min_size=kinds, max_size=kinds)))
    price = np.ones(kinds)
    best, least = -1.0, np.inf
    # 0: nothing, 1: up to the floor, 2: up to the standard, for each school and resource
    for way in product(range(3), repeat=count * kinds):
        how = np.array(way).reshape(count, kinds)
        if ((how == 2) & ~weak.possible).any() or ((how == 1) & ~weak.possible_floor).any():
            continue
        steps = np.where(how == 2, weak.to_standard, np.where(how == 1, weak.to_floor, 0))
        if (steps.sum(axis=0) > spare).any():
            continue
        passes = ((how == 2).sum(axis=1) >= weak.wanted) & ((how > 0) | (weak.to_floor == 0)).all(
            axis=1
        )
        prize = float((passes * (1 + weak.weakness / (count + 1))).sum())
        cost = float(steps.sum())
        if prize > best + 1e-9 or (prize > best - 1e-9 and cost < least):
            best, least = max(prize, best), cost if prize > best + 1e-9 else min(cost, least)
    steps, passes = raised(weak, spare=spare, price=price)
    assert (steps.sum(axis=0) <= spare).all()
    prize = float((passes * (1 + weak.weakness / (count + 1))).sum())
    assert prize == pytest.approx(best, abs=1e-5)
    if prize == pytest.approx(best, abs=1e-9):
        assert steps.sum() == least


@given(
    spare=st.lists(st.integers(0, 3), min_size=1, max_size=3),
    need=st.lists(st.integers(0, 2), min_size=1, max_size=2),
    data=st.data(),
)
@settings(max_examples=examples(60), deadline=None)
def test_routing_takes_the_shortest_ways(spare, need, data):
    spare, need = np.array(spare), np.array(need)
    if need.sum() > spare.sum():
        return
    shape, size = (len(spare), len(need)), len(spare) * len(need)
    ways = (
        np.array(data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)))
        .reshape(shape)
        .astype(float)
    )
    sent = routed(spare, need, ways)
    assert (sent.sum(axis=0) == need).all()
    assert (sent.sum(axis=1) <= spare).all()
    best = min(
        float((np.array(way).reshape(shape) * ways).sum())
        for way in product(range(3), repeat=size)
        if (np.array(way).reshape(shape).sum(axis=0) == need).all()
        and (np.array(way).reshape(shape).sum(axis=1) <= spare).all()
    )
    assert (sent * ways).sum() == pytest.approx(best)


@given(data=st.data(), weak=st.integers(1, 4), strong=st.integers(1, 3), most=st.integers(1, 2))
@settings(max_examples=examples(60), deadline=None)
def test_pairs_cost_least(data, weak, strong, most):
    number = st.floats(-3, 3)
    cost = np.array([[data.draw(number) for _ in range(strong)] for _ in range(weak)])
    never = np.array([[data.draw(st.booleans()) for _ in range(strong)] for _ in range(weak)])
    first = np.arange(weak)
    chosen = _assigned(cost, never, first=first, most=most)
    seats = [s for s in range(strong) for _ in range(most)] + [-1] * weak
    best = min(
        sum(
            0.0 if s < 0 else np.inf if never[i, s] else cost[i, s] - 1e3 * (1 + first[i])
            for i, s in enumerate(way)
        )
        for way in set(permutations(seats, weak))
    )
    total = sum(cost[i, s] - 1e3 * (1 + first[i]) for i, s in enumerate(chosen) if s >= 0)
    assert total == pytest.approx(best, abs=1e-6)
    assert not any(s >= 0 and never[i, s] for i, s in enumerate(chosen))
    for s in range(strong):
        assert (chosen == s).sum() <= most


@pytest.mark.parametrize("seed", [1, 4])
def test_verdicts_against_plain_arithmetic(seed):
    wanted = {
        "primary": [4.2, 1, 0.9, 4.5, 7.5, 2000, 2.3],
        "junior": [5.3, 1, 0.9, 5.8, 10.2, 2500, 2.4],
    }
    county = lp.example.county(seed=seed, villages=90)
    schools, done = county.schools, b.quality_2017(county).schools
    done = done.set_index(["school_id", "stage"])
    resources = [
        ("teachers_above_degree", 100), ("key_teachers", 100), ("pe_art_teachers", 100),
        ("teaching_area_m2", 1), ("sports_area_m2", 1), ("equipment_yuan", 1),
        ("multimedia_rooms", 100),
    ]  # fmt: skip
    seen = 0
    for school, row in schools.iterrows():
        primary = row["enrolment_g13"] + row["enrolment_g46"]
        junior = row["enrolment_g79"]
        for stage, pupils in (("primary", primary), ("junior", junior)):
            if pupils == 0 or (row["kind"] == "teaching_point" and pupils < 50):
                assert (school, stage) not in done.index
                continue
            reached = floors = 0
            for (name, per), standard in zip(resources, wanted[stage], strict=True):
                if "teachers" in name:
                    posts = {"primary": primary / 19, "junior": junior / 13.5}
                    has = row[name] * posts[stage] / (posts["primary"] + posts["junior"])
                else:
                    weight = {"primary": primary, "junior": 1.1 * junior}
                    has = row[name] * weight[stage] / (weight["primary"] + weight["junior"])
                value = int(100 * per * has / pupils + 0.5 + 1e-9) / 100
                reached += value >= standard - 1e-9
                floors += value >= 0.85 * standard - 1e-9
            verdict = "yes" if reached >= 6 and floors == 7 else "no"
            told = done.loc[(school, stage)]
            assert (told["met"], told["reached"], told["below_floor"]) == (
                verdict, reached, 7 - floors,
            ), school  # fmt: skip
            seen += 1
    assert seen == len(done)


def test_of_as_many_schools_the_weaker_is_lifted_though_it_takes_more():
    weak = Weak(
        to_standard=np.array([[3], [4]]),
        to_floor=np.array([[3], [4]]),
        possible=np.array([[True], [True]]),
        possible_floor=np.array([[True], [True]]),
        wanted=np.array([0, 0]),
        weakness=np.array([0.3, 0.5]),
    )
    steps, passes = raised(weak, spare=np.array([6]), price=np.ones(1))
    assert passes.tolist() == [False, True]
    assert steps.ravel().tolist() == [0, 4]
