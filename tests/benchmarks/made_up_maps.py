"""A made-up county with all that a map draws, of any size, by seed; and two plans of it.

Villages are areas with winding borders (Voronoi cells whose lines are bent at random, some
100 vertices around each), townships are joined villages, roads are winding lines between
neighbouring villages, minutes are straight ones times 1.3 at 5 km/h. The second plan closes
a tenth of the primary schools and teaching points. Up to 1,000 schools pupils are sent by
`evaluate`; beyond, where tables of all pairs are too large, to the nearest open school.
"""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import Delaunay, cKDTree

import layoutplan as lp
from layoutplan.maps.areas import shared_lines
from layoutplan.measures import Options, site_measures
from layoutplan.plan.build import build_plan
from layoutplan.plan.decided import actions_taken, state_of_sites
from layoutplan.plan.noun import SolverReport
from layoutplan.tables import BANDS, BANDS_OF_KIND
from layoutplan.travel import TravelTimes

CRS = "EPSG:4548"
ORIGIN = np.array([480_000.0, 3_400_000.0])
METRES_BETWEEN = 730.0
MINUTES_PER_METRE = 1.3 * 60 / 5_000
EVALUATED_UP_TO = 1_000
SITES_LISTED = 12
KINDS = ("primary", "junior", "nine_year", "teaching_point")


def bent(lines, rng, *, times, share):
    """Bend lines at random, halving every stretch so many times; ends stay."""
    made = []
    for line in lines:
        at = shapely.get_coordinates(line)
        for _ in range(times):
            middle, step = (at[1:] + at[:-1]) / 2, at[1:] - at[:-1]
            middle += rng.normal(0, share, (len(step), 1)) * step[:, ::-1] * [-1, 1]
            both = np.empty((2 * len(at) - 1, 2))
            both[::2], both[1::2] = at, middle
            at = both
        made.append(shapely.LineString(at))
    return np.array(made, dtype=object)


def village_areas(points, side, rng):
    whole = shapely.box(*ORIGIN, *(ORIGIN + side))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=whole, ordered=True)
    )
    cells = shapely.intersection(cells, whole, grid_size=0.01)
    lines, left, right = shared_lines(cells)
    inner = (left >= 0) & (right >= 0) & (shapely.length(lines) > 40)
    lines[inner] = bent(lines[inner], rng, times=4, share=0.045)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(
        shapely.multilinestrings(lines)))))  # fmt: skip
    # Bent lines that touch cut off slivers: those go to the village they lie nearest to.
    near = cKDTree(points).query(shapely.get_coordinates(shapely.point_on_surface(faces)))[1]
    inside = shapely.STRtree(faces).query(shapely.points(points), predicate="within")
    near[inside[1]] = inside[0]
    order = np.argsort(near, kind="stable")
    bounds = np.searchsorted(near[order], np.arange(len(points) + 1))
    return np.array(
        [shapely.coverage_union_all(faces[order[a:b]]) for a, b in pairwise(bounds)],
        dtype=object,
    )


def made_up_county(villages, schools, *, seed=1):
    rng = np.random.default_rng([seed, villages, schools])
    across = int(np.ceil(np.sqrt(villages)))
    side = across * METRES_BETWEEN
    grid = np.stack(np.meshgrid(np.arange(across), np.arange(across)), axis=-1).reshape(-1, 2)
    points = (grid[:villages] + 0.5 + rng.uniform(-0.35, 0.35, (villages, 2))) * METRES_BETWEEN
    points += ORIGIN
    areas = village_areas(points, side, rng)
    seats = rng.choice(villages, max(2, villages // 100), replace=False)
    town = cKDTree(points[seats]).query(points)[1]
    codes = np.array([f"T{n:03d}" for n in range(len(seats))])
    table = gpd.GeoDataFrame(
        {
            "village_id": [f"V{n:05d}" for n in range(villages)],
            "name": [f"第{n}村" for n in range(villages)],
            "township_id": codes[town],
            **{f"pupils_{b}": rng.poisson(12, villages) for b in BANDS},
        },
        geometry=areas,
        crs=CRS,
    )
    at = np.sort(rng.choice(villages, schools, replace=False))
    kinds = np.array(KINDS)[rng.choice(4, schools, p=[0.55, 0.17, 0.13, 0.15])]
    places = np.round(rng.uniform(1.1, 2.0, schools) * 36 * villages / schools)
    sites = gpd.GeoDataFrame(
        {
            "school_id": [f"S{n:04d}" for n in range(schools)],
            "name": [f"第{n}学校" for n in range(schools)],
            "kind": kinds,
            "township_id": codes[town[at]],
            "places": places.astype(int),
        },
        geometry=shapely.points(points[at] + rng.uniform(-80, 80, (schools, 2))),
        crs=CRS,
    )
    corners = Delaunay(points).simplices
    ends = np.unique(np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]]]), axis=1), axis=0)
    length = np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1)
    ends = ends[(length < 1.5 * METRES_BETWEEN) & (rng.random(len(ends)) < 0.6)]
    classes = np.array(["secondary", "tertiary", "unclassified", "track"])
    roads = gpd.GeoDataFrame(
        {"highway": classes[rng.choice(4, len(ends), p=[0.1, 0.2, 0.4, 0.3])]},
        geometry=bent(shapely.linestrings(points[ends]), rng, times=4, share=0.08),
        crs=CRS,
    )
    order = np.argsort(town, kind="stable")
    marks = np.searchsorted(town[order], np.arange(len(seats) + 1))
    townships = gpd.GeoDataFrame(
        {"township_id": codes, "name": [f"第{n}乡" for n in range(len(seats))]},
        geometry=[shapely.coverage_union_all(areas[order[a:b]]) for a, b in pairwise(marks)],
        crs=CRS,
    )
    county = lp.County.from_tables(
        villages=table, schools=sites, roads=roads, townships=townships, name="大县", year=2026
    )
    return county, points, points[at]


def made_up_plans(villages, schools, *, seed=1):
    county, homes, at = made_up_county(villages, schools, seed=seed)
    listed = min(schools, SITES_LISTED if schools > EVALUATED_UP_TO else schools)
    kinds = county.schools["kind"].to_numpy()
    rows = []
    for number, kind in enumerate(KINDS):
        these = np.flatnonzero(kinds == kind)
        k = min(len(these), listed)
        far, near = cKDTree(at[these]).query(homes, k=k)
        village = np.repeat(np.arange(villages), k)
        rows.append((number, village, these[near.reshape(-1)], far.reshape(-1)))
    pairs = pd.DataFrame(
        {
            "village_id": county.villages.index[np.concatenate([r[1] for r in rows])],
            "site_id": county.schools.index[np.concatenate([r[2] for r in rows])],
            "minutes": np.concatenate([r[3] for r in rows]) * MINUTES_PER_METRE,
        }
    )
    times = TravelTimes.from_matrix(pairs, mode="walk", county=county)
    small = county.schools.index[np.isin(kinds, ["primary", "teaching_point"])][::10]
    closed = pd.DataFrame({"action": "close"}, index=pd.Index(small, name="site_id"))
    if schools <= EVALUATED_UP_TO:
        today = lp.evaluate(county, times)
        return today, lp.evaluate(county, times, closed, name="proposed")
    return _to_the_nearest(county, times, pairs, closed)


def _to_the_nearest(county, times, pairs, closed):
    standards = lp.standards()
    measures = site_measures(county, standards=standards)
    demand = pd.DataFrame(
        {b: county.villages[f"pupils_{b}"].astype("int64") for b in BANDS}
    ).rename_axis("village_id")
    kind = county.schools["kind"].reindex(pairs["site_id"]).to_numpy()
    plans, flows = [], []
    for decisions in (None, closed):
        state = state_of_sites(actions_taken(county, decisions), measures, county)
        is_open = ~pairs["site_id"].isin(closed.index if decisions is not None else [])
        parts = []
        for band in BANDS:
            teaches = np.isin(kind, [k for k in KINDS if band in BANDS_OF_KIND[k]])
            near = pairs[is_open & teaches].sort_values(["village_id", "minutes", "site_id"])
            near = near.drop_duplicates("village_id")[["village_id", "site_id"]]
            parts.append(near.assign(band=band, pupils=demand[band].loc[near["village_id"]].values))
        found = pd.concat(parts).query("pupils > 0").reset_index(drop=True)
        flows.append(found)
        plans.append(
            build_plan(
                "today" if decisions is None else "proposed",
                county,
                times=times,
                standards=standards,
                options=Options(),
                demand=demand,
                state=state,
                flows=found,
                unserved=pd.DataFrame(columns=["village_id", "band", "pupils", "reason"]).astype(
                    {"pupils": "int64"}
                ),
                today=flows[0],
                solver=SolverReport(status="given"),
                measures=measures,
            )
        )
    return tuple(plans)
