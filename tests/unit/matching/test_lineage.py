"""Ids over the years: merged, renamed, split, closed."""

import pandas as pd
import pytest

import layoutplan as lp

LINEAGE = pd.DataFrame(
    [
        ["a", "b", "2021", "merged"],
        ["b", "b", "2021", "merged"],
        ["b", "c", "2023-09-01", "renamed"],
        ["d", "e", "2022-09", "split"],
        ["d", "f", "2022-09", "split"],
        ["g", "", "2022-08-31", "closed"],
    ],
    columns=["old_id", "new_id", "date", "kind"],
)
PUPILS = pd.DataFrame({"pupils": [30, 50, 70, 90, 11]}, index=["a", "b", "d", "g", "h"])


def lineage(*rows):
    return pd.DataFrame(list(rows), columns=["old_id", "new_id", "date", "kind"])


def codes(traced):
    return {f.code: f.ids for f in traced.findings}


@pytest.mark.parametrize(
    ("as_of", "ids"),
    [
        ("2020-12-31", ["a", "b", "d", "g", "h"]),
        ("2021", ["b", "b", "d", "g", "h"]),
        ("2023-08-31", ["b", "b", "d", "g", "h"]),
        ("2023-09-01", ["c", "c", "d", "g", "h"]),
        ("2023", ["c", "c", "d", "g", "h"]),
    ],
)
def test_ids_are_followed_up_to_a_day(as_of, ids):
    traced = lp.apply_lineage(PUPILS, LINEAGE, as_of=as_of)
    assert traced.frame.index.tolist() == ids
    assert traced.frame["former_id"].tolist() == list(PUPILS.index)
    assert traced.frame["pupils"].sum() == PUPILS["pupils"].sum()


def test_split_and_closed_schools_are_named():
    traced = lp.apply_lineage(PUPILS, LINEAGE, as_of="2024")
    assert codes(traced) == {"lineage_split": ("d",), "lineage_closed": ("g",)}
    assert traced.heirs == {"a": "c", "b": "c"}


def test_the_order_of_rows_and_of_one_day_decides_nothing():
    rows = lineage(["z", "a", "2021", "renamed"], ["a", "b", "2021", "renamed"])
    table = pd.DataFrame({"pupils": [1, 2]}, index=["z", "a"])
    for changes in (rows, rows[::-1]):
        assert lp.apply_lineage(table, changes, as_of="2021").frame.index.tolist() == ["b", "b"]


def test_today_tells_unknown_heirs_and_retired_ids():
    known = ["a", "e", "f", "h"]
    found = codes(lp.apply_lineage(PUPILS, LINEAGE, as_of="2024", known=known))
    assert found["lineage_unknown"] == ("c",)
    assert found["lineage_id_again"] == ("a",)
    known = ["c", "e", "f", "h"]
    found = codes(lp.apply_lineage(PUPILS, LINEAGE, as_of="2024", known=known))
    assert not {"lineage_unknown", "lineage_id_again"} & set(found)


def test_an_id_that_is_kept_is_not_retired():
    rows = lineage(["a", "b", "2020", "merged"], ["b", "b", "2020", "merged"])
    traced = lp.apply_lineage(PUPILS, rows, as_of="2024", known=["b", "d", "g", "h"])
    assert codes(traced) == {}


def test_a_retired_id_that_is_used_again_is_found():
    rows = lineage(["a", "b", "2020", "merged"], ["c", "a", "2022", "renamed"])
    assert codes(lp.apply_lineage(PUPILS, rows, as_of="2024"))["lineage_id_again"] == ("a",)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["a", "b", "2020", "renamed"], ["b", "a", "2022", "renamed"]], "lineage_circle"),
        (
            [
                ["a", "b", "2020", "merged"],
                ["b", "c", "2021", "merged"],
                ["c", "a", "2022", "merged"],
            ],
            "lineage_circle",
        ),
        ([["a", "b", "2020", "merged"], ["a", "c", "2020", "merged"]], "lineage_two_heirs"),
        ([["a", "b", "last year", "merged"]], "lineage_date"),
        ([["a", "b", "", "merged"]], "lineage_date"),
        ([["a", "b", "2020", "vanished"]], "lineage_kind"),
        ([["a", "", "2020", "merged"]], "lineage_blank"),
        ([["", "b", "2020", "merged"]], "lineage_blank"),
    ],
)
def test_a_lineage_that_cannot_be_is_refused(rows, code):
    with pytest.raises(lp.DataError) as error:
        lp.apply_lineage(PUPILS, lineage(*rows), as_of="2024")
    assert {f.code for f in error.value.findings} == {code}


def test_missing_columns_and_a_bad_day_are_refused():
    with pytest.raises(lp.DataError):
        lp.apply_lineage(PUPILS, LINEAGE.drop(columns="kind"), as_of="2024")
    with pytest.raises(lp.DataError):
        lp.apply_lineage(PUPILS, LINEAGE, as_of="soon")


def test_an_empty_lineage_changes_nothing():
    traced = lp.apply_lineage(PUPILS, lineage(), as_of="2024")
    assert traced.frame.index.tolist() == list(PUPILS.index)
