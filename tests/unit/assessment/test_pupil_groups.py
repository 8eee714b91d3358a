"""Groups of pupils apart, on the county of six villages."""

from dataclasses import replace

import numpy as np
import pytest

from layoutplan.assessment import assess
from layoutplan.assessment.pupil_groups import shares


def _with(plan, table, **columns):
    frame = plan.county.tables[table]
    county = replace(plan.county, tables={**plan.county.tables, table: frame.assign(**columns)})
    return replace(plan, county=county)


def test_left_behind_by_hand(merged_plan):
    # 90 pupils of V1 travel 5 minutes, 30 of V4 travel 10, 5 of V5 travel 31
    plan = _with(merged_plan, "villages", left_behind=[9.0, 0, 0, 15, 5, 0])
    done = assess(plan, lang="en")
    assert done.value("pupils_left_behind") == pytest.approx(29)
    mean = (9 * 5 + 15 * 10 + 5 * 31) / 29
    assert done.value("travel_mean_left_behind") == pytest.approx(mean)
    assert done.value("travel_within_left_behind") == pytest.approx(24 / 29)
    assert done.value("extra_mean_left_behind") == pytest.approx(5 * 19 / 29)
    # of the 9 of V1, grades 1-3 have 40 of 90
    assert done.value("pupils_left_behind", band="g13") == pytest.approx(4 + 15 * 20 / 30 + 5)
    assert done.value("pupils_left_behind", township="01") == pytest.approx(9)


def test_more_children_than_pupils_are_all_pupils(merged_plan):
    plan = _with(merged_plan, "villages", left_behind=[200.0, 0, 0, 0, 0, 0])
    assert assess(plan).value("pupils_left_behind") == pytest.approx(90)


def test_boarders_are_older_pupils_first(merged_plan):
    plan = _with(merged_plan, "villages", boarders=[25.0, 0, 0, 0, 0, 0])
    share = shares(plan)["boarders"]
    assert share[("V1", "g13")] == 0
    assert share[("V1", "g46")] == share[("V1", "g79")] == pytest.approx(25 / 50)
    many = shares(_with(merged_plan, "villages", boarders=[60.0, 0, 0, 0, 0, 0]))["boarders"]
    assert many[("V1", "g46")] == 1
    assert many[("V1", "g13")] == pytest.approx(10 / 40)


def test_blank_villages_are_left_out_and_named(merged_plan):
    plan = _with(merged_plan, "villages", special_need=[9.0, np.nan, 0, 0, 0, 0])
    done = assess(plan, lang="en")
    assert done.value("pupils_special_need") == pytest.approx(9)
    left = done.left_out.set_index("indicator").loc["pupils_special_need"]
    assert (left["reason"], left["rows"], left["ids"]) == ("no_special_need", 1, "V2")
    row = done.table.query("level == 'county'").set_index("indicator").loc["pupils_special_need"]
    assert row["left_out"] == 1


def test_schools_tell_where_villages_do_not(merged_plan):
    # today A has 110 pupils, 22 of whom board; B has 30, C has 5
    plan = _with(merged_plan, "schools", boarders=[22.0, np.nan, 5.0])
    done = assess(plan, lang="en")
    assert done.value("pupils_boarders") == pytest.approx(22 + 5)
    mean = (22 * (90 * 5 + 20 * 20) / 110 + 5 * 31) / 27
    assert done.value("travel_mean_boarders") == pytest.approx(mean)
    # those of C move to B with the others and travel 19 minutes more
    assert done.value("extra_mean_boarders") == pytest.approx(5 * 19 / 27)
    assert done.left_out.set_index("indicator").at["pupils_boarders", "ids"] == "V4 V6"


def test_remote_by_hand(merged_plan):
    # A is the only school of today with grades 7-9: 60 minutes from V5, no road from V6
    done = assess(merged_plan, lang="en")
    assert done.value("pupils_remote") == 0
    near = replace(merged_plan, standards=merged_plan.standards.with_values(remote_minutes=39))
    done = assess(near, lang="en")
    assert done.value("pupils_remote") == 30 + 5
    assert done.value("travel_mean_remote") == pytest.approx((30 * 10 + 5 * 31) / 35)
    row = done.table.query("level == 'county'").set_index("indicator").loc["pupils_remote"]
    assert near.standards["remote_minutes"].label("en") in row["source"]


def test_groups_of_which_nothing_is_known_say_so(merged_plan):
    done = assess(merged_plan, lang="en")
    rows = done.table.query("level == 'county'").set_index("indicator")
    for group in ("left_behind", "boarders", "special_need"):
        row = rows.loc[f"travel_mean_{group}"]
        assert np.isnan(row["value"])
        assert row["reason"] == f"no_{group}"
