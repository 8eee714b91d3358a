"""Travel times from every village to every site."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network import RoadNetwork, attach
from layoutplan.network import network as make_network
from layoutplan.network.coverage import (
    attachment_findings,
    require_attached,
    require_overlap,
    way_findings,
)
from layoutplan.network.matrix import (
    chosen_labels,
    disagreements,
    labels,
    matrices_by_band,
    unknown_band,
)
from layoutplan.network.modes import Mode, known_mode
from layoutplan.network.snap import OFF_ROAD
from layoutplan.network.times import ACCESS_COLUMNS, Progress, access_table, minutes_between
from layoutplan.standards import Standards
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
        Travel times by band, each a read-only array of shape (villages, sites);
        infinite where there is no way.
    access
        How places get onto the network: ``place_id``, ``role`` (``"village"`` or
        ``"site"``), ``status`` (see `layoutplan.network.Attachment`), ``distance_m``,
        ``minutes`` (of grades 1-3), ``component`` and ``road``. Empty for a given matrix.
    findings
        What should be known about the times.
    """

    mode: Mode
    village_ids: "pd.Index[Any]"
    site_ids: "pd.Index[Any]"
    minutes: Mapping[str, NDArray[np.float64]] = field(repr=False)
    access: pd.DataFrame = field(repr=False)
    findings: tuple[Finding, ...] = field(default=(), repr=False)

    @classmethod
    def from_matrix(
        cls,
        frame: pd.DataFrame | Mapping[str, pd.DataFrame],
        *,
        mode: str,
        county: "County | None" = None,
    ) -> "TravelTimes":
        """Take travel times that were computed elsewhere.

        Parameters
        ----------
        frame
            Minutes with village ids as index and site ids as columns, for all
            bands; or one such table for each band. An empty cell or infinity means
            that there is no way.
        mode
            Who travels.
        county
            The county whose villages and sites the labels must be, all and only.

        Returns
        -------
        TravelTimes
            The times; in the order of the county where one is given.

        Raises
        ------
        TravelError
            If labels repeat, are missing or unknown, or a value is not a number from 0.
        OptionsError
            If the mode or a band is unknown, or a band is missing.

        Examples
        --------
        >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
        >>> TravelTimes.from_matrix(frame, mode="walk").table("g46").loc["v1", "s2"]
        np.float64(30.0)
        """
        known = known_mode(mode)
        tables, findings = matrices_by_band(frame)
        first = tables[BANDS[0]]
        times = cls(
            mode=known,
            village_ids=first.index,
            site_ids=first.columns,
            minutes=_read_only({band: table.to_numpy() for band, table in tables.items()}),
            access=pd.DataFrame(columns=list(ACCESS_COLUMNS)),
            findings=tuple(findings),
        )
        if county is not None:
            times = times.aligned(county.villages.index, county.sites.index)
        villages = None if county is None else county.villages
        return replace(times, findings=(*times.findings, *_without_way(times, villages)))

    def array(self, band: str = "g13") -> NDArray[np.float64]:
        """Give the minutes of a band without labels.

        Parameters
        ----------
        band
            The grade band.

        Returns
        -------
        numpy.ndarray
            Minutes, shape (villages, sites), read-only; infinite where there is no way.

        Raises
        ------
        OptionsError
            If there is no such band.
        """
        if band not in self.minutes:
            raise OptionsError(unknown_band(band))
        return self.minutes[band]

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
            there is no way.

        Raises
        ------
        OptionsError
            If there is no such band.
        """
        values = self.array(band).copy()
        return pd.DataFrame(values, index=self.village_ids, columns=self.site_ids)

    @property
    def unreachable(self) -> pd.DataFrame:
        """The villages that reach no site at all, with how they get onto the network."""
        none = np.asarray(~np.isfinite(self.minutes[BANDS[0]]).any(axis=1))
        ids = self.village_ids[none]
        villages = self.access[self.access["role"] == "village"].set_index("place_id")
        columns = ["status", "distance_m", "component", "road"]
        return villages.reindex(ids)[columns].rename_axis("village_id")

    def nearest(self, k: int = 1, *, band: str = "g13") -> pd.DataFrame:
        """Give the nearest sites of every village.

        Parameters
        ----------
        k
            How many sites at most.
        band
            The grade band.

        Returns
        -------
        pandas.DataFrame
            ``village_id``, ``rank`` from 1, ``site_id`` and ``minutes``, nearest first;
            of equally near sites the one whose id sorts first. Sites without a way are
            left out.

        Examples
        --------
        >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
        >>> TravelTimes.from_matrix(frame, mode="walk").nearest()["site_id"].tolist()
        ['s1']
        """
        by_id = np.argsort(self.site_ids.to_numpy(dtype=str), kind="stable")
        values = self.array(band)[:, by_id]
        near = np.argsort(values, axis=1, kind="stable")[:, : max(k, 0)]
        minutes = np.take_along_axis(values, near, axis=1)
        village, rank = np.nonzero(np.isfinite(minutes))
        return pd.DataFrame(
            {
                "village_id": self.village_ids[village],
                "rank": rank + 1,
                "site_id": self.site_ids[by_id[near[village, rank]]],
                "minutes": minutes[village, rank],
            }
        )

    def subset(
        self, village_ids: Iterable[str] | None = None, site_ids: Iterable[str] | None = None
    ) -> "TravelTimes":
        """Choose villages and sites.

        Parameters
        ----------
        village_ids
            The villages wanted in their order; all where not given.
        site_ids
            The sites wanted in their order; all where not given.

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
        at = np.ix_(self.village_ids.get_indexer(villages), self.site_ids.get_indexer(sites))
        role, place = self.access["role"], self.access["place_id"]
        wanted = ((role == "village") & place.isin(villages)) | (
            (role == "site") & place.isin(sites)
        )
        return replace(
            self,
            village_ids=villages,
            site_ids=sites,
            minutes=_read_only({band: values[at] for band, values in self.minutes.items()}),
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


def travel_times(
    county: "County",
    *,
    mode: str = "walk",
    network: RoadNetwork | None = None,
    standards: Standards | None = None,
    progress: Progress | None = None,
) -> TravelTimes:
    """Compute the travel times from every village to every site of a county.

    Parameters
    ----------
    county
        The county.
    mode
        ``"walk"``, ``"car"`` or ``"bus"``.
    network
        A network of the same mode, where it is already made.
    standards
        The speeds and distances; those of the network, or the national profile, where
        not given.
    progress
        Called with the number of sites done, their number and the mode.

    Returns
    -------
    TravelTimes
        Minutes along the roads in the direction village to site, and the walks from the
        places to the roads at both ends.

    Raises
    ------
    TravelError
        If roads and places lie apart, no road may be used, or no village or site can be
        attached.
    OptionsError
        If the mode is unknown or not that of the network.
    """
    known = known_mode(mode)
    if network is None:
        network = make_network(county, mode=known, standards=standards)
    _same_options(network, known, standards)
    return travel_between(county.villages, county.sites, network=network, progress=progress)


def travel_between(
    villages: Any,  # noqa: ANN401 - geopandas has no types
    sites: Any,  # noqa: ANN401
    *,
    network: RoadNetwork,
    progress: Progress | None = None,
) -> TravelTimes:
    """Compute the travel times between places on a network.

    A time is the walk to the road, the way along the roads, and the walk to the site.
    Walking times are those of grades 1-3, scaled to the speed of the older bands; time in a
    vehicle is the same for all.

    Parameters
    ----------
    villages
        geopandas.GeoDataFrame indexed by village id.
    sites
        geopandas.GeoDataFrame indexed by site id.
    network
        The network.
    progress
        Called with the number of sites done, their number and the mode.

    Returns
    -------
    TravelTimes
        The times. They do not depend on the order of rows.

    Raises
    ------
    TravelError
        If roads and places lie apart, or no village or site can be attached.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 503000 0)"], crs=crs)
    >>> places = gpd.GeoSeries.from_wkt(["POINT (500000 0)", "POINT (502000 100)"], crs=crs)
    >>> frame = gpd.GeoDataFrame(geometry=places.set_axis(["a", "b"]))
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> travel_between(frame[:1], frame[1:], network=made).array("g13").round(1).tolist()
    [[31.5]]
    """
    village_ids, site_ids = labels(villages.index, "village_id"), labels(sites.index, "site_id")
    require_overlap(network, {"villages": villages, "schools": sites})
    crs = CRS(villages.crs)
    places = np.concatenate([villages.geometry.to_numpy(), sites.geometry.to_crs(crs).to_numpy()])
    at = attach(network, places, crs=crs)
    at_villages, at_sites = at[: len(villages)], at[len(villages) :]
    require_attached(network, "villages", villages, at_villages)
    require_attached(network, "schools", sites, at_sites)
    minutes = minutes_between(network, at, villages=len(villages), progress=progress)
    times = TravelTimes(
        mode=network.mode,
        village_ids=village_ids,
        site_ids=site_ids,
        minutes=minutes,
        access=pd.concat(
            [
                access_table(network, village_ids, at_villages, role="village"),
                access_table(network, site_ids, at_sites, role="site"),
            ],
            ignore_index=True,
        ),
    )
    findings = (
        *network.findings,
        *attachment_findings("villages", villages, at_villages),
        *attachment_findings("schools", sites, at_sites),
        *_without_way(times, villages),
    )
    return replace(times, findings=findings)


def _same_options(network: RoadNetwork, mode: Mode, standards: Standards | None) -> None:
    if network.mode != mode:
        values = {"mode": mode, "network": network.mode}
        raise OptionsError(Finding(code="network_of_other_mode", values=values))
    own = {k: s.value for k, s in network.standards.items()}
    if standards is not None and {k: s.value for k, s in standards.items()} != own:
        raise OptionsError(Finding(code="network_of_other_standards"))


def _without_way(times: TravelTimes, villages: pd.DataFrame | None) -> tuple[Finding, ...]:
    """Report places that no road joins to any other; off the road they are reported already."""
    way = np.isfinite(times.array())
    off = times.access[times.access["status"] == OFF_ROAD]
    off_villages, off_sites = (
        off.loc[off["role"] == role, "place_id"] for role in ("village", "site")
    )
    return (
        *way_findings(
            "villages",
            times.village_ids,
            cut_off=~way.any(axis=1) & ~times.village_ids.isin(off_villages),
            frame=villages,
        ),
        *way_findings(
            "schools",
            times.site_ids,
            cut_off=~way.any(axis=0) & ~times.site_ids.isin(off_sites),
        ),
    )


def _read_only(
    minutes: Mapping[str, NDArray[np.float64]],
) -> Mapping[str, NDArray[np.float64]]:
    copied = {band: values.copy() for band, values in minutes.items()}
    for values in copied.values():
        values.setflags(write=False)
    return MappingProxyType(copied)
