"""Files to tables: GeoPackage, folders of files, Excel workbooks, CSV."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.columns import Mapped, plain_heading
from layoutplan.tables import COUNTY_TABLES
from layoutplan.words import language

LONGITUDES: Final = ("lon", "lng", "longitude", "经度", "东经")
LATITUDES: Final = ("lat", "latitude", "纬度", "北纬")
EASTINGS: Final = ("x", "easting", "横坐标", "东坐标")
NORTHINGS: Final = ("y", "northing", "纵坐标", "北坐标")
WKT: Final = ("geometry", "wkt", "geom")

_UNPACKED_MAX: Final = 2_000_000_000
"""Bytes an Excel workbook may unpack to: far above any county, far below a bomb."""

_CUT_SHARE: Final = 0.05
"""Share of the characters of a table that may be cut in half at the end of a field."""

_READ = (".gpkg", ".geojson", ".json", ".shp", ".csv", ".xlsx", ".xlsm")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table in a file, not read yet.

    Parameters
    ----------
    file
        The file.
    layer
        The layer or sheet; empty for a file that is one table.
    """

    file: Path
    layer: str = ""

    @property
    def label(self) -> str:
        """The name by which the part is matched with a table."""
        return self.layer or self.file.stem


def read_tables(
    path: Path, *, columns: Mapped, crs: str = "", lang: str = "auto"
) -> dict[str, pd.DataFrame]:
    """Read the tables of a county from a file or folder.

    Parameters
    ----------
    path
        A GeoPackage, a folder or an Excel workbook.
    columns
        The mapping of columns, which may name the layer of a table.
    crs
        The coordinate reference system of tables that do not name one.
    lang
        The language of messages.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables found, by our names; none is invented.

    Raises
    ------
    DataError
        If the path does not exist or a file cannot be read, or if no or more
        than one part of it could be the same table.
    """
    parts = list(_parts(path, lang=lang))
    chosen = _chosen(parts, columns, path=path, lang=lang)
    return {name: _read(part, crs=crs, lang=lang) for name, part in chosen.items()}


def _fail(code: str, path: Path, lang: str, **values: object) -> DataError:
    found = Finding(code=code, table=path.name, values={"path": str(path), **values})
    return DataError(found, where=str(path), lang=lang)


def _parts(path: Path, *, lang: str) -> Iterator[Part]:
    if not path.exists():
        raise _fail("no_such_path", path, lang)
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in _READ and p.is_file())
        files = [p for p in files if not p.name.startswith((".", "~"))]
        if not files:
            raise _fail("empty_folder", path, lang, kinds=", ".join(_READ))
        for file in files:
            yield from _parts(file, lang=lang)
        return
    suffix = path.suffix.lower()
    if suffix == ".gpkg":
        for layer in _layers(path, lang=lang):
            yield Part(file=path, layer=layer)
    elif suffix in (".xlsx", ".xlsm"):
        with _workbook(path, lang=lang) as book:
            sheets = [str(s) for s in book.sheet_names]
        for sheet in sheets:
            yield Part(file=path, layer=sheet)
    elif suffix in _READ:
        yield Part(file=path)
    else:
        raise _fail("unknown_format", path, lang, kinds=", ".join(_READ))


def _layers(path: Path, *, lang: str) -> list[str]:
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        raise _fail("corrupt_file", path, lang, why=str(error)) from None


def _workbook(path: Path, *, lang: str) -> pd.ExcelFile:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(i.file_size for i in archive.infolist()) > _UNPACKED_MAX:
                raise _fail("too_large", path, lang, limit=f"{_UNPACKED_MAX // 10**9} GB")
        return pd.ExcelFile(path, engine="openpyxl")
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise _fail("corrupt_file", path, lang, why=str(error)) from None


def _chosen(parts: list[Part], columns: Mapped, *, path: Path, lang: str) -> dict[str, Part]:
    chosen, found = dict[str, Part](), list[Finding]()
    for name, table in COUNTY_TABLES.items():
        layer = columns.get(name, {}).get("layer")
        wanted = {plain_heading(t) for t in (name, table.zh, table.en)}
        if isinstance(layer, str):
            wanted = {plain_heading(layer)}
        matches = [p for p in parts if plain_heading(p.label) in wanted]
        if len(matches) > 1:
            which = ", ".join(f"{p.file.name} {p.layer}".strip() for p in matches)
            found.append(Finding(code="two_tables", table=name, values={"which": which}))
        elif matches:
            chosen[name] = matches[0]
        elif table.required or layer:
            have = ", ".join(p.label for p in parts)
            wanted_names = str(layer) if layer else f"{name} / {table.zh}"
            found.append(
                Finding(
                    code="missing_table", table=name, values={"have": have, "wanted": wanted_names}
                )
            )
    if found:
        spoken = language(lang, [str(path), *(p.label for p in parts)])
        raise DataError(found, where=str(path), lang=spoken)
    return chosen


def _read(part: Part, *, crs: str, lang: str) -> pd.DataFrame:
    suffix = part.file.suffix.lower()
    if suffix == ".csv":
        return _located(_csv(part.file, lang=lang), part, crs=crs, lang=lang)
    if suffix in (".xlsx", ".xlsm"):
        with _workbook(part.file, lang=lang) as book:
            frame = pd.read_excel(book, sheet_name=part.layer, dtype=object)
        frame = frame.dropna(how="all")
        if len(frame):
            frame = frame.dropna(how="all", axis="columns")
        return _located(frame, part, crs=crs, lang=lang)
    return _vector(part, crs=crs, lang=lang)


def _csv(path: Path, *, lang: str) -> pd.DataFrame:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            # Only blanks are missing: a school may be called NA.
            return pd.read_csv(
                path,
                dtype="str",
                encoding=encoding,
                skipinitialspace=True,
                keep_default_na=False,
                na_values=[""],
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise _fail("corrupt_file", path, lang, why=str(error)) from None
    raise _fail("unreadable_encoding", path, lang)


def _encoding(path: Path, *, lang: str) -> str | None:
    """Tell the encoding of a shapefile that does not say: GDAL would take Latin-1."""
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists():
        return None
    table = path.with_suffix(".dbf")
    if not table.exists():
        return None
    raw = table.read_bytes()
    for encoding in ("utf-8", "gb18030"):
        try:
            raw[32:].decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    # Names that fill their field may end in half a character; anything more is no GB18030.
    text = raw[32:].decode("gb18030", errors="replace")
    if text.count("\ufffd") <= _CUT_SHARE * sum(c > "\x7f" for c in text):
        return "gb18030"
    raise _fail("unreadable_encoding", table, lang)


def _vector(part: Part, *, crs: str, lang: str) -> pd.DataFrame:
    try:
        frame = gpd.read_file(
            part.file, layer=part.layer or None, encoding=_encoding(part.file, lang=lang)
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeError) as error:
        raise _fail("corrupt_file", part.file, lang, why=str(error)) from None
    if isinstance(frame, gpd.GeoDataFrame) and frame.crs is None and crs:
        frame = frame.set_crs(_crs(crs, part, lang))
    table: pd.DataFrame = frame
    return table


def _crs(crs: str, part: Part, lang: str) -> str:
    try:
        return str(gpd.GeoSeries([], crs=crs).crs)
    except (ValueError, RuntimeError):
        raise _fail("unknown_crs", part.file, lang, crs=crs) from None


def _column(frame: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    return next((c for c in frame.columns if plain_heading(c) in names), None)


def _in_words(values: pd.Series) -> bool:
    """Tell whether a column holds coordinates that are no plain numbers, as 116°57′30″."""
    text = values.astype("str").where(values.notna(), "")
    return bool((pd.to_numeric(values, errors="coerce").isna() & text.str.strip().ne("")).any())


def _located(frame: pd.DataFrame, part: Part, *, crs: str, lang: str) -> pd.DataFrame:
    """Make geometry of WKT or of coordinate columns, where there are any."""
    wkt = _column(frame, WKT)
    east, north = _column(frame, LONGITUDES), _column(frame, LATITUDES)
    system: str | None = "EPSG:4326"
    if not (east and north):
        east, north = _column(frame, EASTINGS), _column(frame, NORTHINGS)
        system = None
    if wkt is None and not (east and north):
        return frame
    if wkt is not None:
        texts = frame[wkt].astype("str").where(frame[wkt].notna(), None)
        shapes = shapely.from_wkt(texts.to_numpy(dtype=object), on_invalid="ignore")
        broken = np.flatnonzero(shapely.is_missing(shapes) & texts.notna().to_numpy())
        if len(broken):
            # The heading is row 1 of the sheet.
            rows = tuple(f"#{i + 2}" for i in broken)
            found = Finding(code="bad_wkt", table=part.label, column=str(wkt), ids=rows)
            raise DataError(found, where=str(part.file), lang=lang)
        used, system = [wkt], None if crs else "EPSG:4326"
    elif _in_words(frame[east]) or _in_words(frame[north]):
        return frame  # read cell by cell when the places are settled
    else:
        x = pd.to_numeric(frame[east], errors="coerce")
        y = pd.to_numeric(frame[north], errors="coerce")
        shapes = np.asarray(shapely.points(x.to_numpy(dtype=float), y.to_numpy(dtype=float)))
        shapes[(x.isna() | y.isna()).to_numpy()] = None
        used = [str(east), str(north)]
    # Longitudes and latitudes are what they are; --crs speaks of tables that name no system.
    chosen = system or (_crs(crs, part, lang) if crs else None)
    located: pd.DataFrame = gpd.GeoDataFrame(frame.drop(columns=used), geometry=shapes, crs=chosen)
    return located
