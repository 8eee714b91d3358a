"""A roadmap's timetable read back from the folder it was written to, for the papers of a plan."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.reports.roadmap_folder import SCHEMA

_KEYS: Final = {"actions": "action_id", "steps": "step_id", "money": ""}
"""The tables that papers read, and the column that becomes the index."""

_NEEDED: Final = {
    "actions": ("action_id", "site_id", "action", "starts", "ready", "capital_yuan"),
    "steps": ("step_id", "action_id", "site_id", "step", "starts", "due", "responsible"),
    "money": ("year", "budget_yuan", "spent_yuan"),
}

_WHOLE: Final = ("year", "pupils", "added_places")
_PARTS: Final = (
    "budget_yuan", "spent_yuan", "capital_yuan", "teachers_freed", "teachers_needed",
)  # fmt: skip
"""Columns of numbers, whole or not; all others are text."""

_GREATEST_BYTES: Final = 200_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class Schedule:
    """What papers need to know of a roadmap.

    Parameters
    ----------
    actions, steps, money
        As in `layoutplan.roadmap.Roadmap`.
    plan
        The name of the plan that was put into years.
    """

    actions: pd.DataFrame = field(repr=False)
    steps: pd.DataFrame = field(repr=False)
    money: pd.DataFrame = field(repr=False)
    plan: str


def read_schedule(path: str | Path, *, lang: str = "auto") -> Schedule:
    """Read the timetable of a roadmap that was written out.

    Parameters
    ----------
    path
        The folder, as by `layoutplan.write_roadmap`, or its ``roadmap.json``.
    lang
        The language of messages.

    Returns
    -------
    Schedule
        The timetable; papers take it in the place of the roadmap.

    Raises
    ------
    DataError
        If there is no roadmap, or its tables cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> road = lp.roadmap(lp.evaluate(county, lp.travel_times(county)), years=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = lp.write_roadmap(road, folder)
    ...     found = lp.read_schedule(folder)
    >>> found.actions.index.equals(road.actions.index), len(found.money)
    (True, 1)
    """
    given = Path(path)
    file = given / "roadmap.json" if given.is_dir() else given
    try:
        if file.stat().st_size > _GREATEST_BYTES:
            raise ValueError(f"> {_GREATEST_BYTES // 1_000_000} MB")  # noqa: TRY301 - one finding
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["schema"] != SCHEMA:
            raise ValueError(record["schema"])  # noqa: TRY301 - told as one finding
        tables = {name: _table(record, name) for name in _KEYS}
        plan = str(record["plan"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"{file.name} ({type(error).__name__}: {error})"
        found = Finding(code="schedule_folder", values={"path": given.name, "why": why})
        raise DataError(found, where=str(given), lang=lang) from None
    return Schedule(plan=plan, **tables)


def _table(record: dict[str, Any], name: str) -> pd.DataFrame:
    """Make a table of its rows, with the types that the roadmap gave them."""
    rows = record[name]
    table = pd.DataFrame(rows, columns=list(rows[0]) if rows else list(_NEEDED[name]))
    missing = [c for c in _NEEDED[name] if c not in table]
    if missing:
        raise KeyError(", ".join(f"{name}.{c}" for c in missing))
    for column in table.columns:
        if column in _WHOLE:
            table[column] = pd.to_numeric(table[column]).astype("int64")
        elif column in _PARTS:
            table[column] = pd.to_numeric(table[column]).astype("float64")
        else:
            table[column] = table[column].fillna("").astype("str")
    return table.set_index(_KEYS[name]) if _KEYS[name] else table
