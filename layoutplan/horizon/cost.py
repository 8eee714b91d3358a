"""What any layout costs with the pupils of a year, term by term."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pandas as pd

from layoutplan.horizon.loads import catchments, sent_to
from layoutplan.horizon.scenarios import scenarios_of
from layoutplan.model.answer import broken
from layoutplan.plan import Plan, evaluate
from layoutplan.plan.ways import pupils_by_origin
from layoutplan.projection import Projection
from layoutplan.tables import BANDS
from layoutplan.testing.facts import facts_of
from layoutplan.testing.score import terms


def yearly_cost(plan: Plan) -> dict[str, float]:
    """Score a plan by the prices of its options and standards, whoever drew it.

    Parameters
    ----------
    plan
        The plan, proposed or given.

    Returns
    -------
    dict
        Yuan a year by term of the objective; they sum to what the plan costs, prices of
        broken rules included.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> cost = lp.yearly_cost(lp.evaluate(county, lp.travel_times(county)))
    >>> cost["fixed_running"] > 0
    True
    """
    if "by_origin" in plan.tables:
        return terms(facts_of(plan))
    sent = pupils_by_origin(plan.assignment, plan.moves).rename(columns={"site_id": "to_site"})
    return terms(facts_of(replace(plan, tables={**plan.tables, "by_origin": sent})))


def cost_over_years(
    plan: Plan,
    projection: Projection,
    *,
    years: Iterable[int] | None = None,
    variants: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Tell what the decisions of a plan cost in several years and variants.

    The decisions stay. Pupils go by the plan's own catchments, or are sent anew as
    `layoutplan.evaluate` does, whichever is cheaper in the year: no layout is judged by
    catchments of another year, nor by a rule that sends pupils past the places it has for them.

    Catchments do not tell from which school pupils come: whole pupils of another year may
    count as newly sent beyond the limit, at the price of a broken rule. Look at ``broken``
    before two layouts are compared.

    Parameters
    ----------
    plan
        The plan, of any year.
    projection
        The projection.
    years, variants
        Which; all where None.

    Returns
    -------
    pandas.DataFrame
        One row per year and variant: year, variant, weight, yuan, broken (the part that
        prices broken rules), unserved and beyond_places (pupils), and catchments (``kept`` or
        ``anew``).
    """
    table = scenarios_of(projection, years=years, variants=variants).table
    shares, rows = catchments(plan), []
    for year, variant, weight in table.itertuples(index=False, name=None):
        pupils = projection.bands(year, variant)
        draw = partial(
            evaluate, projection.county_in(year, variant), plan.times, plan.decisions,
            standards=plan.standards, options=plan.options, measures=plan.measures, bus=plan.bus,
        )  # fmt: skip
        drawn = {"anew": draw()}
        sent = sent_to(shares, pupils)
        # Catchments of a plan that leaves somebody out, or had nobody there, do not serve all.
        if int(sent["pupils"].sum()) == int(pupils.to_numpy().sum()):
            drawn["kept"] = draw(assignment=sent)
        costs = {name: yearly_cost(one) for name, one in drawn.items()}
        cheaper = min(costs, key=lambda name: sum(costs[name].values()))
        cost, done = costs[cheaper], drawn[cheaper]
        over = done.decisions[[f"after_{b}" for b in BANDS]].sum(axis=1) - done.decisions["places"]
        rows.append(
            {
                "year": year,
                "variant": variant,
                "weight": weight,
                "yuan": sum(cost.values()),
                "broken": broken(cost),
                "unserved": done.pupils_unserved,
                "beyond_places": int(over.clip(lower=0).sum()),
                "catchments": cheaper,
            }
        )
    return pd.DataFrame(rows)
