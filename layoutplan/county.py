"""County: villages, schools, roads and townships that agree with each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from layoutplan.errors import DataError
from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.sources.columns import Mapped, MappedTables, apply_columns
from layoutplan.sources.coordinates import settle_places
from layoutplan.sources.coordinates.settle import AUTO, Coordinates, told_of_tables
from layoutplan.sources.delivery import read_delivery
from layoutplan.sources.values.settled import settle_values
from layoutplan.tables import COUNTY_TABLES
from layoutplan.validation import one_crs, validate
from layoutplan.words import Language, language

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False, kw_only=True)
class County:
    """Villages, schools, roads, townships and candidates that agree.

    Made by `read_county`, `County.from_tables` or `layoutplan.example.county`.
    Tables are copied in and copied out: nothing that is done to a table changes
    the county.

    Parameters
    ----------
    name
        The name of the county.
    year
        The school year of the data, 0 where it is not known.
    crs
        The coordinate reference system of all geometry.
    findings
        What was noted when the tables were read.
    tables
        The tables by name, already checked.
    """

    name: str
    year: int
    crs: CRS = field(repr=False)
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @classmethod
    def from_tables(
        cls,
        *,
        villages: gpd.GeoDataFrame,
        schools: gpd.GeoDataFrame,
        roads: gpd.GeoDataFrame,
        townships: gpd.GeoDataFrame | None = None,
        candidates: gpd.GeoDataFrame | None = None,
        flows: pd.DataFrame | None = None,
        name: str = "",
        year: int = 0,
        columns: Mapped | None = None,
        where: str = "",
        lang: str = "auto",
    ) -> "County":
        """Check tables and make a county of them.

        Parameters
        ----------
        villages, schools, roads
            The tables every county needs; ids as index or as a column.
        townships, candidates, flows
            Further tables.
        name
            The name of the county.
        year
            The school year of the data.
        columns
            What foreign columns and values mean; see `layoutplan.sources.columns`.
        where
            The file the tables come from, for messages.
        lang
            The language of messages.

        Returns
        -------
        County
            The county.

        Raises
        ------
        DataError
            With every breach at once, if a table cannot be used.

        Examples
        --------
        >>> from layoutplan import example
        >>> small = example.county(seed=1, villages=40)
        >>> again = County.from_tables(
        ...     villages=small.villages, schools=small.schools, roads=small.roads
        ... )
        >>> len(again.villages)
        40
        """
        given: dict[str, pd.DataFrame | None] = {
            "villages": villages,
            "schools": schools,
            "roads": roads,
            "townships": townships,
            "candidates": candidates,
            "flows": flows,
        }
        frames = {k: v for k, v in given.items() if v is not None}
        read = [str(c) for frame in frames.values() for c in frame.columns]
        spoken = language(lang, [where, *read]) if lang == "auto" else lang
        mapped = apply_columns(frames, columns or {})
        return _county(mapped, name=name, year=year, where=where, lang=spoken)

    def table(self, name: str) -> pd.DataFrame:
        """Give a copy of one table.

        Parameters
        ----------
        name
            The name of the table.

        Returns
        -------
        pandas.DataFrame
            The table, indexed by id; empty where the county has none.
        """
        if name in self.tables:
            return self.tables[name]
        declared = COUNTY_TABLES[name]
        names = [c.name for c in declared.columns if c.required and c.name != declared.key]
        index = pd.Index([], name=declared.key or None, dtype="str")
        if not declared.geometries:
            return pd.DataFrame(columns=names, index=index)
        empty: pd.DataFrame = gpd.GeoDataFrame(
            {n: [] for n in names}, index=index, geometry="geometry", crs=self.crs
        )
        return empty

    @property
    def villages(self) -> gpd.GeoDataFrame:
        """The villages, indexed by ``village_id``."""
        return self.table("villages")

    @property
    def schools(self) -> gpd.GeoDataFrame:
        """The schools, indexed by ``school_id``."""
        return self.table("schools")

    @property
    def roads(self) -> gpd.GeoDataFrame:
        """The roads, indexed by a label of their own."""
        return self.table("roads")

    @property
    def townships(self) -> gpd.GeoDataFrame:
        """The townships, indexed by ``township_id``."""
        return self.table("townships")

    @property
    def candidates(self) -> gpd.GeoDataFrame:
        """The candidate sites, indexed by ``school_id``."""
        return self.table("candidates")

    @property
    def flows(self) -> pd.DataFrame:
        """Where the pupils of each village go today, as observed."""
        return self.table("flows")

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """Schools and candidates in one table, indexed by ``site_id``."""
        parts = [self.schools.assign(candidate=False), self.candidates.assign(candidate=True)]
        filled = [part for part in parts if len(part)]
        sites = pd.concat(filled) if len(filled) > 1 else filled[0]
        return sites.rename_axis("site_id")

    def language(self, lang: str = "auto") -> Language:
        """Settle on the language of a county.

        Parameters
        ----------
        lang
            ``"zh"``, ``"en"`` or ``"auto"``, which follows the county's own names.

        Returns
        -------
        Language
            The language.
        """
        names = [
            n
            for t in ("schools", "villages", "townships")
            for n in self.table(t).get("name", pd.Series(dtype="str")).dropna().head(50)
        ]
        return language(lang, [self.name, *names])

    def findings_table(self, *, lang: str = "auto") -> pd.DataFrame:
        """Set out what was noted when the tables were read.

        Parameters
        ----------
        lang
            The language of the messages.

        Returns
        -------
        pandas.DataFrame
            One row per finding, worst first.
        """
        return findings_table(self.findings, lang=self.language(lang))


def _county(mapped: MappedTables, *, name: str, year: int, where: str, lang: str) -> County:
    checked, found = validate(mapped.tables)
    found = (*mapped.findings, *found)
    errors = [f for f in found if f.severity == "error"]
    if errors:
        raise DataError(errors, where=where, lang=lang)
    agreed, crs, notes = one_crs(checked)
    return County(
        name=name,
        year=year,
        crs=crs,
        findings=(*found, *notes),
        tables=agreed,
    )


def read_county(
    path: str | Path,
    *,
    columns: Mapped | None = None,
    name: str = "",
    year: int = 0,
    crs: str = "",
    coordinates: Coordinates = AUTO,
    lang: str = "auto",
) -> County:
    """Read a county from a GeoPackage, a folder of files or an Excel workbook.

    Parameters
    ----------
    path
        A GeoPackage with layers, a folder (GeoJSON, Shapefile, GeoPackage, CSV, Excel;
        one table per file or sheet) or an Excel workbook (one table per sheet).
        Tables are found by their names in English or Chinese.
    columns
        What foreign columns and values mean; see `layoutplan.sources.columns`.
    name
        The name of the county; that of the file where not given.
    year
        The school year of the data.
    crs
        The coordinate reference system of tables that do not name one, such
        as ``"EPSG:4548"``; longitudes and latitudes need none.
    coordinates
        Whether points come from a map site that shifts them: ``"gcj02"`` (AMap, Tencent),
        ``"bd09"`` (Baidu), ``"as-is"``, or ``"auto"``, which asks the roads; see
        `layoutplan.settle_places`. The mapping of columns may say so per table.
    lang
        The language of messages.

    Returns
    -------
    County
        The county. The files are only read.

    Raises
    ------
    DataError
        With every breach at once, if the data cannot be used.

    Examples
    --------
    >>> read_county("no-such-file.gpkg", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-file.gpkg: 1
    1. There is no file or folder no-such-file.gpkg.
       Cure: Check the path for typing errors; give a GeoPackage, a folder or an Excel workbook.
    """
    path = Path(path)
    told = told_of_tables(coordinates, columns or {})
    delivery = read_delivery(path, columns=columns or {}, crs=crs, lang=lang)
    mapped = apply_columns(delivery.tables, delivery.columns)
    settled = settle_values(mapped.tables, columns=delivery.columns, units=delivery.units)
    placed = settle_places(settled.tables, crs=crs, coordinates=told)
    findings = (*delivery.findings, *mapped.findings, *settled.findings, *placed.findings)
    read = [str(c) for frame in delivery.tables.values() for c in frame.columns]
    spoken = language(lang, [str(path), *read]) if lang == "auto" else lang
    return _county(
        MappedTables(tables=placed.tables, findings=findings),
        name=name or path.stem,
        year=year,
        where=str(path),
        lang=spoken,
    )
