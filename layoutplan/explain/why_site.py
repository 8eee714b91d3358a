"""Why a site is kept, closed, expanded or built: the plan against its opposite."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.explain.breaches import KEYS, breaches
from layoutplan.explain.near import answered
from layoutplan.explain.question import asked_of
from layoutplan.explain.relaxations import LOCKS, locked_sites
from layoutplan.explain.told import Told, Word, names_of, tell
from layoutplan.explain.what_if import large_closures, pupil_changes, term_changes
from layoutplan.explain.why_noun import Why
from layoutplan.model.sets import prices
from layoutplan.plan import Plan
from layoutplan.words import Language

OPPOSITE: Final = {
    "close": "keep",
    "unused": "keep",
    "keep": "close",
    "new": "close",
    "expand": "freeze",
    "teaching_point": "keep",
    "primary_only": "keep",
    "nine_year": "freeze",
    "board": "freeze",
}
"""The lock that asks for the opposite of an action."""

_PRICED: Final = {
    "minutes": ("minute", "pupil_minutes", "price_yuan_per_minute"),
    "over_limit": ("over_limit", "persons", "price_yuan_over_limit"),
    "pushed": ("pushed", "persons", "price_yuan_pushed_beyond"),
    "moved": ("moved", "persons", "price_yuan_moved"),
    "unserved": ("unserved", "persons", "price_yuan_unserved"),
    "overload": ("overload", "persons", "price_yuan_overload"),
    "short_of_least_size": ("overload", "persons", "price_yuan_overload"),
    "gate_travel": ("gate_travel", "persons", "price_yuan_gate_travel"),
    "size": ("size", "persons", "price_yuan_oversize"),
    "bus": ("bus_rider", "persons", "school_bus_yuan_per_rider"),
    "township": ("township", "townships", "price_yuan_township_without_junior"),
}
"""Price, unit of the quantity and standard of the terms that are quantity times price."""

_SOURCES: Final = {
    "chosen": "price_yuan_per_minute price_yuan_over_limit",
    "boarding": "boarder_yuan_primary boarder_yuan_junior",
    "equity": "equity_worst_share",
    "fixed_running": "post_yuan",
    "capital_spread": "capital_life_years building_yuan_per_m2",
}
"""Standards of the other terms."""

_SHOWN: Final = 3
"""So many terms are told, those that differ most."""

_CENT: Final = 0.01


def why_site(
    plan: Plan,
    site: str,
    *,
    measures: pd.DataFrame | None,
    full: bool | None,
    time_limit: float,
    gap: float,
    lang: Language,
) -> Why:
    """Hold a plan against the best plan with the opposite decision at one site.

    Parameters
    ----------
    plan
        The plan.
    site
        The site.
    measures, full, time_limit, gap
        As in `layoutplan.why`.
    lang
        The language.

    Returns
    -------
    Why
        The terms, the pupils concerned and the rules that force the decision.
    """
    action = str(plan.decisions.at[site, "action"])
    opposite = OPPOSITE[action]
    asked = asked_of(plan, measures)
    locks = locked_sites(asked)
    own = locks.loc[locks["site_id"].eq(site), "lock"].tolist()
    free = {lock: frozenset(getattr(plan.options, lock)) - {site} for lock in LOCKS}
    large = opposite == "close" and bool(large_closures(plan, {site}))
    whole = large if full is None else full

    def locked(lock: str) -> Plan:
        options = plan.options.replace(**{**free, lock: free[lock] | {site}})
        question = replace(asked, options=options)
        return answered(
            plan, question, sites={site}, full=whole, time_limit=time_limit, gap=gap, name=lock
        )

    base = plan
    if plan.solver.objective is None:
        base = locked("freeze" if action in ("keep", "unused") else _AS_IS.get(action, "keep"))
    try:
        other: Plan | None = locked(opposite)
    except OptionsError:
        other = None
    if other is None:
        rules = _rules(base, None, own, site)
        terms = _terms(base, base)
        pupils = pupil_changes(base, base)
        verdict, cost = "forced", float("nan")
    else:
        rules = _rules(base, other, own, site)
        terms = _terms(base, other)
        pupils = pupil_changes(base, other)
        cost = float(other.solver.objective or 0.0) - float(base.solver.objective or 0.0)
        verdict = _verdict(base, other, cost, forced=len(rules) > 0, full=whole)
    return Why(
        about=site,
        verdict=verdict,
        lang=lang,
        told=tuple(_told(plan, site, opposite, verdict, cost, terms, pupils, rules)),
        other=other,
        tables={"terms": terms, "pupils": pupils, "rules": rules},
    )


_AS_IS: Final = {"close": "close", "unused": "close"}
"""Locks that hold what a plan drawn by hand does; the rest is kept open."""


def _rules(plan: Plan, other: Plan | None, own: list[str], site: str) -> pd.DataFrame:
    """List the locks of the site, and the rules that only the opposite breaks."""
    rows: list[dict[str, object]] = [
        {"rule": f"lock_{'barred' if lock.startswith('not_') else lock}", "where": site}
        for lock in own
    ]
    if other is None and not own:
        rows.append({"rule": "contradiction", "where": site})
    if other is not None:
        now = breaches(plan)
        then = breaches(other, priced_by=plan.options)
        both = then.merge(now[[*KEYS, "pupils"]], on=KEYS, how="left", suffixes=("", "_now"))
        more = both[both["pupils"] > both["pupils_now"].fillna(0)]
        worse = then.groupby("rule")["pupils"].sum()
        worse = worse.sub(now.groupby("rule")["pupils"].sum(), fill_value=0)
        # What is broken elsewhere instead is no more than before.
        more = more[more["rule"].map(worse) > 0]
        rows += [
            {
                "rule": row["rule"],
                "where": row["village_id"] or row["site_id"] or row["township_id"],
                "pupils": row["pupils"],
            }
            for row in more.to_dict("records")
        ]
    table = pd.DataFrame(rows, columns=["rule", "where", "pupils"])
    return table.assign(pupils=table["pupils"].fillna(0).astype("int64"))


def _terms(plan: Plan, other: Plan) -> pd.DataFrame:
    """Set the terms side by side, with the quantities that they price."""
    table = term_changes(plan, other).rename(columns={"before": "plan", "after": "other"})
    price = prices(plan.options, plan.standards)
    known = {t: price[name] for t, (name, _, _) in _PRICED.items()}
    rate = pd.Series({t: known.get(t, np.nan) for t in table.index}, dtype=float)
    rate = rate.where(rate > 0)
    return table.assign(
        price=rate,
        unit=[_PRICED[t][1] if t in _PRICED else "" for t in table.index],
        quantity_plan=table["plan"] / rate,
        quantity_other=table["other"] / rate,
        source=[_PRICED[t][2] if t in _PRICED else _SOURCES.get(t, "") for t in table.index],
    )


def _verdict(plan: Plan, other: Plan, cost: float, *, forced: bool, full: bool) -> str:
    if forced:
        return "forced"
    # Near a site, the rest of the county is the same in both plans.
    unproven = [
        p.solver.objective - p.solver.bound
        for p in ((plan, other) if full else ())
        if p.solver.objective is not None and p.solver.bound is not None
    ]
    if abs(cost) <= max([_CENT, *unproven]):
        return "undecided"
    return "cheaper" if cost > 0 else "dearer"


def _told(
    plan: Plan,
    site: str,
    opposite: str,
    verdict: str,
    cost: float,
    terms: pd.DataFrame,
    pupils: pd.DataFrame,
    rules: pd.DataFrame,
) -> list[Told]:
    names = names_of(plan)
    action = Word(key=f"action.{plan.decisions['action'][site]}")
    told = [tell("why.decided", site=names.get(site, site), action=action)]
    for rule, rows in rules.groupby("rule", sort=False):
        where = [names.get(str(w), str(w)) for w in rows["where"]]
        shown = where[:_SHOWN] + (["…"] if len(where) > _SHOWN else [])
        told.append(tell(f"why.rule.{rule}", where=shown, pupils=int(rows["pupils"].sum())))
    if not np.isfinite(cost):
        return told
    told.append(
        tell(
            f"why.{verdict}" if verdict != "forced" else "why.against" if cost > 0 else "why.for",
            opposite=Word(key=f"explain.opposite.{opposite}"),
            cost=round(abs(cost)),
        )
    )
    largest = terms["difference"].abs().sort_values(ascending=False, kind="stable")
    for term in largest[largest > 1].index[:_SHOWN]:
        amount = round(float(terms["difference"][term]))
        told.append(tell("why.term", term=Word(key=f"explain.term.{term}"), amount=f"{amount:+,}"))
    if len(pupils):
        ways = pupils.dropna(subset=["minutes_before", "minutes_after"])
        weight = ways["pupils"].to_numpy(dtype=float)
        if weight.sum():
            told.append(
                tell(
                    "why.pupils",
                    pupils=int(pupils["pupils"].sum()),
                    before=float(np.average(ways["minutes_before"], weights=weight)),
                    after=float(np.average(ways["minutes_after"], weights=weight)),
                )
            )
    return told
