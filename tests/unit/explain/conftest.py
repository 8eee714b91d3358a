"""A still smaller county: explaining a plan solves it again and again."""

import pytest

import layoutplan as lp


@pytest.fixture(scope="session")
def small():
    return lp.example.county(seed=2, villages=20)


@pytest.fixture(scope="session")
def small_times(small):
    # Named anew beside its county: the outer one of this name may hold another county's times.
    return lp.travel_times(small)
