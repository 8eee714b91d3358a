"""Balance: how equally the schools of a plan are provided for, stage by stage.

The numbers are those of `layoutplan.balance`. What closed schools have goes to the schools
that take their pupils, or, for ``idle``, stands unused; teachers move either way. A plan
that closes small schools often makes the coefficients smaller and ways longer, so these
numbers stand beside access.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, Literal
from weakref import WeakKeyDictionary

import pandas as pd

from layoutplan.assessment.rows import LeftOut, Row, without_number
from layoutplan.balance import Balance, basic_2012, quality_2017
from layoutplan.balance.indicators import BASIC, QUALITY, STAGES, Stage
from layoutplan.balance.noun import COMPOSITE
from layoutplan.errors import DataError
from layoutplan.plan import Plan

Which = Literal["basic", "idle", "quality"]
"""Basic balance with assets pooled or idle, and high-quality balance with assets pooled."""

MEASURED: Final = tuple(m.name for m in QUALITY)
"""The seven indicators, each with a coefficient of its own."""

_MADE: WeakKeyDictionary[Plan, dict[str, Balance | None]] = WeakKeyDictionary()
"""Assessments by plan, which never changes: all indicators of a plan share them."""


def assessed(plan: Plan, which: Which) -> Balance | None:
    """Assess the balance of a plan, once.

    Parameters
    ----------
    plan
        The plan.
    which
        ``basic``, ``idle`` or ``quality``.

    Returns
    -------
    Balance or None
        The assessment; None where no school has any pupils or nothing is known of what
        schools have.
    """
    made = _MADE.setdefault(plan, {})
    if which not in made:
        made[which] = _assess(plan, which)
    return made[which]


def _assess(plan: Plan, which: Which) -> Balance | None:
    schools = plan.county.schools
    if not any(m.resource in schools for m in (*BASIC, *QUALITY)):
        return None
    try:
        if which == "quality":
            return quality_2017(plan)
        return basic_2012(plan, assets="idle" if which == "idle" else "pooled")
    except DataError:
        return None


def composite(stage: Stage, *, idle: bool = False) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure of the composite coefficient of 2012.

    Parameters
    ----------
    stage
        The stage.
    idle
        Whether what closed schools have stands unused.

    Returns
    -------
    Callable
        From a plan to the county's row; no number where one of the eight is missing.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        balance = assessed(plan, "idle" if idle else "basic")
        if balance is None or balance.incomplete_in(stage):
            return without_number("balance_no_data")
        return _coefficient(balance, COMPOSITE, stage, f"basic_cv_max_{stage}")

    return measure


def coefficient(indicator: str, stage: Stage) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure of one coefficient of 2017.

    Parameters
    ----------
    indicator
        One of `MEASURED`.
    stage
        The stage.

    Returns
    -------
    Callable
        From a plan to the county's row.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        balance = assessed(plan, "quality")
        if balance is None or indicator in balance.incomplete_in(stage):
            return without_number("balance_no_data")
        return _coefficient(balance, indicator, stage, f"quality_cv_max_{stage}")

    return measure


def _coefficient(balance: Balance, indicator: str, stage: Stage, limit: str) -> Iterator[Row]:
    table = balance.indicators
    here = table[table["stage"].eq(stage) & table["indicator"].eq(indicator)]
    if here["cv"].isna().all():
        yield from without_number("balance_no_schools")
        return
    told = here.iloc[0]
    # The rule can be less certain than the number that it rests on.
    standard = replace(balance.standards[limit], status=told["status"])
    yield Row(
        level="county",
        value=float(told["cv"]),
        # What missing data could change is held to nothing; the source still names it.
        limit=standard.value if told["met"] else None,
        kept=told["met"] == "yes",
        standards=(standard,),
    )


def failing(stage: Stage) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts the schools that do not pass in 2017.

    Parameters
    ----------
    stage
        The stage.

    Returns
    -------
    Callable
        From a plan to the county and its townships. A school that cannot be judged,
        because data are missing, is not counted; where there is one and none fails,
        the number is held to nothing.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        balance, parts = _schools(plan, stage)
        held = ("quality_indicators_met_min", "quality_floor_share")
        standards = () if balance is None else tuple(balance.standards[s] for s in held)
        for level, group, met in parts:
            if not met.ne("").any():
                yield _not_judged(balance, met, level, group)
                continue
            fails = int(met.eq("no").sum())
            limit = None if not fails and met.eq("").any() else 0.0
            yield Row(
                level=level, group=group, value=float(fails), limit=limit, standards=standards
            )

    return measure


def passing_share(stage: Stage) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure of the share of schools that pass in 2017.

    Parameters
    ----------
    stage
        The stage.

    Returns
    -------
    Callable
        From a plan to the county and its townships; the share is that of the schools
        that can be judged.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        balance, parts = _schools(plan, stage)
        for level, group, met in parts:
            judged = met[met.ne("")]
            if judged.empty:
                yield _not_judged(balance, met, level, group)
                continue
            yield Row(level=level, group=group, value=float(judged.eq("yes").mean()))

    return measure


def _not_judged(balance: Balance | None, met: pd.Series, level: str, group: str) -> Row:
    none = balance is not None and met.empty
    reason = "balance_no_schools" if none else "balance_no_data"
    return Row(level=level, group=group, value=float("nan"), reason=reason)


def _schools(plan: Plan, stage: Stage) -> tuple[Balance | None, list[tuple[str, str, pd.Series]]]:
    """Give the verdicts of schools: those of the county, then township by township."""
    balance = assessed(plan, "quality")
    if balance is None:
        return None, [("county", "", pd.Series(dtype="str"))]
    schools = balance.schools
    here = schools[schools["stage"].eq(stage)]
    by_township = here["met"].groupby(here["township_id"])
    return balance, [
        ("county", "", here["met"]),
        *(("township", str(township), met) for township, met in by_township),
    ]


def without_verdict(stage: Stage) -> Callable[[Plan], Iterator[LeftOut]]:
    """Give the function that names the schools that are not judged in 2017.

    Parameters
    ----------
    stage
        The stage.

    Returns
    -------
    Callable
        From a plan to the schools that are not counted, and to those of which data are
        missing that could change whether they pass.
    """

    def leaves_out(plan: Plan) -> Iterator[LeftOut]:
        balance = assessed(plan, "quality")
        if balance is None:
            return
        table = balance.left_out
        whole = table[table["stage"].isin(["", stage]) & table["indicator"].eq("")]
        for reason, rows in whole.groupby("reason"):
            ids = tuple(sorted(set(rows["school_id"])))
            yield LeftOut(table="schools", reason=f"balance_{reason}", ids=ids)
        schools = balance.schools
        unknown = schools.loc[schools["stage"].eq(stage) & schools["met"].eq(""), "school_id"]
        yield LeftOut(table="schools", reason="balance_not_judged", ids=tuple(sorted(set(unknown))))

    return leaves_out


def left_out_of(
    which: Which, *, stage: Stage, indicator: str = ""
) -> Callable[[Plan], Iterator[LeftOut]]:
    """Give the function that names the schools that an assessment leaves out.

    Parameters
    ----------
    which
        The assessment.
    stage
        The stage.
    indicator
        One of its indicators; all of them where not given.

    Returns
    -------
    Callable
        From a plan to the schools left out.
    """

    def leaves_out(plan: Plan) -> Iterator[LeftOut]:
        balance = assessed(plan, which)
        if balance is None:
            return
        table = balance.left_out
        here = table["stage"].isin(["", stage])
        if indicator:
            here &= table["indicator"].isin(["", indicator])
        for reason, rows in table[here].groupby("reason"):
            ids = tuple(sorted(set(rows["school_id"])))
            yield LeftOut(table="schools", reason=f"balance_{reason}", ids=ids)

    return leaves_out


__all__ = [
    "MEASURED",
    "STAGES",
    "assessed",
    "coefficient",
    "composite",
    "failing",
    "left_out_of",
    "passing_share",
    "without_verdict",
]
