"""The GeoPackage of a template: empty layers with headings, notes and lists of values."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio

from layoutplan.repeatable_workbook import MADE
from layoutplan.tables import COUNTY_TABLES, Table
from layoutplan.template.fields import Field, fields
from layoutplan.words import Language

_CRS: Final = "EPSG:4490"
"""CGCS2000, the system of Chinese surveyors, in longitude and latitude."""

_SCHEMA: Final = """
CREATE TABLE gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
    description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
    min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN,
    description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
"""
"""The schema extension of OGC 12-128r19 (GeoPackage 1.4), annex F.9."""

_EXTENSION: Final = "http://www.geopackage.org/spec/#extension_schema"


def write_layers(path: Path, lang: Language) -> None:
    """Write the GeoPackage of a template.

    Headings, meanings and lists of values are kept as its schema extension says, which
    QGIS shows as aliases, comments and drop-down lists.

    Parameters
    ----------
    path
        The file.
    lang
        The language of headings and meanings.
    """
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
    _describe(path, lang)


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


def _describe(path: Path, lang: Language) -> None:
    described = [
        (table.name, field) for table in COUNTY_TABLES.values() for field in _columns(table, lang)
    ]
    columns = [
        (table, f.name, _heading(f), _heading(f), f.meaning, _list_of(f)) for table, f in described
    ]
    lists = {_list_of(f): _values(f) for _, f in described if _list_of(f)}
    values = [(name, v, word) for name, words in sorted(lists.items()) for v, word in words]
    base = sqlite3.connect(path)
    try:
        base.executescript(_SCHEMA)
        base.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description,"
            " constraint_name) VALUES (?, ?, ?, ?, ?, ?)",
            columns,
        )
        base.executemany(
            "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value,"
            " description) VALUES (?, 'enum', ?, ?)",
            values,
        )
        base.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
            [(t, _EXTENSION) for t in ("gpkg_data_columns", "gpkg_data_column_constraints")],
        )
        base.commit()
    finally:
        base.close()


def _columns(table: Table, lang: Language) -> Iterator[Field]:
    named = {c.name for c in table.columns if c.type != "geometry"}
    return (field for field in fields(table, lang) if field.name in named)


def _heading(field: Field) -> str:
    return f"{field.heading} ({field.unit})" if field.unit else field.heading


def _list_of(field: Field) -> str | None:
    return f"of_{field.name}" if field.options or field.choices else None


def _values(field: Field) -> list[tuple[str, str]]:
    return list(field.options) or [(word, word) for word in field.choices]
