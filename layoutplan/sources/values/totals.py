"""Totals rows among the rows of a table: left out, and held against the sum of the parts."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.sources.headings.aliases import words
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.sources.values.numbers import is_nothing, read_number
from layoutplan.tables import SERIES, Table

_LONGEST = 12
"""Letters that a text such as 城关镇小计 has at most."""

_OF_AREA = "000"
"""End of the code of an area with parts."""

Flags = NDArray[np.bool_]


def without_totals(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out the rows of a table that are totals of others.

    A row is a total where it says so (合计, 小计, 总计, total) and has no code of its own or that
    of a whole area.

    Parameters
    ----------
    frame
        The table under our names, indexed by the number of the row.
    table
        What it declares.

    Returns
    -------
    tuple
        The table without totals, a note on them, and a warning for each column in which
        a total is not the sum of its parts.
    """
    totals = _are_totals(frame, table)
    if not totals.any():
        return frame, []
    rows = tuple(f"#{i}" for i in frame.index[totals])
    findings = [Finding(code="totals_left_out", severity="note", table=table.name, ids=rows)]
    findings += _differing(frame, totals, table)
    return frame[~totals], findings


def is_total(value: object) -> bool:
    """Tell whether a cell says that its row is a total.

    Parameters
    ----------
    value
        The cell.

    Returns
    -------
    bool
        True where it does.

    Examples
    --------
    >>> is_total("合  计"), is_total("城关镇小计"), is_total("河口村")
    (True, True, False)
    """
    if not isinstance(value, str):
        return False
    text = plain_heading(value).strip(":")
    ends = any(text.endswith(w) for w in words("totals") if not w.isascii())
    return text in words("totals") or (ends and len(text) <= _LONGEST)


def _are_totals(frame: pd.DataFrame, table: Table) -> Flags:
    codes = [c.name for c in table.columns if c.filled and c.type in ("id", "text")]
    codes = [c for c in codes if c in frame]
    said = np.zeros(len(frame), dtype=bool)
    if not codes:
        return said
    declared = {c.name for c in table.columns if c.type in ("id", "text")}
    for name in frame.columns:
        if (name in declared or str(name) not in table) and frame[name].dtype == object:
            said |= frame[name].map(is_total).to_numpy(dtype=bool)
    own = np.ones(len(frame), dtype=bool)
    for name in codes:
        cells = frame[name]
        # Statistical lists give townships and counties codes that end so.
        own &= ~cells.map(lambda v: str(v).strip().endswith(_OF_AREA)).to_numpy(dtype=bool)
        own &= ~cells.map(lambda v: v is None or pd.isna(v) or is_total(v) or is_nothing(str(v)))
    return said & ~own


def _differing(frame: pd.DataFrame, totals: Flags, table: Table) -> Iterator[Finding]:
    names = [c.name for c in table.columns if c.type in ("count", "amount") and c.name in frame]
    names += [str(c) for c in frame.columns if SERIES.match(str(c))]
    numbers = {n: [_number(v) for v in frame[n]] for n in names}
    for at in map(int, np.flatnonzero(totals)):
        sums = [_sums(numbers, part) for part in _parts(totals, at)]
        total = {n: numbers[n][at] for n in names}
        # Which rows a total adds up shows in the columns in which it does.
        best = max(sums, key=lambda s: sum(total[n] == s[n] for n in names), default=None)
        if best is None:
            continue
        for name in names:
            wanted = total[name]
            if wanted is not None and not _same(wanted, best[name]):
                yield Finding(
                    code="totals_differ",
                    severity="warning",
                    table=table.name,
                    column=name,
                    ids=(f"#{frame.index[at]}",),
                    values={"total": f"{wanted:f}", "sum": f"{best[name]:f}"},
                )


def _parts(totals: Flags, at: int) -> Iterator[NDArray[np.int64]]:
    """Give the rows that a total may add up: all, those above it, those below it."""
    rows = np.flatnonzero(~totals)
    yield rows
    others = np.flatnonzero(totals)
    before, after = others[others < at], others[others > at]
    above = rows[(rows < at) & (rows > (before[-1] if len(before) else -1))]
    below = rows[(rows > at) & (rows < (after[0] if len(after) else len(totals)))]
    yield from (part for part in (above, below) if len(part))


def _sums(numbers: dict[str, list[Decimal | None]], rows: NDArray[np.int64]) -> dict[str, Decimal]:
    return {
        n: sum((v for r in rows if (v := values[r]) is not None), Decimal(0))
        for n, values in numbers.items()
    }


def _same(total: Decimal, parts: Decimal) -> bool:
    """Compare to the last decimal that the total shows."""
    exponent = total.as_tuple().exponent
    shown = Decimal(1).scaleb(int(exponent)) if isinstance(exponent, int) else Decimal(1)
    return abs(total - parts) <= (shown / 2 if parts != parts.to_integral_value() else 0)


def _number(value: object) -> Decimal | None:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return read_number(str(value))
