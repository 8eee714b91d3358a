"""Who sits where in a year and variant, with the catchments of the plan."""

import numpy as np
import pandas as pd

from layoutplan.demand.apportion import apportion_within
from layoutplan.plan import Plan
from layoutplan.tables import BANDS

_KEY = ["village_id", "band", "site_id", "mode"]


def catchments(plan: Plan) -> pd.DataFrame:
    """Give the catchments of a plan as shares of each village's pupils.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        Columns village_id, band, site_id, mode and share: of all the village's pupils of the
        band, those without a school among them.
    """
    sent = plan.assignment.groupby(_KEY, sort=True)["pupils"].sum().reset_index()
    demand = plan.demand
    village = demand.index.get_indexer(pd.Index(sent["village_id"]))
    band = demand.columns.get_indexer(pd.Index(sent["band"]))
    total = demand.to_numpy(dtype=float)[village, band]
    return sent.assign(share=sent["pupils"] / total).drop(columns="pupils")


def loads(shares: pd.DataFrame, pupils: pd.DataFrame) -> pd.DataFrame:
    """Sum the pupils of each site and band.

    Parameters
    ----------
    shares
        Catchments, as by `catchments`.
    pupils
        Pupils of a year, villages x bands.

    Returns
    -------
    pandas.DataFrame
        Sites x bands; shares of persons, as catchments are parted.

    Examples
    --------
    >>> shares = pd.DataFrame({"village_id": ["v"], "band": ["g13"], "site_id": ["s"],
    ...                        "mode": ["walk"], "share": [0.5]})
    >>> pupils = pd.DataFrame({"g13": [7], "g46": [0], "g79": [0]}, index=["v"])
    >>> float(loads(shares, pupils).loc["s", "g13"])
    3.5
    """
    village = pupils.index.get_indexer(pd.Index(shares["village_id"]))
    band = pupils.columns.get_indexer(pd.Index(shares["band"]))
    there = pupils.to_numpy(dtype=float)[village, band]
    sent = shares.assign(pupils=shares["share"] * there)
    table = sent.pivot_table(index="site_id", columns="band", values="pupils", aggfunc="sum")
    return table.reindex(columns=list(BANDS)).fillna(0.0)


def sent_to(shares: pd.DataFrame, pupils: pd.DataFrame) -> pd.DataFrame:
    """Send the whole pupils of a year as the catchments say.

    Parameters
    ----------
    shares
        Catchments, as by `catchments`.
    pupils
        Pupils of the year, villages x bands.

    Returns
    -------
    pandas.DataFrame
        An assignment: village_id, band, site_id, mode, pupils; the pupils of each village and
        band are whole and add up to the part of them that has a school.
    """
    order = shares.sort_values(_KEY, ignore_index=True)
    village = pupils.index.get_indexer(pd.Index(order["village_id"]))
    band = pupils.columns.get_indexer(pd.Index(order["band"]))
    key, groups = np.unique(village * len(BANDS) + band, return_inverse=True)
    there = pupils.to_numpy(dtype=float)[key // len(BANDS), key % len(BANDS)]
    served = np.bincount(groups, weights=order["share"].to_numpy(dtype=float))
    totals = np.rint(there * np.minimum(served, 1.0)).astype(np.int64)
    whole = apportion_within(
        order["share"].to_numpy(dtype=float), groups.astype(np.int64), totals,
        order=np.arange(len(order)),
    )  # fmt: skip
    sent = order.drop(columns="share").assign(pupils=whole)
    return sent[sent["pupils"] > 0].reset_index(drop=True)
