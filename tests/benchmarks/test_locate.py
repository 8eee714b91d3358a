"""Locate: against published plans, against spopt, and on made-up counties of growing size.

Published instances are read from ``../shared/benchmarks/location`` and left out where that is
absent. Run on one core, with nothing else running: the seconds are what counts.
"""

import csv
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import layoutplan as lp

sys.path.insert(0, str(Path(__file__).parent))

from made_up_counties import made_up_county

pytestmark = pytest.mark.benchmark

PUBLISHED = Path(__file__).parents[3] / "shared" / "benchmarks" / "location"
FAMILIES = ("zya", "gya")
NUMBERS = range(1, 6)
PAIRS = {"zya": "zy", "gya": "gy", "gys": "gys"}
SERVICE_AREAS = [f"gys_{number}{letter}" for number in range(37, 42) for letter in "ab"]
GROWTH = ((100, 30), (200, 50), (500, 100), (1000, 300), (3000, 300))
PROVEN = {(500, 100): 0.8, (1000, 300): 1.2, (3000, 300): 0.8}
needs_published = pytest.mark.skipif(not PUBLISHED.exists(), reason="no published instances")


def published(name):
    units = np.genfromtxt(PUBLISHED / name / "units.csv", delimiter=",", names=True)
    path = PUBLISHED / f"{PAIRS[name[:3]]}_adjacency.csv"
    pairs = np.genfromtxt(path, delimiter=",", names=True)
    at = {int(unit): i for i, unit in enumerate(units["unit_id"])}
    sites = np.flatnonzero(units["capacity"] > 0)
    xy = np.c_[units["x_m"], units["y_m"]] / 1000
    km = np.linalg.norm(xy[:, None] - xy[None, sites], axis=2)
    question = {
        "cost": km * units["demand"][:, None],
        "demand": units["demand"],
        "capacity": units["capacity"][sites],
    }
    if not name.startswith("gys"):
        question["fixed_cost"] = units["fixed_cost"][sites]
    ground = {
        "adjacency": [[at[int(a)], at[int(b)]] for a, b in pairs],
        "site_unit": sites,
    }
    return question, ground


def best_known(name, column):
    with (PUBLISHED / "best_known.csv").open(encoding="utf-8") as file:
        return float(next(row for row in csv.DictReader(file) if row["instance"] == name)[column])


def solved(name, column, seconds, *, connected):
    question, ground = published(name)
    asked = question | (ground if connected else {})
    found = lp.locate(**asked, time_limit=seconds)
    lp.assert_located_valid(found, **asked)
    above = 100 * (found.objective / best_known(name, column) - 1)
    print(
        f"{name} {column}: {found.objective:.2f}, {above:+.4f} % of the best known, "
        f"gap {100 * found.gap:.3f} %, {found.status}, {found.seconds:.0f} s"
    )
    assert found.overload.sum() == 0
    assert found.seconds <= 1.1 * seconds
    return above, 100 * found.gap


@needs_published
@pytest.mark.parametrize("family", FAMILIES)
def test_sites_free(family):
    rows = [solved(f"{family}{n}", "best_free", 90, connected=False) for n in NUMBERS]
    above, gap = np.array(rows).T
    assert above.mean() <= 0.1
    assert above.max() <= 0.5
    assert gap.max() <= 0.6


@needs_published
@pytest.mark.parametrize("family", FAMILIES)
def test_sites_with_connected_areas(family):
    rows = [solved(f"{family}{n}", "best_contiguous", 120, connected=True) for n in NUMBERS]
    above = np.array(rows)[:, 0]
    assert above.mean() <= 0.2
    assert above.max() <= 0.4


@needs_published
def test_service_areas():
    rows = [solved(name, "best_contiguous", 120, connected=True) for name in SERVICE_AREAS]
    above = np.array(rows)[:, 0]
    assert above.mean() <= 0.05
    assert above.max() <= 0.2


@needs_published
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nineteen_sites_against_spopt():
    spopt = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    question, _ = published("zya1")
    del question["fixed_cost"]
    start = time.perf_counter()
    model = spopt.PMedian.from_cost_matrix(
        question["cost"] / np.maximum(question["demand"], 1)[:, None],
        question["demand"],
        p_facilities=19,
        facility_capacities=question["capacity"],
    ).solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=60))
    theirs, spent = pulp.value(model.problem.objective), time.perf_counter() - start
    found = lp.locate(**question, n_open=19, time_limit=spent / 4)
    lp.assert_located_valid(found, **question, n_open=19)
    print(f"spopt {theirs:.2f} in {spent:.0f} s, ours {found.objective:.2f}, {found.words('en')}")
    assert found.objective <= theirs * (1 + 1e-9)
    assert np.isfinite(found.bound)


@pytest.mark.parametrize("size", GROWTH)
def test_whole_villages_of_made_up_counties(size):
    for seed in (1, 2):
        county = made_up_county(*size, seed=seed)
        asked = (county.cost, county.demand, county.capacity, county.fixed_cost)
        found = lp.locate(*asked, time_limit=60)
        lp.assert_located_valid(found, *asked)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size[0]} x {size[1]}, seed {seed}: gap {100 * found.gap:.2f} %, {found.status}, "
            f"{found.seconds:.0f} s, {megabytes:.0f} MB so far"
        )
        assert found.overload.sum() == 0
        assert 100 * found.gap <= PROVEN.get(size, np.inf)
        assert megabytes <= 2048
