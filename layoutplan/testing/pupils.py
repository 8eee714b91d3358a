"""Whether every pupil is counted once, and where pupils move."""

import math
from collections import defaultdict

import pandas as pd

from layoutplan.plan.noun import Plan
from layoutplan.tables import BANDS
from layoutplan.testing.facts import Facts
from layoutplan.testing.score import pupil_minutes

_REASONS = ("no_road", "no_site", "none_open")


def whole_persons(plan: Plan) -> list[str]:
    """Check that rows are whole persons, of known places, and stand once.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    wrong = []
    given, left = plan.assignment, plan.unserved
    for name, table in (("assignment", given), ("unserved", left)):
        if not pd.api.types.is_integer_dtype(table["pupils"]) and len(table):
            wrong.append(f"{name}: pupils are not whole persons")
        if (table["pupils"] <= 0).any():
            wrong.append(f"{name}: rows without pupils")
        if not table["band"].isin(BANDS).all():
            wrong.append(f"{name}: an unknown band")
    if given.duplicated(["village_id", "band", "site_id", "mode"]).any():
        wrong.append("assignment: a village, band, site and mode twice")
    if left.duplicated(["village_id", "band"]).any():
        wrong.append("unserved: a village and band twice")
    if not given["site_id"].isin(plan.decisions.index).all():
        wrong.append("assignment: an unknown site")
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


def as_the_county_has(plan: Plan) -> list[str]:
    """Compare the plan's pupils with the county's own table.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    villages, demand = plan.county.villages, plan.demand
    if set(villages.index) != set(demand.index) or not demand.index.is_unique:
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


def left_out(facts: Facts) -> list[str]:
    """Find pupils who are said to have no way to a school and have one.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    wrong, plan = [], facts.plan
    asked = plan.options
    bound = asked.moved_max is not None or asked.worst_max is not None
    # Minutes that the limit on those of all pupils leaves.
    left = math.inf if asked.minutes_max is None else asked.minutes_max - pupil_minutes(facts)
    for row in plan.unserved.to_dict("records"):
        village, band, reason = str(row["village_id"]), str(row["band"]), str(row["reason"])
        where = f"{village} {band}"
        if reason not in _REASONS:
            wrong.append(f"{where}: {reason} is no reason")
            continue
        ways = {s: facts.shortest(village, band, s) for s in facts.sites}
        teach = {s: w for s, w in ways.items() if band in facts.taught(s)}
        near = min(teach.values(), default=math.inf)
        if reason != "none_open" and math.isfinite(near):
            wrong.append(f"{where}: {reason}, but a way exists")
        if reason == "no_road" and math.isfinite(min(ways.values())):
            wrong.append(f"{where}: {reason}, but a way to some site exists")
        if reason == "no_site" and not math.isfinite(min(ways.values())):
            wrong.append(f"{where}: {reason}, but no way to any site exists")
        needed = near * (1 if asked.split_villages else int(row["pupils"]))
        free = not bound and not asked.together and needed <= left
        if reason == "none_open" and free and near <= facts.limit(band):
            wrong.append(f"{where}: {reason}, but an open school is within the limit")
    return wrong


def moves(facts: Facts) -> list[str]:
    """Compare today's pupils, the moves and the plan's pupils, village by village.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    wrong = []
    plan = facts.plan
    table = plan.moves
    if (table["pupils"] <= 0).any() or (table["from_site"] == table["to_site"]).any():
        wrong.append("moves: rows that move nobody")
    if table.duplicated(["village_id", "band", "from_site", "to_site"]).any():
        wrong.append("moves: a move twice")
    out: dict[tuple[str, str, str], int] = defaultdict(int)
    into: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in table.to_dict("records"):
        who = str(row["village_id"]), str(row["band"])
        out[(*who, str(row["from_site"]))] += int(row["pupils"])
        into[(*who, str(row["to_site"]))] += int(row["pupils"])
    # Where cohorts may be parted, some may leave for a bed elsewhere and others come.
    whole = plan.solver.status == "given" or not plan.options.split_villages
    for key in sorted({*facts.today, *facts.now, *out, *into}):
        if not key[2]:
            continue
        before, after = facts.today.get(key, 0), facts.now.get(key, 0)
        if before - out.get(key, 0) + into.get(key, 0) != after:
            wrong.append(f"{' '.join(key)}: before, moves and after do not agree")
        if whole and out.get(key, 0) and into.get(key, 0):
            wrong.append(f"{' '.join(key)}: pupils leave and others of the village come")
    return wrong + _before(facts)


def _before(facts: Facts) -> list[str]:
    wrong = []
    for prefix, counted in (("before", facts.today), ("after", facts.now)):
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for (_, band, site), pupils in counted.items():
            sums[site, band] += pupils
        for site, row in facts.sites.items():
            for band in BANDS:
                said, have = int(row[f"{prefix}_{band}"]), sums[site, band]
                if said != have:
                    wrong.append(f"{site}: {prefix}_{band} is {said}, should be {have}")
    return wrong
