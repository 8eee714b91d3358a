"""The question in numbers: what may be done when, what it costs, who sits where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.roadmap.cells import yearly_prices
from layoutplan.roadmap.half_years import year_of
from layoutplan.roadmap.scenarios import Scenarios
from layoutplan.roadmap.tasks import earliest, people_of
from layoutplan.roadmap.times_needed import TimesNeeded

if TYPE_CHECKING:
    from layoutplan.plan import Plan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HALF = 0.5
"""Half a year."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Facts:
    """What is already settled when a roadmap is made anew.

    Parameters
    ----------
    at
        The first half-year that is still open.
    fixed
        The half-year in which a task took effect, or will for certain.
    begun
        The half-year in which the building of a task began that is not ready.
    not_before
        The first half-year in which a task can take effect.
    under_way
        Tasks whose procedure has begun.
    """

    at: int
    fixed: Mapping[str, int] = field(default_factory=dict)
    begun: Mapping[str, int] = field(default_factory=dict)
    not_before: Mapping[str, int] = field(default_factory=dict)
    under_way: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """What the model of a roadmap is made from.

    Parameters
    ----------
    tasks, cells
        What has to be done, and who goes where.
    halves
        The half-years, as numbers.
    years
        The calendar years that they belong to.
    budgets
        Yuan by year; infinite where there is no limit.
    allowed
        Whether a task may take effect in a half-year, tasks x half-years.
    begins
        The half-year in which its building begins then, tasks x half-years.
    fixed
        Whether a task is done.
    bound
        Whether its building is under way, so that it is ready when it can be.
    before
        Pairs of positions: the task, and one that must be ready first.
    scenarios
        Pupils.
    sites
        Site ids.
    own
        The position of the task that changes a site's places, -1 for none.
    places
        Places of today, by site.
    price
        Yuan a year of a pupil's way, today and in the plan, by cell.
    prices
        Yuan: ``overload`` a year, ``late`` a year, ``left`` by task.
    """

    tasks: pd.DataFrame
    cells: pd.DataFrame
    halves: Ints
    years: Ints
    budgets: Floats
    allowed: Flags
    begins: Ints
    fixed: Flags
    bound: Flags
    before: Ints
    scenarios: Scenarios
    sites: pd.Index
    own: Ints
    places: Ints
    price: tuple[Floats, Floats]
    overload: float
    late: float
    left: Floats

    def spent(self, task: int, half: int) -> Floats:
        r"""Spread the capital of a task over the years, if it is ready in a half-year.

        .. math:: c_{ay} = K_a \frac{|\{h : b \le h < r,\ year(h) = y\}|}{r - b}

        with :math:`b` the half-year in which building begins and :math:`r` that in which
        the task is ready.

        Parameters
        ----------
        task
            The position of the task.
        half
            The position of the half-year.

        Returns
        -------
        numpy.ndarray
            Yuan, one per year.
        """
        capital = float(self.tasks["capital_yuan"].iloc[task])
        spread = np.zeros(len(self.years))
        first, ready = int(self.begins[task, half]), int(self.halves[half])
        if capital <= 0:
            return spread
        for number in range(first, max(ready, first + 1)):
            spread[np.searchsorted(self.years, year_of(number))] += 1
        yuan: Floats = capital * spread / spread.sum()
        return yuan


def question_of(
    plan: "Plan",
    tasks: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    needed: TimesNeeded,
    halves: Sequence[int],
    budgets: Mapping[int, float] | None,
    scenarios: Scenarios,
    facts: Facts | None = None,
) -> Question:
    """Put the question of a roadmap into numbers.

    Parameters
    ----------
    plan
        The plan.
    tasks, cells
        What has to be done, and who goes where.
    needed
        How long it takes.
    halves
        The half-years.
    budgets
        Yuan by year, nothing in the years that it leaves out; no limit where None.
    scenarios
        Pupils.
    facts
        What is already settled.

    Returns
    -------
    Question
        The numbers.
    """
    numbers = np.asarray(halves, dtype=np.int64)
    years = np.unique(numbers // 2)
    at = {a: i for i, a in enumerate(tasks.index)}
    before = [(at[a], at[b]) for a, waits in tasks["after"].items() for b in waits]
    sites = plan.decisions.index
    own = np.full(len(sites), -1, dtype=np.int64)
    changing = tasks[tasks["action"] != "redraw"]
    own[sites.get_indexer(pd.Index(changing["site_id"]))] = [at[a] for a in changing.index]
    known = plan.measures
    today = known[known["measure"] == "keep"].set_index("site_id")["places"]
    rules = plan.standards
    allowed, begins, fixed, bound = _when(tasks, needed, numbers, facts)
    people = people_of(tasks, cells).to_numpy(dtype=float)
    return Question(
        tasks=tasks,
        cells=cells,
        halves=numbers,
        years=years,
        budgets=np.array(
            [np.inf if budgets is None else float(budgets.get(int(y), 0.0)) for y in years]
        ),
        allowed=allowed,
        begins=begins,
        fixed=fixed,
        bound=bound,
        before=np.array(before, dtype=np.int64).reshape(-1, 2),
        scenarios=scenarios,
        sites=sites,
        own=own,
        places=today.reindex(sites).fillna(0).to_numpy(dtype=np.int64),
        price=yearly_prices(plan, cells),
        overload=rules.value("price_yuan_overload"),
        late=rules.value("price_yuan_late"),
        left=rules.value("price_yuan_left_over")
        + people * rules.value("price_yuan_left_over_pupil"),
    )


def _when(
    tasks: pd.DataFrame, needed: TimesNeeded, halves: Ints, facts: Facts | None
) -> tuple[Flags, Ints, Flags, Flags]:
    """Say in which half-years each task may take effect, and when its building then begins."""
    open_from = int(halves[0]) if facts is None else facts.at
    settled = Facts(at=open_from) if facts is None else facts
    allowed = np.zeros((len(tasks), len(halves)), dtype=bool)
    begins = np.tile(halves, (len(tasks), 1))
    fixed, bound = (np.zeros(len(tasks), dtype=bool) for _ in range(2))
    odd = halves % 2 == 1
    for i, (action, task) in enumerate(tasks.iterrows()):
        name, building = str(action), int(task["building"])
        begins[i] = halves - building
        if name in settled.fixed:
            allowed[i], fixed[i] = halves == settled.fixed[name], True
        elif name in settled.begun or name in settled.under_way:
            first = settled.not_before.get(name, settled.at)
            allowed[i] = (halves >= first) & (odd | (not task["school_year"]))
        else:
            first = earliest(task, needed, start=open_from)
            first = max(first, settled.not_before.get(name, first))
            allowed[i] = (halves >= first) & (odd | (not task["school_year"]))
        if name in settled.begun:
            begins[i] = settled.begun[name]
            # What is being built is finished as soon as it can be, whatever it costs.
            if name not in settled.fixed and not task["loses"] and allowed[i].any():
                allowed[i], bound[i] = np.arange(len(halves)) == allowed[i].argmax(), True
    return allowed, begins, fixed, bound
