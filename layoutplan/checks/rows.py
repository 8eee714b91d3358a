"""What all checks do with tables: name rows, add up columns, measure places in metres."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.network import metric_crs
from layoutplan.tables import BANDS


def ids(index: pd.Index) -> tuple[str, ...]:
    """Give the labels of rows as text.

    Parameters
    ----------
    index
        The labels.

    Returns
    -------
    tuple of str
        The same as text.

    Examples
    --------
    >>> ids(pd.Index([7, 8]))
    ('7', '8')
    """
    return tuple(index.astype("str"))


def column(table: pd.DataFrame, name: str) -> pd.Series:
    """Give a column of numbers, empty where a table lacks it.

    Parameters
    ----------
    table
        The table.
    name
        The column.

    Returns
    -------
    pandas.Series
        Numbers; not a number where there is none.

    Examples
    --------
    >>> bool(column(pd.DataFrame(index=["a"]), "books").isna().all())
    True
    """
    if name not in table:
        return pd.Series(np.nan, index=table.index, dtype=float)
    return table[name].astype(float)


def text(table: pd.DataFrame, name: str) -> pd.Series:
    """Give a column of text, empty where a table lacks it.

    Parameters
    ----------
    table
        The table.
    name
        The column.

    Returns
    -------
    pandas.Series
        Text; missing where there is none.

    Examples
    --------
    >>> bool(text(pd.DataFrame(index=["a"]), "name").isna().all())
    True
    """
    if name not in table:
        return pd.Series(None, index=table.index, dtype="str")
    return table[name].astype("str")


def total(table: pd.DataFrame, prefix: str) -> pd.Series:
    """Add up the bands of a table.

    Parameters
    ----------
    table
        The table.
    prefix
        ``"pupils"`` or ``"enrolment"``.

    Returns
    -------
    pandas.Series
        The sum; not a number where no band is given.

    Examples
    --------
    >>> total(pd.DataFrame({"pupils_g13": [3], "pupils_g46": [4]}), "pupils").tolist()
    [7.0]
    """
    have = [f"{prefix}_{band}" for band in BANDS if f"{prefix}_{band}" in table]
    if not have:
        return pd.Series(np.nan, index=table.index, dtype=float)
    sums: pd.Series = table[have].astype(float).sum(axis=1, min_count=1)
    return sums


def in_metres(table: Any) -> Any:  # noqa: ANN401 - geopandas has no types
    """Give the geometry of a table in metres.

    Parameters
    ----------
    table
        A geopandas.GeoDataFrame.

    Returns
    -------
    geopandas.GeoSeries
        The same places in a projection made for them.
    """
    shapes = table.geometry
    west, south, east, north = (float(b) for b in shapes.total_bounds)
    return shapes.to_crs(metric_crs((west, south, east, north), CRS(shapes.crs)))


def points(table: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Give one point of each row in metres.

    Parameters
    ----------
    table
        A geopandas.GeoDataFrame.

    Returns
    -------
    numpy.ndarray
        Shape (rows, 2).
    """
    spots = in_metres(table).representative_point()
    return np.column_stack([spots.x, spots.y])
