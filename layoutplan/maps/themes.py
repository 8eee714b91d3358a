"""How villages are coloured: the class of each village under each theme."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.assessment.once import once
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD
from layoutplan.tables import BANDS

LIMIT_SHARES: Final = (1 / 3, 2 / 3, 1.0, 1.5)
"""Where classes of minutes end, as shares of the limit of the band."""

NO_SCHOOL: Final = len(LIMIT_SHARES) + 1
"""The class of a village with pupils who have no school or no known way."""

MOVED_FROM: Final = (1, 10, 30, 100)
"""Where classes of pupils moved begin; below the first nobody moves."""

CHANGE_FROM: Final = (-10.0, -2.0, 2.0, 10.0, 20.0)
"""Where classes of the change of minutes begin; the first class has no beginning."""

ALL_BOARD: Final = NO_SCHOOL + 1
"""The class of a village whose pupils all board."""

NOBODY: Final = -1
"""The class of a village without pupils of the theme."""


def limits(plan: Plan) -> dict[str, float]:
    """Give the limit of travel minutes for each grade band.

    Parameters
    ----------
    plan
        The plan, whose standards hold.

    Returns
    -------
    dict
        Band to minutes.
    """
    return {b: plan.standards.value(f"travel_limit_minutes_{b}") for b in BANDS}


def minute_classes(plan: Plan, *, band: str) -> pd.Series:
    """Class the villages by the mean way of their pupils in one band.

    Parameters
    ----------
    plan
        The plan.
    band
        The grade band.

    Returns
    -------
    pandas.Series
        By village: 0 to 2 within the limit, 3 up to one and a half limits, 4 beyond,
        5 where pupils have no school or no known way, 6 where all board, -1 where there
        are no pupils.
    """
    mean = mean_minutes(plan, bands=(band,))
    ends = np.array(LIMIT_SHARES) * limits(plan)[band]
    # Rounded, so that a mean of equal ways is not above their common value.
    reached = np.searchsorted(ends, mean.round(6).to_numpy(dtype=float))
    classes = pd.Series(reached, index=mean.index).where(mean.notna(), NOBODY)
    lost = plan.unserved.query("band == @band and pupils > 0")["village_id"]
    ways = plan.assignment.query("band == @band and pupils > 0")
    unknown = ways.loc[~np.isfinite(ways["minutes"].astype(float)), "village_id"]
    lodged = classes.index.isin(ways.loc[ways["mode"] == BOARD, "village_id"]) & mean.isna()
    classes = classes.mask(lodged, ALL_BOARD)
    return classes.mask(classes.index.isin([*lost, *unknown]), NO_SCHOOL).astype(int)


def share_classes(plan: Plan) -> pd.Series:
    """Class the villages by the mean way of all their pupils, as a share of the limit.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.Series
        By village: the classes of `minute_classes`; each pupil's minutes are held against
        the limit of the own band.
    """
    rows = plan.assignment.query("pupils > 0")
    minutes = rows["minutes"].astype(float)
    known = np.isfinite(minutes)
    daily = rows["mode"].ne(BOARD)
    within = rows["band"].astype("str").map(limits(plan)).astype(float)
    shares = (minutes / within * rows["pupils"])[known & daily]
    village = rows["village_id"]
    sums = shares.groupby(village[known & daily]).sum()
    mean = sums / rows["pupils"][known & daily].groupby(village[known & daily]).sum()
    mean = mean.reindex(plan.county.villages.index)
    # Rounded, so that a mean of equal shares is not above their common value.
    reached = np.searchsorted(np.array(LIMIT_SHARES) + 1e-9, mean.round(9).to_numpy(dtype=float))
    classes = pd.Series(reached, index=mean.index).where(mean.notna(), NOBODY)
    classes = classes.mask(mean.isna() & mean.index.isin(village[~daily]), ALL_BOARD)
    lost = [*plan.unserved.query("pupils > 0")["village_id"], *village[~known]]
    return classes.mask(classes.index.isin(lost), NO_SCHOOL).astype(int)


@once
def moves(plan: Plan) -> pd.DataFrame:
    """Give the pupils who go from one school to another.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        The plan's moves, without those from or to no school.
    """
    table = plan.moves
    between = table["from_site"].ne("") & table["to_site"].ne("")
    return table[between & table["from_site"].ne(table["to_site"]) & table["pupils"].gt(0)]


def pupils_moved(plan: Plan) -> pd.Series:
    """Count the pupils of each village who change school.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.Series
        Pupils by village.
    """
    moved = moves(plan).groupby("village_id", observed=True)["pupils"].sum()
    return moved.reindex(plan.county.villages.index, fill_value=0).astype(int)


def moved_classes(plan: Plan) -> pd.Series:
    """Class the villages by pupils who change school.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.Series
        By village: the number of entries of `MOVED_FROM` that are reached, -1 where
        there are no pupils.
    """
    moved = pupils_moved(plan)
    classes = pd.Series(np.searchsorted(MOVED_FROM, moved, side="right"), index=moved.index)
    pupils = plan.demand.sum(axis=1).reindex(moved.index, fill_value=0)
    return classes.where(pupils > 0, NOBODY)


def mean_minutes(plan: Plan, *, bands: Sequence[str] = BANDS) -> pd.Series:
    """Give the mean way of each village's pupils who travel daily.

    Parameters
    ----------
    plan
        The plan.
    bands
        The grade bands that count.

    Returns
    -------
    pandas.Series
        Minutes by village; missing where no pupil has a school that is reached daily.
    """
    rows = plan.assignment
    minutes = rows["minutes"].astype(float)
    daily = rows["mode"].ne(BOARD) & np.isfinite(minutes)
    rows = rows[rows["band"].isin(bands) & daily & rows["pupils"].gt(0)]
    way = (rows["minutes"] * rows["pupils"]).groupby(rows["village_id"]).sum()
    pupils = rows["pupils"].groupby(rows["village_id"]).sum()
    return (way / pupils).reindex(plan.county.villages.index)


def change_classes(plan: Plan, first: Plan) -> pd.Series:
    """Class the villages by how much longer the mean way gets.

    Parameters
    ----------
    plan
        The plan.
    first
        What it is compared with.

    Returns
    -------
    pandas.Series
        By village: the number of entries of `CHANGE_FROM` that are reached, -1 where
        there is nothing to compare.
    """
    change = mean_minutes(plan) - mean_minutes(first)
    # Rounded, so that noise of floating numbers cannot move a village to another class.
    reached = np.searchsorted(CHANGE_FROM, change.fillna(0).round(6), side="right")
    return pd.Series(reached, index=change.index).where(change.notna(), NOBODY)
