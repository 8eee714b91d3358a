"""Where people live: the seat, the towns and the villages."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.spatial import cKDTree

from layoutplan.example.lattice import Flags, Floats, Ints
from layoutplan.example.terrain import Terrain

SEAT, TOWN, RURAL_CENTRE, RURAL = 0, 1, 2, 3
"""What a village is: part of the seat, of a town, the centre of a rural township, or rural."""

MEAN_POPULATION: Final = 1_875
"""Residents per administrative village, from published county totals."""

POPULATION_LOG_SD: Final = 0.43
"""Spread of the residents of rural villages."""

SEAT_SHARE: Final = 0.25
TOWN_SHARE: Final = 0.12
"""Shares of residents in the seat and in the other towns (assumptions)."""

FLOOR: Final = 0.06
"""How much people settle in the worst ground, against the best (assumption)."""

ZIPF: Final = 0.80
"""Slope of sizes over ranks of settlements."""


@dataclass(frozen=True, kw_only=True)
class Towns:
    """The centres of the townships: the seat, then towns, then rural townships.

    Parameters
    ----------
    cells
        The cells of the centres.
    rural
        Whether it is a rural township (乡) and no town (镇).
    radius_m
        How far its streets reach.
    size
        Relative size by rank.
    """

    cells: Ints
    rural: Flags
    radius_m: Floats
    size: Floats


@dataclass(frozen=True, kw_only=True)
class Settlements:
    """The villages.

    Parameters
    ----------
    cells
        The cells of the villages.
    place
        Seat, town, rural centre or rural.
    township
        The position of its township.
    population
        Residents.
    """

    cells: Ints
    place: Ints
    township: Ints
    population: Ints


def place_towns(rng: np.random.Generator, terrain: Terrain, *, towns: int, villages: int) -> Towns:
    """Place the seat and the towns on level ground, well apart.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        Number of townships, the seat among them.
    villages
        Number of villages in the county.

    Returns
    -------
    Towns
        The centres.
    """
    lattice = terrain.lattice
    fit = _suitability(terrain, smooth=3.0, ease=0.07)
    row, col = np.divmod(np.arange(lattice.size), lattice.cols)
    off_centre = np.hypot(row / lattice.rows - 0.5, col / lattice.cols - 0.5)
    seat_fit = fit * np.exp(-((off_centre / 0.16) ** 2))
    seat = int(rng.choice(lattice.size, p=seat_fit / seat_fit.sum()))
    apart = 0.72 * np.sqrt(terrain.inside.sum() / towns)
    order = np.concatenate([[seat], _random_order(rng, fit)])
    cells = spread(order, cols=lattice.cols, count=towns, apart=float(apart))
    rank = np.concatenate([[0], 1 + rng.permutation(len(cells) - 1)])
    size = (1.0 + rank) ** -ZIPF
    hilly = gaussian_filter(terrain.slope, 8).ravel()[cells] * rng.lognormal(0, 0.3, len(cells))
    hilly[0] = -1
    rural = np.zeros(len(cells), dtype=np.bool_)
    rural[np.argsort(-hilly)[: round(len(cells) * 7 / 22)]] = True
    radius = np.where(rural, 350.0, 450 + 900 * size)
    radius[0] = 650 * np.sqrt(seat_villages(villages)) + 200
    # Division codes go up from the seat over the towns to the rural townships.
    order = np.argsort(rural, kind="stable")
    return Towns(cells=cells[order], rural=rural[order], radius_m=radius[order], size=size[order])


def seat_villages(villages: int) -> int:
    """Give how many of the villages are communities of the seat."""
    return max(1, round(0.03 * villages))


def place_villages(
    rng: np.random.Generator, terrain: Terrain, towns: Towns, *, roads: Flags, villages: int
) -> Settlements:
    """Place the villages: communities in the towns, the others drawn to the roads.

    Parameters
    ----------
    rng
        The random numbers.
    terrain
        The ground.
    towns
        The towns.
    roads
        Whether a cell has a road between towns.
    villages
        Number of villages.

    Returns
    -------
    Settlements
        The villages with their residents.
    """
    lattice = terrain.lattice
    centres = lattice.xy(towns.cells)
    seat = _communities(rng, terrain, towns, count=seat_villages(villages))
    double = ~towns.rural[1:] & (towns.size[1:] > np.quantile(towns.size, 0.6))
    room = max(villages - len(seat) - len(towns.cells) + 1, 0) // 4
    double &= np.cumsum(double) <= room
    second = towns.cells[1:][double] + rng.choice([-2, 2, -2 * lattice.cols], int(double.sum()))
    urban = np.concatenate([seat, towns.cells[1:], second])
    place = np.concatenate(
        [
            np.full(len(seat), SEAT),
            np.where(towns.rural[1:], RURAL_CENTRE, TOWN),
            np.full(len(second), TOWN),
        ]
    )
    near_road = distance_transform_edt(~roads).ravel() * lattice.cell_m
    fit = _suitability(terrain, smooth=1.0, ease=0.10) * (0.12 + np.exp(-near_road / 900))
    for centre, radius in zip(centres, towns.radius_m, strict=True):
        away = np.hypot(*(lattice.xy(np.arange(lattice.size)) - centre).T)
        fit[away < radius + 250] = 0
    rural = draw_spread(rng, fit, cols=lattice.cols, count=villages - len(urban), apart=2.6)
    cells = np.concatenate([urban, rural])
    place = np.concatenate([place, np.full(len(rural), RURAL)])
    nearest = cKDTree(terrain.level(centres)).query(terrain.level(lattice.xy(cells)))[1]
    township = np.asarray(nearest, dtype=np.int64)
    population = _populations(rng, place=place, size=towns.size[township])
    return Settlements(cells=cells, place=place, township=township, population=population)


def in_townships(settlements: Settlements, township: Ints) -> tuple[Settlements, Ints]:
    """Order villages by township, those of towns first.

    Parameters
    ----------
    settlements
        The villages.
    township
        The position of the township in which each village lies.

    Returns
    -------
    tuple
        The villages in order, and the positions that they had before.
    """
    order = np.lexsort((settlements.place, township))
    ordered = Settlements(
        cells=settlements.cells[order],
        place=settlements.place[order],
        township=township[order],
        population=settlements.population[order],
    )
    return ordered, order


def spread(order: Ints, *, cols: int, count: int, apart: float) -> Ints:
    """Take cells in order, each at some distance from all taken before.

    Parameters
    ----------
    order
        Cells, the most wanted first.
    cols
        Columns of the lattice.
    count
        How many to take.
    apart
        Least distance in cells; it shrinks where the cells do not suffice.

    Returns
    -------
    numpy.ndarray
        The cells taken.
    """
    taken: list[int] = []
    rows = int(order.max(initial=0)) // cols + 1
    while len(taken) < count:
        barred = np.zeros((rows, cols), dtype=np.bool_)
        reach = int(apart)
        span = np.arange(-reach, reach + 1)
        disc = np.hypot(span[:, None], span[None, :]) <= apart
        taken = []
        for cell in order.tolist():
            row, col = divmod(cell, cols)
            if barred[row, col]:
                continue
            taken.append(cell)
            if len(taken) == count:
                break
            top, left = max(row - reach, 0), max(col - reach, 0)
            view = barred[top : row + reach + 1, left : col + reach + 1]
            view |= disc[
                top - row + reach : top - row + reach + view.shape[0],
                left - col + reach : left - col + reach + view.shape[1],
            ]
        apart *= 0.85
    return np.array(taken, dtype=np.int64)


def draw_spread(
    rng: np.random.Generator, weight: Floats, *, cols: int, count: int, apart: float
) -> Ints:
    """Draw cells in proportion to weights, at some distance from each other.

    Parameters
    ----------
    rng
        The random numbers.
    weight
        Weight of every cell; a cell of weight 0 is not drawn.
    cols
        Columns of the lattice.
    count
        How many to draw.
    apart
        Least distance in cells; it shrinks where the cells do not suffice.

    Returns
    -------
    numpy.ndarray
        The cells, fewer than asked only where fewer have a weight.
    """
    order = _random_order(rng, weight)
    return spread(order, cols=cols, count=min(count, len(order)), apart=apart)


def _suitability(terrain: Terrain, *, smooth: float, ease: float) -> Floats:
    """How much people like to settle in a cell: level, low and inside."""
    slope = gaussian_filter(terrain.slope, smooth)
    low = terrain.height / max(float(terrain.height.max()), 1.0)
    fit = (np.exp(-slope / ease - 1.2 * low) + FLOOR) * terrain.core
    return np.asarray(fit.ravel(), dtype=np.float64)


def _random_order(rng: np.random.Generator, weight: Floats) -> Ints:
    """Cells in an order drawn without replacement in proportion to their weights."""
    cells = np.flatnonzero(weight > 0)
    keys = np.log(weight[cells]) + rng.gumbel(size=len(cells))
    return cells[np.argsort(-keys)]


def _communities(rng: np.random.Generator, terrain: Terrain, towns: Towns, *, count: int) -> Ints:
    """Cells of the communities of the seat, its centre first."""
    lattice = terrain.lattice
    away = np.hypot(*(lattice.xy(np.arange(lattice.size)) - lattice.xy(towns.cells[:1])).T)
    fit = np.where(away < towns.radius_m[0], 1.0, 0.0) * terrain.inside.ravel()
    order = np.concatenate([towns.cells[:1], _random_order(rng, fit)])
    return spread(order, cols=lattice.cols, count=count, apart=4.5)


def _populations(rng: np.random.Generator, *, place: Ints, size: Floats) -> Ints:
    """Residents: lognormal in rural villages, by rank in the seat and in towns."""
    total = MEAN_POPULATION * len(place)
    people = np.zeros(len(place))
    seat, town, rural = place == SEAT, (place == TOWN) | (place == RURAL_CENTRE), place == RURAL
    weight = rng.lognormal(0, POPULATION_LOG_SD, len(place))
    within = (1.0 + np.arange(int(seat.sum()))) ** -0.4 * rng.lognormal(0, 0.1, int(seat.sum()))
    people[seat] = SEAT_SHARE * total * within / within.sum()
    ranked = size * np.where(place == RURAL_CENTRE, 0.5, 1.0) + 0.06
    town_share = TOWN_SHARE if town.any() else 0.0
    if town.any():
        people[town] = town_share * total * ranked[town] / ranked[town].sum()
    if rural.any():
        left = (1 - SEAT_SHARE - town_share) * total
        people[rural] = left * weight[rural] / weight[rural].sum()
    return np.maximum(np.rint(people), 60).astype(np.int64)
