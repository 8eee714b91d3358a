"""What helps weak schools: gaps, posts, moves and pairs, against numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import balance as b
from layoutplan.balance.columns import GAPS, MOVES, PAIRS, POSTS
from layoutplan.balance.levelling import levelled
from layoutplan.balance.routing import routed
from layoutplan.balance.stock import PUPILS, with_pupils
from layoutplan.errors import OptionsError
from layoutplan.words import LANGUAGES

PASSES = {
    "teachers": 6.0, "teachers_above_degree": 5.5, "key_teachers": 2.0, "pe_art_teachers": 2.0,
    "mid_title_teachers": 3.0, "teaching_area_m2": 600.0, "sports_area_m2": 1100.0,
    "equipment_yuan": 300_000.0, "multimedia_rooms": 3.0, "computers": 12.0, "books": 2500.0,
}  # fmt: skip


@pytest.fixture(name="make")
def _make(small):
    def make(schools):
        ids = sorted(small.schools.index)
        rows, pupils = {}, {}
        for at, (school, (number, given)) in enumerate(schools.items()):
            stages = (number, 0, 0) if isinstance(number, int) else number
            whole = sum(stages) / 100
            base = {k: v * whole for k, v in PASSES.items()} | {"kind": "primary", "name": school}
            rows[ids[at]] = base | {"ownership": "7"} | given
            pupils[ids[at]] = dict(zip(PUPILS, stages, strict=True))
        pupils = pd.DataFrame.from_dict(pupils, orient="index").astype(float)
        table = pd.DataFrame.from_dict(rows, orient="index")
        return b.Stock(name="few", lang="en", county=small, rows=with_pupils(table, pupils))

    return make


class TestGaps:
    def test_units_missing_and_their_price(self, make):
        short = {"teaching_area_m2": 400.0, "key_teachers": 0.0, "equipment_yuan": 150_000.0}
        done = b.quality_2017(make({"A": (100, {}), "B": (110, short | {"name": "B"})}))
        table = b.gaps(done).set_index("indicator")
        assert set(table["name"]) == {"B"}
        area = table.loc["teaching_area_m2_per_pupil"]
        assert (area["wanted"], area["missing"]) == (495, 95)
        assert area["to_floor"] == pytest.approx(0.85 * 495 - 400)
        assert area["capital_yuan"] == 95 * 3500
        key = table.loc["key_teachers_per100"]
        assert (key["wanted"], key["missing"], key["to_floor"]) == (pytest.approx(1.1), 2, 1)
        assert np.isnan(key["capital_yuan"])
        assert np.isnan(key["annual_yuan"])
        assert table.loc["equipment_yuan_per_pupil", "capital_yuan"] == 70_000
        assert "教督〔2017〕6号" in area["source"]
        assert area["status"] == "confirmed"

    def test_posts_have_a_yearly_price(self, make):
        done = b.quality_2017(make({"A": (100, {"pe_art_teachers": 0.0})}))
        assert b.gaps(done)["annual_yuan"].tolist() == [100_000]

    def test_the_weakest_comes_first(self, make):
        schools = {
            "good": (100, {"sports_area_m2": 700.0}),
            "worst": (100, {"sports_area_m2": 100.0, "key_teachers": 0.0}),
            "large": (500, {"sports_area_m2": 3500.0}),
        }
        table = b.gaps(b.quality_2017(make(schools)))
        assert table["name"].drop_duplicates().tolist() == ["worst", "large", "good"]
        assert table["rank"].tolist() == [1, 1, 2, 3]

    def test_what_counts_as_reached_is_no_gap(self, make):
        # 4.496 rounds to 4.50
        done = b.quality_2017(make({"A": (1000, {"teaching_area_m2": 4496.0})}))
        assert b.gaps(done).empty
        assert list(b.gaps(done).columns) == [c.name for c in GAPS.columns]

    def test_a_whole_number_is_not_rounded_up(self, make):
        # 0.9 for 100 pupils, of 2,000 pupils 18: 0.9 * 20 is 18.000000000000004
        done = b.quality_2017(make({"A": (2000, {"pe_art_teachers": 17.0})}))
        assert b.gaps(done)["missing"].tolist() == [1]

    def test_basic_balance_needs_targets(self, make):
        done = b.basic_2012(make({"A": (100, {"books": 1000.0}), "B": (100, {})}))
        with pytest.raises(OptionsError):
            b.gaps(done)
        table = b.gaps(done, targets={("primary", "books_per_pupil"): 25})
        assert table[["name", "missing", "to_floor"]].to_numpy().tolist() == [["A", 1500, 1500]]
        with pytest.raises(OptionsError, match="gold"):
            b.gaps(done, targets={("primary", "gold"): 1})

    def test_blanks_are_no_gaps(self, make):
        done = b.quality_2017(make({"A": (100, {"sports_area_m2": np.nan})}))
        assert b.gaps(done).empty


class TestPosts:
    def test_by_pupils(self, make):
        stock = make({"A": (190, {"teachers": 9.0}), "J": ((0, 135, 0), {"teachers": 12.0})})
        table = b.posts(b.quality_2017(stock))
        assert list(table.columns) == [c.name for c in POSTS.columns]
        assert table["posts"].tolist() == [10, 10]
        assert table["over"].tolist() == [0, 2]
        assert table["short"].tolist() == [1, 0]

    def test_small_schools_by_pupils_and_classes(self, make):
        stock = make({"A": (95, {"teachers": 5.0}), "B": (190, {})})
        classes = pd.Series(6, index=stock.table.index)
        table = b.posts(b.quality_2017(stock), classes=classes, per_class=1.5)
        # 95 pupils: 5 posts by pupils, 9 by classes, 7 on the mean; B is not small
        assert table["posts"].tolist() == [7, 10]
        assert table["by_classes"].isna().tolist() == [False, True]

    def test_a_province_sets_the_posts_of_a_class(self, make):
        stock = make({"A": (57, {"kind": "teaching_point"}), "B": (10, {})})
        own = lp.standards("cn-province-anhui")
        classes = pd.Series(5, index=stock.table.index)
        done = b.quality_2017(stock, standards=own)
        table = b.posts(done, classes=classes)
        # 3 by pupils and 5 by classes; 10 pupils: 0.53 and 5, rounded up
        assert table["posts"].tolist() == [4, 3]
        assert b.posts(done)["posts"].tolist() == [3, 1]

    def test_teachers_that_are_not_known(self, make):
        table = b.posts(b.quality_2017(make({"A": (100, {"teachers": np.nan})})))
        assert table[["over", "short"]].isna().all(axis=None)


class TestMoves:
    def passing(self, balance):
        return int(balance.schools["met"].eq("yes").sum())

    def test_the_fewest_teachers(self, make):
        # B lacks two kinds; six of seven is enough, so the cheaper one is lifted to the
        # standard and the other to its floor of 0.765
        weak = {"key_teachers": 0.0, "pe_art_teachers": 0.0}
        done = b.move_resources(
            b.quality_2017(make({"A": (100, {"key_teachers": 5.0}), "B": (100, weak)})),
            stage="primary",
        )
        assert done.reached
        assert done.table.groupby("resource")["number"].sum().to_dict() == {
            "key_teachers": 1, "pe_art_teachers": 1,
        }  # fmt: skip
        assert (self.passing(done.before), self.passing(done.after)) == (1, 2)
        assert done.table["unit"].tolist() == ["persons", "persons"]

    def test_the_better_of_two_ways(self, make):
        # 200 pupils need 2 key teachers for the standard and 2 for the floor; of teachers
        # of sports and art 2 for the standard and 2 for the floor: lifting one indicator is
        # enough where the other is above its floor
        weak = {"key_teachers": 0.0, "pe_art_teachers": 1.6, "teachers": 20.0}
        stock = make({"A": (100, {"key_teachers": 6.0, "pe_art_teachers": 6.0}), "B": (200, weak)})
        done = b.move_resources(b.quality_2017(stock), stage="primary")
        assert done.reached
        assert done.table[["resource", "number"]].to_numpy().tolist() == [["key_teachers", 2]]

    def test_most_schools_and_among_them_the_weaker(self, make):
        # one spare teacher, two schools that each need one: the weaker one gets it
        schools = {
            "A": (100, {"key_teachers": 2.0}),
            "B": (100, {"key_teachers": 0.0, "sports_area_m2": 740.0}),
            "C": (100, {"key_teachers": 0.0, "sports_area_m2": 700.0}),
        }
        done = b.move_resources(b.quality_2017(make(schools)), stage="primary")
        assert done.table["to_name"].tolist() == ["C"]
        assert not done.reached
        assert [f.code for f in done.findings] == ["balance_lift_short"]

    def test_no_school_falls_below_its_standard(self, small_today):
        before = b.quality_2017(small_today)
        done = b.move_resources(before, stage="primary")
        was = before.schools.set_index(["stage", "school_id"])["met"]
        now = done.after.schools.set_index(["stage", "school_id"])["met"]
        assert not (was.eq("yes") & now.reindex(was.index).ne("yes")).any()
        reached = before.schools.set_index(["stage", "school_id"])["reached"]
        assert (done.after.schools.set_index(["stage", "school_id"])["reached"] >= reached).all()

    def test_floors_and_grounds_cannot_be_moved(self, make):
        schools = {"A": (100, {}), "B": (100, {"sports_area_m2": 10.0})}
        done = b.move_resources(b.quality_2017(make(schools)), stage="primary")
        assert done.table.empty
        assert [f.code for f in done.findings] == ["balance_lift_fixed"]
        assert list(done.table.columns) == [c.name for c in MOVES.columns]

    def test_a_school_takes_no_more_of_a_kind_than_it_has_teachers(self, make):
        schools = {
            "A": (400, {}),
            "B": (100, {"teachers": 3.0, "teachers_above_degree": 1.0, "key_teachers": 0.5}),
        }
        done = b.move_resources(b.quality_2017(make(schools)), stage="primary")
        assert done.table.empty
        assert done.findings[0].code == "balance_lift_fixed"

    def test_equipment_moves_in_steps(self, make):
        schools = {
            "A": (200, {}),
            "B": (100, {"equipment_yuan": 163_000.0, "sports_area_m2": 700.0}),
        }
        done = b.move_resources(b.quality_2017(make(schools)), stage="primary")
        # six of seven are reached by equipment alone: 37,000 yuan in steps of 10,000
        assert done.table[["number", "unit"]].to_numpy().tolist() == [[40_000, "yuan"]]

    def test_missing_data_are_not_lifted(self, make):
        schools = {"A": (200, {}), "B": (100, {"key_teachers": 0.0, "sports_area_m2": np.nan})}
        done = b.move_resources(b.quality_2017(make(schools)), stage="primary")
        assert done.table.empty
        assert [f.code for f in done.findings] == ["balance_lift_unknown"]

    def test_a_limit_for_each_resource(self, make):
        schools = {
            "A": (100, {"key_teachers": 2.0}),
            "B": (100, {"key_teachers": 18.0, "teachers": 20.0}),
        }
        before = b.quality_2017(make(schools))
        done = b.move_resources(before, stage="primary", aim="cv", resources="key_teachers")
        # 8 apart from 10 on the mean; 5 apart keeps 0.5, but A has 6 teachers and room for 4
        assert before.cv("key_teachers_per100", stage="primary") == 0.8
        assert done.reached
        assert done.table["number"].tolist() == [3]
        assert done.after.cv("key_teachers_per100", stage="primary") == 0.5
        far = b.move_resources(
            before, stage="primary", aim="cv", resources="key_teachers", limit=0.1
        )
        assert not far.reached
        assert far.table["number"].tolist() == [4]
        assert far.findings[0].code == "balance_limit_not_reached"

    def test_junior_teachers_stay_in_their_stage(self, make):
        schools = {
            "J": ((0, 400, 0), {"kind": "junior", "teachers": 40.0, "key_teachers": 12.0}),
            "N": ((100, 100, 0), {"kind": "nine_year", "key_teachers": 0.0, "teachers": 20.0}),
        }
        before = b.quality_2017(make(schools))
        done = b.move_resources(before, stage="junior", resources="key_teachers")
        now = done.after.schools.set_index(["name", "stage"])["key_teachers_per100"]
        assert now[("N", "junior")] == 1
        assert now[("N", "primary")] == 0

    def test_teachers_go_to_empty_posts(self, make):
        stock = make({"A": (190, {"teachers": 14.0}), "B": (190, {"teachers": 7.0})})
        before = b.quality_2017(stock)
        done = b.move_resources(before, stage="primary", aim="posts", posts=b.posts(before))
        assert done.reached
        assert done.table["number"].tolist() == [3]
        assert b.posts(done.after)[["over", "short"]].to_numpy().tolist() == [[1, 0], [0, 0]]
        stock = make(
            {
                "A": (190, {"teachers": 12.0}),
                "B": (190, {"teachers": 7.0}),
                "C": (190, {"teachers": 9.0}),
            }
        )
        before = b.quality_2017(stock)
        short = b.move_resources(before, stage="primary", aim="posts", posts=b.posts(before))
        assert not short.reached
        assert short.table["number"].sum() == 2
        assert dict(short.findings[0].values) == {"number": 2}

    @pytest.mark.parametrize(
        "options",
        [
            {"stage": "kindergarten"}, {"stage": "primary", "aim": "luck"},
            {"stage": "primary", "resources": ["sports_area_m2"]},
            {"stage": "primary", "aim": "posts"}, {"stage": "junior"},
        ],
    )  # fmt: skip
    def test_bad_options_are_refused(self, make, options):
        with pytest.raises(OptionsError):
            b.move_resources(b.quality_2017(make({"A": (100, {})})), **options)

    def test_basic_balance_has_no_indicators_to_reach(self, make):
        basic = b.basic_2012(make({"A": (100, {"books": 100.0}), "B": (100, {"books": 4900.0})}))
        with pytest.raises(OptionsError):
            b.move_resources(basic, stage="primary")
        done = b.move_resources(basic, stage="primary", aim="cv", resources="books", limit=0.5)
        assert done.after.profile == "cn-basic-2012"
        assert done.after.cv("books_per_pupil", stage="primary") <= 0.5

    def test_minutes_must_cover_the_schools(self, make):
        before = b.quality_2017(
            make({"A": (100, {}), "B": (100, {"key_teachers": 0.0, "sports_area_m2": 700.0})})
        )
        with pytest.raises(OptionsError):
            b.move_resources(before, stage="primary", minutes=pd.DataFrame())
        ids = before.schools["school_id"]
        minutes = pd.DataFrame([[0.0, 12.0], [12.0, 0.0]], index=ids, columns=ids)
        done = b.move_resources(before, stage="primary", minutes=minutes)
        assert done.table[["way", "way_unit"]].to_numpy().tolist() == [[12, "minutes"]]

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_words(self, small_today, lang):
        done = b.move_resources(b.quality_2017(small_today), stage="primary")
        assert len(done.words(lang=lang)) == len(done.table)
        assert "<table" in done._repr_html_()
        assert all(f.what(lang) and f.cure(lang) for f in done.findings)


class TestLevelling:
    def test_nothing_to_do(self):
        change, kept = levelled(
            np.array([10.0, 10]), np.array([5.0, 5]), limit=0.1, step=1,
            most_out=np.array([9, 9]), most_in=np.array([9, 9]),
        )  # fmt: skip
        assert (change.tolist(), kept) == ([0, 0], True)

    def test_the_next_best_where_the_best_may_not_take(self):
        # the poorest has no room; the second poorest takes what is left over
        has, pupils = np.array([30.0, 0, 9]), np.array([10.0, 10, 10])
        none, many = np.array([0, 0, 0]), np.array([99, 99, 99])
        change, kept = levelled(
            has, pupils, limit=0.0, step=1, most_out=many, most_in=np.array([0, 0, 99])
        )
        assert not kept
        assert change.tolist() == [-10, 0, 10]
        assert levelled(has, pupils, limit=0.0, step=1, most_out=none, most_in=many)[0].sum() == 0


class TestRouting:
    def test_ways_that_are_missing_are_used_last(self):
        ways = np.array([[np.inf, 5.0], [9.0, np.inf]])
        assert routed(np.array([2, 2]), np.array([1, 1]), ways).tolist() == [[0, 1], [1, 0]]
        nothing = np.full((1, 1), np.inf)
        assert routed(np.array([2]), np.array([1]), nothing).tolist() == [[1]]

    def test_nobody_in_need(self):
        assert routed(np.array([2]), np.zeros(0, dtype=int), np.zeros((1, 0))).shape == (1, 0)


class TestPairs:
    @pytest.fixture(name="four")
    def _four(self, make):
        weak = {"key_teachers": 0.0, "sports_area_m2": 100.0}
        schools = {"S1": (100, {}), "S2": (100, {}), "W1": (100, weak), "W2": (100, weak)}
        return b.quality_2017(make(schools))

    def minutes(self, balance, table):
        ids = balance.schools["school_id"]
        return pd.DataFrame(table, index=ids, columns=ids)

    def test_near_schools_are_paired(self, four):
        ways = [[0, 9, 30, 5], [9, 0, 5, 30], [30, 5, 0, 9], [5, 30, 9, 0]]
        done = b.pair_schools(four, stage="primary", minutes=self.minutes(four, ways), most=1)
        names = done.table[["weak_name", "strong_name", "way"]].to_numpy().tolist()
        assert names == [["W1", "S2", 5], ["W2", "S1", 5]]
        assert done.table["failed"].str.contains("key_teachers").all()
        assert (done.table["level_gap"] > 0).all()
        assert not done.findings
        assert list(done.table.columns) == [c.name for c in PAIRS.columns]

    def test_a_strong_school_helps_so_many_at_most(self, four):
        ways = [[0, 9, 1, 1], [9, 0, 90, 90], [1, 90, 0, 9], [1, 90, 9, 0]]
        both = b.pair_schools(four, stage="primary", minutes=self.minutes(four, ways), most=2)
        assert both.table["strong_name"].tolist() == ["S1", "S1"]
        one = b.pair_schools(four, stage="primary", minutes=self.minutes(four, ways), most=1)
        assert sorted(one.table["strong_name"]) == ["S1", "S2"]
        near = b.pair_schools(
            four, stage="primary", minutes=self.minutes(four, ways), most=1, most_way=30
        )
        assert near.table["strong_name"].tolist() == ["S1"]
        assert near.findings[0].code == "balance_pair_left"

    def test_like_size_and_what_is_missing(self, make):
        schools = {
            "big": (900, {}),
            "same": (100, {"key_teachers": 0.9}),
            "weak": (100, {"key_teachers": 0.0, "sports_area_m2": 100.0}),
        }
        balance = b.quality_2017(make(schools))
        ids = balance.schools["school_id"]
        level = pd.DataFrame(10.0, index=ids, columns=ids)
        table = b.pair_schools(balance, stage="primary", minutes=level).table
        assert table["strong_name"].tolist() == ["same"]
        # without size, what the weak school lacks decides: big has all of the key teachers
        own = lp.standards().with_values(pair_weight_size=0)
        balance = b.quality_2017(make(schools), standards=own)
        table = b.pair_schools(balance, stage="primary", minutes=level).table
        assert table["strong_name"].tolist() == ["big"]
        assert table["level_gap"].tolist() == pytest.approx([(1 + 1 - 100 / 750) / 7])

    def test_the_weakest_is_helped_where_not_all_can_be(self, make):
        schools = {
            "S": (100, {}),
            "less": (100, {"key_teachers": 0.0, "sports_area_m2": 600.0}),
            "weakest": (100, {"key_teachers": 0.0, "sports_area_m2": 100.0}),
        }
        balance = b.quality_2017(make(schools))
        ids = balance.schools["school_id"]
        ways = pd.DataFrame([[0, 1, 60], [1, 0, 60], [60, 60, 0]], index=ids, columns=ids)
        done = b.pair_schools(balance, stage="primary", minutes=ways, most=1)
        assert done.table["weak_name"].tolist() == ["weakest"]
        assert len(done.findings[0].ids) == 1

    def test_schools_can_be_named(self, four):
        ids = dict(zip(four.schools["name"], four.schools["school_id"], strict=True))
        done = b.pair_schools(
            four, stage="primary", weak=[ids["W2"]], strong=[ids["W1"], ids["S2"]]
        )
        assert done.table["weak_name"].tolist() == ["W2"]
        assert done.table["way_unit"].tolist() == ["m"]

    @pytest.mark.parametrize(
        "options",
        [
            {"weak": ["?"]}, {"strong": ["?"]}, {"most": 0}, {"most": 1.5}, {"stage": "senior"},
            {"strong": []}, {"most": True},
        ],
    )  # fmt: skip
    def test_bad_options_are_refused(self, four, options):
        with pytest.raises(OptionsError):
            b.pair_schools(four, **({"stage": "primary"} | options))

    def test_nobody_can_help(self, make):
        weak = b.quality_2017(make({"A": (100, {"key_teachers": 0.0, "sports_area_m2": 1.0})}))
        with pytest.raises(OptionsError):
            b.pair_schools(weak, stage="primary")

    def test_nobody_needs_help(self, make):
        done = b.pair_schools(b.quality_2017(make({"A": (100, {})})), stage="primary")
        assert done.table.empty

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_words(self, four, lang):
        done = b.pair_schools(four, stage="primary")
        assert len(done.words(lang=lang)) == 2
        assert "<table" in done._repr_html_()
