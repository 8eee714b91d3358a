"""How pupils get to school in a plan, and what is read of it: beds, buses, conversions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.assessment import assess
from layoutplan.assessment.selections import all_moves, trips
from layoutplan.balance.after import stock_after
from layoutplan.plan.ways import pupils_by_origin, ways_settled
from layoutplan.standards import standards
from layoutplan.tables import BANDS
from layoutplan.testing import plan_breaches
from layoutplan.travel import TravelTimes


@pytest.fixture(scope="module", name="rides")
def _rides(small):
    return lp.travel_times(small, mode="bus")


@pytest.fixture(scope="module", name="today")
def _today(small, small_times, rides):
    plan = lp.evaluate(small, small_times, bus=rides)
    lp.assert_plan_valid(plan)
    return plan


def measured(plan, name):
    table = plan.measures
    return list(table.loc[table["measure"] == name, "site_id"])


def by_hand(today, **actions):
    """Take the first site for which the measures have each action."""
    taken = {}
    for name in actions.values():
        taken |= {next(s for s in measured(today, name) if s not in taken): name}
    decisions = today.decisions_with(taken)
    plan = lp.evaluate(today.county, today.times, decisions, bus=today.bus)
    lp.assert_plan_valid(plan)
    return plan, {action: site for site, action in taken.items()}


def settled(flows, *, beds, bus=None, minutes=None):
    table = pd.DataFrame(minutes or {"S": [20.0, 80.0, 90.0]}, index=["a", "b", "c"])
    rows = pd.DataFrame(flows, columns=["village_id", "band", "site_id", "pupils"])
    ride = None if bus is None else TravelTimes.from_matrix(bus, mode="bus")
    found = ways_settled(
        rows, TravelTimes.from_matrix(table, mode="walk"), beds=pd.Series({"S": beds}),
        standards=standards(), bus=ride,
    )  # fmt: skip
    return {(r.village_id, r.band, r.mode): r.pupils for r in found.itertuples()}


FAR = [("a", "g46", "S", 9), ("b", "g46", "S", 9), ("c", "g46", "S", 5), ("c", "g13", "S", 4)]


def test_beds_go_to_the_farthest_first_and_never_to_low_grades():
    assert settled(FAR, beds=7) == {
        ("a", "g46", "walk"): 9, ("b", "g46", "board"): 2, ("b", "g46", "walk"): 7,
        ("c", "g46", "board"): 5, ("c", "g13", "walk"): 4,
    }  # fmt: skip
    assert not [k for k in settled(FAR, beds=0) if k[2] == "board"]


def test_the_bus_takes_whom_no_bed_takes_if_it_is_quicker():
    bus = pd.DataFrame({"S": [5.0, 25.0, np.inf]}, index=["a", "b", "c"])
    assert settled(FAR, beds=5, bus=bus) == {
        ("a", "g46", "walk"): 9, ("b", "g46", "bus"): 9, ("c", "g46", "board"): 5,
        ("c", "g13", "walk"): 4,
    }  # fmt: skip
    slower = pd.DataFrame({"S": [5.0, 81.0, 95.0]}, index=["a", "b", "c"])
    assert "bus" not in {k[2] for k in settled(FAR, beds=0, bus=slower)}


def test_equal_ways_share_beds_in_the_order_of_villages():
    rows = [("b", "g46", "S", 3), ("a", "g46", "S", 3)]
    minutes = {"S": [80.0, 80.0, 80.0]}
    found = settled(rows, beds=4, minutes=minutes)
    assert found == settled(rows[::-1], beds=4, minutes=minutes)
    assert found["a", "g46", "board"] == 3
    assert found["b", "g46", "board"] == 1


def test_who_stays_walks_and_who_comes_boards():
    rows = {"village_id": ["V"] * 2, "band": ["g46"] * 2, "site_id": ["S"] * 2}
    there = pd.DataFrame(rows | {"pupils": [4, 6], "minutes": 50.0, "mode": ["walk", "board"]})
    moves = pd.DataFrame(
        {"village_id": ["V"], "band": ["g46"], "from_site": ["A"], "to_site": ["S"], "pupils": [6]}
    )
    found = pupils_by_origin(there, moves)
    assert found[["from_site", "mode", "pupils"]].to_numpy().tolist() == [
        ["S", "walk", 4],
        ["A", "board", 6],
    ]


def test_boarders_are_within_the_limit_and_measured_apart(today):
    done = assess(today)
    table = today.assignment
    board, bus = (table.loc[table["mode"] == m, "pupils"].sum() for m in ("board", "bus"))
    assert board > 0
    assert bus > 0
    assert done.value("pupils_board") == board
    assert done.value("pupils_bus") == bus
    rows = trips(today)
    assert rows.loc[rows["boards"], "within"].all()
    daily = rows[~rows["boards"]]
    mean = (daily["minutes"] * daily["pupils"]).sum() / daily["pupils"].sum()
    assert done.value("travel_mean") == pytest.approx(mean)
    lodged = rows[rows["boards"]]
    journey = (lodged["minutes"] * lodged["pupils"]).sum() / lodged["pupils"].sum()
    assert done.value("travel_mean_board") == pytest.approx(journey)
    by_band = sum(done.value("pupils_board", band=b) for b in BANDS)
    assert by_band == board
    assert done.value("pupils_board", band="g13") == 0
    assert done.value("beds") == today.decisions["beds"].sum()


def test_conversions_change_bands_kinds_and_money(today):
    plan, site = by_hand(today, a="nine_year", b="primary_only", c="board", d="teaching_point")
    table, value = plan.decisions, plan.standards.value
    through = table.loc[site["nine_year"]]
    assert through["bands"] == "g13 g46 g79"
    assert through["capital_yuan"] == value("nine_year_conversion_yuan")
    assert plan.kinds[site["nine_year"]] == "nine_year"
    fewer = table.loc[site["primary_only"]]
    assert fewer["bands"] == "g13 g46"
    assert fewer["after_g79"] == 0
    assert plan.kinds[site["primary_only"]] == "primary"
    assert bool(fewer["receivers"]) == (fewer["before_g79"] > 0)
    lodges = table.loc[site["board"]]
    assert lodges["extra_beds"] == value("bed_module")
    assert lodges["capital_yuan"] > 0
    done, before = assess(plan), assess(today)
    for kind, more in (("nine_year", 0), ("teaching_point", 1)):
        name = f"schools_{kind}"
        assert done.value(name) - before.value(name) == more
    assert done.value("action_nine_year") == done.value("action_primary_only") == 1


def test_a_school_that_gives_up_grades_is_a_closure_for_the_gates(today):
    plan, site = by_hand(today, a="primary_only")
    row = lp.gates(plan).proposals.loc[site["primary_only"]]
    assert row["proposal"] == "reduced"
    assert row["bands"] == "g79"


def test_balance_after_a_plan_hands_on_junior_teachers(today):
    plan, site = by_hand(today, a="primary_only", b="nine_year")
    one = site["primary_only"]
    now, after = stock_after(today).table, stock_after(plan).table
    assert after.loc[one, "kind"] == "primary"
    assert after.loc[site["nine_year"], "kind"] == "nine_year"
    assert after["teachers"].sum() == pytest.approx(now["teachers"].sum())
    assert after.loc[one, "books"] == now.loc[one, "books"]
    if plan.decisions.loc[one, "before_g79"] > 0:
        assert after.loc[one, "teachers"] < now.loc[one, "teachers"]


def test_new_boarders_are_not_said_to_travel_longer(today):
    closed = today.decisions.index[today.decisions["kind"].eq("junior")][:1]
    plan = lp.evaluate(
        today.county, today.times, today.decisions_with(dict.fromkeys(closed, "close")),
        bus=today.bus,
    )  # fmt: skip
    lp.assert_plan_valid(plan)
    moved = all_moves(plan)
    assert moved["boards"].any()
    assert moved.loc[moved["boards"], "extra_minutes"].isna().all()
    assert moved["pupils"].sum() == plan.moves["pupils"].sum()


@pytest.mark.parametrize(
    ("column", "value"), [("extra_beds", 0), ("extra_beds", -8), ("extra_beds", 1.5)]
)
def test_beds_by_hand_are_whole_and_some(today, column, value):
    table = today.decisions_with({measured(today, "board")[0]: "board"})
    table = table.astype({column: object})
    table.loc[measured(today, "board")[0], column] = value
    with pytest.raises(lp.OptionsError):
        lp.evaluate(today.county, today.times, table)


def test_beds_at_a_site_that_can_have_none_are_refused(today):
    small = today.decisions.index[today.decisions["kind"].eq("teaching_point")][0]
    table = today.decisions_with({small: "board"})
    with pytest.raises(lp.OptionsError):
        lp.evaluate(today.county, today.times, table)


def test_more_beds_than_there_is_room_for_are_noted(today):
    site = measured(today, "board")[0]
    table = today.decisions_with({site: "board"})
    table.loc[site, "extra_beds"] = 8_000
    plan = lp.evaluate(today.county, today.times, table)
    lp.assert_plan_valid(plan)
    assert "too_many_beds" in {f.code for f in plan.findings}


def test_edited_measures_are_kept_with_the_plan(today):
    table, site = today.measures, measured(today, "expand")[0]
    table.loc[table["site_id"].eq(site) & table["measure"].eq("keep"), "places"] += 90
    plan = lp.evaluate(today.county, today.times, today.decisions, measures=table)
    lp.assert_plan_valid(plan)
    assert plan.decisions.loc[site, "places"] == today.decisions.loc[site, "places"] + 90
    dropped = {n: t for n, t in plan.tables.items() if n != "measures"}
    assert plan_breaches(replace(plan, tables=dropped))


@pytest.mark.parametrize("with_bus", [False, True])
def test_a_proposal_evaluated_with_its_assignment_comes_back(small, small_times, rides, with_bus):
    bus = rides if with_bus else None
    plan = lp.propose(small, small_times, bus=bus, gap=0.05, time_limit=20)
    lp.assert_plan_valid(plan)
    again = lp.evaluate(small, small_times, plan.decisions, bus=bus, assignment=plan.assignment)
    lp.assert_plan_valid(again)
    pd.testing.assert_frame_equal(again.assignment, plan.assignment)
    names = plan.decisions.columns.drop("receivers")
    pd.testing.assert_frame_equal(again.decisions[names], plan.decisions[names])
    # Who leaves one of two schools for which of two others an assignment does not say.
    for end in ("from_site", "to_site"):
        before, after = (
            p.moves.groupby(["village_id", "band", end])["pupils"].sum() for p in (plan, again)
        )
        pd.testing.assert_series_equal(after, before)
    # Where it does say, the receivers are the same ones.
    ends = plan.moves.groupby(["village_id", "band"])[["from_site", "to_site"]].transform("nunique")
    unclear = set(plan.moves.loc[(ends > 1).all(axis=1), "from_site"])
    clear = ~plan.decisions.index.isin(unclear)
    told = plan.decisions.loc[clear, "receivers"]
    assert (told != "").any()
    pd.testing.assert_series_equal(again.decisions.loc[clear, "receivers"], told)


def test_an_assignment_is_kept_as_far_as_it_can_be(today):
    plan, site = by_hand(today, a="close")
    again = lp.evaluate(
        today.county, today.times, plan.decisions, bus=today.bus, assignment=today.assignment
    )
    lp.assert_plan_valid(again)
    left = again.moves["from_site"].unique().tolist()
    assert left == [site["close"]]
    no_bus = lp.evaluate(today.county, today.times, assignment=today.assignment)
    lp.assert_plan_valid(no_bus)
    assert set(no_bus.assignment["mode"]) == {"walk", "board"}
