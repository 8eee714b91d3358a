"""Cohorts: who enters grade 1, and who goes on to the next grade."""

import numpy as np
from numpy.typing import NDArray

from layoutplan.projection.grades import ENTRY_AGE, GRADES
from layoutplan.projection.numbers import Progression

Floats = NDArray[np.float64]


def of_age(births: Floats, first: int, autumns: NDArray[np.int64], *, cutoff: float) -> Floats:
    """Give the children who reach the age of entry by autumn, from births by calendar year.

    Births are taken as even over the year: of those of the calendar year six years
    before, the part up to the cut-off month enters; of those of the year before, the rest.

    Parameters
    ----------
    births
        Births, ... x calendar years.
    first
        The first of these calendar years.
    autumns
        The autumns, all of whose calendar years are in ``births``.
    cutoff
        The month at whose end children must have reached the age of entry.

    Returns
    -------
    numpy.ndarray
        Children, ... x autumns.

    Examples
    --------
    >>> of_age(np.array([90.0, 60.0]), 2019, np.array([2026]), cutoff=8)
    array([70.])
    """
    part = cutoff / 12
    at = autumns - ENTRY_AGE - first
    return np.asarray((1 - part) * births[..., at - 1] + part * births[..., at])


def advance(
    start: Floats, entrants: Floats, growth: Floats, *, steps: Progression, extra: Floats
) -> Floats:
    """Let cohorts pass through the grades.

    From year t to t + 1, with o the share that goes on, r the share that repeats, m net
    migration and h pupils of new dwellings:
    P[t+1, g+1] = (P[t, g] o[g] + P[t, g+1] r[g+1]) (1 + m) + h[t+1, g+1], and
    P[t+1, 1] = entrants[t+1] + P[t, 1] r[1] (1 + m) + h[t+1, 1].

    Parameters
    ----------
    start
        Pupils of the base year, villages x grades.
    entrants
        Children who enter grade 1, variants x years ahead x villages.
    growth
        1 + net migration, variants x years ahead x villages.
    steps
        Shares that go on and that repeat.
    extra
        Pupils added from outside, years ahead x villages x grades.

    Returns
    -------
    numpy.ndarray
        Pupils, variants x years with the base year x villages x grades.
    """
    variants, ahead, villages = entrants.shape
    pupils = np.empty((variants, ahead + 1, villages, len(GRADES)))
    pupils[:, 0] = start
    for t in range(ahead):
        move = growth[:, t, :, None]
        stay = pupils[:, t] * steps.repeat * move
        on = pupils[:, t] * steps.onward * move
        pupils[:, t + 1] = stay + extra[t]
        pupils[:, t + 1, :, 1:] += on[..., :-1]
        pupils[:, t + 1, :, 0] += entrants[:, t]
    return np.maximum(pupils, 0.0)
