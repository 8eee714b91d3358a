"""A question to the model, its answer, and the plan that this makes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from layoutplan.county import County
from layoutplan.demand import Demand
from layoutplan.demand import demand as find_demand
from layoutplan.measures import Options, check_options, checked_measures, site_measures
from layoutplan.model.answer import Answer
from layoutplan.model.sets import Sets
from layoutplan.model.solve import solve
from layoutplan.plan.answered import actions_of, breaches_of, catchments_of, unserved_of
from layoutplan.plan.asking import asking
from layoutplan.plan.build import build_plan
from layoutplan.plan.decided import state_of_sites
from layoutplan.plan.evaluate import today_of
from layoutplan.plan.locks import check_locks
from layoutplan.plan.noun import Plan, SolverReport
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.travel import TravelTimes

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """What is asked of the model.

    Parameters
    ----------
    county, times, bus, standards, options, measures
        As in `layoutplan.propose`, with all defaults filled in and times aligned.
    demand
        Pupils.
    today
        Where they go today.
    make
        Makes the sets of the model; takes ``whole``.
    """

    county: County
    times: TravelTimes
    bus: TravelTimes | None
    standards: Standards
    options: Options
    measures: pd.DataFrame
    demand: Demand
    today: pd.DataFrame
    make: Callable[..., Sets]

    def sets(self) -> Sets:
        """Make the sets of the model, checked against the locks.

        Returns
        -------
        Sets
            The sets.

        Raises
        ------
        OptionsError
            If locks contradict each other.
        """
        made = self.make()
        check_locks(made, self.options, lang=self.county.language())
        return made


def question(
    county: County,
    times: TravelTimes,
    *,
    standards: Standards | None,
    options: Options | None,
    measures: pd.DataFrame | None,
    bus: TravelTimes | None,
    growth: tuple[pd.DataFrame, ...] = (),
) -> Question:
    """Put a question to the model.

    Parameters
    ----------
    county, times, standards, options, measures, bus
        As in `layoutplan.propose`.
    growth
        Pupils of years to come as multiples of the county's, villages x bands each.

    Returns
    -------
    Question
        The question.

    Raises
    ------
    OptionsError
        If the options contradict each other or name unknown schools, or the table of
        measures cannot be.
    """
    rules = standards or load_standards()
    asked = options or Options()
    check_options(asked, county)
    villages, names = list(county.villages.index), list(county.sites.index)
    times = times.aligned(villages, names)
    found = find_demand(county, standards=rules)
    given = (
        site_measures(county, standards=rules)
        if measures is None
        else checked_measures(measures, county)
    )
    riding = None if bus is None else bus.aligned(villages, names)
    today = today_of(county, times, found=found, standards=rules)
    make = asking(
        county, times, standards=rules, options=asked, measures=given, bus=riding,
        demand=found.pupils, today=today.assignment, growth=growth,
    )  # fmt: skip
    return Question(
        county=county, times=times, bus=riding, standards=rules, options=asked, measures=given,
        demand=found, today=today.assignment, make=make,
    )  # fmt: skip


def answered(
    asked: Question,
    *,
    begun: float,
    time_limit: float,
    gap: float,
    progress: Progress | None,
) -> Answer:
    """Search for the answer in the whole county.

    Parameters
    ----------
    asked
        The question.
    begun
        When work on it began, by the monotonic clock.
    time_limit, gap, progress
        As in `layoutplan.propose`.

    Returns
    -------
    Answer
        The answer.

    Raises
    ------
    SolverError
        If no plan was found in time.
    """
    sets = asked.sets()
    return solve(
        sets,
        shares=asked.make(whole=False) if sets.whole else None,
        gap=gap,
        # Writing the plan takes about as long as it took to come here.
        time_limit=max(time_limit - 2 * (time.monotonic() - begun), 0.5 * time_limit),
        progress=progress,
    )


def report_of(answer: Answer, asked: Question, *, seconds: float, seed: int) -> SolverReport:
    """Report what the search has proven.

    Parameters
    ----------
    answer
        The answer.
    asked
        The question.
    seconds
        How long it took.
    seed
        The seed that was given.

    Returns
    -------
    SolverReport
        The report.
    """
    return SolverReport(
        status=answer.status,
        objective=answer.objective,
        bound=answer.bound,
        gap=answer.gap,
        seconds=seconds,
        seed=seed,
        cut_by_clock=answer.cut_by_clock,
        terms=MappingProxyType(answer.terms),
        bound_split=None if asked.options.split_villages else answer.bound_split,
    )


def plan_of(name: str, asked: Question, answer: Answer, *, solver: SolverReport) -> Plan:
    """Make the plan that an answer means.

    Parameters
    ----------
    name
        What the plan is called.
    asked
        The question.
    answer
        Its answer.
    solver
        What is said of the search.

    Returns
    -------
    Plan
        The plan.
    """
    flows, by_origin = (
        rows.assign(mode=rows["way"].replace("walk", asked.times.mode)).drop(columns="way")
        for rows in (answer.flows, answer.by_origin)
    )
    return build_plan(
        name,
        asked.county,
        times=asked.times,
        standards=asked.standards,
        options=asked.options,
        demand=asked.demand.pupils,
        state=state_of_sites(actions_of(answer), asked.measures, asked.county),
        flows=flows,
        unserved=unserved_of(asked.demand.pupils, answer, asked.times),
        by_origin=by_origin,
        bus=asked.bus,
        today=asked.today,
        measures=asked.measures,
        solver=solver,
        findings=(
            *asked.demand.findings,
            *asked.times.findings,
            *breaches_of(answer),
            *(catchments_of(answer) if asked.options.contiguous else ()),
        ),
    )
