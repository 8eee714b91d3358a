"""Floating catchments against numbers worked out by hand, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layoutplan.assessment import assess
from layoutplan.assessment.floating_catchment import enhanced_two_step, two_step
from layoutplan.assessment.selections import nearest_open

# three villages, two schools
MINUTES = [[10.0, 40.0], [20.0, 25.0], [np.inf, 30.0]]
PUPILS = [30, 20, 10]
PLACES = [45, 40]


def test_two_step_by_hand():
    # the first school is shared by 30 + 20 pupils, the second by 20 + 10
    assert two_step(MINUTES, PUPILS, PLACES, limit=30) == pytest.approx(
        [45 / 50, 45 / 50 + 40 / 30, 40 / 30]
    )


def test_limit_itself_is_within():
    assert two_step(MINUTES, PUPILS, PLACES, limit=29.999)[2] == 0
    assert two_step(MINUTES, PUPILS, PLACES, limit=30)[2] > 0


def test_limits_may_differ_by_village():
    # the second village may not go farther than 20 minutes, so the third has all 40 places
    scores = two_step(MINUTES, PUPILS, PLACES, limit=[30, 20, 30])
    assert scores == pytest.approx([0.9, 0.9, 4.0])


def test_enhanced_by_hand():
    # weights: 1, 0; 0.68, 0.22; 0, 0.22
    first, second = 45 / (30 + 0.68 * 20), 40 / (0.22 * 20 + 0.22 * 10)
    scores = enhanced_two_step(MINUTES, PUPILS, PLACES, zones=(10, 20, 30), weights=(1, 0.68, 0.22))
    assert scores == pytest.approx([first, 0.68 * first + 0.22 * second, 0.22 * second])


def test_equal_weights_make_the_plain_method():
    plain = two_step(MINUTES, PUPILS, PLACES, limit=30)
    same = enhanced_two_step(MINUTES, PUPILS, PLACES, zones=(10, 20, 30), weights=(1, 1, 1))
    assert same == pytest.approx(plain)


def test_nobody_and_nothing():
    assert two_step(MINUTES, [0, 0, 0], PLACES, limit=30).tolist() == [0, 0, 0]
    assert two_step(MINUTES, PUPILS, [0, 0], limit=30).tolist() == [0, 0, 0]
    assert two_step(np.zeros((2, 0)), [1, 2], [], limit=30).tolist() == [0, 0]
    assert two_step(np.full((2, 1), np.inf), [1, 2], [5], limit=30).tolist() == [0, 0]


@given(
    minutes=hnp.arrays(float, (6, 4), elements=st.floats(0, 100)),
    pupils=hnp.arrays(int, 6, elements=st.integers(1, 200)),
    places=hnp.arrays(int, 4, elements=st.integers(0, 500)),
    weights=st.sampled_from([(1.0, 1.0, 1.0), (1.0, 0.68, 0.22), (1.0, 0.42, 0.09)]),
)
def test_places_are_neither_lost_nor_made_up(minutes, pupils, places, weights):
    zones = (20.0, 40.0, 60.0)
    scores = enhanced_two_step(minutes, pupils, places, zones=zones, weights=weights)
    reached = (minutes <= zones[-1]).any(axis=0)
    assert (scores * pupils).sum() == pytest.approx(places[reached].sum())
    order = np.random.default_rng(0).permutation(6)
    again = enhanced_two_step(minutes[order], pupils[order], places, zones=zones, weights=weights)
    assert again == pytest.approx(scores[order])


def test_all_bands_of_a_school_share_its_places(merged_plan):
    # A teaches all bands (90 places), B grades 1-6 (60); C is closed.
    # Within the limits of 30, 45 and 60 minutes: A is reached by V1 and V2 in all bands, by V4
    # in none (40 > 30; 40 <= 45; no pupils of grades 7-9), B by V1 and V4 and, in grades 4-6, V2.
    to_a = 40 + 10 + 30 + 10 + 20 + 10  # V1 g13, V2 g13, V1 g46, V4 g46, V1 g79, V2 g79
    to_b = 40 + 20 + 30 + 10  # V1 g13, V4 g13, V1 g46, V4 g46; V5 is 31 minutes away
    table = nearest_open(merged_plan).set_index(["village_id", "band"])
    assert table.at[("V1", "g79"), "two_step"] == pytest.approx(90 / to_a)
    assert table.at[("V1", "g13"), "two_step"] == pytest.approx(90 / to_a + 60 / to_b)
    assert table.at[("V4", "g13"), "two_step"] == pytest.approx(60 / to_b)
    assert table.at[("V5", "g13"), "two_step"] == 0
    assert table.at[("V1", "g46"), "schools_within"] == 2
    assert table.at[("V1", "g46"), "places_within"] == 150
    done = assess(merged_plan, lang="en")
    # 5 pupils of V5 and 5 of V6 reach nothing in time
    assert done.value("covered") == pytest.approx(140 / 150)
    assert done.value("reach_enhanced_worst_tenth") < done.value("reach_enhanced")
    assert done.value("reach_two_step") == pytest.approx(150 / 150)
    sources = done.table.drop_duplicates("indicator").set_index("indicator")["source"]
    assert "Luo and Qi" in sources["reach_enhanced"]
    assert "Luo and Qi" not in sources["reach_two_step"]
