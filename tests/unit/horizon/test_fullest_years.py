"""The years that decide: which rows they need, and that their bound holds for all years."""

import time
from functools import partial

import numpy as np
import pytest

import layoutplan as lp
from layoutplan.horizon.scenarios import expected_county, scenarios_of
from layoutplan.model import growth
from layoutplan.model.best import Found
from layoutplan.model.constraints import make_model
from layoutplan.model.every_year import fullest, lowered
from layoutplan.model.growth import _fullest_at, not_less
from layoutplan.model.near import settled, with_its_ways
from layoutplan.model.part import holds
from layoutplan.model.shares import _parts_of_pupils, search_shares
from layoutplan.model.transport import whole_pupils
from layoutplan.plan.begin import values_of
from layoutplan.plan.question import question

YEARS = [2026, 2029, 2032]


@pytest.fixture(scope="module", name="asked")
def _asked():
    county = lp.example.county(seed=4, villages=20)
    times, ahead = lp.travel_times(county), lp.project(county, years=6)
    scenarios = scenarios_of(ahead, years=YEARS, variants=None, weights=None)
    every = not_less(scenarios.growth)
    here = scenarios.expected.to_numpy(dtype=float)
    chosen = [every[k] for k in fullest([t * here for t in every])]
    planned = expected_county(ahead, scenarios)

    def ask(growth, *, split=True):
        return question(
            planned, times, standards=None, options=lp.Options(split_villages=split),
            measures=None, bus=None, growth=tuple(growth),
        ).sets()  # fmt: skip

    return ahead, times, ask, every, chosen, lowered(chosen, [t * here for t in chosen])


def test_a_layout_for_all_years_is_one_for_the_fullest(asked):
    ahead, times, ask, _, _, low = asked
    found = lp.propose_ahead(
        ahead, times, years=YEARS, gap=0.02, options=lp.Options(split_villages=True)
    )
    lp.assert_plan_ahead_valid(found)
    model, given = with_its_ways(make_model(ask(low)), partial(values_of, found.plan))
    values = settled(model, given)
    assert values is not None
    assert holds(model, values)
    cost = float(model.columns.cost @ values)
    # The bound is one of the question with these years, in which this is a plan.
    assert 0 < found.solver.bound <= cost + 1.0
    assert cost <= found.solver.objective + 1.0


def test_the_fullest_year_of_a_band_spares_rows(asked):
    _, _, ask, _, chosen, low = asked
    rows = [
        (m := make_model(ask(g))).family["within_places_ahead"].stop
        - m.family["within_places_ahead"].start
        for g in (chosen, low)
    ]
    assert 0 < rows[1] < rows[0]
    for table, before in zip(low, chosen, strict=True):
        assert (table <= before).all(axis=None)


@pytest.mark.parametrize("seed", range(20))
def test_rows_that_are_left_out_say_nothing_more(seed):
    random = np.random.default_rng(seed)
    sites, flows, years = 5, 30, 4
    site = random.integers(sites, size=flows)
    ratio = [np.round(random.uniform(0.5, 1.6, size=flows), 1) for _ in range(years)]
    ratio[1] = np.where(site < 2, ratio[0], ratio[1])
    ratio[2] = np.where(site == 3, 0.9, ratio[2])
    kept = _fullest_at(ratio, site, sites)
    sizes = sum(len(k) for k in kept)
    assert sizes <= sites * years - 3
    for _ in range(50):
        pupils = random.uniform(0, 10, size=flows) * (random.random(flows) < 0.4)
        load = [np.bincount(site, weights=r * pupils, minlength=sites) for r in ratio]
        base = np.bincount(site, weights=pupils, minlength=sites)
        told = base.copy()
        for year, there in enumerate(kept):
            told[there] = np.maximum(told[there], load[year][there])
        assert np.allclose(told, np.maximum(base, np.max(load, axis=0)))


@pytest.mark.parametrize(
    ("base", "ahead", "part"),
    [
        ("within_places", "within_places_ahead", "overload"),
        ("a_bed_each", "a_bed_each_ahead", "beds"),
    ],
)
def test_the_rows_of_a_model_say_what_all_rows_would(asked, monkeypatch, base, ahead, part):
    _, _, ask, every, _, _ = asked
    sets = ask(every)
    few = make_model(sets)
    monkeypatch.setattr(
        growth, "_fullest_at", lambda years, site, _: [np.unique(site)] * len(years)
    )
    full = make_model(sets)
    random, columns = np.random.default_rng(1), few.columns
    assert few.rows.matrix.shape[0] < full.rows.matrix.shape[0]
    for _ in range(20):
        values = np.zeros(columns.n)
        values[columns.flow] = random.uniform(0, 9, size=columns.flow.stop - columns.flow.start)
        values[columns.state] = random.random(columns.state.stop - columns.state.start)
        worst = []
        for model in (few, full):
            most = np.full(len(sets.sites), -np.inf)
            for family in (base, ahead):
                rows = model.rows.matrix[model.family[family]]
                site = rows[:, getattr(columns, part)].tocoo()
                np.maximum.at(most, site.col, (rows @ values)[site.row])
            worst.append(most)
        assert np.allclose(*worst)


def test_shares_of_pupils_cost_no_more_than_whole_ones(asked):
    _, _, ask, _, chosen, _ = asked
    model = make_model(ask(chosen))
    done = search_shares(
        model, Found(), gap=0.02, deadline=time.monotonic() + 60, persons=False,
        tell=lambda *_: None, keep=lambda *_: None,
    )  # fmt: skip
    assert holds(done.model, done.best.plan)
    cost = {}
    for send in (_parts_of_pupils, whole_pupils):
        plan = send(done.model, done.best.plan)
        assert holds(done.model, plan)
        cost[send] = float(done.model.columns.cost @ plan)
    pupils = whole_pupils(done.model, done.best.plan)[done.model.columns.flow]
    assert np.allclose(pupils, np.rint(pupils))
    assert cost[_parts_of_pupils] <= cost[whole_pupils] + 1e-3
