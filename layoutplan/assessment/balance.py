"""Balance: how equally the schools of a plan are provided for, stage by stage.

The numbers are those of `layoutplan.balance`. What closed schools have goes to the schools
that take their pupils, or, for ``idle``, stands unused; teachers move either way. A plan
that closes small schools often makes the coefficients smaller and ways longer, so these
numbers stand beside access.
"""

from collections.abc import Callable, Iterator
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
        if balance is None or balance.incomplete:
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
        if balance is None or indicator in balance.incomplete:
            return without_number("balance_no_data")
        return _coefficient(balance, indicator, stage, f"quality_cv_max_{stage}")

    return measure


def _coefficient(balance: Balance, indicator: str, stage: Stage, limit: str) -> Iterator[Row]:
    value = balance.cv(indicator, stage=stage)
    if pd.isna(value):
        yield from without_number("balance_no_schools")
        return
    standard = balance.standards[limit]
    yield Row(level="county", value=value, limit=standard.value, standards=(standard,))


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
        because data are missing, is not counted.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        balance, here = _schools(plan, stage)
        if balance is None or here.empty:
            yield from without_number(
                "balance_no_data" if balance is None else "balance_no_schools"
            )
            return
        held = tuple(
            balance.standards[s] for s in ("quality_indicators_met_min", "quality_floor_share")
        )
        fails = here["met"].eq("no")
        yield Row(level="county", value=float(fails.sum()), limit=0, standards=held)
        for township, number in fails.groupby(here["township_id"]).sum().items():
            value = float(number)
            yield Row(level="township", group=str(township), value=value, limit=0, standards=held)

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
        From a plan to the county and its townships.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        balance, here = _schools(plan, stage)
        if balance is None or here.empty:
            yield from without_number(
                "balance_no_data" if balance is None else "balance_no_schools"
            )
            return
        passes = here["met"].eq("yes").astype("float64")
        yield Row(level="county", value=float(passes.mean()))
        for township, share in passes.groupby(here["township_id"]).mean().items():
            yield Row(level="township", group=str(township), value=float(share))

    return measure


def _schools(plan: Plan, stage: Stage) -> tuple[Balance | None, pd.DataFrame]:
    balance = assessed(plan, "quality")
    if balance is None:
        return None, pd.DataFrame()
    schools = balance.schools
    return balance, schools[schools["stage"].eq(stage)]


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
]
