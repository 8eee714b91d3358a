"""What a plan takes from which school: the proposed closures and the ways of those who move."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layoutplan.actions import CLOSED_ACTIONS
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.plan.build import pupils_moved
from layoutplan.plan.ways import BUS, pupils_by_origin
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

if TYPE_CHECKING:
    from layoutplan.plan import Plan


@dataclass(frozen=True, eq=False, kw_only=True)
class Losses:
    """Proposed closures and the pupils they move.

    Parameters
    ----------
    proposals
        Indexed by site_id: name, kind, township_id, action, proposal (``closed``,
        ``reduced`` or ``emptied``), bands (taken away, separated by blanks), pupils
        (who leave these bands), moved (of them, to another school), without_school and
        receivers (ids, most pupils first).
    ways
        One row per village, band and receiver of these pupils: site_id, village_id,
        band, receiver (empty without a school), pupils, before and after (minutes, one
        way; NaN where not known), limit, mode (how they get to the receiver). Minutes
        are those from home, after those by school bus for whoever goes by it: boarders
        as well, so that it shows how many need a bed.
    """

    proposals: pd.DataFrame
    ways: pd.DataFrame


def losses(plan: "Plan", today: "Plan | None" = None) -> Losses:
    """Find what a plan takes pupils away from.

    A closure is proposed where a school gives up grade bands that it teaches today
    (``closed``: all of them; ``reduced``: some, as when a primary school becomes a
    teaching point), and where it keeps them and has no pupils left in a band in
    which it has some today (``emptied``): the documents bar the wasting away of a
    school as they bar its closing.

    Parameters
    ----------
    plan
        The plan.
    today
        The layout it is held against, of the same pupils and sites; that of the
        county's own tables where None.

    Returns
    -------
    Losses
        The closures, by id, and the ways of their pupils.

    Raises
    ------
    OptionsError
        If ``today`` is of other villages, sites or pupils.
    """
    decisions = plan.decisions.sort_index().assign(bands=taught)
    before = _before(plan, decisions, today)
    moves, known = plan.moves, plan.tables.get("by_origin")
    if today is not None:
        known = None
        by = ["village_id", "band", "site_id", "pupils"]
        moves = pupils_moved(today.assignment[by], plan.assignment[by], plan.demand)
    moves = _by_way(plan, moves, known)
    taken = _taken(decisions, before)
    rows = moves.merge(taken.rename(columns={"site_id": "from_site"}), on=["from_site", "band"])
    ways = _ways(plan, rows)
    return Losses(proposals=_proposals(decisions, taken, ways), ways=ways)


def _before(plan: "Plan", decisions: pd.DataFrame, today: "Plan | None") -> pd.DataFrame:
    """Give today's pupils per site and band, and the bands taught."""
    names = [f"before_{b}" for b in BANDS]
    if today is None:
        return decisions[names].assign(bands=plan.bands_today.reindex(decisions.index))
    same = set(today.decisions.index) == set(decisions.index)
    demand = plan.demand
    if not same or not today.demand.reindex(index=demand.index).equals(demand):
        raise OptionsError(Finding(code="gates_other_today", values={"first": plan.name}))
    table = today.decisions.reindex(decisions.index)
    after = table[[f"after_{b}" for b in BANDS]].set_axis(names, axis="columns")
    return after.assign(bands=taught(table))


def taught(decisions: pd.DataFrame) -> pd.Series:
    """Give the bands that each site teaches: none where it is closed or not built.

    Parameters
    ----------
    decisions
        What happens at each site.

    Returns
    -------
    pandas.Series
        Bands, separated by blanks.
    """
    closed = decisions["action"].isin(CLOSED_ACTIONS)
    return decisions["bands"].fillna("").astype("str").where(~closed, "")


def _taken(decisions: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """List what is taken away: site_id, band, emptied."""
    parts = []
    for band in BANDS:
        had_band, kept = (
            t["bands"].astype("str").str.split().map(lambda bands, band=band: band in bands)
            for t in (before, decisions)
        )
        had, has = before[f"before_{band}"].gt(0), decisions[f"after_{band}"].gt(0)
        emptied = kept & had & ~has
        gone = (had_band & ~kept) | emptied
        part = pd.DataFrame(
            {"site_id": decisions.index[gone], "band": band, "emptied": emptied[gone].to_numpy()}
        )
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"site_id": "str", "band": "str"})


def _by_way(plan: "Plan", moves: pd.DataFrame, known: pd.DataFrame | None) -> pd.DataFrame:
    """Split moves by how pupils get to their new school; nobody gets to none."""
    came = pupils_by_origin(plan.assignment, moves, known)
    came = came[came["from_site"] != came["site_id"]].rename(columns={"site_id": "to_site"})
    nowhere = moves[moves["to_site"] == ""].assign(mode="", minutes=np.nan)
    return pd.concat([came, nowhere], ignore_index=True)


def _ways(plan: "Plan", rows: pd.DataFrame) -> pd.DataFrame:
    home = minutes_of(plan.times, rows["village_id"], rows["band"], rows["to_site"])
    rides = rows["mode"].eq(BUS).to_numpy() & (plan.bus is not None)
    limit = rows["band"].map({b: plan.standards.value(f"travel_limit_minutes_{b}") for b in BANDS})
    table = pd.DataFrame(
        {
            "site_id": rows["from_site"],
            "village_id": rows["village_id"],
            "band": rows["band"],
            "receiver": rows["to_site"],
            "pupils": rows["pupils"].astype("int64"),
            "before": minutes_of(plan.times, rows["village_id"], rows["band"], rows["from_site"]),
            "after": np.where(rides, rows["minutes"].astype(float), home),
            "limit": limit.astype(float),
            "mode": rows["mode"],
        }
    )
    return table.sort_values(["site_id", "band", "village_id", "receiver"], ignore_index=True)


def minutes_of(
    times: TravelTimes, village_id: pd.Series, band: pd.Series, site_id: pd.Series
) -> pd.Series:
    """Look up the minutes of many ways at once.

    Parameters
    ----------
    times
        The travel times.
    village_id, band, site_id
        The ways, row by row.

    Returns
    -------
    pandas.Series
        Minutes, one way; NaN where a place is unknown or there is no way.

    Examples
    --------
    >>> frame = pd.DataFrame([[12.5, 30]], index=["v1"], columns=["s1", "s2"])
    >>> times = TravelTimes.from_matrix(frame, mode="walk")
    >>> ways = pd.DataFrame({"v": ["v1", "v1"], "b": ["g13", "g46"], "s": ["s2", ""]})
    >>> minutes_of(times, ways["v"], ways["b"], ways["s"]).tolist()
    [30.0, nan]
    """
    found = np.full(len(village_id), np.nan)
    known = site_id.isin(times.site_ids) & village_id.isin(times.village_ids)
    for name in BANDS:
        rows = (known & band.eq(name)).to_numpy()
        found[rows] = times.between(village_id[rows], site_id[rows], band=name)
    return pd.Series(np.where(np.isfinite(found), found, np.nan), index=village_id.index)


def _proposals(decisions: pd.DataFrame, taken: pd.DataFrame, ways: pd.DataFrame) -> pd.DataFrame:
    sites = pd.Index(sorted(set(taken["site_id"])), dtype="str", name="site_id")
    only_emptied = taken.groupby("site_id")["emptied"].all().reindex(sites)
    open_still = decisions["bands"].reindex(sites).ne("")
    bands = taken.assign(order=taken["band"].map({b: i for i, b in enumerate(BANDS)}))
    lists = bands.sort_values("order").groupby("site_id")["band"].agg(" ".join)
    at_school = ways["receiver"].ne("")
    sums = {
        "pupils": ways.groupby("site_id")["pupils"].sum(),
        "moved": ways[at_school].groupby("site_id")["pupils"].sum(),
        "without_school": ways[~at_school].groupby("site_id")["pupils"].sum(),
    }
    kind = np.select([only_emptied, open_still], ["emptied", "reduced"], default="closed")
    return pd.DataFrame(
        {
            **{c: decisions[c].reindex(sites) for c in ("name", "kind", "township_id", "action")},
            "proposal": pd.Series(kind, index=sites, dtype="str"),
            "bands": lists.reindex(sites),
            **{n: s.reindex(sites).fillna(0).astype("int64") for n, s in sums.items()},
            "receivers": _receivers(ways[at_school]).reindex(sites).fillna(""),
        },
        index=sites,
    )


def _receivers(ways: pd.DataFrame) -> pd.Series:
    """List the receivers of each school, most pupils first."""
    sums = ways.groupby(["site_id", "receiver"])["pupils"].sum().reset_index()
    sums = sums.sort_values(["site_id", "pupils", "receiver"], ascending=[True, False, True])
    return sums.groupby("site_id")["receiver"].agg(" ".join).astype("str")


def names_of(places: pd.DataFrame) -> Mapping[str, str]:
    """Give the names of schools, villages or townships by id.

    Parameters
    ----------
    places
        The table, indexed by id.

    Returns
    -------
    Mapping of str to str
        Name by id; ids without a name are left out.
    """
    if "name" not in places:
        return {}
    named = places["name"].dropna()
    return {str(i): str(n) for i, n in named.items()}
