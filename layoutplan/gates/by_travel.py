"""The gate of travel: is the way to school still convenient and safe after a closure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from layoutplan.gates.check import Check, Site, Village, Word
from layoutplan.gates.losses import Losses, names_of
from layoutplan.gates.receivers import farther_beyond, may_board
from layoutplan.plan.ways import BOARD
from layoutplan.standards import Standard

if TYPE_CHECKING:
    from layoutplan.plan import Plan

_GATE = "travel"


def travel_checks(plan: "Plan", lost: Losses) -> Iterator[Check]:
    """Check the ways of the pupils whom closures move.

    The gate fails where a pupil has no school afterwards, where a pupil's way is
    recorded as unsafe and today's is not, or where a pupil's way is beyond the limit of
    the band and longer than today's. Whoever was within the limit and no longer is, is
    among these; whoever was beyond it and does not travel farther, is not. It is unknown
    where a way beyond the limit cannot be compared with today's. With ``boarding``,
    pupils of the bands that may board do not travel daily, and the gate of boarding
    speaks for them.

    Parameters
    ----------
    plan
        The plan.
    lost
        What it takes from which school, with ways judged by `judge`.

    Yields
    ------
    Check
        The checks, closure by closure.
    """
    ways, names = lost.ways, names_of(plan.county.villages)
    limits = {b: plan.standards[f"travel_limit_minutes_{b}"] for b in ways["band"].unique()}
    by_site = {str(s): rows for s, rows in ways.groupby("site_id")}
    for site in lost.proposals.index:
        if site not in by_site:
            yield Check(site_id=site, gate=_GATE, name="nobody_moves", verdict="pass")
            continue
        rows = by_site[site]
        yield from _without(site, rows)
        for band, part in rows[rows["receiver"].ne("")].groupby("band", sort=True):
            yield _by_band(site, part, limits[str(band)], mode=plan.times.mode, names=names)
            yield from _remarks(site, part, limits[str(band)])
        yield from _unsafe(site, rows, names)


def judge(plan: "Plan", lost: Losses, *, unsafe: pd.DataFrame, boarding: bool) -> Losses:
    """Judge the ways of the pupils who move, one by one.

    Parameters
    ----------
    plan
        The plan.
    lost
        What it takes from which school.
    unsafe
        Ways recorded as unsafe: village_id, school_id, hazard.
    boarding
        Whether pupils of bands that may board do so where their way is too long. Those
        for whom the plan has a bed do in any case.

    Returns
    -------
    Losses
        The same, with the ways' columns pushed (beyond the limit because of the
        closure, see `layoutplan.gates.receivers.farther_beyond`), boards (the same, and
        boarding instead), farther (the same, and travelling daily), stays_beyond (beyond it today
        as well, and not longer now), longer, unknown (cannot be judged), unsafe
        (recorded, and today's way is not), no_road (straight across country, and today's
        way is not) and fails (any of no school, farther,
        unsafe).
    """
    ways = lost.ways
    slack = plan.standards.value("closure_longer_minutes_max")
    pushed = farther_beyond(ways, slack=slack)
    in_plan = ways["mode"].eq(BOARD)
    boards = pushed & ways["band"].isin(may_board(plan)) & (in_plan | boarding)
    listed = pd.MultiIndex.from_frame(unsafe[["village_id", "school_id"]])
    now, then = (
        pd.MultiIndex.from_frame(ways[["village_id", c]]).isin(listed)
        for c in ("site_id", "receiver")
    )
    at_school = ways["receiver"].ne("")
    not_compared = ways["after"].isna() | (ways["before"].isna() & (ways["after"] > ways["limit"]))
    farther, new_hazard = pushed & ~boards, then & ~now
    judged = ways.assign(
        pushed=pushed,
        farther=farther,
        boards=boards,
        stays_beyond=(ways["after"] > ways["limit"]) & ~pushed & ~not_compared,
        longer=ways["after"] > ways["before"],
        unknown=at_school & not_compared,
        unsafe=new_hazard,
        no_road=_across(plan, ways, "receiver") & ~_across(plan, ways, "site_id"),
        fails=~at_school | farther | new_hazard,
    )
    return replace(lost, ways=judged)


def _across(plan: "Plan", ways: pd.DataFrame, column: str) -> pd.Series:
    """Tell which ways go straight across country, as the travel times have it."""
    found = pd.Series(data=False, index=ways.index)
    for band in ways["band"].unique():
        straight = plan.times.across_country(str(band))
        if len(straight):
            listed = pd.MultiIndex.from_frame(straight[["village_id", "site_id"]])
            rows = ways["band"] == band
            found |= rows & pd.MultiIndex.from_frame(ways[["village_id", column]]).isin(listed)
    return found


def _without(site: str, rows: pd.DataFrame) -> Iterator[Check]:
    pupils = _pupils(rows, rows["receiver"].eq(""))
    if pupils:
        yield Check(
            site_id=site, gate=_GATE, name="without_school", verdict="fail", pupils=pupils,
            value=pupils, unit="persons",
        )  # fmt: skip


def _by_band(
    site: str, rows: pd.DataFrame, limit: Standard, *, mode: str, names: Mapping[str, str]
) -> Check:
    """Hold the ways of one band against its limit."""
    beyond = _pupils(rows, rows["farther"])
    verdict = "fail" if beyond else "unknown" if rows["unknown"].any() else "pass"
    at = rows["after"].where(rows["farther"]) if beyond else rows["after"]
    worst = rows.iloc[int(at.fillna(-1).to_numpy().argmax())]
    more = {
        "of": f"{int(rows['pupils'].sum()):,}",
        "mode": Word(f"mode.{mode}"),
        "village": Village(str(worst["village_id"]), names.get(str(worst["village_id"]), "")),
        "to": Site(str(worst["receiver"])),
        "newly": f"{_pupils(rows, rows['farther'] & (rows['before'] <= rows['limit'])):,}",
        "unknown": _pupils(rows, rows["unknown"]),
    }
    return Check(
        site_id=site,
        gate=_GATE,
        name="way",
        verdict=verdict,
        pupils=beyond,
        band=str(worst["band"]),
        value=float(worst["after"]),
        before=float(worst["before"]),
        limit=limit.value,
        unit="minutes",
        standards=(limit,),
        more=more,
    )


def _remarks(site: str, rows: pd.DataFrame, limit: Standard) -> Iterator[Check]:
    """Count whom the gate does not fail for and who should be known all the same."""
    for name, column in (
        ("boards", "boards"),
        ("stays_beyond", "stays_beyond"),
        ("longer", "longer"),
        ("no_road", "no_road"),
    ):
        chosen = rows[rows[column]]
        if len(chosen):
            extra = (chosen["after"] - chosen["before"]) * chosen["pupils"]
            yield Check(
                site_id=site,
                gate=_GATE,
                name=name,
                verdict="pass",
                pupils=int(chosen["pupils"].sum()),
                band=str(chosen["band"].iloc[0]),
                value=float(extra.sum() / chosen["pupils"].sum()),
                limit=limit.value,
                unit="minutes",
                standards=(limit,),
            )


def _unsafe(site: str, rows: pd.DataFrame, names: Mapping[str, str]) -> Iterator[Check]:
    found = rows[rows["unsafe"]]
    if len(found):
        pairs = found[["village_id", "receiver"]].drop_duplicates()
        yield Check(
            site_id=site,
            gate=_GATE,
            name="unsafe",
            verdict="fail",
            pupils=int(found["pupils"].sum()),
            value=float(len(pairs)),
            unit="ways",
            more={"villages": tuple(
                    Village(v, names.get(v, "")) for v in dict.fromkeys(pairs["village_id"])
                ),
                  "to": tuple(Site(s) for s in dict.fromkeys(pairs["receiver"]))},
        )  # fmt: skip
    else:
        yield Check(site_id=site, gate=_GATE, name="seen", verdict="pass")


def _pupils(rows: pd.DataFrame, chosen: pd.Series) -> int:
    return int(rows.loc[chosen, "pupils"].sum())
