"""Counties of two villages, small enough to be worked out by hand."""

import geopandas as gpd
import pandas as pd
import shapely

import layoutplan as lp


def county(villages, *, year=2026, schools=None, flows=None):
    """Make a county of villages given as columns by id."""
    count = len(next(iter(villages.values())))
    ids = [f"V{n + 1}" for n in range(count)]
    places = shapely.points([(500_000 + 1000 * n, 3_500_000) for n in range(count)])
    table = gpd.GeoDataFrame(
        {"township_id": "T1", **villages, "geometry": places},
        index=pd.Index(ids, name="village_id"),
        crs="EPSG:4548",
    )
    given = schools or {"kind": ["nine_year"], "places": [900]}
    sites = gpd.GeoDataFrame(
        {"township_id": "T1", **given, "geometry": places[: len(given["kind"])]},
        index=pd.Index([f"S{n + 1}" for n in range(len(given["kind"]))], name="school_id"),
        crs="EPSG:4548",
    )
    line = shapely.LineString([(500_000, 3_500_000), (500_000 + 1000 * count, 3_500_000)])
    roads = gpd.GeoDataFrame({"highway": ["tertiary"], "geometry": [line]}, crs="EPSG:4548")
    return lp.County.from_tables(
        villages=table, schools=sites, roads=roads, flows=flows, year=year, lang="en"
    )


def ages(*rows):
    """Give age_6 ... age_14 of villages, a row each."""
    return {f"age_{6 + a}": [row[a] for row in rows] for a in range(9)}
