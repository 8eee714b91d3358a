"""Classes, classrooms and places of the schools."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from layoutplan.example.lattice import Flags, Ints
from layoutplan.example.schools import Sites
from layoutplan.example.settlements import RURAL, SEAT, TOWN

PRIMARY_CLASS: Final = 45
JUNIOR_CLASS: Final = 50
POINT_CLASS: Final = 30
"""Places of a classroom: the class sizes of the design code for schools."""

SEAT_EXTRA: Final = (0, 0, 2, 2, 3, 4, 6)
TOWN_EXTRA: Final = (2, 2, 2, 3, 4, 6, 8)
VILLAGE_EXTRA: Final = (0, 0, 0, 1, 2)
"""Classes that there is ground for, as often as they stand here (assumptions)."""

LARGE_CLASSES: Final = 0.07
"""Share of classes over 55 pupils, as published for 2018."""


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """The room of every school.

    Parameters
    ----------
    primary_classes, junior_classes
        Classes today.
    classrooms
        Classrooms for teaching classes.
    places
        Places.
    beds
        Beds for boarders.
    extra
        Classes that can be added.
    """

    primary_classes: Ints
    junior_classes: Ints
    classrooms: Ints
    places: Ints
    beds: Ints
    extra: Ints

    @property
    def classes(self) -> Ints:
        """All classes today."""
        return self.primary_classes + self.junior_classes


def make_rooms(rng: np.random.Generator, sites: Sites, *, enrolment: Ints) -> Rooms:
    """Give schools their rooms: too few in the seat, enough in towns, to spare in villages.

    Parameters
    ----------
    rng
        The random numbers.
    sites
        The schools.
    enrolment
        Pupils by school and band.

    Returns
    -------
    Rooms
        The rooms.
    """
    count = len(sites.kinds)
    kind = np.array(sites.kinds)
    seat, town, rural = sites.place == SEAT, sites.place == TOWN, sites.place == RURAL
    point, junior = kind == "teaching_point", kind == "junior"
    primary, juniors = enrolment[:, :2].sum(axis=1), enrolment[:, 2]
    size = np.select([seat, town], [rng.uniform(45.5, 50, count), rng.uniform(41, 45, count)], 38)
    size_junior = np.select(
        [seat, town], [rng.uniform(49, 53, count), rng.uniform(43, 49, count)], 40
    )
    size[_crowded(rng, seat & ~junior, primary)] = 56.5
    size_junior[_crowded(rng, seat & (juniors > 0), juniors)] = 56.5
    crowded, crowded_junior = size > 56, size_junior > 56  # noqa: PLR2004 - as set above
    classes = np.where(crowded, np.floor(primary / size), np.ceil(primary / size))
    # A complete school has a class for each of its six grades, however few its pupils.
    classes = np.where(point, np.clip(np.ceil(primary / 12), 1, 3), np.maximum(classes, 6))
    classes = np.where(junior, 0, classes).astype(np.int64)
    junior_classes = np.where(
        crowded_junior, np.floor(juniors / size_junior), np.ceil(juniors / size_junior)
    )
    has_junior = junior | (kind == "nine_year")
    junior_classes = np.where(has_junior, np.maximum(junior_classes, 3), 0).astype(np.int64)
    spare = np.select([seat, town, rural & ~point], [0, rng.integers(0, 2, count), 0], default=1)
    spare = spare + np.where(rural & ~point & (rng.random(count) < 0.1), 1, 0)  # noqa: PLR2004
    classrooms = classes + junior_classes + spare
    classrooms = np.where(point, rng.integers(3, 5, count), classrooms)
    per_room = np.select([point, junior], [POINT_CLASS, JUNIOR_CLASS], default=PRIMARY_CLASS)
    extra = np.select(
        [seat, point, rural],
        [rng.choice(SEAT_EXTRA, count), 0, rng.choice(VILLAGE_EXTRA, count)],
        default=rng.choice(TOWN_EXTRA, count),
    )
    boarding = np.select([seat & junior, has_junior & ~seat, town], [0.12, 0.38, 0.05], default=0.0)
    grades = primary * ~has_junior + juniors
    beds = np.rint(boarding * rng.lognormal(0, 0.25, count) * grades / 8) * 8
    return Rooms(
        primary_classes=classes,
        junior_classes=junior_classes,
        classrooms=classrooms.astype(np.int64),
        places=(classrooms * per_room).astype(np.int64),
        beds=beds.astype(np.int64),
        extra=extra.astype(np.int64),
    )


def _crowded(rng: np.random.Generator, among: Flags, pupils: Ints) -> Ints:
    """Schools of the seat whose classes are over 55, up to the published share."""
    chosen, room = [], LARGE_CLASSES * float(pupils.sum()) * 1.1
    for site in rng.permutation(np.flatnonzero(among)).tolist():
        if pupils[site] <= room + 0.02 * pupils.sum():
            chosen.append(site)
            room -= pupils[site]
    return np.array(chosen, dtype=np.int64)
