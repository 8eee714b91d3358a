"""Examining breaches: causes by relaxing one thing at a time, cures by trying them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.explain.breaches import breaches
from layoutplan.explain.cures import Ill, near_sites, try_cures
from layoutplan.explain.question import Question, capital_yuan, ordinary_yuan
from layoutplan.explain.relaxations import relaxed
from layoutplan.explain.trials import Cure, Trial, Trials
from layoutplan.plan import Plan

KEPT: Final = "keep_rules"
"""The cure that changes nothing: what is broken at a price can be kept."""

RELAXED: Final = "relaxed"
"""No cure, but a cause taken away."""

PRICE: Final = "price"
WHOLE: Final = "whole"
_SEVERAL: Final = "several"
_NOT_EXAMINED: Final = "not_examined"
_GIVEN: Final = "given"

_SAME: Final = 1e-6
"""Objectives that differ by less than this share are equal."""

_ONE: Final = 0.25
"""One answer may take this share of the whole time."""

_QUICK: Final = 0.1
"""The same for an answer with pupils as shares."""

_LARGE: Final = 40
"""In counties of more sites than this, only what is near the breaches is answered anew."""

_AROUND: Final = 4
"""So many sites near the breaches; each has its own nearest ones besides."""

_AGAIN: Final = 3
"""So many of the cheapest cures are tried again with whole villages."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Examined:
    """What was found.

    Parameters
    ----------
    causes
        Causes of each breach.
    cures
        Cures that were tried under all rules of the plan.
    searched
        Relaxations, and cures that were tried with pupils as shares only.
    strict_yuan
        By how much it costs more a year to keep the rules that can be kept.
    complete
        Whether the time was enough.
    """

    causes: list[list[str]]
    cures: list[Trial]
    searched: list[Trial]
    strict_yuan: float
    complete: bool


def examine(
    plan: Plan, question: Question, before: pd.DataFrame, *, deadline: float, gap: float
) -> Examined:
    """Name the causes of every breach and try their cures.

    Parameters
    ----------
    plan
        The plan.
    question
        What it answers.
    before
        The rules that it breaks.
    deadline
        When to stop, on the monotonic clock.
    gap
        As in `layoutplan.propose`.

    Returns
    -------
    Examined
        What was found.
    """
    found: list[list[str]] = [[] for _ in range(len(before))]
    seconds = deadline - time.monotonic()
    large = len(plan.decisions) > _LARGE
    trials = Trials(
        before=before,
        deadline=deadline,
        seconds=_ONE * seconds,
        options=plan.options,
        gap=gap,
        seed=plan.solver.seed,
        start=plan if large else None,
        around=tuple(near_sites(question, plan, before)[:_AROUND]) if large else (),
    )
    nothing = Examined(causes=found, cures=[], searched=[], strict_yuan=np.nan, complete=True)
    if before.empty:
        return nothing
    strict = question.strict()
    base = trials.ask(strict, Cure(kind=KEPT))
    if base is None:
        _mark(found, np.ones(len(before), dtype=bool), _NOT_EXAMINED)
        return replace(nothing, complete=False)
    trials.base = base.plan
    # Otherwise it would be taken for a cure of what it does not keep.
    del trials.made[base.what]
    strict_yuan = _price_kept(plan, base, trials)
    _mark(found, base.wholly, _how_kept(plan, base.plan))
    left = ~base.wholly
    searched = trials
    if left.any() and not question.options.split_villages and not large:
        searched = replace(trials, seconds=_QUICK * seconds, base=None, made={})
        left = _parted(strict, trials, searched, found, left)
        strict = strict.asking(split_villages=True)
    if left.any():
        _search(plan, strict, searched, found, left)
    if searched is not trials:
        _try_again(trials, searched, found)
    return Examined(
        causes=found,
        cures=[t for t in trials.answers() if t.what.kind != RELAXED],
        searched=[
            t for t in searched.answers() if searched is not trials or t.what.kind == RELAXED
        ],
        strict_yuan=strict_yuan,
        complete=not (trials.out_of_time or searched.out_of_time),
    )


def _parted(
    strict: Question,
    trials: Trials,
    searched: Trials,
    found: list[list[str]],
    left: np.ndarray,
) -> np.ndarray:
    """Answer with pupils as shares; what is gone then is broken because villages go whole."""
    what = Cure(kind="split_villages")
    shares = searched.ask(strict.asking(split_villages=True), what)
    if shares is None or trials.base is None:
        return left
    searched.base = shares.plan
    whole: np.ndarray = shares.wholly & left
    if whole.any():
        _mark(found, whole, WHOLE)
        trials.made[what] = replace(
            shares,
            cost_yuan=ordinary_yuan(shares.plan) - ordinary_yuan(trials.base),
            capital_yuan=capital_yuan(shares.plan) - capital_yuan(trials.base),
        )
        # A class more may be cheaper than parting villages, which only whole ones show.
        ill = Ill(
            question=strict,
            plan=trials.base,
            rows=searched.before[whole],
            mask=whole,
            relaxed=shares.plan,
            trials=trials,
        )
        try_cures("capacity", ill)
    rest: np.ndarray = left & ~whole
    return rest


def _search(
    plan: Plan, strict: Question, trials: Trials, found: list[list[str]], left: np.ndarray
) -> None:
    """Relax one thing at a time, and try the single cures of what helps."""
    if trials.base is None:
        _mark(found, left, _NOT_EXAMINED)
        return
    before, answers = trials.before, dict[str, Trial]()
    for cause, other in relaxed(strict, before[left], everyone=plan.pupils_in).items():
        trial = trials.ask(other, Cure(kind=RELAXED, detail=cause))
        if trial is not None and (trial.nearly & left).any():
            answers[cause] = trial
            _mark(found, trial.nearly & left, cause)
    for names, mask in _groups(found, left):
        for cause in names:
            ill = Ill(
                question=strict,
                plan=trials.base,
                rows=before[mask],
                mask=mask,
                relaxed=answers[cause].plan,
                trials=trials,
            )
            try_cures(cause, ill)
        if not names:
            _mark(found, mask, _NOT_EXAMINED if trials.out_of_time else _SEVERAL)


def _groups(
    found: list[list[str]], left: np.ndarray
) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """Put breaches with the same causes together."""
    groups: dict[tuple[str, ...], np.ndarray] = {}
    for i in np.flatnonzero(left):
        groups.setdefault(tuple(found[i]), np.zeros(len(left), dtype=bool))[i] = True
    yield from groups.items()


def _try_again(trials: Trials, searched: Trials, found: list[list[str]]) -> None:
    """Try the cheapest cures again with whole villages, until one of them holds."""
    cures = [t for t in searched.answers() if t.what.kind not in (RELAXED, "split_villages")]
    cures.sort(key=lambda t: (t.what.kind == "road", t.cost_yuan, str(t.what)))
    for _, mask in _groups(found, np.ones(len(found), dtype=bool)):
        for i in np.flatnonzero(mask):
            fit = [t for t in cures if t.wholly[i]]
            for trial in fit[:_AGAIN]:
                whole = trial.question.asking(split_villages=False)
                again = trials.ask(whole, trial.what)
                if again is None or again.wholly[i]:
                    break


def _mark(found: list[list[str]], mask: np.ndarray, cause: str) -> None:
    for i in np.flatnonzero(mask):
        found[i].append(cause)


def _how_kept(plan: Plan, other: Plan) -> str:
    """Say why a rule is broken that could be kept without changing anything."""
    if plan.solver.status == _GIVEN or plan.solver.objective is None:
        return "by_hand"
    weighed = ordinary_yuan(other) + float(breaches(other, priced_by=plan.options)["weight"].sum())
    return "search" if weighed < plan.solver.objective * (1 - _SAME) else PRICE


def _price_kept(plan: Plan, base: Trial, trials: Trials) -> float:
    """Turn the first answer, which changes nothing but prices, into the cure it is."""
    searched = plan.solver.status != _GIVEN and bool(plan.solver.terms)
    yuan = ordinary_yuan(base.plan) - ordinary_yuan(plan) if searched else float("nan")
    if base.wholly.any():
        pupils = int(trials.before.loc[base.wholly, "pupils"].sum())
        cure = Cure(kind=KEPT, amount=float(pupils), unit="persons")
        more = capital_yuan(base.plan) - capital_yuan(plan)
        trials.made[cure] = replace(base, what=cure, cost_yuan=yuan, capital_yuan=more)
    return yuan
