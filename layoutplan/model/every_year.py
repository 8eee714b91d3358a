"""A plan whose places hold in the fullest years, made to hold in every year."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.again import solve_again
from layoutplan.model.answer import Answer, answer_of
from layoutplan.model.constraints import Model, make_model
from layoutplan.model.near import settled, solve_near, with_its_ways
from layoutplan.model.part import holds
from layoutplan.model.sets import Sets
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]

_LEAST_SECONDS = 10.0
"""Seconds that there are for it even where the clock has run out."""

_MORE = 1.02
"""A year is among the fullest where a band has more than this multiple of those chosen before."""

_CENT = 0.01


def fullest(pupils: Sequence[pd.DataFrame]) -> tuple[int, ...]:
    """Choose the year with most pupils, and those in which a band has clearly more.

    Parameters
    ----------
    pupils
        Pupils, or multiples of equal groups, of each year: villages x bands.

    Returns
    -------
    tuple of int
        Their positions, ascending.

    Examples
    --------
    >>> years = [pd.DataFrame({"g13": [a], "g46": [b], "g79": [c]})
    ...          for a, b, c in ((9, 1, 1), (1, 9, 9), (2, 2, 2))]
    >>> fullest(years)
    (0, 1)
    """
    totals = np.array([t[list(BANDS)].to_numpy(dtype=float).sum(axis=0) for t in pupils])
    chosen = [int(totals.sum(axis=1).argmax())]
    for band in range(totals.shape[1]):
        most = int(totals[:, band].argmax())
        if totals[most, band] > _MORE * totals[chosen, band].max():
            chosen.append(most)
    return tuple(sorted(set(chosen)))


def lowered(
    growth: Sequence[pd.DataFrame], pupils: Sequence[pd.DataFrame]
) -> tuple[pd.DataFrame, ...]:
    """Let no village have more pupils of a band in another year than in the band's fullest one.

    Places that hold for the years as they are hold for these, so that a bound for these is one
    for those. A school for which one year is the fullest then has that year's row alone, where
    two that differ by a few villages would say nearly the same, and slow the solver down.

    Parameters
    ----------
    growth
        Multiples by village and band, one table per year.
    pupils
        Pupils of the same years.

    Returns
    -------
    tuple of DataFrame
        The multiples, none of them greater.

    Examples
    --------
    >>> some = [pd.DataFrame({"g13": g, "g46": [1.0, 1.0], "g79": [1.0, 1.0]})
    ...         for g in ([2.0, 1.0], [1.0, 1.5])]
    >>> lowered(some, some)[1]["g13"].tolist()
    [1.0, 1.0]
    """
    made = [t.astype("float64") for t in growth]
    for band in BANDS:
        most = int(np.argmax([float(t[band].sum()) for t in pupils]))
        for table in made:
            table[band] = np.minimum(table[band], growth[most][band])
    return tuple(made)


def hold_in_every_year(
    sets: Sets,
    start: Callable[[Model], Floats],
    first: Answer,
    *,
    seconds: float,
    gap: float,
) -> Answer:
    """Make an answer to a question with fewer years hold in all years.

    With fewer years there are more plans: the bound of the first answer holds for this
    question too. Its plan is kept where its places hold in all years at the same cost; or
    else the sites at which they do not are solved anew with those around them.

    Parameters
    ----------
    sets
        The question with all years.
    start
        Gives the values of the first answer's plan in a model.
    first
        The first answer.
    seconds
        Time for changes.
    gap
        Gap at which a plan counts as proven.

    Returns
    -------
    Answer
        The answer, with the bound of the first.

    Raises
    ------
    SolverError
        If no plan was found that keeps the hard rules in all years.
    """
    begun = time.monotonic()
    model, given = with_its_ways(make_model(sets), start)
    values = settled(model, given)
    found: list[Answer] = []
    if values is not None and holds(model, values):
        found.append(answer_of(model, values, bound=0.0, status="best_found", cut=False))
    if not found or found[0].objective > first.objective + _CENT:
        left = max(seconds - (time.monotonic() - begun), _LEAST_SECONDS)
        other = None
        if found:
            more = found[0].sites["overload"] > first.sites["overload"]
            around = [str(s) for s in more.index[more]]
            other = solve_near(sets, start, around=around, time_limit=left)
        if other is None:
            other = solve_again(sets, start, time_limit=left, gap=gap)
        found += [other] if other is not None else []
    if not found:
        raise SolverError(
            Finding(code="no_plan_in_time", values={"seconds": f"{max(seconds, 0.0):.0f}"})
        )
    best = min(found, key=lambda a: a.objective)
    best = replace(
        best,
        bound=min(first.bound, best.objective),
        bound_split=min(first.bound_split, best.objective),
    )
    proven = best.gap <= gap
    return replace(
        best,
        status="stopped" if first.status == "stopped" else "proven" if proven else "best_found",
        cut_by_clock=first.cut_by_clock and not proven,
    )
