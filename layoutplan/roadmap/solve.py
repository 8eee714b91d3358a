"""The schedule: a model with one variable for each task and half-year, and its bound."""

import time
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from layoutplan.roadmap.question import HALF, Flags, Floats, Ints, Question
from layoutplan.roadmap.seating import beyond, loads, saved, tolerated, ways_today

NOT_DONE: Final = -1
_KILO: Final = 1000.0
"""The solver counts in thousands of yuan."""

_BROKEN: Final = ("overload", "left_over")
"""Terms that are prices of what cannot be kept, not costs."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """A schedule.

    Parameters
    ----------
    ready
        The position of the half-year in which each task takes effect, -1 where it is left
        over.
    objective, bound
        Yuan over all half-years.
    terms
        The objective's terms.
    cut_by_clock
        Whether the time limit ended the search.
    extra
        Yuan beyond each year's budget, where that was allowed.
    """

    ready: Ints
    objective: float
    bound: float
    terms: dict[str, float]
    cut_by_clock: bool
    extra: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def gap(self) -> float:
        """The unproven part of the objective as a share of its ordinary costs."""
        ordinary = self.objective - sum(self.terms[t] for t in _BROKEN)
        left = self.objective - self.bound
        return 0.0 if left < 1.0 else left / max(ordinary, 1.0)


class _Rows:
    """Rows of a sparse matrix with their bounds, gathered one after another."""

    def __init__(self) -> None:
        self.row: list[int] = []
        self.column: list[int] = []
        self.value: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, entries: list[tuple[int, float]], low: float, high: float) -> None:
        for column, value in entries:
            self.row.append(len(self.low))
            self.column.append(column)
            self.value.append(value)
        self.low.append(low)
        self.high.append(high)

    def constraint(self, n: int) -> Any:  # noqa: ANN401 - imported when it is used
        from scipy.optimize import LinearConstraint  # noqa: PLC0415
        from scipy.sparse import csr_array  # noqa: PLC0415

        shape = (len(self.low), n)
        matrix = csr_array((self.value, (self.row, self.column)), shape=shape)
        return LinearConstraint(matrix, self.low, self.high)


def schedule(  # noqa: PLR0915 - one model
    question: Question,
    *,
    time_limit: float,
    gap: float,
    forced: Flags | None = None,
) -> Answer | None:
    r"""Find the schedule of least cost.

    With :math:`x_{ah}` whether task :math:`a` takes effect in half-year :math:`h`, and
    :math:`R_{ah} = \sum_{k \le h} x_{ak}`, the cost in yuan over all half-years is

    .. math::

        \sum_h \tfrac12 \Big( \sum_a (F_a - S_{ah}) R_{ah} + p^{late} \sum_a (1 - R_{ah})
        + p^{ovl} \sum_{vj} w_v o_{vjh} \Big) + \sum_a p^{left}_a (1 - R_{aH}) + const

    with :math:`F` the running cost that a task adds a year, :math:`S` what it saves in ways
    to school, expected over the variants :math:`v` with weights :math:`w`, and :math:`o`
    pupils beyond the places of a site :math:`j`, which are never more than while nothing is
    done or after everything is. Subject to: each task at most once; none before those it
    waits for, :math:`R_{ah} \le R_{bh}`; and the capital of each year within its budget
    (`Question.spent`).

    Parameters
    ----------
    question
        The question.
    time_limit
        Seconds.
    gap
        The search ends when this share of the costs is unproven.
    forced
        Tasks that must be done; the budgets may then be exceeded, by as little money as
        possible. None for the ordinary question.

    Returns
    -------
    Answer or None
        The schedule; None where tasks are forced that cannot all be done, or where the
        time did not suffice to find out.
    """
    # Imported here: the solver takes time to load, and the verb is loaded with the package.
    from scipy.optimize import Bounds, milp  # noqa: PLC0415

    began = time.monotonic()
    task, half = np.nonzero(question.allowed)
    n, t = len(question.tasks), len(question.halves)
    elastic = forced is not None
    at = np.full((n, t), -1, dtype=np.int64)
    at[task, half] = np.arange(len(task))
    years = len(question.years) if elastic else 0
    rows, over_cost, over_high = _Rows(), list[float](), list[float]()
    one = len(task) + years
    settled = question.fixed | question.bound
    must = settled if forced is None else settled | forced
    if (must & ~question.allowed.any(axis=1)).any():
        return None
    for a in range(n):
        entries = [(int(c), 1.0) for c in at[a] if c >= 0]
        if entries:
            rows.add(entries, 1.0 if must[a] else 0.0, 1.0)
    _precedence(question, at, rows)
    _budgets(question, task, half, rows, first_extra=len(task) if elastic else None)
    for cost, high, entries, low in _seats(question, at, first=one + 1):
        over_cost.append(cost)
        over_high.append(high)
        rows.add(entries, low, np.inf)
    gain, constant = _costs(question)
    late = HALF * question.late * (half - t)
    prices = gain[task, half] + late - question.left[task]
    size = one + 1 + len(over_cost)
    values: Floats = np.zeros(size)
    values[: len(task)] = 0.0 if elastic else prices
    values[len(task) : one] = 1.0
    values[one] = 0.0 if elastic else constant
    values[one + 1 :] = 0.0 if elastic else np.asarray(over_cost)
    lows: Floats = np.zeros(size)
    highs: Floats = np.full(size, np.inf)
    highs[: len(task)] = 1.0
    lows[one] = highs[one] = 1.0
    highs[one + 1 :] = over_high
    whole = np.zeros(size, dtype=np.int64)
    whole[: len(task)] = 1
    seconds = max(time_limit - (time.monotonic() - began), 1.0)
    found = milp(
        values / _KILO,
        constraints=rows.constraint(size) if rows.low else None,
        integrality=whole,
        bounds=Bounds(lows, highs),
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )
    if found.x is None:
        if elastic:
            return None
        ready = _settled(question)
        bound = -np.inf
    else:
        ready = np.full(n, NOT_DONE, dtype=np.int64)
        chosen = found.x[: len(task)] > HALF
        ready[task[chosen]] = half[chosen]
        dual = found.mip_dual_bound
        bound = float(dual) * _KILO if dual is not None else -np.inf
    terms = terms_of(question, ready)
    objective = sum(terms.values())
    return Answer(
        ready=ready,
        objective=objective,
        bound=min(bound, objective) if np.isfinite(bound) else lowest(question),
        terms=terms,
        cut_by_clock=found.status == 1,
        extra=np.zeros(0) if found.x is None else np.asarray(found.x[len(task) : one]),
    )


def _settled(question: Question) -> Ints:
    """Do what is done or under way and nothing else, which always keeps the rules."""
    first = np.argmax(question.allowed, axis=1)
    return np.where(question.fixed | question.bound, first, NOT_DONE)


def lowest(question: Question) -> float:
    """Give a bound that holds without any search: each task when it is best alone.

    Parameters
    ----------
    question
        The question.

    Returns
    -------
    float
        Yuan.
    """
    gain, constant = _costs(question)
    halves = len(question.halves)
    late = HALF * question.late * (np.arange(halves) - halves)
    alone = gain + late - question.left[:, None]
    best = np.where(question.allowed, alone, np.inf).min(axis=1, initial=0.0)
    return float(constant + best.sum())


def _precedence(question: Question, at: Ints, rows: _Rows) -> None:
    for a, b in question.before:
        for h in np.flatnonzero(at[a] >= 0):
            own = [(int(c), 1.0) for c in at[a, : h + 1] if c >= 0]
            first = [(int(c), -1.0) for c in at[b, : h + 1] if c >= 0]
            if not question.fixed[a]:
                rows.add(own + first, -np.inf, 0.0)


def _budgets(
    question: Question, task: Ints, half: Ints, rows: _Rows, *, first_extra: int | None
) -> None:
    if np.isinf(question.budgets).all():
        return
    spent = np.array([question.spent(a, h) for a, h in zip(task, half, strict=True)])
    spent = spent.reshape(len(task), len(question.years))
    for y, budget in enumerate(question.budgets):
        entries = [(int(c), spent[c, y] / _KILO) for c in np.flatnonzero(spent[:, y])]
        # What is settled was paid, whatever the budget was.
        held = sum(spent[c, y] for c in np.flatnonzero((question.fixed | question.bound)[task]))
        if first_extra is not None:
            entries.append((first_extra + y, -1.0 / _KILO))
        if entries:
            rows.add(entries, -np.inf, max(budget, held) / _KILO)


def _seats(
    question: Question, at: Ints, *, first: int
) -> list[tuple[float, float, list[tuple[int, float]], float]]:
    """List where pupils could be beyond the places: cost, most, entries, least."""
    found: list[tuple[float, float, list[tuple[int, float]], float]] = []
    if not len(question.tasks):
        return found
    added = question.tasks["added_places"].to_numpy(dtype=np.int64)
    for variant in question.scenarios.variants:
        price = HALF * question.overload * question.scenarios.weights[variant]
        for h, number in enumerate(question.halves):
            load = loads(question, question.scenarios.at(variant, int(number)))
            most = load.base + np.maximum(load.change, 0).sum(axis=0)
            own = np.where(question.own >= 0, added[question.own], 0)
            fewest = question.places + np.minimum(own, 0)
            allowed = tolerated(question, load, h)
            for j in np.flatnonzero(most > fewest):
                change = load.change[:, j].astype(float)
                if question.own[j] >= 0:
                    change[question.own[j]] -= added[question.own[j]]
                entries = [
                    (int(c), -change[a])
                    for a in np.flatnonzero(change)
                    for c in at[a, : h + 1]
                    if c >= 0
                ]
                entries.append((first + len(found), 1.0))
                # Those beyond the places are at least the pupils less the places.
                low = float(load.base[j] - question.places[j])
                found.append((price, float(allowed[j]), entries, low))
    return found


def _costs(question: Question) -> tuple[Floats, float]:
    """Give what it costs that a task takes effect in a half-year, and the cost of nothing."""
    n, t = len(question.tasks), len(question.halves)
    added = question.tasks["added_yuan"].to_numpy(dtype=float)
    each = np.zeros((n, t))
    ways = 0.0
    for variant in question.scenarios.variants:
        weight = question.scenarios.weights[variant]
        for h, number in enumerate(question.halves):
            pupils = question.scenarios.at(variant, int(number))
            each[:, h] -= weight * saved(question, pupils)
            ways += HALF * weight * ways_today(question, pupils)
    each += added[:, None]
    later = HALF * np.cumsum(each[:, ::-1], axis=1)[:, ::-1]
    running = HALF * t * float(question.tasks["today_yuan"].sum())
    late = HALF * question.late * n * t
    return later, running + ways + late + float(question.left.sum())


def terms_of(question: Question, ready: Ints) -> dict[str, float]:
    """Add up the terms of a schedule.

    Parameters
    ----------
    question
        The question.
    ready
        The position of the half-year of each task, -1 where it is left over.

    Returns
    -------
    dict
        Yuan over all half-years: running (fixed cost of the sites that change), ways, overload,
        late, left_over.
    """
    done = ready >= 0
    gone = dict.fromkeys(("running", "ways", "overload", "late", "left_over"), 0.0)
    added = question.tasks["added_yuan"].to_numpy(dtype=float)
    gone["running"] = HALF * len(question.halves) * float(question.tasks["today_yuan"].sum())
    gone["left_over"] = float(question.left[~done].sum())
    waiting = float(ready[done].sum() + (~done).sum() * len(question.halves))
    gone["late"] = HALF * question.late * waiting
    for h, number in enumerate(question.halves):
        now = done & (ready <= h)
        gone["running"] += HALF * float(added[now].sum())
        for variant in question.scenarios.variants:
            weight = HALF * question.scenarios.weights[variant]
            pupils = question.scenarios.at(variant, int(number))
            gone["ways"] += weight * (
                ways_today(question, pupils) - float(saved(question, pupils)[now].sum())
            )
            gone["overload"] += (
                weight
                * question.overload
                * float(beyond(question, loads(question, pupils), now).sum())
            )
    return gone
