"""The answer to a location problem: which sites open, where each unit goes, and the proof."""

from dataclasses import dataclass
from typing import Literal

from layoutplan.location.problem import Bools, Floats, Ints
from layoutplan.words import Language, say

Status = Literal["proven", "best_found", "over_capacity"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Located:
    """Open sites, the site of each unit, and what is proven of them.

    Made by `layoutplan.locate`.

    Parameters
    ----------
    open
        Whether each site is open.
    assignment
        Position of the site of each unit; -1 for a unit that no site can serve.
    objective
        Cost of the plan, without any price for overload.
    bound
        No plan within the capacities costs less. Where areas are to be connected, it is the
        bound of the problem in which they need not be.
    gap
        The unproven part as a share of the objective.
    status
        ``proven`` within the gap that was asked for, ``best_found``, or ``over_capacity``
        where no plan within the capacities was found: this one has the least overload found.
    seconds
        How long it took.
    overload
        Demand beyond the capacity, one number per site.
    cut_by_clock
        Whether the time limit ended the search, so that a repeat may differ.
    """

    open: Bools
    assignment: Ints
    objective: float
    bound: float
    gap: float
    status: Status
    seconds: float
    overload: Floats
    cut_by_clock: bool

    def words(self, lang: Language) -> str:
        """Say the status in words.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            Such as "proven within 0.80 % of the best".
        """
        values = {
            "gap": f"{100 * self.gap:.2f}",
            "seconds": f"{self.seconds:.0f}",
            "overload": f"{self.overload.sum():,.0f}",
            "sites": int((self.overload > 0).sum()),
        }
        return say(f"location.{self.status}", lang, **values)
