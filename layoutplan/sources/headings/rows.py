"""The heading rows of a sheet, and the rows of the table below them.

Bureaus put titles above the headings, spread headings over several rows with merged
cells, add a row of letters or numbers below them, and notes below the table.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.sources.headings.aliases import BETWEEN, bare_heading, is_known, words
from layoutplan.sources.sheets import Sheet
from layoutplan.sources.sheets.cell_scan import letters

Cells = NDArray[np.object_]

_LOOKED_AT: Final = 40
"""Rows at the top of a sheet among which the headings are looked for."""

_TITLE_SHARE: Final = 0.6
"""Share of the columns from which on one merged cell is a title and no group of columns."""

_SEQUENCE: Final = 4
"""Cells that a row of letters or numbers has at least: fewer may be data."""

_NUMBER: Final = re.compile(r"[-+]?[\d,]+(\.\d+)?([eE][-+]?\d+)?%?")
_YEAR: Final = re.compile(r"(19|20)\d{2}年?")
_META: Final = re.compile(r"[:：]\s*\S|^(填报|制表|单位|统计|报送|学年|日期|年月)[^/]{0,12}[:：]")
_UNIT: Final = re.compile(r"(?:^|[^报送制编])单位\s*[:：]\s*([^()（）]+)")
_FOOT: Final = re.compile(
    r"^(注|备注|说明|填表|填报|制表|审核|复核|单位负责人|统计负责人|负责人签|数据来源|资料来源|note)s?"
    r"[^:：]{0,8}[:：.]",
    re.IGNORECASE,
)
_ORDINAL: Final = "甲乙丙丁戊"


@dataclass(frozen=True, eq=False, kw_only=True)
class Headed:
    """The table in a sheet.

    Parameters
    ----------
    frame
        Text or nothing under the headings as they stand in the file, those of several rows joined
        by slashes; indexed by the number of the row.
    at
        The number of each column in the file.
    unit
        The unit that a line above the table names, empty where none does.
    findings
        What was noted.
    """

    frame: pd.DataFrame
    at: tuple[int, ...]
    unit: str = ""
    findings: tuple[Finding, ...] = field(default=())


def headed(sheet: Sheet, *, known: Collection[str] = ()) -> Headed:
    """Find the headings of a sheet and the rows below them.

    Parameters
    ----------
    sheet
        The sheet.
    known
        Further headings that are expected, such as those of a mapping.

    Returns
    -------
    Headed
        The table, without titles, empty rows and notes below it.
    """
    cells = sheet.cells.to_numpy(dtype=object)
    if not cells.size or not (cells != "").any():
        return Headed(frame=pd.DataFrame(), at=())
    top = _spread(cells[:_LOOKED_AT], sheet.merged)
    expected = {bare_heading(k) for k in known}
    first, last = _heading_rows(cells[:_LOOKED_AT], top, sheet.merged, expected)
    begin = last + 1
    while begin < len(cells) and _is_sequence([t for t in cells[begin] if t]):
        begin += 1
    names = _names(top[first : last + 1])
    rows = np.arange(begin, len(cells))
    left, findings = _left_out(cells, rows, cells[last], sheet)
    rows = rows[~left]
    columns = [c for c, name in enumerate(names) if name]
    findings += _without_heading(cells, rows, names, sheet)
    body = cells[rows].copy()
    findings += _fill_down(body, rows, names, sheet)
    frame = pd.DataFrame(
        _emptied(body[:, columns]),
        index=pd.Index(sheet.cells.index[rows]),
        columns=pd.Index(_distinct([names[c] for c in columns])),
        dtype=object,
    )
    return Headed(
        frame=frame,
        at=tuple(c + 1 for c in columns),
        unit=_unit(cells[:begin]),
        findings=tuple(findings),
    )


def _emptied(cells: Cells) -> Cells:
    emptied = cells.copy()
    emptied[cells == ""] = None
    return emptied


def _spread(cells: Cells, merged: Sequence[tuple[int, int, int, int]]) -> Cells:
    """Write the text of merged cells into all they cover."""
    spread = cells.copy()
    for top, left, bottom, right in merged:
        if top <= len(cells):
            spread[top - 1 : bottom, left - 1 : right] = cells[top - 1, left - 1]
    return spread


def _heading_rows(
    cells: Cells, top: Cells, merged: Sequence[tuple[int, int, int, int]], expected: set[str]
) -> tuple[int, int]:
    filled = [[t for t in row if t] for row in cells]
    hits = [sum(_expected(t, expected) for t in row) for row in filled]
    best = int(np.argmax(hits))
    if hits[best] == 0 or (hits[best] == 1 and max(map(len, filled)) > 1):
        best = next((i for i, row in enumerate(filled) if len(row) > 1), 0)
        best = next(i for i in range(best if any(filled[best]) else 0, len(filled)) if filled[i])
        return best, best
    first = last = best
    for above, left, below, right in merged:
        # A heading that is merged over rows covers all rows of the headings.
        if above - 1 <= best <= below - 1 and _expected(cells[above - 1, left - 1], expected):
            first, last = min(first, above - 1), max(last, below - 1)
        del right
    while last + 1 < len(cells) and _continues(cells, top, last + 1, expected):
        last += 1
    while first > 0 and _groups(cells, merged, first - 1, expected):
        first -= 1
    return first, min(last, len(cells) - 1)


def _expected(text: str, expected: set[str]) -> bool:
    return is_known(text) or bare_heading(text) in expected


def _continues(cells: Cells, top: Cells, row: int, expected: set[str]) -> bool:
    """Tell whether a row goes on with the headings above it."""
    filled = [c for c, text in enumerate(cells[row]) if text]
    if not filled or _is_sequence([cells[row, c] for c in filled]):
        return False
    good = 0
    for c in filled:
        text = cells[row, c]
        group = _group(top, row - 1, c)
        if _is_number(text) or _YEAR.fullmatch(text):
            # Years and ages may stand below a heading that says what of them is counted.
            if not _completes(group, text):
                return False
            good += 1
        else:
            bare = bare_heading(text)
            below = bare in _subheadings() or not bare or _expected(text, expected)
            good += below or _expected(f"{group}{BETWEEN}{text}", expected)
    return 2 * good > len(filled)


def _completes(group: str, text: str) -> bool:
    if re.search(r"\d", unicodedata.normalize("NFKC", group)):
        return False
    born = _YEAR.fullmatch(text) and re.search("出生|births", group, re.IGNORECASE)
    aged = re.fullmatch(r"\d{1,2}", text) and re.search("岁|年龄", group)
    return bool(born or aged)


def _subheadings() -> frozenset[str]:
    return words("whole") | words("boys") | words("girls") | words("units")


def _group(top: Cells, row: int, column: int) -> str:
    """Give the heading that stands above a column, also where it was not merged."""
    for c in range(column, -1, -1):
        if top[row, c]:
            return str(top[row, c])
    return ""


def _groups(
    cells: Cells, merged: Sequence[tuple[int, int, int, int]], row: int, expected: set[str]
) -> bool:
    """Tell whether a row holds groups of the headings below it, and is no title."""
    texts = [t for t in cells[row] if t]
    if not texts or _is_sequence(texts) or any(map(_is_number, texts)):
        return False
    if any(_META.search(t) and not _expected(t, expected) for t in texts):
        return False
    width = cells.shape[1]
    wide = [
        right - left + 1
        for above, left, below, right in merged
        if above - 1 <= row <= below - 1 and right > left
    ]
    if len(texts) == 1:
        return bool(wide) and max(wide) < _TITLE_SHARE * width and not cells[row, 0]
    return bool(wide) or any(_expected(t, expected) for t in texts)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def _is_sequence(texts: Sequence[str]) -> bool:
    """Tell whether cells number the columns: 1, 2, 3 or A, B, C or 甲, 乙, 1, 2."""
    plain = [unicodedata.normalize("NFKC", t).strip("()[]") for t in texts]
    if plain and plain[0] in ("栏次", "行次", "序号", "-", "—"):
        plain = plain[1:]
    counted = len(plain)
    ordinals = 0
    while ordinals < len(plain) and plain[ordinals : ordinals + 1] == list(
        _ORDINAL[ordinals : ordinals + 1]
    ):
        ordinals += 1
    plain = plain[ordinals:]
    if counted < _SEQUENCE:
        return False
    if all(t.isdecimal() for t in plain):
        numbers = [int(t) for t in plain]
        start = numbers[0] if numbers else 1
        return start in (0, 1, ordinals + 1) and numbers == list(range(start, start + len(numbers)))
    named = [letters(i + 1) for i in range(len(plain))]
    later = [letters(i + 2) for i in range(len(plain))]
    return [t.upper() for t in plain] in (named, later)


def _names(rows: Cells) -> list[str]:
    """Join the headings of several rows."""
    filled = rows.copy()
    for r in range(len(rows) - 1):
        for c in range(1, rows.shape[1]):
            # A group that was not merged stands only above the first of its columns.
            below = any(filled[r + 1 :, c] != "")
            if not filled[r, c] and below and filled[r, c - 1] and not _alone(rows, r, c - 1):
                filled[r, c] = filled[r, c - 1]
    return [_joined([str(t) for t in filled[:, c]]) for c in range(rows.shape[1])]


def _alone(rows: Cells, row: int, column: int) -> bool:
    """Tell whether a heading stands above nothing or above itself: it is no group."""
    below = [t for t in rows[row + 1 :, column] if t]
    return bool(rows[row, column]) and (not below or all(t == rows[row, column] for t in below))


def _joined(texts: Sequence[str]) -> str:
    parts = list[str]()
    for text in texts:
        plain = re.sub(r"\s+|_x000D_?", "", text.replace(BETWEEN, "|"))
        if plain and (not parts or parts[-1] != plain):
            parts.append(plain)
    return BETWEEN.join(parts) if len(parts) > 1 else _one_line(next(filter(None, texts), ""))


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*|_x000D_?", "", text)


def _distinct(names: Sequence[str]) -> list[str]:
    """Put numbers to headings that stand twice, in brackets, which say nothing of the meaning."""
    seen, distinct = dict[str, int](), []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return distinct


def _unit(rows: Cells) -> str:
    for row in rows:
        for text in row:
            if text and (found := _UNIT.search(text)):
                return found[1].strip()
    return ""


def _left_out(
    cells: Cells, rows: NDArray[np.int64], heading: Cells, sheet: Sheet
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Tell empty rows, repeated headings and notes from the rows of the table."""
    body = cells[rows]
    empty = (body == "").all(axis=1)
    again = (body == heading).all(axis=1) & ~empty
    notes = np.zeros(len(rows), dtype=bool)
    for i in np.flatnonzero(~empty):
        texts = [t for t in body[i] if t]
        notes[i] = any(_FOOT.match(t) for t in texts[:1]) and not any(map(_is_number, texts))
    findings = []
    for code, which in (("headings_again", again), ("notes_left_out", notes)):
        if which.any():
            ids = tuple(f"#{sheet.cells.index[r]}" for r in rows[which])
            values = {"sheet": sheet.name or sheet.file.stem}
            findings.append(
                Finding(code=code, severity="note", table=sheet.file.name, ids=ids, values=values)
            )
    return empty | again | notes, findings


def _without_heading(
    cells: Cells, rows: NDArray[np.int64], names: Sequence[str], sheet: Sheet
) -> list[Finding]:
    nameless = []
    for c, name in enumerate(names):
        texts = [t for t in cells[rows, c] if t]
        if not name and texts and not _is_sequence(texts):
            nameless.append(letters(c + 1))
    values = {"sheet": sheet.name or sheet.file.stem}
    last = max((c for c, name in enumerate(names) if name), default=0)
    beyond = [r for r in rows if any(cells[r, last + 1 :])]
    if beyond and not sheet.name:
        # In delimited text, a row that is too long has its cells under wrong headings.
        ids = tuple(f"#{sheet.cells.index[r]}" for r in beyond)
        return [Finding(code="rows_too_long", table=sheet.file.name, ids=ids, values=values)]
    if not nameless:
        return []
    return [
        Finding(
            code="columns_without_heading",
            severity="warning",
            table=sheet.file.name,
            ids=tuple(nameless),
            values=values,
        )
    ]


def _fill_down(
    body: Cells, rows: NDArray[np.int64], names: Sequence[str], sheet: Sheet
) -> list[Finding]:
    """Write merged names and codes into every row; numbers belong to one row only."""
    place = {int(r): i for i, r in enumerate(rows)}
    filled, kept = list[str](), list[str]()
    for top, left, bottom, right in sheet.merged:
        inside = [place[r] for r in range(top - 1, bottom) if r in place]
        if len(inside) < 2 or top - 1 not in place:  # noqa: PLR2004 - one row has nothing to fill
            continue
        for c in range(left - 1, min(right, body.shape[1])):
            text = body[place[top - 1], c]
            cell = f"{letters(c + 1)}{top}"
            if not text:
                continue
            code = re.search("代码|编码|标识码|编号|code", names[c], re.IGNORECASE)
            if _is_number(text) and not code:
                kept.append(cell)
            else:
                body[inside, c] = text
                filled.append(cell)
    values = {"sheet": sheet.name or sheet.file.stem}
    findings = []
    for code_, severity, cells in (
        ("merged_filled", "note", filled),
        ("merged_numbers", "warning", kept),
    ):
        if cells:
            findings.append(
                Finding(
                    code=code_,
                    severity="note" if severity == "note" else "warning",
                    table=sheet.file.name,
                    ids=tuple(cells),
                    values=values,
                )
            )
    return findings
