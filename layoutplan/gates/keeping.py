"""Find the schools that must stay: without them, pupils have no school within the limit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.gates.losses import names_of, taught
from layoutplan.gates.must_stay import MustKeep
from layoutplan.gates.seats import short_without
from layoutplan.measures import site_capacity
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

if TYPE_CHECKING:
    from layoutplan.plan import Plan

_NEAREST: Final = 16
"""So many ways are looked at first; more where all of them are within the limit."""

_BY: Final = ["site_id", "band"]
_COUNTS: Final = ("pupils", "villages", "without_way", "short_of_places")


_WAYS: WeakKeyDictionary[TravelTimes, dict[str, tuple[float, pd.Series, pd.Series, pd.DataFrame]]]
_WAYS = WeakKeyDictionary()


def must_keep(
    where: "Plan | County",
    times: TravelTimes | None = None,
    *,
    standards: Standards | None = None,
    places: bool = False,
    lang: str = "auto",
) -> MustKeep:
    """List the schools that must stay because pupils have no other one within the limit.

    A pupil depends on a school where it is the only one of today's schools that teaches
    their grades within the limit of their band, whichever school they attend and whatever
    a plan does. Every pupil depends on one school at most. Sites that are not built yet
    are no alternative: what is to close has to have its alternative standing.

    With ``places``, a school also stays where fewer pupils could have a place within
    their limit without it, however all are distributed anew (a maximum flow, see
    `layoutplan.gates.seats`).

    Parameters
    ----------
    where
        A plan, which is then held against the list, or a county.
    times
        The travel times; those of the plan where None.
    standards
        The standards; those of the plan, or the national ones, where None.
    places
        Whether places within the limit count as well.
    lang
        The language of sentences; that of the county's names where ``"auto"``.

    Returns
    -------
    MustKeep
        The schools by grade band, with the pupils who depend on them.

    Raises
    ------
    OptionsError
        If a county is given without travel times.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> keep = must_keep(county, lp.travel_times(county))
    >>> keep.pupils == keep.dependents["pupils"].sum()
    np.True_
    """
    plan = None if isinstance(where, County) else where
    county = where if isinstance(where, County) else where.county
    if times is not None:
        ways_of = times.aligned(list(county.villages.index), list(county.sites.index))
    elif plan is not None:
        ways_of = plan.times
    else:
        raise OptionsError(Finding(code="must_keep_needs_times"), lang=county.language(lang))
    rules = standards or (plan.standards if plan is not None else load_standards())
    pupils = demand(county, standards=rules).pupils if plan is None else plan.demand
    pupils = pupils.sort_index()
    capacity = site_capacity(county, standards=rules)
    capacity = capacity[~capacity["candidate"] & capacity["bands"].ne("")].sort_index()
    limits = {band: rules.value(f"travel_limit_minutes_{band}") for band in BANDS}
    ways = {
        band: _ways(ways_of, band, pupils, capacity["bands"], limit=limits[band]) for band in BANDS
    }
    dependents = pd.concat(
        [_dependents(ways[band], band, limit=limits[band]) for band in BANDS], ignore_index=True
    )
    table = _schools(dependents)
    if places:
        short = _short(pupils, ways, capacity["places"], limits=limits)
        table = table.merge(short, on=_BY, how="outer")
    table = _described(table, county, limits=limits, plan=plan)
    return MustKeep(
        lang=county.language(lang),
        mode=ways_of.mode,
        standards=rules,
        names=names_of(county.sites),
        townships=names_of(county.townships),
        planned=plan is not None,
        with_places=places,
        tables={"schools": table, "dependents": dependents},
    )


def _ways(
    times: TravelTimes, band: str, pupils: pd.DataFrame, bands: pd.Series, *, limit: float
) -> pd.DataFrame:
    """List the ways as `_looked_for` does; plans of the same pupils share them."""
    kept = _WAYS.setdefault(times, {})
    if band in kept:
        same_limit, of, teaching, ways = kept[band]
        if same_limit == limit and of.equals(pupils[band]) and teaching.equals(bands):
            return ways
    ways = _looked_for(times, band, pupils, bands, limit=limit)
    kept[band] = (limit, pupils[band], bands, ways)
    return ways


def _looked_for(
    times: TravelTimes, band: str, pupils: pd.DataFrame, bands: pd.Series, *, limit: float
) -> pd.DataFrame:
    """List the ways of villages with pupils to schools that teach them, nearest first.

    All those within the limit are there, and the nearest ones at least. Of equally near
    schools the one whose id sorts first comes first.
    """
    teaches = bands.index[bands.str.split().map(lambda b: band in b).to_numpy(dtype=bool)]
    with_pupils = pupils.index[pupils[band] > 0].intersection(times.village_ids).sort_values()
    sites = teaches.intersection(times.site_ids)
    reached = times.subset(with_pupils, sites)
    ways, most = reached.nearest(_NEAREST, band=band), _NEAREST
    while ((ways["rank"] == most) & (ways["minutes"] <= limit)).any():
        most += most
        ways = reached.nearest(most, band=band)
    persons = ways["village_id"].map(pupils[band]).to_numpy(dtype=np.int64)
    return ways.drop(columns="rank").assign(pupils=persons)


def _dependents(ways: pd.DataFrame, band: str, *, limit: float) -> pd.DataFrame:
    """Find who has one school within the limit, and the nearest other one."""
    within = ways[ways["minutes"] <= limit]
    only = within[~within["village_id"].duplicated(keep=False)].set_index("village_id")
    # The only school within the limit is the nearest, so the second one is the alternative.
    rank = ways.groupby("village_id").cumcount()
    second = ways[rank == 1].set_index("village_id").reindex(only.index)
    return pd.DataFrame(
        {
            "village_id": only.index.astype("str"),
            "band": band,
            "site_id": only["site_id"].to_numpy(),
            "pupils": only["pupils"].to_numpy(),
            "minutes": only["minutes"].to_numpy(),
            "alternative": second["site_id"].fillna("").to_numpy(),
            "farther": second["minutes"].fillna(np.inf).to_numpy(),
        }
    ).astype({"band": "str", "site_id": "str", "alternative": "str"})


def _schools(dependents: pd.DataFrame) -> pd.DataFrame:
    """Sum up who depends on each band of each school."""
    way = np.isfinite(dependents["farther"])
    known = dependents[way].assign(weighted=dependents["farther"] * dependents["pupils"])
    by = dependents.groupby(_BY)
    known_by = known.groupby(_BY)
    table = pd.DataFrame({"pupils": by["pupils"].sum(), "villages": by["village_id"].nunique()})
    table["minutes"] = known_by["farther"].min().reindex(table.index)
    mean = known_by["weighted"].sum() / known_by["pupils"].sum()
    table["minutes_mean"] = mean.reindex(table.index)
    cut_off = dependents[~way].groupby(_BY)["pupils"].sum()
    table["without_way"] = cut_off.reindex(table.index)
    votes = known.groupby([*_BY, "alternative"])["pupils"].sum().reset_index()
    votes = votes.sort_values([*_BY, "pupils", "alternative"], ascending=[True, True, False, True])
    most = votes.drop_duplicates(_BY).set_index(_BY)["alternative"]
    return table.assign(alternative=most.reindex(table.index).fillna("")).reset_index()


def _short(
    pupils: pd.DataFrame,
    ways: Mapping[str, pd.DataFrame],
    places: pd.Series,
    *,
    limits: Mapping[str, float],
) -> pd.DataFrame:
    """Count those who lose every place within the limit, per school and band."""
    within = np.zeros((len(BANDS), len(pupils), len(places)), dtype=bool)
    for i, band in enumerate(BANDS):
        near = ways[band][ways[band]["minutes"] <= limits[band]]
        village = pupils.index.get_indexer(pd.Index(near["village_id"]))
        site = places.index.get_indexer(pd.Index(near["site_id"]))
        within[i, village, site] = True
    short = short_without(
        np.concatenate([pupils[b].to_numpy(dtype=np.int64) for b in BANDS]),
        within.reshape(-1, len(places)),
        places.to_numpy(dtype=np.int64),
        band=np.repeat(np.arange(len(BANDS)), len(pupils)),
    )
    school, given_up = np.nonzero(short)
    return pd.DataFrame(
        {
            "site_id": places.index[school].astype("str"),
            "band": np.asarray(BANDS, dtype=object)[given_up],
            "short_of_places": short[school, given_up],
        }
    ).astype({"site_id": "str", "band": "str"})


def _described(
    table: pd.DataFrame, county: County, *, limits: Mapping[str, float], plan: "Plan | None"
) -> pd.DataFrame:
    """Add what the school is and what the plan does with it; give columns their types."""
    sites = county.schools
    if "short_of_places" not in table:
        table = table.assign(short_of_places=0)
    blank = pd.Series("", index=sites.index, dtype="str")
    described = table.assign(
        limit=table["band"].map(limits).astype(float),
        alternative=table["alternative"].fillna(""),
        **{c: table["site_id"].map(sites.get(c, blank)) for c in ("name", "kind", "township_id")},
        **{c: table[c].fillna(0).astype("int64") for c in _COUNTS},
        in_plan="",
        kept="",
    )
    if plan is not None:
        decisions = plan.decisions
        bands_of = table["site_id"].map(taught(decisions)).fillna("").str.split()
        kept = [b in bands for b, bands in zip(table["band"], bands_of, strict=True)]
        described["in_plan"] = table["site_id"].map(decisions["action"]).fillna("")
        described["kept"] = np.where(kept, "yes", "no")
    rank = described["band"].map({b: i for i, b in enumerate(BANDS)})
    ordered = described.assign(rank=rank).sort_values(["site_id", "rank"], ignore_index=True)
    texts = ("site_id", "band", "alternative", "name", "kind", "township_id", "in_plan", "kept")
    return ordered.drop(columns="rank").astype(dict.fromkeys(texts, "str"))
