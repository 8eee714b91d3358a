"""The five gates against numbers worked out by hand: pass, fail, open and unknown."""

from dataclasses import replace

import pandas as pd
import pytest
from two_schools import FOR_IT, A, B, check, votes

import layoutplan as lp
from layoutplan.errors import OptionsError
from layoutplan.gates import gates
from layoutplan.gates.losses import losses
from layoutplan.standards import standards


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


def test_losses_of_a_plan_that_was_found(small_plan):
    lost = losses(small_plan)
    gone = small_plan.decisions.query("action in ['close', 'teaching_point']")
    assert set(gone.index) <= set(lost.proposals.index)
    moved = small_plan.moves.query("from_site in @lost.proposals.index")
    assert lost.ways["pupils"].sum() <= moved["pupils"].sum()
