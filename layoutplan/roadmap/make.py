"""The verb: a plan year by year."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layoutplan.findings import Finding
from layoutplan.roadmap.asked import budget_notes, check_asked
from layoutplan.roadmap.cells import cells_of
from layoutplan.roadmap.half_years import name_of
from layoutplan.roadmap.left_over import why_left
from layoutplan.roadmap.made import calendar_years, tables_of
from layoutplan.roadmap.noun import Roadmap
from layoutplan.roadmap.posts import ratios_of
from layoutplan.roadmap.question import Facts, question_of
from layoutplan.roadmap.scenarios import scenarios_of
from layoutplan.roadmap.solve import Answer, schedule
from layoutplan.roadmap.tasks import tasks_of
from layoutplan.roadmap.times_needed import TimesNeeded, times_needed
from layoutplan.words import LANGUAGES

if TYPE_CHECKING:
    from layoutplan.plan import Plan, SolverReport
    from layoutplan.standards import Standards

_FOR_CURE = 0.3
"""Share of the time for finding what would help where something is left over."""


def roadmap(
    plan: "Plan",
    *,
    projection: Any = None,  # noqa: ANN401 - a Projection, of a room that may be absent
    variants: Sequence[str] | None = None,
    budget_by_year: Mapping[int, float] | None = None,
    start: str = "2027H1",
    years: int = 5,
    standards: "Standards | None" = None,
    time_limit: float = 30.0,
    gap: float = 0.001,
    seed: int = 0,
) -> Roadmap:
    """Put a plan into half-years: what takes effect when.

    Closures, moves and new schools take effect when a school year begins, on 1 September;
    classes and beds as soon as they are built. No school closes, and nobody is moved,
    before what grows at every receiving school is ready. In each half-year every pupil has
    a school: that of the plan once their move has taken effect, that of today until then;
    and at no school are more pupils beyond the places than would be if nothing, or
    everything, were done. Capital is spread evenly over the time of building and kept
    within the budget of each year. Where not everything can be done, most is, weighed by
    the pupils concerned, and the findings say what is left over, why, and what would help.

    Parameters
    ----------
    plan
        The plan.
    projection
        The pupils of the years to come, as by ``layoutplan.project``; they stay as today
        where None.
    variants
        Variants of the projection for which seats are held, all at once; that which is
        shown first. The three named ones where None.
    budget_by_year
        Yuan by calendar year, 0 for years that are not named; no limit where None.
    start
        The first half-year, such as ``2027H1``.
    years
        How many years.
    standards
        Times of procedures and building, posts; those of the plan where None.
    time_limit
        Seconds, at most.
    gap
        The search ends when this share of the costs is unproven.
    seed
        Kept with the answer; the search draws nothing by chance.

    Returns
    -------
    Roadmap
        The roadmap, with objective and bound in its solver report.

    Raises
    ------
    OptionsError
        If start, years, budgets or variants are unknown or wrong.

    Examples
    --------
    >>> import layoutplan as lp
    >>> from layoutplan.roadmap import roadmap
    >>> county = lp.example.county(seed=1, villages=40)
    >>> times = lp.travel_times(county)
    >>> today = lp.evaluate(county, times)
    >>> school = "2134100087"
    >>> plan = lp.evaluate(county, times, today.decisions_with({school: "close"}))
    >>> ahead = roadmap(plan, start="2027H1", years=2)
    >>> ahead.actions.loc[f"{school}-close", "ready"]
    '2027H2'
    """
    halves, budgets = check_asked(
        plan, start=start, years=years, budgets=budget_by_year, projection=projection
    )
    rules = plan.standards if standards is None else standards
    return made_roadmap(
        plan, halves, needed=times_needed(rules), budgets=budgets, projection=projection,
        variants=variants, time_limit=time_limit, gap=gap, seed=seed,
    )  # fmt: skip


def made_roadmap(
    plan: "Plan",
    halves: list[int],
    *,
    needed: TimesNeeded,
    budgets: Mapping[int, float] | None,
    projection: Any,  # noqa: ANN401
    variants: Sequence[str] | None,
    time_limit: float,
    gap: float,
    seed: int,
    facts: Facts | None = None,
    demand: pd.DataFrame | None = None,
) -> Roadmap:
    """Make a roadmap, from the beginning or from facts on.

    Parameters
    ----------
    plan
        The plan.
    halves
        The half-years, as numbers.
    needed
        How long procedures and building take.
    budgets
        Yuan by year; no limit where None.
    projection, variants
        The pupils of the years to come.
    time_limit, gap, seed
        Of the search.
    facts
        What is already settled.
    demand
        Pupils as counted when the facts came in.

    Returns
    -------
    Roadmap
        The roadmap.
    """
    began = time.monotonic()
    tasks = tasks_of(plan, needed)
    cells = cells_of(plan, tasks)
    pupils = scenarios_of(
        plan, cells, halves, projection=projection, variants=variants, demand=demand,
        facts_from=0 if facts is None else (facts.at - 1) // 2,
    )  # fmt: skip
    question = question_of(
        plan, tasks, cells, needed=needed, halves=halves, budgets=budgets, scenarios=pupils,
        facts=facts,
    )  # fmt: skip
    share = 1.0 if budgets is None else 1.0 - _FOR_CURE
    answer = schedule(question, time_limit=share * time_limit, gap=gap)
    if answer is None:  # pragma: no cover - nothing is forced here that cannot be done
        answer = schedule(question, time_limit=time_limit, gap=1.0)
    assert answer is not None  # noqa: S101 - what is settled alone always keeps the rules
    reasons, left = why_left(
        question, answer, seconds=max(_FOR_CURE * time_limit, 1.0), lang_years=len(halves) // 2
    )
    found = [*left, *_noted(plan, tasks, needed, projection), *budget_notes(budgets, halves)]
    tables = tables_of(plan, question, answer.ready, needed=needed, reasons=reasons)
    found += [*_over(tables["seats_by_variant"]), *_beyond_budget(tables["money"])]
    return Roadmap(
        plan=plan,
        projection=projection,
        half_years=tuple(name_of(h) for h in halves),
        years=calendar_years(np.asarray(halves)),
        budget_by_year=None if budgets is None else dict(budgets),
        variants=pupils.variants,
        solver=_report(answer, gap=gap, seconds=time.monotonic() - began, seed=seed),
        findings=tuple(found),
        at="" if facts is None else name_of(facts.at),
        tables=tables,
    )


def _report(answer: Answer, *, gap: float, seconds: float, seed: int) -> "SolverReport":
    from layoutplan.plan import SolverReport  # noqa: PLC0415 - the room loads the solver

    return SolverReport(
        status="proven" if answer.gap <= gap else "best_found",
        objective=answer.objective,
        bound=answer.bound,
        gap=answer.gap,
        seconds=seconds,
        seed=seed,
        cut_by_clock=answer.cut_by_clock,
        terms=answer.terms,
    )


def _noted(
    plan: "Plan",
    tasks: pd.DataFrame,
    needed: TimesNeeded,
    projection: Any,  # noqa: ANN401
) -> list[Finding]:
    """Say what the roadmap rests on."""
    lang = plan.county.language()
    found = []
    if not len(tasks):
        found.append(Finding(code="roadmap_nothing_to_do", severity="note"))
    if projection is None:
        found.append(Finding(code="roadmap_pupils_as_today", severity="note"))
    assumed = [s for s in needed.used if s.status == "assumption"]
    if assumed:
        values = {f"what_{each}": ", ".join(s.label(each) for s in assumed) for each in LANGUAGES}
        found.append(
            Finding(code="roadmap_times_assumed", severity="note", rows=len(assumed), values=values)
        )
    cited = "; ".join(sorted({s.citation(lang) for s in ratios_of(plan).values()}))
    found.append(Finding(code="roadmap_posts", severity="note", values={"source": cited}))
    return found


def _beyond_budget(money: pd.DataFrame) -> list[Finding]:
    """Name years in which what is under way costs more than their budgets."""
    over = money[money["spent_yuan"] > money["budget_yuan"] + 1.0]
    if over.empty:
        return []
    more = over["spent_yuan"] - over["budget_yuan"]
    pairs = ", ".join(f"{y}: {m:,.0f}" for y, m in zip(over["year"], more, strict=True))
    ids = tuple(over["year"].astype("str"))
    return [
        Finding(code="roadmap_over_budget", severity="warning", ids=ids, values={"more": pairs})
    ]


def _over(seats: pd.DataFrame) -> list[Finding]:
    """Say where pupils are beyond the places, as they are today or in the plan."""
    by = ["variant", "half_year", "site_id"]
    sums = seats.groupby(by, sort=False)[["places", "pupils"]].sum()
    over = (sums["pupils"] - sums["places"]).clip(lower=0)
    some = over[over > 0]
    if some.empty:
        return []
    sites = tuple(sorted(set(some.index.get_level_values("site_id"))))
    by_half = some.groupby(level=["variant", "half_year"]).sum()
    variant, half = by_half.index[int(by_half.to_numpy().argmax())]
    values = {"pupils": int(by_half.max()), "half_year": half, "variant": variant}
    return [Finding(code="roadmap_over_places", severity="warning", ids=sites, values=values)]
