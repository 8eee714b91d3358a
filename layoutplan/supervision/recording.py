"""Recording a dated assessment: its numbers, and an item for everything that fails."""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from layoutplan.assessment import Assessment
from layoutplan.balance.noun import Balance
from layoutplan.county import County
from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.gates import Gates
from layoutplan.standards import Standards
from layoutplan.supervision.failings import (
    STEP_COLUMNS,
    due_steps,
    failing_gaps,
    failing_gates,
    failing_indicators,
    together,
    with_dues,
)
from layoutplan.supervision.ledger import Ledger
from layoutplan.supervision.periods import day
from layoutplan.supervision.profile import rules
from layoutplan.supervision.schema import columns
from layoutplan.supervision.state import standings
from layoutplan.supervision.store import append, next_number, writing

_DIGITS: Final = 4
_SAME: Final = (
    "SELECT assessment_id FROM assessments WHERE digest = ? AND assessment_id NOT IN "
    "(SELECT supersedes FROM assessments WHERE supersedes IS NOT NULL)"
)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What recording an assessment did to the ledger.

    Parameters
    ----------
    assessment_id
        The number of the assessment.
    repeated
        Whether the same had been recorded already, so that nothing was added.
    opened
        New items.
    continued
        Items that still fail.
    reopened
        Items that had been struck off and fail again.
    met
        Open items that no longer fail and wait to be struck off.
    postponed
        Items whose day was moved by the roadmap.
    """

    assessment_id: int
    repeated: bool = False
    opened: tuple[str, ...] = ()
    continued: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    postponed: tuple[str, ...] = ()


def record_assessment(
    ledger: Ledger,
    assessment: Assessment | None = None,
    *,
    date: str | dt.date,
    county: County | None = None,
    balance: Balance | None = None,
    gates: Gates | None = None,
    steps: pd.DataFrame | None = None,
    people: Mapping[str, str] | None = None,
    who: str = "",
    standards: Standards | None = None,
    supersedes: int | None = None,
) -> Recorded:
    """Record a dated assessment, and open an item for everything that fails.

    The same failing thing is the same item every month: it is continued, opened again
    where it had been struck off, and marked where it no longer fails; striking off is left
    to people. Recording the same once more adds nothing, so that whoever is not sure
    whether a recording arrived can repeat it.

    Parameters
    ----------
    ledger
        The ledger.
    assessment
        The indicators of a plan, as `layoutplan.assess` gives them.
    date
        The day of the assessment.
    county
        The county, for the names of its townships and who heads them.
    balance
        The balance between schools: coefficients, schools, and an item for each gap.
    gates
        The gates of proposed closures: an item for each that fails.
    steps
        The steps of a roadmap: an item for each, due on its day.
    people
        Who is responsible, by the id of a township or school or the code of a department.
    who
        Who records it.
    standards
        The days that owners have; ``cn-supervision`` where not given.
    supersedes
        The number of an assessment that this one corrects: its numbers and what it did to
        items no longer count, and stay readable in the file.

    Returns
    -------
    Recorded
        What it did.

    Raises
    ------
    OptionsError
        If nothing is given, the day is none, or the assessment to correct is unknown.
    DataError
        If the steps lack a column, or the ledger cannot be written.
    """
    on = day(date)
    given = {"indicators": assessment, "balance": balance, "gates": gates, "steps": steps}
    parts = [name for name, part in given.items() if part is not None]
    if not parts:
        raise OptionsError(Finding(code="supervision_nothing_given"), lang=ledger.lang)
    if steps is not None:
        _check_steps(steps, ledger)
    found = together(
        [
            *([failing_indicators(assessment, gaps=balance is not None, gates=gates is not None)]
              if assessment is not None else []),
            *([failing_gaps(balance)] if balance is not None else []),
            *([failing_gates(gates)] if gates is not None else []),
            *([due_steps(steps, _school_names(county))] if steps is not None else []),
        ]
    )  # fmt: skip
    found = with_dues(found, found=on, standards=rules(standards))
    numbers, schools = _numbers(assessment, balance), _schools(balance)
    townships = _townships(county, assessment, people or {})
    heads = {t: p for t, _, p in townships} | dict(people or {})
    digest = _digest(on, parts, found, numbers, schools, townships, supersedes)
    lang = assessment.lang if assessment is not None else ledger.lang
    name = assessment.name if assessment is not None else ledger.county
    with writing(ledger.path, what=f"record {on.isoformat()}", wait=ledger.wait) as db:
        known = db.execute(_SAME, (digest,)).fetchone()
        if known is not None:
            return Recorded(assessment_id=int(known[0]), repeated=True)
        _check_superseded(db, supersedes, ledger)
        number = next_number(db, "assessments", "assessment_id")
        row = (number, on.isoformat(), name, lang, " ".join(parts), who, digest, supersedes)
        append(db, "assessments", [row])
        append(db, "assessment_rows", [(number, i, *r) for i, r in enumerate(numbers)])
        append(db, "assessed_schools", [(number, *r) for r in schools])
        append(db, "townships", [(number, *r) for r in townships])
        return _enter(db, found, on=on, number=number, who=who, heads=heads, gates=gates)


def item_number(db: sqlite3.Connection) -> str:
    """Give the number of the next new item; ask only while writing.

    Parameters
    ----------
    db
        A connection that writes.

    Returns
    -------
    str
        The number.
    """
    return _numbered(int(db.execute("SELECT count(*) FROM items").fetchone()[0]) + 1)


def _numbered(number: int) -> str:
    return f"{number:0{_DIGITS}d}"


def _enter(
    db: sqlite3.Connection, found: pd.DataFrame, *, on: dt.date, number: int, who: str,
    heads: Mapping[str, str], gates: Gates | None,
) -> Recorded:  # fmt: skip
    """Open, continue, open again and mark items."""
    stood = standings(db, on).items
    ids = dict(db.execute("SELECT key, item_id FROM items").fetchall())
    state = stood["state"].to_dict()
    dues, planned = stood["due"].to_dict(), _planned(db)
    next_item, next_event = len(ids) + 1, next_number(db, "events", "event_id")
    items: list[tuple[object, ...]] = []
    told: list[tuple[object, ...]] = []
    done: dict[str, list[str]] = {k: [] for k in ("opened", "continued", "reopened", "met",
                                                  "postponed")}  # fmt: skip

    def tell(item: str, kind: str, row: Mapping[Hashable, Any], *, due: str) -> None:
        numbers = [None if pd.isna(row[c]) else float(row[c]) for c in ("value", "at_most")]
        told.append(
            (
                next_event + len(told), item, on.isoformat(), kind, who, "", "", due, None,
                *numbers, heads.get(str(row["owner"]), ""), row["basis"], row["basis_status"],
                number, None,
            )
        )  # fmt: skip

    for row in found.to_dict("records"):
        item = ids.get(row["key"], "")
        now = state.get(item, "") if item else ""
        if row["kind"] == "meets":
            if now in ("open", "met"):
                tell(item, "meets", row, due="")
                done["met"].append(item)
            continue
        if not item:
            item = _numbered(next_item)
            next_item += 1
            ids[row["key"]] = item
            items.append((item, *(row[c] for c in columns("items")[1:])))
        if row["origin"] == "step" and now:
            # A day that people set stays until the roadmap itself says another.
            moved = row["due"] and row["due"] not in (dues.get(item), planned.get(item))
            if now != "closed" and moved:
                tell(item, "postponed", row, due=row["due"])
                done["postponed"].append(item)
            continue
        tell(item, "fails", row, due=row["due"])
        done["opened" if not now else "reopened" if now == "closed" else "continued"].append(item)
    if gates is not None:
        _withdrawn(stood, gates, tell, done)
    append(db, "items", items)
    append(db, "events", told)
    return Recorded(
        assessment_id=number,
        opened=tuple(done["opened"]),
        continued=tuple(done["continued"]),
        reopened=tuple(done["reopened"]),
        met=tuple(done["met"]),
        postponed=tuple(done["postponed"]),
    )


def _planned(db: sqlite3.Connection) -> dict[str, str]:
    """Give the day that assessments last set for each item."""
    query = (
        "SELECT item_id, due FROM events WHERE due <> '' AND assessment_id IS NOT NULL "
        "AND assessment_id NOT IN "
        "(SELECT supersedes FROM assessments WHERE supersedes IS NOT NULL) "
        "ORDER BY date, event_id"
    )
    return {str(item): str(due) for item, due in db.execute(query)}


def _withdrawn(
    stood: pd.DataFrame,
    gates: Gates,
    tell: Callable[..., None],
    done: dict[str, list[str]],
) -> None:
    """Mark the gates of closures that are proposed no more."""
    open_gates = stood[stood["origin"].eq("gate") & stood["state"].isin(["open", "met"])]
    gone = open_gates[~open_gates["place_id"].isin(gates.proposals.index)]
    for item, row in gone.iterrows():
        kept = {"value": 0.0, "at_most": 0.0, "owner": row["owner"],
                "basis": row["basis"], "basis_status": row["basis_status"]}  # fmt: skip
        tell(str(item), "meets", kept, due="")
        done["met"].append(str(item))


def _numbers(done: Assessment | None, balance: Balance | None) -> list[tuple[object, ...]]:
    """Rows for ``assessment_rows``, without number and line."""
    rows: list[tuple[object, ...]] = []
    if done is not None:
        table = done.table
        kept = table[["indicator", "level", "group", "band", "value", "unit", "limit", "met",
                      "source", "status"]]  # fmt: skip
        rows += [("indicators", *_plain(r)) for r in kept.itertuples(index=False)]
    if balance is not None:
        table = balance.indicators.reindex(
            columns=["indicator", "stage", "cv", "cv_limit", "met", "source", "status"]
        )
        rows += [
            ("balance", *_plain((r[0], "county", "", r[1], r[2], "ratio", r[3], *r[4:])))
            for r in table.itertuples(index=False, name=None)
        ]
    return rows


def _schools(balance: Balance | None) -> list[tuple[object, ...]]:
    if balance is None:
        return []
    names = ["stage", "school_id", "name", "township_id", "pupils", "level", "failed", "met"]
    table = balance.schools.reindex(columns=names).sort_values(["stage", "school_id"])
    return [
        tuple("" if v is None and c not in ("pupils", "level") else v
              for c, v in zip(names, _plain(r), strict=True))
        for r in table.itertuples(index=False, name=None)
    ]  # fmt: skip


def _townships(
    county: County | None, done: Assessment | None, people: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Names and heads of townships."""
    named = dict(done.townships) if done is not None else {}
    heads: dict[str, str] = {}
    if county is not None and county.townships is not None:
        table = county.townships
        named |= {str(i): str(n) for i, n in table["name"].fillna("").items()}
        if "responsible" in table:
            heads = {str(i): str(p) for i, p in table["responsible"].dropna().items()}
    heads |= {t: p for t, p in people.items() if t in named}
    return [(t, named[t], heads.get(t, "")) for t in sorted(named)]


def _school_names(county: County | None) -> dict[str, str]:
    if county is None or "name" not in county.schools:
        return {}
    return {str(i): str(n) for i, n in county.schools["name"].dropna().items()}


def _plain(values: Any) -> tuple[object, ...]:  # noqa: ANN401 - cells of any table
    """Give what SQLite keeps: text, numbers, nothing."""
    return tuple(
        None if v is None or (not isinstance(v, str) and pd.isna(v))
        else v if isinstance(v, str) else float(v)
        for v in values
    )  # fmt: skip


def _digest(*parts: object) -> str:
    def shown(part: object) -> object:
        return part.to_dict("list") if isinstance(part, pd.DataFrame) else part

    text = json.dumps([shown(p) for p in parts], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _check_steps(steps: pd.DataFrame, ledger: Ledger) -> None:
    lacking = [c for c in STEP_COLUMNS if c not in steps.reset_index()]
    if lacking:
        found = Finding(
            code="supervision_steps_lack", table="steps", values={"columns": ", ".join(lacking)}
        )
        raise DataError(found, lang=ledger.lang)


def _check_superseded(db: sqlite3.Connection, number: int | None, ledger: Ledger) -> None:
    if number is None:
        return
    known = db.execute("SELECT 1 FROM assessments WHERE assessment_id = ?", (number,)).fetchone()
    if known is None:
        found = Finding(code="supervision_unknown_assessment", values={"value": number})
        raise OptionsError(found, lang=ledger.lang)
