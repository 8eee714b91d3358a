"""The model against an exact method of another kind, on counties of up to ten sites."""

import numpy as np
import pytest
from exact_by_sets import optimum
from tiny_counties import asked, tiny

from layoutplan.model.sets import make_sets
from layoutplan.model.solve import solve
from layoutplan.standards import standards

FAST = 8
COUNTIES = 200


def county(seed):
    """Make a question of 4 to 10 sites and a few cohorts; every fourth asks for equity."""
    rng = np.random.default_rng(seed)
    equity = seed % 4 == 2
    parts = tiny(seed, villages=2, sites=int(rng.integers(4, 7 if equity else 11)))
    demand = parts["demand"]
    # Cohorts double the work; one village has no small children.
    demand.iloc[1, 0] = 0
    today = parts["today"]
    gone = (today["village_id"] == demand.index[1]) & (today["band"] == demand.columns[0])
    parts["today"] = today[~gone].reset_index(drop=True)
    options = asked(seed)
    # What ties sites together besides is tried against all layouts of three sites.
    changes = {"together": False, "differ_from": []}
    if options.schools_max is not None:
        changes["schools_max"] = len(parts["places"]) // 2
    if equity:
        changes["equity"] = float(rng.integers(1, 20)) * 10_000
    return parts, options.replace(**changes)


def seeds(count, fast):
    marks = [() if seed < fast else (pytest.mark.slow,) for seed in range(count)]
    return [pytest.param(seed, marks=mark) for seed, mark in enumerate(marks)]


@pytest.mark.parametrize("seed", seeds(COUNTIES, FAST))
def test_the_model_finds_the_optimum_of_up_to_ten_sites(seed):
    parts, options = county(seed)
    sets = make_sets(**parts, standards=standards(), options=options)
    wanted = optimum(sets)
    answer = solve(sets, gap=0.0)
    assert answer.objective == pytest.approx(wanted, rel=1e-6)
    assert answer.bound == pytest.approx(wanted, rel=1e-6)
    assert answer.status == "proven"
