"""The assessment of 2012, and schools taken together."""

from itertools import combinations

import pytest
from five_schools import PASSES

from layoutplan import balance as b
from layoutplan.errors import OptionsError


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
