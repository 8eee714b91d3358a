"""Families choose by Huff's rule where nobody has counted who goes where."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from counties_by_hand import ages, county

import layoutplan as lp


def counted(*, flows=None, minutes=((10, 20), (20, 10)), places=(100, 400), kind="nine_year"):
    schools = {"kind": ["nine_year", kind], "places": list(places), "township_id": ["T1", "T2"]}
    own = county(ages((20,) * 9, (20,) * 9), schools=schools, flows=flows)
    table = pd.DataFrame(minutes, index=["V1", "V2"], columns=["S1", "S2"], dtype=float)
    times = lp.TravelTimes.from_matrix(table, mode="walk", county=own)
    plan = lp.evaluate(own, times)
    lp.assert_plan_valid(plan)
    return lp.project(own, years=2, variants=()), plan


def needs(projection, plan, **options):
    found = lp.early_warning(projection, plan, **options)
    seats = found.seats.query("level in ['school', 'unplaced'] and year == 2026")
    return seats.groupby("id")["need"].sum().to_dict(), {f.code for f in found.findings}


def test_shares_by_hand():
    # V1: 100 / 10^2 = 1 and 400 / 20^2 = 1, one half each; V2: 100 / 20^2 = 0.25 and
    # 400 / 10^2 = 4, of 60 pupils of a band 60 / 17 = 3.5 at the first, 4 or 3 persons.
    need, codes = needs(*counted())
    assert codes == {"families_choose"}
    assert need["S1"] + need["S2"] == 360
    assert need["S1"] == 90 + 3 * 4


def test_nearness_stops_counting_where_the_profile_says_so():
    need, _ = needs(*counted(minutes=((1, 10), (10, 1)), places=(200, 200)))
    assert need == {"S1": 180, "S2": 180}


def test_a_school_that_does_not_teach_the_band_draws_nobody():
    projection, plan = counted(kind="primary")
    table = lp.early_warning(projection, plan).seats
    assert table.query("id == 'S2' and stage == 'junior' and need > 0").empty


def test_without_a_way_nobody_is_lost():
    need, _ = needs(*counted(minutes=((10, np.inf), (np.inf, np.inf))))
    assert need == {"": 180, "S1": 180, "S2": 0}


def test_unknown_places_count_as_those_of_the_others():
    projection, plan = counted(places=(100, 100))
    decisions = plan.decisions.astype({"places": float})
    decisions.loc["S2", "places"] = np.nan
    unknown = replace(plan, tables={**plan.tables, "decisions": decisions})
    assert needs(projection, unknown)[0] == needs(projection, plan)[0]


def test_observed_flows_go_before_the_rule():
    flows = pd.DataFrame({"village_id": ["V1", "V2"], "school_id": ["S1", "S1"],
                          **{f"pupils_{b}": [60, 60] for b in ("g13", "g46", "g79")}})  # fmt: skip
    made = counted(flows=flows)
    assert needs(*made) == ({"S1": 360, "S2": 0}, set())
    assert needs(*made, choice="huff")[0]["S2"] > 180


def test_an_unknown_choice_is_told():
    with pytest.raises(lp.OptionsError) as caught:
        lp.early_warning(*counted(), choice="best")
    assert caught.value.findings[0].code == "warning_choice"


def test_the_rule_is_nearer_to_what_is_observed_than_nearness(small, small_today):
    # The example county's families choose with a pull of the towns of its own.
    bare = replace(small, tables={k: t for k, t in small.tables.items() if k != "flows"})
    near = lp.evaluate(bare, small_today.times)
    made = lp.project(bare, years=1, variants=())
    seen = small_today.assignment.groupby("site_id")["pupils"].sum()

    def apart(choice):
        table = lp.early_warning(made, near, choice=choice).seats
        first = table[(table["level"] == "school") & (table["year"] == made.base_year)]
        need = first.groupby("id")["need"].sum()
        return need.sub(seen, fill_value=0).abs().sum() / 2 / seen.sum()

    assert apart("huff") < apart("plan") < 0.2
    assert apart("huff") < 0.12
