"""Which of the schools of an extract are compulsory ones, of what kind, and why not."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from layoutplan.sources.osm.near import folded
from layoutplan.sources.osm.reading import Thing
from layoutplan.tables import KINDS

GUESSED: Final = "nine_year"
"""A school that says nothing of its stage may teach all grades."""

BY_TAG, BY_NAME, BY_NOTHING = "tag", "name", ""

_PRIMARY, _JUNIOR, _SENIOR = 1, 2, 3
"""Levels of the International Standard Classification of Education."""

_LEVELS: Final[Mapping[frozenset[int], str]] = {
    frozenset({_PRIMARY}): "primary",
    frozenset({_JUNIOR}): "junior",
    frozenset({_PRIMARY, _JUNIOR}): "nine_year",
    frozenset({_PRIMARY, _JUNIOR, _SENIOR}): "nine_year",
    frozenset({_PRIMARY, _SENIOR}): "nine_year",
    frozenset({_JUNIOR, _SENIOR}): "complete_secondary",
}
_LAST_PRIMARY_GRADE: Final = 6
_LAST_JUNIOR_GRADE: Final = 9


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a school was taken for.

    Parameters
    ----------
    kind
        One of the kinds of a county's schools; empty where it is none of them.
    reason
        Why it is none, such as ``music_art``.
    by
        What told: ``tag``, ``name``, or nothing.
    """

    kind: str = ""
    reason: str = ""
    by: str = BY_NOTHING


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    text = (files("layoutplan") / "sources" / "osm" / "school_words.toml").read_text("utf-8")
    return tomllib.loads(text)


def judged(school: Thing) -> Judged:
    """Tell the kind of a school from its tags and name.

    Asked in this order: ``amenity``; ``isced:level``, ``grades``; ``school:type``, ``school``;
    words in the name in Chinese, English, German, French, Catalan, Spanish and Italian. A
    school none of these tells anything of counts as one of all grades.

    Parameters
    ----------
    school
        A node or area where something is taught.

    Returns
    -------
    Judged
        Its kind, or why it is no compulsory school.

    Examples
    --------
    >>> def of(**tags):
    ...     return judged(Thing(label="n1", tags={"amenity": "school"} | tags, shape=None))
    >>> of(name="Primarschule Triesen").kind, of(name="Liechtensteinische Musikschule").reason
    ('primary', 'music_art')
    >>> of(**{"isced:level": "1;2"}).kind, of(name="舒城县第二高级中学").reason, of().kind
    ('nine_year', 'senior', 'nine_year')
    """
    tags, words = school.tags, _words()
    told = words["amenity"].get(tags.get("amenity", ""))
    if told:
        return _of(told, BY_TAG)
    for told in (_by_levels(tags), _by_grades(tags), *_by_types(tags, words["type"])):
        if told:
            return _of(told, BY_TAG)
    for key in ("name", "name:en", "name:zh", "official_name", "alt_name", "old_name"):
        told = _by_name(tags.get(key, ""))
        if told:
            return _of(told, BY_NAME)
    return Judged(kind=GUESSED)


def _of(told: str, by: str) -> Judged:
    return Judged(kind=told, by=by) if told in KINDS else Judged(reason=told, by=by)


def _by_levels(tags: Mapping[str, str]) -> str:
    text = tags.get("isced:level", tags.get("isced", ""))
    levels = _numbers(text)
    if not levels:
        return ""
    compulsory = frozenset(levels & {_PRIMARY, _JUNIOR, _SENIOR})
    if compulsory & {_PRIMARY, _JUNIOR}:
        return _LEVELS[compulsory]
    if _SENIOR in levels:
        return "senior"
    return "kindergarten" if max(levels) == 0 else "higher"


def _by_grades(tags: Mapping[str, str]) -> str:
    grades = _numbers(tags.get("grades", ""))
    grades = {g for g in grades if g > 0}
    if not grades:
        return ""
    low, high = min(grades), max(grades)
    if low > _LAST_JUNIOR_GRADE:
        return "senior"
    if high <= _LAST_PRIMARY_GRADE:
        return "primary"
    if low > _LAST_PRIMARY_GRADE - 2:
        return "junior" if high <= _LAST_JUNIOR_GRADE + 1 else "complete_secondary"
    return "nine_year"


def _numbers(text: str) -> set[int]:
    found = set[int]()
    for part in re.split(r"[;,/\s]+", text):
        match = re.match(r"^(\d{1,2})(?:[-–](\d{1,2}))?$", part)
        if match:
            low = int(match[1])
            found |= set(range(low, int(match[2] or low) + 1))
    return found


def _by_types(tags: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    keys = ("school:type", "school", "school_type", "education")
    values = [v.strip().lower() for k in keys for v in tags.get(k, "").split(";") if v.strip()]
    told = [known[v] for v in values if v in known]
    if {"primary", "junior"} <= set(told):
        return ["nine_year"]
    return told


def _by_name(name: str) -> str:
    plain = folded(name)
    for entry in _words()["words"]:
        if any(word in plain for word in entry["any"]):
            return str(entry["kind"])
    return ""
