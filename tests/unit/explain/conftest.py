"""A still smaller county: explaining a plan solves it again and again.

The names are its own. A fixture that overrides another of the same name would share whatever the
outer fixtures that depend on it have kept for the rest of the session.
"""

import pytest

import layoutplan as lp


@pytest.fixture(scope="session")
def tiny():
    return lp.example.county(seed=5, villages=14)


@pytest.fixture(scope="session")
def tiny_times(tiny):
    return lp.travel_times(tiny)


@pytest.fixture(scope="session")
def tiny_today(tiny, tiny_times):
    plan = lp.evaluate(tiny, tiny_times)
    lp.assert_plan_valid(plan)
    return plan


@pytest.fixture(scope="session")
def tiny_plan(tiny, tiny_times):
    plan = lp.propose(tiny, tiny_times)
    lp.assert_plan_valid(plan)
    return plan
