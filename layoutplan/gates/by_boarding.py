"""The gate of boarding and meals: do the receiving schools have places, beds and meals."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layoutplan.gates.check import Check, nobody_arrives
from layoutplan.gates.losses import Losses
from layoutplan.gates.receivers import may_board

if TYPE_CHECKING:
    from layoutplan.plan import Plan

_GATE = "boarding"

Row = Mapping[Hashable, Any]


def boarding_checks(plan: "Plan", lost: Losses, have: pd.DataFrame) -> Iterator[Check]:
    """Check what the receiving schools can take in, lodge and feed.

    A receiver is judged with all that the plan sends it, not closure by closure. Each
    check is three-valued: it fails or passes where the tables prove it, and is unknown
    where they do not say enough.

    *Places*: more pupils than places in the plan, and more of them than today.
    *Beds*, where pupils who may board end beyond the travel limit and farther than
    today: they need beds besides today's boarders. *Canteen*: those who arrive must be
    fed; where the table gives no canteen, only boarders make this unknown. Grades that
    may not board count for none of the beds: theirs is the gate of travel. Where pupils
    move and none has a school, there is no receiver to judge: unknown.

    Parameters
    ----------
    plan
        The plan.
    lost
        What it takes from which school, with ways judged by
        `layoutplan.gates.by_travel.judge`.
    have
        What the receivers have; see `layoutplan.gates.receivers.receivers`.

    Yields
    ------
    Check
        The checks, closure by closure.
    """
    ways = lost.ways[lost.ways["receiver"].ne("")]
    old_enough = ways["band"].isin(may_board(plan))
    young, needs_bed = ways[ways["pushed"] & ~old_enough], ways[ways["pushed"] & old_enough]
    sums = {
        name: rows.groupby(["site_id", "receiver"])["pupils"].sum()
        for name, rows in (("all", ways), ("bed", needs_bed))
    }
    too_young = young.groupby("site_id")["pupils"].sum()
    rows_of = {str(s): r for s, r in have.to_dict("index").items()}
    leaving = lost.proposals["pupils"].to_dict()
    for site in lost.proposals.index:
        pairs = sums["all"][sums["all"].index.get_level_values(0) == site]
        if pairs.empty:
            yield nobody_arrives(site, _GATE, leaving[site])
        if site in too_young.index:
            yield Check(
                site_id=site, gate=_GATE, name="too_young", verdict="pass",
                pupils=int(too_young[site]), standards=(plan.standards["boarding_grade_min"],),
            )  # fmt: skip
        for (_, receiver), pupils in pairs.items():
            row, seats = rows_of[str(receiver)], int(pupils)
            bare = Check(site_id=site, gate=_GATE, name="places", verdict="pass",
                         receiver=str(receiver), unit="persons")  # fmt: skip
            yield _places(row, seats, bare)
            beds = int(sums["bed"].get((site, receiver), 0))
            if beds:
                yield _beds(row, beds, bare)
            yield _canteen(row, seats, bare)
            if row["extra_classes"] > 0:
                more = float(row["extra_classes"])
                yield replace(bare, name="build_first", value=more, unit="classes")


def _places(row: Row, pupils: int, bare: Check) -> Check:
    over = {w: max(row[f"pupils_{w}"] - row[f"places_{w}"], 0) for w in ("today", "after")}
    verdict = "fail" if over["after"] > over["today"] else "pass"
    if not row["places_known"]:
        verdict = "unknown"
    return replace(
        bare,
        name="places",
        verdict=verdict,
        pupils=pupils if verdict == "fail" else 0,
        value=float(row["pupils_after"]),
        before=float(row["pupils_today"]),
        limit=float(row["places_after"]) if row["places_known"] else np.nan,
    )


def _beds(row: Row, pupils: int, bare: Check) -> Check:
    """Hold the beds needed against those there are.

    Needed are at least those of all who arrive and must board, at most those of all
    pupils of grades that may board; with today's boarders known, exactly both together.
    """
    beds, boarders = row["beds"], row["boarders"]
    least = row["beyond"] + (0 if np.isnan(boarders) else boarders)
    most = least if not np.isnan(boarders) else row["after_g46"] + row["after_g79"]
    if np.isnan(beds):
        verdict = "unknown"
    else:
        verdict = "fail" if least > beds else "pass" if most <= beds else "unknown"
    return replace(
        bare,
        name="beds",
        verdict=verdict,
        pupils=pupils if verdict == "fail" else 0,
        value=float(least),
        before=float(boarders),
        limit=float(beds),
    )


def _canteen(row: Row, pupils: int, bare: Check) -> Check:
    """Hold the meals needed against the canteen.

    Fed must be at least those who arrive and today's boarders; at most all pupils.
    """
    canteen = row["canteen"]
    if np.isnan(canteen):
        name, verdict = ("canteen", "unknown") if row["beyond"] else ("canteen_not_given", "pass")
        return replace(bare, name=name, verdict=verdict, value=float(row["pupils_after"]))
    least = row["arriving"] + (0 if np.isnan(row["boarders"]) else row["boarders"])
    most = row["pupils_after"]
    verdict = "fail" if least > canteen else "pass" if most <= canteen else "unknown"
    return replace(
        bare,
        name="canteen",
        verdict=verdict,
        pupils=pupils if verdict == "fail" else 0,
        value=float(least if verdict == "fail" else most),
        before=float(row["boarders"]),
        limit=float(canteen),
    )
