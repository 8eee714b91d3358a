"""Early warning: seats against need, in whole persons, with first years and probabilities."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from counties_by_hand import ages, county

import layoutplan as lp
from layoutplan.projection.catchments_ahead import catchments_of, pupils_at_schools

KEYS = ["level", "id", "stage", "year"]


@pytest.fixture(scope="module")
def grown():
    # 20 in each grade of both villages; from 2027 on 60 enter in the first, 6 in the second.
    young = {f"age_{a}": [60, 6] for a in range(6)}
    schools = {"kind": ["primary", "nine_year"], "places": [180, 270]}
    flows = pd.DataFrame(
        {
            "village_id": ["V1", "V1", "V2"],
            "school_id": ["S1", "S2", "S2"],
            "pupils_g13": [60, 0, 60],
            "pupils_g46": [45, 15, 60],
            "pupils_g79": [0, 60, 60],
        }
    )
    made = county(ages((20,) * 9, (20,) * 9) | young, schools=schools, flows=flows)
    plan = lp.evaluate(made, lp.travel_times(made))
    lp.assert_plan_valid(plan)
    return lp.project(made, years=6), plan


def test_seats_and_need_by_hand(grown):
    projection, plan = grown
    table = lp.early_warning(projection, plan).seats.set_index(KEYS).sort_index()
    mine = table.loc[("school", "S1", "primary")]
    # Grades 1-3 of the first village: 60, 100, 140, 180, then 180; of its grades 4-6,
    # three in four: 60 up to 2029, then 100, 140, 180 pupils.
    assert mine["need"].tolist() == [105, 145, 185, 225, 255, 285, 315]
    assert mine["seats"].tolist() == [180] * 7
    assert mine["warning"].tolist()[:4] == ["", "", "short", "short"]
    other = table.loc[("school", "S2")]
    # The seats of the school with both stages are shared by its pupils.
    both = other.groupby("year")[["seats", "need"]].sum()
    assert both["seats"].tolist() == [270] * 7
    assert both.loc[2026, "need"] == 15 + 60 + 60 + 60 + 60


def test_nobody_is_lost(grown):
    projection, plan = grown
    table = lp.early_warning(projection, plan).seats
    total = projection.county_pupils.loc["mid"].sum(axis=1)
    for level in ("school", "township", "county"):
        need = table[table["level"].isin([level, "unplaced"])].groupby("year")["need"].sum()
        assert need.tolist() == total.tolist()
    at = pupils_at_schools(projection, catchments_of(plan, projection))
    wanted = projection.counts.sum(axis=(2, 3))
    assert (at.sum(axis=(2, 3)) == wanted).all()


def test_first_years_and_probabilities(grown):
    projection, plan = grown
    found = lp.early_warning(projection, plan)
    first = found.first.set_index(["level", "id", "stage"]).sort_index()
    assert first.loc[("school", "S1", "primary"), "first_short"] == 2028
    # 180 seats and 185 pupils: short in the middle and the high variant; low has fewer.
    low = projection.bands(2028, "low").loc["V1"]
    here = low["g13"] + round(low["g46"] * 0.75)
    p = found.seats.set_index(KEYS).sort_index().loc[("school", "S1", "primary", 2028), "p_short"]
    assert p == pytest.approx(0.7 if here <= 180 else 1.0)


def test_a_small_school_is_warned_of_by_year():
    young = {f"age_{a}": [2] for a in range(6)}
    made = county(ages((8,) * 9) | young, schools={"kind": ["nine_year"], "places": [90]})
    plan = lp.evaluate(made, lp.travel_times(made))
    table = lp.early_warning(lp.project(made, years=8, births=None), plan).seats
    school = table[table["level"] == "school"].groupby("year")["p_very_small"].first()
    need = table[table["level"] == "school"].groupby("year")["need"].sum()
    assert ((school == 1) == (need < 30)).iloc[:-2].all()
    assert need.iloc[0] == 72
    strict = lp.standards().with_values(small_school_pupils=10)
    again = lp.early_warning(lp.project(made, years=2), plan, standards=strict).seats
    assert (again[again["level"] == "school"]["p_small"] == 0).all()


def test_villages_without_pupils_today_follow_their_township():
    young = {f"age_{a}": [9, 9] for a in range(6)}
    made = county(ages((10,) * 9, (0,) * 9) | young)
    plan = lp.evaluate(made, lp.travel_times(made))
    found = lp.early_warning(lp.project(made, years=3), plan, choice="plan")
    assert [f.code for f in found.findings] == ["catchment_borrowed"]
    assert "unplaced" not in set(found.seats["level"])


def test_unknown_places_are_not_counted_as_none(grown):
    projection, plan = grown
    tables = dict(plan.tables)
    decisions = tables["decisions"].astype({"places": float})
    decisions.loc["S1", "places"] = np.nan
    unknown = replace(plan, tables=tables | {"decisions": decisions})
    table = lp.early_warning(projection, unknown).seats.set_index(KEYS).sort_index()
    assert table.loc[("school", "S1", "primary"), ["seats", "p_short"]].isna().all(axis=None)
    assert table.loc[("county", "", "primary"), "seats"].isna().all()
    assert (table.loc[("school", "S1", "primary"), "warning"] == "").all()


def test_another_county_is_refused(grown, small_today):
    with pytest.raises(lp.OptionsError, match=r"40|42"):
        lp.early_warning(grown[0], small_today)


def test_words_in_both_languages(grown):
    found = lp.early_warning(*grown)
    for lang in ("zh", "en"):
        for table in ("seats", "first"):
            shown = found.words(lang, table=table)
            assert not shown.columns.str.contains("_").any()
    assert "学位不足" in set(found.words("zh")["预警"])
    assert "<table" in found._repr_html_()
