"""The gate of boarding: beds, canteens and places of those who receive."""

from dataclasses import replace

import pandas as pd
import pytest
from two_schools import A, B, check

import layoutplan as lp
from layoutplan.gates import gates


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
