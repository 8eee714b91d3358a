"""Longitude and latitude of schools as points, with what is wrong with them noted."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.sources.forms.noted import Notes
from layoutplan.sources.forms.workbook import SchoolRead

_CRS = "EPSG:4326"
_EAST, _NORTH = 180.0, 90.0


def settle_place(read: SchoolRead) -> None:
    """Put coordinates right that can only mean one thing, and drop impossible ones.

    Parameters
    ----------
    read
        What the forms of a school say; changed in place, every change noted.
    """
    lon, lat = read.number("lon"), read.number("lat")
    if lon is None and lat is None:
        return
    if lon is None or lat is None:
        read.notes.add("forms_half_a_place", read.label, column="geometry")
        read.said |= {"lon": None, "lat": None}
        return
    if abs(lat) > _NORTH >= abs(lon) and abs(lat) <= _EAST:
        read.notes.add(
            "forms_place_exchanged", read.label, column="geometry", example=f"{lon:g}, {lat:g}"
        )
        read.said |= {"lon": lat, "lat": lon}
        return
    if not lon or not lat or abs(lon) > _EAST or abs(lat) > _NORTH:
        read.notes.add(
            "forms_impossible_place", read.label, column="geometry", example=f"{lon:g}, {lat:g}"
        )
        read.said |= {"lon": None, "lat": None}


def with_places(table: pd.DataFrame, schools: dict[str, SchoolRead]) -> pd.DataFrame:
    """Set the points of schools beside their rows.

    Parameters
    ----------
    table
        The rows, indexed by the code of the school.
    schools
        What their forms say.

    Returns
    -------
    pandas.DataFrame
        A GeoDataFrame where any school has coordinates, else the table as it is.
    """
    lon = np.array([schools[i].number("lon") for i in table.index], dtype=np.float64)
    lat = np.array([schools[i].number("lat") for i in table.index], dtype=np.float64)
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        return table
    points = np.full(len(table), None, dtype=object)
    points[known] = np.asarray(shapely.points(lon[known], lat[known]), dtype=object)
    placed: pd.DataFrame = gpd.GeoDataFrame(table, geometry=points, crs=_CRS)
    return placed


def without_place(schools: dict[str, SchoolRead], notes: Notes) -> None:
    """Note the schools without coordinates.

    Parameters
    ----------
    schools
        What their forms say.
    notes
        Where it is put down.
    """
    for school, read in schools.items():
        if read.number("lon") is None:
            notes.add("forms_no_place", school, column="geometry")
