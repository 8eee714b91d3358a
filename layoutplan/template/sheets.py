"""The workbook of a template: a sheet of notes and an empty sheet for each table."""

import io
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from layoutplan.repeatable_workbook import MADE, letters_wide, write_repeatable
from layoutplan.tables import COUNTY_TABLES, Table
from layoutplan.template.choices import validations
from layoutplan.template.fields import Field, fields
from layoutplan.words import Language, say

_HOW: Final = ("fill", "drop", "code", "place", "series", "read")
_NOTES: Final = ("table", "heading", "name", "type", "unit", "required", "options", "meaning")

_REQUIRED: Final = PatternFill("solid", fgColor="FFFFE699")
_HEAD: Final = PatternFill("solid", fgColor="FFDDE6EE")
_TEXT: Final = "@"


def write_sheets(path: Path, lang: Language) -> None:
    """Write the workbook of a template.

    Parameters
    ----------
    path
        The file.
    lang
        The language.
    """
    book = Workbook()
    notes = book.active
    notes.title = say("template.notes", lang)
    _fill_notes(notes, lang)
    for table in COUNTY_TABLES.values():
        sheet = book.create_sheet(table.zh if lang == "zh" else table.en)
        _head_sheet(sheet, table, lang)
    book.properties.creator = "layoutplan"
    book.properties.created = MADE
    buffer = io.BytesIO()
    book.save(buffer)
    write_repeatable(buffer, path)


def _fill_notes(sheet: Any, lang: Language) -> None:  # noqa: ANN401 - openpyxl has no types
    for how in _HOW:
        sheet.append([say(f"template.how.{how}", lang)])
    sheet.append([say(f"template.column.{name}", lang) for name in _NOTES])
    head = sheet.max_row
    for cell in sheet[head]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for table in COUNTY_TABLES.values():
        for field in fields(table, lang):
            sheet.append(_note(table, field, lang))
            if field.required:
                for cell in sheet[sheet.max_row][:-1]:
                    cell.fill = _REQUIRED
    rows = [[str(c.value or "") for c in row] for row in sheet.iter_rows(min_row=head)]
    for column, texts in enumerate(zip(*rows, strict=True), 1):
        width = min(max(map(letters_wide, texts)) + 2, 60)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in sheet.iter_rows(min_row=head):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = sheet.cell(row=head + 1, column=1)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(_NOTES))}{sheet.max_row}"


def _note(table: Table, field: Field, lang: Language) -> list[str | None]:
    options = (say("template.option", lang, name=n, word=w) for n, w in field.options)
    texts = {
        "table": table.zh if lang == "zh" else table.en,
        "heading": field.heading,
        "name": field.name,
        "type": say(f"template.type.{field.type}", lang),
        "unit": field.unit,
        "required": say(f"template.{'required' if field.required else 'optional'}", lang),
        "options": say("template.comma", lang).join(options),
        "meaning": field.meaning,
    }
    return [texts[name] or None for name in _NOTES]


def _head_sheet(sheet: Any, table: Table, lang: Language) -> None:  # noqa: ANN401
    columns = list(fields(table, lang))
    for number, field in enumerate(columns, 1):
        cell = sheet.cell(row=1, column=number, value=field.heading)
        cell.font = Font(bold=field.required)
        cell.fill = _REQUIRED if field.required else _HEAD
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = max(letters_wide(field.heading) + 3, 12)
        if field.is_text:
            column.number_format = _TEXT
            cell.number_format = _TEXT
    for rule in validations(columns, lang):
        sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
