"""Townships as areas: which one a point lies in, and a grid of squares over them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import LambertAzimuthalEqualAreaConversion

from layoutplan.errors import DataError
from layoutplan.findings import Finding

_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, eq=False, kw_only=True)
class Areas:
    """The townships in a system that keeps areas.

    Parameters
    ----------
    ids
        Their ids in order.
    shapes
        Their areas.
    crs
        The system, in metres.
    given
        The system they were given in.
    """

    ids: NDArray[np.str_]
    shapes: NDArray[np.object_]
    crs: CRS
    given: CRS


def areas_of(townships: Any) -> Areas:  # noqa: ANN401
    """Take the townships as areas.

    Parameters
    ----------
    townships
        geopandas.GeoDataFrame of areas, indexed by ``township_id`` or with that column.

    Returns
    -------
    Areas
        The townships, by id, in Lambert's equal-area projection about their middle.

    Raises
    ------
    DataError
        If there are none, they have no coordinate system, or one is no area.
    """
    if "township_id" in townships.columns:
        townships = townships.set_index("township_id")
    if len(townships) == 0:
        raise DataError(Finding(code="empty_table", table="townships"))
    if townships.crs is None:
        raise DataError(Finding(code="no_crs", table="townships"))
    townships = townships.set_axis(townships.index.astype("str")).sort_index()
    twice = townships.index[townships.index.duplicated()]
    if len(twice):
        ids = tuple(twice.unique())
        raise DataError(Finding(code="duplicate_id", table="townships", ids=ids))
    none = ~townships.geom_type.isin(_AREAS).to_numpy() | townships.geometry.is_empty.to_numpy()
    if none.any():
        ids = tuple(townships.index[none])
        raise DataError(Finding(code="township_no_area", table="townships", ids=ids))
    given = CRS(townships.crs)
    degrees = townships.geometry.to_crs("EPSG:4326").total_bounds
    lon, lat = (degrees[0] + degrees[2]) / 2, (degrees[1] + degrees[3]) / 2
    middle = LambertAzimuthalEqualAreaConversion(
        latitude_natural_origin=round(float(lat), 1), longitude_natural_origin=round(float(lon), 1)
    )
    crs = ProjectedCRS(conversion=middle, geodetic_crs=CRS("EPSG:4326"))
    shapes = shapely.make_valid(townships.geometry.to_crs(crs).to_numpy())
    shapely.prepare(shapes)
    return Areas(ids=townships.index.to_numpy(dtype=np.str_), shapes=shapes, crs=crs, given=given)


def township_at(areas: Areas, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Find the township of each point.

    Parameters
    ----------
    areas
        The townships.
    x, y
        The points, in the system of the areas.

    Returns
    -------
    numpy.ndarray
        The position of the township, the first one on a boundary; -1 outside all.
    """
    found = np.full(len(x), len(areas.ids), dtype=np.int64)
    tree = shapely.STRtree(areas.shapes)
    point, area = tree.query(shapely.points(x, y), predicate="intersects")
    np.minimum.at(found, point, area)
    found[found == len(areas.ids)] = -1
    return found


def gathered(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Add up what lies in one square of one township.

    Parameters
    ----------
    parts
        Tables with township, column, row, weight, wx and wy.

    Returns
    -------
    pandas.DataFrame
        One row per township and square, in their order.
    """
    keys, sums = ["township", "column", "row"], ["weight", "wx", "wy"]
    if not parts:
        return pd.DataFrame(columns=[*keys, *sums]).astype(float)
    table: pd.DataFrame = pd.concat(parts).groupby(keys, sort=True)[sums].sum().reset_index()
    return table


def squares(
    township: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    weight: NDArray[np.float64],
    metres: float,
) -> pd.DataFrame:
    """Add up weighted points by township and square.

    Parameters
    ----------
    township
        The township of each point.
    x, y
        The points in metres.
    weight
        What each weighs.
    metres
        The side of the squares.

    Returns
    -------
    pandas.DataFrame
        As `gathered` takes and gives.
    """
    # Sums of floats depend on their order: it is fixed, so that the order of rows is not.
    order = np.lexsort((weight, y, x))
    rows = pd.DataFrame(
        {
            "township": township[order],
            "column": np.floor(x[order] / metres).astype(np.int64),
            "row": np.floor(y[order] / metres).astype(np.int64),
            "weight": weight[order],
            "wx": (weight * x)[order],
            "wy": (weight * y)[order],
        }
    )
    return gathered([rows])
