"""Windows of a large plan: a few sites that lie together, with their units, as a problem."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.asked import Asked, asked, loads
from layoutplan.location.problem import Ints, Problem


@dataclass(frozen=True, eq=False, kw_only=True)
class Window:
    """Some sites and all units of their areas.

    Parameters
    ----------
    sites
        Positions of the sites in the whole problem.
    units
        Positions of their units.
    asked
        The problem of these alone.
    plan
        The present plan, in positions of the window.
    """

    sites: Ints
    units: Ints
    asked: Asked
    plan: Ints


def meeting(asked_: Asked, assignment: Ints) -> dict[int, list[int]]:
    """Tell which areas touch.

    Parameters
    ----------
    asked_
        The problem.
    assignment
        A plan.

    Returns
    -------
    dict
        For each site with an area, the sites whose areas touch it, in rising order.
    """
    near: dict[int, set[int]] = {int(site): set() for site in asked_.sites}
    site_of = assignment.tolist()
    for unit, others in enumerate(asked_.ground.around):
        here = site_of[unit]
        if here < 0:
            continue
        for other in others:
            there = site_of[other]
            if there >= 0 and there != here:
                near[here].add(there)
    return {site: sorted(others) for site, others in near.items()}


def around_site(
    near: dict[int, list[int]], first: int, most: int, rank: dict[int, float]
) -> list[int]:
    """Give a site and those around it, ring by ring.

    Parameters
    ----------
    near
        Which areas touch.
    first
        The site in the middle.
    most
        How many sites.
    rank
        Which sites of a ring come first, the least.

    Returns
    -------
    list of int
        Sites in rising order.
    """
    chosen, ring = [first], [first]
    while ring and len(chosen) < most:
        ahead = {other for site in ring for other in near[site]} - set(chosen)
        ring = sorted(ahead, key=lambda site: (rank[site], site))
        chosen += ring[: most - len(chosen)]
    return sorted(chosen)


def window(asked_: Asked, assignment: Ints, sites: list[int]) -> Window:
    """Cut a window out of a plan.

    Parameters
    ----------
    asked_
        The whole problem.
    assignment
        The present plan.
    sites
        The sites of the window.

    Returns
    -------
    Window
        Their problem.
    """
    problem = asked_.problem
    assert problem.adjacency is not None
    chosen = np.array(sites, dtype=np.int64)
    units = np.flatnonzero(np.isin(assignment, chosen))
    here = np.full(problem.n_units, -1)
    here[units] = np.arange(len(units))
    part = Problem(
        cost=asked_.cost[np.ix_(units, chosen)],
        demand=problem.demand[units],
        capacity=asked_.room[chosen],
        fixed_cost=np.zeros(len(chosen)),
        every_site=True,
        adjacency=problem.adjacency[units][:, units],
        site_unit=here[asked_.own[chosen]],
    )
    return Window(
        sites=chosen,
        units=units,
        asked=asked(part, np.ones(len(chosen), dtype=bool)),
        plan=np.searchsorted(chosen, assignment[units]),
    )


def spare_room(asked_: Asked, assignment: Ints) -> dict[int, float]:
    """Give the spare room of each site.

    Parameters
    ----------
    asked_
        The problem.
    assignment
        A plan.

    Returns
    -------
    dict
        Room less load, by site.
    """
    spare = asked_.room - loads(asked_.problem, assignment)
    return {int(site): float(spare[site]) for site in asked_.sites}
