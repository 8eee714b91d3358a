"""The gate of travel: limits, ways that are unsafe, unknown or across country."""

from dataclasses import replace

import pandas as pd
import pytest
from two_schools import A, B, check

import layoutplan as lp
from layoutplan.errors import DataError
from layoutplan.gates import gates
from layoutplan.standards import standards


@pytest.mark.parametrize(
    ("before", "after", "verdict", "name"),
    [
        (5, 30, "pass", "longer"),
        (5, 30.01, "fail", "longer"),
        (29, 31, "fail", "longer"),
        (50, 60, "fail", "longer"),
        (50, 50, "pass", "stays_beyond"),
        (50, 45, "pass", "stays_beyond"),
        (50, 20, "pass", None),
    ],
)
def test_travel_fails_where_pupils_end_beyond_the_limit_and_farther(
    closing, before, after, verdict, name
):
    done = closing(from_a=before, to_b=after)
    assert done.verdict("A", "travel") == verdict
    row = done.rows("en").set_index("gate").loc["travel"]
    assert row["concerned"] == (40 if verdict == "fail" else 0)
    assert row["minutes"] == after
    remarks = {c.name for c in done.checks if c.gate == "travel"} - {"way", "seen"}
    assert remarks == ({name} if name else set())


def test_a_limit_of_the_county_moves_the_gate(closing):
    rules = standards().with_values(travel_limit_minutes_g13=20)
    assert closing().verdict("A", "travel") == "pass"
    done = closing(rules=rules)
    assert done.verdict("A", "travel") == "fail"
    assert done.rows().set_index("gate").loc["travel", "status"] == "assumption"


def test_pupils_without_a_school_fail_the_gate_of_travel(closing):
    done = closing(to_b=None)
    assert done.verdict("A", "travel") == "fail"
    assert check(done, "without_school").pupils == 40
    row = done.proposals.loc["A"]
    assert row[["moved", "without_school", "receivers"]].tolist() == [0, 40, ""]
    assert done.rows().set_index("gate").loc["travel", "concerned"] == 40
    # Nobody knows what a school that is not there could take, lodge, feed or seat.
    assert [done.verdict("A", g) for g in ("boarding", "size")] == ["unknown", "unknown"]
    assert {c.value for c in done.checks if c.name == "no_receiver"} == {40}
    assert done.opinion("A", "zh").splitlines()[0].endswith("：40 名学生无接收学校。")
    assert done.opinion("A", "en").splitlines()[0].endswith(": no receiving school for 40 pupils.")
    assert "没有学生需要转学" not in done.opinion("A", "zh")


def test_an_unsafe_way_fails_where_the_old_one_was_safe(closing):
    new = pd.DataFrame({"village_id": ["V1"], "school_id": ["B"], "hazard": ["ford <b>"]})
    done = closing(unsafe_ways=new)
    assert done.verdict("A", "travel") == "fail"
    assert check(done, "unsafe").pupils == 40
    old = pd.DataFrame({"village_id": ["V1", "V1"], "school_id": ["A", "B"], "hazard": ["x", "y"]})
    assert closing(unsafe_ways=old).verdict("A", "travel") == "pass"
    with pytest.raises(DataError) as caught:
        closing(unsafe_ways=new.assign(village_id="V9", school_id="S9"))
    assert {f.column for f in caught.value.findings} == {"village_id", "school_id"}


def test_grades_that_may_board_leave_travel_to_boarding(closing):
    far = {"to_b": 80.0, "v1": (0, 40, 0), "v2": (30, 0, 0)}
    by_day = closing(**far, b=B)
    assert by_day.verdict("A", "travel") == "fail"
    # Who has a bed in the plan boards; who might board is asked for with an option.
    lodged = closing(**far, b=B | {"beds": 60})
    assumed = closing(**far, b=B, boarding=True)
    for boards in (lodged, assumed):
        assert boards.verdict("A", "travel") == "pass"
        assert check(boards, "boards").pupils == 40
    some = closing(**far, b=B | {"beds": 30})
    assert some.verdict("A", "travel") == "fail"
    assert check(some, "boards").pupils == 30
    assert check(some, "way").pupils == 10
    young = closing(to_b=80.0, b=B | {"beds": 60}, boarding=True)
    assert young.verdict("A", "travel") == "fail"
    assert check(young, "too_young").pupils == 40
    assert not [c for c in young.checks if c.name == "beds"]


@pytest.mark.parametrize(("after", "verdict"), [(40, "unknown"), (20, "pass")])
def test_a_way_that_is_not_known_is_unknown(draw, after, verdict):
    ways = {("V1", "A"): 5, ("V1", "B"): 10}
    county, times = draw({"V1": (40, 0, 0)}, {"A": A, "B": B}, ways)
    today = lp.evaluate(county, times)
    plan = lp.evaluate(county, times, today.decisions_with(A="close"))
    _, without = draw({"V1": (40, 0, 0)}, {"A": A, "B": B}, {("V1", "B"): after})
    done = gates(replace(plan, times=without))
    assert done.verdict("A", "travel") == verdict
    assert done.rows().set_index("gate").loc["travel", "concerned"] == 0


def test_new_ways_across_country_are_pointed_out():
    import geopandas as gpd
    from shapely.geometry import LineString, Point

    def places(name, *points, **columns):
        frame = {name: [f"{name[0]}{i}" for i in range(len(points))]} | columns
        return gpd.GeoDataFrame(frame, geometry=[Point(p) for p in points], crs="EPSG:4548")

    y = 3400000
    county = lp.County.from_tables(
        villages=places("village_id", (500000, y + 400), pupils_g13=[40], pupils_g46=[0],
                        pupils_g79=[0]),
        schools=places("school_id", (500900, y), (500100, y + 400), kind="primary", places=90,
                       classrooms=6),
        roads=gpd.GeoDataFrame({"highway": ["primary"]}, crs="EPSG:4548",
                               geometry=[LineString([(490000, y), (510000, y)])]),
        flows=pd.DataFrame({"village_id": ["v0"], "school_id": ["s0"], "pupils_g13": [40],
                            "pupils_g46": [0], "pupils_g79": [0]}),
    )  # fmt: skip
    times = lp.travel_times(county)
    today = lp.evaluate(county, times)
    done = gates(lp.evaluate(county, times, today.decisions_with(s0="close")))
    assert done.verdict("s0", "travel") == "pass"
    assert check(done, "no_road").pupils == 40
    assert "across country" in done.rows("en").set_index("gate").loc["travel", "finding"]


def test_ways_that_are_too_long_may_be_allowed_to_grow_a_little(closing):
    rules = standards().with_values(closure_longer_minutes_max=5)
    assert closing(from_a=50, to_b=54).verdict("A", "travel") == "fail"
    assert closing(from_a=50, to_b=54, rules=rules).verdict("A", "travel") == "pass"
    assert closing(from_a=50, to_b=56, rules=rules).verdict("A", "travel") == "fail"
    # Whoever is within the limit today must stay within it all the same.
    assert closing(from_a=29, to_b=31, rules=rules).verdict("A", "travel") == "fail"
