"""How large the largest class of a school must be at least, and is with even grades."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layoutplan.tables import GRADES_PER_BAND


def least_largest_class(pupils: ArrayLike, classes: ArrayLike) -> NDArray[np.float64]:
    r"""Give the smallest size that the largest class of each school can have.

    Pupils of different grade bands sit in different classes. With :math:`p_b` pupils
    of band :math:`b` and :math:`c` classes it is the smallest whole :math:`L` with
    :math:`\sum_b \lceil p_b / L \rceil \le c`: with classes of at most :math:`L`, a band
    needs at least that many. Where a school has fewer classes than bands, bands share a
    class, and :math:`L = \lceil \sum_b p_b / c \rceil`. Single grades are not known, so
    the true largest class may be larger, never smaller.

    Parameters
    ----------
    pupils
        Whole persons, shape (schools, bands).
    classes
        Classes, shape (schools,).

    Returns
    -------
    numpy.ndarray
        Persons, shape (schools,): 0 where there are no pupils, infinite where there are
        pupils and no classes.

    Examples
    --------
    >>> least_largest_class([[150, 150, 0], [30, 5, 0], [0, 0, 0]], [6, 1, 2])
    array([50., 35.,  0.])
    """
    persons = np.asarray(pupils, dtype=np.int64).reshape(-1, np.shape(pupils)[-1])
    rooms = np.asarray(classes, dtype=np.int64)
    total = persons.sum(axis=1)
    shared = (persons > 0).sum(axis=1) > rooms
    low, high = np.ones(len(persons), dtype=np.int64), np.maximum(persons.max(axis=1), 1)
    # The number of classes needed falls as classes grow, so the smallest size is bisected.
    while (low < high).any():
        middle = (low + high) // 2
        fits = (-(-persons // middle[:, None])).sum(axis=1) <= rooms
        high, low = np.where(fits, middle, high), np.where(fits, low, middle + 1)
        low = np.minimum(low, high)
    size = np.where(shared, -(-total // np.maximum(rooms, 1)), high).astype(float)
    size = np.where(total == 0, 0.0, size)
    return np.where((total > 0) & (rooms < 1), np.inf, size)


def even_largest_class(pupils: ArrayLike, classes: ArrayLike) -> NDArray[np.float64]:
    r"""Give the size of the largest class where the grades of a band are equally large.

    Every band is shared out over its grades to the person, and every class is of one
    grade: the size is the smallest whole :math:`L` with
    :math:`\sum_g \lceil p_g / L \rceil \le c`. Where a school has fewer classes than
    grades with pupils, neighbouring grades sit together (复式班), and :math:`L` is the
    smallest that :math:`c` classes of neighbouring grades allow. Grades that differ make
    classes larger, seldom smaller.

    Parameters
    ----------
    pupils
        Whole persons, shape (schools, bands).
    classes
        Classes, shape (schools,).

    Returns
    -------
    numpy.ndarray
        Persons, shape (schools,): 0 where there are no pupils, infinite where there are
        pupils and no classes.

    Examples
    --------
    Six classes of three grades of 50, where pooled grades would need classes of 47 only:

    >>> even_largest_class([[50 * 3, 44 * 3, 0], [70, 20, 0], [0, 0, 0]], [6, 2, 0])
    array([50., 47.,  0.])
    """
    persons = np.asarray(pupils, dtype=np.int64).reshape(-1, np.shape(pupils)[-1])
    rooms = np.asarray(classes, dtype=np.int64)
    each, rest = np.divmod(persons, GRADES_PER_BAND)
    grades = each[..., None] + (np.arange(GRADES_PER_BAND) < rest[..., None])
    grades = grades.reshape(len(persons), persons.shape[1] * GRADES_PER_BAND)
    together = (grades > 0).sum(axis=1) > rooms
    # One class of the whole school is the largest there can be, so it bounds the bisection.
    low, high = grades.max(axis=1, initial=1), np.maximum(grades.sum(axis=1), 1)
    low = np.where(together, low, 1)
    while (low < high).any():
        middle = (low + high) // 2
        apart = (-(-grades // middle[:, None])).sum(axis=1)
        fits = np.where(together, _filled(grades, middle), apart) <= rooms
        high, low = np.where(fits, middle, high), np.where(fits, low, middle + 1)
        low = np.minimum(low, high)
    size = np.where(grades.any(axis=1), high, 0).astype(float)
    return np.where(grades.any(axis=1) & (rooms < 1), np.inf, size)


def _filled(grades: NDArray[np.int64], most: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the classes of neighbouring grades of at most so many, filled in order."""
    number, filled = np.ones(len(grades), dtype=np.int64), np.zeros(len(grades), dtype=np.int64)
    for count in grades.T:
        full = filled + count > most
        number, filled = number + full, np.where(full, 0, filled) + count
    return number


def classes_needed(pupils: ArrayLike, sizes: ArrayLike) -> NDArray[np.int64]:
    """Give the fewest classes that keep every band within its class size.

    Parameters
    ----------
    pupils
        Whole persons, shape (schools, bands).
    sizes
        Persons per class at most, shape (schools, bands) or (bands,).

    Returns
    -------
    numpy.ndarray
        Classes, shape (schools,).

    Examples
    --------
    >>> classes_needed([[46, 0, 101]], [45, 45, 50])
    array([5])
    """
    persons = np.asarray(pupils, dtype=float)
    needed: NDArray[np.int64] = np.ceil(persons / np.asarray(sizes)).sum(axis=1).astype(np.int64)
    return needed
