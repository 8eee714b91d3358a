"""What cannot be done within the years or the budgets: why, and the cure."""

import numpy as np
import pandas as pd

from layoutplan.findings import Finding
from layoutplan.roadmap.half_years import name_of
from layoutplan.roadmap.question import Flags, Ints, Question
from layoutplan.roadmap.seating import beyond, loads, tolerated
from layoutplan.roadmap.solve import Answer, schedule

Reasons = dict[str, tuple[str, str]]

_YUAN = 1.0


def in_time(question: Question) -> Flags:
    """Tell which tasks, and all that they wait for, can take effect within the years.

    Parameters
    ----------
    question
        The question.

    Returns
    -------
    numpy.ndarray
        One flag per task.
    """
    can: Flags = np.asarray(question.allowed.any(axis=1), dtype=bool)
    last = np.where(can, question.allowed.shape[1] - 1 - question.allowed[:, ::-1].argmax(1), -1)
    first = np.where(can, question.allowed.argmax(axis=1), question.allowed.shape[1])
    for _ in range(len(question.before)):
        again: Flags = can.copy()
        for a, b in question.before:
            first[a] = max(first[a], first[b])
            again[a] &= again[b] & (first[a] <= last[a])
        if (again == can).all():
            break
        can = again
    return can


def why_left(
    question: Question, answer: Answer, *, seconds: float, lang_years: int
) -> tuple[Reasons, list[Finding]]:
    """Say why tasks are left over and what would help.

    The money that is missing is the least with which everything is done that the years
    allow; it is found by the same model, with the budgets let go.

    Parameters
    ----------
    question
        The question.
    answer
        The schedule.
    seconds
        Time for finding the cure.
    lang_years
        How many years the roadmap has.

    Returns
    -------
    tuple
        Reason and what is waited for, by action_id; and findings.
    """
    left = answer.ready < 0
    if not left.any():
        return {}, []
    names = question.tasks.index.to_numpy(dtype=object)
    timely = in_time(question)
    waits = {
        int(a): [int(b) for x, b in question.before if x == a and left[b]]
        for a in np.flatnonzero(left)
    }
    cure = None
    if np.isfinite(question.budgets).any() and (left & timely).any():
        cure = schedule(question, time_limit=seconds, gap=0.0, forced=timely)
    short = cure is not None and float(cure.extra.sum()) > _YUAN
    reasons: Reasons = {}
    for a in np.flatnonzero(left):
        costly = float(question.tasks["capital_yuan"].iloc[a]) > 0
        first = [str(names[b]) for b in waits[int(a)]]
        if first:
            reasons[str(names[a])] = ("waits", " ".join(first))
        elif not question.allowed[a].any() or not timely[a]:
            reasons[str(names[a])] = ("years", "")
        elif costly and short:
            reasons[str(names[a])] = ("budget", "")
        elif answer.cut_by_clock:
            reasons[str(names[a])] = ("time_limit", "")
        elif costly and np.isfinite(question.budgets).any() and cure is None:
            reasons[str(names[a])] = ("budget", "")
        else:
            reasons[str(names[a])] = ("seats", "")
    return reasons, _told(question, answer, reasons, cure if short else None, years=lang_years)


def _told(
    question: Question, answer: Answer, reasons: Reasons, cure: Answer | None, *, years: int
) -> list[Finding]:
    found = []
    for reason in ("budget", "years", "seats", "time_limit", "waits"):
        ids = tuple(a for a, (why, _) in reasons.items() if why == reason)
        if not ids:
            continue
        values: dict[str, object] = {"years": years, "last": name_of(int(question.halves[-1]))}
        code = f"roadmap_left_{reason}"
        if reason == "budget":
            if cure is None:
                code = "roadmap_left_budget_unknown"
            else:
                more = np.ceil(np.maximum(cure.extra, 0.0))
                pairs = zip(question.years, more, strict=True)
                values["more"] = ", ".join(f"{y}: {m:,.0f}" for y, m in pairs if m > _YUAN)
                values["total"] = f"{more[more > _YUAN].sum():,.0f}"
        if reason == "seats":
            values["where"] = ", ".join(_full(question, answer, ids)) or "–"
        found.append(Finding(code=code, severity="warning", ids=ids, values=values))
    return found


def _full(question: Question, answer: Answer, ids: tuple[str, ...]) -> list[str]:
    """Name the schools that would have more pupils than they may, if tasks were done last."""
    last = len(question.halves) - 1
    done: Ints = np.asarray(answer.ready >= 0)
    positions = question.tasks.index.get_indexer(pd.Index(ids))
    found: set[str] = set()
    for variant in question.scenarios.variants:
        load = loads(question, question.scenarios.at(variant, int(question.halves[last])))
        most = tolerated(question, load, last)
        for a in positions:
            tried = done.copy()
            tried[a] = True
            over = beyond(question, load, tried.astype(bool)) - most
            found |= {str(s) for s in question.sites[over > 0]}
    return sorted(found)
