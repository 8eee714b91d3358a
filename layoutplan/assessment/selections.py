"""What indicators are measured on: a plan's tables with townships and totals."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.actions import OPEN_ACTIONS
from layoutplan.assessment.floating_catchment import enhanced_two_step, two_step
from layoutplan.assessment.once import once
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD, pupils_by_origin
from layoutplan.standards import Standard
from layoutplan.tables import BANDS, BANDS_OF_KIND
from layoutplan.travel import TravelTimes

OPEN: tuple[str, ...] = OPEN_ACTIONS
"""Actions after which a site is open."""

Floats = NDArray[np.float64]

_ZONES = (1, 2, 3)
"""The zones of the enhanced floating catchment, nearest first."""

UNPLANNED = tuple(kind for kind, bands in BANDS_OF_KIND.items() if not bands)
"""Kinds of school that teach none of the bands and so are no part of planning."""

MOVES = ("village_id", "band", "from_site", "to_site", "pupils")


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
    ids = {t for t in _known_townships(plan)["township_id"] if t}
    return sorted(ids | set(also)) if ids else []


@once
def _known_townships(plan: Plan) -> pd.DataFrame:
    ids = {str(i) for i in plan.county.townships.index}
    if not ids:
        ids = set(_townships(plan.county.villages)) | set(_townships(plan.decisions))
    return pd.DataFrame({"township_id": sorted(ids)}, dtype="str")


def _townships(table: pd.DataFrame) -> pd.Series:
    """Townships by row; empty text where not known."""
    if "township_id" not in table:
        return pd.Series("", index=table.index, dtype="str")
    return table["township_id"].astype("str").fillna("")


@once
def homes(plan: Plan) -> pd.DataFrame:
    """Give the villages with their townships.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        The villages table without its geometry, indexed by village_id, with
        township_id (empty text where not known).
    """
    villages = plan.county.villages
    table = pd.DataFrame(villages.drop(columns="geometry"))
    return table.assign(township_id=_townships(villages))


def of_village(plan: Plan, village_id: pd.Series) -> pd.Series:
    """Give the townships of villages.

    Parameters
    ----------
    plan
        The plan.
    village_id
        The villages.

    Returns
    -------
    pandas.Series
        The township of each; empty text where not known.
    """
    return village_id.map(homes(plan)["township_id"]).fillna("").astype("str")


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


def catchment_weights(plan: Plan) -> tuple[Standard, ...]:
    """Give the weights of the zones of the enhanced floating catchment.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    tuple of Standard
        The weights, that of the nearest zone first.
    """
    return tuple(plan.standards[f"catchment_weight_{n}"] for n in _ZONES)


@once
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
        village), limit (minutes), known, boards, within, beyond (all bool), pupil_minutes
        (minutes times pupils, 0 where not known) and pupils_within. A way that
        leads over no road is neither within nor beyond: it is not known. Boarders are
        within: they do not travel daily, and their minutes are those of the journey at
        the week's ends.
    """
    table = plan.assignment
    minutes = table["minutes"].astype(float)
    limit = table["band"].map({b: s.value for b, s in travel_limits(plan).items()}).astype(float)
    known = pd.Series(np.isfinite(minutes), index=table.index)
    boards = table["mode"].eq(BOARD)
    within = known & (boards | (minutes <= limit))
    return table.assign(
        township_id=of_village(plan, table["village_id"]),
        minutes=minutes,
        limit=limit,
        known=known,
        boards=boards,
        within=within,
        beyond=known & ~within,
        pupil_minutes=(minutes * table["pupils"]).where(known, 0.0),
        pupils_within=table["pupils"].where(within, 0),
    )


@once
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


@once
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

    def counted(rows: pd.DataFrame) -> NDArray[np.int64]:
        sums = rows.groupby(["village_id", "band"])["pupils"].sum()
        return sums.reindex(key, fill_value=0).to_numpy(dtype="int64")

    return table.assign(
        township_id=of_village(plan, table["village_id"]),
        moved=counted(moves(plan)),
        unserved=counted(plan.unserved),
    )


def has_today(plan: Plan) -> bool:
    """Tell whether the plan knows where pupils go today.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    bool
        False for a plan that was put together without today's layout.
    """
    return "moves" in plan.tables


@once
def all_moves(plan: Plan) -> pd.DataFrame:
    """Give the pupils who go elsewhere than today, those without a school as well.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, from_site, to_site (empty text for no school), pupils,
        mode, township_id (of the village), before and after (minutes to the old and to the
        new school, one way), boards (bool) and extra_minutes, the one minus the other;
        infinite or NaN where a way is not known, NaN for boarders, who do not travel
        daily.
    """
    table = plan.moves if has_today(plan) else pd.DataFrame(columns=list(MOVES))
    nowhere = table[table["to_site"] == ""].assign(mode="", minutes=np.nan)
    came = journeys(plan)
    came = came[came["from_site"] != came["site_id"]].rename(columns={"site_id": "to_site"})
    table = pd.concat([p for p in (came, nowhere) if len(p)] or [came])
    table = table[[*MOVES, "mode", "minutes"]].sort_values(list(MOVES[:-1]), ignore_index=True)
    before = daily_minutes(plan, table, "from_site")
    # Where the assignment does not say how, the way is that of daily travel.
    told = table["minutes"].astype(float).to_numpy()
    after = np.where(table["mode"] == "", daily_minutes(plan, table, "to_site"), told)
    boards = table["mode"].eq(BOARD)
    with np.errstate(invalid="ignore"):
        extra = np.where(boards, np.nan, after - before)
    return table.drop(columns="minutes").assign(
        pupils=table["pupils"].astype("int64"),
        township_id=of_village(plan, table["village_id"].astype("str")),
        before=before,
        after=after,
        boards=boards,
        extra_minutes=extra,
    )


@once
def journeys(plan: Plan) -> pd.DataFrame:
    """Give all pupils with a school by the school they go to today.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        As `layoutplan.plan.ways.pupils_by_origin`; all stay where today is not known.
    """
    table = plan.moves if has_today(plan) else pd.DataFrame(columns=list(MOVES))
    changed = table[table["from_site"] != table["to_site"]].astype({"pupils": "int64"})
    return pupils_by_origin(plan.assignment, changed, plan.tables.get("by_origin"))


def moves(plan: Plan) -> pd.DataFrame:
    """Give the pupils who go from one school to another, with how much longer they travel.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        As `all_moves`, without those who had no school or get none: they are
        counted as unserved, not as moved.
    """
    table = all_moves(plan)
    return table[table["from_site"].ne("") & table["to_site"].ne("")]


def daily_minutes(plan: Plan, table: pd.DataFrame, column: str) -> Floats:
    """Give the minutes of each row's daily way to the site in a column.

    Parameters
    ----------
    plan
        The plan.
    table
        Columns village_id, band and the one named.
    column
        The column of the sites.

    Returns
    -------
    numpy.ndarray
        Minutes, one way: from home within the travel limit, else by school bus where that
        is quicker; NaN where the times do not have the site, infinite where there is no
        way.
    """
    home = _minutes(plan.times, table, column)
    if plan.bus is None:
        return home
    limit = table["band"].map({b: s.value for b, s in travel_limits(plan).items()})
    ride = _minutes(plan.bus, table, column)
    with np.errstate(invalid="ignore"):
        far = home > limit.to_numpy(dtype=float)
    return np.where(far, np.fmin(home, ride), home)


def _minutes(times: TravelTimes, table: pd.DataFrame, column: str) -> Floats:
    """Minutes of each row to the site in a column; NaN where the times do not have it."""
    found = np.full(len(table), np.nan)
    village = times.village_ids.get_indexer(pd.Index(table["village_id"]))
    site = times.site_ids.get_indexer(pd.Index(table[column]))
    for band in BANDS:
        rows = (table["band"] == band).to_numpy() & (village >= 0) & (site >= 0)
        found[rows] = times.array(band)[village[rows], site[rows]]
    return found


@once
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


@once
def open_schools(plan: Plan) -> pd.DataFrame:
    """Give the sites that are open, with what they are filled with.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        As `sites`, with bands (empty text where none) and overload: pupils beyond
        the places, 0 where places are not known.
    """
    table = sites(plan)
    table = table[table["action"].isin(OPEN)]
    pupils = table["pupils"].astype(float)
    return table.assign(
        bands=table["bands"].astype("str").fillna(""),
        overload=(pupils - table["places"].astype(float)).clip(lower=0).fillna(0),
    )


@once
def nearest_open(plan: Plan) -> pd.DataFrame:
    """Give all pupils with the open schools that teach them and are in their reach.

    Places are shared by all bands that a school teaches. The zones of the enhanced
    method are equal parts of the travel limit.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        village_id, band, pupils, township_id, minutes (to the nearest, infinite where
        there is none), limit, far (whether the nearest one is beyond the limit),
        schools_within and places_within (within the limit), two_step and enhanced
        (places per pupil; see `layoutplan.assessment.floating_catchment`), and the same
        four times pupils under ``pupil_<name>``.
    """
    table = long_demand(plan)
    limit = table["band"].map({b: s.value for b, s in travel_limits(plan).items()})
    limits, pupils = limit.to_numpy(dtype=float), table["pupils"].to_numpy(dtype=float)
    ways, places = _ways_to_open(plan, table)
    near = ways <= limits[:, None]
    weights = [standard.value for standard in catchment_weights(plan)]
    zones = limits[:, None] * (np.arange(1, len(_ZONES) + 1) / len(_ZONES))
    # The last zone ends at the limit itself, not at what a division makes of it.
    zones[:, -1] = limits
    found = {
        "schools_within": near.sum(axis=1),
        "places_within": near @ places,
        "two_step": two_step(ways, pupils, places, limit=limits),
        "enhanced": enhanced_two_step(ways, pupils, places, zones=zones, weights=weights),
    }
    nearest = ways.min(axis=1, initial=np.inf)
    return table.assign(
        township_id=of_village(plan, table["village_id"]),
        minutes=nearest,
        limit=limits,
        far=nearest > limits,
        **found,
        **{f"pupil_{name}": values * pupils for name, values in found.items()},
    )


def _ways_to_open(plan: Plan, table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Minutes from each village and band to each open school, and the places of each."""
    schools = open_schools(plan)
    taught = schools["bands"].str.split()
    site = plan.times.site_ids.get_indexer(schools.index)
    village = plan.times.village_ids.get_indexer(pd.Index(table["village_id"]))
    ways = np.full((len(table), len(schools)), np.inf)
    for band in BANDS:
        rows = np.flatnonzero((table["band"] == band).to_numpy() & (village >= 0))
        columns = np.flatnonzero(taught.map(lambda t, b=band: b in t).to_numpy(bool) & (site >= 0))
        ways[np.ix_(rows, columns)] = plan.times.array(band)[np.ix_(village[rows], site[columns])]
    return ways, schools["places"].fillna(0).to_numpy(dtype=float)
