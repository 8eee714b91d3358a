"""The answer to a question of reach: which sites open, and where each unit goes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from layoutplan.location.problem import Bools, Floats, Ints

Status = Literal["proven", "best_found"]

_ROUNDING = 1e-6
"""Share of an objective that counts as rounding: the solver's own tolerance."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Siting:
    """Open sites, where each unit goes, and what is proven of them.

    Parameters
    ----------
    open
        Whether each site is open.
    assignment
        Position of the nearest open site of each unit, of equally near ones the first; -1
        where there is none, or none within the limit of a coverage.
    objective
        What was made as large or as small as could be: demand within the limit, number or
        cost of sites, or the greatest distance.
    bound
        What no other choice of sites can pass.
    status
        ``proven`` where objective and bound agree, else ``best_found``.
    seconds
        How long it took.
    out_of_reach
        Positions of the units with demand that no site can serve, open or not; they are left
        out of the objective.
    """

    open: Bools
    assignment: Ints
    objective: float
    bound: float
    status: Status
    seconds: float
    out_of_reach: Ints

    @property
    def gap(self) -> float:
        """The unproven part as a share of the objective: 0 where it is proven."""
        return unproven(self.objective, self.bound)


def unproven(objective: float, bound: float) -> float:
    """Give the distance of an objective from its bound as a share of the objective.

    Parameters
    ----------
    objective
        The objective.
    bound
        The bound.

    Returns
    -------
    float
        From 0; infinite where nothing is known or the objective is 0 and the bound is not.

    Examples
    --------
    >>> unproven(50.0, 49.0)
    0.02
    """
    if objective == bound:
        return 0.0
    if objective == 0 or not np.isfinite(objective) or not np.isfinite(bound):
        return float("inf")
    return abs(bound - objective) / abs(objective)


def settled(objective: float, bound: float) -> tuple[float, Status]:
    """Give the bound without rounding of the solver, and whether it proves the objective.

    Parameters
    ----------
    objective
        The objective.
    bound
        The bound.

    Returns
    -------
    tuple
        The bound, equal to the objective where they differ by rounding only, and the status.
    """
    if unproven(objective, bound) <= _ROUNDING:
        return objective, "proven"
    return bound, "best_found"


def nearest_open(minutes: Floats, opened: Bools) -> tuple[Ints, Floats]:
    """Give the nearest open site of each unit.

    Parameters
    ----------
    minutes
        Travel time from each unit to each site, infinite where there is no way.
    opened
        Which sites are open.

    Returns
    -------
    tuple
        Position of the site, of equally near ones the first, -1 where none can be reached;
        and the travel time there, infinite where none can be reached.
    """
    sites = np.flatnonzero(opened)
    if not len(sites):
        return np.full(len(minutes), -1), np.full(len(minutes), np.inf)
    ways = minutes[:, sites]
    first = ways.argmin(axis=1)
    least = ways[np.arange(len(ways)), first]
    return np.where(np.isfinite(least), sites[first], -1), least


def steady_order(minutes: Floats, unit: Floats, site: Floats) -> tuple[Ints, Ints]:
    """Order units and sites by what they are, not by where they stand in the table.

    The solver's choice among equally good plans hangs on the order of its rows; in this
    order it is the same however the table was sorted, as far as travel times, demand and
    cost tell the units and the sites apart.

    Parameters
    ----------
    minutes
        Travel time from each unit to each site, infinite where there is no way.
    unit
        A number of each unit, such as its demand.
    site
        A number of each site, such as its cost.

    Returns
    -------
    tuple
        Positions of the units, and of the sites, in that order.
    """
    known = np.where(np.isfinite(minutes), minutes, -1.0)
    by_row, by_column = np.sort(known, axis=1), np.sort(known, axis=0)
    units = np.lexsort([by_row.sum(axis=1), (by_row**2).sum(axis=1), unit])
    sites = np.lexsort([by_column.sum(axis=0), (by_column**2).sum(axis=0), site])
    return units, sites


def filled(opened: Bools, n_open: int) -> Bools:
    """Open further sites, the first ones, until there are enough.

    Parameters
    ----------
    opened
        Which sites are open.
    n_open
        How many have to be.

    Returns
    -------
    numpy.ndarray
        Which sites are open.
    """
    full = opened.copy()
    full[np.flatnonzero(~opened)[: n_open - int(opened.sum())]] = True
    return full
