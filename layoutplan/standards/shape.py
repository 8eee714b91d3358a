"""The shape of a profile's file: which keys it may hold, and what each of them is.

A file written by hand is checked whole, so that everything wrong is told at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, Literal

from layoutplan.findings import Finding
from layoutplan.standards.noun import STATUSES
from layoutplan.standards.rules import OPS, SEVERITIES

SCHEMA: Final = "layoutplan-standards/1"

FORMS: Final = MappingProxyType(
    {
        "limit": ("metric", "op", "standard"),
        "range": ("metric", "lower", "upper"),
        "k-of-n": ("parts", "least", "missed_most", "floor"),
        "each": ("metrics", "op", "standard"),
        "mean": ("metrics", "op", "standard"),
    }
)
"""The forms of rules, and the keys that belong to each alone."""

_LEAVABLE: Final = ("least", "missed_most", "floor")

Kind = Literal["text", "name", "number", "whole", "texts", "tables", "allowed"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """What one key of a table may hold.

    Parameters
    ----------
    kind
        The kind of its value; a ``name`` is a text that can stand as an id.
    needed
        Whether a table without it is refused.
    options
        The values it may have, where they are few.
    """

    kind: Kind = "text"
    needed: bool = False
    options: tuple[str, ...] = ()


_ID: Final = Key(kind="name", needed=True)
_TEXT: Final = Key()
_NEEDED: Final = Key(needed=True)
_WHOLE: Final = Key(kind="whole")
_STATUS: Final = Key(needed=True, options=STATUSES)
_LABELS: Final = {"label_zh": _TEXT, "label_en": _TEXT}
_SOURCE: Final = {"document": _NEEDED, "article": _TEXT, "status": _STATUS, "note": _TEXT}
_YEARS: Final = {"from_year": _WHOLE, "until_year": _WHOLE}

KEYS: Final[Mapping[str, Mapping[str, Key]]] = MappingProxyType(
    {
        "": {
            "schema": Key(options=(SCHEMA,)),
            "title_zh": _TEXT,
            "title_en": _TEXT,
            "extends": Key(kind="texts"),
            "document": Key(kind="tables"),
            "standard": Key(kind="tables"),
            "rule": Key(kind="tables"),
        },
        "document": {"id": _NEEDED, "title": _NEEDED, "year": _WHOLE},
        "standard": {
            "id": _ID,
            "value": Key(kind="number", needed=True),
            "unit": _NEEDED,
            **_LABELS,
            **_SOURCE,
            **_YEARS,
        },
        "rule": {
            "id": _ID,
            "form": Key(needed=True, options=tuple(FORMS)),
            "severity": Key(needed=True, options=SEVERITIES),
            **_LABELS,
            **_SOURCE,
            **_YEARS,
            "where": Key(kind="allowed"),
            "decimals": _TEXT,
            "relaxes": _TEXT,
            "when": Key(kind="tables"),
        },
        "part": {
            "metric": _NEEDED,
            "op": Key(needed=True, options=OPS),
            "standard": _NEEDED,
        },
    }
)
"""The keys of the file itself and of each of its tables."""

_OF_FORM: Final[Mapping[str, Key]] = MappingProxyType(
    {
        "metric": _NEEDED,
        "metrics": Key(kind="texts", needed=True),
        "parts": Key(kind="tables", needed=True),
        "op": Key(needed=True, options=OPS),
        "standard": _NEEDED,
        "lower": _NEEDED,
        "upper": _NEEDED,
        **dict.fromkeys(_LEAVABLE, _TEXT),
    }
)

_SHOWN: Final = 60


def shape_findings(profile: Mapping[str, Any], *, file: str) -> list[Finding]:
    """Find everything in a profile's file that is not as it must be.

    What other tables of the file or its bases are needed for, such as whether a
    document is declared, is not looked at here.

    Parameters
    ----------
    profile
        The file as read.
    file
        Its name, for the findings.

    Returns
    -------
    list of Finding
        One for each breach, empty where there is none.

    Examples
    --------
    >>> found = shape_findings({"title_zh": "龙河县", "standards": []}, file="longhe.toml")
    >>> print(found[0].what("en"))
    longhe.toml: there is no key standards.
    """
    found = list(_table(profile, KEYS[""], where="", file=file))
    if not (profile.get("title_zh") or profile.get("title_en")):
        found.append(breach("profile_missing_key", file, where="", entry="title_zh"))
    for name in ("document", "standard", "rule"):
        rows = [r for r in _rows(profile.get(name)) if isinstance(r, Mapping)]
        seen: set[object] = set()
        for number, row in enumerate(rows, 1):
            where = place(name, number, row)
            found += _table(row, _keys_of(name, row), where=where, file=file)
            found += _parts(row, where=where, file=file) if name == "rule" else ()
            found += _years(row, where=where, file=file)
            given = row.get("id")
            if isinstance(given, str) and given in seen:
                found.append(breach("profile_id_twice", file, where=where, entry=given))
            seen |= {given} if isinstance(given, str) else set()
    return found


def place(table: str, number: int, row: Mapping[str, Any]) -> str:
    """Say where in a file a table stands, as it is written there.

    Parameters
    ----------
    table
        The name of the table.
    number
        Which of the tables of this name, from 1.
    row
        The table.

    Returns
    -------
    str
        The table's heading, its number and its id.

    Examples
    --------
    >>> place("standard", 2, {"id": "class_size_primary"})
    '[[standard]] 2 (class_size_primary)'
    """
    given = row.get("id")
    named = f" ({given[:_SHOWN]})" if isinstance(given, str) else ""
    return f"[[{table}]] {number}{named}"


def _rows(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _keys_of(table: str, row: Mapping[str, Any]) -> Mapping[str, Key]:
    if table != "rule":
        return KEYS[table]
    form = row.get("form")
    # Without a known form nothing can be said of the keys that belong to one.
    own = FORMS.get(form) if isinstance(form, str) else None
    if own is None:
        return {**KEYS["rule"], **{k: Key(kind=v.kind) for k, v in _OF_FORM.items()}}
    return {**KEYS["rule"], **{k: _OF_FORM[k] for k in own}}


def _table(
    row: Mapping[str, Any], keys: Mapping[str, Key], *, where: str, file: str
) -> Iterator[Finding]:
    for name in row:
        if name not in keys:
            near = get_close_matches(name, keys, n=1) or [", ".join(keys)]
            yield breach("profile_unknown_key", file, where=where, entry=name, known=near[0])
    for name, key in keys.items():
        if name not in row:
            if key.needed:
                yield breach("profile_missing_key", file, where=where, entry=name)
            continue
        yield from _value(row[name], key, name=name, where=where, file=file)


def _value(value: object, key: Key, *, name: str, where: str, file: str) -> Iterator[Finding]:
    code = _fault(value, key)
    if code:
        shown, known = repr(value)[:_SHOWN], ", ".join(key.options)
        yield breach(code, file, where=where, entry=name, value=shown, known=known)


def _fault(value: object, key: Key) -> str:
    if key.kind in {"text", "name"}:
        if not isinstance(value, str) or (key.needed and not value.strip()):
            return "profile_not_text"
        if key.options and value not in key.options:
            return "profile_not_among"
        return "" if key.kind == "text" or value.isidentifier() else "profile_not_id"
    kept, code = {
        "number": (is_number(value), "profile_not_number"),
        "whole": (is_number(value) and isinstance(value, int), "profile_not_whole"),
        "texts": (_all_text(value, least=int(key.needed)), "profile_not_texts"),
        "tables": (_all_tables(value), "profile_not_tables"),
        "allowed": (_is_allowed(value), "profile_not_allowed"),
    }[key.kind]
    return "" if kept else code


def is_number(value: object) -> bool:
    """Tell whether a value can stand as a number.

    Parameters
    ----------
    value
        The value.

    Returns
    -------
    bool
        Whether it is a finite number, and not true or false.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return isfinite(float(value))
    except OverflowError:
        return False


def _all_text(value: object, *, least: int) -> bool:
    return (
        isinstance(value, list) and len(value) >= least and all(isinstance(v, str) for v in value)
    )


def _all_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(v, Mapping) for v in value)


def _is_allowed(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(v, (str, bool)) or _all_text(v, least=1) for v in value.values()
    )


def _parts(row: Mapping[str, Any], *, where: str, file: str) -> Iterator[Finding]:
    for name in ("parts", "when"):
        rows = [r for r in _rows(row.get(name)) if isinstance(r, Mapping)]
        for number, part in enumerate(rows, 1):
            yield from _table(part, KEYS["part"], where=f"{where} {name} {number}", file=file)
        upward = all(p.get("op") in {"ge", "gt"} for p in rows)
        if name == "parts" and row.get("floor") and not upward:
            yield breach("rule_floor_upward", file, where=where)
    if row.get("form") == "k-of-n" and bool(row.get("least")) == bool(row.get("missed_most")):
        yield breach("rule_least_or_missed", file, where=where)
    if row.get("form") == "k-of-n" and row.get("parts") == []:
        yield breach("profile_missing_key", file, where=where, entry="parts")
    if bool(row.get("relaxes")) != bool(row.get("when")):
        yield breach("rule_relaxes_when", file, where=where)


def _years(row: Mapping[str, Any], *, where: str, file: str) -> Iterator[Finding]:
    first, last = row.get("from_year", 0), row.get("until_year", 0)
    if isinstance(first, int) and isinstance(last, int) and last and first > last:
        yield breach("profile_years_order", file, where=where, first=first, last=last)


def breach(code: str, file: str, *, where: str = "", **values: object) -> Finding:
    """Make the finding of one breach in a profile's file.

    Parameters
    ----------
    code
        Its code.
    file
        The name of the file.
    where
        The table in it, as by `place`; the file itself where empty.
    **values
        What its texts name besides.

    Returns
    -------
    Finding
        The finding.

    Examples
    --------
    >>> found = breach("profile_missing_key", "longhe.toml", where="[[standard]] 1", entry="unit")
    >>> print(found.what("en"))
    longhe.toml [[standard]] 1: unit is missing.
    """
    return Finding(code=code, table=file, values={"where": f"{file} {where}".rstrip(), **values})
