"""The travel times of a county."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.coverage import way_findings
from layoutplan.network.matrix import (
    chosen_labels,
    disagreements,
    labels,
    tabled_minutes,
    unknown_band,
)
from layoutplan.network.minutes import Minutes
from layoutplan.network.modes import Mode, known_mode
from layoutplan.network.pair_table import frames_of, is_list, listed_minutes
from layoutplan.network.snap import OFF_ROAD
from layoutplan.network.times import ACCESS_COLUMNS
from layoutplan.tables import BANDS

if TYPE_CHECKING:
    from layoutplan.county import County


@dataclass(frozen=True, eq=False, kw_only=True)
class TravelTimes:
    """Minutes from every village to every site, for each grade band.

    Made by `travel_times` or `TravelTimes.from_matrix`.

    Parameters
    ----------
    mode
        Who travels: ``"walk"``, ``"car"`` or ``"bus"``.
    village_ids
        The villages in their order.
    site_ids
        The schools and candidate sites in their order.
    minutes
        Travel times by band as tables of shape (villages, sites), made when asked for.
    access
        How places get onto the network: ``place_id``, ``role`` (``"village"`` or
        ``"site"``), ``status`` (see `layoutplan.network.Attachment`), ``distance_m``,
        ``minutes`` (of grades 1-3), ``component`` and ``road``. Empty for a given matrix.
    findings
        What should be known about the times.
    cutoff_minutes
        Where given, pairs that take longer for every band are left out, but for those of
        a village and its nearest site, also of those that teach each band, and of a site
        and its nearest village.
    """

    mode: Mode
    village_ids: "pd.Index[Any]"
    site_ids: "pd.Index[Any]"
    minutes: Minutes = field(repr=False)
    access: pd.DataFrame = field(repr=False)
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    cutoff_minutes: float | None = None

    @classmethod
    def from_matrix(
        cls,
        frame: pd.DataFrame | pd.Series | Mapping[str, pd.DataFrame | pd.Series],
        *,
        mode: str,
        county: "County | None" = None,
    ) -> "TravelTimes":
        """Take travel times that were computed elsewhere.

        Parameters
        ----------
        frame
            Minutes with village ids as index and site ids as columns; or a list with
            the columns ``village_id``, ``site_id`` and ``minutes``, which is kept as
            short as it is. For all bands, or one for each. An empty cell, infinity or a
            pair that is not listed means that there is no way. A Series whose index has the
            levels village and site counts as such a list.
        mode
            Who travels.
        county
            The county whose villages and sites the labels must be, all and only; of a
            list, only.

        Returns
        -------
        TravelTimes
            The times; in the order of the county where one is given.

        Raises
        ------
        TravelError
            If labels repeat, are missing or unknown, or a value is not a number from 0.
        OptionsError
            If the mode or a band is unknown, a band is missing, or what is given is no
            table or a list with other columns.

        Examples
        --------
        >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
        >>> TravelTimes.from_matrix(frame, mode="walk").table("g46").loc["v1", "s2"]
        np.float64(30.0)
        """
        known = known_mode(mode)
        given = frames_of(frame)
        if not is_list(given):
            minutes, village_ids, site_ids, findings = tabled_minutes(given)
        elif county is None:
            minutes, village_ids, site_ids, findings = listed_minutes(given)
        else:
            minutes, village_ids, site_ids, findings = listed_minutes(
                given, village_ids=county.villages.index, site_ids=county.sites.index
            )
        times = cls(
            mode=known,
            village_ids=village_ids,
            site_ids=site_ids,
            minutes=minutes,
            access=pd.DataFrame(columns=list(ACCESS_COLUMNS)),
            findings=tuple(findings),
        )
        if county is not None:
            times = times.aligned(county.villages.index, county.sites.index)
        villages = None if county is None else county.villages
        return replace(times, findings=(*times.findings, *without_way(times, villages)))

    def array(self, band: str = "g13") -> NDArray[np.float64]:
        """Give the minutes of a band without labels.

        Parameters
        ----------
        band
            The grade band.

        Returns
        -------
        numpy.ndarray
            Minutes, shape (villages, sites), read-only; infinite where there is no way or
            the pair was left out.

        Raises
        ------
        OptionsError
            If there is no such band, or pairs were left out to save room and the table
            would take more than 256 MiB.
        """
        return self.minutes[_known_band(band)]

    def table(self, band: str = "g13") -> pd.DataFrame:
        """Give the minutes of a band with labels.

        Parameters
        ----------
        band
            The grade band.

        Returns
        -------
        pandas.DataFrame
            A copy: minutes with villages as index and sites as columns; infinite where
            there is no way or the pair was left out.

        Raises
        ------
        OptionsError
            See `array`.
        """
        values = self.array(band).copy()
        return pd.DataFrame(values, index=self.village_ids, columns=self.site_ids)

    def pairs(self, band: str = "g13") -> pd.DataFrame:
        """List the pairs that have a way.

        Parameters
        ----------
        band
            The grade band.

        Returns
        -------
        pandas.DataFrame
            ``village_id``, ``site_id`` and ``minutes``, in the order of villages, then
            sites.

        Raises
        ------
        OptionsError
            If there is no such band.

        Examples
        --------
        >>> frame = pd.DataFrame([[12.5, None]], index=["v1"], columns=["s1", "s2"])
        >>> TravelTimes.from_matrix(frame, mode="walk").pairs().to_numpy().tolist()
        [['v1', 's1', 12.5]]
        """
        minutes = self.minutes.of_pairs(_known_band(band))
        village, site = self.minutes.pairs.ends()
        way = np.flatnonzero(np.isfinite(minutes))
        return pd.DataFrame(
            {
                "village_id": self.village_ids[village[way]],
                "site_id": self.site_ids[site[way]],
                "minutes": minutes[way],
            }
        )

    def between(
        self, village_ids: Iterable[str], site_ids: Iterable[str], *, band: str = "g13"
    ) -> NDArray[np.float64]:
        """Look up the minutes of some pairs.

        Parameters
        ----------
        village_ids, site_ids
            The ends of the pairs; as many of the one as of the other. A single text is one
            id.
        band
            The grade band.

        Returns
        -------
        numpy.ndarray
            Minutes, shape (pairs,); infinite where there is no way or the pair was left
            out.

        Raises
        ------
        TravelError
            If an id is unknown, or there are more of the one than of the other.
        OptionsError
            If there is no such band.

        Examples
        --------
        >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
        >>> TravelTimes.from_matrix(frame, mode="walk").between(["v1"], ["s2"]).tolist()
        [30.0]
        """
        villages, sites = labels(village_ids, "village_id"), labels(site_ids, "site_id")
        if len(villages) != len(sites):
            values = {"villages": len(villages), "sites": len(sites)}
            raise TravelError(Finding(code="pairs_uneven", values=values))
        chosen_labels(self.village_ids, villages.unique(), table="villages")
        chosen_labels(self.site_ids, sites.unique(), table="schools")
        village, site = self.village_ids.get_indexer(villages), self.site_ids.get_indexer(sites)
        at = self.minutes.pairs.at(village, site)
        found = np.full(len(at), np.inf)
        found[at >= 0] = self.minutes.of_pairs(_known_band(band))[at[at >= 0]]
        return found

    def across_country(self, band: str = "g13") -> pd.DataFrame:
        """List the pairs that go straight, because the way by road is longer.

        Parameters
        ----------
        band
            The grade band.

        Returns
        -------
        pandas.DataFrame
            ``village_id``, ``site_id``, ``distance_m`` (straight) and ``minutes``.

        Raises
        ------
        OptionsError
            If there is no such band.
        """
        chosen = self.minutes.across(_known_band(band))
        ways = self.minutes.direct.only(chosen)
        return pd.DataFrame(
            {
                "village_id": self.village_ids[ways.village],
                "site_id": self.site_ids[ways.site],
                "distance_m": ways.metres,
                "minutes": ways.minutes * self.minutes.factor[band],
            }
        )

    @property
    def unreachable(self) -> pd.DataFrame:
        """The villages that reach no site at all, with how they get onto the network."""
        ids = self.village_ids[~self.minutes.reached(BANDS[0])[0]]
        villages = self.access[self.access["role"] == "village"].set_index("place_id")
        columns = ["status", "distance_m", "component", "road"]
        return villages.reindex(ids)[columns].rename_axis("village_id")

    def nearest(self, k: int = 1, *, band: str = "g13") -> pd.DataFrame:
        """Give the nearest sites of every village.

        Parameters
        ----------
        k
            How many sites at most, from 1.
        band
            The grade band.

        Returns
        -------
        pandas.DataFrame
            ``village_id``, ``rank`` from 1, ``site_id`` and ``minutes``, nearest first;
            of equally near sites the one whose id sorts first. Sites without a way, or
            left out beyond a cut-off, are not listed.

        Raises
        ------
        OptionsError
            If there is no such band, or the number is not whole or below 1.

        Examples
        --------
        >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
        >>> TravelTimes.from_matrix(frame, mode="walk").nearest()["site_id"].tolist()
        ['s1']
        """
        if not isinstance(k, Integral) or isinstance(k, bool) or k < 1:
            raise OptionsError(Finding(code="nearest_count", values={"given": k}))
        order = np.argsort(self.site_ids.to_numpy(dtype=str), kind="stable")
        village, place, site, minutes = self.minutes.nearest(k, band=_known_band(band), order=order)
        return pd.DataFrame(
            {
                "village_id": self.village_ids[village],
                "rank": place + 1,
                "site_id": self.site_ids[site],
                "minutes": minutes,
            }
        )

    def subset(
        self, village_ids: Iterable[str] | None = None, site_ids: Iterable[str] | None = None
    ) -> "TravelTimes":
        """Choose villages and sites.

        Parameters
        ----------
        village_ids
            The villages wanted in their order, a single text for one; all where not given.
        site_ids
            The sites wanted in their order, a single text for one; all where not given.

        Returns
        -------
        TravelTimes
            The times between them.

        Raises
        ------
        TravelError
            If an id is unknown or repeats.

        Examples
        --------
        >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
        >>> times = TravelTimes.from_matrix(frame, mode="walk").subset(site_ids=["s2"])
        >>> times.array().tolist()
        [[30.0]]
        """
        villages = chosen_labels(self.village_ids, village_ids, table="villages")
        sites = chosen_labels(self.site_ids, site_ids, table="schools")
        at = self.village_ids.get_indexer(villages), self.site_ids.get_indexer(sites)
        role, place = self.access["role"], self.access["place_id"]
        wanted = ((role == "village") & place.isin(villages)) | (
            (role == "site") & place.isin(sites)
        )
        return replace(
            self,
            village_ids=villages,
            site_ids=sites,
            minutes=self.minutes.of(*at),
            access=self.access[wanted].reset_index(drop=True),
        )

    def aligned(self, village_ids: Iterable[str], site_ids: Iterable[str]) -> "TravelTimes":
        """Put the times in the order of a county, whose labels they must have.

        Parameters
        ----------
        village_ids
            All villages of the county.
        site_ids
            All sites of the county.

        Returns
        -------
        TravelTimes
            The same times in the order given.

        Raises
        ------
        TravelError
            With the ids that are missing or unknown.
        """
        villages, sites = labels(village_ids, "village_id"), labels(site_ids, "site_id")
        findings = [
            *disagreements(self.village_ids, villages, table="villages"),
            *disagreements(self.site_ids, sites, table="schools"),
        ]
        if findings:
            raise TravelError(findings)
        if villages.equals(self.village_ids) and sites.equals(self.site_ids):
            return self
        return self.subset(villages, sites)


def without_way(times: TravelTimes, villages: pd.DataFrame | None) -> tuple[Finding, ...]:
    """Report places without a way to any other; off the road they are reported already.

    Parameters
    ----------
    times
        The times.
    villages
        The villages, for counting people.

    Returns
    -------
    tuple of Finding
        At most one for villages and one for sites.

    Examples
    --------
    >>> frame = pd.DataFrame([[12.5, None]], index=["v1"], columns=["s1", "s2"])
    >>> times = TravelTimes.from_matrix(frame, mode="walk")
    >>> [(f.code, f.ids) for f in without_way(times, None)]
    [('site_without_way', ('s2',))]
    """
    from_village, to_site = times.minutes.reached(BANDS[0])
    off = times.access[times.access["status"] == OFF_ROAD]
    off_villages, off_sites = (
        off.loc[off["role"] == role, "place_id"] for role in ("village", "site")
    )
    return (
        *way_findings(
            "villages",
            times.village_ids,
            cut_off=~from_village & ~times.village_ids.isin(off_villages),
            frame=villages,
        ),
        *way_findings(
            "schools",
            times.site_ids,
            cut_off=~to_site & ~times.site_ids.isin(off_sites),
        ),
    )


def _known_band(band: str) -> str:
    if band not in BANDS:
        raise OptionsError(unknown_band(band))
    return band
