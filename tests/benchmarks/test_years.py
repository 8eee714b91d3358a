"""What it costs to plan for today's pupils alone, and what roadmaps of the demo county take.

Run with ``uv run pytest -n 0 -m benchmark -o norecursedirs=.hypothesis -s tests/benchmarks``.
"""

import time

import pytest

import layoutplan as lp
from layoutplan.tables import BANDS

AHEAD = 10
PRICED = ("price_yuan_overload", "price_yuan_per_minute", "price_yuan_over_limit")


def yearly_cost(plan):
    """Price a plan for its pupils: overload, ways, limit, running cost and capital, a year."""
    rules = plan.standards
    flows, sites = plan.assignment, plan.decisions
    over = (sites[[f"after_{b}" for b in BANDS]].sum(axis=1) - sites["places"]).clip(lower=0).sum()
    limit = flows["band"].map({b: rules.value(f"travel_limit_minutes_{b}") for b in BANDS})
    far = flows.loc[(flows["minutes"] > limit) & flows["mode"].ne("board"), "pupils"].sum()
    minutes = (flows["minutes"] * flows["pupils"]).sum()
    overload, minute, beyond = (rules.value(key) for key in PRICED)
    fixed = sites["annual_yuan"].sum()
    fixed += sites["capital_yuan"].sum() / rules.value("capital_life_years")
    return {
        "overload": over, "minutes": minutes / max(flows["pupils"].sum(), 1), "beyond": far,
        "ways and overload": over * overload + minutes * minute + far * beyond,
        "all": over * overload + minutes * minute + far * beyond + fixed,
    }  # fmt: skip


@pytest.mark.benchmark
def test_planning_for_today_against_planning_for_the_years():
    county = lp.example.county(3, villages=400)
    times = lp.travel_times(county)
    ahead = lp.project(county, years=AHEAD)
    last, middle = ahead.years[-1], ahead.years[len(ahead.years) // 2]
    made = {"as it is": None}
    for name, year in (("today", ahead.base_year), ("middle", middle), ("last", last)):
        asked = county if year == ahead.base_year else ahead.county_in(year)
        made[f"for {name} ({year})"] = lp.propose(asked, times, time_limit=30).decisions
    print(
        f"\n{'plan':>18} {'places short':>13} {'minutes':>8} {'beyond':>7} "
        f"{'ways+overload':>14} {'all, yuan':>14}   (mean of {len(ahead.years)} years)"
    )
    for name, decisions in made.items():
        rows = [yearly_cost(lp.evaluate(ahead.county_in(y), times, decisions)) for y in ahead.years]
        mean = {k: sum(r[k] for r in rows) / len(rows) for k in rows[0]}
        print(f"{name:>18} {mean['overload']:13.1f} {mean['minutes']:8.2f} {mean['beyond']:7.1f} "
              f"{mean['ways and overload']:14,.0f} {mean['all']:14,.0f}")  # fmt: skip
        assert mean["all"] > 0


@pytest.mark.benchmark
@pytest.mark.parametrize("budget", [None, 1_200_000.0])
def test_roadmap_of_the_demo_county_in_30_seconds(budget):
    county = lp.example.county(3, villages=400)
    times = lp.travel_times(county)
    plan = lp.propose(county, times, time_limit=20)
    ahead = lp.project(county, years=AHEAD + 1)
    money = None if budget is None else dict.fromkeys(range(2027, 2027 + AHEAD), budget)
    began = time.perf_counter()
    found = lp.roadmap(plan, projection=ahead, budget_by_year=money, years=AHEAD, time_limit=25)
    seconds = time.perf_counter() - began
    print(
        f"\n{len(found.actions)} measures, {len(found.left_over)} left over, "
        f"{len(found.variants)} variants: {seconds:.1f} s, {found.solver.words('en')}"
    )
    lp.assert_roadmap_valid(found)
    assert seconds < 35
