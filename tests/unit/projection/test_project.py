"""Projections: cohorts to the person, variants, sums, and what is wrong with the data."""

import numpy as np
import pandas as pd
import pytest
from counties_by_hand import ages, county

import layoutplan as lp
from layoutplan.projection.grades import GRADES
from layoutplan.projection.numbers import with_assumptions
from layoutplan.tables import BANDS

PUPILS = ages((30, 33, 27, 36, 30, 24, 21, 40, 38), (12, 9, 15, 6, 10, 11, 8, 14, 13))
BIRTHS = {
    "births_2020": [30, 12],
    "births_2021": [60, 9],
    "births_2022": [45, 6],
    "births_2023": [33, 3],
}


def codes(findings):
    return {f.code for f in findings}


def test_three_years_by_hand():
    # Grade 1 of autumn 2027: a third of the births of 2020 and two thirds of those of
    # 2021, that is 10 + 40 in the first village and 4 + 6 in the second. In grade 1 of
    # 2026 there are as many pupils as births in 2020, so that one birth is one pupil.
    made = lp.project(county(PUPILS | BIRTHS), years=3, variants=())
    assert made.years == (2026, 2027, 2028, 2029)
    expected = {
        ("V1", 2026): [30, 33, 27, 36, 30, 24, 21, 40, 38],
        ("V1", 2027): [50, 30, 33, 27, 36, 30, 24, 21, 40],
        ("V1", 2028): [50, 50, 30, 33, 27, 36, 30, 24, 21],
        ("V1", 2029): [37, 50, 50, 30, 33, 27, 36, 30, 24],
        ("V2", 2026): [12, 9, 15, 6, 10, 11, 8, 14, 13],
        ("V2", 2027): [10, 12, 9, 15, 6, 10, 11, 8, 14],
        ("V2", 2028): [7, 10, 12, 9, 15, 6, 10, 11, 8],
        ("V2", 2029): [4, 7, 10, 12, 9, 15, 6, 10, 11],
    }
    for (village, year), row in expected.items():
        assert made.pupils.loc[("mid", year, village)].tolist() == row, (village, year)
    assert made.bands(2029).loc["V1"].tolist() == [137, 90, 90]
    assert made.pupils.to_numpy().dtype == np.int64


def test_repeating_dropping_out_migration_and_housing_by_hand():
    rules = with_assumptions(None).with_values(repeat_share_primary=0.1, dropout_share_primary=0.05)
    births = {"births_2021": [90.0], "births_2022": [90.0]}
    homes = pd.DataFrame({"village_id": ["V1"], "year": [2028], "pupils": [18]})
    made = lp.project(
        county(ages((100,) * 9) | births), years=2, variants=(), standards=rules,
        migration=-0.02, housing=homes,
    )  # fmt: skip
    # 2027: 90 x 0.98 + 10 x 0.98 = 98 enter or repeat; (85 + 10) x 0.98 = 93.1 in grade 2;
    # grade 7 takes 85 x 0.98 = 83.3 from grade 6; grade 8 all of grade 7 but movers, 98.
    first = made.pupils.loc[("mid", 2027, "V1")].tolist()
    assert first == [98, 93, 93, 93, 93, 93, 83, 98, 98]
    # 2028: 90 x 0.98 x 0.98 + 9.8 x 0.98 + 2 of the new dwellings = 98.04;
    # grade 2: (98 x 0.85 + 93.1 x 0.1) x 0.98 + 2 = 92.76; grade 3: 93.1 x 0.95 x 0.98 + 2.
    second = made.pupils.loc[("mid", 2028, "V1")].tolist()
    assert second[:3] == [98, 93, 89]


def test_ages_below_school_come_before_births():
    young = {f"age_{a}": [n] for a, n in enumerate((3, 6, 9, 12, 15, 18))}
    made = lp.project(county(ages((20,) * 9) | young), years=6, variants=())
    assert made.county_pupils.loc["mid"]["g1"].tolist() == [20, 18, 15, 12, 9, 6, 3]
    assert "births_from_ages" in codes(made.findings)


def test_sums_are_kept_in_every_variant_and_year(small):
    made = lp.project(small, years=10, samples=3)
    by_village = made.pupils.groupby(level=["variant", "year"], sort=False).sum()
    pd.testing.assert_frame_equal(by_village, made.county_pupils)
    assert (made.pupils >= 0).to_numpy().all()
    assert sum(made.weights.values()) == pytest.approx(1)
    bands = made.bands(2026)
    today = small.villages[["pupils_g13", "pupils_g46", "pupils_g79"]].set_axis(
        bands.columns, axis=1
    )
    pd.testing.assert_frame_equal(bands, today.astype("int64"))
    total = made.county_pupils.sum(axis=1).unstack("variant")
    assert (total["low"] < total["mid"]).iloc[1:].all()
    assert (total["mid"] < total["high"]).iloc[1:].all()


def test_the_order_of_rows_changes_nothing(small):
    villages = small.villages.sample(frac=1, random_state=5)
    again = lp.County.from_tables(
        villages=villages, schools=small.schools, roads=small.roads,
        townships=small.townships, flows=small.flows.sample(frac=1, random_state=5),
        year=small.year,
    )  # fmt: skip
    one, other = (lp.project(c, years=8, samples=2, seed=4) for c in (small, again))
    pd.testing.assert_frame_equal(one.pupils.sort_index(), other.pupils.sort_index())
    later = [p.county_in(2032).flows for p in (one, other)]
    keys, names = ["village_id", "school_id"], [f"pupils_{b}" for b in BANDS]
    later = [flows.set_index(keys)[names].sort_index() for flows in later]
    pd.testing.assert_frame_equal(later[0], later[1])


def test_a_sample_is_the_same_whatever_their_number(small):
    few, many = (lp.project(small, years=9, samples=n, seed=1) for n in (1, 3))
    pd.testing.assert_frame_equal(few.pupils.loc["s001"], many.pupils.loc["s001"])
    other = lp.project(small, years=9, samples=1, seed=2)
    assert not other.pupils.loc["s001"].equals(few.pupils.loc["s001"])


def test_a_county_of_a_later_year_can_be_planned_on(small, small_times):
    made = lp.project(small, years=6)
    later = made.county_in(2032, "low")
    assert later.year == 2032
    bands = made.bands(2032, "low")
    flows = later.flows.groupby("village_id")[[f"pupils_{b}" for b in bands]].sum()
    assert (flows.reindex(bands.index).to_numpy() == bands.to_numpy()).all()
    plan = lp.evaluate(later, small_times)
    lp.assert_plan_valid(plan)
    assert plan.pupils_in == int(bands.to_numpy().sum())


def test_nobody_can_change_a_projection(small):
    made = lp.project(small, years=1)
    pupils, births = made.pupils, made.births
    pupils.iloc[0], births["births"] = 0, 0
    assert made.births["births"].sum() > 0
    assert made.pupils.iloc[0].sum() > 0
    with pytest.raises(ValueError, match="read-only"):
        made.counts[0] = 0


def test_population_alone_follows_the_nation():
    made = lp.project(county({"population": [2000, 1000]}), years=8, variants=())
    assert {"pupils_from_population", "children_from_nation"} <= codes(made.findings)
    total = made.county_pupils.loc["mid"].sum(axis=1)
    # The nation's births fell by more than half between 2016 and 2025.
    assert total.loc[2034] < 0.75 * total.loc[2026]


def test_bands_alone_are_spread_by_births_where_these_are_known():
    bands = {"pupils_g13": [90], "pupils_g46": [91], "pupils_g79": [92]}
    born = {"births_2017": [60], "births_2018": [60], "births_2019": [60], "births_2020": [60]}
    halved = born | {"births_2020": [0]}
    even = lp.project(county(bands | born), years=1, variants=()).pupils.loc[("mid", 2026, "V1")]
    assert even.tolist()[:3] == [30, 30, 30]
    assert sorted(even.tolist()[3:6]) == [30, 30, 31]
    # A third of the cohort of grade 1 was born in 2019 and nobody in 2020.
    odd = lp.project(county(bands | halved), years=1, variants=()).pupils.loc[("mid", 2026, "V1")]
    assert odd.tolist()[:3] == [13, 39, 38]


def test_the_latest_vintage_holds():
    made = lp.project(
        county(PUPILS | BIRTHS), years=3, variants=(),
        births=pd.DataFrame(
            {"village_id": ["V1", "V1"], "year": [2023, 2023], "births": [300, 66],
             "vintage": [2024, 2027]}
        ),
    )  # fmt: skip
    born = made.births.set_index(["village_id", "year"])
    assert born.loc[("V1", 2023), ["births", "vintage"]].tolist() == [66, 2027]
    assert born.loc[("V2", 2023), ["births", "vintage"]].tolist() == [3, 2026]
    assert made.pupils.loc[("mid", 2029, "V1"), "g1"] == 15 + 44


def test_villages_that_appear_and_vanish_between_vintages():
    births = pd.DataFrame(
        {
            "village_id": ["V1", "V2", "V9", "V1"],
            "year": 2024,
            "births": [30, 30, 6, 33],
            "vintage": [2025, 2025, 2025, 2026],
        }
    )
    made = lp.project(county(PUPILS | BIRTHS), years=4, variants=(), births=births)
    found = {f.code: f for f in made.findings}
    assert found["births_unknown_village"].ids == ("V9",)
    assert found["births_village_vanishes"].ids == ("V2",)
    # The six births of the village that is not in the county were shared by halves.
    born = made.births.set_index(["village_id", "year"])["births"]
    assert born.loc[("V2", 2024)] == 33
    assert born.loc[("V1", 2024)] == 33


def test_births_with_gaps_are_filled_and_told():
    holes = {"births_2018": [30, 10], "births_2020": [30, np.nan], "births_2021": [30.5, 10]}
    made = lp.project(county(PUPILS | holes), years=3, variants=())
    assert {"births_years_missing", "births_blank", "births_decimals"} <= codes(made.findings)
    born = made.births[made.births["variant"] == ""].set_index(["village_id", "year"])
    assert born.loc[("V1", 2019), "births"] == 30
    assert born.loc[("V2", 2020), "births"] == pytest.approx(10, rel=0.02)
    assert born.loc[("V2", 2020), "source"] == "filled"


def test_ages_that_do_not_go_with_pupils_or_people_are_told():
    bands = {"pupils_g13": [90, 36], "pupils_g46": [90, 90], "pupils_g79": [99, 35]}
    made = lp.project(county(PUPILS | BIRTHS | bands | {"population": [100, 900]}), years=1)
    found = {f.code: f for f in made.findings}
    assert found["ages_not_pupils"].ids == ("V2",)
    assert found["ages_above_population"].ids == ("V1",)
    assert made.bands(2026).loc["V2"].tolist() == [36, 90, 35]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"years": 0}, "projection_years"),
        ({"years": 1.5}, "projection_years"),
        ({"years": True}, "projection_years"),
        ({"years": 1000}, "projection_years"),
        ({"samples": -1}, "projection_samples"),
        ({"variants": ("best",)}, "projection_variants"),
        ({"base_year": -4}, "base_year_bad"),
        ({"base_year": "2026"}, "base_year_bad"),
        ({"migration": {"V8": 0.1}}, "unknown_place"),
        ({"migration": -1.0}, "migration_bad_number"),
        ({"migration": pd.DataFrame({"village_id": ["V1"]})}, "given_columns_missing"),
        ({"housing": pd.DataFrame({"village_id": ["V1"], "year": [2027], "pupils": [-5]})},
         "housing_bad_number"),
        ({"housing": pd.DataFrame({"village_id": ["V7"], "year": [2027], "pupils": [5]})},
         "unknown_place"),
        ({"housing": pd.DataFrame({"village_id": ["V1"], "year": [2027]})},
         "given_columns_missing"),
        ({"births": pd.DataFrame({"village_id": ["V1"], "year": [2020]})},
         "births_columns_missing"),
        ({"births": pd.DataFrame({"village_id": ["V1"], "year": [2020], "births": [-3]})},
         "births_negative"),
        ({"births": pd.DataFrame({"village_id": ["V1"], "year": [2020], "births": ["many"]})},
         "births_not_number"),
        ({"births": pd.DataFrame({"village_id": ["V1"], "year": ["?"], "births": [3]})},
         "births_bad_year"),
        ({"births": pd.DataFrame({"village_id": ["V1"], "year": [2204], "births": [3]})},
         "births_bad_year"),
        ({"births": pd.DataFrame({"village_id": ["V1"], "year": [2024], "births": [np.inf]})},
         "births_not_number"),
        ({"births": pd.DataFrame({"village_id": ["V1"], "year": [2024], "births": [3],
                                  "vintage": ["soon"]})}, "births_bad_year"),
        ({"births": [1]}, "births_columns_missing"),
        ({"housing": [1]}, "given_columns_missing"),
        ({"housing": pd.DataFrame({"village_id": ["V1"], "year": [2027.5], "pupils": [5]})},
         "given_bad_year"),
        ({"migration": pd.DataFrame({"village_id": ["V1"], "rate": [0.1], "year": ["x"]})},
         "given_bad_year"),
        ({"variants": None}, "projection_variants"),
        ({"seed": -1}, "projection_seed"),
        ({"base_year": 9999}, "base_year_bad"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_both_languages(given, code):
    with pytest.raises(lp.LayoutPlanError) as caught:
        lp.project(county(PUPILS | BIRTHS), **given)
    assert code in codes(caught.value.findings)
    for lang in ("zh", "en"):
        assert "{" not in caught.value.message(lang)


def test_a_base_year_that_nobody_gave():
    made = lp.project(county(PUPILS | BIRTHS, year=0), years=1)
    assert made.base_year == 2024
    assert "base_year_guessed" in codes(made.findings)
    later = pd.DataFrame({"village_id": ["V1"], "year": ["2025"], "births": ["4"]})
    assert lp.project(county(PUPILS | BIRTHS, year=0), years=1, births=later).base_year == 2026
    with pytest.raises(lp.OptionsError, match="base_year=2026"):
        lp.project(county(PUPILS, year=0), years=1)


def test_all_findings_have_words_in_both_languages():
    holes = {"births_2018": [30, 10], "births_2022": [30, np.nan], "births_2023": [30.5, 10]}
    homes = pd.DataFrame({"township_id": ["T1"], "year": [2050], "dwellings": [5]})
    made = lp.project(county(PUPILS | holes, year=0), years=9, housing=homes)
    assert "housing_outside" in codes(made.findings)
    for lang in ("zh", "en"):
        table = made.findings_table(lang=lang)
        assert not table["message"].str.contains("{", regex=False).any()


def test_housing_of_a_township_is_shared_and_grows_up():
    homes = pd.DataFrame({"township_id": ["T1"], "year": [2027], "dwellings": [300]})
    bare, built = (
        lp.project(county(PUPILS | BIRTHS), years=3, variants=(), housing=h) for h in (None, homes)
    )
    more = (built.county_pupils - bare.county_pupils).loc["mid"]
    # 300 dwellings x 0.3 pupils are 10 in each grade, and 10 enter every year after.
    assert more.loc[2026].sum() == 0
    assert more.loc[[2027, 2028, 2029]].to_numpy().tolist() == [[10] * 9] * 3


def test_migration_of_a_village_goes_before_its_township():
    rates = pd.DataFrame(
        {"village_id": ["V1", None], "township_id": [None, "T1"], "rate": [0.0, -0.5]}
    )
    made = lp.project(county(PUPILS | BIRTHS), years=1, variants=(), migration=rates)
    assert made.pupils.loc[("mid", 2027, "V1")].tolist() == [50, 30, 33, 27, 36, 30, 24, 21, 40]
    half = np.array([10, 12, 9, 15, 6, 10, 11, 8, 14]) / 2
    assert np.abs(made.pupils.loc[("mid", 2027, "V2")].to_numpy() - half).max() <= 0.5


def test_unknown_years_and_variants_are_told(small):
    made = lp.project(small, years=1)
    with pytest.raises(lp.OptionsError) as caught:
        made.bands(2050, "best")
    assert codes(caught.value.findings) == {"projection_no_such_year", "projection_no_such_variant"}
    assert len(GRADES) == 9


def test_births_of_the_county_alone_are_shared_among_its_villages():
    born = pd.DataFrame({"village_id": "", "year": [2024, 2025], "births": [36, 18]})
    made = lp.project(county(PUPILS | BIRTHS), years=6, variants=(), births=born)
    assert "births_of_county" in codes(made.findings)
    later = made.births.query("year == 2024").set_index("village_id")["births"]
    # As their own births of 2020 to 2023: 168 and 30.
    assert later.loc["V1"] == pytest.approx(36 * 168 / 198)
    assert later.sum() == pytest.approx(36)
    # 33 + 3 births of 2023 and 36 of 2024 enter in 2030, those of 2025 for two thirds in 2031.
    assert made.county_pupils.loc[("mid", 2030), "g1"] == 36
    assert made.county_pupils.loc[("mid", 2031), "g1"] == 24
    alone = lp.project(county(PUPILS), years=3, variants=(), births=born.assign(year=[2020, 2021]))
    assert "children_from_nation" not in codes(alone.findings)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_variant_given_as_text_is_made(lang):
    made = lp.project(county(PUPILS | BIRTHS), years=1, variants="low")
    assert made.variants == ("mid", "low")
    assert not made.findings_table(lang=lang)["message"].str.contains("{", regex=False).any()


def test_a_county_of_a_later_year_is_proposed_and_assessed(small, small_times):
    later = lp.project(small, years=4).county_in(2030, "low")
    plan = lp.propose(later, small_times, options=lp.Options(budget_yuan=0), time_limit=10)
    lp.assert_plan_valid(plan)
    assert plan.pupils_in == int(later.villages[[f"pupils_{b}" for b in BANDS]].sum(axis=None))
    table = lp.assess(plan).table
    assert len(table)
