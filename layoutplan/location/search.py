"""What a search for a plan knows so far: its best plan, its bound, its prices, its time."""

from dataclasses import dataclass, field

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.groups import site_distances
from layoutplan.location.lagrangian import Priced
from layoutplan.location.problem import Floats, Found, Problem, Progress
from layoutplan.location.standing import better

_OVERLOAD = 20.0
"""First price of overload, in mean costs of a unit of demand: above what moving it costs."""

_TIMES = 8.0
"""What the price of overload is multiplied with where it does not take overload away."""

_RAISES = 3
"""How often that is done."""


@dataclass(eq=False, kw_only=True)
class Search:
    """A search under way; the only thing here that changes.

    Parameters
    ----------
    problem
        The problem.
    clock
        When to stop.
    gap
        Relative gap at which to stop.
    progress
        Told of the seconds spent, those in all, and what is being done.
    apart
        Distances between sites.
    overload_price
        Price of one unit of demand beyond a capacity.
    best
        The best plan so far.
    bound
        No plan within the capacities costs less.
    root
        The Lagrangian bound over all sites, with its prices.
    tried
        Groups that gained nothing, by their sites and units.
    raises
        How often the price of overload was raised.
    """

    problem: Problem
    clock: Clock
    gap: float
    progress: Progress | None = None
    apart: Floats = field(init=False)
    overload_price: float = 0.0
    best: Found | None = None
    bound: float = -np.inf
    root: Priced | None = None
    tried: set[tuple[bool, bytes, bytes]] = field(default_factory=set)
    raises: int = 0

    def __post_init__(self) -> None:
        """Measure the distances between sites once."""
        self.apart = site_distances(self.problem)

    @property
    def upper(self) -> float:
        """Cost of the best plan within the capacities, infinite where there is none."""
        if self.best is None or self.best.overload > 0:
            return np.inf
        return self.best.objective

    @property
    def done(self) -> bool:
        """Whether the gap is as small as asked, or no time is left."""
        if self.clock.over:
            return True
        if not np.isfinite(self.upper):
            return False
        return self.upper - self.bound <= self.gap * abs(self.upper)

    def offer(self, plan: Found | None) -> None:
        """Keep a plan if it is better than the best so far.

        Parameters
        ----------
        plan
            The plan, or None.
        """
        # Where a unit is sent to a site that it cannot reach there is no plan.
        if plan is not None and np.isfinite(plan.objective):
            self.best = better(self.best, plan)

    def raise_bound(self, bound: float) -> None:
        """Keep a bound if it is better than the one so far.

        Parameters
        ----------
        bound
            No plan costs less than this, or than the best plan known.
        """
        if np.isfinite(bound):
            self.bound = max(self.bound, min(bound, self.upper))

    def price_overload(self, relaxed: float) -> None:
        """Set the price of overload from the cost of a relaxation.

        Parameters
        ----------
        relaxed
            Cost of the relaxation.
        """
        demand = max(float(self.problem.demand.sum()), 1e-300)
        self.overload_price = _OVERLOAD * max(abs(relaxed), 1e-300) / demand

    def dearer(self) -> bool:
        """Raise the price of overload where groups could not take it away.

        Returns
        -------
        bool
            Whether it was raised; not beyond a limit.
        """
        if self.raises >= _RAISES:
            return False
        self.raises += 1
        self.overload_price *= _TIMES
        self.tried.clear()
        return True

    def tell(self, stage: str) -> None:
        """Tell how far the search is.

        Parameters
        ----------
        stage
            The key of what is being done.
        """
        if self.progress is not None:
            self.progress(int(self.clock.spent), int(np.ceil(self.clock.seconds)), stage)
