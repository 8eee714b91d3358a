"""Balance of quality between schools against numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from layoutplan import balance as b
from layoutplan.balance.school_values import half_up
from layoutplan.errors import OptionsError
from layoutplan.standards import standards


class TestQuality:
    def verdict(self, make, number=100, **given):
        return b.quality_2017(make({"A": (number, given)})).schools.iloc[0]

    def test_all_seven(self, make):
        row = self.verdict(make)
        assert (row["met"], row["reached"], row["below_floor"], row["failed"]) == ("yes", 7, 0, "")
        assert row["level"] == 1

    def test_six_and_the_floor(self, make):
        row = self.verdict(make, teaching_area_m2=385.0)
        assert (row["met"], row["reached"], row["below_floor"]) == ("yes", 6, 0)
        assert row["failed"] == "teaching_area_m2_per_pupil"

    def test_six_and_below_the_floor(self, make):
        row = self.verdict(make, teaching_area_m2=380.0)
        assert (row["met"], row["below_floor"]) == ("no", 1)

    def test_five_is_too_few(self, make):
        row = self.verdict(make, teaching_area_m2=440.0, sports_area_m2=740.0)
        assert (row["met"], row["reached"], row["below_floor"]) == ("no", 5, 0)

    def test_the_floor_is_reached_by_the_number_itself(self, make):
        # 85 % of 4.2 is 3.57, which no computer can write exactly
        row = self.verdict(make, 10_000, teachers_above_degree=357.0)
        assert (row["met"], row["below_floor"]) == ("yes", 0)

    def test_values_are_rounded_before_they_are_judged(self, make):
        stock = make({"A": (100_000, {"teaching_area_m2": 449_600.0})})
        assert b.quality_2017(stock).schools["reached"].item() == 7
        exact = b.quality_2017(stock, rounded=False).schools.iloc[0]
        assert (exact["reached"], exact["teaching_area_m2_per_pupil"]) == (6, 4.496)
        assert b.quality_2017(stock).schools["teaching_area_m2_per_pupil"].item() == 4.5

    def test_what_is_not_known_is_not_said(self, make):
        one = self.verdict(make, teaching_area_m2=np.nan)
        assert (one["met"], one["reached"]) == ("", 6)
        two = self.verdict(make, teaching_area_m2=np.nan, sports_area_m2=100.0)
        assert two["met"] == "no"

    def test_standards_of_the_junior_stage(self, make):
        stock = make({"J": ((0, 100, 0), {"teaching_area_m2": 570.0, "kind": "junior"})})
        row = b.quality_2017(stock).schools.iloc[0]
        assert row["failed"] == "teaching_area_m2_per_pupil"

    def test_the_countys_own_numbers_hold(self, make):
        own = standards("cn-quality-2017").with_values(quality_teaching_area_m2_primary=7)
        done = b.quality_2017(make({"A": (100, {})}), standards=own)
        assert done.schools["failed"].item() == "teaching_area_m2_per_pupil"

    def test_each_coefficient_has_its_own_limit(self, make):
        schools = {"A": (100, {"key_teachers": 1.0}), "B": (100, {"key_teachers": 4.0})}
        done = b.quality_2017(make(schools))
        rows = done.indicators.set_index("indicator")
        # mean 2.5, both 1.5 away from it
        assert rows.loc["key_teachers_per100", ["cv", "cv_limit", "met"]].tolist() == [
            0.6,
            0.5,
            "no",
        ]
        assert rows.drop(index=["key_teachers_per100", "composite"])["met"].eq("yes").all()
        assert rows.loc["composite", "cv"] == pytest.approx(half_up(np.array([0.6 / 7]), 3)[0])
        assert done.schools["met"].eq("yes").all()
        assert done.met("primary") is False

    def test_passing_means_schools_and_coefficients(self, make):
        assert b.quality_2017(make({"A": (100, {}), "B": (150, {})})).met("primary") is True
        short = make({"A": (100, {}), "B": (100, {"sports_area_m2": 500.0})})
        assert b.quality_2017(short).met("primary") is False

    def test_the_limit_itself_is_kept(self, make):
        schools = {"A": (100, {"books": 1000.0}), "B": (100, {"books": 3000.0})}
        done = b.quality_2017(make(schools))
        assert done.met("primary") is True
        equal = {"A": (100, {"key_teachers": 2.0}), "B": (100, {"key_teachers": 6.0})}
        assert b.quality_2017(make(equal)).cv("key_teachers_per100", stage="primary") == 0.5
        assert b.quality_2017(make(equal)).met("primary") is True

    def test_relaxed_rules_only_where_they_are_asked_for(self, make):
        given = {"pe_art_teachers": 0.0, "pe_art_teachers_visiting": 2.0}
        stock = make({"A": (60, given), "B": (100, given), "C": (49, given)})
        column = "pe_art_teachers_per100"
        assert b.quality_2017(stock).schools[column].tolist() == [0, 0, 0]
        relaxed = b.quality_2017(stock, relax="visiting_teachers").schools[column]
        assert relaxed.tolist() == [3.33, 0, 0]
        leased = make({"A": (100, {"sports_area_m2": 500.0, "sports_area_leased_m2": 300.0})})
        done = b.quality_2017(leased, relax=["leased_sports"])
        assert done.schools["sports_area_m2_per_pupil"].item() == 8
        with pytest.raises(OptionsError, match="visiting_teachers"):
            b.quality_2017(stock, relax="everything")

    def test_townships_per_pupil_of_the_township(self, make):
        schools = {
            "A": (100, {"teaching_area_m2": 600.0}),
            "B": (300, {"teaching_area_m2": 1100.0}),
            "C": (100, {"township_id": "T2", "teaching_area_m2": np.nan}),
        }
        table = b.quality_2017(make(schools)).townships.set_index("township_id")
        assert table.loc["T1", "teaching_area_m2_per_pupil"] == 4.25
        assert np.isnan(table.loc["T2", "teaching_area_m2_per_pupil"])
        assert table["schools"].tolist() == [2, 1]
        assert table.loc["T1", ["passing", "passing_share"]].tolist() == [1, 0.5]

    def test_an_own_list_of_indicators(self, make):
        rule = standards("cn-quality-2017").rules["quality_resources_primary"]
        books = replace(rule.form.parts[0], metric="books_per_pupil")
        form = replace(rule.form, parts=(*rule.form.parts[1:], books))
        base = standards("cn-quality-2017")
        rules = {**base.rules, rule.id: replace(rule, form=form)}
        done = b.quality_2017(
            make({"A": (100, {"books": 100.0})}), standards=replace(base, rules=rules)
        )
        assert "books_per_pupil" in {m.name for m in done.measured}
        assert done.schools["failed"].item() == "books_per_pupil"

    def test_another_form_of_rule_is_refused(self, make):
        base = standards("cn-quality-2017")
        rule = base.rules["quality_resources_primary"]
        other = replace(rule, form=rule.form.parts[0])
        own = replace(base, rules={**base.rules, rule.id: other})
        with pytest.raises(OptionsError):
            b.quality_2017(make({"A": (100, {})}), standards=own)
