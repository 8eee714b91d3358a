"""Which schools count, and what is not known of some of them."""

from dataclasses import replace

import numpy as np
import pytest

from layoutplan import balance as b
from layoutplan.balance.counted import run_by
from layoutplan.errors import DataError
from layoutplan.standards import standards


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
