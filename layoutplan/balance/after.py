"""After a plan: what schools have when pupils, teachers and assets have moved."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.actions import OPEN_ACTIONS
from layoutplan.balance.handing_over import fractions, handed_over
from layoutplan.balance.indicators import BASIC, QUALITY, RESOURCES, STAGES
from layoutplan.balance.rulebook import QUALITY_2017, rulebook, school_rule
from layoutplan.balance.stock import PUPILS, Stock, numbers, with_pupils
from layoutplan.balance.travelled import travelled
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.plan import Plan
from layoutplan.standards import Standards
from layoutplan.tables import BANDS

NEW_SCHOOLS: Final = ("left_out", "standard")
"""What new schools may be taken to have."""

_STAGE_OF: Final = {"g13": "primary", "g46": "primary", "g79": "junior"}


def stock_after(
    plan: Plan,
    *,
    assets: str | float | Mapping[str, str | float] = "pooled",
    teachers: str | float = "pooled",
    new_schools: str = "left_out",
    standards: Standards | None = None,
    lang: str = "auto",
) -> Stock:
    """Say what every open school has under a plan.

    What happens to the assets of closed schools decides the coefficients of variation:
    in the published example of five schools, merging the third with the fourth gives
    0.164 where their books are pooled and 0.826 where those of the third stand idle.

    Parameters
    ----------
    plan
        The plan.
    assets
        What becomes of what a closed school shares among its stages: ``"pooled"``, it
        goes to the schools that take its pupils, in proportion to the pupils each of
        them takes; ``"idle"``, it stands unused; a share from 0 to 1, this part of it
        is pooled; or one of these for each resource, the others being pooled.
    teachers
        The same for teachers. By default they move even where the assets stand idle,
        because they are assigned anew. A school that gives up grades keeps its assets
        and hands on the teachers of the pupils who leave. What a closed school has for
        senior pupils is no part of the plan and goes nowhere.
    new_schools
        What new schools have: ``"left_out"``, their teachers are those they receive
        and everything else is not known; ``"standard"``, they and the classes added by
        expansions have what the standards of 2017 ask for each pupil, and where there
        is no standard the county's mean.
    standards
        Weights, posts and standards; those of the plan with the assessment of 2017
        where not given.
    lang
        The language of words.

    Returns
    -------
    Stock
        What open schools have, and the pupils the plan sends them.

    Raises
    ------
    OptionsError
        If an option is not known.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> bool(stock_after(today).table["teachers"].sum() == county.schools["teachers"].sum())
    True
    """
    parts_moved = fractions(assets, teachers)
    if new_schools not in NEW_SCHOOLS:
        values = {"value": new_schools, "known": ", ".join(NEW_SCHOOLS)}
        raise OptionsError(Finding(code="balance_bad_option", column="new_schools", values=values))
    rules = rulebook(QUALITY_2017, own=standards or plan.standards)
    county, decisions = plan.county, plan.decisions
    used = decisions.index[decisions["action"].ne("unused")]
    sites = county.sites.loc[used]
    senior = numbers(sites, "enrolment_senior").fillna(0)
    before, now = (_by_stage(decisions.loc[used], when, senior) for when in ("before", "after"))
    rows = with_pupils(sites, before)
    rows["new"] = decisions["action"].reindex(rows.index).eq("new")
    closed = rows.index[decisions["action"].reindex(rows.index).eq("close")]
    flows = _flows(plan, rows, closed)
    # A new school has at first no teachers, and a building of which nothing is known.
    teachers_of = [c for c in rows.columns if "teachers" in c]
    rows.loc[rows["new"], teachers_of] = rows.loc[rows["new"], teachers_of].fillna(0)
    after, without = handed_over(
        rows, flows, closed=closed, parts_moved=parts_moved, standards=rules
    )
    after[list(PUPILS)] = now.reindex(after.index)
    after["kind"] = plan.kinds.reindex(after.index)
    findings = []
    if without:
        findings.append(
            Finding(
                code="balance_assets_without_receiver",
                severity="warning",
                table="schools",
                ids=without,
            )
        )
    given = [r for r in RESOURCES if rows[r].notna().any()]
    blank = rows.loc[closed, given].isna().any(axis=1)
    if blank.any():
        ids = tuple(closed[blank.to_numpy()].astype(str))
        findings.append(
            Finding(code="balance_assets_unknown", severity="note", table="schools", ids=ids)
        )
    if new_schools == "standard":
        after = _provided(after, decisions, rules)
    else:
        findings += _not_counted(decisions)
    return Stock(
        name=plan.name,
        lang=county.language(lang),
        county=county,
        rows=after,
        travelled=travelled(plan),
        findings=tuple(findings),
    )


def stock_merged(
    stock: Stock,
    into: Mapping[str, str],
    *,
    assets: str | float | Mapping[str, str | float] = "pooled",
    teachers: str | float = "pooled",
    standards: Standards | None = None,
) -> Stock:
    """Close schools into others, without a plan: a question asked at the table.

    Parameters
    ----------
    stock
        What schools have.
    into
        The id of each school that closes, and of the one that takes all its pupils.
    assets, teachers
        What becomes of what it has; see `stock_after`.
    standards
        Weights and posts; those of the assessment of 2017 where not given.

    Returns
    -------
    Stock
        What is left; senior pupils are no part of the question and stay uncounted.

    Raises
    ------
    OptionsError
        If a school is not known, or takes pupils although it closes.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.balance import stock_of
    >>> stock = stock_of(example.county(seed=1, villages=40))
    >>> one, other = stock.table.index[stock.table["kind"].eq("primary")][:2]
    >>> merged = stock_merged(stock, {one: other})
    >>> bool(merged.table["books"].sum() == stock.table["books"].sum())
    True
    """
    rows = stock.table
    unknown = sorted((set(into) | set(into.values())) - set(rows.index))
    twice = sorted(set(into) & set(into.values()))
    found = [Finding(code="unknown_site", column="into", ids=tuple(unknown))] if unknown else []
    if twice:
        values = {"one": "into", "other": "into"}
        found.append(Finding(code="contradiction", ids=tuple(twice), values=values))
    if found:
        raise OptionsError(found, lang=stock.lang)
    rules = rulebook(QUALITY_2017, own=standards)
    closed = pd.Index(sorted(into), dtype=rows.index.dtype)
    receivers = [into[c] for c in closed]
    flows = pd.concat(
        [
            pd.DataFrame(
                {
                    "from_site": closed,
                    "stage": stage,
                    "to_site": receivers,
                    "pupils": rows.loc[closed, stage].fillna(0).to_numpy(),
                    "teachers": 1.0,
                }
            )
            for stage in STAGES
        ],
        ignore_index=True,
    )
    alone = flows.groupby("from_site")["pupils"].transform("sum").eq(0)
    flows["pupils"] = flows["pupils"].mask(alone, 1.0)
    after, _ = handed_over(
        rows, flows, closed=closed, parts_moved=fractions(assets, teachers), standards=rules
    )
    for stage in STAGES:
        came = pd.Series(rows.loc[closed, stage].fillna(0).to_numpy(), index=receivers)
        more = came.groupby(level=0).sum().reindex(after.index, fill_value=0)
        after[stage] = after[stage].fillna(0).where(more > 0, after[stage]) + more
    return replace(stock, rows=after, travelled=None)


def _by_stage(decisions: pd.DataFrame, when: str, senior: pd.Series) -> pd.DataFrame:
    primary = decisions[f"{when}_g13"].fillna(0) + decisions[f"{when}_g46"].fillna(0)
    return pd.DataFrame(
        {
            "primary": primary.astype("float64"),
            "junior": decisions[f"{when}_g79"].fillna(0).astype("float64"),
            "senior": senior,
        }
    )


def _flows(plan: Plan, rows: pd.DataFrame, closed: pd.Index) -> pd.DataFrame:
    """Say who takes the pupils of schools that close or give up grades."""
    decisions = plan.decisions
    given_up = _given_up(plan)
    moves = plan.moves
    moves = moves[moves["to_site"].ne("") & moves["to_site"].isin(rows.index)]
    lost = pd.MultiIndex.from_frame(given_up[["site_id", "band"]])
    leaves = pd.MultiIndex.from_frame(moves[["from_site", "band"]]).isin(lost)
    left = moves[moves["from_site"].isin(closed) | leaves]
    left = left[~left["to_site"].isin(closed)]
    key = ["from_site", "stage", "to_site"]
    flows = left.assign(stage=left["band"].map(_STAGE_OF)).groupby(key)["pupils"].sum()
    table = flows.reset_index()
    # A school that stays hands on the teachers of a stage as far as its pupils leave.
    stage = given_up.assign(stage=given_up["band"].map(_STAGE_OF))
    part = stage.groupby(["site_id", "stage"])["pupils"].sum()
    before = _by_stage(decisions, "before", pd.Series(0.0, index=decisions.index))
    whole = before[list(STAGES)].stack().clip(lower=1)
    leave = (part / whole.reindex(part.index)).drop(closed, level="site_id", errors="ignore")
    of_flow = pd.MultiIndex.from_frame(table[["from_site", "stage"]])
    table = table.assign(teachers=leave.reindex(of_flow).fillna(1.0).to_numpy())
    empty = _of_empty(plan, rows, closed, set(table["from_site"]))
    both = pd.concat([table, empty], ignore_index=True) if len(empty) else table
    texts = dict.fromkeys(("from_site", "stage", "to_site"), "str")
    return both.astype({**texts, "pupils": "float64", "teachers": "float64"})


def _given_up(plan: Plan) -> pd.DataFrame:
    """List the bands that open schools teach today and give up, with their pupils."""
    decisions, today = plan.decisions, plan.bands_today
    stays = decisions.index[decisions["action"].isin(OPEN_ACTIONS)]
    before = decisions[[f"before_{band}" for band in BANDS]].fillna(0).astype("int64")
    parts = [
        (site, band, int(before[f"before_{band}"][site]))
        for site in stays
        for band in set(str(today[site]).split()) - set(str(decisions.at[site, "bands"]).split())
    ]
    return pd.DataFrame(sorted(parts), columns=["site_id", "band", "pupils"])


def _of_empty(plan: Plan, rows: pd.DataFrame, closed: pd.Index, known: set[str]) -> pd.DataFrame:
    """Let a closed school that had no pupils give to the nearest, which the plan names."""
    decisions, today, found = plan.decisions, plan.bands_today, []
    for school in closed:
        receivers = str(decisions.at[school, "receivers"]).split()
        pupils = rows.loc[school, ["primary", "junior"]].sum()
        if school not in known and receivers and pupils == 0:
            stage = "junior" if today[school] == "g79" else "primary"
            found.append((school, stage, receivers[0], 1, 1.0))
    return pd.DataFrame(found, columns=["from_site", "stage", "to_site", "pupils", "teachers"])


def _provided(rows: pd.DataFrame, decisions: pd.DataFrame, rules: Standards) -> pd.DataFrame:
    """Give new schools, and classes that are added, what the standards ask for."""
    held = {m.resource: m for m in QUALITY}
    rows = rows.copy()
    pupils = rows[list(STAGES)].fillna(0)
    for resource in {m.resource for m in (*BASIC, *QUALITY)}:
        known = rows[resource].notna() & ~rows["new"]
        mean = rows.loc[known, resource].sum() / max(pupils[known].to_numpy().sum(), 1)
        wanted = pd.Series(0.0, index=rows.index)
        for stage in STAGES:
            ids = school_rule(rules, stage).wanted
            m = held.get(resource)
            each = mean
            if m is not None and m.name in ids:
                each = rules.value(ids[m.name]) / m.per
            wanted += each * pupils[stage]
        filled = np.fmax(rows[resource], wanted)
        rows[resource] = rows[resource].where(~rows["new"], filled)
    added = decisions.reindex(rows.index)["extra_classes"].fillna(0).where(~rows["new"], 0)
    junior = rows["junior"].fillna(0) > rows["primary"].fillna(0)
    for stage, here in (("primary", ~junior), ("junior", junior)):
        area = rules.value(school_rule(rules, stage).wanted["teaching_area_m2_per_pupil"])
        places = added.where(here, 0) * rules.value(f"class_size_{stage}")
        rows["teaching_area_m2"] = rows["teaching_area_m2"] + places * area
    return rows.assign(new=False)


def _not_counted(decisions: pd.DataFrame) -> list[Finding]:
    grown = decisions.index[decisions["action"].ne("new") & decisions["extra_classes"].gt(0)]
    if grown.empty:
        return []
    ids = tuple(grown.astype(str))
    return [
        Finding(code="balance_expansion_not_counted", severity="note", table="schools", ids=ids)
    ]
