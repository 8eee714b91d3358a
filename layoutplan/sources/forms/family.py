"""Families of national school forms, as the TOML beside this file describes them."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

FAMILIES: Final = ("basic", "jiaoji")
"""The families by age: 基础基 to the school year 2020/2021, 教基 since 2021/2022."""

_SUFFIX = r"(?:续表?|-\d{1,2})?(?:_+(?P<kind>.+))?"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One value of a form: the labels it stands between.

    Parameters
    ----------
    name
        The name of the value.
    type
        ``text``, ``code``, ``count``, ``amount``, ``degrees``, ``flag`` or
        ``urban_rural``.
    rows, columns
        Labels of the rows and columns; each entry is a tuple of words for one label.
        Several entries are added up. Without rows the value stands below its heading,
        without columns beside its label.
    within, under
        The section of rows, and the heading above, that it belongs to.
    unit
        The unit of the number in the form.
    cells
        Where one known workbook has it, for comparison.
    optional
        Whether a form without it is in order.
    some
        Whether some of the labels that are added up may be missing.
    stage
        The stage it belongs to; empty where every school has it.
    """

    name: str
    type: str
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    within: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    unit: str = ""
    cells: tuple[str, ...] = ()
    optional: bool = False
    some: bool = False
    stage: str = ""

    @property
    def label(self) -> str:
        """The first words of its labels, for messages."""
        parts = (self.within, self.under, *self.rows, *self.columns)
        return " ".join(dict.fromkeys(words[0] for words in parts if words))


@dataclass(frozen=True, kw_only=True)
class Bands:
    """The table of classes by size and grade in a form.

    Parameters
    ----------
    total
        Words for the heading of all grades.
    under
        The heading above, where the form has several stages.
    grades
        Grade to the words of its heading.
    """

    total: tuple[str, ...]
    under: tuple[str, ...]
    grades: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One form of a family.

    Parameters
    ----------
    form
        Its number.
    needed
        Whether it is missed where it is not there.
    stage
        The stage it is about; empty where it is about the whole school.
    values
        What is read from it.
    bands
        The classes by size in it, where there are any.
    """

    form: str
    needed: bool
    stage: str
    values: tuple[Wanted, ...]
    bands: Bands | None

    @property
    def sections(self) -> frozenset[str]:
        """All words that begin a section of rows."""
        own = frozenset(word for value in self.values for word in value.within)
        return own | frozenset(words_of_forms()["labels"]["sections"]) if own else own


@dataclass(frozen=True, kw_only=True)
class Family:
    """The forms of one generation.

    Parameters
    ----------
    name
        ``basic`` or ``jiaoji``.
    prefix
        What the names of its sheets begin with.
    cells_with_frame
        Whether the cells to compare with count the exported row of letters and
        column of numbers.
    pages
        Its forms.
    """

    name: str
    prefix: str
    cells_with_frame: bool
    pages: tuple[Page, ...] = field(repr=False)

    def page_of(self, sheet: str) -> tuple[Page, str] | None:
        """Tell the form of a sheet.

        Parameters
        ----------
        sheet
            The name of the sheet.

        Returns
        -------
        tuple or None
            The form and the kind of school in the name of the sheet, empty where
            there is none; None where the sheet is none of these forms.

        Examples
        --------
        >>> page, kind = family("jiaoji").page_of("教基1102（续表）_九年一贯制学校")
        >>> page.form, kind
        ('1102', '九年一贯制学校')
        """
        name = re.sub(r"[\s()]+", "", unicodedata.normalize("NFKC", sheet))
        for page in self.pages:
            match = re.fullmatch(f"{self.prefix}{page.form}{_SUFFIX}", name)
            if match:
                return page, match["kind"] or ""
        return None


@cache
def family(name: str) -> Family:
    """Load a family.

    Parameters
    ----------
    name
        One of `FAMILIES`.

    Returns
    -------
    Family
        The family.

    Examples
    --------
    >>> family("basic").page_of("基础基312")[0].stage
    'primary'
    """
    told = _toml(name)
    return Family(
        name=told["name"],
        prefix=told["prefix"],
        cells_with_frame=told["cells_with_frame"],
        pages=tuple(_page(page) for page in told["page"]),
    )


@cache
def words_of_forms() -> Mapping[str, Any]:
    """Load how labels and cells are read, whatever the family.

    Returns
    -------
    Mapping
        What ``words_of_forms.toml`` says.
    """
    return _toml("words_of_forms")


def _toml(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _page(told: Mapping[str, Any]) -> Page:
    stage = told.get("stage", "")
    bands = told.get("bands")
    return Page(
        form=told["form"],
        needed=told.get("needed", False),
        stage=stage,
        values=tuple(_wanted(value, stage) for value in told["values"]),
        bands=None
        if bands is None
        else Bands(
            total=tuple(bands["total"]),
            under=tuple(bands.get("under", ())),
            grades={grade: tuple(words) for grade, words in bands["grades"].items()},
        ),
    )


def _wanted(told: Mapping[str, Any], stage: str) -> Wanted:
    def labels(one: str, many: str) -> tuple[tuple[str, ...], ...]:
        given = told.get(many, [told[one]] if one in told else [])
        return tuple(tuple(words) for words in given)

    cell = told.get("cell", ())
    return Wanted(
        name=told["name"],
        type=told["type"],
        rows=labels("row", "rows"),
        columns=labels("column", "columns"),
        within=tuple(told.get("within", ())),
        under=tuple(told.get("under", ())),
        unit=told.get("unit", ""),
        cells=(cell,) if isinstance(cell, str) else tuple(cell),
        optional=told.get("optional", False),
        some=told.get("some", False),
        stage=told.get("stage", stage),
    )
