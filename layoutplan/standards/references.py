"""What a profile's file names must be declared: in it, or in what it extends.

These checks hold for files in which other things are wrong too, so that all of it is
told at once; what has the wrong shape is passed over here.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from layoutplan.findings import Finding
from layoutplan.standards.bounds import value_findings
from layoutplan.standards.build import Loaded
from layoutplan.standards.noun import Standards, counts
from layoutplan.standards.shape import breach, is_number, place

_NAMING = ("standard", "lower", "upper", "least", "missed_most", "floor", "decimals")

_Rows = Sequence[Mapping[str, Any]]


def reference_findings(
    profile: Mapping[str, Any], *, file: str, bases: Sequence[Loaded]
) -> list[Finding]:
    """Find what a profile's file names and nobody declares, and what does not fit together.

    Parameters
    ----------
    profile
        The file as read.
    file
        Its name, for the findings.
    bases
        The profiles it extends.

    Returns
    -------
    list of Finding
        One for each breach, empty where there is none.

    Examples
    --------
    >>> own = {"standard": [{"id": "walk_km", "document": "own", "label_zh": "步行距离"}]}
    >>> print(reference_findings(own, file="longhe.toml", bases=[])[0].what("en"))
    longhe.toml [[standard]] 1 (walk_km): the document own is declared nowhere.
    """
    documents = {k for base in bases for k in base.documents} | set(_ids(profile, "document"))
    units = {k: s.unit for base in bases for k, s in base.standards.entries.items()}
    rules = {k for base in bases for k in base.standards.rules}
    return [
        *unit_findings([base.standards for base in bases]),
        *_standards(_tables(profile, "standard"), documents, units, file=file),
        *_rules(
            _tables(profile, "rule"),
            documents,
            {*units, *_ids(profile, "standard")},
            rules,
            file=file,
        ),
        *_numbers(profile, bases, file=file),
    ]


def unit_findings(together: Sequence[Standards]) -> list[Finding]:
    """Find standards that profiles taken together hold in different units.

    Parameters
    ----------
    together
        The profiles.

    Returns
    -------
    list of Finding
        One for each id with more than one unit.
    """
    units: dict[str, str] = {}
    found = []
    for profile in together:
        for key, standard in profile.entries.items():
            before = units.setdefault(key, standard.unit)
            if before != standard.unit:
                values = {"unit": standard.unit, "before": before}
                found.append(breach("profile_unit_differs", profile.name, where=key, **values))
    return found


def _tables(profile: Mapping[str, Any], name: str) -> _Rows:
    given = profile.get(name)
    return [r for r in given if isinstance(r, Mapping)] if isinstance(given, list) else []


def _ids(profile: Mapping[str, Any], name: str) -> list[str]:
    return [r["id"] for r in _tables(profile, name) if isinstance(r.get("id"), str)]


def _standards(
    rows: _Rows, documents: Collection[str], units: Mapping[str, str], *, file: str
) -> Iterator[Finding]:
    for number, row in enumerate(rows, 1):
        here = place("standard", number, row)
        yield from _undeclared([("document", row.get("document"), documents)], file, here)
        given, unit = row.get("id"), row.get("unit")
        before = units.get(given) if isinstance(given, str) else None
        if before is None:
            yield from _unlabelled(row, file, here)
        elif isinstance(unit, str) and unit != before:
            yield breach("profile_unit_differs", file, where=here, unit=unit, before=before)


def _numbers(profile: Mapping[str, Any], bases: Sequence[Loaded], *, file: str) -> list[Finding]:
    """Find numbers that cannot be, by themselves or beside those of what is extended."""
    values = {k: s.value for base in bases for k, s in base.standards.entries.items()}
    units = {k: s.unit for base in bases for k, s in base.standards.entries.items()}
    given = {}
    for number, row in enumerate(_tables(profile, "standard"), 1):
        key, value, unit = row.get("id"), row.get("value"), row.get("unit")
        if isinstance(key, str) and isinstance(value, (int, float)) and is_number(value):
            given[key] = f"{file} {place('standard', number, row)}"
            values[key] = float(value)
            units.setdefault(key, unit if isinstance(unit, str) else "")
    own = [
        (f"{file} {place('rule', number, row)}", str(name), len(_tables(row, "parts")))
        for number, row in enumerate(_tables(profile, "rule"), 1)
        if row.get("form") == "k-of-n"
        and _tables(row, "parts")
        and (name := row.get("least") or row.get("missed_most"))
    ]
    theirs = {
        k: r
        for base in bases
        for k, r in base.standards.rules.items()
        if k not in _ids(profile, "rule")
    }
    return list(
        value_findings(
            given, values=values, units=units, counts=[*own, *counts(theirs)], table=file
        )
    )


def _rules(
    rows: _Rows,
    documents: Collection[str],
    ids: Collection[str],
    rules: Collection[str],
    *,
    file: str,
) -> Iterator[Finding]:
    own = {r["id"] for r in rows if isinstance(r.get("id"), str)}
    for number, row in enumerate(rows, 1):
        here = place("rule", number, row)
        parts = [*_tables(row, "parts"), *_tables(row, "when")]
        given = row["id"] if isinstance(row.get("id"), str) else ""
        # A rule that relaxes itself would never be judged.
        relaxable = {*rules, *own} - {given}
        named: list[tuple[str, object, Collection[str]]] = [
            ("document", row.get("document"), documents),
            *((key, row.get(key), ids) for key in _NAMING),
            *(("standard", part.get("standard"), ids) for part in parts),
            ("relaxes", row.get("relaxes"), relaxable),
        ]
        yield from _undeclared(named, file, here)
        if given not in rules:
            yield from _unlabelled(row, file, here)


def _undeclared(
    named: Sequence[tuple[str, object, Collection[str]]], file: str, where: str
) -> Iterator[Finding]:
    for entry, value, known in named:
        if isinstance(value, str) and value.strip() and value not in known:
            yield breach("profile_not_declared", file, where=where, entry=entry, value=value)


def _unlabelled(row: Mapping[str, Any], file: str, where: str) -> Iterator[Finding]:
    if not (row.get("label_zh") or row.get("label_en")):
        yield breach("profile_missing_key", file, where=where, entry="label_zh")
