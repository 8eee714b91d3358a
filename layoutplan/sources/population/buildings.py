"""Building footprints as weights: area, or a column."""

from typing import Any

import numpy as np
import pandas as pd
from pyproj import CRS

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.sources.population.areas import Areas
from layoutplan.sources.population.grid import Cells


def read_buildings(buildings: Any, areas: Areas, *, weight: str = "") -> tuple[Cells, int]:  # noqa: ANN401
    """Take buildings as weighted points.

    Parameters
    ----------
    buildings
        geopandas.GeoDataFrame of areas or points.
    areas
        The townships.
    weight
        The column that weighs them, such as floor area or persons; the area of the
        footprint in square metres where not given, and 1 for points.

    Returns
    -------
    tuple
        Places (x, y in the system of the areas) with weights, and how many buildings were
        passed over, for they have no place or no positive weight.

    Raises
    ------
    DataError
        If the buildings have no coordinate system.
    OptionsError
        If there is no such column.
    """
    if buildings.crs is None:
        raise DataError(Finding(code="no_crs", table="buildings"))
    if weight and weight not in buildings.columns:
        values = {"value": weight}
        raise OptionsError(Finding(code="bad_option", column="weight", values=values))
    shapes = buildings.geometry.to_crs(CRS(areas.crs))
    there = ~(shapes.isna() | shapes.is_empty).to_numpy()
    if weight:
        heavy = pd.to_numeric(buildings[weight], errors="coerce").to_numpy(dtype=np.float64)
    else:
        area = shapes.area.to_numpy()
        heavy = np.where(shapes.geom_type.isin(["Point", "MultiPoint"]).to_numpy(), 1.0, area)
    kept = there & np.isfinite(heavy) & (heavy > 0)
    spots = shapes[kept].representative_point()
    cells = (spots.x.to_numpy(), spots.y.to_numpy(), heavy[kept])
    return cells, int((~kept).sum())
