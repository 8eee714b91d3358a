"""Causes: why a plan breaks rules, and the cheapest single cure, each tried."""

import time
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.explain.breaches import breaches
from layoutplan.explain.causes_noun import Causes
from layoutplan.explain.cures import Ill, try_cures
from layoutplan.explain.question import (
    Question,
    asked_of,
    capital_yuan,
    ordinary_yuan,
)
from layoutplan.explain.relaxations import relaxed
from layoutplan.explain.told import names_of
from layoutplan.explain.trials import Cure, Trial, Trials
from layoutplan.plan import Plan

_GIVEN: Final = "given"

UNPRICED: Final = ("road",)
"""Cures whose own cost is not known: what they make the rest cost is told, not more."""

_KEPT: Final = "keep_rules"
"""The cure that changes nothing: what is broken at a price can be kept."""

_PRICE: Final = "price"
_SEVERAL: Final = "several"
_NOT_EXAMINED: Final = "not_examined"

_SAME: Final = 1e-6
"""Objectives that differ by less than this share are equal."""


def causes(
    plan: Plan,
    *,
    measures: pd.DataFrame | None = None,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    lang: str = "auto",
) -> Causes:
    r"""Tell why a plan breaks rules, and what would cure it at least cost.

    A cause is one thing without which the rule would be kept: the question is asked again
    with nothing changed but that thing, and with prices of broken rules so high that every
    rule is kept that can be. With :math:`B(q)` the breaches of the best plan of a question
    :math:`q`, :math:`b \in B(q)` and :math:`q_{-c}` the question without :math:`c`,

    .. math:: c \text{ causes } b \iff b \notin B(q_{-c}),

    where all breaches together must fall by the weight of :math:`b`, so that one that only
    moves elsewhere is not removed. Causes are: a road is missing (``no_road``); no site in
    reach teaches the grades (``no_site``); a ``lock`` of single sites; the number of
    schools (``schools_max``); the ``budget``; least and largest ``size``; limits on
    ``moves``; too few places in reach (``capacity``); the ``travel_limit``. A rule may also
    be broken because that is cheaper at its ``price``, because the ``search`` ended before
    the best plan, or because the plan was drawn ``by_hand``. Where two things must change,
    the cause is ``several``.

    A cure is the smallest single change, such as one more class, and each is tried: the
    question with it is answered anew, and what it costs is the difference of the two plans.

    Parameters
    ----------
    plan
        The plan.
    measures
        What may be done at each site, where `layoutplan.propose` was given a table.
    time_limit
        Seconds in all; what could not be examined in them is said.
    gap
        As in `layoutplan.propose`, for each answer.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    Causes
        What is broken, why, and the cheapest cure.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> plan = lp.propose(county, lp.travel_times(county))
    >>> len(lp.causes(plan).breaches)
    0
    """
    start = time.monotonic()
    before = breaches(plan)
    question = asked_of(plan, measures)
    trials = Trials(
        before=before,
        deadline=start + time_limit,
        seconds=time_limit,
        options=plan.options,
        gap=gap,
        seed=plan.solver.seed,
    )
    found: list[list[str]] = [[] for _ in range(len(before))]
    if len(before):
        _examine(plan, question, trials, found)
    return Causes(
        name=plan.name,
        lang=plan.county.language(lang),
        complete=not trials.out_of_time,
        seconds=time.monotonic() - start,
        names=MappingProxyType(names_of(plan)),
        tables=_tables(before, found, trials),
    )


def _examine(plan: Plan, question: Question, trials: Trials, found: list[list[str]]) -> None:
    """Name the causes of every breach and try their cures."""
    strict, before = question.strict(), trials.before
    base = trials.ask(strict, Cure(kind=_KEPT))
    if base is None:
        _mark(found, np.ones(len(before), dtype=bool), _NOT_EXAMINED)
        return
    trials.base = base.plan
    kept = base.wholly
    _mark(found, kept, _how_kept(plan, base.plan))
    _price_kept(plan, base, trials)
    left = ~kept
    if not left.any():
        return
    answers = {}
    everyone = plan.pupils_in
    for cause, other in relaxed(strict, before[left], everyone=everyone).items():
        trial = trials.ask(other, Cure(kind="relaxed", detail=cause))
        if trial is not None and (trial.nearly & left).any():
            answers[cause] = trial
            _mark(found, trial.nearly & left, cause)
    groups: dict[tuple[str, ...], np.ndarray] = {}
    for i in np.flatnonzero(left):
        groups.setdefault(tuple(found[i]), np.zeros(len(before), dtype=bool))[i] = True
    for names, mask in groups.items():
        for cause in names:
            ill = Ill(
                question=strict,
                plan=base.plan,
                rows=before[mask],
                mask=mask,
                relaxed=answers[cause].plan,
                trials=trials,
            )
            try_cures(cause, ill)
        if not names:
            _mark(found, mask, _NOT_EXAMINED if trials.out_of_time else _SEVERAL)


def _mark(found: list[list[str]], mask: np.ndarray, cause: str) -> None:
    for i in np.flatnonzero(mask):
        found[i].append(cause)


def _how_kept(plan: Plan, other: Plan) -> str:
    """Say why a rule is broken that could be kept without changing anything."""
    if plan.solver.status == _GIVEN or plan.solver.objective is None:
        return "by_hand"
    weighed = ordinary_yuan(other) + float(breaches(other, priced_by=plan.options)["weight"].sum())
    return "search" if weighed < plan.solver.objective * (1 - _SAME) else _PRICE


def _price_kept(plan: Plan, base: Trial, trials: Trials) -> None:
    """Turn the first answer, which changes nothing but prices, into the cure it is."""
    # Otherwise it would be tried as a cure of what it does not keep.
    trials.made[base.what] = None
    searched = plan.solver.status != _GIVEN and bool(plan.solver.terms)
    trials.strict_yuan = ordinary_yuan(base.plan) - ordinary_yuan(plan) if searched else np.nan
    if not base.wholly.any():
        return
    pupils = int(trials.before.loc[base.wholly, "pupils"].sum())
    cure = Cure(kind=_KEPT, amount=float(pupils), unit="persons")
    more = capital_yuan(base.plan) - capital_yuan(plan)
    trials.made[cure] = replace(base, what=cure, cost_yuan=trials.strict_yuan, capital_yuan=more)


def _tables(
    before: pd.DataFrame, found: list[list[str]], trials: Trials
) -> dict[str, pd.DataFrame]:
    tried = [t for t in trials.made.values() if t is not None]
    cures = [t for t in tried if t.what.kind != "relaxed"]
    best = [
        _cheapest(cures, i, more=trials.strict_yuan if _PRICE in found[i] else 0.0)
        for i in range(len(before))
    ]
    rows = before.assign(
        causes=pd.Series([" ".join(f) for f in found], index=before.index, dtype="str"),
        cure=pd.Series(best, index=before.index, dtype="int64"),
    )
    return {
        "breaches": rows,
        "causes": _grouped(rows, cures, trials.strict_yuan),
        "cures": pd.DataFrame([_record(t) for t in cures], columns=CURES),
        "relaxations": pd.DataFrame(
            [_record(t) for t in tried if t.what.kind == "relaxed"], columns=CURES
        ),
    }


CURES: Final = [
    "kind", "site_id", "village_id", "band", "amount", "unit", "detail", "removes",
    "cost_yuan", "capital_yuan", "priced", "status", "gap", "seconds",
]  # fmt: skip


def _record(trial: Trial) -> dict[str, object]:
    what, report = trial.what, trial.plan.solver
    gone = trial.nearly if what.kind == "relaxed" else trial.wholly
    return {
        "kind": what.kind,
        "site_id": what.site_id,
        "village_id": what.village_id,
        "band": what.band,
        "amount": what.amount,
        "unit": what.unit,
        "detail": what.detail,
        "removes": " ".join(str(i) for i in np.flatnonzero(gone)),
        "cost_yuan": trial.cost_yuan,
        "capital_yuan": trial.capital_yuan,
        "priced": what.kind not in UNPRICED,
        "status": report.status,
        "gap": report.gap,
        "seconds": trial.seconds,
    }


def _cheapest(cures: list[Trial], breach: int, *, more: float) -> int:
    """Give the number of the cheapest cure of a breach; -1 where none was found."""
    fit = [i for i, t in enumerate(cures) if t.wholly[breach]]
    if not fit:
        return -1

    def rank(i: int) -> tuple[bool, float, float, str]:
        t, cost = cures[i], _cost(cures[i], more)
        known = cost if np.isfinite(cost) else np.inf
        return t.what.kind in UNPRICED, round(known, 2), round(t.capital_yuan), str(t.what)

    return min(fit, key=rank)


def _cost(trial: Trial, more: float) -> float:
    """Give what a cure costs; what is kept at a price counts from the plan that breaks it."""
    return trial.cost_yuan + (0.0 if trial.what.kind == _KEPT else more)


def _grouped(rows: pd.DataFrame, cures: list[Trial], strict_yuan: float) -> pd.DataFrame:
    """Put breaches of one rule with the same causes and cure into one row."""
    records = []
    for (rule, why, cure), some in rows.groupby(["rule", "causes", "cure"], sort=False):
        number = int(str(cure))
        best = cures[number] if number >= 0 else None
        what = best.what if best is not None else Cure(kind="none")
        more = strict_yuan if _PRICE in str(why).split() else 0.0
        records.append(
            {
                "rule": rule,
                "pupils": int(some["pupils"].sum()),
                "breaches": len(some),
                "cause": str(why).split()[0],
                "causes": why,
                **{c: _joined(some[c]) for c in ("village_id", "band", "site_id", "township_id")},
                "cure": what.kind,
                "cure_site": what.site_id,
                "cure_village": what.village_id,
                "cure_band": what.band,
                "amount": what.amount,
                "unit": what.unit,
                "detail": what.detail,
                "cured": best is not None,
                "priced": best is not None and what.kind not in UNPRICED,
                "cost_yuan": _cost(best, more) if best is not None else np.nan,
                "capital_yuan": best.capital_yuan if best is not None else np.nan,
            }
        )
    return pd.DataFrame(records, columns=GROUPED)


GROUPED: Final = [
    "rule", "pupils", "breaches", "cause", "causes", "village_id", "band", "site_id",
    "township_id", "cure", "cure_site", "cure_village", "cure_band", "amount", "unit",
    "detail", "cured", "priced", "cost_yuan", "capital_yuan",
]  # fmt: skip


def _joined(values: pd.Series) -> str:
    return " ".join(sorted({str(v) for v in values if v}))
