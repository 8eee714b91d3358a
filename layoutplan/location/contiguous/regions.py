"""Windows of a plan: a few sites that lie together, with all units of their areas."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.exact import Part
from layoutplan.location.contiguous.ground import Ground, mask_of, within_reach
from layoutplan.location.problem import Bools, Floats, Ints, Problem


@dataclass(frozen=True, eq=False, kw_only=True)
class Window:
    """Some sites and all units of their areas.

    Parameters
    ----------
    sites
        Positions of the sites in the whole problem.
    units
        Positions of their units.
    part
        The problem of these alone.
    plan
        The present plan, in positions of the window.
    """

    sites: Ints
    units: Ints
    part: Part
    plan: Ints


def meeting(ground: Ground, assignment: Ints) -> dict[int, list[int]]:
    """Tell which areas touch.

    Parameters
    ----------
    ground
        What touches what.
    assignment
        A plan.

    Returns
    -------
    dict
        For each site with an area, the sites whose areas touch it, in rising order.
    """
    site_of = assignment.tolist()
    near: dict[int, set[int]] = {site: set() for site in sorted(set(site_of) - {-1})}
    for unit, others in enumerate(ground.around):
        here = site_of[unit]
        if here < 0:
            continue
        for other in others:
            there = site_of[other]
            if there >= 0 and there != here:
                near[here].add(there)
    return {site: sorted(others) for site, others in near.items()}


def around_site(near: dict[int, list[int]], first: int, most: int, rank: Floats) -> list[int]:
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
        Per site, which of a ring come first: the least.

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


def window(
    problem: Problem,
    ground: Ground,
    room: Floats,
    assignment: Ints,
    sites: list[int],
    candidates: Bools,
) -> Window:
    """Cut a window out of a plan.

    Parameters
    ----------
    problem
        The whole problem.
    ground
        What touches what.
    room
        Room of each site.
    assignment
        The present plan.
    sites
        The open sites of the window.
    candidates
        Sites that may be opened and closed; those of them that stand in the window take part.

    Returns
    -------
    Window
        The window.
    """
    assert problem.site_unit is not None
    units = np.flatnonzero(np.isin(assignment, sites))
    here = np.full(problem.n_units, -1, dtype=np.int64)
    here[units] = np.arange(len(units))
    inside = candidates & (here[problem.site_unit] >= 0)
    inside[sites] = True
    chosen = np.flatnonzero(inside)
    place = here.tolist()
    around = [
        [place[other] for other in ground.around[unit] if place[other] >= 0]
        for unit in units.tolist()
    ]
    local = Ground(around=around, touching=[mask_of(others) for others in around])
    own = here[problem.site_unit[chosen]]
    cost = problem.cost[np.ix_(units, chosen)]
    may_close = candidates[chosen]
    reach = within_reach(local, cost, own, ~may_close)
    for column in np.flatnonzero(may_close):
        alone = ~may_close
        alone[column] = True
        reach[:, column] = within_reach(local, cost, own, alone)[:, column]
    is_open = np.isin(chosen, sites)
    return Window(
        sites=chosen,
        units=units,
        part=Part(
            cost=np.where(reach, cost, np.inf),
            demand=problem.demand[units],
            room=room[chosen],
            fixed_cost=problem.fixed_cost[chosen],
            may_close=may_close,
            n_open=None if problem.n_open is None else int(is_open.sum()),
            own=own,
            ground=local,
        ),
        plan=np.searchsorted(chosen, assignment[units]),
    )
