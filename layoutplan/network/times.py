"""Minutes between places that are attached to a network."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.network.direct import DirectWays, none_direct
from layoutplan.network.elimination import minute_blocks
from layoutplan.network.minutes import Array, Minutes, Pairs, every_pair, listed_pairs
from layoutplan.network.road_network import RoadNetwork
from layoutplan.network.snap import Attachment
from layoutplan.network.split import split_links
from layoutplan.tables import BANDS

Progress = Callable[[int, int, str], None]
"""Called with what is done, of how much, and a label."""

ON_FOOT: Final = "walk"

_Blocks = Iterator[tuple[NDArray[np.intp], NDArray[np.intp], Array]]

ACCESS_COLUMNS: Final = (
    "place_id",
    "role",
    "status",
    "distance_m",
    "minutes",
    "component",
    "road",
)


def minutes_between(
    made: RoadNetwork,
    at: Attachment,
    *,
    villages: int,
    direct: DirectWays | None = None,
    cutoff_minutes: float | None = None,
    kinds_of_site: Iterable[NDArray[np.bool_]] = (),
    progress: Progress | None = None,
) -> Minutes:
    """Compute the minutes from villages to sites for each grade band.

    A time is the walk to the road, the way along the roads, and the walk to the site; or
    the walk across country, where there is one and it is quicker. Walking is computed once
    at the speed of grades 1-3 and scaled by the ratio of speeds; time in a vehicle is the
    same for all bands. Who takes the school bus waits for it once.

    Parameters
    ----------
    made
        The network.
    at
        Where the villages, and after them the sites, are attached.
    villages
        How many of the places are villages.
    direct
        The ways across country, where any are to be gone.
    cutoff_minutes
        Keep only pairs that take the quickest band at most so long, and those of every
        village and its nearest site, and of every site and its nearest village, for any
        band. All pairs where not given.
    kinds_of_site
        With a cut-off, sets of sites, each of shape (sites,), of which every village keeps
        the nearest too, such as those that teach a band.
    progress
        Called with the number of sites done, their number and the mode.

    Returns
    -------
    Minutes
        Infinite where there is no way.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from layoutplan.network import attach, network_of_roads
    >>> crs = "EPSG:32631"
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 503000 0)"], crs=crs)
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=line))
    >>> places = gpd.GeoSeries.from_wkt(["POINT (500000 0)", "POINT (502000 100)"], crs=crs)
    >>> at = attach(made, places.to_numpy(), crs=line.crs)
    >>> minutes_between(made, at, villages=1)["g13"].round(1).tolist()
    [[31.5]]
    """
    attached = np.flatnonzero(at.edge >= 0)
    links, node = split_links(made, at.edge[attached], at.along_m[attached])
    from_village, to_site = attached < villages, attached >= villages
    village, site = attached[from_village], attached[to_site] - villages

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(round(done / total * len(site)), len(site), made.mode)

    found = minute_blocks(links, node[from_village], node[to_site], progress=report)
    blocks = ((village[b.origins], site[b.destinations], _waited(made, b.minutes)) for b in found)
    legs = at.minutes[:villages], at.minutes[villages:]
    across = none_direct() if direct is None else direct
    if cutoff_minutes is None:
        return _every(blocks, legs, made).with_direct(across)
    kinds = [np.flatnonzero(kind) for kind in kinds_of_site]
    return _within(blocks, legs, made, across=across, cutoff_minutes=cutoff_minutes, kinds=kinds)


def _waited(made: RoadNetwork, minutes: Array) -> Array:
    """Add the wait at the stop to every way that is ridden on a school bus."""
    if made.mode != "bus":
        return minutes
    return np.where(minutes > 0, minutes + made.standards.value("bus_wait_minutes"), minutes)


def _every(blocks: _Blocks, legs: tuple[Array, Array], made: RoadNetwork) -> Minutes:
    shape = len(legs[0]), len(legs[1])
    road = np.full(shape, np.inf)
    for rows, columns, found in blocks:
        road[np.ix_(rows, columns)] = found
    walked = road if made.mode == ON_FOOT else np.zeros(shape)
    walked += legs[0][:, None]
    walked += legs[1]
    pairs = every_pair(*shape)
    return _minutes(pairs, walked.ravel(), None if walked is road else road.ravel(), made)


def _within(
    blocks: _Blocks,
    legs: tuple[Array, Array],
    made: RoadNetwork,
    *,
    across: DirectWays,
    cutoff_minutes: float,
    kinds: list[NDArray[np.intp]],
) -> Minutes:
    """Keep the near pairs of each block; the whole table is never there at once."""
    on_foot = made.mode == ON_FOOT
    shape = len(legs[0]), len(legs[1])
    bands = _bands_apart(made)
    factor = _factors(made)
    entries = [_no_road(across.only(np.zeros(len(across), dtype=bool)))]
    least = {band: (np.full(shape[0], np.inf), np.full(shape[1], np.inf)) for band in bands}
    least_of_kind = {band: np.full((len(kinds), shape[0]), np.inf) for band in bands}
    for rows, columns, found in blocks:
        in_block = [np.flatnonzero(np.isin(columns, kind)) for kind in kinds]
        walked = found.copy() if on_foot else np.zeros(found.shape)
        walked += legs[0][rows, None]
        walked += legs[1][columns]
        kept = _there(across, rows, columns, shape)
        for band in bands:
            total = walked * factor[band]
            if not on_foot:
                total += found
            kept |= total <= cutoff_minutes
            # What is nearest so far may be nearest of all.
            of_village, of_site = least[band]
            of_village[rows] = np.minimum(of_village[rows], total.min(axis=1))
            of_site[columns] = np.minimum(of_site[columns], total.min(axis=0))
            kept |= total <= of_village[rows, None]
            kept |= total <= of_site[columns]
            for of_kind, of in zip(least_of_kind[band], in_block, strict=True):
                some = total[:, of]
                of_kind[rows] = np.minimum(of_kind[rows], some.min(axis=1, initial=np.inf))
                kept[:, of] |= some <= of_kind[rows, None]
        kept &= np.isfinite(found)
        i, j = np.nonzero(kept)
        entries.append((rows[i], columns[j], walked[i, j], found[i, j]))
    village, site, walked, ridden = (np.concatenate(c) for c in zip(*entries, strict=True))
    known = np.isin(across.village * shape[1] + across.site, village * shape[1] + site)
    other = _no_road(across.only(~known))
    both = zip((village, site, walked, ridden), other, strict=True)
    village, site, walked, ridden = (np.concatenate(c) for c in both)
    order = np.lexsort((site, village))
    pairs = listed_pairs(village[order], site[order], villages=shape[0], sites=shape[1])
    whole = _minutes(pairs, walked[order], None if on_foot else ridden[order], made)
    return _near(whole.with_direct(across), bands, cutoff_minutes, kinds)


def _near(
    minutes: Minutes, bands: list[str], cutoff_minutes: float, kinds: list[NDArray[np.intp]]
) -> Minutes:
    """Keep pairs within the cut-off, and the nearest of each village, each site and kind."""
    village, site = minutes.pairs.ends()
    kept = np.zeros(len(village), dtype=bool)
    for band in bands:
        values = minutes.of_pairs(band)
        kept |= values <= cutoff_minutes
        for end, count in ((village, minutes.pairs.villages), (site, minutes.pairs.sites)):
            least = np.full(count, np.inf)
            np.minimum.at(least, end, values)
            kept |= np.isfinite(values) & (values <= least[end])
        for kind in kinds:
            of = np.flatnonzero(np.isin(site, kind))
            least = np.full(minutes.pairs.villages, np.inf)
            np.minimum.at(least, village[of], values[of])
            kept[of] |= np.isfinite(values[of]) & (values[of] <= least[village[of]])
    return minutes.only(kept)


def _there(
    across: DirectWays,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    shape: tuple[int, int],
) -> NDArray[np.bool_]:
    """Tell which pairs of a block have a way across country."""
    row, column = np.full(shape[0], -1), np.full(shape[1], -1)
    row[rows], column[columns] = np.arange(len(rows)), np.arange(len(columns))
    at = row[across.village], column[across.site]
    inside = (at[0] >= 0) & (at[1] >= 0)
    found = np.zeros((len(rows), len(columns)), dtype=bool)
    found[at[0][inside], at[1][inside]] = True
    return found


def _no_road(
    across: DirectWays,
) -> tuple[NDArray[np.intp], NDArray[np.intp], Array, Array]:
    return across.village, across.site, np.full(len(across), np.inf), np.zeros(len(across))


def _factors(made: RoadNetwork) -> dict[str, float]:
    speed = {band: made.standards.value(f"walk_speed_kmh_{band}") for band in BANDS}
    return {band: speed[BANDS[0]] / speed[band] for band in BANDS}


def _bands_apart(made: RoadNetwork) -> list[str]:
    """Give the bands whose nearest places can differ, and the quickest among them.

    All walk the same ways, so on foot one band tells for all.
    """
    factor = _factors(made)
    different = {value: band for band, value in factor.items()}
    if made.mode == ON_FOOT:
        return [different[min(different)]]
    return [different[value] for value in sorted(different)]


def _minutes(pairs: Pairs, walked: Array, ridden: Array | None, made: RoadNetwork) -> Minutes:
    walked.setflags(write=False)
    return Minutes(
        pairs=pairs,
        walked=dict.fromkeys(BANDS, walked),
        factor=_factors(made),
        ridden=ridden,
    )


def access_table(
    made: RoadNetwork, ids: "pd.Index[Any]", at: Attachment, *, role: str
) -> pd.DataFrame:
    """Set out how places get onto a network.

    Parameters
    ----------
    made
        The network.
    ids
        The ids of the places.
    at
        Where they are attached, in the order of the ids.
    role
        ``"village"`` or ``"site"``.

    Returns
    -------
    pandas.DataFrame
        One row per place with the columns ``ACCESS_COLUMNS``; ``road`` is the label of the
        road, missing where there is none.
    """
    road = made.edges["road"].astype(object).to_numpy()[at.edge]
    values = (
        ids,
        role,
        at.status,
        at.distance_m,
        at.minutes,
        at.component,
        pd.Series(road).where(at.edge >= 0, None),
    )
    table = pd.DataFrame(dict(zip(ACCESS_COLUMNS, values, strict=True)))
    return table.astype(dict.fromkeys(("place_id", "role", "status"), "str"))
