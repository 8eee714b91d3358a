"""The nouns of a location problem: what is asked, and what was found."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ROUNDING = 1e-9
"""Share of a load, or of 1 where that is more, by which it may pass a capacity through rounding."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    r"""Units that each go whole to one open site, at least cost.

    .. math::

        \min \sum_{ij} c_{ij} x_{ij} + \sum_j f_j y_j, \qquad
        \sum_j x_{ij} = 1, \quad \sum_i d_i x_{ij} \le q_j y_j, \quad
        x_{ij} \le y_j, \quad x, y \in \{0, 1\}

    and, where ``n_open`` is given, :math:`\sum_j y_j` equals it; where ``every_site`` holds,
    all :math:`y_j = 1`; with ``adjacency``, the units of each open site are connected and
    among them is the unit on which the site stands.

    Parameters
    ----------
    cost
        Cost of serving a unit's whole demand from a site, infinite where that is not
        possible, as where the demand is above the capacity; shape (units, sites).
    demand
        Demand of each unit, from 0.
    capacity
        Most demand that each site serves.
    fixed_cost
        Cost of opening each site, 0 where there is none.
    n_open
        How many sites are open; any number where None.
    every_site
        Whether all sites are open.
    adjacency
        Which units touch, symmetric, without a diagonal, shape (units, units); None where
        service areas need not be connected.
    site_unit
        The unit on which each site stands; None without ``adjacency``.
    """

    cost: Floats
    demand: Floats
    capacity: Floats
    fixed_cost: Floats
    n_open: int | None = None
    every_site: bool = False
    adjacency: sp.csr_array | None = None
    site_unit: Ints | None = None

    @property
    def room(self) -> Floats:
        """Most demand that a plan may give each site: sums pass a capacity through rounding.

        Bounds have to allow what plans may do, or they are none.
        """
        return self.capacity + ROUNDING * np.maximum(1.0, self.capacity) * 2

    @property
    def n_units(self) -> int:
        """How many units there are."""
        return int(self.cost.shape[0])

    @property
    def n_sites(self) -> int:
        """How many sites there are."""
        return int(self.cost.shape[1])


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """A plan of a location problem, and a bound below which none can be.

    Parameters
    ----------
    assignment
        The site of each unit; -1 where a unit has none.
    open
        Whether each site is open.
    objective
        Cost of the plan without any price for overload.
    overload
        Demand beyond the capacities, summed over the sites; 0 for a plan that keeps them.
    bound
        No plan costs less; minus infinity where nothing is known.
    """

    assignment: Ints
    open: Bools
    objective: float
    overload: float
    bound: float = -np.inf
