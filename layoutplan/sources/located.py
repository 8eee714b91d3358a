"""Points and lines of tables that hold coordinates or WKT in columns."""

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.columns import sources
from layoutplan.sources.coordinates.angles import degrees_of
from layoutplan.sources.files import Part, known_crs
from layoutplan.sources.values.numbers import is_nothing, read_number
from layoutplan.tables import Table

_DEGREES: Final = "EPSG:4326"
_SHOWN: Final = 3
"""Angles named as examples: they are all of one kind."""


def located(
    frame: pd.DataFrame,
    part: Part,
    table: Table,
    *,
    entries: Mapping[str, object],
    crs: str,
    lang: str,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Make geometry of the columns of a table that hold places.

    Parameters
    ----------
    frame
        The table as it was read.
    part
        Where it was read from.
    table
        What it is.
    entries
        Which headings hold ``lon`` and ``lat``, ``x`` and ``y``, or ``wkt``.
    crs
        The coordinate reference system of tables that name none.
    lang
        The language of messages.

    Returns
    -------
    tuple
        The table, with geometry where it holds places, and what was found.

    Raises
    ------
    DataError
        If WKT cannot be read.
    """
    at = {name: sources(entry)[0] for name, entry in entries.items() if sources(entry)}
    at = {name: heading for name, heading in at.items() if heading in frame}
    if not table.geometries:
        return frame, []
    if "wkt" in at:
        shapes = _lines(frame[at["wkt"]], part, at["wkt"], lang)
        system = known_crs(crs, part, lang) if crs else _DEGREES
        return _with(frame, shapes, [at["wkt"]], system), []
    degrees = "lon" in at and "lat" in at
    east, north = (at.get("lon"), at.get("lat")) if degrees else (at.get("x"), at.get("y"))
    if east is None or north is None:
        return frame, []
    x, found = _numbers(frame[east], table)
    y, more = _numbers(frame[north], table)
    shapes = np.asarray(shapely.points(x, y))
    shapes[np.isnan(x) | np.isnan(y)] = None
    # Longitudes and latitudes are what they are; a given system speaks of the others.
    named = _DEGREES if degrees else (known_crs(crs, part, lang) if crs else None)
    return _with(frame, shapes, [east, north], named), [*found, *more]


def _with(
    frame: pd.DataFrame, shapes: NDArray[np.object_], used: list[str], crs: str | None
) -> pd.DataFrame:
    placed: pd.DataFrame = gpd.GeoDataFrame(frame.drop(columns=used), geometry=shapes, crs=crs)
    return placed


def _lines(cells: pd.Series, part: Part, heading: str, lang: str) -> NDArray[np.object_]:
    texts = cells.astype("str").where(cells.notna(), None)
    shapes = shapely.from_wkt(texts.to_numpy(dtype=object), on_invalid="ignore")
    broken = shapely.is_missing(shapes) & texts.notna().to_numpy()
    if broken.any():
        rows = tuple(f"#{row}" for row in cells.index[broken])
        found = Finding(code="bad_wkt", table=part.label, column=heading, ids=rows)
        raise DataError(found, where=str(part.file), lang=lang)
    return np.asarray(shapes)


def _numbers(cells: pd.Series, table: Table) -> tuple[NDArray[np.float64], list[Finding]]:
    """Read coordinates; what is no number has no place, and is named."""
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan).copy()
    read, angles, lost = list[int](), list[int](), list[int]()
    for i in np.flatnonzero(np.isnan(numbers) & cells.notna().to_numpy()):
        text = str(cells.iloc[i])
        number = read_number(text)
        if number is not None:
            numbers[i] = float(number)
            read.append(int(i))
        elif np.isfinite(angle := degrees_of(text)):
            numbers[i] = angle
            angles.append(int(i))
        elif not is_nothing(text):
            lost.append(int(i))
    found = []
    for code, which in (
        ("numbers_read", read),
        ("degrees_read", angles),
        ("coordinates_unread", lost),
    ):
        if which:
            examples = ", ".join(
                dict.fromkeys(
                    str(v) for v in cells.iloc[which[: _SHOWN if which is angles else 20]]
                )
            )
            found.append(
                Finding(
                    code=code,
                    severity="error" if which is lost else "note",
                    table=table.name,
                    column=str(cells.name),
                    ids=tuple(f"#{row}" for row in cells.index[which]),
                    values={"examples": examples},
                )
            )
    return numbers, found
