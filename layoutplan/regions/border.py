"""Border truth: villages whose nearest school lies across the county line."""

import geopandas as gpd
import numpy as np
import pandas as pd

from layoutplan.tables import BANDS, BANDS_OF_KIND
from layoutplan.travel import TravelTimes

ACROSS = (
    "village_id",
    "band",
    "pupils",
    "own_school",
    "minutes_own",
    "to_county",
    "their_school",
    "minutes_across",
)
"""The columns of the villages that are nearer to a school across the line."""

PAIRS = (
    "from_county",
    "to_county",
    "band",
    "pupils",
    "pupils_without_own",
    "minutes_own",
    "minutes_across",
    "minutes_less",
)
"""The columns of the pairs of counties."""


def nearer_across(
    times: TravelTimes,
    pupils: pd.DataFrame,
    *,
    own: pd.Series,
    theirs: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """List villages that have a nearer school across the county line than within it.

    Parameters
    ----------
    times
        Minutes from the county's villages to its own schools and to those of neighbours.
    pupils
        Whole persons, villages x bands.
    own
        Kind of each own school by id.
    theirs
        Schools of neighbours, indexed by id, with ``kind`` and ``county_code``.

    Returns
    -------
    pandas.DataFrame
        The columns of `ACROSS`, minutes one way; ``minutes_own`` is infinite where no own
        school can be reached. Villages without pupils of a band are left out.
    """
    found = []
    sites = pd.Index(times.site_ids.astype("str"))
    order = np.argsort(sites.to_numpy(dtype=str), kind="stable")
    for band in BANDS:
        minutes = times.array(band)[:, order]
        ids = sites[order]
        mine = ids.isin([s for s, kind in own.items() if band in BANDS_OF_KIND[kind]])
        kinds = theirs["kind"]
        there = ids.isin([s for s, kind in kinds.items() if band in BANDS_OF_KIND[kind]])
        if not there.any() or not len(minutes):
            continue
        near, at = _nearest(minutes, mine)
        far, across = _nearest(minutes, there)
        counted = pupils[band].reindex(times.village_ids).fillna(0).to_numpy(dtype=np.int64)
        rows = (far < near) & (counted > 0)
        school = ids[across[rows]]
        found.append(
            pd.DataFrame(
                {
                    "village_id": times.village_ids[rows].astype("str"),
                    "band": band,
                    "pupils": counted[rows],
                    "own_school": np.where(np.isfinite(near[rows]), ids[at[rows]], ""),
                    "minutes_own": near[rows],
                    "to_county": theirs["county_code"].reindex(school).to_numpy(),
                    "their_school": school,
                    "minutes_across": far[rows],
                }
            )
        )
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(ACROSS))
    return table.sort_values(["village_id", "band"], ignore_index=True)


def by_pair(across: pd.DataFrame) -> pd.DataFrame:
    """Count pupils and minutes by pair of counties.

    Parameters
    ----------
    across
        The villages of all counties, with a column ``from_county`` beside `ACROSS`.

    Returns
    -------
    pandas.DataFrame
        The columns of `PAIRS`. Minutes are pupil-minutes one way, of pupils who can reach a
        school of their own county; the others are counted in ``pupils_without_own``.

    Examples
    --------
    >>> rows = [("a", "v", "g13", 10, "s", 40.0, "b", "t", 15.0)]
    >>> by_pair(pd.DataFrame(rows, columns=["from_county", *ACROSS]))["minutes_less"].tolist()
    [250.0]
    """
    if not len(across):
        return pd.DataFrame({c: pd.Series(dtype="float64") for c in PAIRS}).astype(
            {"from_county": "str", "to_county": "str", "band": "str"}
        )
    table = across.copy()
    reached = np.isfinite(table["minutes_own"].astype(float))
    table["pupils_without_own"] = table["pupils"].where(~reached, 0)
    for name in ("minutes_own", "minutes_across"):
        table[name] = (table[name].astype(float) * table["pupils"]).where(reached, 0.0)
    by = ["from_county", "to_county", "band"]
    sums = ["pupils", "pupils_without_own", "minutes_own", "minutes_across"]
    pairs = table.groupby(by, sort=True)[sums].sum().reset_index()
    pairs["minutes_less"] = pairs["minutes_own"] - pairs["minutes_across"]
    return pairs[list(PAIRS)]


def _nearest(minutes: np.ndarray, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the least minutes over some sites, and which site; the first of equals."""
    held = np.where(sites[None, :], minutes, np.inf)
    at = held.argmin(axis=1)
    return held[np.arange(len(held)), at], at
