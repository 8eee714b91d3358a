"""Which workbook speaks for a school that several are about."""

from dataclasses import dataclass
from typing import Final

from layoutplan.sources.forms.family import FAMILIES
from layoutplan.sources.forms.noted import Notes
from layoutplan.sources.forms.workbook import SchoolRead

_STAY: Final = ("lon", "lat", "urban_rural", "address", "address_code", "ownership")
"""What is still true when a later form leaves it blank."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The workbook that holds for each school, and what it replaced.

    Parameters
    ----------
    schools
        The forms that hold, by the code of the school.
    before
        The forms of the latest earlier year, where there are any.
    notes
        What was noted.
    """

    schools: dict[str, SchoolRead]
    before: dict[str, SchoolRead]
    notes: Notes


def choose(every: list[SchoolRead]) -> Chosen:
    """Choose the forms of the latest year for each school.

    Parameters
    ----------
    every
        All that was read, in the order of the files.

    Returns
    -------
    Chosen
        One for each school. Of two workbooks of the same year, the first by its file
        holds. What stays true, such as coordinates, is taken from an earlier year
        where the later one leaves it blank.
    """
    notes = Notes()
    by_code: dict[str, list[SchoolRead]] = {}
    for read in every:
        by_code.setdefault(read.text("school_id"), []).append(read)
    schools: dict[str, SchoolRead] = {}
    before: dict[str, SchoolRead] = {}
    for code, reads in sorted(by_code.items()):
        ordered = sorted(reads, key=_age, reverse=True)
        kept = ordered[0]
        schools[code] = kept
        same = [r for r in ordered[1:] if _age(r) == _age(kept)]
        older = [r for r in ordered[1:] if _age(r) != _age(kept)]
        if same:
            _tell_twice(kept, same, notes)
        if older:
            before[code] = older[0]
            years = f"{older[0].year or older[0].family.prefix} → {kept.year or kept.family.prefix}"
            notes.add("forms_later_year", code, severity="note", years=years)
            _take_over(kept, older, notes)
    latest = max(map(_age, schools.values()))
    for code, kept in schools.items():
        if _age(kept) < latest:
            notes.add("forms_only_earlier", code, year=kept.year or kept.family.prefix)
    return Chosen(schools=schools, before=before, notes=notes)


def _age(read: SchoolRead) -> tuple[int, int]:
    family = FAMILIES.index(read.family.name)
    return (family, read.year)


def _tell_twice(kept: SchoolRead, same: list[SchoolRead], notes: Notes) -> None:
    files = ", ".join(r.file.name for r in (kept, *same))
    alike = all(r.said == kept.said for r in same)
    notes.add(
        "forms_code_twice" if not alike else "forms_copy",
        kept.label,
        column="school_id",
        severity="note" if alike else "warning",
        files=files,
        kept=kept.file.name,
    )


def _take_over(kept: SchoolRead, older: list[SchoolRead], notes: Notes) -> None:
    for name in _STAY:
        if kept.said.get(name) is not None:
            continue
        source = next((r for r in older if r.said.get(name) is not None), None)
        if source is None:
            continue
        kept.said[name] = source.said[name]
        kept.missed.pop(name, None)
        kept.cells += [c for c in source.cells if c["value"] == name]
        notes.add("forms_taken_over", kept.label, column=name, severity="note", year=source.year)
