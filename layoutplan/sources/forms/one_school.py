"""The row of the schools table for one school, from what its forms say."""

from typing import Final

from layoutplan.sources.forms.cell_values import kind_of
from layoutplan.sources.forms.size_bands import BandRow
from layoutplan.sources.forms.workbook import SchoolRead

Row = dict[str, object]

STAGES_OF_KIND: Final = {
    "teaching_point": ("primary",),
    "primary": ("primary",),
    "junior": ("junior",),
    "nine_year": ("primary", "junior"),
    "complete_secondary": ("junior",),
    "special": (),
}
"""The stages each kind of school fills its forms in for."""

_TEACHERS: Final = {
    "teachers": "teachers",
    "teachers_above_degree": "above_degree",
    "key_teachers": "key_teachers",
    "pe_art_teachers": "pe_art",
    "mid_title_teachers": "mid_title",
}
"""Our columns to the values of the forms, to which the stage is added."""

_AS_THEY_ARE: Final = {
    "staff": "staff",
    "equipment_yuan": "equipment_yuan",
    "multimedia_rooms": "multimedia_rooms",
    "computers": "computers",
    "books": "books",
    "enrolment_senior": "senior_pupils",
    "floor_area_m2": "floor_area_m2",
    "dormitory_area_m2": "dormitory_m2",
    "canteen_area_m2": "canteen_m2",
    "land_m2": "land_m2",
}


def kind_in(read: SchoolRead) -> str | None:
    """Tell the kind of a school from its forms, and note where they disagree.

    Parameters
    ----------
    read
        What its forms say.

    Returns
    -------
    str or None
        One of `layoutplan.tables.KINDS`; empty for a school without compulsory
        stages, None where nothing tells.
    """
    words = read.text("kind_words")
    kind, agree = kind_of(read.text("kind_code"), words, read.kind_in_sheets)
    if not agree:
        told = ", ".join(t for t in (read.text("kind_code"), words, read.kind_in_sheets) if t)
        read.notes.add("forms_kind_disagrees", read.label, column="kind", example=told)
    if kind is not None:
        return kind
    has = {s: bool(read.number(f"{s}_pupils")) for s in ("primary", "junior")}
    if not any(has.values()):
        return None
    guess = "nine_year" if all(has.values()) else "primary" if has["primary"] else "junior"
    read.notes.add("forms_kind_guessed", read.label, column="kind", kind=guess)
    return guess


def stages_of(read: SchoolRead, kind: str) -> tuple[str, ...]:
    """Give the stages a school has: those of its kind, and those it has pupils in.

    Parameters
    ----------
    read
        What its forms say.
    kind
        Its kind.

    Returns
    -------
    tuple of str
        ``primary`` and ``junior`` as far as it has them.
    """
    of_kind = STAGES_OF_KIND[kind]
    return tuple(
        s for s in ("primary", "junior") if s in of_kind or (read.number(f"{s}_pupils") or 0) > 0
    )


def school_row(read: SchoolRead, kind: str) -> Row:
    """Make the row of the schools table.

    What stages share is the school's; teachers are those of the compulsory stages, and
    ``<teachers>_junior`` those of the junior stage in a school with both or with
    senior pupils. Teaching area is 教学及辅助用房 without the gym, sports area the
    grounds with the gym, as the high-quality assessment counts them (教督〔2017〕6号).

    Parameters
    ----------
    read
        What its forms say.
    kind
        Its kind.

    Returns
    -------
    dict
        Column to value; None where the forms do not say.
    """
    stages = stages_of(read, kind)
    row: Row = {
        "school_id": read.text("school_id"),
        "name": read.text("name") or None,
        "kind": kind,
        **_enrolment(read, stages),
        "boarders": _sum_of(read, "boarders", stages),
        "left_behind": _sum_of(read, "left_behind", stages),
        "ownership": read.text("ownership") or None,
        "classes": _sum_of(read, "classes", stages),
        **{ours: read.number(theirs) for ours, theirs in _AS_THEY_ARE.items()},
        **_teachers(read, kind, stages),
        **_areas(read),
        "urban_rural": read.text("urban_rural") or None,
        "address": read.text("address") or None,
        "address_code": read.text("address_code") or None,
        "school_year": read.year or None,
        "form_family": read.family.name,
        **_largest(read.bands),
    }
    return row


def _enrolment(read: SchoolRead, stages: tuple[str, ...]) -> Row:
    grades = _grades(read, stages)
    row: Row = {f"grade_{g}": n for g, n in grades.items()}
    for band, first in (("g13", 1), ("g46", 4), ("g79", 7)):
        stage = "junior" if band == "g79" else "primary"
        numbers = [grades[g] for g in range(first, first + 3)]
        known = [n for n in numbers if n is not None]
        if stage not in stages:
            row[f"enrolment_{band}"] = sum(known)
        else:
            row[f"enrolment_{band}"] = sum(known) if len(known) == len(numbers) else None
    return row


def _grades(read: SchoolRead, stages: tuple[str, ...]) -> dict[int, float | None]:
    """Give pupils by grade; blank cells of a form with pupils are grades without any."""

    def pupils(stage: str, name: str) -> float | None:
        number = read.number(name)
        if number is None and name in read.said and read.number(f"{stage}_pupils") is not None:
            return 0.0
        if number is None and stage not in stages:
            return 0.0
        return number

    grades = {g: pupils("primary", f"grade_{g}") for g in range(1, 7)}
    junior = [pupils("junior", f"junior_{n}") for n in range(1, 5)]
    if junior[3]:
        # Five years of primary and four of junior school: the first junior year is grade 6.
        read.notes.add("forms_five_four", read.label, severity="note")
        grades[6] = (grades[6] or 0) + (junior[0] or 0)
        junior = junior[1:]
    return grades | {7 + i: n for i, n in enumerate(junior[:3])}


def _sum_of(read: SchoolRead, name: str, stages: tuple[str, ...]) -> float | None:
    """Add a value up over the stages; None unless it is known for each of them."""
    parts = []
    for stage in stages:
        value = read.number(f"{name}_{stage}")
        if value is None and f"{name}_{stage}" in read.said:
            value = 0.0
        parts.append(value)
    known = [p for p in parts if p is not None]
    return sum(known) if known and len(known) == len(parts) else None


def _teachers(read: SchoolRead, kind: str, stages: tuple[str, ...]) -> Row:
    row: Row = {}
    senior = kind == "complete_secondary" or (read.number("senior_pupils") or 0) > 0
    for ours, theirs in _TEACHERS.items():
        total = _sum_of(read, theirs, stages)
        if ours == "teachers" and (senior or total is None):
            total = _most(read.number("teachers_all"), total)
        apart = "junior" in stages and (len(stages) > 1 or senior)
        row[ours] = total
        row[f"{ours}_junior"] = read.number(f"{theirs}_junior") if apart else None
    return row


def _most(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)


def _areas(read: SchoolRead) -> Row:
    rooms, gym = read.number("teaching_auxiliary_m2"), read.number("gym_m2") or 0.0
    ground = read.number("sports_ground_m2")
    return {
        "teaching_area_m2": None if rooms is None else max(rooms - gym, 0.0),
        "sports_area_m2": None if ground is None else ground + gym,
    }


def _largest(bands: list[BandRow]) -> Row:
    """Give the largest size band with a class in it."""
    totals = [(int(str(b["low"])), b["high"]) for b in bands if b["grade"] == "all"]
    if not totals:
        return {"largest_class": None, "largest_class_from": None}
    low, high = max(totals, key=lambda band: band[0])
    return {"largest_class": band_label(low, high), "largest_class_from": float(low)}


def band_label(low: int, high: object) -> str:
    """Name a size band.

    Parameters
    ----------
    low, high
        Least and greatest number of pupils; None where there is no greatest.

    Returns
    -------
    str
        Such as 46-50 or 66+.

    Examples
    --------
    >>> band_label(46, 50), band_label(66, None)
    ('46-50', '66+')
    """
    return f"{low}+" if high is None else f"{low}-{high}"
