"""Classes: whole pupils in whole classes, against hand and against brute force."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutplan.assessment import assess, class_table
from layoutplan.assessment.class_table import grade_pupils, taught_together, whole_classes


def test_grades_by_hand():
    assert grade_pupils(np.array([0, 1, 2, 3, 50])).tolist() == [
        [0, 0, 0],
        [1, 0, 0],
        [1, 1, 0],
        [1, 1, 1],
        [17, 17, 16],
    ]


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20))
def test_grades_keep_every_pupil(pupils):
    split = grade_pupils(np.array(pupils))
    assert split.sum(axis=1).tolist() == pupils
    assert (split.max(axis=1) - split.min(axis=1) <= 1).all()


@pytest.mark.parametrize(
    ("pupils", "size", "rooms", "classes"),
    [
        ([45, 45, 45], 45, 3, [1, 1, 1]),
        # the 46th pupil opens a class, if there is a room for it
        ([46, 45, 45], 45, 4, [2, 1, 1]),
        ([46, 45, 45], 45, 3, [1, 1, 1]),
        ([50, 46, 20], 45, 4, [2, 1, 1]),
        # of equal grades the lowest gets the room
        ([50, 50, 50], 45, 4, [2, 1, 1]),
        # rooms beyond what is wanted stay empty
        ([10, 0, 3], 45, 9, [1, 0, 1]),
        ([100, 100, 100], 45, np.nan, [3, 3, 3]),
        ([0, 0, 0], 45, 0, [0, 0, 0]),
    ],
)
def test_classes_by_hand(pupils, size, rooms, classes):
    found = whole_classes(
        np.array([pupils]), size=np.full((1, 3), float(size)), rooms=np.array([float(rooms)])
    )
    assert found.tolist() == [classes]


@given(
    pupils=st.lists(st.integers(0, 140), min_size=3, max_size=3),
    rooms=st.integers(3, 9),
    size=st.sampled_from([30.0, 45.0]),
)
def test_classes_are_as_small_as_the_rooms_allow(pupils, rooms, size):
    found = whole_classes(np.array([pupils]), size=np.full((1, 3), size), rooms=np.array([rooms]))[
        0
    ]
    wanted = [int(np.ceil(p / size)) for p in pupils]
    if sum(wanted) <= rooms:
        assert found.tolist() == wanted
        return
    assert found.sum() == rooms

    def largest(classes):
        return max(p / c if c else (0 if p == 0 else np.inf)
                   for p, c in zip(pupils, classes, strict=True))  # fmt: skip

    best = min(largest(c) for c in product(range(rooms + 1), repeat=3) if sum(c) <= rooms)
    assert largest(found) == pytest.approx(best)


@given(
    pupils=st.lists(st.integers(1, 40), min_size=2, max_size=7),
    rooms=st.integers(1, 6),
)
def test_grades_taught_together_fill_the_rooms_best(pupils, rooms):
    rooms = min(rooms, len(pupils))
    number = np.array(taught_together(pupils, rooms=rooms))
    assert number[0] == 0
    assert set(np.diff(number)) <= {0, 1}
    assert number[-1] < rooms
    largest = np.bincount(number, weights=pupils).max()
    cuts = (c for k in range(rooms) for c in combinations(range(1, len(pupils)), k))
    best = min(max(sum(pupils[a:b]) for a, b in zip((0, *c), (*c, len(pupils)), strict=True))
               for c in cuts)  # fmt: skip
    assert largest == best


def test_table_by_hand(merged_plan):
    table = class_table(merged_plan).set_index(["site_id", "grade"])
    # A: nine grades in two rooms; 17 + 17 + 16 + 10 pupils and five grades of ten
    a = table.loc["A"]
    assert a["pupils"].tolist() == [17, 17, 16, 10, 10, 10, 10, 10, 10]
    assert a["classes"].tolist() == [1, 0, 0, 0, 1, 0, 0, 0, 0]
    assert a["largest"].tolist() == [60] * 4 + [50] * 5
    assert a["together"].all()
    assert a["size"].tolist() == [45] * 6 + [50] * 3
    assert a["large"].sum() == 1
    assert not a["few"].any()
    b = table.loc["B"]
    assert b["pupils"].tolist() == [9, 8, 8, 4, 3, 3]
    assert b["largest"].tolist() == [17, 17, 18, 18, 18, 18]
    assert b["few"].all()
    assert "C" not in table.index
    assert table["pupils"].sum() == merged_plan.pupils_assigned


def _with_rooms(plan, **rooms):
    decisions = plan.decisions
    for site, number in rooms.items():
        decisions = decisions.assign(
            classes=decisions["classes"].astype(float).mask(decisions.index == site, number)
        )
    return replace(plan, tables={**plan.tables, "decisions": decisions})


def test_enough_rooms_make_no_large_class(merged_plan):
    done = assess(_with_rooms(merged_plan, A=20, B=20), lang="en")
    assert done.value("class_size_largest") == 17
    assert done.value("classes_short") == 0
    assert done.value("schools_multigrade") == 0
    assert done.value("class_size_mean") == pytest.approx(145 / 15)


def test_classes_of_a_grade_differ_by_one_pupil_at_most(merged_plan):
    # 57 + 56 + 56 pupils of grades 1-3 in 3 rooms: one class has 57, two have 56
    assignment = merged_plan.assignment
    assignment.loc[0, "pupils"] += 119
    decisions = merged_plan.decisions.assign(classes=9)
    decisions.loc["A", "after_g13"] += 119
    demand = merged_plan.demand
    demand.loc["V1", "g13"] += 119
    tables = {"assignment": assignment, "decisions": decisions, "demand": demand}
    plan = replace(merged_plan, tables={**merged_plan.tables, **tables})
    at = class_table(plan).set_index(["site_id", "grade"]).loc["A"]
    assert at["largest"].tolist()[:3] == [57, 56, 56]
    for least, large in ((56, 3), (57, 1), (58, 0)):
        held = replace(plan, standards=plan.standards.with_values(large_class_pupils=least))
        assert class_table(held)["large"].sum() == large
        assert assess(held, lang="en").value("classes_large") == large


def test_rooms_that_are_not_known_bind_nobody_and_are_named(merged_plan):
    plan = _with_rooms(merged_plan, A=np.nan)
    done = assess(plan, lang="en")
    assert done.value("class_size_largest") == 18
    left = done.left_out.set_index("indicator")
    assert left.at["class_size_largest", "reason"] == "no_rooms"
    assert left.at["class_size_largest", "ids"] == "A"


def test_teaching_points_have_smaller_classes(merged_plan):
    # B keeps grades 1-3 only: 30 pupils to a class
    decisions = merged_plan.decisions.assign(classes=9)
    decisions.loc["B", ["action", "bands"]] = ["teaching_point", "g13"]
    plan = replace(merged_plan, tables={**merged_plan.tables, "decisions": decisions})
    table = class_table(plan).set_index(["site_id", "grade"])
    assert table.at[("B", 1), "size"] == plan.standards.value("class_size_teaching_point")
    assert table.at[("A", 1), "size"] == plan.standards.value("class_size_primary")


def test_every_pupil_sits_in_a_class(small_plan):
    table = class_table(small_plan)
    assert table["pupils"].sum() == small_plan.pupils_assigned
    rooms = small_plan.decisions["classes"]
    used = table.groupby("site_id")["classes"].sum()
    assert (used <= rooms.reindex(used.index)).all()
    assert not table.duplicated(["site_id", "grade"]).any()
    assert (table["over_size"] <= table["classes"]).all()
    pd.testing.assert_frame_equal(table, table.sort_values(["site_id", "grade"]))
