"""Classes: the pupils of each grade of each school in whole classes.

A band's pupils are shared out over its grades as evenly as whole persons allow; which
grade really has how many is not in the tables. Each grade needs as many classes as keep
to the class size of its school, and the last pupil may open a class. Where there are
fewer rooms than that, classes grow; where there are fewer rooms than grades, grades are
taught together (复式班).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.assessment.once import once
from layoutplan.assessment.selections import open_schools
from layoutplan.plan import Plan
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, GRADES_PER_BAND

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def grade_pupils(pupils: Ints) -> Ints:
    """Share the pupils of a band out over its grades, to the person.

    Parameters
    ----------
    pupils
        Pupils of the band at each school, shape (schools,).

    Returns
    -------
    numpy.ndarray
        Shape (schools, grades of a band); the first grades have one more where they do
        not divide evenly. The sum of a row is the pupils of the school.

    Examples
    --------
    >>> grade_pupils(np.array([10, 3, 0])).tolist()
    [[4, 3, 3], [1, 1, 1], [0, 0, 0]]
    """
    each, rest = np.divmod(np.asarray(pupils, dtype=np.int64), GRADES_PER_BAND)
    return np.asarray(each[:, None] + (np.arange(GRADES_PER_BAND) < rest[:, None]), dtype=np.int64)


def whole_classes(pupils: Ints, *, size: Floats, rooms: Floats) -> Ints:
    """Give the number of classes of each grade.

    Parameters
    ----------
    pupils
        Pupils of each grade, shape (schools, grades).
    size
        Pupils a class may have, of the same shape.
    rooms
        Classes there is room for at each school, shape (schools,); NaN where not known,
        which binds nobody.

    Returns
    -------
    numpy.ndarray
        Classes, shape (schools, grades): ``ceil(pupils / size)`` where there is room for
        them; else each grade has one, and room by room goes to the grade whose classes
        are the largest, the lowest grade among equals. Where there are fewer rooms than
        grades with pupils, one class each: see `taught_together`.

    Examples
    --------
    >>> pupils, size = np.array([[50, 46, 20]]), np.full((1, 3), 45.0)
    >>> whole_classes(pupils, size=size, rooms=np.array([9.0])).tolist()
    [[2, 2, 1]]
    >>> whole_classes(pupils, size=size, rooms=np.array([4.0])).tolist()
    [[2, 1, 1]]
    """
    wanted = np.ceil(pupils / size).astype(np.int64)
    room = np.where(np.isfinite(rooms), rooms, np.inf)
    classes = np.where((wanted.sum(axis=1) > room)[:, None], np.minimum(wanted, 1), wanted)
    spare = np.where(wanted.sum(axis=1) > room, room - classes.sum(axis=1), 0)
    while (spare >= 1).any():
        rows = np.flatnonzero(spare >= 1)
        mean = pupils[rows] / np.maximum(classes[rows], 1)
        classes[rows, mean.argmax(axis=1)] += 1
        spare[rows] -= 1
    return classes


def taught_together(pupils: list[int], *, rooms: int) -> list[int]:
    """Put neighbouring grades into as many classes as there are rooms.

    Parameters
    ----------
    pupils
        Pupils of each grade, from the lowest.
    rooms
        Rooms, at least 1.

    Returns
    -------
    list of int
        The number of the class of each grade, from 0. The largest class is as small
        as neighbouring grades allow.

    Examples
    --------
    >>> taught_together([5, 6, 4], rooms=2)
    [0, 1, 1]
    """
    ends = np.cumsum([0, *pupils])
    sums = sorted({int(b - a) for i, a in enumerate(ends) for b in ends[i + 1 :]})
    for most in sums:
        number, filled, found = 0, 0, list[int]()
        for count in pupils:
            if filled + count > most:
                number, filled = number + 1, 0
            filled += count
            found.append(number)
        if most >= max(pupils) and number < rooms:
            break
    return found


def class_sizes_of(schools: pd.DataFrame, standards: Standards) -> Floats:
    """Give the class size that each grade of each school is held to.

    Parameters
    ----------
    schools
        Open schools, with kind and bands.
    standards
        The class sizes (GB 50099-2011, 3.0.1): complete primary schools, those that do
        not have all primary grades, and grades 7-9.

    Returns
    -------
    numpy.ndarray
        Persons, shape (schools, grades).
    """
    bands = schools["bands"].astype("str").str.split()
    incomplete = bands.map(lambda b: "g13" in b and "g46" not in b).to_numpy(dtype=bool)
    primary = np.where(
        incomplete,
        standards.value("class_size_teaching_point"),
        standards.value("class_size_primary"),
    )
    junior = np.full(len(schools), standards.value("class_size_junior"))
    by_band = [junior if band == BANDS[-1] else primary for band in BANDS]
    return np.repeat(np.stack(by_band, axis=1), GRADES_PER_BAND, axis=1)


@once
def class_table(plan: Plan) -> pd.DataFrame:
    """Set out the classes of every grade of every open school.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        One row per school and grade that has pupils, sorted: site_id, township_id,
        band, grade (from 1), pupils (persons, an even share of the band), size (persons
        a class may have), wanted (classes that keep to it), classes (those there is room
        for; 0 where the grade sits with the one before it), largest (persons in the
        largest class), together (whether grades are taught together for want of rooms),
        few (whether the grade has so few pupils that it is likely to be taught together
        with another), over_size (classes over the class size), large and extra_large
        (classes that are large and extra large).

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> table = class_table(today)
    >>> int(table["pupils"].sum()) == today.pupils_assigned
    True
    """
    schools = open_schools(plan).sort_index()
    pupils = np.hstack(
        [grade_pupils(schools[f"after_{b}"].fillna(0).to_numpy(dtype=np.int64)) for b in BANDS]
    )
    size = class_sizes_of(schools, plan.standards)
    rooms = np.array(schools["classes"], dtype=np.float64)
    # A school with pupils and no room at all has a fault in its data, not its classes.
    rooms[~(rooms > 0)] = np.nan
    classes = whole_classes(pupils, size=size, rooms=rooms)
    smallest, rest = np.divmod(pupils, np.maximum(classes, 1))
    largest = smallest + (rest > 0)
    together = np.zeros(pupils.shape, dtype=bool)
    for school in np.flatnonzero(classes.sum(axis=1) > np.nan_to_num(rooms, nan=np.inf)):
        at = np.flatnonzero(pupils[school])
        number = np.asarray(taught_together(pupils[school, at].tolist(), rooms=int(rooms[school])))
        here = np.bincount(number, weights=pupils[school, at]).astype(np.int64)[number]
        classes[school, at] = np.diff(number, prepend=-1) > 0
        largest[school, at] = smallest[school, at] = here
        rest[school, at] = 0
        together[school, at] = np.bincount(number)[number] > 1

    def _beyond(most: Floats) -> Ints:
        """Count the classes that are larger: so many have one pupil more than the others."""
        return np.where(smallest > most, classes, np.where(largest > most, rest, 0))

    row, grade = np.nonzero(pupils)
    least = {k: plan.standards.value(f"{k}_class_pupils") for k in ("large", "extra_large")}
    values = {
        "pupils": pupils,
        "size": size,
        "wanted": np.ceil(pupils / size).astype(np.int64),
        "classes": classes,
        "largest": largest,
        "together": together,
        "few": pupils < plan.standards.value("multigrade_pupils"),
        "over_size": _beyond(size),
        **{name: _beyond(np.full(size.shape, from_ - 1)) for name, from_ in least.items()},
    }
    return pd.DataFrame(
        {
            "site_id": schools.index.to_numpy()[row],
            "township_id": schools["township_id"].to_numpy()[row],
            "band": np.asarray(BANDS, dtype=object)[grade // GRADES_PER_BAND],
            "grade": grade + 1,
            **{name: array[row, grade] for name, array in values.items()},
        }
    ).astype({"site_id": "str", "township_id": "str", "band": "str"})
