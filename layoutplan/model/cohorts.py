"""Groups of pupils, and the flows that can take them to a site."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.ways import WAYS, BandWays

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SEVERAL: Final = -1
"""Stands for the origin of a group whose pupils go to several schools today."""

NOWHERE: Final = -2
"""Stands for the origin of pupils who go to no school today."""


def groups_and_flows(
    by_band: Mapping[str, BandWays],
    *,
    whole: bool,
    gates: bool,
    slack: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make groups of pupils and their flows.

    A group are pupils of one village and band who go to the same school today (a
    cohort). Where nothing tells the cohorts of a village and band apart, they are one
    group: pupils may be shares, all or none of them go to school today, and none has a
    way beyond the limit that must not become longer.

    Parameters
    ----------
    by_band
        The ways of each band.
    whole
        Whether cohorts are to be kept apart throughout.
    gates
        Whether ways beyond the limit that become longer still are counted.
    slack
        Minutes by which such a way may become longer.

    Returns
    -------
    tuple
        Groups: village (number among those of the band), village_id, band, origin (row number
        of the site, `SEVERAL` or `NOWHERE`), pupils, schooled. And flows, one per group, site,
        way, and whether pupils stay: group, site, way (number in `WAYS`), band, minutes, over
        (beyond the limit), stay, most (pupils), pushed (takes them beyond the limit who have a
        school within it today), gate (beyond the limit and farther than today, and not pushed),
        chosen, nearest, nearest_over.
    """
    all_groups, all_flows, reached, first = [], [], [], 0
    for band, ways in by_band.items():
        groups = _groups(band, ways, whole=whole, gates=gates)
        flows = _flows(band, ways, groups, slack=slack)
        if not gates:
            flows = flows.assign(gate=False)
        all_groups.append(groups)
        all_flows.append(flows.assign(group=flows["group"] + first))
        lawful = np.any([some.any(axis=1) for some in ways.lawful.values()], axis=0)
        reached.append(first + np.flatnonzero(lawful[groups["village"].to_numpy(np.int64)]))
        first += len(groups)
    groups = pd.concat(all_groups, ignore_index=True)
    flows = pd.concat(all_flows, ignore_index=True)
    # Pupils without any way to a school are no question of the model: left in, their
    # price would hide a gap.
    some = np.union1d(flows["group"].to_numpy(dtype=np.int64), np.concatenate(reached))
    flows["group"] = np.searchsorted(some, flows["group"].to_numpy(dtype=np.int64))
    return groups.iloc[some].reset_index(drop=True), flows


def _groups(band: str, ways: BandWays, *, whole: bool, gates: bool) -> pd.DataFrame:
    total = ways.now.sum(axis=1)
    apart = np.full(len(total), whole)
    if gates:
        apart |= ways.nearest > ways.limit
    apart |= (total > 0) & (total < ways.pupils)
    village, origin, pupils = [], [], []
    at, site = np.nonzero((ways.now > 0) & apart[:, None])
    village.append(at)
    origin.append(site)
    pupils.append(ways.now[at, site])
    rest = np.flatnonzero(apart & (total < ways.pupils))
    village.append(rest)
    origin.append(np.full(len(rest), NOWHERE))
    pupils.append((ways.pupils - total)[rest])
    one = np.flatnonzero(~apart)
    village.append(one)
    origin.append(np.where(total[one] > 0, SEVERAL, NOWHERE))
    pupils.append(ways.pupils[one])
    table = pd.DataFrame(
        {
            "village": np.concatenate(village),
            "origin": np.concatenate(origin),
            "pupils": np.concatenate(pupils).astype(np.int64),
        }
    ).sort_values(["village", "origin"], ignore_index=True)
    return table.assign(
        village_id=ways.villages.to_numpy()[table["village"]],
        band=band,
        schooled=table["origin"] != NOWHERE,
    )


def _flows(band: str, ways: BandWays, groups: pd.DataFrame, *, slack: float) -> pd.DataFrame:
    parts = list(_pairs(ways))
    pairs = pd.DataFrame(
        {
            name: np.concatenate([p[i] for p in parts])
            for i, name in enumerate(("village", "site", "way", "stay"))
        }
    )
    flows = pairs.merge(
        groups[["village", "origin", "pupils"]].reset_index(names="group"), on="village"
    )
    village, site = flows["village"].to_numpy(), flows["site"].to_numpy()
    origin, stay = flows["origin"].to_numpy(), flows["stay"].to_numpy(dtype=bool)
    # A cohort stays at its own school and comes to others; shares of several may do both.
    fits = np.where(stay, (origin == site) | (origin == SEVERAL), origin != site)
    flows, village, site, stay = flows[fits], village[fits], site[fits], stay[fits]
    origin, way = origin[fits], flows["way"].to_numpy()
    minutes = np.stack([ways.minutes.get(w, ways.minutes["walk"]) for w in WAYS])[
        way, village, site
    ]
    daily = way != WAYS.index("board")
    over = daily & (minutes > ways.limit)
    near = ways.nearest[village]
    pushed = over & ~stay & (near <= ways.limit)
    before = np.where(origin >= 0, ways.minutes_today[village, np.maximum(origin, 0)], np.inf)
    farther = over & ~stay & ~pushed & (minutes > before + slack)
    return pd.DataFrame(
        {
            "group": flows["group"].to_numpy(dtype=np.int64),
            "site": site.astype(np.int64),
            "way": way.astype(np.int64),
            "band": band,
            "minutes": minutes,
            "over": over,
            "stay": stay,
            "most": np.where(
                stay, np.minimum(ways.now[village, site], flows["pupils"]), flows["pupils"]
            ).astype(np.int64),
            "pushed": pushed,
            "gate": farther,
            "chosen": stay & ways.chosen[village, site],
            "nearest": near,
            "nearest_over": near > ways.limit,
        }
    ).sort_values(["group", "site", "way", "stay"], ignore_index=True)


def _pairs(ways: BandWays) -> Iterator[tuple[Ints, Ints, Ints, Bools]]:
    for number, way in enumerate(WAYS):
        for stay, matrices in ((True, ways.stay), (False, ways.come)):
            if way in matrices:
                at, site = np.nonzero(matrices[way])
                yield at, site, np.full(len(at), number), np.full(len(at), stay)
