"""Data with gaps: no number is missing, or leaves anything out, without saying why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.assessment import assess, before_after
from layoutplan.assessment.assess import UNSAID, left_out_table
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes
from layoutplan.words import LANGUAGES, catalogue


def _tables(plan, **tables):
    return replace(plan, tables={**plan.tables, **tables})


def _county(plan, **tables):
    return replace(plan, county=replace(plan.county, tables={**plan.county.tables, **tables}))


def _as_given(plan):
    return plan


def _nobody(plan):
    nothing = plan.decisions.assign(**{f"{k}_{b}": 0 for k in ("before", "after") for b in BANDS})
    empty = {t: plan.tables[t].iloc[:0] for t in ("assignment", "unserved", "moves")}
    return _tables(plan, decisions=nothing, demand=plan.demand * 0, **empty)


def _everything_closed(plan):
    decisions = plan.decisions.assign(
        action="close", bands="", places=0, classes=0, **{f"after_{b}": 0 for b in BANDS}
    )
    demand = plan.demand.rename_axis("village_id").reset_index()
    unserved = demand.melt("village_id", list(BANDS), var_name="band", value_name="pupils")
    unserved = unserved[unserved["pupils"] > 0].assign(reason="none_open")
    moves = plan.moves.assign(to_site="")
    return _tables(
        plan, decisions=decisions, assignment=plan.assignment.iloc[:0], unserved=unserved,
        moves=moves,
    )  # fmt: skip


def _closed_school_still_listed(plan):
    decisions = plan.decisions
    decisions.loc["C", ["bands", "classes", "places"]] = ["g13 g46", 1, 30]
    return _tables(plan, decisions=decisions)


def _village_without_times(plan):
    ids = [v for v in plan.times.village_ids if v != "V1"]
    return replace(plan, times=plan.times.subset(village_ids=ids))


def _school_without_times(plan):
    ids = [s for s in plan.times.site_ids if s != "B"]
    return replace(plan, times=plan.times.subset(site_ids=ids))


def _no_times_at_all(plan):
    table = plan.times.table()
    table[:] = np.inf
    assignment = plan.assignment.assign(minutes=np.inf)
    times = TravelTimes.from_matrix(table, mode="walk")
    return _tables(replace(plan, times=times), assignment=assignment)


def _no_townships(plan):
    tables = {
        k: v.drop(columns="township_id", errors="ignore")
        for k, v in plan.county.tables.items()
        if k != "townships"
    }
    county = replace(plan.county, tables=tables)
    return _tables(replace(plan, county=county), decisions=plan.decisions.assign(township_id=None))


def _one_school_without_township(plan):
    decisions = plan.decisions
    decisions.loc["A", "township_id"] = None
    return _tables(plan, decisions=decisions)


def _without_today(plan):
    tables = {k: v for k, v in plan.tables.items() if k != "moves"}
    return replace(plan, tables=tables)


def _no_school_today(plan):
    return _tables(plan, moves=plan.moves.assign(from_site=""))


def _blank_places(plan):
    decisions = plan.decisions.astype({"places": float, "classes": float})
    decisions.loc["A", ["places", "classes"]] = np.nan
    return _tables(plan, decisions=decisions)


def _no_costs(plan):
    return _tables(plan, decisions=plan.decisions.assign(capital_yuan=np.nan, annual_yuan=np.nan))


def _school_without_teachers(plan):
    schools = plan.county.schools.assign(
        teachers=[0.0, 5, 3], teaching_area_m2=[np.nan, 400, 300], books=[100.0, np.nan, 50]
    )
    return _county(plan, schools=schools)


def _no_areas(plan):
    return _county(plan, schools=plan.county.schools.assign(teachers=[9.0, 5, 3]))


def _one_band_only(plan):
    band = "g13"
    decisions = plan.decisions.assign(
        **{f"{k}_{b}": 0 for k in ("before", "after") for b in BANDS if b != band}
    )
    demand = plan.demand.assign(**{b: 0 for b in BANDS if b != band})
    parts = {
        t: plan.tables[t][plan.tables[t]["band"] == band]
        for t in ("assignment", "unserved", "moves")
    }
    return _tables(plan, decisions=decisions, demand=demand, **parts)


def _special_school(plan):
    decisions = plan.decisions
    decisions.loc["N", ["kind", "action", "bands"]] = ["special", "keep", ""]
    return _tables(plan, decisions=decisions)


FAULTS = [
    _as_given,
    _nobody,
    _everything_closed,
    _closed_school_still_listed,
    _village_without_times,
    _school_without_times,
    _no_times_at_all,
    _no_townships,
    _one_school_without_township,
    _without_today,
    _no_school_today,
    _blank_places,
    _no_costs,
    _school_without_teachers,
    _no_areas,
    _one_band_only,
    _special_school,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__.strip("_"))
def test_no_number_is_missing_without_a_reason(merged_plan, fault):
    done = assess(fault(merged_plan), lang="en")
    table = done.table
    nothing = table["value"].isna()
    assert np.isfinite(table.loc[~nothing, "value"]).all(), "infinite numbers are no numbers"
    assert (table.loc[~nothing, "reason"] == "").all()
    silent = table[nothing & table["reason"].isin(["", UNSAID])]
    assert silent.empty, silent["indicator"].unique().tolist()
    assert (table.loc[nothing, "met"] == "").all()
    for lang in LANGUAGES:
        for reason in {*table.loc[nothing, "reason"], *done.left_out["reason"]}:
            assert catalogue(lang)[f"assessment.reason.{reason}"]
        assert done.words(lang)["reason"].notna().all()
        assert done._repr_html_()


def test_whole_counties_have_no_silent_gap(small_today, small_plan):
    for plan in (small_today, small_plan):
        table = assess(plan).table
        nothing = table["value"].isna()
        assert not table.loc[nothing, "reason"].isin(["", UNSAID]).any()


def _left(plan, indicator):
    left = left_out_table(plan)
    rows = left[left["indicator"] == indicator]
    return {(r.table, r.reason): r.ids.split() for r in rows.itertuples()}


def test_what_is_left_out_is_named(merged_plan):
    assert _left(merged_plan, "travel_mean") == {("villages", "no_school"): ["V6"]}
    unknown = merged_plan.assignment
    unknown.loc[unknown["village_id"] == "V2", "minutes"] = np.inf
    assert _left(_tables(merged_plan, assignment=unknown), "travel_mean") == {
        ("villages", "no_school"): ["V6"],
        ("villages", "no_way"): ["V2"],
    }
    times = {("villages", "no_times"): ["V1"]}
    assert _left(_village_without_times(merged_plan), "covered") == times
    assert _left(_school_without_times(merged_plan), "covered") == {("schools", "no_times"): ["B"]}
    assert _left(_blank_places(merged_plan), "utilisation") == {("schools", "no_places"): ["A"]}
    assert _left(_one_school_without_township(merged_plan), "townships_without_junior") == {
        ("schools", "no_township"): ["A"]
    }
    assert _left(_no_costs(merged_plan), "capital") == {
        ("schools", "no_cost"): ["A", "B", "C", "N"]
    }
    assert _left(_no_school_today(merged_plan), "extra_mean") == {
        ("villages", "no_way_today"): ["V5"]
    }
    everybody = [f"V{n}" for n in range(1, 7)]
    assert _left(_without_today(merged_plan), "pupils_moved") == {
        ("villages", "no_today"): everybody
    }
    assert _left(_special_school(merged_plan), "class_size_mean") == {
        ("schools", "not_planned"): ["N"]
    }


def test_what_is_left_out_is_said(merged_plan):
    done = assess(merged_plan, lang="en")
    words = done.left_out_words()
    assert words.loc[0].tolist() == [
        "mean travel time, one way", "Villages", "no school", 1, "V6",
    ]  # fmt: skip
    assert done.left_out_words("zh").loc[0, "table"] == "村庄"
    assert replace(done, omitted=done.left_out.iloc[:0]).left_out_words().empty


def test_left_out_is_counted_in_the_row_of_the_county(merged_plan):
    table = assess(merged_plan, lang="en").table
    rows = table[table["indicator"] == "travel_mean"].set_index("level")["left_out"]
    assert rows["county"] == 1
    assert (rows[["township", "band"]] == 0).all()


def test_closed_school_that_is_still_listed_is_closed(merged_plan):
    as_it_is, listed = (
        assess(p, lang="en") for p in (merged_plan, _closed_school_still_listed(merged_plan))
    )
    pd.testing.assert_frame_equal(as_it_is.table, listed.table)


def test_village_without_times_is_out_of_reach(merged_plan):
    done = assess(_village_without_times(merged_plan), lang="en")
    # 90 pupils of V1 join the 10 of V5 and V6 who reach nothing in time
    assert done.value("travel_none_near") == 100


def test_plan_without_today(merged_plan):
    done = assess(_without_today(merged_plan), lang="en")
    assert done.value("travel_mean") == pytest.approx(1305 / 145)
    for name in ("pupils_moved", "moved_extra_minutes", "extra_mean", "extra_worst_tenth"):
        assert np.isnan(done.value(name))


def test_today_beside_the_plan(small_plan, small_today):
    both = before_after(small_plan, lang="en")
    assert both.names == ("today", "proposed")
    county = both.table[both.table["level"] == "county"].set_index("indicator")
    today = assess(small_today, lang="en")
    assert county.at["travel_mean", "today"] == today.value("travel_mean")
    assert before_after(small_today, lang="en").names == ("today",)


def test_order_of_rows_changes_nothing(small, small_times, small_plan):
    rng = np.random.default_rng(3)
    mixed = {
        name: table.iloc[rng.permutation(len(table))] for name, table in small_plan.tables.items()
    }
    county = replace(
        small_plan.county,
        tables={k: v.iloc[rng.permutation(len(v))] for k, v in small.tables.items()},
    )
    other = replace(small_plan, county=county, tables=mixed)
    one, two = (assess(p, lang="en").table for p in (small_plan, other))
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)
    assert lp.class_table(small_plan).equals(lp.class_table(other))
    assert small_times is small_plan.times or small_times.village_ids.equals(
        small_plan.times.village_ids
    )
