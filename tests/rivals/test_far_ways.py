"""What is proven holds for every lawful way, whatever locks close."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_counties import on_all_ways, tiny

import layoutplan as lp
from layoutplan.measures import Options
from layoutplan.model.columns import flow_prices
from layoutplan.model.constraints import make_model
from layoutplan.model.far import Tolls, no_tolls, priced, with_far
from layoutplan.model.left_out import KINDS, left_out
from layoutplan.model.part import part_of, solve_part
from layoutplan.model.sets import make_sets
from layoutplan.model.solve import solve
from layoutplan.model.transport import relaxed
from layoutplan.model.ways import WAYS
from layoutplan.standards import standards


def asked(seed, *, villages=5, sites=6, bus=False, **options):
    parts = tiny(seed, villages=villages, sites=sites, bus=bus)
    return make_sets(**parts, standards=standards(), options=Options(**options))


def without_ways(sets):
    """Leave out every way to come to a school."""
    bands = {
        band: replace(ways, come={w: some & False for w, some in ways.come.items()})
        for band, ways in sets.reach.by_band.items()
    }
    reach = replace(sets.reach, by_band=bands)
    return replace(sets, reach=reach, flows=reach.tables()[1])


def least(sets, *, relax=False):
    """Solve a model as it stands."""
    model = make_model(sets)
    part = part_of(model, np.zeros(model.columns.n), np.arange(model.columns.n))
    return float(solve_part(part, relaxed=relax).fun)


SEEDS = [0, 1, 2, 3, *(pytest.param(s, marks=pytest.mark.slow) for s in (4, 6, 7, 9))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("split", [True, False], ids=["shares", "whole"])
def test_no_plan_under_locks_costs_less_than_the_bound(seed, split):
    """Lock what the joint plan closes: pupils then have other near schools, but no new ways."""
    parts = tiny(seed, villages=5, sites=9, bus=seed not in {3, 9})
    settings = {"budget_yuan": 0.0, "schools_max": 4, "split_villages": split}
    joint = solve(make_sets(**parts, standards=standards(), options=Options(**settings)), gap=0.0)
    shut = set(joint.sites.index[joint.sites["measure"] == "close"])
    assert len(shut) >= 2
    options = Options(close=shut, **settings)
    locked = solve(make_sets(**parts, standards=standards(), options=options), gap=0.0)
    assert joint.status == locked.status == "proven"
    assert locked.objective >= joint.bound * (1 - 1e-9)
    assert locked.objective == pytest.approx(joint.objective, rel=1e-9)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_closing_first_never_beats_the_joint_bound(seed):
    county = lp.example.county(seed=seed, villages=24)
    times, settings = lp.travel_times(county), {"gap": 0.005, "time_limit": 60.0}
    joint = lp.propose(county, times, **settings)
    schools = county.schools.index.sort_values()
    shut = np.random.default_rng(seed).choice(schools, len(schools) // 3, replace=False)
    options = lp.Options(close={str(s) for s in shut})
    locked = lp.propose(county, times, options=options, **settings)
    for plan in (joint, locked):
        lp.assert_plan_valid(plan)
    assert locked.solver.objective >= joint.solver.bound


@pytest.mark.parametrize("seed", range(4))
def test_ways_left_out_cost_what_flows_do(seed):
    sets = asked(seed, bus=True, gates=bool(seed % 2))
    every = on_all_ways(sets)
    flows = every.flows.assign(yuan=np.sum(list(flow_prices(every).values()), axis=0))
    flows = flows[~flows["stay"]].assign(travel=lambda t: t["minutes"] * t["weight"])
    found = left_out(without_ways(sets))
    for kind, ways in enumerate(KINDS):
        mine = flows[flows["way"].isin([WAYS.index(w) for w in ways])]
        best = mine.groupby(["group", "site"])["yuan"].min()
        wanted = np.full(found.yuan[kind].shape, np.inf)
        wanted[best.index.get_level_values(0), best.index.get_level_values(1)] = best
        np.testing.assert_allclose(found.yuan[kind], wanted)
        minutes = mine.groupby("group")["travel"].min().reindex(range(len(sets.groups)))
        np.testing.assert_allclose(found.minutes[kind], minutes.fillna(0))


LIMITS = [
    {},
    {"moved_max": 20},
    {"minutes_max": 3000.0},
    {"annual_yuan_max": 900_000.0},
    {"min_pupils": {"primary": 40, "junior": 40}},
    {"size_max": {"primary": 60, "junior": 50}},
    {"equity": 50_000.0},
    {"together": True},
    {"worst_max": 60.0},
    {"schools_max": 3, "budget_yuan": 2_600_000.0},
]


@pytest.mark.parametrize("limits", LIMITS, ids=lambda limits: "-".join(limits) or "none")
@pytest.mark.parametrize("split", [True, False], ids=["shares", "whole"])
def test_any_tolls_bound_the_plans_on_all_ways(limits, split):
    for seed in range(3):
        sets = asked(seed, bus=seed % 2 == 1, split_villages=split, **limits)
        wanted = least(on_all_ways(sets))
        few = make_model(without_ways(sets) if seed else sets)
        rng = np.random.default_rng(seed)
        tolls = no_tolls(sets)
        random = Tolls(yuan=rng.uniform(-3000, 9000, tolls.yuan.shape))
        for toll in (tolls, random):
            model = with_far(few, toll)
            part = part_of(model, np.zeros(model.columns.n), np.arange(model.columns.n))
            assert float(solve_part(part).fun) <= wanted * (1 + 1e-9)


@pytest.mark.parametrize("limits", LIMITS, ids=lambda limits: "-".join(limits) or "none")
def test_priced_ways_bound_the_relaxation_on_all_ways(limits):
    for seed in range(3):
        sets = asked(seed, bus=seed % 2 == 1, split_villages=True, **limits)
        wanted = least(on_all_ways(sets), relax=True)
        model = make_model(without_ways(sets))
        part = part_of(model, np.zeros(model.columns.n), np.arange(model.columns.n))
        result = relaxed(part)
        reduced = np.asarray(result.lower.marginals) + np.asarray(result.upper.marginals)
        found = priced(model, reduced)
        assert result.fun + found.missing <= wanted * (1 + 1e-9)
        assert len(found.wanted) > 0
