"""What people do with items: enter, note progress, postpone, strike off, open again, correct."""

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.supervision.declared import OWNERS
from layoutplan.supervision.ledger import Ledger
from layoutplan.supervision.periods import day
from layoutplan.supervision.recording import item_number
from layoutplan.supervision.schema import columns
from layoutplan.supervision.state import state_of
from layoutplan.supervision.store import append, next_number, writing

_EMPTY: Final = {
    **dict.fromkeys(("who", "note", "evidence", "due", "person", "basis", "basis_status"), ""),
    **dict.fromkeys(("progress", "value", "at_most", "assessment_id", "supersedes")),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the ledger that is written and will stay.

    Parameters
    ----------
    event_id
        Its number, by which it can be corrected.
    item_id
        The item.
    """

    event_id: int
    item_id: str


def add_item(
    ledger: Ledger,
    title: str,
    *,
    date: str | dt.date,
    due: str | dt.date,
    owner: str,
    owner_kind: str = "department",
    township_id: str = "",
    place_id: str = "",
    place: str = "",
    person: str = "",
    basis: str = "",
    who: str = "",
) -> Entry:
    """Enter an item by hand.

    Parameters
    ----------
    ledger
        The ledger.
    title
        What is to be put right. The same title for the same place and owner is the same
        item, which is continued, or opened again.
    date
        The day it was found.
    due
        The day by which it is owed.
    owner
        Who owes it: the id of a township or school, or the name of a department.
    owner_kind
        ``township``, ``school`` or ``department``.
    township_id
        The township it is counted with; the owner where that is a township.
    place_id
        The code of the place, such as a school.
    place
        The name of the place.
    person
        Who is responsible.
    basis
        Document and article.
    who
        Who enters it.

    Returns
    -------
    Entry
        The entry with the number of the item.

    Raises
    ------
    OptionsError
        If title or owner are empty, the kind of owner is unknown, or the item would be
        due before it is found; all of these at once.
    DataError
        If the ledger cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from layoutplan.supervision import init_ledger
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = init_ledger(f"{folder}/ledger.sqlite", county="Longhe", lang="en")
    ...     add_item(ledger, "mend the roof", date="2027-03-01", due="2027-06-30",
    ...              owner="housing").item_id
    '0001'
    """
    on, until = day(date), day(due, what="due")
    wrong = [_lacking(name) for name, text in (("title", title), ("owner", owner)) if not text]
    if owner_kind not in OWNERS:
        wrong.append(Finding(code="bad_option", column="owner_kind", values={"value": owner_kind}))
    if until < on:
        wrong.append(_too_early(until, on))
    if wrong:
        raise OptionsError(wrong, lang=ledger.lang)
    home = township_id or (owner if owner_kind == "township" else "")
    kind = "school" if place_id else "township" if home else "county"
    at = place_id or home
    key = f"own|{title}|{kind}|{at}|{owner}"
    values = {
        "key": key, "origin": "own", "subject": "", "title": title, "place_kind": kind,
        "place_id": at, "place": place, "township_id": home, "band": "",
        "owner_kind": owner_kind, "owner": owner, "unit": "",
    }  # fmt: skip
    entry = {"kind": "fails", "who": who, "due": until.isoformat(), "person": person,
             "basis": basis}  # fmt: skip
    with writing(ledger.path, what=f"add {title}", wait=ledger.wait) as db:
        known = db.execute("SELECT item_id FROM items WHERE key = ?", (key,)).fetchone()
        item = str(known[0]) if known else item_number(db)
        if not known:
            append(db, "items", [(item, *(values[c] for c in columns("items")[1:]))])
        return _append(db, item, on, entry)


def note_progress(
    ledger: Ledger,
    item_id: str,
    *,
    date: str | dt.date,
    progress: float | None = None,
    note: str = "",
    evidence: str = "",
    who: str = "",
    person: str = "",
) -> Entry:
    """Note how far an item has come.

    Parameters
    ----------
    ledger
        The ledger.
    item_id
        The item.
    date
        The day.
    progress
        The share that is done, from 0 to 1; unchanged where not given.
    note
        What was done.
    evidence
        What shows it, such as the name of a file.
    who
        Who notes it.
    person
        Who is responsible from now on; unchanged where not given.

    Returns
    -------
    Entry
        The entry.

    Raises
    ------
    OptionsError
        If the item is unknown or struck off, or the share is none.
    """
    wrong = []
    if progress is not None and not 0 <= progress <= 1:
        wrong.append(Finding(code="bad_option", column="progress", values={"value": progress}))
    entry = {"kind": "progress", "progress": progress, "note": note, "evidence": evidence,
             "who": who, "person": person}  # fmt: skip
    return _enter(ledger, item_id, day(date), entry, allowed=("open", "met"), wrong=wrong)


def close_item(
    ledger: Ledger,
    item_id: str,
    *,
    date: str | dt.date,
    who: str,
    evidence: str,
    note: str = "",
) -> Entry:
    """Strike an item off.

    Parameters
    ----------
    ledger
        The ledger.
    item_id
        The item.
    date
        The day.
    who
        Who strikes it off.
    evidence
        What shows that it is put right, such as the number of a report.
    note
        Anything besides.

    Returns
    -------
    Entry
        The entry.

    Raises
    ------
    OptionsError
        If the item is unknown or struck off already, or nobody or no evidence is named.
    """
    wrong = _unsaid({"who": who, "evidence": evidence})
    entry = {"kind": "closed", "who": who, "evidence": evidence, "note": note}
    return _enter(ledger, item_id, day(date), entry, allowed=("open", "met"), wrong=wrong)


def reopen_item(
    ledger: Ledger,
    item_id: str,
    *,
    date: str | dt.date,
    due: str | dt.date,
    who: str,
    note: str,
) -> Entry:
    """Open an item again that was struck off.

    Parameters
    ----------
    ledger, item_id, date
        As in `close_item`.
    due
        The day by which it is owed now.
    who, note
        Who opens it, and why.

    Returns
    -------
    Entry
        The entry.

    Raises
    ------
    OptionsError
        If the item is unknown or not struck off, nobody or no reason is named, or it
        would be due before it is opened.
    """
    return _put_off(
        ledger, item_id, kind="reopened", date=date, due=due, said={"who": who, "note": note},
        allowed=("closed",),
    )  # fmt: skip


def postpone(
    ledger: Ledger,
    item_id: str,
    *,
    date: str | dt.date,
    due: str | dt.date,
    who: str,
    reason: str,
) -> Entry:
    """Give an item another day; the first one stays on record.

    Parameters
    ----------
    ledger, item_id, date
        As in `close_item`.
    due
        The new day.
    who, reason
        Who decides it, and why.

    Returns
    -------
    Entry
        The entry.

    Raises
    ------
    OptionsError
        If the item is unknown or struck off, nobody or no reason is named, or the new day
        lies before the decision.
    """
    return _put_off(
        ledger, item_id, kind="postponed", date=date, due=due, said={"who": who, "reason": reason},
        allowed=("open", "met"),
    )  # fmt: skip


def _put_off(
    ledger: Ledger, item_id: str, *, kind: str, date: str | dt.date, due: str | dt.date,
    said: Mapping[str, str], allowed: Sequence[str],
) -> Entry:  # fmt: skip
    """Give an item another day: somebody must say so, and why."""
    on, until = day(date), day(due, what="due")
    wrong = _unsaid(said)
    if until < on:
        wrong.append(_too_early(until, on))
    who, why = said.values()
    entry = {"kind": kind, "who": who, "note": why, "due": until.isoformat()}
    return _enter(ledger, item_id, on, entry, allowed=allowed, wrong=wrong)


def correct(ledger: Ledger, event_id: int, *, who: str, reason: str, **changed: Any) -> Entry:  # noqa: ANN401
    """Correct an entry by a new one; the wrong one stays readable and counts no more.

    Parameters
    ----------
    ledger
        The ledger.
    event_id
        The number of the entry.
    who
        Who corrects it.
    reason
        Why.
    **changed
        What is right: date, due, progress, value, note, evidence or person.

    Returns
    -------
    Entry
        The new entry.

    Raises
    ------
    OptionsError
        If the entry is unknown or corrected already, nobody or no reason is named, or
        something else is to be changed.
    """
    may = ("date", "due", "progress", "value", "note", "evidence", "person")
    wrong = _unsaid({"who": who, "reason": reason})
    wrong += [
        Finding(code="bad_option", column="correct", values={"value": name})
        for name in changed
        if name not in may
    ]
    for name in ("date", "due"):
        if name in changed:
            changed[name] = day(changed[name], what=name).isoformat()
    names = columns("events")
    with writing(ledger.path, what=f"correct {event_id}", wait=ledger.wait) as db:
        query = (
            f"SELECT {', '.join(names)} FROM events WHERE event_id = ? AND event_id NOT IN "  # noqa: S608 - names of our own
            "(SELECT supersedes FROM events WHERE supersedes IS NOT NULL)"
        )
        found = db.execute(query, (event_id,)).fetchone()
        if found is None:
            wrong.append(Finding(code="supervision_unknown_entry", values={"value": str(event_id)}))
        if wrong or found is None:
            raise OptionsError(wrong, lang=ledger.lang)
        former = dict(zip(names, found, strict=True))
        note = {"note": reason} if not former["note"] else {}
        entry = {**former, **note, **changed, "who": who, "supersedes": event_id}
        return _append(db, str(former["item_id"]), day(entry["date"]), entry)


def _enter(
    ledger: Ledger, item_id: str, on: dt.date, entry: dict[str, Any], *, allowed: Sequence[str],
    wrong: Sequence[Finding],
) -> Entry:  # fmt: skip
    """Append an entry to an item that is in one of the states allowed on that day."""
    with writing(ledger.path, what=f"{entry['kind']} {item_id}", wait=ledger.wait) as db:
        found = [*wrong, *_out_of_place(db, item_id, on, allowed)]
        if found:
            raise OptionsError(found, lang=ledger.lang)
        return _append(db, item_id, on, entry)


def _out_of_place(
    db: sqlite3.Connection, item_id: str, on: dt.date, allowed: Sequence[str]
) -> list[Finding]:
    if db.execute("SELECT 1 FROM items WHERE item_id = ?", (item_id,)).fetchone() is None:
        return [Finding(code="supervision_unknown_item", ids=(item_id,))]
    state = state_of(db, item_id, on)
    if not state:
        values = {"date": on.isoformat()}
        return [Finding(code="supervision_before_opened", ids=(item_id,), values=values)]
    if state in allowed:
        return []
    code = "supervision_closed_already" if state == "closed" else "supervision_not_closed"
    return [Finding(code=code, ids=(item_id,), values={"date": on.isoformat()})]


def _append(db: sqlite3.Connection, item: str, on: dt.date, entry: dict[str, Any]) -> Entry:
    number = next_number(db, "events", "event_id")
    row = {**_EMPTY, **entry, "event_id": number, "item_id": item, "date": on.isoformat()}
    append(db, "events", [tuple(row[c] for c in columns("events"))])
    return Entry(event_id=number, item_id=item)


def _unsaid(said: Mapping[str, str]) -> list[Finding]:
    return [_lacking(name) for name, text in said.items() if not text.strip()]


def _lacking(name: str) -> Finding:
    return Finding(code="supervision_must_be_named", column=name)


def _too_early(due: dt.date, on: dt.date) -> Finding:
    values = {"due": due.isoformat(), "date": on.isoformat()}
    return Finding(code="supervision_due_too_early", values=values)
