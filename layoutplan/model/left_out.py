"""What pupils cost on the lawful ways that the flows of a model leave out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.sets import Sets
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

KINDS: Final = (("walk", "bus"), ("board",))
"""Ways that need the same of a site: a place; a place and a bed."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LeftOut:
    """The ways that the flows leave out, by kind of `KINDS`.

    Parameters
    ----------
    yuan
        What a pupil costs a year, groups x sites; infinite where no way is left out.
    minutes
        The least minutes of any of these ways, weighed by journeys; one per group, 0 where
        there is none.
    """

    yuan: tuple[Floats, ...]
    minutes: tuple[Floats, ...]


def left_out(sets: Sets) -> LeftOut:
    """Price the lawful ways that the flows leave out, as `flow_prices` would.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    LeftOut
        The prices.
    """
    n, m = len(sets.groups), len(sets.sites)
    yuan = tuple(np.full((n, m), np.inf) for _ in KINDS)
    minutes = tuple(np.full((n, m), np.inf) for _ in KINDS)
    for kind, ways in enumerate(KINDS):
        for band in BANDS:
            rows = np.flatnonzero(sets.groups["band"].to_numpy() == band)
            for way in ways:
                if not len(rows) or way not in sets.reach.by_band[band].lawful:
                    continue
                some, way_minutes, price = _priced(sets, band, way, rows)
                cost = np.where(some, price, np.inf)
                yuan[kind][rows] = np.minimum(yuan[kind][rows], cost)
                shorter = np.where(some, way_minutes, np.inf)
                minutes[kind][rows] = np.minimum(minutes[kind][rows], shorter)
    least = (way.min(axis=1, initial=np.inf) for way in minutes)
    return LeftOut(yuan=yuan, minutes=tuple(np.where(np.isfinite(way), way, 0.0) for way in least))


def _priced(sets: Sets, band: str, way: str, rows: Ints) -> tuple[Bools, Floats, Floats]:
    """Tell which ways are left out, with their minutes, weighed, and their prices."""
    reach, price = sets.reach, sets.prices
    ways = reach.by_band[band]
    groups = sets.groups.iloc[rows]
    village, origin = (groups[c].to_numpy(dtype=np.int64) for c in ("village", "origin"))
    schooled = groups["schooled"].to_numpy(dtype=bool)
    some = (ways.lawful[way] & ~ways.come[way])[village]
    known = np.flatnonzero(origin >= 0)
    # Nobody comes to the school where he is.
    some[known, origin[known]] = False
    minutes = np.where(some, ways.minutes[way][village], 0.0)
    moved = np.where(schooled, price["moved"], 0.0)[:, None]
    if way == "board":
        name = "boarder_junior" if band == "g79" else "boarder_primary"
        weighed = minutes * reach.boarding_weight
        return some, weighed, weighed * price["minute"] + price[name] + moved
    some &= minutes <= reach.longest
    over = minutes > ways.limit
    pushed = over & (ways.nearest[village] <= ways.limit)[:, None]
    before = np.where(origin >= 0, ways.minutes_today[village, np.maximum(origin, 0)], np.inf)[
        :, None
    ]
    farther = reach.gates & over & ~pushed & (minutes > before + reach.slack)
    cost = minutes * price["minute"] + over * price["over_limit"] + moved
    cost += pushed * price["pushed"] + farther * price["gate_travel"]
    return some, minutes, cost + (price["bus_rider"] if way == "bus" else 0.0)


def pairs_of(sets: Sets, *, group: Ints, site: Ints, kind: int) -> pd.DataFrame:
    """Write down ways of some groups to some sites as `Reach.wider` asks for them.

    Parameters
    ----------
    sets
        The sets.
    group, site
        Row numbers, of equal length.
    kind
        Number of the kind of ways.

    Returns
    -------
    pandas.DataFrame
        Columns band, way, village, site.
    """
    groups = sets.groups.iloc[group]
    table = pd.DataFrame(
        {
            "band": groups["band"].to_numpy(),
            "village": groups["village"].to_numpy(dtype=np.int64),
            "site": site,
        }
    )
    parts = [
        table[table["band"] == band].assign(way=way)
        for way in KINDS[kind]
        for band in BANDS
        if way in sets.reach.by_band[band].lawful
    ]
    return pd.concat(parts, ignore_index=True)
