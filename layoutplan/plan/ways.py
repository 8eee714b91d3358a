"""How pupils get to the school they are sent to: on foot, boarding, by bus."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.standards import Standards
from layoutplan.tables import ASSIGNMENT, BANDS, GRADES_PER_BAND
from layoutplan.travel import TravelTimes

BOARD = "board"
"""The way of pupils who board and travel at the week's ends."""

BUS = "bus"
"""The way of pupils whom the school bus takes."""

_Floats = NDArray[np.float64]
_PAIR = ["village_id", "band", "site_id"]


def boarding_bands(standards: Standards) -> tuple[str, ...]:
    """Give the bands whose pupils may all board.

    Parameters
    ----------
    standards
        The lowest grade that may board: 4, because grades 1-3 do not board
        (国办发〔2018〕27号).

    Returns
    -------
    tuple of str
        The bands, lowest first.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> boarding_bands(standards())
    ('g46', 'g79')
    """
    lowest = standards.value("boarding_grade_min")
    return tuple(b for n, b in enumerate(BANDS) if n * GRADES_PER_BAND + 1 >= lowest)


def ride_limit(standards: Standards) -> float:
    """Give the longest ride on a school bus, infinite where the standards name none.

    Parameters
    ----------
    standards
        The standards.

    Returns
    -------
    float
        Minutes, one way.
    """
    key = "bus_ride_minutes_max"
    return standards.value(key) if key in standards else np.inf


def ways_settled(
    flows: pd.DataFrame,
    times: TravelTimes,
    *,
    beds: pd.Series,
    standards: Standards,
    bus: TravelTimes | None = None,
) -> pd.DataFrame:
    """Settle the way of pupils whose school is known.

    In the order of the law (校车安全管理条例, article 3): who has the school within the
    travel limit of the band goes there from home; of the others who may, as many board as
    the school has beds, those with the longest way first; then those whom the school bus
    takes within the longest ride go by bus; the rest go from home and are beyond the limit.

    Parameters
    ----------
    flows
        Where pupils go: village_id, band, site_id, pupils.
    times
        Travel times from home.
    beds
        Beds of each site.
    standards
        Travel limits and who may board.
    bus
        Travel times of the school bus; none where None.

    Returns
    -------
    pandas.DataFrame
        Flows with a mode in each row; a row is split where only some of its pupils find
        a bed. Equal ways are taken in the order of village and band.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> minutes = pd.DataFrame({"S": [20.0, 80.0]}, index=["near", "far"])
    >>> times = TravelTimes.from_matrix(minutes, mode="walk")
    >>> flows = pd.DataFrame(
    ...     {"village_id": ["far", "near"], "band": "g46", "site_id": "S", "pupils": [9, 9]}
    ... )
    >>> beds = pd.Series({"S": 6})
    >>> settled = ways_settled(flows, times, beds=beds, standards=standards())
    >>> settled[["village_id", "pupils", "mode"]].to_numpy().tolist()
    [['far', 6, 'board'], ['far', 3, 'walk'], ['near', 9, 'walk']]
    """
    table = flows[[*_PAIR, "pupils"]].sort_values(_PAIR, ignore_index=True)
    limit = table["band"].map({b: standards.value(f"travel_limit_minutes_{b}") for b in BANDS})
    way = minutes_between(table, times)
    beyond = way > limit.to_numpy(dtype=float)
    boarders = _boarders(table, way, beyond=beyond, beds=beds, bands=boarding_bands(standards))
    rest = table["pupils"].to_numpy(dtype=np.int64) - boarders
    ride = np.full(len(table), np.inf) if bus is None else minutes_between(table, bus)
    rides = beyond & np.isfinite(ride) & (ride <= ride_limit(standards))
    boarding = table.assign(pupils=boarders, mode=BOARD)
    others = table.assign(pupils=rest, mode=np.where(rides, BUS, times.mode))
    both = pd.concat([boarding, others])
    both = both[both["pupils"] > 0].astype({"mode": "str"})
    return both.sort_values([*_PAIR, "mode"], ignore_index=True)


def _boarders(
    table: pd.DataFrame,
    way: _Floats,
    *,
    beyond: NDArray[np.bool_],
    beds: pd.Series,
    bands: tuple[str, ...],
) -> NDArray[np.int64]:
    """Fill the beds of each school with those who have the longest way."""
    number = table["pupils"].to_numpy(dtype=np.int64)
    may = beyond & np.isfinite(way) & table["band"].isin(bands).to_numpy(dtype=bool)
    asking = np.where(may, number, 0)
    site = pd.factorize(table["site_id"], sort=True)[0]
    order = np.lexsort((np.arange(len(table)), -np.where(may, way, 0.0), site))
    asked = pd.Series(asking[order])
    before = asked.groupby(site[order]).cumsum().to_numpy() - asking[order]
    room = table["site_id"].map(beds).fillna(0).to_numpy(dtype=float)[order]
    taken = np.zeros(len(table), dtype=np.int64)
    taken[order] = np.clip(room - before, 0, asking[order]).astype(np.int64)
    return taken


def minutes_between(table: pd.DataFrame, times: TravelTimes) -> _Floats:
    """Give the minutes of each row of a table of flows.

    Parameters
    ----------
    table
        Columns village_id, band, site_id.
    times
        The travel times.

    Returns
    -------
    numpy.ndarray
        Minutes, one way, one per row; infinite where there is no way.
    """
    way = np.full(len(table), np.inf)
    for band in BANDS:
        rows = (table["band"] == band).to_numpy(dtype=bool)
        part = table[rows]
        way[rows] = times.between(part["village_id"], part["site_id"], band=band)
    return way


def with_minutes(
    flows: pd.DataFrame, times: TravelTimes, bus: TravelTimes | None = None
) -> pd.DataFrame:
    """Write the minutes of each row's way into it, as an assignment.

    Parameters
    ----------
    flows
        Columns village_id, band, site_id, pupils, and mode where it is settled; where it
        is not, pupils go from home.
    times
        Travel times from home, which are also those of boarders at the week's ends.
    bus
        Travel times of the school bus.

    Returns
    -------
    pandas.DataFrame
        The assignment, sorted.
    """
    table = flows if "mode" in flows else flows.assign(mode=times.mode)
    way = minutes_between(table, times)
    if bus is not None:
        way = np.where(table["mode"].eq(BUS), minutes_between(table, bus), way)
    names = [c.name for c in ASSIGNMENT.columns]
    texts = dict.fromkeys((*_PAIR, "mode"), "str")
    table = table.assign(minutes=way)[names].astype(texts)
    return table.sort_values([*_PAIR, "mode"], ignore_index=True)
