"""Which heading of a delivered table holds which of our columns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from layoutplan.findings import Finding
from layoutplan.sources.columns import sources
from layoutplan.sources.headings.aliases import SHARED, Meaning, is_note, meanings
from layoutplan.tables import GRADES_PER_BAND, Table

_FIRST_GRADE = {"g13": 1, "g46": 4, "g79": 7}


@dataclass(frozen=True, eq=False, kw_only=True)
class Learned:
    """What the headings of one table mean.

    Parameters
    ----------
    entries
        Our column -> heading, or headings to be added up, as in a mapping of columns.
    guesses
        Those of them that are no headings of our own.
    unused
        Headings that mean nothing here.
    findings
        Columns that two headings claim, grades that are missing.
    """

    entries: Mapping[str, object]
    guesses: tuple[str, ...]
    unused: tuple[str, ...]
    findings: tuple[Finding, ...]


def learn(headings: Iterable[str], table: Table, *, given: Mapping[str, object]) -> Learned:
    """Tell what the headings of a table mean.

    Parameters
    ----------
    headings
        The headings.
    table
        The table.
    given
        What is known already: our column -> heading. It is kept.

    Returns
    -------
    Learned
        The meanings, what was given among them.

    Examples
    --------
    >>> from layoutplan.tables import COUNTY_TABLES
    >>> learn(["村编码", "人口"], COUNTY_TABLES["villages"], given={}).entries
    {'village_id': '村编码', 'population': '人口'}
    """
    taken = {h for column, entry in given.items() if column != "layer" for h in sources(entry)}
    # A column under a name of ours is that one as well, whatever else is made of it.
    free = [h for h in headings if h not in taken or h in table]
    claims = defaultdict[str, list[tuple[str, Meaning]]](list)
    for heading in free:
        if meaning := next(meanings(heading, table), None):
            claims[meaning.column].append((heading, meaning))
    entries, findings, guesses = dict(given), list[Finding](), list[str]()
    for column, claim in claims.items():
        # In a mapping, layer is the name of a sheet or layer; the roads' own is known anyway.
        if column in given or column == "layer":
            continue
        chosen, found, sure = _choose(column, claim, table)
        findings += found
        if chosen:
            entries[column] = chosen[0] if len(chosen) == 1 else list(chosen)
            if not sure:
                guesses.append(f"{' + '.join(chosen)} → {column}")
    used = {h for entry in entries.values() for h in sources(entry)}
    used |= {h for h, _ in claims.get("layer", ())}
    unused = tuple(h for h in free if h not in used and not is_note(h))
    return Learned(entries=entries, guesses=tuple(guesses), unused=unused, findings=tuple(findings))


def _choose(
    column: str, claim: list[tuple[str, Meaning]], table: Table
) -> tuple[tuple[str, ...], list[Finding], bool]:
    """Choose among the headings that claim a column; whether the choice is sure."""
    whole = [(h, m) for h, m in claim if m.part == "whole" and not m.grade]
    if whole:
        lowest = min(m.rank for _, m in whole)
        best = [h for h, m in whole if m.rank == lowest]
        if len(best) == 1:
            return (best[0],), [], lowest == 0
        return (), [_ambiguous(column, best, table, sure=lowest == 0)], False
    sexes = _sexes([(h, m) for h, m in claim if not m.grade])
    if sexes:
        return sexes, [], False
    return _grades(column, [(h, m) for h, m in claim if m.grade], table)


def _ambiguous(column: str, headings: list[str], table: Table, *, sure: bool) -> Finding:
    if sure and column not in SHARED:
        values = {"first": headings[0], "second": headings[1]}
        return Finding(code="two_columns", table=table.name, column=column, values=values)
    return Finding(
        code="headings_ambiguous",
        severity="warning",
        table=table.name,
        column=column,
        ids=tuple(headings),
    )


def _sexes(claim: list[tuple[str, Meaning]]) -> tuple[str, ...]:
    boys = [h for h, m in claim if m.part == "boys"]
    girls = [h for h, m in claim if m.part == "girls"]
    return (boys[0], girls[0]) if len(boys) == len(girls) == 1 else ()


def _grades(
    column: str, claim: list[tuple[str, Meaning]], table: Table
) -> tuple[tuple[str, ...], list[Finding], bool]:
    if not claim:
        return (), [], False
    chosen, missing = list[str](), list[str]()
    first = _FIRST_GRADE[column.rpartition("_")[2]]
    for grade in range(first, first + GRADES_PER_BAND):
        of_grade = [(h, m) for h, m in claim if m.grade == grade]
        whole = [h for h, m in of_grade if m.part == "whole"]
        if len(whole) > 1:
            return (), [_ambiguous(column, whole, table, sure=False)], False
        parts = tuple(whole) or _sexes(of_grade)
        chosen += parts
        if not parts:
            missing.append(str(grade))
    if not missing:
        return tuple(chosen), [], False
    values = {"missing": ", ".join(missing), "have": ", ".join(h for h, _ in claim)}
    found = Finding(
        code="grades_incomplete",
        severity="warning",
        table=table.name,
        column=column,
        rows=0,
        values=values,
    )
    return (), [found], False
