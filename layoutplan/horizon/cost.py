"""What any layout costs with the pupils of a year, term by term."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pandas as pd

from layoutplan.horizon.loads import catchments, sent_to
from layoutplan.horizon.scenarios import scenarios_of
from layoutplan.horizon.sending import sent_at_least_cost
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

    The decisions stay. The pupils of each year are sent to them anew at least cost, by the
    prices of the plan's options and standards, whole persons each: no layout is judged by the
    catchments of another year. Villages may be parted for that; limits on money, minutes and
    pupils moved, locks and connected catchments are left aside; the longest way, sizes and
    prices hold. Where the model has no such layout, as a site is in a state that its measures
    do not offer or has classes or beds that they do not allow, pupils go by the plan's own
    catchments or as `layoutplan.evaluate` sends them, whichever is cheaper.

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
        prices broken rules), unserved and beyond_places (pupils), and sent (``least_cost``,
        ``kept`` or ``anew``).

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> ahead = lp.project(county, years=3)
    >>> lp.cost_over_years(today, ahead, variants=["mid"])["sent"].unique().tolist()
    ['least_cost']
    """
    table = scenarios_of(projection, years=years, variants=variants).table
    rows: list[dict[str, object]] = []
    known: dict[tuple[int, bytes], dict[str, object]] = {}
    for year, variant, weight in table.itertuples(index=False, name=None):
        # At first the variants do not differ.
        key = (year, projection.bands(year, variant).to_numpy().tobytes())
        if key not in known:
            known[key] = _told(*_sent(plan, projection, year, variant))
        rows.append({"year": year, "variant": variant, "weight": weight} | known[key])
    return pd.DataFrame(rows)


def _told(sent: str, done: Plan) -> dict[str, object]:
    """Tell what the plan of a year costs, and what it breaks."""
    cost = yearly_cost(done)
    over = done.decisions[[f"after_{b}" for b in BANDS]].sum(axis=1) - done.decisions["places"]
    return {
        "yuan": sum(cost.values()),
        "broken": broken(cost),
        "unserved": done.pupils_unserved,
        "beyond_places": int(over.clip(lower=0).sum()),
        "sent": sent,
    }


def _sent(plan: Plan, projection: Projection, year: int, variant: str) -> tuple[str, Plan]:
    """Send the pupils of a year to the sites of a plan, and say how."""
    least = sent_at_least_cost(plan, projection, year=year, variant=variant)
    if least is not None:
        return "least_cost", least
    pupils = projection.bands(year, variant)
    draw = partial(
        evaluate, projection.county_in(year, variant), plan.times, plan.decisions,
        standards=plan.standards, options=plan.options, measures=plan.measures, bus=plan.bus,
    )  # fmt: skip
    drawn = {"anew": draw()}
    kept = sent_to(catchments(plan), pupils)
    # Catchments of a plan that leaves somebody out, or had nobody there, do not serve all.
    if int(kept["pupils"].sum()) == int(pupils.to_numpy().sum()):
        drawn["kept"] = draw(assignment=kept)
    cheaper = min(drawn, key=lambda name: sum(yearly_cost(drawn[name]).values()))
    return cheaper, drawn[cheaper]
