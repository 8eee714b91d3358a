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

_RANK = {"": -1, BUS: 1, BOARD: 2}
"""In which order those who stay at a school take its ways; going from home is 0."""

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


def ways_settled(
    flows: pd.DataFrame,
    times: TravelTimes,
    *,
    beds: pd.Series,
    standards: Standards,
    bus: TravelTimes | None = None,
    known: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Settle the way of pupils whose school is known.

    In the order of the law (校车安全管理条例, article 3): who has the school within the
    travel limit of the band goes there from home; of the others who may, as many board as
    the school has beds, those with the longest way first; then those whom the school bus
    takes quicker go by bus; the rest go from home. Of the last two, whoever travels longer
    than the limit is beyond it.

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
    known
        How pupils go: an assignment. Its ways hold where it has the same pupils of a
        village, band and school, there are such ways, and the school has the beds.

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
    if known is not None:
        kept = _kept(flows, known, times, beds=beds, standards=standards, bus=bus)
        there = pd.MultiIndex.from_frame(flows[_PAIR])
        open_rows = flows[~there.isin(pd.MultiIndex.from_frame(kept[_PAIR]))]
        lodged = kept[kept["mode"] == BOARD].groupby("site_id")["pupils"].sum()
        left = beds.sub(lodged.reindex(beds.index, fill_value=0))
        others = ways_settled(open_rows, times, beds=left, standards=standards, bus=bus)
        both = pd.concat([kept, others]).astype({"mode": "str"})
        return both.sort_values([*_PAIR, "mode"], ignore_index=True)
    table = flows[[*_PAIR, "pupils"]].sort_values(_PAIR, ignore_index=True)
    limit = table["band"].map({b: standards.value(f"travel_limit_minutes_{b}") for b in BANDS})
    way = minutes_between(table, times)
    beyond = way > limit.to_numpy(dtype=float)
    ride = np.full(len(table), np.inf) if bus is None else minutes_between(table, bus)
    may = beyond & table["band"].isin(boarding_bands(standards)).to_numpy(dtype=bool)
    boarders = _boarders(table, way, may=may, beds=beds)
    rest = table["pupils"].to_numpy(dtype=np.int64) - boarders
    rides = beyond & (ride < way)
    boarding = table.assign(pupils=boarders, mode=BOARD)
    others = table.assign(pupils=rest, mode=np.where(rides, BUS, times.mode))
    both = pd.concat([boarding, others])
    both = both[both["pupils"] > 0].astype({"mode": "str"})
    return both.sort_values([*_PAIR, "mode"], ignore_index=True)


def _kept(
    flows: pd.DataFrame,
    known: pd.DataFrame,
    times: TravelTimes,
    *,
    beds: pd.Series,
    standards: Standards,
    bus: TravelTimes | None,
) -> pd.DataFrame:
    """Give the rows whose ways are known and can be kept, all of a village, band and school."""
    sums = known.groupby(_PAIR)["pupils"].sum().rename("known")
    same = flows.merge(sums.reset_index(), on=_PAIR)
    rows = known.merge(same.loc[same["pupils"] == same["known"], _PAIR], on=_PAIR)
    rows = rows[[*_PAIR, "pupils", "mode"]]
    limit = rows["band"].map({b: standards.value(f"travel_limit_minutes_{b}") for b in BANDS})
    far = minutes_between(rows, times) > limit.to_numpy(dtype=float)
    board, ride = (rows["mode"].eq(m).to_numpy() for m in (BOARD, BUS))
    lodges = board & far & rows["band"].isin(boarding_bands(standards)).to_numpy(dtype=bool)
    rides = ride & far & (bus is not None)
    if bus is not None:
        rides &= np.isfinite(minutes_between(rows, bus))
    fits = lodges | rides | rows["mode"].eq(times.mode).to_numpy()
    lodged = rows[board].groupby("site_id")["pupils"].sum()
    full = lodged.index[lodged > beds.reindex(lodged.index).fillna(0)]
    key = pd.MultiIndex.from_frame(rows[_PAIR])
    wrong = key[~fits | (board & rows["site_id"].isin(full).to_numpy())]
    return rows[~key.isin(wrong)]


def _boarders(
    table: pd.DataFrame, way: _Floats, *, may: NDArray[np.bool_], beds: pd.Series
) -> NDArray[np.int64]:
    """Fill the beds of each school with those who have the longest way."""
    may &= np.isfinite(way)
    asking = np.where(may, table["pupils"].to_numpy(dtype=np.int64), 0)
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


def pupils_by_origin(
    assignment: pd.DataFrame, moves: pd.DataFrame, by_origin: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Tell of all pupils with a school where they go today, and how they get there.

    Where some of a village and band stay at a school and others come, the assignment does
    not say who of them boards; those who stay are taken to go from home as far as
    anybody does, then by bus, and those who come take what is left, in the order of
    the schools they come from.

    Parameters
    ----------
    assignment
        Where pupils go and how.
    moves
        Who goes elsewhere than today: village_id, band, from_site, to_site, pupils.
    by_origin
        The answer itself, without minutes, where the plan knows it.

    Returns
    -------
    pandas.DataFrame
        The assignment, its rows split by from_site: the school of today, which is
        site_id for those who stay and empty for those who go to none. Moves to a school
        at which the assignment has too few pupils have an empty mode.

    Examples
    --------
    >>> who = {"village_id": ["V", "V"], "band": ["g46", "g46"]}
    >>> there = {"site_id": ["S", "S"], "pupils": [6, 4], "minutes": 50.0}
    >>> assignment = pd.DataFrame(who | there | {"mode": ["board", "walk"]})
    >>> moves = pd.DataFrame({"village_id": ["V"], "band": ["g46"], "from_site": ["A"]})
    >>> moves = moves.assign(to_site="S", pupils=5)
    >>> pupils_by_origin(assignment, moves)[["from_site", "mode", "pupils"]].to_numpy().tolist()
    [['S', 'walk', 4], ['S', 'board', 1], ['A', 'board', 5]]
    """
    if by_origin is not None:
        known = by_origin[by_origin["to_site"] != ""].rename(columns={"to_site": "site_id"})
        key = [*_PAIR, "mode"]
        return known.merge(assignment[[*key, "minutes"]], on=key, how="left")
    came = moves[moves["to_site"] != ""].rename(columns={"to_site": "site_id"})
    came = came[[*_PAIR, "from_site", "pupils"]].astype(dict.fromkeys(_PAIR, "str"))
    there = assignment.groupby(_PAIR)["pupils"].sum()
    left = there.sub(came.groupby(_PAIR)["pupils"].sum(), fill_value=0).astype("int64")
    stay = left.rename("pupils").reset_index()
    # Moves that an assignment does not bear out, as in tables put together by hand.
    lost = (-left[left < 0]).rename("pupils").reset_index().assign(mode="", minutes=np.nan)
    to = pd.concat([assignment, lost]) if len(lost) else assignment
    to = to.assign(rank=to["mode"].map(_RANK).fillna(0))
    to = to.sort_values([*_PAIR, "rank"], kind="stable", ignore_index=True)
    came = came.assign(rank=1).sort_values([*_PAIR, "from_site"])
    both = pd.concat([stay.assign(from_site=stay["site_id"], rank=0), came])
    both = both[both["pupils"] > 0].sort_values([*_PAIR, "rank"], kind="stable")
    # Both lists, laid end to end, have the same marks at the ends of each village, band and
    # school, and every stretch between two marks is one row.
    ends, ends_to = (t["pupils"].cumsum().to_numpy(dtype=np.int64) for t in (both, to))
    marks = np.unique(np.concatenate([[0], ends, ends_to]))
    row = np.searchsorted(ends_to, marks[:-1], side="right")
    source = np.searchsorted(ends, marks[:-1], side="right")
    return (
        to.drop(columns="rank")
        .iloc[row]
        .assign(pupils=np.diff(marks), from_site=both["from_site"].to_numpy()[source])
        .reset_index(drop=True)
    )
