"""Answering again near some sites, from a plan that is there."""

import time
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.answer import Answer, answer_of
from layoutplan.model.constraints import Model, make_model
from layoutplan.model.contiguous import joined
from layoutplan.model.corner import Corner, corner_of
from layoutplan.model.far import no_tolls, priced, wanted, widened
from layoutplan.model.local import nearness, resolve_near, sites_near, with_all_links
from layoutplan.model.part import holds, part_of, seconds_to, solve_part
from layoutplan.model.rows import at
from layoutplan.model.sets import Sets
from layoutplan.model.transport import LINKS, whole_pupils
from layoutplan.model.whole import fractions_rounded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEAREST: Final = 8
"""So many open and so many closed sites round each site in question may change."""

_WIDER = 3
"""So many times ways are added before that."""

_LEAST_SECONDS = 0.5
"""Seconds that there are even where the clock has run out."""

_BOUND_SECONDS = 4.0
"""Seconds that must be left for a bound to be looked for."""


def solve_near(
    sets: Sets,
    start: Callable[[Model], Floats],
    *,
    around: Iterable[str],
    time_limit: float,
) -> Answer | None:
    """Find the best plan in which only some sites and their nearest change.

    Parameters
    ----------
    sets
        The sets, with the locks that hold now.
    start
        Gives the values of the plan to start from in a model.
    around
        Ids of the sites in question.
    time_limit
        Seconds.

    Returns
    -------
    Answer or None
        The answer, with a bound from the relaxation where time is left for one and else 0;
        None where no plan was found so near.
    """
    begun = time.monotonic()
    model, given = with_its_ways(make_model(sets), start)
    values = settled(model, given)
    if values is None:
        return None
    near, m = nearness(model), len(sets.sites)
    places = sets.sites.index.get_indexer(pd.Index(list(around)))
    chosen = [
        sites_near(model, values, near, int(s), opened=NEAREST, closed=NEAREST)
        for s in places[places >= 0]
    ]
    sites = np.unique(np.concatenate([*chosen, np.zeros(0, dtype=np.int64)])).astype(np.int64)
    if not 0 < len(sites) <= m:
        return None
    deadline = max(begun + 0.95 * time_limit, time.monotonic() + _LEAST_SECONDS)
    seconds = 0.5 * seconds_to(deadline)
    linked = with_all_links(model)
    found = resolve_near(linked, values, sites, seconds=seconds, shares=True)
    if found is None:
        return None
    if sets.whole:
        found = fractions_rounded(model, found, deadline=deadline)
    else:
        found = whole_pupils(model, found, deadline=deadline)
    if found is None or not holds(model, found):
        return None
    found = joined(model, found, deadline=begun + time_limit)
    left = begun + time_limit - time.monotonic()
    cost = float(model.columns.cost @ found)
    bound = _relaxed_bound(model, left) if left > _BOUND_SECONDS else 0.0
    return answer_of(model, found, bound=min(bound, cost), status="best_found", cut=False)


def with_its_ways(model: Model, start: Callable[[Model], Floats]) -> tuple[Model, Floats]:
    """Widen a model by the ways that a plan goes and that it leaves out at first.

    Parameters
    ----------
    model
        The model.
    start
        Gives the values of the plan in a model.

    Returns
    -------
    tuple
        The model and the values of the plan in it.
    """
    given = start(model)
    for _ in range(_WIDER):
        behind = wanted(model, given, no_tolls(model.sets))
        if not len(behind):
            break
        model = widened(model, behind)
        given = start(model)
    return model, given


def settled(model: Model, values: Floats) -> Floats | None:
    """Let everything follow that is no decision: overload, sizes, levels, bare townships.

    Parameters
    ----------
    model
        The model.
    values
        Where pupils go and what sites are.

    Returns
    -------
    numpy.ndarray or None
        Values of all variables; None where these break a hard rule.
    """
    columns = model.columns
    parts = (
        columns.above, columns.level, columns.overload, columns.short, columns.oversize,
        columns.bare, columns.receiver,
    )  # fmt: skip
    free = np.sort(np.concatenate([at(part) for part in parts]))
    part = part_of(model, values, free, rows=model.without(*LINKS))
    result = solve_part(part)
    return None if result.x is None else part.values(np.asarray(result.x, dtype=float))


def _relaxed_bound(model: Model, seconds: float) -> float:
    corner = corner_of(model.columns, model.rows, seconds=seconds)
    if not isinstance(corner, Corner):
        return 0.0
    return max(corner.cost + priced(model, corner.reduced).missing, 0.0)
