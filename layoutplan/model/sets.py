"""The sets and numbers of the model: groups of pupils, sites, and pairs of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from layoutplan.measures import Options
from layoutplan.standards import Standards
from layoutplan.tables import BANDS


@dataclass(frozen=True, eq=False, kw_only=True)
class Sets:
    """What the model speaks about.

    Parameters
    ----------
    groups
        Pupils of one village and band who can reach a school: village_id, band,
        pupils; sorted.
    sites
        Indexed by site_id, sorted: capacities, costs and locks of each site.
    pairs
        Group and site (row numbers of the two tables above), band, minutes,
        over (beyond the limit), today (pupils who go there now), come (whether
        pupils may be newly sent there), nearest (minutes to the nearest school that
        is open today), nearest_over (beyond the limit), chosen (whether the pupils
        were observed to go there), pushed (whether sending pupils there takes them
        beyond the limit who have a school within it today).
    townships
        Townships that must keep a school with grades 7-9; row number per name.
    prices
        Yuan a year: minute, over_limit, moved, overload, unserved, township.
    budget_yuan
        Capital that may be spent; infinite where there is no limit.
    schools_max
        Sites that may be open; infinite where there is no limit.
    capital_life_years
        Years over which capital is spread.
    """

    groups: pd.DataFrame
    sites: pd.DataFrame
    pairs: pd.DataFrame
    townships: pd.Index
    prices: Mapping[str, float]
    budget_yuan: float
    schools_max: float
    capital_life_years: float


def prices(options: Options, standards: Standards) -> dict[str, float]:
    """Give the prices that hold: those of the options, else of the standards.

    Parameters
    ----------
    options
        The options.
    standards
        The standards.

    Returns
    -------
    dict
        Yuan a year by name.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> prices(Options(prices={"moved": 500}), standards())["moved"]
    500.0
    """
    keys = {
        "minute": "price_yuan_per_minute",
        "over_limit": "price_yuan_over_limit",
        "pushed": "price_yuan_pushed_beyond",
        "moved": "price_yuan_moved",
        "overload": "price_yuan_overload",
        "unserved": "price_yuan_unserved",
    }
    known = {name: standards.value(key) for name, key in keys.items()}
    known |= {name: float(value) for name, value in options.prices.items()}
    return known | {"township": standards.value("price_yuan_township_without_junior")}


def make_sets(
    *,
    demand: pd.DataFrame,
    minutes: Mapping[str, pd.DataFrame],
    measures: pd.DataFrame,
    places: pd.DataFrame,
    today: pd.DataFrame,
    observed: pd.DataFrame | None = None,
    standards: Standards,
    options: Options,
) -> Sets:
    """Put together the sets of the model.

    A pair of pupils and site is in the model where the way is within the limit
    of the band, where the pupils go today, and where the site is one of the three
    nearest schools of today that are not to be closed. Pupils without a school within
    the limit today may besides be sent up to twice as far as to the nearest one.
    Pupils who have a school within the limit today and are newly sent beyond it count
    as pushed, at a price that makes it a last resort. None of this depends on the
    candidates, so that a further candidate can only help.

    Parameters
    ----------
    demand
        Pupils, villages x bands.
    minutes
        Travel minutes per band, villages x sites.
    measures
        What may be done at each site (`layoutplan.measures.site_measures`).
    places
        Kind, candidate and township_id of each site, indexed by site_id.
    today
        The present assignment: village_id, band, site_id, pupils.
    observed
        The part of it that was observed and not computed: pupils who were seen to
        go to a farther school have chosen it.
    standards
        Limits and prices.
    options
        What is asked.

    Returns
    -------
    Sets
        The sets.
    """
    sites = _sites(measures, places, options)
    groups, pairs = _pairs(
        demand, minutes, sites, today=today, observed=observed, standards=standards
    )
    junior = sites[sites["bands"].map(lambda b: "g79" in b.split())]
    now = junior[~junior["candidate"] & junior["township_id"].notna()]
    return Sets(
        groups=groups,
        sites=sites,
        pairs=pairs,
        townships=pd.Index(sorted(now["township_id"].unique())),
        prices=prices(options, standards),
        budget_yuan=np.inf if options.budget_yuan is None else float(options.budget_yuan),
        schools_max=np.inf if options.schools_max is None else float(options.schools_max),
        capital_life_years=standards.value("capital_life_years"),
    )


def _sites(measures: pd.DataFrame, places: pd.DataFrame, options: Options) -> pd.DataFrame:
    allowed = measures[measures["allowed"].astype(bool)]
    by = {m: rows.set_index("site_id") for m, rows in allowed.groupby("measure")}
    names = sorted(set(measures["site_id"]))
    some = pd.concat([by[m] for m in ("keep", "new") if m in by] or [measures.iloc[:0]])
    every = measures[measures["measure"].isin(["keep", "new"])].set_index("site_id")
    full = every.reindex(names)
    nothing = pd.Series(dtype=float)
    extra = by["expand"]["extra_classes_max"] if "expand" in by else nothing
    new_extra = by["new"]["extra_classes_max"] if "new" in by else nothing
    small = by.get("teaching_point")
    empty = {s for m in ("close", "unused") if m in by for s in by[m].index}
    sites = full[["bands", "places", "class_places", "class_yuan", "capital_yuan", "annual_yuan"]]
    sites = sites.join(places[["kind", "candidate", "township_id"]])
    opened = pd.Index(names).isin(some.index)
    new_site = sites["candidate"].to_numpy(dtype=bool)
    frozen = pd.Index(names).isin(list(options.freeze))
    must_open = pd.Index(names).isin(list(options.keep)) | (frozen & ~new_site)
    extra_max = pd.concat([extra, new_extra]).groupby(level=0).max().reindex(names).fillna(0)
    least = sites["kind"].map(lambda k: float(options.min_pupils.get(k, 0)))
    return sites.assign(
        extra_max=np.where(frozen | ~opened, 0, extra_max),
        can_open=opened,
        must_open=must_open,
        must_close=pd.Index(names).isin(list(options.close)) | (frozen & new_site),
        may_close=pd.Index(names).isin(sorted(empty)),
        can_shrink=(pd.Index(names).isin([] if small is None else small.index) & ~must_open),
        small_places=nothing.reindex(names) if small is None else small["places"].reindex(names),
        small_annual_yuan=(
            nothing.reindex(names) if small is None else small["annual_yuan"].reindex(names)
        ),
        least=np.where(sites["kind"] == "teaching_point", 0.0, least),
    ).fillna({"small_places": 0.0, "small_annual_yuan": 0.0})


def _pairs(
    demand: pd.DataFrame,
    minutes: Mapping[str, pd.DataFrame],
    sites: pd.DataFrame,
    *,
    today: pd.DataFrame,
    observed: pd.DataFrame | None,
    standards: Standards,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    villages, all_groups, all_pairs, first = demand.index.sort_values(), [], [], 0
    old = ~sites["candidate"].to_numpy(dtype=bool)
    farther = standards.value("farther_than_nearest")
    last_resorts = standards.value("last_resort_schools")
    stays_open = old & ~sites["must_close"].to_numpy(dtype=bool)
    for band in BANDS:
        number = demand.loc[villages, band].to_numpy(dtype=np.int64)
        some = villages[number > 0]
        taught = sites["bands"].map(lambda b, band=band: band in b.split()).to_numpy(dtype=bool)
        way = minutes[band].loc[some, sites.index].to_numpy(dtype=float)
        way = np.where(taught[None, :], way, np.inf)
        limit = standards.value(f"travel_limit_minutes_{band}")
        near = np.where(old[None, :], way, np.inf).min(axis=1, initial=np.inf)
        open_ways = np.where(stays_open[None, :], way, np.inf)
        near_open = open_ways.min(axis=1, initial=np.inf)
        reach = np.where(near_open <= limit, limit, np.maximum(limit, farther * near_open))
        rank = np.argsort(np.argsort(open_ways, axis=1, kind="stable"), axis=1, kind="stable")
        come = ((way <= reach[:, None]) | (rank < last_resorts)) & np.isfinite(way)
        now = _today_matrix(today, band, some, sites.index)
        seen = now * 0 if observed is None else _today_matrix(observed, band, some, sites.index)
        at, site = np.nonzero(come | ((now > 0) & np.isfinite(way)))
        pairs = pd.DataFrame(
            {
                "group": at + first,
                "site": site,
                "band": band,
                "minutes": way[at, site],
                "over": way[at, site] > limit,
                "today": now[at, site],
                "come": come[at, site],
                "nearest": near[at],
                "nearest_over": near[at] > limit,
                "pushed": (way[at, site] > limit) & (near[at] <= limit),
                "chosen": (now[at, site] > 0) & (seen[at, site] > 0) & np.isfinite(near[at]),
            }
        )
        all_pairs.append(pairs)
        groups = pd.DataFrame({"village_id": some, "band": band, "pupils": number[number > 0]})
        all_groups.append(groups)
        first += len(some)
    pairs = pd.concat([p for p in all_pairs if len(p)] or all_pairs[:1], ignore_index=True)
    groups = pd.concat([g for g in all_groups if len(g)] or all_groups[:1], ignore_index=True)
    # Pupils without any way to a school are no question of the model: left in, their
    # price would hide a gap.
    reached = np.unique(pairs["group"].to_numpy())
    pairs["group"] = np.searchsorted(reached, pairs["group"].to_numpy())
    return groups.iloc[reached].reset_index(drop=True), pairs


def _today_matrix(
    today: pd.DataFrame, band: str, villages: pd.Index, sites: pd.Index
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    now = np.zeros((len(villages), len(sites)), dtype=np.int64)
    rows = today[(today["band"] == band) & today["village_id"].isin(villages)]
    at = villages.get_indexer(pd.Index(rows["village_id"]))
    to = sites.get_indexer(pd.Index(rows["site_id"]))
    known = to >= 0
    np.add.at(now, (at[known], to[known]), rows["pupils"].to_numpy(dtype=np.int64)[known])
    return now
