"""Handing over: what closed schools had goes to the schools that take their pupils."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.balance.indicators import PARTS, RESOURCES, SHARED, STAGES, TEACHERS
from layoutplan.balance.stages import by_stage
from layoutplan.balance.stock import OF_JUNIOR
from layoutplan.demand.apportion import apportion
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import Standards

_WORDS: Final[Mapping[str, float]] = {"pooled": 1.0, "idle": 0.0}

_WHOLE: Final = 1e-6
"""A number as near as this to a whole one is that number."""


def fractions(
    assets: str | float | Mapping[str, str | float], teachers: str | float
) -> dict[str, float]:
    """Read what becomes of each resource of a closed school.

    Parameters
    ----------
    assets
        ``pooled``, ``idle``, a share from 0 to 1, or one of these for each shared
        resource; a resource that is not named is pooled.
    teachers
        The same for teachers, all of them alike.

    Returns
    -------
    dict of str to float
        The share of each resource that goes to the receivers.

    Raises
    ------
    OptionsError
        If a word, a share or a resource is not known.

    Examples
    --------
    >>> part = fractions({"equipment_yuan": 0.5, "books": "idle"}, "pooled")
    >>> part["equipment_yuan"], part["books"], part["teaching_area_m2"], part["teachers"]
    (0.5, 0.0, 1.0, 1.0)
    """
    found = []
    named = dict(assets) if isinstance(assets, Mapping) else dict.fromkeys(SHARED, assets)
    unknown = [str(name) for name in named if name not in SHARED]
    if unknown:
        values = {"value": ", ".join(unknown), "known": ", ".join(SHARED)}
        found.append(Finding(code="balance_bad_option", column="assets", values=values))
    asked = [("assets", r, named.get(r, "pooled")) for r in SHARED]
    asked += [("teachers", r, teachers) for r in TEACHERS]
    result = {}
    for option, resource, value in asked:
        share = _WORDS.get(value, np.nan) if isinstance(value, str) else _number(value)
        if not 0 <= share <= 1:
            values = {"value": f"{resource}: {value}", "known": "pooled, idle, 0 - 1"}
            found.append(Finding(code="balance_bad_option", column=option, values=values))
        result[resource] = share
    if found:
        raise OptionsError(found)
    return result


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        return float("nan")
    return float(value)


def handed_over(
    rows: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    closed: pd.Index,
    parts_moved: Mapping[str, float],
    standards: Standards,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give to receivers, in proportion to the pupils received, what they are to have.

    What a closed school has is divided among its stages first; what it has for a stage
    goes to the schools that take the pupils of that stage. Things that are whole stay
    whole, by the largest remainder, so that what is pooled adds up to the unit.

    Parameters
    ----------
    rows
        The rows of a stock with the pupils before, all schools.
    flows
        Columns from_site, stage, to_site, pupils (persons), and teachers, the share of
        the stage's teachers that leave: 1 for a closed school.
    closed
        The schools that close. The others in ``from_site`` stay open and keep what
        they share; only their teachers follow the pupils.
    parts_moved
        The share of each resource that goes on, see `fractions`.
    standards
        Weights and posts for the stages.

    Returns
    -------
    rows : pandas.DataFrame
        The rows of the schools that stay open, with what they received.
    without : tuple of str
        Closed schools that had something to give, for one of their stages at least,
        and nobody to give it to.
    """
    givers = rows.loc[sorted(set(flows["from_site"]) | set(closed))]
    after = rows.drop(index=closed)
    if givers.empty:
        return after, ()
    amounts, _ = by_stage(_with_stage(givers), standards=standards)
    whole = flows.groupby(["from_site", "stage"])["pupils"].transform("sum")
    share = (flows["pupils"] / whole.where(whole > 0)).fillna(0).to_numpy()
    giver = givers.index.get_indexer(pd.Index(flows["from_site"]))
    closes = flows["from_site"].isin(closed).to_numpy()
    junior = flows["stage"].eq("junior").to_numpy()
    to = after.index.get_indexer(pd.Index(flows["to_site"]))
    for resource in RESOURCES:
        of_stage = np.where(
            junior, amounts["junior"][resource].to_numpy()[giver],
            amounts["primary"][resource].to_numpy()[giver],
        )  # fmt: skip
        leaves = np.where(closes, 1.0, flows["teachers"].to_numpy())
        if resource in SHARED:
            leaves = closes.astype(np.float64)
        moved = np.nan_to_num(of_stage) * share * leaves * parts_moved[resource]
        if resource in PARTS:
            moved = _whole_things(moved, giver, flows["to_site"].to_numpy(), givers[resource])
        got = np.bincount(to, weights=moved, minlength=len(after))
        after[resource] = after[resource] + got
        if resource in OF_JUNIOR:
            own = np.where(junior, moved, 0.0)
            column = OF_JUNIOR[resource]
            after[column] = after[column] + np.bincount(to, weights=own, minlength=len(after))
        given = np.bincount(giver[~closes], weights=moved[~closes], minlength=len(givers))
        stays = givers.index[given > 0]
        after.loc[stays, resource] -= given[given > 0]
    return after, _without_receiver(_with_stage(givers.loc[closed]), flows)


def _without_receiver(rows: pd.DataFrame, flows: pd.DataFrame) -> tuple[str, ...]:
    """Name closed schools that have something for a stage that nobody takes over."""
    known = pd.MultiIndex.from_frame(flows[["from_site", "stage"]])
    left = pd.Series(data=False, index=rows.index)
    for stage in STAGES:
        key = pd.MultiIndex.from_arrays([rows.index, [stage] * len(rows)])
        left |= rows[stage].gt(0) & ~key.isin(known)
    left &= rows[list(RESOURCES)].gt(0).any(axis=1)
    return tuple(rows.index[left].astype(str))


def _with_stage(rows: pd.DataFrame) -> pd.DataFrame:
    """Let a school without pupils have the stage of its kind, so that it can be divided."""
    empty = rows[["primary", "junior", "senior"]].fillna(0).sum(axis=1).le(0)
    junior = empty & rows["kind"].isin(["junior", "complete_secondary"])
    return rows.assign(
        primary=rows["primary"].mask(empty & ~junior, 1.0),
        junior=rows["junior"].mask(junior, 1.0),
    )


def _whole_things(
    moved: NDArray[np.float64], giver: NDArray[np.intp], labels: NDArray[np.generic], has: pd.Series
) -> NDArray[np.float64]:
    """Round what each giver hands on to whole things, where it has whole things."""
    result = moved.copy()
    counts = has.to_numpy(dtype=np.float64)
    for one in np.unique(giver[moved > 0]):
        at = np.flatnonzero(giver == one)
        if abs(counts[one] - round(counts[one])) < _WHOLE:
            result[at] = apportion(moved[at], order=labels[at].astype("str"))
    return result
