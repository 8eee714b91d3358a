"""Gates: closures that must not be forced or cannot be decided, and schools that must stay.

The numbers are those of `layoutplan.gates`, computed without recorded votes: these are
inputs of a meeting and stand in no plan. So the two gates of votes are open here for
every closure of a school with pupils.
"""

from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

import pandas as pd

from layoutplan.assessment.once import once
from layoutplan.assessment.rows import Row, grouped, held_to, total, without_number
from layoutplan.assessment.selections import has_today, homes
from layoutplan.gates import Gates, MustKeep, gates, must_keep
from layoutplan.plan import Plan

_MADE: WeakKeyDictionary[Plan, Gates] = WeakKeyDictionary()
"""Gates by plan, which never changes: all indicators of a plan share them."""

_KEPT: WeakKeyDictionary[Plan, MustKeep] = WeakKeyDictionary()
"""Schools that must stay, by plan."""


def gates_of(plan: Plan) -> Gates:
    """Hold the closures of a plan against the gates, without recorded votes, once.

    Parameters
    ----------
    plan
        The plan; it is only read.

    Returns
    -------
    Gates
        As `layoutplan.gates.gates` gives them.
    """
    if plan not in _MADE:
        _MADE[plan] = gates(plan)
    return _MADE[plan]


def must_keep_of(plan: Plan) -> MustKeep:
    """List the schools of a plan that must stay, once.

    Parameters
    ----------
    plan
        The plan; it is only read.

    Returns
    -------
    MustKeep
        As `layoutplan.gates.must_keep` gives them.
    """
    if plan not in _KEPT:
        _KEPT[plan] = must_keep(plan)
    return _KEPT[plan]


def closures_with(verdict: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts the closures with a gate of some verdict.

    Parameters
    ----------
    verdict
        ``fail``, ``unknown`` or ``open``. A closure counts for each of them that one of
        its gates has.

    Returns
    -------
    Callable
        The measure: the county and the townships of the schools.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        if not has_today(plan):
            return without_number("no_today")
        found = gates_of(plan)
        verdicts = found.verdicts.drop(columns="verdict")
        table = found.proposals.assign(
            township_id=found.proposals["township_id"].fillna("").astype("str"),
            closures=(verdicts == verdict).any(axis=1).astype(int),
        )
        rows = grouped(plan, table, total("closures"))
        return held_to(rows, limit=0) if verdict == "fail" else rows

    return measure


def pupils_must_keep(plan: Plan) -> Iterator[Row]:
    """Count the pupils who have one school only within the limit, whichever they attend.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, _dependents(plan), total("pupils"))


def must_keep_lost(plan: Plan) -> Iterator[Row]:
    """Count the pupils whose only school within the limit the plan takes from their grades.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    table = _dependents(plan)
    standard = plan.standards["closure_keep_pupils_max"]
    rows = grouped(plan, table[table["lost"]], total("pupils"))
    return held_to(rows, standard, limit=standard.value)


@once
def _dependents(plan: Plan) -> pd.DataFrame:
    """List who depends on one school, with their township and whether it is lost."""
    keep = must_keep_of(plan)
    lost = keep.schools.loc[keep.schools["kept"] == "no", ["site_id", "band"]]
    table = keep.dependents
    key = pd.MultiIndex.from_frame(table[["site_id", "band"]])
    return table.assign(
        township_id=table["village_id"].map(homes(plan)["township_id"]).fillna(""),
        lost=key.isin(pd.MultiIndex.from_frame(lost)),
    )
