"""The best plan that a search holds, and whether it is good enough."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.answer import broken, gap_of, terms_of
from layoutplan.model.constraints import Model
from layoutplan.model.far import carried

Floats = NDArray[np.float64]

_EXACT = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """The best plan so far.

    Parameters
    ----------
    plan
        Values of all variables; None where there is no plan.
    cost
        Yuan a year.
    bound
        No plan costs less; from 0, as every cost is.
    """

    plan: Floats | None = None
    cost: float = np.inf
    bound: float = 0.0

    def at_least(self, bound: float) -> "Found":
        """Give the same plan with a bound that may be better.

        Parameters
        ----------
        bound
            A bound.

        Returns
        -------
        Found
            The plan with the better of the two.
        """
        return Found(plan=self.plan, cost=self.cost, bound=max(self.bound, bound))

    def in_ways_of(self, old: Model, new: Model) -> "Found":
        """Write the plan in the variables of a model with more ways.

        Parameters
        ----------
        old
            The model of the plan.
        new
            The same, or one with more ways.

        Returns
        -------
        Found
            The same plan.
        """
        if self.plan is None or new is old:
            return self
        return replace(self, plan=carried(old, new, self.plan))

    def or_better(self, model: Model, values: Floats | None) -> "Found":
        """Give the cheaper of two plans.

        Parameters
        ----------
        model
            The model.
        values
            Another plan, or None.

        Returns
        -------
        Found
            The cheaper one.
        """
        if values is None:
            return self
        cost = float(model.columns.cost @ values)
        if cost >= self.cost:
            return self
        return Found(plan=values, cost=cost, bound=self.bound)


def done(model: Model, best: Found, gap: float) -> bool:
    """Tell whether a plan is within a gap of its bound.

    Parameters
    ----------
    model
        The model.
    best
        The best plan so far.
    gap
        The gap asked for; see `layoutplan.model.answer.gap_of`.

    Returns
    -------
    bool
        Whether it is.
    """
    if best.plan is None:
        return False
    prices = broken(terms_of(model, best.plan))
    return gap_of(best.cost, best.bound, broken=prices) <= max(gap, _EXACT)
