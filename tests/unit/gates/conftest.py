"""A county drawn by hand in a few words, for tests whose numbers are worked out on paper."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

from layoutplan.county import County
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes

CRS = "EPSG:4548"


def _points(table, step):
    return [Point(500000 + step * i, 3400000) for i in range(len(table))]


def _sites(table):
    if not table:
        return None
    rows = [
        {"school_id": s, "name": f"school {s}", "township_id": "01"} | columns
        for s, columns in table.items()
    ]
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=_points(rows, 900), crs=CRS)


def _draw(villages, schools, minutes, *, candidates=None, flows=None, mode="walk"):
    """Make a county and its times.

    ``villages``: id -> pupils of the three bands; ``schools``: id -> columns;
    ``minutes``: (village, site) -> minutes, no way where not given.
    """
    village_table = gpd.GeoDataFrame(
        {
            "village_id": list(villages),
            "name": [f"village {v}" for v in villages],
            "township_id": "01",
            **{f"pupils_{b}": [p[i] for p in villages.values()] for i, b in enumerate(BANDS)},
        },
        geometry=_points(villages, 1000),
        crs=CRS,
    )
    line = LineString([(499000, 3400000), (520000, 3400000)])
    county = County.from_tables(
        villages=village_table,
        schools=_sites(schools),
        candidates=_sites(candidates),
        roads=gpd.GeoDataFrame({"highway": ["primary"]}, geometry=[line], crs=CRS),
        townships=gpd.GeoDataFrame(
            {"township_id": ["01"], "name": ["First"]}, geometry=[Point(501000, 3400000)], crs=CRS
        ),
        flows=None if flows is None else pd.DataFrame(flows),
        name="Longhe",
    )
    frame = pd.DataFrame(np.inf, index=list(villages), columns=[*schools, *(candidates or {})])
    for (village, site), value in minutes.items():
        frame.loc[village, site] = value
    return county, TravelTimes.from_matrix(frame, mode=mode, county=county)


@pytest.fixture(scope="session")
def draw():
    """Give the function that draws a county; what was drawn once is not drawn anew."""
    drawn = {}

    def once(*tables, **more):
        key = repr((tables, sorted(more.items())))
        if key not in drawn:
            drawn[key] = _draw(*tables, **more)
        return drawn[key]

    return once
