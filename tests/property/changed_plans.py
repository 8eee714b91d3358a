"""Ways to change one thing of a plan that was sound.

Each gives the changed plan, or nothing where the plan does not have what is to be changed.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

import layoutplan as lp
from layoutplan.findings import Finding
from layoutplan.plan.build import pupils_moved
from layoutplan.plan.ways import pupils_by_origin
from layoutplan.tables import BANDS

BY = ["village_id", "band", "site_id"]


def tabled(plan, **tables):
    return replace(plan, tables={**plan.tables, **tables})


def solved(plan, **changes):
    return None if plan.solver.objective is None else with_report(plan, **changes)


def with_report(plan, **changes):
    return replace(plan, solver=replace(plan.solver, **changes))


def asked(plan, **changes):
    if plan.solver.status == "given":
        return None
    return replace(plan, options=plan.options.replace(**changes))


def row_changed(name, column, change, *, where=None, at=0):
    """Change one cell of one row."""

    def mutate(plan):
        table = plan.tables[name]
        rows = np.arange(len(table)) if where is None else np.flatnonzero(where(plan, table))
        if len(rows) <= at:
            return None
        new = table.copy()
        old = new[column].iloc[rows[at]]
        values = new[column].astype(object)
        values.iloc[rows[at]] = change(old)
        new[column] = values.infer_objects()
        return tabled(plan, **{name: new})

    return mutate


def row_lost(name, *, where=None):
    def mutate(plan):
        table = plan.tables[name]
        rows = np.arange(len(table)) if where is None else np.flatnonzero(where(plan, table))
        return tabled(plan, **{name: table.drop(table.index[rows[0]])}) if len(rows) else None

    return mutate


def row_twice(name):
    def mutate(plan):
        table = plan.tables[name]
        if not len(table):
            return None
        return tabled(plan, **{name: pd.concat([table, table.iloc[[0]]])})

    return mutate


def action(*names):
    return lambda _plan, table: table["action"].isin(names).to_numpy()


def mode(name):
    return lambda _plan, table: table["mode"].eq(name).to_numpy()


def within(plan, table):
    limit = table["band"].map({b: plan.standards.value(f"travel_limit_minutes_{b}") for b in BANDS})
    return ((table["minutes"] <= limit) & table["mode"].eq("walk")).to_numpy()


def low_and_far(plan, table):
    return (~within(plan, table)) & table["band"].eq("g13").to_numpy()


def resent(plan, row, site, pupils):
    """Send pupils of a row elsewhere on foot, and keep all tables in step."""
    table = plan.assignment
    old = table.loc[row]
    table.loc[row, "pupils"] -= pupils
    way = float(plan.times.table(old["band"]).loc[old["village_id"], site])
    key = dict(zip(BY, (old["village_id"], old["band"], site), strict=True))
    there = (table[[*BY, "mode"]] == pd.Series(key | {"mode": "walk"})).all(axis=1)
    if there.any():
        table.loc[there, "pupils"] += pupils
    else:
        new = key | {"pupils": pupils, "minutes": way, "mode": "walk"}
        table = pd.concat([table, pd.DataFrame([new])], ignore_index=True)
    table = table[table["pupils"] > 0].reset_index(drop=True)
    return in_step(plan, table, plan.unserved)


def in_step(plan, assignment, unserved):
    """Make decisions and moves of an assignment, so that only its merits can be wrong."""
    today = lp.evaluate(plan.county, plan.times, standards=plan.standards).assignment
    moves = pupils_moved(today, assignment, plan.demand)
    decisions = plan.decisions
    sums = assignment.groupby(["site_id", "band"])["pupils"].sum().unstack(fill_value=0)
    for band in BANDS:
        after = sums[band] if band in sums else pd.Series(0, index=decisions.index)
        decisions[f"after_{band}"] = after.reindex(decisions.index, fill_value=0).astype("int64")
    tables = {"assignment": assignment, "unserved": unserved, "moves": moves}
    if "by_origin" in plan.tables:
        left = unserved.assign(site_id="", mode="")
        went = pd.concat([assignment, left])[[*BY, "mode", "pupils"]]
        nowhere = moves.assign(to_site=moves["to_site"].replace("", "nowhere"))
        went["site_id"] = went["site_id"].replace("", "nowhere")
        came = pupils_by_origin(went.assign(minutes=0.0), nowhere)
        known = came.rename(columns={"site_id": "to_site"}).drop(columns="minutes")
        tables["by_origin"] = known.replace({"to_site": {"nowhere": ""}})
    return tabled(plan, decisions=decisions, **tables)


def other_site(plan, row, *, full=False):
    """Find an open site that teaches the row's band, is in reach and is not its own."""
    old, decisions = plan.assignment.loc[row], plan.decisions
    teach = decisions.index[decisions["bands"].map(lambda b: old["band"] in b.split())]
    ways = plan.times.table(old["band"]).loc[old["village_id"], teach]
    ways = ways[np.isfinite(ways)].drop(old["site_id"], errors="ignore")
    if full:
        pupils = decisions[[f"after_{b}" for b in BANDS]].sum(axis=1)
        ways = ways[(pupils + 1 >= decisions["places"]).reindex(ways.index)]
    return None if ways.empty else ways.idxmin()


def one_pupil_elsewhere(plan, *, full=False):
    if plan.solver.status == "given":
        return None
    table = plan.assignment
    for row in table.index[table["pupils"] > 1]:
        site = other_site(plan, row, full=full)
        if site is not None:
            return resent(plan, row, site, 1)
    return None


def a_cohort_elsewhere(plan):
    if plan.solver.status == "given":
        return None
    row = plan.assignment.index[0]
    site = other_site(plan, row)
    return resent(plan, row, site, int(plan.assignment.loc[row, "pupils"]))


def swapped_sites(plan):
    table = plan.assignment
    first = table.index[0]
    others = table.index[
        (table["band"] == table.loc[first, "band"])
        & (table["site_id"] != table.loc[first, "site_id"])
    ]
    table.loc[[first, others[0]], "site_id"] = table.loc[[others[0], first], "site_id"].to_numpy()
    return tabled(plan, assignment=table)


def sent_to(plan, choose):
    table, decisions = plan.assignment, plan.decisions
    sites = decisions.index[choose(decisions)]
    if not len(sites):
        return None
    table.loc[0, "site_id"] = sites[0]
    return tabled(plan, assignment=table)


def left_without(plan, reason):
    """Take a row within the limit out of school, in step, with a reason that is untrue."""
    table = plan.assignment
    row = table.loc[np.flatnonzero(within(plan, table))[0]]
    keep = table.drop(row.name).reset_index(drop=True)
    same = (keep["village_id"] == row["village_id"]) & (keep["band"] == row["band"])
    left = pd.DataFrame(
        [{"village_id": row["village_id"], "band": row["band"], "pupils": int(row["pupils"])}]
    ).assign(reason=reason)
    gone = plan.unserved
    known = (gone["village_id"] == row["village_id"]) & (gone["band"] == row["band"])
    assert same.sum() >= 0
    return in_step(plan, keep, pd.concat([gone[~known], left], ignore_index=True))


def fewer_in_all(plan):
    """Count a pupil less everywhere."""
    table, demand = plan.assignment, plan.demand
    row = table.index[table["pupils"] > 1][0]
    table.loc[row, "pupils"] -= 1
    demand.loc[table.loc[row, "village_id"], table.loc[row, "band"]] -= 1
    return tabled(plan, demand=demand, assignment=table)


def beds_too_few(plan):
    lodged = plan.assignment[plan.assignment["mode"] == "board"].groupby("site_id")["pupils"].sum()
    if lodged.empty:
        return None
    decisions = plan.decisions
    decisions.loc[lodged.index[0], "beds"] = int(lodged.iloc[0]) - 1
    return tabled(plan, decisions=decisions)


def band_gone(plan):
    decisions = plan.decisions
    taught = decisions["bands"].ne("") & decisions["after_g13"].gt(0)
    site = decisions.index[taught][0]
    bands = decisions.loc[site, "bands"].split()
    decisions.loc[site, "bands"] = " ".join(b for b in bands if b != "g13")
    return tabled(plan, decisions=decisions)


def closed_receiver(plan):
    """Let a school that takes pupils of another name itself closed."""
    decisions = plan.decisions
    named = decisions.loc[decisions["receivers"].ne(""), "receivers"]
    if named.empty:
        return None
    site = named.iloc[0].split()[0]
    decisions.loc[site, ["action", "bands"]] = ["close", ""]
    return tabled(plan, decisions=decisions)


def sites_swapped(plan):
    decisions = plan.decisions
    index = list(decisions.index)
    index[0], index[1] = index[1], index[0]
    return tabled(plan, decisions=decisions.set_axis(pd.Index(index, name="site_id")))


def turned_round(plan):
    moves = plan.moves[(plan.moves["from_site"] != "") & (plan.moves["to_site"] != "")]
    if moves.empty:
        return None
    table = plan.moves
    row = moves.index[0]
    table.loc[row, ["from_site", "to_site"]] = table.loc[row, ["to_site", "from_site"]].to_numpy()
    return tabled(plan, moves=table)


def moved_nowhere(plan):
    moves = plan.moves
    if moves.empty:
        return None
    moves.loc[moves.index[0], "to_site"] = moves.loc[moves.index[0], "from_site"]
    return tabled(plan, moves=moves)


def searched(mutate):
    """Take plans that were searched for alone."""
    return lambda plan: None if plan.solver.status == "given" else mutate(plan)


def scaled(plan, name, factor):
    number = getattr(plan.solver, name)
    return None if number is None else with_report(plan, **{name: number * factor})


def terms_changed(plan, change):
    if plan.solver.objective is None:
        return None
    return with_report(plan, terms=change(dict(plan.solver.terms)))


def shifted(terms):
    terms["minutes"] += 5_000.0
    terms["fixed_running"] -= 5_000.0
    return terms


def cheaper(plan):
    """Lower the objective, its terms and the gap together."""
    if plan.solver.objective is None:
        return None
    report, by = plan.solver, 0.01 * plan.solver.objective
    terms = dict(report.terms)
    terms["minutes"] -= by
    return with_report(plan, objective=report.objective - by, bound=report.bound - by, terms=terms)


def not_so_proven(plan):
    if plan.solver.objective is None:
        return None
    report = plan.solver
    broken = sum(
        report.terms[t]
        for t in ("unserved", "overload", "short_of_least_size", "pushed", "township",
                  "gate_travel", "size")
    )  # fmt: skip
    bound = report.objective - 0.2 * (report.objective - broken)
    return with_report(plan, status="proven", bound=bound, gap=0.2)


def spent(plan):
    return float(plan.decisions["capital_yuan"].sum())


def opened(plan):
    return frozenset(plan.decisions.index[~plan.decisions["action"].isin(["close", "unused"])])


def moved(plan):
    table = plan.moves
    return int(table.loc[table["from_site"].ne("") & table["to_site"].ne(""), "pupils"].sum())


def some_site(plan, *actions):
    sites = plan.decisions.index[plan.decisions["action"].isin(actions)]
    return sites[0] if len(sites) else None


def locked(plan, option, *actions):
    site = some_site(plan, *actions)
    return None if site is None else asked(plan, **{option: {site}})


def running(plan):
    terms = plan.solver.terms
    return terms["fixed_running"] + terms["boarding"] + terms["bus"]


def measured(plan, column, value, *, of=("keep",)):
    """Change a cell of the measures that the plan rests on."""
    table, action = plan.measures, plan.decisions["action"]
    state = action.replace({"expand": "keep", "board": "keep"})
    taken = table["site_id"].map(state).eq(table["measure"]) & table["measure"].isin(of)
    rows = table.index[taken]
    if not len(rows):
        return None
    table[column] = table[column].astype(object)
    table.loc[rows[0], column] = value(table.loc[rows[0], column])
    return tabled(plan, measures=table.infer_objects())


def lock_not_done(plan):
    if plan.solver.status == "given":
        return None
    table, action = plan.measures, plan.decisions["action"]
    kept = action.index[action.eq("keep")]
    rows = table.index[table["site_id"].isin(kept) & table["measure"].eq("close")]
    table.loc[rows[0], "locked"] = True
    return tabled(plan, measures=table)


def together_asked(plan):
    """Ask that leavers go together where those of some school and band did not."""
    if plan.solver.status == "given":
        return None
    moves, taught = plan.moves, plan.decisions["bands"].str.split()
    gone = moves[moves["from_site"].ne("") & moves["to_site"].ne("")]
    lost = [b not in taught[s] for s, b in zip(gone["from_site"], gone["band"], strict=True)]
    parts = gone[lost].groupby(["from_site", "band"])["to_site"].nunique()
    return asked(plan, together=True) if (parts > 1).any() else None


def without_finding(code):
    def mutate(plan):
        rest = tuple(f for f in plan.findings if not f.code.startswith(code))
        return None if len(rest) == len(plan.findings) else replace(plan, findings=rest)

    return mutate


def told_wrong(plan):
    told = Finding(code="over_places", table="schools", ids=("X",), values={"pupils": 9})
    rest = tuple(f for f in plan.findings if f.code != "over_places")
    return replace(plan, findings=(*rest, told))
