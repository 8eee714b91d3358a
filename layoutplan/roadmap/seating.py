"""Who sits where in a half-year, and how many are beyond the places."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.roadmap.question import Flags, Floats, Ints, Question


@dataclass(frozen=True, eq=False, kw_only=True)
class Loads:
    """Pupils of one half-year and variant, by site and task.

    Parameters
    ----------
    base
        Pupils of each site while nothing is done.
    change
        What each task changes at each site: tasks x sites.
    """

    base: Ints
    change: NDArray[np.int64]


def loads(question: Question, pupils: Ints) -> Loads:
    """Add up pupils by site and task.

    Parameters
    ----------
    question
        The question.
    pupils
        Persons, one per cell.

    Returns
    -------
    Loads
        The sums.
    """
    cells, sites = question.cells, question.sites
    n, m = len(question.tasks), len(sites)
    at = {end: sites.get_indexer(pd.Index(cells[end])) for end in ("from_site", "to_site")}
    task = cells["task"].to_numpy(dtype=np.int64)
    base, change = np.zeros(m, dtype=np.int64), np.zeros((n, m), dtype=np.int64)
    here = at["from_site"] >= 0
    np.add.at(base, at["from_site"][here], pupils[here])
    moving = task >= 0
    leave, come = moving & here, moving & (at["to_site"] >= 0)
    np.subtract.at(change, (task[leave], at["from_site"][leave]), pupils[leave])
    np.add.at(change, (task[come], at["to_site"][come]), pupils[come])
    return Loads(base=base, change=change)


def beyond(question: Question, load: Loads, done: Flags) -> Ints:
    """Count pupils beyond the places of each site.

    Parameters
    ----------
    question
        The question.
    load
        Pupils by site and task.
    done
        Whether each task has taken effect.

    Returns
    -------
    numpy.ndarray
        Persons, one per site.
    """
    pupils = load.base + done.astype(np.int64) @ load.change
    return np.maximum(pupils - places_of(question, done), 0)


def places_of(question: Question, done: Flags) -> Ints:
    """Count the places of each site.

    Parameters
    ----------
    question
        The question.
    done
        Whether each task has taken effect.

    Returns
    -------
    numpy.ndarray
        Places, one per site.
    """
    if not len(done):
        return question.places
    added = question.tasks["added_places"].to_numpy(dtype=np.int64)
    changed = (question.own >= 0) & done[question.own]
    return question.places + np.where(changed, added[question.own], 0)


def tolerated(question: Question, load: Loads, half: int) -> Ints:
    """Say how many may be beyond the places: as many as if nothing, or all, were done.

    What is settled counts as well, so that facts never make a question impossible.

    Parameters
    ----------
    question
        The question.
    load
        Pupils by site and task.
    half
        The position of the half-year.

    Returns
    -------
    numpy.ndarray
        Persons, one per site.
    """
    n = len(question.tasks)
    by_now = question.fixed & question.allowed[:, : half + 1].any(axis=1)
    states = (np.zeros(n, dtype=bool), np.ones(n, dtype=bool), by_now)
    most: Ints = np.max([beyond(question, load, s) for s in states], axis=0)
    return most


def saved(question: Question, pupils: Ints) -> Floats:
    """Give what each task saves a year in ways to school.

    Parameters
    ----------
    question
        The question.
    pupils
        Persons, one per cell.

    Returns
    -------
    numpy.ndarray
        Yuan a year, one per task; less than 0 where ways become longer.
    """
    task = question.cells["task"].to_numpy(dtype=np.int64)
    moving = task >= 0
    gain = (question.price[0] - question.price[1]) * pupils
    sums = np.bincount(task[moving], weights=gain[moving], minlength=len(question.tasks))
    return sums.astype(np.float64)


def ways_today(question: Question, pupils: Ints) -> float:
    """Price the ways of all who will change school, while nothing is done.

    Parameters
    ----------
    question
        The question.
    pupils
        Persons, one per cell.

    Returns
    -------
    float
        Yuan a year.
    """
    moving = question.cells["task"].to_numpy(dtype=np.int64) >= 0
    return float((question.price[0] * pupils)[moving].sum())
