"""Connected service areas and sites: against published plans, and on made-up counties.

Published instances are read from ``../shared/benchmarks/location``; without them only the
made-up counties run. Run one machine core at a time: the seconds are what counts.
"""

import csv
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.spatial import Delaunay

import layoutplan as lp
from layoutplan.location.contiguous import contiguous_areas
from layoutplan.location.contiguous.anneal import _tried
from layoutplan.location.contiguous.asked import asked
from layoutplan.location.contiguous.glance import glance_of
from layoutplan.location.contiguous.ground import ground_of, mask_of, reached
from layoutplan.location.contiguous.growth import grown
from layoutplan.location.contiguous.working import PRICE, working
from layoutplan.location.problem import Problem

pytestmark = pytest.mark.benchmark

PUBLISHED = Path(__file__).parents[3] / "shared" / "benchmarks" / "location"
SERVICE_AREAS = [f"gys_{number}{letter}" for number in range(37, 42) for letter in "ab"]
SECONDS = 120
SPARE = 1.1
"""Seconds are kept within a tenth."""
SIDE_KM = 60


def best_known():
    with (PUBLISHED / "best_known.csv").open(encoding="utf-8") as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


def published(name):
    family = name.split("_")[0].rstrip("0123456789")
    family = {"zya": "zy", "gya": "gy"}.get(family, family)
    units = np.genfromtxt(PUBLISHED / name / "units.csv", delimiter=",", names=True)
    pairs = np.genfromtxt(PUBLISHED / f"{family}_adjacency.csv", delimiter=",", names=True)
    at = {int(unit): i for i, unit in enumerate(units["unit_id"])}
    ends = np.array([[at[int(a)], at[int(b)]] for a, b in pairs])
    sites = np.flatnonzero(units["capacity"] > 0)
    xy = np.c_[units["x_m"], units["y_m"]] / 1000
    # Published plans of given sites count distance alone.
    given = name.startswith("gys")
    return located(
        xy,
        sites,
        demand=units["demand"],
        capacity=units["capacity"][sites],
        fixed_cost=np.where(given, 0.0, units["fixed_cost"][sites]),
        ends=ends,
        every_site=given,
    )


def located(xy, sites, *, demand, capacity, fixed_cost, ends, every_site):
    km = np.linalg.norm(xy[:, None] - xy[None, sites], axis=2)
    both = np.r_[ends, ends[:, ::-1]]
    adjacency = sp.csr_array((np.ones(len(both)), both.T), shape=(len(xy), len(xy)))
    return Problem(
        cost=km * demand[:, None],
        demand=demand,
        capacity=capacity,
        fixed_cost=fixed_cost,
        every_site=every_site,
        adjacency=adjacency,
        site_unit=sites,
    )


def made_up(units, sites, slack, seed):
    """Random points that touch where their Voronoi cells do, with lognormal demand.

    A site's room is the demand nearest to it times a lognormal factor, so that schools are too
    large here and too small there; all are scaled to the slack.
    """
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, SIDE_KM, (units, 2))
    demand = np.round(100 * rng.lognormal(0, 0.43, units)).clip(1)
    simplices = Delaunay(xy).simplices
    ends = np.unique(
        np.sort(np.concatenate([simplices[:, [0, 1]], simplices[:, [1, 2]], simplices[:, [0, 2]]])),
        axis=0,
    )
    length = np.linalg.norm(xy[ends[:, 0]] - xy[ends[:, 1]], axis=1)
    ends = ends[length < 6 * SIDE_KM / np.sqrt(units)]  # slivers along the hull do not touch
    at = np.sort(rng.choice(units, sites, replace=False))
    nearest = np.linalg.norm(xy[:, None] - xy[None, at], axis=2).argmin(axis=1)
    around = np.bincount(nearest, weights=demand, minlength=sites)
    room = around * rng.lognormal(0, 0.3, sites)
    room = np.maximum(room * demand.sum() * (1 + slack) / room.sum(), demand[at])
    room = np.round(room * demand.sum() * (1 + slack) / room.sum())
    return located(
        xy,
        at,
        demand=demand,
        capacity=np.maximum(room, demand[at]),
        fixed_cost=np.zeros(sites),
        ends=ends,
        every_site=True,
    )


def assert_connected(problem, found):
    """Judge anew: whole units, areas in one piece around their own unit, cost and overload."""
    assert ((found.assignment >= 0) & (found.assignment < problem.n_sites)).all()
    ground = ground_of(problem.adjacency)
    for site in np.flatnonzero(found.open):
        mine = np.flatnonzero(found.assignment == site)
        assert problem.site_unit[site] in mine
        area = mask_of(mine)
        assert reached(ground.touching, 1 << int(problem.site_unit[site]), area) == area
    assert found.open[found.assignment].all()
    load = np.bincount(found.assignment, weights=problem.demand, minlength=problem.n_sites)
    assert found.overload == pytest.approx(np.maximum(load - problem.capacity, 0).sum())
    cost = problem.cost[np.arange(problem.n_units), found.assignment].sum()
    assert found.objective == pytest.approx(cost + problem.fixed_cost[found.open].sum())


def line(name, known, found, seconds):
    above = 100 * (found.objective / known - 1)
    sys.stdout.write(
        f"{name:>16} {known:14.2f} {found.objective:14.2f} {above:+8.4f} %"
        f" over {np.sum(found.overload):g} {seconds:6.1f} s\n"
    )
    return above


@pytest.mark.parametrize("name", SERVICE_AREAS)
def test_published_service_areas(name):
    if not PUBLISHED.exists():
        pytest.skip("no published instances beside the project")
    problem = published(name)
    begun = time.monotonic()
    found = contiguous_areas(problem, seconds=SECONDS)
    seconds = time.monotonic() - begun
    assert_connected(problem, found)
    known = float(best_known()[name]["best_contiguous"])
    assert line(name, known, found, seconds) <= 0.2
    assert found.overload == 0
    assert seconds <= SECONDS * SPARE


@pytest.mark.parametrize("slack", [0.05, 0.2])
@pytest.mark.parametrize(("units", "sites"), [(1000, 100), (3000, 300)])
@pytest.mark.parametrize("seed", [1, 2])
def test_made_up_counties(units, sites, slack, seed):
    problem = made_up(units, sites, slack, seed)
    question = {
        "cost": problem.cost,
        "demand": problem.demand,
        "capacity": problem.capacity,
        "adjacency": np.c_[problem.adjacency.nonzero()],
        "site_unit": problem.site_unit,
    }
    begun = time.monotonic()
    found = lp.locate(**question, time_limit=SECONDS)
    seconds = time.monotonic() - begun
    lp.assert_located_valid(found, **question)
    name = f"{units}x{sites} {slack:.0%} gap {100 * found.gap:.2f} %"
    line(name, found.bound, found, seconds)
    assert found.overload.sum() == 0
    assert np.isfinite(found.gap)
    assert seconds <= SECONDS * SPARE


def test_a_glance_against_trial_by_trial():
    """The same trials on the same plan: thrown out by the block, and tried one after the other."""
    problem = made_up(3000, 300, 0.05, 1)
    ready = asked(problem, np.ones(300, dtype=bool))
    plan, rng = grown(ready), np.random.default_rng(0)
    around, seconds = ready.ground.around, {"glance": 0.0, "one by one": 0.0}
    glance = glance_of(ready, working(ready, plan))
    states = {name: working(ready, plan) for name in seconds}
    mean = states["glance"].spent / problem.n_units
    for _ in range(60):
        unit = glance.movable[rng.integers(0, len(glance.movable), glance.block)]
        chance = rng.random((5, glance.block))
        limit = 0.03 * mean * rng.standard_exponential(glance.block)
        for name, state in states.items():
            begun = time.monotonic()
            some = np.arange(glance.block)
            if name == "glance":
                some = glance.promising(state, unit, chance, limit)
            trials = (unit[some].tolist(), chance[:, some].T.tolist(), limit[some].tolist())
            for each in zip(*trials, strict=True):
                _tried(state, around, *each)
            seconds[name] += time.monotonic() - begun
    ratio = seconds["one by one"] / seconds["glance"]
    better = {
        name: state.spent + 60 * state.price / PRICE * state.overload()
        for name, state in states.items()
    }
    sys.stdout.write(f"a glance is {ratio:.1f} times as fast; plans {better}\n")
    assert ratio >= 5
    assert better["glance"] <= 1.02 * better["one by one"]
