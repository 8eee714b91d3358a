"""The bureau's own rules for a form that is filled in rightly, as findings."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from layoutplan.findings import Finding
from layoutplan.sources.forms.family import words_of_forms
from layoutplan.sources.forms.one_school import stages_of
from layoutplan.sources.forms.workbook import SchoolRead

Rule = Callable[[SchoolRead, Mapping[str, Any]], Iterator[tuple[str, str]]]
"""A school and the numbers of the rules to the codes of what it breaks, with an example."""

_CHINESE: Final = re.compile("[㐀-鿿]")
_PLACES: Final = 6
"""Decimals of degrees up to which two places are the same, about a tenth of a metre."""

_GRADES: Final = {
    "primary": {f"g{n}": f"grade_{n}" for n in range(1, 7)},
    "junior": {f"g{n + 6}": f"junior_{n}" for n in range(1, 5)},
}


def _address(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    address = read.text("address")
    least = limits["address_characters_least"]
    if address and (len(_CHINESE.findall(address)) < least or not _CHINESE.match(address)):
        yield "forms_rule_address", address


def _years(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    years = read.number("years_primary")
    if years is not None and years < limits["years_primary"]:
        yield "forms_rule_years", f"{years:g}"


def _entry_ages(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for stage in ("primary", "junior"):
        age = read.number(f"entry_age_{stage}")
        if age is not None and age != limits[f"entry_age_{stage}"]:
            yield "forms_rule_entry_age", f"{age:g} ≠ {limits[f'entry_age_{stage}']}"


def _parallel_classes(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for (_, grade), classes in _classes_of_grades(read).items():
        if classes > limits["classes_of_grade_most"]:
            yield "forms_rule_parallel", f"{grade.removeprefix('g')}: {classes:g}"


def _classes_of_grades(read: SchoolRead) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for band in read.bands:
        key = (str(band["stage"]), str(band["grade"]))
        if key[1] not in ("all", "mixed"):
            found[key] = found.get(key, 0.0) + _classes(band)
    return found


def _classes(band: Mapping[str, object]) -> float:
    return float(str(band["classes"]))


def _class_sizes(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Classes of a grade at their least size may not hold more pupils than the grade."""
    del limits
    least: dict[tuple[str, str], float] = {}
    for band in read.bands:
        key = (str(band["stage"]), str(band["grade"]))
        least[key] = least.get(key, 0.0) + _classes(band) * int(str(band["low"]))
    for stage, grades in _GRADES.items():
        for grade, name in grades.items():
            pupils = read.number(name)
            if pupils is not None and least.get((stage, grade), 0.0) > pupils:
                wanted = least[stage, grade]
                yield "forms_rule_class_size", f"{grade.removeprefix('g')}: {wanted:g} > {pupils:g}"


def _intake(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    del limits
    for taken, first in (("primary_intake", "grade_1"), ("junior_intake", "junior_1")):
        intake, grade = read.number(taken), read.number(first)
        if intake is not None and grade is not None and intake != grade:
            yield "forms_rule_intake", f"{intake:g} ≠ {grade:g}"


def _equipment(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    del limits
    flagged = (read.said.get("equipment_standard"), read.said.get("sports_equipment_standard"))
    if True in flagged and "equipment_yuan" in read.said and not read.number("equipment_yuan"):
        yield "forms_rule_equipment", ""


def _toilets(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    del limits
    if "toilets_m2" in read.said and not read.number("toilets_m2"):
        yield "forms_rule_toilets", ""


def _key_teachers(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    del limits
    for stage in ("primary", "junior"):
        teachers = read.number(f"teachers_{stage}")
        for part in ("key_teachers", "above_degree", "mid_title"):
            some = read.number(f"{part}_{stage}")
            if teachers is not None and some is not None and some > teachers:
                yield "forms_rule_part_of_teachers", f"{some:g} > {teachers:g}"


def _sums(read: SchoolRead, limits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Totals are the sums of their parts, within a form and between forms."""
    del limits
    for stage, grades in _GRADES.items():
        total = read.number(f"{stage}_pupils")
        parts = [read.number(n) for n in grades.values()]
        if total is not None and any(p is not None for p in parts):
            together = sum(p for p in parts if p is not None)
            if together != total:
                yield "forms_rule_sum_pupils", f"{together:g} ≠ {total:g}"
        classes = read.number(f"classes_{stage}")
        bands = [b for b in read.bands if b["stage"] == stage and b["grade"] == "all"]
        if classes is not None and bands:
            counted = sum(_classes(b) for b in bands)
            if counted != classes:
                yield "forms_rule_sum_classes", f"{counted:g} ≠ {classes:g}"


RULES: Final[tuple[Rule, ...]] = (
    _address,
    _years,
    _entry_ages,
    _parallel_classes,
    _class_sizes,
    _intake,
    _equipment,
    _toilets,
    _key_teachers,
    _sums,
)


_LIMITS: Final = {
    "forms_rule_address": "address_characters_least",
    "forms_rule_years": "years_primary",
    "forms_rule_parallel": "classes_of_grade_most",
}
"""The numbers that messages name."""


def broken_rules(
    schools: Iterable[SchoolRead], before: Mapping[str, SchoolRead]
) -> Iterator[Finding]:
    """Hold the forms against the rules for filling them in.

    Parameters
    ----------
    schools
        The schools.
    before
        The forms of the year before, by school, where they were read as well.

    Yields
    ------
    Finding
        One for each rule that is broken, with the schools.
    """
    limits = words_of_forms()["rules"]
    every = list(schools)
    broken: dict[str, list[tuple[str, str]]] = {}
    for read in every:
        for rule in RULES:
            for code, example in rule(read, limits):
                broken.setdefault(code, []).append((read.label, example))
        for code, example in _tested(read, before.get(read.label), limits):
            broken.setdefault(code, []).append((read.label, example))
    for code, schools_of in broken.items():
        ids = tuple(dict.fromkeys(s for s, _ in schools_of))
        yield Finding(
            code=code,
            severity="warning",
            table="schools",
            ids=ids,
            values={
                "example": next((f"{s}: {e}" for s, e in schools_of if e), schools_of[0][0]),
                "limit": limits.get(_LIMITS.get(code, ""), ""),
            },
        )
    yield from _between(every)


def _tested(
    read: SchoolRead, before: SchoolRead | None, limits: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Pupils tested last year are most of last year's pupils and not more."""
    tested = read.number("tested")
    if tested is None or before is None or before.year + 1 != read.year:
        return
    pupils = sum(before.number(f"{s}_pupils") or 0 for s in ("primary", "junior", "senior"))
    least, most = limits["tested_share_least"] * pupils, limits["tested_share_most"] * pupils
    if pupils and not least <= tested <= most:
        yield "forms_rule_tested", f"{tested:g} ≠ {least:.0f}–{most:.0f}"


def _between(every: list[SchoolRead]) -> Iterator[Finding]:
    places: dict[tuple[float, float], list[str]] = {}
    for read in every:
        lon, lat = read.number("lon"), read.number("lat")
        if lon is not None and lat is not None:
            places.setdefault((round(lon, _PLACES), round(lat, _PLACES)), []).append(read.label)
    for same in places.values():
        if len(same) > 1:
            yield Finding(
                code="forms_rule_same_place", severity="warning", table="schools", ids=tuple(same)
            )
    # Only schools of one year can be set against each other.
    for year in sorted({r.year for r in every}):
        of_year = [r for r in every if r.year == year]
        leavers = [r.number("primary_leavers") for r in of_year]
        known = [n for n in leavers if n is not None]
        intake = sum(r.number("junior_intake") or 0 for r in of_year)
        if known and len(known) == sum("primary" in _stages(r) for r in of_year):
            total = sum(known)
            if intake > total:
                yield Finding(
                    code="forms_rule_leavers",
                    severity="note",
                    table="schools",
                    rows=0,
                    values={"intake": f"{intake:g}", "leavers": f"{total:g}"},
                )


def _stages(read: SchoolRead) -> tuple[str, ...]:
    return stages_of(read, str(read.said.get("kind", "special")))
