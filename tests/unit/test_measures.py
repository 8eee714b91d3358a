"""The table of measures: what it offers by default, and what is refused of an edited one."""

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.measures import checked_measures, site_measures
from layoutplan.tables import BANDS


@pytest.fixture(scope="module")
def rules():
    return lp.standards()


@pytest.fixture(scope="module")
def table(small, rules):
    return site_measures(small, standards=rules)


def rows(table, measure):
    return table[table["measure"] == measure].set_index("site_id")


def test_every_site_has_a_state_and_every_school_may_stay(small, table):
    assert set(rows(table, "keep").index) == set(small.schools.index)
    assert set(rows(table, "new").index) == set(small.candidates.index)
    assert checked_measures(table, small).equals(table)


def test_teaching_points_and_partial_closures_teach_what_they_say(small, table):
    kinds = small.schools["kind"]
    points, part = rows(table, "teaching_point"), rows(table, "primary_only")
    assert set(points.index) == set(kinds.index[kinds == "primary"])
    assert set(points["bands"]) == {"g13"}
    assert set(part.index) == set(kinds.index[kinds == "nine_year"])
    assert (points["beds"] == 0).all()


def test_a_nine_year_school_is_allowed_only_where_there_is_room(small, table, rules):
    nine = rows(table, "nine_year")
    schools = small.schools.loc[nine.index]
    enrolled = schools[[f"enrolment_{b}" for b in BANDS]].sum(axis=1)
    size = rows(table, "keep")["class_places"].loc[nine.index]
    free = ((schools["places"] - enrolled) // size).clip(lower=0)
    wanted = np.where(schools["kind"] == "primary", 3, 6)
    room = free + schools["max_extra_classes"] >= wanted
    assert (nine["allowed"] == room).all()
    assert (nine["capital_yuan"] == rules.value("nine_year_conversion_yuan")).all()


def test_beds_may_be_added_where_there_are_some(small, table):
    board = rows(table, "board")
    beds = small.schools["beds"].loc[board.index]
    assert (board["allowed"] == (beds > 0)).all()
    assert (board["bed_yuan"] > 0).all()


def test_an_old_table_without_the_new_columns_still_serves(small, table):
    new = [f"{n}_{b}" for n in ("places", "classes") for b in BANDS]
    old = table.drop(columns=[*new, "beds", "extra_beds_max", "bed_yuan", "locked"])
    done = checked_measures(old.sample(frac=1, random_state=1), small)
    pd.testing.assert_frame_equal(done[new], table[new])
    assert not done["locked"].any()
    assert (done["beds"] == 0).all()


CELLS = {
    "blank": {"places": np.nan},
    "negative": {"annual_yuan": -1},
    "text": {"class_yuan": "dear"},
    "fraction": {"beds": 1.5},
    "switch": {"allowed": "yes"},
    "bands": {"bands": "g13 g99"},
    "site": {"site_id": "nowhere"},
    "measure": {"measure": "paint"},
    "elsewhere": {"measure": "unused"},
    "lock barred": {"allowed": False, "locked": True},
}


def spoiled(table, how):
    table, first = table.astype(object), table.index[table["measure"] == "keep"][0]
    mine = table["site_id"] == table.loc[first, "site_id"]
    if how in CELLS:
        for column, value in CELLS[how].items():
            table.loc[first, column] = value
    elif how == "twice":
        table = pd.concat([table, table.loc[[first]]], ignore_index=True)
    elif how == "two locks":
        table.loc[mine & table["measure"].isin(["keep", "close"]), "locked"] = True
    elif how == "no state":
        table.loc[mine, "allowed"] = False
    else:
        table = table.drop(columns="places")
    return table


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("blank", "measures_bad_number"),
        ("negative", "measures_bad_number"),
        ("text", "measures_bad_number"),
        ("fraction", "measures_bad_number"),
        ("switch", "measures_bad_switch"),
        ("bands", "measures_bad_bands"),
        ("site", "unknown_site"),
        ("measure", "measures_unknown"),
        ("elsewhere", "measures_elsewhere"),
        ("twice", "measures_twice"),
        ("two locks", "measures_two_locks"),
        ("lock barred", "measures_lock_barred"),
        ("no state", "measures_no_state"),
        ("no column", "measures_columns"),
    ],
)
def test_what_cannot_be_is_refused(small, table, how, code):
    with pytest.raises(lp.OptionsError) as caught:
        checked_measures(spoiled(table, how), small)
    assert code in {f.code for f in caught.value.findings}
    for lang in ("zh", "en"):
        assert "{" not in caught.value.message(lang)


def test_all_breaches_are_told_at_once(small, table):
    wrong = spoiled(spoiled(spoiled(table, "negative"), "switch"), "twice")
    with pytest.raises(lp.OptionsError) as caught:
        checked_measures(wrong, small)
    assert {f.code for f in caught.value.findings} >= {
        "measures_bad_number",
        "measures_bad_switch",
        "measures_twice",
    }


@pytest.mark.parametrize(
    "options",
    [
        {"split_villages": "no"},
        {"together": 2},
        {"moved_max": -1},
        {"moved_max": 1.5},
        {"annual_yuan_max": float("nan")},
        {"equity": -1},
        {"at_least": 0},
        {"size_max": {"palace": 100}},
        {"differ_from": [["nowhere"]]},
        {"worst_max": "far"},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(small, options):
    from layoutplan.measures import check_options

    with pytest.raises(lp.OptionsError):
        check_options(lp.Options(**options), small)


def test_a_record_of_the_options_is_complete():
    from dataclasses import fields

    options = lp.Options(differ_from=[["b", "a"]], size_max={"primary": 900})
    record = options.as_record()
    assert list(record) == [f.name for f in fields(options)]
    assert record["differ_from"] == [["a", "b"]]
    assert record["size_max"] == {"primary": 900}
