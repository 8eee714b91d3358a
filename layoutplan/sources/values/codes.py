"""Codes that lost zeros, became decimals or were rounded on their way through a spreadsheet."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd

from layoutplan.findings import Finding
from layoutplan.tables import COUNTY_TABLES

_DECIMAL: Final = re.compile(r"(\d+)\.0+")
_POWER: Final = re.compile(r"\d(?:\.(\d+))?[eE]\+(\d+)|\d\.(\d+)[eE](\d+)")

_WIDTH: Final = 6
"""Digits from which on a code of another length than the most is odd: 6 name a county."""

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class _Place:
    """A column of codes."""

    table: str
    column: str
    key: bool


def clean_codes(frames: Mapping[str, pd.DataFrame]) -> tuple[Frames, list[Finding]]:
    """Repair codes where there is one way to do so, and name the others.

    Codes of one kind are looked at together: a code that lost its zeros in one table
    is told by another table that has them.

    Parameters
    ----------
    frames
        The tables under our names.

    Returns
    -------
    tuple
        The tables, and what was found: notes on what was repaired, an error for rounded
        codes that may be several, a warning for codes of odd length.
    """
    cleaned, findings = dict(frames), list[Finding]()
    for of in ("villages", "schools", "townships", "candidates"):
        places = [p for p in _places(of) if p.table in cleaned]
        places = [p for p in places if p.column in cleaned[p.table]]
        for place in places:
            findings += _plain(cleaned, place)
        for place in places:
            findings += _rounded(cleaned, place, places)
        findings += _zeros(cleaned, places)
        for place in places:
            findings += _odd(cleaned, place)
    return cleaned, findings


def _places(of: str) -> Iterator[_Place]:
    key = COUNTY_TABLES[of].key
    yield _Place(of, key, key=True)
    for name, table in COUNTY_TABLES.items():
        for column in table.columns:
            if column.of == of:
                yield _Place(name, column.name, key=False)


def _texts(frames: Frames, place: _Place) -> pd.Series:
    return frames[place.table][place.column]


def _replace(
    frames: Frames, place: _Place, new: dict[object, str], code: str, ids: tuple[str, ...]
) -> Iterator[Finding]:
    """Write codes anew, by the old code, and say so."""
    if not new:
        return
    cells = _texts(frames, place)
    changed = cells.map(lambda v: v in new if isinstance(v, str) else False)
    frames[place.table] = frames[place.table].assign(
        **{place.column: cells.map(lambda v: new.get(v, v) if isinstance(v, str) else v)}
    )
    pairs = ", ".join(f"{old} → {now}" for old, now in list(new.items())[:3])
    yield Finding(
        code=code,
        severity="note",
        table=place.table,
        column=place.column,
        ids=ids or tuple(new.values()),
        rows=int(changed.sum()),
        values={"pairs": pairs},
    )


def _plain(frames: Frames, place: _Place) -> Iterator[Finding]:
    """Take off what is no part of a code: width, a quote, a decimal point, a power of ten."""
    new = dict[object, str]()
    for text in _texts(frames, place).dropna().unique():
        if not isinstance(text, str):
            continue
        plain = unicodedata.normalize("NFKC", text).strip().lstrip("'`‘’").strip()
        if found := _DECIMAL.fullmatch(plain):
            plain = found[1]
        elif found := _POWER.fullmatch(plain):
            decimals, power = found[1] or found[3] or "", int(found[2] or found[4])
            if len(decimals) >= power:
                plain = f"{Decimal(plain):.0f}"
        if plain != text:
            new[text] = plain
    yield from _replace(frames, place, new, "codes_read", ())


def _rounded(frames: Frames, place: _Place, places: list[_Place]) -> Iterator[Finding]:
    cells = _texts(frames, place)
    texts = [t for t in cells.dropna() if isinstance(t, str) and _POWER.fullmatch(t)]
    if not texts:
        return
    known = _candidates(frames, place, places)
    new, lost = dict[object, str](), list[str]()
    for text in dict.fromkeys(texts):
        like = [k for k in known if k.isdecimal() and _rounds_to(k, text)]
        once = not place.key or texts.count(text) == 1
        if len(like) == 1 and once:
            new[text] = like[0]
        else:
            lost.append(text)
    if lost:
        rows = cells[cells.isin(lost)].index
        yield Finding(
            code="codes_rounded",
            table=place.table,
            column=place.column,
            ids=tuple(f"#{r}" for r in rows),
            values={"examples": ", ".join(lost[:3])},
        )
    yield from _replace(frames, place, new, "codes_completed", ())


def _candidates(frames: Frames, place: _Place, places: list[_Place]) -> set[str]:
    """Give the codes a rounded one may be: of a key, those that other tables alone have."""
    here = {str(v) for v in _texts(frames, place).dropna()}
    others = [p for p in places if p != place and (place.key or p.key)]
    codes = {str(v) for p in others for v in _texts(frames, p).dropna()}
    return codes - here if place.key else codes


def _rounds_to(code: str, text: str) -> bool:
    digits = len(text.lower().partition("e")[0].replace(".", ""))
    return Decimal(f"{Decimal(code):.{digits - 1}e}") == Decimal(text)


def _zeros(frames: Frames, places: list[_Place]) -> Iterator[Finding]:
    """Give codes their leading zeros back where one code alone has them."""
    forms = dict[str, set[str]]()
    for place in places:
        for text in _texts(frames, place).dropna().unique():
            if isinstance(text, str) and text.isdecimal():
                forms.setdefault(text.lstrip("0"), set()).add(text)
    keys = {str(v) for p in places if p.key for v in _texts(frames, p).dropna()}
    whole = dict[str, str]()
    for bare, found in forms.items():
        longest = max(found, key=len)
        if len(found) == 2 and bare in found and not found <= keys:  # noqa: PLR2004
            whole[bare] = longest
    padded = _padded(keys)
    for place in places:
        texts = {t for t in _texts(frames, place).dropna() if isinstance(t, str)}
        new: dict[object, str] = {
            t: whole.get(t, padded.get(t, "")) for t in sorted(texts) if t in whole or t in padded
        }
        yield from _replace(frames, place, new, "codes_zeros", ())


def _padded(keys: set[str]) -> dict[str, str]:
    """Give the zeros back where the other codes show how long a code is."""
    zero = {len(k) for k in keys if k.isdecimal() and k.startswith("0")}
    if len(zero) != 1:
        return {}
    width = zero.pop()
    short = [k for k in keys if k.isdecimal() and len(k) < width]
    return {k: k.zfill(width) for k in short if k.zfill(width) not in keys}


def _odd(frames: Frames, place: _Place) -> Iterator[Finding]:
    cells = _texts(frames, place).dropna().map(str)
    digits = cells[cells.str.isdecimal()]
    lengths = digits.str.len()
    if not place.key or digits.empty or len(digits) < len(cells):
        return
    most = lengths.mode()
    short = digits[lengths < most.max()]
    if len(most) != 1 or most[0] < _WIDTH or short.empty:
        return
    yield Finding(
        code="codes_odd_length",
        severity="warning",
        table=place.table,
        column=place.column,
        ids=tuple(short),
        values={"digits": int(most[0])},
    )
