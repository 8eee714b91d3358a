"""A county and its pupils of the years to come."""

import pytest

import layoutplan as lp


@pytest.fixture(scope="module")
def county():
    return lp.example.county(seed=2, villages=24)


@pytest.fixture(scope="module")
def times(county):
    return lp.travel_times(county)


@pytest.fixture(scope="module")
def projection(county):
    return lp.project(county, years=8)
