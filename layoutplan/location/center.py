"""P-center: sites that make the longest way to the nearest one shortest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from layoutplan.errors import InfeasibleError
from layoutplan.findings import Finding
from layoutplan.location.clock import Clock
from layoutplan.location.problem import Bools, Floats
from layoutplan.location.set_cover import cover_with, least_cover
from layoutplan.location.siting import (
    Siting,
    filled,
    nearest_open,
    settled,
    steady_order,
)
from layoutplan.location.siting_checks import asked

_PROBE = 0.5
"""Most share of the time for finding, by linear programming, what cannot be."""


def p_center(
    minutes: ArrayLike,
    n_open: int,
    *,
    demand: ArrayLike | None = None,
    keep: ArrayLike | None = None,
    time_limit: float = 60.0,
) -> Siting:
    r"""Open so many sites that the greatest distance to the nearest one is least.

    .. math::

        \min_{|S| = p} \; \max_{i: d_i > 0} \; \min_{j \in S} t_{ij}

    The least greatest distance is one of the travel times. For each of them it is a question
    of set covering whether the sites can cover all units within it (Minieka 1970, SIAM Review
    12), which bisection asks: first by linear programming and a search by swaps, then by branching.
    Each no raises the bound, each yes lowers the objective, so both hold where time is out.

    Parameters
    ----------
    minutes
        Travel time from each unit to each site, infinite where there is no way; shape
        (units, sites).
    n_open
        How many sites are open.
    demand
        Demand of each unit, from 0; units without demand do not count. All count where None.
    keep
        Positions of the sites that have to be open, or one truth value for each site.
    time_limit
        Seconds after which the best found is given.

    Returns
    -------
    Siting
        The open sites, with the nearest of them as assignment. The objective is the greatest
        travel time of a unit with demand, infinite where no choice that reaches all was found
        in time; units that no site can reach are in ``out_of_reach`` and do not count.

    Raises
    ------
    OptionsError
        If the question cannot be asked; with everything wrong at once.
    InfeasibleError
        If so few sites cannot reach all units that some site can reach.

    Examples
    --------
    >>> found = p_center([[0, 10, 25], [10, 0, 15], [25, 15, 0]], 1)
    >>> found.open.tolist(), found.objective, found.status
    ([False, True, False], 15.0, 'proven')
    """
    question = asked(minutes, demand, n_open=n_open, counted=True, keep=keep, time_limit=time_limit)
    clock = Clock.of(float(time_limit))
    reached = np.isfinite(question.minutes).any(axis=1)
    wanted = question.demand > 0
    units, sites = steady_order(question.minutes, wanted.astype(float), question.fixed_cost)
    units = units[(wanted & reached)[units]]
    opened = np.zeros(len(sites), dtype=bool)
    table = question.minutes[np.ix_(units, sites)]
    search = _Search(minutes=table, n_open=n_open, keep=question.keep[sites], clock=clock)
    opened[sites], bound = search.run()
    assignment, least = nearest_open(question.minutes, opened)
    objective = float(least[wanted & reached].max(initial=0.0))
    bound, status = settled(objective, bound)
    return Siting(
        open=opened,
        assignment=assignment,
        objective=objective,
        bound=bound,
        status=status,
        seconds=clock.spent,
        out_of_reach=np.flatnonzero(wanted & ~reached),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Search:
    """The bisection over the travel times of units that all count and can be reached."""

    minutes: Floats
    n_open: int
    keep: Bools
    clock: Clock

    def run(self) -> tuple[Bools, float]:
        """Give the open sites and a bound on the greatest distance."""
        if not len(self.minutes):
            return filled(self.keep, self.n_open), 0.0
        best = self._farthest_first()
        alone = self.minutes.min(axis=1).max()
        steps = np.unique(self.minutes[np.isfinite(self.minutes)])
        steps = steps[steps >= alone]
        if not np.isfinite(self._worst(best)):
            best = self._reaching(best)
        low, high = 0, self._place(steps, best)
        low, high, best = self._bisected(steps, low, high, best, exact=False)
        low, high, best = self._bisected(steps, low, high, best, exact=True)
        return best, float(steps[low])

    def _worst(self, opened: Bools) -> float:
        return float(nearest_open(self.minutes, opened)[1].max())

    def _place(self, steps: Floats, opened: Bools) -> int:
        """Give the position of a plan's greatest distance; one too many where infinite."""
        return int(np.searchsorted(steps, self._worst(opened)))

    def _farthest_first(self) -> Bools:
        """Open the site that is nearest to the worst-off unit, again and again.

        Gonzalez (1985), Theoretical Computer Science 38.
        """
        opened = self.keep.copy()
        while opened.sum() < self.n_open:
            least = nearest_open(self.minutes, opened)[1]
            ways = np.where(opened, np.inf, self.minutes[least.argmax()])
            if not np.isfinite(ways.min()):
                return filled(opened, self.n_open)
            opened[ways.argmin()] = True
        return opened

    def _reaching(self, best: Bools) -> Bools:
        """Find sites that reach all, or refuse where so few cannot."""
        covers = np.isfinite(self.minutes)
        found, bound = least_cover(
            covers, np.ones(covers.shape[1]), keep=self.keep, clock=self.clock
        )
        if found.sum() <= self.n_open:
            return filled(found, self.n_open)
        if bound > self.n_open:
            values = {"n_open": self.n_open, "least": int(bound)}
            raise InfeasibleError(Finding(code="siting_too_few", values=values))
        return best

    def _bisected(
        self, steps: Floats, low: int, high: int, best: Bools, *, exact: bool
    ) -> tuple[int, int, Bools]:
        """Close in on the least step that is not proven to be too short.

        ``low`` is the first step not proven too short, ``high`` that of the best plan.
        Linear programming leaves some steps undecided: it then goes on below them, as
        what it refuses there is refused for good.
        """
        below = high
        clock = self.clock if exact else self.clock.until(_PROBE)
        while low < below and not clock.over:
            middle = (low + below) // 2
            covers = self.minutes <= steps[middle]
            found, never = cover_with(covers, self.n_open, keep=self.keep, clock=clock, exact=exact)
            if found is not None:
                best = filled(found, self.n_open)
                high = below = self._place(steps, best)
            elif never:
                low = middle + 1
            elif exact:
                break
            else:
                below = middle
        return low, high, best
