"""A county of six villages, small enough to work its indicators out by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

from layoutplan.county import County
from layoutplan.measures import Options
from layoutplan.plan import Plan, SolverReport
from layoutplan.standards import standards
from layoutplan.tables import DECISIONS
from layoutplan.travel import TravelTimes

CRS = "EPSG:4548"
VILLAGES = ["V1", "V2", "V3", "V4", "V5", "V6"]
SITES = ["A", "B", "C", "N"]


def _county() -> County:
    villages = gpd.GeoDataFrame(
        {
            "village_id": VILLAGES,
            "name": [f"village {v}" for v in VILLAGES],
            "township_id": ["01", "01", "01", "02", "02", "02"],
            "pupils_g13": [40, 10, 0, 20, 5, 5],
            "pupils_g46": [30, 0, 0, 10, 0, 0],
            "pupils_g79": [20, 10, 0, 0, 0, 0],
        },
        geometry=[Point(500000 + 1000 * i, 3400000) for i in range(6)],
        crs=CRS,
    )
    schools = gpd.GeoDataFrame(
        {
            "school_id": ["A", "B", "C"],
            "name": ["Alpha", "Beta", "Gamma"],
            "kind": ["nine_year", "primary", "primary"],
            "township_id": ["01", "02", "02"],
            "places": [90, 60, 30],
            "classrooms": [2, 2, 1],
        },
        geometry=[Point(500000 + 2000 * i, 3400000) for i in range(3)],
        crs=CRS,
    )
    candidates = gpd.GeoDataFrame(
        {"school_id": ["N"], "name": ["New"], "kind": ["junior"], "township_id": ["02"],
         "places": [50]},
        geometry=[Point(504000, 3400000)], crs=CRS,
    )  # fmt: skip
    townships = gpd.GeoDataFrame(
        {"township_id": ["01", "02"], "name": ["First", "Second"]},
        geometry=[Point(501000, 3400000), Point(504000, 3400000)],
        crs=CRS,
    )
    roads = gpd.GeoDataFrame(
        {"highway": ["primary"]},
        geometry=[LineString([(499000, 3400000), (506000, 3400000)])],
        crs=CRS,
    )
    return County.from_tables(
        villages=villages, schools=schools, roads=roads, townships=townships,
        candidates=candidates, name="Longhe",
    )  # fmt: skip


DEMAND = {"g13": [40, 10, 0, 20, 5, 5], "g46": [30, 0, 0, 10, 0, 0], "g79": [20, 10, 0, 0, 0, 0]}

MINUTES = pd.DataFrame(
    [
        [5.0, 25.0, 50.0, 60.0],
        [20.0, 35.0, 55.0, 60.0],
        [20.0, 20.0, 20.0, 20.0],
        [40.0, 10.0, 30.0, 5.0],
        [60.0, 31.0, 12.0, 5.0],
        [np.inf, np.inf, np.inf, np.inf],
    ],
    index=VILLAGES,
    columns=SITES,
)


def _plan() -> Plan:
    """C is closed: its five pupils of V5 go to B; V6 has no road; V1 fills A beyond 90."""
    assignment = pd.DataFrame(
        [
            ("V1", "g13", "A", 40, 5.0), ("V1", "g46", "A", 30, 5.0), ("V1", "g79", "A", 20, 5.0),
            ("V2", "g13", "A", 10, 20.0), ("V2", "g79", "A", 10, 20.0),
            ("V4", "g13", "B", 20, 10.0), ("V4", "g46", "B", 10, 10.0),
            ("V5", "g13", "B", 5, 31.0),
        ],
        columns=["village_id", "band", "site_id", "pupils", "minutes"],
    ).assign(mode="walk")  # fmt: skip
    decisions = pd.DataFrame(
        [
            ("A", "Alpha", "nine_year", "01", "keep", "", "g13 g46 g79", 2, 0, 90, 0, 0,
             50, 30, 30, 50, 30, 30, 0.0, 1_100_000.0),
            ("B", "Beta", "primary", "02", "keep", "", "g13 g46", 2, 0, 60, 0, 0,
             20, 10, 0, 25, 10, 0, 0.0, 500_000.0),
            ("C", "Gamma", "primary", "02", "close", "B", "", 0, 0, 0, 0, 0,
             5, 0, 0, 0, 0, 0, 0.0, 0.0),
            ("N", "New", "junior", "02", "unused", "", "", 0, 0, 0, 0, 0,
             0, 0, 0, 0, 0, 0, 0.0, 0.0),
        ],
        columns=[c.name for c in DECISIONS.columns],
    ).set_index("site_id")  # fmt: skip
    demand = pd.DataFrame(DEMAND, index=pd.Index(VILLAGES, name="village_id"))
    unserved = pd.DataFrame(
        {"village_id": ["V6"], "band": ["g13"], "pupils": [5], "reason": ["no_road"]}
    )
    moves = pd.DataFrame(
        {"village_id": ["V5"], "band": ["g13"], "from_site": ["C"], "to_site": ["B"], "pupils": [5]}
    )
    return Plan(
        name="merged", county=_county(), standards=standards(), options=Options(),
        times=TravelTimes.from_matrix(MINUTES, mode="walk"), solver=SolverReport(status="given"),
        tables={"assignment": assignment, "decisions": decisions, "demand": demand,
                "unserved": unserved, "moves": moves},
    )  # fmt: skip


@pytest.fixture(scope="session")
def merged_plan():
    """Give a plan that closes one of three schools; nothing in it was computed."""
    return _plan()
