"""Schools and roads that are not there: a question with some of them added."""

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.county import County
from layoutplan.explain.question import Question
from layoutplan.measures import site_measures
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, BANDS_OF_KIND, GRADES_PER_BAND
from layoutplan.travel import TravelTimes

_NEAR = 5
"""So many of the nearest villages are tried as the other end of a road."""

_SHORTEST = 1.0
"""Minutes of the shortest road that is thought of."""

ADDED = "+"
"""Begins the ids of schools that are not there."""


def without_way(question: Question, breaches: pd.DataFrame) -> list[str]:
    """Name the villages whose pupils have no road to any school.

    Parameters
    ----------
    question
        The question.
    breaches
        The rules that its plan breaks.

    Returns
    -------
    list of str
        Ids of villages; empty where no village has a road, because then there is none to
        lead to.
    """
    near = _connected(question.times)
    if near.empty:
        return []
    lacking = breaches.loc[breaches["reason"].eq("no_road"), "village_id"].unique()
    return sorted(set(lacking) - set(near))


def best_road(question: Question, village: str) -> tuple[str, float]:
    """Find where a road would have to lead, and how long it may be.

    Parameters
    ----------
    question
        The question.
    village
        A village without a road.

    Returns
    -------
    tuple of str and float
        Of the nearest villages with roads the one to which a road may be longest, and its
        minutes: with them every band of the village is just within its limit, or as near
        as it can be.
    """
    points = _points(question.county)
    near = _connected(question.times)
    order = near[np.argsort(shapely.distance(points[near].to_numpy(), points[village]))][:_NEAR]
    now = question.measures[question.measures["measure"].eq("keep")]
    taught = {str(s): str(b).split() for s, b in zip(now["site_id"], now["bands"], strict=True)}
    spare = np.full(len(order), np.inf)
    for band in BANDS:
        teach = [s for s, bands in taught.items() if band in bands]
        if not teach:
            continue
        limit = question.standards.value(f"travel_limit_minutes_{band}")
        way = question.times.table(band).loc[order, teach].min(axis=1).to_numpy(dtype=float)
        spare = np.minimum(spare, limit - way)
    at = int(np.argmax(spare))
    best, minutes = str(order[at]), float(spare[at])
    return best, max(minutes, _SHORTEST) if np.isfinite(minutes) else _SHORTEST


def with_roads(question: Question, villages: Iterable[str]) -> Question:
    """Give villages a road each.

    Parameters
    ----------
    question
        The question.
    villages
        Villages without one.

    Returns
    -------
    Question
        With the ways that `best_road` opens: a village reaches what its new neighbour
        reaches, the minutes of the road later.
    """
    tables = {band: question.times.table(band) for band in BANDS}
    ends = {v: best_road(question, v) for v in villages}
    for table in tables.values():
        for village, (neighbour, minutes) in ends.items():
            table.loc[village] = table.loc[neighbour].to_numpy() + minutes
    return replace(question, times=_times(question.times, tables))


def with_schools(
    question: Question, pupils: pd.DataFrame, *, at: str, free: bool = False
) -> Question:
    """Add candidate sites for pupils who reach no school that teaches them.

    Parameters
    ----------
    question
        The question.
    pupils
        Columns village_id, band and pupils.
    at
        The site beside which one school for all of them is thought of; where empty, each
        village gets one of its own, which only its pupils reach.
    free
        Whether they cost nothing.

    Returns
    -------
    Question
        With candidates that bring their own money: the budget is raised by what they cost,
        and so is the number of schools. Their places are whole classes for the pupils, one
        class a grade at least.
    """
    rows = pupils.assign(place=at or pupils["village_id"])
    made = [
        _candidate(question, str(place), some, beside=bool(at), free=free)
        for place, some in rows.groupby("place", sort=True)
    ]
    added = pd.DataFrame(made).set_index("school_id")
    county = _with_candidates(question.county, added)
    tables = {
        b: _with_columns(question.times.table(b), added, beside=bool(at), home=0.0) for b in BANDS
    }
    options = question.options
    budget, most = options.budget_yuan, options.schools_max
    money = float(added["capital_yuan"].sum())
    changed = question.asking(
        budget_yuan=None if budget is None else budget + money,
        schools_max=None if most is None else most + len(added),
    )
    every = site_measures(county, standards=question.standards)
    measures = pd.concat([question.measures, every[every["site_id"].isin(added.index)]])
    measures = measures.reset_index(drop=True)
    bus = question.bus
    if bus is not None:
        bus = _times(bus, {b: _with_columns(bus.table(b), added, beside=bool(at)) for b in BANDS})
    return replace(
        changed, county=county, times=_times(question.times, tables), measures=measures, bus=bus
    )


def _with_columns(
    table: pd.DataFrame, added: pd.DataFrame, *, beside: bool, home: float = np.inf
) -> pd.DataFrame:
    """Add the ways to added schools: those of the site beside, or from the village alone."""
    for site, place in zip(added.index, added["place"], strict=True):
        way = table[place] if beside else pd.Series(np.inf, index=table.index)
        table[site] = way.to_numpy(dtype=float)
        if not beside:
            table.loc[place, site] = home
    return table


def kind_for(bands: Iterable[str]) -> str:
    """Give the smallest kind of school that teaches some bands.

    Parameters
    ----------
    bands
        The grade bands.

    Returns
    -------
    str
        The kind.

    Examples
    --------
    >>> kind_for(["g13", "g46"])
    'primary'
    """
    wanted = set(bands)
    fitting = [k for k, taught in BANDS_OF_KIND.items() if wanted <= set(taught)]
    return min(fitting, key=lambda k: len(BANDS_OF_KIND[k]))


def _candidate(
    question: Question, place: str, rows: pd.DataFrame, *, beside: bool, free: bool
) -> dict[str, object]:
    county, standards = question.county, question.standards
    kind = kind_for(rows["band"])
    size = class_size(kind, standards)
    number = rows.groupby("band")["pupils"].sum()
    classes = int(np.maximum(np.ceil(number / size), GRADES_PER_BAND).sum())
    home = county.sites if beside else county.villages
    township = home["township_id"].get(place) if "township_id" in home else None
    return {
        "school_id": f"{ADDED}{place}",
        "name": home["name"].get(place) if "name" in home else None,
        "kind": kind,
        "township_id": township,
        "geometry": home.geometry.representative_point()[place],
        "classrooms": classes,
        "places": classes * size,
        "capital_yuan": 0.0 if free else classes * class_yuan(kind, standards),
        "place": place,
    }


def class_size(kind: str, standards: Standards) -> int:
    """Give the pupils of a class in a kind of school.

    Parameters
    ----------
    kind
        The kind of school.
    standards
        The standards.

    Returns
    -------
    int
        Pupils (GB 50099-2011, 3.0.1).
    """
    name = {"teaching_point": "teaching_point", "junior": "junior", "complete_secondary": "junior"}
    return int(standards.value(f"class_size_{name.get(kind, 'primary')}"))


def class_yuan(kind: str, standards: Standards) -> float:
    """Give what building a class costs.

    Parameters
    ----------
    kind
        The kind of school.
    standards
        The standards.

    Returns
    -------
    float
        Yuan: places of a class times floor per place times the price of building.
    """
    stage = "primary" if "g13" in BANDS_OF_KIND[kind] else "junior"
    floor = standards.value(f"floor_m2_per_place_{stage}")
    return class_size(kind, standards) * floor * standards.value("building_yuan_per_m2")


def _with_candidates(county: County, added: pd.DataFrame) -> County:
    old = county.candidates
    rows = added.drop(columns="place")
    both = rows if old.empty else pd.concat([old, rows])
    candidates = gpd.GeoDataFrame(both, geometry="geometry", crs=county.crs)
    candidates.index = candidates.index.astype("str").rename("school_id")
    tables = {**dict(county.tables), "candidates": candidates}
    return replace(county, tables=tables)


def _times(old: TravelTimes, tables: dict[str, pd.DataFrame]) -> TravelTimes:
    made = TravelTimes.from_matrix(tables, mode=old.mode)
    return replace(made, findings=old.findings)


def _points(county: County) -> pd.Series:
    villages = county.villages
    # Only the order of distances matters here, so the county's own units will do.
    flat = shapely.get_coordinates(villages.geometry.representative_point())
    return pd.Series([shapely.Point(xy) for xy in flat], index=villages.index.astype("str"))


def _connected(times: TravelTimes) -> "pd.Index[str]":
    ways = np.isfinite(np.stack([times.array(b) for b in BANDS])).any(axis=(0, 2))
    return times.village_ids[np.flatnonzero(ways)].astype("str")
