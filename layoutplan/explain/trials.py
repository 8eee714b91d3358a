"""Questions answered again within a given time, each one once."""

import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from layoutplan.explain.breaches import TRAVEL, breaches, removed
from layoutplan.explain.near import WIDER_SECONDS
from layoutplan.explain.question import Question, answer, capital_yuan, ordinary_yuan
from layoutplan.measures import Options
from layoutplan.plan import Plan

_LEAST = 0.5
"""Seconds below which no further question is asked."""


_LIMIT = "travel_limit"
"""The cause, and the kind of cure, that is the limit itself."""


@dataclass(frozen=True, kw_only=True)
class Cure:
    """One change of what is asked.

    Parameters
    ----------
    kind
        What is changed; its text is ``explain.cure.<kind>`` in words.
    site_id, village_id, band
        Where, as far as they apply.
    amount
        By how much or to how much.
    unit
        The unit of the amount.
    detail
        A further word: the lock, the kind of school, the village at the other end.
    """

    kind: str
    site_id: str = ""
    village_id: str = ""
    band: str = ""
    amount: float = float("nan")
    unit: str = ""
    detail: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Trial:
    """What became of a question with something changed.

    Parameters
    ----------
    what
        The cause that was relaxed, or the cure.
    question
        The question with it.
    plan
        The answer.
    nearly, wholly
        Which breaches are removed; see `layoutplan.explain.breaches.removed`.
    cost_yuan
        By how much it costs more a year than without the change, without the prices of
        broken rules.
    capital_yuan
        By how much more capital is spent.
    seconds
        Time used.
    """

    what: Cure
    question: Question
    plan: Plan
    nearly: np.ndarray
    wholly: np.ndarray
    cost_yuan: float
    capital_yuan: float
    seconds: float


@dataclass(eq=False, kw_only=True)
class Trials:
    """Answers to changed questions, remembered, until the time is up.

    Parameters
    ----------
    before
        The breaches to be explained.
    deadline
        When to stop, on the monotonic clock.
    seconds
        The most that one answer may take.
    options
        Those of the plan, whose prices weigh breaches.
    gap, seed
        As in `layoutplan.propose`.
    base
        The answer to the unchanged question with strict prices.
    start
        In a large county, the plan near which answers are searched for; None where the whole
        county is searched each time.
    around
        The sites around which they are.
    made
        What was asked, with the answers.
    out_of_time
        Whether something could not be asked any more.
    """

    before: pd.DataFrame
    deadline: float
    seconds: float
    options: Options
    gap: float
    seed: int
    base: Plan | None = None
    start: Plan | None = None
    around: tuple[str, ...] = ()
    made: dict[Cure, Trial | None] = field(default_factory=dict)
    out_of_time: bool = False

    def ask(self, question: Question, what: Cure) -> Trial | None:
        """Answer a changed question.

        Parameters
        ----------
        question
            The question, with strict prices.
        what
            What was changed.

        Returns
        -------
        Trial or None
            None where it has no answer or the time is up.
        """
        if what in self.made:
            return self.made[what]
        start = time.monotonic()
        left = self.deadline - start
        if left < _LEAST:
            self.out_of_time = True
            return None
        seconds = min(left, max(_LEAST, self.seconds))
        same = self.start is not None and question.county is self.start.county
        plan = answer(
            question,
            seconds=min(seconds, WIDER_SECONDS) if same else seconds,
            gap=self.gap,
            seed=self.seed,
            start=self.start if same else None,
            around=self.around if same else (),
        )
        made = None
        if plan is not None:
            made = self._compared(question, plan, what, time.monotonic() - start)
        self.made[what] = made
        return made

    def answers(self) -> list[Trial]:
        """List what was answered, in the order of the questions.

        Returns
        -------
        list of Trial
            The answers.
        """
        return [t for t in self.made.values() if t is not None]

    def _compared(self, question: Question, plan: Plan, what: Cure, seconds: float) -> Trial:
        after = breaches(plan, priced_by=self.options)
        base = plan if self.base is None else self.base
        # Who is beyond the limit is not cured by another limit.
        sound = np.ones(len(self.before), dtype=bool)
        if _LIMIT in (what.kind, what.detail):
            sound = ~self.before["rule"].isin(TRAVEL).to_numpy(dtype=bool)
        return Trial(
            what=what,
            question=question,
            plan=plan,
            nearly=removed(self.before, after, wholly=False) & sound,
            wholly=removed(self.before, after, wholly=True) & sound,
            cost_yuan=ordinary_yuan(plan) - ordinary_yuan(base),
            capital_yuan=capital_yuan(plan) - capital_yuan(base),
            seconds=seconds,
        )
