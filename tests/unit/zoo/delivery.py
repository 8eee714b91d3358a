"""A county as delivered, in memory: a defect is a change of a table or of how it is written."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
from openpyxl import Workbook

from layoutplan.example.delivered import ROAD_FIELDS, SHEETS, _headed
from layoutplan.tables import COUNTY_TABLES

ZH = {name: table.zh for name, table in COUNTY_TABLES.items()}
ID = {"villages": "村代码", "schools": "学校标识码", "candidates": "候选校址代码"}


@dataclass
class Delivery:
    """The tables under the bureau's headings, and how their files are written."""

    sheets: dict[str, pd.DataFrame]
    roads: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    above: dict[str, list[list[object]]] = field(default_factory=dict)
    below: dict[str, list[list[object]]] = field(default_factory=dict)
    merged: dict[str, list[str]] = field(default_factory=dict)
    headless: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    csv: dict[str, Callable[[str], bytes]] = field(default_factory=dict)
    roads_encoding: str = "GBK"
    after: list[Callable[[Path], None]] = field(default_factory=list)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.sheets[name]

    def row(self, name: str, at: int) -> str:
        """The id of the row at a position."""
        return str(self.sheets[name][ID[name]].iloc[at])

    def put(self, name: str, column: str, at: int, value: object) -> None:
        """Write one cell."""
        table = self.sheets[name]
        table[column] = table[column].astype(object)
        table.loc[table.index[at], column] = value

    def write(self, folder: Path) -> Path:
        """Write the files into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        book = Workbook()
        book.remove(book.active)
        for name, table in self.sheets.items():
            if name in self.csv:
                text = table.to_csv(index=False)
                (folder / f"{ZH[name]}.csv").write_bytes(self.csv[name](text))
                continue
            sheet = book.create_sheet(self.titles.get(name) or ZH[name])
            for row in self.above.get(name, []):
                sheet.append(row)
            if name not in self.headless:
                sheet.append([str(c) for c in table.columns])
            for row in table.itertuples(index=False):
                sheet.append([None if pd.isna(v) else v for v in row])
            for row in self.below.get(name, []):
                sheet.append(row)
            for area in self.merged.get(name, []):
                sheet.merge_cells(area)
        if book.worksheets:
            book.save(folder / "学校与村庄.xlsx")
        self.townships.to_file(folder / "乡镇.geojson", driver="GeoJSON")
        roads = folder / "道路.shp"
        self.roads.to_file(roads, driver="ESRI Shapefile", encoding=self.roads_encoding)
        roads.with_suffix(".cpg").unlink(missing_ok=True)
        for change in self.after:
            change(folder)
        return folder


def as_delivered(tables: dict[str, pd.DataFrame]) -> Delivery:
    """Make the clean delivery of a made-up county."""
    sheets = {n: _headed(tables[n], COUNTY_TABLES[n]).astype(object) for n in SHEETS}
    declared = COUNTY_TABLES["townships"]
    areas = gpd.GeoDataFrame(tables["townships"].reset_index())
    areas = areas.rename(columns={c.name: c.zh for c in declared.columns if c.type != "geometry"})
    lines = gpd.GeoDataFrame(tables["roads"].reset_index())
    return Delivery(
        sheets=sheets, roads=lines[["road_id", *ROAD_FIELDS, "geometry"]], townships=areas
    )


def copied(clean: Delivery) -> Delivery:
    """A copy that a defect may change."""
    return copy.deepcopy(clean)


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One thing that is wrong in real files.

    Parameters
    ----------
    name
        What it is.
    change
        Put it into a delivery; gives the ids of the rows it is in.
    codes
        Codes of the findings that name it: any of them will do.
    repaired
        Whether the county that is read equals the truth.
    refused
        Whether the county is refused.
    """

    name: str
    change: Callable[[Delivery], object]
    codes: frozenset[str]
    repaired: bool = False
    refused: bool = False
