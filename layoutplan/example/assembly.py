"""The tables of a county, put together from its parts."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse.csgraph import dijkstra

from layoutplan.example.candidates import make_candidates
from layoutplan.example.choice import choose_schools
from layoutplan.example.edges import RoadGraph, make_graph
from layoutplan.example.lattice import Floats, Ints
from layoutplan.example.lines import road_lines
from layoutplan.example.names import COUNTY_CODE, Names, make_names
from layoutplan.example.pupils import BIRTHS, Children, make_children
from layoutplan.example.resources import make_resources
from layoutplan.example.roads import lay_main_roads, lay_village_roads
from layoutplan.example.rooms import make_rooms
from layoutplan.example.schools import (
    Sites,
    beside,
    grade_village_schools,
    keep_sites,
    place_schools,
)
from layoutplan.example.settlements import (
    RURAL,
    SEAT,
    Settlements,
    Towns,
    in_townships,
    place_towns,
    place_villages,
)
from layoutplan.example.terrain import Relief, make_terrain
from layoutplan.example.townships import township_of, township_polygons
from layoutplan.tables import BANDS

FEWEST_PUPILS = 6
"""A village school that fewer choose has been closed long ago (assumption)."""

VILLAGES_PER_TOWNSHIP = 9
"""Least number of villages per township in a small county."""


def county_tables(
    seed: int = 1, *, villages: int = 400, townships: int = 22, terrain: Relief = "mixed"
) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    """Make up a county: villages, schools, roads, townships, candidates and flows.

    The county, its names and its people are invented; its statistics follow
    published figures of Chinese counties. The same seed gives the same county.

    Parameters
    ----------
    seed
        Seed of the random numbers.
    villages
        Number of villages, from 20 to 2,000.
    townships
        Number of townships; fewer in a county with few villages.
    terrain
        ``"mixed"`` from mountains to a plain, ``"plain"`` or ``"hills"``.

    Returns
    -------
    dict
        Tables as `layoutplan.tables` declares them, in EPSG:4490, indexed by id.

    Examples
    --------
    >>> tables = county_tables(3, villages=40)
    >>> list(tables)
    ['villages', 'schools', 'roads', 'townships', 'candidates', 'flows']
    >>> len(tables["villages"]), len(tables["townships"])
    (40, 4)
    """
    rng = np.random.default_rng(seed)
    ground = make_terrain(rng, villages=villages, relief=terrain)
    count = max(1, min(townships, villages // VILLAGES_PER_TOWNSHIP))
    towns = place_towns(rng, ground, towns=count, villages=villages)
    laid = lay_main_roads(rng, ground, towns)
    road = np.zeros(ground.lattice.size, dtype=np.bool_)
    road[laid.cells] = True
    settlements = place_villages(
        rng, ground, towns, roads=road.reshape(ground.inside.shape), villages=villages
    )
    lay_village_roads(rng, ground, towns, laid=laid, villages=settlements.cells)
    graph = make_graph(rng, ground, towns, laid=laid)
    names = make_names(rng, towns=count, villages=villages)
    titles = [n + ("乡" if r else "镇") for n, r in zip(names.towns, towns.rural, strict=True)]
    codes = _township_codes(towns)
    areas = township_polygons(ground, towns, codes=codes, names=titles, people=names.people)
    # Which township a village belongs to is settled by where it came to stand.
    xy = beside(rng, graph.xy[graph.nodes_of(settlements.cells)], metres=(10, 120))
    settlements, order = in_townships(settlements, township_of(areas, xy))
    children = make_children(rng, settlements)
    sites = place_schools(
        rng,
        ground,
        towns,
        settlements,
        graph=graph,
        pupils=children.pupils,
        town_names=titles,
        village_names=names.villages,
    )
    sites = replace(sites, township=township_of(areas, sites.xy))
    sites, flows = _attend(rng, sites, settlements=settlements, children=children, graph=graph)
    enrolment = flows.sum(axis=0)
    tables = {
        "villages": _villages(
            settlements, children=children, xy=xy[order], codes=codes, names=names
        ),
        "schools": _schools(rng, sites, enrolment=enrolment, codes=codes),
        "roads": road_lines(rng, ground, towns, graph=graph, town_names=names.towns),
        "townships": areas,
        "candidates": make_candidates(
            rng,
            ground,
            towns,
            settlements,
            graph=graph,
            enrolment=enrolment[sites.place == SEAT].sum(axis=0),
            codes=codes,
            names=titles,
        ),
    }
    tables = {name: _in_degrees(table) for name, table in tables.items()}
    tables["flows"] = _flows(tables["villages"].index, tables["schools"].index, flows=flows)
    return tables


def _attend(
    rng: np.random.Generator,
    sites: Sites,
    *,
    settlements: Settlements,
    children: Children,
    graph: RoadGraph,
) -> tuple[Sites, Ints]:
    """Schools as pupils' choice has left them, and who goes where."""
    metres = _metres(graph, graph.nodes_of(settlements.cells), sites.node)
    fame = np.clip(rng.normal(size=len(sites.kinds)), -2, 2)
    whole = ["primary" if kind == "teaching_point" else kind for kind in sites.kinds]
    complete = replace(sites, kinds=whole)
    pupils, township = children.pupils, settlements.township
    flows = choose_schools(complete, fame=fame, pupils=pupils, township=township, metres=metres)
    sites = grade_village_schools(sites, attend=flows.sum(axis=(0, 2)))
    while True:
        flows = choose_schools(sites, fame=fame, pupils=pupils, township=township, metres=metres)
        kept = (flows.sum(axis=(0, 2)) >= FEWEST_PUPILS) | (sites.place != RURAL)
        if kept.all():
            return sites, flows
        sites, fame, metres = keep_sites(sites, kept), fame[kept], metres[:, kept]


def _metres(graph: RoadGraph, villages: Ints, sites: Ints) -> Floats:
    """Way by road from every village to every school."""
    nodes, number = np.unique(sites, return_inverse=True)
    table = dijkstra(graph.matrix(), directed=False, indices=nodes)
    return np.asarray(table[:, villages][number].T, dtype=np.float64)


def _township_codes(towns: Towns) -> list[str]:
    """Division codes: towns count from 100, rural townships from 200."""
    town = np.cumsum(~towns.rural) + 99
    rural = np.cumsum(towns.rural) + 199
    return [f"{COUNTY_CODE}{n}" for n in np.where(towns.rural, rural, town).tolist()]


def _villages(
    settlements: Settlements,
    *,
    children: Children,
    xy: Floats,
    codes: list[str],
    names: Names,
) -> gpd.GeoDataFrame:
    """Make the villages table."""
    rural = settlements.place == RURAL
    # Within a township communities count from 001, villages from 201.
    group = settlements.township * 2 + rural
    first = np.searchsorted(group, group)
    number = np.arange(len(group)) - first + np.where(rural, 201, 1)
    township = [codes[t] for t in settlements.township.tolist()]
    return gpd.GeoDataFrame(
        {
            "name": [
                n + ("村" if r else "社区") for n, r in zip(names.villages, rural, strict=True)
            ],
            "township_id": township,
            "geometry": shapely.points(xy),
            "population": settlements.population,
            **{f"pupils_{band}": children.pupils[:, i] for i, band in enumerate(BANDS)},
            "left_behind": children.left_behind,
            **{f"births_{year}": children.births[:, i] for i, year in enumerate(BIRTHS)},
        },
        index=pd.Index(
            [f"{t}{n:03d}" for t, n in zip(township, number.tolist(), strict=True)],
            name="village_id",
        ),
        crs="EPSG:4548",
    )


def _schools(
    rng: np.random.Generator, sites: Sites, *, enrolment: Ints, codes: list[str]
) -> gpd.GeoDataFrame:
    """Make the schools table."""
    rooms = make_rooms(rng, sites, enrolment=enrolment)
    resources = make_resources(rng, sites, rooms=rooms, enrolment=enrolment)
    # Codes were given out over the years: ascending, with gaps left by closed schools.
    serial = 100_000 + np.cumsum(rng.integers(1, 60, len(sites.kinds)))
    category = ["31" if k in ("junior", "nine_year") else "21" for k in sites.kinds]
    return gpd.GeoDataFrame(
        {
            "name": sites.names,
            "kind": sites.kinds,
            "township_id": [codes[t] for t in sites.township.tolist()],
            "geometry": shapely.points(sites.xy),
            "classrooms": rooms.classrooms,
            "places": rooms.places,
            "beds": rooms.beds,
            "max_extra_classes": rooms.extra,
            **{f"enrolment_{band}": enrolment[:, i] for i, band in enumerate(BANDS)},
            "ownership": "县级教育部门",
            **resources,
        },
        index=pd.Index(
            [f"{c}34{s:06d}" for c, s in zip(category, serial.tolist(), strict=True)],
            name="school_id",
        ),
        crs="EPSG:4548",
    )


def _flows(villages: pd.Index, schools: pd.Index, *, flows: Ints) -> pd.DataFrame:
    """Make the flows table: pairs with at least one pupil."""
    village, school = np.nonzero(flows.sum(axis=2))
    return pd.DataFrame(
        {
            "village_id": villages[village],
            "school_id": schools[school],
            **{f"pupils_{band}": flows[village, school, i] for i, band in enumerate(BANDS)},
        }
    )


def _in_degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a table in longitude and latitude, to the centimetre."""
    table = table.to_crs("EPSG:4490")
    shapes = shapely.transform(table.geometry.to_numpy(), lambda xy: np.round(xy, 7))
    return table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs="EPSG:4490"))
