"""Evaluate: the present layout, or one drawn by hand, as a plan."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from layoutplan.catchments import Assigned, assign
from layoutplan.county import County
from layoutplan.demand import Demand
from layoutplan.demand import demand as find_demand
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.measures import Options, check_options, site_measures
from layoutplan.plan.build import build_plan
from layoutplan.plan.noun import Plan, SolverReport
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.tables import ACTIONS, BANDS
from layoutplan.travel import TravelTimes

_MEASURE = {"keep": "keep", "expand": "keep", "new": "new", "teaching_point": "teaching_point",
            "close": "close", "unused": "unused"}  # fmt: skip


def evaluate(
    county: County,
    times: TravelTimes,
    decisions: pd.DataFrame | None = None,
    *,
    standards: Standards | None = None,
    options: Options | None = None,
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
    proposed need not come out with the same pupils at each school.

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
        Indexed by site_id or with that column: ``action`` and, for ``expand``,
        ``extra_classes``. Sites that are not in it stay as they are.
    standards
        The standards; the national ones where None.
    options
        What was asked; kept with the plan.
    name
        What the plan is called.

    Returns
    -------
    Plan
        The plan, in which every pupil is accounted for.

    Raises
    ------
    OptionsError
        If a decision names an unknown site or cannot be taken at its site.

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
    times = times.aligned(list(county.villages.index), list(county.sites.index))
    found = find_demand(county, standards=rules)
    measures = site_measures(county, standards=rules)
    actions = _actions(county, decisions)
    state = state_of_sites(actions, measures, county)
    noted = () if decisions is None else _check_classes(actions, measures, county)
    now_actions = _actions(county, None)
    now_state = state_of_sites(now_actions, measures, county)
    today = _assigned(times, found, now_state, stays=observed_flows(county))
    plan = today
    if decisions is not None:
        limits = {b: rules.value(f"travel_limit_minutes_{b}") for b in BANDS}
        plan = _assigned(times, found, state, stays=today.assignment, relieve=limits)
    made = build_plan(
        name or ("today" if decisions is None else "by_hand"),
        county,
        times=times,
        standards=rules,
        options=asked,
        demand=found.pupils,
        state=state,
        flows=plan.assignment,
        unserved=plan.unserved,
        today=today.assignment,
        solver=SolverReport(status="given"),
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
    state = state_of_sites(_actions(county, None), measures, county)
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


def _actions(county: County, decisions: pd.DataFrame | None) -> pd.DataFrame:
    sites = county.sites
    table = pd.DataFrame(
        {"action": np.where(sites["candidate"], "unused", "keep"), "extra_classes": 0},
        index=sites.index,
    )
    if decisions is None:
        return table
    given = decisions.reset_index() if "site_id" not in decisions else decisions
    if "site_id" not in given or "action" not in given:
        have = ", ".join(map(str, given.columns))
        code = Finding(code="decisions_columns", table="decisions", values={"have": have})
        raise OptionsError(code, lang=county.language())
    given = given.assign(site_id=given["site_id"].astype("str")).set_index("site_id")
    found = []
    unknown = given.index.difference(table.index)
    if len(unknown):
        found.append(Finding(code="unknown_site", column="decisions", ids=tuple(unknown)))
    twice = given.index[given.index.duplicated()]
    if len(twice):
        found.append(
            Finding(
                code="duplicate_id", table="decisions", column="site_id", ids=tuple(twice.unique())
            )
        )
    wrong = given[~given["action"].isin(ACTIONS)]
    if len(wrong):
        values = {
            "action": ", ".join(sorted({str(a) for a in wrong["action"]})),
            "known": ", ".join(ACTIONS),
        }
        found.append(Finding(code="unknown_action", ids=tuple(wrong.index), values=values))
    if found:
        raise OptionsError(found, lang=county.language())
    table.loc[given.index, "action"] = given["action"].astype("str")
    if "extra_classes" in given:
        extra = pd.to_numeric(given["extra_classes"], errors="coerce")
        blank = given["extra_classes"].isna() | given["extra_classes"].astype("str").eq("")
        bad = given.index[(extra.isna() & ~blank) | (extra < 0) | (extra % 1 > 0)]
        if len(bad):
            ids = tuple(bad.astype("str"))
            raise OptionsError(Finding(code="classes_not_whole", ids=ids), lang=county.language())
        table.loc[given.index, "extra_classes"] = extra.fillna(0).astype("int64")
    return table


def _check_classes(
    actions: pd.DataFrame, measures: pd.DataFrame, county: County
) -> tuple[Finding, ...]:
    """Refuse an expansion without classes; note more classes than the tables allow."""
    none = actions.index[(actions["action"] == "expand") & (actions["extra_classes"] < 1)]
    if len(none):
        found = Finding(code="expand_without_classes", ids=tuple(none))
        raise OptionsError(found, lang=county.language())
    room = measures.groupby("site_id")["extra_classes_max"].max().reindex(actions.index)
    grows = actions["action"].isin(["expand", "new"])
    many = actions.index[grows & (actions["extra_classes"] > room)]
    if not len(many):
        return ()
    pairs = tuple(f"{s} ({actions.loc[s, 'extra_classes']} > {room[s]})" for s in many)
    return (Finding(code="too_many_classes", severity="warning", table="schools", ids=pairs),)


def state_of_sites(actions: pd.DataFrame, measures: pd.DataFrame, county: County) -> pd.DataFrame:
    """Give what each site offers under the actions taken.

    Parameters
    ----------
    actions
        Indexed by site_id: action and extra_classes.
    measures
        What may be done at each site.
    county
        The county, for the language of messages.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: action, bands, places, classes, extra_classes,
        capital_yuan, annual_yuan.

    Raises
    ------
    OptionsError
        If an action cannot be taken at its site.
    """
    rows = measures.set_index(["site_id", "measure"])
    wanted = pd.MultiIndex.from_arrays(
        [actions.index, actions["action"].map(_MEASURE)], names=["site_id", "measure"]
    )
    impossible = actions[~wanted.isin(rows.index)]
    if len(impossible):
        pairs = tuple(f"{s} ({a})" for s, a in impossible["action"].items())
        code = Finding(code="impossible_action", ids=pairs)
        raise OptionsError(code, lang=county.language())
    taken = rows.reindex(wanted).reset_index("measure", drop=True)
    extra = actions["extra_classes"].where(actions["action"].isin(["expand", "new"]), 0)
    return pd.DataFrame(
        {
            "action": actions["action"],
            "bands": taken["bands"],
            "classes": taken["classes"] + extra,
            "extra_classes": extra,
            "places": taken["places"] + extra * taken["class_places"],
            "capital_yuan": taken["capital_yuan"] + extra * taken["class_yuan"],
            "annual_yuan": taken["annual_yuan"],
        }
    ).astype({"classes": "int64", "extra_classes": "int64", "places": "int64"})
