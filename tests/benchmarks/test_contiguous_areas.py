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
from scipy.optimize import linprog
from scipy.spatial import Delaunay

from layoutplan.location.contiguous import contiguous_areas
from layoutplan.location.contiguous.ground import ground_of, mask_of, reached
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


def transport_bound(problem):
    """The cost with shares and without contiguity: no plan costs less."""
    units, sites = problem.cost.shape
    at = np.arange(units * sites)
    unit, site = np.divmod(at, sites)
    solved = linprog(
        problem.cost.ravel(),
        A_eq=sp.csr_array((np.ones(len(at)), (unit, at))),
        b_eq=np.ones(units),
        A_ub=sp.csr_array((problem.demand[unit], (site, at))),
        b_ub=problem.capacity,
        method="highs",
    )
    return solved.fun


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
        f" over {found.overload:g} {seconds:6.1f} s\n"
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
    begun = time.monotonic()
    found = contiguous_areas(problem, seconds=SECONDS)
    seconds = time.monotonic() - begun
    assert_connected(problem, found)
    line(f"{units}x{sites} {slack:.0%}", transport_bound(problem), found, seconds)
    assert found.overload == 0
    assert seconds <= SECONDS * SPARE
