"""Indicators against numbers worked out by hand on a county of six villages."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from layoutplan.assessment import INDICATORS, assess, compare
from layoutplan.assessment.access import weighted_percentile, worst_off_mean
from layoutplan.assessment.compare import side_by_side
from layoutplan.errors import InternalError, OptionsError
from layoutplan.plan import Plan
from layoutplan.tables import ASSESSMENT
from layoutplan.words import LANGUAGES, catalogue


@pytest.fixture(scope="module", name="plan")
def _plan_fixture(merged_plan):
    return merged_plan


@pytest.fixture(scope="module", name="done")
def _done(plan):
    return assess(plan, lang="en")


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("pupils", 150),
        ("pupils_unserved", 5),
        ("pupils_in_schools", 145),
        # 90 pupils travel 5 minutes, 20 travel 20, 30 travel 10 and 5 travel 31
        ("travel_mean", 1305 / 145),
        # 95 % of 145 are 138 whole persons; 90 + 30 travel up to 10, 140 up to 20
        ("travel_p95", 20),
        ("travel_worst", 31),
        # 15 pupils: 5 at 31 and 10 at 20
        ("travel_worst_tenth", (5 * 31 + 10 * 20) / 15),
        ("travel_within", 140 / 145),
        ("travel_beyond", 5),
        ("travel_unknown", 0),
        ("pupils_moved", 5),
        ("pupils_moved_share", 5 / 150),
        ("moved_longer", 5),
        ("moved_extra_minutes", 31 - 12),
        ("places", 150),
        ("utilisation", 145 / 150),
        ("pupils_beyond_places", 20),
        ("schools_over_places", 1),
        ("class_size_mean", 145 / 4),
        # A: 17 + 17 + 16 + 10 and 5 x 10 pupils in its 2 rooms, B: 9 + 8 and 8 + 4 + 3 + 3
        ("class_size_largest", 60),
        ("schools_large_classes", 1),
        ("classes_large", 1),
        ("schools_extra_large_classes", 0),
        ("classes_over_size", 2),
        ("classes_wanted", 9 + 6),
        ("classes_short", 9 + 6 - 4),
        ("schools_multigrade", 2),
        # of B, grades 1-3 have 9, 8 and 8 pupils; of A, none has fewer than 10
        ("schools_few_in_grade", 1),
        ("pupils_small_schools", 35),
        ("schools_over_size", 0),
        ("schools_open", 2),
        ("schools_nine_year", 1),
        ("schools_primary", 1),
        ("action_keep", 2),
        ("action_close", 1),
        ("action_new", 0),
        ("schools_without_pupils", 0),
        ("schools_size_1", 1),
        ("schools_size_2", 1),
        ("schools_size_6", 0),
        ("townships_without_junior", 1),
        ("capital", 0),
        ("annual", 1_600_000),
        ("annual_per_pupil", 1_600_000 / 145),
    ],
)
def test_value_of_the_county(done, indicator, value):
    assert done.value(indicator) == pytest.approx(value)


def test_values_of_townships_and_bands(done):
    assert done.value("travel_mean", township="01") == pytest.approx((90 * 5 + 20 * 20) / 110)
    assert done.value("travel_beyond", township="02") == 5
    assert done.value("travel_beyond", band="g13") == 5
    assert done.value("travel_beyond", band="g46") == 0
    assert done.value("places", township="02") == 60
    assert done.value("action_close", township="02") == 1
    assert done.value("schools_open", band="g79") == 1
    assert done.value("townships_without_junior", township="02") == 1
    assert np.isnan(done.value("moved_extra_minutes", township="01"))


def test_parts_add_up_to_the_county(done):
    table = done.table
    adds_up = {"persons", "schools", "classes", "townships", "yuan", "yuan/year"}
    for name, rows in table[table["unit"].isin(adds_up)].groupby("indicator"):
        whole = rows.loc[rows["level"] == "county", "value"].item()
        parts = rows.loc[rows["level"] == "township", "value"].sum()
        if name != "annual_per_pupil" and np.isfinite(whole):
            assert parts == pytest.approx(whole), name


def test_limits_come_from_the_standards(done, plan):
    table = done.table.set_index(["indicator", "level", "group", "band"])
    worst = table.loc[("travel_worst", "band", "", "g13")]
    assert worst["limit"] == plan.standards.value("travel_limit_minutes_g13")
    assert worst["met"] == "no"
    assert worst["status"] == "confirmed"
    assert plan.standards["travel_limit_minutes_g13"].citation("en") in worst["source"]
    beyond = table.loc[("travel_beyond", "county", "", "")]
    assert (beyond["limit"], beyond["met"], beyond["status"]) == (0, "no", "assumption")
    assert table.loc[("travel_mean", "county", "", ""), "met"] == ""
    assert np.isnan(table.loc[("travel_mean", "county", "", ""), "limit"])
    own = replace(plan, standards=plan.standards.with_values(travel_limit_minutes_g13=31))
    assert assess(own, lang="en").value("travel_beyond") == 0


def test_large_classes_at_the_limit(plan):
    decisions = plan.decisions.assign(classes=lambda t: t["classes"].mask(t.index == "A", 1))
    crowded = replace(plan, tables={**plan.tables, "decisions": decisions})
    done = assess(crowded, lang="en")
    assert done.value("schools_large_classes") == 1
    assert done.value("classes_extra_large") == 1
    for least, classes in ((61, 0), (50, 2)):
        at = replace(plan, standards=plan.standards.with_values(large_class_pupils=least))
        assert assess(at, lang="en").value("classes_large") == classes
        assert assess(at, lang="en").value("schools_large_classes") == min(classes, 1)


def test_way_that_is_not_known_is_neither_within_nor_beyond(plan):
    assignment = plan.assignment
    assignment.loc[assignment["village_id"] == "V5", "minutes"] = np.inf
    done = assess(replace(plan, tables={**plan.tables, "assignment": assignment}), lang="en")
    assert done.value("travel_unknown") == 5
    assert done.value("travel_beyond") == 0
    assert done.value("travel_within") == pytest.approx(140 / 145)
    assert done.value("travel_worst") == 20


def test_table_keeps_its_declaration(done):
    table = done.table
    assert list(table.columns) == [c.name for c in ASSESSMENT.columns]
    assert set(table["level"]) == set(ASSESSMENT["level"].options)
    assert not table.duplicated(["indicator", "level", "group", "band"]).any()
    assert set(table["met"]) == {"yes", "no", ""}
    table["value"] = 0.0
    assert done.value("pupils") == 150


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_indicator_has_words(lang):
    for indicator in INDICATORS:
        assert catalogue(lang)[f"indicator.{indicator.name}"]
        assert catalogue(lang)[f"unit.{indicator.unit}"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_replace_every_code(plan, lang):
    done = assess(plan, lang=lang)
    assert done.words().columns.tolist() == done.table.columns.tolist()
    assert "Second" in set(done.words()["group"])
    assert done.words()["value"].equals(done.table["value"])


def test_plan_is_not_changed(plan):
    before = {k: v.copy() for k, v in plan.tables.items()}
    assess(plan)
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


@pytest.mark.parametrize(("table", "row", "pupils"), [("assignment", 0, 41), ("unserved", 0, 4)])
def test_lost_pupil_is_an_internal_error(plan, table, row, pupils):
    changed = plan.tables[table].copy()
    changed.loc[row, "pupils"] = pupils
    with pytest.raises(InternalError):
        assess(replace(plan, tables={**plan.tables, table: changed}))


def test_swapped_pupils_are_an_internal_error(plan):
    changed = plan.assignment
    changed.loc[[0, 1], "pupils"] = [41, 29]
    with pytest.raises(InternalError, match="village and band"):
        assess(replace(plan, tables={**plan.tables, "assignment": changed}))


def test_county_without_townships(plan):
    county = replace(
        plan.county,
        tables={
            k: v.drop(columns="township_id", errors="ignore")
            for k, v in plan.county.tables.items()
            if k != "townships"
        },
    )
    decisions = plan.decisions.assign(township_id=None)
    done = assess(
        replace(plan, county=county, tables={**plan.tables, "decisions": decisions}), lang="en"
    )
    assert set(done.table["level"]) == {"county", "band"}
    none = done.table[done.table["indicator"] == "townships_without_junior"]
    assert none["reason"].tolist() == ["no_townships"]


def test_villages_without_a_township_have_a_row_of_their_own(plan):
    villages = plan.county.villages
    villages.loc["V5", "township_id"] = None
    county = replace(plan.county, tables={**plan.county.tables, "villages": villages})
    done = assess(replace(plan, county=county), lang="en")
    table = done.table
    rows = table[(table["indicator"] == "pupils") & (table["level"] == "township")]
    assert rows.set_index("group")["value"].to_dict() == {"": 5, "01": 110, "02": 35}
    assert "(no township given)" in set(done.words()["group"])


def _today(plan: Plan) -> Plan:
    assignment = plan.assignment
    here = assignment["village_id"] == "V5"
    assignment.loc[here, ["site_id", "minutes"]] = ["C", 12.0]
    decisions = plan.decisions
    decisions.loc["C", ["action", "bands", "classes", "places"]] = ["keep", "g13 g46", 1, 30]
    decisions.loc[["B", "C"], "after_g13"] = [20, 5]
    tables = {**plan.tables, "assignment": assignment, "decisions": decisions,
              "moves": plan.moves.iloc[:0]}  # fmt: skip
    return replace(plan, name="today", tables=tables)


def test_compare_sets_plans_side_by_side(plan):
    both = compare(today=_today(plan), merged=plan)
    table = both.table.set_index(["indicator", "level", "group", "band"])
    beyond = table.loc[("travel_beyond", "county", "", "")]
    assert (beyond["today"], beyond["merged"], beyond["difference_merged"]) == (0, 5, 5)
    assert table.loc[("schools_open", "county", "", ""), "difference_merged"] == -1
    assert "limit_merged" not in table
    assert list(both.table["indicator"].unique()) == [i.name for i in INDICATORS]


def test_compare_shows_different_limits(plan):
    own = replace(plan, standards=plan.standards.with_values(travel_limit_minutes_g13=40))
    table = compare(a=plan, b=own).table.set_index(["indicator", "level", "group", "band"])
    worst = table.loc[("travel_worst", "band", "", "g13")]
    assert (worst["limit_a"], worst["limit_b"]) == (30, 40)


def test_compare_refuses_what_it_cannot_compare(plan):
    with pytest.raises(OptionsError):
        compare()
    with pytest.raises(OptionsError):
        compare(limit=plan)
    with pytest.raises(OptionsError):
        side_by_side({"a": assess(plan), "difference_a": assess(plan)})
    fewer = replace(
        plan.county,
        tables={**plan.county.tables, "villages": plan.county.villages.drop(index="V3")},
    )
    with pytest.raises(OptionsError):
        compare(a=plan, b=replace(plan, county=fewer))


def test_percentile_and_worst_tenth_at_their_edges():
    minutes, pupils = pd.Series([30.0, 10.0]), pd.Series([5, 95])
    assert weighted_percentile(minutes, pupils) == 10
    assert weighted_percentile(minutes, pd.Series([6, 95])) == 30
    assert weighted_percentile(minutes, pupils, share=1.0) == 30
    assert np.isnan(weighted_percentile(minutes, pd.Series([0, 0])))
    assert worst_off_mean(minutes, pd.Series([1, 0])) == 30
    assert worst_off_mean(minutes, pd.Series([5, 95])) == 20
    assert np.isnan(worst_off_mean(minutes[:0], pupils[:0]))
