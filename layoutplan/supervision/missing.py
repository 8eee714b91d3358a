"""What a report lacks, said in the place where it would stand."""

from collections.abc import Iterator, Mapping

import pandas as pd

from layoutplan.findings import Finding
from layoutplan.supervision.assessed import Assessed
from layoutplan.supervision.periods import Period

_BY_BALANCE = ("balance", "schools", "favoured")


def what_is_missing(
    new: Assessed,
    old: Assessed,
    asked: Period,
    townships: pd.DataFrame,
    recorded: Mapping[str, object],
    *,
    named: bool,
) -> dict[str, tuple[Finding, ...]]:
    """Name what is not there, by the table in which it would stand.

    Parameters
    ----------
    new
        The newest numbers.
    old
        Those of the last period.
    asked
        The period.
    townships
        The table ``townships`` of the report.
    recorded
        The newest assessment with ``gates`` and with ``steps``, or None.
    named
        Whether a day to count down to was named.

    Returns
    -------
    dict
        Findings by the name of a table.
    """
    found: dict[str, tuple[Finding, ...]] = {}
    parts = (
        *_numbers(new, old, asked),
        *_recorded(recorded),
        *_heads(townships),
        *([] if named else [("countdown", _note("supervision_no_days"))]),
    )
    for table, finding in parts:
        found[table] = (*found.get(table, ()), finding)
    return found


def _numbers(new: Assessed, old: Assessed, asked: Period) -> Iterator[tuple[str, Finding]]:
    for code, on, tables in (
        ("supervision_no_assessment", new.indicators_day, ("indicators",)),
        ("supervision_no_balance", new.balance_day, _BY_BALANCE),
    ):
        for table in tables:
            if on is None:
                yield table, _note(code)
            elif on < asked.start:
                yield table, _note("supervision_older", date=on.isoformat())
    if new.day is not None and old.day is None:
        for table in ("overview", "indicators"):
            yield table, _note("supervision_no_last", date=asked.before.isoformat())


def _recorded(recorded: Mapping[str, object]) -> Iterator[tuple[str, Finding]]:
    if recorded["gates"] is None:
        yield "items", _note("supervision_no_gates")
    if recorded["steps"] is None:
        yield "items", _note("supervision_no_steps")
        yield "next_steps", _note("supervision_no_steps")


def _heads(townships: pd.DataFrame) -> Iterator[tuple[str, Finding]]:
    if townships.empty:
        yield "townships", _note("supervision_no_townships")
    nameless = tuple(townships.loc[townships["person"].eq(""), "township_id"])
    if nameless:
        yield "townships", _note("supervision_no_heads", ids=nameless)


def _note(code: str, *, ids: tuple[str, ...] = (), **values: object) -> Finding:
    return Finding(code=code, severity="note", ids=ids, values=values)
