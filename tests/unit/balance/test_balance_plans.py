"""Balance of plans: what becomes of teachers and assets when schools close, shrink or open."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import balance as b
from layoutplan.assessment import INDICATORS
from layoutplan.assessment.balance import assessed
from layoutplan.balance.indicators import PARTS, RESOURCES
from layoutplan.errors import OptionsError
from layoutplan.tables import BANDS

WHOLE = [r for r in RESOURCES if r in PARTS]


@pytest.fixture(scope="module", name="closing")
def _closing(small, small_times, small_today):
    """Close two schools with pupils, and turn a third into a teaching point."""
    today = small_today.decisions
    pupils = today[[f"after_{x}" for x in BANDS]].sum(axis=1)
    primary = today.index[today["kind"].eq("primary") & pupils.gt(0)]
    nine = today.index[today["kind"].isin(["nine_year", "junior"]) & pupils.gt(0)]
    changes = {primary[0]: "close", nine[0]: "close", primary[1]: "teaching_point"}
    plan = lp.evaluate(small, small_times, small_today.decisions_with(changes))
    lp.assert_plan_valid(plan)
    return plan, changes


def test_todays_plan_keeps_everything(small, small_today):
    stock = b.stock_after(small_today).table
    for resource in RESOURCES:
        assert stock[resource].sum() == small.schools[resource].sum()
    assert stock.index.tolist() == sorted(small.schools.index)


def test_pooled_assets_add_up_to_the_unit(small, closing):
    plan, changes = closing
    stock = b.stock_after(plan).table
    gone = [s for s, a in changes.items() if a == "close"]
    assert not set(gone) & set(stock.index)
    for resource in RESOURCES:
        assert stock[resource].sum() == pytest.approx(small.schools[resource].sum(), rel=1e-12)
    assert (stock[WHOLE] % 1 == 0).all(axis=None)
    assert (stock[list(RESOURCES)] >= 0).all(axis=None)


def test_idle_assets_are_lost_and_teachers_are_not(small, closing):
    plan, changes = closing
    stock = b.stock_after(plan, assets="idle").table
    gone = [s for s, a in changes.items() if a == "close"]
    schools = small.schools
    assert stock["books"].sum() == schools["books"].sum() - schools.loc[gone, "books"].sum()
    assert stock["teachers"].sum() == schools["teachers"].sum()
    without = b.stock_after(plan, assets="idle", teachers="idle").table
    assert without["teachers"].sum() == (
        schools["teachers"].sum() - schools.loc[gone, "teachers"].sum()
    )


def test_a_school_that_gives_up_grades_keeps_its_assets(small, small_times, small_today):
    today = small_today.decisions
    point = today.index[today["kind"].eq("primary") & today["after_g46"].gt(0)][0]
    decisions = small_today.decisions_with({point: "teaching_point"})
    plan = lp.evaluate(small, small_times, decisions)
    stock, schools = b.stock_after(plan).table, small.schools
    assert stock.loc[point, "books"] == schools.loc[point, "books"]
    before = plan.decisions.loc[point, ["before_g13", "before_g46"]].astype(float)
    share = before["before_g46"] / before.sum()
    left = schools.loc[point, "teachers"] - stock.loc[point, "teachers"]
    assert left == pytest.approx(share * schools.loc[point, "teachers"], abs=0.5)
    kept = b.stock_after(plan, teachers="idle").table
    assert kept.loc[point, "teachers"] == schools.loc[point, "teachers"]


def test_receivers_get_by_pupils_and_stage(small, closing):
    plan, changes = closing
    primary = next(s for s, a in changes.items() if a == "close")
    moves = plan.moves[plan.moves["from_site"].eq(primary) & plan.moves["to_site"].ne("")]
    got = moves.groupby("to_site")["pupils"].sum()
    stock, was = b.stock_after(plan).table, small.schools
    nine = [s for s, a in changes.items() if a == "close"][1]
    only = got.index[~got.index.isin(plan.moves.loc[plan.moves["from_site"].eq(nine), "to_site"])]
    assert len(only)
    for receiver in only:
        more = stock.loc[receiver, "sports_area_m2"] - was.loc[receiver, "sports_area_m2"]
        share = got[receiver] / got.sum()
        assert more == pytest.approx(share * was.loc[primary, "sports_area_m2"])


def test_a_closed_school_without_pupils_gives_to_the_nearest(small, small_times, small_today):
    site = small_today.decisions.index[small_today.decisions["kind"].eq("primary")][0]
    decisions = small_today.decisions_with({site: "close"})
    plan = lp.evaluate(small, small_times, decisions)
    table = plan.decisions
    for band in BANDS:
        table.loc[site, f"before_{band}"] = 0
    moves = plan.moves[plan.moves["from_site"].ne(site)]
    table.loc[site, "receivers"] = next(s for s in table.index if s != site)
    empty = replace(plan, tables={**plan.tables, "decisions": table, "moves": moves})
    stock = b.stock_after(empty)
    for resource in ("books", "sports_area_m2", "teachers"):
        assert stock.table[resource].sum() == pytest.approx(small.schools[resource].sum())
    alone = table.assign(receivers="")
    none = b.stock_after(replace(empty, tables={**empty.tables, "decisions": alone}))
    assert [f.code for f in none.findings] == ["balance_assets_without_receiver"]
    assert none.table["books"].sum() == small.schools["books"].drop(site).sum()


def test_a_stage_that_nobody_takes_over_is_named(closing):
    plan, changes = closing
    nine = [s for s, a in changes.items() if a == "close"][1]
    stages = plan.moves["band"].where(plan.moves["from_site"].eq(nine))
    moves = plan.moves.assign(to_site=plan.moves["to_site"].mask(stages.eq("g79"), ""))
    done = b.stock_after(replace(plan, tables={**plan.tables, "moves": moves}))
    assert [(f.code, f.ids) for f in done.findings] == [
        ("balance_assets_without_receiver", (nine,))
    ]


def test_blanks_of_closed_schools_are_named(small, closing):
    plan, changes = closing
    gone = sorted(s for s, a in changes.items() if a == "close")
    schools = small.schools
    schools.loc[gone[0], "books"] = np.nan
    county = replace(plan.county, tables={**plan.county.tables, "schools": schools})
    done = b.stock_after(replace(plan, county=county))
    assert [(f.code, f.ids) for f in done.findings] == [("balance_assets_unknown", (gone[0],))]
    assert done.table["books"].notna().all()


@pytest.fixture(scope="module", name="opening")
def _opening(small, small_times, small_today):
    decisions = small_today.decisions
    new = decisions.index[decisions["action"].eq("unused")][0]
    near = small_today.decisions_with({new: "new"})
    plan = lp.evaluate(small, small_times, near)
    table = plan.decisions
    if table.loc[new, [f"after_{x}" for x in BANDS]].sum() == 0:
        # Nobody went there: send those of one village and band.
        kind = str(table.loc[new, "bands"]).split()[0]
        assignment = plan.assignment
        at = assignment.index[assignment["band"].eq(kind)][0]
        old, pupils = assignment.loc[at, ["site_id", "pupils"]]
        assignment.loc[at, "site_id"] = new
        table.loc[old, f"after_{kind}"] -= pupils
        table.loc[new, f"after_{kind}"] += pupils
        plan = replace(plan, tables={**plan.tables, "decisions": table, "assignment": assignment})
    return plan, new


def test_a_new_school_is_left_out_or_taken_as_provided(opening):
    plan, new = opening
    done = b.quality_2017(plan)
    lost = done.left_out[done.left_out["school_id"].eq(new)]
    assert "new_school" in set(lost["reason"]) | {
        r for r in lost["reason"] if r.endswith("teaching_point")
    }
    provided = b.stock_after(plan, new_schools="standard").table.loc[new]
    stage = "junior" if provided["junior"] else "primary"
    wanted = lp.standards("cn-quality-2017").value(f"quality_sports_area_m2_{stage}")
    assert provided["sports_area_m2"] == pytest.approx(wanted * provided[stage])
    assert np.isfinite(provided[list(RESOURCES)].astype(float)).all()
    assert (
        not b.quality_2017(plan, new_schools="standard").left_out["reason"].eq("new_school").any()
    )


def test_expansions_are_pointed_out_or_counted(small, small_times, small_today):
    sites = small_today.decisions.index[small.sites["max_extra_classes"].gt(0)]
    grown = sites[sites.isin(small.schools.index)][0]
    plan = lp.evaluate(small, small_times, small_today.decisions_with({grown: "expand"}))
    noted = b.stock_after(plan)
    assert [f.code for f in noted.findings] == ["balance_expansion_not_counted"]
    counted = b.stock_after(plan, new_schools="standard").table
    more = counted.loc[grown, "teaching_area_m2"] - noted.table.loc[grown, "teaching_area_m2"]
    kind = "junior" if small.schools.loc[grown, "kind"] == "junior" else "primary"
    size = {"primary": 45 * 4.5, "junior": 50 * 5.8}
    assert more == pytest.approx(size[kind])


def test_bad_options_are_refused(small_today):
    for options in ({"assets": "sold"}, {"teachers": 2}, {"new_schools": "free"}):
        with pytest.raises(OptionsError):
            b.quality_2017(small_today, **options)


class TestIndicators:
    def names(self):
        return [i.name for i in INDICATORS if i.family == "balance"]

    def test_they_stand_beside_access(self):
        families = list(dict.fromkeys(i.family for i in INDICATORS))
        assert families[:2] == ["access", "balance"]
        assert len(self.names()) == 2 * (2 + 7 + 2)

    def test_they_are_those_of_the_balance(self, closing):
        plan, _ = closing
        done, quality, basic = lp.assess(plan, lang="en"), b.quality_2017(plan), b.basic_2012(plan)
        idle = b.basic_2012(plan, assets="idle")
        for stage in ("primary", "junior"):
            assert done.value(f"balance_composite_{stage}") == basic.cv(stage=stage)
            assert done.value(f"balance_composite_idle_{stage}") == idle.cv(stage=stage)
            for m in quality.measured:
                value = done.value(f"balance_cv_{m.name}_{stage}")
                assert value == quality.cv(m.name, stage=stage)
            schools = quality.schools[quality.schools["stage"].eq(stage)]
            assert done.value(f"balance_failing_{stage}") == schools["met"].eq("no").sum()
            table = done.table
            rows = table[table["indicator"].eq(f"balance_failing_{stage}")]
            assert rows.loc[rows["level"].eq("township"), "value"].sum() == rows["value"].iloc[0]
        assert basic.cv(stage="primary") != idle.cv(stage="primary")

    def test_limits_come_from_the_standards_of_the_plan(self, small_today):
        own = small_today.standards
        entries = {**own.entries, **lp.standards("cn-quality-2017").entries}
        strict = replace(own, entries=entries).with_values(quality_cv_max_primary=0.01)
        table = lp.assess(replace(small_today, standards=strict), lang="en").table
        rows = table[table["indicator"].str.match("balance_cv_.*_primary")]
        assert rows["limit"].eq(0.01).all()
        assert rows["met"].eq("no").all()

    def test_a_county_without_resources_says_so(self, small, small_today):
        schools = small.schools.drop(columns=[r for r in RESOURCES if r in small.schools])
        county = replace(small, tables={**small.tables, "schools": schools})
        done = lp.assess(replace(small_today, county=county), lang="en")
        rows = done.table[done.table["indicator"].isin(self.names())]
        assert rows["value"].isna().all()
        assert set(rows["reason"]) == {"balance_no_data"}
        assert assessed(replace(small_today, county=county), "quality") is None

    def test_the_schools_left_out_are_named(self, small, small_today):
        schools = small.schools
        blank = schools.index[schools["kind"].eq("primary")][0]
        schools.loc[blank, "books"] = np.nan
        county = replace(small, tables={**small.tables, "schools": schools})
        done = lp.assess(replace(small_today, county=county), lang="en")
        table = done.table.query("level == 'county'").set_index("indicator")
        assert table.loc["balance_composite_primary", "left_out"] >= 1
        assert isinstance(done.words(), pd.DataFrame)
