"""The time that is left, for solvers that can only be told how long they may take."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Self


@dataclass(eq=False)
class Cuts:
    """Whether work ended because time did; the same for all clocks of one piece of work.

    Parameters
    ----------
    any
        Whether it did.
    """

    any: bool = False


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A moment by which work has to be done.

    Parameters
    ----------
    started
        When the work began, as `time.perf_counter` counts.
    seconds
        How long it may take.
    cuts
        Told when a clock that was looked at, this one or one made from it, had no time left.
    """

    started: float
    seconds: float
    cuts: Cuts = field(default_factory=Cuts, compare=False)

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
        """Whether no time is left; this is noted."""
        return self.out(0.0)

    @property
    def cut(self) -> bool:
        """Whether time was out when somebody asked, so that a repeat may end elsewhere."""
        return self.cuts.any

    def out(self, least: float) -> bool:
        """Tell whether too little time is left, and note it if so.

        To be asked before work that is left out then, and after a solver that was given the
        time left: its own word for the end of time is the same as for other limits.

        Parameters
        ----------
        least
            Seconds that are needed.

        Returns
        -------
        bool
            Whether no more than that is left.
        """
        late = self.left <= least
        if late:
            self.cuts.any = True
        return late

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
        return Clock(started=self.started, seconds=self.seconds * share, cuts=self.cuts)

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
        return self.anew(min(seconds, self.left))

    def anew(self, seconds: float) -> "Clock":
        """Give a clock that starts now, whatever time this one has left.

        Parameters
        ----------
        seconds
            Seconds from now.

        Returns
        -------
        Clock
            The clock.
        """
        return Clock(started=perf_counter(), seconds=seconds, cuts=self.cuts)
