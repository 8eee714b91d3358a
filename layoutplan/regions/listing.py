"""The counties of a province: a folder of counties, one GeoPackage, or a GeoParquet dataset."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pandas as pd
import pyogrio

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.regions.noun import CountyPart
from layoutplan.sources.columns import Mapped
from layoutplan.sources.headings.learned import learn
from layoutplan.tables import COUNTY_TABLES

CODE: Final = "county_code"
"""The column that names a row's county."""

NO_COUNTY: Final = "__HIVE_DEFAULT_PARTITION__"
"""The partition of rows without a code, as the writers of datasets name it."""

DIGITS: Final = 6
"""Digits of a division code that name the county (GB/T 2260)."""

_ENDINGS: Final = (".gpkg", ".xlsx", ".xls")
_NAMED: Final = re.compile(r"(\d{6})[\s_-]*(.*)")


def counties_of(
    source: str | Path, *, columns: Mapped | None = None, lang: str = "auto"
) -> tuple[CountyPart, ...]:
    """List the counties of a province without reading them.

    Parameters
    ----------
    source
        A folder with a file or folder per county, whose names begin with the county's code;
        one GeoPackage whose villages have a column ``county_code`` or codes of which the
        first six digits name the county; or a GeoParquet dataset: a folder with
        ``villages``, ``schools`` and ``roads``, partitioned by ``county_code`` or files with
        that column.
    columns
        The mapping of foreign columns: the rows of a GeoPackage are told apart by the codes
        that it names.
    lang
        The language of messages.

    Returns
    -------
    tuple of CountyPart
        The counties by code.

    Raises
    ------
    DataError
        If there is no county, or two of them have one code.

    Examples
    --------
    >>> counties_of("no-such-folder", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-folder: 1
    1. There is no file or folder no-such-folder.
       Cure: Check the path for typing errors; give a GeoPackage, a folder or an Excel workbook.
    """
    source = Path(source)
    if not source.exists():
        found = Finding(code="no_such_path", table=source.name, values={"path": source})
        raise DataError(found, where=str(source), lang=lang)
    if source.is_file():
        parts = list(_layered(source, columns or {}, lang=lang))
    elif is_dataset(source):
        parts = [CountyPart(code=c, name="", kind="dataset", path=source) for c in _codes(source)]
    else:
        parts = list(_files(source))
    if not parts:
        found = Finding(code="province_without_counties", values={"path": source})
        raise DataError(found, where=str(source), lang=lang)
    _require_unique(parts, source, lang=lang)
    return tuple(sorted(parts, key=lambda p: p.code))


def is_dataset(folder: Path) -> bool:
    """Tell whether a folder is a GeoParquet dataset of a province.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    bool
        Whether it holds villages as Parquet.
    """
    inside = folder / "villages"
    return (folder / "villages.parquet").is_file() or (
        inside.is_dir() and any(inside.rglob("*.parquet"))
    )


def dataset_table(folder: Path, name: str) -> Path | None:
    """Find a table of a GeoParquet dataset.

    Parameters
    ----------
    folder
        The folder of the dataset.
    name
        The table.

    Returns
    -------
    pathlib.Path or None
        Its file or folder; None where the dataset has no such table.
    """
    for path in (folder / f"{name}.parquet", folder / name):
        if path.exists():
            return path
    return None


def is_parted(path: Path) -> bool:
    """Tell whether a table of a dataset is partitioned by county.

    Parameters
    ----------
    path
        Its file or folder.

    Returns
    -------
    bool
        Whether it has a folder per county.
    """
    return path.is_dir() and any(p.is_dir() for p in path.glob(f"{CODE}=*"))


def code_condition(
    path: Path, layer: str, table: str, code: str, *, columns: Mapped | None = None
) -> str | None:
    """Say in SQL which rows of a layer are a county's.

    Parameters
    ----------
    path, layer
        The layer of a GeoPackage.
    table
        The table of ours that it holds.
    code
        The county.
    columns
        The mapping of foreign columns.

    Returns
    -------
    str or None
        The condition; None where the layer tells no county, as roads may.
    """
    told = code_expression(path, layer, table, columns=columns)
    wanted = code.replace("'", "''")
    return None if told is None else f"{told} = '{wanted}'"


def code_expression(
    path: Path, layer: str, table: str, *, columns: Mapped | None = None
) -> str | None:
    """Say in SQL where a layer tells the county of a row.

    Parameters
    ----------
    path, layer
        The layer of a GeoPackage.
    table
        The table of ours that it holds.
    columns
        The mapping of foreign columns.

    Returns
    -------
    str or None
        The expression; None where the layer tells no county, as roads may.
    """
    fields = _fields(path, layer)
    if CODE in fields:
        return f'"{CODE}"'
    given = (columns or {}).get(table, {})
    for column in _codes_in(table):
        heading = learn(fields, COUNTY_TABLES[table], given=given).entries.get(column)
        if isinstance(heading, str):
            quoted = heading.replace('"', '""')
            return f'substr("{quoted}", 1, {DIGITS})'
    return None


def plain_codes(values: pd.Series) -> pd.Series:
    """Give codes as text, whether they were kept as text or as numbers.

    Parameters
    ----------
    values
        The codes.

    Returns
    -------
    pandas.Series
        Text; missing where there is none or only blanks.

    Examples
    --------
    >>> plain_codes(pd.Series([341501.0, float("nan")])).dropna().tolist()
    ['341501']
    """
    texts = values.astype("string")
    if pd.api.types.is_float_dtype(values):
        texts = texts.str.removesuffix(".0")
    return texts.mask(texts.str.strip() == "")


def layer_of(path: Path, table: str) -> str | None:
    """Find the layer of a GeoPackage that holds a table.

    Parameters
    ----------
    path
        The GeoPackage.
    table
        The table.

    Returns
    -------
    str or None
        The layer of that name, in English or Chinese; None where there is none.
    """
    declared = COUNTY_TABLES[table]
    names = {str(n).casefold(): str(n) for n, _ in pyogrio.list_layers(path)}
    for name in (declared.name, declared.zh, declared.en):
        if name.casefold() in names:
            return names[name.casefold()]
    return None


def _codes_in(table: str) -> tuple[str, ...]:
    """Columns whose codes begin with the county's. School codes are not such: ten digits."""
    return {
        "villages": ("village_id", "township_id"),
        "schools": ("township_id",),
        "candidates": ("township_id",),
        "townships": ("township_id",),
        "flows": ("village_id",),
    }.get(table, ())


def _fields(path: Path, layer: str) -> list[str]:
    return [str(f) for f in pyogrio.read_info(path, layer=layer)["fields"]]


def _layered(path: Path, columns: Mapped, *, lang: str) -> Iterator[CountyPart]:
    """Give the counties whose rows stand in one GeoPackage."""
    try:
        layer = layer_of(path, "villages")
        fields = _fields(path, layer) if layer else []
    except pyogrio.errors.DataSourceError as error:
        found = Finding(code="corrupt_file", table=path.name, values={"why": str(error)})
        raise DataError(found, where=str(path), lang=lang) from None
    entries = learn(fields, COUNTY_TABLES["villages"], given=columns.get("villages", {})).entries
    by = CODE if CODE in fields else entries.get("village_id")
    if layer is None or not isinstance(by, str):
        return
    codes = pyogrio.read_dataframe(path, layer=layer, columns=[by], read_geometry=False)[by]
    texts = plain_codes(codes).dropna()
    for code in sorted(set((texts if by == CODE else texts.str[:DIGITS]).tolist())):
        yield CountyPart(code=code, name="", kind="layers", path=path)


def _files(folder: Path) -> Iterator[CountyPart]:
    """Give the counties that have a file or folder of their own."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~")):
            continue
        if path.is_dir() or path.suffix.lower() in _ENDINGS:
            stem = path.name if path.is_dir() else path.stem
            named = _NAMED.fullmatch(stem)
            code, name = named.groups() if named else (stem, "")
            yield CountyPart(code=code, name=name or stem, kind="file", path=path)


def _codes(folder: Path) -> list[str]:
    """List the counties of a GeoParquet dataset."""
    path = dataset_table(folder, "villages")
    if path is None:
        return []
    if is_parted(path):
        named = {unquote(p.name.partition("=")[2]) for p in path.glob(f"{CODE}=*") if p.is_dir()}
        return sorted(named - {NO_COUNTY})
    return sorted(set(plain_codes(pd.read_parquet(path, columns=[CODE])[CODE]).dropna().tolist()))


def _require_unique(parts: list[CountyPart], source: Path, *, lang: str) -> None:
    by_code = defaultdict[str, list[str]](list)
    for part in parts:
        by_code[part.code].append(part.path.name)
    twice = [
        Finding(code="province_same_code", ids=tuple(names), values={"code": code})
        for code, names in sorted(by_code.items())
        if len(names) > 1
    ]
    if twice:
        raise DataError(twice, where=str(source), lang=lang)
