"""What the national school forms said, as a workbook or GeoPackage that reads back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.reports.plain_text import legal
from layoutplan.reports.sheet_cells import TEXT
from layoutplan.reports.whole import whole_file
from layoutplan.reports.workbook import Sheet, write_workbook
from layoutplan.sources.forms import SchoolForms
from layoutplan.table_columns import title_of
from layoutplan.tables import FINDINGS, SCHOOLS, heading
from layoutplan.words import Language, say

ENDINGS: Final = (".xlsx", ".gpkg")
"""Endings of the files that `write_forms` writes."""

_PLACE: Final = "0.000000"
"""Degrees are shown to about a tenth of a metre."""

_PLAIN: Final = ("school_year", "largest_class_from", "low", "high", "row")
"""Numbers that are no amounts are shown without separators."""


def write_forms(forms: SchoolForms, path: str | Path, *, lang: str = "auto") -> Path:
    """Write the schools of the forms as a table that `layoutplan.read_county` reads.

    Beside the schools stand their classes by size, where each value came from, and
    the findings.

    Parameters
    ----------
    forms
        The forms; they are only read.
    path
        The file, ``.xlsx`` or ``.gpkg``. It is written whole or not at all.
    lang
        The language of headings and messages; that of the schools where ``"auto"``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptionsError
        If the file has another ending.
    DataError
        If the file cannot be written, as when it is open in Excel.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["School"]}, index=pd.Index(["1"], name="school_id"))
    >>> empty = pd.DataFrame()
    >>> forms = SchoolForms(tables={"schools": table, "size_bands": empty, "provenance": empty})
    >>> write_forms(forms, "schools.docx", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.OptionsError: Problems found: 1
    1. Schools cannot be written as schools.docx.
       Cure: Name a file that ends in .xlsx or .gpkg.
    """
    path = Path(path)
    spoken = forms.language(lang)
    if path.suffix.lower() == ".xlsx":
        return write_workbook(_sheets(forms, spoken), path)
    if path.suffix.lower() == ".gpkg":
        return _geopackage(forms, path, spoken)
    values = {"path": path.name, "kinds": say("forms.or", spoken).join(ENDINGS)}
    raise OptionsError(Finding(code="forms_bad_ending", values=values), lang=spoken)


def _sheets(forms: SchoolForms, lang: Language) -> Iterator[Sheet]:
    schools = forms.schools.reset_index()
    if isinstance(schools, gpd.GeoDataFrame):
        places = schools.geometry
        schools = pd.DataFrame(schools.drop(columns="geometry"))
        schools.insert(3, "lon", places.x)
        schools.insert(4, "lat", places.y)
    schools["kind"] = schools["kind"].map(lambda k: say(f"kind.{k}", lang))
    yield _sheet(title_of(SCHOOLS, lang), schools, lang, frozen=2)
    bands = forms.size_bands
    bands["grade"] = bands["grade"].map(lambda g: _grade(g, lang))
    bands["stage"] = bands["stage"].map(lambda s: say(f"forms.stage.{s}", lang))
    yield _sheet(say("forms.sheet.size_bands", lang), bands, lang)
    yield _sheet(say("forms.sheet.provenance", lang), forms.provenance, lang)
    found = forms.findings_table(lang=lang)
    found["severity"] = found["severity"].map(lambda s: say(f"severity.{s}", lang))
    headed = found.rename(columns={c: heading(FINDINGS, c, lang=lang) for c in found.columns})
    yield Sheet(title=title_of(FINDINGS, lang), table=headed)


def _grade(grade: str, lang: Language) -> str:
    return grade if grade.isdigit() else say(f"forms.grade.{grade}", lang)


def _sheet(title: str, table: pd.DataFrame, lang: Language, *, frozen: int = 1) -> Sheet:
    heads = {c: _heading(str(c), lang) for c in table.columns}
    formats = {heads[c]: _PLACE for c in ("lon", "lat") if c in heads}
    formats |= {heads[c]: TEXT for c in _PLAIN if c in heads}
    return Sheet(title=title, table=table.rename(columns=heads), formats=formats, frozen=frozen)


def _heading(column: str, lang: Language) -> str:
    if column in SCHOOLS:
        return heading(SCHOOLS, column, lang=lang)
    if column.startswith("grade_"):
        return say("forms.grade_column", lang, grade=column.removeprefix("grade_"))
    return say(f"forms.column.{column}", lang)


def _geopackage(forms: SchoolForms, path: Path, lang: Language) -> Path:
    layers: dict[str, Any] = {
        "schools": forms.schools.reset_index(),
        "size_bands": forms.size_bands,
        "provenance": forms.provenance,
        "findings": forms.findings_table(lang=lang),
    }
    with whole_file(path) as part:
        for name, layer in layers.items():
            texts = [c for c in layer.columns if layer[c].dtype in ("str", "object")]
            for column in texts:
                layer[column] = layer[column].map(lambda v: legal(v) if isinstance(v, str) else v)
            pyogrio.write_dataframe(layer, part, layer=name, driver="GPKG", promote_to_multi=False)
    return path
