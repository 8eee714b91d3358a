"""A roadmap's timetable read back from the folder it was written to, for the papers of a plan."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.reports.roadmap_folder import SCHEMA
from layoutplan.roadmap.half_years import number_of

_KEYS: Final = {"actions": "action_id", "left_over": "action_id", "steps": "step_id", "money": ""}
"""The tables that papers read, and the column that becomes the index."""

_NEEDED: Final = {
    "actions": ("action_id", "site_id", "action", "starts", "ready", "capital_yuan"),
    "left_over": ("action_id", "site_id", "action"),
    "steps": ("step_id", "action_id", "site_id", "step", "starts", "due", "responsible"),
    "money": ("year", "budget_yuan", "spent_yuan"),
}

_WHOLE: Final = ("year", "pupils", "added_places")
_PARTS: Final = (
    "budget_yuan", "spent_yuan", "capital_yuan", "teachers_freed", "teachers_needed",
)  # fmt: skip
"""Columns of numbers, whole or not; all others are text."""

_FILLED: Final = ("action_id", "step_id", "site_id", "action", "step", "ready", "due")
"""Texts that cannot be missing."""

_GREATEST_BYTES: Final = 200_000_000
_GREATEST: Final = 1e15
"""A number of yuan, pupils or years beyond which a float no longer counts by ones."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Schedule:
    """What papers need to know of a roadmap.

    Parameters
    ----------
    actions, left_over, steps, money
        As in `layoutplan.roadmap.Roadmap`.
    """

    actions: pd.DataFrame = field(repr=False)
    left_over: pd.DataFrame = field(repr=False)
    steps: pd.DataFrame = field(repr=False)
    money: pd.DataFrame = field(repr=False)


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
    try:
        tables = _tables(given / "roadmap.json" if given.is_dir() else given)
    except OSError:
        raise _refused(given, "schedule_missing", lang) from None
    except _Unusable as error:
        raise _refused(given, "schedule_unusable", lang, where=str(error)) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise _refused(given, "schedule_unusable", lang, where="roadmap.json") from None
    return Schedule(**tables)


class _Unusable(Exception):  # noqa: N818 - told as a finding
    """Names the table and column that cannot be used."""


def _refused(given: Path, code: str, lang: str, **values: object) -> DataError:
    name = given.name or given.resolve().name or str(given)
    found = Finding(code=code, values={"path": name[:80], **values})
    return DataError(found, where=str(given), lang=lang)


def _tables(file: Path) -> dict[str, pd.DataFrame]:
    if file.stat().st_size > _GREATEST_BYTES:
        raise _Unusable("roadmap.json")
    record = json.loads(file.read_text(encoding="utf-8-sig"))
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise _Unusable("schema")
    tables = {name: _table(record, name) for name in _KEYS}
    known = {*tables["actions"].index, *tables["left_over"].index}
    if not set(tables["steps"]["action_id"]) <= known:
        raise _Unusable("steps.action_id")
    return tables


def _table(record: dict[str, Any], name: str) -> pd.DataFrame:
    """Make a table of its rows, with the types that the roadmap gave them."""
    rows = record.get(name)
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise _Unusable(name)
    columns = list(rows[0]) if rows else list(_NEEDED[name])
    lacking = [c for c in _NEEDED[name] if c not in columns]
    if lacking or any(list(r) != columns for r in rows):
        raise _Unusable(f"{name}.{lacking[0]}" if lacking else name)
    table = pd.DataFrame({c: _column(name, c, [r[c] for r in rows]) for c in columns})
    key = _KEYS[name]
    if key and table[key].duplicated().any():
        raise _Unusable(f"{name}.{key}")
    return table.set_index(key) if key else table


def _column(table: str, column: str, cells: list[Any]) -> pd.Series:
    """Give one column its type, or say that it cannot have it."""
    number = column in (*_WHOLE, *_PARTS)
    fits = _is_number if number else _is_text
    if not all(fits(column, cell) for cell in cells):
        raise _Unusable(f"{table}.{column}")
    if not number:
        return pd.Series([cell or "" for cell in cells], dtype="str")
    return pd.Series(cells, dtype="int64" if column in _WHOLE else "float64")


def _is_number(column: str, cell: object) -> bool:
    if cell is None:
        return column in _PARTS
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return abs(cell) <= _GREATEST and (column in _PARTS or cell == int(cell))


def _is_text(column: str, cell: object) -> bool:
    if cell is None or cell == "":
        return column not in _FILLED
    if not isinstance(cell, str):
        return False
    if column == "ready":
        return number_of(cell) is not None
    if column not in {"due", "starts"} or (column == "starts" and number_of(cell) is not None):
        return True
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True
