"""Propose: the layout that the model finds, with its proof."""

import time
from collections.abc import Callable
from types import MappingProxyType

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.demand import demand as find_demand
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.measures import Options, check_options, checked_measures, site_measures
from layoutplan.model.sets import Sets, make_sets
from layoutplan.model.solve import Answer, solve
from layoutplan.plan.build import build_plan, without_school
from layoutplan.plan.decided import state_of_sites
from layoutplan.plan.evaluate import observed_flows, today_of, with_cutoff_said
from layoutplan.plan.noun import Plan, SolverReport
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

Progress = Callable[[int, int, str], None]


def propose(
    county: County,
    times: TravelTimes,
    *,
    standards: Standards | None = None,
    options: Options | None = None,
    measures: pd.DataFrame | None = None,
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
    time_limit
        Seconds for the search.
    gap
        The search may stop when this share of the ordinary costs is left unproven.
    seed
        Kept with the plan. The search draws nothing at random: equal inputs give
        an equal plan unless the clock cuts it short.
    name
        What the plan is called.
    progress
        Called with steps done, steps in all, and what is being done.

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
    start = time.monotonic()
    rules = standards or load_standards()
    asked = options or Options()
    check_options(asked, county)
    times = times.aligned(list(county.villages.index), list(county.sites.index))
    found = find_demand(county, standards=rules)
    given = (
        site_measures(county, standards=rules)
        if measures is None
        else checked_measures(measures, county)
    )
    today = today_of(county, times, found=found, standards=rules)
    sites = county.sites
    places = sites[["kind", "candidate"]].assign(township_id=sites.get("township_id"))
    sets = make_sets(
        demand=found.pupils,
        minutes={band: times.table(band) for band in BANDS},
        measures=given,
        places=places,
        today=today.assignment,
        observed=observed_flows(county) if asked.keep_choices else None,
        standards=rules,
        options=asked,
    )
    check_locks(sets, asked, lang=county.language())
    answer = solve(sets, gap=gap, time_limit=time_limit, progress=progress)
    state = state_of_sites(_actions(answer, sites["candidate"]), given, county)
    unserved = _unserved(found.pupils, answer, times)
    plan = build_plan(
        name,
        county,
        times=times,
        standards=rules,
        options=asked,
        demand=found.pupils,
        state=state,
        flows=answer.flows,
        unserved=unserved,
        today=today.assignment,
        measures=given,
        solver=SolverReport(
            status=answer.status,
            objective=answer.objective,
            bound=answer.bound,
            gap=answer.gap,
            seconds=time.monotonic() - start,
            seed=seed,
            cut_by_clock=answer.cut_by_clock,
            terms=MappingProxyType(answer.terms),
        ),
        findings=(*found.findings, *times.findings, *_breaches(answer)),
    )
    return with_cutoff_said(plan)


def _actions(answer: Answer, candidate: pd.Series) -> pd.DataFrame:
    sites = answer.sites
    new = candidate.reindex(sites.index).to_numpy(dtype=bool)
    full, small = sites["full"].to_numpy(), sites["small"].to_numpy()
    more = sites["extra_classes"].to_numpy() > 0
    action = np.select(
        [new & full, new, small, full & more, full],
        ["new", "unused", "teaching_point", "expand", "keep"],
        default="close",
    )
    return pd.DataFrame(
        {"action": action, "extra_classes": sites["extra_classes"]}, index=sites.index
    )


def _unserved(demand: pd.DataFrame, answer: Answer, times: TravelTimes) -> pd.DataFrame:
    """Name all pupils without a school: no road, no site that teaches them, none left open."""
    rest = without_school(answer.flows, demand)
    in_model = set(zip(answer.unserved["village_id"], answer.unserved["band"], strict=True))
    near = {}
    for band in BANDS:
        table = times.table(band)
        found = np.isfinite(table.to_numpy(dtype=float)).any(axis=1)
        near[band] = dict(zip(table.index, found, strict=True))
    reason = [
        "none_open" if (v, b) in in_model else "no_site" if near[b][v] else "no_road"
        for v, b in zip(rest["village_id"], rest["band"], strict=True)
    ]
    rest = rest.assign(reason=pd.Series(reason, index=rest.index, dtype="str"))
    return rest[["village_id", "band", "pupils", "reason"]]


def check_locks(sets: Sets, options: Options, *, lang: str) -> None:
    """Refuse locks that no layout can keep.

    Parameters
    ----------
    sets
        The sets of the model.
    options
        What was asked.
    lang
        The language of the message.

    Raises
    ------
    OptionsError
        With every lock that contradicts the measures, the budget or the number of
        schools.
    """
    sites, found = sets.sites, list[Finding]()
    barred = (sites["must_open"] & ~sites["can_open"]) | (sites["must_close"] & ~sites["may_close"])
    if barred.any():
        found.append(Finding(code="lock_not_allowed", ids=tuple(sites.index[barred])))
    needed = float(sites.loc[sites["must_open"], "capital_yuan"].sum())
    if needed > sets.budget_yuan:
        values = {"needed": f"{needed:,.0f}", "budget": f"{sets.budget_yuan:,.0f}"}
        ids = tuple(sites.index[sites["must_open"] & (sites["capital_yuan"] > 0)])
        found.append(Finding(code="locks_over_budget", ids=ids, values=values))
    stay = (sites["must_open"] | ~sites["may_close"]) & sites["bands"].ne("")
    if stay.sum() > sets.schools_max:
        counts = {"kept": int(stay.sum()), "most": options.schools_max}
        found.append(Finding(code="keep_more_than_max", values=counts))
    if found:
        raise OptionsError(found, lang=lang)


def _breaches(answer: Answer) -> list[Finding]:
    """Say which rules of the model could not be kept, for whom, and what would cure it."""
    found = []
    short = answer.sites[answer.sites["short"] > 0]
    if len(short):
        found.append(
            Finding(
                code="below_least_size", severity="warning", table="schools", ids=tuple(short.index)
            )
        )
    if len(answer.pushed):
        found.append(
            Finding(
                code="pupils_pushed",
                severity="warning",
                table="villages",
                ids=tuple(answer.pushed["village_id"].unique()),
                values={"pupils": int(answer.pushed["pupils"].sum())},
            )
        )
    if answer.bare:
        found.append(
            Finding(
                code="township_without_junior",
                severity="warning",
                table="townships",
                ids=answer.bare,
            )
        )
    return found
