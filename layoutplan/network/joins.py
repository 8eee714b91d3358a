"""What was done to a drawing of roads to join it, as a table for people to look at."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

KINDS: Final = ("crossing", "touch", "overlap", "gap", "duplicate", "zero_length")
"""In the order of the table."""

REPAIR_COLUMNS: Final = ("kind", "road", "other_road", "length_m", "geometry")


def joins(
    kind: str,
    line: NDArray[np.intp],
    other: NDArray[np.intp],
    *,
    length_m: NDArray[np.float64],
    geometry: NDArray[np.object_],
) -> pd.DataFrame:
    """Set out joins of one kind between numbered lines.

    Parameters
    ----------
    kind
        One of `KINDS`.
    line, other
        The numbers of the two lines, -1 where there is no other; shape (joins,).
    length_m
        Metres added, shared or left out, 0 at points; shape (joins,).
    geometry
        Where it is, shape (joins,).

    Returns
    -------
    pandas.DataFrame
        One row per join.

    Examples
    --------
    >>> here = shapely.points([[5.0, 5.0]])
    >>> two = joins("crossing", np.array([0]), np.array([1]), length_m=np.zeros(1), geometry=here)
    >>> two["kind"].tolist()
    ['crossing']
    """
    columns = {"line": line, "other": other, "length_m": length_m, "geometry": geometry}
    table = pd.DataFrame(columns)
    table.insert(0, "kind", kind)
    return table


def repairs_table(found: list[pd.DataFrame], *, labels: "pd.Index[Any]", crs: CRS) -> Any:  # noqa: ANN401
    """Name the roads that were joined.

    Parameters
    ----------
    found
        Tables of `joins`.
    labels
        The label of each line.
    crs
        The metric system of the geometry.

    Returns
    -------
    geopandas.GeoDataFrame
        With `REPAIR_COLUMNS`, by kind, road and place; ``other_road`` is missing where there
        is none.
    """
    table = pd.concat(found, ignore_index=True)
    x0, y0, *_ = shapely.bounds(table["geometry"].to_numpy(dtype=object)).T
    rank = table["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    order = np.lexsort((y0, x0, table["other"], table["line"], rank))
    table = table.iloc[order].reset_index(drop=True)
    line, other = table["line"].to_numpy(), table["other"].to_numpy()
    named = {
        "kind": table["kind"].astype("str"),
        "road": labels[line],
        "other_road": pd.Series(labels[other]).where(other >= 0, None),
        "length_m": table["length_m"].astype(np.float64),
    }
    return gpd.GeoDataFrame(named, geometry=table["geometry"].to_numpy(dtype=object), crs=crs)


def no_repairs() -> Any:  # noqa: ANN401 - geopandas has no types
    """Give the table of a network in which nothing was joined.

    Returns
    -------
    geopandas.GeoDataFrame
        With `REPAIR_COLUMNS` and no rows.

    Examples
    --------
    >>> len(no_repairs())
    0
    """
    none = pd.DataFrame(columns=list(REPAIR_COLUMNS[:-1]))
    return gpd.GeoDataFrame(none, geometry=gpd.GeoSeries([]))
