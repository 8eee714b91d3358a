"""How things stood on a day: the entries of each item, gone through in their order."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.supervision.schema import columns

Entry = Mapping[str, Any]

CHANGE_COLUMNS: Final = (
    "item_id", "date", "change", "who", "note", "evidence", "due_before", "due",
)  # fmt: skip

STATE_COLUMNS: Final = (
    "opened", "due", "due_original", "state", "closed_on", "value", "limit", "progress", "note",
    "evidence", "person", "basis", "basis_status", "reopened_on",
)  # fmt: skip


@dataclass
class _Standing:
    """An item while its entries are gone through."""

    now: dict[str, Any] = field(
        default_factory=lambda: {
            c: np.nan if c in ("value", "limit") else 0.0 if c == "progress" else ""
            for c in STATE_COLUMNS
        }
    )
    changes: list[dict[str, Any]] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        before = str(self.now["due"])
        change = _TAKEN[str(entry["kind"])](self.now, entry)
        for ours, theirs in (("value", "value"), ("limit", "at_most")):
            if entry[theirs] is not None:
                self.now[ours] = float(entry[theirs])
        for column in ("person", "basis", "basis_status", "note", "evidence"):
            if entry[column]:
                self.now[column] = entry[column]
        if change:
            told = {c: entry[c] for c in ("item_id", "date", "who", "note", "evidence")}
            due = self.now["due"]
            self.changes.append({**told, "change": change, "due_before": before, "due": due})


def _fails(now: dict[str, Any], entry: Entry) -> str:
    if not now["state"]:
        now.update(opened=entry["date"], state="open", due=entry["due"], due_original=entry["due"])
        return "new"
    if now["state"] == "closed":
        return _reopened(now, entry)
    now["state"] = "open"
    return ""


def _reopened(now: dict[str, Any], entry: Entry) -> str:
    now.update(
        state="open", closed_on="", reopened_on=entry["date"], progress=0.0,
        due=entry["due"], due_original=entry["due"], opened=entry["date"],
    )  # fmt: skip
    return "reopened"


def _meets(now: dict[str, Any], entry: Entry) -> str:
    del entry
    if now["state"] == "open":
        now["state"] = "met"
    return ""


def _progress(now: dict[str, Any], entry: Entry) -> str:
    if entry["progress"] is not None:
        now["progress"] = float(entry["progress"])
    return ""


def _postponed(now: dict[str, Any], entry: Entry) -> str:
    now["due"] = entry["due"]
    return "postponed"


def _closed(now: dict[str, Any], entry: Entry) -> str:
    now.update(state="closed", closed_on=entry["date"])
    return "closed"


_TAKEN: Final = {
    "fails": _fails,
    "reopened": _reopened,
    "meets": _meets,
    "progress": _progress,
    "postponed": _postponed,
    "closed": _closed,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Standings:
    """How all items stood on a day.

    Parameters
    ----------
    items
        Indexed by ``item_id``: what stands of an item in the ledger, and `STATE_COLUMNS`.
    changes
        What happened to items up to the day: `CHANGE_COLUMNS`.
    """

    items: pd.DataFrame
    changes: pd.DataFrame


def state_of(db: sqlite3.Connection, item: str, until: date) -> str:
    """Tell the state of one item at the end of a day.

    Parameters
    ----------
    db
        A connection that reads.
    item
        The item.
    until
        The day.

    Returns
    -------
    str
        ``open``, ``met``, ``closed``; empty where it was not there yet.
    """
    standing = _Standing()
    for entry in entries(db, until=until, item=item):
        standing.take(entry)
    return str(standing.now["state"])


def standings(db: sqlite3.Connection, until: date) -> Standings:
    """Tell how all items stood at the end of a day.

    Entries that another one corrects, and those of corrected assessments, do not count.
    Entries are taken by the day they happened, those of one day as they were recorded.

    Parameters
    ----------
    db
        A connection that reads.
    until
        The day.

    Returns
    -------
    Standings
        Items that were there by then, and what had happened to them.
    """
    items = frame(db, "items")
    found: dict[str, _Standing] = {}
    for entry in entries(db, until=until):
        found.setdefault(str(entry["item_id"]), _Standing()).take(entry)
    rows = [{"item_id": i, **s.now} for i, s in found.items() if s.now["state"]]
    stood = pd.DataFrame(rows, columns=["item_id", *STATE_COLUMNS])
    texts = [c for c in STATE_COLUMNS if c not in ("value", "limit", "progress")]
    stood = stood.astype({**dict.fromkeys(texts, "str"), "item_id": "str"})
    stood = stood.astype(dict.fromkeys(("value", "limit", "progress"), "float64"))
    joined = items.merge(stood, on="item_id").set_index("item_id").sort_index()
    told = [c for s in found.values() for c in s.changes]
    changes = pd.DataFrame(told, columns=list(CHANGE_COLUMNS)).astype("str")
    ordered = changes.sort_values(["date", "item_id"], kind="stable", ignore_index=True)
    return Standings(items=joined, changes=ordered)


def entries(
    db: sqlite3.Connection, *, until: date | None = None, item: str = ""
) -> Iterable[Entry]:
    """Go through the entries that count.

    Parameters
    ----------
    db
        A connection that reads.
    until
        The last day; all where not given.
    item
        One item; all where not given.

    Yields
    ------
    Mapping
        The columns of the table ``events``, by item and day.
    """
    names = columns("events")
    day = until.isoformat() if until is not None else "9999-12-31"
    query = (
        f"SELECT {', '.join(names)} FROM events WHERE date <= ? AND (? = '' OR item_id = ?) "  # noqa: S608 - names of our own
        "AND event_id NOT IN (SELECT supersedes FROM events WHERE supersedes IS NOT NULL) "
        "AND (assessment_id IS NULL OR assessment_id NOT IN "
        "(SELECT supersedes FROM assessments WHERE supersedes IS NOT NULL)) "
        "ORDER BY item_id, date, event_id"
    )
    for row in db.execute(query, (day, item, item)):
        yield dict(zip(names, row, strict=True))


def frame(db: sqlite3.Connection, table: str, *, assessment: int | None = None) -> pd.DataFrame:
    """Read a table of the ledger.

    Parameters
    ----------
    db
        A connection that reads.
    table
        The table.
    assessment
        The rows of one assessment alone.

    Returns
    -------
    pandas.DataFrame
        Its columns; text as text.
    """
    names = columns(table)
    where, values = ("", ()) if assessment is None else (" WHERE assessment_id = ?", (assessment,))
    query = f"SELECT {', '.join(names)} FROM {table}{where} ORDER BY {names[0]}, {names[1]}"  # noqa: S608 - names of our own
    rows = pd.DataFrame(db.execute(query, values).fetchall(), columns=list(names))
    numbers = {"value", "at_most", "pupils", "level", "progress", "assessment_id", "line",
               "event_id", "supersedes"}  # fmt: skip
    types: dict[str, Any] = {c: "float64" if c in numbers else "str" for c in names}
    if table in ("assessment_rows", "assessed_schools"):
        types["level" if table == "assessment_rows" else "name"] = "str"
    return rows.astype(types)


def assessed_by(db: sqlite3.Connection, until: date, *, part: str = "") -> tuple[int, date] | None:
    """Find the newest assessment by a day.

    Parameters
    ----------
    db
        A connection that reads.
    until
        The day.
    part
        What must have been recorded with it: ``indicators``, ``balance``, ``gates`` or
        ``steps``; anything where not given.

    Returns
    -------
    tuple or None
        Its number and its day; of several on one day the one recorded last.
    """
    query = (
        "SELECT assessment_id, date FROM assessments WHERE date <= ? "
        "AND (? = '' OR instr(' ' || parts || ' ', ' ' || ? || ' ') > 0) "
        "AND assessment_id NOT IN "
        "(SELECT supersedes FROM assessments WHERE supersedes IS NOT NULL) "
        "ORDER BY date DESC, assessment_id DESC LIMIT 1"
    )
    found = db.execute(query, (until.isoformat(), part, part)).fetchone()
    return None if found is None else (int(found[0]), date.fromisoformat(found[1]))
