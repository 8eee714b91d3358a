"""How large the largest class of a school must be at least, whoever is put into which class."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
