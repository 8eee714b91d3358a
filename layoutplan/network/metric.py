"""Metres on the ground: a projection made for one county."""

from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion
from pyproj.exceptions import CRSError

from layoutplan.errors import TravelError
from layoutplan.findings import Finding

_CENTRE_STEP_DEGREES: Final = 0.1
_QUADRANT_DEGREES: Final = 90.0


@lru_cache(maxsize=32)
def transformer(crs: CRS, to: CRS) -> Transformer:
    """Give the way from one coordinate system to another.

    Parameters
    ----------
    crs
        The system to leave.
    to
        The system wanted.

    Returns
    -------
    pyproj.Transformer
        Takes easting or longitude first. Kept, for making one takes longer than most of
        what it is made for.
    """
    return Transformer.from_crs(crs, to, always_xy=True)


def known_crs(crs: Any) -> CRS:  # noqa: ANN401 - whatever pyproj takes
    """Settle on a coordinate reference system.

    Parameters
    ----------
    crs
        What names it, such as ``"EPSG:4548"``.

    Returns
    -------
    pyproj.CRS
        The system.

    Raises
    ------
    TravelError
        If it is unknown.

    Examples
    --------
    >>> known_crs("EPSG:4326").name
    'WGS 84'
    """
    try:
        return CRS(crs)
    except CRSError as error:
        raise TravelError(Finding(code="unknown_crs", values={"crs": str(crs)[:80]})) from error


def metric_crs(bounds: tuple[float, float, float, float], crs: CRS) -> CRS:
    """Make a projection in metres that is true over a county.

    A transverse Mercator on the datum of the data, so that nothing is shifted, with
    its origin at the centre of the extent. Away from its central meridian by x metres
    lengths grow by about x^2 / (2 R^2): 2e-5 at 40 km, 1e-4 at 90 km (Snyder 1987,
    Map Projections: A Working Manual, chapter 8).

    Parameters
    ----------
    bounds
        Least x, least y, greatest x and greatest y in ``crs``, x being the easting
        or the longitude.
    crs
        The coordinate reference system of the bounds.

    Returns
    -------
    pyproj.CRS
        The projection; longitude and latitude of its origin are round tenths of a
        degree, so that a small change of the extent does not change it.

    Raises
    ------
    TravelError
        If the system has no place on the earth, or the bounds lie outside it.

    Examples
    --------
    >>> metric_crs((110.2, 30.1, 110.6, 30.5), CRS("EPSG:4326")).name
    'local transverse Mercator 110.4 30.3'
    """
    geodetic = crs.geodetic_crs
    if geodetic is None:
        raise TravelError(
            Finding(code="crs_without_earth", table="roads", values={"crs": crs.name})
        )
    centre = transformer(crs, geodetic).transform(
        (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    )
    lon, lat = (round(round(c / _CENTRE_STEP_DEGREES) * _CENTRE_STEP_DEGREES, 1) for c in centre)
    if not (np.isfinite(centre).all() and abs(lat) <= _QUADRANT_DEGREES):
        text = extent_text(bounds)
        raise TravelError(
            Finding(
                code="extent_impossible", table="roads", values={"extent": text, "crs": crs.name}
            )
        )
    conversion = TransverseMercatorConversion(
        latitude_natural_origin=lat, longitude_natural_origin=lon
    )
    name = f"local transverse Mercator {lon:g} {lat:g}"
    return ProjectedCRS(conversion, name=name, geodetic_crs=geodetic.to_2d())


def metric_coordinates(
    geometries: NDArray[np.object_], crs: CRS, *, to: CRS
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Give the vertices of geometries in metres.

    Parameters
    ----------
    geometries
        Shapely geometries in ``crs``, shape (n,).
    crs
        Their coordinate reference system.
    to
        The metric system.

    Returns
    -------
    coordinates : numpy.ndarray
        Easting and northing, shape (vertices, 2); infinite where a vertex cannot be
        projected.
    geometry : numpy.ndarray
        The number of the geometry each vertex belongs to, shape (vertices,).

    Examples
    --------
    >>> here = CRS("EPSG:4326")
    >>> metric = metric_crs((110, 30, 111, 31), here)
    >>> points = shapely.points([[110.5, 30.5]])
    >>> metric_coordinates(points, here, to=metric)[0].round(3).tolist()
    [[0.0, 0.0]]
    """
    coordinates, geometry = shapely.get_coordinates(geometries, return_index=True)
    x, y = transformer(crs, to).transform(coordinates[:, 0], coordinates[:, 1])
    return np.column_stack([x, y]).astype(np.float64), geometry.astype(np.intp)


def points_of_places(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give one point for each place.

    Parameters
    ----------
    geometries
        Points, or areas, which stand for themselves by a point inside them;
        shape (n,).

    Returns
    -------
    numpy.ndarray
        Points, shape (n,); an empty point where there is no geometry.

    Examples
    --------
    >>> square = shapely.box(0, 0, 2, 2)
    >>> points_of_places(np.array([square, shapely.Point(5, 5)])).tolist()
    [<POINT (1 1)>, <POINT (5 5)>]
    """
    points = np.array(geometries, dtype=object)
    area = shapely.get_type_id(points) != shapely.GeometryType.POINT
    points[area] = shapely.point_on_surface(points[area])
    points[shapely.is_missing(points)] = shapely.Point()
    return points


def extent_text(bounds: Any) -> str:  # noqa: ANN401 - any four numbers
    """Write an extent for a person.

    Parameters
    ----------
    bounds
        Least x, least y, greatest x, greatest y.

    Returns
    -------
    str
        The ranges of x and y.

    Examples
    --------
    >>> extent_text((110.21, 30, 110.5, 31))
    'x 110.21 - 110.5, y 30 - 31'
    """
    x0, y0, x1, y1 = (f"{float(b):.7g}" for b in bounds)
    return f"x {x0} - {x1}, y {y0} - {y1}"
