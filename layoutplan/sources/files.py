"""The parts of a delivery: layers of GeoPackages, Shapefiles, GeoJSON, sheets of workbooks, CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from layoutplan.sources.sheets import ENDINGS, Sheet, read_sheets
from layoutplan.sources.sheets.sheet import failure

_CUT_SHARE: Final = 0.05
"""Share of the characters of a table that may be cut in half at the end of a field."""

_READ: Final = (".gpkg", ".geojson", ".json", ".shp", *ENDINGS)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table in a file, not read yet.

    Parameters
    ----------
    file
        The file.
    layer
        The layer or sheet; empty for a file that is one table.
    sheet
        The cells, of a part that has no layers.
    """

    file: Path
    layer: str = ""
    sheet: Sheet | None = None

    @property
    def label(self) -> str:
        """The name by which the part is matched with a table."""
        return self.layer or self.file.stem


def parts_of(path: Path, *, lang: str) -> Iterator[Part]:
    """Give the parts of a file or folder.

    Parameters
    ----------
    path
        A file that can be read, or a folder with such files.
    lang
        The language of messages.

    Yields
    ------
    Part
        A layer, a sheet or a file that is one table.

    Raises
    ------
    DataError
        If there is nothing to read, or a file cannot be read.
    """
    if not path.exists():
        raise failure("no_such_path", path, lang)
    suffix = path.suffix.lower()
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in _READ and p.is_file())
        files = [p for p in files if not p.name.startswith((".", "~"))]
        if not files:
            raise failure("empty_folder", path, lang, kinds=", ".join(_READ))
        for file in files:
            yield from parts_of(file, lang=lang)
    elif suffix == ".gpkg":
        for layer in _layers(path, lang=lang):
            yield Part(file=path, layer=layer)
    elif suffix in ENDINGS:
        for sheet in read_sheets(path, lang=lang):
            yield Part(file=path, layer=sheet.name, sheet=sheet)
    elif suffix in _READ:
        yield Part(file=path)
    else:
        raise failure("unknown_format", path, lang, kinds=", ".join(_READ))


def _layers(path: Path, *, lang: str) -> list[str]:
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        raise failure("corrupt_file", path, lang, why=str(error)) from None


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
    raise failure("unreadable_encoding", table, lang)


def rows_of(part: Part, *, lang: str) -> int:
    """Count the rows of a layer without reading them.

    Parameters
    ----------
    part
        The layer.
    lang
        The language of messages.

    Returns
    -------
    int
        The rows; -1 where the file does not tell.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    return int(_about(part, lang=lang)["features"])


def _about(part: Part, *, lang: str) -> Mapping[str, Any]:
    encoding = _encoding(part.file, lang=lang)
    try:
        about: Mapping[str, Any] = pyogrio.read_info(
            part.file, layer=part.layer or None, encoding=encoding
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeError) as error:
        raise failure("corrupt_file", part.file, lang, why=str(error)) from None
    return about


def fields_of(part: Part, *, lang: str) -> tuple[tuple[str, ...], str]:
    """Give the fields of a layer and the type of its geometry, without reading its rows.

    Parameters
    ----------
    part
        The layer.
    lang
        The language of messages.

    Returns
    -------
    tuple
        The names of its fields, and the type of geometry; empty where it has none.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    about = _about(part, lang=lang)
    return tuple(map(str, about["fields"])), str(about["geometry_type"] or "")


def read_layer(part: Part, *, crs: str, lang: str) -> pd.DataFrame:
    """Read a layer.

    Parameters
    ----------
    part
        The layer.
    crs
        The coordinate reference system of a layer that names none.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        Its rows, with geometry where it has any.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    encoding = _encoding(part.file, lang=lang)
    try:
        frame = gpd.read_file(part.file, layer=part.layer or None, encoding=encoding)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeError) as error:
        raise failure("corrupt_file", part.file, lang, why=str(error)) from None
    if isinstance(frame, gpd.GeoDataFrame) and frame.crs is None and crs:
        frame = frame.set_crs(known_crs(crs, part, lang))
    table: pd.DataFrame = frame
    return table


def known_crs(crs: str, part: Part, lang: str) -> str:
    """Make sure that a coordinate reference system exists.

    Parameters
    ----------
    crs
        Its name.
    part
        The part it is meant for.
    lang
        The language of messages.

    Returns
    -------
    str
        The system.

    Raises
    ------
    DataError
        If there is none of this name.
    """
    try:
        return str(gpd.GeoSeries([], crs=crs).crs)
    except (ValueError, RuntimeError):
        raise failure("unknown_crs", part.file, lang, crs=crs) from None
