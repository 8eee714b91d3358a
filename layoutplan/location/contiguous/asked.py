"""A contiguous problem made ready: which sites are open, what each can hold, what a plan costs."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.ground import Ground, ground_of, within_reach
from layoutplan.location.problem import Bools, Floats, Found, Ints, Problem

Standing = tuple[float, float, float]
"""How good a plan is, least first: units without a site, overload, cost."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """Assign units to some open sites in connected areas.

    Parameters
    ----------
    problem
        The whole problem.
    ground
        What touches what.
    sites
        Positions of the sites that have an area; of sites on one unit only one has.
    reach
        Whether a connected area of the site can hold the unit, shape (units, all sites).
    cost
        Cost of each unit at each site, infinite out of reach.
    room
        The capacity of each site, at least the demand of the unit on which it stands: what
        no area can avoid is no fault of a plan.
    """

    problem: Problem
    ground: Ground
    sites: Ints
    reach: Bools
    cost: Floats
    room: Floats

    @property
    def own(self) -> Ints:
        """The unit on which each site stands."""
        assert self.problem.site_unit is not None
        return self.problem.site_unit


def asked(problem: Problem, open_sites: Bools, ground: Ground | None = None) -> Asked:
    """Make a problem ready for some open sites.

    Parameters
    ----------
    problem
        A problem with adjacency.
    open_sites
        Which sites are open.
    ground
        Its neighbours, where they are known already.

    Returns
    -------
    Asked
        The problem for these sites.
    """
    assert problem.adjacency is not None
    assert problem.site_unit is not None
    ground = ground_of(problem.adjacency) if ground is None else ground
    reach = within_reach(ground, problem.cost, problem.site_unit, open_sites)
    # Of several sites on one unit, the unit can belong to one only: the roomiest.
    holder: dict[int, int] = {}
    rank = np.lexsort((np.arange(problem.n_sites), -problem.capacity))
    for site in rank[open_sites[rank]].tolist():
        if reach[problem.site_unit[site], site]:
            holder.setdefault(int(problem.site_unit[site]), site)
    sites = np.array(sorted(holder.values()), dtype=np.int64)
    without = np.ones(problem.n_sites, dtype=bool)
    without[sites] = False
    reach[:, without] = False
    return Asked(
        problem=problem,
        ground=ground,
        sites=sites,
        reach=reach,
        cost=np.where(reach, problem.cost, np.inf),
        room=own_room(problem),
    )


def own_room(problem: Problem) -> Floats:
    """Give the room of each site, at least for the unit on which it stands.

    Parameters
    ----------
    problem
        A problem with adjacency.

    Returns
    -------
    Floats
        Room.
    """
    assert problem.site_unit is not None
    return np.maximum(problem.capacity, problem.demand[problem.site_unit])


def loads(problem: Problem, assignment: Ints) -> Floats:
    """Give the demand at each site.

    Parameters
    ----------
    problem
        The problem.
    assignment
        The site of each unit, -1 for none.

    Returns
    -------
    Floats
        Demand per site.
    """
    has = assignment >= 0
    return np.bincount(
        assignment[has], weights=problem.demand[has], minlength=problem.n_sites
    ).astype(np.float64)


def standing(problem: Problem, assignment: Ints) -> Standing:
    """Tell how good an assignment is.

    Parameters
    ----------
    problem
        The problem.
    assignment
        The site of each unit, -1 for none.

    Returns
    -------
    Standing
        Units without a site, overload, cost without fixed cost.
    """
    has = np.flatnonzero(assignment >= 0)
    over = np.maximum(loads(problem, assignment) - problem.capacity, 0).sum()
    cost = problem.cost[has, assignment[has]].sum()
    return float(problem.n_units - len(has)), float(np.round(over, 9)), float(cost)


def found(problem: Problem, assignment: Ints, open_sites: Bools, bound: float = -np.inf) -> Found:
    """Give an assignment as an answer.

    Parameters
    ----------
    problem
        The problem.
    assignment
        The site of each unit, -1 for none.
    open_sites
        Which sites are open.
    bound
        What no plan costs less than, where that is known.

    Returns
    -------
    Found
        The plan with its cost and overload.
    """
    _, over, cost = standing(problem, assignment)
    return Found(
        assignment=assignment,
        open=open_sites.copy(),
        objective=cost + float(problem.fixed_cost[open_sites].sum()),
        overload=over,
        bound=bound,
    )
