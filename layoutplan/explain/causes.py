"""Causes: why a plan breaks rules, and the cheapest single cure, each tried."""

import time
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.explain.breaches import breaches
from layoutplan.explain.causes_noun import Causes
from layoutplan.explain.examine import KEPT, PRICE, Examined, examine
from layoutplan.explain.question import asked_of
from layoutplan.explain.told import names_of
from layoutplan.explain.trials import Cure, Trial
from layoutplan.plan import Plan

UNPRICED: Final = ("road",)
"""Cures whose own cost is not known: what they make the rest cost is told, not more."""


def causes(
    plan: Plan,
    *,
    measures: pd.DataFrame | None = None,
    time_limit: float = 60.0,
    gap: float = 0.001,
    lang: str = "auto",
) -> Causes:
    r"""Tell why a plan breaks rules, and what would cure it at least cost.

    A cause is one thing without which the rule would be kept: the question is asked again
    with nothing changed but that thing, and with prices of broken rules so high that every
    rule is kept that can be. With :math:`B(q)` the breaches of the best plan of a question
    :math:`q`, :math:`b \in B(q)` and :math:`q_{-c}` the question without :math:`c`,

    .. math:: c \text{ causes } b \iff b \notin B(q_{-c}),

    where all breaches together must fall by the weight of :math:`b`, so that one that only
    moves elsewhere is not removed. Where villages go whole, causes are looked for with pupils
    as shares, which is quick and leaves out no cause; what is then gone by itself is broken
    because villages go ``whole``, and every cure is tried again with whole villages. Causes
    are: a road is missing (``no_road``); no site in
    reach teaches the grades (``no_site``); a ``lock`` of single sites; the number of
    schools (``schools_max``); the ``budget``; least and largest ``size``; limits on
    ``moves`` and on minutes (``ways``); ``layouts`` to differ from; too few ``beds`` or places
    in reach (``capacity``); the ``travel_limit``. A rule may also
    be broken because that is cheaper at its ``price``, because the ``search`` ended before
    the best plan, or because the plan was drawn ``by_hand``. Where two things must change,
    the cause is ``several``.

    In a county of more than 40 sites, answers are searched for near the broken rules only:
    what is gone in one of them is gone indeed, but a cause farther away may be missed.

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
    found = examine(plan, question, before, deadline=start + time_limit, gap=gap)
    return Causes(
        name=plan.name,
        lang=plan.county.language(lang),
        complete=found.complete,
        seconds=time.monotonic() - start,
        names=MappingProxyType(names_of(plan)),
        tables=_tables(before, found),
    )


def _tables(before: pd.DataFrame, found: Examined) -> dict[str, pd.DataFrame]:
    cures = found.cures
    best = [
        _cheapest(cures, i, more=found.strict_yuan if PRICE in found.causes[i] else 0.0)
        for i in range(len(before))
    ]
    names = [" ".join(c) for c in found.causes]
    rows = before.assign(
        causes=pd.Series(names, index=before.index, dtype="str"),
        cure=pd.Series(best, index=before.index, dtype="int64"),
    )
    return {
        "breaches": rows,
        "causes": _grouped(rows, cures, found.strict_yuan),
        "cures": pd.DataFrame([_record(t) for t in cures], columns=CURES),
        "searched": pd.DataFrame([_record(t) for t in found.searched], columns=CURES),
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
    return trial.cost_yuan + (0.0 if trial.what.kind == KEPT else more)


def _grouped(rows: pd.DataFrame, cures: list[Trial], strict_yuan: float) -> pd.DataFrame:
    """Put breaches of one rule with the same causes and cure into one row."""
    records = []
    for (rule, why, cure), some in rows.groupby(["rule", "causes", "cure"], sort=False):
        number = int(str(cure))
        best = cures[number] if number >= 0 else None
        what = best.what if best is not None else Cure(kind="none")
        more = strict_yuan if PRICE in str(why).split() else 0.0
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
