"""Made-up counties of many tests, each made once: nothing done to a table reaches them."""

from functools import cache

import layoutplan as lp


@cache
def county_of(seed, villages=30):
    """Give the county and its travel times on foot."""
    county = lp.example.county(seed=seed, villages=villages)
    return county, lp.travel_times(county)


@cache
def today_of(seed, villages=30):
    """Give the county's present layout."""
    plan = lp.evaluate(*county_of(seed, villages))
    lp.assert_plan_valid(plan)
    return plan


@cache
def proposed(seed, villages=30):
    """Give what is proposed for the county where nothing further is asked."""
    plan = lp.propose(*county_of(seed, villages))
    lp.assert_plan_valid(plan)
    return plan
