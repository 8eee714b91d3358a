"""Another layout from a plan that is there: some sites are changed over, one after the other."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from layoutplan.model.answer import Answer, answer_of
from layoutplan.model.constraints import Model, make_model
from layoutplan.model.contiguous import joined
from layoutplan.model.near import settled, solve_near
from layoutplan.model.part import holds
from layoutplan.model.sets import Sets
from layoutplan.model.single import Changing, changing
from layoutplan.model.transport import open_sites, whole_pupils
from layoutplan.model.whole import fractions_rounded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_PRICING = 0.5
"""Share of the time for trying sites one by one."""

_LEAST_SECONDS = 1.0
"""Seconds for whole pupils even where the clock has run out."""

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""

_TRIES = 3
"""Sets of sites that are tried; sites near each other cost more together than alone."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _County:
    """The model and what is needed to change a site over."""

    model: Model
    change: Changing
    held: Floats
    end: float


def solve_apart(
    sets: Sets,
    start: Callable[[Model], Floats],
    *,
    around: Iterable[str],
    time_limit: float,
) -> Answer | None:
    r"""Find a plan that differs enough from other layouts, from one that does not.

    Each of some sites is changed over alone, from open to closed or the other way, with the
    pupils of its nearest sites sent anew; what that costs is :math:`\delta_j`. Then the
    cheapest set of changes that differs enough is chosen,

    .. math::

        \min \sum_j \delta_j z_j \quad \text{s.t.} \quad
        \sum_{j \in S_i \triangle S} (1 - z_j) + \sum_{j \notin S_i \triangle S} z_j \ge k
        \quad \forall i

    with :math:`S` the open sites of the plan and :math:`S_i` those of the other layouts, and
    the changes are made one after the other, each from the plan before it, so that they are
    priced together.

    Parameters
    ----------
    sets
        The sets, with the layouts to differ from.
    start
        Gives the values of the plan to start from in a model.
    around
        Ids of the sites that may be changed over.
    time_limit
        Seconds.

    Returns
    -------
    Answer or None
        The answer, without a bound of its own; None where none was found.
    """
    begun = time.monotonic()
    county = _county(sets, start, end=begun + 0.95 * time_limit)
    if county is None:
        return None
    model, values = county.model, county.held
    is_open = open_sites(model, values)
    others = [layout ^ is_open for layout in sets.differ_from]
    if all(int(other.sum()) >= sets.at_least for other in others):
        return solve_near(sets, start, around=around, time_limit=time_limit)
    places = sets.sites.index.get_indexer(pd.Index(list(around)))
    sites = np.unique(places[places >= 0]).astype(np.int64)
    priced = _priced(county, sites, begun + _PRICING * time_limit)
    best: Floats | None = None
    dearer = dict(priced)
    for _ in range(_TRIES):
        chosen = _cheapest(dearer, others, sets.at_least)
        if not len(chosen) or time.monotonic() >= county.end:
            break
        before = dict(dearer)
        found = _made(county, chosen, dearer)
        if found is not None and (best is None or model.columns.cost @ (found - best) < 0):
            best = found
        if found is not None and dearer == before:
            break
    if best is None:
        return None
    best = joined(model, best, deadline=begun + time_limit)
    return answer_of(model, best, bound=0.0, status="best_found", cut=False)


def changes_priced(
    sets: Sets, start: Callable[[Model], Floats], *, time_limit: float
) -> dict[str, float]:
    """Tell what it costs to change each site over alone, from a plan that is there.

    Parameters
    ----------
    sets
        The sets.
    start
        Gives the values of the plan in a model.
    time_limit
        Seconds; sites that were not reached are left out.

    Returns
    -------
    dict
        Yuan a year by site_id; without sites that cannot be changed over.
    """
    end = time.monotonic() + time_limit
    county = _county(sets, start, end=end)
    if county is None:
        return {}
    found = _priced(county, np.arange(len(sets.sites), dtype=np.int64), end)
    return {str(sets.sites.index[site]): yuan for site, yuan in found.items()}


def _county(sets: Sets, start: Callable[[Model], Floats], *, end: float) -> _County | None:
    model = make_model(sets)
    values = settled(model, start(model))
    if values is None:
        return None
    return _County(model=model, change=changing(model), held=values, end=end)


def _priced(county: _County, sites: Ints, deadline: float) -> dict[int, float]:
    """Tell what it costs to change each site over alone."""
    cost, found = county.model.columns.cost, dict[int, float]()
    for site in sites.tolist():
        if time.monotonic() >= deadline:
            break
        tried = county.change.changed(county.held, int(site), deadline=deadline)
        if tried is not None:
            found[int(site)] = float(cost @ (tried - county.held))
    return found


def _cheapest(price: dict[int, float], others: list[Bools], least: int) -> Ints:
    """Choose the cheapest sites that make the layout differ enough from all others."""
    sites = np.array(sorted(price), dtype=np.int64)
    if not len(sites):
        return sites
    sign = np.array([np.where(other[sites], -1.0, 1.0) for other in others])
    low = np.array([least - int(other.sum()) for other in others], dtype=float)
    result = milp(
        np.array([price[int(s)] for s in sites]),
        constraints=LinearConstraint(sign, low, np.inf),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(sites), dtype=np.int64),
    )
    return sites[:0] if result.x is None else sites[np.asarray(result.x) > 0.5]  # noqa: PLR2004


def _made(county: _County, chosen: Ints, price: dict[int, float]) -> Floats | None:
    """Make the changes one after the other, then make groups whole."""
    model, cost, now = county.model, county.model.columns.cost, county.held
    for site in sorted(chosen.tolist(), key=lambda s: (price[s], s)):
        tried = county.change.changed(now, site, deadline=county.end)
        if tried is None:
            del price[site]
            return None
        # Changes that cost more together than alone are dearer in the next choice.
        more = float(cost @ (tried - now))
        if more > price[site] + _CENT:
            price[site] = more
        now = tried
    deadline = max(county.end, time.monotonic() + _LEAST_SECONDS)
    if model.sets.whole:
        found = fractions_rounded(model, now, deadline=deadline)
    else:
        found = whole_pupils(model, now, deadline=deadline)
    return found if found is not None and holds(model, found) else None
