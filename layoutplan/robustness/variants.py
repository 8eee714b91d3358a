"""A plan's county, times and standards under other assumptions."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.county import County
from layoutplan.demand.apportion import apportion
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.times import ON_FOOT
from layoutplan.plan import Plan
from layoutplan.robustness.cases import Case, values_of
from layoutplan.standards import Standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

_ROUNDING = 1e-9

_JUNIOR = ("junior", "complete_secondary")
"""Kinds whose places are counted in junior classes."""

_FIXED = ("teaching_point", "special")
"""Kinds whose class size is not varied."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Variant:
    """What a plan is made from, under the assumptions of a case.

    Parameters
    ----------
    county, times, standards
        As in a plan.
    more_places
        By site, its places as a multiple of those of the plan.
    """

    county: County
    times: TravelTimes
    standards: Standards
    more_places: pd.Series


def variant(plan: Plan, case: Case) -> Variant:
    """Put a plan's data under the assumptions of a case.

    Pupils are multiplied and rounded to whole persons once for the county, and so are
    the observed flows, so that families choose as today. Places are what the rooms hold
    at the class size. Minutes on foot are divided by the ratio of the speeds; of ways
    by vehicle, those of the walks at both ends.

    Parameters
    ----------
    plan
        The plan.
    case
        The case.

    Returns
    -------
    Variant
        The data.

    Raises
    ------
    OptionsError
        If the speed changes and the times do not tell how much of them is walked.
    """
    base = values_of(plan.standards)
    change = case.class_size - base["class_size"]
    junior = plan.standards.value("class_size_junior")
    faster = case.speed / base["speed"]
    values: dict[str, float] = {}
    if change:
        values |= {"class_size_primary": case.class_size, "class_size_junior": junior + change}
    if faster != 1:
        speeds = [f"walk_speed_kmh_{b}" for b in BANDS]
        values |= {s: plan.standards.value(s) * faster for s in speeds}
    kind = plan.county.sites["kind"]
    by_kind = dict.fromkeys(_JUNIOR, (junior + change) / junior) | dict.fromkeys(_FIXED, 1.0)
    more = kind.map(lambda k: by_kind.get(k, case.class_size / base["class_size"])).astype(float)
    county = plan.county
    if case.births != 1:
        county = _with_pupils(county, plan.demand, case.births)
    return Variant(
        county=_with_places(county, more) if change else county,
        times=_at_speed(plan.times, faster) if faster != 1 else plan.times,
        standards=plan.standards.with_values(**values) if values else plan.standards,
        more_places=more,
    )


def _with_pupils(county: County, demand: pd.DataFrame, times: float) -> County:
    pupils = demand.reindex(index=county.villages.index, columns=list(BANDS))
    scaled = _scaled(pupils, times)
    villages = county.villages.assign(**{f"pupils_{b}": scaled[b] for b in BANDS})
    tables = {**county.tables, "villages": villages}
    names = [f"pupils_{b}" for b in BANDS if f"pupils_{b}" in county.flows]
    if names:
        flows = county.flows
        labels = flows["village_id"].astype("str") + " " + flows["school_id"].astype("str")
        wide = flows[names].fillna(0).set_axis(labels)
        tables["flows"] = flows.assign(**{n: _scaled(wide, times)[n].to_numpy() for n in names})
    return replace(county, tables=tables)


def _scaled(table: pd.DataFrame, times: float) -> pd.DataFrame:
    """Multiply persons and round them to whole ones, column by column, losing none."""
    order = np.asarray(table.index.astype("str"), dtype=str)
    whole = {c: apportion(table[c].to_numpy(dtype=float) * times, order=order) for c in table}
    return pd.DataFrame(whole, index=table.index)


def _with_places(county: County, more: pd.Series) -> County:
    tables = dict(county.tables)
    for name in ("schools", "candidates"):
        if name in tables and "places" in tables[name]:
            table = tables[name]
            ratio = more.reindex(table.index).to_numpy(dtype=float)
            tables[name] = table.assign(places=whole_places(table["places"], ratio))
    return replace(county, tables=tables)


def whole_places(places: pd.Series, ratio: NDArray[np.float64]) -> pd.Series:
    """Multiply places, and leave out the part of one.

    Parameters
    ----------
    places
        Places; blanks stay blank.
    ratio
        The multiple of each.

    Returns
    -------
    pandas.Series
        Whole places.

    Examples
    --------
    >>> whole_places(pd.Series([270.0]), np.array([40 / 45])).tolist()
    [240.0]
    """
    # A product that misses a whole number by rounding error alone is that number.
    whole = np.floor(places.to_numpy(dtype=float) * ratio + _ROUNDING)
    return pd.Series(whole, index=places.index)


def _at_speed(times: TravelTimes, faster: float) -> TravelTimes:
    """Divide what is walked by the ratio of speeds; rides take as long as before."""
    minutes = times.minutes
    if times.mode != ON_FOOT and minutes.ridden is None:
        raise OptionsError(Finding(code="walks_not_known", values={"mode": times.mode}))
    factor = {band: value / faster for band, value in minutes.factor.items()}
    return replace(times, minutes=replace(minutes, factor=factor))
