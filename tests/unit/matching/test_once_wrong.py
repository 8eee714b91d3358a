"""What was once read or matched wrongly."""

import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.sources.values.numbers import read_number


def named(*names):
    return pd.DataFrame(
        {"name": names, "township_id": "t1"}, index=[f"{n}" for n in range(len(names))]
    )


@pytest.mark.parametrize(
    "pair", [("龙河小学东校区", "龙河小学西校区"), ("龙河小学老校区", "龙河小学新校区")]
)
def test_another_campus_is_another_place(pair):
    one, other = pair
    assert lp.match_rows(named(one), named(other).set_axis(["x"]), table="schools").certain.empty
    both = lp.match_rows(named(one, other), named(other, one).set_axis(["x", "y"]), table="schools")
    assert both.pairs.set_index("left_id")["right_id"].to_dict() == {"0": "y", "1": "x"}


def test_ids_that_became_decimals_are_whole():
    changes = pd.DataFrame(
        [[2134100001, 2134100002, "2021", "merged"], [2134100003, None, "2022", "closed"]],
        columns=["old_id", "new_id", "date", "kind"],
    )
    frame = pd.DataFrame({"pupils": [30, 50]}, index=[2134100001, 2134100002])
    traced = lp.apply_lineage(frame, changes, as_of="2024").frame
    assert traced.index.tolist() == ["2134100002", "2134100002"]


@pytest.mark.parametrize("text", ["2019 1200", "1234 56", "12\n10", "2 0"])
def test_two_numbers_in_one_cell_are_none(text):
    assert read_number(text) is None


def test_blanks_between_thousands_are_read():
    assert read_number("1 234 567") == 1234567
