"""The counts of gates and of schools that must stay, as indicators of a plan."""

import pytest

import layoutplan as lp
from layoutplan.assessment import assess
from layoutplan.gates import gates, must_keep

CLOSED = {"2134100129": "close", "2134100087": "teaching_point", "3134100190": "close"}


@pytest.fixture(name="plan", scope="module")
def _plan(small, small_today):
    return lp.evaluate(small, small_today.times, small_today.decisions_with(CLOSED))


def test_counts_are_those_of_the_gates(plan):
    done, found, keep = assess(plan, lang="en"), gates(plan), must_keep(plan)
    assert done.value("closures_failing") == len(found.must_not_be_forced) == 3
    assert done.value("closures_open") == 3
    lacking = found.verdicts.drop(columns="verdict").eq("unknown").any(axis=1).sum()
    assert done.value("closures_unknown") == lacking
    assert done.value("pupils_must_keep") == keep.pupils
    lost = keep.schools.query("kept == 'no'")["pupils"].sum()
    assert done.value("must_keep_lost") == lost > 0
    for band in ("g13", "g46", "g79"):
        of_band = keep.schools.query("band == @band")["pupils"].sum()
        assert done.value("pupils_must_keep", band=band) == of_band


def test_parts_add_up(plan):
    table = assess(plan, lang="en").table
    for name in ("closures_failing", "pupils_must_keep", "must_keep_lost"):
        rows = table[table["indicator"] == name]
        county = rows.loc[rows["level"] == "county", "value"].iloc[0]
        assert rows.loc[rows["level"] == "township", "value"].sum() == county
    failing = table.query("indicator == 'closures_failing' and level == 'county'").iloc[0]
    assert (failing["limit"], failing["met"]) == (0, "no")
    lost = table.query("indicator == 'must_keep_lost' and level == 'county'").iloc[0]
    assert "27号" in lost["source"]


def test_today_closes_nothing(small_today):
    done = assess(small_today, lang="en")
    assert done.value("closures_failing") == 0
    assert done.value("closures_open") == 0
    assert done.value("must_keep_lost") == 0
    assert done.value("pupils_must_keep") > 0
