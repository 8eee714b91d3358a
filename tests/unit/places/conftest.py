"""A made-up county and its layers."""

import pytest
from frames_in_systems import frames_of

import layoutplan as lp


@pytest.fixture(scope="session")
def made():
    return lp.example.county(seed=3, villages=100)


@pytest.fixture
def frames(made):
    return frames_of(made)
