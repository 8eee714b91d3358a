"""The time that is left, for solvers that can only be told how long they may take."""

from dataclasses import dataclass
from time import perf_counter
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A moment by which work has to be done.

    Parameters
    ----------
    started
        When the work began, as `time.perf_counter` counts.
    seconds
        How long it may take.
    """

    started: float
    seconds: float

    @classmethod
    def of(cls, seconds: float) -> Self:
        """Start a clock now.

        Parameters
        ----------
        seconds
            How long the work may take.

        Returns
        -------
        Clock
            The clock.
        """
        return cls(started=perf_counter(), seconds=seconds)

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return perf_counter() - self.started

    @property
    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self.seconds - self.spent)

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self.left <= 0

    def until(self, share: float) -> "Clock":
        """Give a clock of the same start that ends at a share of the time.

        Parameters
        ----------
        share
            The share of the whole time, from 0 to 1.

        Returns
        -------
        Clock
            The clock.
        """
        return Clock(started=self.started, seconds=self.seconds * share)

    def at_most(self, seconds: float) -> "Clock":
        """Give a clock that starts now and ends no later than this one.

        Parameters
        ----------
        seconds
            The most seconds from now.

        Returns
        -------
        Clock
            The clock.
        """
        return Clock.of(min(seconds, self.left))
