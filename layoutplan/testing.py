"""The independent checker: re-scores a plan from county and standards alone.

It shares no code with the model. What it uses are the plan's tables, the travel
times, the county's tables, the numbers of the standards, and today's layout as
`layoutplan.evaluate` gives it.
"""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from layoutplan.plan.evaluate import evaluate
from layoutplan.plan.noun import Plan
from layoutplan.tables import BANDS, BANDS_OF_KIND

_TOLERANCE = 1e-6
_CENT = 0.01
_LARGEST_PROVEN_GAP = 0.05
_BROKEN = ("unserved", "overload", "short_of_least_size", "pushed", "township")


def plan_breaches(plan: Plan) -> list[str]:
    """Score a plan anew and list everything that does not hold.

    A plan that was made with an edited table of measures is held against what the
    county and the standards say, and its edited numbers are listed as breaches.

    Checked are: every pupil is counted once, in whole persons; pupils go to sites
    that teach their band and that they can reach, in the minutes said; the columns
    before and after are the sums of the assignments; closed schools have no pupils
    and name receivers that are open; places, classes and money follow from the
    action; locks, budget and the limit on schools hold; the objective is the sum
    of its terms, computed here, and not below the bound; the gap is what it says.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    list of str
        One line per breach; empty for a sound plan.
    """
    return [
        *_pupils(plan),
        *_demand(plan),
        *_ways(plan),
        *_left_out(plan),
        *_moves(plan),
        *_sites(plan),
        *_receivers(plan),
        *_asked(plan),
        *_objective(plan),
    ]


def assert_plan_valid(plan: Plan) -> None:
    """Fail with every breach where a plan is not sound.

    Parameters
    ----------
    plan
        The plan.

    Raises
    ------
    AssertionError
        If anything does not hold.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> assert_plan_valid(lp.evaluate(county, lp.travel_times(county)))
    """
    breaches = plan_breaches(plan)
    if breaches:
        raise AssertionError("\n".join(breaches))


def _pupils(plan: Plan) -> list[str]:
    wrong = []
    given, left = plan.assignment, plan.unserved
    for name, table in (("assignment", given), ("unserved", left)):
        if not pd.api.types.is_integer_dtype(table["pupils"]) and len(table):
            wrong.append(f"{name}: pupils are not whole persons")
        if (table["pupils"] <= 0).any():
            wrong.append(f"{name}: rows without pupils")
    if given.duplicated(["village_id", "band", "site_id"]).any():
        wrong.append("assignment: a village, band and site twice")
    if left["reason"].isna().any() or left["reason"].eq("").any():
        wrong.append("unserved: pupils without a reason")
    return wrong + _counts(plan)


def _counts(plan: Plan) -> list[str]:
    wrong = []
    counted: dict[tuple[str, str], int] = {}
    for table in (plan.assignment, plan.unserved):
        for village, band, pupils in zip(
            table["village_id"], table["band"], table["pupils"], strict=True
        ):
            counted[village, band] = counted.get((village, band), 0) + int(pupils)
    for band in BANDS:
        for village, pupils in plan.demand[band].items():
            wanted, have = int(pupils), counted.pop((str(village), band), 0)
            if wanted != have:
                wrong.append(f"pupils of {village} {band}: {wanted} in, {have} accounted for")
    wrong += [f"pupils of unknown {village} {band}: {n}" for (village, band), n in counted.items()]
    return wrong


def _demand(plan: Plan) -> list[str]:
    """Compare the plan's pupils with the county's own table."""
    villages, demand = plan.county.villages, plan.demand
    if set(villages.index) != set(demand.index):
        return ["demand: not one row per village"]
    if not all(f"pupils_{b}" in villages for b in BANDS):
        return []
    wrong = []
    for band in BANDS:
        given = villages[f"pupils_{band}"].to_dict()
        wrong += [
            f"demand of {v} {band}: {n}, the county has {given[v]}"
            for v, n in demand[band].items()
            if int(n) != int(given[v])
        ]
    return wrong


def _left_out(plan: Plan) -> list[str]:
    """Find pupils who are said to have no way to a school and have one."""
    wrong, decisions = [], plan.decisions
    for row in plan.unserved.to_dict("records"):
        ways = plan.times.table(row["band"]).loc[row["village_id"]]
        teach = decisions.index[
            decisions["bands"].map(lambda b, band=row["band"]: band in str(b).split())
        ]
        reached = bool(np.isfinite(ways[teach]).any())
        known = row["reason"] in ("no_road", "no_site", "none_open")
        if not known or (row["reason"] != "none_open" and reached):
            wrong.append(f"{row['village_id']} {row['band']}: {row['reason']}, but a way exists")
    return wrong


def _moves(plan: Plan) -> list[str]:
    """Compare pupils before, pupils after and the moves between them, per school."""
    wrong, decisions, moves = [], plan.decisions, plan.moves
    if (moves["pupils"] <= 0).any() or (moves["from_site"] == moves["to_site"]).any():
        wrong.append("moves: rows that move nobody")
    for band in BANDS:
        rows = moves[moves["band"] == band]
        out = rows.groupby("from_site")["pupils"].sum().to_dict()
        into = rows.groupby("to_site")["pupils"].sum().to_dict()
        for row in decisions.reset_index().to_dict("records"):
            site = row["site_id"]
            before = int(row[f"before_{band}"])
            if before - out.get(site, 0) + into.get(site, 0) != int(row[f"after_{band}"]):
                wrong.append(f"{site} {band}: before, moves and after do not agree")
    today = evaluate(plan.county, plan.times, standards=plan.standards).decisions
    return wrong + [
        f"before_{band} is not today's layout"
        for band in BANDS
        if not (today[f"after_{band}"] == decisions[f"before_{band}"]).all()
    ]


def _ways(plan: Plan) -> list[str]:
    wrong = []
    for band in BANDS:
        table = plan.times.table(band)
        rows = plan.assignment[plan.assignment["band"] == band]
        teaches = plan.decisions["bands"].to_dict()
        ways = table.to_dict("index")
        for row in rows.to_dict("records"):
            village, site, minutes = row["village_id"], row["site_id"], float(row["minutes"])
            way = float(ways[village][site])
            if not math.isfinite(way):
                wrong.append(f"{village} {band}: sent to {site}, out of reach")
            elif abs(way - minutes) > _TOLERANCE:
                wrong.append(f"{village} {band}: {minutes} minutes, should be {way}")
            if band not in str(teaches[site]).split():
                wrong.append(f"{village} {band}: {site} does not teach it")
    return wrong


def _sites(plan: Plan) -> list[str]:
    wrong = []
    decisions, county = plan.decisions, plan.county
    known = set(county.schools.index) | set(county.candidates.index)
    if set(decisions.index) != known:
        wrong.append("decisions: not one row per site")
    after = plan.assignment.groupby(["site_id", "band"])["pupils"].sum().to_dict()
    for row in decisions.reset_index().to_dict("records"):
        site = row["site_id"]
        candidate = site in county.candidates.index
        fits = ("new", "unused") if candidate else ("keep", "close", "teaching_point", "expand")
        if row["action"] not in fits:
            wrong.append(f"{site}: {row['action']} is no action for it")
        closed = row["action"] in ("close", "unused")
        teaches = () if closed else BANDS_OF_KIND[row["kind"]]
        teaches = ("g13",) if row["action"] == "teaching_point" else teaches
        if tuple(str(row["bands"]).split()) != teaches:
            wrong.append(f"{site}: teaches {row['bands']}, should teach {teaches}")
        wrong += [
            f"{site}: after_{band} is not the sum of the assignment"
            for band in BANDS
            if int(row[f"after_{band}"]) != int(after.get((site, band), 0))
        ]
        if closed and (row["places"] or row["classes"] or row["capital_yuan"]):
            wrong.append(f"{site}: closed, with places, classes or capital")
        extra = int(row["extra_classes"])
        if (extra > 0) != (row["action"] == "expand") and row["action"] != "new":
            wrong.append(f"{site}: {row['action']} with {extra} classes added")
        wrong += _money(plan, str(site), row, candidate=candidate)
    return wrong


def _money(plan: Plan, site: str, row: Mapping[Hashable, Any], *, candidate: bool) -> list[str]:
    value, table = (
        plan.standards.value,
        plan.county.candidates if candidate else plan.county.schools,
    )
    if row["action"] in ("close", "unused"):
        return [] if row["annual_yuan"] == 0 else [f"{site}: closed, with running cost"]
    kind = "teaching_point" if row["action"] == "teaching_point" else str(row["kind"])
    wrong = []
    posts = value(f"fixed_posts_{kind}") * value("post_yuan")
    if abs(float(row["annual_yuan"]) - posts) > _TOLERANCE:
        wrong.append(f"{site}: running cost {row['annual_yuan']}, should be {posts}")
    size = value("class_size_primary")
    if row["kind"] == "teaching_point":
        size = value("class_size_teaching_point")
    elif row["kind"] in ("junior", "complete_secondary"):
        size = value("class_size_junior")
    stage = "primary" if "g13" in BANDS_OF_KIND[str(row["kind"])] else "junior"
    a_class = size * value(f"floor_m2_per_place_{stage}") * value("building_yuan_per_m2")
    built = float(table["capital_yuan"].fillna(0).get(site, 0)) if "capital_yuan" in table else 0.0
    capital = (built if candidate else 0.0) + int(row["extra_classes"]) * a_class
    if abs(float(row["capital_yuan"]) - capital) > 1e-3:  # noqa: PLR2004
        wrong.append(f"{site}: capital {row['capital_yuan']}, should be {capital}")
    return wrong + _places(plan, site, row, table=table, size=size)


def _places(
    plan: Plan, site: str, row: Mapping[Hashable, Any], *, table: pd.DataFrame, size: float
) -> list[str]:
    wrong, value = [], plan.standards.value
    given = table["places"].get(site, np.nan) if "places" in table else np.nan
    rooms = table["classrooms"].get(site, np.nan) if "classrooms" in table else np.nan
    given = rooms * size if pd.isna(given) else given
    if pd.notna(given):
        places = int(given) + int(row["extra_classes"]) * int(size)
        if row["action"] == "teaching_point":
            places = min(int(given), 3 * int(value("class_size_teaching_point")))
        if int(row["places"]) != places:
            wrong.append(f"{site}: {row['places']} places, should be {places}")
    if "max_extra_classes" in table and plan.solver.status != "given":
        most = table["max_extra_classes"].fillna(value("extra_classes_default"))[site]
        if int(row["extra_classes"]) > int(most):
            wrong.append(f"{site}: {row['extra_classes']} classes added, room for {most}")
    return wrong


def _receivers(plan: Plan) -> list[str]:
    wrong = []
    decisions = plan.decisions
    open_now = set(decisions.index[~decisions["action"].isin(["close", "unused"])])
    moved = plan.moves[plan.moves["to_site"] != ""]
    sums = moved[["from_site", "to_site"]].drop_duplicates()
    closed = decisions[decisions["action"] == "close"].reset_index()
    for row in closed.to_dict("records"):
        site = row["site_id"]
        named = str(row["receivers"]).split()
        before = sum(int(row[f"before_{b}"]) for b in BANDS)
        to = set(sums.loc[sums["from_site"] == site, "to_site"])
        if set(named) - open_now:
            wrong.append(f"{site}: a receiver is closed")
        if before and to != set(named):
            wrong.append(f"{site}: receivers {named}, pupils go to {sorted(to)}")
    return wrong


def _asked(plan: Plan) -> list[str]:
    wrong: list[str] = []
    options, decisions = plan.options, plan.decisions
    if plan.solver.status == "given":
        return wrong
    action = decisions["action"]
    is_open = ~action.isin(["close", "unused"])
    counted = is_open & decisions["bands"].ne("")
    candidates = set(plan.county.candidates.index)
    special = decisions.index[decisions["kind"].eq("special") & ~is_open]
    wrong += [f"{s}: teaches none of the bands and is closed" for s in special]
    wrong += [f"{s}: was to be kept" for s in options.keep if not is_open[s]]
    wrong += [f"{s}: was to be closed" for s in options.close if is_open[s]]
    wrong += [
        f"{s}: was to stay as it is"
        for s in options.freeze
        if action[s] != ("unused" if s in candidates else "keep")
    ]
    if options.budget_yuan is not None:
        spent = float(decisions["capital_yuan"].sum())
        if spent > options.budget_yuan + 1:
            wrong.append(f"budget {options.budget_yuan}, spent {spent}")
    if options.schools_max is not None and int(counted.sum()) > options.schools_max:
        wrong.append(f"{int(counted.sum())} sites open, {options.schools_max} allowed")
    return wrong


def _objective(plan: Plan) -> list[str]:
    report = plan.solver
    if report.objective is None or report.bound is None or report.gap is None:
        return [] if report.status == "given" else ["a plan that was searched for has no objective"]
    wrong = []
    total = _score(plan)
    if abs(total - report.objective) > 1e-6 * max(1.0, abs(total)):
        wrong.append(f"objective {report.objective}, scored anew {total}")
    if abs(sum(report.terms.values()) - report.objective) > 1e-6 * max(1.0, abs(total)):
        wrong.append("the terms do not add up to the objective")
    if report.bound > report.objective + 1e-6 * max(1.0, abs(total)):
        wrong.append(f"bound {report.bound} above objective {report.objective}")
    broken = sum(report.terms[t] for t in _BROKEN)
    left = report.objective - report.bound
    gap = 0.0 if left <= _CENT else left / max(report.objective - broken, _CENT)
    if report.status == "proven" and gap > _LARGEST_PROVEN_GAP:
        wrong.append(f"called proven with a gap of {gap}")
    if abs(gap - report.gap) > _TOLERANCE:
        wrong.append(f"gap {report.gap}, should be {gap}")
    return wrong


def _score(plan: Plan) -> float:
    """Sum what the plan costs a year, prices included, from its tables alone."""
    price = {
        name: float(plan.options.prices.get(name, plan.standards.value(key)))
        for name, key in (
            ("minute", "price_yuan_per_minute"),
            ("over_limit", "price_yuan_over_limit"),
            ("pushed", "price_yuan_pushed_beyond"),
            ("moved", "price_yuan_moved"),
            ("overload", "price_yuan_overload"),
            ("unserved", "price_yuan_unserved"),
        )
    }
    total = 0.0
    for row in plan.assignment.to_dict("records"):
        limit = plan.standards.value(f"travel_limit_minutes_{row['band']}")
        beyond = price["over_limit"] if float(row["minutes"]) > limit else 0.0
        total += int(row["pupils"]) * (float(row["minutes"]) * price["minute"] + beyond)
    total -= _chosen(plan, price)
    total += _pushed(plan) * price["pushed"]
    schooled = plan.moves[(plan.moves["from_site"] != "") & (plan.moves["to_site"] != "")]
    total += float(schooled["pupils"].sum()) * price["moved"]
    none_open = plan.unserved[plan.unserved["reason"] == "none_open"]
    total += float(none_open["pupils"].sum()) * price["unserved"]
    for row in plan.decisions.to_dict("records"):
        pupils = sum(int(row[f"after_{b}"]) for b in BANDS)
        total += max(0, pupils - int(row["places"])) * price["overload"]
        least = plan.options.min_pupils.get(str(row["kind"]), 0)
        if row["action"] in ("keep", "expand", "new") and row["kind"] != "teaching_point":
            total += max(0, least - pupils) * price["overload"]
        total += float(row["annual_yuan"])
        total += float(row["capital_yuan"]) / plan.standards.value("capital_life_years")
    return total + _bare_townships(plan)


def _chosen(plan: Plan, price: Mapping[str, float]) -> float:
    """Sum the ways that families chose over the nearest school and keep in the plan."""
    flows = plan.county.flows
    if flows.empty or not plan.options.keep_choices:
        return 0.0
    today = evaluate(plan.county, plan.times, standards=plan.standards).assignment
    before = {(r["village_id"], r["band"], r["site_id"]): r for r in today.to_dict("records")}
    schools, total = plan.county.schools, 0.0
    for band in BANDS:
        if f"pupils_{band}" not in flows:
            continue
        seen = flows[flows[f"pupils_{band}"] > 0]
        observed = set(zip(seen["village_id"], seen["school_id"], strict=True))
        teach = [s for s, kind in schools["kind"].items() if band in BANDS_OF_KIND[str(kind)]]
        nearest = plan.times.table(band)[teach].min(axis=1).to_dict()
        limit = plan.standards.value(f"travel_limit_minutes_{band}")
        for row in plan.assignment[plan.assignment["band"] == band].to_dict("records"):
            key = (row["village_id"], band, row["site_id"])
            if key not in before or (row["village_id"], row["site_id"]) not in observed:
                continue
            stays = min(int(row["pupils"]), int(before[key]["pupils"]))
            way, near = float(row["minutes"]), float(nearest[row["village_id"]])
            credit = (way - near) * price["minute"]
            credit += (int(way > limit) - int(near > limit)) * price["over_limit"]
            total += stays * max(0.0, credit)
    return total


def _pushed(plan: Plan) -> int:
    """Count pupils newly sent beyond the limit who have a school within it today."""
    today = evaluate(plan.county, plan.times, standards=plan.standards).assignment
    before = {
        (r["village_id"], r["band"], r["site_id"]): int(r["pupils"])
        for r in today.to_dict("records")
    }
    schools, count = plan.county.schools, 0
    for band in BANDS:
        teach = [s for s, kind in schools["kind"].items() if band in BANDS_OF_KIND[str(kind)]]
        nearest = plan.times.table(band)[teach].min(axis=1).to_dict()
        limit = plan.standards.value(f"travel_limit_minutes_{band}")
        for row in plan.assignment[plan.assignment["band"] == band].to_dict("records"):
            if float(row["minutes"]) > limit >= float(nearest[row["village_id"]]):
                stayed = before.get((row["village_id"], band, row["site_id"]), 0)
                count += max(0, int(row["pupils"]) - stayed)
    return count


def _bare_townships(plan: Plan) -> float:
    decisions = plan.decisions
    junior = decisions[
        decisions["kind"].map(lambda k: "g79" in BANDS_OF_KIND[k])
        & ~decisions.index.isin(plan.county.candidates.index)
    ]
    now = set(junior["township_id"].dropna())
    teaches = decisions["bands"].map(lambda b: "g79" in str(b).split())
    kept = set(decisions.loc[teaches, "township_id"].dropna())
    return len(now - kept) * plan.standards.value("price_yuan_township_without_junior")
