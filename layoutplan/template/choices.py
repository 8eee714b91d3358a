"""Drop-down lists, bounds and hints of the cells of a template."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from layoutplan.tables import COUNTY_TABLES
from layoutplan.template.fields import Field, fields
from layoutplan.words import Language, say

_MOST_ROWS: Final = 1_048_576
_HINT_LETTERS: Final = 255
"""Excel takes no longer hint."""

_DEGREES: Final = {"lon": 180, "lat": 90}
_NUMBERS: Final = {"count": "whole", "amount": "decimal"}


def validations(columns: Sequence[Field], lang: Language) -> Iterator[Any]:
    """Give what Excel offers, hints at and refuses in the cells of a sheet.

    Lists help and bar nothing, for our own names are valid values as well, and a table
    that is referred to may be left empty. Numbers below 0, and text where a number is
    meant, are refused.

    Parameters
    ----------
    columns
        The columns of a sheet in their order.
    lang
        The language.

    Yields
    ------
    openpyxl.worksheet.datavalidation.DataValidation
        One for each column.
    """
    for number, field in enumerate(columns, 1):
        rule = _rule(field, lang)
        rule.showInputMessage = True
        rule.promptTitle = field.heading[:32]
        rule.prompt = _hint(field, lang)[:_HINT_LETTERS]
        letter = get_column_letter(number)
        rule.add(f"{letter}2:{letter}{_MOST_ROWS}")
        yield rule


def _hint(field: Field, lang: Language) -> str:
    unit = f" {say('template.column.unit', lang)}: {field.unit}" if field.unit else ""
    return field.meaning + unit


def _rule(field: Field, lang: Language) -> Any:  # noqa: ANN401 - openpyxl has no types
    words = [word for _, word in field.options] or list(field.choices)
    if words:
        return _listed(f'"{",".join(words)}"')
    if field.of:
        return _listed(_ids_of(field.of, lang))
    if field.name in _DEGREES:
        most = _DEGREES[field.name]
        return _number("decimal", "between", str(-most), str(most), lang=lang)
    if field.type in _NUMBERS:
        return _number(_NUMBERS[field.type], "greaterThanOrEqual", "0", lang=lang)
    return DataValidation(type=None, allow_blank=True)


def _listed(source: str) -> Any:  # noqa: ANN401
    rule = DataValidation(type="list", formula1=source, allow_blank=True)
    rule.showErrorMessage = False
    return rule


def _ids_of(name: str, lang: Language) -> str:
    table = COUNTY_TABLES[name]
    names = [field.name for field in fields(table, lang)]
    letter = get_column_letter(names.index(table.key) + 1)
    sheet = quote_sheetname(table.zh if lang == "zh" else table.en)
    return f"{sheet}!${letter}$2:${letter}${_MOST_ROWS}"


def _number(kind: str, operator: str, *bounds: str, lang: Language) -> Any:  # noqa: ANN401
    rule = DataValidation(type=kind, operator=operator, allow_blank=True)
    rule.formula1, rule.formula2 = bounds[0], bounds[1] if len(bounds) > 1 else None
    rule.showErrorMessage = True
    rule.error = say(f"template.refused.{'degrees' if len(bounds) > 1 else kind}", lang)
    return rule
