"""Pupils whom a plan leaves without a school although one of its sites could take them."""

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.best import Found
from layoutplan.model.constraints import Model
from layoutplan.model.far import Tolls, carried, no_tolls, wanted, widened
from layoutplan.model.part import beside, holds, part_of, solve_part
from layoutplan.model.rows import at
from layoutplan.model.ties import share_teaching
from layoutplan.model.transport import LINKS, levelled, taught

Floats = NDArray[np.float64]

_SECONDS = 1.0
"""Most seconds for these few pupils."""


def with_none_behind(model: Model, held: Found) -> tuple[Model, Found]:
    """Send whom a plan leaves without a school to one of its sites, near or far.

    A search that the clock cuts short may end with such a plan: a part of the county solved
    in too little time, or ways left out that only its sites make worth going.

    Parameters
    ----------
    model
        The model, of whole groups or of shares.
    held
        The plan that is held.

    Returns
    -------
    tuple
        The model, with the far ways to the plan's sites, and the plan, which is no dearer.
    """
    plan = held.plan
    if plan is None or not (plan[model.columns.unserved] > 0).any():
        return model, held
    # Only what the plan opens can take them; cheaper ways to closed sites are none.
    opened = share_teaching(model.sets, model.columns, plan).T > 0
    tolls = Tolls(yuan=np.where(opened, no_tolls(model.sets).yuan, np.inf))
    behind = wanted(model, plan, tolls)
    if len(behind):
        more = widened(model, behind)
        held = replace(held, plan=carried(model, more, plan))
        model = more
    if held.plan is None:
        return model, held
    return model, held.or_better(model, _served(model, held.plan))


def _served(model: Model, plan: Floats) -> Floats | None:
    """Send those behind to sites of a plan, where that costs less; all others stay."""
    columns = model.columns
    group = model.sets.flows["group"].to_numpy(dtype=np.int64)
    behind = plan[columns.unserved] > 0
    ways = behind[group] & taught(model, plan)
    parts = (columns.overload, columns.short, columns.oversize)
    free = [at(columns.flow)[ways], at(columns.unserved)[behind], *(at(p) for p in parts)]
    part = part_of(
        model, plan, np.sort(np.concatenate(free)), rows=model.without(*LINKS, "worst_off")
    )
    people = part.free < columns.above.start
    part = replace(part, whole=np.where(people, 1, part.whole))
    answer = beside(partial(solve_part, part, seconds=_SECONDS))
    if answer.x is None:
        return None
    values = levelled(model, part.values(np.asarray(answer.x, dtype=float)))
    return values if holds(model, values) else None
