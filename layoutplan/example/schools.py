"""Where schools stand, and of what kind."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from layoutplan.example.edges import RoadGraph
from layoutplan.example.lattice import Flags, Floats, Ints
from layoutplan.example.names import COUNTY_NAME
from layoutplan.example.settlements import (
    RURAL,
    RURAL_CENTRE,
    SEAT,
    TOWN,
    Settlements,
    Towns,
    spread,
)
from layoutplan.example.terrain import Terrain

SEAT_PRIMARY_PUPILS: Final = 1_450
SEAT_JUNIOR_PUPILS: Final = 1_400
"""Pupils of a school in the seat, which set how many there are."""

SEAT_PRIMARY_SHARE: Final = 0.41
SEAT_JUNIOR_SHARE: Final = 0.46
"""Share of the county's pupils who go to school in the seat."""

NINE_YEAR_SHARE: Final = 8 / 22
"""Nine-year schools per township."""

TOWN_PRIMARY_PUPILS: Final = 750
TOWN_JUNIOR_PUPILS: Final = 450
"""Pupils of a school in a town, which set how many there are."""

TOWN_PRIMARY_SHARE: Final = 0.36
TOWN_JUNIOR_SHARE: Final = 0.42
"""Share of the county's pupils who go to school in towns."""

VILLAGE_PRIMARIES: Final = 0.10
TEACHING_POINTS: Final = 0.09
"""Complete primary schools and teaching points per village."""

VILLAGE_PRIMARY: Final = "村小学"
TEACHING_POINT: Final = "教学点"
NUMERALS: Final = "一二三四五六七八九十"


@dataclass(frozen=True, kw_only=True)
class Sites:
    """The schools.

    Parameters
    ----------
    names
        Their names.
    kinds
        Their kinds, as in `layoutplan.tables.KINDS`.
    place
        Seat, town, rural centre or rural.
    township
        The position of the township.
    node
        The node of the roads where the school's way begins.
    xy
        Place in EPSG:4548.
    """

    names: list[str]
    kinds: list[str]
    place: Ints
    township: Ints
    node: Ints
    xy: Floats


def place_schools(
    rng: np.random.Generator,
    terrain: Terrain,
    towns: Towns,
    settlements: Settlements,
    *,
    graph: RoadGraph,
    pupils: Ints,
    town_names: list[str],
    village_names: list[str],
) -> Sites:
    """Place the schools of the county.

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
    pupils
        Pupils by village and band.
    town_names
        Names of the townships, with 镇 or 乡.
    village_names
        Names of the villages, without 村.

    Returns
    -------
    Sites
        The schools, by township and the greater ones first.
    """
    rows: list[tuple[str, str, int, int, int]] = []
    primary, junior = int(pupils[:, :2].sum()), int(pupils[:, 2].sum())
    counts = (
        max(1, round(SEAT_PRIMARY_SHARE * primary / SEAT_PRIMARY_PUPILS)),
        max(1, round(SEAT_JUNIOR_SHARE * junior / SEAT_JUNIOR_PUPILS)),
    )
    nodes = town_nodes(rng, terrain, towns, graph=graph, town=0, count=sum(counts))
    labels = [
        (n, "primary") for n in _numbered(f"{COUNTY_NAME}实验小学", COUNTY_NAME, "小学", counts[0])
    ]
    labels += [
        (n, "junior")
        for n in _numbered(f"{COUNTY_NAME}实验初级中学", COUNTY_NAME, "初级中学", counts[1])
    ]
    rows += [(name, kind, SEAT, 0, node) for (name, kind), node in zip(labels, nodes, strict=True)]
    nine_year = _nine_year(towns)
    wished = (
        round(TOWN_PRIMARY_SHARE * primary / TOWN_PRIMARY_PUPILS),
        round(TOWN_JUNIOR_SHARE * junior / TOWN_JUNIOR_PUPILS),
    )
    near = np.bincount(
        settlements.township,
        weights=pupils.sum(axis=1),
        minlength=len(nine_year),
    ).astype(np.float64)
    near[(towns.rural | nine_year) | (np.arange(len(near)) == 0)] = 0
    primaries, juniors = (_per_town(near, count) for count in wished)
    for town in range(1, len(towns.cells)):
        name, place = town_names[town], RURAL_CENTRE if towns.rural[town] else TOWN
        labels = [(f"{name}九年一贯制学校", "nine_year")]
        if not nine_year[town]:
            names_ = _numbered(f"{name}中心小学", name, "小学", max(1, primaries[town]))
            labels = [(n, "primary") for n in names_]
            names_ = _numbered(f"{name}初级中学", name, "初级中学", max(1, juniors[town]))
            labels += [(n, "junior") for n in names_]
        nodes = town_nodes(rng, terrain, towns, graph=graph, town=town, count=len(labels))
        rows += [(n, k, place, town, node) for (n, k), node in zip(labels, nodes, strict=True)]
    complete, points = _village_sites(rng, terrain, towns, settlements)
    at = graph.nodes_of(settlements.cells)
    for kind, ending, chosen in (
        ("primary", VILLAGE_PRIMARY, complete),
        ("teaching_point", TEACHING_POINT, points),
    ):
        rows += [
            (village_names[v] + ending, kind, RURAL, int(settlements.township[v]), int(at[v]))
            for v in chosen.tolist()
        ]
    rows.sort(key=lambda row: row[3])
    names, kinds, place_, township, node_ = (list(column) for column in zip(*rows, strict=True))
    node = np.array(node_, dtype=np.int64)
    return Sites(
        names=names,
        kinds=kinds,
        place=np.array(place_, dtype=np.int64),
        township=np.array(township, dtype=np.int64),
        node=node,
        xy=beside(rng, graph.xy[node], metres=(40, 110)),
    )


def beside(rng: np.random.Generator, xy: Floats, *, metres: tuple[float, float]) -> Floats:
    """Move points off the road, as houses do not stand on it.

    Parameters
    ----------
    rng
        The random numbers.
    xy
        The points.
    metres
        Least and greatest distance to move.

    Returns
    -------
    numpy.ndarray
        The points moved, each in a direction of its own.
    """
    turn, off = rng.uniform(0, 2 * np.pi, len(xy)), rng.uniform(*metres, len(xy))
    moved: Floats = xy + np.column_stack([np.cos(turn), np.sin(turn)]) * off[:, None]
    return moved


def town_nodes(
    rng: np.random.Generator,
    terrain: Terrain,
    towns: Towns,
    *,
    graph: RoadGraph,
    town: int,
    count: int,
) -> list[int]:
    """Choose nodes of a town's roads, well apart.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        The towns.
    graph
        The roads.
    town
        The position of the town.
    count
        How many nodes.

    Returns
    -------
    list of int
        The nodes.
    """
    lattice = terrain.lattice
    cells = graph.cells[graph.cells >= 0]
    away = np.hypot(*(lattice.xy(cells) - lattice.xy(towns.cells[[town]])).T)
    near = cells[
        np.argsort(away, kind="stable")[: max(3 * count, int((away < towns.radius_m[town]).sum()))]
    ]
    apart = 1.3 * np.sqrt(len(near) / count)
    chosen = spread(rng.permutation(near), cols=lattice.cols, count=count, apart=float(apart))
    return [int(node) for node in graph.nodes_of(chosen)]


def _numbered(first: str, place: str, ending: str, count: int) -> list[str]:
    """Names of the schools of one place: the first has its own, the others a number."""
    words = [_numeral(number) for number in range(1, count + 1)]
    return [first, *(f"{place}第{word}{ending}" for word in words[1:])]


def _numeral(number: int) -> str:
    """Write a number below a hundred in Chinese."""
    tens, ones = divmod(number, 10)
    return (
        (NUMERALS[tens - 1] if tens > 1 else "")
        + ("十" if tens else "")
        + (NUMERALS[ones - 1] if ones else "")
    )


def _per_town(pupils: Floats, count: int) -> list[int]:
    """Share schools among towns, each next one to the town with most pupils per school."""
    schools = (pupils > 0).astype(np.int64)
    while 0 < schools.sum() < count:
        schools[np.argmax(pupils / (schools + 0.5))] += 1
    return [int(n) for n in schools]


def _nine_year(towns: Towns) -> Flags:
    """Which townships have one nine-year school: rural ones first, then small towns."""
    count = round(NINE_YEAR_SHARE * len(towns.cells)) if len(towns.cells) > 1 else 0
    order = np.lexsort((towns.size, ~towns.rural))
    chosen = np.zeros(len(towns.cells), dtype=np.bool_)
    chosen[order[order != 0][:count]] = True
    return chosen


def _village_sites(
    rng: np.random.Generator, terrain: Terrain, towns: Towns, settlements: Settlements
) -> tuple[Ints, Ints]:
    """Villages with a complete primary school, and villages with a teaching point.

    Half of the teaching points stand where the next school is far, half near a
    complete primary school: the first must stay, the second could be merged.
    """
    lattice = terrain.lattice
    xy = lattice.xy(settlements.cells)
    count = len(xy)
    from_town = cKDTree(lattice.xy(towns.cells)).query(xy)[0]
    rural = (settlements.place == RURAL) & (from_town > 1_300)  # noqa: PLR2004 - metres
    village_of = {int(c): v for v, c in enumerate(settlements.cells)}

    def choose(villages: Ints, wish: Floats, number: int, apart: float) -> Ints:
        order = settlements.cells[villages[np.argsort(-wish[villages])]]
        taken = spread(order, cols=lattice.cols, count=min(number, len(order)), apart=apart)
        return np.array([village_of[int(c)] for c in taken], dtype=np.int64)

    wish = np.log(settlements.population) + rng.gumbel(0, 0.25, count)
    complete = choose(
        np.flatnonzero(rural), wish, max(1, round(VILLAGE_PRIMARIES * count)), apart=17.0
    )
    left = rural.copy()
    left[complete] = False
    schools = np.vstack([xy[complete], lattice.xy(towns.cells)])
    off = cKDTree(schools).query(xy)[0]
    number = max(1, round(TEACHING_POINTS * count))
    far = choose(
        np.flatnonzero(left), off + rng.normal(0, 400, count), round(0.4 * number), apart=9.0
    )
    left[far] = False
    close = np.flatnonzero(left & (off < 2_300))  # noqa: PLR2004 - metres
    near = choose(
        close if len(close) else np.flatnonzero(left),
        rng.normal(size=count),
        number - len(far),
        apart=6.0,
    )
    return np.sort(complete), np.sort(np.concatenate([far, near]))


def grade_village_schools(sites: Sites, *, attend: Ints) -> Sites:
    """Make the smallest village schools teaching points and the others complete schools.

    Parameters
    ----------
    sites
        The schools.
    attend
        Pupils of each school if all village schools were complete.

    Returns
    -------
    Sites
        The schools, with as many teaching points as before.
    """
    village = np.flatnonzero(sites.place == RURAL)
    points = sum(kind == "teaching_point" for kind in sites.kinds)
    kinds, names = list(sites.kinds), list(sites.names)
    for rank, site in enumerate(village[np.argsort(attend[village], kind="stable")].tolist()):
        name = names[site].removesuffix(VILLAGE_PRIMARY).removesuffix(TEACHING_POINT)
        kinds[site] = "teaching_point" if rank < points else "primary"
        names[site] = name + (TEACHING_POINT if rank < points else VILLAGE_PRIMARY)
    return replace(sites, kinds=kinds, names=names)


def keep_sites(sites: Sites, kept: Flags) -> Sites:
    """Leave out some schools.

    Parameters
    ----------
    sites
        The schools.
    kept
        Which of them stay.

    Returns
    -------
    Sites
        Those that stay.
    """
    at = np.flatnonzero(kept).tolist()
    return Sites(
        names=[sites.names[i] for i in at],
        kinds=[sites.kinds[i] for i in at],
        place=sites.place[kept],
        township=sites.township[kept],
        node=sites.node[kept],
        xy=sites.xy[kept],
    )
