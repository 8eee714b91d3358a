"""A county's files as a bureau delivers them: Chinese headings, a workbook, a GBK shapefile."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.worksheet import Worksheet

from layoutplan.tables import COUNTY_TABLES, Table

WORKBOOK: Final = "学校与村庄.xlsx"
SHEETS: Final = ("villages", "schools", "candidates", "flows")
"""The tables that go into the workbook, one sheet each."""

ROAD_FIELDS: Final = (
    "name",
    "highway",
    "road_class",
    "oneway",
    "bridge",
    "tunnel",
    "layer",
    "surface",
)
"""Fields of the shapefile besides the id; names have at most ten letters."""


_DBF_DATE: Final = "2000-01-01"
"""The day a table of a Shapefile names, always the same so that the files repeat."""


def deliver(tables: dict[str, gpd.GeoDataFrame | pd.DataFrame], folder: str | Path) -> list[Path]:
    """Write a county as a bureau would hand it over.

    Parameters
    ----------
    tables
        The tables of `county_tables`.
    folder
        Where to write; made if it is not there.

    Returns
    -------
    list of pathlib.Path
        A workbook, a GeoJSON file of the townships and a shapefile of the roads
        in GBK without a file that says so.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    workbook = folder / WORKBOOK
    book = Workbook(write_only=True)
    for name in SHEETS:
        declared = COUNTY_TABLES[name]
        _sheet(book.create_sheet(declared.zh), _headed(tables[name], declared))
    book.save(workbook)
    townships = folder / f"{COUNTY_TABLES['townships'].zh}.geojson"
    declared = COUNTY_TABLES["townships"]
    named = gpd.GeoDataFrame(tables["townships"].reset_index())
    named = named.rename(columns={c.name: c.zh for c in declared.columns if c.type != "geometry"})
    named.to_file(townships, driver="GeoJSON")
    roads = folder / f"{COUNTY_TABLES['roads'].zh}.shp"
    lines = gpd.GeoDataFrame(tables["roads"].reset_index())
    lines[["road_id", *ROAD_FIELDS, "geometry"]].to_file(
        roads, driver="ESRI Shapefile", encoding="GBK", DBF_DATE_LAST_UPDATE=_DBF_DATE
    )
    roads.with_suffix(".cpg").unlink(missing_ok=True)
    return [workbook, townships, roads]


def _headed(table: gpd.GeoDataFrame | pd.DataFrame, declared: Table) -> pd.DataFrame:
    """Give a table Chinese headings, and longitude and latitude for points."""
    flat = table.reset_index(drop=not declared.key)
    if isinstance(flat, gpd.GeoDataFrame):
        places = pd.DataFrame({"经度": flat.geometry.x, "纬度": flat.geometry.y})
        flat = pd.concat([pd.DataFrame(flat.drop(columns="geometry")), places], axis=1)
    headings = {c.name: c.zh for c in declared.columns}
    columns = [str(c) for c in flat.columns]
    births = {c: f"{c[-4:]}年出生人数" for c in columns if c.startswith("births_")}
    return flat.rename(columns={**headings, **births})


def _sheet(sheet: Worksheet, table: pd.DataFrame) -> None:
    """Write a table; text stays text, whatever it begins with."""
    sheet.append([str(heading) for heading in table.columns])
    for row in table.itertuples(index=False):
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Worksheet, value: str | float | None) -> WriteOnlyCell:
    """One cell."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        cell.number_format = "@"
        return cell
    return WriteOnlyCell(sheet, value=None if pd.isna(value) else value)
