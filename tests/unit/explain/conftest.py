"""A still smaller county: explaining a plan solves it again and again."""

import pytest

import layoutplan as lp


@pytest.fixture(scope="session")
def small():
    return lp.example.county(seed=2, villages=20)
