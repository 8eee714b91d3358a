"""Evaluate: the present layout, or one drawn by hand, as a plan."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from layoutplan.catchments import Assigned, assign
from layoutplan.county import County
from layoutplan.demand import Demand
from layoutplan.demand import demand as find_demand
from layoutplan.findings import Finding
from layoutplan.measures import Options, check_options, checked_measures, site_measures
from layoutplan.plan.build import build_plan
from layoutplan.plan.decided import actions_taken, capped, check_added, state_of_sites
from layoutplan.plan.noun import Plan, SolverReport
from layoutplan.plan.ways import ways_settled
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

_PAIR = ["village_id", "band", "site_id"]


def evaluate(
    county: County,
    times: TravelTimes,
    decisions: pd.DataFrame | None = None,
    *,
    standards: Standards | None = None,
    options: Options | None = None,
    measures: pd.DataFrame | None = None,
    bus: TravelTimes | None = None,
    assignment: pd.DataFrame | None = None,
    name: str = "",
) -> Plan:
    """Send all pupils to school under given decisions.

    Without decisions, the present layout: pupils go where they were observed to
    go (the county's ``flows``), all others to the nearest school that teaches
    their band and has places left. With decisions, pupils stay where they are as
    long as their school teaches their band and has places; pupils of closed schools
    go to the nearest school with places left, and pupils beyond the places of a full
    school to another one within the travel limit if there is one. Where places are
    short all the same, schools are over their places, and the plan's findings say so.
    Who goes where is settled anew here, by nearness and not by cost: a plan that was
    proposed need not come out with the same pupils at each school, unless its
    ``assignment`` is given as well.

    How they get there is settled after that, in the order of the law (校车安全管理条例,
    article 3): within the travel limit from home; else boarding, as far as the school has
    beds; else by school bus where there is one. See `layoutplan.plan.ways.ways_settled`.

    Times with a cut-off know few ways beyond it: each village has its nearest school for
    every band, but pupils whom those do not take may count as without a school. The
    plan's findings say so.

    Parameters
    ----------
    county
        The county.
    times
        Travel times of its villages and sites.
    decisions
        Indexed by site_id or with that column: ``action`` and, where something is
        added, ``extra_classes`` and ``extra_beds``; ``places_cap`` where a school shall
        take no more pupils than so many. Sites that are not in it stay as they are.
    standards
        The standards; the national ones where None.
    options
        What was asked; kept with the plan.
    measures
        What may be done at each site, such as an edited `layoutplan.site_measures`;
        that where None.
    bus
        Travel times of the school bus; no pupil goes by bus where None.
    assignment
        Where pupils go and how, such as that of a plan that was proposed. It is kept as
        far as schools teach the bands and have the beds; all others go as above. Where a
        village's pupils leave several schools for several others it does not say who goes
        where, so that receivers may be named otherwise than in that plan.
    name
        What the plan is called.

    Returns
    -------
    Plan
        The plan, in which every pupil is accounted for.

    Raises
    ------
    OptionsError
        If a decision names an unknown site or cannot be taken at its site, or the table of
        measures cannot be.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> today.pupils_in == today.pupils_assigned + today.pupils_unserved
    True
    """
    rules = standards or load_standards()
    asked = options or Options()
    check_options(asked, county)
    villages, sites = list(county.villages.index), list(county.sites.index)
    times = times.aligned(villages, sites)
    bus = None if bus is None else bus.aligned(villages, sites)
    found = find_demand(county, standards=rules)
    by_default = site_measures(county, standards=rules)
    table = by_default if measures is None else checked_measures(measures, county)
    table = capped(table, decisions)
    actions = actions_taken(county, decisions)
    state = state_of_sites(actions, table, county)
    noted = () if decisions is None else check_added(actions, table, county)
    now_state = state_of_sites(actions_taken(county, None), by_default, county)
    today = _assigned(times, found, now_state, stays=observed_flows(county))
    plan = today
    if decisions is not None:
        limits = {b: rules.value(f"travel_limit_minutes_{b}") for b in BANDS}
        plan = _assigned(times, found, state, stays=today.assignment, relieve=limits)
    if assignment is not None:
        plan = _assigned(times, found, state, stays=assignment[[*_PAIR, "pupils"]])
    flows = ways_settled(
        plan.assignment, times, beds=state["beds"], standards=rules, bus=bus, known=assignment
    )
    made = build_plan(
        name or ("today" if decisions is None else "by_hand"),
        county,
        times=times,
        standards=rules,
        options=asked,
        demand=found.pupils,
        state=state,
        flows=flows,
        unserved=plan.unserved,
        today=today.assignment,
        solver=SolverReport(status="given"),
        measures=table,
        bus=bus,
        findings=(*found.findings, *times.findings, *noted),
    )
    return with_cutoff_said(made)


def with_cutoff_said(plan: Plan) -> Plan:
    """Say in a plan's findings what a cut-off of its travel times leaves unknown.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Plan
        The plan with a warning that ways beyond the cut-off are not known, and with that as
        the cause why pupils reach no school; as it is where the times have no cut-off.
    """
    if plan.times.cutoff_minutes is None:
        return plan
    values = {"minutes": f"{plan.times.cutoff_minutes:g}"}
    findings = [
        # A school that is not known to be in reach is no reason to build one.
        replace(f, code="unserved_beyond_cutoff", values=dict(f.values) | values)
        if f.code == "unserved_no_site"
        else f
        for f in plan.findings
    ]
    told = Finding(code="ways_beyond_cutoff", severity="warning", values=values)
    return replace(plan, findings=(*findings, told))


def today_of(
    county: County, times: TravelTimes, *, found: Demand, standards: Standards
) -> Assigned:
    """Send all pupils to school as things stand.

    Parameters
    ----------
    county
        The county.
    times
        Travel times.
    found
        The demand.
    standards
        The standards.

    Returns
    -------
    Assigned
        Where pupils go today.
    """
    measures = site_measures(county, standards=standards)
    state = state_of_sites(actions_taken(county, None), measures, county)
    return _assigned(times, found, state, stays=observed_flows(county))


def _assigned(
    times: TravelTimes,
    found: Demand,
    state: pd.DataFrame,
    *,
    stays: pd.DataFrame | None,
    relieve: Mapping[str, float] | None = None,
) -> Assigned:
    teaches = pd.DataFrame({b: state["bands"].map(lambda t, b=b: b in t.split()) for b in BANDS})
    minutes = {band: times.table(band) for band in BANDS}
    return assign(
        found.pupils,
        minutes,
        teaches=teaches,
        places=state["places"],
        stays=stays,
        relieve=relieve,
    )


def observed_flows(county: County) -> pd.DataFrame | None:
    """Give the county's observed flows in the form of an assignment.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    pandas.DataFrame or None
        Columns village_id, band, site_id, pupils; None where nothing was observed.
    """
    flows = county.flows
    names = [f"pupils_{b}" for b in BANDS if f"pupils_{b}" in flows]
    if flows.empty or not names:
        return None
    long = flows.melt(
        id_vars=["village_id", "school_id"], value_vars=names, var_name="band", value_name="pupils"
    )
    long = long[long["pupils"] > 0].assign(band=long["band"].str.removeprefix("pupils_"))
    long = long.rename(columns={"school_id": "site_id"})
    by = ["village_id", "band", "site_id"]
    return long.astype({"pupils": "int64"}).groupby(by, sort=True)["pupils"].sum().reset_index()
