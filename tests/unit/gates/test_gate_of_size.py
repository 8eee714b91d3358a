"""The gate of size: classes and schools, and the least they can be."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from two_schools import A, B, check

import layoutplan as lp
from layoutplan.gates import gates
from layoutplan.gates.class_sizes import (
    classes_needed,
    even_largest_class,
    least_largest_class,
)


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
