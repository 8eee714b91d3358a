"""What indicators are measured on: a plan's tables with townships and totals."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from layoutplan.plan import Plan
from layoutplan.standards import Standard
from layoutplan.tables import BANDS

OPEN: tuple[str, ...] = ("keep", "teaching_point", "expand", "new")
"""Actions after which a site is open."""


def township_ids(plan: Plan, *, also: Iterable[str] = ()) -> list[str]:
    """List the townships of the county.

    Parameters
    ----------
    plan
        The plan.
    also
        Further ids, such as the empty text for villages without a township.

    Returns
    -------
    list of str
        The ids in order; none where the county's tables name no townships.
    """
    ids = {str(i) for i in plan.county.townships.index}
    if not ids:
        ids = set(_townships(plan.county.villages)) | set(_townships(plan.decisions))
    ids -= {""}
    return sorted(ids | set(also)) if ids else []


def _townships(table: pd.DataFrame) -> pd.Series:
    """Townships by row; empty text where not known."""
    if "township_id" not in table:
        return pd.Series("", index=table.index, dtype="str")
    return table["township_id"].astype("str").fillna("")


def _of_village(plan: Plan, village_id: pd.Series) -> pd.Series:
    return village_id.map(_townships(plan.county.villages)).fillna("")


def travel_limits(plan: Plan) -> dict[str, Standard]:
    """Give the standard for the longest way of each band.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    dict of str to Standard
        Band to standard, one way, minutes.
    """
    return {band: plan.standards[f"travel_limit_minutes_{band}"] for band in BANDS}


def trips(plan: Plan) -> pd.DataFrame:
    """Give the ways to school, with the limit of each.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, site_id, pupils, minutes, mode, township_id (of the
        village), limit (minutes), known, within, beyond (all bool). A way that
        leads over no road is neither within nor beyond: it is not known.
    """
    table = plan.assignment
    minutes = table["minutes"].astype(float)
    limit = table["band"].map({b: s.value for b, s in travel_limits(plan).items()}).astype(float)
    known = pd.Series(np.isfinite(minutes), index=table.index)
    return table.assign(
        township_id=_of_village(plan, table["village_id"]),
        minutes=minutes,
        limit=limit,
        known=known,
        within=known & (minutes <= limit),
        beyond=known & (minutes > limit),
    )


def long_demand(plan: Plan) -> pd.DataFrame:
    """Give all pupils, one row per village and band.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, pupils (persons).
    """
    wide = plan.demand.rename_axis("village_id").reset_index()
    return wide.melt("village_id", list(BANDS), var_name="band", value_name="pupils")


def nearest_open(plan: Plan) -> pd.DataFrame:
    """Give all pupils with the way to the nearest open school that teaches them.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, pupils, township_id, minutes (infinite where there is
        none), limit, far (whether the nearest one is beyond the limit).
    """
    taught = plan.decisions["bands"].astype("str").str.split()
    parts = []
    for band, standard in travel_limits(plan).items():
        sites = taught.index[taught.map(lambda bands, band=band: band in bands)]
        ways = plan.times.table(band).reindex(columns=sites)
        nearest = ways.min(axis=1).fillna(np.inf)
        pupils = plan.demand[band]
        part = pd.DataFrame(
            {
                "village_id": pupils.index.astype("str"),
                "band": band,
                "pupils": pupils.to_numpy(),
                "minutes": nearest.reindex(pupils.index).to_numpy(dtype=float),
                "limit": standard.value,
            }
        )
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        township_id=_of_village(plan, table["village_id"]),
        far=table["minutes"] > table["limit"],
    )


def pupils_of_villages(plan: Plan) -> pd.DataFrame:
    """Give all pupils, with those who move and those without a school.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, township_id, pupils, moved, unserved (persons).
    """
    table = long_demand(plan)
    key = pd.MultiIndex.from_frame(table[["village_id", "band"]])

    def counted(rows: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        sums = rows.groupby(["village_id", "band"])["pupils"].sum()
        return sums.reindex(key, fill_value=0).to_numpy(dtype="int64")

    return table.assign(
        township_id=_of_village(plan, table["village_id"]),
        moved=counted(moves(plan)),
        unserved=counted(plan.unserved),
    )


def moves(plan: Plan) -> pd.DataFrame:
    """Give the pupils who go from one school to another, with how much longer they travel.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, from_site, to_site, pupils, township_id (of the village)
        and extra_minutes: the way to the new school minus that to the old one, one
        way; infinite or NaN where one of them is not known.
    """
    table = plan.moves
    # An empty id stands for no school: those pupils are counted as unserved, not as moved.
    table = table[table["from_site"].ne("") & table["to_site"].ne("")]
    table = table[table["from_site"] != table["to_site"]]
    extra = pd.Series(np.nan, index=table.index)
    for band, rows in table.groupby("band"):
        minutes = plan.times.array(str(band))
        village = plan.times.village_ids.get_indexer(pd.Index(rows["village_id"]))
        old, new = (
            plan.times.site_ids.get_indexer(pd.Index(rows[c])) for c in ("from_site", "to_site")
        )
        known = (village >= 0) & (old >= 0) & (new >= 0)
        with np.errstate(invalid="ignore"):
            change = minutes[village, new] - minutes[village, old]
        extra.loc[rows.index] = np.where(known, change, np.nan)
    return table.assign(township_id=_of_village(plan, table["village_id"]), extra_minutes=extra)


def sites(plan: Plan) -> pd.DataFrame:
    """Give what happens at each site, with totals over the bands.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        The decisions, with township_id (empty text where not known), pupils
        (of the plan) and pupils_today.
    """
    table = plan.decisions
    return table.assign(
        township_id=_townships(table),
        pupils=table[[f"after_{b}" for b in BANDS]].fillna(0).sum(axis=1),
        pupils_today=table[[f"before_{b}" for b in BANDS]].fillna(0).sum(axis=1),
    )


def open_schools(plan: Plan) -> pd.DataFrame:
    """Give the sites that are open, with what they are filled with.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        As `sites`, with overload (pupils beyond the places), filled_classes
        (classes there is room for, 0 without pupils), pupils_in_classes (0 where
        no classes are known) and class_size (persons; NaN without pupils or
        classes): pupils divided by the classes there is room for.
    """
    table = sites(plan)
    table = table[table["action"].isin(OPEN)]
    pupils, classes = table["pupils"].astype(float), table["classes"].fillna(0).astype(float)
    taught = (pupils > 0) & (classes > 0)
    return table.assign(
        overload=(pupils - table["places"].fillna(0)).clip(lower=0),
        filled_classes=classes.where(taught, 0.0),
        pupils_in_classes=pupils.where(taught, 0.0),
        class_size=(pupils / classes.where(taught)).where(taught),
    )
