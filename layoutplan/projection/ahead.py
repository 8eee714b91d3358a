"""Births after the last known year: a declared trend, and its errors from the series itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from layoutplan.standards import Standards

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Course:
    """How births go on after the last known year.

    The yearly change of log births follows a first-order autoregression around a declared
    trend. Its errors in the past give the spread.

    Parameters
    ----------
    last
        The deviation of the last known change from the trend.
    trend
        The trend of log births a year.
    trend_spread
        How far the trend itself may be off, a year.
    persistence
        The part of a deviation that goes on in the next year.
    squares
        The sum of the squared errors of the past, around the trend of the series itself.
    changes
        The degrees of freedom: one less than the errors, as their trend is taken off.
    own
        Whether the errors are those of the series; else the spread is assumed.
    """

    last: float
    trend: float
    trend_spread: float
    persistence: float
    squares: float
    changes: int
    own: bool

    @property
    def spread(self) -> float:
        """The spread of the yearly errors."""
        return float(np.sqrt(self.squares / self.changes))

    def middle(self, ahead: int) -> Floats:
        """Give the expected births as multiples of the last known ones, by year ahead."""
        step = np.arange(1, ahead + 1)
        carried = np.cumsum(self.persistence**step)
        return np.asarray(np.exp(self.trend * step + self.last * carried))

    def errors(self, ahead: int) -> Floats:
        """Give the spread of log births by year ahead: of the yearly errors and of the trend."""
        carried = np.cumsum(self.persistence ** np.arange(ahead))
        yearly = self.spread**2 * np.cumsum(carried**2)
        # The last known change already holds the trend as it is, and part of it is carried on.
        step = np.arange(1, ahead + 1)
        missed = step - np.cumsum(self.persistence**step)
        return np.asarray(np.sqrt(yearly + (self.trend_spread * missed) ** 2))

    def at(self, probability: float, ahead: int) -> Floats:
        """Give a quantile of births as multiples of the last known ones, by year ahead.

        Student's t with as many degrees of freedom as errors were seen.
        """
        quantile = float(stdtrit(self.changes, probability))
        return self.middle(ahead) * np.exp(quantile * self.errors(ahead))

    def sampled(self, ahead: int, *, rng: np.random.Generator) -> Floats:
        """Draw one course of births, with a spread and a trend that are drawn too."""
        spread = np.sqrt(self.squares / rng.chisquare(self.changes))
        trend = rng.normal(self.trend, self.trend_spread)
        shocks = rng.normal(0.0, 1.0, ahead) * spread
        change = np.empty(ahead)
        before = self.last - (trend - self.trend)
        for t in range(ahead):
            before = self.persistence * before + shocks[t]
            change[t] = trend + before
        return np.asarray(np.exp(np.cumsum(change)))


def course(known: Floats, *, numbers: Standards) -> Course:
    """Learn from known births how far a projection of them errs.

    Parameters
    ----------
    known
        Births of the county by calendar year, without gaps.
    numbers
        Trend, persistence, and the spread where too few births are known.

    Returns
    -------
    Course
        How they go on.

    Examples
    --------
    >>> from layoutplan.projection.numbers import with_assumptions
    >>> found = course(np.array([100.0, 90.0]), numbers=with_assumptions(None))
    >>> found.own, round(found.spread, 3)
    (False, 0.08)
    """
    trend = float(np.log1p(numbers.value("births_growth_per_year")))
    persistence = numbers.value("births_persistence")
    least = int(numbers.value("births_changes_min"))
    off = np.diff(np.log(np.maximum(known, 1.0))) - trend
    last = float(off[-1]) if len(off) else 0.0
    first = off[:1] * np.sqrt(1 - persistence**2)
    error = np.concatenate([first, off[1:] - persistence * off[:-1]])
    own = len(error) >= least and bool(np.any(error))
    if own:
        squares, changes = _around_own_trend(error, persistence), len(error) - 1
    else:
        squares, changes = least * numbers.value("births_spread_per_year") ** 2, least
    return Course(
        last=last,
        trend=trend,
        trend_spread=numbers.value("births_growth_spread"),
        persistence=persistence,
        squares=squares,
        changes=changes,
        own=own,
    )


def _around_own_trend(error: Floats, persistence: float) -> float:
    """Sum the squared errors around the trend of the series itself.

    That the declared trend may be off is in the spread of the trend: errors of the past
    that come from it are not counted a second time. Least squares with one unknown.
    """
    seen = np.full(len(error), 1 - persistence)
    seen[0] = np.sqrt(1 - persistence**2)
    missed = float(seen @ error / (seen @ seen))
    return float(np.sum((error - missed * seen) ** 2))
