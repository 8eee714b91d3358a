"""Plans of tiny counties, drawn by hand of chance, to be put into years."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import layoutplan as lp

_CRS = "EPSG:4548"
KINDS = ("primary", "primary", "teaching_point", "junior", "nine_year")
SPAN = tuple(range(2027, 2033))


def tiny_county(seed, *, villages=6):
    """Make a county of a few villages and five schools, with two candidates."""
    rng = np.random.default_rng(seed)

    def points(n):
        return gpd.GeoSeries(
            shapely.points(500_000 + rng.uniform(0, 6_000, (n, 2)) + [0, 3_400_000]), crs=_CRS
        )

    ids = [f"v{i}" for i in range(villages)]
    pupils = {f"pupils_{b}": rng.integers(0, 60, villages) for b in ("g13", "g46", "g79")}
    town = [f"t{i % 2}" for i in range(villages)]
    places = points(villages)
    people = gpd.GeoDataFrame(
        {"village_id": ids, "name": ids, "township_id": town, "population": 1000, **pupils},
        geometry=places.to_numpy(), crs=_CRS,
    )  # fmt: skip
    n = len(KINDS)
    schools = gpd.GeoDataFrame(
        {
            "school_id": [f"s{i}" for i in range(n)],
            "name": [f"school {i}" for i in range(n)],
            "kind": KINDS,
            "township_id": [f"t{i % 2}" for i in range(n)],
            "places": rng.integers(60, 240, n),
            "beds": rng.choice([0, 24], n),
            "max_extra_classes": 3,
        },
        geometry=points(n).to_numpy(), crs=_CRS,
    )  # fmt: skip
    candidates = gpd.GeoDataFrame(
        {
            "school_id": ["n0", "n1"],
            "kind": ["primary", "nine_year"],
            "township_id": ["t0", "t1"],
            "places": [180, 270],
            "max_extra_classes": 2,
            "capital_yuan": [4_000_000.0, 9_000_000.0],
        },
        geometry=points(2).to_numpy(), crs=_CRS,
    )  # fmt: skip
    corner = [(500_000, 3_400_000), (506_000, 3_406_000)]
    roads = gpd.GeoDataFrame(
        {"highway": ["tertiary"]}, geometry=[shapely.LineString(corner)], crs=_CRS
    )
    townships = gpd.GeoDataFrame(
        {"township_id": ["t0", "t1"], "name": ["east", "west"], "responsible": ["A. Li", ""]},
        geometry=[shapely.box(500_000, 3_400_000, 503_000, 3_406_000),
                  shapely.box(503_000, 3_400_000, 506_000, 3_406_000)], crs=_CRS,
    )  # fmt: skip
    return lp.County.from_tables(
        villages=people, schools=schools, roads=roads, candidates=candidates,
        townships=townships, name="Tiny", year=2026, lang="en",
    )  # fmt: skip


def tiny_times(county):
    """Give minutes by straight distance."""
    ends = [shapely.get_coordinates(t.geometry) for t in (county.villages, county.sites)]
    away = np.hypot(*(ends[0][:, None] - ends[1][None]).transpose(2, 0, 1))
    frame = pd.DataFrame(away / 70, index=county.villages.index, columns=county.sites.index)
    return lp.TravelTimes.from_matrix(frame, mode="walk")


def tiny_plan(seed):
    """Decide by chance at each site, and let pupils go to the nearest school with places."""
    county = tiny_county(seed)
    times = tiny_times(county)
    rng = np.random.default_rng([seed, 1])
    table = lp.site_measures(county, standards=lp.standards())
    may = table[table["allowed"]].groupby("site_id")["measure"].agg(sorted)
    rows = []
    for site, measures in may.items():
        action = str(rng.choice(measures))
        grows = action in ("expand", "new", "nine_year", "primary_only")
        classes = int(rng.integers(1 if action == "expand" else 0, 3)) if grows else 0
        rows.append((site, action, classes, 11 if action == "board" else 0))
    decisions = pd.DataFrame(rows, columns=["site_id", "action", "extra_classes", "extra_beds"])
    return lp.evaluate(county, times, decisions.set_index("site_id"))


class Ahead:
    """Pupils of years to come, made up by seed; with what a roadmap reads of a projection."""

    def __init__(self, plan, seed, *, variants=("mid", "low", "high"), last=2033):
        rng = np.random.default_rng([seed, 2])
        self.county = plan.county
        self.years = tuple(range(2026, last + 1))
        self.variants = variants
        self.weights = {"mid": 0.5, "low": 0.25, "high": 0.25}
        base = plan.demand
        self._tables = {
            (v, y): (base * rng.uniform(0.5, 1.4, base.shape)).round().astype("int64")
            + rng.integers(0, 2, base.shape)
            for v in variants
            for y in self.years
        }

    def bands(self, year, variant="mid"):
        return self._tables[variant, year].copy()


def budgets(seed):
    """Give budgets of every kind: none, nothing, little, enough."""
    rng = np.random.default_rng([seed, 3])
    kind = seed % 4
    if kind == 0:
        return None
    if kind == 1:
        return {}
    most = 1_500_000 if kind == 2 else 8_000_000
    return {y: float(rng.integers(0, most)) for y in SPAN[:3]}
