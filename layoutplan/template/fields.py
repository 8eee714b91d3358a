"""What a template says of each column: heading, type, unit, choices and meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from layoutplan.tables import Column, Table
from layoutplan.words import Language, catalogue, say

_BAND: Final = re.compile(r"_g\d\d$")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of a sheet; a place takes two.

    Parameters
    ----------
    name
        Its name in tables.
    heading
        Its heading in the language of the template.
    type
        What a value may be.
    unit
        The unit in words.
    required
        Whether a table without it is refused.
    options
        The values allowed, each with its word.
    choices
        Words to choose from; others are read as well.
    of
        The table whose ids the values are.
    meaning
        What the column means.
    """

    name: str
    heading: str
    type: str
    unit: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()
    of: str = ""
    meaning: str

    @property
    def is_text(self) -> bool:
        """Whether Excel must leave its values as they were typed."""
        return self.type in ("id", "text", "category", "line")


def fields(table: Table, lang: Language) -> Iterator[Field]:
    """Go through the columns of a template.

    Parameters
    ----------
    table
        The table.
    lang
        The language.

    Yields
    ------
    Field
        One column of the sheet.

    Examples
    --------
    >>> from layoutplan.tables import TOWNSHIPS
    >>> [field.heading for field in fields(TOWNSHIPS, "en")][:3]
    ['township code', 'township', 'lon']
    """
    for column in table.columns:
        if column.type != "geometry":
            yield _field(table, column, lang)
        elif table.name == "roads":
            yield _place(table, column, "wkt", lang)
        else:
            yield _place(table, column, "lon", lang)
            yield _place(table, column, "lat", lang)


def _field(table: Table, column: Column, lang: Language) -> Field:
    spoken = ((o, say(f"{column.name}.{o}", lang)) for o in column.options)
    return Field(
        name=column.name,
        heading=column.zh if lang == "zh" else column.en,
        type=column.type,
        unit=_unit(column.unit, lang),
        required=column.required,
        options=tuple(spoken),
        choices=_choices(column, lang),
        of=column.of,
        meaning=_meaning(table, column.name, lang),
    )


def _place(table: Table, column: Column, name: str, lang: Language) -> Field:
    return Field(
        name=name,
        heading=say(f"template.place.{name}", lang),
        type="line" if name == "wkt" else "geometry",
        unit="" if name == "wkt" else _unit("degrees", lang),
        required=column.required,
        meaning=_meaning(table, name, lang),
    )


def _unit(unit: str, lang: Language) -> str:
    words = catalogue(lang)
    return words.get(f"template.unit.{unit}", words.get(f"unit.{unit}", unit))


def _meaning(table: Table, name: str, lang: Language) -> str:
    """Say what a column means in its table, or in all tables, or that it is a resource."""
    plain = _BAND.sub("_band", name)
    words = catalogue(lang)
    keys = (f"{table.name}_{plain}", plain, "resource")
    return next(words[k] for k in (f"template.meaning.{key}" for key in keys) if k in words)


def _choices(column: Column, lang: Language) -> tuple[str, ...]:
    words = catalogue(lang).get(f"template.choices.{column.name}", "")
    return tuple(words.split(",")) if words else ()
