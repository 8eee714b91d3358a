"""Who goes where before and after, and how many they are in each school year."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.roadmap.tasks import task_of_moves
from layoutplan.tables import BANDS

if TYPE_CHECKING:
    from layoutplan.plan import Plan

_KEY = ["village_id", "band"]
_CELL = [*_KEY, "from_site", "to_site"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def cells_of(plan: "Plan", tasks: pd.DataFrame) -> pd.DataFrame:
    """List who goes where today and in the plan.

    A village and band without pupils today goes, in the years in which it has some, to the
    nearest school that teaches the band; once that gives it up, to the nearest that stays.

    Parameters
    ----------
    plan
        The plan.
    tasks
        What has to be done.

    Returns
    -------
    pandas.DataFrame
        village_id, band, from_site, to_site (an empty text for no school), pupils (of
        today), task (position of the task with which they change, -1 for those who do not
        or without one); sorted.
    """
    moves = plan.moves
    after = plan.assignment.groupby([*_KEY, "site_id"])["pupils"].sum()
    nobody = plan.unserved.assign(site_id="").groupby([*_KEY, "site_id"])["pupils"].sum()
    arrived = moves.groupby([*_KEY, "to_site"])["pupils"].sum().rename_axis(after.index.names)
    stay = pd.concat([after, nobody]).sub(arrived, fill_value=0)
    stay = stay[stay > 0].reset_index(name="pupils")
    stay = stay.assign(from_site=stay["site_id"], to_site=stay["site_id"])
    cells = pd.concat([moves[[*_CELL, "pupils"]], stay[[*_CELL, "pupils"]]], ignore_index=True)
    cells = pd.concat([cells, _empty(plan, cells)], ignore_index=True)
    cells["task"] = tasks.index.get_indexer(pd.Index(task_of_moves(cells, tasks)))
    # Whom the plan leaves without a school keeps the one of today where that stays.
    kept = (cells["task"] < 0) | (cells["from_site"] == cells["to_site"])
    cells.loc[kept, "to_site"] = cells.loc[kept, "from_site"]
    cells.loc[kept, "task"] = -1
    cells = cells.groupby([*_CELL, "task"], as_index=False)["pupils"].sum()
    types = dict.fromkeys(_CELL, "str") | {"pupils": "int64", "task": "int64"}
    table: pd.DataFrame = cells.astype(types).sort_values(_CELL, ignore_index=True)
    return table


def _empty(plan: "Plan", cells: pd.DataFrame) -> pd.DataFrame:
    """Say where pupils would go of villages and bands that have none today."""
    demand = plan.demand.rename_axis("village_id").reset_index()
    every = demand.melt(id_vars="village_id", var_name="band", value_name="pupils")
    known = pd.MultiIndex.from_frame(cells[_KEY])
    none = every[~pd.MultiIndex.from_frame(every[_KEY]).isin(known)]
    before, after = plan.bands_today, plan.decisions["bands"]
    parts = []
    for band, rows in none.groupby("band"):
        minutes = plan.times.table(str(band)).reindex(rows["village_id"])
        today, later = (set(_teaching(bands, str(band))) for bands in (before, after))
        here, there = (_nearest(minutes, sites) for sites in (today, today & later))
        # Nobody is moved who is not there yet: they begin where they will stay.
        ends = [h if h in later else t for h, t in zip(here, there, strict=True)]
        parts.append(rows.assign(pupils=0, from_site=here, to_site=ends))
    return pd.concat(parts, ignore_index=True)[[*_CELL, "pupils"]] if parts else cells.iloc[:0]


def _teaching(bands: pd.Series, band: str) -> list[str]:
    return [str(site) for site, taught in bands.items() if band in str(taught).split()]


def _nearest(minutes: pd.DataFrame, sites: set[str]) -> list[str]:
    if not sites:
        return [""] * len(minutes)
    some = minutes[sorted(sites)]
    best = np.argmin(some.to_numpy(), axis=1)
    reached = np.isfinite(some.to_numpy()[np.arange(len(some)), best])
    names = some.columns.to_numpy(dtype=object)[best]
    return [str(n) if r else "" for n, r in zip(names, reached, strict=True)]


def pupils_of(cells: pd.DataFrame, demand: pd.DataFrame) -> Ints:
    """Share the pupils of a year among the cells, in whole persons.

    The pupils of each village and band are shared as those of today are, by the method of
    the largest remainder (Hamilton); ties go to the first cell.

    Parameters
    ----------
    cells
        As `cells_of` gives them.
    demand
        Pupils of the year, villages x bands.

    Returns
    -------
    numpy.ndarray
        Persons, one per cell; their sum is that of the demand.
    """
    group = pd.factorize(pd.MultiIndex.from_frame(cells[_KEY]))[0]
    column = cells["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy(dtype=np.int64)
    row = demand.index.get_indexer(pd.Index(cells["village_id"]))
    wanted = demand[list(BANDS)].to_numpy(dtype=np.int64)[row, column]
    base = cells["pupils"].to_numpy(dtype=float)
    sums = np.bincount(group, weights=base)
    # Where there is nobody today there is one cell, which takes all.
    share = np.where(sums[group] > 0, base / np.maximum(sums[group], 1.0), 1.0)
    exact = share * wanted
    whole = np.floor(exact + 1e-9)
    left = np.bincount(group, weights=np.where(_first(group), wanted, 0)) - np.bincount(
        group, weights=whole
    )
    order = np.lexsort((np.arange(len(cells)), -np.round(exact - whole, 9), group))
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0])
    rank = np.empty(len(cells), dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(cells)])
    rank[order] = np.arange(len(cells)) - np.repeat(starts, sizes)
    persons: Ints = (whole + (rank < left[group])).astype(np.int64)
    return persons


def _first(group: Ints) -> NDArray[np.bool_]:
    first = np.zeros(len(group), dtype=bool)
    first[np.unique(group, return_index=True)[1]] = True
    return first


def yearly_prices(plan: "Plan", cells: pd.DataFrame) -> tuple[Floats, Floats]:
    """Price the way of a pupil of each cell, yuan a year: as today and as in the plan.

    Minutes and the travel limit have the prices that `layoutplan.propose` gives them; so
    has being without a school. Boarders pay for their journeys and their beds.

    Parameters
    ----------
    plan
        The plan.
    cells
        As `cells_of` gives them.

    Returns
    -------
    tuple of numpy.ndarray
        Before and after, one number per cell.
    """
    rules = plan.standards
    minute, over = rules.value("price_yuan_per_minute"), rules.value("price_yuan_over_limit")
    unserved = rules.value("price_yuan_unserved")
    weekly = rules.value("journeys_per_week_boarder") / rules.value("journeys_per_week_daily")
    boards = _boards(plan, cells)
    found = []
    for end in ("from_site", "to_site"):
        price = np.full(len(cells), unserved)
        for band in BANDS:
            at = np.flatnonzero((cells["band"] == band) & (cells[end] != ""))
            some = cells.iloc[at]
            minutes = plan.times.between(some["village_id"], some[end], band=band)
            limit = rules.value(f"travel_limit_minutes_{band}")
            far = np.where(np.isfinite(minutes), minutes, 2 * limit)
            daily = far * minute + (minutes > limit) * over
            stage = "junior" if band == "g79" else "primary"
            bed = far * minute * weekly + rules.value(f"boarder_yuan_{stage}")
            lodged = boards[at] if end == "to_site" else np.zeros(len(at))
            price[at] = daily + lodged * (bed - daily)
        found.append(price)
    return found[0], found[1]


def _boards(plan: "Plan", cells: pd.DataFrame) -> Floats:
    """Give the share of the pupils of each cell's village, band and school who board."""
    flows = plan.assignment
    by = [*_KEY, "site_id"]
    every = flows.groupby(by)["pupils"].sum()
    board = flows[flows["mode"] == "board"].groupby(by)["pupils"].sum()
    share = (board / every).fillna(0.0)
    keys = pd.MultiIndex.from_frame(cells[[*_KEY, "to_site"]])
    return share.reindex(keys).fillna(0.0).to_numpy(dtype=float)
