"""The ways to school that pupils have: on foot, by school bus, boarding."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.standards import Standards
from layoutplan.tables import BANDS, GRADES_PER_BAND

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WAYS: Final = ("walk", "bus", "board")
"""On foot (or as the travel times have it), by school bus, boarding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BandWays:
    """The ways of one band, as matrices of villages and sites.

    Parameters
    ----------
    villages
        Ids of the villages with pupils of the band.
    pupils
        Their number.
    now
        Pupils who go from the village to the site today.
    chosen
        Whether these were seen to go there.
    minutes
        By way, minutes one way; infinite where there is no such way.
    minutes_today
        Minutes of today's way, whether the site may teach on or not.
    lawful
        By way, whether pupils may newly be sent so at all. No lock has a say in it.
    come
        Those of the lawful ways that the model has from the start.
    stay
        By way, whether pupils who go there today may go so.
    limit
        The travel limit of the band, minutes.
    nearest
        Minutes to the nearest school of today, village by village.
    """

    villages: "pd.Index[str]"
    pupils: NDArray[np.int64]
    now: NDArray[np.int64]
    chosen: Bools
    minutes: Mapping[str, Floats]
    minutes_today: Floats
    lawful: Mapping[str, Bools]
    come: Mapping[str, Bools]
    stay: Mapping[str, Bools]
    limit: float
    nearest: Floats


def may_board(band: str, standards: Standards) -> bool:
    """Tell whether all grades of a band may board.

    Parameters
    ----------
    band
        The band.
    standards
        The lowest grade that may (国办发〔2018〕27号: grades 1-3 do not).

    Returns
    -------
    bool
        Whether they may.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> [may_board(band, standards()) for band in BANDS]
    [False, True, True]
    """
    first = 1 + GRADES_PER_BAND * BANDS.index(band)
    return first >= standards.value("boarding_grade_min")


def ways_of_band(
    band: str,
    *,
    demand: pd.Series,
    walk: pd.DataFrame,
    ride: pd.DataFrame | None,
    sites: pd.DataFrame,
    states: pd.DataFrame,
    today: pd.DataFrame,
    observed: pd.DataFrame | None,
    standards: Standards,
    together: bool,
) -> BandWays:
    """Find the ways of one band.

    Lawful is the way on foot to every site that could teach the band and that a road leads
    to, however far; where the walk is longer than the limit, also that by school bus, and
    for bands that may do so boarding at sites that could have beds. Ways beyond the limit
    have their prices. No lock has a say in this, and a further candidate adds ways and takes
    none: what is proven of all lawful ways holds under every lock.

    Few of these are of use. The model has from the start the ways on foot within the limit
    of the band, and those to the three nearest schools of today that are not to be closed.
    Pupils without a school within the limit today may besides be sent up to twice as far as
    to the nearest one. Where the walk is longer than the limit, a school bus takes them to
    the same sites and to those that are no farther by bus than the third nearest of today's
    schools; and they board at sites with beds among the same, and at those no farther than
    the third nearest school of today with beds, at the end of the same way. For all others
    `layoutplan.model.far` answers.

    Parameters
    ----------
    band
        The band.
    demand
        Its pupils by village.
    walk
        Minutes, villages x sites.
    ride
        Minutes by school bus; None where there is none.
    sites, states
        The sites and their states; see `layoutplan.model.states.make_sites`.
    today
        The present assignment: village_id, band, site_id, pupils.
    observed
        The part of it that was observed.
    standards
        Limits.
    together
        Whether pupils who leave a school may be sent to any site that some of them may
        be sent to.

    Returns
    -------
    BandWays
        The ways.
    """
    villages = demand.index.sort_values()
    pupils = demand.loc[villages].to_numpy(dtype=np.int64)
    villages, pupils = villages[pupils > 0], pupils[pupils > 0]
    able, open_now, boards = _sites_for(band, sites, states, standards)
    limit = standards.value(f"travel_limit_minutes_{band}")
    last_resorts = int(standards.value("last_resort_schools"))
    on_foot = walk.loc[villages, sites.index].to_numpy(dtype=float)
    way = np.where(able[None, :], on_foot, np.inf)
    taught = sites["bands"].map(lambda text: band in text.split()).to_numpy(dtype=bool)
    near = np.where(taught[None, :], on_foot, np.inf).min(axis=1, initial=np.inf)
    open_ways = np.where(open_now[None, :], on_foot, np.inf)
    near_open = open_ways.min(axis=1, initial=np.inf)
    farther = standards.value("farther_than_nearest")
    reach = np.where(near_open <= limit, limit, np.maximum(limit, farther * near_open))
    rank = np.argsort(np.argsort(open_ways, axis=1, kind="stable"), axis=1, kind="stable")
    come = (way <= reach[:, None]) | ((rank < last_resorts) & np.isfinite(open_ways))
    now = _matrix(today, band, villages, sites.index)
    now = np.where(taught[None, :] & np.isfinite(on_foot), now, 0)
    if together:
        come = with_fellows(come, now)
    seen = now * 0 if observed is None else _matrix(observed, band, villages, sites.index)
    chosen = (now > 0) & (seen > 0) & np.isfinite(near)[:, None]
    minutes = {"walk": way}
    lawful = {"walk": np.isfinite(way)}
    comes = {"walk": come & lawful["walk"]}
    stays = {"walk": (now > 0) & np.isfinite(way)}
    far = way > limit
    stays_far = stays["walk"] & far
    if ride is not None:
        rides = np.where(able[None, :], ride.loc[villages, sites.index].to_numpy(float), np.inf)
        minutes["bus"] = rides
        wide = rides <= _radius(rides, open_now, last_resorts)[:, None]
        lawful["bus"] = far & np.isfinite(rides)
        comes["bus"] = (come | wide) & lawful["bus"]
        stays["bus"] = stays_far & np.isfinite(rides)
    if may_board(band, standards):
        minutes["board"] = way
        wide = way <= _radius(on_foot, open_now & boards, last_resorts)[:, None]
        lawful["board"] = boards[None, :] & far & np.isfinite(way)
        comes["board"] = (come | wide) & lawful["board"]
        stays["board"] = stays_far & boards[None, :]
    return BandWays(
        villages=villages,
        pupils=pupils,
        now=now,
        chosen=chosen,
        minutes=minutes,
        minutes_today=on_foot,
        lawful=lawful,
        come=comes,
        stay=stays,
        limit=limit,
        nearest=near,
    )


def _sites_for(
    band: str, sites: pd.DataFrame, states: pd.DataFrame, standards: Standards
) -> tuple[Bools, Bools, Bools]:
    """Tell which sites could teach a band, which do today and may go on, which could lodge."""
    n = len(sites)
    able = _any_state(states, n, f"teaches_{band}")
    # Of the schools of today, those that locks do not close; what the measures allow
    # besides counts only as a site to go to.
    stays = states[states["free"].to_numpy(dtype=bool) & states["open"].to_numpy(dtype=bool)]
    open_now = _any_state(stays, n, f"teaches_{band}", among="keep")
    lodging = states[(states["beds"] > 0) | (states["beds_max"] > 0)]
    boards = _any_state(lodging, n, f"teaches_{band}")
    return able, open_now, boards & may_board(band, standards)


def _any_state(states: pd.DataFrame, n: int, column: str, *, among: str | None = None) -> Bools:
    rows = states if among is None else states[states["measure"] == among]
    found = np.zeros(n, dtype=bool)
    found[rows.loc[rows[column].to_numpy(dtype=bool), "site"].to_numpy(dtype=np.int64)] = True
    return found


def _radius(ways: Floats, sites: Bools, count: int) -> Floats:
    """Give the way to the so-manieth nearest of some sites; to the farthest of fewer."""
    nearest = np.sort(np.where(sites[None, :], ways, np.inf), axis=1)[:, :count]
    known = np.where(np.isfinite(nearest), nearest, -np.inf)
    return np.asarray(known.max(axis=1, initial=-np.inf), dtype=float)


def with_fellows(come: Bools, now: NDArray[np.int64]) -> Bools:
    """Let pupils of one school be sent wherever one of them may be sent.

    Parameters
    ----------
    come
        Whether pupils of each village may be sent to each site.
    now
        Those who go there today.

    Returns
    -------
    numpy.ndarray
        The same with the sites of their fellows.
    """
    there = (now > 0).astype(float)
    union = (there.T @ come.astype(float)) > 0
    return np.asarray(come | ((there @ union.astype(float)) > 0), dtype=bool)


def _matrix(
    flows: pd.DataFrame, band: str, villages: "pd.Index[str]", sites: "pd.Index[str]"
) -> NDArray[np.int64]:
    now = np.zeros((len(villages), len(sites)), dtype=np.int64)
    rows = flows[(flows["band"] == band) & flows["village_id"].isin(villages)]
    at = villages.get_indexer(pd.Index(rows["village_id"]))
    to = sites.get_indexer(pd.Index(rows["site_id"]))
    known = to >= 0
    np.add.at(now, (at[known], to[known]), rows["pupils"].to_numpy(dtype=np.int64)[known])
    return now
