"""What it costs to plan for today's pupils alone, and what roadmaps of the demo county take.

Run with ``uv run pytest -n 0 -m benchmark -o norecursedirs=.hypothesis -s tests/benchmarks``.
"""

import time

import pytest

import layoutplan as lp

AHEAD = 10


@pytest.fixture(scope="module")
def asked():
    county = lp.example.county(3, villages=400)
    return county, lp.travel_times(county), lp.project(county, years=AHEAD)


@pytest.fixture(scope="module")
def layout(asked):
    """One layout for all years and three variants."""
    _, times, ahead = asked
    began = time.perf_counter()
    found = lp.propose_ahead(ahead, times, time_limit=118)
    print(f"\none layout for {len(found.scenarios)} years and variants: "
          f"{time.perf_counter() - began:.0f} s, {found.words('en')}")  # fmt: skip
    return found, time.perf_counter() - began


@pytest.mark.benchmark
def test_a_projection_in_2_seconds(asked):
    county, _, _ = asked
    began = time.perf_counter()
    made = lp.project(county, years=AHEAD)
    seconds = time.perf_counter() - began
    print(f"\n{AHEAD} years, {len(made.variants)} variants: {seconds:.2f} s")
    assert seconds < 2


@pytest.mark.benchmark
def test_one_layout_for_the_years_within_2_percent_in_120_seconds(layout):
    found, seconds = layout
    lp.assert_plan_ahead_valid(found)
    assert found.solver.gap <= 0.02
    assert seconds < 125


@pytest.mark.benchmark
def test_planning_for_today_against_planning_for_the_years(asked, layout):
    county, times, ahead = asked
    last, middle = ahead.years[-1], ahead.years[AHEAD // 2]
    made = {"as it is": lp.evaluate(county, times)}
    for name, year in (("today", ahead.base_year), ("middle", middle), ("last", last)):
        made[f"for {name} ({year})"] = lp.propose(ahead.county_in(year), times, time_limit=30)
    made["for all years"] = layout[0].plan
    print(
        f"\n{'plan':>18} {'million yuan a year':>20} {'of it broken rules':>19} "
        f"{'beyond places':>14} {'worst year':>11}"
    )
    for name, plan in made.items():
        table = lp.cost_over_years(plan, ahead, years=[ahead.base_year, middle, last])
        weight = table["weight"].to_numpy()
        million = (table["yuan"] @ weight) / 1e6
        broken = (table["broken"] @ weight) / 1e6
        over, worst = table["beyond_places"] @ weight, table["yuan"].max() / 1e6
        print(f"{name:>18} {million:20.2f} {broken:19.2f} {over:14.1f} {worst:11.2f}")
        assert table["yuan"].min() > 0


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
