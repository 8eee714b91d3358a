"""Teachers, areas, equipment and books of the schools.

What a school has follows its classrooms and places more than its pupils, so
that small village schools have much for each pupil and crowded ones little.
"""

from typing import Final

import numpy as np

from layoutplan.example.lattice import Floats, Ints
from layoutplan.example.rooms import Rooms
from layoutplan.example.schools import Sites
from layoutplan.example.settlements import RURAL, SEAT

PUPILS_PER_TEACHER: Final = (19.0, 13.5)
"""Pupils per post in primary and junior schools."""

LEAST_PER_CLASS: Final = (1.9, 3.2)
"""Teachers that a class needs in small primary and junior schools (assumption)."""

DEGREE_SHARE: Final = 0.88
"""Share of teachers above the required degree outside the seat and the villages (assumption)."""

AREA_PER_PLACE: Final = (5.2, 6.4)
SPORTS_PER_PLACE: Final = (7.6, 10.0)
EQUIPMENT_PER_PLACE: Final = (1_950.0, 2_600.0)
"""Square metres and yuan per place in primary and junior schools (assumptions)."""


def make_resources(
    rng: np.random.Generator, sites: Sites, *, rooms: Rooms, enrolment: Ints
) -> dict[str, Ints | Floats]:
    """Give schools what they teach with.

    Parameters
    ----------
    rng
        The random numbers.
    sites
        The schools.
    rooms
        Their rooms.
    enrolment
        Pupils by school and band.

    Returns
    -------
    dict
        Columns of the schools table.
    """
    count = len(sites.kinds)
    primary, junior = enrolment[:, :2].sum(axis=1), enrolment[:, 2]
    part = junior / np.maximum(primary + junior, 1)

    def mixed(values: tuple[float, float]) -> Floats:
        return np.asarray(values[0] * (1 - part) + values[1] * part, dtype=np.float64)

    def around(spread: float) -> Floats:
        return rng.lognormal(-(spread**2) / 2, spread, count)

    posts = np.maximum(
        primary / PUPILS_PER_TEACHER[0], LEAST_PER_CLASS[0] * rooms.primary_classes
    ) + np.maximum(junior / PUPILS_PER_TEACHER[1], LEAST_PER_CLASS[1] * rooms.junior_classes)
    teachers = np.maximum(np.rint(posts * around(0.2)), 1)
    seat, rural = sites.place == SEAT, sites.place == RURAL
    # Better trained teachers gather in the seat; their share never passes the whole.
    rank = np.where(seat, 1.1, np.where(rural, 0.75, 1.0))
    tight = np.where(seat, 0.88, 1.0)
    return {
        "classes": rooms.classes,
        "staff": teachers + np.rint(0.06 * teachers * around(0.4)),
        "teachers": teachers,
        "teachers_above_degree": np.floor(
            teachers * np.minimum(DEGREE_SHARE * rank**0.5 * around(0.16), 1)
        ),
        "key_teachers": np.floor(teachers * np.minimum(0.2 * rank**2 * around(0.35), 0.6) + 0.5),
        "pe_art_teachers": np.floor(teachers * np.minimum(0.18 * rank * around(0.25), 0.5) + 0.5),
        "mid_title_teachers": np.floor(teachers * np.minimum(0.5 * rank * around(0.3), 0.95)),
        "teaching_area_m2": np.rint(rooms.places * mixed(AREA_PER_PLACE) * tight * around(0.18)),
        "sports_area_m2": np.rint(rooms.places * mixed(SPORTS_PER_PLACE) * tight**2 * around(0.3)),
        "equipment_yuan": 100
        * np.rint(rooms.places * mixed(EQUIPMENT_PER_PLACE) / 100 * around(0.3)),
        "multimedia_rooms": np.maximum(
            np.floor(rooms.classrooms * rng.uniform(0.55, 1.35, count)), 1
        ),
        "computers": np.rint(rooms.places * 0.12 * around(0.3)) + 2,
        "books": np.rint(rooms.places * mixed((20.0, 28.0)) * around(0.22)),
    }
