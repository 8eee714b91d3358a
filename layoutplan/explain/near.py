"""Answering again near some sites, from a plan that is there, or for the whole county."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from layoutplan.errors import SolverError
from layoutplan.explain.question import Question
from layoutplan.model.solve import BROKEN, gap_of
from layoutplan.plan import Plan, propose

NEAR_SECONDS: Final = 3.5
"""A search near some sites ends by counted work; this is a safety only."""

WIDER_SECONDS: Final = 7.0
"""The same near several sites at once."""


def answered(
    plan: Plan,
    question: Question,
    *,
    sites: Iterable[str],
    full: bool,
    time_limit: float,
    gap: float,
    name: str = "what_if",
) -> Plan:
    """Answer a question near some sites, or for the whole county as well.

    Parameters
    ----------
    plan
        The plan to start from.
    question
        The question.
    sites
        The sites around which pupils and decisions may change.
    full
        Whether the whole county is searched besides; the cheaper plan of the two is given,
        with the bound of the whole search.
    time_limit, gap
        As in `layoutplan.propose`.
    name
        What the plan is called.

    Returns
    -------
    Plan
        The answer.

    Raises
    ------
    OptionsError
        If the question contradicts itself.
    SolverError
        If no plan was found in time.
    """
    near = _asked(
        question, start=plan, around=sites, seconds=min(NEAR_SECONDS, time_limit), gap=gap,
        seed=plan.solver.seed, name=name,
    )  # fmt: skip
    if not full:
        return near
    seconds = max(time_limit - near.solver.seconds, 1.0)
    try:
        whole = _asked(question, seconds=seconds, gap=gap, seed=plan.solver.seed, name=name)
    except SolverError:
        return near
    better = min(near, whole, key=lambda p: p.solver.objective or float("inf"))
    return bounded(better, max(near.solver.bound or 0.0, whole.solver.bound or 0.0))


def bounded(plan: Plan, bound: float, *, gap: float = 0.0) -> Plan:
    """Give a plan a bound that is known from elsewhere, where it is the better one.

    Parameters
    ----------
    plan
        A plan that was searched for.
    bound
        No plan within the same rules costs less, yuan a year.
    gap
        The gap that was asked for: a plan within it is proven.

    Returns
    -------
    Plan
        The plan with the larger of the two bounds, and the gap that it leaves.
    """
    report = plan.solver
    objective = report.objective or 0.0
    best = min(max(bound, report.bound or 0.0), objective)
    broken = sum(v for t, v in report.terms.items() if t in BROKEN)
    left = gap_of(objective, best, broken=broken)
    proven = report.status == "best_found" and left <= gap
    status = "proven" if proven else report.status
    cut = report.cut_by_clock and not proven
    return replace(
        plan, solver=replace(report, bound=best, gap=left, status=status, cut_by_clock=cut)
    )


def _asked(
    question: Question,
    *,
    start: Plan | None = None,
    around: Iterable[str] = (),
    seconds: float,
    gap: float,
    seed: int,
    name: str,
) -> Plan:
    return propose(
        question.county,
        question.times,
        standards=question.standards,
        options=question.options,
        measures=question.measures,
        bus=question.bus,
        start=start,
        around=around,
        time_limit=seconds,
        gap=gap,
        seed=seed,
        name=name,
    )
