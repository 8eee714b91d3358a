"""Descent over groups of sites: small groups first, larger ones where they gain nothing."""

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.groups import group_around, improved, potentials
from layoutplan.location.lagrangian import Priced, priced
from layoutplan.location.problem import Floats, Found
from layoutplan.location.rounding import on_sites
from layoutplan.location.search import Search

_FIRST = 3
"""Open sites of the first groups."""

_GROWTH = 2
"""Open sites by which groups grow."""

_LARGEST = 9
"""Most open sites of a group on given sites; of one that chooses sites too, at first."""

_SECONDS = 0.6
"""Most seconds for a group, per open site."""

_PRICING = 0.07
"""Share of the time for the prices on given sites."""


def polished(search: Search, plan: Found, clock: Clock) -> Found:
    """Improve a plan on its sites, then with other sites, until neither gains.

    Parameters
    ----------
    search
        The search.
    plan
        The plan.
    clock
        When to stop.

    Returns
    -------
    Found
        The plan, never a worse one.
    """
    problem = search.problem
    largest = _LARGEST - 2 * _GROWTH
    while not (clock.over or search.done):
        before = plan
        share = search.clock.seconds * _PRICING
        here = on_sites(problem, plan.open, clock=clock.at_most(share), target=search.upper)
        prices = [p for p in (here.bound, search.root) if p is not None]
        for keep_sites in (True, False):
            if keep_sites or not problem.every_site:
                plan = descended(
                    search,
                    plan,
                    [p.prices for p in prices],
                    clock=clock,
                    largest=_LARGEST if keep_sites else largest,
                    keep_sites=keep_sites,
                )
                search.offer(plan)
        if plan is not before:
            continue
        if plan.overload > 0 and search.dearer():
            continue
        if problem.every_site or largest >= min(int(plan.open.sum()), 2 * _LARGEST):
            break
        largest += _GROWTH
    return plan


def descended(
    search: Search,
    plan: Found,
    prices: list[Floats],
    *,
    clock: Clock,
    largest: int,
    keep_sites: bool,
) -> Found:
    """Improve a plan until no group up to a size gains.

    The group around the site with the largest potential comes first. A group that gained
    nothing is not looked at again before its units change.

    Parameters
    ----------
    search
        The search.
    plan
        The plan.
    prices
        Prices of the units, near those of Lagrangian bounds.
    clock
        When to stop.
    largest
        Most open sites in a group.
    keep_sites
        Whether the open sites stay.

    Returns
    -------
    Found
        The plan, never a worse one.
    """
    at = [priced(search.problem, p) for p in prices]
    size = _FIRST
    while not clock.over:
        gained = _first_gain(search, plan, at, size=size, clock=clock, keep_sites=keep_sites)
        if gained is not None:
            plan = gained
        elif size >= min(largest, int(plan.open.sum())):
            break
        else:
            size += _GROWTH
    return plan


def _first_gain(
    search: Search,
    plan: Found,
    at: list[Priced],
    *,
    size: int,
    clock: Clock,
    keep_sites: bool,
) -> Found | None:
    """Go through the groups of one size until one gains."""
    problem, values = search.problem, at[-1].values
    price = search.overload_price
    could = potentials(problem, plan, at[0].prices, at[0].values, overload_price=price)
    for j in np.argsort(-could, kind="stable")[: int(plan.open.sum())]:
        group = group_around(
            plan, int(j), search.apart, size=size, values=values, keep_sites=keep_sites
        )
        key = group.key(plan, keep_sites=keep_sites)
        if key in search.tried:
            continue
        search.tried.add(key)
        search.tell("improve")
        gained = improved(
            problem,
            plan,
            group,
            [p.prices for p in at],
            overload_price=price,
            clock=clock.at_most(_SECONDS * size),
            keep_sites=keep_sites,
        )
        if gained is not None or clock.over:
            return gained
    return None
