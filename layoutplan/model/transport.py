"""Pupils with the sites fixed: a transport problem, and nothing left over."""

import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, linprog

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.constraints import Model
from layoutplan.model.part import (
    INFEASIBLE,
    STOPPED,
    Part,
    beside,
    holds,
    part_of,
    seconds_to,
    solve_part,
)
from layoutplan.model.rows import at
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WHOLE = 1e-4
"""A corner of the transport problem misses whole numbers by rounding errors only."""

_RARE_SECONDS = 20.0
"""Most seconds for whole pupils where rows besides those of a transport problem bind."""

_SMALL_GAP = 1e-5
"""Relative gap of that model, and what rounding may cost without it."""

_LEVEL_TIMES = 1.5
"""The price of the ways of the worst-off is tried where so many times the seconds are left."""

_SMALL_SECONDS = 1.0
"""Most seconds for rounding the few parts of pupils."""

LINKS = ("open_sites_only", "overload_where_open")
"""Families that hold by bounds once the sites are fixed."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sent:
    """Pupils sent as shares to sites that are fixed.

    Parameters
    ----------
    part
        The part of the model in which they are free.
    plan
        Values of all variables.
    cost
        Yuan a year.
    reduced
        Reduced costs of the free variables, of those of a lower bound at most.
    of_either_bound
        Reduced costs of the free variables.
    prices
        What the rows of the part that are equations are worth.
    """

    part: Part
    plan: Floats
    cost: float
    reduced: Floats
    of_either_bound: Floats
    prices: Floats


def sent_as_shares(model: Model, found: Floats, *, deadline: float = np.inf) -> Sent | None:
    """Fix the sites and send pupils as shares, at least cost.

    The price of the ways of the worst-off makes that many times longer. It is solved without
    that first, and anew with it in the time that is left.

    Parameters
    ----------
    model
        The model.
    found
        A plan, of which only the whole variables of sites matter.
    deadline
        When to stop, by the monotonic clock.

    Returns
    -------
    Sent or None
        The best that was found; None where hard rules bar that or time was too short.

    Raises
    ------
    SolverError
        If the transport problem has no answer, which would be our fault.
    """
    part = fixed_sites(model, found)
    if not len(at(model.columns.level)):
        return _sent(model, part, deadline)
    began = time.monotonic()
    quick = _sent(model, _without_level(model, part), deadline)
    if quick is None:
        return None
    enough = seconds_to(deadline) >= _LEVEL_TIMES * (time.monotonic() - began)
    full = _sent(model, part, deadline) if enough else None
    if full is not None:
        return full
    values = levelled(model, quick.plan)
    return replace(quick, plan=values, cost=float(model.columns.cost @ values))


def _sent(model: Model, part: Part, deadline: float) -> Sent | None:
    seconds = seconds_to(deadline)
    if seconds <= 0:
        return None
    result = relaxed(part, seconds=seconds if np.isfinite(seconds) else None)
    if result.status in (STOPPED, INFEASIBLE):
        return None
    if result.x is None:
        raise SolverError(Finding(code="no_relaxation", values={"why": str(result.message)}))
    values = part.values(np.asarray(result.x, dtype=float))
    return Sent(
        part=part,
        plan=values,
        cost=float(model.columns.cost @ values),
        reduced=np.asarray(result.lower.marginals, dtype=float),
        of_either_bound=np.asarray(result.lower.marginals + result.upper.marginals, dtype=float),
        prices=np.asarray(result.eqlin.marginals, dtype=float),
    )


def _without_level(model: Model, part: Part) -> Part:
    """Leave out what the ways of the worst-off cost."""
    columns, free = model.columns, part.free
    high = columns.high.copy()
    high[free] = part.high
    others = free[(free < columns.above.start) | (free >= columns.level.stop)]
    rows = model.without(*LINKS, "worst_off")
    return part_of(model, part.start, others, rows=rows, high=high, whole_flows=False)


def levelled(model: Model, values: Floats) -> Floats:
    r"""Set the level of the worst-off, who is beyond it, and bare townships to what costs least.

    The level is the least one beyond which there are at most :math:`\alpha D` pupils
    (Rockafellar and Uryasev 2000, theorem 1). A township counts as bare where no site in it
    teaches grades 7-9: a search that the clock cuts may have left it so after one does again.

    Parameters
    ----------
    model
        The model.
    values
        A plan.

    Returns
    -------
    numpy.ndarray
        The plan with these variables set anew.
    """
    columns, sets = model.columns, model.sets
    values = values.copy()
    junior = model.rows.matrix[model.family["junior_in_township"]] @ values
    taught_there = np.rint(junior - values[columns.bare]) > 0
    values[columns.bare] = np.where(taught_there, 0.0, values[columns.bare])
    if not len(at(columns.level)):
        return values
    values[columns.above] = values[columns.level] = 0.0
    way = model.rows.matrix[model.family["worst_off"]] @ values
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    order = np.argsort(-way, kind="stable")
    worst = max(sets.worst_share * float(pupils.sum()), 1.0)
    reached = np.flatnonzero(np.cumsum(pupils[order]) >= worst)
    level = max(float(way[order[reached[0]]]), 0.0) if len(reached) else 0.0
    values[columns.level] = level
    values[columns.above] = np.maximum(way - level, 0.0)
    return values


def whole_pupils(
    model: Model, found: Floats, *, deadline: float = np.inf, trim: bool = True
) -> Floats | None:
    """Fix the sites, send whole pupils at least cost, and drop what nobody needs.

    The search ends within a gap, so that its sites may hold a class without pupils
    or an open school that nobody goes to. Both are taken out: that keeps every rule
    and can only lower the cost.

    With the sites fixed, pupils are a transport problem, whose corner solutions are whole
    numbers because its matrix is totally unimodular (Hoffman and Kruskal 1956). Where
    other rows bind, such as a limit on pupils moved, a corner may hold parts of pupils; these
    few are then rounded up or down at least cost, and an integer model looks for better only
    where that costs more than a trifle.

    Parameters
    ----------
    model
        The model, of shares.
    found
        What the search found, one value per variable.
    deadline
        When to stop, by the monotonic clock.
    trim
        Whether to take out what nobody needs; if not, sites stay as they are.

    Returns
    -------
    numpy.ndarray or None
        Values of all variables; pupils, classes and beds are whole numbers. None where
        these sites keep no plan within the hard rules, or time was too short.
    """
    sent = sent_as_shares(model, found, deadline=deadline)
    if sent is None:
        return None
    people = slice(0, model.columns.above.start)
    values, away = sent.plan, np.abs(np.rint(sent.plan) - sent.plan)
    if away[people].max(initial=0.0) <= _WHOLE:
        values = _all_whole(model, values)
    else:
        rounded = _parts_rounded(model, sent, away > _WHOLE)
        dear = rounded is None or model.columns.cost @ rounded > sent.cost * (1 + _SMALL_GAP)
        if dear:
            seconds = min(_RARE_SECONDS, seconds_to(deadline))
            integers = None if seconds <= 0 else _integers(model, sent.part, seconds=seconds)
            kept = [v for v in (rounded, integers) if v is not None]
            if not kept:
                return None
            values = min(kept, key=lambda v: float(model.columns.cost @ v))
        elif rounded is not None:
            values = rounded
    # Rows that speak of sites only are no part of the transport problem.
    if not holds(model, values):
        return None
    return trimmed(model, values) if trim else values


def _all_whole(model: Model, values: Floats) -> Floats:
    """Take off rounding errors."""
    return levelled(model, np.rint(values))


def _parts_rounded(model: Model, sent: Sent, parted: NDArray[np.bool_]) -> Floats | None:
    """Round the few parts of pupils up or down, at least cost."""
    columns, values = model.columns, sent.plan
    cost = columns.cost.copy()
    if len(at(columns.level)):
        # Beyond the level each minute costs the same, wherever the level then is.
        beyond = model.rows.matrix[model.family["worst_off"]][:, at(columns.flow)]
        priced = np.where(values[columns.above] > 0, columns.cost[columns.above], 0.0)
        cost[columns.flow] += priced @ beyond
    people = np.zeros(columns.n, dtype=bool)
    people[: columns.above.start] = True
    follows = np.zeros(columns.n, dtype=bool)
    for some in (columns.overload, columns.short, columns.oversize, columns.bare):
        follows[some] = True
    inside = np.zeros(columns.n, dtype=bool)
    inside[sent.part.free] = True
    free = np.flatnonzero(inside & ((people & parted) | follows))
    low, high = columns.low.copy(), columns.high.copy()
    high[sent.part.free] = sent.part.high
    moving = people & parted
    low[moving], high[moving] = np.floor(values[moving]), np.ceil(values[moving])
    start = np.where(people & ~parted, np.rint(values), values)
    rows = model.without(*LINKS, "worst_off")
    part = part_of(
        replace(model, columns=replace(columns, cost=cost)), start, free,
        rows=rows, low=low, high=high, whole_flows=False,
    )  # fmt: skip
    part = replace(part, whole=people[free].astype(np.int64))
    result = beside(partial(solve_part, part, seconds=_SMALL_SECONDS, gap=_SMALL_GAP))
    if result.x is None:
        return None
    found = levelled(model, part.values(np.asarray(result.x, dtype=float)))
    return found if holds(model, found) else None


def fixed_sites(model: Model, found: Floats) -> Part:
    """Cut the part of a model in which the states, classes and beds are fixed.

    Parameters
    ----------
    model
        The model.
    found
        A plan, of which only the whole variables matter.

    Returns
    -------
    Part
        The part, with shares of pupils. Flows to sites that do not teach the band are 0 by
        their bounds, so that rows that only say this are left out.
    """
    columns = model.columns
    integer = columns.whole.astype(bool)
    fixed = np.where(integer, np.rint(found), 0.0)
    # Whether a township is bare follows from the states.
    integer[columns.bare] = False
    fixed[columns.bare] = 0.0
    high = columns.high.copy()
    high[columns.flow] = np.where(taught(model, fixed), high[columns.flow], 0.0)
    high[columns.overload] = np.where(open_sites(model, fixed), high[columns.overload], 0.0)
    return part_of(
        model,
        fixed,
        np.flatnonzero(~integer),
        rows=model.without(*LINKS),
        high=high,
        whole_flows=False,
    )


def taught(model: Model, values: Floats) -> NDArray[np.bool_]:
    """Tell which flows lead to a site that teaches the band under a plan.

    Parameters
    ----------
    model
        The model.
    values
        The plan.

    Returns
    -------
    numpy.ndarray
        One truth value per flow.
    """
    sets = model.sets
    chosen = sets.states[values[model.columns.state] > 0.5]  # noqa: PLR2004 # 0 or 1
    teaches = np.zeros((len(sets.sites), len(BANDS)), dtype=bool)
    site = chosen["site"].to_numpy(dtype=np.int64)
    for i, band in enumerate(BANDS):
        teaches[site, i] = chosen[f"teaches_{band}"].to_numpy(dtype=bool)
    number = sets.flows["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy(dtype=np.int64)
    return np.asarray(teaches[sets.flows["site"].to_numpy(dtype=np.int64), number], dtype=bool)


def open_sites(model: Model, values: Floats) -> NDArray[np.bool_]:
    """Tell which sites are open under a plan.

    Parameters
    ----------
    model
        The model.
    values
        The plan.

    Returns
    -------
    numpy.ndarray
        One truth value per site.
    """
    states = model.sets.states
    is_open = np.zeros(len(model.sets.sites), dtype=bool)
    some = (values[model.columns.state] > 0.5) & states["open"].to_numpy(dtype=bool)  # noqa: PLR2004
    is_open[states["site"].to_numpy(dtype=np.int64)[some]] = True
    return is_open


def relaxed(part: Part, *, seconds: float | None = None) -> OptimizeResult:
    """Solve a part with shares by the simplex, for a corner and its prices.

    Parameters
    ----------
    part
        The part.
    seconds
        Time limit; none where None.

    Returns
    -------
    scipy.optimize.OptimizeResult
        With ``eqlin``, ``lower`` and ``upper`` marginals.
    """
    same = part.row_low == part.row_high
    upper, lower = ~same & np.isfinite(part.row_high), ~same & np.isfinite(part.row_low)
    a_ub = sp.csr_array(sp.vstack([part.matrix[upper], -part.matrix[lower]]))
    b_ub = np.concatenate([part.row_high[upper], -part.row_low[lower]])
    return beside(
        partial(
            linprog,
            part.cost,
            A_ub=a_ub,
            b_ub=b_ub,
            A_eq=part.matrix[same],
            b_eq=part.row_high[same],
            bounds=np.column_stack([part.low, part.high]),
            method="highs-ds",
            options={} if seconds is None else {"time_limit": max(seconds, 0.0)},
        )
    )


def _integers(model: Model, part: Part, *, seconds: float) -> Floats | None:
    whole = (part.free < model.columns.above.start).astype(np.int64)
    integers = replace(part, whole=whole)
    result = beside(partial(solve_part, integers, seconds=seconds, gap=_SMALL_GAP))
    if result.x is None:
        return None
    return levelled(model, integers.values(np.asarray(result.x, dtype=float)))


def trimmed(model: Model, values: Floats) -> Floats:
    """Take out classes without pupils, beds without boarders, schools nobody goes to.

    Parameters
    ----------
    model
        The model.
    values
        A plan.

    Returns
    -------
    numpy.ndarray
        A plan that keeps the same rules and costs no more.
    """
    values = _fewer_modules(model, values)
    idle = _idle(model, values)
    best = values
    for group in [idle, *([[s] for s in idle] if len(idle) > 1 else [])]:
        tried = _closed(model, best, group)
        if holds(model, tried) and model.columns.cost @ tried <= model.columns.cost @ best:
            best = tried
            if group is idle:
                break
    return best


def _fewer_modules(model: Model, values: Floats) -> Floats:
    """Lower classes and beds one site at a time to what its rows need."""
    columns, rows = model.columns, model.rows
    values = values.copy()
    for part in (columns.extra, columns.beds):
        some = at(part)[values[part] > columns.low[part]]
        if not len(some):
            continue
        activity = rows.matrix @ values
        mine = sp.csc_array(rows.matrix[:, some])
        for k, column in enumerate(some):
            row = mine.indices[mine.indptr[k] : mine.indptr[k + 1]]
            entry = mine.data[mine.indptr[k] : mine.indptr[k + 1]]
            # Lowering by q takes q times the entry off each row; none may pass its bound.
            spare = np.where(
                entry < 0, rows.high[row] - activity[row], activity[row] - rows.low[row]
            )
            room = spare / np.abs(entry)
            steps = np.floor(min(room.min(initial=np.inf), values[column]) + _WHOLE)
            steps = min(steps, values[column] - columns.low[column])
            if steps > 0:
                values[column] -= steps
                activity[row] -= steps * entry
    return values


def _idle(model: Model, values: Floats) -> list[int]:
    """Name open sites that nobody goes to."""
    sets = model.sets
    pupils = np.bincount(
        sets.flows["site"].to_numpy(dtype=np.int64),
        weights=values[model.columns.flow],
        minlength=len(sets.sites),
    )
    return [int(s) for s in np.flatnonzero(open_sites(model, values) & (pupils == 0))]


def _closed(model: Model, values: Floats, sites: list[int]) -> Floats:
    """Close some sites where that is among their states."""
    values, states, columns = values.copy(), model.sets.states, model.columns
    for site in sites:
        mine = np.flatnonzero(states["site"].to_numpy() == site)
        shut = mine[~states["open"].to_numpy(dtype=bool)[mine]
                    & states["free"].to_numpy(dtype=bool)[mine]]  # fmt: skip
        if len(shut):
            state = at(columns.state)
            values[state[mine]] = 0.0
            values[state[shut[0]]] = 1.0
            for part in (columns.extra, columns.beds, columns.short):
                values[at(part)[site]] = 0.0
    return values
