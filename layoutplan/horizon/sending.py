"""The pupils of a year, sent at least cost to the sites of a layout as they are."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from layoutplan.model.answer import answer_of
from layoutplan.model.behind import with_none_behind
from layoutplan.model.constraints import make_model
from layoutplan.model.near import with_its_ways
from layoutplan.model.part import holds
from layoutplan.model.shares import Found
from layoutplan.model.transport import whole_pupils
from layoutplan.plan import Plan
from layoutplan.plan.begin import values_of
from layoutplan.plan.noun import SolverReport
from layoutplan.plan.question import plan_of, question
from layoutplan.projection import Projection

_NO_LIMITS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "budget_yuan": None, "annual_yuan_max": None, "schools_max": None, "moved_max": None,
        "minutes_max": None, "keep": (), "close": (), "freeze": (), "differ_from": (),
        "min_pupils": {}, "together": False, "contiguous": False, "split_villages": True,
    }
)  # fmt: skip
"""What was asked of the search for the sites; they stand fast now, and only prices speak."""


def sent_at_least_cost(
    plan: Plan, projection: Projection, *, year: int, variant: str
) -> Plan | None:
    """Send the pupils of a year to the sites of a layout as they are, at least cost.

    Sites, classes and beds stay. Each pupil goes the way that costs least in all by the
    prices of the plan's options and standards: a transport problem, whose corners are whole
    pupils (Hoffman and Kruskal 1956). Whoever was observed at a school may stay there, so that
    nobody counts as newly sent who goes where his village's pupils went before. Limits
    on money, sites and pupils moved, of which the layout may break some in another year, are
    left aside, and villages may be parted.

    Parameters
    ----------
    plan
        The plan, of any year.
    projection
        The projection.
    year, variant
        Which pupils.

    Returns
    -------
    Plan or None
        The plan of that year; None where a site is in a state that the plan's measures do not
        offer.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> ahead = lp.project(county, years=3)
    >>> then = sent_at_least_cost(today, ahead, year=2028, variant="mid")
    >>> then.pupils_in == int(ahead.bands(2028, "mid").to_numpy().sum())
    True
    >>> then.decisions["action"].equals(today.decisions["action"])
    True
    """
    options = plan.options.replace(**_NO_LIMITS)
    asked = question(
        projection.county_in(year, variant), plan.times, standards=plan.standards,
        options=options, measures=plan.measures, bus=plan.bus,
    )  # fmt: skip
    model, start = with_its_ways(make_model(asked.make()), partial(values_of, plan))
    per_site = np.bincount(
        model.sets.states["site"], weights=start[model.columns.state],
        minlength=len(model.sets.sites),
    )  # fmt: skip
    if not (per_site == 1).all():
        return None
    sent = whole_pupils(model, start, trim=False)
    if sent is None:
        return None
    cost = float(model.columns.cost @ sent)
    model, held = with_none_behind(model, Found(plan=sent, cost=cost))
    if held.plan is None or not holds(model, held.plan):
        return None
    answer = answer_of(model, held.plan, bound=0.0, status="best_found", cut=False)
    name = f"{plan.name} {year} {variant}"
    return plan_of(name, asked, answer, solver=SolverReport(status="given"))
