"""What a heading of a delivered table means."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from layoutplan.sources.headings.plain import plain_heading
from layoutplan.tables import COUNTY_TABLES, Table

SHARED: Final = ("lon", "lat", "x", "y", "wkt")
"""What any table may carry in place of geometry."""

BETWEEN: Final = "/"
"""What stands between the headings of several rows once they are joined."""

_NUMBERING: Final = re.compile(
    r"^(其中|[一二三四五六七八九十]{1,3}[、.,]|[甲乙丙丁戊][、.]|\d{1,2}[、,](?=\D)|\d{1,2}\.(?=\D)|[:、.,])"
)
_TAIL: Final = re.compile(r"([:、.,;]|x000d)+$")

_DIGITS: Final = {c: i for i, c in enumerate("一二三四五六七八九", 1)}
_GRADE: Final = re.compile(r"([一二三四五六七八九1-9])年级")
_RANGE: Final = re.compile(
    r"([一二三四五六七八九1-9])(?:年级)?[-~至到—–]([一二三四五六七八九1-9])年级"
)
_JUNIOR: Final = re.compile(r"初([一二三])(?:年级)?")
_NO_PUPILS: Final = re.compile(r"班|教师|教职工|教室|毕业|招生|留守|寄宿|住宿|随迁")

_BIRTHS: Final = re.compile(
    r"(?:出生|新生儿|出生人口|出生人数|各年)*((?:19|20)\d{2})年?(?:度)?(?:出生|新生儿|婴儿|人口|人数|数)*"
)
_AGE: Final = re.compile(
    r"(?:年龄|分年龄|各年龄|分年龄人口|各年龄人口|人口)?(\d{1,2})(?:周)?岁(?:人数|人口数|人口|儿童数|儿童|学生数)?"
)
_EVER_BORN: Final = re.compile("出生|新生儿|births?")

_BEYOND_LAST: Final = 1000
"""Added to the rank of a meaning that only part of the heading tells."""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a heading means.

    Parameters
    ----------
    column
        Our column.
    rank
        Among headings of the same meaning the lowest is taken; 0 for our own headings.
    part
        Which part of the number: ``"whole"``, ``"boys"`` or ``"girls"``.
    grade
        The grade counted, where it is one of nine.
    """

    column: str
    rank: int
    part: str = "whole"
    grade: int = 0


@cache
def aliases() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Read the list of headings.

    Returns
    -------
    Mapping
        Table -> our column -> its other headings, and groups of words.

    Examples
    --------
    >>> "总人口" in aliases()["villages"]["population"]
    True
    """
    text = files(__package__).joinpath("aliases.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return MappingProxyType(
        {
            t: MappingProxyType({c: tuple(a) for c, a in columns.items()})
            for t, columns in tables.items()
        }
    )


def bare_heading(text: object) -> str:
    """Reduce a heading to what identifies it, without its numbering in a form.

    Parameters
    ----------
    text
        The heading.

    Returns
    -------
    str
        Without brackets, blanks, numbering, width and case.

    Examples
    --------
    >>> bare_heading("其中：（一）教学及辅助用房（㎡）")
    '教学及辅助用房'
    """
    bare = plain_heading(re.sub(r"_x000D_?", "", str(text), flags=re.IGNORECASE))
    while (shorter := _NUMBERING.sub("", bare)) != bare:
        bare = shorter
    return _TAIL.sub("", bare)


@cache
def words(group: str) -> frozenset[str]:
    """Give a group of words of the list.

    Parameters
    ----------
    group
        Its name.

    Returns
    -------
    frozenset of str
        The words.

    Examples
    --------
    >>> "合计" in words("totals")
    True
    """
    return frozenset(aliases()["words"][group])


@cache
def vocabulary(name: str) -> Mapping[str, tuple[str, int]]:
    """Give the headings of a table.

    Parameters
    ----------
    name
        The table.

    Returns
    -------
    Mapping
        Heading -> our column and its rank.

    Examples
    --------
    >>> vocabulary("villages")["村代码"]
    ('village_id', 0)
    """
    table, known = COUNTY_TABLES[name], dict[str, tuple[str, int]]()
    for column in table.columns:
        for text in (column.name, column.zh, column.en):
            known.setdefault(plain_heading(text), (column.name, 0))
    listed = aliases()
    shared = {place: listed["shared"][place] for place in SHARED}
    for column_name, others in {**shared, **listed[name]}.items():
        for rank, text in enumerate(others, 1):
            # Coordinates have no heading of their own in `tables`: none of theirs is a guess.
            place = column_name in SHARED
            known.setdefault(plain_heading(text), (column_name, 0 if place else rank))
    return MappingProxyType(known)


def meanings(heading: str, table: Table) -> Iterator[Meaning]:
    """Give what a heading may mean in a table, the surest first.

    Parameters
    ----------
    heading
        The heading; those of several rows are joined by a slash.
    table
        The table.

    Yields
    ------
    Meaning
        One meaning.

    Examples
    --------
    >>> from layoutplan.tables import COUNTY_TABLES
    >>> [m.column for m in meanings("2023年出生人数", COUNTY_TABLES["villages"])]
    ['births_2023']
    """
    if heading in table:
        yield Meaning(column=heading, rank=0)
        return
    parts = [b for b in map(bare_heading, heading.split(BETWEEN)) if b]
    while len(parts) > 1 and parts[-1] in words("units"):
        parts.pop()
    if not parts:
        return
    known = vocabulary(table.name)
    for text, part, further in _readings(parts):
        if text in known:
            column, rank = known[text]
            yield Meaning(column=column, rank=rank + further, part=part)
            return
        if table.name == "villages" and (series := _series(text, parts)):
            yield Meaning(column=series, rank=further and 1, part=part)
            return
    grade, part = _grade(parts)
    if grade and (column := _band(table, grade)) in table:
        # A band in one column is no sum of grades.
        one = grade if _RANGE.search("".join(parts)) is None else 0
        yield Meaning(column=column, rank=1, part=part, grade=one)


def _readings(parts: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Give the texts a heading of several rows may stand for, with the part they count."""
    part, kept = "whole", list(parts)
    for sex in ("boys", "girls"):
        if len(kept) > 1 and kept[-1] in words(sex):
            part = sex
            kept.pop()
    yield "".join(kept), part, 0
    beyond = _BEYOND_LAST if len(kept) > 1 else 0
    while len(kept) > 1 and kept[-1] in words("whole"):
        kept.pop()
        yield "".join(kept), part, 1
        yield kept[-1], part, beyond
    if len(kept) > 1:
        yield kept[-1], part, beyond


def _series(text: str, parts: Sequence[str]) -> str:
    age = _AGE.fullmatch(text)
    if age:
        return f"age_{int(age[1])}"
    births = _BIRTHS.fullmatch(text)
    if births and any(_EVER_BORN.search(p) for p in parts):
        return f"births_{births[1]}"
    return ""


def _grade(parts: Sequence[str]) -> tuple[int, str]:
    """Tell whether a heading counts the pupils of one grade, and which part of them."""
    whole = "".join(parts)
    if spans := _RANGE.findall(whole):
        first, last = (_DIGITS.get(g) or int(g) for g in spans[0])
        band = len(spans) == 1 and last - first == 2 and first % 3 == 1  # noqa: PLR2004
        return (first, "whole") if band and not _NO_PUPILS.search(whole) else (0, "")
    found = [_DIGITS.get(g) or int(g) for g in _GRADE.findall(whole)]
    found += [6 + _DIGITS[g] for g in _JUNIOR.findall(whole)]
    if len(found) != 1 or _NO_PUPILS.search(whole):
        return 0, ""
    rest = [r for p in parts if (r := _JUNIOR.sub("", _GRADE.sub("", p)))]
    for part in ("boys", "girls"):
        if rest and rest[-1] in words(part):
            return found[0], part
    known = all(r in words("whole") or r in _GROUPS for r in rest)
    return (found[0], "whole") if known else (0, "")


_GROUPS: Final = frozenset(
    {"小学", "初中", "各年级", "分年级", "各年级学生数", "各年级在校生数", "小学在校生数"}
    | {
        "初中在校生数",
        "分年级学生数",
        "分年级在校生数",
        "义务教育学生数",
        "小学学生数",
        "初中学生数",
    }
)
"""Headings above grades that say no more than that pupils are counted."""


def _band(table: Table, grade: int) -> str:
    prefix = "enrolment" if table.name == "schools" else "pupils"
    return f"{prefix}_{('g13', 'g46', 'g79')[(grade - 1) // 3]}"


def is_known(text: str) -> bool:
    """Tell whether a cell reads like a heading of any table.

    Parameters
    ----------
    text
        The cell.

    Returns
    -------
    bool
        True where it does.

    Examples
    --------
    >>> is_known("学校名称"), is_known("2134100020")
    (True, False)
    """
    bare = unicodedata.normalize("NFKC", text)
    if not bare or bare.isdecimal():
        return False
    if bare_heading(text) in _notes():
        return True
    return any(next(meanings(text, t), None) is not None for t in COUNTY_TABLES.values())


@cache
def _notes() -> frozenset[str]:
    return frozenset(aliases()["shared"]["notes"])


def is_note(heading: str) -> bool:
    """Tell whether a column holds notes, addresses or running numbers.

    Parameters
    ----------
    heading
        Its heading.

    Returns
    -------
    bool
        True for what the county does not need.

    Examples
    --------
    >>> is_note("备注")
    True
    """
    return bare_heading(heading.rpartition(BETWEEN)[2]) in _notes()
