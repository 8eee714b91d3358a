"""Empty tables for a planner to fill in: a workbook and a GeoPackage."""

import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.repeatable_workbook import MADE, letters_wide, write_repeatable
from layoutplan.sources.delivery import read_tables
from layoutplan.tables import COUNTY_TABLES, Column, Table
from layoutplan.words import Language, catalogue, language, say

GEOPACKAGE: Final = "template.gpkg"
"""The name of the GeoPackage, whose layers and columns carry our names."""

_CRS: Final = "EPSG:4490"
"""CGCS2000, the system of Chinese surveyors, in longitude and latitude."""

_HOW: Final = ("fill", "drop", "code", "place", "read")
_NOTES: Final = ("table", "heading", "name", "type", "unit", "required", "options", "meaning")
_BAND: Final = re.compile(r"_g\d\d$")

_REQUIRED: Final = PatternFill("solid", fgColor="FFFFE699")
_HEAD: Final = PatternFill("solid", fgColor="FFDDE6EE")
_TEXT: Final = "@"
_MOST_ROWS: Final = 1_048_576


@dataclass(frozen=True, kw_only=True)
class _Field:
    """One column of a sheet; a place takes two."""

    name: str
    heading: str
    type: str
    unit: str
    required: bool
    options: tuple[tuple[str, str], ...]
    meaning: str

    @property
    def is_text(self) -> bool:
        """Whether Excel must leave its values as they were typed."""
        return self.type in ("id", "text", "category", "line")


def write_templates(folder: str | Path, *, lang: str = "auto") -> list[Path]:
    """Write empty tables of a county for a planner to fill in.

    The workbook has a sheet of notes and one sheet for each table, with longitude
    and latitude instead of geometry and WKT for roads. The GeoPackage has the same
    tables as layers. `layoutplan.read_county` reads both once they are filled.

    Parameters
    ----------
    folder
        Where to write; made if it is not there.
    lang
        The language of the workbook, ``"zh"`` or ``"en"``; Chinese where ``"auto"``.

    Returns
    -------
    list of pathlib.Path
        The workbook and the GeoPackage.

    Raises
    ------
    DataError
        If one of the files exists and holds data or is no template: what was
        filled in is never replaced.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_templates(folder, lang="en")]
    ['template.xlsx', 'template.gpkg']
    """
    spoken: Language = "zh" if lang == "auto" else language(lang)
    folder = Path(folder)
    book, package = folder / say("template.file", spoken), folder / GEOPACKAGE
    filled = [path for path in (book, package) if path.exists() and _is_filled(path)]
    if filled:
        found = [Finding(code="template_filled", values={"path": str(path)}) for path in filled]
        raise DataError(found, lang=spoken)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as aside:
        for path in (book, package):
            whole = Path(aside) / path.name
            if path == book:
                _write_workbook(whole, spoken)
            else:
                _write_geopackage(whole)
            os.replace(whole, path)  # noqa: PTH105 # atomic also where the target exists
    return [book, package]


def _is_filled(path: Path) -> bool:
    try:
        return any(len(table) for table in read_tables(path, columns={}).values())
    except DataError:
        return True


def _fields(table: Table, lang: Language) -> Iterator[_Field]:
    for column in table.columns:
        if column.type != "geometry":
            yield _field(table, column, lang)
        elif table.name == "roads":
            yield _place(table, column, "wkt", lang)
        else:
            yield _place(table, column, "lon", lang)
            yield _place(table, column, "lat", lang)


def _field(table: Table, column: Column, lang: Language) -> _Field:
    spoken = ((o, say(f"{column.name}.{o}", lang)) for o in column.options)
    return _Field(
        name=column.name,
        heading=column.zh if lang == "zh" else column.en,
        type=column.type,
        unit=_unit(column.unit, lang),
        required=column.required,
        options=tuple(spoken),
        meaning=_meaning(table, column.name, lang),
    )


def _place(table: Table, column: Column, name: str, lang: Language) -> _Field:
    return _Field(
        name=name,
        heading=say(f"template.place.{name}", lang),
        type="line" if name == "wkt" else "geometry",
        unit="" if name == "wkt" else _unit("degrees", lang),
        required=column.required,
        options=(),
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


def _write_workbook(path: Path, lang: Language) -> None:
    book = Workbook()
    notes = book.active
    notes.title = say("template.notes", lang)
    _fill_notes(notes, lang)
    for table in COUNTY_TABLES.values():
        sheet = book.create_sheet(table.zh if lang == "zh" else table.en)
        _head_sheet(sheet, list(_fields(table, lang)))
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
        for field in _fields(table, lang):
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


def _note(table: Table, field: _Field, lang: Language) -> list[str | None]:
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


def _head_sheet(sheet: Any, fields: list[_Field]) -> None:  # noqa: ANN401
    for number, field in enumerate(fields, 1):
        cell = sheet.cell(row=1, column=number, value=field.heading)
        cell.font = Font(bold=field.required)
        cell.fill = _REQUIRED if field.required else _HEAD
        letter = get_column_letter(number)
        column = sheet.column_dimensions[letter]
        column.width = max(letters_wide(field.heading) + 3, 12)
        if field.is_text:
            column.number_format = _TEXT
            cell.number_format = _TEXT
        if field.options:
            words = ",".join(word for _, word in field.options)
            choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            # Our own names are valid values as well, so the list helps and does not bar.
            choice.showErrorMessage = False
            choice.add(f"{letter}2:{letter}{_MOST_ROWS}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "B2"


def _write_geopackage(path: Path) -> None:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    try:
        # A GeoPackage carries the time of its last change; one fixed time keeps it equal.
        pyogrio.set_gdal_config_options(
            {"OGR_CURRENT_DATE": MADE.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
        )
        for table in COUNTY_TABLES.values():
            _write_layer(table, path)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_layer(table: Table, path: Path) -> None:
    types = {"count": "int64", "year": "int64", "amount": "float64", "number": "float64"}
    types["flag"] = "bool"
    named = [c for c in table.columns if c.type != "geometry"]
    empty = pd.DataFrame({c.name: pd.Series([], dtype=types.get(c.type, "str")) for c in named})
    if not table.geometries:
        pyogrio.write_dataframe(empty, path, layer=table.name, driver="GPKG")
        return
    places = gpd.GeoSeries([], crs=_CRS)
    pyogrio.write_dataframe(
        gpd.GeoDataFrame(empty, geometry=places),
        path,
        layer=table.name,
        driver="GPKG",
        geometry_type=_shape(table),
    )


def _shape(table: Table) -> str:
    """Choose the shape of a layer: lines and areas may have parts, as QGIS pastes them."""
    if table.name == "townships":
        return "MultiPolygon"
    return "MultiLineString" if "MultiLineString" in table.geometries else "Point"
