"""Descent over groups of sites: small groups first, larger ones where they gain nothing."""

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.groups import group_around, improved, potentials
from layoutplan.location.lagrangian import priced
from layoutplan.location.problem import Floats, Found, Problem

_FIRST = 3
"""Open sites of the first groups."""

_GROWTH = 2
"""Open sites by which groups grow."""

_SECONDS = 2.5
"""Most seconds for one group, per four of its open sites."""


def descended(
    problem: Problem,
    plan: Found,
    prices: Floats,
    apart: Floats,
    *,
    overload_price: float,
    clock: Clock,
    largest: int,
) -> Found:
    """Improve a plan until no group up to a size gains.

    The group around the site with the largest potential comes first. A group that gained
    nothing is not looked at again before its units change.

    Parameters
    ----------
    problem
        The problem.
    plan
        The plan.
    prices
        Prices of the units, near those of the Lagrangian bound.
    apart
        Distances between sites.
    overload_price
        Price of one unit of demand beyond a capacity.
    clock
        When to stop.
    largest
        Most open sites in a group.

    Returns
    -------
    Found
        The plan, never a worse one.
    """
    values = priced(problem, prices).values
    tried: set[tuple[bytes, bytes]] = set()
    size = _FIRST
    while not clock.over:
        gained = None
        at = potentials(problem, plan, prices, values, overload_price=overload_price)
        for j in np.argsort(-at, kind="stable")[: int(plan.open.sum())]:
            group = group_around(problem, plan, int(j), apart, size=size, values=values)
            inside = np.isin(plan.assignment, group.open)
            key = (np.sort(group.closed).tobytes(), np.where(inside, plan.assignment, -1).tobytes())
            if key in tried:
                continue
            tried.add(key)
            seconds = min(_SECONDS * max(1.0, size / 4), clock.left)
            gained = improved(
                problem, plan, group, prices, overload_price=overload_price, seconds=seconds
            )
            if gained is not None or clock.over:
                break
        if gained is not None:
            plan = gained
        elif size >= min(largest, int(plan.open.sum())):
            break
        else:
            size += _GROWTH
    return plan
