"""A county drawn by hand in a few words, for tests whose numbers are worked out on paper."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point
from two_schools import A, B

import layoutplan as lp
from layoutplan.county import County
from layoutplan.gates import gates
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


@pytest.fixture(name="closing", scope="session")
def _closing(draw):
    """Close A: its pupils of V1 go from A, 5 minutes, to B. Plans never change: one a county."""
    decisions, plans = {}, {}

    def make(*, to_b=25.0, from_a=5.0, a=A, b=B, v1=(40, 0, 0), v2=(30, 20, 0), action="close",
             rules=None, **more):  # fmt: skip
        ways = {("V1", "A"): from_a, ("V2", "B"): 5.0}
        if to_b is not None:
            ways["V1", "B"] = to_b
        flows = [{"village_id": v, "school_id": s} | {f"pupils_{k}": n for k, n in zip(BANDS, p,
                 strict=True)} for v, s, p in (("V1", "A", v1), ("V2", "B", v2))]  # fmt: skip
        county, times = draw({"V1": v1, "V2": v2}, {"A": a, "B": b}, ways, flows=flows)
        # What is decided hangs on the schools alone, whoever lives where.
        decided = repr((a, b, action))
        if decided not in decisions:
            decisions[decided] = lp.evaluate(county, times).decisions_with({"A": action})
        if (county, action) not in plans:
            plan = lp.evaluate(county, times, decisions[decided], name="plan")
            plans[county, action] = plan
        plan = plans[county, action]
        # The same layout, to the pupil, under other standards: only the gates judge anew.
        return gates(replace(plan, standards=rules) if rules else plan, **more)

    return make
