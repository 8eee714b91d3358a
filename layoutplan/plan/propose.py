"""Propose: the layout that the model finds, with its proof."""

import time
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.county import County
from layoutplan.measures import Options
from layoutplan.model.again import solve_again
from layoutplan.model.answer import Answer
from layoutplan.model.apart import solve_apart
from layoutplan.model.constraints import Model
from layoutplan.model.near import solve_near
from layoutplan.model.sets import Sets
from layoutplan.plan.begin import values_of
from layoutplan.plan.evaluate import with_cutoff_said
from layoutplan.plan.noun import Plan
from layoutplan.plan.question import answered, plan_of, question, report_of
from layoutplan.standards import Standards
from layoutplan.travel import TravelTimes

Progress = Callable[[int, int, str], None]
Floats = NDArray[np.float64]


def propose(  # noqa: PLR0913 # a question has all of these
    county: County,
    times: TravelTimes,
    *,
    standards: Standards | None = None,
    options: Options | None = None,
    measures: pd.DataFrame | None = None,
    bus: TravelTimes | None = None,
    start: Plan | None = None,
    around: Iterable[str] = (),
    time_limit: float = 60.0,
    gap: float = 0.001,
    seed: int = 0,
    name: str = "proposed",
    progress: Progress | None = None,
) -> Plan:
    """Find which schools to keep, merge, expand or build, and where pupils go.

    The model weighs travel, moves and money against each other at the prices of
    the standards or the options, under the rules: places in whole classes, travel
    limits per band, budget, number of schools, locks, least size, a school with
    grades 7-9 in each township. It never ends in "infeasible": what cannot be kept
    is priced, counted and named. It proposes; people decide. Of times with a cut-off the
    findings say that ways beyond it are not known.

    Parameters
    ----------
    county
        The county.
    times
        Travel times of its villages and sites.
    standards
        The standards; the national ones where None.
    options
        What is asked.
    measures
        What may be done at each site, such as an edited `layoutplan.site_measures`;
        that where None.
    bus
        Travel times by school bus, which may take pupils whose walk is beyond the limit;
        nobody goes by bus where None.
    start
        A plan of the same county to start from: only the sites ``around`` and their
        nearest, and the pupils who go there, are decided anew, under the locks that the
        options ask for. Where layouts are given to differ from, these sites are changed
        over. Without ``around`` all pupils are sent anew to the sites of the plan, which
        then change where that pays. Where that leaves no plan, the whole county is searched.
    around
        Ids of these sites.
    time_limit
        Seconds for the search.
    gap
        The search may stop when this share of the ordinary costs is left unproven.
    seed
        Kept with the plan. The search draws nothing at random: equal inputs give
        an equal plan unless the clock cuts it short or, where the search for a plan takes
        long, starts the one for a bound beside it on a second core. The solver cannot be
        stopped: where the plan is proven first, that one ends with its own time.
    name
        What the plan is called.
    progress
        Called with steps done, steps in all, and what is being done, which carries
        the present cost, bound and gap; see `layoutplan.model.solve.Step`.

    Returns
    -------
    Plan
        The plan with objective, bound and gap.

    Raises
    ------
    OptionsError
        If the options contradict each other or name unknown schools, or the table of
        measures cannot be.
    SolverError
        If no plan was found in time.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> plan = lp.propose(county, lp.travel_times(county))
    >>> plan.solver.gap <= 0.01
    True
    """
    begun = time.monotonic()
    asked = question(
        county, times, standards=standards, options=options, measures=measures, bus=bus
    )
    answer = None
    if start is not None:
        answer = _from_start(
            asked.sets(), partial(values_of, start), tuple(around), time_limit=time_limit, gap=gap
        )
    if answer is None:
        answer = answered(asked, begun=begun, time_limit=time_limit, gap=gap, progress=progress)
    report = report_of(answer, asked, seconds=time.monotonic() - begun, seed=seed)
    return with_cutoff_said(plan_of(name, asked, answer, solver=report))


def _from_start(
    sets: Sets,
    start: Callable[[Model], Floats],
    around: tuple[str, ...],
    *,
    time_limit: float,
    gap: float,
) -> Answer | None:
    """Answer from a plan that is there."""
    if not around:
        return solve_again(sets, start, time_limit=time_limit, gap=gap)
    near = solve_apart if sets.differ_from else solve_near
    return near(sets, start, around=around, time_limit=time_limit)
