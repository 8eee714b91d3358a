"""What has to be done for a plan: one row per measure, and what each waits for."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layoutplan.actions import BED_ACTIONS, LOSING_ACTIONS
from layoutplan.roadmap.half_years import first_day, opens_a_school_year
from layoutplan.roadmap.times_needed import TimesNeeded

if TYPE_CHECKING:
    from layoutplan.plan import Plan

REDRAW = "redraw"
"""Pupils of schools that stay go to another one: its catchment is drawn anew."""

SCHOOL_YEAR_ACTIONS = (*LOSING_ACTIONS, "new", "nine_year", REDRAW)
"""What takes effect when a school year begins."""

AS_IT_IS = ("keep", "unused")
"""Actions that change nothing, so that there is nothing to schedule."""

COLUMNS = (
    "site_id", "name", "action", "township_id", "receivers", "after", "capital_yuan", "building",
    "loses", "school_year", "added_places", "added_yuan", "today_yuan",
)  # fmt: skip


def tasks_of(plan: "Plan", needed: TimesNeeded) -> pd.DataFrame:
    """List what has to be done for a plan.

    Each site whose action is not that of today is one task. Pupils who leave a school that
    gives up their grades go with that; all others who change school go when the catchment
    of the school that receives them is drawn anew, which is a task of its own (`REDRAW`).

    Parameters
    ----------
    plan
        The plan.
    needed
        How long building takes.

    Returns
    -------
    pandas.DataFrame
        Indexed by action_id: site_id, name, action, township_id, receivers (tuple of site
        ids), after (tuple of action ids that must be ready first), capital_yuan, building
        (half-years), loses (bool: a closure or partial closure), school_year (bool: takes
        effect when one begins), added_places, added_yuan and today_yuan (running cost a
        year); sorted.
    """
    decisions, moves = plan.decisions, plan.moves
    measures = plan.measures
    today = measures[measures["measure"] == "keep"].set_index("site_id")
    changed = decisions[~decisions["action"].isin(AS_IT_IS)]
    loses = changed["action"].isin(LOSING_ACTIONS)
    gone = moves[moves["from_site"].isin(changed.index[loses])]
    listed: dict[str, dict[str, Any]] = {
        str(site): {str(k): v for k, v in row.items()}
        for site, row in changed.to_dict("index").items()
    }
    rows: dict[str, dict[str, Any]] = {
        f"{site}-{row['action']}": {
            "site_id": site,
            "action": row["action"],
            "capital_yuan": float(row["capital_yuan"]),
            "building": needed.half_years.get(row["action"], 0) if _built(row) else 0,
            "loses": bool(loses[site]),
            "added_places": int(row["places"] - _of(today, site, "places")),
            "added_yuan": float(row["annual_yuan"] - _of(today, site, "annual_yuan")),
            "today_yuan": _of(today, site, "annual_yuan"),
            "receivers": _receivers(site, row, gone) if loses[site] else (),
        }
        for site, row in listed.items()
    }
    others = moves[~moves["from_site"].isin(changed.index[loses])]
    rows |= {
        f"{site}-{REDRAW}": {
            "site_id": site,
            "action": REDRAW,
            "capital_yuan": 0.0,
            "building": 0,
            "loses": False,
            "added_places": 0,
            "added_yuan": 0.0,
            "today_yuan": 0.0,
            "receivers": (site,),
        }
        for site in sorted({str(s) for s in others["to_site"]} - {""})
    }
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=list(COLUMNS))
    table.index = pd.Index(table.index.astype("str"), name="action_id", dtype="str")
    table["name"] = table["site_id"].map(decisions["name"]).fillna("").astype("str")
    table["township_id"] = table["site_id"].map(decisions["township_id"]).fillna("").astype("str")
    table["school_year"] = table["action"].isin(SCHOOL_YEAR_ACTIONS)
    table["after"] = _after(table)
    types: dict[str, Any] = {"site_id": "str", "action": "str"}
    types |= {"building": "int64", "added_places": "int64", "loses": bool, "school_year": bool}
    types |= {"capital_yuan": "float64", "added_yuan": "float64", "today_yuan": "float64"}
    return table.astype(types).sort_index()


def _built(row: dict[str, object]) -> bool:
    """Tell whether anything is built for a measure."""
    added = ("capital_yuan", "extra_classes", "extra_beds")
    return row["action"] == "new" or any(float(str(row[c])) > 0 for c in added)


def _of(today: pd.DataFrame, site: str, column: str) -> float:
    return float(today[column].get(site, 0.0))


def _receivers(site: str, row: dict[str, object], gone: pd.DataFrame) -> tuple[str, ...]:
    """Name the schools that take a school's pupils: those the plan names and all they go to."""
    named = str(row["receivers"]).split()
    went: set[str] = {str(s) for s in gone.loc[gone["from_site"] == site, "to_site"]}
    more: list[str] = sorted(w for w in went if w and w not in named)
    return (*named, *more)


def _after(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Name what must be ready first: whatever grows at a school that receives pupils."""
    grows = table[(table["action"].isin(BED_ACTIONS)) & ~table["action"].isin(LOSING_ACTIONS)]
    also = table[table["action"].isin(LOSING_ACTIONS) & table["building"].gt(0)]
    own = {str(s): str(a) for a, s in pd.concat([grows, also])["site_id"].items()}
    return [
        tuple(sorted({own[r] for r in receivers if r in own} - {action}))
        for action, receivers in table["receivers"].items()
    ]


def task_of_moves(moves: pd.DataFrame, tasks: pd.DataFrame) -> pd.Series:
    """Tell with which task pupils change school.

    Parameters
    ----------
    moves
        Columns from_site and to_site.
    tasks
        As `tasks_of` gives them.

    Returns
    -------
    pandas.Series
        The action_id of each row; empty where the pupils lose their school without one
        that receives them and without a closure.
    """
    leaving = {s: a for a, s in tasks.loc[tasks["loses"], "site_id"].items()}
    redrawn = {s: a for a, s in tasks.loc[tasks["action"] == REDRAW, "site_id"].items()}
    named = [
        leaving.get(origin) or redrawn.get(target, "")
        for origin, target in zip(moves["from_site"], moves["to_site"], strict=True)
    ]
    return pd.Series(named, index=moves.index, dtype="str")


def lead_of(task: pd.Series, needed: TimesNeeded) -> int:
    """Count the days of procedure before a task may take effect.

    Parameters
    ----------
    task
        A row of `tasks_of`.
    needed
        How long the steps take.

    Returns
    -------
    int
        Days.
    """
    if task["loses"]:
        return needed.closure_days()
    return needed.redrawing_days() if task["action"] == REDRAW else 0


def earliest(task: pd.Series, needed: TimesNeeded, *, start: int) -> int:
    """Give the first half-year in which a task can take effect, whatever it waits for.

    Parameters
    ----------
    task
        A row of `tasks_of`.
    needed
        How long procedure and building take.
    start
        The half-year with whose first day work begins.

    Returns
    -------
    int
        The half-year.
    """
    half = start + int(task["building"])
    days = lead_of(task, needed)
    while (task["school_year"] and not opens_a_school_year(half)) or (
        (first_day(half) - first_day(start)).days < days
    ):
        half += 1
    return half


def people_of(tasks: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """Count whom each task concerns: pupils who move with it, or places added.

    Parameters
    ----------
    tasks
        As `tasks_of` gives them.
    cells
        Who goes where, with ``task`` (position, -1 for none) and ``pupils``.

    Returns
    -------
    pandas.Series
        Persons, indexed by action_id.
    """
    moving = cells[cells["task"] >= 0]
    counted = np.bincount(
        moving["task"].to_numpy(dtype=np.int64),
        weights=moving["pupils"].to_numpy(dtype=float),
        minlength=len(tasks),
    )
    places = tasks["added_places"].clip(lower=0).to_numpy(dtype=float)
    return pd.Series(np.maximum(counted[: len(tasks)], places), index=tasks.index).map(math.ceil)
