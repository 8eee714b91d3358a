"""The five gates against numbers worked out by hand: pass, fail, open and unknown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.errors import DataError, OptionsError
from layoutplan.gates import gates
from layoutplan.gates.check import Check
from layoutplan.gates.class_sizes import (
    classes_needed,
    even_largest_class,
    least_largest_class,
)
from layoutplan.gates.declared import (
    GATE_CHECKS,
    GATE_NAMES,
    GATE_TABLES,
    GATES,
    STEPS,
    VERDICTS,
)
from layoutplan.gates.losses import losses
from layoutplan.standards import standards
from layoutplan.tables import BANDS
from layoutplan.words import LANGUAGES, catalogue

A = {"kind": "primary", "places": 90, "classrooms": 6, "beds": 0}
B = {"kind": "primary", "places": 270, "classrooms": 6, "beds": 0}


def votes(*rows):
    columns = ["school_id", "gate", "votes_for", "votes_against", "date"]
    return pd.DataFrame(list(rows), columns=columns)


FOR_IT = votes(("A", "parents", 30, 10, "2026-05-12"), ("A", "hearing", 9, 2, "2026-05-20"))


@pytest.fixture(name="closing", scope="module")
def _closing(draw):
    """Close A: its pupils of V1 go from A, 5 minutes, to B. Plans never change: one a county."""
    decisions, plans = {}, {}

    def make(*, to_b=25.0, from_a=5.0, a=A, b=B, v1=(40, 0, 0), v2=(30, 20, 0), action="close",
             rules=None, **more):  # fmt: skip
        ways = {("V1", "A"): from_a, ("V2", "B"): 5.0}
        if to_b is not None:
            ways["V1", "B"] = to_b
        flows = [{"village_id": v, "school_id": s} | {f"pupils_{k}": n for k, n in zip(BANDS, p,
                 strict=True)} for v, s, p in (("V1", "A", v1), ("V2", "B", v2))]  # fmt: skip
        county, times = draw({"V1": v1, "V2": v2}, {"A": a, "B": b}, ways, flows=flows)
        # What is decided hangs on the schools alone, whoever lives where.
        decided = repr((a, b, action))
        if decided not in decisions:
            decisions[decided] = lp.evaluate(county, times).decisions_with({"A": action})
        if (county, action) not in plans:
            plan = lp.evaluate(county, times, decisions[decided], name="plan")
            plans[county, action] = plan
        plan = plans[county, action]
        # The same layout, to the pupil, under other standards: only the gates judge anew.
        return gates(replace(plan, standards=rules) if rules else plan, **more)

    return make


def check(done, name, **known):
    found = [c for c in done.checks if c.name == name]
    for key, value in known.items():
        found = [c for c in found if getattr(c, key) == value]
    assert len(found) == 1, done.checks
    return found[0]


def test_a_closure_that_nothing_stands_against(closing):
    done = closing(votes=FOR_IT)
    assert done.verdicts.loc["A"].tolist() == ["pass"] * 6
    assert done.must_not_be_forced == ()
    way = check(done, "way")
    assert (way.pupils, way.value, way.before, way.limit) == (0, 25.0, 5.0, 30.0)
    places = check(done, "places")
    assert (places.value, places.before, places.limit) == (90, 50, 270)
    # six classrooms and six grades: 24, 23, 23, 7, 7 and 6 pupils, today 10 at most
    assert (check(done, "class_size").value, check(done, "class_size").before) == (24, 10)
    row = done.proposals.loc["A"]
    assert row[["proposal", "bands", "pupils", "moved", "without_school", "receivers"]].tolist() \
        == ["closed", "g13 g46", 40, 40, 0, "B"]  # fmt: skip


def test_votes_that_are_not_recorded_are_open(closing):
    done = closing()
    assert done.verdicts.loc["A"].tolist() == ["open", "open", "pass", "pass", "pass", "open"]
    half = closing(votes=FOR_IT.iloc[:1])
    assert [half.verdict("A", g) for g in ("parents", "hearing")] == ["pass", "open"]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [((10, 11), "fail"), ((10, 10), "pass"), ((11, 10), "pass"), ((0, 1), "fail")],
)
@pytest.mark.parametrize("gate", ["parents", "hearing"])
def test_a_majority_is_more_than_half(closing, gate, said, verdict):
    done = closing(votes=votes(("A", gate, *said, "2026-05-12")))
    assert done.verdict("A", gate) == verdict
    rows = done.rows("en").set_index("gate")
    assert rows.loc[gate, "concerned"] == (40 if verdict == "fail" else 0)
    assert done.must_not_be_forced == (("A",) if verdict == "fail" else ())
    assert f"{said[1]} against" in rows.loc[gate, "finding"]


def test_the_last_vote_counts(closing):
    both = votes(("A", "parents", 1, 9, "2026-05-12"), ("A", "parents", 9, 1, "2026年6月2日"))
    assert closing(votes=both).verdict("A", "parents") == "pass"
    assert closing(votes=both.iloc[::-1]).verdict("A", "parents") == "pass"
    assert closing(votes=both.iloc[:1]).verdict("A", "parents") == "fail"


def test_a_school_without_pupils_has_no_parents_to_ask(closing):
    done = closing(v1=(0, 0, 0))
    assert done.verdicts.loc["A"].tolist() == ["pass", "open", "pass", "pass", "pass", "open"]
    assert done.ways.empty
    assert done.rows()["pupils"].eq(0).all()
    assert done.opinion("A", "zh").splitlines()[0].endswith("：没有学生需要转学。")


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


@pytest.mark.parametrize(
    ("beds", "boarders", "verdict"),
    [
        (39, None, "fail"),  # 40 must board
        (40, None, "pass"),  # and no more than the 40 of grades 4-6 in all
        (None, None, "unknown"),
        (41, 2, "fail"),
        (42, 2, "pass"),
    ],
)
def test_beds(closing, beds, boarders, verdict):
    b = B | {"beds": beds, "canteen_places": 999}
    b |= {} if boarders is None else {"boarders": boarders}
    done = closing(to_b=80.0, v1=(0, 40, 0), v2=(30, 0, 0), b=b, boarding=True)
    assert done.verdict("A", "boarding") == verdict
    assert check(done, "beds").pupils == (40 if verdict == "fail" else 0)


def test_beds_that_may_be_taken_are_unknown(closing):
    far = {"to_b": 80.0, "v1": (0, 40, 0), "v2": (30, 20, 0), "boarding": True}
    b = B | {"beds": 50, "canteen_places": 999}
    assert closing(**far, b=b).verdict("A", "boarding") == "unknown"
    assert closing(**far, b=b | {"beds": 60}).verdict("A", "boarding") == "pass"


@pytest.mark.parametrize(
    ("canteen", "verdict"), [(39, "fail"), (40, "unknown"), (89, "unknown"), (90, "pass")]
)
def test_canteen(closing, canteen, verdict):
    done = closing(b=B | {"canteen_places": canteen})
    assert done.verdict("A", "boarding") == verdict


def test_a_canteen_that_is_not_given_matters_where_pupils_board(closing):
    assert closing().verdict("A", "boarding") == "pass"
    assert check(closing(), "canteen_not_given")
    far = closing(to_b=80.0, v1=(0, 40, 0), v2=(0, 0, 0), b=B | {"beds": 60})
    assert far.verdict("A", "boarding") == "unknown"


@pytest.mark.parametrize(("places", "verdict"), [(90, "pass"), (89, "fail")])
def test_places(closing, places, verdict):
    done = closing(b=B | {"places": places})
    assert done.verdict("A", "boarding") == verdict
    assert done.rows().set_index("gate").loc["boarding", "concerned"] == (
        40 if verdict == "fail" else 0
    )


def test_places_that_are_not_given_are_unknown(closing):
    bare = {"kind": "primary", "enrolment_g13": 30, "enrolment_g46": 20}
    done = closing(b=bare)
    assert done.verdict("A", "boarding") == "unknown"
    assert check(done, "places").verdict == "unknown"
    assert done.verdict("A", "size") == "unknown"


@pytest.mark.parametrize(("leaving", "verdict"), [(10, "pass"), (9, "fail")])
def test_a_receiver_over_its_places_already_fails_only_if_it_grows(draw, leaving, verdict):
    # B has 50 pupils and 40 places today; 10 come from A and some leave for C.
    county, times = draw(
        {"V1": (10, 0, 0), "V2": (50, 0, 0)},
        {"A": A, "B": B | {"places": 40}, "C": B},
        {("V1", "A"): 5, ("V1", "B"): 10, ("V2", "B"): 5, ("V2", "C"): 6},
        flows={"village_id": ["V1", "V2"], "school_id": ["A", "B"], "pupils_g13": [10, 50],
               "pupils_g46": [0, 0], "pupils_g79": [0, 0]},
    )  # fmt: skip
    today = lp.evaluate(county, times)
    rows = [("V1", "A", "B", 10), ("V2", "B", "C", leaving)]
    moves = pd.DataFrame(rows, columns=["village_id", "from_site", "to_site", "pupils"])
    decisions = today.decisions
    decisions.loc["A", ["action", "bands", "after_g13"]] = ["close", "", 0]
    decisions.loc["B", "after_g13"], decisions.loc["C", "after_g13"] = 60 - leaving, leaving
    tables = dict(today.tables) | {"decisions": decisions, "moves": moves.assign(band="g13")}
    done = gates(replace(today, tables=tables))
    assert done.verdict("A", "boarding") == verdict
    assert check(done, "places").value == 60 - leaving


@pytest.mark.parametrize(
    ("rooms", "verdict", "value", "limit"),
    [
        # 70 and 20 pupils: in two rooms the larger band sits in one of 70
        (2, "fail", 70, 66),
        # in three: grades of 24 | 23 | 23 + 7 + 7 + 6, neighbours together
        (3, "pass", 43, 56),
        (1, "fail", 90, 66),
    ],
)
def test_classes(closing, rooms, verdict, value, limit):
    done = closing(b=B | {"classrooms": rooms})
    assert done.verdict("A", "size") == verdict
    found = check(done, "class_size")
    assert (found.value, found.limit) == (value, limit)


def test_large_and_extra_large_classes_at_their_limits(closing):
    sizes = {}
    for v1 in (25, 26, 35, 36):
        done = closing(v1=(v1, 0, 0), v2=(30, 0, 0), b=B | {"classrooms": 1})
        found = check(done, "class_size")
        sizes[int(found.value)] = (found.verdict, found.limit)
    assert sizes == {
        55: ("pass", 56), 56: ("fail", 56), 65: ("fail", 56), 66: ("fail", 66),
    }  # fmt: skip


def test_classes_above_the_standard_are_remarked_and_do_not_fail(closing):
    done = closing(v1=(20, 0, 0), v2=(30, 0, 0), b=B | {"classrooms": 1})
    assert done.verdict("A", "size") == "pass"
    found = check(done, "above_standard_class")
    assert (found.value, found.before, found.limit) == (2, 1, 45)
    assert "above the standard size" in done.rows("en").set_index("gate").loc["size", "finding"]


def test_what_stands_already_is_not_the_closures_doing(draw):
    # B is oversized and has classes of 70 today; as many leave it as come.
    county, times = draw(
        {"V1": (10, 0, 0), "V2": (2100, 0, 0)},
        {"A": A, "B": B | {"places": 3000, "classrooms": 30}, "C": B},
        {("V1", "A"): 5, ("V1", "B"): 10, ("V2", "B"): 5, ("V2", "C"): 6},
        flows={"village_id": ["V1", "V2"], "school_id": ["A", "B"], "pupils_g13": [10, 2100],
               "pupils_g46": [0, 0], "pupils_g79": [0, 0]},
    )  # fmt: skip
    today = lp.evaluate(county, times)
    plan = lp.evaluate(county, times, today.decisions_with(A="close"))
    assert gates(plan).verdict("A", "size") == "fail"  # 2,110 pupils are more than 2,100
    flows = plan.assignment.copy()
    flows.loc[flows["village_id"].eq("V2"), "pupils"] -= 10
    less = pd.DataFrame([flows[flows["village_id"].eq("V2")].iloc[0]]).assign(
        site_id="C", pupils=10, minutes=6.0
    )
    decisions = plan.decisions
    decisions.loc["B", "after_g13"], decisions.loc["C", "after_g13"] = 2100, 10
    moves = pd.DataFrame(
        {"village_id": ["V1", "V2"], "band": "g13", "from_site": ["A", "B"],
         "to_site": ["B", "C"], "pupils": [10, 10]}
    )  # fmt: skip
    both = pd.concat([flows, less], ignore_index=True)
    tables = dict(plan.tables) | {"assignment": both, "decisions": decisions, "moves": moves}
    relieved = gates(replace(plan, tables=tables))
    assert relieved.verdict("A", "size") == "pass"
    assert check(relieved, "school_size").value == 2100


@pytest.mark.parametrize(
    ("kind", "pupils", "verdict"),
    [("primary", 2000, "pass"), ("primary", 2001, "fail"),
     ("nine_year", 2500, "pass"), ("nine_year", 2501, "fail")],
)  # fmt: skip
def test_size_of_school(closing, kind, pupils, verdict):
    b = {"kind": kind, "places": 9000, "classrooms": 200}
    done = closing(v2=(pupils - 40, 0, 0), b=b)
    assert check(done, "school_size").verdict == verdict
    assert done.verdict("A", "size") == verdict


def test_giving_up_grades_is_a_closure_of_these_grades(closing):
    done = closing(v1=(40, 25, 0), action="teaching_point")
    row = done.proposals.loc["A"]
    assert row[["proposal", "bands", "pupils", "receivers"]].tolist() == ["reduced", "g46", 25, "B"]
    assert set(done.ways["band"]) == {"g46"}


def test_a_school_kept_in_name_only_is_a_closure(draw):
    county, times = draw({"V1": (40, 0, 0)}, {"A": A, "B": B}, {("V1", "A"): 5, ("V1", "B"): 10})
    today = lp.evaluate(county, times)
    emptied = today.assignment.assign(site_id="B", minutes=10.0)
    decisions = today.decisions
    decisions.loc["A", "after_g13"], decisions.loc["B", "after_g13"] = 0, 40
    moves = pd.DataFrame(
        {"village_id": ["V1"], "band": "g13", "from_site": "A", "to_site": "B", "pupils": [40]}
    )
    tables = dict(today.tables) | {"assignment": emptied, "decisions": decisions, "moves": moves}
    done = gates(replace(today, tables=tables))
    row = done.proposals.loc["A"]
    assert row[["proposal", "action", "bands"]].tolist() == ["emptied", "keep", "g13"]
    assert "in name" in done.opinion("A", "en")


def test_today_and_new_schools_are_no_closures(draw):
    county, times = draw(
        {"V1": (40, 0, 0)},
        {"A": A},
        {("V1", "A"): 5, ("V1", "N"): 4},
        candidates={"N": {"kind": "primary", "places": 90}},
    )
    today = lp.evaluate(county, times)
    assert gates(today).proposals.empty
    assert gates(today).rows().empty
    assert gates(today).table("zh").empty
    assert "no school" in gates(today, lang="en")._repr_html_()
    new = lp.evaluate(county, times, today.decisions_with(N="new"))
    assert gates(new).proposals.empty
    # In place of A: the new school's rooms are not given, so its classes are unknown.
    swap = lp.evaluate(county, times, today.decisions_with(A="close", N="new"))
    done = gates(swap)
    assert done.proposals.loc["A", "receivers"] == "N"
    assert (done.verdict("A", "boarding"), done.verdict("A", "size")) == ("pass", "unknown")


def test_classes_to_build_are_said(draw):
    county, times = draw(
        {"V1": (40, 0, 0), "V2": (60, 0, 0)},
        {"A": A, "B": {"kind": "primary", "places": 90, "classrooms": 2, "max_extra_classes": 2}},
        {("V1", "A"): 5, ("V1", "B"): 10, ("V2", "B"): 5},
    )
    today = lp.evaluate(county, times)
    decisions = today.decisions_with(A="close", B="expand")
    done = gates(lp.evaluate(county, times, decisions))
    assert done.verdict("A", "boarding") == "pass"
    assert check(done, "build_first").value == 1
    assert (
        gates(lp.evaluate(county, times, today.decisions_with(A="close"))).verdict("A", "boarding")
        == "fail"
    )


def test_another_layout_to_hold_it_against(draw):
    county, times = draw(
        {"V1": (40, 0, 0), "V2": (60, 0, 0)},
        {"A": A, "B": B, "C": A},
        {("V1", "A"): 5, ("V1", "B"): 10, ("V2", "B"): 5, ("V2", "C"): 9, ("V1", "C"): 50},
    )
    today = lp.evaluate(county, times)
    first = lp.evaluate(county, times, today.decisions_with(C="close"))
    both = lp.evaluate(county, times, today.decisions_with(C="close", A="close"))
    assert set(gates(both).proposals.index) == {"A", "C"}
    assert set(gates(both, first).proposals.index) == {"A"}
    pd.testing.assert_frame_equal(gates(both, today).rows(), gates(both).rows())
    other, other_times = draw({"V1": (41, 0, 0)}, {"A": A}, {("V1", "A"): 5})
    with pytest.raises(OptionsError) as caught:
        gates(both, lp.evaluate(other, other_times))
    assert caught.value.findings[0].code == "gates_other_today"


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


def test_tables_keep_their_declaration(closing):
    done = closing(votes=FOR_IT)
    assert list(done.rows().columns) == [c.name for c in GATES.columns]
    assert list(done.check_rows().columns) == [c.name for c in GATE_CHECKS.columns]
    assert set(done.rows()["gate"]) == set(GATE_NAMES)
    assert set(done.rows()["status"]) <= {"confirmed", "assumption", "to-verify"}
    assert done.rows()["source"].str.contains("48号").all()
    for table in GATE_TABLES.values():
        for lang in LANGUAGES:
            headings = [getattr(c, lang) for c in table.columns]
            assert all(headings)
            assert len(set(headings)) == len(headings), table.name
        for column in table.columns:
            for option in column.options:
                key = {"kind": "kind", "in_plan": "action"}.get(column.name, column.name)
                assert f"{key}.{option}" in catalogue("zh"), (table.name, column.name)


def test_tables_are_copied_out(closing):
    done = closing()
    looked_at = done.proposals
    looked_at["pupils"] = 0
    assert done.proposals.loc["A", "pupils"] == 40


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_replace_every_code(closing, lang):
    done = closing(votes=FOR_IT)
    table = done.table(lang)
    verdict = next(c.zh if lang == "zh" else c.en for c in GATES.columns if c.name == "verdict")
    assert set(table[verdict]) == {catalogue(lang)["verdict.pass"]}
    assert not set(table.columns) & {"site_id", "township_id", "concerned"}
    text = done.opinion("A", lang)
    assert all(catalogue(lang)[f"gate.{g}"] in text for g in GATE_NAMES)
    assert done.opinion("B", lang) == ""


def test_every_check_has_words_for_what_it_can_say():
    import ast
    from pathlib import Path

    folder = Path(lp.__file__).parent / "gates"
    words = catalogue("en")
    spoken = {k.split(".")[1] for k in words if k.startswith("gate_check.")}
    literals = {
        n.value
        for path in (*folder.glob("by_*.py"), folder / "check.py")
        for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    assert spoken - {"vote_parents", "vote_hearing"} <= literals
    for name in spoken:
        said = {k.split(".")[2] for k in words if k.startswith(f"gate_check.{name}.")}
        assert said <= set(VERDICTS)
        assert said
    for step in STEPS:
        assert f"step.{step}" in words


def test_html_is_escaped_and_signed(draw):
    name = "<script>alert(1)</script>"
    county, times = draw(
        {"V1": (40, 0, 0)},
        {"A": A | {"name": name}, "B": B | {"name": "{braces} & <b>"}},
        {("V1", "A"): 5, ("V1", "B"): 40},
    )
    today = lp.evaluate(county, times)
    plan = lp.evaluate(county, times, today.decisions_with(A="close"))
    hostile = votes(("A", "parents", 1, 2, "2026-05-12")).assign(evidence="x'y&.pdf")
    html = gates(plan, votes=hostile)._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "{braces}" in html
    assert "&lt;script&gt;" in html
    assert "✘" in html
    assert "color:#B84A00" in html


def test_a_class_that_even_grades_make_large_is_unknown(closing):
    # 57, 57 and 56 pupils of grades 1-3 in four rooms: pooled, 170 / 4 = 43 would do.
    done = closing(v1=(20, 0, 0), v2=(150, 0, 0), b=B | {"classrooms": 4})
    assert check(done, "even_class_size").verdict == "unknown"
    assert done.verdict("A", "size") == "unknown"
    found = check(done, "even_class_size")
    assert (found.value, found.before, found.limit, found.pupils) == (57, 50, 56, 0)
    assert found.value > least_largest_class([[170, 0, 0]], [4])[0] == 43
    assert "57" in done.rows("zh").set_index("gate").loc["size", "finding"]
    # One room less: 57 is proved, whoever sits in which class.
    three = closing(v1=(20, 0, 0), v2=(150, 0, 0), b=B | {"classrooms": 3})
    assert check(three, "class_size").verdict == "fail"
    # Two more: every grade in two classes but one, and it is pupils 29 and 28.
    six = closing(v1=(20, 0, 0), v2=(150, 0, 0), b=B | {"classrooms": 6})
    assert (check(six, "class_size").verdict, check(six, "class_size").value) == ("pass", 29)


def test_extra_large_classes_of_even_grades(closing):
    done = closing(v1=(48, 0, 0), v2=(150, 0, 0), b=B | {"classrooms": 4})
    assert (check(done, "even_class_size").value, check(done, "even_class_size").limit) == (66, 66)


def test_large_classes_of_even_grades_that_stand_already_pass(closing):
    # Grades of 60 in four rooms today; nobody comes to grades 1-3.
    done = closing(v1=(0, 10, 0), v2=(180, 0, 0), b=B | {"classrooms": 5})
    found = check(done, "class_size")
    assert (found.verdict, found.value, found.before) == ("pass", 60, 60)


@pytest.mark.parametrize(
    ("standard", "gate", "enough", "more"),
    [
        ("closure_travel_pupils_max", "travel", 40, {"to_b": 31.0}),
        ("closure_travel_pupils_max", "travel", 40, {"to_b": None}),
        ("closure_receivers_unfit_max", "boarding", 1, {"b": B | {"places": 80}}),
        ("closure_receivers_oversized_max", "size", 1, {"b": B | {"classrooms": 1}}),
    ],
)
def test_the_standard_of_a_gate_moves_it(closing, standard, gate, enough, more):
    assert closing(**more).verdict("A", gate) == "fail"
    short = standards().with_values(**{standard: enough - 1})
    assert closing(**more, rules=short).verdict("A", gate) == "fail"
    done = closing(**more, rules=standards().with_values(**{standard: enough}))
    assert done.verdict("A", gate) == "pass"
    assert "A" not in done.must_not_be_forced
    for lang, said in (("zh", "未超过本地标准"), ("en", "the county's standards allow")):
        row = done.rows(lang).set_index("gate").loc[gate]
        # What was found is said all the same, with the number that is allowed.
        assert (row["verdict"], row["concerned"], row["status"]) == ("pass", 40, "assumption")
        assert said in row["finding"]
        assert not row["finding"].startswith(("上述", "This"))


def test_what_is_allowed_to_fail_leaves_what_is_unknown(closing):
    rules = standards().with_values(closure_receivers_unfit_max=1)
    b = B | {"places": 80, "canteen_places": 50}
    assert closing(b=b).verdict("A", "boarding") == "fail"
    assert closing(b=b, rules=rules).verdict("A", "boarding") == "unknown"


def test_the_order_of_rows_changes_nothing(small, small_today):
    closed = ["2134100129", "2134100195", "3134100190"]
    plan = lp.evaluate(
        small, small_today.times, small_today.decisions_with(dict.fromkeys(closed, "close"))
    )
    other = lp.County.from_tables(
        **{
            n: small.table(n).sample(frac=1, random_state=3) if len(small.table(n)) else None
            for n in ("villages", "schools", "roads", "townships", "candidates", "flows")
        },
        name=small.name,
    )
    times = small_today.times.aligned(list(other.villages.index), list(other.sites.index))
    again = lp.evaluate(
        other, times, lp.evaluate(other, times).decisions_with(dict.fromkeys(closed, "close"))
    )
    said = votes(*[(s, "parents", 1, 2, "2026-01-02") for s in closed])
    one, two = gates(plan, votes=said), gates(again, votes=said.iloc[::-1])
    pd.testing.assert_frame_equal(one.rows("en"), two.rows("en"))
    pd.testing.assert_frame_equal(one.check_rows("en"), two.check_rows("en"))
    assert one._repr_html_() == two._repr_html_()


def test_least_largest_class_against_brute_force():
    rng = np.random.default_rng(1)
    pupils, classes = rng.integers(0, 90, (60, 3)), rng.integers(1, 8, 60)
    for p, c, found in zip(pupils, classes, least_largest_class(pupils, classes), strict=True):
        if (p > 0).sum() > c:
            assert found == -(-p.sum() // c)
            continue
        splits = [
            (i, j, c - i - j)
            for i in range(c + 1)
            for j in range(c + 1 - i)
            if all(n > 0 or q == 0 for n, q in zip((i, j, c - i - j), p, strict=True))
        ]
        best = min(max((-(-q // n) if n else 0) for q, n in zip(p, s, strict=True)) for s in splits)
        assert found == best


def test_even_largest_class_is_that_of_the_class_table():
    from layoutplan.assessment.class_table import grade_pupils, taught_together, whole_classes

    rng = np.random.default_rng(2)
    pupils, classes = rng.integers(0, 200, (300, 3)), rng.integers(1, 14, 300)
    pupils[rng.random(pupils.shape) < 0.3] = 0
    found = even_largest_class(pupils, classes)
    for p, rooms, largest in zip(pupils, classes, found, strict=True):
        grades = grade_pupils(p).reshape(1, -1)
        if (grades > 0).sum() > rooms:
            taught = grades[grades > 0]
            number = taught_together(taught.tolist(), rooms=int(rooms))
            assert largest == np.bincount(number, weights=taught).max()
        else:
            # Classes of one pupil are wanted, so that all rooms are used.
            size, room = np.ones(grades.shape), np.array([float(rooms)])
            held = whole_classes(grades, size=size, rooms=room)
            assert largest == (-(-grades // np.maximum(held, 1))).max()


@pytest.mark.parametrize("site", ["2134100187", "2134100303", "3134100190"])
def test_no_closure_passes_that_makes_large_classes_by_the_class_table(small, small_today, site):
    from layoutplan.assessment.class_table import class_table

    plan = lp.evaluate(small, small_today.times, small_today.decisions_with({site: "close"}))
    done = gates(plan)
    there = done.proposals.at[site, "receivers"].split()
    tables = [class_table(p) for p in (small_today, plan)]
    before, after = (t.loc[t["site_id"].isin(there), "large"].sum() for t in tables)
    assert after > before
    assert done.verdict(site, "size") in {"unknown", "fail"}


def test_classes_at_their_edges():
    assert even_largest_class([[5, 0, 0], [0, 0, 0]], [0, 0]).tolist() == [np.inf, 0]
    assert least_largest_class([[0, 0, 0]], [0]).tolist() == [0]
    assert least_largest_class([[5, 0, 0]], [0]).tolist() == [np.inf]
    assert classes_needed([[45, 46, 0]], [45, 45, 50]).tolist() == [3]


def test_verdicts_are_those_of_the_checks():
    bare = Check(site_id="A", gate="travel", name="seen", verdict="pass")
    assert bare.words("en", {}).startswith("No unsafe way")
    with pytest.raises(KeyError):
        replace(bare, verdict="fail").words("en", {})


def test_losses_of_a_plan_that_was_found(small_plan):
    lost = losses(small_plan)
    gone = small_plan.decisions.query("action in ['close', 'teaching_point']")
    assert set(gone.index) <= set(lost.proposals.index)
    moved = small_plan.moves.query("from_site in @lost.proposals.index")
    assert lost.ways["pupils"].sum() <= moved["pupils"].sum()
