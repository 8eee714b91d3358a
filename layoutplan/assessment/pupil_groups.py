"""Groups of pupils apart: left behind, boarding, with special needs, remote.

How many pupils of a village belong to a group is counted for all grades together, or
not at all. Their numbers are therefore shared out over the bands and schools of the
village in proportion to its pupils: sums are right, single rows are estimates.
"""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.assessment.access import without_way
from layoutplan.assessment.equity import changes, known_changes, without_change
from layoutplan.assessment.once import once
from layoutplan.assessment.rows import LeftOut, Row, grouped, held_to, ratio, total, without_number
from layoutplan.assessment.selections import has_today, homes, long_demand, trips
from layoutplan.plan import Plan

GROUPS: Final = ("left_behind", "boarders", "special_need", "remote")
"""The groups that are looked at apart."""

MEASURES: Final = ("pupils", "travel_mean", "travel_within", "extra_mean")
"""What is measured of each group."""

_LAST = ("g13",)
"""Bands that board only where there are more boarders than older pupils: grades 1-3 do
not board (国办发〔2018〕27号)."""

_JUNIOR = "g79"


def of_group(group: str, measure: str) -> Callable[[Plan], Iterator[Row]]:
    """Give a measure of one group of pupils.

    Parameters
    ----------
    group
        One of `GROUPS`.
    measure
        ``pupils`` of the group who have a school, ``travel_mean`` (minutes),
        ``travel_within`` (share within the limit of their band) or ``extra_mean``
        (minutes more than today).

    Returns
    -------
    Callable
        The measure.
    """
    number, of = {
        "pupils": (total("members"), "trips"),
        "travel_mean": (ratio("member_minutes", "members"), "known"),
        "travel_within": (ratio("members_within", "members"), "trips"),
        "extra_mean": (ratio("member_minutes", "members"), "changes"),
    }[measure]

    def measured(plan: Plan) -> Iterator[Row]:
        if of == "changes" and not has_today(plan):
            return without_number("no_today")
        if shares(plan)[group].isna().all():
            return without_number(f"no_{group}")
        rows = grouped(plan, _weighed(plan, group, of), number)
        standards = (plan.standards["remote_minutes"],) if group == "remote" else ()
        return held_to(rows, *standards)

    return measured


def left_out_of(group: str, measure: str) -> Callable[[Plan], Iterator[LeftOut]]:
    """Give the function that names the villages a measure of a group leaves out.

    Parameters
    ----------
    group
        One of `GROUPS`.
    measure
        One of `MEASURES`.

    Returns
    -------
    Callable
        From a plan to the villages left out.
    """

    def leaves_out(plan: Plan) -> Iterator[LeftOut]:
        unknown = shares(plan)[group].isna()
        ids = unknown.index[unknown].get_level_values("village_id").unique()
        yield LeftOut(table="villages", reason=f"no_{group}", ids=tuple(sorted(ids)))
        if measure == "travel_mean":
            yield from without_way(plan)
        elif measure == "extra_mean":
            yield from without_change(plan)

    return leaves_out


@once
def shares(plan: Plan) -> pd.DataFrame:
    """Give the share of each group in the pupils of every village and band.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        Indexed by village_id and band, for those with pupils: one column per group with
        shares from 0 to 1, NaN where nobody counted. Counts of the villages table are
        used first; boarders and special needs of the schools table where it has none,
        for the schools that pupils go to today.
    """
    pupils = long_demand(plan).set_index(["village_id", "band"])["pupils"].sort_index()
    pupils = pupils[pupils > 0].astype(float)
    villages = homes(plan)
    found = {}
    for group in GROUPS[:-1]:
        if group in villages and villages[group].notna().any():
            last = _LAST if group == "boarders" else ()
            found[group] = _of_counts(villages[group].astype(float), pupils, last=last)
        else:
            found[group] = _of_schools(plan, group, pupils)
    found["remote"] = _remote(plan, pupils)
    return pd.DataFrame(found, index=pupils.index)


def _of_counts(counts: pd.Series, pupils: pd.Series, *, last: tuple[str, ...]) -> pd.Series:
    """Share counts out over the bands of each village; the last bands only get the rest."""
    village, band = (pupils.index.get_level_values(k) for k in ("village_id", "band"))
    left = pd.Series(counts.reindex(village).to_numpy(), index=pupils.index)
    share = pd.Series(0.0, index=pupils.index)
    for turn in (~band.isin(list(last)), band.isin(list(last))):
        able = pupils.where(turn, 0.0).groupby(village).transform("sum")
        part = (left / able.where(able > 0)).clip(upper=1.0).fillna(0.0)
        share = share.mask(turn, part)
        left = (left - able).clip(lower=0)
    return share.where(left.notna())


def _of_schools(plan: Plan, group: str, pupils: pd.Series) -> pd.Series:
    """Share of a group at the schools that pupils go to today."""
    nobody = pd.Series(np.nan, index=pupils.index)
    schools = plan.county.schools
    if group not in schools or schools[group].isna().all():
        return nobody
    today = changes(plan)
    enrolled = today.groupby("site_today")["pupils"].sum()
    share = (schools[group].astype(float) / enrolled.reindex(schools.index)).clip(upper=1.0)
    known = today.assign(share=today["site_today"].map(share).astype(float))
    known = known[known["share"].notna()]
    known = known.assign(members=known["share"] * known["pupils"])
    sums = known.groupby(["village_id", "band"])[["members", "pupils"]].sum()
    return (sums["members"] / sums["pupils"]).reindex(pupils.index)


def _remote(plan: Plan, pupils: pd.Series) -> pd.Series:
    """1 for villages from which the nearest junior school of today is far, else 0."""
    bands = plan.bands_today
    teaches = bands.map(lambda text: _JUNIOR in text.split()).to_numpy(dtype=bool)
    site = plan.times.site_ids.get_indexer(bands.index[teaches])
    village = plan.times.village_ids.get_indexer(pupils.index.get_level_values("village_id"))
    site = site[site >= 0]
    if not len(site):
        return pd.Series(np.nan, index=pupils.index)
    nearest = plan.times.array(_JUNIOR)[:, site].min(axis=1)
    far = nearest[village] > plan.standards.value("remote_minutes")
    return pd.Series(np.where(village >= 0, far, np.nan), index=pupils.index)


def _weighed(plan: Plan, group: str, of: str) -> pd.DataFrame:
    """Ways to school, or changes of them, with the members of a group among the pupils."""
    table = known_changes(plan) if of == "changes" else trips(plan)
    if of == "known":
        table = table[table["known"] & ~table["boards"]]
    key = pd.MultiIndex.from_frame(table[["village_id", "band"]])
    members = table["pupils"] * shares(plan)[group].reindex(key).fillna(0.0).to_numpy(dtype=float)
    minutes = table["extra_minutes" if of == "changes" else "minutes"].astype(float)
    table = table.assign(members=members, member_minutes=minutes * members)
    if of == "trips":
        table = table.assign(members_within=members.where(table["within"], 0.0))
    return table
