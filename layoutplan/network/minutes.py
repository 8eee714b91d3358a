"""Minutes of pairs of places for every band, kept once and worked out when asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.direct import DirectWays, none_direct

Array = NDArray[np.float64]
"""Minutes, one for each pair."""

_CELLS_MAX: Final = 2**25
"""Cells of the largest table that is made of listed pairs: 256 MiB."""

_CELLS_KEPT: Final = 2**22
"""Cells of the largest table that is kept for the next time: 32 MiB."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairs:
    """The pairs of villages and sites that there are times for, village by village.

    Parameters
    ----------
    villages, sites
        How many there are of each.
    begins
        Where the pairs of each village begin, and the end of the last; shape
        (villages + 1,).
    site
        The site of each pair, ascending within a village; None where every village has
        every site.
    """

    villages: int
    sites: int
    begins: NDArray[np.int64] = field(repr=False)
    site: NDArray[np.int32] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        """Count the pairs."""
        return int(self.begins[-1])

    def ends(
        self, first: int = 0, last: int | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Give the village and the site of every pair of the villages from first to last."""
        last = self.villages if last is None else last
        village = np.repeat(np.arange(first, last), np.diff(self.begins[first : last + 1]))
        if self.site is None:
            return village, np.tile(np.arange(self.sites), last - first)
        return village, self.site[self.begins[first] : self.begins[last]].astype(np.intp)

    def at(self, village: NDArray[np.intp], site: NDArray[np.intp]) -> NDArray[np.intp]:
        """Find pairs; -1 where a pair is not among them."""
        key = village.astype(np.int64) * self.sites + site
        if self.site is None:
            return key
        if len(self.site) == 0:
            return np.full(len(key), -1)
        keys = np.repeat(np.arange(self.villages) * self.sites, np.diff(self.begins)) + self.site
        found = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        return np.where(keys[found] == key, found, -1)

    def of(
        self, villages: NDArray[np.intp], sites: NDArray[np.intp]
    ) -> tuple["Pairs", NDArray[np.intp]]:
        """Choose villages and sites; give their pairs and where those were."""
        if self.site is None:
            where = (villages[:, None] * self.sites + sites).ravel()
            return every_pair(len(villages), len(sites)), where
        count = np.diff(self.begins)[villages]
        row = np.repeat(np.arange(len(villages)), count)
        skipped = self.begins[villages] - np.concatenate([[0], np.cumsum(count)[:-1]])
        where = np.arange(len(row)) + np.repeat(skipped, count)
        number = np.full(self.sites, -1)
        number[sites] = np.arange(len(sites))
        column = number[self.site[where]]
        chosen = np.flatnonzero(column >= 0)
        chosen = chosen[np.lexsort((column[chosen], row[chosen]))]
        made = listed_pairs(row[chosen], column[chosen], villages=len(villages), sites=len(sites))
        return made, where[chosen]


def every_pair(villages: int, sites: int) -> Pairs:
    """Pair every village with every site.

    Parameters
    ----------
    villages, sites
        How many there are of each.

    Returns
    -------
    Pairs
        All of them.

    Examples
    --------
    >>> [ends.tolist() for ends in every_pair(2, 2).ends()]
    [[0, 0, 1, 1], [0, 1, 0, 1]]
    """
    return Pairs(villages=villages, sites=sites, begins=np.arange(villages + 1) * np.int64(sites))


def listed_pairs(
    village: NDArray[np.intp], site: NDArray[np.intp], *, villages: int, sites: int
) -> Pairs:
    """Pair some villages with some sites.

    Parameters
    ----------
    village, site
        The ends of the pairs, sorted by village, then site, each pair once.
    villages, sites
        How many there are of each.

    Returns
    -------
    Pairs
        Those listed.

    Examples
    --------
    >>> made = listed_pairs(np.array([0, 2]), np.array([1, 0]), villages=3, sites=2)
    >>> made.at(np.array([2, 0]), np.array([0, 0])).tolist()
    [1, -1]
    """
    begins = np.zeros(villages + 1, dtype=np.int64)
    np.cumsum(np.bincount(village, minlength=villages), out=begins[1:])
    return Pairs(villages=villages, sites=sites, begins=begins, site=site.astype(np.int32))


@dataclass(frozen=True, eq=False, kw_only=True)
class Minutes(Mapping[str, Array]):
    """Minutes of pairs by band, as tables of villages and sites.

    Walking takes each band its own time and riding takes all the same, so that one array
    of each serves all bands.

    Parameters
    ----------
    pairs
        The pairs.
    walked
        By band, the minutes walked at the speed of grades 1-3, infinite where there is no
        way; shape (pairs,). Bands that share an array share it here.
    factor
        By band, how much longer it walks than grades 1-3.
    ridden
        The minutes in a vehicle, where there is one; shape (pairs,).
    direct
        Ways across country; a pair goes by one where it is quicker.
    """

    pairs: Pairs
    walked: Mapping[str, Array] = field(repr=False)
    factor: Mapping[str, float]
    ridden: Array | None = field(default=None, repr=False)
    direct: DirectWays = field(default_factory=none_direct, repr=False)
    _kept: dict[str, Array] = field(default_factory=dict, init=False, repr=False)

    def __getitem__(self, band: str) -> Array:
        """Give the table of a band; see `table`."""
        return self.table(band)

    def __iter__(self) -> Iterator[str]:
        """Go through the bands."""
        return iter(self.walked)

    def __len__(self) -> int:
        """Count the bands."""
        return len(self.walked)

    @cached_property
    def _direct_at(self) -> NDArray[np.intp]:
        return self.pairs.at(self.direct.village, self.direct.site)

    def of_pairs(self, band: str) -> Array:
        """Give the minutes of the pairs, read-only; shape (pairs,)."""
        minutes = self.walked[band]
        if self.factor[band] != 1:
            minutes = minutes * self.factor[band]
        if self.ridden is not None:
            minutes = minutes + self.ridden
        if len(self.direct):
            minutes = minutes.copy() if minutes is self.walked[band] else minutes
            at = self._direct_at
            minutes[at] = np.minimum(minutes[at], self.direct.minutes * self.factor[band])
        minutes.setflags(write=False)
        return minutes

    def across(self, band: str) -> NDArray[np.bool_]:
        """Tell which of the direct ways are quicker than those by road; shape (ways,)."""
        by_road = self.walked[band][self._direct_at] * self.factor[band]
        if self.ridden is not None:
            by_road = by_road + self.ridden[self._direct_at]
        return np.asarray(self.direct.minutes * self.factor[band] < by_road)

    def with_direct(self, direct: DirectWays) -> "Minutes":
        """Let pairs go by direct ways, as far as these are quicker for any band."""
        given = replace(self, direct=direct)
        quicker = np.zeros(len(direct), dtype=bool)
        for band in self.walked:
            quicker |= given.across(band)
        return replace(self, direct=direct.only(quicker))

    def table(self, band: str) -> Array:
        """Give the minutes as a table, infinite where there is no way or no pair.

        Parameters
        ----------
        band
            The grade band.

        Returns
        -------
        numpy.ndarray
            Minutes, shape (villages, sites), read-only.

        Raises
        ------
        OptionsError
            If the pairs are listed, so as to save room, and the table would be too large.
        """
        if band in self._kept:
            return self._kept[band]
        shape = self.pairs.villages, self.pairs.sites
        cells = shape[0] * shape[1]
        if self.pairs.site is None:
            table = self.of_pairs(band).reshape(shape)
        else:
            if cells > _CELLS_MAX:
                values = {"cells": f"{cells:,}", "most": f"{_CELLS_MAX:,}"}
                raise OptionsError(Finding(code="times_table_too_large", values=values))
            table = np.full(shape, np.inf)
            table[self.pairs.ends()] = self.of_pairs(band)
            table.setflags(write=False)
        if cells <= _CELLS_KEPT:
            self._kept[band] = table
        return table

    def of(self, villages: NDArray[np.intp], sites: NDArray[np.intp]) -> "Minutes":
        """Choose villages and sites, each at most once."""
        pairs, where = self.pairs.of(villages, sites)
        return self._at(pairs, where, self.direct.of(villages, sites, self.pairs))

    def only(self, chosen: NDArray[np.bool_]) -> "Minutes":
        """Keep some of the pairs, which are listed from then on; shape (pairs,)."""
        where = np.flatnonzero(chosen)
        village, site = (ends[where] for ends in self.pairs.ends())
        pairs = listed_pairs(village, site, villages=self.pairs.villages, sites=self.pairs.sites)
        kept = pairs.at(self.direct.village, self.direct.site) >= 0
        return self._at(pairs, where, self.direct.only(kept))

    def _at(self, pairs: Pairs, where: NDArray[np.intp], direct: DirectWays) -> "Minutes":
        # Bands that share an array go on sharing it.
        arrays = {id(values): values[where] for values in self.walked.values()}
        for values in arrays.values():
            values.setflags(write=False)
        return replace(
            self,
            pairs=pairs,
            walked={band: arrays[id(values)] for band, values in self.walked.items()},
            ridden=None if self.ridden is None else self.ridden[where],
            direct=direct,
        )

    def reached(self, band: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which villages have a way to any site, and which sites from any village."""
        way = np.flatnonzero(np.isfinite(self.of_pairs(band)))
        villages = np.zeros(self.pairs.villages, dtype=bool)
        sites = np.zeros(self.pairs.sites, dtype=bool)
        village, site = self.pairs.ends()
        villages[village[way]] = True
        sites[site[way]] = True
        return villages, sites

    def nearest(
        self, k: int, *, band: str, order: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Array]:
        """Find the nearest sites of every village.

        Parameters
        ----------
        k
            How many at most.
        band
            The grade band.
        order
            The sites in the order in which equally near ones come; shape (sites,).

        Returns
        -------
        village, place : numpy.ndarray
            The village, ascending, and the place among its nearest, from 0.
        site : numpy.ndarray
            The site.
        minutes : numpy.ndarray
            Finite.
        """
        values = self.of_pairs(band)
        rank = np.empty(self.pairs.sites, dtype=np.intp)
        rank[order] = np.arange(self.pairs.sites)
        found = []
        rows = max(1, _CELLS_KEPT // max(1, self.pairs.sites))
        for first in range(0, self.pairs.villages, rows):
            last = min(first + rows, self.pairs.villages)
            part = slice(self.pairs.begins[first], self.pairs.begins[last])
            village, site = self.pairs.ends(first, last)
            minutes = values[part]
            near = np.flatnonzero(
                np.isfinite(minutes) & self._among_least(minutes, last - first, k)
            )
            village, site, minutes = village[near], site[near], minutes[near]
            sorted_ = np.lexsort((rank[site], minutes, village))
            village = village[sorted_]
            place = np.arange(len(village)) - np.searchsorted(village, village)
            kept = place < k
            chosen = sorted_[kept]
            found.append((village[kept], place[kept], site[chosen], minutes[chosen]))
        nothing = (np.empty(0, dtype=np.intp),) * 3
        found.append((*nothing, np.empty(0)))
        village, place, site, minutes = (np.concatenate(c) for c in zip(*found, strict=True))
        return village, place, site, minutes

    def _among_least(self, minutes: Array, villages: int, k: int) -> NDArray[np.bool_]:
        """Tell which can be among the k least of their village; of listed pairs, any."""
        if self.pairs.site is not None or not 0 < k < self.pairs.sites:
            return np.full(len(minutes), k > 0)
        table = minutes.reshape(villages, self.pairs.sites)
        return np.asarray(table <= np.partition(table, k - 1, axis=1)[:, k - 1 : k]).ravel()
