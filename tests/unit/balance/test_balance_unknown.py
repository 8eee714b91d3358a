"""What is not known is never told as kept: assessments of balance with gaps in their data."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import balance as b
from layoutplan.assessment.indicators import INDICATORS
from layoutplan.balance.counted import run_by
from layoutplan.balance.indicators import QUALITY


@pytest.fixture(scope="module", name="county")
def _county():
    return lp.example.county(seed=1, villages=40)


@pytest.fixture(scope="module", name="times")
def _times(county):
    return lp.travel_times(county)


NAMES = ("villages", "schools", "roads", "townships", "candidates", "flows")


def with_schools(county, schools):
    return replace(county, tables={**{n: county.table(n) for n in NAMES}, "schools": schools})


def blank(county, column, *, kinds, but=0):
    """Blank a column in the schools of some kinds, but for the first so many."""
    schools = county.schools
    here = schools.index[schools["kind"].isin(kinds)][but:]
    schools.loc[here, column] = np.nan
    return with_schools(county, schools)


def rows_of(plan, name):
    """Measure one indicator alone."""
    (indicator,) = (i for i in INDICATORS if i.name == name)
    return list(indicator.measure(plan)), indicator


def of_county(plan, name):
    rows, _ = rows_of(plan, name)
    return next(r for r in rows if r.level == "county")


def test_a_composite_of_schools_with_blanks_is_not_judged(county):
    assert b.basic_2012(county).met("primary") is True
    gap = b.basic_2012(blank(county, "books", kinds=["primary", "nine_year"], but=1))
    assert gap.met("primary") is None
    page = gap._repr_html_()
    assert "数据空缺 7 所" in page
    assert "None" not in page


def test_a_coefficient_with_a_blank_is_not_judged(county):
    schools = county.schools
    first = schools.index[schools["kind"].eq("primary")][0]
    schools.loc[first, "equipment_yuan"] = np.nan
    table = b.quality_2017(with_schools(county, schools)).indicators
    at = table["stage"].eq("primary") & table["indicator"].eq("equipment_yuan_per_pupil")
    assert table.loc[at, "met"].tolist() == [""]
    whole = table["stage"].eq("primary") & table["indicator"].eq("sports_area_m2_per_pupil")
    assert table.loc[whole, "met"].iloc[0] in ("yes", "no")


def test_assess_says_of_the_composite_what_the_balance_says(county, times):
    none = blank(county, "books", kinds=["primary", "nine_year", "teaching_point"])
    plan = lp.evaluate(none, times)
    assert b.basic_2012(plan).met("primary") is None
    assert of_county(plan, "balance_composite_primary").met is None
    one = lp.evaluate(blank(county, "books", kinds=["primary", "nine_year"], but=1), times)
    row = of_county(one, "balance_composite_primary")
    assert row.met is None
    assert np.isfinite(row.value)
    assert of_county(lp.evaluate(county, times), "balance_composite_primary").met is True


def test_a_stage_without_data_does_not_hide_the_other(county, times):
    schools = county.schools
    plain = schools.index[schools["kind"].isin(["primary", "teaching_point", "nine_year"])]
    schools.loc[plain, "books"] = np.nan
    plan = lp.evaluate(with_schools(county, schools), times)
    done = b.basic_2012(plan)
    assert done.incomplete == ()
    assert "books_per_pupil" in done.incomplete_in("primary")
    assert done.incomplete_in("junior") == ()


@pytest.mark.parametrize("stage", ["primary", "junior"])
def test_schools_that_cannot_be_judged_pass_no_count(county, times, stage):
    schools = county.schools
    schools.loc[schools.index[::2], ["multimedia_rooms", "key_teachers"]] = np.nan
    plan = lp.evaluate(with_schools(county, schools), times)
    table = b.quality_2017(plan).schools
    met = table.loc[table["stage"].eq(stage), "met"]
    judged = met[met.ne("")]
    share = of_county(plan, f"balance_passing_share_{stage}").value
    assert share == pytest.approx(judged.eq("yes").mean(), nan_ok=True)
    row = of_county(plan, f"balance_failing_{stage}")
    assert row.met is (False if judged.eq("no").any() else None)
    _, indicator = rows_of(plan, f"balance_failing_{stage}")
    named = {p.reason: p.ids for p in indicator.leaves_out(plan)}
    assert len(named["balance_not_judged"]) == met.eq("").sum()


def test_without_most_resources_nothing_is_ticked(county, times):
    gone = [m.resource for m in QUALITY if m.resource != "sports_area_m2"]
    plan = lp.evaluate(
        with_schools(county, county.schools.assign(**dict.fromkeys(gone, np.nan))), times
    )
    table = b.quality_2017(plan).schools
    unknown = table["met"].eq("") & table["stage"].eq("primary")
    assert unknown.any()
    for name in ("balance_failing_primary", "balance_passing_share_primary"):
        rows, _ = rows_of(plan, name)
        assert not any(r.met for r in rows)
        towns = table[table["stage"].eq("primary")].groupby("township_id")["met"]
        blind = {t for t, m in towns if m.eq("").all()}
        assert all(np.isnan(r.value) for r in rows if r.group in blind)


def test_with_every_school_closed_no_breach_is_ticked(county, times):
    actions = dict.fromkeys(county.schools.index, "close")
    decisions = pd.DataFrame({"action": pd.Series(actions)}).rename_axis("site_id")
    plan = lp.evaluate(county, times, decisions)
    for name in ("travel_beyond", "classes_large", "schools_over_size", "pupils_beyond_places"):
        rows, _ = rows_of(plan, name)
        assert all(np.isnan(r.value) and r.met is None for r in rows), name
        assert {r.reason for r in rows} == {"nobody_in_school"}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("自治区级教育部门", "others"),
        ("广西壮族自治区教育厅", "others"),
        ("地区教育局", "others"),
        ("省直管县教育部门", "county"),
        ("安徽省石台县教育局", "county"),
        ("新疆维吾尔自治区阿克苏地区温宿县教育局", "county"),
        ("合肥市包河区教育局", "county"),
        ("non-public", "private"),
        ("非公办", "private"),
        ("省级教育部门", "others"),
        ("public", "county"),
    ],
)
def test_who_runs_a_school_is_told_by_the_last_place_named(text, who):
    assert run_by(text) == who


def test_a_balance_is_printed_as_in_the_forms(county):
    page = b.quality_2017(county, lang="en")._repr_html_()
    assert "None" not in page
    cv = b.quality_2017(county).indicators["cv"].iloc[0]
    assert f"<td>{cv:.3f}</td>" in page
    assert f"{cv:.6f}" not in page


def test_ways_to_school_stand_beside_the_coefficients_of_a_plan(county, times):
    plan = lp.evaluate(county, times)
    done = b.quality_2017(plan, lang="en")
    ways = done.stock.travelled.set_index(["stage", "indicator"])["mean"]
    rows, _ = rows_of(plan, "travel_mean")
    junior = next(r.value for r in rows if r.band == "g79")
    assert ways["junior", "travel_mean"] == pytest.approx(junior)
    beyond = ways["primary", "travel_beyond"] + ways["junior", "travel_beyond"]
    assert beyond == of_county(plan, "travel_beyond").value
    assert "time to school, one way, mean" in done._repr_html_()
    assert len(done.words("indicators")) == len(done.indicators) + 4
    assert len(b.quality_2017(county).words("indicators")) == len(done.indicators)
