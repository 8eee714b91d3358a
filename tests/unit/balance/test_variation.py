"""Spread and stages against numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from five_schools import BOOKS, PASSES, PUPILS_OF

from layoutplan import balance as b
from layoutplan.balance.rulebook import QUALITY_2017, rulebook
from layoutplan.balance.stages import by_stage, shares, units
from layoutplan.balance.stock import PUPILS
from layoutplan.errors import InternalError
from layoutplan.standards import standards


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
