"""A county with the pupils of another year."""

from dataclasses import replace

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.demand.apportion import apportion_within
from layoutplan.tables import BANDS

_WITH_PUPILS = ("left_behind", "boarders", "special_need")
"""Groups of a village's pupils, which grow and shrink with them."""


def county_with_pupils(
    county: County, pupils: pd.DataFrame, *, today: pd.DataFrame, year: int
) -> County:
    """Give a county other pupils, and scale the flows with them.

    Parameters
    ----------
    county
        The county.
    pupils
        Whole persons, villages x bands.
    today
        The pupils that the county's flows belong to, villages x bands.
    year
        The school year of the pupils.

    Returns
    -------
    County
        The county of that year.
    """
    villages = county.villages
    ids = villages.index
    now, before = pupils.reindex(ids), today.reindex(ids)
    villages = villages.assign(**{f"pupils_{b}": now[b].to_numpy() for b in BANDS})
    total, old = now.sum(axis=1), before.sum(axis=1)
    ratio = total.to_numpy(dtype=float) / np.maximum(old.to_numpy(dtype=float), 1.0)
    if "pupils" in villages:
        villages["pupils"] = total.to_numpy(dtype=float)
    for name in _WITH_PUPILS:
        if name in villages:
            group = villages[name].to_numpy(dtype=float) * ratio
            villages[name] = np.minimum(np.rint(group), total.to_numpy(dtype=float))
    tables = {**county.tables, "villages": villages}
    if "flows" in tables:
        tables["flows"] = _scaled_flows(county.flows, now, before)
    return replace(county, tables=tables, year=year)


def _scaled_flows(flows: pd.DataFrame, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Scale the flows of each village by band, in whole persons.

    Where all pupils of a village were observed today, all are in the flows again.
    """
    village = now.index.get_indexer(pd.Index(flows["village_id"]))
    rank = np.argsort(np.argsort(flows["school_id"].astype("str").to_numpy(), kind="stable"))
    scaled = flows.copy()
    for band in BANDS:
        name = f"pupils_{band}"
        if name not in flows:
            continue
        shares = flows[name].fillna(0).to_numpy(dtype=float)
        seen = np.bincount(village, weights=shares, minlength=len(now))
        old = before[band].to_numpy(dtype=float)
        part = np.divide(seen, old, out=np.zeros(len(now)), where=old > 0).clip(max=1.0)
        totals = np.rint(now[band].to_numpy(dtype=float) * part).astype(np.int64)
        scaled[name] = apportion_within(shares, village, totals, order=rank)
    return scaled
