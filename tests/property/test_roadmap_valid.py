"""Roadmaps of tiny counties hold, and the checker sees what is spoilt."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny_roadmaps import Ahead, budgets, tiny_plan

import layoutplan as lp

SEEDS = [pytest.param(s, marks=() if s < 6 else pytest.mark.slow) for s in range(50)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_roadmap_holds(seed):
    plan = tiny_plan(seed)
    lp.assert_plan_valid(plan)
    ahead = Ahead(plan, seed) if seed % 3 == 0 else None
    money = budgets(seed)
    found = lp.roadmap(
        plan, projection=ahead, budget_by_year=money, start="2027H2" if seed % 5 == 4 else "2027H1",
        years=4 if seed % 5 == 4 else 3, time_limit=10,
    )  # fmt: skip
    lp.assert_roadmap_valid(found)
    if money is None:
        # Drawn by lot, measures may find no seats or no time; money lacks nowhere.
        assert "budget" not in set(found.left_over["reason"])
    if seed % 6 == 1:
        again = lp.replan(found, at=found.half_years[3], done=list(found.actions.index[:1])
                          if len(found.actions) and found.actions["ready"].iloc[0]
                          <= found.half_years[3] else [])  # fmt: skip
        lp.assert_roadmap_valid(again)


@pytest.fixture(scope="module")
def valid():
    plan = tiny_plan(4)
    found = lp.roadmap(
        plan, projection=Ahead(plan, 4), years=4, time_limit=10,
        budget_by_year=dict.fromkeys(range(2027, 2031), 3_500_000.0),
    )  # fmt: skip
    lp.assert_roadmap_valid(found)
    return found


def spoilt(roadmap, name, change):
    table = roadmap.tables[name]
    before = table.copy()
    done = change(table)
    if before.equals(table if done is None else done):
        raise ValueError(name)
    tables = dict(roadmap.tables) | {name: table if done is None else done}
    return replace(roadmap, tables=tables)


def _set(where, column, value):
    def change(table):
        rows = table.index[where(table)]
        old = table.loc[rows[0], column]  # where there is nothing to spoil, an IndexError
        table.loc[rows[0], column] = value(old) if callable(value) else value
        if table.loc[rows[0], column] == old:
            raise ValueError(column)

    return change


def _closes(table):
    return table["action"].isin(["close", "teaching_point", "primary_only"]).to_numpy()


def _built(table):
    return table["builds_from"].ne("").to_numpy()


def _some(table):
    return np.ones(len(table), dtype=bool)


def _step(name):
    return lambda table: table["step"].eq(name).to_numpy()


MUTATIONS = {
    "a pupil is lost": ("seats_by_variant", _set(lambda t: t["pupils"].gt(0), "pupils",
                                                 lambda n: n - 1)),
    "a place is made up": ("seats_by_variant", _set(_some, "places", lambda n: n + 1)),
    "a row of seats is missing": ("seats_by_variant", lambda t: t.drop(
        index=t.index[t["pupils"].gt(0)][0])),
    "seats are of another variant": ("seats", _set(_some, "pupils", lambda n: n + 1)),
    "a pupil is unplaced": ("unplaced", lambda t: pd.concat([t, pd.DataFrame(
        [{"half_year": "2027H1", "village_id": "v0", "band": "g13", "pupils": 1,
          "reason": "no_site"}])], ignore_index=True)),
    "a pupil is born": ("pupils", _set(_some, "pupils", lambda n: n + 1)),
    "pupils go elsewhere": ("pupils", _set(lambda t: t["from_site"].eq(t["to_site"])
                                           & t["pupils"].gt(2), "to_site", "s3")),
    "pupils go without a measure": ("pupils", _set(lambda t: t["action_id"].ne(""),
                                                   "action_id", "")),
    "an action is missing": ("actions", lambda t: t.iloc[1:]),
    "an action stands twice": ("actions", lambda t: pd.concat([t, t.iloc[:1]])),
    "an action is made up": ("actions", lambda t: t.rename(index={t.index[0]: "x-close"})),
    "a closure within a school year": ("actions", _set(_closes, "ready", lambda h: h[:4] + "H1")),
    "a closure too early": ("actions", _set(_closes, "ready", "2027H2")),
    "building too short": ("actions", _set(_built, "builds_from", lambda h: f"{h[:4]}H2"
                                           if h.endswith("H1") else f"{int(h[:4]) + 1}H1")),
    "capital is another": ("actions", _set(_built, "capital_yuan", lambda n: n * 0.5)),
    "another is responsible": ("actions", _set(_some, "responsible", "nobody")),
    "posts are another number": ("actions", _set(_some, "teachers_needed", lambda n: n + 1)),
    "an effect beyond the years": ("actions", _set(_some, "ready", "2040H2")),
    "a wait is not named": ("actions", _set(lambda t: t["after"].ne(""), "after", "")),
    "money spent is less": ("money", _set(lambda t: t["spent_yuan"].gt(0), "spent_yuan",
                                          lambda n: n - 1000)),
    "the budget is another": ("money", _set(_some, "budget_yuan", lambda n: n + 1)),
    "a year has no money": ("money", lambda t: t.iloc[1:]),
    "a step is missing": ("steps", lambda t: t[~_step("hearing")(t)]),
    "a notice is too short": ("steps", lambda t: t.assign(due=np.where(
        _step("notice")(t) & t["action_id"].str.contains("close|point|primary_only"),
        t["starts"], t["due"]))),
    "a step before its time": ("steps", _set(_step("transfer"), "starts", "2027-01-02")),
    "a step of another school": ("steps", _set(_some, "site_id", "s9")),
    "left over for nothing": ("left_over", _set(_some, "reason", "")),
}  # fmt: skip


@pytest.mark.parametrize("kind", MUTATIONS)
def test_what_is_spoilt_is_seen(valid, kind):
    name, change = MUTATIONS[kind]
    with pytest.raises(AssertionError, match=r"\w"):
        lp.assert_roadmap_valid(spoilt(valid, name, change))


@pytest.mark.parametrize("what", ["objective", "bound", "gap", "budget", "half_years"])
def test_a_spoilt_report_is_seen(valid, what):
    report = valid.solver
    if what == "budget":
        other = replace(valid, budget_by_year=dict.fromkeys(range(2027, 2031), 100.0))
    elif what == "half_years":
        other = replace(valid, half_years=valid.half_years[:-1])
    else:
        worse = {"objective": report.objective + 5e4, "bound": report.objective * 2, "gap": 0.5}
        other = replace(valid, solver=replace(report, **{what: worse[what]}))
    with pytest.raises(AssertionError, match=r"\w"):
        lp.assert_roadmap_valid(other)
