"""The checker against plans that were sound and had one thing changed: each is caught."""

from functools import cache, partial

import numpy as np
import pytest
from changed_plans import (
    a_cohort_elsewhere,
    action,
    asked,
    band_gone,
    beds_too_few,
    cheaper,
    closed_receiver,
    fewer_in_all,
    left_without,
    lock_not_done,
    locked,
    low_and_far,
    measured,
    mode,
    moved,
    moved_nowhere,
    not_so_proven,
    one_pupil_elsewhere,
    opened,
    row_changed,
    row_lost,
    row_twice,
    running,
    scaled,
    searched,
    sent_to,
    shifted,
    sites_swapped,
    solved,
    spent,
    swapped_sites,
    terms_changed,
    together_asked,
    told_wrong,
    turned_round,
    with_report,
    within,
    without_finding,
)
from example_counties import county_of

import layoutplan as lp
from layoutplan.testing import facts, plan_breaches


@cache
def plans():
    """Give sound plans of several sorts: searched for, by hand, with pupils left out."""
    county, times = county_of(1)
    bus = lp.travel_times(county, mode="bus")
    today = lp.evaluate(county, times, bus=bus)
    table, acts = today.measures, {}
    for act in ("primary_only", "nine_year", "board", "teaching_point", "close", "expand"):
        free = [s for s in table.loc[table["measure"] == act, "site_id"] if s not in acts]
        acts |= dict.fromkeys(free[:1], act)
    junior = county.schools.index[county.schools["kind"].isin(["junior", "nine_year"])]
    locks = lp.Options(close=set(junior), freeze=set(county.candidates.index))
    barred = table.assign(allowed=table["allowed"] & table["measure"].ne("nine_year"))
    found = {
        "searched": lp.propose(county, times, time_limit=20, gap=0.02),
        "with a bus": lp.propose(county, times, bus=bus, time_limit=20, gap=0.02),
        "by hand": lp.evaluate(county, times, today.decisions_with(acts), bus=bus),
        "left out": lp.propose(county, times, options=locks, measures=barred, time_limit=20),
    }
    for plan in found.values():
        lp.assert_plan_valid(plan)
    return found


KINDS = {
    "a pupil lost": row_changed("assignment", "pupils", lambda n: n - 1),
    "a pupil made up": row_changed("assignment", "pupils", lambda n: n + 1),
    "half a pupil": row_changed("assignment", "pupils", lambda n: n - 0.5),
    "nobody in a row": row_changed("assignment", "pupils", lambda _n: 0),
    "a row lost": row_lost("assignment"),
    "a row twice": row_twice("assignment"),
    "a pupil elsewhere": one_pupil_elsewhere,
    "a pupil to a full school": lambda p: one_pupil_elsewhere(p, full=True),
    "a cohort elsewhere": a_cohort_elsewhere,
    "sites swapped": swapped_sites,
    "shorter minutes": row_changed("assignment", "minutes", lambda m: m - 1),
    "minutes of nobody": row_changed("assignment", "minutes", lambda _m: np.nan),
    "a walker said to board": row_changed("assignment", "mode", lambda _m: "board", where=within),
    "low grades board": row_changed("assignment", "mode", lambda _m: "board", where=low_and_far),
    # By hand anybody may walk as well; a plan that was searched for costs what it says.
    "a boarder said to walk": searched(
        row_changed("assignment", "mode", lambda _m: "walk", where=mode("board"))
    ),
    "a walker said to ride": row_changed("assignment", "mode", lambda _m: "bus", where=within),
    "a rider said to walk": row_changed("assignment", "mode", lambda _m: "walk", where=mode("bus")),
    "an unknown way": row_changed("assignment", "mode", lambda _m: "sleigh"),
    "an unknown band": row_changed("assignment", "band", lambda _b: "g99"),
    "an unknown village": row_changed("assignment", "village_id", lambda _v: "nowhere"),
    "an unknown site": row_changed("assignment", "site_id", lambda _s: "nowhere"),
    "sent to a closed school": lambda p: sent_to(
        p, lambda d: d["action"].isin(["close", "unused"])
    ),
    "sent where the band is not taught": lambda p: sent_to(
        p, lambda d: ~d["bands"].str.contains(p.assignment.loc[0, "band"]) & d["bands"].ne("")
    ),
    "more boarders than beds": beds_too_few,
    "pupils of the county fewer": fewer_in_all,
    "a village lost": row_lost("demand"),
    "without a road that is there": lambda p: left_without(p, "no_road"),
    "without a site that is there": lambda p: left_without(p, "no_site"),
    "without a school that is open": lambda p: left_without(p, "none_open"),
    "left out for no reason": lambda p: left_without(p, ""),
    "left out for a new reason": lambda p: left_without(p, "rain"),
    "left out twice": row_twice("unserved"),
    "a pupil no longer left out": row_lost("unserved"),
    "closed with pupils": row_changed(
        "decisions", "action", lambda _a: "close", where=action("keep", "expand", "board")
    ),
    "kept though closed": row_changed(
        "decisions", "action", lambda _a: "keep", where=action("close")
    ),
    "expanded by nothing": row_changed(
        "decisions", "action", lambda _a: "expand", where=action("keep")
    ),
    "beds added by name only": row_changed(
        "decisions", "action", lambda _a: "board", where=action("keep")
    ),
    "converted by name only": row_changed(
        "decisions", "action", lambda _a: "nine_year", where=action("keep")
    ),
    "a candidate closed": row_changed(
        "decisions", "action", lambda _a: "close", where=action("unused")
    ),
    "an unknown action": row_changed("decisions", "action", lambda _a: "sell"),
    "more places": row_changed("decisions", "places", lambda n: n + 1),
    "more classes": row_changed("decisions", "classes", lambda n: n + 1),
    "more beds": row_changed("decisions", "beds", lambda n: n + 1),
    "classes added to a kept school": row_changed(
        "decisions", "extra_classes", lambda n: n + 1, where=action("keep")
    ),
    "beds added to a kept school": row_changed(
        "decisions", "extra_beds", lambda n: n + 8, where=action("keep")
    ),
    "fewer beds added": row_changed(
        "decisions", "extra_beds", lambda n: n - 8, where=action("board")
    ),
    "more capital": row_changed("decisions", "capital_yuan", lambda y: y + 1_000),
    "less running cost": row_changed("decisions", "annual_yuan", lambda y: y - 1_000),
    "a band more": row_changed(
        "decisions", "bands", lambda b: f"{b} g79", where=lambda _p, t: t["bands"].eq("g13 g46")
    ),
    "a band less": band_gone,
    "more pupils before": row_changed("decisions", "before_g13", lambda n: n + 1),
    "more pupils after": row_changed("decisions", "after_g46", lambda n: n + 1),
    "no receivers": row_changed(
        "decisions", "receivers", lambda _r: "", where=lambda _p, t: t["receivers"].ne("")
    ),
    "a receiver too many": row_changed(
        "decisions", "receivers", lambda _r: "nowhere", where=action("keep")
    ),
    "a closed receiver": closed_receiver,
    "another kind": row_changed(
        "decisions", "kind", lambda _k: "junior", where=lambda _p, t: t["kind"].eq("primary")
    ),
    "a site lost": row_lost("decisions"),
    "a site twice": row_twice("decisions"),
    "two sites mistaken": sites_swapped,
    "a move lost": row_lost("moves"),
    "a move twice": row_twice("moves"),
    "more moved": row_changed("moves", "pupils", lambda n: n + 1),
    "moved the other way": turned_round,
    "moved to where they were": moved_nowhere,
    "moved by nobody": row_changed("moves", "pupils", lambda _n: 0),
    "an origin lost": searched(row_lost("by_origin")),
    "another origin": searched(
        row_changed(
            "by_origin", "from_site", lambda _s: "", where=lambda _p, t: t["from_site"].ne("")
        )
    ),
    "another way of a cohort": searched(
        row_changed("by_origin", "mode", lambda _m: "bus", where=mode("walk"))
    ),
    "cheaper than it is": cheaper,
    "a lower objective": lambda p: scaled(p, "objective", 0.9),
    "a bound above the plan": lambda p: scaled(p, "bound", 1.5),
    "a bound for parts above the plan": lambda p: solved(p, bound_split=1e12),
    "another gap": lambda p: solved(p, gap=(p.solver.gap or 0.0) + 0.001),
    "proven with a fifth missing": not_so_proven,
    "a new status": lambda p: with_report(p, status="perfect"),
    "given with an objective": lambda p: with_report(
        p, status="given", objective=1.0, bound=1.0, gap=0.0
    ),
    "searched without an objective": lambda p: with_report(
        p, status="proven", objective=None, bound=None, gap=None
    ),
    "terms shifted": lambda p: terms_changed(p, shifted),
    "a term lost": lambda p: terms_changed(
        p, lambda t: {k: v for k, v in t.items() if k != "minutes"}
    ),
    "an unknown term": lambda p: terms_changed(p, lambda t: t | {"luck": 0.0}),
    "a school to keep is closed": lambda p: locked(p, "keep", "close", "unused"),
    "a school to keep is reduced": lambda p: locked(p, "keep", "teaching_point", "primary_only"),
    "a school to close is open": lambda p: locked(p, "close", "keep", "expand", "board"),
    "a school to freeze changes": lambda p: locked(
        p, "freeze", "board", "expand", "nine_year", "close"
    ),
    "over the budget": lambda p: (
        asked(p, budget_yuan=spent(p) - 1_000) if spent(p) > 1_000 else None
    ),
    "over the running budget": searched(lambda p: asked(p, annual_yuan_max=running(p) - 1_000)),
    "too many schools": lambda p: asked(p, schools_max=len(opened(p)) - 1),
    "too many moved": lambda p: asked(p, moved_max=moved(p) - 1) if moved(p) else None,
    "too many minutes": lambda p: asked(p, minutes_max=1_000.0),
    "too long a way": lambda p: asked(p, worst_max=20.0),
    "a layout that was to differ": lambda p: asked(p, differ_from=[opened(p)]),
    "a larger least size": lambda p: asked(p, min_pupils={"primary": 5_000, "junior": 5_000}),
    "a smaller greatest size": lambda p: asked(p, size_max={"primary": 5, "junior": 5}),
    "another price": lambda p: asked(p, prices={"minute": 61.0}),
    "a price of equity": lambda p: asked(p, equity=1_000.0),
    "parted though together": together_asked,
    "a measure that is not allowed": searched(
        lambda p: measured(p, "allowed", lambda _a: False, of=("keep", "nine_year"))
    ),
    "a lock that is not kept": lock_not_done,
    "measures with other places": lambda p: measured(p, "places", lambda n: n + 45),
    "measures with other cost": lambda p: measured(p, "annual_yuan", lambda y: y + 60_000.0),
    "measures with other bands": lambda p: measured(p, "bands", lambda _b: "g13"),
    "pupils over places not told": without_finding("over_places"),
    "pupils without a school not told": without_finding("unserved_"),
    "pupils over places told wrong": told_wrong,
}


@pytest.fixture
def _today_once(monkeypatch):
    """Let the checker work today's layout and measures out once for plans of one county."""
    for name in ("evaluate", "site_measures"):
        asked = getattr(facts, name)
        monkeypatch.setattr(facts, name, partial(kept, asked))


KEPT = {}


def kept(asked, *given, standards):
    key = (asked.__name__, *map(id, given), id(standards))
    if key not in KEPT:
        # What is asked about is kept as well, so that its place in memory stays its own.
        KEPT[key] = (asked(*given, standards=standards), given, standards)
    return KEPT[key][0]


@pytest.mark.usefixtures("_today_once")
@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_plan_is_caught(kind):
    tried = 0
    for name, plan in plans().items():
        changed = KINDS[kind](plan)
        if changed is None:
            continue
        tried += 1
        assert plan_breaches(changed), f"{kind} in the plan {name}"
    assert tried, "no plan has what is to be changed"


def test_there_are_enough_kinds():
    assert len(KINDS) >= 50
