"""Balance between schools against numbers worked out by hand."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import balance as b
from layoutplan.balance.columns import BALANCE_TABLES, INDICATORS, LEFT_OUT, SCHOOLS, TOWNSHIPS
from layoutplan.balance.counted import REASONS, run_by
from layoutplan.balance.indicators import BASIC, QUALITY, RESOURCES
from layoutplan.balance.rulebook import QUALITY_2017, rulebook, school_rule
from layoutplan.balance.school_values import half_up
from layoutplan.balance.stages import by_stage, shares, units
from layoutplan.balance.stock import AMOUNTS, PUPILS, with_pupils
from layoutplan.errors import DataError, InternalError, OptionsError
from layoutplan.standards import standards
from layoutplan.words import LANGUAGES, catalogue

PASSES = {
    "teachers": 6.0, "teachers_above_degree": 5.5, "key_teachers": 2.0, "pe_art_teachers": 2.0,
    "mid_title_teachers": 3.0, "teaching_area_m2": 600.0, "sports_area_m2": 1100.0,
    "equipment_yuan": 300_000.0, "multimedia_rooms": 3.0, "computers": 12.0, "books": 2500.0,
}  # fmt: skip
"""What a school of 100 pupils has that reaches everything, primary and junior alike."""

BOOKS, PUPILS_OF = [279, 137, 935, 160, 402], [45, 37, 89, 76, 55]
"""The worked example of the assessment: library books of five schools."""


@pytest.fixture(name="make")
def _make(small):
    def make(schools, **columns):
        """Make a stock: id to (pupils by stage, what differs from `PASSES` times pupils/100)."""
        rows, pupils = {}, {}
        for school, (number, given) in schools.items():
            stages = (number, 0, 0) if isinstance(number, (int, float)) else number
            whole = float(np.nansum(stages)) / 100
            base = {k: v * whole for k, v in PASSES.items()} | {"kind": "primary", "name": school}
            rows[school] = base | {"ownership": "县级教育部门", "township_id": "T1"} | given
            pupils[school] = dict(zip(PUPILS, stages, strict=True))
        table = pd.DataFrame.from_dict(rows, orient="index").assign(**columns)
        pupils = pd.DataFrame.from_dict(pupils, orient="index").astype(float)
        return b.Stock(name="five", lang="en", county=small, rows=with_pupils(table, pupils))

    return make


@pytest.fixture(name="five")
def _five(make):
    return make({str(i + 1): (p, {"books": float(BOOKS[i])}) for i, p in enumerate(PUPILS_OF)})


class TestVariation:
    def test_the_worked_example(self):
        done = b.variation(BOOKS, PUPILS_OF)
        assert done.mean == pytest.approx(6.3344, abs=5e-5)
        assert done.terms.sum() == pytest.approx(10.6528, abs=5e-5)
        assert done.deviation == pytest.approx(3.2639, abs=5e-5)
        assert done.cv == pytest.approx(0.5153, abs=5e-5)

    def test_the_unweighted_forms_give_other_numbers(self):
        values = np.array(BOOKS) / np.array(PUPILS_OF)
        cv = b.variation(BOOKS, PUPILS_OF).cv
        for form, known in ((0, 0.4888), (1, 0.5465)):
            unweighted = values.std(ddof=form) / values.mean()
            assert unweighted == pytest.approx(known, abs=5e-5)
            assert abs(cv - unweighted) > 0.02

    def test_nothing_at_all_has_no_coefficient(self):
        assert np.isnan(b.variation([0, 0], [10, 20]).cv)

    @pytest.mark.parametrize(
        ("resource", "pupils"),
        [([1, np.nan], [1, 1]), ([1, 2], [1, 0]), ([], []), ([1, -2], [1, 1]), ([1], [1, 2])],
    )
    def test_missing_numbers_never_come_out_as_nan(self, resource, pupils):
        with pytest.raises(InternalError):
            b.variation(resource, pupils)


class TestStages:
    def test_the_worked_example_of_a_nine_year_school(self):
        pupils = pd.DataFrame({"primary": [166], "junior": [210], "senior": [0]})
        part = 23226 * shares(pupils, standards=standards("cn-basic-2012"))
        assert part["primary"].item() == pytest.approx(9711.63, abs=0.005)
        assert part["junior"].item() == pytest.approx(13514.37, abs=0.005)

    def test_weights_of_complete_secondary_and_twelve_year_schools(self):
        pupils = pd.DataFrame({"primary": [0, 100], "junior": [100, 100], "senior": [100, 100]})
        part = shares(pupils, standards=standards("cn-quality-2017"))
        assert part.loc[0, "junior"] == pytest.approx(1 / 2.2)
        assert part.loc[1].tolist() == pytest.approx([1 / 3.42, 1.1 / 3.42, 1.32 / 3.42])

    def test_teachers_go_by_what_the_table_says(self, make):
        stock = make({"A": ((100, 100, 0), {"teachers": 20.0, "teachers_junior": 13.0})})
        table, found = units(stock.rows, standards=rulebook(QUALITY_2017))
        assert table["teachers"].tolist() == [7, 13]
        # the other kinds of teachers have no junior column
        assert [f.code for f in found] == ["balance_teachers_attributed"]

    def test_teachers_are_attributed_by_posts_and_that_is_said(self, make):
        stock = make({"A": ((190, 135, 0), {"teachers": 20.0}), "B": (50, {})})
        table, found = units(stock.rows, standards=rulebook(QUALITY_2017))
        # 190 / 19 = 10 and 135 / 13.5 = 10 posts
        assert table.set_index(["school_id", "stage"])["teachers"].loc["A"].tolist() == [10, 10]
        assert found[0].ids == ("A",)

    def test_junior_teachers_of_a_twelve_year_school_leave_two_stages(self, make):
        junior = {f"{t}_junior": 4.0 for t in PASSES if "teachers" in t}
        given = {"teachers": 24.0, **junior}
        stock = make({"A": ((190, 135, 125), given)})
        parts, attributed = by_stage(stock.rows, standards=rulebook(QUALITY_2017))
        assert [parts[s]["teachers"].item() for s in PUPILS] == pytest.approx([10, 4, 10])
        assert attributed.all()

    def test_more_junior_teachers_than_teachers(self, make):
        stock = make({"A": ((100, 100, 0), {"teachers": 5.0, "teachers_junior": 13.0})})
        table, _ = units(stock.rows, standards=rulebook(QUALITY_2017))
        assert table["teachers"].tolist() == [0, 5]

    def test_a_campus_with_one_stage_is_not_split(self, make):
        stock = make(
            {
                "A": ((100, 100, 0), {"books": 2100.0, "kind": "nine_year"}),
                "A2": (50, {"books": 700.0, "campus_of": "A"}),
            }
        )
        table, _ = units(stock.rows, standards=rulebook(QUALITY_2017))
        assert table["school_id"].tolist() == ["A", "A"]
        assert table["pupils"].tolist() == [150, 100]
        assert table["books"].tolist() == pytest.approx([1000 + 700, 1100])

    def test_a_blank_at_one_campus_is_a_blank_of_the_school(self, make):
        stock = make({"A": (100, {}), "A2": (50, {"books": np.nan, "campus_of": "A"})})
        table, _ = units(stock.rows, standards=rulebook(QUALITY_2017))
        assert table["books"].isna().all()
        assert table["pupils"].tolist() == [150]

    def test_attached_classes_are_split_too(self, make):
        stock = make({"A": ((100, 50, 0), {})})
        table, _ = units(stock.rows, standards=rulebook(QUALITY_2017))
        assert table["stage"].tolist() == ["primary", "junior"]


class TestCounted:
    @pytest.mark.parametrize(
        ("text", "who"),
        [
            ("7", "county"), ("8", "county"), ("10", "private"), ("3", "others"), ("9", "others"),
            ("7.0", "county"), ("\uff10\uff17", "county"), ("民办", "private"),
            ("县级教育部门", "county"), ("地级教育部门", "others"),
            ("省属国有企业", "others"), ("Private", "private"),
            ("county bureau", "county"), ("university", "others"), ("?", ""), ("", ""), ("99", ""),
        ],
    )  # fmt: skip
    def test_who_runs_a_school(self, text, who):
        assert run_by(text) == who

    @pytest.fixture(name="mixed")
    def _mixed(self, make):
        return make(
            {
                "county": (100, {}),
                "private": (100, {"ownership": "民办"}),
                "city": (100, {"ownership": "5"}),
                "point": (60, {"kind": "teaching_point"}),
                "tiny": (49, {"kind": "teaching_point"}),
                "special": (100, {"kind": "special"}),
                "empty": (0, {}),
                "unknown": ((np.nan, np.nan, np.nan), {}),
                "senior": ((0, 0, 300), {}),
            }
        )

    def test_basic_balance_counts_what_the_county_runs(self, mixed):
        done = b.basic_2012(mixed)
        assert done.schools["school_id"].tolist() == ["county"]
        why = done.left_out.set_index("school_id")["reason"].to_dict()
        assert why == {
            "private": "private", "city": "run_by_others", "point": "teaching_point",
            "tiny": "teaching_point", "special": "special", "empty": "no_pupils",
            "unknown": "pupils_unknown",
        }  # fmt: skip
        with_points = b.basic_2012(mixed, teaching_points=True)
        assert with_points.schools["school_id"].tolist() == ["county", "point", "tiny"]

    def test_high_quality_balance_counts_all_but_the_smallest_points(self, mixed):
        done = b.quality_2017(mixed)
        assert done.schools["school_id"].tolist() == ["city", "county", "point", "private"]
        why = done.left_out.set_index("school_id")["reason"]
        assert why["tiny"] == "small_teaching_point"
        own = standards("cn-quality-2017").with_values(quality_teaching_point_pupils_min=49)
        assert "tiny" in set(b.quality_2017(mixed, standards=own).schools["school_id"])

    def test_an_owner_that_is_not_known_counts_and_is_pointed_out(self, make):
        stock = make({"A": (100, {"ownership": ""}), "B": (100, {})})
        done = b.basic_2012(stock)
        assert len(done.schools) == 2
        notes = {f.code: f.ids for f in done.findings}
        assert notes["balance_owner_unknown"] == ("A",)
        assert "balance_owner_unknown" not in {f.code for f in b.quality_2017(stock).findings}


class TestMissing:
    def test_a_blank_leaves_out_the_indicator_and_says_so(self, make):
        stock = make({"A": (100, {"books": np.nan}), "B": (100, {}), "C": (300, {})})
        done = b.basic_2012(stock)
        assert done.left_out.to_dict("records") == [
            {"stage": "primary", "school_id": "A", "name": "A", "indicator": "books_per_pupil",
             "reason": "blank"}
        ]  # fmt: skip
        row = done.indicators.set_index("indicator").loc["books_per_pupil"]
        assert (row["schools"], row["mean"]) == (2, 25.0)
        assert done.schools["level"].notna().all()

    def test_no_teachers_at_a_school_with_pupils_is_a_blank(self, make):
        stock = make({"A": (100, {"teachers": 0.0, "teaching_area_m2": 0.0}), "B": (100, {})})
        done = b.basic_2012(stock)
        assert set(done.left_out["reason"]) == {"none_at_all"}
        assert set(done.left_out["indicator"]) == {
            "teachers_per_pupil",
            "teaching_area_m2_per_pupil",
        }

    def test_no_key_teachers_is_a_number(self, make):
        done = b.quality_2017(make({"A": (100, {"key_teachers": 0.0}), "B": (100, {})}))
        assert done.left_out.empty
        assert done.schools["key_teachers_per100"].tolist() == [0, 2]

    def test_a_column_that_is_not_there_is_not_judged(self, make):
        stock = make({"A": (100, {}), "B": (200, {})}, books=np.nan)
        done = b.basic_2012(stock)
        assert done.incomplete == ("books_per_pupil",)
        assert [m.resource for m in done.measured].count("books") == 0
        assert done.met("primary") is None
        assert not np.isnan(done.cv(stage="primary"))
        assert "balance_no_column" in {f.code for f in done.findings}

    def test_nobody_has_any(self, make):
        done = b.quality_2017(make({"A": (100, {}), "B": (200, {})}, key_teachers=0.0))
        assert np.isnan(done.cv("key_teachers_per100", stage="primary"))
        row = done.indicators.set_index("indicator").loc["key_teachers_per100"]
        assert row["met"] == ""
        assert "balance_nobody_has" in {f.code for f in done.findings}

    def test_no_enrolment_at_all_is_an_error(self, small):
        schools = small.schools.drop(columns=[f"enrolment_{x}" for x in ("g13", "g46", "g79")])
        county = replace(small, tables={**small.tables, "schools": schools})
        with pytest.raises(DataError, match=r"enrolment|在校生"):
            b.quality_2017(county)

    def test_nothing_but_empty_schools(self, make):
        done = b.quality_2017(make({"A": (0, {}), "B": (0, {})}))
        assert done.schools.empty
        assert done.met("primary") is None
        assert np.isnan(done.cv(stage="junior"))
        assert "<table" in done._repr_html_()


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


class TestBasic:
    def test_the_worked_example(self, five):
        done = b.basic_2012(five)
        assert done.cv("books_per_pupil", stage="primary") == pytest.approx(0.5153, abs=5e-5)
        # the other seven are the same for each pupil
        assert done.cv(stage="primary") == pytest.approx(0.5153 / 8, abs=1e-4)
        assert done.met("primary") is True
        assert done.met("junior") is None

    def test_the_composite_is_judged_rounded_to_three_decimals(self, make):
        # every resource at 1 - x and 1 + x of the mean has the coefficient x
        def county(x):
            low = {k: v * (1 - x) for k, v in PASSES.items()}
            high = {k: v * (1 + x) for k, v in PASSES.items()}
            return b.basic_2012(make({"A": (100, low), "B": (100, high)}))

        assert county(0.6504).met("primary") is True
        assert county(0.6506).met("primary") is False

    def test_all_pairs_of_the_example(self, five):
        pooled, idle = [], []
        for one, other in combinations("12345", 2):
            for into, way in ((pooled, "pooled"), (idle, "idle")):
                merged = b.stock_merged(five, {one: other}, assets=way)
                into.append(b.basic_2012(merged).cv("books_per_pupil", stage="primary"))
        assert (min(pooled), max(pooled)) == pytest.approx((0.164, 0.513), abs=5e-4)
        assert (min(idle), max(idle)) == pytest.approx((0.379, 0.826), abs=5e-4)
        third = list(combinations("12345", 2)).index(("3", "4"))
        assert pooled[third] == pytest.approx(0.164, abs=5e-4)
        assert idle[third] == pytest.approx(0.826, abs=5e-4)


class TestMerged:
    def test_a_share_and_a_mapping(self, five):
        half = b.stock_merged(five, {"3": "4"}, assets=0.5).table
        assert half.loc["4", "books"] == 160 + 468  # half of 935, halves to the even whole
        part = {"books": "idle", "equipment_yuan": 0.25}
        some = b.stock_merged(five, {"3": "4"}, assets=part).table
        assert some.loc["4", "books"] == 160
        was = five.table
        gained = some.loc["4", "equipment_yuan"] - was.loc["4", "equipment_yuan"]
        assert gained == pytest.approx(0.25 * was.loc["3", "equipment_yuan"])
        assert some.loc["4", "sports_area_m2"] == pytest.approx(
            was.loc[["3", "4"], "sports_area_m2"].sum()
        )

    def test_teachers_move_even_where_assets_stand_idle(self, five):
        was = five.table["teachers"].sum()
        assert b.stock_merged(five, {"3": "4"}, assets="idle").table["teachers"].sum() == was
        left = b.stock_merged(five, {"3": "4"}, teachers="idle").table["teachers"].sum()
        assert left == pytest.approx(was - five.table.loc["3", "teachers"])

    @pytest.mark.parametrize("assets", ["lost", 1.5, -0.1, float("nan"), True, {"gold": 1}, None])
    def test_bad_shares_are_refused(self, five, assets):
        with pytest.raises(OptionsError):
            b.stock_merged(five, {"3": "4"}, assets=assets)

    def test_bad_schools_are_refused(self, five):
        with pytest.raises(OptionsError, match="9"):
            b.stock_merged(five, {"9": "4"})
        with pytest.raises(OptionsError):
            b.stock_merged(five, {"3": "4", "4": "5"})

    def test_pupils_go_along(self, five):
        merged = b.stock_merged(five, {"3": "4", "1": "4"}).table
        assert merged["primary"].to_dict() == {"2": 37, "4": 76 + 89 + 45, "5": 55}


@pytest.fixture(scope="module", name="done")
def _done(small):
    return {f.__name__: f(small) for f in (b.basic_2012, b.quality_2017)}


class TestTables:
    @pytest.mark.parametrize("name", ["basic_2012", "quality_2017"])
    def test_tables_keep_their_declaration(self, done, name):
        for table, declared in (
            ("schools", SCHOOLS), ("indicators", INDICATORS), ("townships", TOWNSHIPS),
            ("left_out", LEFT_OUT),
        ):  # fmt: skip
            columns = list(done[name].tables[table].columns)
            wanted = [c.name for c in declared.columns]
            assert columns == [c for c in wanted if c in columns], table
            assert not set(columns) - set(wanted)

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_every_code_has_words(self, done, lang):
        words = catalogue(lang)
        for m in (*BASIC, *QUALITY):
            assert words[f"balance.indicator.{m.name}"]
            assert words[f"unit.{m.unit}"]
        for resource in RESOURCES:
            assert words[f"balance.resource.{resource}"]
        for reason in REASONS:
            assert words[f"balance.reason.{reason}"]
            assert words[f"assessment.reason.balance_{reason}"]
            assert words[f"finding.balance_left_out_{reason}.what"]
        for balance in done.values():
            for table in ("schools", "indicators", "townships", "left_out"):
                shown = balance.words(table, lang=lang)
                assert len(shown) == len(balance.tables[table])
                assert not any("_" in str(c) for c in shown.columns)
            assert len(balance.findings_table(lang=lang)) == len(balance.findings)

    def test_headings_are_complete_and_differ(self):
        for table in BALANCE_TABLES.values():
            for lang in LANGUAGES:
                headings = [getattr(c, lang) for c in table.columns]
                assert all(headings)
                assert len(set(headings)) == len(headings), table.name

    def test_nothing_done_to_a_table_changes_the_balance(self, done):
        schools = done["quality_2017"].schools
        schools["met"] = "yes"
        assert "no" in set(done["quality_2017"].schools["met"])

    def test_names_from_files_are_escaped(self, make):
        stock = replace(make({"A": (100, {})}), name="<script>x</script>")
        assert "<script>" not in b.quality_2017(stock)._repr_html_()

    def test_the_order_of_rows_changes_nothing(self, small):
        mixed = small.schools.sample(frac=1, random_state=3)
        other = replace(small, tables={**small.tables, "schools": mixed})
        for assess in (b.basic_2012, b.quality_2017):
            one, two = assess(small), assess(other)
            for name in one.tables:
                pd.testing.assert_frame_equal(one.tables[name], two.tables[name])

    def test_the_made_up_county_is_plausible(self):
        done = b.quality_2017(lp.example.county(seed=1))
        rows = done.indicators[done.indicators["indicator"].ne("composite")]
        assert rows["cv"].between(0.15, 0.6).all()
        share = done.schools["met"].eq("yes").mean()
        assert 0.02 < share < 0.6
        schools = done.schools[done.schools["stage"].eq("primary")]
        small, large = schools["pupils"].lt(200), schools["pupils"].gt(1000)
        area = schools["teaching_area_m2_per_pupil"]
        assert area[small].mean() > 1.3 * area[large].mean()

    def test_rules_agree_with_the_floors_that_were_published(self):
        rules = rulebook(QUALITY_2017)
        for stage in ("primary", "junior"):
            rule = school_rule(rules, stage)
            assert (rule.least, rule.floor, len(rule.wanted)) == (6, 0.85, 7)

    def test_half_up(self):
        given = np.array([0.5, 1.5, 2.5, 0.4999, np.nan])
        assert half_up(given, 0)[:4].tolist() == [1, 2, 3, 0]
        assert np.isnan(half_up(given, 0)[4])

    def test_amounts_are_columns_of_the_schools_table(self):
        from layoutplan.tables import SCHOOLS as DECLARED

        assert all(a in DECLARED for a in AMOUNTS)
