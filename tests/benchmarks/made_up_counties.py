"""Made-up counties of whole villages and schools, by seed, for the location benchmarks.

Villages with lognormal populations about a seat, towns and roads of a tilted plain; schools
in the seat, the towns and the larger villages, with places for those who would choose them
by Huff's rule (pull of the seat 6, of towns 2.5, of village schools 0.8, of teaching points
0.3), so that the seat's schools are full and many village schools small.
"""

from dataclasses import dataclass

import numpy as np

PUPILS_PER_PERSON = 0.06
KM_BETWEEN_VILLAGES = 1.0
CIRCUITY = 1.3
YUAN_PER_PUPIL_KM = 1_000.0
YUAN_PER_SCHOOL = 300_000.0
YUAN_PER_PLACE = 400.0
PLACES_PER_PUPIL = 1.5


@dataclass(frozen=True)
class MadeUp:
    """A county as `layoutplan.locate` takes it, with the places of its villages."""

    cost: np.ndarray
    demand: np.ndarray
    capacity: np.ndarray
    fixed_cost: np.ndarray
    site_unit: np.ndarray
    xy: np.ndarray


def made_up_county(villages, schools, *, seed, slack=PLACES_PER_PUPIL, fixed=True):
    rng = np.random.default_rng([villages, schools, seed])
    side = KM_BETWEEN_VILLAGES * np.sqrt(villages) * 1.4
    towns = max(4, villages // 30)
    town_xy = rng.uniform(0.05, 0.95, (towns, 2)) * side
    town_pull = np.concatenate([[6.0], np.full(towns - 1, 2.5)])
    near = rng.random(villages) < 0.6
    scattered = rng.uniform(0, 1, (villages, 2)) * side
    at_town = rng.choice(towns, villages, p=town_pull / town_pull.sum())
    spread = rng.normal(0, side / np.sqrt(towns) * 0.45, (villages, 2))
    xy = np.where(near[:, None], town_xy[at_town] + spread, scattered).clip(0, side)
    people = rng.lognormal(np.log(1_875) - 0.43**2 / 2, 0.43, villages)
    from_town = np.linalg.norm(xy[:, None] - town_xy[None], axis=2)
    people *= np.where(from_town.min(axis=1) < 1.2, 1.9, 1.0)
    demand = np.maximum(1, np.round(people * PUPILS_PER_PERSON)).astype(np.int64)

    chance = people * np.exp(-from_town.min(axis=1) / (side / np.sqrt(towns)))
    site_unit = np.sort(rng.choice(villages, schools, replace=False, p=chance / chance.sum()))
    nearest_town = from_town[site_unit].argmin(axis=1)
    in_town = from_town[site_unit].min(axis=1) < 1.5
    pull = np.where(
        in_town, town_pull[nearest_town], np.where(rng.random(schools) < 0.45, 0.3, 0.8)
    )
    km = np.linalg.norm(xy[:, None] - xy[None, site_unit], axis=2) * CIRCUITY
    want = pull / np.maximum(km, 0.5) ** 2
    enrolled = (demand[:, None] * want / want.sum(axis=1, keepdims=True)).sum(axis=0)
    places = np.maximum(enrolled * rng.uniform(0.85, 1.5, schools), 30)
    places *= slack * demand.sum() / places.sum()
    capacity = np.maximum(np.round(places / 5) * 5, 20).astype(np.int64)
    capacity[capacity.argmax()] = max(capacity.max(), demand.max())
    cost = km * demand[:, None] * YUAN_PER_PUPIL_KM
    fixed_cost = (YUAN_PER_SCHOOL + YUAN_PER_PLACE * capacity) * rng.uniform(0.8, 1.25, schools)
    return MadeUp(
        cost=cost,
        demand=demand,
        capacity=capacity,
        fixed_cost=fixed_cost if fixed else np.zeros(schools),
        site_unit=site_unit,
        xy=xy,
    )
