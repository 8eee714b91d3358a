"""Who goes where: pupils to the nearest school that teaches them and has places."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.demand.apportion import apportion
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Assigned:
    """Where pupils go, and those who go nowhere.

    Parameters
    ----------
    assignment
        Columns village_id, band, site_id, pupils.
    unserved
        Columns village_id, band, pupils, reason (``no_road`` or ``no_site``).
    """

    assignment: pd.DataFrame
    unserved: pd.DataFrame


def assign(
    pupils: pd.DataFrame,
    minutes: Mapping[str, pd.DataFrame],
    *,
    teaches: pd.DataFrame,
    places: pd.Series,
    stays: pd.DataFrame | None = None,
    relieve: Mapping[str, float] | None = None,
) -> Assigned:
    """Send every pupil to a school.

    Pupils listed in ``stays`` stay where they are as long as their school teaches
    their band; with ``relieve``, only as far as it has places, the nearest first, and
    those beyond the places go to another school within these minutes if one has
    places left. All others go to the nearest school that teaches their band and
    has places left: of all pupils who want a place, those with the shortest way
    get it (the stable matching, in which no two could swap to the gain of both;
    Gale and Shapley 1962). Where no school in reach has places left, pupils go
    to the nearest one all the same, which is then over its places.

    Parameters
    ----------
    pupils
        Whole persons, villages x bands.
    minutes
        Travel minutes per band, villages x sites; infinite where unreachable.
    teaches
        Sites x bands, whether the site teaches the band.
    places
        Places of each site.
    stays
        Columns village_id, band, site_id, pupils: where pupils go now. Where a village
        and band has more of them than pupils, the numbers are scaled down; where it
        has fewer, the pupils who are not listed are free to go to the nearest school.
    relieve
        Minutes by band that pupils may be sent to relieve a full school.

    Returns
    -------
    Assigned
        All pupils, to the person. The order of rows changes nothing.

    Examples
    --------
    >>> pupils = pd.DataFrame({"g13": [30, 20]}, index=["near", "far"])
    >>> minutes = {"g13": pd.DataFrame({"A": [5.0, 9.0], "B": [30.0, 12.0]}, index=pupils.index)}
    >>> teaches = pd.DataFrame({"g13": [True, True]}, index=["A", "B"])
    >>> places = pd.Series({"A": 40, "B": 40})
    >>> assign(pupils, minutes, teaches=teaches, places=places).assignment
      village_id band site_id  pupils
    0        far  g13       A      10
    1        far  g13       B      10
    2       near  g13       A      30
    """
    groups, wanted, ways = _wishes(pupils, minutes, teaches)
    sites = list(teaches.index.sort_values())
    kept = _kept(stays, groups, wanted, ways=ways, sites=sites) if stays is not None else _nothing()
    wanted = wanted - np.bincount(kept[0], weights=kept[2], minlength=len(wanted)).astype(np.int64)
    room = places.reindex(sites).to_numpy(dtype=float)
    beyond = _nothing()
    if relieve is not None:
        kept, beyond = _hold(_nothing(), kept, ways, room)
    used = np.bincount(kept[1], weights=kept[2], minlength=len(sites))
    room = np.maximum(room - used, 0)
    # Pupils beyond the places of their school compete for places like all others, but
    # within the limit only; who finds none stays.
    limits = groups["band"].map(dict(relieve or {})).to_numpy(dtype=float)[beyond[0]]
    near = np.where(ways[beyond[0]] <= limits[:, None], ways[beyond[0]], np.inf)
    near[np.arange(len(near)), beyond[1]] = np.inf
    held, left = _by_distance(np.concatenate([wanted, beyond[2]]), np.vstack([ways, near]), room)
    n = len(groups)
    origin = np.concatenate([np.arange(n), beyond[0]])
    held = (origin[held[0]], held[1], held[2])
    back = (beyond[0], beyond[1], left[n:])
    left = left[:n]
    over = _nearest(left, ways)
    left = left - np.bincount(over[0], weights=over[2], minlength=len(left)).astype(np.int64)
    parts = [np.concatenate(p) for p in zip(kept, held, back, over, strict=True)]
    assignment = pd.DataFrame(
        {
            "village_id": groups["village_id"].to_numpy()[parts[0]],
            "band": groups["band"].to_numpy()[parts[0]],
            "site_id": np.asarray(sites, dtype=object)[parts[1]],
            "pupils": parts[2].astype(np.int64),
        }
    )
    by = ["village_id", "band", "site_id"]
    assignment = assignment[assignment["pupils"] > 0]
    summed = assignment.groupby(by, sort=True)["pupils"].sum().reset_index()
    return Assigned(assignment=summed, unserved=_unserved(groups, left, minutes))


def _wishes(
    pupils: pd.DataFrame, minutes: Mapping[str, pd.DataFrame], teaches: pd.DataFrame
) -> tuple[pd.DataFrame, Ints, Floats]:
    villages, sites = pupils.index.sort_values(), teaches.index.sort_values()
    frames, ways = [], []
    for band in [b for b in BANDS if b in pupils]:
        number = pupils.loc[villages, band].to_numpy(dtype=np.int64)
        some = number > 0
        way = minutes[band].loc[villages, sites].to_numpy(dtype=float)[some]
        closed = ~teaches.loc[sites, band].to_numpy(dtype=bool)
        ways.append(np.where(closed[None, :], np.inf, way))
        frames.append(
            pd.DataFrame({"village_id": villages[some], "band": band, "pupils": number[some]})
        )
    groups = pd.concat(frames, ignore_index=True)
    return groups, groups["pupils"].to_numpy(dtype=np.int64), np.vstack(ways)


def _nothing() -> tuple[Ints, Ints, Ints]:
    none = np.zeros(0, dtype=np.int64)
    return none, none, none


def _kept(
    stays: pd.DataFrame,
    groups: pd.DataFrame,
    wanted: Ints,
    *,
    ways: Floats,
    sites: list[str],
) -> tuple[Ints, Ints, Ints]:
    """Scale what is observed to the pupils there are, and keep what can stay.

    Pupils cannot stay at a school that does not teach them, nor at one that no road
    of the data leads to: those are sent elsewhere, or named as without a road.
    """
    seen = stays[stays["pupils"] > 0]
    seen = seen.merge(
        groups[["village_id", "band"]].reset_index(names="group"), on=["village_id", "band"]
    ).sort_values(["group", "site_id"])
    total = seen.groupby("group")["pupils"].transform("sum")
    exact = total.to_numpy() <= wanted[seen["group"].to_numpy(dtype=int)]
    scaled = seen["pupils"].to_numpy(dtype=np.int64).copy()
    for group, rows in seen[~exact].groupby("group").indices.items():
        at = np.flatnonzero(~exact)[rows]
        shares = seen["pupils"].to_numpy(dtype=float)[at]
        labels = seen["site_id"].to_numpy()[at]
        scaled[at] = apportion(shares, int(wanted[int(str(group))]), order=labels)
    place = pd.Index(sites).get_indexer(pd.Index(seen["site_id"]))
    group = seen["group"].to_numpy(dtype=np.int64)
    reached = np.isfinite(ways[group, np.maximum(place, 0)])
    ok = (place >= 0) & reached & (scaled > 0)
    return group[ok], place[ok].astype(np.int64), scaled[ok]


def _by_distance(wanted: Ints, ways: Floats, room: Floats) -> tuple[tuple[Ints, Ints, Ints], Ints]:
    """Deferred acceptance: schools hold the nearest applicants they have places for."""
    order = np.argsort(ways, axis=1, kind="stable")
    reach = np.isfinite(ways).sum(axis=1)
    free, turn = wanted.copy(), np.zeros(len(wanted), dtype=np.int64)
    held, width = _nothing(), ways.shape[1]
    while True:
        asks = np.flatnonzero((free > 0) & (turn < reach))
        if not len(asks):
            return held, free
        site = order[asks, turn[asks]]
        held, refused = _hold(held, (asks, site, free[asks]), ways, room)
        free[asks] = 0
        np.add.at(free, refused[0], refused[2])
        turn[asks] += np.isin(asks * width + site, refused[0] * width + refused[1])


def _hold(
    held: tuple[Ints, Ints, Ints], asking: tuple[Ints, Ints, Ints], ways: Floats, room: Floats
) -> tuple[tuple[Ints, Ints, Ints], tuple[Ints, Ints, Ints]]:
    group, site, number = (np.concatenate(p) for p in zip(held, asking, strict=True))
    rank = np.lexsort((group, ways[group, site], site))
    group, site, number = group[rank], site[rank], number[rank]
    running = np.cumsum(number)
    first = np.r_[True, site[1:] != site[:-1]]
    start = np.maximum.accumulate(np.where(first, running - number, 0))
    before = running - number - start
    accepted = np.clip(room[site] - before, 0, number).astype(np.int64)
    yes, no = accepted > 0, accepted < number
    return (
        (group[yes], site[yes], accepted[yes]),
        (group[no], site[no], (number - accepted)[no]),
    )


def _nearest(left: Ints, ways: Floats) -> tuple[Ints, Ints, Ints]:
    rest = np.flatnonzero((left > 0) & np.isfinite(ways).any(axis=1))
    return rest, np.argmin(ways[rest], axis=1).astype(np.int64), left[rest]


def _unserved(
    groups: pd.DataFrame, left: Ints, minutes: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    rest = groups.assign(pupils=left)[left > 0]
    reached = {
        band: pd.Series(np.isfinite(way.to_numpy(dtype=float)).any(axis=1), index=way.index)
        for band, way in minutes.items()
    }
    reason = [
        "no_site" if reached[b][v] else "no_road"
        for v, b in zip(rest["village_id"], rest["band"], strict=True)
    ]
    return rest.assign(reason=pd.Series(reason, index=rest.index, dtype="str"))[
        ["village_id", "band", "pupils", "reason"]
    ].reset_index(drop=True)
