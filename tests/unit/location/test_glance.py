"""A glance at many trials: it throws out none that the plan would take."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

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


def as_if_all_touched(state):
    """The same plan, where connectedness refuses nothing."""
    anew = copy.deepcopy(state)
    anew.touching = [-1] * len(anew.touching)
    return anew


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "how", [{}, {"slack": 1.5}, {"price": 0.01}, {"hot": 0.01}, {"slack": 1.02, "cut": 7.0}]
)
def test_a_glance_refuses_what_the_plan_would_and_nothing_else(seed, how, monkeypatch):
    state, around, glance, unit, chance, limit = drawn(seed, **how)
    trials = [(int(unit[t]), chance[:, t].tolist(), limit[t]) for t in range(TRIALS)]
    promising = set(glance.promising(state, unit, chance, limit).tolist())
    taken = {t for t, each in enumerate(trials) if _tried(copy.deepcopy(state), around, *each)}
    assert taken
    assert taken <= promising
    monkeypatch.setattr("layoutplan.location.contiguous.working.stays_connected", lambda *_: True)
    # Only connectedness is left to be asked.
    apart = {t for t, each in enumerate(trials) if _tried(as_if_all_touched(state), around, *each)}
    assert promising == apart
    assert len(promising) < TRIALS / 2


def test_units_without_a_site_or_neighbours_are_neither_moved_nor_joined():
    problem = small(3, rows=4, columns=4, sites=2)
    lost, alone = 7, 12
    assert not {lost, alone} & set(problem.site_unit.tolist())
    problem.cost[[lost, alone]] = np.inf
    touching = problem.adjacency.tolil()
    touching[alone], touching[:, alone] = 0, 0
    problem = replace(problem, adjacency=sp.csr_array(touching))
    ready = asked(problem, np.ones(2, dtype=bool))
    state = working(ready, grown(ready))
    glance = glance_of(ready, state)
    assert [state.site_of[lost], state.site_of[alone]] == [-1, -1]
    assert not {lost, alone} & set(glance.movable.tolist())
    rng = np.random.default_rng(0)
    unit = glance.movable[rng.integers(0, len(glance.movable), TRIALS)]
    chance = rng.random((5, TRIALS))
    joined = 0
    for trial in range(TRIALS):
        near = ready.ground.around[int(unit[trial])]
        beside = near[int(chance[0, trial] * len(near))]
        found = glance.promising(state, unit[[trial]], chance[:, [trial]], np.full(1, 1e9)).tolist()
        joined += beside == lost
        assert not (found and beside == lost)
    assert joined
