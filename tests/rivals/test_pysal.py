"""Agreement with PySAL: floating catchments (`access`), Gini and Theil (`inequality`)."""

import numpy as np
import pandas as pd
import pytest

from layoutplan.assessment.floating_catchment import enhanced_two_step, two_step
from layoutplan.assessment.inequality import gini, theil

VILLAGES, SCHOOLS = 60, 12
ZONES, WEIGHTS = (10.0, 20.0, 30.0), (1.0, 0.68, 0.22)


def _county(seed):
    rng = np.random.default_rng(seed)
    homes, sites = rng.uniform(0, 4000, (VILLAGES, 2)), rng.uniform(0, 4000, (SCHOOLS, 2))
    # whole minutes, so that many ways end exactly where a zone does
    minutes = np.round(np.linalg.norm(homes[:, None] - sites[None], axis=2) / 67)
    minutes[rng.random(minutes.shape) < 0.1] = np.inf
    return minutes, rng.integers(1, 200, VILLAGES), rng.integers(0, 400, SCHOOLS)


def _theirs(fca, minutes, pupils, places, **how):
    village, school = np.nonzero(np.isfinite(minutes))
    cost = pd.DataFrame({"origin": village, "dest": school, "cost": minutes[village, school]})
    demand = pd.DataFrame({"geoid": range(VILLAGES), "demand": pupils}).set_index("geoid")
    supply = pd.DataFrame({"geoid": range(SCHOOLS), "supply": places}).set_index("geoid")
    scores = fca.two_stage_fca(demand, supply, cost, demand_index=True, supply_index=True, **how)
    return scores.reindex(range(VILLAGES), fill_value=0).to_numpy()


@pytest.mark.parametrize("seed", range(5))
def test_two_step_agrees(seed):
    fca = pytest.importorskip("access.fca")
    minutes, pupils, places = _county(seed)
    theirs = _theirs(fca, minutes, pupils, places, max_cost=30)
    ours = two_step(minutes, pupils, places, limit=30)
    assert (ours > 0).any()
    assert (ours == 0).any() or seed
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_enhanced_two_step_agrees(seed):
    fca = pytest.importorskip("access.fca")
    weights = pytest.importorskip("access.weights")
    minutes, pupils, places = _county(seed)
    step = weights.step_fn(dict(zip(ZONES, WEIGHTS, strict=True)))
    theirs = _theirs(fca, minutes, pupils, places, max_cost=30, weight_fn=step)
    ours = enhanced_two_step(minutes, pupils, places, zones=ZONES, weights=WEIGHTS)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_gini_and_theil_agree(seed):
    their_gini = pytest.importorskip("inequality.gini")
    their_theil = pytest.importorskip("inequality.theil")
    rng = np.random.default_rng(seed)
    minutes, pupils = rng.gamma(2, 15, 80) + 0.1, rng.integers(1, 40, 80)
    # they count units without weights, so every pupil is a unit of their own
    each = np.repeat(minutes, pupils)
    assert gini(minutes, pupils) == pytest.approx(their_gini.Gini(each).g, rel=1e-9)
    assert theil(minutes, pupils) == pytest.approx(float(their_theil.Theil(each).T), rel=1e-9)
