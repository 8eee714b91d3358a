"""A glance at many trials: it throws out none that the plan would take."""

import copy

import numpy as np
import pytest

from layoutplan.location.contiguous.anneal import _tried
from layoutplan.location.contiguous.asked import asked
from layoutplan.location.contiguous.glance import glance_of
from layoutplan.location.contiguous.growth import grown
from layoutplan.location.contiguous.working import working
from tests.unit.location.test_contiguous import small

TRIALS = 600


def drawn(seed, *, slack=1.1, price=1.0, hot=1.0, cut=None):
    """A plan by growth, stirred at random, and trials of it."""
    problem = small(seed, rows=9, columns=9, sites=6, slack=slack)
    if cut is not None:
        far = problem.cost / np.maximum(problem.demand, 1)[:, None] > cut
        far[problem.site_unit, np.arange(problem.n_sites)] = False
        problem.cost[far] = np.inf
    ready = asked(problem, np.ones(problem.n_sites, dtype=bool))
    state = working(ready, grown(ready))
    state.price *= price
    rng = np.random.default_rng(seed)
    glance = glance_of(ready, state)
    around = ready.ground.around
    for _ in range(300):
        unit = int(glance.movable[rng.integers(len(glance.movable))])
        _tried(state, around, unit, rng.random(5).tolist(), 1e3)
    unit = glance.movable[rng.integers(0, len(glance.movable), TRIALS)]
    mean = state.spent / problem.n_units
    limit = hot * mean * rng.standard_exponential(TRIALS)
    return state, around, glance, unit, rng.random((5, TRIALS)), limit


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "how", [{}, {"slack": 1.5}, {"price": 0.01}, {"hot": 0.01}, {"slack": 1.02, "cut": 7.0}]
)
def test_what_is_thrown_out_the_plan_would_refuse_and_few_others(seed, how):
    state, around, glance, unit, chance, limit = drawn(seed, **how)
    promising = set(glance.promising(state, unit, chance, limit).tolist())
    taken = set()
    for trial in range(TRIALS):
        anew = copy.deepcopy(state)
        if _tried(anew, around, int(unit[trial]), chance[:, trial].tolist(), limit[trial]):
            taken.add(trial)
    assert taken
    assert taken <= promising
    # Connectedness alone is left to be asked.
    assert len(promising) <= 2 * len(taken)
    assert len(promising) < TRIALS / 2


def test_units_without_a_site_are_neither_moved_nor_joined():
    problem = small(3, rows=4, columns=4, sites=2)
    problem.cost[7] = np.inf
    ready = asked(problem, np.ones(2, dtype=bool))
    state = working(ready, grown(ready))
    glance = glance_of(ready, state)
    lost = {unit for unit, site in enumerate(state.site_of) if site < 0}
    assert 7 in lost
    assert not lost & set(glance.movable.tolist())
    rng = np.random.default_rng(0)
    unit = glance.movable[rng.integers(0, len(glance.movable), TRIALS)]
    limit = np.full(TRIALS, 1e9)
    for trial in glance.promising(state, unit, rng.random((5, TRIALS)), limit).tolist():
        assert state.site_of[int(unit[trial])] >= 0
