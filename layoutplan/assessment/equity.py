"""Equity: how unevenly minutes and places are shared among pupils.

Minutes are those of the ways that are known. Places per pupil are those of the school
that pupils go to. Standing is the share of left-behind children in the village: where
it is large, pupils count as badly placed.
"""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.assessment.access import known_trips, without_way, worst_off_mean
from layoutplan.assessment.inequality import concentration_index, gini, palma, theil
from layoutplan.assessment.once import once
from layoutplan.assessment.rows import LeftOut, Row, grouped, ratio, without_number
from layoutplan.assessment.selections import (
    all_moves,
    has_today,
    homes,
    journeys,
    long_demand,
    nearest_open,
    of_village,
    sites,
    trips,
)
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD

FORMULAS: Final = ("gini", "palma", "theil", "concentration")
"""The numbers by which inequality is measured."""

_OF_SPREAD: Final = {"gini": gini, "palma": palma, "theil": theil}


def inequality(formula: str, *, of: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure of inequality among pupils.

    Parameters
    ----------
    formula
        One of `FORMULAS`; see `layoutplan.assessment.inequality`.
    of
        ``minutes`` of the way, ``places`` per pupil of the school, or ``enhanced``:
        places per pupil in reach, by the enhanced floating catchment.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        table = _shared(plan, of)
        if formula != "concentration":
            spread = _OF_SPREAD[formula]
            return grouped(plan, table, lambda t: spread(t[of], t["pupils"]), reason="no_spread")
        standing = _standing(plan)
        if standing is None:
            return without_number("no_left_behind")
        # Ranked by what is better: few left-behind children.
        table = table.assign(standing=-table["village_id"].map(standing).astype(float))
        table = table[table["standing"].notna()]
        return grouped(
            plan,
            table,
            lambda t: concentration_index(t[of], t["pupils"], standing=t["standing"]),
            reason="no_spread",
        )

    return measure


def left_out_of(formula: str, *, of: str) -> Callable[[Plan], Iterator[LeftOut]]:
    """Give the function that names what a measure of inequality leaves out.

    Parameters
    ----------
    formula
        One of `FORMULAS`.
    of
        As in `inequality`.

    Returns
    -------
    Callable
        From a plan to the villages and schools left out.
    """

    def leaves_out(plan: Plan) -> Iterator[LeftOut]:
        if of == "minutes":
            yield from without_way(plan)
        elif of == "places":
            table = sites(plan)
            used = table.index[(table["pupils"] > 0) & table["places"].isna()]
            yield LeftOut(table="schools", reason="no_places", ids=tuple(sorted(used)))
        standing = _standing(plan)
        if formula == "concentration":
            blank = homes(plan).index if standing is None else standing.index[standing.isna()]
            ids = tuple(sorted(blank.astype("str")))
            yield LeftOut(table="villages", reason="no_left_behind", ids=ids)

    return leaves_out


@once
def changes(plan: Plan) -> pd.DataFrame:
    """Give all pupils with a school, before and after, those who stay as well.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, site_today (empty text for no school), pupils, township_id,
        before, after and extra_minutes (one way; infinite or NaN where a way is not
        known, or there was no school before, and for those who newly board), boards, and
        pupil_extra: extra_minutes times pupils.
    """
    moved = all_moves(plan)
    moved = moved[moved["to_site"] != ""].rename(columns={"from_site": "site_today"})
    stay = journeys(plan)
    stay = stay[stay["from_site"] == stay["site_id"]].rename(columns={"from_site": "site_today"})
    minutes = stay["minutes"].astype(float)
    stay = stay.assign(
        township_id=of_village(plan, stay["village_id"]),
        before=minutes,
        after=minutes,
        boards=stay["mode"].eq(BOARD),
        extra_minutes=np.where(np.isfinite(minutes), 0.0, np.nan),
    )
    names = ["village_id", "band", "site_today", "pupils", "township_id"]
    names += ["before", "after", "boards", "extra_minutes"]
    parts = [part[names] for part in (stay, moved) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else stay[names]
    extra = table["extra_minutes"].astype(float)
    return table.assign(extra_minutes=extra, pupil_extra=extra * table["pupils"])


def known_changes(plan: Plan) -> pd.DataFrame:
    """Give the changes whose ways before and after are known.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        As `changes`.
    """
    table = changes(plan)
    known = np.isfinite(table["extra_minutes"].to_numpy(dtype=float))
    found: pd.DataFrame = table[known]
    return found


def extra_mean(plan: Plan) -> Iterator[Row]:
    """Measure how much longer pupils travel than today, on the mean of all pupils.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    if not has_today(plan):
        return without_number("no_today")
    return grouped(plan, known_changes(plan), ratio("pupil_extra", "pupils"))


def extra_worst_tenth(plan: Plan) -> Iterator[Row]:
    """Measure how much longer the tenth of pupils travels whose way grows most.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    if not has_today(plan):
        return without_number("no_today")
    return grouped(
        plan, known_changes(plan), lambda t: worst_off_mean(t["extra_minutes"], t["pupils"])
    )


def without_change(plan: Plan) -> Iterator[LeftOut]:
    """Name the villages of pupils whose way before or after is not known.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    LeftOut
        The villages.
    """
    if not has_today(plan):
        ids = tuple(sorted(homes(plan).index.astype("str")))
        yield LeftOut(table="villages", reason="no_today", ids=ids)
        return
    table = changes(plan)
    unknown = ~np.isfinite(table["extra_minutes"]) & ~table["boards"].astype(bool)
    ids = tuple(sorted(set(table.loc[unknown, "village_id"])))
    yield LeftOut(table="villages", reason="no_way_today", ids=ids)


def _shared(plan: Plan, of: str) -> pd.DataFrame:
    if of == "minutes":
        return known_trips(plan)
    if of == "enhanced":
        return nearest_open(plan)
    schools = sites(plan)
    full = schools["places"].astype(float) / schools["pupils"].where(schools["pupils"] > 0)
    table = trips(plan)
    table = table.assign(places=table["site_id"].map(full).astype(float))
    return table[table["places"].notna() & (table["pupils"] > 0)]


def _standing(plan: Plan) -> pd.Series | None:
    """Give the share of left-behind children by village; None where nobody counted them."""
    villages = homes(plan)
    if "left_behind" not in villages or villages["left_behind"].isna().all():
        return None
    pupils = long_demand(plan).groupby("village_id")["pupils"].sum().reindex(villages.index)
    share = villages["left_behind"].astype(float) / pupils.where(pupils > 0)
    return share.clip(upper=1.0)
