"""What the tests share: a small made-up county, today's plan and a proposed one."""

import gc
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import Phase, settings

import layoutplan as lp

# Text as the command line keeps it. LAYOUTPLAN_TEXT=pyarrow: as in a notebook beside pyarrow.
pd.set_option("mode.string_storage", os.environ.get("LAYOUTPLAN_TEXT", "python"))

# The same examples in every run, so that a red run can be repeated; plans are dear,
# and shrinking one would take longer than all other tests together.
settings.register_profile(
    "repeatable", derandomize=True, phases=[Phase.explicit, Phase.generate], print_blob=True
)
settings.load_profile("repeatable")


def pytest_collection_finish():
    """Spare the collector of garbage what stays to the end: modules and thousands of tests."""
    gc.freeze()


ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def small():
    return lp.example.county(seed=1, villages=40)


@pytest.fixture(scope="session")
def small_times(small):
    return lp.travel_times(small)


@pytest.fixture(scope="session")
def small_today(small, small_times):
    plan = lp.evaluate(small, small_times)
    lp.assert_plan_valid(plan)
    return plan


@pytest.fixture(scope="session")
def small_plan(small, small_times):
    plan = lp.propose(small, small_times, gap=0.01)
    lp.assert_plan_valid(plan)
    return plan


@pytest.fixture(scope="session")
def shared():
    """Give the folder of real cases, or skip where it is absent."""
    if not (SHARED / "cases").is_dir():
        pytest.skip("the real cases are not here")
    return SHARED
