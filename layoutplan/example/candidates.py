"""Sites where a school could be built."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.example.edges import RoadGraph
from layoutplan.example.lattice import Ints
from layoutplan.example.names import COUNTY_NAME
from layoutplan.example.rooms import JUNIOR_CLASS, PRIMARY_CLASS
from layoutplan.example.schools import town_nodes
from layoutplan.example.settlements import Settlements, Towns
from layoutplan.example.terrain import Terrain

YUAN_PER_PLACE: Final = 50_000
"""Cost of a new place, of the order of published school projects (assumption)."""

GROWTH: Final = 0.07
"""Rooms of a new school in the seat, as a share of the seat's pupils (assumption)."""


def make_candidates(
    rng: np.random.Generator,
    terrain: Terrain,
    towns: Towns,
    settlements: Settlements,
    *,
    graph: RoadGraph,
    enrolment: Ints,
    codes: list[str],
    names: list[str],
) -> gpd.GeoDataFrame:
    """Propose new schools in the seat and in the town with the most people.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        The towns.
    settlements
        The villages.
    graph
        The roads.
    enrolment
        Pupils at school in the seat, by band.
    codes
        Division codes of the townships.
    names
        Names of the townships.

    Returns
    -------
    geopandas.GeoDataFrame
        Two to four sites in EPSG:4548.
    """
    primary, junior = int(enrolment[:2].sum()), int(enrolment[2])
    rows = [
        ("primary", 0, _rooms(primary, PRIMARY_CLASS, per=6), f"{COUNTY_NAME}城东新建小学"),
        (
            "nine_year",
            0,
            _rooms(primary + junior, PRIMARY_CLASS, per=9),
            f"{COUNTY_NAME}城南新建九年一贯制学校",
        ),
        ("junior", 0, _rooms(junior, JUNIOR_CLASS, per=3), f"{COUNTY_NAME}城西新建初级中学"),
    ]
    people = np.bincount(
        settlements.township, weights=settlements.population, minlength=len(towns.cells)
    )
    people[0] = -1
    grown = int(np.argmax(np.where(towns.rural, -1, people)))
    if grown:
        rows.append(("primary", grown, 12, f"{names[grown]}新建小学"))
    nodes = town_nodes(rng, terrain, towns, graph=graph, town=0, count=3)
    if grown:
        nodes += town_nodes(rng, terrain, towns, graph=graph, town=grown, count=1)
    xy = graph.xy[nodes] + rng.uniform(-60, 60, (len(nodes), 2))
    kinds, township, rooms, titles = (list(column) for column in zip(*rows, strict=True))
    per_room = [JUNIOR_CLASS if kind == "junior" else PRIMARY_CLASS for kind in kinds]
    places = np.array(rooms) * np.array(per_room)
    cost = places * YUAN_PER_PLACE * rng.uniform(0.9, 1.1, len(places))
    return gpd.GeoDataFrame(
        {
            "name": titles,
            "kind": kinds,
            "township_id": [codes[t] for t in township],
            "geometry": shapely.points(xy),
            "classrooms": rooms,
            "places": places,
            "beds": 0,
            "max_extra_classes": 0,
            "capital_yuan": np.rint(cost / 100_000) * 100_000,
        },
        index=pd.Index([f"HX{i:02d}" for i in range(1, len(rows) + 1)], name="school_id"),
        crs="EPSG:4548",
    )


def _rooms(pupils: int, size: int, *, per: int) -> int:
    """Classrooms of a new school: whole streams, no smaller than one and no larger than six."""
    streams = round(GROWTH * pupils / size / per)
    return per * int(np.clip(streams, 1, 6))
