"""Travel times along the roads."""

from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network import RoadNetwork, attach
from layoutplan.network import network as make_network
from layoutplan.network.coverage import attachment_findings, require_attached, require_overlap
from layoutplan.network.cycling import with_young_on_foot
from layoutplan.network.direct import direct_ways
from layoutplan.network.matrix import labels
from layoutplan.network.metric import metric_coordinates, points_of_places
from layoutplan.network.modes import Mode, known_mode
from layoutplan.network.place_findings import barrier_findings, bus_stop_findings
from layoutplan.network.times import Progress, access_table, minutes_between
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, BANDS_OF_KIND
from layoutplan.travel.noun import TravelTimes, without_way

if TYPE_CHECKING:
    from layoutplan.county import County


def travel_times(
    county: "County",
    *,
    mode: str = "walk",
    network: RoadNetwork | None = None,
    standards: Standards | None = None,
    cutoff_minutes: float | None = None,
    progress: Progress | None = None,
) -> TravelTimes:
    """Compute the travel times from every village to every site of a county.

    Parameters
    ----------
    county
        The county.
    mode
        ``"walk"``, ``"bicycle"``, ``"car"`` or ``"bus"``.
    network
        A network of the same mode, where it is already made, such as one with slopes,
        barriers or in a season; see `layoutplan.network.network`.
    standards
        The speeds and distances; those of the network, or the national profile, where
        not given.
    cutoff_minutes
        Leave out pairs that take longer for every band; see `travel_between`. Every village
        keeps its nearest school for each band, but a plan made with these times knows no
        other way beyond the cut-off: pupils may count as without a school, which
        `layoutplan.evaluate` and `layoutplan.propose` say. For plans, leave it out or set it
        far above the travel limits.
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
    return travel_between(
        county.villages,
        county.sites,
        network=network,
        cutoff_minutes=cutoff_minutes,
        progress=progress,
    )


def travel_between(
    villages: Any,  # noqa: ANN401 - geopandas has no types
    sites: Any,  # noqa: ANN401
    *,
    network: RoadNetwork,
    cutoff_minutes: float | None = None,
    progress: Progress | None = None,
) -> TravelTimes:
    """Compute the travel times between places on a network.

    A time is the walk to the road, the way along the roads, and the walk to the site; or,
    between places nearer to each other than to the road, the walk across country if that
    is quicker, see `layoutplan.network.direct.direct_ways`. Walking times are those of
    grades 1-3, scaled to the speed of the older bands; time in a vehicle is the same for
    all. Who takes the school bus waits for it once; who is too young to cycle walks.

    Parameters
    ----------
    villages
        geopandas.GeoDataFrame indexed by village id.
    sites
        geopandas.GeoDataFrame indexed by site id.
    network
        The network.
    cutoff_minutes
        Where given, only pairs that some band covers within so many minutes are kept, and,
        however far they are, every village with its nearest site and every site with its
        nearest village, for any band. Where sites have a ``kind``, every village keeps the
        nearest that teaches each band too, and the nearest of those that are no candidates
        where sites have a ``candidate``. So every time up to the cut-off is there, and what
        has no pair at all has no way. Memory grows with the pairs kept.
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
    OptionsError
        If the cut-off is not a number above 0.

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
    _check_cutoff(cutoff_minutes)
    village_ids, site_ids = labels(villages.index, "village_id"), labels(sites.index, "site_id")
    require_overlap(network, {"villages": villages, "schools": sites})
    crs = CRS(villages.crs)
    places = np.concatenate([villages.geometry.to_numpy(), sites.geometry.to_crs(crs).to_numpy()])
    at = attach(network, places, crs=crs)
    at_villages, at_sites = at[: len(villages)], at[len(villages) :]
    require_attached(network, "villages", villages, at_villages)
    require_attached(network, "schools", sites, at_sites)
    xy = np.full((len(places), 2), np.inf)
    coordinates, place = metric_coordinates(points_of_places(places), crs, to=network.crs)
    xy[place] = coordinates
    minutes = minutes_between(
        network,
        at,
        villages=len(villages),
        direct=direct_ways(
            network,
            at,
            xy,
            villages=len(villages),
            blocked=None if network.fence is None else network.fence.crossed,
        ),
        cutoff_minutes=cutoff_minutes,
        kinds_of_site=_that_teach(sites),
        progress=progress,
    )
    if network.on_foot is not None:
        on_foot = travel_between(
            villages, sites, network=network.on_foot, cutoff_minutes=cutoff_minutes
        )
        minutes = with_young_on_foot(minutes, on_foot.minutes, standards=network.standards)
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
        cutoff_minutes=cutoff_minutes,
    )
    findings = (
        *network.findings,
        *attachment_findings("villages", villages, at_villages),
        *attachment_findings("schools", sites, at_sites),
        *barrier_findings(network, "villages", villages, at_villages),
        *barrier_findings(network, "schools", sites, at_sites),
        *bus_stop_findings(network, villages, at_villages),
        *without_way(times, villages),
    )
    return replace(times, findings=findings)


def _check_cutoff(given: object) -> None:
    if given is None:
        return
    number = isinstance(given, Real) and not isinstance(given, bool)
    if not (number and 0 < float(cast("float", given)) < np.inf):
        raise OptionsError(Finding(code="cutoff_not_positive", values={"given": given}))


def _that_teach(sites: pd.DataFrame) -> list[NDArray[np.bool_]]:
    """Tell which sites teach each band, all of them and those that stand today."""
    if "kind" not in sites:
        return []
    standing = np.ones(len(sites), dtype=bool)
    if "candidate" in sites:
        standing = ~sites["candidate"].fillna(value=False).to_numpy(dtype=bool)
    found: dict[bytes, NDArray[np.bool_]] = {}
    for band in BANDS:
        kinds = [kind for kind, bands in BANDS_OF_KIND.items() if band in bands]
        teaches = sites["kind"].isin(kinds).to_numpy(dtype=bool)
        for some in (teaches, teaches & standing):
            # Bands that the same sites teach are looked at once.
            found[some.tobytes()] = some
    return list(found.values())


def _same_options(network: RoadNetwork, mode: Mode, standards: Standards | None) -> None:
    if network.mode != mode:
        values = {"mode": mode, "network": network.mode}
        raise OptionsError(Finding(code="network_of_other_mode", values=values))
    own = {k: s.value for k, s in network.standards.items()}
    if standards is not None and {k: s.value for k, s in standards.items()} != own:
        raise OptionsError(Finding(code="network_of_other_standards"))
