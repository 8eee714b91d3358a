"""The steps of every action with their dates."""

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

import pandas as pd

from layoutplan.roadmap.half_years import first_day, opening_day
from layoutplan.roadmap.times_needed import BEFORE, REDRAWING, TOGETHER, TimesNeeded

COLUMNS: Final = (
    "action_id", "site_id", "township_id", "step", "starts", "due", "responsible",
)  # fmt: skip

OPENING: Final = ("new", "nine_year")
"""Actions by which a school begins to teach pupils whom it did not teach."""

_DAY: Final = dt.timedelta(days=1)


class Span(NamedTuple):
    """A step from its first to its last day."""

    step: str
    starts: dt.date
    due: dt.date


def spans_of(
    action: str, *, begins: int | None, ready: int, loses: bool, needed: TimesNeeded
) -> list[Span]:
    """Date the steps of one action.

    Procedures are dated backwards from the half-year in which the action takes effect, so
    that approval comes before acceptance of what receives the pupils; building takes the
    time there is.

    Parameters
    ----------
    action
        The action.
    begins
        The half-year in which building begins; None where nothing is built.
    ready
        The half-year in which the action takes effect.
    loses
        Whether it is a closure or partial closure.
    needed
        How long the steps take.

    Returns
    -------
    list of Span
        The steps by date.
    """
    spans = []
    if begins is not None:
        spans += _building(first_day(begins), first_day(ready) - _DAY, needed)
    if loses:
        spans += _closing(ready, needed)
    elif action == "redraw":
        spans += _backwards(REDRAWING, first_day(ready) - _DAY, needed)
        spans.append(Span("transfer", first_day(ready), opening_day(ready) - _DAY))
    elif action in OPENING:
        spans.append(Span("open", first_day(ready), opening_day(ready)))
    return sorted(spans, key=lambda s: (s.due, s.starts))


def _building(first: dt.date, last: dt.date, needed: TimesNeeded) -> list[Span]:
    design = min(first + dt.timedelta(days=needed.days["design"]) - _DAY, last)
    accept = max(last - dt.timedelta(days=needed.days["accept"]) + _DAY, design + _DAY)
    return [
        Span("design", first, design),
        Span("build", design + _DAY, accept - _DAY),
        Span("accept", accept, last),
    ]


def _backwards(steps: tuple[str, ...], last: dt.date, needed: TimesNeeded) -> list[Span]:
    spans = []
    for step in reversed(steps):
        first = last - dt.timedelta(days=needed.days[step]) + _DAY
        spans.append(Span(step, first, last))
        last = first - _DAY
    return spans[::-1]


def _closing(ready: int, needed: TimesNeeded) -> list[Span]:
    spans = _backwards(("building",), first_day(ready) - _DAY, needed)
    after = tuple(s for s in BEFORE[BEFORE.index(TOGETHER[-1]) + 1 :])
    spans = [*_backwards(after, spans[0].starts - _DAY, needed), *spans]
    last = spans[0].starts - _DAY
    longest = max(needed.days[s] for s in TOGETHER)
    spans += [s for step in TOGETHER for s in _backwards((step,), last, needed)]
    first = BEFORE[: BEFORE.index(TOGETHER[0])]
    spans += _backwards(first, last - dt.timedelta(days=longest), needed)
    closes = opening_day(ready)
    spans.append(Span("transfer", first_day(ready), closes - _DAY))
    ends = {s: closes + dt.timedelta(days=needed.days[s]) for s in ("transition", "premises")}
    spans += [Span(step, closes, end) for step, end in ends.items()]
    done = max(ends.values())
    spans.append(Span("done", done, done))
    return spans


def steps_of(actions: pd.DataFrame, tasks: pd.DataFrame, needed: TimesNeeded) -> pd.DataFrame:
    """Date the steps of all actions.

    Parameters
    ----------
    actions
        Indexed by action_id: site_id, township_id, action, responsible, and the numbers of
        the half-years ``begins`` (-1 where nothing is built) and ``ready_number``.
    tasks
        As `layoutplan.roadmap.tasks.tasks_of` gives them.
    needed
        How long the steps take.

    Returns
    -------
    pandas.DataFrame
        Indexed by step_id, by date.
    """
    rows = list(_rows(actions, tasks, needed))
    table = pd.DataFrame(rows, columns=["step_id", *COLUMNS]).astype("str")
    return table.sort_values(["due", "starts", "step_id"]).set_index("step_id")


def _rows(
    actions: pd.DataFrame, tasks: pd.DataFrame, needed: TimesNeeded
) -> Iterator[dict[str, str]]:
    loses = tasks["loses"].to_dict()
    for action_id, row in actions.iterrows():
        spans = spans_of(
            str(row["action"]),
            begins=None if row["begins"] < 0 else int(row["begins"]),
            ready=int(row["ready_number"]),
            loses=bool(loses[action_id]),
            needed=needed,
        )
        for span in spans:
            yield {
                "step_id": f"{action_id}:{span.step}",
                "action_id": str(action_id),
                "site_id": str(row["site_id"]),
                "township_id": str(row["township_id"]),
                "step": span.step,
                "starts": span.starts.isoformat(),
                "due": span.due.isoformat(),
                "responsible": str(row["responsible"]),
            }
