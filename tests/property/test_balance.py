"""What must hold for the balance of every county and every plan."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from example_counties import county_of, today_of
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughly import examples

import layoutplan as lp
from layoutplan import balance as b
from layoutplan.balance.indicators import PARTS, RESOURCES, SHARED, TEACHERS
from layoutplan.balance.rulebook import QUALITY_2017, rulebook
from layoutplan.balance.stages import by_stage, units
from layoutplan.balance.stock import PUPILS, with_pupils

SCHOOLS = st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 50_000)), min_size=1, max_size=30)
RULES = rulebook(QUALITY_2017)


@given(schools=SCHOOLS, scale=st.floats(0.001, 1000), more=st.integers(1, 50))
@settings(max_examples=examples(60), deadline=None)
def test_variation_is_free_of_scale(schools, scale, more):
    pupils, has = np.array(schools, dtype=float).T
    cv = b.variation(has, pupils).cv
    for one, other in ((scale * has, pupils), (has, more * pupils)):
        assert b.variation(one, other).cv == pytest.approx(cv, rel=1e-9, abs=1e-12, nan_ok=True)


@given(schools=SCHOOLS, each=st.floats(0.01, 100))
@settings(max_examples=examples(40), deadline=None)
def test_equal_schools_have_no_variation(schools, each):
    pupils = np.array(schools, dtype=float)[:, 0]
    assert b.variation(each * pupils, pupils).cv == pytest.approx(0, abs=1e-9)


@given(schools=SCHOOLS, times=st.integers(2, 4))
@settings(max_examples=examples(40), deadline=None)
def test_the_county_twice_has_the_same_variation(schools, times):
    pupils, has = np.array(schools, dtype=float).T
    cv = b.variation(has, pupils).cv
    many = b.variation(np.tile(has, times), np.tile(pupils, times)).cv
    assert many == pytest.approx(cv, rel=1e-9, abs=1e-12, nan_ok=True)


@given(schools=SCHOOLS, part=st.floats(0, 1))
@settings(max_examples=examples(40), deadline=None)
def test_moving_towards_the_mean_never_widens(schools, part):
    pupils, has = np.array(schools, dtype=float).T
    mean = has.sum() / pupils.sum()
    nearer = has + part * (mean * pupils - has)
    before, after = b.variation(has, pupils).cv, b.variation(nearer, pupils).cv
    assert np.isnan(before) or after <= before + 1e-9


STAGES = st.tuples(*[st.integers(0, 900)] * 3)


@st.composite
def stocks(draw):
    """Draw what schools have: some blanks, some without pupils, some with several stages."""
    count = draw(st.integers(1, 8))
    ids = [f"S{i}" for i in range(count)]
    pupils = pd.DataFrame([draw(STAGES) for _ in ids], index=ids, columns=list(PUPILS))
    number = st.one_of(st.none(), st.integers(0, 5000))
    rows = {r: [draw(number) for _ in ids] for r in RESOURCES}
    rows |= {f"{t}_junior": [draw(number) for _ in ids] for t in TEACHERS}
    kinds = st.sampled_from(["primary", "junior", "nine_year", "teaching_point", "special"])
    owners = st.sampled_from(["7", "10", "3", ""])
    table = pd.DataFrame(rows, index=ids, dtype=float).assign(
        kind=[draw(kinds) for _ in ids], ownership=[draw(owners) for _ in ids]
    )
    return with_pupils(table, pupils.astype(float))


@given(rows=stocks())
@settings(max_examples=examples(60), deadline=None)
def test_stages_share_out_all_there_is(rows):
    parts, _ = by_stage(rows, standards=RULES)
    pupils = rows[list(PUPILS)].sum(axis=1)
    for resource in RESOURCES:
        whole = sum(parts[s][resource] for s in PUPILS)
        known = pupils.gt(0) & rows[resource].notna()
        assert whole[known].to_numpy() == pytest.approx(rows.loc[known, resource].to_numpy())
        assert whole[~known].isna().all()
        for stage in PUPILS:
            share = parts[stage][resource].fillna(0)
            assert (share >= 0).all()
            assert (share[rows[stage].eq(0)] == 0).all()


@given(rows=stocks())
@settings(max_examples=examples(25), deadline=None)
def test_every_school_is_counted_or_left_out_with_a_reason(rows):
    county, _ = county_of(1)
    stock = b.Stock(name="any", lang="en", county=county, rows=rows)
    for assess in (b.basic_2012, b.quality_2017):
        done = assess(stock)
        counted = set(done.schools["school_id"])
        left = done.left_out
        gone = set(left.loc[left["indicator"].eq(""), "school_id"])
        only_senior = set(
            rows.index[rows["senior"].gt(0) & rows[["primary", "junior"]].sum(axis=1).eq(0)]
        )
        assert counted | gone | only_senior == set(rows.index)
        for m in done.measured:
            blank = set(done.schools.loc[done.schools[m.name].isna(), "school_id"])
            named = set(left.loc[left["indicator"].eq(m.name), "school_id"])
            assert blank == named
        for stage in ("primary", "junior"):
            assert done.met(stage) in (True, False, None)


@given(seed=st.sampled_from([1, 2, 5]), data=st.data())
@settings(max_examples=examples(6), deadline=None)
def test_pooling_keeps_the_countys_stock_to_the_unit(seed, data):
    today = today_of(seed)
    county, times = today.county, today.times
    closed = data.draw(st.sets(st.sampled_from(list(county.schools.index)), max_size=5))
    smaller = [
        s for s in county.schools.index[county.schools["kind"].eq("primary")] if s not in closed
    ]
    points = data.draw(st.sets(st.sampled_from(smaller), max_size=2)) if smaller else set()
    changes = dict.fromkeys(closed, "close") | dict.fromkeys(points, "teaching_point")
    plan = lp.evaluate(county, times, today.decisions_with(changes))
    share = data.draw(st.floats(0, 1))
    pooled = b.stock_after(plan)
    lost = {f.code for f in pooled.findings} & {"balance_assets_without_receiver"}
    unserved = plan.pupils_unserved
    for resource in RESOURCES:
        before, after = county.schools[resource].sum(), pooled.table[resource].sum()
        if not lost and not unserved:
            assert after == pytest.approx(before, rel=1e-12)
        assert after <= before + 1e-6
        if resource in PARTS:
            assert (pooled.table[resource] % 1 == 0).all()
    part = b.stock_after(plan, assets=share).table
    idle = b.stock_after(plan, assets="idle").table
    for resource in SHARED:
        low, high = idle[resource].sum(), pooled.table[resource].sum()
        assert low - 1e-6 <= part[resource].sum() <= high + 1e-6
    merged = b.quality_2017(plan)
    pupils = merged.tables["units"]["pupils"].sum()
    assert pupils <= plan.pupils_assigned


@given(seed=st.sampled_from([1, 2, 5]), aim=st.sampled_from(["indicators", "cv"]), data=st.data())
@settings(max_examples=examples(8), deadline=None)
def test_moves_lose_nothing_and_help(seed, aim, data):
    county, _ = county_of(seed)
    before = b.quality_2017(county)
    stage = data.draw(st.sampled_from(["primary", "junior"]))
    limit = data.draw(st.floats(0.05, 0.5)) if aim == "cv" else None
    done = b.move_resources(before, stage=stage, aim=aim, limit=limit)
    one, two = before.tables["units"], done.after.tables["units"]
    for resource in RESOURCES:
        assert two[resource].sum() == pytest.approx(one[resource].sum(), rel=1e-9)
    was, now = before.schools, done.after.schools
    assert (now["reached"] >= was["reached"]).all()
    if aim == "cv":
        for m in before.measured:
            assert done.after.cv(m.name, stage=stage) <= before.cv(m.name, stage=stage)
            moved = m.resource in set(done.table["resource"])
            if done.reached and moved:
                assert done.after.cv(m.name, stage=stage) <= limit + 5e-4
    assert (done.table["number"] > 0).all()
    assert not (done.table["from_school"] == done.table["to_school"]).any()


@given(seed=st.sampled_from([1, 2]), order=st.integers(0, 5))
@settings(max_examples=examples(3), deadline=None)
def test_the_order_of_rows_changes_no_help(seed, order):
    county, _ = county_of(seed)
    mixed = county.schools.sample(frac=1, random_state=order)
    other = replace(county, tables={**county.tables, "schools": mixed})
    one, two = b.quality_2017(county), b.quality_2017(other)
    pd.testing.assert_frame_equal(b.gaps(one), b.gaps(two))
    for stage in ("primary", "junior"):
        first, second = (b.move_resources(x, stage=stage).table for x in (one, two))
        pd.testing.assert_frame_equal(first, second)
        schools = one.schools[one.schools["stage"].eq(stage)].sort_values("level")["school_id"]
        options = {"stage": stage, "weak": schools[:1], "strong": schools[1:]}
        first, second = (b.pair_schools(x, **options).table for x in (one, two))
        pd.testing.assert_frame_equal(first, second)


@given(rows=stocks())
@settings(max_examples=examples(30), deadline=None)
def test_units_have_pupils_and_are_sorted(rows):
    table, _ = units(rows, standards=RULES)
    assert (table["pupils"] > 0).all()
    assert table["pupils"].sum() == rows[["primary", "junior"]].to_numpy().sum()
    assert not table.duplicated(["stage", "school_id"]).any()
