"""Geometry from columns of coordinates, whatever way they are written in."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.findings import Finding
from layoutplan.sources.coordinates.angles import numbers_of
from layoutplan.sources.coordinates.convert import WGS84
from layoutplan.sources.headings.learned import learn
from layoutplan.tables import COUNTY_TABLES

_SHOWN: Final = 20


def located(
    name: str, frame: pd.DataFrame, *, crs: str = ""
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Make points of a table that has columns of coordinates but no geometry yet.

    Parameters
    ----------
    name
        The name of the table.
    frame
        The table; one with geometry, or without coordinates, is given back as it is.
    crs
        The system of eastings and northings.

    Returns
    -------
    tuple
        The table and what is to be told: cells that were read out of text such as
        116°57′30″, cells that hold no coordinate.

    Examples
    --------
    >>> table = pd.DataFrame({"school_id": ["S1"], "lon": ["116°30′"], "lat": ["31°30′"]})
    >>> points, found = located("schools", table)
    >>> points.geometry.iloc[0].x, found[0].code
    (116.5, 'degrees_read')
    """
    if isinstance(frame, gpd.GeoDataFrame) or not COUNTY_TABLES[name].geometries:
        return frame, ()
    degrees = _columns(frame, name, ("lon", "lat"))
    columns = degrees or _columns(frame, name, ("x", "y"))
    if columns is None or "geometry" in frame:
        return frame, ()
    findings, numbers = [], []
    ids = _ids(name, frame)
    for column in columns:
        values, read = numbers_of(frame[column])
        numbers.append(values)
        filled = frame[column].notna() & frame[column].astype("str").str.strip().ne("")
        lost = filled.to_numpy() & np.isnan(values)
        for code, where in (("degrees_read", read), ("no_coordinate", lost)):
            if where.any():
                findings.append(
                    Finding(
                        code=code,
                        severity="note" if code == "degrees_read" else "warning",
                        table=name,
                        column=str(column),
                        ids=tuple(ids[where][:_SHOWN]),
                        rows=int(where.sum()),
                        values={"examples": ", ".join(map(str, frame[column][where].head(3)))},
                    )
                )
    points = np.asarray(shapely.points(*numbers), dtype=object)
    points[np.isnan(numbers[0]) | np.isnan(numbers[1])] = None
    system = WGS84 if degrees else (crs or None)
    made: pd.DataFrame = gpd.GeoDataFrame(
        frame.drop(columns=list(columns)), geometry=points, crs=system
    )
    return made, tuple(findings)


def _columns(frame: pd.DataFrame, name: str, wanted: tuple[str, str]) -> tuple[str, str] | None:
    """Find two columns by the headings that files may carry."""
    entries = learn(map(str, frame.columns), COUNTY_TABLES[name], given={}).entries
    first, second = (entries.get(column) for column in wanted)
    return (first, second) if isinstance(first, str) and isinstance(second, str) else None


def _ids(name: str, frame: pd.DataFrame) -> pd.Index:
    key = COUNTY_TABLES[name].key
    if key in frame:
        return pd.Index(frame[key].astype("str"))
    return frame.index.astype("str")
