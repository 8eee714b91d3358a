"""What a plan was the answer to, and the same question with something changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from layoutplan.county import County
from layoutplan.errors import OptionsError, SolverError
from layoutplan.measures import Options
from layoutplan.model.sets import prices
from layoutplan.model.solve import BROKEN
from layoutplan.plan import Plan, propose
from layoutplan.standards import Standards
from layoutplan.travel import TravelTimes

_STRICT = 20.0
"""Prices of broken rules times this: at their own prices a rule may be cheaper to break."""

RULES_PRICED = ("unserved", "pushed", "gate_travel", "overload", "size")
"""Prices of the options that stand for broken rules."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """What `layoutplan.propose` is asked.

    Parameters
    ----------
    county, times, standards, options, measures, bus
        As in `layoutplan.propose`.
    """

    county: County
    times: TravelTimes
    standards: Standards
    options: Options
    measures: pd.DataFrame
    bus: TravelTimes | None = None

    def table(self) -> pd.DataFrame:
        """Give the table of measures that holds.

        Returns
        -------
        pandas.DataFrame
            A copy.
        """
        return self.measures.copy()

    def asking(self, **options: Any) -> "Question":  # noqa: ANN401
        """Change some of the options.

        Parameters
        ----------
        **options
            Names and new values.

        Returns
        -------
        Question
            The same question otherwise.
        """
        return replace(self, options=self.options.replace(**options))

    def strict(self) -> "Question":
        """Make every rule dearer to break than anything that would keep it.

        Returns
        -------
        Question
            With prices of broken rules many times those that hold.
        """
        known = prices(self.options, self.standards)
        usual = prices(Options(), self.standards)
        dear = {p: _STRICT * max(known[p], usual[p]) for p in RULES_PRICED}
        return self.asking(prices={**self.options.prices, **dear})


def asked_of(plan: Plan, measures: pd.DataFrame | None = None) -> Question:
    """Give the question that a plan answers.

    Parameters
    ----------
    plan
        The plan.
    measures
        What may be done at each site; as in the plan where None.

    Returns
    -------
    Question
        The question.
    """
    return Question(
        county=plan.county,
        times=plan.times,
        standards=plan.standards,
        options=plan.options,
        measures=plan.measures if measures is None else measures.copy(),
        bus=plan.bus,
    )


def answer(
    question: Question,
    *,
    seconds: float,
    gap: float,
    seed: int = 0,
    name: str = "proposed",
    start: Plan | None = None,
    around: Iterable[str] = (),
) -> Plan | None:
    """Answer a question, or say that it has no answer.

    Parameters
    ----------
    question
        The question.
    seconds, gap, seed, name, start, around
        As in `layoutplan.propose`.

    Returns
    -------
    Plan or None
        The plan; None where the question contradicts itself or time was too short.
    """
    try:
        return propose(
            question.county,
            question.times,
            standards=question.standards,
            options=question.options,
            measures=question.measures,
            bus=question.bus,
            start=start,
            around=around,
            time_limit=seconds,
            gap=gap,
            seed=seed,
            name=name,
        )
    except (OptionsError, SolverError):
        return None


def ordinary_yuan(plan: Plan) -> float:
    """Give what a plan costs a year, without the prices of broken rules.

    Parameters
    ----------
    plan
        A plan that was searched for.

    Returns
    -------
    float
        The sum of the other terms of its objective, yuan a year.
    """
    return sum(v for term, v in plan.solver.terms.items() if term not in BROKEN)


def capital_yuan(plan: Plan) -> float:
    """Give the capital that a plan spends.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    float
        Yuan, once.
    """
    return float(plan.decisions["capital_yuan"].sum())


def running_yuan(plan: Plan) -> float:
    """Give what a plan spends a year on open schools, boarders and school buses.

    Parameters
    ----------
    plan
        A plan that was searched for.

    Returns
    -------
    float
        Yuan a year.
    """
    return sum(plan.solver.terms.get(t, 0.0) for t in ("fixed_running", "boarding", "bus"))
