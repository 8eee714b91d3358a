"""How many pupils can have a place within the limit, at best, with and without a school."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, maximum_flow

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def seated(pupils: Ints, within: Bools, places: Ints) -> int:
    r"""Give the most pupils who can have a place at a school within their limit.

    The maximum flow from groups of pupils to schools: :math:`\max \sum x_{gs}` with
    :math:`\sum_s x_{gs} \le p_g`, :math:`\sum_g x_{gs} \le c_s` and :math:`x_{gs} > 0`
    only within the limit (Dinic's algorithm as in scipy). Whole persons need no rounding.

    Parameters
    ----------
    pupils
        Persons of each group, shape (groups,).
    within
        Whether a school is within the limit of a group, shape (groups, schools).
    places
        Places of each school, shape (schools,).

    Returns
    -------
    int
        Persons.

    Examples
    --------
    >>> within = np.array([[True, False], [True, True]])
    >>> seated(np.array([30, 20]), within, np.array([35, 10]))
    45
    """
    groups, schools = within.shape
    group, school = np.nonzero(within)
    source, sink = groups + schools, groups + schools + 1
    # A pair carries no more than its group, so one capacity serves for every pair.
    rows = np.concatenate([np.full(groups, source), group, groups + np.arange(schools)])
    columns = np.concatenate([np.arange(groups), groups + school, np.full(schools, sink)])
    capacity = np.concatenate([pupils, pupils[group], places])
    some = capacity > 0
    graph = csr_array(
        (capacity[some].astype(np.int32), (rows[some], columns[some])),
        shape=(sink + 1, sink + 1),
    )
    return int(maximum_flow(graph, source, sink).flow_value)


def short_without(pupils: Ints, within: Bools, places: Ints, *, band: Ints) -> Ints:
    """Give how many pupils lose every place within the limit with each band of each school.

    Parameters
    ----------
    pupils
        Persons of each group, shape (groups,).
    within
        Whether a school teaches a group and is within its limit, shape (groups, schools).
    places
        Places of each school, shape (schools,); its bands share them.
    band
        The band of each group from 0, shape (groups,).

    Returns
    -------
    numpy.ndarray
        Persons, shape (schools, bands): how many fewer can be seated if the school gave
        up the band, however all others are distributed anew.

    Examples
    --------
    >>> within = np.array([[True, False], [True, True]])
    >>> persons, room = np.array([30, 20]), np.array([35, 10])
    >>> short_without(persons, within, room, band=np.array([0, 1])).tolist()
    [[25, 5], [0, 10]]
    """
    bands = int(band.max(initial=-1)) + 1
    short = np.zeros((within.shape[1], bands), dtype=np.int64)
    pupils, within, band = _merged(pupils, within, band)
    for groups, schools in _parts(within):
        inner, persons, room = within[np.ix_(groups, schools)], pupils[groups], places[schools]
        best = seated(persons, inner, room)
        for at, school in enumerate(schools):
            for given_up in np.unique(band[groups][inner[:, at]]):
                less = inner.copy()
                less[band[groups] == given_up, at] = False
                short[school, given_up] = best - seated(persons, less, room)
    return short


def _merged(pupils: Ints, within: Bools, band: Ints) -> tuple[Ints, Bools, Ints]:
    """Put groups of a band with the same schools into one; leave out those with none."""
    reached = within.any(axis=1) & (pupils > 0)
    if not reached.any():
        none = np.zeros(0, dtype=np.int64)
        return none, np.zeros((0, within.shape[1]), dtype=bool), none
    keyed = np.column_stack([band[reached], within[reached]])
    patterns, group = np.unique(keyed, axis=0, return_inverse=True)
    persons = np.bincount(group.ravel(), weights=pupils[reached], minlength=len(patterns))
    return persons.astype(np.int64), patterns[:, 1:].astype(bool), patterns[:, 0].astype(np.int64)


def _parts(within: Bools) -> list[tuple[Ints, Ints]]:
    """Split groups and schools into parts with no pair between them."""
    groups, schools = within.shape
    group, school = np.nonzero(within)
    pairs = csr_array(
        (np.ones(len(group)), (group, groups + school)), shape=(groups + schools,) * 2
    )
    number, label = connected_components(pairs, directed=False)
    split = [
        (np.flatnonzero(label[:groups] == n), np.flatnonzero(label[groups:] == n))
        for n in range(number)
    ]
    return [(g, s) for g, s in split if len(g) and len(s)]
