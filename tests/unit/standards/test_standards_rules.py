"""Rules: every form decided by hand, what is missing told, relaxations only where asked for."""

import itertools
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layoutplan.errors import DataError, OptionsError
from layoutplan.standards import (
    VERDICT_COLUMNS,
    Each,
    KOfN,
    Limit,
    Mean,
    Range,
    Rule,
    Standard,
    Standards,
    standards,
    verdicts,
)

QUALITY = standards("cn-quality-2017")

SEVEN = (
    "teachers_above_degree_per100",
    "key_teachers_per100",
    "pe_art_teachers_per100",
    "teaching_area_m2_per_pupil",
    "sports_area_m2_per_pupil",
    "equipment_yuan_per_pupil",
    "multimedia_rooms_per100",
)
PRIMARY = (4.2, 1, 0.9, 4.5, 7.5, 2000, 2.3)


def made(values, form, **more):
    """Make a profile of one rule on standards of these values."""
    entries = {
        name: Standard(
            id=name, value=float(value), unit="m", label_zh=name, label_en=name,
            document="规定", status="confirmed",
        )
        for name, value in values.items()
    }  # fmt: skip
    rule = Rule(
        id="rule", form=form, severity="hard", label_zh="规则", label_en="rule",
        document="规定", status="confirmed", **more,
    )  # fmt: skip
    return Standards(
        name="made", title_zh="造", title_en="made", entries=entries, rules={"rule": rule}
    )


def judged(data, given, **options):
    return verdicts(pd.DataFrame(data), given, lang="en", **options)


def said(data, given, **options):
    return judged(data, given, **options)["verdict"].tolist()


# ---- one metric


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("le", ["met", "met", "not_met", "unknown"]),
        ("lt", ["met", "not_met", "not_met", "unknown"]),
        ("ge", ["not_met", "met", "met", "unknown"]),
        ("gt", ["not_met", "not_met", "met", "unknown"]),
    ],
)
def test_a_limit(op, expected):
    given = made({"limit": 45}, Limit(metric="size", op=op, standard="limit"))
    table = judged({"size": [44, 45, 46, None]}, given)
    assert table["verdict"].tolist() == expected
    assert table["missing"].tolist() == ["", "", "", "size"]
    upper = op in {"le", "lt"}
    assert table["upper" if upper else "lower"].tolist() == [45] * 4
    assert table["lower" if upper else "upper"].isna().all()
    assert tuple(table.columns) == VERDICT_COLUMNS


def test_a_range_holds_both_its_ends():
    given = standards("us-district")
    table = judged(
        {"utilisation": [0.89, 0.9, 1.0, 1.1, 1.11, np.nan]}, given, rules=["us_utilisation_review"]
    )
    assert table["verdict"].tolist() == ["not_met", "met", "met", "met", "not_met", "unknown"]
    assert table["severity"].unique().tolist() == ["trigger"]
    assert table[["lower", "upper"]].drop_duplicates().to_numpy().tolist() == [[0.9, 1.1]]


def test_no_pupils_make_a_value_unknown_and_not_infinite():
    given = made({"limit": 2}, Limit(metric="books_per_pupil", op="ge", standard="limit"))
    table = judged({"books_per_pupil": [np.inf, -np.inf, 3.0]}, given)
    assert table["verdict"].tolist() == ["unknown", "unknown", "met"]


def test_noise_of_computing_does_not_decide():
    given = made({"limit": 0.3}, Limit(metric="share", op="le", standard="limit"))
    assert said({"share": [0.1 + 0.2, 0.3000001]}, given) == ["met", "not_met"]
    over = made({"limit": 0.3}, Limit(metric="share", op="gt", standard="limit"))
    assert said({"share": [0.1 + 0.2]}, over) == ["not_met"]


def test_values_are_rounded_as_the_forms_round_them():
    form = Limit(metric="cv", op="le", standard="limit")
    given = made({"limit": 0.5, "places": 3}, form, decimals="places")
    cvs = [0.5004, 0.50049999, 0.5005, 0.4995]
    assert said({"cv": cvs}, given) == ["met", "met", "not_met", "met"]
    assert judged({"cv": [1.0005, -1.0005, 2.675]}, given)["value"].tolist() == [
        1.001,
        -1.001,
        2.675,
    ]
    exact = made({"limit": 0.5}, form)
    assert said({"cv": cvs}, exact) == ["not_met", "not_met", "not_met", "met"]


# ---- several metrics


def school(*values, stage="primary"):
    return dict(zip(SEVEN, values, strict=True)) | {"stage": stage}


def resources(*rows):
    data = pd.DataFrame(list(rows))
    return verdicts(data, QUALITY, rules=["quality_resources_primary"], lang="en")


def test_six_of_seven_and_the_rest_not_below_the_floor():
    reached = list(PRIMARY)
    floors = [v * 0.85 for v in PRIMARY]
    one_at_floor = [*reached[:4], floors[4], *reached[5:]]
    one_under = [*reached[:4], floors[4] - 0.02, *reached[5:]]
    two_missed = [*reached[:4], 7.4, 1999, reached[6]]
    table = resources(*(school(*v) for v in (reached, one_at_floor, one_under, two_missed)))
    assert table["verdict"].tolist() == ["met", "met", "not_met", "not_met"]
    assert table["reached"].tolist() == [7, 6, 6, 5]
    assert table["of"].tolist() == [7] * 4
    assert table["below"].tolist() == [
        "",
        SEVEN[4],
        SEVEN[4],
        f"{SEVEN[4]}, {SEVEN[5]}",
    ]
    assert table["under_floor"].tolist() == ["", "", SEVEN[4], ""]
    assert table["value"].tolist() == [7, 6, 6, 5]
    assert table["lower"].tolist() == [6] * 4
    assert table["unit"].tolist() == ["indicators"] * 4


def test_a_missing_indicator_is_named_and_never_counts():
    reached = list(PRIMARY)
    gone = [None, *reached[1:]]
    gone_and_missed = [None, 0.9, *reached[2:]]
    gone_and_under = [None, 0.5, *reached[2:]]
    gone_twice_missed = [None, 0.9, 0.85, *reached[3:]]
    table = resources(
        *(school(*v) for v in (gone, gone_and_missed, gone_and_under, gone_twice_missed))
    )
    # Six are reached, but the missing one could lie under the floor.
    assert table["verdict"].tolist() == ["unknown", "unknown", "not_met", "not_met"]
    assert table["missing"].unique().tolist() == [SEVEN[0]]
    whole = pd.DataFrame([school(*reached)]).drop(columns=SEVEN[2])
    table = verdicts(whole, QUALITY, rules=["quality_resources_primary"])
    assert table["verdict"].tolist() == ["unknown"]
    assert table["missing"].tolist() == [SEVEN[2]]


def test_eight_of_ten_the_others_at_sixty_percent_and_two_of_eleven_missed():
    metrics = [f"m{i:02}" for i in range(11)]
    ten = tuple(Limit(metric=m, op="ge", standard="one") for m in metrics[:10])
    eight = made({"one": 1, "k": 8, "f": 0.6}, KOfN(parts=ten, least="k", floor="f"))
    rows = [[1.0] * 10, [1.0] * 8 + [0.6] * 2, [1.0] * 8 + [0.6, 0.59], [1.0] * 7 + [0.9] * 3]
    assert said(pd.DataFrame(rows, columns=metrics[:10]), eight) == [
        "met", "met", "not_met", "not_met",
    ]  # fmt: skip
    eleven = tuple(Limit(metric=m, op="ge", standard="one") for m in metrics)
    most = made({"one": 1, "most": 2}, KOfN(parts=eleven, missed_most="most"))
    rows = [
        [1.0] * 9 + [0.0] * 2,
        [1.0] * 8 + [0.0] * 3,
        [1.0] * 9 + [0.0, None],
        [1.0] * 9 + [None, None],
        [1.0] * 8 + [0.0, 0.0, None],
        [1.0] * 7 + [0.0] * 3 + [None],
    ]
    # Without a floor, nine reached decide it whatever the missing ones are.
    assert said(pd.DataFrame(rows, columns=metrics), most) == [
        "met", "not_met", "met", "met", "unknown", "not_met",
    ]  # fmt: skip


JIUJIANG = (0.297929, 0.501787, 0.401952, 0.288419, 0.375450, 0.312782, 0.394205)
"""Coefficients of variation of a district's primary schools, as published for 2023."""


def test_each_fails_where_the_mean_passes():
    data = pd.DataFrame([dict(zip([f"cv_{m}" for m in SEVEN], JIUJIANG, strict=True))])
    data["stage"] = "primary"
    each = verdicts(data, QUALITY, rules=["quality_cv_primary"]).iloc[0]
    assert (each["verdict"], each["below"]) == ("not_met", "cv_key_teachers_per100")
    assert each["value"] == 0.502
    assert each["reached"] == 6
    mean = made({"limit": 0.5}, Mean(columns=tuple(data.columns[:7]), op="le", standard="limit"))
    composite = judged(data, mean).iloc[0]
    assert composite["verdict"] == "met"
    assert composite["value"] == pytest.approx(0.367503, abs=5e-7)


def test_each_fails_by_one_whatever_is_missing_and_a_mean_needs_all():
    columns = ("a", "b")
    data = {"a": [0.4, 0.6, 0.4], "b": [None, None, 0.5]}
    each = made({"limit": 0.5}, Each(columns=columns, op="le", standard="limit"))
    assert said(data, each) == ["unknown", "not_met", "met"]
    assert judged(data, each)["value"].tolist() == [0.4, 0.6, 0.5]
    mean = made({"limit": 0.5}, Mean(columns=columns, op="le", standard="limit"))
    table = judged(data, mean)
    assert table["verdict"].tolist() == ["unknown", "unknown", "met"]
    assert table["missing"].tolist() == ["b", "b", ""]
    assert table["value"].isna().tolist() == [True, True, False]


def test_the_composite_of_2012():
    given = standards("cn-basic-2012")
    columns = given.rules["basic_composite_primary"].form.metrics
    published = {
        "庐阳": ([0.881, 1.299, 0.977, 0.379, 0.170, 0.334, 0.286, 0.408], 0.592),
        "蜀山": ([0.711, 0.649, 0.472, 0.338, 0.235, 0.274, 0.260, 0.396], 0.417),
    }
    data = pd.DataFrame([v for v, _ in published.values()], index=list(published), columns=columns)
    table = verdicts(data.assign(stage="primary"), given, rules=["basic_composite_primary"])
    assert table["row"].tolist() == list(published)
    assert table["verdict"].tolist() == ["met", "met"]
    composites = [c for _, c in published.values()]
    np.testing.assert_allclose(table["value"], composites, atol=0.001)
    junior = verdicts(data.assign(stage="junior"), given, rules=["basic_composite_junior"])
    assert junior["verdict"].tolist() == ["not_met", "met"]


# ---- whom a rule concerns


def test_a_rule_concerns_the_rows_it_names():
    data = {"stage": ["primary", "junior", None], "largest_class": [46, 46, 46]}
    table = judged(data, QUALITY, rules=["quality_class_size_primary"])
    assert table["row"].tolist() == [0, 2]
    assert table["verdict"].tolist() == ["not_met", "unknown"]
    assert table["missing"].tolist() == ["", "stage"]
    without = judged({"largest_class": [46]}, QUALITY, rules=["quality_class_size_primary"])
    assert without["verdict"].tolist() == ["unknown"]
    assert without["missing"].tolist() == ["stage"]


def test_a_rule_may_concern_yes_or_no():
    given = standards("cn-urban-radius")
    data = {
        "stage": "primary",
        "area": "urban",
        "boarding": [True, False, None],
        "service_radius_m": [800, 800, 800],
    }
    table = judged(data, given, rules=["service_radius_primary"])
    assert table["row"].tolist() == [1, 2]
    assert table["verdict"].tolist() == ["not_met", "unknown"]


# ---- relaxations

SIZES = {
    "kind": ["primary"] * 6,
    "pupils_compulsory": [1900, 2300, 2300, 2300, 2500, 2300],
    "built_year": [2020, 2010, 2011, 2011, 2010, None],
    "migrant_share": [0.0, 0.0, 0.51, 0.5, 0.9, 0.2],
}


def test_a_relaxation_holds_only_where_it_is_asked_for():
    rules = ["quality_size_single_stage"]
    assert said(SIZES, QUALITY, rules=rules) == ["met", *["not_met"] * 5]
    table = judged(
        SIZES, QUALITY, rules=rules, relaxed=["quality_size_single_stage_relaxed"], year=2024
    )
    assert table["verdict"].tolist() == ["met", "met", "met", "not_met", "not_met", "unknown"]
    by = "quality_size_single_stage_relaxed"
    assert table["relaxed_by"].tolist() == ["", by, by, "", "", ""]
    assert table["missing"].tolist() == ["", "", "", "", "", "built_year"]
    assert not any(QUALITY.rules[r].relaxes for r in judged(SIZES, QUALITY)["rule"].unique())


def test_rooms_of_small_schools_are_relaxed_by_stage():
    data = {
        "stage": ["primary", "junior", "primary", "primary"],
        "area": ["rural", "rural", "urban", "rural"],
        "largest_class": [29, 29, 29, 30],
        "music_room_m2": [54, 54, 60, 60],
        "built_year": [2020, 2020, 2020, 2020],
    }
    small = ["quality_music_room_area_small_primary", "quality_music_room_area_small_junior"]
    rules = ["quality_music_room_area"]
    assert said(data, QUALITY, rules=rules, relaxed=small) == ["met", *["not_met"] * 3]
    older = ["quality_music_room_area_built_by_2016"]
    data |= {"music_room_m2": [73, 72, 96, None], "built_year": [2016, 2016, 2017, 2016]}
    assert said(data, QUALITY, rules=rules, relaxed=older) == [
        "met", "not_met", "met", "unknown",
    ]  # fmt: skip


def test_a_rule_holds_in_its_years():
    form = Limit(metric="m", op="ge", standard="limit")
    given = made({"limit": 1}, form, from_year=2018, until_year=2020)
    assert [len(judged({"m": [1]}, given, year=y)) for y in (2017, 2018, 2020, 2021)] == [
        0,
        1,
        1,
        0,
    ]
    assert len(judged({"m": [1]}, given)) == 1
    open_ended = made({"limit": 1}, form, from_year=2018)
    assert len(judged({"m": [1]}, open_ended, year=2030)) == 1


# ---- what is told


def test_the_least_certain_number_marks_the_source():
    table = judged(
        {"stage": ["primary"], "catchment_share": [1.0]},
        QUALITY,
        rules=["quality_catchment_primary"],
    )
    assert table.loc[0, "status"] == "to-verify"
    assert table.loc[0, "source"].endswith("[to verify]")
    own = QUALITY.with_values(quality_class_size_primary=40)
    data = {"stage": ["primary"], "largest_class": [45]}
    table = judged(data, own, rules=["quality_class_size_primary"])
    assert (table.loc[0, "verdict"], table.loc[0, "status"]) == ("not_met", "assumption")


def test_no_rows_and_no_rules():
    empty = verdicts(pd.DataFrame({"largest_class": []}), QUALITY)
    assert tuple(empty.columns) == VERDICT_COLUMNS
    assert empty.empty
    assert verdicts(pd.DataFrame({"m": [1]}), QUALITY, rules=[]).empty


def test_unknown_rules_and_missing_standards_are_told_at_once():
    with pytest.raises(OptionsError) as raised:
        judged({"m": [1]}, QUALITY, rules=["no_rule"], relaxed=["no_relaxation"])
    assert [f.code for f in raised.value.findings] == ["unknown_rule"] * 2
    loose = made({}, Limit(metric="m", op="ge", standard="gone"))
    with pytest.raises(OptionsError, match="gone"):
        judged({"m": [1]}, loose)


def test_data_that_cannot_be_judged_are_told():
    given = made({"limit": 1}, Limit(metric="m", op="ge", standard="limit"))
    with pytest.raises(DataError) as raised:
        verdicts(pd.DataFrame({"m": ["1", "many", None]}, index=list("abc")), given)
    (found,) = raised.value.findings
    assert (found.code, found.column, found.ids) == ("verdicts_not_numbers", "m", ("b",))
    with pytest.raises(DataError, match="S1"):
        verdicts(pd.DataFrame({"m": [1, 2]}, index=["S1", "S1"]), given)
    with pytest.raises(DataError):
        verdicts(pd.DataFrame([[1, 2]], columns=["m", "m"]), given)


# ---- against every way the missing values could be

CELLS = st.sampled_from([0.0, 0.5, 0.9, 1.0, 2.0, None])


def decided(row, form, values):
    """Judge a row without missing values, in plain words."""
    if isinstance(form, KOfN):
        reached = [x >= 1 for x in row]
        enough = sum(reached) >= (values["k"] if form.least else len(row) - values["k"])
        floors = all(x >= values.get("f", -np.inf) for x in row)
        return enough and floors
    if isinstance(form, Mean):
        return sum(row) / len(row) >= 1
    if isinstance(form, Range):
        return 1 <= row[0] <= 1.5
    return all(x >= 1 for x in row)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6),
    which=st.sampled_from(["floor", "least", "missed", "each", "mean", "range"]),
    k=st.integers(0, 3),
)
def test_a_verdict_stands_however_the_missing_values_turn_out(rows, which, k):
    names = ("a", "b", "c")
    parts = tuple(Limit(metric=n, op="ge", standard="one") for n in names)
    values = {"one": 1, "top": 1.5, "k": k, "f": 0.85}
    form = {
        "floor": KOfN(parts=parts, least="k", floor="f"),
        "least": KOfN(parts=parts, least="k"),
        "missed": KOfN(parts=parts, missed_most="k"),
        "each": Each(columns=names, op="ge", standard="one"),
        "mean": Mean(columns=names, op="ge", standard="one"),
        "range": Range(metric="a", lower="one", upper="top"),
    }[which]
    if which != "floor":
        values.pop("f")
    data = pd.DataFrame(rows, columns=names, dtype=float)
    table = judged(data, made(values, form))
    read = len(form.metrics)
    for row, verdict, missing in zip(rows, table["verdict"], table["missing"], strict=True):
        ways = [[x] if x is not None else [-1e9, 0.0, 0.85, 1.0, 1.5, 1e9] for x in row[:read]]
        outcomes = {decided(list(w), form, values) for w in itertools.product(*ways)}
        if verdict == "unknown":
            assert missing
            assert outcomes == {True, False}
        else:
            assert outcomes == {verdict == "met"}
        if None not in row[:read]:
            assert not missing


def test_the_order_of_rows_changes_nothing():
    data = pd.DataFrame(SIZES, index=list("abcdef"))
    relaxed = ["quality_size_single_stage_relaxed"]
    first = verdicts(data, QUALITY, relaxed=relaxed).set_index(["rule", "row"]).sort_index()
    second = verdicts(data[::-1], QUALITY, relaxed=relaxed).set_index(["rule", "row"]).sort_index()
    pd.testing.assert_frame_equal(first, second)


def test_a_rule_is_frozen():
    rule = QUALITY.rules["quality_class_size_primary"]
    assert isinstance(rule.where, MappingProxyType)
    with pytest.raises(AttributeError):
        rule.severity = "soft"
    assert replace(rule, severity="soft").severity == "soft"
