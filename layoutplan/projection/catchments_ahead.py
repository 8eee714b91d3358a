"""Pupils of later years at the schools of a plan, in whole persons."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.demand.apportion import apportion_within
from layoutplan.projection.grades import GRADES_OF_BAND
from layoutplan.projection.noun import Projection
from layoutplan.projection.pull import chosen_schools
from layoutplan.tables import BANDS

if TYPE_CHECKING:
    from layoutplan.plan import Plan

NOWHERE = ""
"""Stands for the school of pupils who have none in the plan."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Catchments:
    """How the pupils of each village and band are shared among the schools of a plan.

    Parameters
    ----------
    sites
        The schools, and an empty text last for pupils without one.
    cell
        Village and band of each row: village x 3 + band, shape (n,).
    site
        The position of the school of each row, shape (n,).
    share
        Pupils of today, by whom those of later years are shared, shape (n,).
    villages
        The villages, in the order of the projection.
    borrowed
        Villages and bands without pupils in the plan; they follow their township.
    chosen
        Whether families choose by Huff's rule, as nobody has counted who goes where.
    """

    sites: tuple[str, ...]
    cell: NDArray[np.int64]
    site: NDArray[np.int64]
    share: NDArray[np.float64]
    villages: pd.Index
    borrowed: tuple[str, ...]
    chosen: bool = False


def families_choose(plan: "Plan", projection: Projection) -> Catchments:
    """Share pupils by Huff's rule, where nobody has counted who goes where.

    Parameters
    ----------
    plan
        The plan.
    projection
        The projection, of the same villages.

    Returns
    -------
    Catchments
        The shares.
    """
    villages = projection.village_ids
    rows = chosen_schools(plan, villages, numbers=projection.standards)
    lost = np.setdiff1d(np.arange(len(villages) * len(BANDS)), rows["cell"])
    nowhere = pd.DataFrame({"cell": lost, "site_id": NOWHERE, "pupils": 1.0})
    rows = pd.concat([t for t in (rows, nowhere) if len(t)])
    sites = (*plan.decisions.index.astype("str"), NOWHERE)
    return Catchments(
        sites=sites,
        cell=rows["cell"].to_numpy(dtype=np.int64),
        site=pd.Index(sites).get_indexer(pd.Index(rows["site_id"])),
        share=rows["pupils"].to_numpy(dtype=float),
        villages=villages,
        borrowed=(),
        chosen=True,
    )


def catchments_of(plan: "Plan", projection: Projection) -> Catchments:
    """Read from a plan who goes where.

    Villages without pupils of a band today follow those of their township, and where it
    has none, those of the county.

    Parameters
    ----------
    plan
        The plan.
    projection
        The projection, of the same villages.

    Returns
    -------
    Catchments
        The shares.
    """
    villages = projection.village_ids
    columns = ["village_id", "band", "site_id", "pupils"]
    unserved = plan.unserved.assign(site_id=NOWHERE)
    parts = [t[columns] for t in (plan.assignment, unserved) if len(t)]
    rows = pd.concat(parts) if parts else plan.assignment[columns]
    keys = ["village_id", "band", "site_id"]
    rows = pd.DataFrame(rows.groupby(keys)["pupils"].sum().reset_index())
    rows = rows[rows["pupils"] > 0]
    at = villages.get_indexer(pd.Index(rows["village_id"]))
    cell = at * len(BANDS) + rows["band"].map(BANDS.index).to_numpy(dtype=np.int64)
    missing = np.setdiff1d(np.arange(len(villages) * len(BANDS)), cell)
    more = _borrowed(rows, missing, plan, villages)
    sites = (*plan.decisions.index.astype("str"), NOWHERE)
    place = pd.Index(sites)
    names = pd.concat([rows["site_id"], more["site_id"]])
    labels = [f"{villages[c // len(BANDS)]} {BANDS[c % len(BANDS)]}" for c in missing]
    return Catchments(
        sites=sites,
        cell=np.concatenate([cell, more["cell"].to_numpy(dtype=np.int64)]),
        site=place.get_indexer(pd.Index(names)),
        share=np.concatenate([rows["pupils"], more["pupils"]]).astype(float),
        villages=villages,
        borrowed=tuple(labels),
    )


def _borrowed(
    rows: pd.DataFrame, missing: NDArray[np.int64], plan: "Plan", villages: pd.Index
) -> pd.DataFrame:
    """Give villages without pupils of a band the shares of their township or the county."""
    table = plan.county.villages
    none = pd.Series("", index=table.index)
    township = table.get("township_id", none).fillna("").astype("str")
    served = rows[rows["site_id"] != NOWHERE]
    served = served.assign(township=township.reindex(served["village_id"]).to_numpy())
    near = served.groupby(["township", "band", "site_id"], as_index=False)["pupils"].sum()
    wide = served.groupby(["band", "site_id"], as_index=False)["pupils"].sum()
    want = pd.DataFrame(
        {
            "cell": missing,
            "band": [BANDS[c % len(BANDS)] for c in missing],
            "township": township.reindex(villages[missing // len(BANDS)]).to_numpy(dtype=str),
        }
    ).astype({"band": "str"})
    found = want.merge(near, on=["township", "band"])
    rest = want[~want["cell"].isin(found["cell"])].merge(wide, on="band")
    lost = want[~want["cell"].isin([*found["cell"], *rest["cell"]])]
    nowhere = lost.assign(site_id=NOWHERE, pupils=1)
    columns = ["cell", "site_id", "pupils"]
    parts = [t[columns] for t in (found, rest, nowhere) if len(t)]
    return pd.concat(parts) if parts else found[columns]


def pupils_at_schools(projection: Projection, catchments: Catchments) -> NDArray[np.int64]:
    """Send the pupils of every year to the schools of a plan, in whole persons.

    Parameters
    ----------
    projection
        The projection.
    catchments
        Who goes where.

    Returns
    -------
    numpy.ndarray
        Pupils, variants x years x schools (the last one: none) x bands; those of a year
        sum to the pupils of the projection.
    """
    bands = len(BANDS)
    variants, years, villages, _ = projection.counts.shape
    width = len(GRADES_OF_BAND[BANDS[0]])
    by_band = projection.counts.reshape(variants, years, villages, bands, width).sum(axis=4)
    cells = villages * bands
    found = np.empty((variants, years, len(catchments.sites), bands), dtype=np.int64)
    # All years of a variant at once, each with groups of its own.
    groups = (np.arange(years)[:, None] * cells + catchments.cell).ravel()
    share = np.tile(catchments.share, years)
    order = np.tile(catchments.site, years)
    to = (
        np.arange(years)[:, None] * len(catchments.sites) + catchments.site
    ) * bands + catchments.cell % bands
    for v in range(variants):
        totals = by_band[v].reshape(-1).astype(np.int64)
        sent = apportion_within(share, groups, totals, order=order)
        size = years * len(catchments.sites) * bands
        at = np.bincount(to.ravel(), weights=sent, minlength=size)
        found[v] = at.reshape(found.shape[1:]).astype(np.int64)
    return found
