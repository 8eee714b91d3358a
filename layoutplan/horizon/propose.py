"""The verb: one layout for several years and variants."""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from layoutplan.findings import Finding
from layoutplan.horizon.loads import catchments, loads
from layoutplan.horizon.noun import PlanAhead
from layoutplan.horizon.scenarios import Scenarios, expected_county, scenarios_of
from layoutplan.measures import Options
from layoutplan.model.every_year import fullest, hold_in_every_year, lowered
from layoutplan.model.growth import not_less
from layoutplan.plan import Plan
from layoutplan.plan.begin import values_of
from layoutplan.plan.noun import SolverReport
from layoutplan.plan.question import answered, plan_of, question, report_of
from layoutplan.projection import Projection
from layoutplan.standards import Standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

Progress = Callable[[int, int, str], None]

_FULLEST_TIME = 0.8
"""Share of the time for the question with the fullest years only."""


def propose_ahead(  # noqa: PLR0913 # a question has all of these
    projection: Projection,
    times: TravelTimes,
    *,
    years: Iterable[int] | None = None,
    variants: Iterable[str] | None = None,
    weights: Mapping[int, float] | None = None,
    standards: Standards | None = None,
    options: Options | None = None,
    measures: pd.DataFrame | None = None,
    bus: TravelTimes | None = None,
    time_limit: float = 120.0,
    gap: float = 0.01,
    seed: int = 0,
    name: str = "ahead",
    progress: Progress | None = None,
) -> PlanAhead:
    r"""Find one layout that is right over several years and variants at once.

    Sites, classes, beds and catchments are decided once. The costs are those of the pupils
    expected over all years and variants; the places hold in each of them, that is

    .. math:: \sum_{f \in j} r_{i(f) k} x_f \le P_j + o_j \quad \forall j, k

    with :math:`r_{ik}` the pupils of group :math:`i` in the year and variant :math:`k` as a
    multiple of those expected, and :math:`o_j` the pupils beyond the places in the worst
    case, at the price of `layoutplan.propose`. A site with grades of several stages shares
    its places among them year by year, so that rooms of primary pupils who grow fewer are
    those of junior pupils who grow more; and what would be built for a peak is weighed
    against the years in which it stands empty. Costs of ways are linear in the pupils, so
    that those of the pupils expected, rounded to whole persons, are the expected ones; the
    least and greatest sizes of schools and the equity of ways are looked at for the pupils
    expected only; classes and pupils beyond the places are those of the worst case. The bound
    holds for this model: it is that of the question with the years in which most pupils of some
    band are there, and no more of any village than in the band's fullest year, which has more
    plans.

    Parameters
    ----------
    projection
        The pupils of the years, as by `layoutplan.project`.
    times
        Travel times of the county's villages and sites.
    years
        The school years; all of the projection where None.
    variants
        The variants; all of the projection where None.
    weights
        How much each year counts; evenly where None. Places hold in every year.
    standards, options, measures, bus, time_limit, gap, seed, name, progress
        As in `layoutplan.propose`.

    Returns
    -------
    PlanAhead
        The layout, with objective, bound and gap, and its loads by year and variant.

    Raises
    ------
    OptionsError
        If a year or variant is not in the projection, or as in `layoutplan.propose`.
    SolverError
        If no plan was found in time.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=30)
    >>> ahead = lp.project(county, years=4)
    >>> found = lp.propose_ahead(ahead, lp.travel_times(county), years=[2026, 2030])
    >>> len(found.scenarios), found.solver.gap <= 0.02
    (6, True)
    """
    begun = time.monotonic()
    scenarios = scenarios_of(projection, years=years, variants=variants, weights=weights)
    county, every = expected_county(projection, scenarios), not_less(scenarios.growth)
    here = scenarios.expected.to_numpy(dtype=float)
    ask = partial(
        question, county, times, standards=standards, options=options, measures=measures, bus=bus
    )
    # The fullest years decide nearly everything: the others are looked at afterwards.
    chosen = [every[k] for k in fullest([t * here for t in every])]
    asked = ask(growth=lowered(chosen, [t * here for t in chosen]))
    answer = answered(
        asked, begun=begun, time_limit=_FULLEST_TIME * time_limit, gap=gap, progress=progress
    )
    given = SolverReport(status="given")
    plan = plan_of(name, asked, answer, solver=given)
    asked = ask(growth=every)
    seconds = 0.9 * (begun + time_limit - time.monotonic())
    answer = hold_in_every_year(
        asked.sets(), partial(values_of, plan), answer, seconds=seconds, gap=gap
    )
    report = report_of(answer, asked, seconds=time.monotonic() - begun, seed=seed)
    plan = plan_of(name, asked, answer, solver=given)
    worst = answer.sites["overload"].reindex(plan.decisions.index)
    tables = _tables(plan, projection, scenarios, worst)
    return PlanAhead(
        plan=plan, projection=projection, solver=report, tables=tables,
        findings=(*projection.findings, *plan.findings, *_beyond(tables["sites"])),
    )  # fmt: skip


def _tables(
    plan: Plan, projection: Projection, scenarios: Scenarios, worst: pd.Series
) -> dict[str, pd.DataFrame]:
    """Set out the loads of all years and variants."""
    shares, sites = catchments(plan), plan.decisions
    order = sites.index
    rows, totals = [], []
    for year, variant, weight in scenarios.table.itertuples(index=False, name=None):
        pupils = projection.bands(year, variant)
        here = loads(shares, pupils).sum(axis=1).reindex(order, fill_value=0.0)
        over = (here - sites["places"]).clip(lower=0.0).round(6)
        totals.append(here.to_numpy(dtype=float))
        rows.append(
            {
                "year": year,
                "variant": variant,
                "weight": weight,
                "pupils": int(pupils.to_numpy().sum()),
                "unserved": round(float(pupils.to_numpy().sum() - here.sum()), 6),
                "places": int(sites["places"].sum()),
                "beyond_places": float(over.sum()),
                "sites_beyond": int((over > 0).sum()),
            }
        )
    load = np.stack(totals)
    most = load.argmax(axis=0)
    named = zip(scenarios.table["year"], scenarios.table["variant"], strict=True)
    label = [f"{year} {variant}" for year, variant in named]
    table = sites[["name", "kind", "action", "places"]].assign(
        expected=sites[[f"after_{b}" for b in BANDS]].sum(axis=1).astype("int64"),
        least=load.min(axis=0).round(6),
        most=load.max(axis=0).round(6),
        most_in=[label[k] if load[k, n] > 0 else "" for n, k in enumerate(most)],
        beyond=worst.to_numpy(dtype=float),
    )
    return {"scenarios": pd.DataFrame(rows), "sites": table}


def _beyond(sites: pd.DataFrame) -> list[Finding]:
    some = sites[sites["beyond"] > 0]
    if not len(some):
        return []
    values = {"pupils": int(some["beyond"].sum())}
    ids = tuple(str(s) for s in some.index)
    return [
        Finding(
            code="over_places_ahead", severity="warning", table="schools", ids=ids, values=values
        )
    ]
