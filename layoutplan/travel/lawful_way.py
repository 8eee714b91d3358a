"""The way to school that the law puts first: nearby, boarding, public transport, school bus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.matrix import labels, unknown_band
from layoutplan.network.modes import riding_bands
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.tables import BANDS
from layoutplan.travel.noun import TravelTimes
from layoutplan.words import Language, say

WAYS: Final = ("walk", "bicycle", "board", "public", "bus", "none")
"""On foot, by bicycle, boarding, by public transport, by school bus, no lawful way."""

_WALK, _BICYCLE, _BOARD, _PUBLIC, _BUS, _NONE = range(len(WAYS))


@dataclass(frozen=True, eq=False, kw_only=True)
class LawfulWays:
    """Which way to school comes first for every village, site and grade band.

    Made by `lawful_ways`.

    Parameters
    ----------
    village_ids, site_ids
        The villages and sites in their order.
    way
        By band, the number of the way in `WAYS`; read-only, shape (villages, sites).
    minutes
        By band, the minutes one way, of boarders those of the journey at the week's ends,
        infinite where there is no lawful way; read-only, shape (villages, sites).
    within
        By band, whether that is within the limit of the band, as boarding always is;
        read-only, shape (villages, sites).
    """

    village_ids: "pd.Index[Any]"
    site_ids: "pd.Index[Any]"
    way: Mapping[str, NDArray[np.int8]] = field(repr=False)
    minutes: Mapping[str, NDArray[np.float64]] = field(repr=False)
    within: Mapping[str, NDArray[np.bool_]] = field(repr=False)

    def table(self, band: str = "g13", *, lang: Language | None = None) -> pd.DataFrame:
        """Set the ways of a band out as a table.

        Parameters
        ----------
        band
            The grade band.
        lang
            The language in which to name the ways; their codes where not given.

        Returns
        -------
        pandas.DataFrame
            ``village_id``, ``site_id``, ``way``, ``minutes`` and ``within``, village by
            village.

        Raises
        ------
        OptionsError
            If there is no such band.
        """
        if band not in self.way:
            raise OptionsError(unknown_band(band))
        names = pd.Index([w if lang is None else say(f"way.{w}", lang) for w in WAYS])
        shape = len(self.village_ids), len(self.site_ids)
        return pd.DataFrame(
            {
                "village_id": np.repeat(self.village_ids.to_numpy(), shape[1]),
                "site_id": np.tile(self.site_ids.to_numpy(), shape[0]),
                "way": pd.Categorical.from_codes(self.way[band].ravel(), categories=names),
                "minutes": self.minutes[band].ravel(),
                "within": self.within[band].ravel(),
            }
        )


def lawful_ways(
    walk: TravelTimes,
    *,
    bicycle: TravelTimes | None = None,
    public_transport: TravelTimes | None = None,
    school_bus: TravelTimes | None = None,
    beds: pd.Series | Mapping[str, float] | None = None,
    standards: Standards | None = None,
) -> LawfulWays:
    """Say which way to school the law puts first.

    The order is that of the regulation on school buses (校车安全管理条例, article 3): pupils
    attend a school nearby; else they board; else they go by public transport; and only where
    neither will do is there a school bus. Nearby means on foot, or by bicycle for those who may
    ride, within the travel limit of the band. Grades 1-3 do not board
    (国办发〔2018〕27号). Public transport will do within the limit; a school bus is the last
    way and may take longer, which is told.

    Parameters
    ----------
    walk
        Minutes on foot.
    bicycle
        Minutes by bicycle, where pupils cycle.
    public_transport
        Minutes by public transport, where there is any; a matrix of the county's own.
    school_bus
        Minutes by school bus, where there can be one.
    beds
        Beds by site, numbers from 0; a site with 0, or not in it, takes no boarders. Nobody
        boards where not given.
    standards
        The travel limits and ages; the national profile where not given.

    Returns
    -------
    LawfulWays
        For every village, site and band the first lawful way.

    Raises
    ------
    TravelError
        If the times are not of the same villages and sites.
    OptionsError
        If the times on foot are of another mode, or beds are not numbers from 0 of known
        sites.

    Examples
    --------
    >>> frame = pd.DataFrame([[20.0, 80.0]], index=["v1"], columns=["s1", "s2"])
    >>> walk = TravelTimes.from_matrix(frame, mode="walk")
    >>> bus = TravelTimes.from_matrix(frame / 2, mode="bus")
    >>> ways = lawful_ways(walk, school_bus=bus, beds=pd.Series({"s2": 120}))
    >>> ways.table("g13")[["way", "minutes", "within"]].to_numpy().tolist()
    [['walk', 20.0, True], ['bus', 40.0, False]]
    >>> ways.table("g46")["way"].tolist()
    ['walk', 'board']
    """
    if walk.mode != "walk":
        values = {"mode": "walk", "network": walk.mode}
        raise OptionsError(Finding(code="times_of_other_mode", values=values))
    numbers = load_standards() if standards is None else standards
    others = {_BICYCLE: bicycle, _PUBLIC: public_transport, _BUS: school_bus}
    times = {_WALK: walk} | {
        way: given.aligned(walk.village_ids, walk.site_ids)
        for way, given in others.items()
        if given is not None
    }
    with_beds = np.zeros(len(walk.site_ids), dtype=bool)
    if beds is not None:
        with_beds = _with_beds(beds, walk.site_ids)
    made = {band: _of_band(band, times, with_beds, numbers) for band in BANDS}
    way, minutes, within = (
        MappingProxyType({band: _read_only(parts[i]) for band, parts in made.items()})
        for i in range(3)
    )
    return LawfulWays(
        village_ids=walk.village_ids,
        site_ids=walk.site_ids,
        way=way,
        minutes=minutes,
        within=within,
    )


def _with_beds(given: object, site_ids: "pd.Index[Any]") -> NDArray[np.bool_]:
    """Tell which sites have beds; shape (sites,)."""
    if not isinstance(given, pd.Series | Mapping):
        values = {"kind": type(given).__name__}
        raise OptionsError(Finding(code="beds_not_by_site", values=values))
    beds = pd.Series(dict(given), dtype=object) if isinstance(given, Mapping) else given
    ids = labels(beds.index, "site_id")
    number = pd.to_numeric(beds, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~(np.isfinite(number) & (number >= 0))
    checks = (
        ("labels_unknown", ids.unique().difference(site_ids, sort=False)),
        ("labels_repeat", ids[ids.duplicated()].unique()),
        ("beds_not_numbers", ids[wrong].unique()),
    )
    findings = [Finding(code=c, table="schools", ids=tuple(i)) for c, i in checks if len(i)]
    if findings:
        raise OptionsError(findings)
    return np.asarray(site_ids.isin(ids[number > 0]))


def _of_band(
    band: str, times: Mapping[int, TravelTimes], with_beds: NDArray[np.bool_], standards: Standards
) -> tuple[NDArray[np.int8], NDArray[np.float64], NDArray[np.bool_]]:
    limit = standards.value(f"travel_limit_minutes_{band}")
    taken = {way: given.array(band) for way, given in times.items()}
    if band not in riding_bands(standards):
        taken.pop(_BICYCLE, None)
    never = np.full(taken[_WALK].shape, np.inf)
    quickest = np.minimum.reduce(list(taken.values()))
    public, bus = taken.get(_PUBLIC, never), taken.get(_BUS, never)
    boards = with_beds[None, :] & (band != BANDS[0]) & np.isfinite(quickest)
    # In the order of the law; of what is open, the first is taken.
    steps = (
        (_WALK, taken[_WALK] <= limit, taken[_WALK]),
        (_BICYCLE, taken.get(_BICYCLE, never) <= limit, taken.get(_BICYCLE, never)),
        (_BOARD, boards, quickest),
        (_PUBLIC, public <= limit, public),
        (_BUS, np.isfinite(bus), bus),
        (_PUBLIC, np.isfinite(public), public),
    )
    way = np.full(never.shape, _NONE, dtype=np.int8)
    minutes = never
    for number, open_, values in reversed(steps):
        way[open_] = number
        minutes = np.where(open_, values, minutes)
    return way, minutes, (minutes <= limit) | (way == _BOARD)


def _read_only(values: NDArray[Any]) -> NDArray[Any]:
    values.setflags(write=False)
    return values
