"""The pupils of a year, sent at least cost to the sites of a layout as they are."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.answer import answer_of
from layoutplan.model.behind import with_none_behind
from layoutplan.model.best import Found
from layoutplan.model.constraints import Model, make_model
from layoutplan.model.far import priced, widened
from layoutplan.model.near import with_its_ways
from layoutplan.model.part import holds
from layoutplan.model.ties import share_teaching
from layoutplan.model.transport import sent_as_shares, whole_pupils
from layoutplan.plan import Plan
from layoutplan.plan.begin import values_of
from layoutplan.plan.noun import SolverReport
from layoutplan.plan.question import plan_of, question
from layoutplan.projection import Projection

Floats = NDArray[np.float64]

_NO_LIMITS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "budget_yuan": None, "annual_yuan_max": None, "schools_max": None, "moved_max": None,
        "minutes_max": None, "keep": (), "close": (), "freeze": (), "differ_from": (),
        "together": False, "contiguous": False, "split_villages": True,
    }
)  # fmt: skip
"""What was asked of the search for the sites; they stand fast now, and only prices speak."""

_ROUNDS = 20
"""Most rounds of adding ways; each takes a transport problem, and two or three are enough."""


def sent_at_least_cost(
    plan: Plan, projection: Projection, *, year: int, variant: str
) -> Plan | None:
    """Send the pupils of a year to the sites of a layout as they are, at least cost.

    Sites, classes and beds stay. Each pupil goes the way that costs least in all by the
    prices of the plan's options and standards: a transport problem, whose corners are whole
    pupils (Hoffman and Kruskal 1956). Ways to schools farther away are added until none costs
    less at its prices, so that all lawful ways are considered. Whoever was observed at a school
    may stay there, so that nobody counts as newly sent who goes where pupils of the village went
    before. Villages may be parted. Of the options, limits on money, sites, minutes of all pupils
    and pupils moved are left aside, as are locks and the wish for connected catchments: the
    layout may break some in another year. The longest way, least and greatest sizes, and prices
    hold.

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
        The plan of that year; None where the model has no such layout: a site is in a state
        that the plan's measures do not offer, or has more classes or beds than they allow or
        beds that fill no module.

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
    start = partial(values_of, plan)
    model, values = with_its_ways(make_model(asked.make()), start)
    if not _as_decided(plan, model, values):
        return None
    model, values = _with_all_that_pay(model, values, start)
    sent = whole_pupils(model, values, trim=False)
    if sent is None:
        return None
    cost = float(model.columns.cost @ sent)
    model, held = with_none_behind(model, Found(plan=sent, cost=cost))
    if held.plan is None or not holds(model, held.plan):
        return None
    answer = answer_of(model, held.plan, bound=0.0, status="best_found", cut=False)
    name = f"{plan.name} {year} {variant}"
    return plan_of(name, asked, answer, solver=SolverReport(status="given"))


def _as_decided(plan: Plan, model: Model, values: Floats) -> bool:
    """Tell whether a model holds the sites, classes and beds of a plan as they are."""
    sets, columns = model.sets, model.columns
    count = np.bincount(
        sets.states["site"], weights=values[columns.state], minlength=len(sets.sites)
    )
    beds = values[columns.beds] * sets.sites["bed_module"].to_numpy(dtype=float)
    decided = plan.decisions["extra_beds"].reindex(sets.sites.index).to_numpy(dtype=float)
    return bool((count == 1).all() and (beds == decided).all())


def _with_all_that_pay(
    model: Model, values: Floats, start: Callable[[Model], Floats]
) -> tuple[Model, Floats]:
    """Add ways until none that is left out costs less at the prices of the transport problem."""
    for _ in range(_ROUNDS):
        sent = sent_as_shares(model, values)
        if sent is None:
            break
        reduced = np.zeros(model.columns.n)
        reduced[sent.part.free] = sent.of_either_bound
        more = priced(
            model, reduced, teaching=share_teaching(model.sets, model.columns, values)
        ).wanted
        if not len(more):
            break
        model = widened(model, more)
        values = start(model)
    return model, values
